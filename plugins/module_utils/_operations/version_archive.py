# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Moving files of a folder to where its versions are kept, as the daemon itself would. No Ansible in it.

Source: ``lib/versioner`` of Syncthing 1.12 to 2.1.
"""

from __future__ import annotations

import contextlib
import os
import time
import typing as t

from .._errors import InvalidInput
from .._host.tree import Changed, Tree
from .conflict_files import Place, tagged


class VersionArchive(t.NamedTuple):
    path: str
    plain: bool = False  # the name is not tagged, and the time of a file is when it was archived: the trash can
    given: bool = False  # by the user, in place of the folder's own


def of_folder(place: Place) -> VersionArchive:
    if place.versions is None:
        raise InvalidInput(
            f"folder: the versions of {place.folder['id']!r} are in a directory of the daemon's container that is in "
            "none of volumes. Add the volume that has it."
        )
    return VersionArchive(place.versions, plain=place.folder["versioning"]["type"] == "trashcan")


def open_archive(archive: VersionArchive, tree: Tree) -> Tree:
    """Open the directory, which is made if it is the folder's own."""
    if not archive.given and not os.path.lexists(archive.path):
        _make(archive.path, tree)
    try:
        return Tree(archive.path, follow=os.geteuid() != 0)
    except OSError as exc:
        if not os.path.islink(archive.path):
            raise
        raise InvalidInput(
            f"folder: root does not follow the symbolic link {archive.path} ({exc.strerror}), since others may have "
            "made it. Set user to the daemon's, or archive_directory."
        ) from None


def _make(path: str, tree: Tree) -> None:
    """Make the directory for versions, whose owner is that of the folder."""
    os.makedirs(path, 0o700)
    if os.geteuid() == 0:
        owner = os.stat(tree.path)
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


@contextlib.contextmanager
def archived(archive: VersionArchive, tree: Tree, target: Tree, path: str, seen: os.stat_result) -> t.Iterator[None]:
    """Archive a file, which the block takes out of its place. If it can't, nothing was archived."""
    target.make_directories(os.path.dirname(path), tree)
    kept = _keep(archive, tree, target, path, seen)
    try:
        yield
    except (Changed, OSError):
        with contextlib.suppress(OSError):
            target.remove(kept)  # the file itself is still in its place
        raise
    if archive.plain:
        target.touch(kept)


def _keep(archive: VersionArchive, tree: Tree, target: Tree, path: str, seen: os.stat_result) -> str:
    """Give a file a free name in the archive, without removing it yet."""
    if not archive.plain:
        return tree.keep(path, seen, target, _names(path, time.time()))
    older = target.stat(path)
    if older is not None:  # the trash can has one place for each path, and the last file is to have it
        target.keep(path, older, target, _names(path, older.st_mtime))
        target.remove(path)
    return tree.keep(path, seen, target, [path])


def _names(path: str, moment: float) -> t.Iterator[str]:
    return (tagged(path, moment + later) for later in range(100))
