# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest
from ansible_collections.community.syncthing.tests.harness.scripted import Answer
from ansible_collections.community.syncthing.tests.unit.support import item


def day(number):
    return f"2026-01-{number:02d}T12:00:00Z"


class Files:
    """The part of a daemon that archives and restores. A file is (mod_time, size)."""

    def __init__(self, there, archive):
        self.there = dict(there)
        self.archive = {path: dict(versions) for path, versions in archive.items()}  # by version time
        self.scanned = {}
        self.complaints = {}
        self.broken = set()

    def versions(self, _request):
        return Answer({
            path: [{"versionTime": when, "modTime": found[0], "size": found[1]} for when, found in versions.items()]
            for path, versions in self.archive.items()
            if versions
        })  # fmt: skip

    def restore(self, request):
        for path, when in json.loads(request.body).items():
            if path not in self.broken:
                there = self.there.get(path)
                self.there[path] = self.archive[path].pop(when)
                if there:
                    self.archive[path][day(30)] = there
        return Answer(self.complaints)

    def scan(self, request):
        for path in parse_qs(request.path.partition("?")[2])["sub"]:
            self.scanned[path] = self.there.get(path)
        return Answer()

    def file(self, request):
        [path] = parse_qs(request.path.partition("?")[2])["file"]
        found = self.scanned.get(path)
        if not found:
            return Answer("No such object in the index\n", 404)
        return Answer({"local": {"name": path, "deleted": False, "modified": found[0], "size": found[1]}})


@pytest.fixture
def start(daemon):
    def start(there, archive):
        files = Files(there, archive)
        files.scanned = dict(files.there)
        server = daemon(**{
            "GET /rest/folder/versions": files.versions,
            "POST /rest/folder/versions": files.restore,
            "POST /rest/db/scan": files.scan,
            "GET /rest/db/file": files.file,
        })  # fmt: skip
        item(server.daemon.state, "folders", "docs")["versioning"]["type"] = "staggered"
        return server, files

    return start


@pytest.fixture
def call(run):
    def call(server, *files, check=False, **args):
        server.requests.clear()
        return run("syncthing_restore", dict(server.options, folder="docs", files=list(files), **args), check=check)

    return call


ARCHIVE = {
    "a": {day(2): (day(1), 1), day(4): (day(3), 3)},
    "dir/b": {day(4): (day(1), 1)},
    "late": {day(20): (day(19), 19)},
    "trash": {day(5): (day(5), 5)},
}


@pytest.mark.parametrize(
    ("files", "restored"),
    [
        ([{"path": "a"}], {"a": 4}),
        ([{"path": "?"}], {"a": 4}),
        ([{"path": "*"}], {"a": 4, "dir/b": 4, "late": 20, "trash": 5}),
        ([{"path": "a", "version": "2026-01-02T13:00:00+01:00"}], {"a": 2}),
        ([{"path": "*", "version": day(2)}], {"a": 2}),
        ([{"path": "*", "as_of": day(1)}], {"a": 2, "dir/b": 4, "trash": 5}),
        ([{"path": "*", "as_of": day(3)}], {"a": 4, "dir/b": 4, "trash": 5}),
        ([{"path": "*", "as_of": day(10)}], {}),
        ([{"path": "*", "as_of": "2025-12-31T00:00:00Z"}], {"trash": 5}),
        ([{"path": "a"}, {"path": "d*"}], {"a": 4, "dir/b": 4}),
        ([{"path": "x*"}], {}),
        ([], {}),
    ],
)
def test_which_version(start, call, files, restored):
    server, state = start({}, ARCHIVE)
    foreseen = call(server, *files, check=True)
    assert state.there == {}
    assert {request.method for request in server.requests} == {"GET"}
    result = call(server, *files)
    assert {path: version["version_time"] for path, version in result["restored"].items()} == {
        path: day(number) for path, number in restored.items()
    }
    for key in ("changed", "restored", "kept", "diff"):
        assert result[key] == foreseen[key]
    assert set(state.there) == set(restored)
    assert result["changed"] is bool(restored)
    assert call(server, *files)["changed"] is False


@pytest.mark.parametrize("overwrite", [False, True])
def test_what_is_there(start, call, overwrite):
    server, state = start({"a": (day(9), 9), "dir/b": (day(1), 1)}, ARCHIVE)
    result = call(server, {"path": "a"}, {"path": "dir/b"}, overwrite=overwrite)
    assert (list(result["restored"]), result["kept"]) == ((["a"], ["dir/b"]) if overwrite else ([], ["a", "dir/b"]))
    assert state.there["a"] == ((day(3), 3) if overwrite else (day(9), 9))
    before, after = {"mod_time": day(9), "size": 9}, {"mod_time": day(3), "size": 3}
    changed = {"before": {"a": before}, "after": {"a": after}}
    assert result["diff"] == (changed if overwrite else {"before": {}, "after": {}})


