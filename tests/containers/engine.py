# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Podman with settings, networks and a storage of the tests' own, which the machine's Podman does not see."""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from harness.cache import Unavailable, cache_dir

# program: Debian's package
PROGRAMS = {
    "podman": "podman",
    "runc": "runc",
    "conmon": "conmon",
    "netavark": "netavark",
    "aardvark-dns": "aardvark-dns",
    "iptables": "iptables",
}
# where programs are that are not on PATH
LIBRARIES = ("/usr/lib/podman", "/usr/libexec/podman", "/usr/local/libexec/podman", "/usr/sbin", "/sbin")


class PodmanError(Exception):
    """Podman did not do what it was told."""


def place() -> Path:
    return cache_dir() / "containers"


def find(program: str) -> str | None:
    return shutil.which(program, path=os.pathsep.join([os.environ["PATH"], *LIBRARIES]))


def require(programs: dict[str, str]) -> None:
    """Unavailable, with what to install, unless all of these are here; nothing is installed by the tests."""
    missing = [package for program, package in programs.items() if not find(program)]
    if missing:
        command = f"apt-get install --no-install-recommends {' '.join(missing)}"
        raise Unavailable(f"{', '.join(missing)} not found; on Debian and Ubuntu: {command}")


def state() -> Path:
    """What does not outlive a boot of this machine."""
    return Path("/run/community.syncthing-" + hashlib.sha256(str(place()).encode()).hexdigest()[:8])


@functools.cache
def setup() -> dict[str, str]:
    """The environment in which `podman` is the tests' own; Unavailable if this machine can't have it."""
    if sys.platform != "linux" or os.geteuid():
        raise Unavailable("hosts with a systemd need root on Linux")
    require(PROGRAMS)
    config = place() / "containers.conf"
    wrapper = place() / "bin/podman"
    options = f'--root="{place()}/storage" --runroot={state()}/storage --storage-opt=overlay.skip_mount_home=true'
    podman = find("podman")
    if podman == str(wrapper):  # within a run
        return dict(os.environ)
    write(config, settings())
    write(wrapper, f'#!/bin/sh\nCONTAINERS_CONF="{config}" exec {podman} {options} "$@"\n')
    return {**os.environ, "PATH": f"{wrapper.parent}:{os.environ['PATH']}"}


def settings() -> str:
    return f"""\
[containers]
base_hosts_file = "none"
# Podman asks for the highest limits that there are, which not every machine lets it have.
default_ulimits = ["nofile=1024:4096", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
# crun refuses machines that have cgroups of both versions
runtime = "runc"
tmp_dir = "{state()}/libpod"
[network]
default_subnet_pools = [{{"base" = "10.77.0.0/16", "size" = 24}}]
network_backend = "netavark"
network_config_dir = "{place()}/networks"
"""


def write(path: Path, text: str) -> None:
    """At once, as another run may be reading it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as unfinished:
        unfinished.write(text)
    Path(unfinished.name).chmod(0o755)
    Path(unfinished.name).replace(path)


def podman(*arguments: object, stdin: str = "") -> str:
    """What it prints; PodmanError, with what it says, if it fails."""
    words = ["podman", *map(str, arguments)]
    done = subprocess.run(
        words, check=False, capture_output=True, text=True, errors="replace", input=stdin, env=setup()
    )
    if done.returncode:
        raise PodmanError(f"{' '.join(words)}: {(done.stdout + done.stderr).strip()[-2000:]}")
    return done.stdout.strip()
