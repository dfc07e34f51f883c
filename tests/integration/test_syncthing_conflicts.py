# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Conflicts are real where devices matter: two daemons change one file. Else, copies are planted by their names."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from support import Make, Run, add_folder, bad, files, good, refused

from harness.daemon import Daemon, pair, share, start_all
from harness.proxy import RecordingProxy

INFO = "syncthing_conflicts_info"
MODULE = "syncthing_conflicts"
pytestmark = [pytest.mark.any_core, pytest.mark.outer_versions]

SIMPLE = {"type": "simple", "params": {"keep": "5"}}
TAG = "20260101-000000-ABCDEFG"
OLD = 1_700_000_000  # old enough for min_age


def write(path: Path, text: str, modified: float = OLD) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (modified, modified))
    return path


# --- real conflicts


class Duo:
    """Two connected daemons that share `docs`, and make conflicts in it."""

    def __init__(self, one: Daemon, two: Daemon, **fields: Any) -> None:
        self.one, self.two = one, two
        start_all(one, two)
        pair(one, two)
        # without it, 1.12 keeps no copies
        share("docs", one, two, **{"versioning": SIMPLE, "maxConflicts": 10, **fields})
        self.ours, self.theirs = one.folders_dir / "docs", two.folders_dir / "docs"

    def conflict(self, name: str, ours: str, theirs: str, winner: str) -> str:
        """Let both change a file while they don't see each other; the later change wins. Returns the copy's path."""
        write(self.ours / name, "before", OLD)
        self.one.post("/rest/db/scan", folder="docs")
        self.settle()
        for daemon in (self.one, self.two):
            daemon.post("/rest/system/pause", device=self.other(daemon).device_id)
        self.one.wait_until(
            lambda: not self.one.get("/rest/system/connections")["connections"][self.two.device_id]["connected"]
        )
        for daemon, folder, text in ((self.one, self.ours, ours), (self.two, self.theirs, theirs)):
            write(folder / name, text, OLD + (2000 if daemon.name == winner else 1000))
            daemon.post("/rest/db/scan", folder="docs")
        before = set(files(self.ours))
        for daemon in (self.two, self.one):
            daemon.post("/rest/system/resume", device=self.other(daemon).device_id)
        self.one.wait_connected(self.two, 60)
        self.one.wait_until(lambda: len(files(self.ours)) > len(before), 60, "the conflict copy")
        self.settle()
        (copy,) = set(files(self.ours)) - before
        return copy

    def other(self, daemon: Daemon) -> Daemon:
        return self.two if daemon is self.one else self.one

    def settle(self) -> None:
        self.one.wait_until(lambda: files(self.ours) == files(self.theirs), 60, "the same files on both")
        self.one.wait_in_sync("docs", self.two)


@pytest.fixture
def duo(make_daemon: Make) -> Duo:
    return Duo(make_daemon("one", start=False), make_daemon("two", start=False))


