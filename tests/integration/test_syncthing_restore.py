# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Versions are real: another daemon changed or deleted files. Older ones are put in the archive by their names."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Make, Run, bad, good

from harness.daemon import Daemon, pair, share, start_all
from harness.proxy import RecordingProxy

MODULE = "syncthing_restore"
pytestmark = pytest.mark.any_core
OLD = 1_700_000_000  # when the first version was written


def test_what_another_device_did(run: Run, make_daemon: Make) -> None:
    here, other = make_daemon("here", start=False), make_daemon("other", start=False)
    start_all(here, other)
    pair(here, other)
    share("docs", here, other, versioning={"type": "simple", "params": {"keep": "5"}})
    here.wait_in_sync("docs", other)
    ours, theirs = here.folders_dir / "docs/letter.txt", other.folders_dir / "docs/letter.txt"

    def change(text: str | None, modified: float | None = None) -> None:
        if text is None:
            theirs.unlink()
        else:
            theirs.write_text(text)
        if modified:
            os.utime(theirs, (modified, modified))
        other.post("/rest/db/scan", folder="docs")
        here.wait_until(lambda: read(ours) == text, what=f"{text} to arrive")

    change("first", OLD)
    change("second")
    replaced = time.time()
    here.wait_until(lambda: time.time() > replaced + 1, what="another second, since versions are named by seconds")
    change(None)
    here.wait_in_sync("docs", other)
    archived = good(run("syncthing_versions_info", here, folder="docs"), changed=False)["versions"]
    second, first = archived["letter.txt"]
    assert (list(archived), second["size"], first["size"]) == (["letter.txt"], 6, 5)
    args = {"folder": "docs", "files": [{"path": "letter.txt"}]}

    # Deleted: the last version comes back, and goes to the other device too.
    foreseen = good(run(MODULE, here, check=True, **args), changed=True)
    assert read(ours) is None
    done = good(run(MODULE, here, **args), changed=True)
    assert read(ours) == "second"
    for key in ("restored", "kept", "diff"):
        assert done[key] == foreseen[key]
    assert done["restored"] == {"letter.txt": second}
    after = {"mod_time": second["mod_time"], "size": 6}
    assert done.diff == {"before": {}, "after": {"letter.txt": after}}
    here.wait_until(lambda: read(theirs) == "second", what="what was restored to arrive")
    again = good(run(MODULE, here, **args), changed=False)
    assert (again["restored"], again["kept"]) == ({}, ["letter.txt"])

    # An older one in its place, by the time that was told, in another zone.
    files = [{"path": "letter.txt", "version": first["version_time"].replace("Z", "+00:00")}]
    good(run(MODULE, here, folder="docs", files=files), changed=False)
    done = good(run(MODULE, here, folder="docs", files=files, overwrite=True), changed=True)
    assert read(ours) == "first" and done.diff["before"]["letter.txt"]["size"] == 6
    words = ("'letter.txt'", "no longer archived")
    bad(run(MODULE, here, folder="docs", files=files, overwrite=True), "not_found", *words)
    assert read(ours) == "first"


def read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


Archive = Callable[..., Path]


@pytest.fixture
def archive(daemon: Daemon) -> Archive:
    """Makes a folder `docs` with an archive: names in `.stversions`, and the age of their content in seconds."""

    def archive(kind: str, **files: int) -> Path:
        folder = daemon.folders_dir / "docs"
        for name, modified in files.items():
            path = folder / ".stversions" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{name}, modified {modified}")
            os.utime(path, (modified, modified))
        share("docs", daemon, versioning={"type": kind, "params": {}})
        daemon.wait_until(lambda: daemon.get("/rest/db/status", folder="docs")["state"] == "idle", what="the folder")
        return folder

    return archive


DAY = "2026-01-0%dT12:00:00Z"


def tag(name: str, day: int) -> str:
    """The name of a version that was archived at noon of that day, in the zone of the daemon."""
    stem, suffix = name.rsplit(".", 1)
    noon = time.strftime("%Y%m%d-%H%M%S", time.localtime(at(day)))
    return f"{stem}~{noon}.{suffix}"


def at(day: int) -> int:
    return 1_767_225_600 + (day - 1) * 86400 + 43200


