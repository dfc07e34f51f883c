# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Opening files that somebody else has put in place."""

from __future__ import annotations

import errno
import os
import stat
import typing as t

from .._errors import InvalidInput

_LIMIT = 64 * 1024  # of a secret


def read_secret(path: str, option: str) -> str:
    """Return what is in the file that an option names, without a line break at its end."""
    if not path.startswith("/"):
        raise InvalidInput(f"{option}: {path!r} must be the absolute path of a file on the host.")
    try:
        with open_file(path) as stream:
            text = stream.read(_LIMIT + 1).decode("utf-8")
    except OSError as exc:
        raise InvalidInput(
            f"{option}: {path} can't be read: {exc.strerror or exc}. It must be a file on the host that the user who "
            "runs the task can read."
        ) from None
    except UnicodeDecodeError:
        raise InvalidInput(f"{option}: {path} is not valid UTF-8.") from None
    text = text[:-1] if text.endswith("\n") else text
    text = text[:-1] if text.endswith("\r") else text
    if not text or len(text) > _LIMIT:
        raise InvalidInput(f"{option}: {path} is {'too large' if text else 'empty'}.")
    return text


def open_file(path: str) -> t.BinaryIO:
    """Open a file to read from; raises OSError also for what is none, such as a pipe, which would never end."""
    if "\0" in path:
        raise OSError(errno.EINVAL, "no path can contain a null character", path)
    return open(path, "rb", opener=_open)


def _open(path: str, flags: int) -> int:
    handle = os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return handle
    os.close(handle)
    raise OSError(errno.EINVAL, "not a regular file", path)
