# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Run modules, and the inventory plugin, in forks of a process that has them all loaded: thousands in minutes.

`run_module` of `harness.module` is nearer to what Ansible does. Here, a run takes milliseconds, and tells its memory.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from .collection import CHECKOUT, child_environment
from .module import ModuleResult, module_environment, module_input

INVENTORY = "inventory"  # instead of a module's name; the options are those of its file
_TIMEOUT = 60


class Forked:
    """`forked("syncthing_info", {...})`; a context manager."""

    def __enter__(self) -> Forked:
        self._servers: dict[str, _Server] = {}
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers.values():
            server.close()

    def __call__(self, name: str, args: dict[str, Any], check: bool = False) -> ModuleResult:
        kind = INVENTORY if name == INVENTORY else "modules"
        if kind not in self._servers:
            self._servers[kind] = _Server(kind)
        server = self._servers[kind]
        request = (
            args if name == INVENTORY else {"name": name, "stdin": module_input(name, args, check=check, home=".")}
        )
        result, self.max_rss = server.ask(request, f"{name} {args}")
        return result


class _Server:
    def __init__(self, kind: str) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="syncthing-forked-")
        environment = child_environment() if kind == INVENTORY else module_environment(self._home.name)
        environment["PYTHONPATH"] = os.pathsep.join([str(CHECKOUT / "tests"), environment["PYTHONPATH"]])
        environment.update(HOME=self._home.name, ANSIBLE_LOCAL_TEMP=self._home.name)
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"from harness import fork_server; fork_server.{kind}()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            cwd=self._home.name,
            start_new_session=True,
        )

    def close(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()
        self._home.cleanup()

    def ask(self, request: dict[str, Any], what: str) -> tuple[ModuleResult, int]:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        ready, _unused, _unused2 = select.select([self._process.stdout], [], [], _TIMEOUT)
        assert ready, f"{what} did not end within {_TIMEOUT} s"
        code, max_rss = map(int, self._process.stdout.readline().split())
        stdout, stderr = (Path(self._home.name, name).read_text() for name in ("stdout", "stderr"))
        return ModuleResult.read(what, code, stdout, stderr), max_rss
