# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Paths on the daemon's host, which may be of another system than this one."""

from __future__ import annotations

import functools
import ntpath
import posixpath
import re
import typing as t


@functools.lru_cache(maxsize=None)
def parts(path: str) -> t.Tuple[str, ...]:
    """``/srv//a/../b/`` and ``/srv/b`` are one directory; so are ``C:\\Data`` and ``c:/data``."""
    if re.match(r"[A-Za-z]:|\\", path):
        path = ntpath.normcase(ntpath.normpath(path)).replace("\\", "/")
        return tuple(filter(None, path.split("/")))
    path = posixpath.normpath(path)
    return ("/" if path.startswith("/") else "", *filter(None, path.split("/")))
