# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._config import desired
from support import (
    READ,
    Json,
    Make,
    Run,
    add_device,
    add_folder,
    device_id,
    everything_else,
    get,
    good,
    refused,
    shares,
    written,
)

from harness.daemon import Daemon
from harness.module import run_module
from harness.proxy import RecordingProxy

pytestmark = pytest.mark.any_core

MODULE = "syncthing_config"
HASH = "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"  # of some password


def at(daemon: Daemon, **args: Any) -> Any:
    """Run the module as on the daemon's own host, where it finds address, key and certificate by itself."""
    return run_module(MODULE, {"config_dir": str(daemon.config_dir), **args})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# --- a whole daemon


def whole(daemon: Daemon) -> Json:
    declared: Json = {
        "devices": [{"device_id": device_id(name), "name": name} for name in ("one", "two")],
        "folders": [
            {"id": name, "path": str(daemon.folders_dir / str(n)), "paused": True, "devices": ["one", "two"]}
            for n, name in enumerate(("plain", "with/slash"))
        ],
        "options": {"max_send_kbps": 100, "min_home_disk_free": {"value": 2, "unit": "GB"}},
        "ldap": {"address": "ldap.example:389", "transport": "starttls"},
    }
    if daemon.at_least("1.14.0"):
        versioning = {"type": "trashcan", "params": {"cleanout_days": 7}}
        declared["defaults"] = {"device": {"compression": "never"}, "folder": {"versioning": versioning}}
    if daemon.at_least("1.19.0"):
        declared["defaults"]["ignores"] = {"lines": ["*.tmp"]}
    return declared


def test_a_whole_daemon(run: Run, proxy: RecordingProxy) -> None:
    daemon = proxy.daemon
    declared = whole(daemon)
    before = daemon.config()
    proxy.refuse_writes = True
    foretold = good(run(MODULE, proxy, check=True, **declared), changed=True)
    assert proxy.requests == [READ] and daemon.config() == before
    proxy.refuse_writes = False
    proxy.clear()
    done = good(run(MODULE, proxy, **declared), changed=True)
    assert (done.diff, done["changes"]) == (foretold.diff, foretold["changes"])
    paths = [path for _unused, path in proxy.writes]
    assert len(paths) == len(set(paths)) and paths[:2] == ["/rest/config/devices", "/rest/config/folders"]
    assert len(proxy.requests) == len(proxy.writes) + 5  # read, mark, read; read, and the events since the mark
    for folder in ("plain", "with/slash"):
        assert shares(daemon, folder) == {device_id("one"): "", device_id("two"): ""}
        assert get(daemon, "folders", folder)["versioning"]["params"] == {}  # not the default's of the same run
    after = daemon.config()
    proxy.clear()
    again = good(run(MODULE, proxy, **declared), changed=False)
    assert proxy.requests == [READ] and daemon.config() == after
    assert again.diff == {"before": {}, "after": {}} and again["changes"] == []


def test_one_changed_field_is_one_write(run: Run, proxy: RecordingProxy) -> None:
    declared = whole(proxy.daemon)
    good(run(MODULE, proxy, **declared), changed=True)
    declared["folders"][1]["label"] = "new"
    proxy.clear()
    done = good(run(MODULE, proxy, **declared), changed=True)
    assert [path for _unused, path in proxy.writes] == ["/rest/config/folders"]
    assert [folder["id"] for folder in json.loads(written(proxy, "/rest/config/folders"))] == ["with/slash"]
    assert done["changes"] == [{"kind": "folders", "id": "with/slash", "action": "changed"}]
    before, after = (done.diff[side]["folders"]["with/slash"] for side in ("before", "after"))
    assert {key for key in after if after[key] != before[key]} == {"label"}
    assert list(done.diff["after"]) == ["folders"] and list(done.diff["after"]["folders"]) == ["with/slash"]


