# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""A reverse proxy before a daemon that writes down what a client asked, and can spoil it."""

from __future__ import annotations

import http.client
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

from .daemon import Daemon

HOP_BY_HOP = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}


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


class LoopbackServer(ThreadingHTTPServer):
    """A threading HTTP server on a free loopback port, for `with`. What goes wrong in it fails the test at the end."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, handler: type[BaseHTTPRequestHandler], owner: Any, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self.owner = owner
        self.errors: list[BaseException] = []
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # clients may leave whenever they like

    def end(self) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()
        if self.errors:
            raise self.errors[0]


class LoopbackHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: LoopbackServer

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):  # every method, known or not
            return self._answer
        raise AttributeError(name)

    def _answer(self) -> None:
        try:
            self.answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        except OSError:
            self.close_connection = True
        except Exception as error:
            self.server.errors.append(error)
            self.cut()

    def answer(self, body: bytes) -> None:
        raise NotImplementedError

    def reply(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in HOP_BY_HOP | {"content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def cut(self, reset: bool = False) -> None:
        self.close_connection = True
        if reset:  # closing with linger 0 sends RST instead of FIN
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        else:
            self.connection.shutdown(socket.SHUT_RDWR)


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
        return f"http://127.0.0.1:{self._server.server_port}"

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
