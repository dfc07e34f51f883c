# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""What syncthing_config promises, for generated declarations: idempotent, nothing else touched, check mode is true, no
update of another writer lost, no harm when the daemon is killed half-way. In this process, for the number of runs."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.community.syncthing.plugins.module_utils import _desired, _schema
from ansible_collections.community.syncthing.plugins.module_utils._apply import reconcile
from ansible_collections.community.syncthing.plugins.module_utils._errors import SyncthingError
from ansible_collections.community.syncthing.plugins.module_utils._render import render_change
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from support import READ, Json, Make, add_device, add_folder, apply, client, device_id, exists, parsed

from harness.daemon import Daemon
from harness.proxy import RecordingProxy

pytestmark = pytest.mark.any_core

NAMES = ("one", "two", "three")
FOLDERS = ("plain", "with/slash", "with blank")
SLOW = settings(
    max_examples=12,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],  # a smaller example is not worth the minutes that it takes here
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

# --- declarations


# Options whose text or list means something; two lines of text are as good as any for the rest.
MEANINGFUL: dict[str, st.SearchStrategy[Any]] = {
    "addresses": st.lists(st.sampled_from(["dynamic", "tcp://192.0.2.1:22000", "quic://host.example"]), unique=True),
    "allowed_networks": st.lists(st.sampled_from(["192.0.2.0/24", "fd00::/8"]), unique=True),
    "always_local_nets": st.lists(st.sampled_from(["192.0.2.0/24", "fd00::/8"]), unique=True),
    "global_announce_servers": st.just(["https://discovery.example/"]),
    "stun_servers": st.just(["stun.example:3478"]),
    "listen_addresses": st.just(["tcp://127.0.0.1:0"]),
    "introduced_by": st.just(""),
    "ignored_folders": st.lists(
        st.fixed_dictionaries({"id": st.sampled_from(["x", "y"]), "label": st.text("ab", max_size=2)}),
        unique_by=lambda entry: entry["id"],
    ),
    "unit": st.sampled_from(["%", "kB", "GB", ""]),
    "entries": st.lists(
        st.fixed_dictionaries({"match": st.text("a*", min_size=1), "permit": st.booleans()}), max_size=3
    ),
    "remote_gui_port": st.integers(0, 65535),
    "local_announce_port": st.integers(1024, 65535),
    "max_concurrent_writes": st.integers(1, 64),
    "fs_watcher_delay_s": st.integers(1, 100),
    "reconnection_interval_s": st.integers(5, 1000),
    "weak_hash_threshold_pct": st.integers(1, 100),
    "keep": st.integers(1, 9),
    "session_cookie_path": st.text("/a", max_size=4),
    "fs_path": st.sampled_from(["", "/nonexistent/versions"]),
}
# What would end the API, reach out to the network, or turn one valid value into another's business.
NOT_DECLARED = {
    "enabled", "address", "use_tls", "user", "password", "api_key", "auth_mode", "path", "untrusted", "audit_enabled",
    "audit_file", "database_tuning", "filesystem_type", "fs_type", "type", "global_announce_enabled", "relays_enabled",
    "local_announce_enabled", "nat_enabled", "auto_upgrade_interval_h", "ur_accepted", "params", "paused",
    "crash_reporting_enabled", "unix_socket_permissions", "ur_unique_id", "start_browser", "marker_name",
} | {f"connection_priority_{kind}" for kind in
     ("tcp_lan", "tcp_wan", "quic_lan", "quic_wan", "relay", "upgrade_threshold")}  # fmt: skip


def options_of(table: _schema.Table, daemon: Daemon) -> st.SearchStrategy[Json]:
    fields = {}
    for entry in table:
        if entry.option in NOT_DECLARED or not exists(entry, daemon):
            continue
        if entry.option in MEANINGFUL:
            fields[entry.option] = MEANINGFUL[entry.option]
        elif entry.choices:
            fields[entry.option] = st.sampled_from(entry.choices)
        elif entry.type == "dict":
            fields[entry.option] = options_of(entry.fields, daemon)
        elif entry.type == "bool":
            fields[entry.option] = st.booleans()
        elif entry.type in ("int", "float"):
            fields[entry.option] = st.integers(0, 1000)
        elif entry.type == "list":
            fields[entry.option] = st.lists(st.text("abc", min_size=1, max_size=3), max_size=2, unique=True)
        else:
            fields[entry.option] = st.text(st.sampled_from("aä'\"{}<&% \\"), max_size=6)
    return st.fixed_dictionaries({}, optional=fields)


