# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

from __future__ import annotations

from typing import Any

import pytest
from support import (
    READ,
    Case,
    Make,
    Run,
    add_device,
    add_folder,
    check_every_field,
    check_lacking_fields,
    climb,
    device_id,
    get,
    good,
    refused,
    shares,
)

from harness.daemon import Daemon
from harness.proxy import RecordingProxy

pytestmark = pytest.mark.any_core

PATTERNS = ["// a comment", "", "(?d).DS_Store", "#include more", "*.tmp", "!/keep/ä.tmp"]


@pytest.mark.parametrize("folder", ["plain", pytest.param("Bilder/2024 ü %2F?#&=", marks=pytest.mark.once)])
def test_ladder(run: Run, proxy: RecordingProxy, folder: str) -> None:
    daemon = proxy.daemon
    first, second = add_device(daemon, "first"), add_device(daemon, "second")
    add_folder(daemon, "neighbour", first, versioning={"type": "simple", "params": {"keep": "9"}})
    case = Case(
        kind="folders",
        key=folder,
        ident={"id": folder},
        create={
            "path": str(daemon.folders_dir / "new"),
            "paused": True,
            "devices": ["second", {"device": first, "encryption_password": "of the first"}],
            "versioning": {"type": "trashcan", "params": {"cleanout_days": 3}},
        },
        modify={
            "label": "Renamed",
            "devices": [second.lower()],
            "rescan_interval_s": 60,
            "min_disk_free": {"value": 2.5},
            "versioning": {"type": "none"},
        },
        missing=[({}, "invalid_input", "path is required")],
    )
    climb(run, proxy, case)


def test_every_field(run: Run, proxy: RecordingProxy) -> None:
    add_folder(proxy.daemon, "full")
    check_every_field(run, proxy, "folders", {"id": "full"})


@pytest.mark.until("2.1.0")
def test_fields_that_this_version_lacks(run: Run, proxy: RecordingProxy) -> None:
    add_folder(proxy.daemon, "old")
    check_lacking_fields(run, proxy, "folders", {"id": "old"})


@pytest.mark.since("2.1.0")
def test_fields_that_are_gone(run: Run, proxy: RecordingProxy) -> None:
    add_folder(proxy.daemon, "new")
    check_lacking_fields(run, proxy, "folders", {"id": "new"})


def test_devices(run: Run, proxy: RecordingProxy) -> None:
    daemon = proxy.daemon
    one, two, three = (add_device(daemon, name) for name in ("one", "two", "three"))

    def declare(devices: list[Any], changed: bool, expected: dict[str, str], **args: Any) -> None:
        proxy.clear()
        good(run("syncthing_folder", proxy, id="shared", devices=devices, **args), changed)
        assert shares(daemon, "shared") == expected
        if not changed:
            assert proxy.requests == [READ]

    path = str(daemon.folders_dir / "shared")
    declare([one, "two"], True, {one: "", two: ""}, path=path, paused=True)
    declare([{"device": "two"}, one, daemon.device_id], False, {one: "", two: ""})
    declare([{"device": "two", "encryption_password": "a"}], True, {two: "a"})
    declare(["two"], False, {two: "a"})  # a password that is not declared is left alone
    declare(["three"], True, {two: "a", three: ""}, append_devices=True)
    declare([{"device": two, "encryption_password": "b"}], True, {two: "b", three: ""}, append_devices=True)
    declare([{"device": two, "encryption_password": ""}, three], True, {two: "", three: ""})
    good(run("syncthing_folder", id="shared", label="not about devices"), changed=True)
    assert shares(daemon, "shared") == {two: "", three: ""}
    declare([], True, {})
    declare([], False, {})


def test_what_an_introducer_shared_stays(run: Run, daemon: Daemon) -> None:
    introducer, guest, other = (add_device(daemon, name) for name in ("introducer", "guest", "other"))
    introduced = {"deviceID": guest, "introducedBy": introducer, "encryptionPassword": "x"}
    add_folder(daemon, "shared", introducer, introduced, other)
    good(run("syncthing_folder", id="shared", devices=["introducer"]), changed=True)
    assert shares(daemon, "shared") == {introducer: "", guest: "x"}
    assert introduced in get(daemon, "folders", "shared")["devices"]


VERSIONINGS: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"type": "simple", "params": {"keep": 4}}, {"keep": "4"}),
    ({"type": "trashcan", "params": {"cleanout_days": 0}}, {"cleanoutDays": "0"}),
    ({"type": "staggered", "params": {"max_age": 31536000}}, {"maxAge": "31536000"}),
    ({"type": "external", "params": {"command": "/bin/true %FOLDER_PATH% %FILE_PATH%"}},
     {"command": "/bin/true %FOLDER_PATH% %FILE_PATH%"}),
    ({"type": "none"}, {}),
]  # fmt: skip


