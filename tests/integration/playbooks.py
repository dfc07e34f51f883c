# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""A playbook of the collection on daemons of a test, by ansible-playbook as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from harness.collection import child_environment
from harness.daemon import Daemon

# Nothing listens there, and SSH says so at once.
AWAY = {"ansible_host": "127.0.0.1", "ansible_port": 9, "ansible_ssh_retries": 0}


class Inventory:
    """Hosts in the group syncthing, each with a daemon that this user runs, or with given variables."""

    def __init__(self, directory: Path, **hosts: Daemon | dict[str, Any]) -> None:
        self.directory = directory
        self.path = directory / "hosts.json"
        self.daemons = [host for host in hosts.values() if isinstance(host, Daemon)]
        found = {
            name: {"ansible_connection": "local", "syncthing_config_dir": str(host.config_dir)}
            if isinstance(host, Daemon)
            else host
            for name, host in hosts.items()
        }
        variables = {"syncthing_scope": "user", "ansible_python_interpreter": sys.executable}
        group = {"hosts": found, "vars": variables}
        self.path.write_text(json.dumps({"syncthing": group, "other": {"hosts": {"x": {}}}}))

    def play(self, playbook: str, *arguments: str, code: int = 0, **extra: Any) -> str:
        """Run it with these extra variables, and return what it said."""
        command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", str(self.path)]
        command += [f"community.syncthing.{playbook}", "-e", json.dumps(extra), *arguments]
        env = {
            **child_environment(),
            "ANSIBLE_LOCAL_TEMP": str(self.directory / "local"),
            "ANSIBLE_REMOTE_TEMP": str(self.directory / "remote"),
            "ANSIBLE_NOCOLOR": "1",
            "HOME": str(self.directory),
        }
        done = subprocess.run(
            command, env=env, capture_output=True, text=True, timeout=180, check=False, cwd=self.directory
        )
        said = done.stdout + done.stderr
        assert done.returncode == code, said
        for daemon in self.daemons:
            assert daemon.api_key not in said
        return said
