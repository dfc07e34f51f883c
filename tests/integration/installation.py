# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""A host that has Syncthing and no daemon yet, for the tests of the modules that prepare one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from harness.binaries import Binary
from harness.module import ModuleResult, run_module

IDENTITY, CONFIG, INFO = "syncthing_identity", "syncthing_initial_config", "syncthing_install_info"
PYTHON = os.environ.get("SYNCTHING_TEST_PYTHON", sys.executable)


class Host:
    """Runs modules with this binary on one directory, as the user who runs the tests or as another one."""

    def __init__(self, binary: Binary, base: Path, user: str | None = None) -> None:
        self.binary = binary
        self.executable = binary.path
        self.base = base
        self.user = user
        self.config_dir = base / "state" / "syncthing"

    def run(
        self, module: str, *, python: str = PYTHON, check: bool = False, env: dict[str, str] | None = None, **args: Any
    ) -> ModuleResult:
        where = {"config_dir": str(self.config_dir), "executable": str(self.executable), "user": self.user}
        return run_module(module, {**where, **args}, python=python, check=check, env=env)

    def python_has(self, library: str) -> bool:
        return subprocess.run([PYTHON, "-c", f"import {library}"], capture_output=True, check=False).returncode == 0

    def file(self, name: str) -> str:
        return (self.config_dir / name).read_text()

    def files(self) -> dict[str, tuple[int, int, str]]:
        """All that is there: mode, owner and content."""
        found = {}
        for path in self.base.rglob("*"):
            stat = path.lstat()
            content = path.read_text() if path.is_file() else ""
            found[str(path.relative_to(self.base))] = (stat.st_mode & 0o777, stat.st_uid, content)
        return found

    def pair(self) -> dict[str, str]:
        return {"certificate": self.file("cert.pem"), "private_key": self.file("key.pem")}
