# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""HTTP over a UNIX socket: the two urllib3 classes that are needed."""

from __future__ import annotations

import socket
import typing as t


def pool_for(path: str) -> t.Any:
    """Return a class of connection pools whose connections all go to the socket at this path."""
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
