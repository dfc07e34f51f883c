# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""One host of a lab: a Debian that was never booted before, with a systemd, an address, and root's SSH."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from . import LabError, machine, run
from .inside import BRIDGE, GATEWAY, mount_overlay, place, tools

UP_TIMEOUT = 60
REBOOT = 133  # the exit code of systemd-nspawn when the host wants to be started again


def root(name: str) -> Path:
    return tools() / "hosts" / name


def group(name: str) -> Path:
    if "LAB_CGROUP" not in os.environ:
        raise LabError("There is no lab here. Run this in one: python -m lab exec -- COMMAND")
    return Path(os.environ["LAB_CGROUP"], name)


def console(name: str) -> Path:
    return place() / f"{name}.console"


def start(name: str, suite: str, address: str) -> None:
    group(name).mkdir()
    mount_overlay(suite, name, root(name))
    settle(root(name), name, address)
    with console(name).open("wb") as log:
        # in a session of its own, and soon a child of the lab's first process: it outlives whoever called for it
        keeper = subprocess.Popen(
            [sys.executable, "-m", "lab", "keep", name],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def up() -> bool:
        if keeper.poll() is not None:
            raise LabError(f"{name} has ended. {told(name)}")
        return state(name) in ("running", "degraded")

    wait(name, up, "come up")


def settle(root: Path, name: str, address: str) -> None:
    def write(path: str, text: str) -> None:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    write("etc/hostname", f"{name}\n")
    write("etc/hosts", f"127.0.0.1 localhost\n127.0.1.1 {name}\n{GATEWAY} mirror\n")
    write("etc/machine-id", "")
    network = f"[Network]\nAddress={address}/24\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n"
    write("etc/systemd/network/10-host0.network", f"[Match]\nName=host0\n{network}")
    wants = root / "etc/systemd/system/multi-user.target.wants"
    wants.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        (wants / "systemd-networkd.service").symlink_to("/lib/systemd/system/systemd-networkd.service")
    (root / "etc/systemd/system/systemd-networkd-wait-online.service").symlink_to("/dev/null")
    write("root/.ssh/authorized_keys", (tools() / "root/.ssh/id_ed25519.pub").read_text())
    (root / "root/.ssh").chmod(0o700)


def keep(name: str) -> None:
    """Run a host until it is switched off; a reboot is its own business."""
    (group(name) / "cgroup.procs").write_text(str(os.getpid()))
    options = ["--quiet", "--register=no", "--keep-unit", "--boot", "--console=pipe", "--link-journal=no"]
    options += ["--resolv-conf=off", "--timezone=off", f"--network-bridge={BRIDGE}", f"--machine={name}"]
    command = ["chroot", str(tools()), "systemd-nspawn", *options, f"--directory=/hosts/{name}"]
    while subprocess.run(command, check=False).returncode == REBOOT:
        pass


def state(name: str) -> str:
    """What the host's systemd says of it; empty if it says nothing."""
    try:
        leader = (group(name) / "payload/init.scope/cgroup.procs").read_text().split()[0]
    except (OSError, IndexError):
        return ""
    command = ["nsenter", "--target", leader, "--all", "--root", "--wd", "systemctl", "is-system-running"]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip()


def stop(name: str) -> None:
    """As by pulling the plug; what was on its disk is gone too."""
    machine.remove(group(name))
    wait(name, lambda: not Path(f"/sys/class/net/vb-{name}").exists(), "leave the network")
    run("umount", root(name))
    root(name).rmdir()
    for kind in ("upper", "work"):
        shutil.rmtree(place() / kind / name)


def wait(name: str, condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + UP_TIMEOUT
    while not condition():
        if time.monotonic() > deadline:
            raise LabError(f"{name} did not {what} in {UP_TIMEOUT} s. {told(name)}")
        time.sleep(0.05)


def told(name: str) -> str:
    return f"Its console:\n{console(name).read_text(errors='replace')[-2000:]}"
