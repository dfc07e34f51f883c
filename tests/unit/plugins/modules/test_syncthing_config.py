# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import pytest
from ansible_collections.community.syncthing.tests.unit.support import LAPTOP, STRANGER


@pytest.fixture
def call(run):
    return lambda server, **more: run("syncthing_config", dict(server.options, **more.pop("args", {})), **more)


FOLDER = {"id": "docs"}


@pytest.mark.parametrize(
    ("args", "named"),
    [
        ({"folders": [FOLDER, {}]}, ["folders[1]", "id"]),
        ({"folders": [FOLDER, {"id": "x", "type": "recvonly"}]}, ["folders[1]", "type", "sendreceive"]),
        ({"folders": [{"id": "x", "versioning": {"params": {"kep": 1}}}]}, ["folders[0].versioning.params", "kep"]),
        ({"folders": [{"id": "docs", "devices": ["nobody"]}]}, ["folders[0].devices[0]", "nobody"]),
        ({"folders": [FOLDER, FOLDER]}, ["folders[1].id", "folders[0]"]),
        ({"devices": [{"device_id": LAPTOP}, {"device_id": LAPTOP.lower()}]}, ["devices[1].device_id", "devices[0]"]),
        ({"devices": ["laptop"]}, ["devices"]),
        ({"devices": [{"device_id": STRANGER, "addresses": ["host:1"]}]}, ["devices[0].addresses", "tcp://"]),
        ({"purge": ["devices"]}, ["purge", "devices"]),
        ({"purge": ["folders"]}, ["purge", "folders"]),
        ({"gui": {"password": ""}}, ["gui.password", "user"]),
        ({"gui": {"address": "nowhere"}}, ["gui.address", "host:port"]),
        ({"gui": {"enabled": False}}, ["gui.enabled", "API"]),
        ({"options": {"listen_addresses": []}}, ["options.listen_addresses"]),
        ({"options": {"connection_priority_tcp_wan": 1}}, ["options.connection_priority_tcp_wan", "lan"]),
        ({"options": {"extra": {"maxSendKbps": 1}}}, ["options.extra.maxSendKbps", "options.max_send_kbps"]),
        ({"options": {"restart_on_wakeup": True}}, ["options.restart_on_wakeup", "1.21.0"]),
        ({"ldap": {"transport": "nontls"}}, ["transport", "plain"]),
        ({"defaults": {"ignores": {"lines": ["a\nb"]}}}, ["defaults.ignores.lines[0]"]),
    ],
)
def test_wrong_options_write_nothing(call, daemon, args, named):
    server = daemon()
    result = call(server, args=args)
    assert (result["failed"], result.code) == (True, 1)
    assert all(word in result["msg"] for word in named), result["msg"]
    assert "planted-secret" not in result.output + result.log
    assert all(request.method == "GET" for request in server.requests)


def test_one_put_for_all_of_a_kind(call, daemon):
    server = daemon()
    args = {
        "devices": [{"device_id": "laptop", "paused": True}, {"device_id": STRANGER, "name": "new"}],
        "folders": [{"id": "docs", "label": "other"}, {"id": "more", "path": "/more", "devices": ["new"]}],
    }
    assert call(server, args=args)["changed"]
    assert [r.path for r in server.requests if r.method != "GET"] == ["/rest/config/devices", "/rest/config/folders"]
    server.requests.clear()
    assert not call(server, args=args)["changed"]
    assert len(server.requests) == 1
