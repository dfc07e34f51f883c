# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""A lab's hosts boot, reboot and are gone, and a lab leaves nothing behind, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.cache import cache_dir

LAB = [sys.executable, "-m", "lab"]
HOST = 'set -e; lab() { "$0" -m lab "$@"; }; lab start one bookworm 10.77.0.11; '
TIMEOUT = 120


def cgroups() -> set[Path]:
    return {path for top in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified") for path in Path(top).glob("community.*")}


def leaked() -> list[str]:
    """What of a lab can be seen from outside of it."""
    mounts = [line for line in Path("/proc/mounts").read_text().splitlines() if str(cache_dir()) in line]
    return [*mounts, *(name for name in ("lab0", "vb-one") if Path("/sys/class/net", name).exists())]


def processes(text: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if text.encode() in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            pass
    return found


@pytest.fixture
def mark(tmp_path: Path) -> Iterator[str]:
    """In the environment of all that this test starts; nothing of it may be left."""
    value = f"LAB_TEST={tmp_path}"
    yield value
    until(lambda: not processes(value))
    assert not leaked()
    assert not list((cache_dir() / "lab").iterdir())


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def start(mark: str, script: str) -> subprocess.Popen[str]:
    name, _unused, value = mark.partition("=")
    command = [*LAB, "exec", "--", "bash", "-c", script, sys.executable]
    return subprocess.Popen(command, env={**os.environ, name: value}, stdout=subprocess.PIPE, text=True)


def test_a_host_boots_reboots_and_is_gone(mark: str) -> None:
    before = cgroups()
    script = (
        HOST
        + """
        ssh() { "$LAB_SSH" root@10.77.0.11 "$@"; }
        test "$(ssh systemctl is-system-running)" = running
        booted() { ssh systemctl show --property UserspaceTimestampMonotonic; }
        first=$(booted)
        ssh touch /var/lib/kept
        ssh systemctl reboot || true
        for i in $(seq 300); do again=$(booted) && test "$again" != "$first" && break; sleep 0.1; done
        test "$again" != "$first"
        test "$(ssh systemctl is-system-running --wait)" = running
        ssh test -e /var/lib/kept
        ssh curl --silent --fail --head http://10.77.0.1/debian/dists/bookworm/InRelease
        ! ssh ip route get 192.0.2.1
        lab stop one
        ! test -e /sys/class/net/vb-one
        lab start one trixie 10.77.0.11
        ! ssh test -e /var/lib/kept
        exit 7
        """
    )
    lab = start(mark, script)
    assert lab.wait(TIMEOUT) == 7
    assert cgroups() <= before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_of_a_lab_that_is_ended(mark: str, number: signal.Signals) -> None:
    before = cgroups()
    lab = start(mark, HOST + "echo up; sleep 1000")
    assert lab.stdout and lab.stdout.readline() == "up\n"
    made = cgroups() - before
    assert made
    lab.send_signal(number)
    lab.wait(TIMEOUT)
    until(lambda: not processes(mark))
    if number == signal.SIGKILL:
        assert made & cgroups()  # nobody was left to remove it, so the next one does
        assert subprocess.run([*LAB, "exec", "--", "true"], check=False).returncode == 0
    assert not made & cgroups()


def test_a_host_needs_a_lab() -> None:
    done = subprocess.run([*LAB, "start", "one", "bookworm", "10.77.0.11"], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "There is no lab here" in done.stderr