def test_a_real_conflict(run: Run, duo: Duo) -> None:
    """Listed on both, kept by the device that made the change, archived, and restored."""
    one, two = duo.one, duo.two
    copy = duo.conflict("sub/letter.txt", "of one", "of two, later", winner="two")
    assert copy.startswith("sub/letter.sync-conflict-")
    for daemon, folder in ((one, duo.ours), (two, duo.theirs)):
        (found,) = good(run(INFO, daemon, folder="docs"), changed=False)["conflicts"]["docs"]
        record = daemon.get("/rest/db/file", folder="docs", file=copy)["local"]
        assert found == {
            "path": copy,
            "original": "sub/letter.txt",
            "original_exists": True,
            "equal": False,
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.strptime(copy.split("-", 2)[2][:15], "%Y%m%d-%H%M%S")),
            # It is one's content, although two is in the name.
            "device": {"short_id": one.device_id[:7], "device_id": one.device_id, "name": name_in(daemon, one)},
            "replaced_by": {"short_id": two.device_id[:7], "device_id": two.device_id, "name": name_in(daemon, two)},
            "size": 6,
            "mod_time": record["modified"],
        }
        assert files(folder) == {"sub/letter.txt": "of two, later", copy: "of one"}

    # What one changed is kept: the copy.
    args = {"folder": "docs", "keep": "device", "device": one.device_id}
    before = files(duo.ours)
    foreseen = good(run(MODULE, one, check=True, **args), changed=True)
    assert files(duo.ours) == before and not (duo.ours / ".stversions").exists()
    done = good(run(MODULE, one, **args), changed=True)
    for key in ("resolved", "left_alone", "archive", "diff"):
        assert done[key] == foreseen[key]
    assert done["resolved"] == {"sub/letter.txt": {"kept": copy, "archived": ["sub/letter.txt"]}}
    assert done["archive"] == str(duo.ours / ".stversions")
    assert set(done.diff["before"]) == {"sub/letter.txt", copy} and set(done.diff["after"]) == {"sub/letter.txt"}
    assert (done.diff["before"]["sub/letter.txt"]["size"], done.diff["after"]["sub/letter.txt"]["size"]) == (13, 6)
    assert files(duo.ours) == {"sub/letter.txt": "of one"}
    one.wait_until(lambda: files(duo.theirs) == {"sub/letter.txt": "of one"}, 60, "the other device to follow")
    duo.settle()
    good(run(MODULE, one, **args), changed=False)
    assert good(run(INFO, two, folder="docs"))["conflicts"] == {"docs": []}

    # The daemon finds the loser among the versions.
    versions = good(run("syncthing_versions_info", one, folder="docs"))["versions"]
    assert versions["sub/letter.txt"][0]["size"] == 13
    restored = run("syncthing_restore", one, folder="docs", files=[{"path": "sub/letter.txt"}], overwrite=True)
    good(restored, changed=True)
    assert files(duo.ours) == {"sub/letter.txt": "of two, later"}


def name_in(daemon: Daemon, device: Daemon) -> str:
    [found] = [one["name"] for one in daemon.config()["devices"] if one["deviceID"] == device.device_id]
    return str(found)


def test_both_devices_at_once(run: Run, duo: Duo) -> None:
    """They decide the same, so that no new conflict comes of it and nothing is lost."""
    copy = duo.conflict("letter.txt", "of one, later", "of two", winner="one")
    newer = duo.conflict("note", "of one", "of two, later", winner="two")
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(run, MODULE, daemon, folder="docs", keep="copy") for daemon in (duo.one, duo.two)]
        results = [job.result() for job in jobs]
    # Each one either resolved or saw that the other one did.
    for result in results:
        good(result) if not result.failed else bad(result, "invalid_input", "idle")
    for daemon in (duo.one, duo.two):
        daemon.post("/rest/db/scan", folder="docs")
    expected = {"letter.txt": "of two", "note": "of one"}
    duo.one.wait_until(lambda: files(duo.ours) == files(duo.theirs) == expected, 60, "the same on both")
    duo.settle()
    time.sleep(2)
    assert files(duo.ours) == files(duo.theirs) == expected
    kept = {path.read_text() for folder in (duo.ours, duo.theirs) for path in (folder / ".stversions").rglob("*.txt")}
    assert "of one, later" in kept and copy and newer


# --- planted ones


Plant = Callable[..., Path]


@pytest.fixture
def plant(daemon: Daemon) -> Plant:
    """Makes a folder `docs` with these files, and waits until the daemon has scanned them."""

    def plant(content: dict[str, tuple[str, float]], versioning: Any = None, **fields: Any) -> Path:
        folder = daemon.folders_dir / "docs"
        for name, (text, modified) in content.items():
            write(folder / name, text, modified)
        share("docs", daemon, versioning=SIMPLE if versioning is None else versioning, **fields)
        daemon.wait_until(lambda: daemon.get("/rest/db/status", folder="docs")["state"] == "idle", what="the folder")
        daemon.post("/rest/db/scan", folder="docs")
        return folder

    return plant


GROUP = {
    "a.txt": ("original", OLD + 20),
    f"a.sync-conflict-{TAG}.txt": ("earlier conflict", OLD + 30),
    "a.sync-conflict-20260202-000000-ABCDEFG.txt": ("later conflict", OLD + 10),
    "equal.txt": ("the same", OLD + 20),
    f"equal.sync-conflict-{TAG}.txt": ("the same", OLD + 30),
    f"gone.sync-conflict-{TAG}.txt": ("no original", OLD),
}
FIRST, SECOND, EQUAL, GONE = list(GROUP)[1], list(GROUP)[2], list(GROUP)[4], list(GROUP)[5]


