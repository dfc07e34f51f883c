# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Move what only this device has in a receive-only folder to the versions of the folder. No Ansible in it.

Syncthing's own "revert" deletes it. Before Syncthing 2 it also leaves a file in place that was deleted elsewhere, if
this device has lost its database: its record of the file is older than what the others have from this device itself.
"""

from __future__ import annotations

import contextlib
import stat
import typing as t

from .._api.client import SyncthingClient
from .._errors import InvalidInput, NotApplied, NotFound
from .._host import accounts
from .._host.tree import Changed, Tree
from .._schema import names
from .._schema.field import Json
from .conflict_files import Place, acting, check_local, locate
from .version_archive import VersionArchive, archived, of_folder, open_archive
from .versions import scan

_PAGE = 1000


class Archived(t.NamedTuple):
    paths: list[str]
    archive: str

    def results(self) -> Json:
        return {"archived": self.paths, "archive": self.archive}


def archive(client: SyncthingClient, folder_id: str, user: str | None, check_mode: bool) -> Archived:
    """Move all local changes of a folder away, and see that the daemon has none left."""
    check_local(client)
    folder = names.folder(client.config(), folder_id, "folder")
    if folder["type"] != "receiveonly":
        raise InvalidInput(
            f"folder: {folder['id']!r} is {folder['type']}, and only a receiveonly folder has local changes that no "
            "other device gets."
        )
    place = locate(client, folder, user)
    status = client.get("/rest/db/status", {"folder": folder["id"]})
    if status["state"] != "idle" or status.get("error") or status["needTotalItems"]:
        raise InvalidInput(
            f"folder: {folder['id']!r} is {status.get('error') or status['state']}, and needs "
            f"{status['needTotalItems']} items. Wait until it is in sync, with syncthing_wait."
        )
    changes = _changes(client, place)
    if changes:
        _check_others(client, place)
    versions = of_folder(place)
    outcome = Archived(sorted(item["name"] for item in changes), versions.path)
    if check_mode or not changes:
        return outcome
    with accounts.locked(place.path, place.account), acting(place.account), Tree(place.path) as tree:
        failed = _move(versions, tree, changes)
    scan(client, folder["id"], outcome.paths)
    left = sorted(item["name"] for item in _changes(client, place))
    if left:
        reasons = "; ".join(f"{path!r}: {reason}" for path, reason in sorted(failed.items()))
        error = NotApplied(
            f"folder: {folder['id']!r} has files that could not be archived, while the others are. {reasons}."
            if reasons
            else f"folder: {folder['id']!r} still has local changes, such as {left[0]!r}. Something changes it at this "
            "moment, or a directory has files that are ignored. Look at it, and try again."
        )
        error.results = outcome.results()
        raise error
    return outcome


def _check_others(client: SyncthingClient, place: Place) -> None:
    """Refuse if no other device has told of any file: what all of them have would look like a local change."""
    folder_id = place.folder["id"]
    for share in place.folder["devices"]:
        if share["deviceID"] != client.my_id:
            params = {"folder": folder_id, "device": share["deviceID"]}
            with contextlib.suppress(NotFound):  # of a device that is not there any more
                if client.get("/rest/db/completion", params)["sequence"]:
                    return
    raise InvalidInput(
        f"folder: no other device has told about any file of {folder_id!r}, so all files look like local changes. "
        "Wait until another device that has the files is connected, with syncthing_wait."
    )


def _changes(client: SyncthingClient, place: Place) -> list[Json]:
    """What is there and that no other device has; of what was deleted here, nothing is left to keep."""
    found: list[Json] = []
    page = 1
    while True:
        params = {"folder": place.folder["id"], "page": page, "perpage": _PAGE}
        items = client.get("/rest/db/localchanged", params)["files"] or []
        found += [item for item in items if not item["deleted"]]
        if len(items) < _PAGE:
            return found
        page += 1


def _move(versions: VersionArchive, tree: Tree, changes: t.Sequence[Json]) -> dict[str, str]:
    """Move what can be moved; return by path why something can't."""
    failed = {}
    with open_archive(versions, tree) as target:
        # what is in a directory comes before the directory
        for path in sorted((item["name"] for item in changes), reverse=True):
            seen = tree.stat(path)
            if seen is None:
                continue
            if stat.S_ISDIR(seen.st_mode):
                tree.remove_empty(path)
                continue
            try:
                # what changed meanwhile, the daemon still has afterwards, which is told then
                with contextlib.suppress(Changed), archived(versions, tree, target, path, seen):
                    tree.remove(path)
            except OSError as exc:
                failed[path] = exc.strerror or str(exc)
    return failed
