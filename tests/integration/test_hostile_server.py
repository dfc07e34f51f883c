# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""A server that answers too much, too slowly or for ever, or sends the key elsewhere: bounded in time and in memory."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from typing import Any

import pytest
from support import SOAK, bad, device_id

from harness.forked import INVENTORY, Forked
from harness.scripted import Answer, ScriptedServer

pytestmark = pytest.mark.any_core

OK = b"HTTP/1.1 200 OK\r\n"
JSON = b"Content-Type: application/json\r\n"
MIB = 2**20
KEY = "no-such-key"
RUNS: list[tuple[str, dict[str, Any]]] = [
    (INVENTORY, {}),
    ("syncthing_info", {}),
    ("syncthing_device", {"device_id": device_id("x")}),
]


def head(*lines: bytes) -> bytes:
    return OK + JSON + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


def much(part: bytes) -> Iterator[bytes]:
    """1 GB, as it was announced."""
    yield head(b"Content-Length: %d" % (1024 * MIB))
    for _number in range(1024):
        yield part * (MIB // len(part))


def just_allowed(part: bytes) -> Iterator[bytes]:
    """JSON in 250 MiB, which are allowed."""
    yield head(b"Connection: close") + b"["
    for _number in range(250):
        yield part * (MIB // len(part))
    yield b"0]"


def endless(first: bytes, part: bytes, pause: float = 0) -> Iterator[bytes]:
    yield first
    while True:
        yield part
        time.sleep(pause)


CHUNK = b"10000\r\n" + b"[" * 0x10000 + b"\r\n"
SQUEEZED = gzip.compress(b"[" * 100 * MIB)
# By name: what is sent, the code of the error, and how many MiB more than usual it may take.
ANSWERS: dict[str, tuple[Any, str, int]] = {
    "1 GB": (lambda: much(b" "), "unexpected_answer", 600),
    "1 GB of objects": (lambda: much(b"[],"), "unexpected_answer", 600),
    "many lists": (lambda: just_allowed(b"[],"), "unexpected_answer", 600),
    "endless": (lambda: endless(head(b"Connection: close"), b"x" * MIB), "unexpected_answer", 600),
    "endless chunks": (lambda: endless(head(b"Transfer-Encoding: chunked"), CHUNK), "unexpected_answer", 600),
    "unwrapped": (lambda: [head(b"Content-Encoding: gzip", b"Content-Length: %d" % len(SQUEEZED)), SQUEEZED],
                  "unexpected_answer", 10),
    "deep": (lambda: [head(b"Connection: close"), b"[" * 10 * MIB], "unexpected_answer", 50),
    "trickle": (lambda: endless(head(b"Content-Length: 9999"), b" ", 0.05), "timeout", 10),
    "trickling headers": (lambda: endless(OK, b"X", 0.05), "timeout", 10),
    "headers by and by": (lambda: endless(OK, b"X: y\r\n", 0.05), "timeout", 10),
    "endless headers": (lambda: endless(OK, b"X: y\r\n"), "unreachable", 10),
    "an endless header": (lambda: endless(OK, b"X" * MIB), "unreachable", 50),
    "wait for the answer": (lambda: endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "timeout", 10),
    "a negative length": (lambda: [head(b"Content-Length: -1"), b"{}"], "unexpected_answer", 10),
    "a wrong chunk": (lambda: [head(b"Transfer-Encoding: chunked"), b"-1\r\n{}\r\n0\r\n\r\n"], "unreachable", 10),
    "nonsense": (lambda: [b"\x00\xff\r\n\r\n" * 1000], "unreachable", 10),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_too_much_or_too_slow(forked: Forked, name: str) -> None:
    stream, code, allowed = ANSWERS[name]
    with ScriptedServer({"*": lambda *_: Answer(stream=stream)}) as server:
        timeout = 0.5 if code == "timeout" else 30
        to = {"api_url": server.api_url, "api_key": KEY, "retries": 0, "timeout": timeout}
        turn = list(ANSWERS).index(name) % len(RUNS)
        for module, args in RUNS if SOAK else RUNS[turn : turn + 1]:
            usual = measure(forked, module)
            started = time.monotonic()
            result = forked(module, {**to, **args})
            bad(result, "inventory" if module == INVENTORY else code, server.api_url)
            assert time.monotonic() - started < timeout + 5, name
            assert forked.max_rss - usual < allowed * 1024, f"{(forked.max_rss - usual) // 1024} MiB"


def measure(forked: Forked, module: str) -> int:
    """The memory of a run in which nothing happens."""
    forked(module, {"api_url": "http://127.0.0.1:1", "api_key": KEY, "retries": 0})
    return forked.max_rss


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308] if SOAK else [302, 307])
def test_the_key_stays_here(forked: Forked, status: int) -> None:
    """Neither to another host nor to another port or scheme, for reading or for writing."""
    with ScriptedServer({"*": Answer({})}) as elsewhere:
        for target in (
            f"{elsewhere.api_url}/rest/config",
            f"//127.0.0.1:{elsewhere.port}/rest/config",
            f"http://localhost:{elsewhere.port}/",
            f"https://127.0.0.1:{elsewhere.port}/rest/config",
            f"http://user:password@127.0.0.1:{elsewhere.port}/",
        ):
            with ScriptedServer({"*": Answer.redirect(target, status)}) as server:
                for module, args in RUNS:
                    result = forked(module, {"api_url": server.api_url, "api_key": KEY, "retries": 1, **args})
                    said = bad(result, result["error"]["code"])
                    assert "not followed" in said or "TLS" in said, said
                assert len(server.requests) == len(RUNS)
        assert elsewhere.requests == []