@pytest.mark.parametrize(
    ("args", "kept", "left"),
    [
        ({"keep": "newest"}, {"a.txt": FIRST, "equal.txt": EQUAL, "gone.txt": GONE}, []),
        ({"keep": "original"}, {"a.txt": "a.txt", "equal.txt": "equal.txt"}, [GONE]),
        ({"keep": "copy"}, {"a.txt": SECOND, "equal.txt": EQUAL, "gone.txt": GONE}, []),
        ({"equal_only": True}, {"equal.txt": "equal.txt"}, []),
        ({"keep": "original", "files": ["a.txt"]}, {"a.txt": "a.txt"}, []),
        ({"keep": "newest", "files": [SECOND, "nope"]}, {"a.txt": "a.txt"}, []),
        ({"keep": "newest", "files": ["g*"]}, {"gone.txt": GONE}, []),
        ({"keep": "original", "files": []}, {}, []),
    ],
)
@pytest.mark.once
def test_the_rules(
    run: Run, daemon: Daemon, plant: Plant, args: dict[str, Any], kept: dict[str, str], left: list[str]
) -> None:
    folder = plant(GROUP)
    before = files(folder)
    foreseen = good(run(MODULE, folder="docs", check=True, **args), changed=bool(kept))
    assert files(folder) == before
    done = good(run(MODULE, folder="docs", **args), changed=bool(kept))
    for key in ("resolved", "left_alone", "archive", "diff"):
        assert done[key] == foreseen[key]
    assert {original: one["kept"] for original, one in done["resolved"].items()} == kept
    assert list(done["left_alone"]) == left
    archived = {path for one in done["resolved"].values() for path in one["archived"]}
    after = {path: text for path, text in before.items() if path not in {*archived, *kept.values()}}
    after.update({original: before[path] for original, path in kept.items()})
    assert files(folder) == after
    # Nothing is lost: what is not there any more is archived by its own path, as it was.
    versions = good(run("syncthing_versions_info", folder="docs"))["versions"]
    assert set(versions) == archived
    assert sorted(path.read_text() for path in (folder / ".stversions").rglob("*.txt")) == sorted(
        before[path] for path in archived
    )
    again = good(run(MODULE, folder="docs", **args), changed=False)
    assert again["resolved"] == {} and list(again["left_alone"]) == left
    for path in archived - {"a.txt", "equal.txt"}:
        good(run("syncthing_restore", folder="docs", files=[{"path": path}]), changed=True)
        assert (folder / path).read_text() == before[path]


@pytest.mark.parametrize("kind", ["simple", "trashcan", "staggered"])
@pytest.mark.parametrize("where", [None, "absolute", "relative"])
@pytest.mark.once
def test_every_versioning(run: Run, daemon: Daemon, plant: Plant, kind: str, where: str | None, tmp_path: Path) -> None:
    """In the daemon's own layout, so that it lists and restores what it did not archive itself."""
    path = {None: None, "absolute": str(tmp_path / "versions/of docs"), "relative": ".old/versions"}[where]
    fields: dict[str, Any] = {"type": kind, "params": {}}
    if path:
        fields.update({"fsPath": path, "fsType": "basic"})
        if not daemon.at_least("1.14.0"):
            fields["params"] = {"versionsPath" if kind == "staggered" else "fsPath": path}
    copy = f"sub/a.sync-conflict-{TAG}.txt"
    folder = plant({"sub/a.txt": ("original", OLD + 10), copy: ("copy", OLD)}, fields)
    done = good(run(MODULE, folder="docs", keep="newest"), changed=True)
    archive = folder / (path or ".stversions")
    assert done["archive"] == str(archive) and files(folder / "sub") == {"a.txt": "original"}
    (archived,) = [one for one in archive.rglob("*") if one.is_file()]
    assert archived.read_text() == "copy"
    assert (archived.name == Path(copy).name) is (kind == "trashcan")
    # The trash can is emptied by the time at which a file came into it.
    assert (time.time() - archived.stat().st_mtime < 60) is (kind == "trashcan")
    good(run("syncthing_restore", folder="docs", files=[{"path": copy}]), changed=True)
    assert (folder / copy).read_text() == "copy"
    assert [one["path"] for one in good(run(INFO, folder="docs"))["conflicts"]["docs"]] == [copy]


