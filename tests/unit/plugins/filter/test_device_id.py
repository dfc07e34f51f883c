# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import pathlib

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.community.syncthing.plugins.filter.device_id import FilterModule
from ansible_collections.community.syncthing.plugins.module_utils._schema import device_ids
from ansible_collections.community.syncthing.plugins.test.device_id import TestModule as Plugin
from ansible_collections.community.syncthing.tests.unit import support
from ansible_collections.community.syncthing.tests.unit.support import LAPTOP

FILTERS = FilterModule().filters()
CERTIFICATE = support.load("identities")["ecdsa"]["certificate"]
PLUGINS = pathlib.Path(__file__).parents[4] / "plugins"


def test_filters():
    assert FILTERS["device_id"](CERTIFICATE) == device_ids.from_certificate(CERTIFICATE)
    assert FILTERS["normalize_device_id"](LAPTOP.lower().replace("-", " ")) == LAPTOP
    assert FILTERS["short_device_id"](LAPTOP.lower()) == LAPTOP[:7]


@pytest.mark.parametrize("name", sorted(FILTERS))
@pytest.mark.parametrize("value", ["", "laptop", None, 5, [LAPTOP], {"a": 1}, b"x"])
def test_what_is_none(name, value):
    with pytest.raises(AnsibleFilterError, match="community.syncthing." + name) as caught:
        FILTERS[name](value)
    assert len(str(caught.value)) > 60


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (LAPTOP, True),
        (LAPTOP.lower().replace("-", ""), True),
        (LAPTOP[:-1] + "X", False),
        ("laptop", False),
        ("", False),
        (None, False),
        ([LAPTOP], False),
        (7, False),
    ],
)
def test_test(value, expected):
    assert Plugin().tests()["device_id"](value) is expected


@pytest.mark.parametrize(("kind", "names"), [("filter", FILTERS), ("test", Plugin().tests())])
def test_each_is_documented(kind, names):
    for name in names:
        content = yaml.safe_load((PLUGINS / kind / (name + ".yml")).read_text(encoding="utf-8"))
        assert content["DOCUMENTATION"]["name"] == name
        assert "community.syncthing." + name in content["EXAMPLES"]
        assert content["RETURN"]["_value"]["description"]
