# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""What syncthing_config promises, for generated declarations: idempotent, nothing else touched, check mode is true, no
update of another writer lost, no harm when the daemon is killed half-way. In this process, for the number of runs."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._config.reconcile import reconcile
from ansible_collections.community.syncthing.plugins.module_utils._config.render import render_change
from ansible_collections.community.syncthing.plugins.module_utils._errors import SyncthingError
from generated import FOLDERS, NAMES, SLOW, blanked, declarations
from hypothesis import given
from hypothesis import strategies as st
from support import READ, SOAK, Json, Make, add_device, add_folder, apply, client, device_id, parsed

from harness.daemon import Daemon
from harness.proxy import RecordingProxy

pytestmark = pytest.mark.any_core


@pytest.fixture
def pristine(daemon: Daemon) -> Json:
    return daemon.config()


@SLOW
@given(data=st.data())
def test_declarations(daemon: Daemon, pristine: Json, tmp_path: Path, data: st.DataObject) -> None:
    """Check mode tells what comes; the second run asks once and writes nothing; undeclared things stay."""
    daemon.reset(pristine)
    add_device(daemon, "bystander", compression="always", addresses=["tcp://192.0.2.9:1"])
    add_device(daemon, "one", maxSendKbps=7)
    bystanders = {"type": "simple", "params": {"keep": "9"}, "cleanupIntervalS": 77}
    add_folder(daemon, "bystander", device_id("bystander"), versioning=bystanders, maxConflicts=3)
    options = data.draw(declarations(daemon, str(tmp_path)))
    declared = parsed(options)
    before = daemon.config()

    predicted = apply(daemon, options, check=True)
    assert daemon.config() == before
    done = apply(daemon, options)
    assert list(map(render_change, done.changes)) == list(map(render_change, predicted.changes))
    after = daemon.config()
    new = {kind: {c.id for c in done.changes if c.kind == kind and c.before is None} for kind in ("devices", "folders")}
    kept = {
        kind: [i for i in after[kind] if i["id" if kind == "folders" else "deviceID"] not in new[kind]] for kind in new
    }
    assert blanked({**after, **kept}, declared) == blanked(before, declared)
    for change in done.changes:
        assert done.find(change.kind, change.id) == change.after

    with RecordingProxy(daemon) as proxy:
        again = apply(proxy, options)
        assert not again.changes and proxy.requests == [READ]
    assert daemon.config() == after


@pytest.mark.soaked
def test_no_update_is_lost(daemon: Daemon, tmp_path: Path) -> None:
    """Another writer changes other objects as fast as it can while we change ours."""
    rounds = 500 if SOAK else 60
    theirs, ours = add_device(daemon, "theirs"), add_device(daemon, "ours")
    add_folder(daemon, "theirs", theirs)
    add_folder(daemon, "ours", ours)
    done = threading.Event()
    wrong: list[str] = []
    count = 0

    def write() -> None:
        nonlocal count
        folder = next(item for item in daemon.config()["folders"] if item["id"] == "theirs")
        while not done.is_set():
            count += 1
            daemon.put("/rest/config/folders/theirs", {**folder, "label": f"theirs {count}"})
            found = daemon.get("/rest/config/folders/theirs")["label"]
            if found != f"theirs {count}":
                wrong.append(f"theirs {count} became {found}")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with client(daemon) as connection:
            for number in range(rounds):
                label = f"ours {number}"
                options = {
                    "devices": [{"device_id": ours, "name": label}],
                    "folders": [{"id": "ours", "label": label, "devices": [ours]}],
                }
                reconcile(connection, parsed(options), False)
                config = daemon.config()
                assert [d["name"] for d in config["devices"] if d["deviceID"] == ours] == [label]
                assert [f["label"] for f in config["folders"] if f["id"] == "ours"] == [label]
    finally:
        done.set()
        writer.join()
    assert not wrong
    assert count > rounds / 10


@pytest.fixture
def everything(tmp_path: Path) -> Json:
    return {
        "devices": [{"device_id": device_id(name), "name": name} for name in NAMES],
        "folders": [
            {
                "id": folder,
                "path": f"{tmp_path}/{number}",
                "devices": list(NAMES),
                "paused": True,
                "ignore_patterns": ["*.tmp"],
            }
            for number, folder in enumerate(FOLDERS)
        ],
        "options": {"max_send_kbps": 5},
        "ldap": {"address": "ldap.example:389"},
        "gui": {"theme": "dark"},
        "purge": ["devices", "folders"],
    }


@pytest.mark.once
def test_killed_between_any_two_writes(everything: Json, make_daemon: Make) -> None:
    daemon = make_daemon("killed")
    old = add_device(daemon, "old")
    for folder in ("old", "old/er"):
        add_folder(daemon, folder, old)
    first = daemon.config()
    with RecordingProxy(daemon) as proxy:
        apply(proxy, everything)
        count = len(proxy.writes)
    assert count >= 9
    for number in range(count):
        daemon.reset(first)
        with RecordingProxy(daemon) as proxy:

            def kill(method: str, *_: Any, proxy: RecordingProxy = proxy, number: int = number) -> None:
                if method != "GET" and len(proxy.writes) == number + 1:
                    daemon.kill()

            proxy.on_response = kill
            with client(proxy, retries=0, timeout=3) as connection, pytest.raises(SyncthingError) as caught:
                reconcile(connection, parsed(everything), False)
            assert caught.value.code == "unreachable"
        daemon.start()  # which it only does with a valid configuration
        apply(daemon, everything)
        config = daemon.config()
        assert {item["id"] for item in config["folders"]} == set(FOLDERS)
        assert {item["deviceID"] for item in config["devices"]} == {daemon.device_id, *map(device_id, NAMES)}
        assert not apply(daemon, everything).changes