@pytest.mark.once
def test_a_full_trash_can(run: Run, plant: Plant) -> None:
    """Of each path it has one file, and the one that was there isn't lost."""
    copy = f"a.sync-conflict-{TAG}.txt"
    folder = plant(
        {"a.txt": ("original", OLD), copy: ("copy", OLD + 10), ".stversions/a.txt": ("long ago", OLD - 10)},
        {"type": "trashcan", "params": {}},
    )
    good(run(MODULE, folder="docs", keep="copy"), changed=True)
    found = {path.read_text() for path in (folder / ".stversions").iterdir()}
    assert found == {"original", "long ago"} and (folder / ".stversions/a.txt").read_text() == "original"


@pytest.mark.once
def test_a_directory_of_ones_own(run: Run, plant: Plant, tmp_path: Path) -> None:
    """Also on another file system, where a move is a copy."""
    copy = f"sub/a.sync-conflict-{TAG}.txt"
    for elsewhere in (tmp_path, Path(tempfile.mkdtemp(dir="/dev/shm"))):
        try:
            archive = elsewhere / "archive"
            archive.mkdir()
            folder = plant(
                {"sub/a.txt": ("original", OLD), copy: ("copy" * 10**6, OLD + 5)}, {"type": "", "params": {}}
            )
            (folder / copy).chmod(0o640)
            owner = (1234, 4321) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
            os.chown(folder / copy, *owner)
            seen = (folder / copy).stat()
            run_scan = run("syncthing_command", command="scan", folder="docs")
            good(run_scan)
            done = good(run(MODULE, folder="docs", keep="original", archive_directory=str(archive)), changed=True)
            assert done["archive"] == str(archive)
            (archived,) = [path for path in archive.rglob("*") if path.is_file()]
            assert archived.parent == archive / "sub" and archived.name.startswith(f"a.sync-conflict-{TAG}~")
            now = archived.stat()
            for key in ("st_mtime_ns", "st_mode", "st_uid", "st_gid", "st_size"):
                assert getattr(now, key) == getattr(seen, key), key
            assert archived.read_text() == "copy" * 10**6 and not (folder / copy).exists()
        finally:
            if elsewhere is not tmp_path:
                shutil.rmtree(elsewhere)


@pytest.mark.once
def test_unstable_files_are_left_alone(run: Run, daemon: Daemon, plant: Plant) -> None:
    names = ["young", "changed", "grown", "directory", "link", "ignored"]
    content = {f"{name}.sync-conflict-{TAG}.txt": (name, OLD) for name in names}
    content.update({f"{name}.txt": ("original", OLD) for name in names[:3]})
    folder = plant({**content, "young.txt": ("original", time.time())})
    (folder / "directory.txt").mkdir()
    (folder / "link.txt").symlink_to("young.txt")
    (folder / ".stignore").write_text("ignored.txt\n")
    write(folder / "ignored.txt", "ignored")
    daemon.post("/rest/db/scan", folder="docs")
    write(folder / "changed.txt", "original", OLD + 1000)  # same size, another time
    write(folder / f"grown.sync-conflict-{TAG}.txt", "grown since", OLD)
    before = files(folder)
    for check in (True, False):
        done = good(run(MODULE, folder="docs", keep="newest", check=check), changed=False)
        said = {path.split(".")[0]: reason for path, reason in done["left_alone"].items()}
        assert "'young.txt' was modified less than 60 s ago" in said["young"]
        for name in ("changed", "grown"):
            assert "was changed after the daemon looked at it" in said[name]
        for name in names[3:]:
            assert "in the original's place" in said[name]
    assert files(folder) == before and len(done["left_alone"]) == len(names)
    # Once they are settled, they can be resolved.
    daemon.post("/rest/db/scan", folder="docs")
    done = good(run(MODULE, folder="docs", keep="original", min_age=0), changed=True)
    assert set(done["resolved"]) == {"young.txt", "changed.txt", "grown.txt"}


