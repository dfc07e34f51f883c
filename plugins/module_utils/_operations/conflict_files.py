# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Conflict copies: their names, where a folder lies on this host, and which copies there are."""

from __future__ import annotations

import contextlib
import datetime
import os
import re
import stat
import time
import typing as t

from .._api.client import SyncthingClient
from .._errors import DiscoveryError, InvalidInput, NotFound
from .._host import accounts
from .._host.accounts import Account
from .._host.tree import Tree
from .._schema.field import Json

if t.TYPE_CHECKING:
    from .._host.mounts import Volumes

_TAG = "%Y%m%d-%H%M%S"
# As Go's filepath.Ext, the extension is what follows the last dot, also if the whole name is one, as in .bashrc.
_NAME = re.compile(r"(.*)\.sync-conflict-(\d{8}-\d{6})(?:-([A-Z2-7]{7})?)?(\.[^.]*)?\Z", re.ASCII | re.DOTALL)
_PARTS = re.compile(r"^\d{4}|\d\d")
_TEMPORARY = (".syncthing.", "~syncthing~")


class Copy(t.NamedTuple):
    """A conflict copy's name, taken apart. ``time`` is that of the device that made the copy, of an unknown zone."""

    path: str
    original: str
    time: datetime.datetime
    short_id: str  # of the device whose change took the original's place; old releases didn't note it


def parse(path: str) -> Copy | None:
    """Return what the name of a conflict copy tells; None if the name is not that of one.

    A conflict copy of a conflict copy is one of the file that the first is one of.
    """
    directory, name = os.path.split(path)
    marks = []
    while True:
        match = _NAME.match(name)
        stem, tag, short_id, extension = match.groups("") if match else ("",) * 4
        try:
            # not strptime: it imports a module when it is first used, which the daemon's user may not be able to read
            year, month, day, hour, minute, second = map(int, _PARTS.findall(tag))
            moment = datetime.datetime(year, month, day, hour, minute, second)
        except ValueError:  # also if there was no match
            break
        if not stem + extension:
            break
        marks.append((moment, short_id))
        name = stem + extension
    # Which of two marks comes first in the name depends on whether there is an extension.
    return Copy(path, os.path.join(directory, name), *max(marks)) if marks else None


def tagged(path: str, moment: float) -> str:
    """Return the name under which the daemon archives a file at this time."""
    directory, name = os.path.split(path)
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    tag = time.strftime(_TAG, time.localtime(moment))
    return os.path.join(directory, f"{stem}~{tag}{dot}{extension}")


# -- where


class Place(t.NamedTuple):
    """A folder as this host sees it."""

    folder: Json
    path: str
    account: Account
    versions: str | None  # where the daemon archives files of this folder; None if only its container has that


@contextlib.contextmanager
def acting(account: Account) -> t.Iterator[None]:
    """Act as this account; what the operating system refuses becomes a sentence."""
    try:
        with accounts.acting_as(account):
            yield
    except (OSError, ValueError) as exc:  # the latter: of a path that can't be one
        raise DiscoveryError(
            f"{getattr(exc, 'filename', None) or 'This host'}: {getattr(exc, 'strerror', None) or exc}. Run the task "
            "as the daemon's user, or as root with 'user' set to it."
        ) from None


def check_local(client: SyncthingClient) -> None:
    """Refuse a daemon that is not on this host, before it is asked anything."""
    if not client.endpoint.is_local:
        raise InvalidInput(
            f"api_url: {client.endpoint.url} is another host, and conflict copies are looked for on the disk. Run the "
            "task on the daemon's host."
        )


def locate(client: SyncthingClient, folder: Json, user: str | None) -> Place:
    """Return where a folder is on this host; raise InvalidInput if its files are not to be had here."""
    place = f"folder: {folder['id']!r} "
    if folder["type"] == "receiveencrypted":
        raise InvalidInput(
            place + "is receiveencrypted, so that names in it are encrypted. Use a device that can read them."
        )
    if folder["paused"]:
        raise InvalidInput(place + "is paused, so that the daemon does not tell about its files. Resume it first.")
    account = accounts.find(user)
    path = folder["path"]
    if path == "~" or path.startswith("~/"):
        path = client.get("/rest/system/status").get("tilde", "") + path[1:]
    versions = _versions_path(folder, path)
    if client.endpoint.volumes:
        path = _on_host(client.endpoint.volumes, path, versions, place)
    with acting(account):
        # The marker is what tells the daemon itself that this is the directory.
        seen = os.path.isabs(path) and os.path.lexists(os.path.join(path, folder.get("markerName") or ".stfolder"))
    if not seen:
        raise InvalidInput(
            place
            + (
                f"is not in {path} as {account.name!r} sees it. Run the task as the daemon's user, or as root with "
                "'user' set to it; if the daemon runs in a container, set volumes."
            )
        )
    return Place(folder, path, account, client.endpoint.on_host(versions))


