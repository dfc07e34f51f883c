# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""A run leaves nothing behind, however it ends, and a machine without Podman is told what to install."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
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
    return found + [str(path) for place in (engine.place() / "runs", engine.state()) for path in place.glob(run)]


def command() -> list[str]:
    return [*CONTAINERS, "exec", "--", "bash", "-c", START, images.image(images.wanted()[-1], "bare")]


def start() -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(command(), stdout=subprocess.PIPE, text=True)
    assert process.stdout
    return process, process.stdout.readline().strip()


def run_below(process: subprocess.Popen[bytes]) -> str:
    """The run that this process, or one that it started, has begun; empty if there is none yet."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
    for pid in parents:
        ancestor = pid
        while ancestor in parents and ancestor != process.pid:
            ancestor = parents[ancestor]
        with suppress(OSError):
            found = re.search(rb"\0%s=([^\0]+)" % runs.MARK.encode(), Path(f"/proc/{pid}/environ").read_bytes())
            if ancestor == process.pid and found:
                return found[1].decode()
    return ""


INTERRUPTS = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])


@INTERRUPTS
def test_nothing_is_left_of_a_run_that_is_interrupted(number: signal.Signals) -> None:
    process, run = start()
    assert len(left(run)) >= 5
    process.send_signal(number)
    process.wait(TIMEOUT)
    assert left(run) == []


@INTERRUPTS
def test_nothing_is_left_of_scenarios_that_are_interrupted(number: signal.Signals, tmp_path: Path) -> None:
    process = subprocess.Popen([*CONTAINERS, "test", "absent"], env={**os.environ, "TMPDIR": str(tmp_path)})
    until(lambda: run_below(process))
    run = run_below(process)
    host = f"--filter=name={run}-absent-trixie"
    until(lambda: engine.podman("ps", "--quiet", host))
    process.send_signal(number)
    assert process.wait(TIMEOUT)
    assert left(run) == []
    assert list(tmp_path.iterdir()) == []


@INTERRUPTS
def test_nothing_is_left_of_all_sessions_when_they_are_interrupted(number: signal.Signals, tmp_path: Path) -> None:
    """What `make test` runs, with a session that has hosts."""
    tool = tmp_path / "tests/tools/run_all.py"
    tool.parent.mkdir(parents=True)
    tool.write_text(Path(__file__).parents[1].joinpath("tools/run_all.py").read_text())
    noxfile = f"""\
import nox

@nox.session(python=False)
def molecule(session):
    session.run(*{command()!r}, interrupt_timeout=30, terminate_timeout=10)
"""
    (tmp_path / "noxfile.py").write_text(noxfile)
    process = subprocess.Popen([os.environ.get("NOX_PYTHON", sys.executable), tool])
    until(lambda: run_below(process))
    run = run_below(process)
    until(lambda: engine.podman("ps", "--quiet", f"--filter=name={run}-one"))
    process.send_signal(number)
    assert process.wait(TIMEOUT) == 130
    assert left(run) == []


@INTERRUPTS
def test_nothing_is_left_of_images_that_are_being_made(number: signal.Signals, tmp_path: Path) -> None:
    environment = {**os.environ, "SYNCTHING_TEST_CACHE": str(tmp_path), "PLATFORM": images.wanted()[-1]}
    process = subprocess.Popen([*CONTAINERS, "prepare"], env=environment, stdout=subprocess.DEVNULL)
    building = re.compile("mmdebstrap|podman build")
    until(lambda: any(building.search(line) for line in about(tmp_path)))
    process.send_signal(number)
    assert process.wait(TIMEOUT)
    assert about(tmp_path) == []
    assert list((tmp_path / "containers").glob("tmp*")) == []


def about(path: Path) -> list[str]:
    """The processes that were told this path, and what is mounted below it."""
    found = [line for line in Path("/proc/mounts").read_text().splitlines() if str(path) in line]
    for cmdline in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = cmdline.read_text().replace("\0", " ")
            found += [words] * (str(path) in words)
    return found


def test_the_machine_forwards_packets_after_a_run_as_before() -> None:
    """In a network namespace, so that nobody else's setting is touched; Podman switches it on there as well."""
    script = """
set -e
echo $1 > /proc/sys/net/ipv4/ip_forward
shift
"$@" > /dev/null
cat /proc/sys/net/ipv4/ip_forward
"""
    network = "podman network create --disable-dns --label=MOLECULE_RUN=$MOLECULE_RUN $MOLECULE_RUN-lan"
    host = 'podman run --rm --network $MOLECULE_RUN-lan --label=MOLECULE_RUN=$MOLECULE_RUN "$0" true'
    image = images.image(images.wanted()[-1], "bare")
    run = [*CONTAINERS, "exec", "--", "bash", "-ec", f"{network}; {host}; grep 1 /proc/sys/net/ipv4/ip_forward", image]
    for before in ("0", "1"):
        inside = ["unshare", "--net", "sh", "-c", script, "sh", before, *run]
        assert subprocess.check_output(inside, text=True) == f"{before}\n"


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
