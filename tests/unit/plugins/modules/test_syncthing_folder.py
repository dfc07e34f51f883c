# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import json

import pytest
from ansible_collections.community.syncthing.tests.harness.scripted import Answer
from ansible_collections.community.syncthing.tests.unit import support
from ansible_collections.community.syncthing.tests.unit.support import LAPTOP, SLASHED, STRANGER, VAULT, item


@pytest.fixture
def call(run):
    return lambda server, **more: run("syncthing_folder", dict(server.options, **more.pop("args", {})), **more)


@pytest.mark.parametrize(
    ("args", "named"),
    [
        ({}, ["id"]),
        ({"id": ""}, ["id"]),
        ({"id": None}, ["id"]),
        ({"id": "new"}, ["path"]),
        ({"id": "new", "path": ""}, ["path"]),
        ({"id": "new", "path": "/srv/docs"}, ["path", "'docs'"]),
        ({"id": "docs", "type": "recvonly"}, ["type", "receiveonly"]),
        ({"id": "docs", "type": "receiveencrypted"}, ["type", "state: absent"]),
        ({"id": "docs", "versioning": {"type": "git"}}, ["versioning", "git"]),
        ({"id": "docs", "versioning": {"type": "simple", "params": {"keep": "x"}}}, ["keep"]),
        (
            {"id": "docs", "xattr_filter": {"entries": [{"match": "a", "permit": True}, {"match": "b"}]}},
            ["entries[1]", "permit"],
        ),
        ({"id": "docs", "devices": ["labtop"]}, ["devices[0]", "'laptop'"]),
        ({"id": "docs", "devices": [{"device": STRANGER, "encryption_password": "planted-secret"}]}, [STRANGER]),
        (
            {"id": "docs", "devices": [{"device": "vault", "encryption_password": "planted-secret", "x": 1}]},
            ["devices[0].x"],
        ),
        ({"id": "docs", "append_devices": True}, ["devices"]),
        ({"id": "docs", "ignore_patterns": ["a\nb"]}, ["ignore_patterns[0]"]),
        ({"id": "docs", "nonsense": "x"}, ["nonsense"]),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_wrong_options_write_nothing(call, daemon, args, named, check):
    server = daemon()
    result = call(server, args=args, check=check)
    assert (result["failed"], result.code) == (True, 1)
    assert all(word in result["msg"] for word in named)
    assert not any(request.method != "GET" for request in server.requests)
    assert support.SECRET not in result.output + result.log


@pytest.mark.parametrize("version", support.VERSIONS)
def test_the_life_of_a_folder(call, daemon, version):
    server = daemon(version)
    made = {"id": "n/w", "path": "/srv/new", "devices": ["laptop"], "versioning": {"type": "trashcan"}}
    patterns = {"id": "n/w", "ignore_patterns": ["*.o"], "devices": [VAULT, "laptop"], "type": "sendonly"}
    secret = {"id": "n/w", "devices": [{"device": "vault", "encryption_password": "planted-secret"}, "laptop"]}
    if version in ("1.29.5", "2.1.3"):
        patterns.pop("devices")  # untrusted, so it has to have a password
    for args, changed, shown in (
        (made, True, {"path": "/srv/new", "type": "sendreceive"}),
        (made, False, {"path": "/srv/new"}),
        (patterns, True, {"type": "sendonly", "ignore_patterns": ["*.o"]}),
        (patterns, False, {"ignore_patterns": ["*.o"]}),
        (secret, True, {}),
        (secret, False, {}),
        ({"id": "n/w", "state": "absent"}, True, None),
        ({"id": "n/w", "state": "absent"}, False, None),
    ):
        before = json.dumps([server.daemon.state, server.daemon.patterns])
        foreseen = call(server, args=args, check=True)
        assert json.dumps([server.daemon.state, server.daemon.patterns]) == before
        assert not any(request.method != "GET" for request in server.requests)
        result = call(server, args=args)
        for key in ("changed", "folder", "diff"):
            assert foreseen[key] == result[key]
        assert result["changed"] is changed
        assert shown is None is result["folder"] or dict(result["folder"], **shown) == result["folder"]
        assert (json.dumps([server.daemon.state, server.daemon.patterns]) == before) is not changed
        assert (result["diff"]["before"] == result["diff"]["after"]) is not changed
        assert support.SECRET not in result.output + result.log
        server.requests.clear()


def test_declared_patterns_cost_one_request(call, daemon):
    server = daemon()
    assert call(server, args={"id": "docs", "ignore_patterns": []})["changed"] is False
    assert server.asked == ["GET /rest/config", "GET /rest/db/ignores?folder=docs"]


PASSWORDS = [
    {"device": "vault", "encryption_password": "planted-secret-new"},
    {"device": "vault", "encryptionPassword": "planted-secret-new"},
    {"device": "vault", "encryption_password": "planted-secret-new", "more": 1},
    {"device": "nobody", "encryption_password": "planted-secret-new"},
    {"device": VAULT, "encryption_password": "planted-secret-new", "introduced_by": "nobody"},
]


@pytest.mark.parametrize("password", PASSWORDS, ids=json.dumps)
@pytest.mark.parametrize(
    "answers", [{}, {"*": Answer("it failed with planted-secret-new\n", 500)}], ids=["works", "fails"]
)
def test_passwords_are_nowhere(call, daemon, password, answers):
    """Ansible hides options by their names, but not what is in a list of anything."""
    result = call(daemon(**answers), args={"id": "docs", "devices": [password, "laptop"]})
    assert support.SECRET not in result.output + result.log


def test_that_a_password_changed_can_be_seen(call, daemon):
    server = daemon()
    args = {"id": "docs", "devices": ["laptop", {"device": "vault", "encryption_password": "planted-secret-new"}]}
    result = call(server, args=args)
    assert result["changed"]
    for side, mark in (("before", "(set)"), ("after", "(set to another value)")):
        marks = {
            entry["device"]: entry["encryption_password"]
            for entry in result["diff"][side]["folders"]["docs"]["devices"]
        }
        assert marks[VAULT] == mark
        assert marks[LAPTOP] == ""
    assert all("encryption_password" not in entry for entry in result["folder"]["devices"])
    stored = item(server.daemon.state, "folders", "docs")["devices"]
    assert "planted-secret-new" in [share["encryptionPassword"] for share in stored]


def test_a_folder_that_no_url_can_name(call, daemon):
    server = daemon()
    assert call(server, args={"id": SLASHED, "state": "absent"})["changed"]
    assert [line for line in server.asked if not line.startswith("GET")] == ["PUT /rest/config"]
    assert item(server.daemon.state, "folders", SLASHED) is None
