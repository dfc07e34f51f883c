# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""A fleet of daemons on this machine, each sharing one folder with all others, made by the demo's playbook."""

from __future__ import annotations

import json
import re
import sys
import time

from bench.measure import HERE, Sizes, ansible_playbook
from bench.table import Table
from harness.__main__ import daemons, inventory
from harness.binaries import Binary
from harness.daemon import Daemon

PLAYBOOK = HERE.parent / "demo/provision.yml"
PATIENCE = 900  # seconds


def mesh(binary: Binary, sizes: Sizes, table: Table) -> None:
    count = sizes.daemons
    fleet = {"id": "everywhere", "path": "~/folders/everywhere", "members": ["syncthing"], "fs_watcher_delay_s": 1}
    variables = json.dumps({"syncthing_fleet": {"folders": [fleet]}})
    with daemons(binary, [f"node{number}" for number in range(count)]) as running:
        path = running[0].home.parent / "inventory.json"
        path.write_text(json.dumps(inventory(running)))
        options = ("--extra-vars", variables, "--forks", "4")
        used = ansible_playbook(path, PLAYBOOK, *options)
        table.add(f"{count} daemons provisioned as a mesh", used.wall, "s")
        table.add("  of which were changed", changed(used.output), "hosts", count, at_least=True)
        table.add("  CPU of ansible-playbook for each", used.cpu / count, "s CPU")
        table.add("a file from one of them is on all others after", spread(running, "everywhere"), "s", 60)
        used = ansible_playbook(path, PLAYBOOK, *options)
        table.add(f"{count} daemons provisioned again", used.wall, "s")
        table.add("  of which were changed", changed(used.output), "hosts", 0)


def changed(output: str) -> int:
    return sum(map(int, re.findall(r"changed=(\d+)", output)))


def spread(running: list[Daemon], folder: str) -> float:
    """Seconds until what is written on the first is on all."""
    files = [daemon.folders_dir / folder / "hello" for daemon in running]
    files[0].write_text("hello")
    started = time.perf_counter()
    while not all(file.exists() for file in files):
        if time.perf_counter() - started > PATIENCE:
            sys.exit(f"{sum(file.exists() for file in files)} of {len(files)} daemons have the file after {PATIENCE} s")
        time.sleep(0.1)
    return time.perf_counter() - started
