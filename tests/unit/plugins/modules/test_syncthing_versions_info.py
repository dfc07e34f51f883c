# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.syncthing.plugins.module_utils._operations import versions as _versions
from ansible_collections.community.syncthing.tests.harness.scripted import Answer
from ansible_collections.community.syncthing.tests.unit.support import item


def archived(day):
    return {"versionTime": f"2026-01-{day:02d}T12:00:00+01:00", "modTime": "2025-12-31T00:00:00Z", "size": day}


@pytest.fixture
def server(daemon):
    versions = {"b.txt": [archived(1)], "a/b.txt": [archived(2), archived(10), archived(9)], "[a].txt": [archived(3)]}
    server = daemon(**{"GET /rest/folder/versions": Answer(versions)})
    item(server.daemon.state, "folders", "docs")["versioning"]["type"] = "staggered"
    return server


@pytest.mark.parametrize(
    ("files", "paths"),
    [
        (None, ["[a].txt", "a/b.txt", "b.txt"]),
        (["*"], ["[a].txt", "a/b.txt", "b.txt"]),
        (["*b.txt"], ["a/b.txt", "b.txt"]),
        (["[a].txt", "nope"], ["[a].txt"]),
        (["?.txt"], ["b.txt"]),
        (["B.txt"], []),
        ([], []),
    ],
)
def test_what_is_listed(run, server, files, paths):
    args = {} if files is None else {"files": files}
    result = run("syncthing_versions_info", dict(server.options, folder="docs", **args))
    assert (list(result["versions"]), result["changed"]) == (paths, False)
    assert [request.method for request in server.requests] == ["GET", "GET"]


def test_the_newest_comes_first(run, server):
    versions = run("syncthing_versions_info", dict(server.options, folder="docs"))["versions"]["a/b.txt"]
    assert [version["size"] for version in versions] == [10, 9, 2]
    assert versions[0] == {
        "version_time": "2026-01-10T12:00:00+01:00", "mod_time": "2025-12-31T00:00:00Z", "size": 10,
    }  # fmt: skip


SAME = [
    "2026-01-31T12:00:00Z",
    "2026-01-31T12:00:00z",
    "2026-01-31T12:00:00.999999999Z",
    "2026-01-31 13:00:00+01:00",
    "2026-01-31t06:30:00-05:30",
    "2026-01-31T12:00:00+0000",
]


@pytest.mark.parametrize("text", SAME)
def test_times_are_moments(text):
    assert _versions.parse_time(text) == _versions.parse_time(SAME[0])


@pytest.mark.parametrize(
    "text",
    ["", "latest", "2026-01-31", "2026-01-31T12:00:00", "2026-13-31T12:00:00Z", "2026-01-31T25:00:00Z", "1769860800",
     "2026-01-31T12:00:00+01", "2026-01-31T12:00:00Z\n"],
)  # fmt: skip
def test_what_is_no_time(text):
    with pytest.raises(InvalidInput, match=r"files\[0\]\.as_of: .*zone"):
        _versions.parse_time(text, "files[0].as_of")


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ({"paused": True}, "'docs' is paused"),
        ({"versioning": {"type": "", "params": {}}}, "'docs' keeps no versions"),
        ({"versioning": {"type": "external", "params": {}}}, "'docs' are kept by an external command"),
    ],
)
def test_where_there_is_no_archive_to_read(run, server, folder, said):
    item(server.daemon.state, "folders", "docs").update(folder)
    result = run("syncthing_versions_info", dict(server.options, folder="docs"))
    assert result["failed"] and result["error"]["code"] == "invalid_input" and said in result["msg"]
    assert len(server.requests) == 1
