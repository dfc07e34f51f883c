# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Create directories without being led anywhere by what others could have planted. No Ansible in it.

A path is walked from the root directory on. While nobody but root can write to where the walk is, root goes on by
itself, through links too: they are root's own. From the first directory on that others can write to, the rest is done
with the rights of the account, which can do no more than its user could.
"""

from __future__ import annotations

import errno
import os
import stat
import typing as t

from .._errors import InvalidInput
from .accounts import Account, acting_as, check_owner

_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_MODE = 0o755
_MOST_LINKS = 40  # as Linux has it


class Rights(t.NamedTuple):
    """What a new directory gets; None leaves it as it comes."""

    uid: int | None
    gid: int | None
    mode: int | None


_ROOTS = Rights(0, 0, _MODE)


def create(path: str, account: Account, rights: Rights, check_mode: bool = False, above: Rights = _ROOTS) -> bool:
    """Create a directory and what is missing above it; return whether anything was, or would be, created.

    ``above`` is what the missing ones get where only root can create them. What exists is left as it is.
    Raises InvalidInput if the path can't be one, or can't be reached safely.
    """
    path = os.path.normpath(path)
    parent, rest = _descend(path, account)
    try:
        if not rest:
            return False
        if os.geteuid() == 0 and (account.uid == 0 or _only_root_writes(parent)):
            if not check_mode:
                _create_as_root(parent, rest, account, [above] * (len(rest) - 1) + [rights])
            return True
    except OSError as exc:
        raise _impossible(path, account, exc) from None
    finally:
        os.close(parent)
    return _create_as_account(path, account, rights, check_mode)


def create_private(path: str, account: Account) -> None:
    """Create a directory for the account only, or make sure that the one that is there is the account's."""
    private = Rights(None, None, 0o700)
    create(path, account, private, above=private)
    check_owner(path, account)


def _descend(path: str, account: Account) -> tuple[int, list[str]]:
    """Follow the path while all is root's; return the last directory that was reached, and the parts that are left.

    For an account that is root itself, nobody else could do the rest, so it is followed further, but through no link.
    """
    parent = os.open("/", _OPEN)
    rest = [part for part in path.split("/") if part]
    links = 0
    try:
        while rest and (account.uid == 0 or _only_root_writes(parent)):
            try:
                inner = os.open(rest[0], _OPEN, dir_fd=parent)
            except FileNotFoundError:
                break
            except OSError as exc:
                target = _link(rest[0], parent)
                if target is None:
                    raise InvalidInput(
                        f"{path}: {rest[0]!r} on the way there is not a directory: {exc.strerror}."
                    ) from None
                if not _only_root_writes(parent):
                    raise InvalidInput(
                        f"{path}: root does not follow the symbolic link {rest[0]!r}, which others can exchange. "
                        "Declare where it leads."
                    ) from None
                links += 1
                if links > _MOST_LINKS:
                    raise InvalidInput(f"{path}: too many symbolic links lead in a circle.") from None
                rest[:1] = [part for part in target.split("/") if part not in ("", ".")]
                if not target.startswith("/"):
                    continue
                inner = os.open("/", _OPEN)
            else:
                rest.pop(0)
            os.close(parent)
            parent = inner
    except BaseException:
        os.close(parent)
        raise
    return parent, rest


def _link(name: str, parent: int) -> str | None:
    try:
        return os.readlink(name, dir_fd=parent)
    except OSError:
        return None


def _only_root_writes(directory: int) -> bool:
    found = os.fstat(directory)
    return found.st_uid == 0 and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _create_as_root(parent: int, names: t.Sequence[str], account: Account, rights: t.Sequence[Rights]) -> None:
    """Nobody else can exchange what is created here before it is given away, which comes last."""
    created = [os.dup(parent)]
    try:
        for name in names:
            os.mkdir(name, 0o700, dir_fd=created[-1])
            created.append(os.open(name, _OPEN, dir_fd=created[-1]))
        for directory, (uid, gid, mode) in zip(reversed(created), reversed(rights)):
            os.fchown(directory, account.uid if uid is None else uid, account.gid if gid is None else gid)
            os.fchmod(directory, _MODE if mode is None else mode)  # whatever the umask is
    finally:
        for directory in created:
            os.close(directory)


def _create_as_account(path: str, account: Account, rights: Rights, check_mode: bool) -> bool:
    try:
        with acting_as(account):
            if os.path.isdir(path):
                return False
            _could_create(path)
            if check_mode:
                return True
            mask = os.umask(0o777 & ~(_MODE if rights.mode is None else rights.mode))
            try:
                os.makedirs(path)
            finally:
                os.umask(mask)
            created = os.open(path, _OPEN)
    except OSError as exc:
        raise _impossible(path, account, exc) from None
    try:
        if os.fstat(created).st_uid != account.uid:  # exchanged in this moment
            raise InvalidInput(f"{path}: it was replaced by somebody else's directory. Look at who did that.")
        if rights.uid is not None or rights.gid is not None:
            os.fchown(created, -1 if rights.uid is None else rights.uid, -1 if rights.gid is None else rights.gid)
        if rights.mode is not None:
            os.fchmod(created, rights.mode)
    except OSError as exc:
        raise _impossible(path, account, exc) from None
    finally:
        os.close(created)
    return True


def _could_create(path: str) -> None:
    """Raise what makedirs would, as far as that can be known."""
    above = path
    while not os.path.lexists(above):
        above = os.path.dirname(above)
    if not os.path.isdir(above):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), above)
    if not os.access(above, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), above)


def _impossible(path: str, account: Account, exc: OSError) -> InvalidInput:
    where = f" at {exc.filename}" if exc.filename and exc.filename != path else ""
    return InvalidInput(
        f"{path}: {account.name!r} can't create this directory: {exc.strerror or exc}{where}. Others than root can "
        "write on the way there, so it is not done as root. Create it yourself, or correct the rights of the "
        "directory above it."
    )
