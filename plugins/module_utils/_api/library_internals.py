# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""What relies on undocumented parts of http.client and urllib3, which offer no other way. Nothing else does.

``HTTPResponse.fp``
    The timeout of a socket is for each part that it receives, so headers that trickle would be waited for without end.
    Only what the response reads from can be replaced before it reads them.
``HTTPConnection.response_class``, ``HTTPConnectionPool.ConnectionCls``, ``PoolManager.pool_classes_by_scheme``
    The only way to that response for connections that others make.
``HTTPConnection._new_conn``
    The only place for a socket that is not TCP.
``HTTPResponse._fp``
    urllib3 1 has no ``read1``, which returns what is there instead of waiting for more.

The unit tests of this file fail when a library has something else there.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import time
import typing as t


class Limited(io.RawIOBase):
    """What a socket receives within its timeout, which by itself is only for each part that comes."""

    def __init__(self, sock: socket.socket, stream: io.BufferedReader) -> None:
        self._sock = sock
        self._stream = stream.detach()
        self._timeout = sock.gettimeout()
        self._deadline = time.monotonic() + (self._timeout or float("inf"))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: t.Any) -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise socket.timeout("timed out")
        if self._timeout:
            self._sock.settimeout(left)
        found: int | None = self._stream.readinto(buffer)
        return found

    def close(self) -> None:
        if not self.closed:
            with contextlib.suppress(OSError):
                self._sock.settimeout(self._timeout)  # for the next request
            self._stream.close()
        super().close()


class Response(http.client.HTTPResponse):
    """One that can't be drawn out by headers that trickle, or by answers that tell to wait for the answer."""

    def __init__(self, sock: socket.socket, *args: t.Any, **kwargs: t.Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(Limited(sock, self.fp))


def bound(manager: t.Any, path: str | None = None) -> None:
    """Let all connections of a urllib3.PoolManager have such responses; with ``path``, all go to this UNIX socket."""
    import urllib3

    pools = {"http": urllib3.HTTPConnectionPool, "https": urllib3.HTTPSConnectionPool}
    if path is not None:
        pools = {"http": _unix_pool(path)}
    manager.pool_classes_by_scheme = {scheme: _bounded(pool) for scheme, pool in pools.items()}


def read_some(raw: t.Any) -> t.Callable[[int], bytes]:
    """Return the function of a urllib3.HTTPResponse that reads what is there, at most so many bytes."""
    found: t.Callable[[int], bytes] = getattr(raw, "read1", None) or raw._fp.read1
    return found


def _bounded(pool: t.Any) -> t.Any:
    connection = type("_Connection", (pool.ConnectionCls,), {"response_class": Response})
    return type("_Pool", (pool,), {"ConnectionCls": connection})


def _unix_pool(path: str) -> t.Any:
    from urllib3.connection import HTTPConnection
    from urllib3.connectionpool import HTTPConnectionPool
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    class Connection(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                sock.settimeout(self.timeout if isinstance(self.timeout, (int, float)) else None)
                sock.connect(path)
            except socket.timeout:
                sock.close()
                raise ConnectTimeoutError(self, f"Connecting to {path} timed out.") from None
            except OSError as exc:
                sock.close()
                raise NewConnectionError(t.cast(t.Any, self), f"{path}: {exc.strerror}") from None
            return sock

    class Pool(HTTPConnectionPool):
        ConnectionCls = Connection

    return Pool
