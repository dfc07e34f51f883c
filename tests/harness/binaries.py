# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Find Syncthing binaries of as many versions as this host can have.

In this order, and the first source of a version wins: what SYNCTHING_BINARIES points to, `syncthing` on PATH,
Debian's packages, upstream's release archives. The last two are fetched once, without root, into a cache.
"""

from __future__ import annotations

import functools
import hashlib
import http.client
import json
import os
import platform
import re
import shutil
import subprocess
import tarfile
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from . import debian
from .cache import Unavailable, cache_dir, lock

PINS = json.loads(Path(__file__).with_name("binaries.json").read_text())
RELEASES = "https://github.com/syncthing/syncthing/releases/download"
CONNECT_TIMEOUT = 3
RUN_TIMEOUT = 20
ARCHITECTURES = {
    "x86_64": "amd64",
    "aarch64": "arm64",
    "armv6l": "arm",
    "armv7l": "arm",
    "i686": "386",
    "ppc64le": "ppc64le",
    "riscv64": "riscv64",
    "s390x": "s390x",
}


class BinaryError(Exception):
    """What the user asked for can't be used."""


def version_key(version: str) -> tuple[int, ...]:
    """`1.29.5` and `2.0.0-rc.1` as something to compare; a candidate counts as its release."""
    return tuple(int(part) for part in version.split("-")[0].split("."))


@dataclass(frozen=True)
class Binary:
    path: Path
    version: str
    source: str

    @property
    def key(self) -> tuple[int, ...]:
        return version_key(self.version)

    def __str__(self) -> str:
        return f"syncthing-{self.version}"


@dataclass
class Found:
    binaries: list[Binary] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def wanted(version: str) -> bool:
    """Whether SYNCTHING_TEST_VERSIONS (prefixes such as `1.29 2`) lets this version through."""
    prefixes = os.environ.get("SYNCTHING_TEST_VERSIONS", "").replace(",", " ").split()
    return not prefixes or any(version == prefix or version.startswith(prefix + ".") for prefix in prefixes)


