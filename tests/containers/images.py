# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""The images of extensions/molecule/platforms.yml: pulled, or where no registry is reached built from packages."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import signal
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml

from harness import debian
from harness.cache import Unavailable, lock

from .engine import PodmanError, place, podman, require

TABLE = Path(__file__).parents[2] / "extensions/molecule/platforms.yml"
KINDS = ("bare", "ready")
MMDEBSTRAP = (
    "--mode=root",
    "--variant=minbase",
    "--include=ca-certificates",
    '--aptopt=Acquire::Check-Valid-Until "false"',
    '--aptopt=Acquire::Languages "none"',
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-exclude=/usr/share/man/*",
)


@functools.cache
def platforms() -> dict[str, dict[str, Any]]:
    return dict(yaml.safe_load(TABLE.read_text())["platforms"])


def wanted() -> list[str]:
    """What the scenarios run on: PLATFORM, or else all that can be had everywhere."""
    chosen = os.environ.get("PLATFORM")
    return [chosen] if chosen else [name for name, platform in platforms().items() if "suite" in platform]


def name_of(platform: str, kind: str) -> str:
    if platform not in platforms():
        raise Unavailable(f"there is no platform {platform!r} in {TABLE.name}, only {', '.join(platforms())}")
    made_from = {key: value for key, value in platforms()[platform].items() if key != "name"}
    about = json.dumps([made_from, MMDEBSTRAP], sort_keys=True)
    return f"localhost/{platform}-{kind}:{hashlib.sha256(about.encode()).hexdigest()[:12]}"


def ensure(names: list[str]) -> None:
    with ThreadPoolExecutor(2) as pool:
        try:
            for made in [pool.submit(image, name, KINDS[-1]) for name in names]:
                made.result()
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            # what is half built is removed by whoever builds it, and not by us
            for children in Path("/proc/self/task").glob("*/children"):
                for pid in children.read_text().split():
                    os.kill(int(pid), signal.SIGINT)
            raise


def image(platform: str, kind: str) -> str:
    """The name of an image, which is made if it is not there yet."""
    name = name_of(platform, kind)
    with lock(place() / f"{platform}.lock"):
        if not exists(name):
            # each of these is made on top of the one before
            under = base(platform)
            for step in KINDS[: KINDS.index(kind) + 1]:
                target = name_of(platform, step)
                if not exists(target):
                    build(target, under, platforms()[platform][step])
                under = target
    return name


def exists(name: str) -> bool:
    try:
        podman("image", "exists", name)
    except PodmanError:
        return False
    return True


def build(name: str, under: str, commands: str) -> None:
    command = json.dumps(["/bin/sh", "-exc", commands])
    containerfile = f'FROM {under}\nRUN {command}\nCMD ["/sbin/init"]\nSTOPSIGNAL SIGRTMIN+3\n'
    with tempfile.TemporaryDirectory() as nothing:
        podman("build", "--quiet", "--network=host", f"--tag={name}", "--file=-", nothing, stdin=containerfile)


def base(platform: str) -> str:
    source = str(platforms()[platform]["image"])
    try:
        podman("pull", "--quiet", source)
        return source
    except PodmanError as error:
        suite = platforms()[platform].get("suite")
        if not suite:
            raise Unavailable(f"the image of {platform} can't be pulled: {error}") from error
    name = f"localhost/{suite}:base"
    if not exists(name):
        require({"mmdebstrap": "mmdebstrap"})
        with tempfile.TemporaryDirectory(dir=place()) as scratch:
            tar = Path(scratch, "root.tar")
            # the machine's own mirrors, by the proxies that it reaches them with
            mirrors = debian.mirrors(Path(scratch))
            proxies = [f"--aptopt={line}" for line in debian.acquire_settings() if line.startswith("Acquire::http")]
            command = ["mmdebstrap", *MMDEBSTRAP, *proxies, "--quiet", suite, str(tar), *mirrors]
            done = subprocess.run(command, check=False, capture_output=True, text=True, errors="replace")
            if done.returncode:
                raise Unavailable(f"mmdebstrap can't build {suite}: {' '.join(done.stderr.split())[-500:]}")
            podman("import", "--quiet", tar, name)
    return name
