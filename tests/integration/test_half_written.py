# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Nothing stays half written: what would fail is refused, what makes room goes first, and the rest is undone."""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._schema import patterns
from support import READ, SOAK, Json, Make, Run, add_device, add_folder, apply, bad, device_id, get, good

from harness.daemon import Daemon
from harness.proxy import RecordingProxy

pytestmark = pytest.mark.any_core

MODULE = "syncthing_config"


# --- the order


def works(daemon: Daemon, folder: str) -> None:
    daemon.wait_until(lambda: daemon.get("/rest/db/status", folder=folder)["state"] == "idle", what="an idle folder")
    daemon.post("/rest/db/scan", folder=folder)
    status = daemon.get("/rest/db/status", folder=folder)
    assert (status["state"], status.get("error", "")) == ("idle", ""), status


@pytest.mark.parametrize("old", ["old", "old/er"])
@pytest.mark.parametrize("how", ["absent", "absent last", "purge", "moved"])
def test_a_removed_folder_leaves_its_directory_to_another(daemon: Daemon, tmp_path: Path, old: str, how: str) -> None:
    place = tmp_path / "x"
    place.mkdir()
    (place / "file").write_text("data")
    first: Json = {"folders": [{"id": old, "path": str(place)}]}
    new: Json = {"id": "new", "path": f"{place}/"}
    if how == "moved":
        first["folders"].append({**new, "path": str(tmp_path / "elsewhere")})
    apply(daemon, first)
    works(daemon, old)
    gone = {"id": old, "state": "absent"}
    second: Json = {"folders": {"absent last": [new, gone], "purge": [new]}.get(how, [gone, new])}
    if how == "purge":
        second["purge"] = ["folders"]
    apply(daemon, second)
    if how == "moved":  # whose marker stays where its data were
        (place / ".stfolder").mkdir(exist_ok=True)
    works(daemon, "new")
    assert (place / "file").read_text() == "data"
    with RecordingProxy(daemon) as proxy:
        assert not apply(proxy, second).changes and proxy.requests == [READ]


@pytest.mark.parametrize("by_name", [False, True])
def test_a_removed_device_leaves_its_name_to_another(daemon: Daemon, by_name: bool) -> None:
    old = add_device(daemon, "laptop")
    add_folder(daemon, "shared", old)
    new = device_id("new laptop")
    declared = {
        "devices": [
            {"device_id": "laptop" if by_name else old, "state": "absent"},
            {"device_id": new, "name": "laptop"},
        ],
        "folders": [{"id": "shared", "devices": ["laptop"]}],
    }
    apply(daemon, declared)
    assert old not in {device["deviceID"] for device in daemon.config()["devices"]}
    assert new in {share["deviceID"] for share in get(daemon, "folders", "shared")["devices"]}
    assert not apply(daemon, declared).changes


# --- ignore patterns

ATOMS = [
    "[",
    "]",
    "{",
    "}",
    "!",
    "(?i)",
    "(?d)",
    "\\",
    "*",
    "**",
    "?",
    "-",
    ",",
    "/",
    "a",
    "Z",
    "é",
    "é",
    "//",
    "#",
    " ",
]


def generated(rng: random.Random) -> str:
    """Half of them are about brackets."""
    if rng.random() < 0.5:
        inside = "".join(rng.choice("a!-Z]\\[é^") for _unused in range(rng.randrange(5)))
        return rng.choice(("", "(?i)", "!", "x")) + "[" + inside + rng.choice(("]", "]", "", "]y"))
    return "".join(rng.choice(ATOMS) for _unused in range(rng.randrange(1, 8)))


