# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Declarations that hypothesis makes up, and what of a configuration they leave alone."""

from __future__ import annotations

from typing import Any

from ansible_collections.community.syncthing.plugins.module_utils._config import desired
from ansible_collections.community.syncthing.plugins.module_utils._schema import tables
from ansible_collections.community.syncthing.plugins.module_utils._schema.field import Table
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from support import Json, device_id, exists

from harness.daemon import Daemon

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
    "value": st.integers(0, 99),
    "ur_url": st.sampled_from(["", "https://reports.example/"]),
    "cr_url": st.sampled_from(["", "https://crashes.example/x"]),
    "releases_url": st.sampled_from(["", "http://releases.example:8080/meta.json"]),
    "local_announce_mc_addr": st.sampled_from(["[ff12::8384]:21027", "[ff02::1]:1"]),
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


def options_of(table: Table, daemon: Daemon) -> st.SearchStrategy[Json]:
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
            fields[entry.option] = st.integers(int(max(0, entry.low)), int(min(1000, entry.high)))
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
        options = draw(options_of([f for f in tables.DEVICE if f.json != "name"], daemon))
        declared["devices"].append({**options, "device_id": device_id(name), "name": name})
    for number, folder in enumerate(FOLDERS):
        if draw(st.booleans()):
            options = draw(options_of([f for f in tables.FOLDER if f.json != "versioning"], daemon))
            extra = draw(st.fixed_dictionaries({}, optional={"devices": shares, "versioning": VERSIONING}))
            declared["folders"].append({**options, **extra, "id": folder, "path": f"{base}/{number}", "paused": True})
    for name in ("options", "ldap"):  # not gui: after five changes its listener pauses for 15 s
        declared[name] = draw(options_of(desired.SECTIONS[name], daemon))
    if daemon.at_least("1.14.0"):
        declared["defaults"] = {
            "device": draw(options_of([f for f in tables.DEVICE if f.json != "ignoredFolders"], daemon)),
            "folder": {
                **draw(options_of(tables.FOLDER, daemon)),
                **draw(st.fixed_dictionaries({}, optional={"versioning": VERSIONING})),
            },
        }
    return declared


def blanked(config: Json, declared: desired.Desired) -> Json:
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
