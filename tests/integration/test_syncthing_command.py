# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support import Make, Run, add_device, add_folder, bad, device_id, get, good

from harness.daemon import Daemon, pair, share, start_all
from harness.module import ModuleResult
from harness.proxy import RecordingProxy

pytestmark = pytest.mark.any_core

Json = dict[str, Any]
Tell = Callable[..., ModuleResult]


@pytest.fixture
def tell(run: Run) -> Tell:
    """`tell(daemon, changed, "scan", ...)`: in check mode, which must write nothing and say the same, then for real."""

    def tell(target: Daemon, changed: bool, command: str, again: bool | None = False, **args: Any) -> ModuleResult:
        with RecordingProxy(target, refuse_writes=True) as proxy:
            predicted = good(run("syncthing_command", proxy, check=True, command=command, **args), changed)
            assert not proxy.writes
        done = good(run("syncthing_command", target, command=command, **args), changed)
        for key in set(done.result) - {"invocation"}:
            assert done[key] == predicted[key], key
        if again is not None:
            good(run("syncthing_command", target, command=command, **args), again)
        return done

    return tell


@pytest.fixture
def two(make_daemon: Make) -> tuple[Daemon, Daemon]:
    """Two daemons that share the folder `docs`."""
    one, two = make_daemon("one", start=False, supervise=True), make_daemon("two", start=False, supervise=True)
    start_all(one, two)
    pair(one, two)
    share("docs", one, two)
    (one.folders_dir / "docs").mkdir(exist_ok=True)
    (one.folders_dir / "docs/a").write_text("one")
    one.post("/rest/db/scan", folder="docs")
    two.wait_until((two.folders_dir / "docs/a").exists, what="a file")
    one.wait_in_sync("docs", two)
    return one, two


def of_type(daemon: Daemon, folder_type: str) -> None:
    folder = get(daemon, "folders", "docs")
    daemon.put("/rest/config/folders", [{**folder, "type": folder_type, "fsWatcherEnabled": False}])
    daemon.wait_until(lambda: status(daemon)["state"] == "idle", what="the folder")


def status(daemon: Daemon) -> Json:
    found: Json = daemon.get("/rest/db/status", folder="docs")
    return found


# --- folders


def test_scan(tell: Tell, run: Run, daemon: Daemon) -> None:
    for name in ("docs", "paused"):
        add_folder(daemon, name, paused=name == "paused", fsWatcherEnabled=False, rescanIntervalS=0)
    daemon.wait_until(lambda: status(daemon)["state"] == "idle", what="the folder")
    top = daemon.folders_dir / get(daemon, "folders", "docs")["path"].rpartition("/")[2]
    for part in ("x", "y z", "ü"):
        (top / part).mkdir(parents=True)
        (top / part / "file").write_text(part)
    # Each of these does what it says, and nothing more; when it returns, it is done.
    assert tell(daemon, False, "scan", None, folder="docs", sub=["x", "y z"])["folders"] == ["docs"]
    assert status(daemon)["localFiles"] == 2
    good(run("syncthing_command", command="scan", folder="docs", sub=["ü"]), changed=False)
    assert status(daemon)["localFiles"] == 3
    (top / "new").write_text("new")
    assert good(run("syncthing_command", command="scan"), changed=False)["folders"] == ["docs"]
    assert status(daemon)["localFiles"] == 4
    (top / "newer").write_text("newer")
    good(run("syncthing_command", command="scan", folder="docs", wait=False), changed=False)
    daemon.wait_until(lambda: status(daemon)["localFiles"] == 5, what="the scan")


def test_override(tell: Tell, two: tuple[Daemon, Daemon], run: Run) -> None:
    one, other = two
    of_type(one, "sendonly")
    (other.folders_dir / "docs/a").write_text("other")
    (other.folders_dir / "docs/b").write_text("other")
    other.post("/rest/db/scan", folder="docs")
    one.wait_until(lambda: status(one)["needTotalItems"] == 2, what="both changes")
    bad(run("syncthing_command", one, command="override", folder="docs"), "invalid_input", "confirm", "other devices")
    result = bad(run("syncthing_wait", one, folders=["docs"], wait_timeout=0.5), "timeout", "override", "2 items left")
    assert result
    assert tell(one, True, "override", folder="docs", confirm=True)["item_count"] == 2
    other.wait_until(lambda: not (other.folders_dir / "docs/b").exists(), what="the override")
    other.wait_until(lambda: (other.folders_dir / "docs/a").read_text() == "one", what="the override")


def test_revert(tell: Tell, two: tuple[Daemon, Daemon], run: Run) -> None:
    _one, other = two
    of_type(other, "receiveonly")
    (other.folders_dir / "docs/a").write_text("other")
    (other.folders_dir / "docs/b").write_text("other")
    other.post("/rest/db/scan", folder="docs")
    assert status(other)["receiveOnlyTotalItems"] == 2
    bad(run("syncthing_command", other, command="revert", folder="docs"), "invalid_input", "confirm", "deletes")
    assert tell(other, True, "revert", folder="docs", confirm=True)["item_count"] == 2
    assert not (other.folders_dir / "docs/b").exists()
    other.wait_until(lambda: (other.folders_dir / "docs/a").read_text() == "one", what="the revert")


