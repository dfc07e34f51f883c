# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""A server with prepared answers, for what a real daemon can't be made to do."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from .proxy import Exchange, LoopbackHandler, LoopbackServer


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0
    cut: str = ""  # "close" or "reset": before any byte; "torn": after half of the body
    stream: Callable[[], Iterable[bytes]] | None = None  # all that is sent, with the status and the headers

    @classmethod
    def json(cls, value: Any, status: int = 200) -> Answer:
        return cls(status, json.dumps(value).encode(), {"Content-Type": "application/json; charset=utf-8"})

    @classmethod
    def text(cls, text: str, status: int = 200) -> Answer:
        return cls(status, text.encode(), {"Content-Type": "text/plain; charset=utf-8"})

    @classmethod
    def html(cls, text: str = "<!DOCTYPE html><html><body>Sign in</body></html>", status: int = 200) -> Answer:
        return cls(status, text.encode(), {"Content-Type": "text/html; charset=utf-8"})

    @classmethod
    def redirect(cls, location: str, status: int = 307) -> Answer:
        return cls(status, headers={"Location": location})

    @classmethod
    def migration(cls) -> Answer:
        """What Syncthing 2 says to every path and method while it converts the database of version 1."""
        return cls.text("*** Database migration in progress ***\n\nA line of progress.\n")

    @classmethod
    def broken_json(cls) -> Answer:
        return cls(200, b'{"version": 37, "folders": [', {"Content-Type": "application/json; charset=utf-8"})

    @classmethod
    def torn(cls, value: Any) -> Answer:
        return replace(cls.json(value), cut="torn")

    @classmethod
    def slow(cls, delay: float, value: Any = None) -> Answer:
        return replace(cls.json(value), delay=delay)

    @classmethod
    def close(cls) -> Answer:
        return cls(cut="close")

    @classmethod
    def reset(cls) -> Answer:
        return cls(cut="reset")


# For one request: an answer, several (each once, the last for good), or a function of (method, path, body).
Script: TypeAlias = Answer | Sequence[Answer] | Callable[[str, str, bytes], Answer]


class ScriptedServer:
    """Answers `script[(method, path)]`, else `script[path]`, else `default`. Paths are compared without the query.

    `tls` is a certificate and its key, as a daemon's https-cert.pem and https-key.pem.
    """

    def __init__(
        self,
        script: Mapping[Any, Script] | None = None,
        default: Script | None = None,
        tls: tuple[Path, Path] | None = None,
    ) -> None:
        self.script: dict[Any, Script] = dict(script or {})
        self.default = Answer.text("404 page not found\n", 404) if default is None else default
        self.exchanges: list[Exchange] = []
        self._tls = tls
        self._used: dict[int, int] = {}
        self._lock = threading.Lock()
        self.stopped = threading.Event()

    def __enter__(self) -> ScriptedServer:
        self._server = LoopbackServer(_ScriptedHandler, self)
        if self._tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self._tls)
            # The handshake is left to the handler's thread: a client that speaks plain HTTP must not block the others.
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self._server.end()

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def api_url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def requests(self) -> list[tuple[str, str]]:
        return [(exchange.method, exchange.path) for exchange in self.exchanges]

    def pick(self, method: str, path: str, body: bytes) -> Answer:
        bare = path.partition("?")[0]
        script = self.script.get((method, bare), self.script.get(bare, self.default))
        if isinstance(script, Answer):
            return script
        if callable(script):
            return script(method, path, body)
        with self._lock:
            index = self._used.get(id(script), 0)
            self._used[id(script)] = index + 1
        return script[min(index, len(script) - 1)]


class _ScriptedHandler(LoopbackHandler):
    def answer(self, body: bytes) -> None:
        server: ScriptedServer = self.server.owner
        exchange = Exchange(self.command, self.path, dict(self.headers.items()), body)
        server.exchanges.append(exchange)
        answer = server.pick(self.command, self.path, body)
        if answer.delay and server.stopped.wait(answer.delay):
            return
        if answer.cut in ("close", "reset"):
            self.cut(reset=answer.cut == "reset")
            return
        if answer.stream:
            for part in answer.stream():
                self.wfile.write(part)
                if server.stopped.is_set():
                    break
            self.cut()
            return
        exchange.status, exchange.answer = answer.status, answer.body
        if answer.cut == "torn":
            self.send_response_only(answer.status)
            for name, value in {**answer.headers, "Content-Length": str(len(answer.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body[: len(answer.body) // 2])
            self.cut()
            return
        self.reply(answer.status, answer.headers, answer.body)
