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

Json = t.Dict[str, t.Any]


class Change(t.NamedTuple):
    """One object that is not as desired. ``before`` or ``after`` is None where it is made or removed."""

    kind: str  # devices, folders, ignores, ignored_devices, pending_*, or a section such as options or defaults/folder
    id: str  # "" for a section
    before: t.Any
    after: t.Any

    @property
    def action(self) -> str:
        return "added" if self.before is None else "removed" if self.after is None else "changed"


class Write(t.NamedTuple):
    """One request. ``body`` may be a function of the newest configuration."""

    method: str
    path: str
    body: t.Any = None


def writes(changes: t.Sequence[Change]) -> t.Iterator[Write]:
    """Devices come before the folders that name them, folders go before their devices, the GUI is last."""
    devices = [change.after for change in changes if change.kind == "devices" and change.after]
    if devices:
        yield Write("PUT", "/rest/config/devices", devices)
    folders = [change.after for change in changes if change.kind == "folders" and change.after]
    if folders:
        yield Write("PUT", "/rest/config/folders", [exact(folder) for folder in folders])
    gone = [change.id for change in changes if change.kind == "folders" and change.after is None]
    for folder_id in filter(_addressable, gone):
        yield Write("DELETE", "/rest/config/folders/" + quote(folder_id, safe=""))
    rest = [folder_id for folder_id in gone if not _addressable(folder_id)]
    for change in changes:
        if change.kind == "devices" and change.after is None:
            yield Write("DELETE", "/rest/config/devices/" + change.id)
    # After that, since the daemon ignores no device that it knows.
    ignored = {change.id: change.after for change in changes if change.kind == "ignored_devices"}
    if rest or ignored:
        yield Write("PUT", "/rest/config", lambda config: _whole(config, rest, ignored))
    for change in changes:
        if change.kind == "ignores":
            yield Write("POST", "/rest/db/ignores?folder=" + quote(change.id, safe=""), {"ignore": change.after})
        elif change.kind.startswith("defaults/"):
            yield Write("PUT", "/rest/config/" + change.kind, change.after)
    for kind in ("options", "ldap", "gui"):
        for change in changes:
            if change.kind == kind:
                # PATCH is safe and better here: there are no lists of objects, what another writer sets beside us
                # stays, and before 1.25.0 a whole gui would have its stored hash hashed again.
                body = {key: value for key, value in change.after.items() if value != change.before.get(key)}
                yield Write("PATCH", "/rest/config/" + kind, body)
    for change in changes:
        if change.kind.startswith("pending_"):
            names = {"device": change.before["device_id"], "folder": change.before.get("folder_id")}
            query = urlencode({key: value for key, value in names.items() if value})
            yield Write("DELETE", "/rest/cluster/pending/%s?%s" % (change.kind[len("pending_") :], query))


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


def _whole(config: Json, gone: t.Sequence[str], ignored: t.Mapping[str, t.Optional[Json]]) -> Json:
    """The only way to remove a folder whose ID has a slash, which item URLs can't name, and to ignore a device."""
    return dict(
        config,
        folders=[exact(folder) for folder in config["folders"] if folder["id"] not in gone],
        remoteIgnoredDevices=[
            *(entry for entry in config["remoteIgnoredDevices"] if entry["deviceID"] not in ignored),
            *filter(None, ignored.values()),
        ],
    )


def _addressable(folder_id: str) -> bool:
    return "/" not in folder_id and folder_id not in (".", "..")
