# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import os
from urllib.parse import parse_qs

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._host import tree
from ansible_collections.community.syncthing.tests.harness.scripted import Answer
from ansible_collections.community.syncthing.tests.unit.support import item

COPY = "sub/a.sync-conflict-20260131-120000-ABCDEFG.txt"
OTHER = "b.sync-conflict-20260131-120000-ABCDEFG.txt"
STAMP = "2023-11-14T22:13:20Z"
OLD = 1_700_000_000


@pytest.fixture
def server(daemon, tmp_path):
    """A daemon that knows what was on the disk when it scanned last."""
    folder = tmp_path / "docs"
    for path, text in (("sub/a.txt", "abc"), (COPY, "ABC"), ("b.txt", "abc"), (OTHER, "abc"), (".stfolder", "")):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
        os.utime(folder / path, (OLD, OLD))
    known = {}

    def scan(request=None):
        paths = parse_qs(request.path.partition("?")[2])["sub"] if request else ("sub/a.txt", COPY, "b.txt", OTHER)
        known.update({path: (folder / path).exists() for path in paths})
        return Answer()

    def file(request):
        [path] = parse_qs(request.path.partition("?")[2])["file"]
        if path not in known:
            return Answer("No such object in the index\n", 404)
        record = {"name": path, "deleted": not known[path], "modified": STAMP, "size": 3, "version": ["1"]}
        return Answer({"local": dict(record, modifiedBy="ABCDEFG"), "global": record})

    scan()
    status = {"state": "idle", "errors": 0, "globalBytes": 0, "globalTotalItems": 0, "needBytes": 0}
    server = daemon(**{
        "GET /rest/db/file": file,
        "GET /rest/db/status": Answer(dict(status, needTotalItems=0)),
        "POST /rest/db/scan": scan,
    })  # fmt: skip
    entry = item(server.daemon.state, "folders", "docs")
    entry.update(path=str(folder), paused=False, type="sendreceive", markerName=".stfolder")
    entry["versioning"].update(type="simple")
    server.folder, server.status = folder, status
    return server


def archived(server):
    archive = server.folder / ".stversions"
    return sorted(path.read_text() for path in archive.rglob("*.txt")) if archive.exists() else []


@pytest.fixture
def call(run):
    def call(server, check=False, **args):
        server.requests.clear()
        return run("syncthing_conflicts", dict(server.options, folder="docs", **args), check=check)

    return call


def test_original(server, call):
    foreseen = call(server, check=True, keep="original")
    assert {request.method for request in server.requests} == {"GET"} and archived(server) == []
    result = call(server, keep="original")
    for key in ("changed", "resolved", "left_alone", "archive", "diff"):
        assert result[key] == foreseen[key]
    assert result["resolved"] == {
        "sub/a.txt": {"kept": "sub/a.txt", "archived": [COPY]},
        "b.txt": {"kept": "b.txt", "archived": [OTHER]},
    }
    assert archived(server) == ["ABC", "abc"]
    [scan] = [request for request in server.requests if request.method == "POST"]
    assert parse_qs(scan.path.partition("?")[2])["sub"] == sorted([COPY, OTHER, "sub/a.txt", "b.txt"])
    assert call(server, keep="original")["changed"] is False


def test_a_copy_in_one_step(server, call, monkeypatch):
    """The original's name is never without a file."""
    real = os.rename
    moves = []

    def rename(source, target, **options):
        moves.append((source, target))
        assert (server.folder / "sub/a.txt").exists()
        real(source, target, **options)

    monkeypatch.setattr(os, "rename", rename)
    assert call(server, keep="copy", files=["sub/a.txt"])["changed"]
    assert (server.folder / "sub/a.txt").read_text() == "ABC" and archived(server) == ["abc"]


@pytest.mark.parametrize("keep", ["copy", "original"])
@pytest.mark.parametrize("victim", ["sub/a.txt", COPY])
def test_changed_at_the_last_moment(server, call, monkeypatch, victim, keep):
    """Between the look and the move, somebody saves the file."""
    real = tree.Tree.check

    def check(self, path, seen):
        (server.folder / victim).write_text("new")
        real(self, path, seen)

    monkeypatch.setattr(tree.Tree, "check", check)
    result = call(server, keep=keep, files=["sub/*"])
    assert (result["changed"], list(result["left_alone"])) == (False, [COPY])
    assert "changed at this moment" in result["left_alone"][COPY]
    assert (server.folder / victim).read_text() == "new" and archived(server) == []


def test_what_could_not_be_moved(server, call, monkeypatch):
    """The others are, and are returned."""
    real = tree.Tree.remove

    def remove(self, path):
        if path == COPY:
            raise PermissionError(13, "Permission denied", path)
        real(self, path)

    monkeypatch.setattr(tree.Tree, "remove", remove)
    result = call(server, keep="original")
    assert (result["failed"], result["error"]["code"]) == (True, "not_applied")
    assert COPY in result["msg"] and "Permission denied" in result["msg"]
    assert list(result["resolved"]) == ["b.txt"] and (server.folder / COPY).read_text() == "ABC"
    assert archived(server) == ["abc"]


def test_a_daemon_that_does_not_see_it(server, call):
    server.answers["POST /rest/db/scan"] = Answer()
    result = call(server, keep="original", files=["b.txt"])
    assert (result["failed"], result["error"]["code"]) == (True, "not_applied") and repr(OTHER) in result["msg"]
    assert list(result["resolved"]) == ["b.txt"]


def test_a_scan_that_fails(server, call):
    server.answers["POST /rest/db/scan"] = Answer("no\n", 500)
    result = call(server, keep="original", files=["b.txt"])
    assert (result["failed"], result["error"]["code"]) == (True, "server_error")
    assert list(result["resolved"]) == ["b.txt"] and archived(server) == ["abc"]


@pytest.mark.parametrize(
    ("status", "said"),
    [({"state": "syncing"}, "is syncing"), ({"state": "error", "error": "disk is gone"}, "disk is gone")],
)
@pytest.mark.parametrize("check", [False, True])
def test_a_folder_that_is_not_idle(server, call, status, said, check):
    server.answers["GET /rest/db/status"] = Answer({**server.status, "needTotalItems": 0, **status})
    result = call(server, check=check, keep="original")
    assert (result["failed"], result["error"]["code"]) == (True, "invalid_input") and said in result["msg"]
    assert archived(server) == []


def test_waiting_for_it(server, call):
    states = iter(["syncing", "scanning"])

    def status(_request):
        return Answer({**server.status, "needTotalItems": 0, "state": next(states, "idle")})

    server.answers["GET /rest/db/status"] = status
    assert call(server, keep="original", wait_timeout=10)["changed"] is True