def test_reset(two: tuple[Daemon, Daemon], run: Run) -> None:
    one, _other = two
    bad(run("syncthing_command", one, command="reset", folder="docs"), "invalid_input", "confirm")
    bad(
        run("syncthing_command", one, command="reset", folder="docs", confirm=True, wait=False), "invalid_input", "wait"
    )
    before, starts = one.config(), one.starts
    args = {"command": "reset", "folder": "docs", "confirm": True}
    good(run("syncthing_command", one, check=True, **args), changed=True)
    assert one.config() == before and one.starts == starts
    good(run("syncthing_command", one, **args), changed=True)
    assert one.config() == before and one.starts == starts + 1
    good(run("syncthing_wait", one, folders=["docs"], wait_timeout=60))
    assert status(one)["globalFiles"] == 1


# --- pausing


def test_pause_and_resume(tell: Tell, daemon: Daemon, run: Run) -> None:
    names = ("other", "third")
    for name in names:
        add_device(daemon, name)
    ids = {name: device_id(name) for name in names}

    def paused() -> dict[str, bool]:
        return {device["name"]: device["paused"] for device in daemon.config()["devices"]}

    own = next(iter(set(paused()) - set(names)))
    assert tell(daemon, True, "pause", device="other")["devices"] == [ids["other"]]
    assert paused() == {"other": True, "third": False, own: False}
    # The daemon's own device is left alone.
    assert tell(daemon, True, "pause", None)["devices"] == [ids["third"]]
    assert paused() == {"other": True, "third": True, own: False}
    assert tell(daemon, True, "resume", None, device=ids["third"].lower())["devices"] == [ids["third"]]
    assert tell(daemon, True, "resume")["devices"] == [ids["other"]]
    assert paused() == {"other": False, "third": False, own: False}

    add_folder(daemon, "docs", paused=False)
    before = daemon.config()
    assert tell(daemon, True, "pause", None, folder="docs")["folders"] == ["docs"]
    assert get(daemon, "folders", "docs")["paused"] is True
    bad(run("syncthing_command", command="scan", folder="docs"), "invalid_input", "'docs' is paused", "Resume")
    tell(daemon, True, "resume", folder="docs")
    assert daemon.config() == before


# --- the daemon


def test_restart(tell: Tell, fresh_daemon: Daemon, run: Run) -> None:
    started = fresh_daemon.get("/rest/system/status")["startTime"]
    tell(fresh_daemon, True, "restart", again=None)
    assert fresh_daemon.get("/rest/system/status")["startTime"] != started and fresh_daemon.starts == 2
    good(run("syncthing_command", fresh_daemon, command="restart", wait=False), changed=True)
    fresh_daemon.wait_until(lambda: fresh_daemon.starts == 3, what="the restart")


def test_shutdown(tell: Tell, fresh_daemon: Daemon, run: Run) -> None:
    tell(fresh_daemon, True, "shutdown", again=None)
    fresh_daemon.wait_until(lambda: not fresh_daemon.running, what="its end")
    assert fresh_daemon.starts == 1
    bad(run("syncthing_command", fresh_daemon, command="shutdown", retries=0), "unreachable", "Is the daemon running")


def test_clear_errors(tell: Tell, daemon: Daemon) -> None:
    connection = daemon.connect()
    connection.request("POST", "/rest/system/error", b"planted", {"X-API-Key": daemon.api_key})
    assert connection.getresponse().status == 200
    connection.close()
    assert "planted" in tell(daemon, True, "clear_errors")["errors"][-1]["message"]
    assert not daemon.get("/rest/system/error")["errors"]


def test_log_levels(tell: Tell, daemon: Daemon, run: Run) -> None:
    on = {"model": "debug", "fs": "INFO"}
    assert tell(daemon, True, "set_log_levels", levels=on)["levels"]["model"] == "DEBUG"
    levels = tell(daemon, True, "set_log_levels", None, levels={"model": "INFO"})["levels"]
    assert set(levels.values()) == {"INFO"} and "scanner" in levels
    bad(run("syncthing_command", command="set_log_levels", levels={"modell": "INFO"}), "invalid_input", "'model'")
    bad(run("syncthing_command", command="set_log_levels", levels={"model": "LOUD"}), "invalid_input", "'LOUD'", "WARN")
    if daemon.at_least("2.0.0"):
        tell(daemon, True, "set_log_levels", None, levels={"model": "WARN"})
        tell(daemon, True, "set_log_levels", None, levels={"model": "INFO"})
    else:
        said = run("syncthing_command", command="set_log_levels", levels={"model": "WARN"})
        bad(said, "unsupported", daemon.version, "2.0.0")


def test_a_build_without_upgrades(daemon: Daemon, run: Run) -> None:
    bad(run("syncthing_command", command="upgrade"), "unsupported", "does not upgrade itself", "package")