@pytest.mark.once
def test_waiting(run: Run, plant: Plant) -> None:
    copy = f"a.sync-conflict-{TAG}.txt"
    plant({"a.txt": ("original", OLD), copy: ("copy", time.time())})
    assert good(run(MODULE, folder="docs", keep="original", min_age=3), changed=False)["left_alone"]
    good(run(MODULE, folder="docs", keep="original", min_age=3, wait_timeout=30), changed=True)


@pytest.mark.once
def test_a_file_that_another_device_has_newer(run: Run, make_daemon: Make) -> None:
    """It was changed there, and can't be fetched for the moment."""
    duo = Duo(make_daemon("one", start=False), make_daemon("two", start=False))
    copy = f"a.sync-conflict-{TAG}.txt"
    write(duo.ours / "a.txt", "original")
    write(duo.ours / copy, "copy")
    duo.one.post("/rest/db/scan", folder="docs")
    duo.settle()
    # Nothing can be written in this directory then, so that the change does not arrive.
    folders = duo.one.config()["folders"]
    folders[0]["type"] = "sendonly"
    duo.one.put("/rest/config/folders", folders)
    write(duo.theirs / "a.txt", "changed there", OLD + 10)
    duo.two.post("/rest/db/scan", folder="docs")

    def is_idle() -> bool:
        status = duo.one.get("/rest/db/status", folder="docs")
        return status["needTotalItems"] == 1 and status["state"] == "idle"

    duo.one.wait_until(is_idle, what="the change to be known")
    done = good(run(MODULE, duo.one, folder="docs", keep="original"), changed=False)
    assert "'a.txt' is being synchronized" in done["left_alone"][copy]
    assert files(duo.ours) == {"a.txt": "original", copy: "copy"}


@pytest.mark.once
def test_what_is_refused(run: Run, proxy: RecordingProxy, tmp_path: Path) -> None:
    daemon = proxy.daemon
    running = {"paused": False, "versioning": SIMPLE}
    for name in ("docs", "plain", "command", "receive", "elsewhere", "paused"):
        fields: dict[str, Any] = {**running, "path": str(daemon.folders_dir / name)}
        if name == "plain":
            fields["versioning"] = {"type": "", "params": {}}
        if name == "command":
            fields["versioning"] = {"type": "external", "params": {"command": "true"}}
        if name == "receive":
            fields["type"] = "receiveonly"
        add_folder(daemon, name, **{**fields, "paused": name == "paused"})
    daemon.wait_until(lambda: daemon.get("/rest/db/status", folder="elsewhere")["state"] == "idle")
    shutil.rmtree(daemon.folders_dir / "elsewhere")
    keep = {"keep": "original"}
    inside = daemon.folders_dir / "docs/archive"
    inside.mkdir()
    for args, words in (
        ({"folder": "dosc", **keep}, ("'dosc'", "'docs'")),
        ({"folder": "paused", **keep}, ("'paused'", "Resume")),
        ({"folder": "plain", **keep}, ("keeps no versions", "archive_directory")),
        ({"folder": "command", **keep}, ("external command", "archive_directory")),
        ({"folder": "receive", **keep}, ("receiveonly",)),
        ({"folder": "elsewhere", **keep}, ("elsewhere", "container")),
        ({"folder": "docs"}, ("keep:", "equal_only")),
        ({"folder": "docs", "keep": "device"}, ("device:",)),
        ({"folder": "docs", "device": "x", **keep}, ("device:",)),
        ({"folder": "docs", "keep": "device", "device": "nope"}, ("device:", "'nope'")),
        ({"folder": "docs", "min_age": -1, **keep}, ("min_age",)),
        ({"folder": "docs", "wait_timeout": float("inf"), **keep}, ("wait_timeout",)),
        ({"folder": "docs", "archive_directory": str(inside), **keep}, ("archive_directory", "outside")),
        ({"folder": "docs", "archive_directory": str(tmp_path / "nope"), **keep}, ("archive_directory", "Create it")),
    ):
        for check in (False, True):
            refused(run, proxy, MODULE, "invalid_input", *words, check=check, **args)
    for folder, word in (("paused", "Resume"), ("elsewhere", "container"), ("dosc", "'docs'")):
        refused(run, proxy, INFO, "invalid_input", word, folder=folder)
    everything = good(run(INFO, proxy))
    assert set(everything["not_searched"]) == {"paused", "elsewhere"}
    assert set(everything["conflicts"]) == {"docs", "plain", "command", "receive"}


