# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""A proxy that spoils one chosen request, or all from there on, as networks do and what stands in them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from .proxy import DROP, HOP_BY_HOP, Drop, LoopbackServer, ProxyHandler, RecordingProxy

MOMENT = 0.1  # seconds
TIMEOUT = 1.0  # seconds; the client's must be this one for a request to be late

Answer: TypeAlias = Drop | tuple[int, Mapping[str, str], bytes]


@dataclass
class FaultyProxy(RecordingProxy):
    """Spoils request number `at`, counted from 0; if it is `lasting`, all that follow too. `hits` counts them.

    It can refuse a connection only, so what is `refused` is the request after one that was answered, or number 0 for
    good.
    """

    fault: str = ""
    at: int = -1
    lasting: bool = False
    hits: int = 0
    _late: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> FaultyProxy:
        self._server = LoopbackServer(_FaultyHandler, self)
        self._port = self._server.server_address[1]
        if self.fault == "refused" and self.at == 0:
            self.refuse()
        return self

    def __exit__(self, *_: object) -> None:
        for thread in self._late:  # what is under way arrives
            thread.join()
        if not (self.fault == "refused" and self.hits and self.lasting):
            self._server.end()

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def spoils(self, number: int) -> bool:
        return number == self.at or (self.lasting and number > self.at >= 0)

    def refuse(self) -> None:
        """Let nobody connect, for a moment or for good."""
        self.hits += 1
        self._server.end()
        if not self.lasting:
            self.later(threading.Timer(MOMENT, self._reopen))

    def later(self, thread: threading.Thread) -> None:
        self._late.append(thread)
        if not thread.is_alive():
            thread.start()

    def _reopen(self) -> None:
        self._server = LoopbackServer(_FaultyHandler, self, self._port)


class _FaultyHandler(ProxyHandler):
    def forward(self, proxy: RecordingProxy, body: bytes) -> Answer:
        assert isinstance(proxy, FaultyProxy)
        number = len(proxy.exchanges) - 1
        if proxy.fault == "refused":
            answer = super().forward(proxy, body)
            if number == proxy.at - 1 and not isinstance(answer, Drop):
                proxy.refuse()
                self.close_connection = True
            return answer
        if not proxy.spoils(number):
            return super().forward(proxy, body)
        proxy.hits += 1
        return FAULTS[proxy.fault](self, proxy, body)

    def intact(self, proxy: FaultyProxy, body: bytes) -> Answer:
        return super().forward(proxy, body)

    def half(self, proxy: FaultyProxy, body: bytes) -> Drop:
        """The daemon gets half of the request."""
        head = _head(f"{self.command} {self.path} HTTP/1.1", dict(self.headers.items()))
        upstream = proxy.daemon.connect()
        upstream.connect()
        upstream.sock.sendall(head + body[: len(body) // 2] if body else head[: len(head) // 2])
        upstream.close()
        return DROP


def _head(first: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"{name}: {value}" for name, value in headers.items() if name.lower() not in HOP_BY_HOP]
    return "\r\n".join([first, *lines, "", ""]).encode("latin-1")


Deal: TypeAlias = Callable[[_FaultyHandler, FaultyProxy, bytes], Answer]


def _delayed(handler: _FaultyHandler, proxy: FaultyProxy, body: bytes) -> Answer:
    time.sleep(MOMENT)
    return handler.intact(proxy, body)


def _late(handler: _FaultyHandler, proxy: FaultyProxy, body: bytes) -> Answer:
    proxy.later(threading.current_thread())
    time.sleep(TIMEOUT + MOMENT)
    return handler.intact(proxy, body)


def _torn(in_body: bool) -> Deal:
    def torn(handler: _FaultyHandler, proxy: FaultyProxy, body: bytes) -> Answer:
        answer = handler.intact(proxy, body)
        if isinstance(answer, Drop):
            return answer
        status, headers, content = answer
        length = len(content) or 2  # so that there is something to miss
        head = _head(f"HTTP/1.1 {status} ", {**headers, "Content-Length": str(length)})
        return Drop(head + content[: length // 2] if in_body else head[: len(head) // 2])

    return torn


def _lost(handler: _FaultyHandler, proxy: FaultyProxy, body: bytes) -> Answer:
    handler.intact(proxy, body)
    return DROP


def _says(status: int, text: bytes, kind: str = "text/plain") -> Deal:
    return lambda *_: (status, {"Content-Type": kind}, text)


def _gateway_gave_up(handler: _FaultyHandler, proxy: FaultyProxy, body: bytes) -> Answer:
    handler.intact(proxy, body)
    return 504, {"Content-Type": "text/html"}, b"<html>Gateway Timeout</html>"


FAULTS: dict[str, Deal] = {
    "delayed": _delayed,
    "late": _late,  # it arrives when its sender no longer waits for an answer
    "half sent": lambda handler, proxy, body: handler.half(proxy, body),
    "reset": lambda *_: Drop(reset=True),
    "refused": lambda *_: DROP,
    "head torn": _torn(False),
    "body torn": _torn(True),
    "answer lost": _lost,
    "500": _says(500, b"something broke"),
    "502": _says(502, b"<html>Bad Gateway</html>", "text/html"),
    "503": _says(503, b"<html>Service Unavailable</html>", "text/html"),
    "504": _gateway_gave_up,
    "html": _says(200, b"<!DOCTYPE html><html><body>Sign in</body></html>", "text/html; charset=utf-8"),
}