def probe(path: Path) -> str:
    """The version a binary reports; BinaryError when it does not run or is something else."""
    with tempfile.TemporaryDirectory(prefix="syncthing-probe-") as home:
        try:
            done = subprocess.run(
                [str(path), "--version"],
                check=False,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=RUN_TIMEOUT,
                env={"PATH": os.defpath, "HOME": home},
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise BinaryError(f"{path} does not run: {error}") from error
    match = re.match(r"syncthing v(\d+\.\d+\.\d+(?:-(?:rc|beta|alpha)\.\d+)?)", done.stdout)
    if not match:
        said = (done.stdout + done.stderr).strip()[:200]
        raise BinaryError(f"{path} is not Syncthing (exit code {done.returncode}): {said}")
    return match[1]


def find() -> Found:
    """Every usable version, oldest first, and why others are missing."""
    found = Found()
    versions: dict[str, Binary] = {}

    def add(binary: Binary) -> None:
        if wanted(binary.version):
            versions.setdefault(binary.version, binary)

    for binary in _pointed_to():
        add(binary)
    on_path = shutil.which("syncthing")
    if on_path:
        try:
            add(Binary(Path(on_path), probe(Path(on_path)), "PATH"))
        except BinaryError as error:
            found.missing.append(str(error))

    fetches: list[tuple[str, Callable[[], Binary]]] = []
    for suite, version in PINS["debian"].items():
        if wanted(version) and version not in versions:
            fetches.append((f"{version} (Debian {suite})", functools.partial(_debian, suite, version)))
    for version, sums in PINS["upstream"].items():
        if wanted(version) and version not in versions:
            fetches.append((f"{version} (upstream)", functools.partial(_upstream, version, sums)))
    if fetches:
        with ThreadPoolExecutor(len(fetches)) as pool:
            for label, future in [(label, pool.submit(fetch)) for label, fetch in fetches]:
                try:
                    add(future.result())
                except (Unavailable, BinaryError, OSError) as error:
                    found.missing.append(f"{label}: {error}")
    found.binaries = sorted(versions.values(), key=lambda binary: binary.key)
    return found


# --- what the user points to


def _pointed_to() -> Iterator[Binary]:
    setting = os.environ.get("SYNCTHING_BINARIES", "")
    for entry in filter(None, setting.split(os.pathsep)):
        path = Path(entry).expanduser().absolute()
        if path.is_file():
            yield Binary(path, probe(path), "SYNCTHING_BINARIES")
            continue
        if not path.is_dir():
            raise BinaryError(f"SYNCTHING_BINARIES names {path}, which does not exist")
        binaries = list(_in_folder(path))
        if not binaries:
            raise BinaryError(f"SYNCTHING_BINARIES names {path}, which holds no Syncthing executable")
        yield from binaries


def _in_folder(folder: Path) -> Iterator[Binary]:
    # Only files named like Syncthing, there or in a release's unpacked folder: not everything that lies around is run.
    for path in sorted({*folder.glob("*syncthing*"), *folder.glob("*/syncthing")}):
        if path.is_file() and os.access(path, os.X_OK):
            yield Binary(path, probe(path), "SYNCTHING_BINARIES")


# --- the cache


def _cached(name: str, version: str, source: str, fetch: Callable[[Path], Path]) -> Binary:
    """The binary from the cache, made by `fetch` (given a scratch folder) when it is missing or damaged."""
    target = cache_dir() / name / "syncthing"
    with lock(cache_dir() / f"{name}.lock"):
        try:
            if target.exists() and probe(target) == version:
                return Binary(target, version, source)
        except BinaryError:
            pass
        with tempfile.TemporaryDirectory(prefix=f"{name}.", dir=cache_dir()) as scratch:
            made = fetch(Path(scratch))
            if probe(made) != version:
                raise Unavailable(f"{source} holds {probe(made)} now, not {version}")
            target.parent.mkdir(exist_ok=True)
            made.replace(target)
    return Binary(target, version, source)


# --- Debian


def _debian(suite: str, version: str) -> Binary:
    def fetch(scratch: Path) -> Path:
        (package,) = debian.download(suite, ["syncthing"], scratch)
        return debian.extract(package, scratch) / "usr/bin/syncthing"

    return _cached(f"debian-{suite}-{version}", version, f"Debian {suite}", fetch)


# --- upstream


def _upstream(version: str, pins: dict[str, str]) -> Binary:
    if platform.system() != "Linux" or platform.machine() not in ARCHITECTURES:
        raise Unavailable(f"no archive for {platform.system()} on {platform.machine()}")
    arch = ARCHITECTURES[platform.machine()]
    pin = pins.get(arch)
    source = f"upstream release, checksum {'pinned' if pin else 'from the release itself, not pinned'}"
    return _cached(
        f"upstream-{version}-{arch}", version, source, lambda scratch: _upstream_fetch(version, arch, pin, scratch)
    )


def _upstream_fetch(version: str, arch: str, pin: str | None, scratch: Path) -> Path:
    name = f"syncthing-linux-{arch}-v{version}"
    sums = download(f"{RELEASES}/v{version}/sha256sum.txt.asc", CONNECT_TIMEOUT).decode()
    published = re.search(rf"^([0-9a-f]{{64}})  {re.escape(name)}\.tar\.gz$", sums, re.MULTILINE)
    expected = pin or (published and published[1])
    if not expected:
        raise Unavailable(f"the release lists no checksum for {name}.tar.gz")
    data = download(f"{RELEASES}/v{version}/{name}.tar.gz", 60)
    actual = hashlib.sha256(data).hexdigest()
    if actual != expected:
        raise Unavailable(f"{name}.tar.gz has the checksum {actual}, expected was {expected}")
    archive = scratch / "archive.tar.gz"
    archive.write_bytes(data)
    target = scratch / "syncthing"
    with tarfile.open(archive) as tar:
        member = tar.extractfile(f"{name}/syncthing")
        if member is None:
            raise Unavailable(f"{name}.tar.gz holds no binary")
        target.write_bytes(member.read())
    target.chmod(0o755)
    return target


def download(url: str, timeout: float) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        raise Unavailable(f"{url}: {error}") from error
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise Unavailable(f"no internet ({reason})") from error