def test_the_modules_for_one_object_are_the_same(run: Run, daemon: Daemon) -> None:
    """Their specifications, and what comes out."""
    spec = desired.config_argument_spec()
    assert spec["devices"]["options"] == desired.device_argument_spec()
    assert spec["folders"]["options"] == desired.folder_argument_spec()
    add_device(daemon, "one")
    add_folder(daemon, "docs", device_id("one"))
    for kind, module, options in (
        ("devices", "syncthing_device", {"device_id": "one", "paused": True, "max_send_kbps": 3}),
        ("folders", "syncthing_folder", {"id": "docs", "devices": [], "versioning": {"type": "simple"}}),
    ):
        alone = good(run(module, check=True, **options), changed=True)
        assert good(run(MODULE, check=True, **{kind: [options]}), changed=True).diff == alone.diff


def test_what_info_tells_can_be_declared(run: Run, proxy: RecordingProxy) -> None:
    """Export, apply: nothing changes; also what stands there against the module's own advice."""
    daemon = proxy.daemon
    introducer = add_device(daemon, "introducer", introducer=True, addresses=["without-scheme:22000", "tcp://a:1"])
    guest = add_device(daemon, "guest", introducedBy=introducer, allowedNetworks=["!192.168.1.0/24", "10.0.0.0/8"])
    introduced = {"deviceID": guest, "introducedBy": introducer, "encryptionPassword": "x"}
    odd = {"type": "staggered", "params": {"maxAge": "x", "keep": "5", "cleanInterval": "1"}, "cleanupIntervalS": 5}
    add_folder(daemon, "odd", introducer, introduced, versioning=odd, minDiskFree={"value": 1, "unit": "MiB"})
    add_folder(daemon, "a/b", path="relative")
    config = good(run("syncthing_info", gather_subset=["config"]))["config"]
    before = daemon.config()
    proxy.clear()
    good(run(MODULE, proxy, **config, purge=["devices", "folders"], purge_introduced=True), changed=False)
    assert proxy.requests == [READ] and daemon.config() == before
    config["folders"][1]["label"] = "new"
    done = good(run(MODULE, proxy, **config), changed=True)
    assert [path for _unused, path in proxy.writes] == ["/rest/config/folders"] and len(done["changes"]) == 1


# --- purge


def test_purge(run: Run, proxy: RecordingProxy) -> None:
    daemon = proxy.daemon
    kept, gone = add_device(daemon, "kept"), add_device(daemon, "gone")
    guest = add_device(daemon, "guest", introducedBy=kept)
    add_folder(daemon, "kept", kept, gone, {"deviceID": guest, "introducedBy": kept})
    for folder in ("gone", "gone/too", "gone too"):
        add_folder(daemon, folder, gone)
    declared = {"devices": [{"device_id": "kept"}], "folders": [{"id": "kept"}], "purge": ["devices", "folders"]}
    before = daemon.config()
    foretold = good(run(MODULE, proxy, check=True, **declared), changed=True)
    assert [(c["kind"], c["id"]) for c in foretold["changes"]] == [
        ("devices", gone), ("folders", "gone"), ("folders", "gone too"), ("folders", "gone/too")
    ]  # fmt: skip
    assert {change["action"] for change in foretold["changes"]} == {"removed"}
    assert daemon.config() == before
    assert good(run(MODULE, **declared), changed=True).diff == foretold.diff
    config = daemon.config()
    assert {device["deviceID"] for device in config["devices"]} == {daemon.device_id, kept, guest}
    assert [folder["id"] for folder in config["folders"]] == ["kept"]
    assert set(shares(daemon, "kept")) == {kept, guest}
    left = everything_else(everything_else(config, "folders", "kept"), "devices")
    assert left["options"] == before["options"] and left["gui"] == before["gui"]
    good(run(MODULE, **declared), changed=False)
    good(run(MODULE, **declared, purge_introduced=True), changed=True)
    assert set(shares(daemon, "kept")) == {kept}


def test_purge_and_accepted_folders(run: Run, proxy: RecordingProxy) -> None:
    add_device(proxy.daemon, "generous", autoAcceptFolders=True)
    add_folder(proxy.daemon, "accepted")
    declared: Json = {"folders": [], "purge": ["folders"]}
    refused(run, proxy, MODULE, "invalid_input", "purge", "generous", "purge_auto_accepted", **declared)
    good(run(MODULE, **declared, purge_auto_accepted=True), changed=True)
    assert proxy.daemon.config()["folders"] == []


# --- the GUI


