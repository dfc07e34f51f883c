# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""What all parts of the benchmark share: sizes, daemons, plays, and clocks."""

from __future__ import annotations

import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.community.syncthing.plugins.module_utils._schema import device_ids

from harness.binaries import Binary
from harness.collection import child_environment
from harness.daemon import Daemon

HERE = Path(__file__).parent
MODULE = "community.syncthing.syncthing_"


@dataclass(frozen=True)
class Sizes:
    rounds: int = 7  # medians are taken of these
    whole: int = 100  # devices and folders of one daemon
    cli: int = 20  # the same for syncthing cli, which takes long
    planned: int = 1000
    shares: int = 50  # of each planned folder
    hosts: int = 1000  # of a fleet that is only computed
    folders: int = 200
    templated: int = 100  # hosts of a fleet whose parts ansible-playbook computes
    daemons: int = 20  # of a fleet that is run
    role_hosts: tuple[int, ...] = (3, 30)  # containers that the role runs on
    large: int = 1140  # devices and folders of a configuration of 16 MB


SMOKE = Sizes(
    1,
    whole=3,
    cli=2,
    planned=20,
    shares=3,
    hosts=20,
    folders=5,
    templated=3,
    daemons=2,
    role_hosts=(),
    large=20,
)


@dataclass
class Used:
    """What a command took; ``cpu`` is that of all its processes, ``memory`` in MB that of the largest."""

    wall: float
    cpu: float
    memory: float
    output: str


@contextmanager
def fresh(binary: Binary) -> Iterator[Daemon]:
    with tempfile.TemporaryDirectory(prefix="syncthing-bench-") as tmp, Daemon(binary, Path(tmp)) as daemon:
        yield daemon


def connection(target: Any) -> dict[str, str]:
    return {"api_url": target.api_url, "api_key": target.api_key}


def ids(count: int) -> list[str]:
    return [device_ids.from_bytes(hashlib.sha256(str(number).encode()).digest()) for number in range(count)]


def play(tasks: list[dict[str, Any]]) -> tuple[dict[str, list[float]], Used]:
    """Run the tasks in one play with pipelining; return their seconds by name, and what the whole took."""
    with tempfile.TemporaryDirectory() as tmp:
        playbook, times = Path(tmp, "bench.yml"), Path(tmp, "times.json")
        playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]))
        callback = {
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback"),
            "ANSIBLE_CALLBACKS_ENABLED": "task_times",
            "TASK_TIMES": str(times),
        }
        used = ansible_playbook("localhost,", playbook, **callback)
        return json.loads(times.read_text()), used


def cpu_of_task(task: dict[str, Any], count: int) -> float:
    """CPU seconds of one such task, those of the play without it taken off."""
    return (play([task] * count)[1].cpu - play([])[1].cpu) / count


def ansible_playbook(hosts: Path | str, playbook: Path, *options: str, **environment: str) -> Used:
    settings = {"ANSIBLE_PIPELINING": "true", "ANSIBLE_PYTHON_INTERPRETER": sys.executable}
    command = ["ansible-playbook", "--inventory", str(hosts), "--connection", "local", *options, str(playbook)]
    return run(command, {**child_environment(), **settings, **environment})


def run(command: list[str], environment: dict[str, str] | None = None, given: str = "") -> Used:
    started, before = time.perf_counter(), cpu(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env=environment, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command[:3])} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Used(time.perf_counter() - started, cpu(resource.RUSAGE_CHILDREN) - before, peak, done.stdout)


def seconds(*calls: Callable[[], Any]) -> float:
    started = time.perf_counter()
    for call in calls:
        call()
    return time.perf_counter() - started


def cpu_seconds(call: Callable[[], Any]) -> float:
    started = cpu(resource.RUSAGE_SELF)
    call()
    return cpu(resource.RUSAGE_SELF) - started


def cpu(whose: int) -> float:
    usage = resource.getrusage(whose)
    return usage.ru_utime + usage.ru_stime
