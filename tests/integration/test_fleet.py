# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""A fleet on daemons of several versions: hubs, a member that holds cipher text only, and an outside device.

It runs the demo's playbook, by ansible-playbook as a user does.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import support
from ansible.constants import DEFAULT_VAULT_IDENTITY
from ansible.parsing.vault import VaultLib, VaultSecret

from harness.binaries import Binary, version_key
from harness.collection import CHECKOUT, child_environment
from harness.daemon import Daemon, start_all

PLAYBOOK = CHECKOUT / "tests/demo/provision.yml"
VAULT_PASSWORD = "vault-password"
SECRET = "planted-secret-7"
ENCRYPTION = "1.19"  # receiveencrypted is newer than the oldest version


@pytest.fixture
def daemons(make_daemon: Callable[..., Daemon], binaries: list[Binary]) -> dict[str, Daemon]:
    """The hub is the newest, the desk the oldest; the vault is of a version between, if there is one."""
    able = [binary for binary in binaries if binary.key >= version_key(ENCRYPTION)]
    chosen = {"desk": binaries[0], "hub": able[-1], "vault": able[0]}
    made = {name: make_daemon(name, binary=binary, supervise=True, start=False) for name, binary in chosen.items()}
    start_all(*made.values())
    return made


@pytest.mark.once
def test_fleet(daemons: dict[str, Daemon], tmp_path: Path) -> None:
    hub, desk, vault = daemons["hub"], daemons["desk"], daemons["vault"]
    password = VaultLib([(DEFAULT_VAULT_IDENTITY, VaultSecret(VAULT_PASSWORD.encode()))]).encrypt(SECRET).decode()
    fleet = {
        "topology": "hub",
        "hubs": ["hub"],
        "outside_devices": [{"name": "phone", "device_id": support.device_id("phone").lower()}],
        "folders": [
            {
                "id": "documents",
                "path": "~/folders/documents",
                "fs_watcher_delay_s": 1,
                "members": [
                    "syncthing",
                    {"name": "vault", "type": "receiveencrypted", "encryption_password": "{{ password }}"},
                ],
            },
            {"id": "photos", "path": "~/folders/photos", "members": ["phone", {"name": "hub", "paused": True}]},
        ],
    }
    variables = tmp_path / "fleet.yml"
    lines = "".join(f"  {line}\n" for line in password.splitlines())
    variables.write_text(f"password: !vault |\n{lines}syncthing_fleet: {json.dumps(fleet)}\n")
    (tmp_path / "vault-password").write_text(VAULT_PASSWORD)
    # Who isn't a hub finds the hub and waits for nobody.
    hosts = {
        name: {
            "syncthing_config_dir": str(daemon.config_dir),
            "syncthing_addresses": [daemon.listen_address] if daemon is hub else ["dynamic"],
        }
        for name, daemon in daemons.items()
    }
    (tmp_path / "hosts.json").write_text(json.dumps({"all": {"children": {"syncthing": {"hosts": hosts}}}}))

    assert play(tmp_path, variables) == {"desk": 1, "hub": 1, "vault": 1}
    assert support.shares(desk, "documents") == {hub.device_id: ""}
    assert support.shares(vault, "documents") == {hub.device_id: ""}
    assert support.shares(hub, "documents") == {desk.device_id: "", vault.device_id: SECRET}
    assert support.shares(hub, "photos") == {support.device_id("phone"): ""}
    known = {name: {device["name"] for device in one.config()["devices"]} for name, one in daemons.items()}
    assert known == {"desk": {"desk", "hub"}, "vault": {"vault", "hub"}, "hub": {"desk", "hub", "phone", "vault"}}

    text = "only for those who may read it"
    (desk.folders_dir / "documents/letter.txt").write_text(text)
    arrived = hub.folders_dir / "documents/letter.txt"
    hub.wait_until(lambda: arrived.exists() and arrived.read_text() == text, 60, "the letter from the desk")
    vault.wait_until(lambda: files(vault), 60, "the letter from the hub")
    for file in files(vault):
        assert "letter" not in str(file) and text.encode() not in file.read_bytes()
    assert SECRET not in vault.config_xml.read_text() and SECRET in hub.config_xml.read_text()

    assert play(tmp_path, variables) == {"desk": 0, "hub": 0, "vault": 0}

    fleet["folders"][1]["members"] = ["phnoe"]
    fleet["folders"][0]["label"] = "Not applied"
    before = {name: one.config() for name, one in daemons.items()}
    assert "Did you mean 'phone'?" in play(tmp_path, variables, fleet=fleet)
    assert before == {name: one.config() for name, one in daemons.items()}


def files(daemon: Daemon) -> list[Path]:
    """What a folder holds, without Syncthing's own."""
    return [file for file in (daemon.folders_dir / "documents").glob("*.syncthing-enc/**/*") if file.is_file()]


def play(folder: Path, variables: Path, fleet: Any = None) -> Any:
    """How much changed by host; with another fleet, which must be refused, what was said."""
    environment = {
        **child_environment(),
        "ANSIBLE_LOCAL_TEMP": str(folder / "local"),
        "ANSIBLE_REMOTE_TEMP": str(folder / "remote"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_PYTHON_INTERPRETER": os.environ.get("SYNCTHING_TEST_PYTHON", sys.executable),
        "ANSIBLE_VAULT_PASSWORD_FILE": str(folder / "vault-password"),
    }
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", str(folder / "hosts.json"), str(PLAYBOOK)]
    command += ["--connection", "local", "--diff", "--extra-vars", f"@{variables}"]
    if fleet:
        command += ["--extra-vars", json.dumps({"syncthing_fleet": fleet})]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    said = done.stdout + done.stderr
    assert SECRET not in said and "Traceback" not in said, said
    if fleet:
        assert done.returncode == 2, said
        return said
    assert done.returncode == 0 and "[WARNING]" not in said and "DEPRECATION" not in said, said
    return {name: int(count) for name, count in re.findall(r"^(\w+) +: ok=\d+ +changed=(\d+)", said, re.MULTILINE)}
