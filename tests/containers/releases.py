# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""What hosts download: Syncthing's release archives, made of the tests' binaries, and a newer Debian package."""

from __future__ import annotations

import hashlib
import platform
import subprocess
import tarfile
import tempfile
from pathlib import Path

from harness import debian
from harness.binaries import ARCHITECTURES, find
from harness.cache import lock

from .engine import place

# The package that is an upgrade for an older Debian.
NEWER = "trixie"
# A release that is there to be refused, whatever binaries there are.
REFUSED = "1.30.0"


def directory() -> Path:
    """Files as below upstream's releases, and below `debian` a repository for apt; made once of the same binaries."""
    binaries = find().binaries
    about = [REFUSED, *(f"{binary.version} {binary.path} {binary.path.stat().st_mtime_ns}" for binary in binaries)]
    target = place() / "releases" / hashlib.sha256("\n".join(about).encode()).hexdigest()[:12]
    with lock(place() / "releases.lock"):
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(dir=place()) as scratch:
                unfinished = Path(scratch, "releases")
                unfinished.mkdir()
                for binary in binaries:
                    release(unfinished, binary.version, binary.path)
                release(unfinished, REFUSED, Path(__file__))
                repository(unfinished / "debian")
                unfinished.rename(target)
    return target


def release(root: Path, version: str, program: Path) -> None:
    """The archive of a release; its checksum lies beside it."""
    name = f"syncthing-linux-{ARCHITECTURES[platform.machine()]}-v{version}"
    archive = root / f"v{version}" / f"{name}.tar.gz"
    archive.parent.mkdir()
    with tarfile.open(archive, "w:gz", compresslevel=1) as tar:
        tar.add(program, f"{name}/syncthing")
    archive.with_name("sha256sum.txt.asc").write_text(f"{checksum(archive)}  {archive.name}\n")


def repository(root: Path) -> None:
    root.mkdir()
    with tempfile.TemporaryDirectory() as scratch:
        (package,) = debian.download(NEWER, ["syncthing"], Path(scratch))
        kept = package.rename(root / package.name)
    about = subprocess.check_output(["dpkg-deb", "--field", kept], text=True)
    files = f"Filename: {kept.name}\nSize: {kept.stat().st_size}\nSHA256: {checksum(kept)}\n"
    (root / "Packages").write_text(about + files)


def checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
