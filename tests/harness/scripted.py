# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""A server with prepared answers, for what a real daemon can't be made to do. Unit tests use it as well."""

from __future__ import annotations

import json
import os
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from .loopback import LoopbackHandler, LoopbackServer


class Request(NamedTuple):
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Answer:
    """``body`` is sent as JSON unless it is text or bytes.

    ``cut`` is "close" or "reset", before any byte, or "torn", after half of the body. ``stream`` gives all that is
    sent, with the status and the headers, and ``raw`` gets the handler and says everything itself.
    """

    def __init__(
        self,
        body: Any = b"",
        status: int = 200,
        type: str = "",
        headers: Mapping[str, str] | None = None,
        delay: float = 0,
        cut: str = "",
        stream: Callable[[], Iterable[bytes]] | None = None,
        raw: Callable[[Any], None] | None = None,
    ) -> None:
        if isinstance(body, str):
            type = type or "text/plain; charset=utf-8"
            body = body.encode()
        elif not isinstance(body, bytes):
            type = type or "application/json; charset=utf-8"
            body = json.dumps(body).encode()
        self.body: bytes = body
        self.status = status
        self.headers = {**({"Content-Type": type} if type else {}), **(headers or {})}
        self.delay = delay
        self.cut = cut
        self.stream = stream
        self.raw = raw

    @classmethod
    def html(cls, text: str = "<!DOCTYPE html><html><body>Sign in</body></html>", status: int = 200) -> Answer:
        return cls(text, status, "text/html; charset=utf-8")

    @classmethod
    def redirect(cls, location: str, status: int = 307) -> Answer:
        return cls(status=status, headers={"Location": location})

    @classmethod
    def migration(cls) -> Answer:
        """What Syncthing 2 says to every path and method while it converts the database of version 1."""
        return cls("*** Database migration in progress ***\n\nA line of progress.\n")

    @classmethod
    def broken_json(cls) -> Answer:
        return cls(b'{"version": 37, "folders": [', type="application/json; charset=utf-8")

    @classmethod
    def torn(cls, value: Any) -> Answer:
        return cls(value, cut="torn")

    @classmethod
    def slow(cls, delay: float, value: Any = None) -> Answer:
        return cls(value, delay=delay)

    @classmethod
    def close(cls) -> Answer:
        return cls(cut="close")

    @classmethod
    def reset(cls) -> Answer:
        return cls(cut="reset")


# For one request: an answer, several (each once, the last for good), or a function of the request.
Script = Any


class ScriptedServer:
    """Answers `answers["METHOD /path"]`, else `answers["/path"]`, else `answers["*"]`, else 404. A query is ignored.

    `tls` is a certificate and its key, as a daemon's https-cert.pem and https-key.pem, or one file with both.
    """

    def __init__(
        self,
        answers: Mapping[str, Script] | None = None,
        tls: tuple[str | os.PathLike[str], ...] = (),
        port: int = 0,
        unix: str | os.PathLike[str] = "",
    ) -> None:
        self.answers: dict[str, Script] = dict(answers or {})
        self.requests: list[Request] = []
        self.peers: set[Any] = set()  # the connections
        self.stopped = threading.Event()
        self._scheme = "https" if tls else "http"
        self._unix = os.fspath(unix)
        self._used: dict[int, int] = {}
        self._lock = threading.Lock()
        self._server = LoopbackServer(_ScriptedHandler, self, port, self._unix)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            # The handshake is left to the handler's thread: a client that speaks plain HTTP must not block the others.
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )

    def __enter__(self) -> ScriptedServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if not self.stopped.is_set():
            self.stopped.set()
            self._server.end()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def api_url(self) -> str:
        return f"unix://{self._unix}" if self._unix else f"{self._scheme}://127.0.0.1:{self.port}"

    @property
    def asked(self) -> list[str]:
        return [f"{request.method} {request.path}" for request in self.requests]

    def pick(self, request: Request) -> Answer:
        bare = request.path.partition("?")[0]
        names = (f"{request.method} {bare}", bare, "*")
        script = next((self.answers[name] for name in names if name in self.answers), None)
        if script is None:
            return Answer("404 page not found\n", 404)
        if isinstance(script, list):
            with self._lock:
                index = self._used.get(id(script), 0)
                self._used[id(script)] = index + 1
            script = script[min(index, len(script) - 1)]
        found: Answer = script if isinstance(script, Answer) else script(request)
        return found


class _ScriptedHandler(LoopbackHandler):
    def answer(self, body: bytes) -> None:
        server: ScriptedServer = self.server.owner
        request = Request(self.command, self.path, self.headers, body)
        server.requests.append(request)
        server.peers.add(self.client_address)
        answer = server.pick(request)
        if answer.delay and server.stopped.wait(answer.delay):
            return
        if answer.raw:
            answer.raw(self)
        elif answer.cut in ("close", "reset"):
            self.cut(reset=answer.cut == "reset")
        elif answer.stream:
            for part in answer.stream():
                self.wfile.write(part)
                if server.stopped.is_set():
                    break
            self.cut()
        else:
            torn = answer.cut == "torn"
            self.send_response_only(answer.status)
            length = {} if "Transfer-Encoding" in answer.headers else {"Content-Length": str(len(answer.body))}
            for name, value in {**length, **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body[: len(answer.body) // 2] if torn else answer.body)
            if torn:
                self.cut()
