# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""The commands in the guide on ad-hoc use do what they say, and every module has one."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import Make

from harness.collection import CHECKOUT, child_environment
from harness.daemon import Daemon, pair, share, start_all

pytestmark = pytest.mark.any_core

GUIDE = CHECKOUT / "docs/docsite/rst/adhoc.rst"
COMMANDS = re.findall(r"^   \$ (.+)$", GUIDE.read_text(), re.MULTILINE)
MODULES = sorted(path.stem for path in CHECKOUT.glob("plugins/modules/syncthing_*.py"))


def commands_in(text: str) -> list[str]:
    return re.findall(r"^# (ansible .+)$", text, re.MULTILINE)


def module(command: str) -> str:
    found = re.search(r" -m community\.syncthing\.(\w+)", command)
    assert found, command
    return found[1]


def test_every_module_is_in_the_guide() -> None:
    assert sorted({module(command) for command in COMMANDS}) == MODULES


@pytest.mark.once
def test_the_commands_work(make_daemon: Make, tmp_path: Path) -> None:
    """On a daemon with what they speak of; those in the examples of the modules too."""
    nas, laptop = make_daemon("nas", supervise=True, start=False), make_daemon("laptop", start=False)
    start_all(nas, laptop)
    pair(nas, laptop)
    versioning = {"type": "simple", "params": {"keep": "5"}}
    share("documents", nas, laptop, versioning=versioning)
    share("mirror", nas, laptop, type="receiveonly")
    for folder in ("documents", "mirror"):
        nas.wait_in_sync(folder, laptop)
    for part in ("letters", "notes", ".stversions"):
        (nas.folders_dir / "documents" / part).mkdir()
    (nas.folders_dir / "documents/.stversions/letter~20260131-120000.txt").write_text("deleted once")
    (tmp_path / "vault-password").write_text("planted")
    for name in ("https-cert.pem", "https-key.pem"):
        shutil.copy(nas.config_dir / name, tmp_path)
    inventory = tmp_path / "hosts"
    python = os.environ.get("SYNCTHING_TEST_PYTHON", sys.executable)
    inventory.write_text(f"nas ansible_connection=local ansible_python_interpreter={python}\n")
    named = [
        command
        for name in MODULES
        for command in commands_in((CHECKOUT / "plugins/modules" / f"{name}.py").read_text())
        # What comes from a distribution does not upgrade itself.
        if "command=upgrade" not in command
    ]
    assert len(named) > 3
    for command in list(dict.fromkeys([*COMMANDS, *named])):
        said = run(command, nas, inventory, tmp_path)
        assert re.search(r"^nas \| (SUCCESS|CHANGED) => \{$", said, re.MULTILINE), f"{command}: {said}"
        assert "WARNING" not in said and nas.api_key not in said, f"{command}: {said}"


def run(command: str, daemon: Daemon, inventory: Path, tmp_path: Path) -> str:
    name, *words = shlex.split(command.replace("/etc/ssl", str(tmp_path)))
    assert name == "ansible"
    done = subprocess.run(
        [Path(sys.executable).with_name(name), "-i", inventory, *words],
        env={
            **child_environment(),
            "HOME": str(daemon.home),
            "PATH": f"{daemon.binary.path.parent}:{os.environ['PATH']}",
            "SYNCTHING_CONFIG_DIR": str(daemon.config_dir),
            "ANSIBLE_LOCAL_TEMP": str(tmp_path / "local"),
            "ANSIBLE_REMOTE_TEMP": str(tmp_path / "remote"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_PIPELINING": "1",
        },
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        timeout=120,
    )
    return done.stdout + done.stderr