@pytest.mark.since("1.19.0")
@pytest.mark.once
def test_encrypted_folders_are_refused(run: Run, proxy: RecordingProxy) -> None:
    add_folder(proxy.daemon, "vault", type="receiveencrypted", paused=False, versioning=SIMPLE)
    refused(run, proxy, MODULE, "invalid_input", "receiveencrypted", folder="vault", keep="original")
    refused(run, proxy, INFO, "invalid_input", "receiveencrypted", folder="vault")
    assert "receiveencrypted" in good(run(INFO, proxy))["not_searched"]["vault"]


@pytest.mark.once
def test_another_host_is_refused(run: Run, daemon: Daemon) -> None:
    """It isn't even asked."""
    for module, args in ((INFO, {}), (MODULE, {"folder": "docs", "keep": "original"})):
        bad(run(module, daemon, api_url="http://192.0.2.1:8384", **args), "invalid_input", "api_url", "another host")


# --- as root, among what users planted


@pytest.fixture
def users_folder(daemon: Daemon, tmp_path: Path) -> Iterator[Path]:
    """A folder of `nobody`, for which root runs the module."""
    if os.geteuid():
        pytest.skip("only root can act as another user")
    entry = pwd.getpwnam("nobody")
    base = Path(tempfile.mkdtemp(prefix="community.syncthing-conflicts-"))
    try:
        base.chmod(0o755)
        folder = base / "docs"
        folder.mkdir()
        write(folder / "a.txt", "original")
        write(folder / f"a.sync-conflict-{TAG}.txt", "copy", OLD + 10)
        for path in (folder, *folder.iterdir()):
            os.chown(path, entry.pw_uid, entry.pw_gid)
        add_folder(daemon, "docs", path=str(folder), versioning=SIMPLE, paused=False)
        daemon.wait_until(lambda: daemon.get("/rest/db/status", folder="docs")["state"] == "idle")
        daemon.post("/rest/db/scan", folder="docs")
        yield folder
    finally:
        shutil.rmtree(base)


@pytest.mark.once
@pytest.mark.parametrize("as_user", [True, False])
def test_owners_stay(run: Run, daemon: Daemon, users_folder: Path, as_user: bool, tmp_path: Path) -> None:
    """What is made is the user's, with and without `user`, so that the daemon can work with it."""
    config = users_folder.parent / ".config"
    shutil.copytree(daemon.config_dir, config)
    entry = pwd.getpwnam("nobody")
    for path in (config, *config.rglob("*")):  # root reads nothing of its own for a user
        os.chown(path, entry.pw_uid, entry.pw_gid)
    args: dict[str, Any] = {"user": "nobody", "config_dir": str(config)} if as_user else {}
    good(run(MODULE, folder="docs", keep="copy", **args), changed=True)
    archive = users_folder / ".stversions"
    for path in (archive, *archive.rglob("*"), users_folder / "a.txt"):
        assert (path.stat().st_uid, path.stat().st_gid) == (entry.pw_uid, entry.pw_gid), path
    assert stat.S_IMODE(archive.stat().st_mode) == 0o700


@pytest.mark.once
def test_links_lead_root_nowhere(run: Run, daemon: Daemon, users_folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (users_folder / ".stversions").symlink_to(secret)
    before = files(users_folder)
    bad(run(MODULE, folder="docs", keep="copy"), "invalid_input", "symbolic link", ".stversions")
    assert files(users_folder) == before and not list(secret.iterdir())
    # A directory that is exchanged for a link.
    (users_folder / ".stversions").unlink()
    write(users_folder / "sub/b.txt", "original")
    write(users_folder / f"sub/b.sync-conflict-{TAG}.txt", "copy")
    daemon.post("/rest/db/scan", folder="docs")
    (users_folder / ".stversions").mkdir()
    (users_folder / ".stversions/sub").symlink_to(secret)
    result = run(MODULE, folder="docs", keep="original", files=["sub/*"])
    bad(result, "not_applied", "sub/b.txt")
    assert not list(secret.iterdir()) and (users_folder / "sub/b.txt").exists()
    assert len(files(users_folder)) == 4