VERSIONING = st.sampled_from(
    [
        {"type": "none"},
        {"type": "simple", "params": {"keep": 3, "cleanout_days": 2}},
        {"type": "staggered", "params": {"max_age": 60}},
        {"type": "trashcan"},
    ]
)


@st.composite
def declarations(draw: st.DrawFn, daemon: Daemon, base: str) -> Json:
    """Options of syncthing_config that this daemon can take."""
    shares = st.lists(
        st.one_of(
            st.sampled_from(NAMES),
            st.builds(
                lambda name, secret: {"device": name, "encryption_password": secret},
                st.sampled_from(NAMES),
                st.text("ps", max_size=3),
            ),
        ),
        max_size=3,
        unique_by=lambda share: share if isinstance(share, str) else share["device"],
    )
    declared: Json = {"devices": [], "folders": []}
    for name in NAMES:
        options = draw(options_of([f for f in _schema.DEVICE if f.json != "name"], daemon))
        declared["devices"].append({**options, "device_id": device_id(name), "name": name})
    for number, folder in enumerate(FOLDERS):
        if draw(st.booleans()):
            options = draw(options_of([f for f in _schema.FOLDER if f.json != "versioning"], daemon))
            extra = draw(st.fixed_dictionaries({}, optional={"devices": shares, "versioning": VERSIONING}))
            declared["folders"].append({**options, **extra, "id": folder, "path": f"{base}/{number}", "paused": True})
    for name in ("options", "ldap"):  # not gui: after five changes its listener pauses for 15 s
        declared[name] = draw(options_of(_desired.SECTIONS[name], daemon))
    if daemon.at_least("1.14.0"):
        declared["defaults"] = {
            "device": draw(options_of([f for f in _schema.DEVICE if f.json != "ignoredFolders"], daemon)),
            "folder": {
                **draw(options_of(_schema.FOLDER, daemon)),
                **draw(st.fixed_dictionaries({}, optional={"versioning": VERSIONING})),
            },
        }
    return declared


# --- what must not change


def blanked(config: Json, declared: _desired.Desired) -> Json:
    """The configuration without what was declared; what is left must not change."""
    left = {**config, "devices": {}, "folders": {}, "defaults": dict(config.get("defaults", {}))}
    for kind, key in (("devices", "deviceID"), ("folders", "id")):
        left[kind] = {item[key]: item for item in config[kind]}
    for device in declared.devices:
        if device.device in left["devices"]:
            left["devices"][device.device] = _without(left["devices"][device.device], device.values)
    for folder in declared.folders:
        if folder.id in left["folders"]:
            rest = _without(left["folders"][folder.id], folder.values)
            if folder.shares is not None:
                rest.pop("devices")
            left["folders"][folder.id] = rest
    for section in declared.sections:
        left[section.name] = _without(left[section.name], section.values)
    for name, item in (("device", declared.default_device), ("folder", declared.default_folder)):
        if item:
            left["defaults"][name] = _without(left["defaults"][name], item.values)
    return left


def _without(value: Json, declared: Json) -> Json:
    rest = {}
    for key, inner in value.items():
        if key == "params" and "params" not in declared and "type" in declared:
            continue  # they belong to the declared type
        if isinstance(inner, dict) and isinstance(declared.get(key), dict):
            rest[key] = _without(inner, declared[key])
        elif key not in declared:
            rest[key] = inner
    return rest


# --- promises


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


def test_no_update_is_lost(daemon: Daemon, tmp_path: Path) -> None:
    """Another writer changes other objects as fast as it can while we change ours."""
    rounds = 500
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
