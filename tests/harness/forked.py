# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Run modules, and the inventory plugin, in forks of one process that has them all loaded: thousands in minutes.

`run_module` of `harness.module` is nearer to what Ansible does. Here, a run takes milliseconds, and tells its memory.
"""

from __future__ import annotations

import importlib
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
from .module import ModuleResult, module_input

NAMESPACE = "ansible_collections.community.syncthing.plugins"
INVENTORY = "inventory"  # instead of a module's name; the options are those of its file
_TIMEOUT = 60


class Forked:
    """`forked("syncthing_info", {...})`; a context manager."""

    def __enter__(self) -> Forked:
        environment = child_environment()
        environment["PYTHONPATH"] = os.pathsep.join([str(CHECKOUT / "tests"), environment["PYTHONPATH"]])
        self._home = tempfile.TemporaryDirectory(prefix="syncthing-forked-")
        environment.update(HOME=self._home.name, ANSIBLE_LOCAL_TEMP=self._home.name)
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from harness.forked import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            cwd=self._home.name,
            start_new_session=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()
        self._home.cleanup()

    def __call__(self, name: str, args: dict[str, Any], check: bool = False) -> ModuleResult:
        result, self.max_rss = self._ask({"name": name, "args": args, "check": check})
        return result

    def _ask(self, request: dict[str, Any]) -> tuple[ModuleResult, int]:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        ready, _unused, _unused2 = select.select([self._process.stdout], [], [], _TIMEOUT)
        assert ready, f"{request} did not end within {_TIMEOUT} s"
        code, max_rss = map(int, self._process.stdout.readline().split())
        stdout, stderr = (Path(self._home.name, name).read_text() for name in ("stdout", "stderr"))
        said = f"{request['name']}: exit code {code}, stdout {stdout!r}, stderr:\n{stderr}"
        assert "Traceback (most recent call last)" not in stdout + stderr, said
        try:
            result = json.loads(stdout)
        except ValueError:
            result = None
        assert isinstance(result, dict), f"not exactly one JSON object: {said}"
        assert bool(code) == bool(result.get("failed")), f"exit code and 'failed' disagree: {said}"
        return ModuleResult(code, result, stdout, stderr), max_rss


# --- in the other process


def serve() -> None:
    from ansible.plugins.loader import init_plugin_loader

    init_plugin_loader()
    for file in (CHECKOUT / "plugins/modules").glob("*.py"):
        importlib.import_module(f"{NAMESPACE}.modules.{file.stem}")
    importlib.import_module(f"{NAMESPACE}.inventory.syncthing")
    for line in sys.stdin.buffer:
        pid = os.fork()
        if not pid:
            code = 1
            try:
                _redirect()
                code = _run(**json.loads(line))
            except SystemExit as ended:
                code = int(ended.code or 0)
            except BaseException:
                sys.excepthook(*sys.exc_info())
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        _unused, status, used = os.wait4(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)} {used.ru_maxrss}\n")
        sys.stdout.flush()


def _redirect() -> None:
    for number, name in ((1, "stdout"), (2, "stderr")):
        handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(handle, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)


def _run(name: str, args: dict[str, Any], check: bool) -> int:
    if name == INVENTORY:
        return _inventory(args)
    from ansible.module_utils import basic

    basic._ANSIBLE_ARGS = module_input(name, args, check=check, diff=True, home=".").encode()
    basic._ANSIBLE_PROFILE = "legacy"
    importlib.import_module(f"{NAMESPACE}.modules.{name}").main()
    return 0


def _inventory(options: dict[str, Any]) -> int:
    from ansible.errors import AnsibleParserError
    from ansible.inventory.data import InventoryData
    from ansible.parsing.dataloader import DataLoader
    from ansible.plugins.loader import inventory_loader

    path = os.path.abspath("the.syncthing.yml")
    Path(path).write_text(json.dumps({"plugin": "community.syncthing.syncthing", **options}))
    data = InventoryData()
    try:
        inventory_loader.get("community.syncthing.syncthing").parse(data, DataLoader(), path, cache=False)
    except AnsibleParserError as error:
        print(json.dumps({"failed": True, "msg": error.message, "error": {"code": "inventory"}}))
        return 1
    print(json.dumps({"hosts": {name: host.get_vars() for name, host in data.hosts.items()}}, default=str))
    return 0
