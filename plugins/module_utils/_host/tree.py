# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""A directory and all that is below it, whoever may write there: no symbolic link below it is ever followed.

Paths are relative to the directory. Nothing that is moved is ever overwritten or removed before it is elsewhere.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import typing as t

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_CHUNK = 1024 * 1024
# Where another name for a file can't be had: another file system, one without hard links, or somebody else's file.
_NO_LINK = (errno.EXDEV, errno.EPERM, errno.EACCES, errno.EMLINK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)


class Changed(Exception):
    """A file is not what it was when it was looked at."""


class Tree:
    """Use it as a context manager. ``follow``: whether the directory itself may be a symbolic link."""

    def __init__(self, path: str, follow: bool = True) -> None:
        self.path = path
        self._root = os.open(path, _DIRECTORY | (0 if follow else os.O_NOFOLLOW))

    def __enter__(self) -> Tree:
        return self

    def __exit__(self, *_exc: t.Any) -> None:
        os.close(self._root)

    @contextlib.contextmanager
    def _open(self, path: str) -> t.Iterator[int]:
        """Open a directory, one step after the other."""
        handle = os.dup(self._root)
        try:
            for part in filter(None, path.split("/")):
                inner = os.open(part, _DIRECTORY | os.O_NOFOLLOW, dir_fd=handle)
                os.close(handle)
                handle = inner
            yield handle
        finally:
            os.close(handle)

    def stat(self, path: str) -> os.stat_result | None:
        """Return what is there, be it a symbolic link; None if nothing is."""
        directory, name = _split(path)
        try:
            with self._open(directory) as handle:
                return os.stat(name, dir_fd=handle, follow_symlinks=False)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as exc:
            if exc.errno == errno.ELOOP:  # a link in place of a directory
                return None
            raise

    def walk(self, skip: t.Container[str], unreadable: list[str]) -> t.Iterator[tuple[str, list[os.DirEntry[str]]]]:
        """Yield each directory and what is in it; those that can't be read are added to ``unreadable``."""
        waiting = [""]
        while waiting:
            path = waiting.pop()
            try:
                with self._open(path) as handle, os.scandir(handle) as found:
                    entries = list(found)
                    kinds = [entry.is_dir(follow_symlinks=False) for entry in entries]
            except OSError as exc:
                if exc.errno in (errno.EACCES, errno.EPERM) and path:
                    unreadable.append(path)
                    continue
                if exc.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP) and path:
                    continue  # gone, or exchanged, since it was seen
                raise
            yield path, entries
            below = [os.path.join(path, entry.name) for entry, is_directory in zip(entries, kinds) if is_directory]
            waiting += [directory for directory in below if directory not in skip]

    @contextlib.contextmanager
    def _file(self, path: str) -> t.Iterator[int]:
        directory, name = _split(path)
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        with self._open(directory) as parent:
            handle = os.open(name, flags, dir_fd=parent)
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OSError(errno.EINVAL, "not a regular file", path)
            yield handle
        finally:
            os.close(handle)

    def same_content(self, one: str, other: str) -> bool:
        with self._file(one) as first, self._file(other) as second:
            while True:
                chunk = _read(first)
                if chunk != _read(second):
                    return False
                if not chunk:
                    return True

    # -- moving

    def check(self, path: str, seen: os.stat_result) -> None:
        """Raise Changed unless this is the file that was seen, untouched since."""
        found = self.stat(path)
        if found is None or identity(found) != identity(seen):
            raise Changed(path)

    def make_directories(self, path: str, model: Tree) -> None:
        """Make a directory and those above it, with the modes and owners that they have in ``model``."""
        parts = path.split("/") if path else []
        for count in range(1, len(parts) + 1):
            directory, name = "/".join(parts[: count - 1]), parts[count - 1]
            with self._open(directory) as parent:
                try:
                    os.mkdir(name, 0o700, dir_fd=parent)
                except FileExistsError:
                    continue
            with model._open("/".join(parts[:count])) as source, self._open("/".join(parts[:count])) as handle:
                dress(handle, os.fstat(source), 0o700)

    def keep(self, path: str, seen: os.stat_result, target: Tree, names: t.Iterable[str]) -> str:
        """Give a file another name in ``target``, the first of these that is free, or make a copy of it there.

        The file itself stays. Raises Changed if it is not what was seen.
        """
        directory, name = _split(path)
        for new in names:
            where, last = _split(new)
            with self._open(directory) as source, target._open(where) as goal:
                try:
                    os.link(name, last, src_dir_fd=source, dst_dir_fd=goal, follow_symlinks=False)
                except FileExistsError:
                    continue
                except OSError as exc:
                    if exc.errno not in _NO_LINK:
                        raise
                    if _exists(last, goal):
                        continue
                    self._copy(path, goal, last)
                else:
                    if identity(os.stat(last, dir_fd=goal, follow_symlinks=False)) != identity(seen):
                        os.unlink(last, dir_fd=goal)
                        raise Changed(path)
                os.fsync(goal)
            try:
                self.check(path, seen)
            except Changed:
                target.remove(new)
                raise
            return new
        raise OSError(errno.EEXIST, "no free name for a version", path)

    def _copy(self, path: str, goal: int, name: str) -> None:
        """Copy a file with all that a move would keep; under its name it appears when it is complete."""
        scratch = f".syncthing.ansible-{os.getpid()}.tmp"  # a name that Syncthing itself takes for a temporary file
        with contextlib.suppress(FileNotFoundError):
            os.unlink(scratch, dir_fd=goal)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with self._file(path) as source:
            copy = os.open(scratch, flags, 0o600, dir_fd=goal)
            try:
                for chunk in iter(lambda: _read(source), b""):
                    while chunk:
                        chunk = chunk[os.write(copy, chunk) :]
                found = os.fstat(source)
                dress(copy, found)
                _copy_attributes(source, copy)
                os.utime(copy, ns=(found.st_atime_ns, found.st_mtime_ns))
                os.fsync(copy)
                os.rename(scratch, name, src_dir_fd=goal, dst_dir_fd=goal)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(scratch, dir_fd=goal)
                raise
            finally:
                os.close(copy)

    def remove(self, path: str) -> None:
        directory, name = _split(path)
        with self._open(directory) as handle:
            os.unlink(name, dir_fd=handle)
            os.fsync(handle)

    def remove_empty(self, path: str) -> None:
        """Remove a directory, unless something is in it."""
        directory, name = _split(path)
        with self._open(directory) as handle, contextlib.suppress(OSError):
            os.rmdir(name, dir_fd=handle)

    def replace(self, path: str, target: str) -> None:
        """Move a file into the place of another one, in one step."""
        directory, name = _split(path)
        where, last = _split(target)
        with self._open(directory) as source, self._open(where) as goal:
            os.rename(name, last, src_dir_fd=source, dst_dir_fd=goal)
            os.fsync(goal)

    def touch(self, path: str) -> None:
        directory, name = _split(path)
        with self._open(directory) as handle:
            os.utime(name, dir_fd=handle, follow_symlinks=False)


