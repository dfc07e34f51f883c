# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import os
from urllib.parse import parse_qs

import pytest
from ansible_collections.community.syncthing.tests.harness.scripted import Answer
from ansible_collections.community.syncthing.tests.unit.support import LAPTOP, item

COPY = "a.sync-conflict-20260131-120000-ABCDEFG.txt"
STAMP = "2023-11-14T22:13:20Z"
OLD = 1_700_000_000


def record(path, size=3, modified_by="ABCDEFG", version="1", **changed):
    known = {"name": path, "deleted": False, "modified": STAMP, "size": size, "modifiedBy": modified_by}
    known.update(version=[version], **changed)
    return {"local": known, "global": {"version": ["1"]}}


@pytest.fixture
def server(daemon, tmp_path):
    """A daemon that knows what is on the disk; ``records`` replace what it says of a path."""
    for path in ("a.txt", COPY, ".stfolder"):
        (tmp_path / path).write_text("abc")
        os.utime(tmp_path / path, (OLD, OLD))
    records = {}

    def file(request):
        [path] = parse_qs(request.path.partition("?")[2])["file"]
        if records.get(path, 0) is None or not (tmp_path / path).exists():
            return Answer("No such object in the index\n", 404)
        return Answer(records.get(path) or record(path))

    status = {"state": "idle", "errors": 0, "globalBytes": 0, "globalTotalItems": 0, "needBytes": 0}
    server = daemon(**{
        "GET /rest/db/file": file,
        "GET /rest/db/status": Answer(dict(status, needTotalItems=0)),
        "POST /rest/db/scan": Answer(),
    })  # fmt: skip
    for folder in server.daemon.state["folders"]:
        folder["paused"] = True
    folder = item(server.daemon.state, "folders", "docs")
    folder.update(path=str(tmp_path), paused=False, type="sendreceive", markerName=".stfolder")
    server.records = records
    return server


def test_what_is_told(run, server):
    server.records[COPY] = record(COPY, modified_by=LAPTOP[:7])
    result = run("syncthing_conflicts_info", dict(server.options, folder="docs"))
    assert result["conflicts"] == {
        "docs": [
            {
                "path": COPY,
                "original": "a.txt",
                "original_exists": True,
                "equal": True,
                "time": "2026-01-31T12:00:00",
                "device": {"short_id": LAPTOP[:7], "device_id": LAPTOP, "name": "laptop"},
                "replaced_by": {"short_id": "ABCDEFG", "device_id": None, "name": None},
                "size": 3,
                "mod_time": STAMP,
            }
        ]
    }
    assert (result["changed"], result["not_searched"]) == (False, {})
    assert {request.method for request in server.requests} == {"GET"}


@pytest.mark.parametrize("known", [None, {"deleted": True}, {"ignored": True}, {"invalid": True}])
def test_what_the_daemon_does_not_know(run, server, known):
    server.records[COPY] = record(COPY, **known) if known else None
    result = run("syncthing_conflicts_info", dict(server.options, folder="docs"))
    assert result["conflicts"] == {"docs": []}


def test_all_folders(run, server):
    result = run("syncthing_conflicts_info", dict(server.options))
    assert list(result["conflicts"]) == ["docs"] and result["not_searched"]
    assert all("paused" in reason or "receiveencrypted" in reason for reason in result["not_searched"].values())


def test_another_host(run, server):
    result = run("syncthing_conflicts_info", dict(server.options, api_url="http://192.0.2.1:8384"))
    assert (result["failed"], result["error"]["code"]) == (True, "invalid_input")
    assert "another host" in result["msg"] and not server.requests


@pytest.mark.parametrize("path", ["relative", "C:\\docs", "/nonexistent/in/a/container", "~/nope", "/with\x00nul"])
def test_a_directory_that_is_not_here(run, server, path):
    item(server.daemon.state, "folders", "docs")["path"] = path
    result = run("syncthing_conflicts_info", dict(server.options, folder="docs"))
    assert (result["failed"], result["error"]["code"]) == (True, "invalid_input") and "container" in result["msg"]
