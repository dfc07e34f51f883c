# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._operations import wait
from ansible_collections.community.syncthing.tests.harness.scripted import Answer
from ansible_collections.community.syncthing.tests.unit import support


@pytest.fixture
def call(run):
    return lambda server, check=False, **args: run("syncthing_wait", dict(server.options, **args), check=check)


@pytest.mark.parametrize("check", [False, True])
def test_the_api_answers(call, daemon, check):
    server = daemon()
    result = call(server, check=check)
    assert (result["changed"], result.code, result["missing"]) == (False, 0, [])
    assert result["my_id"] == server.daemon.my_id
    assert server.asked == ["GET /rest/config"]


def test_an_answer_that_comes_late(call, daemon, monkeypatch):
    """Fact 28: during a migration, everything is answered with 200."""
    monkeypatch.setattr(wait, "_FIRST_PAUSE", 0.01)
    server = daemon()
    config = Answer(server.daemon.state, headers=support.daemon_headers(support.load("config-2.1.3")))
    server.answers["GET /rest/config"] = [
        Answer("*** Database migration in progress ***"),
        Answer("no", 502),
        Answer.reset(),
        config,
    ]
    assert call(server).code == 0
    assert server.asked == ["GET /rest/config"] * 4


def test_no_daemon_yet(call, daemon, run, tmp_path):
    result = run("syncthing_wait", {"config_dir": str(tmp_path), "wait_timeout": 0.3})
    assert result["failed"] and result["error"]["code"] == "timeout"
    assert "config.xml" in result["msg"] and result["missing"] and result["version"] is None


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"folders": ["dcs"]}, ("folders[0]", "'dcs'", "'docs'")),
        ({"devices": ["all", "laptob"]}, ("devices[1]", "'laptob'", "'laptop'")),
        ({"wait_timeout": 0}, ("wait_timeout",)),
        ({"min_completion": 101}, ("min_completion",)),
        ({"stable_for": 10, "wait_timeout": 10}, ("stable_for",)),
        ({"stable_for": -1}, ("stable_for",)),
    ],
)
def test_what_can_never_come_is_not_waited_for(call, daemon, options, named):
    server = daemon(**{"GET /rest/events": Answer([])})
    result = call(server, **options)
    assert result["failed"] and result["error"]["code"] == "invalid_input"
    assert all(word in result["msg"] for word in named), result["msg"]
    assert len(server.asked) <= 2


def test_a_wrong_key_is_not_waited_out(call, daemon):
    server = daemon(**{"GET /rest/config": Answer("CSRF Error", 403)})
    result = call(server)
    assert result["error"]["code"] == "api_key"
    assert server.asked == ["GET /rest/config"]
