# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""The examples in the documentation work: a play of each module's, by ansible-playbook, on a daemon beside another."""

from __future__ import annotations

import getpass
import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.collection import CHECKOUT, child_environment
from harness.daemon import Daemon, pair, share, start_all

pytestmark = [pytest.mark.newest, pytest.mark.outer_cores]

MODULES = sorted(path.stem for path in CHECKOUT.glob("plugins/modules/syncthing_*.py"))
HOSTS = ("alpha", "beta")  # the examples of a module run on the first one only
SECRET = "planted-secret"


def examples(module: str) -> list[dict[str, Any]]:
    found = importlib.import_module(f"ansible_collections.community.syncthing.plugins.modules.{module}")
    return yaml.safe_load(found.EXAMPLES)


# Whose examples speak of what is there before: a folder `documents`, and who shares it.
LATER = ("syncthing_command", "syncthing_wait")
SINCE = {"syncthing_pending": "1.18.0"}
# What only a host with a systemd has, as in the scenarios of Molecule.
NEEDS_A_HOST = {"unit"}


@pytest.fixture
def hosts(make_daemon: Callable[..., Daemon], tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """An inventory of these daemons, with the variables that the examples use."""
    module = request.node.callspec.params.get("module")
    names = ("nas", *HOSTS[: 1 if module else None])
    elsewhere, *daemons = (make_daemon(name, supervise=True, start=False) for name in names)
    start_all(elsewhere, *daemons)
    if module in LATER:
        pair(elsewhere, *daemons)
        share("documents", elsewhere, *daemons)
    elif module == "syncthing_local_changes":
        pair(elsewhere, *daemons)
        share("documents", elsewhere, *daemons, type="receiveonly")
        for daemon in daemons:
            daemon.wait_until(lambda one=daemon: one.get("/rest/db/status", folder="documents")["state"] == "idle")
    elif module in ("syncthing_backup", "syncthing_recover"):
        (tmp_path / "vault-password").write_text(SECRET)
    elif module == "syncthing_pending":  # it offers itself
        there = [{"deviceID": daemon.device_id, "addresses": [daemon.listen_address]} for daemon in daemons]
        elsewhere.put("/rest/config/devices", there)
    elif module in ("syncthing_conflicts", "syncthing_conflicts_info"):
        for daemon in daemons:
            for name in ("letters/one", "notes/two"):
                for number, mark in enumerate(("", ".sync-conflict-20260301-120000-ABCDEFG")):
                    path = daemon.folders_dir / f"documents/{name}{mark}.txt"
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(f"{number}")
                    os.utime(path, (1_700_000_000 + number,) * 2)
            daemon.put("/rest/config/devices", [{"deviceID": elsewhere.device_id, "name": "nas"}])
            share("documents", daemon, versioning={"type": "simple", "params": {"keep": "5"}})
            daemon.wait_until(lambda one=daemon: one.get("/rest/db/status", folder="documents")["state"] == "idle")
            daemon.post("/rest/db/scan", folder="documents")
    elif module in ("syncthing_restore", "syncthing_versions_info"):
        for daemon in daemons:
            for name in ("letters/one", "note"):
                version = daemon.folders_dir / f"documents/.stversions/{name}~20260301-120000.txt"
                version.parent.mkdir(parents=True, exist_ok=True)
                version.write_text("as it was")
            share("documents", daemon, versioning={"type": "staggered", "params": {}})
    inventory = {
        daemon.name: {
            "config_dir": str(daemon.config_dir),
            "elsewhere_api_url": elsewhere.api_url,
            "vault_elsewhere_api_key": elsewhere.api_key,
            "laptop_device_id": elsewhere.device_id,
            "vault_documents_password": f"{SECRET}-documents",
            "vault_gui_password": f"{SECRET}-gui",
            "vault_gui_certificate": (elsewhere.config_dir / "https-cert.pem").read_text(),
            "vault_gui_private_key": (elsewhere.config_dir / "https-key.pem").read_text(),
            "vault_syncthing_certificate": (elsewhere.config_dir / "cert.pem").read_text(),
            "vault_syncthing_private_key": (elsewhere.config_dir / "key.pem").read_text(),
        }
        for daemon in daemons
    }
    path = tmp_path / "hosts.json"
    path.write_text(json.dumps({"all": {"hosts": inventory}}))
    return path


@pytest.mark.parametrize(
    "module", [pytest.param(name, marks=pytest.mark.since(SINCE.get(name, "1.12.0"))) for name in MODULES]
)
def test_examples_work(module: str, hosts: Path, tmp_path: Path) -> None:
    name = f"community.syncthing.{module}"
    tasks = [task for task in examples(module) if not NEEDS_A_HOST & set(task.get(name) or ())]
    if module == "syncthing_recover":  # from what the other one wrote
        tasks = examples("syncthing_backup") + tasks
    # what another program puts on a host
    tasks = [task for task in tasks if not str((task.get(name) or {}).get("certificate")).startswith("/etc/")]
    if module == "syncthing_directories":  # for the user who runs this, and not in the real places
        for task in tasks:
            options = task[name]
            options["user"] = getpass.getuser()
            options["paths"] = [str(tmp_path / path.lstrip("~/")) for path in options["paths"]]
    play({"name": f"Examples of {module}", "tasks": tasks}, hosts, tmp_path, 1)


def test_first_playbook_works(hosts: Path, tmp_path: Path) -> None:
    """The one in the README."""
    text = re.search(r"^```yaml\n(- name: .+?)^```$", (CHECKOUT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    assert text
    [first] = yaml.safe_load(text[1])
    play({**first, "become": False}, hosts, tmp_path, len(HOSTS))


def play(source: dict[str, Any], hosts: Path, tmp_path: Path, count: int) -> None:
    """Run a play's tasks on all hosts, whatever hosts and daemons it is written for."""
    content = {
        **source,
        "hosts": "all",
        "connection": "local",
        "gather_facts": False,
        "module_defaults": {"group/community.syncthing.syncthing": {"config_dir": "{{ config_dir }}"}},
        "vars": {
            **source.get("vars", {}),
            "ansible_python_interpreter": os.environ.get("SYNCTHING_TEST_PYTHON", sys.executable),
        },
    }
    playbook = tmp_path / "examples.yml"
    playbook.write_text(yaml.safe_dump([content], sort_keys=False))
    environment = {
        **child_environment(),
        "ANSIBLE_LOCAL_TEMP": str(tmp_path / "local"),
        "ANSIBLE_REMOTE_TEMP": str(tmp_path / "remote"),
        "ANSIBLE_NOCOLOR": "1",
    }
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", str(hosts), "-v", "--diff", str(playbook)]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=300, check=False, cwd=tmp_path
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    recaps = re.findall(r"^(\w+) +: ok=(\d+) +changed=\d+ +unreachable=0 +failed=0 +skipped=(\d+)", said, re.MULTILINE)
    assert recaps == [(name, str(len(content["tasks"])), "0") for name in HOSTS[:count]], said
    assert SECRET not in said and "PRIVATE KEY" not in said
    assert "[WARNING]" not in said and "DEPRECATION" not in said, said