def test_password(run: Run, fresh_daemon: Daemon) -> None:
    with RecordingProxy(fresh_daemon) as proxy:
        first = {"user": "me", "password": "the planted first"}
        done = good(run(MODULE, proxy, gui=first), changed=True)
        assert "planted" not in done.stdout and done.diff["after"]["gui"]["password"] == "(set)"
        stored = fresh_daemon.config()["gui"]
        proxy.clear()
        good(run(MODULE, proxy, gui=first), changed=False)
        assert len(proxy.requests) == 2 and not proxy.writes
        second = {**first, "password": "the planted second"}
        done = good(run(MODULE, proxy, gui=second), changed=True)
        assert "planted" not in done.stdout and done.diff["after"]["gui"]["password"] == "(set to another value)"
        good(run(MODULE, proxy, gui=second), changed=False)
        good(run(MODULE, proxy, gui={"theme": "dark"}), changed=True)
        good(run(MODULE, proxy, gui=second), changed=False)  # another setting doesn't touch it (fact 21)
        gui = fresh_daemon.config()["gui"]
        assert (gui["apiKey"], gui["user"]) == (stored["apiKey"], "me")


@pytest.mark.parametrize(
    ("gui", "words"),
    [
        ({"user": "me", "password": "x" * 73}, ["gui.password", "72"]),
        ({"password": "no user"}, ["gui.password", "gui.user"]),
        ({"user": "me", "password": "x", "auth_mode": "ldap"}, ["gui.password", "ldap"]),
        ({"use_tls": True}, ["gui.use_tls", "config_dir"]),
    ],
)
def test_what_the_gui_cannot_be(run: Run, proxy: RecordingProxy, gui: Json, words: list[str]) -> None:
    refused(run, proxy, MODULE, "invalid_input", *words, gui=gui)


@pytest.mark.since("1.25.0")
def test_password_as_a_hash(run: Run, fresh_daemon: Daemon) -> None:
    gui = {"user": "me", "password": HASH}
    good(run(MODULE, fresh_daemon, gui=gui), changed=True)
    assert fresh_daemon.config()["gui"]["password"] == HASH
    with RecordingProxy(fresh_daemon) as proxy:
        good(run(MODULE, proxy, gui=gui), changed=False)
        assert proxy.requests == [READ]


@pytest.mark.until("1.25.0")
def test_password_as_a_hash_before_it_was_taken(run: Run, proxy: RecordingProxy) -> None:
    refused(run, proxy, MODULE, "unsupported", "gui.password", "1.25.0", gui={"user": "me", "password": HASH})


def test_the_client_follows(fresh_daemon: Daemon, tmp_path: Path) -> None:
    """A new address, TLS, another key and a socket, each in one task that ends with the daemon read again."""
    daemon = fresh_daemon
    for gui in (
        {"address": f"127.0.0.1:{free_port()}"},
        {"use_tls": True},
        {"api_key": "another key of the planted kind"},
        {"address": str(tmp_path / "gui.sock"), "use_tls": False, "unix_socket_permissions": "0600"},
    ):
        done = good(at(daemon, gui=gui), changed=True)
        assert "planted" not in done.stdout
        good(at(daemon, gui=gui), changed=False)
    assert daemon.config()["gui"]["address"] == str(tmp_path / "gui.sock")


