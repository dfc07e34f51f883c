# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import os
import time

import pytest
from ansible_collections.community.syncthing.tests.harness.scripted import Answer
from ansible_collections.community.syncthing.tests.unit.support import item

STATUS = {"state": "idle", "errors": 0, "globalBytes": 0, "globalTotalItems": 0, "needBytes": 0, "needTotalItems": 0}


COMPLETION = {"completion": 100, "globalBytes": 0, "globalItems": 0, "needBytes": 0, "needItems": 0, "needDeletes": 0}


@pytest.fixture
def server(daemon, tmp_path):
    """A daemon that does not see that files are moved."""
    server = daemon(**{
        "GET /rest/db/completion": lambda _request: Answer(dict(COMPLETION, sequence=server.sequence)),
        "GET /rest/db/localchanged": Answer({"files": [{"name": "one", "deleted": False}]}),
        "GET /rest/db/status": Answer(STATUS),
        "POST /rest/db/scan": Answer(),
    })  # fmt: skip
    server.sequence = 5
    server.folder = tmp_path / "docs"
    (server.folder / ".stfolder").mkdir(parents=True)
    (server.folder / "one").write_text("1")
    entry = item(server.daemon.state, "folders", "docs")
    entry.update(path=str(server.folder), paused=False, type="receiveonly", markerName=".stfolder")
    return server


def test_a_file_that_does_not_go(run, server):
    result = run("syncthing_local_changes", dict(server.options, folder="docs"))
    assert result.code == 1
    assert result["error"]["code"] == "not_applied"
    assert "still has local changes, such as 'one'" in result["msg"]
    assert result["archived"] == ["one"]
    assert [path.read_text() for path in (server.folder / ".stversions").iterdir()] == ["1"]


def test_a_file_that_can_not_be_archived_keeps_no_other_back(run, server):
    """With the time, its name is longer than the file system allows."""
    long = "x" * 250
    (server.folder / long).write_text("2")
    items = [{"name": name, "deleted": False} for name in ("one", long)]
    server.answers["GET /rest/db/localchanged"] = Answer({"files": items})
    result = run("syncthing_local_changes", dict(server.options, folder="docs"))
    assert result["error"]["code"] == "not_applied"
    assert f"{long!r}: File name too long." in result["msg"] and "'one'" not in result["msg"]
    assert not (server.folder / "one").exists() and (server.folder / long).exists()


@pytest.mark.parametrize("name", ["../other", "/etc/hostname", "..", "sub/../../other", "sub//other", ""])
def test_a_daemon_that_names_files_of_others(run, server, tmp_path, name):
    (tmp_path / "other").write_text("kept")
    (server.folder / "sub").mkdir()
    server.answers["GET /rest/db/localchanged"] = Answer({"files": [{"name": name, "deleted": False}]})
    result = run("syncthing_local_changes", dict(server.options, folder="docs"))
    assert result["error"]["code"] == "discovery"
    assert "not a path below the directory" in result["msg"]
    assert (tmp_path / "other").read_text() == "kept"
    assert not list((server.folder / ".stversions").iterdir())


def test_the_trash_can(run, server):
    """It removes what is older than it keeps files, so that the time must be that of the archiving."""
    item(server.daemon.state, "folders", "docs")["versioning"]["type"] = "trashcan"
    os.utime(server.folder / "one", (0, 0))
    before = time.time()
    run("syncthing_local_changes", dict(server.options, folder="docs"))
    [kept] = (server.folder / ".stversions").iterdir()
    assert kept.name == "one" and kept.stat().st_mtime >= before - 1


@pytest.mark.parametrize("check", [False, True])
def test_nothing_was_received(run, server, check):
    server.sequence = 0
    result = run("syncthing_local_changes", dict(server.options, folder="docs"), check=check)
    assert result["error"]["code"] == "invalid_input"
    assert "no other device has told about any file of 'docs'" in result["msg"]
    assert (server.folder / "one").exists()


def test_check_mode(run, server):
    result = run("syncthing_local_changes", dict(server.options, folder="docs"), check=True)
    assert result["changed"] and result["archived"] == ["one"]
    assert not (server.folder / ".stversions").exists()
