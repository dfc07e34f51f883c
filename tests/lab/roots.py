# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Root file systems of Debian's releases, built once by mmdebstrap from the machine's own mirror."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path

from harness import debian
from harness.cache import cache_dir, lock

from . import run
from .mirror import URL

# What an installed Debian has. Syncthing and python3-requests are for the role to bring.
PACKAGES = (
    "ca-certificates",
    "curl",
    "dbus",
    "dbus-user-session",
    "iproute2",
    "libpam-systemd",
    "openssh-server",
    "procps",
    "python3",
    "python3-apt",
    "sudo",
    "systemd",
    "systemd-sysv",
)
OPTIONS = (
    "--mode=root",
    "--variant=minbase",
    "--format=directory",
    f"--include={','.join(PACKAGES)}",
    '--aptopt=Acquire::http::Proxy "DIRECT"',
    '--aptopt=Acquire::Languages "none"',
    '--aptopt=Acquire::Check-Valid-Until "false"',
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-exclude=/usr/share/man/*",
)
# the programs that build and start hosts, by package: taken from this release, whatever the machine has
PROGRAMS_FROM = "bookworm"
PROGRAMS = {"mmdebstrap": "mmdebstrap", "mmtarfilter": "mmdebstrap", "systemd-nspawn": "systemd-container"}


def path(suite: str) -> Path:
    key = hashlib.sha256(json.dumps([suite, OPTIONS]).encode()).hexdigest()[:12]
    return cache_dir() / "lab-roots" / f"{suite}-{key}"


def program(name: str) -> Path:
    return cache_dir() / "lab-programs" / PROGRAMS_FROM / name


def ensure(suite: str) -> None:
    """Have the root of a release, complete and as it was built."""
    target = path(suite)
    seal = target.with_name(f"{target.name}.seal")
    with lock(target.with_name(f"{target.name}.lock")):
        if seal.exists() and seal.read_text() == fingerprint(target):
            return
        seal.unlink(missing_ok=True)
        unfinished = target.with_name(f"{target.name}.unfinished")
        for old in (target, unfinished):
            shutil.rmtree(old, ignore_errors=True)
        path_with_filter = f"PATH={program('')}:{os.environ['PATH']}"  # which mmdebstrap looks for there
        run("env", path_with_filter, "perl", program("mmdebstrap"), *OPTIONS, suite, unfinished, URL, "--quiet")
        unfinished.rename(target)
        seal.write_text(fingerprint(target))


def fingerprint(root: Path) -> str:
    """What changes when a file comes, goes, or is written to."""
    digest = hashlib.sha256()
    for folder, names, files in os.walk(root):
        names.sort()
        for name in sorted(files):
            about = os.lstat(os.path.join(folder, name))
            digest.update(f"{folder}/{name} {about.st_mode} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def ensure_programs() -> None:
    """Outside of the lab, where there is a network."""
    with lock(cache_dir() / "lab-programs.lock"):
        missing = {name: package for name, package in PROGRAMS.items() if not program(name).exists()}
        if not missing:
            return
        with tempfile.TemporaryDirectory(prefix="lab-programs.", dir=cache_dir()) as name:
            scratch = Path(name)
            for package in debian.download(PROGRAMS_FROM, sorted(set(missing.values())), scratch):
                root = debian.extract(package, scratch)
            program("").mkdir(parents=True, exist_ok=True)
            for wanted in missing:
                (root / "usr/bin" / wanted).replace(program(wanted))