def test_an_address_in_use_is_refused(fresh_daemon: Daemon) -> None:
    """Fact 12: the daemon would say 200 and lose its API for good."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        gui, options = {"address": address}, {"max_send_kbps": 9}
        result = at(fresh_daemon, gui=gui, options=options)
        with RecordingProxy(fresh_daemon) as proxy:
            connection = {"api_url": proxy.api_url, "api_key": fresh_daemon.api_key}
            assert run_module(MODULE, {**connection, "gui": gui}, check=True).failed and not proxy.writes
    assert result.failed and address in result.msg and result["error"]["code"] == "invalid_input"
    config = fresh_daemon.config()
    assert config["gui"]["address"] != address and config["options"]["maxSendKbps"] != 9


def test_an_overridden_address_stays(make_daemon: Make) -> None:
    """Fact 25: what the daemon was started with counts, so the client must stay there."""
    port = free_port()
    daemon = make_daemon("overridden", env={"STGUIADDRESS": f"127.0.0.1:{port}"}, start=False)
    daemon.start()
    other = f"127.0.0.1:{free_port()}"
    options = {"api_url": f"http://127.0.0.1:{port}", "api_key": daemon.api_key, "gui": {"address": other}}
    good(run_module(MODULE, options), changed=True)
    good(run_module(MODULE, options), changed=False)


# --- restart


def needs_restart(daemon: Daemon) -> Json:
    if daemon.at_least("1.29.6"):
        return {"audit_enabled": True}
    return {"database_tuning": "small"}


def test_restart(run: Run, fresh_daemon: Daemon) -> None:
    daemon = fresh_daemon
    options = needs_restart(daemon)
    started = daemon.get("/rest/system/status")["startTime"]
    assert not good(run(MODULE, daemon, options=options), changed=True)["restarted"]
    assert good(run(MODULE, daemon, check=True, restart="if_required", options=options), changed=True)["restarted"]
    assert daemon.get("/rest/system/status")["startTime"] == started
    done = good(run(MODULE, daemon, restart="if_required", options=options), changed=True)
    assert done["restarted"] and done["changes"] == []
    assert daemon.get("/rest/system/status")["startTime"] != started
    assert not good(run(MODULE, daemon, restart="if_required", options=options), changed=False)["restarted"]


def test_a_restart_without_a_supervisor_is_not_waited_for_in_vain(run: Run, make_daemon: Make) -> None:
    daemon = make_daemon("alone")
    result = run(MODULE, daemon, restart="if_required", restart_timeout=2, retries=0, options=needs_restart(daemon))
    assert result.failed and result["error"]["code"] == "timeout" and "supervisor" in result.msg


def test_ignored_devices(run: Run, proxy: RecordingProxy) -> None:
    """Ignored ahead of time, exported, imported unchanged, edited, and no longer ignored; nothing else changes."""
    daemon = proxy.daemon
    spam, friend = device_id("spam"), add_device(daemon, "friend")
    start = daemon.config()

    def step(*entries: Json, **more: Any) -> Any:
        proxy.refuse_writes = True
        foreseen = good(run(MODULE, proxy, check=True, ignored_devices=list(entries), **more), changed=True)
        proxy.refuse_writes = False
        done = good(run(MODULE, proxy, ignored_devices=list(entries), **more), changed=True)
        assert done["changes"] == foreseen["changes"] and done.diff == foreseen.diff
        good(run(MODULE, proxy, ignored_devices=list(entries), **more), changed=False)
        return done

    done = step({"device_id": spam.lower(), "name": "spam"})
    assert done["changes"] == [{"kind": "ignored_devices", "id": spam, "action": "added"}]
    [entry] = daemon.config()["remoteIgnoredDevices"]
    assert (entry["deviceID"], entry["name"]) == (spam, "spam")
    assert {**daemon.config(), "remoteIgnoredDevices": []} == start
    exported = good(run("syncthing_info", proxy, gather_subset=["config"]))["config"]["ignored_devices"]
    good(run(MODULE, proxy, ignored_devices=exported), changed=False)
    daemon.restart()
    good(run(MODULE, proxy, ignored_devices=exported), changed=False)
    step({"device_id": spam, "name": "more spam", "address": "192.0.2.1:22000"})
    refused(run, proxy, MODULE, "invalid_input", "configured device", ignored_devices=[{"device_id": friend}])
    refused(run, proxy, MODULE, "invalid_input", "this daemon", ignored_devices=[{"device_id": daemon.device_id}])
    step({"device_id": friend}, devices=[{"device_id": friend, "state": "absent"}])
    assert {e["deviceID"] for e in daemon.config()["remoteIgnoredDevices"]} == {spam, friend}
    step({"device_id": spam, "state": "absent"}, {"device_id": friend, "state": "absent"})
    assert daemon.config()["remoteIgnoredDevices"] == []


@pytest.mark.once
@pytest.mark.since("1.19.0")
def test_no_introducer_among_the_defaults(run: Run, proxy: RecordingProxy) -> None:
    add_device(proxy.daemon, "twin", name="twin")
    declared = {"defaults": {"device": {"introduced_by": "twin"}}}
    refused(run, proxy, MODULE, "invalid_input", "device.introduced_by", **declared)