def _split(path: str) -> tuple[str, str]:
    """Return a path's directory and name; who tells of files may name others than those below the directory."""
    if {"", ".", ".."} & set(path.split("/")):
        raise OSError(errno.EINVAL, "not a path below the directory", path)
    return os.path.split(path)


def identity(found: os.stat_result) -> tuple[int, ...]:
    return found.st_dev, found.st_ino, stat.S_IFMT(found.st_mode), found.st_size, found.st_mtime_ns


def dress(handle: int, model: os.stat_result, at_least: int = 0) -> None:
    """Give an open file or directory owner and mode of another one, as far as this process may."""
    with contextlib.suppress(PermissionError):
        os.fchown(handle, model.st_uid, model.st_gid)
    os.fchmod(handle, stat.S_IMODE(model.st_mode) & (0o777 if at_least else 0o7777) | at_least)


def _copy_attributes(source: int, copy: int) -> None:
    if not hasattr(os, "listxattr"):
        return
    with contextlib.suppress(OSError):  # a file system may have none
        for name in os.listxattr(source):
            with contextlib.suppress(OSError):  # some are for root to set
                os.setxattr(copy, name, os.getxattr(source, name))


def _exists(name: str, handle: int) -> bool:
    try:
        os.stat(name, dir_fd=handle, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _read(handle: int) -> bytes:
    """Read a whole chunk, and less only at the end."""
    data = b""
    while len(data) < _CHUNK:
        part = os.read(handle, _CHUNK - len(data))
        if not part:
            break
        data += part
    return data
