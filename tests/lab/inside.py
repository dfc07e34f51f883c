# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""The inner half of a lab: process 1 of its own process namespace, with a network that leads nowhere."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness.cache import cache_dir

from . import machine, roots
from . import run as run_command
from .mirror import PORT

SUITES = ("bullseye", "bookworm", "trixie")
# which of them has the programs that the lab itself runs
TOOLS = "bookworm"
BRIDGE = "lab0"
GATEWAY = "10.77.0.1"

SIOCBRADDBR, SIOCSIFFLAGS, SIOCSIFADDR, SIOCSIFNETMASK = 0x89A0, 0x8914, 0x8916, 0x891C
IFF_UP = 1


def place() -> Path:
    """Where a lab has its files: a file system in memory that only the lab itself sees."""
    return cache_dir() / "lab"


def tools() -> Path:
    return place() / "tools"


def run(channel: int, command: list[str]) -> int:
    make_network()
    with socket.create_server((GATEWAY, PORT)) as server, socket.socket(fileno=channel) as outer:
        socket.send_fds(outer, [b"m"], [server.fileno()])
    run_command("mount", "-t", "sysfs", "sysfs", "/sys")
    machine.mount_cgroups()
    with ThreadPoolExecutor() as pool:
        list(pool.map(roots.ensure, SUITES))
    make_place()
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    process = subprocess.Popen(command, env={**environment, "LAB_SSH": str(place() / "ssh")})
    while True:  # whoever loses their parent here becomes our child
        pid, status = os.wait()
        if pid == process.pid:
            return os.waitstatus_to_exitcode(status) % 256


def make_network() -> None:
    """A bridge, without a program that could be missing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:

        def configure(request: int, name: str, value: bytes) -> None:
            fcntl.ioctl(control, request, struct.pack("16s24s", name.encode(), value))

        def address(text: str) -> bytes:
            return struct.pack("HH4s", socket.AF_INET, 0, socket.inet_aton(text))

        fcntl.ioctl(control, SIOCBRADDBR, BRIDGE.encode() + b"\0")
        configure(SIOCSIFADDR, BRIDGE, address(GATEWAY))
        configure(SIOCSIFNETMASK, BRIDGE, address("255.255.255.0"))
        for name in ("lo", BRIDGE):
            configure(SIOCSIFFLAGS, name, struct.pack("H", IFF_UP))


def make_place() -> None:
    """One root of the lab's own, with the programs that start hosts and speak to them."""
    place().mkdir(parents=True, exist_ok=True)
    run_command("mount", "-t", "tmpfs", "-o", "mode=700", "tmpfs", place())
    mount_overlay(TOOLS, "tools", tools())
    for name in ("dev", "proc", "sys"):
        run_command("mount", "--rbind", f"/{name}", tools() / name)
    # systemd-nspawn wants a file system of its own there, and an ID to derive the hosts' network addresses from
    run_command("mount", "-t", "tmpfs", "tmpfs", tools() / "run")
    (tools() / "etc/machine-id").write_text(f"{uuid.uuid4().hex}\n")
    shutil.copy(roots.program("systemd-nspawn"), tools() / "usr/bin")
    ssh = tools() / "root/.ssh"
    ssh.mkdir(mode=0o700, exist_ok=True)
    (ssh / "config").write_text(
        "StrictHostKeyChecking no\nUserKnownHostsFile /dev/null\nLogLevel ERROR\nServerAliveInterval 2\n"
    )
    run_command("chroot", tools(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/root/.ssh/id_ed25519")
    wrapper = place() / "ssh"
    wrapper.write_text(f'#!/bin/sh\nexec chroot "{tools()}" ssh "$@"\n')
    wrapper.chmod(0o755)


def mount_overlay(suite: str, name: str, target: Path) -> None:
    """A root of this release that can be written to, and is like new."""
    folders = [place() / kind / name for kind in ("upper", "work")]
    for folder in (*folders, target):
        folder.mkdir(parents=True, exist_ok=True)
    options = f"lowerdir={roots.path(suite)},upperdir={folders[0]},workdir={folders[1]}"
    run_command("mount", "-t", "overlay", f"lab-{name}", "-o", options, target)