def _on_host(volumes: Volumes, path: str, versions: str, place: str) -> str:
    """Return where a folder of a container is on this host; raises InvalidInput if not all of it is there."""
    here = volumes.on_host(path)
    if here is None:
        raise InvalidInput(
            place + f"is in {path} of the daemon's container, which is in none of volumes. Add the volume that has it."
        )
    for inner in volumes.hidden_inside(path, here):
        if os.path.normpath(inner) != os.path.normpath(versions):
            raise InvalidInput(
                place + f"has the volume {inner} in it, which is not in {here} on this host. Run the task in the "
                "container."
            )
    return here


def _versions_path(folder: Json, path: str) -> str:
    """Return the directory in which the daemon archives versions of this folder's files."""
    versioning = folder["versioning"]
    if "fsPath" in versioning:
        configured = versioning["fsPath"]
    else:  # before 1.14
        configured = versioning["params"].get("versionsPath" if versioning["type"] == "staggered" else "fsPath")
    return os.path.join(path, configured or ".stversions")


# -- what there is


class File(t.NamedTuple):
    """A file that the daemon knows. ``local`` is the daemon's own record, ``settled`` whether that is the last word."""

    path: str
    stat: os.stat_result
    local: Json
    settled: bool


class Conflict(t.NamedTuple):
    """The copies of a file. ``file`` is None if there is no original, or none that can be moved: see ``there``."""

    original: str
    there: bool
    file: File | None
    copies: dict[Copy, File]
    equal: set[str]  # paths of the copies that have the original's content


class Look(t.NamedTuple):
    conflicts: list[Conflict]  # by path
    unreadable: list[str]  # directories


def look(client: SyncthingClient, place: Place) -> Look:
    """Return the conflicts in a folder."""
    unreadable: list[str] = []
    with acting(place.account), Tree(place.path) as tree:
        found = _search(tree, place, unreadable)
    conflicts = []
    for original, (status, copies) in sorted(found.items()):
        known = {copy: _known(client, place, copy.path, seen) for copy, seen in sorted(copies.items())}
        files = {copy: file for copy, file in known.items() if file}
        if not files:
            continue
        file = None
        if status and stat.S_ISREG(status.st_mode):
            file = _known(client, place, original, status)
        conflicts.append(Conflict(original, status is not None, file, files, set()))
    with acting(place.account), Tree(place.path) as tree:
        for conflict in conflicts:
            conflict.equal.update(_equal(tree, conflict))
    return Look(conflicts, unreadable)


_Found = t.Dict[str, t.Tuple[t.Optional[os.stat_result], t.Dict[Copy, os.stat_result]]]


def _search(tree: Tree, place: Place, unreadable: list[str]) -> _Found:
    """Return, by the path of the original, what is there and what are its copies, as the disk has them."""
    skip = {".stversions", ".stfolder", ".stignore", place.folder.get("markerName") or ".stfolder"}
    inside = os.path.relpath(place.versions or "..", place.path)
    if not inside.startswith(".."):
        skip.add(inside)
    found: _Found = {}
    for directory, entries in tree.walk(skip, unreadable):
        for entry in entries:
            name = entry.name
            copy = None if name.startswith(_TEMPORARY) else parse(os.path.join(directory, name))
            if copy is None or not _is_text(copy.path):
                continue
            seen = tree.stat(copy.path)
            if seen is None or not stat.S_ISREG(seen.st_mode):
                continue
            status = tree.stat(copy.original)
            original = _spelt(copy.original, status, {entry.name: entry.inode() for entry in entries})
            found.setdefault(original, (status, {}))[1][copy] = seen
    return found


def _spelt(path: str, status: os.stat_result | None, inodes: t.Mapping[str, int]) -> str:
    """Return the path as the directory has it: a file system may find it by another case, or another normalization."""
    directory, name = os.path.split(path)
    if status is None or name in inodes:
        return path
    same = [other for other, inode in inodes.items() if inode == status.st_ino and parse(other) is None]
    return os.path.join(directory, min(same)) if same else path


def _is_text(path: str) -> bool:
    """Whether the name is UTF-8; the daemon knows no others."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def record(client: SyncthingClient, place: Place, path: str) -> tuple[Json | None, bool]:
    """Return the daemon's record of a file that is there, and whether no other device has a newer one."""
    try:
        answer = client.get("/rest/db/file", {"folder": place.folder["id"], "file": path})
    except NotFound:
        return None, False
    local = answer["local"]
    if not local.get("name") or local["deleted"] or local.get("ignored") or local.get("invalid"):
        return None, False
    return local, local.get("version") == (answer.get("global") or {}).get("version")


def _known(client: SyncthingClient, place: Place, path: str, seen: os.stat_result) -> File | None:
    local, settled = record(client, place, path)
    return None if local is None else File(path, seen, local, settled)


def _equal(tree: Tree, conflict: Conflict) -> t.Iterator[str]:
    if conflict.file is None:
        return
    for copy, file in conflict.copies.items():
        if file.stat.st_size == conflict.file.stat.st_size:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):  # gone since
                if tree.same_content(copy.path, conflict.original):
                    yield copy.path
