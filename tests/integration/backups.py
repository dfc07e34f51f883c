# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Playbooks that back up and recover a daemon of a test, by ansible-playbook as a user runs them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from harness.collection import child_environment
from harness.daemon import Daemon

PASSWORD = "planted-vault-password"
RECOVER = {
    "name": "Recover",
    "community.syncthing.syncthing_recover": {
        "config_dir": "{{ syncthing_config_dir }}",
        "executable": "{{ syncthing_executable }}",
        "src": "{{ syncthing_backup_dir }}/{{ inventory_hostname }}.vault",
        "vault_password_file": "{{ syncthing_vault_password_file }}",
        "force": "{{ force | default(false) }}",
    },
}


class Playbooks:
    """Everything is in one directory, with the backups in `backups`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        (directory / "password").write_text(PASSWORD + "\n")
        play = {"name": "Recover", "hosts": "all", "gather_facts": False, "tasks": [RECOVER]}
        (directory / "recover.yml").write_text(yaml.safe_dump([play]))

    def backup(self, daemon: Daemon, *arguments: str, **variables: Any) -> str:
        return self._run("community.syncthing.backup", daemon, arguments, **variables)

    def recover(self, daemon: Daemon, *arguments: str, **variables: Any) -> str:
        """What restore.yml does on a host with a service, up to the start of the daemon."""
        return self._run(str(self.directory / "recover.yml"), daemon, arguments, **variables)

    def receive(self, daemon: Daemon, *arguments: str, **variables: Any) -> str:
        """What restore.yml does then."""
        return self._run("community.syncthing.restore", daemon, ("--tags", "receive", *arguments), **variables)

    def _run(
        self, playbook: str, daemon: Daemon, arguments: tuple[str, ...], failed: bool = False, **variables: Any
    ) -> str:
        host = {
            "ansible_connection": "local",
            "ansible_pipelining": True,
            "ansible_python_interpreter": os.environ.get("SYNCTHING_TEST_PYTHON", sys.executable),
            "syncthing_backup_dir": str(self.directory / "backups"),
            "syncthing_config_dir": str(daemon.config_dir),
            "syncthing_executable": str(daemon.binary.path),
            "syncthing_scope": "user",
            "syncthing_vault_password_file": str(self.directory / "password"),
        }
        inventory = self.directory / "hosts.json"
        inventory.write_text(json.dumps({"syncthing": {"hosts": {daemon.name: {**host, **variables}}}}))
        environment = {
            **child_environment(),
            "HOME": str(daemon.home),
            "ANSIBLE_LOCAL_TEMP": str(self.directory / "local"),
            "ANSIBLE_NOCOLOR": "1",
        }
        program = str(Path(sys.executable).with_name("ansible-playbook"))
        done = subprocess.run(
            [program, "-i", str(inventory), "-vvv", "--diff", *arguments, playbook],
            env=environment,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
            cwd=self.directory,
        )
        said = done.stdout + done.stderr
        assert bool(done.returncode) == failed and "[WARNING]" not in said and "Traceback" not in said, said
        return said


def changed(said: str) -> int:
    return int(re.findall(r"changed=(\d+)", said)[-1])
