# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import json

import pytest
from ansible_collections.community.syncthing.tests.unit import support
from ansible_collections.community.syncthing.tests.unit.support import LAPTOP, STRANGER, VAULT, item


@pytest.fixture
def call(run):
    return lambda server, **more: run("syncthing_device", dict(server.options, **more.pop("args", {})), **more)


@pytest.mark.parametrize(
    ("args", "named"),
    [
        ({}, ["device_id"]),
        ({"device_id": None}, ["device_id"]),
        ({"device_id": ""}, ["device_id"]),
        ({"device_id": LAPTOP[:-1] + "A"}, ["device_id", "quarter 4"]),
        ({"device_id": "labtop"}, ["device_id", "'laptop'"]),
        ({"device_id": LAPTOP, "compression": "yes"}, ["compression", "metadata"]),
        ({"device_id": LAPTOP, "state": "gone"}, ["state"]),
        ({"device_id": LAPTOP, "max_send_kbps": "much"}, ["max_send_kbps"]),
        ({"device_id": LAPTOP, "nonsense": 1}, ["nonsense"]),
        ({"device_id": LAPTOP, "addresses": ["laptop"]}, ["addresses"]),
        ({"device_id": LAPTOP, "ignored_folders": [{"id": "x"}, {"label": "y"}]}, ["ignored_folders[1]", "id"]),
        ({"device_id": LAPTOP, "extra": {"tomorrow": 1}}, ["extra.tomorrow", "unknown_fields"]),
        ({"device_id": LAPTOP, "extra": {"Name": "x"}}, ["extra.Name", "name"]),
        ({"device_id": "self", "state": "absent"}, ["device_id"]),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_wrong_options_write_nothing(call, daemon, args, named, check):
    server = daemon()
    result = call(server, args=args, check=check)
    assert (result["failed"], result.code) == (True, 1)
    assert all(word in result["msg"] for word in named)
    assert set(server.asked) <= {"GET /rest/config"}


@pytest.mark.parametrize("version", support.VERSIONS)
def test_the_life_of_a_device(call, daemon, version):
    server = daemon(version)
    made = {"device_id": STRANGER.lower(), "name": "new", "addresses": ["tcp://new:22000"]}
    for args, changed, shown in (
        (made, True, {"name": "new", "addresses": ["tcp://new:22000"], "device_id": STRANGER}),
        (made, False, {"name": "new"}),
        ({"device_id": "new", "paused": True, "name": "newer"}, True, {"name": "newer", "paused": True}),
        ({"device_id": "newer", "paused": True}, False, {"paused": True}),
        ({"device_id": "newer", "state": "absent"}, True, None),
        ({"device_id": "newer", "state": "absent"}, False, None),
        ({"device_id": STRANGER, "state": "absent"}, False, None),
    ):
        before = json.dumps(server.daemon.state)
        foreseen = call(server, args=args, check=True)
        assert json.dumps(server.daemon.state) == before
        assert not any(request.method != "GET" for request in server.requests)
        result = call(server, args=args)
        for key in ("changed", "device", "diff"):
            assert foreseen[key] == result[key]
        assert result["changed"] is changed
        assert shown is None is result["device"] or dict(result["device"], **shown) == result["device"]
        assert (result["diff"]["before"] == result["diff"]["after"]) is not changed
        assert (json.dumps(server.daemon.state) == before) is not changed
        assert [request.method for request in server.requests if request.method != "GET"] == changed * [
            "DELETE" if shown is None else "PUT"
        ]
        server.requests.clear()


def test_the_diff_is_of_one_device(call, daemon):
    result = call(daemon(), args={"device_id": "laptop", "paused": True})
    before, after = result["diff"]["before"]["devices"], result["diff"]["after"]["devices"]
    assert list(before) == list(after) == [LAPTOP]
    assert {key for key in after[LAPTOP] if after[LAPTOP][key] != before[LAPTOP][key]} == {"paused"}
    assert "diff" not in call(daemon(), args={"device_id": "laptop", "paused": True}, diff=False).json


def test_what_is_not_taken_is_no_change_but_a_failure(call, daemon):
    server = daemon()
    server.daemon._meddle = lambda daemon: item(daemon.state, "devices", VAULT).update(name="vault")
    result = call(server, args={"device_id": "vault", "name": "safe"})
    assert result["failed"]
    assert result["error"]["code"] == "not_applied"
    assert "name (declared 'safe', is 'vault')" in result["msg"]


@pytest.mark.parametrize(("unknown_fields", "warned"), [("warn", True), ("ignore", False)])
def test_unknown_fields(call, daemon, unknown_fields, warned):
    args = {"device_id": LAPTOP, "extra": {"tomorrow": 1}, "num_connections": 3, "unknown_fields": unknown_fields}
    result = call(daemon("1.12.1"), args=args)
    assert result["changed"] is False
    text = str(result.json.get("warnings"))
    assert ("extra.tomorrow" in text and "num_connections" in text) is warned
