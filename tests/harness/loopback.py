# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""What the HTTP servers of the tests have in common. Unit tests use it, also those with the oldest Python."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOP_BY_HOP = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}


class LoopbackServer(ThreadingHTTPServer):
    """A threading HTTP server on a loopback port or a UNIX socket. What goes wrong in it fails the test at the end."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, handler: type[BaseHTTPRequestHandler], owner: Any, port: int = 0, unix: str = "") -> None:
        if unix:
            self.address_family = socket.AF_UNIX
        super().__init__(unix or ("127.0.0.1", port), handler)  # type: ignore[arg-type]
        self.owner = owner
        self.errors: list[BaseException] = []
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # without asking for the host's name

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
    server: LoopbackServer

    def setup(self) -> None:
        self.disable_nagle_algorithm = self.server.address_family != socket.AF_UNIX
        super().setup()

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
