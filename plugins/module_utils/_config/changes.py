# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Changes, and the fewest safe requests that make them. Pure.

Devices and folders are never PATCHed: the daemon reuses list elements by their position and in some releases resets
fields that the body leaves out. Whole merged objects are sent, so that the daemon has nothing to fill in.
"""

from __future__ import annotations

import typing as t
from urllib.parse import quote, urlencode

from .._schema.field import Json


class Change(t.NamedTuple):
    """One object that is not as desired. ``before`` or ``after`` is None where it is made or removed."""

    kind: str  # devices, folders, ignores, ignored_devices, pending_*, or a section such as options or defaults/folder
    id: str  # "" for a section
    before: t.Any
    after: t.Any

    @property
    def action(self) -> str:
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    @property
    def sends_undeclared(self) -> bool:
        """Whether the request holds more than what is declared, and so may undo what another writer just did."""
        if self.kind == "folders" and self.after is None:
            return not _addressable(self.id)
        return self.kind == "ignored_devices" or self.after is not None and self.kind != "ignores"


class Write(t.NamedTuple):
    """One request. ``body`` may be a function of the newest configuration; ``changes`` are those of whole objects."""

    method: str
    path: str
    body: t.Any = None
    changes: t.Sequence[Change] = ()


def writes(changes: t.Sequence[Change]) -> t.Iterator[Write]:
    """What makes room goes first, devices come before the folders that name them, and the GUI is last.

    A folder that goes takes its directory's marker along, which another one in this directory needs.
    """
    gone = [change.id for change in changes if change.kind == "folders" and change.after is None]
    for folder_id in filter(_addressable, gone):
        yield Write("DELETE", "/rest/config/folders/" + quote(folder_id, safe=""))
    rest = [folder_id for folder_id in gone if not _addressable(folder_id)]
    if rest:
        yield Write("PUT", "/rest/config", lambda config: _without(config, rest))
    devices = [change for change in changes if change.kind == "devices" and change.after]
    if devices:
        yield Write("PUT", "/rest/config/devices", [change.after for change in devices], devices)
    folders = [change for change in changes if change.kind == "folders" and change.after]
    if folders:
        yield Write("PUT", "/rest/config/folders", [exact(change.after) for change in folders], folders)
    for change in changes:
        if change.kind == "devices" and change.after is None:
            yield Write("DELETE", "/rest/config/devices/" + change.id)
    ignored = [change for change in changes if change.kind == "ignored_devices"]
    if ignored:  # those that are configured can't be ignored
        yield Write("PUT", "/rest/config", lambda config: _ignoring(config, ignored))
    for change in changes:
        if change.kind == "ignores":
            yield Write("POST", ignores_path(change.id), {"ignore": change.after}, [change])
        elif change.kind.startswith("defaults/"):
            yield Write("PUT", "/rest/config/" + change.kind, change.after, [change])
    for kind in ("options", "ldap", "gui"):
        for change in changes:
            if change.kind == kind:
                # PATCH is safe and better here: there are no lists of objects, what another writer sets beside us
                # stays, and before 1.25.0 a whole gui would have its stored hash hashed again.
                body = {key: value for key, value in change.after.items() if value != change.before.get(key)}
                yield Write("PATCH", "/rest/config/" + kind, body, [change])
    for change in changes:
        if change.kind.startswith("pending_"):
            names = {"device": change.before["device_id"], "folder": change.before.get("folder_id")}
            query = urlencode({key: value for key, value in names.items() if value})
            yield Write("DELETE", f"/rest/cluster/pending/{change.kind[len('pending_') :]}?{query}")


class _Repeated(dict):  # type: ignore[type-arg]  # Python 3.8 takes none
    """A JSON object that names one key twice: null first, which empties the map that the daemon would merge into."""

    def __init__(self, values: Json, key: str) -> None:
        super().__init__(values)
        self._key = key

    def items(self) -> t.Any:
        return [(self._key, None)] + list(super().items())


def exact(folder: Json) -> Json:
    """Return the folder as it must be sent to come out as it is, whatever ``defaults.folder`` holds.

    The daemon decodes the body into a copy of the default folder, and Go's decoder adds to a map that is there.
    """
    return dict(folder, versioning=_Repeated(folder["versioning"], "params"))


def _whole(config: Json, **parts: t.Any) -> Json:
    config = dict(config, **parts)
    return dict(config, folders=[exact(folder) for folder in config["folders"]])


def _without(config: Json, gone: t.Sequence[str]) -> Json:
    """The only way to remove a folder whose ID has a slash, which item URLs can't name."""
    return _whole(config, folders=[folder for folder in config["folders"] if folder["id"] not in gone])


def _ignoring(config: Json, changes: t.Sequence[Change]) -> Json:
    """The only way to ignore a device, or not to any more."""
    changed = {change.id for change in changes}
    kept = [device for device in config["remoteIgnoredDevices"] if device["deviceID"] not in changed]
    return _whole(config, remoteIgnoredDevices=kept + [change.after for change in changes if change.after])


def ignores_path(folder_id: str) -> str:
    return "/rest/db/ignores?folder=" + quote(folder_id, safe="")


def _addressable(folder_id: str) -> bool:
    return "/" not in folder_id and folder_id not in (".", "..")
