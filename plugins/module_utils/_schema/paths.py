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

_HOME = re.compile(r"\A~(?=[/\\]|\Z)")


def uses_home(path: str) -> bool:
    """Whether only the daemon's host knows which directory this is."""
    return _HOME.match(path) is not None


@functools.lru_cache(maxsize=None)
def parts(path: str, home: str = "") -> tuple[str, ...]:
    """``/srv//a/../b/`` and ``/srv/b`` are one directory; so are ``C:\\Data`` and ``c:/data``.

    ``home`` is what ``~`` stands for; without it, paths below the home are comparable with each other only.
    """
    if home:
        path = _HOME.sub(lambda _match: home + "/", path)
    if re.match(r"[A-Za-z]:|\\", path):
        path = ntpath.normcase(ntpath.normpath(path)).replace("\\", "/")
        return tuple(filter(None, path.split("/")))
    path = posixpath.normpath(path)
    return ("/" if path.startswith("/") else "", *filter(None, path.split("/")))


def inside(inner: tuple[str, ...], outer: tuple[str, ...]) -> bool:
    """Whether the one directory is in the other; both as ``parts`` has them."""
    return len(inner) > len(outer) and inner[: len(outer)] == outer
