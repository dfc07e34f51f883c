# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""A reverse proxy before a daemon that writes down what a client asked, and can spoil it."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from .daemon import Daemon
from .loopback import HOP_BY_HOP, LoopbackHandler, LoopbackServer


@dataclass(frozen=True)
class Drop:
    """As an answer: no more than these bytes, and the connection is cut."""

    sent: bytes = b""
    reset: bool = False


DROP = Drop()
Spoilt: TypeAlias = Drop | tuple[int, Mapping[str, str], bytes] | None


@dataclass
class Exchange:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    status: int | None = None
    answer: bytes = b""


@dataclass
class RecordingProxy:
    """Forwards everything to `daemon`, and keeps it in `exchanges`.

    `on_request(method, path, body)` is asked before forwarding, `on_response(method, path, status, body)` after it.
    Each may return an answer of its own `(status, headers, body)`, DROP to cut the connection, or None to go on.
    `refuse_writes` answers everything but reads with 500: check mode must not notice.
    """

    daemon: Daemon
    refuse_writes: bool = False
    on_request: Callable[[str, str, bytes], Spoilt] | None = None
    on_response: Callable[[str, str, int, bytes], Spoilt] | None = None
    exchanges: list[Exchange] = field(default_factory=list)

    def __enter__(self) -> RecordingProxy:
        self._server = LoopbackServer(ProxyHandler, self)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.end()

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def api_key(self) -> str:
        return self.daemon.api_key

    @property
    def requests(self) -> list[tuple[str, str]]:
        return [(exchange.method, exchange.path) for exchange in self.exchanges]

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [(method, path) for method, path in self.requests if method not in ("GET", "HEAD", "OPTIONS")]

    def clear(self) -> None:
        self.exchanges.clear()


class ProxyHandler(LoopbackHandler):
    def answer(self, body: bytes) -> None:
        proxy: RecordingProxy = self.server.owner
        exchange = Exchange(self.command, self.path, dict(self.headers.items()), body)
        proxy.exchanges.append(exchange)
        answer: Spoilt = None
        if proxy.refuse_writes and self.command not in ("GET", "HEAD", "OPTIONS"):
            answer = (500, {"Content-Type": "text/plain"}, b"the proxy refuses writes")
        if answer is None and proxy.on_request:
            answer = proxy.on_request(self.command, self.path, body)
        if answer is None:
            answer = self.forward(proxy, body)
        if isinstance(answer, Drop):
            self.wfile.write(answer.sent)
            self.cut(answer.reset)
            return
        exchange.status, headers, exchange.answer = answer
        self.reply(exchange.status, headers, exchange.answer)

    def forward(self, proxy: RecordingProxy, body: bytes) -> Drop | tuple[int, Mapping[str, str], bytes]:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        # A fresh connection each time: what a kept one does after the GUI restarts is the client's to meet, not ours.
        upstream = proxy.daemon.connect(timeout=120)
        try:
            upstream.request(self.command, self.path, body or None, headers)
            answer = upstream.getresponse()
            status, content = answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return DROP
        finally:
            upstream.close()
        spoilt = proxy.on_response(self.command, self.path, status, content) if proxy.on_response else None
        return (status, dict(answer.headers.items()), content) if spoilt is None else spoilt
