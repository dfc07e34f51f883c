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

# The package that is an upgrade for an older Debian.
NEWER = "trixie"


def write(root: Path) -> None:
    """Files as below upstream's releases, and below `debian` a repository for apt."""
    for binary in find().binaries:
        name = f"syncthing-linux-{ARCHITECTURES[platform.machine()]}-v{binary.version}"
        folder = root / f"v{binary.version}"
        folder.mkdir()
        archive = folder / f"{name}.tar.gz"
        with tarfile.open(archive, "w:gz", compresslevel=1) as tar:
            tar.add(binary.path, f"{name}/syncthing")
        (folder / "sha256sum.txt.asc").write_text(f"{checksum(archive)}  {archive.name}\n")
    repository(root / "debian")


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