def test_no_pattern_is_refused_that_the_daemon_can_read(daemon: Daemon) -> None:
    """And of brackets, all that it can't read are refused."""
    seed = int(time.time() // 86400)
    print("seed", seed)
    rng = random.Random(seed)
    folder = add_folder(daemon, "patterns")
    Path(folder["path"]).mkdir(parents=True)
    refused = 0
    for _unused in range(3000 if SOAK else 250):
        line = generated(rng).strip()
        daemon.post("/rest/db/ignores", {"ignore": [line]}, folder="patterns")
        error = daemon.get("/rest/db/ignores", folder="patterns").get("error")
        ours = patterns.problem(line, [line])
        assert error or not ours, (line, ours)
        if error and not ours:
            assert "missing pattern" in error or line.startswith("#") or not line.isascii(), (line, error)
        refused += bool(ours)
    assert refused > 20


def test_unreadable_patterns_are_refused(daemon: Daemon, run: Run, tmp_path: Path) -> None:
    with RecordingProxy(daemon) as proxy:
        for folders in (
            [{"id": "new", "path": str(tmp_path / "new"), "ignore_patterns": ["*.o", "a[b"]}],
            [{"id": "new", "path": str(tmp_path / "new"), "ignore_patterns": ["(?i)[z-a]"]}],
        ):
            for check in (True, False):
                bad(run(MODULE, proxy, check=check, folders=folders), "invalid_input", "folders[0].ignore_patterns[")
                assert not proxy.writes
        args = {"id": "new", "path": str(tmp_path / "new"), "ignore_patterns": ["[]"]}
        bad(run("syncthing_folder", proxy, **args), "invalid_input", "ignore_patterns[0]", "'[]'")
        assert not proxy.writes


def test_a_missing_include_is_refused_on_its_host(daemon: Daemon, run: Run) -> None:
    folder = add_folder(daemon, "included")
    directory = Path(folder["path"])
    directory.mkdir(parents=True)
    daemon.post("/rest/db/ignores", {"ignore": ["*.tmp"]}, folder="included")
    args = {"id": "included", "ignore_patterns": ["#include rules"], "config_dir": str(daemon.config_dir)}
    for check in (True, False):
        said = run("syncthing_folder", check=check, api_url=None, api_key=None, **args)
        bad(said, "invalid_input", str(directory / "rules"))
    assert daemon.get("/rest/db/ignores", folder="included")["ignore"] == ["*.tmp"]
    (directory / "rules").write_text("*.o\n")
    good(run("syncthing_folder", api_url=None, api_key=None, **args), changed=True)
    assert not daemon.get("/rest/db/ignores", folder="included").get("error")


@pytest.mark.parametrize("new", [True, False])
def test_patterns_that_were_there_are_back_in_force(daemon: Daemon, run: Run, tmp_path: Path, new: bool) -> None:
    """From another host, a missing file can't be seen beforehand."""
    directory = tmp_path / "patterns"
    directory.mkdir()
    if new:
        (directory / ".stignore").write_text("*.tmp\n")
    else:
        add_folder(daemon, "patterns", path=str(directory))
        daemon.post("/rest/db/ignores", {"ignore": ["*.tmp"]}, folder="patterns")
    args = {"id": "patterns", "path": str(directory), "ignore_patterns": ["#include nowhere"]}
    said = run("syncthing_folder", **args)
    assert said.failed and said.result["error"]["code"] == "not_applied", said.result
    assert "nowhere" in said.msg and "are in force again" in said.msg
    now = daemon.get("/rest/db/ignores", folder="patterns")
    assert now["ignore"] == ["*.tmp"] and not now.get("error")
    (directory / "nowhere").write_text("*.o\n")
    good(run("syncthing_folder", **args), changed=True)


# --- the GUI


def test_a_password_in_plain_text_counts_as_not_set(make_daemon: Make, run: Run) -> None:
    daemon = make_daemon("plain", start=False)
    path = daemon.config_dir / "config.xml"
    tree = ElementTree.parse(path)
    gui = tree.getroot().find("gui")
    assert gui is not None
    for name, value in (("user", "admin"), ("password", "s3cret")):
        found = gui.find(name)
        (ElementTree.SubElement(gui, name) if found is None else found).text = value
    tree.write(path)
    daemon.start()
    assert daemon.config()["gui"]["password"] == "s3cret"
    good(run(MODULE, daemon, options={"max_send_kbps": 5}), changed=True)  # whoever declares none is not hindered
    args = {"gui": {"user": "admin", "password": "s3cret"}}
    good(run(MODULE, daemon, check=True, **args), changed=True)
    good(run(MODULE, daemon, **args), changed=True)
    assert daemon.config()["gui"]["password"].startswith("$2")
    assert "s3cret" not in path.read_text()
    good(run(MODULE, daemon, **args), changed=False)
    bad_password = {"gui": {"user": "admin", "password": "other"}}
    good(run(MODULE, daemon, check=True, **bad_password), changed=True)


# --- half-way


def test_the_next_run_finishes_the_job(daemon: Daemon, tmp_path: Path) -> None:
    """Whichever write the daemon refuses."""
    declared: Json = {
        "devices": [{"device_id": device_id("one"), "name": "one"}],
        "folders": [{"id": "f", "path": str(tmp_path / "f"), "devices": ["one"], "ignore_patterns": ["*.o"]}],
        "options": {"max_send_kbps": 7},
    }
    start = daemon.config()
    for number in range(4):
        daemon.reset(start)
        shutil.rmtree(tmp_path / "f", ignore_errors=True)
        with RecordingProxy(daemon) as proxy:

            def refuse(method: str, *_unused: Any, proxy: RecordingProxy = proxy, number: int = number) -> Any:
                return (500, {}, b"disk full") if method != "GET" and len(proxy.writes) == number + 1 else None

            proxy.on_request = refuse
            with pytest.raises(Exception, match="disk full"):
                apply(proxy, declared)
            proxy.on_request = None
            assert apply(proxy, declared).changes
            assert not apply(proxy, declared).changes


# --- the whole declaration


def mixed(daemon: Daemon, base: Path) -> dict[str, tuple[Json, str]]:
    """What the daemon refuses, drops or breaks over, beside what it would take; and a word of the error."""
    here, there = str(base / "here"), str(base / "there")
    add_folder(daemon, "encrypted", path=there, type="sendreceive")
    home = daemon.get("/rest/system/status")["tilde"]
    unknown = device_id("nowhere")
    return {
        "two in one directory": ({"folders": [{"id": "b", "path": f"{here}/"}]}, "folders[1].path"),
        "another spelling": ({"folders": [{"id": "b", "path": f"{base}//x/../here"}]}, "folders[1].path"),
        "one that is there": ({"folders": [{"id": "b", "path": f"{there}/."}]}, "folders[1].path"),
        "home and home": (
            {"folders": [{"id": "b", "path": "~/x"}, {"id": "c", "path": f"{home}/x/"}]},
            "folders[2].path",
        ),
        "one ID twice": ({"folders": [{"id": "a", "path": f"{base}/b"}]}, "folders[1].id"),
        "no path": ({"folders": [{"id": "b"}]}, "folders[1].path"),
        "empty path": ({"folders": [{"id": "b", "path": ""}]}, "folders[1].path"),
        "empty path of an old one": ({"folders": [{"id": "encrypted", "path": ""}]}, "path"),
        "empty ID": ({"folders": [{"id": "", "path": f"{base}/b"}]}, "folders[1].id"),
        "encrypted later": ({"folders": [{"id": "encrypted", "type": "receiveencrypted"}]}, "folders[1].type"),
        "no command": ({"folders": [{"id": "b", "path": f"{base}/b", "versioning": {"type": "external"}}]}, "command"),
        "unknown device": ({"folders": [{"id": "b", "path": f"{base}/b", "devices": [unknown]}]}, "folders[1].devices"),
        "itself": ({"devices": [{"device_id": daemon.device_id, "state": "absent"}]}, "devices[1].device_id"),
        "a device twice": ({"devices": [{"device_id": device_id("one"), "name": "x"}]}, "devices[1].device_id"),
        "TLS on a socket": ({"gui": {"address": f"{base}/s", "use_tls": True}}, "use_tls can't be used with a UNIX"),
        "no such host": ({"gui": {"address": "no-such-host.invalid:8384"}}, "gui.address"),
        "no port": ({"gui": {"address": "127.0.0.1"}}, "gui.address"),
        "empty GUI address": ({"gui": {"address": ""}}, "gui.address"),
        "empty announce server": ({"options": {"global_announce_servers": [""]}}, "global_announce_servers"),
        "ignored and configured": ({"ignored_devices": [{"device_id": device_id("one")}]}, "configured device"),
        "pattern": ({"folders": [{"id": "b", "path": f"{base}/b", "ignore_patterns": ["a["]}]}, "ignore_patterns[0]"),
    }


def test_one_wrong_thing_among_right_ones(daemon: Daemon, run: Run, tmp_path: Path) -> None:
    """It is found before the first write, alike in both modes."""
    right: Json = {
        "devices": [{"device_id": device_id("one"), "name": "one"}],
        "folders": [{"id": "a", "path": str(tmp_path / "here"), "devices": ["one"]}],
        "options": {"max_send_kbps": 77},
    }
    cases = mixed(daemon, tmp_path)
    before = daemon.config()
    with RecordingProxy(daemon) as proxy:
        for name, (wrong, word) in cases.items():
            declared = dict(right)
            for key, value in wrong.items():
                declared[key] = (
                    [*right.get(key, []), *value] if isinstance(value, list) else {**right.get(key, {}), **value}
                )
            trusted = {"validate_certs": False}
            said = {
                bad(run(MODULE, proxy, check=c, **declared, **trusted), "invalid_input", word) for c in (True, False)
            }
            assert len(said) == 1, (name, said)
            assert not proxy.writes and daemon.config() == before, name
        with pytest.raises(AssertionError):  # what Ansible itself refuses has no code
            bad(run(MODULE, proxy, folders=[{"id": "b", "versioning": {"type": "weekly"}}]), "invalid_input")
        assert not proxy.writes
        assert apply(proxy, right).changes


def test_folders_may_change_places(daemon: Daemon, tmp_path: Path) -> None:
    """What counts is where they are in the end; and a directory inside another is a warning, as is a move."""
    one, two = str(tmp_path / "one"), str(tmp_path / "two")
    for folder, path in (("a", one), ("b", two)):
        add_folder(daemon, folder, path=path, paused=True)
    swapped: Json = {"folders": [{"id": "a", "path": two}, {"id": "b", "path": one}]}
    for check in (True, False):
        warnings = apply(daemon, swapped, check=check).warnings
        assert len([text for text in warnings if "does not move the files" in text]) == 2, warnings
    assert [get(daemon, "folders", folder)["path"] for folder in "ab"] == [two, one]
    assert not apply(daemon, swapped).changes
    inner: Json = {"folders": [{"id": "c", "path": f"{one}/team", "paused": True}]}
    for check in (True, False):
        assert any("lies in the directory of folder 'b'" in text for text in apply(daemon, inner, check=check).warnings)
    assert not apply(daemon, inner).changes
