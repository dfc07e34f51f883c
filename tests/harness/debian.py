# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Packages of any Debian release from the mirror that the machine's apt knows, without root."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from .cache import Unavailable, cache_dir, lock

SUITES = "bullseye|bookworm|trixie|forky|sid|oldoldstable|oldstable|stable|testing|unstable"


def download(suite: str, packages: list[str], scratch: Path) -> list[Path]:
    """These packages' files, below `scratch`."""
    for tool in ("apt-get", "apt-config", "dpkg-deb"):
        if not shutil.which(tool):
            raise Unavailable(f"{tool} is not installed")
    for folder in ("lists/partial", "cache/archives/partial"):
        (scratch / folder).mkdir(parents=True)
    (scratch / "status").touch()
    sources = scratch / "sources.list"
    found = mirrors(scratch / "lists")
    sources.write_text("".join(f"deb [signed-by={keyring()}] {mirror} {suite} main\n" for mirror in found))
    settings = {
        "Dir::State": scratch,
        "Dir::State::lists": scratch / "lists",
        "Dir::State::status": scratch / "status",
        "Dir::Cache": scratch / "cache",
        "Dir::Etc::main": os.devnull,
        "Dir::Etc::parts": os.devnull,
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": os.devnull,
        "Dir::Etc::preferences": os.devnull,
        "Dir::Etc::preferencesparts": os.devnull,
        "APT::Sandbox::User": "root",
        "APT::Update::Error-Mode": "any",
        "Acquire::Retries": 1,
        "Acquire::http::Timeout": 15,
        "Acquire::https::Timeout": 15,
        "Acquire::Languages": "none",
    }
    config = scratch / "apt.conf"
    config.write_text(
        "\n".join([*acquire_settings(), *(f'{name} "{value}";' for name, value in settings.items())]) + "\n"
    )
    environment = {**os.environ, "APT_CONFIG": str(config), "LC_ALL": "C"}
    try:
        _output("apt-get", "-qq", "update", env=environment)
    except Unavailable:
        # Another vendor's archive may be laid out like Debian's; it fails the signature, and need not stop the rest.
        if len(found) == 1:
            raise
    _output("apt-get", "-qq", "download", *packages, cwd=scratch, env=environment)
    return [next(scratch.glob(f"{package}_*.deb")) for package in packages]


def extract(package: Path, scratch: Path) -> Path:
    """The root of what is in the package."""
    root = scratch / "root"
    _output("dpkg-deb", "--extract", str(package), str(root))
    return root


def root_of(name: str, suite: str, packages: list[str]) -> Path:
    """A folder in the cache with what is in these packages."""
    root = cache_dir() / f"debian-{suite}-{name}"
    with lock(root.with_suffix(".lock")):
        if not root.exists():
            with tempfile.TemporaryDirectory(prefix=f"{name}.", dir=cache_dir()) as scratch:
                for package in download(suite, packages, Path(scratch)):
                    made = extract(package, Path(scratch))
                made.rename(root)
    return root


def acquire_settings() -> list[str]:
    """The host's proxies and timeouts are wanted, its hooks are not: of its configuration, only this part."""
    return [line for line in _output("apt-config", "dump").splitlines() if line.startswith("Acquire::")]


def keyring() -> Path:
    keyrings = sorted(Path("/usr/share/keyrings").glob("debian-archive-keyring.*"))
    if not keyrings:
        raise Unavailable("Debian's archive keyring is not installed (package debian-archive-keyring)")
    return keyrings[0]


def mirrors(lists: Path) -> list[str]:
    """The host's own Debian mirrors as apt understands its sources, however they are written."""
    uris = _output("apt-get", "-o", f"Dir::State::lists={lists}", "--print-uris", "update")
    found = re.findall(rf"^'(\S+)/dists/(?:{SUITES})/main/binary-", uris, re.MULTILINE)
    if not found:
        raise Unavailable("apt's sources have no Debian mirror")
    return list(dict.fromkeys(found))


def _output(*command: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300, cwd=cwd, env=env)
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"{' '.join(command[:2])} took longer than 300 s") from error
    if done.returncode:
        raise Unavailable(f"{' '.join(command[:3])}: {' '.join(done.stderr.split())[:300]}")
    return done.stdout
