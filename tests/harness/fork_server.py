# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""The other process of `harness.forked`. For modules, it has no more of ansible-core than a host gets."""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

PLUGINS = "ansible_collections.community.syncthing.plugins"


def serve(work: Callable[..., int]) -> None:
    """For each line of JSON on stdin, call `work` with it in a fork, and tell its exit code and memory."""
    for line in sys.stdin.buffer:
        pid = os.fork()
        if not pid:
            code = 1
            try:
                _redirect()
                code = work(**json.loads(line))
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


def modules() -> None:
    from ansible.module_utils import basic

    [root] = importlib.import_module(f"{PLUGINS}.modules").__path__
    for file in Path(root).glob("*.py"):
        importlib.import_module(f"{PLUGINS}.modules.{file.stem}")

    def work(name: str, stdin: str) -> int:
        basic._ANSIBLE_ARGS = stdin.encode()
        basic._ANSIBLE_PROFILE = "legacy"
        importlib.import_module(f"{PLUGINS}.modules.{name}").main()
        return 0

    serve(work)


def inventory() -> None:
    from ansible.errors import AnsibleParserError
    from ansible.inventory.data import InventoryData
    from ansible.parsing.dataloader import DataLoader
    from ansible.plugins.loader import init_plugin_loader, inventory_loader

    init_plugin_loader()
    importlib.import_module(f"{PLUGINS}.inventory.syncthing")

    def work(**options: Any) -> int:
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

    serve(work)