def test_versioning(run: Run, proxy: RecordingProxy) -> None:
    """From each type to the next: no parameter of the last one stays behind."""
    add_folder(proxy.daemon, "versioned")
    for declared, params in VERSIONINGS:
        for changed in (True, False):
            shown = good(run("syncthing_folder", id="versioned", versioning=declared), changed)["folder"]["versioning"]
        assert get(proxy.daemon, "folders", "versioned")["versioning"]["params"] == params
        assert {key: shown[key] for key in declared} == declared


def test_ignore_patterns(run: Run, proxy: RecordingProxy) -> None:
    daemon = proxy.daemon
    root = daemon.folders_dir / "ignoring"
    file = root / ".stignore"
    root.mkdir()
    (root / "more").write_text("x\n")

    def go(patterns: list[str], changed: bool, check: bool = False, **args: Any) -> Any:
        proxy.clear()
        args = {"id": "ignoring", "ignore_patterns": patterns, **args}
        result = good(run("syncthing_folder", proxy, check=check, **args), changed)
        assert result["folder"]["ignore_patterns"] == patterns
        return result

    def lines() -> list[str]:
        return file.read_text().splitlines()

    create = {"path": str(root), "paused": True}
    go(PATTERNS, True, check=True, **create)
    assert proxy.requests == [READ] and not file.exists()
    go(PATTERNS, True, **create)
    assert lines() == PATTERNS
    go(PATTERNS, False, **create)
    assert [method for method, _unused in proxy.requests] == ["GET", "GET"]
    diff = go(["only"], True, check=True).diff
    assert diff == {"before": {"ignores": {"ignoring": PATTERNS}}, "after": {"ignores": {"ignoring": ["only"]}}}
    assert lines() == PATTERNS and not proxy.writes
    go(["only"], True)
    assert lines() == ["only"]
    good(run("syncthing_folder", id="ignoring", label="not about patterns"), changed=True)
    assert lines() == ["only"]
    go([], True)
    assert not file.exists()
    go([], False)


def test_a_new_folder_takes_the_daemons_defaults(run: Run, daemon: Daemon) -> None:
    if daemon.at_least("1.14.0"):
        defaults = daemon.get("/rest/config/defaults/folder")
        daemon.put("/rest/config/defaults/folder", {**defaults, "rescanIntervalS": 77, "order": "newestFirst"})
    args = {"id": "new", "path": str(daemon.folders_dir / "new"), "order": "alphabetic", "paused": True}
    predicted = good(run("syncthing_folder", check=True, **args), changed=True)["folder"]
    done = good(run("syncthing_folder", **args), changed=True)["folder"]
    assert done == predicted
    assert (done["rescan_interval_s"], done["order"]) == (77 if daemon.at_least("1.14.0") else 3600, "alphabetic")
    assert "extra" not in done


def test_receiveencrypted(run: Run, proxy: RecordingProxy) -> None:
    one = add_device(proxy.daemon, "one")
    args: dict[str, Any] = {
        "id": "vault",
        "path": str(proxy.daemon.folders_dir / "vault"),
        "type": "receiveencrypted",
        "devices": [one],
        "paused": True,
    }
    predicted = good(run("syncthing_folder", check=True, **args), changed=True)["folder"]
    assert good(run("syncthing_folder", **args), changed=True)["folder"] == predicted
    good(run("syncthing_folder", **args), changed=False)
    refused(run, proxy, "syncthing_folder", "invalid_input", "ignore_patterns", ignore_patterns=["x"], **args)


def test_a_file_crosses(run: Run, make_daemon: Make) -> None:
    """Two daemons know each other and share a folder through nothing but the modules.

    One dials and one waits: see `pair`.
    """
    left, right = daemons = make_daemon("left"), make_daemon("right")
    for daemon, other, address in ((left, right, ["dynamic"]), (right, left, [left.listen_address])):
        good(run("syncthing_device", daemon, device_id=other.device_id, name="peer", addresses=address), changed=True)
        path = str(daemon.folders_dir / "data")
        good(run("syncthing_folder", daemon, id="data", path=path, devices=["peer"]), changed=True)
    (daemons[0].folders_dir / "data/hello").write_text("from the left")
    daemons[0].wait_connected(daemons[1])
    daemons[0].post("/rest/db/scan", folder="data")
    arrived = daemons[1].folders_dir / "data/hello"
    daemons[1].wait_until(lambda: arrived.exists() and arrived.read_text() == "from the left", what="the file")


@pytest.mark.once
def test_unknown_devices_are_refused_before_anything_is_written(run: Run, proxy: RecordingProxy) -> None:
    add_device(proxy.daemon, "laptop")
    create = {"id": "new", "path": str(proxy.daemon.folders_dir / "new")}
    for devices, words in (
        (["laptop", device_id("stranger")], ("devices[1]", device_id("stranger"), "not configured")),
        (["laptpo"], ("devices[0]", "'laptpo'", "'laptop'")),
        (["laptop", {"device": "laptop"}], ("devices[1]", "twice", "devices[0]")),
    ):
        refused(run, proxy, "syncthing_folder", "invalid_input", *words, devices=devices, **create)