def test_restored_by_a_run_that_was_cut_off(start, call):
    """The file is there, the version has left the archive, and the daemon has not looked since."""
    server, state = start({}, ARCHIVE)
    state.there["dir/b"] = state.archive["dir/b"].pop(day(4))
    result = call(server, {"path": "dir/b"})
    assert (result["changed"], result["kept"]) == (False, ["dir/b"])


@pytest.mark.parametrize("took_effect", [True, False])
def test_a_lost_answer(start, call, took_effect):
    server, state = start({}, ARCHIVE)

    def lose(request):
        if took_effect:
            state.restore(request)
        return Answer("gateway timeout", 504)

    server.answers["POST /rest/folder/versions"] = lose
    result = call(server, {"path": "a"})
    assert bool(result.json.get("failed")) is not took_effect
    if took_effect:
        assert (result["changed"], list(result["restored"])) == (True, ["a"])
    else:
        assert (result["error"]["code"], result["error"]["status"], result["restored"]) == ("server_error", 504, {})


def test_as_of_a_time_again(start, call):
    """What it replaced is archived now, and is not what was there at that time."""
    server, state = start({"a": (day(9), 9)}, ARCHIVE)
    for changed in (True, False):
        assert call(server, {"path": "a", "as_of": day(1)}, overwrite=True)["changed"] is changed
    assert state.there["a"] == (day(1), 1)


@pytest.mark.parametrize(
    ("files", "code", "words"),
    [
        ([{"path": "x"}], "not_found", ["'x'", "syncthing_versions_info"]),
        ([{"path": "a"}, {"path": "there"}], "not_found", ["'there'"]),
        ([{"path": "a", "version": day(3)}], "not_found", ["'a'", "no longer"]),
        ([{"path": "a", "as_of": day(10)}], "not_found", ["'a'"]),
        ([{"path": "a"}, {"path": "?", "version": day(2)}], "invalid_input", ["files[1].path", "'a'", "twice"]),
        ([{"path": ""}], "invalid_input", ["files[0].path"]),
        ([{"path": "a"}, {"path": "a", "as_of": "yesterday"}], "invalid_input", ["files[1].as_of", "'yesterday'"]),
        ([{"path": "a", "version": "latest"}], "invalid_input", ["files[0].version", "'latest'"]),
        ([{"path": "a", "version": day(2), "as_of": day(2)}], "invalid_input", ["files[0].version", "as_of", "both"]),
        ([{"version": day(2)}], None, ["files[0]", "path"]),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_nothing_is_written_when_something_is_wrong(start, call, files, code, words, check):
    """For the daemon archives what is there before it looks whether it has the version."""
    server, state = start({"there": (day(9), 9)}, ARCHIVE)
    result = call(server, *files, check=check, overwrite=True)
    assert (result["failed"], result.json.get("error", {}).get("code")) == (True, code)
    assert all(word in result["msg"] for word in words), result["msg"]
    assert "POST /rest/folder/versions" not in server.asked
    # It may have looked whether the file is there, unseen.
    assert {request.method for request in server.requests} <= (
        {"GET"} if check or code != "not_found" else {"GET", "POST"}
    )
    assert state.there == {"there": (day(9), 9)}


def test_what_the_daemon_could_not_do(start, call):
    server, state = start({}, ARCHIVE)
    state.broken, state.complaints = {"a", "late"}, {"a": "no space left", "dir/b": "but it is there"}
    result = call(server, {"path": "*"})
    assert result["error"]["code"] == "not_applied"
    assert "'a': no space left; 'late': it is not there" in result["msg"]
    assert set(result["restored"]) == {"dir/b", "trash"}


def test_a_file_of_which_nothing_is_left(start, call):
    server, _files = start({}, {"a": {}})
    server.answers["GET /rest/folder/versions?folder=docs"] = Answer({"a": []})
    assert call(server, {"path": "*"})["changed"] is False


def test_many_files_are_scanned_in_parts(start, call):
    archive = {f"file {number}": {day(2): (day(1), 1)} for number in range(120)}
    server, _state = start({}, archive)
    assert len(call(server, {"path": "*"})["restored"]) == 120
    writes = [request.path.partition("?")[0] for request in server.requests if request.method != "GET"]
    assert writes == ["/rest/folder/versions"] + ["/rest/db/scan"] * 3
