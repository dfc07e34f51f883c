# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""A run of scenarios. Whatever ends it, its containers and networks are removed: by itself, or by the next one.

Podman's networks let the machine forward packets; the last run that ends sets this back to what it was.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from harness.cache import lock

from . import engine, releases
from .engine import podman

# in the environment of all that a run starts, and the label of its containers and networks
MARK = "MOLECULE_RUN"
# These end with the last container that needs them; the second may serve other runs' too.
PODMANS = ("conmon", "aardvark-dns")
# seconds that processes have for an end of their own
PATIENCE = 10
FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")


@contextmanager
def run() -> Iterator[dict[str, str]]:
    """The environment for the scenarios of a run."""
    environment = dict(engine.setup())
    folder = engine.place() / "runs"
    with lock(engine.place() / "runs.lock"):
        folder.mkdir(exist_ok=True)
        for other in folder.iterdir():
            with hold(other) as free:
                if free:
                    remove(other)
        remember_forwarding()
        place = Path(tempfile.mkdtemp(prefix="r", dir=folder))
        (place / "network").write_text(network())
        held = hold(place)
        held.__enter__()
    try:
        # what Molecule remembers of hosts must not outlive them
        environment["ANSIBLE_HOME"] = str(place / "ansible")
        # nor what those leave there that are killed; sockets must have a short path
        environment["TMPDIR"] = str(scratch(place.name))
        scratch(place.name).mkdir()
        environment["ANSIBLE_PODMAN_EXECUTABLE"] = str(Path(__file__).with_name("enter.sh"))
        yield {**environment, MARK: place.name, "MOLECULE_RELEASES": str(releases.directory())}
    finally:
        # a second Ctrl-C must not interrupt the cleaning up
        signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        handlers = {number: signal.signal(number, signal.SIG_IGN) for number in signals}
        with lock(engine.place() / "runs.lock"):
            remove(place)
            held.__exit__(None, None, None)
            if not any(other.read_text() == network() for other in folder.glob("*/network")):
                restore_forwarding()
        for number, handler in handlers.items():
            signal.signal(number, handler)


def network() -> str:
    """The network namespace that this process is in; the settings are those of one."""
    return os.readlink("/proc/self/ns/net")


def remembered() -> Path:
    return engine.state() / f"ip_forward-{network()}"


def scratch(name: str) -> Path:
    return engine.state() / name


def remember_forwarding() -> None:
    if not remembered().exists():  # else from a run that goes on, or that was killed
        remembered().parent.mkdir(parents=True, exist_ok=True)
        remembered().write_text(FORWARDING.read_text())


def restore_forwarding() -> None:
    before = remembered().read_text()
    if FORWARDING.read_text() != before:
        FORWARDING.write_text(before)
    remembered().unlink()


@contextmanager
def hold(place: Path) -> Iterator[bool]:
    """Whether no living run holds this directory."""
    descriptor = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)


def remove(place: Path) -> None:
    # first whoever might start another one; an image may be half built, which is removed by whoever builds it
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in processes(place.name):
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        deadline = time.monotonic() + PATIENCE
        while processes(place.name) and time.monotonic() < deadline:
            time.sleep(0.1)
    label = f"label={MARK}={place.name}"
    if containers := podman("ps", "--all", "--quiet", f"--filter={label}").split():
        podman("rm", "--force", "--volumes", "--time=0", *containers)
    if networks := podman("network", "ls", "--quiet", f"--filter={label}").split():
        podman("network", "rm", "--force", *networks)
    shutil.rmtree(scratch(place.name), ignore_errors=True)
    shutil.rmtree(place)


def processes(name: str) -> list[int]:
    """What a run started outside of its containers."""
    found = []
    mark = f"\0{MARK}={name}\0".encode()
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            marked = mark in b"\0" + (path / "environ").read_bytes()
            if marked and (path / "comm").read_text().strip() not in PODMANS and int(path.name) != os.getpid():
                found.append(int(path.name))
    return found
