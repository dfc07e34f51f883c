# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""A run leaves nothing behind, however it ends, and a machine without Podman is told what to install."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from containers import engine, images, runs
from containers.__main__ import hosts_without_tasks, scenarios
from harness.cache import Unavailable

CONTAINERS = [sys.executable, "-m", "containers"]
TIMEOUT = 120
# a container in a network, as scenarios make them, and a process beside it
START = """
set -e
labeled="--label=MOLECULE_RUN=$MOLECULE_RUN"
podman network create --internal $labeled $MOLECULE_RUN-lan > /dev/null
podman run --detach --name $MOLECULE_RUN-one --network $MOLECULE_RUN-lan $labeled --systemd=always "$0" > /dev/null
setsid sleep 1000 > /dev/null &
echo $MOLECULE_RUN
exec sleep 1000
"""


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def left(run: str) -> list[str]:
    """What there is of a run: processes, containers, networks, mounts, files."""
    label = f"label={runs.MARK}={run}"
    found = [str(pid) for pid in runs.processes(run)]
    found += engine.podman("ps", "--all", "--quiet", f"--filter={label}").split()
    found += engine.podman("network", "ls", "--quiet", f"--filter={label}").split()
    found += [line for line in Path("/proc/mounts").read_text().splitlines() if run in line]
    return found + [str(path) for path in (engine.place() / "runs").glob(run)]


def start() -> tuple[subprocess.Popen[str], str]:
    image = images.image(images.wanted()[-1], "bare")
    command = [*CONTAINERS, "exec", "--", "bash", "-c", START, image]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    return process, process.stdout.readline().strip()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_of_a_run_that_is_interrupted(number: signal.Signals) -> None:
    process, run = start()
    assert len(left(run)) >= 5
    process.send_signal(number)
    process.wait(TIMEOUT)
    assert left(run) == []


def test_the_next_run_removes_what_is_left_of_one_that_was_killed() -> None:
    process, run = start()
    process.kill()
    process.wait(TIMEOUT)
    assert left(run)
    other, living = start()
    assert left(run) == []
    assert left(living)  # a run that is under way is left alone
    subprocess.run([*CONTAINERS, "exec", "--", "true"], check=True)
    assert left(living)
    other.send_signal(signal.SIGINT)
    other.wait(TIMEOUT)
    assert left(living) == []


def test_the_machines_own_podman_sees_nothing_of_it() -> None:
    process, run = start()
    try:
        podman = engine.find("podman")
        assert podman and Path(podman) != engine.place() / "bin/podman"
        for command in (["ps", "--all"], ["network", "ls"], ["images"]):
            seen = subprocess.check_output([podman, *command], text=True, stderr=subprocess.DEVNULL)
            assert run not in seen
            assert images.wanted()[-1] not in seen
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(TIMEOUT)


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(engine, "LIBRARIES", ())
    with pytest.raises(Unavailable, match="apt-get install --no-install-recommends podman runc conmon netavark"):
        engine.require(engine.PROGRAMS)


def test_a_platform_that_is_not_in_the_table_is_named() -> None:
    done = subprocess.run(
        [*CONTAINERS, "prepare"], check=False, capture_output=True, text=True, env={**os.environ, "PLATFORM": "debian1"}
    )
    assert done.returncode == 3
    assert "debian12" in done.stdout


def test_a_scenario_without_its_hosts_is_no_success() -> None:
    nothing = "PLAY RECAP\nlocalhost  : ok=3  changed=0\n"
    for name in scenarios():
        hosts = hosts_without_tasks(name, nothing)
        assert hosts
        recap = "\n".join(f"\x1b[33m{host}\x1b[0m  : \x1b[32mok=1  \x1b[0m changed=0" for host in hosts)
        assert hosts_without_tasks(name, recap) == []
        assert hosts_without_tasks(name, recap.replace("ok=1", "ok=0")) == hosts
