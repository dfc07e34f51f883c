# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""What somebody left in config_dir where a file is expected: a clear error in time, and root follows nothing."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from installation import CONFIG, IDENTITY, INFO, Host
from support import bad, good

from harness.module import ModuleResult, run_module

pytestmark = [pytest.mark.once, pytest.mark.any_core]

SECONDS = 10
START = 10  # seconds that a busy machine may need to start a module and Syncthing's program
SECRET = "the planted secret of root"
HUGE = 3 * 1024**3  # bytes, sparse


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        here = os.open(path.parent, os.O_RDONLY)
        try:
            server.bind(f"/proc/self/fd/{here}/{path.name}")  # a socket's path must be short
        finally:
            os.close(here)


def huge(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(HUGE)


PLANTS: dict[str, Callable[[Path], None]] = {
    "pipe": os.mkfifo,
    "directory": Path.mkdir,
    "socket": listening,
    "loop": lambda path: path.symlink_to(path),
    "dangling": lambda path: path.symlink_to(path.parent / "nowhere"),
    "device": lambda path: path.symlink_to("/dev/zero"),
    "huge": huge,
}
FILES = {IDENTITY: "key.pem", CONFIG: "config.xml", INFO: "cert.pem"}


def plant(path: Path, how: str) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    PLANTS[how](path)


def connect(host: Host) -> ModuleResult:
    args = {"config_dir": str(host.config_dir), "user": host.user, "gather_subset": ["system"]}
    return run_module("syncthing_info", args)


@contextmanager
def in_time() -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < SECONDS + START


def explained(result: ModuleResult, name: str) -> None:
    """Ended with our error, which names the file, or without harm."""
    assert "Traceback" not in result.stdout + result.stderr
    if result.failed:
        assert result.result["error"]["code"] in ("discovery", "invalid_input"), result.result
        assert name in result.msg


@pytest.mark.parametrize("how", PLANTS)
def test_planted_files(host: Host, how: str) -> None:
    good(host.run(IDENTITY), changed=True)
    good(host.run(CONFIG), changed=True)
    kept = {name: host.file(name) for name in ("cert.pem", "key.pem", "config.xml")}
    for module, name in FILES.items():
        plant(host.config_dir / name, how)
        with in_time():
            explained(host.run(module), name)
        plant_back(host, kept)
    plant(host.config_dir / "config.xml", how)
    with in_time():
        bad(connect(host), "discovery", "config.xml")


def plant_back(host: Host, kept: dict[str, str]) -> None:
    for name, text in kept.items():
        path = host.config_dir / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        path.write_text(text)


def test_a_lock(host: Host) -> None:
    """A lock of the daemon's kind hinders nobody; one on the directory itself is waited for, not for ever."""
    good(host.run(IDENTITY), changed=True)
    with (host.config_dir / "syncthing.lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        with in_time():
            good(host.run(CONFIG), changed=True)
        good(host.run(IDENTITY), changed=False)
    handle = os.open(host.config_dir, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        began = time.monotonic()
        bad(host.run(IDENTITY, force=True), "discovery", "locked by another process")
        assert time.monotonic() - began < SECONDS + START
    finally:
        os.close(handle)


@pytest.mark.parametrize("name", ["cert.pem", "key.pem", "config.xml"])
def test_root_reads_nothing_of_its_own_for_a_user(users_host: Host, name: str) -> None:
    good(users_host.run(IDENTITY), changed=True)
    good(users_host.run(CONFIG), changed=True)
    uid = users_host.base.stat().st_uid
    target = users_host.base.parent / "secret"
    target.write_text(f'<configuration version="37"><gui><apikey>{SECRET}</apikey><address>{SECRET}</address></gui>')
    target.chmod(0o600)
    path = users_host.config_dir / name
    path.unlink()
    path.symlink_to(target)
    os.lchown(path, uid, -1)
    results = [users_host.run(module) for module in FILES]
    results.append(connect(users_host))
    for result in results:
        assert SECRET not in result.stdout + result.stderr
        assert "not valid XML" not in result.stdout  # which only a reader can tell
    if name == "config.xml":
        bad(results[-1], "discovery", "Permission denied")
    else:
        bad(results[0], "discovery", "Permission denied", name)
    assert target.stat().st_uid == 0 and SECRET in target.read_text()


@pytest.mark.parametrize("how", ["pipe", "loop", "device", "huge"])
def test_planted_by_the_user(users_host: Host, how: str) -> None:
    good(users_host.run(IDENTITY), changed=True)
    good(users_host.run(CONFIG), changed=True)
    plant(users_host.config_dir / "config.xml", how)
    os.lchown(users_host.config_dir / "config.xml", users_host.base.stat().st_uid, -1)
    with in_time():
        bad(connect(users_host), "discovery", "config.xml")
    for module in (CONFIG, INFO):
        with in_time():
            explained(users_host.run(module), "config.xml")
