# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import time

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._operations import command as _command
from ansible_collections.community.syncthing.tests.harness.scripted import Answer
from ansible_collections.community.syncthing.tests.unit import support


@pytest.fixture
def call(run):
    return lambda server, check=False, **args: run("syncthing_command", dict(server.options, **args), check=check)


def slowly(_handler):
    time.sleep(0.5)


def test_pause_is_configuration(call, daemon):
    """So it is read again, and the daemon's own device is left alone."""
    server = daemon()
    result = call(server, command="pause")
    others = [entry["deviceID"] for entry in server.daemon.state["devices"] if entry["deviceID"] != server.daemon.my_id]
    assert result["changed"] and sorted(result["devices"]) == sorted(others)
    paused = {entry["deviceID"] for entry in server.daemon.state["devices"] if entry["paused"]}
    assert paused == set(others)
    assert server.daemon.writes == [("PUT", "/rest/config/devices")]
    assert support.SECRET not in result.output + result.log


@pytest.mark.parametrize("command", [name for name, command in _command.COMMANDS.items() if command.destroys])
@pytest.mark.parametrize("check", [False, True])
def test_what_destroys_must_be_confirmed(call, daemon, command, check):
    server = daemon()
    result = call(server, command=command, folder="docs", check=check)
    assert result["error"]["code"] == "invalid_input" and "confirm" in result["msg"]
    assert server.asked == []


def test_a_scan_that_takes_too_long(call, daemon):
    server = daemon(**{"POST /rest/db/scan": Answer(raw=slowly)})
    result = call(server, command="scan", folder="docs", wait_timeout=0.2)
    assert result["error"]["code"] == "timeout" and "wait_timeout" in result["msg"]


def test_a_scan_that_is_not_waited_for(call, daemon, monkeypatch):
    monkeypatch.setattr(_command, "_NO_WAIT", 0.1)
    server = daemon(**{"POST /rest/db/scan": Answer(raw=slowly)})
    result = call(server, command="scan", folder="docs", wait=False)
    assert not result["changed"] and result["folders"] == ["docs"]


def test_errors_of_an_upgrade_are_not_repeated(call, daemon):
    """Before 1.20, a build without upgrades says 503, which is else worth another try."""
    server = daemon(**{"GET /rest/system/upgrade": Answer("upgrade unsupported\n", 503)})
    result = call(server, command="upgrade", retries=5)
    assert result["error"]["code"] == "unsupported"
    assert server.asked == ["GET /rest/system/upgrade"]


# -- upgrades: releases are signed, so no test can make one that a real daemon takes

RUNNING = {"running": "v1.29.5", "latest": "v1.29.5", "newer": False, "majorNewer": False}
MINOR = dict(RUNNING, latest="v1.29.6", newer=True)
MAJOR = dict(RUNNING, latest="v2.1.3", majorNewer=True)


def upgrading(daemon, found):
    return daemon(**{
        "GET /rest/system/upgrade": Answer(found),
        "POST /rest/system/upgrade": Answer('{"ok": "restarting"}'),
        "GET /rest/system/status": [Answer(support.status("ME", startTime=number)) for number in "12"],
    })  # fmt: skip


@pytest.mark.parametrize(
    ("found", "args", "changed", "sent"),
    [
        (RUNNING, {}, False, False),
        (MINOR, {}, True, True),
        (MINOR, {"check": True}, True, False),
        (MINOR, {"wait": False}, True, True),
        (MAJOR, {"confirm": True}, True, True),
    ],
)
def test_upgrade(call, daemon, found, args, changed, sent):
    server = upgrading(daemon, found)
    result = call(server, command="upgrade", **args)
    assert result["changed"] is changed
    assert ("POST /rest/system/upgrade" in server.asked) is sent
    assert ("GET /rest/system/status" in server.asked) is (sent and args.get("wait", True))
    assert result["upgrade"] == {
        "running": found["running"],
        "latest": found["latest"],
        "newer": found["newer"],
        "major_newer": found["majorNewer"],
    }


@pytest.mark.parametrize("check", [False, True])
def test_a_major_upgrade_must_be_confirmed(call, daemon, check):
    server = upgrading(daemon, MAJOR)
    result = call(server, command="upgrade", check=check)
    assert result["error"]["code"] == "invalid_input"
    assert all(word in result["msg"] for word in ("confirm", "v2.1.3", "major"))
    assert server.asked == ["GET /rest/system/upgrade"]


# -- bad input


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"command": "scan", "sub": ["a"]}, ("sub", "folder")),
        ({"command": "scan", "folder": "docs", "sub": ["/a"]}, ("sub[0]", "'/a'")),
        ({"command": "scan", "folder": "docs", "sub": ["a", "b/../.."]}, ("sub[1]",)),
        ({"command": "scan", "folder": "dcos"}, ("folder", "'dcos'", "'docs'")),
        ({"command": "scan", "folder": "docs", "device": "x"}, ("device", "'scan'")),
        ({"command": "override", "confirm": True}, ("folder", "needs it")),
        ({"command": "override", "folder": "docs", "confirm": True}, ("sendreceive", "sendonly")),
        ({"command": "revert", "folder": "docs", "confirm": True}, ("sendreceive", "receiveonly")),
        ({"command": "reset", "folder": "docs", "confirm": True, "wait": False}, ("wait",)),
        ({"command": "pause", "device": "nobody"}, ("device", "'nobody'")),
        ({"command": "pause", "device": "nobody", "folder": "docs"}, ("either",)),
        ({"command": "restart", "folder": "docs"}, ("folder", "'restart'")),
        ({"command": "restart", "wait_timeout": 0}, ("wait_timeout",)),
        ({"command": "set_log_levels"}, ("levels", "needs it")),
    ],
)
def test_bad_input(call, daemon, args, words):
    server = daemon()
    result = call(server, **args)
    assert result["error"]["code"] == "invalid_input", result["msg"]
    assert all(word in result["msg"] for word in words), result["msg"]
    assert set(server.asked) <= {"GET /rest/config"}
