# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.syncthing.plugins.module_utils._schema import storable
from ansible_collections.community.syncthing.tests.unit import support

KEPT = "\t\n\r ~\x7f\x85\u00e4\ud7ff\ue000\ufdd0\ufffd\U00010000\U0010ffff"


@pytest.mark.parametrize(
    "lost", ["\x00", "\x08", "\x0b", "\x0c", "\x0e", "\x1f", "\ud800", "\udfff", "\ufffe", "\uffff"]
)
def test_characters(lost):
    assert storable.cleaned(f"{KEPT}{lost}{lost}") == KEPT + "\ufffd\ufffd"
    storable.check("", KEPT, "name")
    with pytest.raises(InvalidInput) as caught:
        storable.check("", support.SECRET + lost, "name")
    assert str(caught.value).startswith("name has the character ") and support.SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ({"name": ""}, {"name": "\0"}, "f.name"),
        (None, {"maxSendKbps": 1, "name": "\0"}, "f.name"),
        ({}, {"devices": [{"deviceID": "x", "encryptionPassword": "\0"}]}, "f.devices.encryption_password"),
        ({"lines": ["\0"]}, {"lines": ["\0", "a\0"]}, "f.lines"),
        ({"versioning": "\0"}, {"versioning": {"fsPath": "\0"}}, "f.versioning.fs_path"),
        ({"name": "\0"}, {"name": "\0", "label": "\0"}, "f.label"),
    ],
)  # fmt: skip
def test_places(before, after, place):
    with pytest.raises(InvalidInput) as caught:
        storable.check(before, after, "f.")
    assert str(caught.value).startswith(place + " has the character '\\x00'")


@pytest.mark.parametrize(
    "value", [{"a": ["\0"], "b": 1}, {"a": ["\0", "x"], "b": "c"}, {"a": [None], "b": True}, None, 7]
)
def test_what_is_there_is_not_refused(value):
    storable.check({"a": ["\0"], "b": {"c": "\0"}}, value, "")
