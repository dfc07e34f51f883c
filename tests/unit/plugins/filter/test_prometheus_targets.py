# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.community.syncthing.plugins.filter.prometheus_targets import prometheus_targets


def one(monitor="", **variables):
    return prometheus_targets(["nas"], {"nas": variables}, monitor=monitor)


@pytest.mark.parametrize(
    ("variables", "target", "scheme"),
    [
        ({"syncthing_gui_address": "192.0.2.10:8384"}, "192.0.2.10:8384", "http"),
        ({"syncthing_gui_address": "0.0.0.0:8384"}, "nas:8384", "http"),
        ({"syncthing_gui_address": ":9000", "ansible_host": "192.0.2.9"}, "192.0.2.9:9000", "http"),
        ({"syncthing_gui_address": "[::]:8384", "ansible_host": "2001:db8::1"}, "[2001:db8::1]:8384", "http"),
        (
            {"syncthing_gui_address": "[2001:db8::1]:8384", "syncthing_gui_use_tls": "yes"},
            "[2001:db8::1]:8384",
            "https",
        ),
        (
            {"syncthing_gui": {"address": "nas.example:1", "use_tls": True}, "syncthing_gui_address": "127.0.0.1:2"},
            "nas.example:1",
            "https",
        ),
    ],
)
def test_targets(variables, target, scheme):
    labels = {"instance": "nas", "__scheme__": scheme}
    assert one(**variables) == {"targets": [{"targets": [target], "labels": labels}], "skipped": {}, "api_key": ""}


@pytest.mark.parametrize("address", ["127.0.0.1:8384", "localhost:8384", "[::1]:8384", ""])
def test_only_the_host_itself_reaches_its_loopback(address):
    found = one(syncthing_gui_address=address)
    assert found["targets"] == [] and "other hosts cannot connect" in found["skipped"]["nas"]
    found = one(monitor="nas", syncthing_gui_address=address)
    assert found["targets"][0]["targets"] == [address or "127.0.0.1:8384"]


def test_nobody_reads_a_socket():
    assert "UNIX socket /run/x" in one(monitor="nas", syncthing_gui_address="/run/x")["skipped"]["nas"]


def test_one_key_for_all():
    hosts = {name: {"syncthing_gui_address": "0.0.0.0:1", "syncthing_api_key": "secret-1"} for name in "ab"}
    assert prometheus_targets(["a", "b"], hosts)["api_key"] == "secret-1"
    hosts["local"] = {"syncthing_gui_address": "127.0.0.1:1", "syncthing_api_key": "secret-3"}
    assert prometheus_targets(list(hosts), hosts)["api_key"] == "secret-1"
    for other, words in (("secret-2", "some have another one"), ("", "b have none")):
        hosts["b"]["syncthing_api_key"] = other
        with pytest.raises(AnsibleFilterError, match=words) as caught:
            prometheus_targets(["a", "b"], hosts)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"syncthing_gui_address": "192.0.2.10"}, "has no port"),
        ({"syncthing_gui_address": "0.0.0.0:1", "syncthing_gui_use_tls": "maybe"}, "must be true or false"),
        ({"syncthing_gui": "x"}, "must be a dictionary"),
    ],
)
def test_refused(variables, words):
    with pytest.raises(AnsibleFilterError, match=words):
        one(**variables)
