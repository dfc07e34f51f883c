# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""The playbook that judges the health of a fleet, on real daemons with real faults."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support import Make, add_device, device_id

from harness.collection import CHECKOUT
from harness.daemon import Daemon, pair, share
from playbooks import AWAY, Inventory

pytestmark = pytest.mark.any_core

HOSTILE = "{{ lookup('pipe', 'touch MARK') }}\u001b[31m"
CHECK = CHECKOUT / "extensions/monitoring/check_syncthing.py"


def health(inventory: Inventory, result: Path, *arguments: str, code: int = 0, **extra: Any) -> dict[str, Any]:
    said = inventory.play("health", *arguments, code=code, syncthing_health_file=str(result), **extra)
    found = json.loads(result.read_text())
    assert found["summary"] in said and all(json.dumps(line)[1:-1] in said for line in found["lines"]), said
    assert found["failed"] == bool(code)
    return dict(found)


def checks(found: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The checks with a problem, and their status, of each host and device."""
    subjects = {**found["hosts"], **{device["name"]: device for device in found["devices"].values()}}
    return {name: {one["check"]: one["status"] for one in entry["problems"]} for name, entry in subjects.items()}


def nagios(result: Path, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, str(CHECK), str(result), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert not done.stderr
    return done.returncode, done.stdout.splitlines()[0]


@pytest.mark.once
def test_faults_are_found(make_daemon: Make, tmp_path: Path) -> None:
    one, two = make_daemon("one"), make_daemon("two")
    pair(one, two)
    share("documents", one, two)
    one.wait_in_sync("documents", two)
    for daemon in (one, two):  # each complains that it is run by root
        daemon.post("/rest/system/error/clear")
    inventory = Inventory(tmp_path, one=one, two=two)
    result = tmp_path / "health.json"

    # A disk can be fuller than by default.
    disk = {"syncthing_health_disk_free_warning": "never", "syncthing_health_disk_free_critical": "never"}
    before = [daemon.config() for daemon in (one, two)]
    found = health(inventory, result, **disk)
    assert (found["status"], found["lines"], checks(found)) == ("ok", [], {"one": {}, "two": {}})
    assert nagios(result) == (0, "SYNCTHING OK: 2 hosts (2 ok)")
    assert [daemon.config() for daemon in (one, two)] == before

    # A folder that stopped, one that is paused, one that only sends and so never takes what the other has.
    mark = tmp_path / "mark"
    share("stopped", one)
    share("gate", one, two)
    share("paused", one)
    one.patch("/rest/config/folders/paused", {"paused": True})
    two.patch("/rest/config/folders/gate", {"type": "sendonly"})
    one.patch("/rest/config/folders/gate", {"label": HOSTILE.replace("MARK", str(mark))})
    add_device(one, "phone")
    devices = [{"deviceID": one.device_id}, {"deviceID": device_id("phone")}]
    path = str(one.folders_dir / "photos")
    one.put("/rest/config/folders", [{"id": "photos", "path": path, "devices": devices}])
    one.wait_until(lambda: one.get("/rest/db/status", folder="stopped")["state"] == "idle", what="the folder")
    shutil.rmtree(one.folders_dir / "stopped")
    with pytest.raises(Exception, match="500"):
        one.post("/rest/db/scan", folder="stopped")
    one.post("/rest/system/error", "Of a folder that stopped, Syncthing 2 makes no message.")
    one.wait_connected(two)
    (one.folders_dir / "gate" / "a.txt").write_text("a")
    one.post("/rest/db/scan", folder="gate")
    two.wait_until(lambda: two.get("/rest/db/status", folder="gate")["needTotalItems"] == 1, what="the file")
    inventory = Inventory(tmp_path, one=one, two=two, away=AWAY)

    # In check mode, it looks at the same and writes the same.
    result.unlink()
    found = health(inventory, result, "--check", code=2, **disk)
    expected = {
        "one": {"folder_stopped": "critical", "paused": "warning", "message": "warning"},
        "two": {},
        "away": {"unreachable": "unknown"},
        "phone": {"not_seen": "warning"},
    }
    assert checks(found) == expected
    assert (found["status"], found["code"]) == ("critical", 2)
    assert found["counts"] == {"ok": 1, "warning": 0, "unknown": 1, "critical": 1}
    assert found["hosts"]["two"]["out_of_sync_since"] == {"gate": found["time"]}
    assert nagios(result)[0] == 2
    assert nagios(result, "--host", "away") == (3, "SYNCTHING UNKNOWN: away (1 problem)")
    assert nagios(result, "--host", "two") == (0, "SYNCTHING OK: two (0 problems)")
    for wrong in ((result, "--max-age", "0"), (result, "--host", "nobody"), (tmp_path / "missing.json",)):
        assert nagios(*wrong)[0] == 3

    # Since the run before, some seconds have passed.
    limits = {"syncthing_health_out_of_sync_warning": "1s", "syncthing_health_unreachable": "ok"}
    found = health(inventory, result, code=2, **disk, **limits, syncthing_health_not_seen_warning="never")
    assert checks(found) == {**expected, "two": {"out_of_sync": "warning"}, "away": {}, "phone": {}}
    # A run with neither file nor status to fail at.
    said = inventory.play("health", syncthing_health_fail_on="never", **disk)
    assert "CRITICAL" in said and "is out of sync: 1 item" in said
    assert not mark.exists() and "\x1b[31m" not in said

    two.stop()
    found = health(inventory, result, code=2, **disk)
    assert checks(found)["two"] == {"daemon": "critical"}
    warned = {"syncthing_health_fail_on": "warning", "syncthing_health_disk_free_warning": 100}
    found = health(inventory, result, "--limit", "away", code=2, **warned)
    assert (found["status"], list(found["hosts"])) == ("unknown", ["away"])


@pytest.mark.once
def test_wrong_variables_are_refused_before_a_host_is_asked(daemon: Daemon, tmp_path: Path) -> None:
    inventory = Inventory(tmp_path, one=daemon)
    other = tmp_path / "other.json"
    other.write_text('{"precious": true}')
    cases = (
        (
            {"syncthing_health_not_seen_warning": "soon"},
            "one: syncthing_health_not_seen_warning is 'soon'. It must be a",
        ),
        ({"syncthing_health_out_of_sync_critical": "1m"}, "warning must not be more than"),
        (
            {"syncthing_health_paussed": "ok"},
            "syncthing_health_paussed is unknown. Did you mean syncthing_health_paused?",
        ),
        ({"syncthing_health_fail_on": "error"}, "fail_on is 'error'. It must be one of critical"),
        ({"syncthing_health_file": str(other)}, "is not an earlier result"),
    )
    for number, (extra, words) in enumerate(cases):
        said = inventory.play("health", *["--check"] * (number % 2), code=2, **extra)
        assert words in " ".join(said.split()), said
        assert "Gather information about the daemons" not in said
    assert json.loads(other.read_text()) == {"precious": True}
