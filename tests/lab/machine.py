# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""The outer half of a lab: its namespaces, and what has to stay outside of them."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from harness.cache import Unavailable, cache_dir, lock

from . import LabError, mirror, roots
from . import run as run_command

CLONE_NEWNS = 0x20000
CGROUPS = Path("/sys/fs/cgroup")
PREFIX = "community.syncthing-"
END_TIMEOUT = 10


def run(command: list[str]) -> int:
    """Run a command in a lab and say how it ended; all that was started in it ends with it."""
    own_mounts()
    roots.ensure_programs()
    with cgroup() as group:
        ours, theirs = socket.socketpair()
        lab = [sys.executable, "-m", "lab", "inside", str(theirs.fileno()), "--", *command]
        # Killed with us, and its processes with it; if we were gone before that was arranged, the channel is closed.
        tied = ["setpriv", "--pdeathsig", "KILL", "unshare", "--kill-child=KILL", "--mount-proc"]
        process = subprocess.Popen(
            [*tied, "--mount", "--net", "--pid", "--fork", "--", *lab],
            pass_fds=[theirs.fileno()],
            env={**os.environ, "LAB_CGROUP": str(group)},
        )
        theirs.close()
        try:
            threading.Thread(target=serve, args=(ours,), daemon=True).start()
            return process.wait()
        finally:
            process.kill()
            process.wait()


def serve(channel: socket.socket) -> None:
    """Be the mirror of the hosts: on a socket that was made in their network, from our own."""
    descriptors = socket.recv_fds(channel, 1, 1)[1]
    if descriptors:
        mirror.serve(socket.socket(fileno=descriptors[0]))


def own_mounts() -> None:
    """Mount what we like, unseen by the machine; cgroups are version 2 here, whatever it has."""
    if sys.platform != "linux":
        raise Unavailable("hosts with a systemd need Linux")
    if os.geteuid():
        raise Unavailable("hosts with a systemd need root")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS):
        raise Unavailable(f"no mount namespace: {os.strerror(ctypes.get_errno())}")
    try:
        run_command("mount", "--make-rprivate", "/")
        mount_cgroups()
        with tempfile.TemporaryDirectory() as scratch:
            run_command("mount", "-t", "tmpfs", "tmpfs", scratch)
            for name in ("lower", "upper", "work", "root"):
                Path(scratch, name).mkdir()
            options = f"lowerdir={scratch}/lower,upperdir={scratch}/upper,workdir={scratch}/work"
            run_command("mount", "-t", "overlay", "overlay", "-o", options, f"{scratch}/root")
            run_command("umount", f"{scratch}/root", scratch)
        run_command("unshare", "--net", "--pid", "--fork", "true")
    except LabError as error:
        raise Unavailable(str(error)) from error


def mount_cgroups() -> None:
    subprocess.run(["umount", "--recursive", "--quiet", CGROUPS], check=False, stderr=subprocess.DEVNULL)
    run_command("mount", "-t", "cgroup2", "cgroup2", CGROUPS)


@contextmanager
def cgroup() -> Iterator[Path]:
    """The cgroup of one lab. It alone outlives a lab that is killed, so each removes those of the dead."""
    with lock(cache_dir() / "lab.lock"):
        for other in CGROUPS.glob(f"{PREFIX}*"):
            with hold(other) as free:
                if free:
                    remove(other)
        try:
            group = Path(tempfile.mkdtemp(prefix=PREFIX, dir=CGROUPS))
        except OSError as error:
            raise Unavailable(f"cgroups can't be made: {error}") from error
        held = hold(group)
        held.__enter__()
    try:
        yield group
    finally:
        remove(group)
        held.__exit__(None, None, None)


@contextmanager
def hold(group: Path) -> Iterator[bool]:
    """Whether nobody else holds this cgroup: the kernel lets go of it when its lab ends."""
    descriptor = os.open(group, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)


def remove(group: Path) -> None:
    """End all that runs in a cgroup, and remove it."""
    with suppress(FileNotFoundError):
        (group / "cgroup.kill").write_text("1")
    deadline = time.monotonic() + END_TIMEOUT
    while "populated 1" in (group / "cgroup.events").read_text():
        if time.monotonic() > deadline:
            raise LabError(f"what runs in {group} can't be ended")
        time.sleep(0.02)
    for folder, _inner, _files in os.walk(group, topdown=False):
        os.rmdir(folder)
