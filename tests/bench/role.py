# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""The role on hosts with a systemd, against a play of one ping task on the same hosts in the same minutes."""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measure import HERE, Sizes, Used, ansible_playbook
from bench.table import Table
from containers import images
from containers.engine import PodmanError, podman
from containers.runs import MARK, run
from harness.binaries import Binary
from harness.cache import Unavailable

PLATFORM = "debian13"
PATIENCE = 300  # seconds until a host is up
PACKAGES = ["syncthing", "python3-requests"]
ROLE = [{"role": "community.syncthing.syncthing"}]
PING = [{"ansible.builtin.ping": {}}]
INSTALL = [{"ansible.builtin.package": {"name": PACKAGES, "install_recommends": False, "update_cache": True}}]


@dataclass
class Run:
    used: Used
    tasks: int  # whose heading is shown
    walked: int  # tasks of all hosts, skipped ones too
    modules: int  # on all hosts
    changed: int


def role(_binary: Binary, sizes: Sizes, table: Table) -> None:
    if not sizes.role_hosts:
        table.skip("the role", "needs containers with a systemd, which the smoke form does without")
        return
    each: dict[int, float] = {}
    for count in sizes.role_hosts:
        try:
            with run() as environment:
                each[count] = measured(count, sizes, table, environment)
        except (Unavailable, PodmanError) as error:
            table.skip(f"the role on {count} hosts", str(error))
    few, *more = each or [0]
    for count in more:
        name = f"the role, unchanged: CPU of a host, of {count} hosts to {few}"
        table.add(name, each[count] / (each[few] or 1), "times", 1.2)


def measured(count: int, sizes: Sizes, table: Table, environment: Mapping[str, str]) -> float:
    """Add the figures of so many hosts; return the CPU that a host takes when nothing changes."""
    name = f"the role on {count} hosts"
    bare = count == sizes.role_hosts[0]  # where packages are installed, on few hosts
    with hosts(environment, count + 1, "bare" if bare else "ready") as names, tempfile.TemporaryDirectory() as tmp:
        play = Play(Path(tmp), names[:count], environment)
        play(PING)  # compiles Ansible, and connects for the first time
        if bare:
            with hosts(environment, count, "bare") as others:
                installed = Play(Path(tmp, "others"), others, environment)(INSTALL)
        first = play(roles=ROLE)
        table.add(f"{name}: first run", first.used.wall, "s")
        if bare:
            table.add(
                "  ratio to the task that installs its packages", first.used.wall / installed.used.wall, "times", 2
            )
        pings, unchanged = [], []
        for _round in range(min(3, sizes.rounds)):
            pings.append(play(PING))
            unchanged.append(play(roles=ROLE))
        again = unchanged[-1]
        table.add(f"a play of one ping task on {count} hosts", [ping.used.wall for ping in pings], "s")
        table.add("  CPU of the controller", [ping.used.cpu for ping in pings], "s CPU")
        table.add(f"{name}: unchanged", [one.used.wall for one in unchanged], "s")
        pairs = list(zip(unchanged, pings, strict=True))
        table.add("  ratio to the play of one ping task", [a.used.wall / b.used.wall for a, b in pairs], "times", 4)
        cpu = [one.used.cpu for one in unchanged]
        table.add("  CPU of the controller", cpu, "s CPU")
        table.add("  ratio to that of the ping", [a.used.cpu / b.used.cpu for a, b in pairs], "times", 4)
        table.add("  tasks shown", again.tasks, "", 25)
        table.add("  tasks walked for each host", again.walked / count, "")
        table.add("  modules run on each host", again.modules / count, "", 2)
        table.add("  of which were changed", again.changed, "", 0)
        ping = statistics.median(one.used.wall for one in pings)
        play.fleet["folders"][0]["rescan_interval_s"] = 1800
        row(table, f"{name}: one changed option of a folder", play(roles=ROLE), ping, count)
        play.names = names
        row(table, f"{name}: one more host", play(roles=ROLE), ping, count + 1)
    return statistics.median(cpu) / count


def row(table: Table, name: str, one: Run, ping: float, count: int) -> None:
    table.add(name, one.used.wall, "s")
    table.add("  ratio to the play of one ping task", one.used.wall / ping, "times")
    table.add("  modules run on each host", one.modules / count, "")


class Play:
    """Plays on some hosts, which are members of one fleet."""

    def __init__(self, tmp: Path, names: list[str], environment: Mapping[str, str]) -> None:
        tmp.mkdir(exist_ok=True)
        self.tmp = tmp
        self.names = names
        self.fleet: dict[str, Any] = {"folders": [{"id": "documents", "path": "/srv/documents", "members": ["all"]}]}
        self.environment = {name: value for name, value in environment.items() if os.environ.get(name) != value}
        # as on machines where nobody keeps Python from remembering what it compiled
        self.environment.update(PYTHONDONTWRITEBYTECODE="", PYTHONPYCACHEPREFIX=str(tmp / "compiled"))

    def __call__(self, tasks: list[Any] | None = None, roles: list[Any] | None = None) -> Run:
        inventory, playbook, counts = (self.tmp / name for name in ("hosts.json", "play.yml", "counts.json"))
        found = {name.rpartition("-")[2]: {"ansible_host": name} for name in self.names}
        addresses = {host: {**own, "syncthing_addresses": [f"tcp://{host}:22000"]} for host, own in found.items()}
        variables = {
            "ansible_connection": "containers.podman.podman",
            "ansible_python_interpreter": "/usr/bin/python3",
            "syncthing_fleet": self.fleet,
        }
        inventory.write_text(json.dumps({"all": {"hosts": addresses, "vars": variables}}))
        play = {"hosts": "all", "gather_facts": False, "become": True, "tasks": tasks or [], "roles": roles or []}
        playbook.write_text(json.dumps([play]))
        callback = {
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback"),
            "ANSIBLE_CALLBACKS_ENABLED": "task_counts",
            "TASK_COUNTS": str(counts),
        }
        used = ansible_playbook(inventory, playbook, **self.environment, **callback)
        return Run(used, **json.loads(counts.read_text()))


@contextmanager
def hosts(environment: Mapping[str, str], count: int, kind: str) -> Iterator[list[str]]:
    """Containers that have just been started; whatever ends the run, it removes those that are left."""
    image = images.image(PLATFORM, kind)
    mark = f"{MARK}={environment[MARK]}"
    network = f"{environment[MARK]}-role{time.monotonic_ns()}"
    names = [f"{network}-h{number}" for number in range(count)]
    podman("network", "create", "--internal", "--label", mark, network)
    try:
        for name in names:
            alias = name.rpartition("-")[2]
            options = ["--systemd=always", "--cap-add=SYS_ADMIN", "--cap-add=SYS_PTRACE", "--stop-timeout=0"]
            options += [f"--network={network}:alias={alias}", f"--hostname={alias}", f"--label={mark}"]
            podman("run", "--detach", f"--name={name}", *options, image)
        for name in names:
            wait_until_up(name)
        yield names
    finally:
        podman("rm", "--force", "--volumes", "--time=0", *names)
        podman("network", "rm", "--force", network)


def wait_until_up(name: str) -> None:
    deadline = time.monotonic() + PATIENCE
    state = ["sh", "-c", "systemctl is-system-running || true"]
    while podman("exec", name, *state) not in ("running", "degraded"):
        if time.monotonic() > deadline:
            raise Unavailable(f"a container with a systemd is not up after {PATIENCE} s")
        time.sleep(0.5)
