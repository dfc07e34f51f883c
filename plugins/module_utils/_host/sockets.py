# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Paths for UNIX sockets, from which a daemon removes whatever is there before it listens."""

from __future__ import annotations

import os
import socket
import stat

from .._errors import InvalidInput

_PATIENCE = 2  # seconds for a program with more connections than it can take


def refuse_other_file(option: str, path: str) -> None:
    """Raise InvalidInput if there is something else than a socket, which Syncthing would delete."""
    try:
        found = os.lstat(path)
    except OSError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise InvalidInput(
            f"{option}: {path} exists and is not a socket. Syncthing would try to delete it. Set another path."
        )


def is_used(path: str) -> bool:
    """Whether a program listens on this socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(_PATIENCE)
        try:
            probe.connect(path)
        except socket.timeout:
            return True
        except OSError:
            return False
        return True
