# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._operations.info import SUBSETS
from support import MODULES, READ, Run, add_device, add_folder, bad, device_id, good

from harness.daemon import Daemon
from harness.proxy import RecordingProxy

Json = dict[str, Any]
Check = Callable[[Json, Daemon], bool]

# What must be true of a subset on a daemon with the device "other" and the folders "ready" and "paused".
SHOWN: dict[str, Check] = {
    "system": lambda shown, daemon: (
        shown["my_id"] == daemon.device_id and daemon.version in shown["version"] and shown["uptime"] >= 0
    ),
    "config": lambda shown, daemon: (
        {"devices", "folders", "options", "gui", "ldap"} <= set(shown)
        and ("defaults" in shown) == daemon.at_least("1.14.0")
        and shown["options"]["global_announce_enabled"] is False
    ),
    "devices": lambda shown, daemon: {device["name"] for device in shown} >= {"other"},
    "folders": lambda shown, daemon: [folder["id"] for folder in shown] == ["paused", "ready"],
    "connections": lambda shown, daemon: shown[device_id("other")]["connected"] is False,
    "completion": lambda shown, daemon: (
        shown["ready"][daemon.device_id]["completion"] == 100
        and device_id("other") in shown["ready"]
        and not shown["paused"]
    ),
    "stats": lambda shown, daemon: set(shown) == {"devices", "folders"} and device_id("other") in shown["devices"],
    "disk": lambda shown, daemon: (
        set(shown["folders"]) == {"ready", "paused"}
        and shown["folders"]["ready"]["size_bytes"] >= shown["folders"]["ready"]["free_bytes"] > 0
        and (shown["database"] is not None) == daemon.at_least("1.21.0")
    ),
    "pending": lambda shown, daemon: shown == ({"devices": {}, "folders": {}} if daemon.at_least("1.13.0") else None),
    "errors": lambda shown, daemon: "planted" in shown["system"][-1]["message"] and "ready" in shown["folders"],
}


@pytest.fixture
def busy(daemon: Daemon) -> Daemon:
    other = add_device(daemon, "other")
    add_folder(daemon, "ready", other, paused=False)
    add_folder(daemon, "paused", {"deviceID": other, "encryptionPassword": "canary"})
    connection = daemon.connect()
    connection.request("POST", "/rest/system/error", b"planted", {"X-API-Key": daemon.api_key})
    assert connection.getresponse().status == 200
    connection.close()
    daemon.wait_until(lambda: daemon.get("/rest/db/status", folder="ready")["state"] == "idle", what="the folder")
    return daemon


def test_every_subset(run: Run, busy: Daemon) -> None:
    assert set(SHOWN) == set(SUBSETS)
    result = good(run("syncthing_info", gather_subset=["all"]), changed=False)
    assert result["my_id"] == busy.device_id and result["version"].startswith(f"v{busy.version}")
    for subset, check in SHOWN.items():
        assert check(result[subset], busy), (subset, result[subset])
    assert "canary" not in result.stdout and busy.api_key not in result.stdout
    # In check mode it is the same module, and one subset is no other's.
    result = good(run("syncthing_info", check=True, gather_subset=["folders", "stats"]), changed=False)
    assert set(result.result) - {"invocation", "changed", "warnings", "deprecations"} == {
        "folders",
        "stats",
        "my_id",
        "version",
    }


@pytest.mark.once
def test_it_asks_for_no_more_than_it_was_told_to(run: Run, proxy: RecordingProxy) -> None:
    for subsets, requests in (
        ([], [("GET", "/rest/system/ping")]),
        (["config", "devices", "folders"], [READ]),
        (None, [("GET", "/rest/system/status"), ("GET", "/rest/system/version")]),
    ):
        proxy.clear()
        args = {} if subsets is None else {"gather_subset": subsets}
        assert good(run("syncthing_info", proxy, **args))["my_id"] == proxy.daemon.device_id
        assert proxy.requests == requests


def test_what_it_shows_can_be_declared_again(run: Run, proxy: RecordingProxy) -> None:
    introducer, other = add_device(proxy.daemon, "introducer", introducer=True), add_device(proxy.daemon, "other")
    versioning = {"type": "simple", "params": {"keep": "3"}, "cleanupIntervalS": 5}
    introduced = {"deviceID": other, "introducedBy": introducer}
    add_folder(proxy.daemon, "folder", introducer, introduced, versioning=versioning)
    for kind, module in MODULES.items():
        for item in good(run("syncthing_info", gather_subset=[kind]))[kind]:
            item.pop("extra", None)
            if kind == "folders":
                item["devices"] = [entry["device"] for entry in item["devices"]]
            proxy.clear()
            good(run(module, proxy, **item), changed=False)
            assert proxy.requests == [READ]


@pytest.mark.once
def test_bad_subset(run: Run, proxy: RecordingProxy) -> None:
    bad(run("syncthing_info", proxy, gather_subset=["folder"]), None, "gather_subset", "folder", "all, system")
    assert not proxy.requests
