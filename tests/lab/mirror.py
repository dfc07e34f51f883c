# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""What hosts may fetch: Debian's packages, cached, and Syncthing's release archives, made of the tests' binaries."""

from __future__ import annotations

import functools
import hashlib
import io
import platform
import subprocess
import tarfile
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket

from harness import debian
from harness.binaries import ARCHITECTURES, Binary, find
from harness.cache import Unavailable, cache_dir

PORT = 80
URL = "http://10.77.0.1/debian"
APT_HELPER = "/usr/lib/apt/apt-helper"
# what does not change under its name; all else is fetched again after so many seconds
LASTING = ("/pool/", "/by-hash/")
FRESH = 3600


class NotHere(Exception):
    """There is no such file, says who should know."""


def serve(listening: socket) -> None:
    threading.Thread(target=archives, daemon=True).start()  # ahead of the first who asks
    with ThreadingHTTPServer(("", 0), Handler, bind_and_activate=False) as server:
        server.socket.close()
        server.socket = listening
        server.serve_forever()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        status, body = 200, b""
        try:
            kind, _slash, path = self.path.lstrip("/").partition("/")
            body = {"debian": package, "releases": release}[kind](path)
        except (KeyError, NotHere):
            status = 404
        except (Unavailable, OSError) as error:
            status, body = 502, f"{error}\n".encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


# --- Debian

_guard = threading.Lock()
_locks: dict[str, threading.Lock] = {}


def package(path: str) -> bytes:
    """A file of Debian's mirror, from the cache if it is there and whole."""
    if ".." in path:
        raise NotHere
    with _guard:
        one_at_a_time = _locks.setdefault(path, threading.Lock())
    with one_at_a_time:
        kept = cache_dir() / "lab-mirror" / hashlib.sha256(path.encode()).hexdigest()
        if kept.exists() and (any(part in path for part in LASTING) or time.time() - kept.stat().st_mtime < FRESH):
            digest, _line, body = kept.read_bytes().partition(b"\n")
            if digest == checksum(body):
                return body
        body = fetch(path)
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as file:
            file.write(checksum(body) + b"\n" + body)
        Path(file.name).replace(kept)
        return body


def checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()


@functools.cache
def upstream() -> list[str]:
    with tempfile.TemporaryDirectory() as lists:
        return debian.mirrors(Path(lists))


def fetch(path: str) -> bytes:
    """By apt, which knows the machine's proxies and passwords."""
    said = ""
    with tempfile.TemporaryDirectory(prefix="lab-") as scratch:
        target = Path(scratch, "file")
        for mirror in upstream():
            command = [APT_HELPER, "download-file", f"{mirror}/{path}", str(target)]
            done = subprocess.run(command, check=False, capture_output=True, text=True, errors="replace")
            if done.returncode == 0:
                return target.read_bytes()
            said += done.stderr
    if " 404 " in said:
        raise NotHere
    raise Unavailable(" ".join(said.split()))


# --- Syncthing


@functools.cache
def archives() -> dict[str, Binary]:
    """By path, as below upstream's releases."""
    arch = ARCHITECTURES[platform.machine()]
    return {f"v{one.version}/syncthing-linux-{arch}-v{one.version}.tar.gz": one for one in find().binaries}


def release(path: str) -> bytes:
    version, _slash, name = path.partition("/")
    if name == "sha256sum.txt.asc":
        listed = [one for one in archives() if one.startswith(f"{version}/")]
        return b"".join(checksum(archive(one)) + b"  " + one.partition("/")[2].encode() + b"\n" for one in listed)
    return archive(path)


@functools.lru_cache(2)
def archive(path: str) -> bytes:
    if path not in archives():
        raise NotHere
    packed = io.BytesIO()
    top = path.partition("/")[2].removesuffix(".tar.gz")
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=0) as tar:
        tar.add(archives()[path].path, f"{top}/syncthing")
    return packed.getvalue()