@pytest.mark.once
def test_as_of(run: Run, proxy: RecordingProxy, archive: Archive) -> None:
    versions = {tag("a.txt", 2): at(1), tag("a.txt", 4): at(3), tag("sub/b.txt", 4): at(3), tag("c.txt", 2): at(1)}
    folder = archive("staggered", **versions)
    (folder / "a.txt").write_text("damaged")
    os.utime(folder / "a.txt", (at(5), at(5)))  # not in the second in which it is archived
    (folder / "c.txt").write_text("as it was ever since")
    proxy.daemon.post("/rest/db/scan", folder="docs")
    args = {"folder": "docs", "files": [{"path": "*.txt", "as_of": "2026-01-03T13:00:00+01:00"}], "overwrite": True}
    shown = good(run("syncthing_versions_info", folder="docs", files=["sub/*", "[a]*"]))["versions"]
    assert [len(shown[path]) for path in ("a.txt", "sub/b.txt")] == [2, 1] and len(shown) == 2
    proxy.refuse_writes = True
    foreseen = good(run(MODULE, proxy, check=True, **args), changed=True)
    proxy.refuse_writes = False
    done = good(run(MODULE, proxy, **args), changed=True)
    assert done["restored"] == foreseen["restored"] and set(done["restored"]) == {"a.txt", "sub/b.txt"}
    assert read(folder / "a.txt") == f"{tag('a.txt', 4)}, modified {at(3)}"
    assert read(folder / "sub/b.txt") == f"{tag('sub/b.txt', 4)}, modified {at(3)}"
    assert read(folder / "c.txt") == "as it was ever since"
    proxy.clear()
    assert good(run(MODULE, proxy, **args), changed=False)["restored"] == {}
    assert not proxy.writes


def test_a_version_of_this_second(run: Run, archive: Archive) -> None:
    """The daemon archives the present file first, under the same name if that is still the same second."""
    folder = archive("simple", **{tag("a.txt", 2): at(1)})
    (folder / "a.txt").write_text("present")
    args = {"folder": "docs", "files": [{"path": "a.txt"}], "overwrite": True}
    good(run(MODULE, check=True, **args), changed=True)  # what runs modules is ready now
    time.sleep(1 - time.time() % 1)  # a second begins, in which the module has time to write
    name = time.strftime("a~%Y%m%d-%H%M%S.txt", time.localtime(time.time()))
    (folder / ".stversions" / name).write_text("archived just now")
    good(run(MODULE, **args), changed=True)
    assert read(folder / "a.txt") == "archived just now"
    assert "present" in {path.read_text() for path in (folder / ".stversions").iterdir()}


@pytest.mark.once
def test_what_is_refused(run: Run, proxy: RecordingProxy, archive: Archive) -> None:
    folder = archive("simple", **{tag("a.txt", 2): at(1), tag("dir.txt", 2): at(1)})
    (folder / "own.txt").write_text("own")
    (folder / "dir.txt").mkdir()
    proxy.daemon.post("/rest/db/scan", folder="docs")
    docs = {"folder": "docs", "overwrite": True}
    for files, words in (
        ([{"path": "a.txt"}, {"path": "own.txt"}], "'own.txt'"),
        ([{"path": "nope.txt"}], "'nope.txt'"),
        ([{"path": "../a.txt"}], "'../a.txt'"),
        ([{"path": "a.txt", "version": DAY % 3}], "'a.txt'"),
        ([{"path": "a.txt", "as_of": DAY % 2}], "'a.txt'"),
    ):
        proxy.clear()
        bad(run(MODULE, proxy, files=files, **docs), "not_found", words)
        # looked for, since a run that was cut off may have restored it
        assert {path.split("?")[0] for _method, path in proxy.writes} <= {"/rest/db/scan"}
    assert (read(folder / "own.txt"), read(folder / "a.txt")) == ("own", None)
    files = [{"path": "own.txt", "as_of": DAY % 2}]
    assert good(run(MODULE, proxy, files=files, **docs), changed=False)["kept"] == ["own.txt"]
    # What the daemon itself can't do, among what it can.
    files = [{"path": "a.txt"}, {"path": "dir.txt"}]
    result = run(MODULE, proxy, files=files, **docs)
    bad(result, "not_applied", "'dir.txt'", "directory")
    assert list(result["restored"]) == ["a.txt"] and read(folder / "a.txt")


@pytest.mark.once
def test_trashcan(run: Run, archive: Archive) -> None:
    """It has one version of a file, without a time of its own."""
    folder = archive("trashcan", **{"a.txt": at(1)})
    [version] = good(run("syncthing_versions_info", folder="docs"))["versions"]["a.txt"]
    assert version["version_time"] == version["mod_time"]
    files = [{"path": "a.txt", "version": DAY % 1}]
    good(run(MODULE, folder="docs", files=files), changed=True)
    assert read(folder / "a.txt") == f"a.txt, modified {at(1)}"
    good(run(MODULE, folder="docs", files=files), changed=False)
