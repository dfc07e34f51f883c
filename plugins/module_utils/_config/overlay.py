# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Declared values over the daemon's objects: all else stays as it is, and what this daemon lacks is left out. Pure.

Whether the result makes sense is a matter of ``rules``.
"""

from __future__ import annotations

import typing as t

from .._errors import InvalidInput, UnsupportedFeature
from .._schema import device_ids, tables
from .._schema.field import Field, Json, Table, by_json
from .._schema.shares import Share
from .current import Current, parse_version
from .desired import SECTIONS, Desired, Device, Folder, Section

NEVER = "0001-01-01T00:00:00Z"  # Go's zero time


class Overlay:
    """Makes objects of one daemon. ``warnings`` tells what was left out of them."""

    def __init__(self, current: Current, desired: Desired) -> None:
        self._my_id = current.my_id
        self._version = current.version
        self._unknown_fields = desired.unknown_fields
        self._keep_introduced = not desired.purge.introduced
        self.warnings: list[str] = []

    def device(self, wanted: Device, base: Json) -> Json:
        values = dict(wanted.values)
        ignored = values.pop("ignoredFolders", None)
        after = self._lay(base, values, tables.DEVICE, wanted.place)
        if ignored is not None:
            after["ignoredFolders"] = ignored_folders(base["ignoredFolders"], ignored)
        return self._lay_extra(after, wanted.extra, wanted.place)

    def folder(self, wanted: Folder, base: Json) -> Json:
        values = dict(wanted.values)
        versioning = values.pop("versioning", None)
        after = self._lay(base, values, tables.FOLDER, wanted.place)
        if versioning is not None:
            after["versioning"] = self._versioning(base["versioning"], versioning, wanted.place + "versioning.")
        after = self._lay_extra(after, wanted.extra, wanted.place)
        if wanted.shares is not None:
            after["devices"] = self._shares(after["devices"], wanted)
        if after["type"] == "receiveencrypted":
            # The daemon sets this by itself.
            if self._version >= (1, 15):
                after["ignorePerms"] = True
            if self._version >= (1, 17) and "disableTempIndexes" in after:
                after["disableTempIndexes"] = True
        return after

    def section(self, wanted: Section, base: Json) -> Json:
        after = self._lay(base, wanted.values, SECTIONS[wanted.name], wanted.place)
        return self._lay_extra(after, wanted.extra, wanted.place)

    def _lay(self, base: Json, values: Json, table: Table, place: str) -> Json:
        """Return an object with these values; dicts are merged, everything else is replaced."""
        after = dict(base)
        fields = by_json(table)
        for key, value in values.items():
            field = fields[key]
            if key not in after:
                self.leave_out(field.option, place, field)
            elif isinstance(value, dict):
                after[key] = self._lay(after[key], value, field.fields, place + field.option + ".")
            else:
                after[key] = value
        return after

    def _lay_extra(self, after: Json, values: Json, place: str) -> Json:
        spelled = {key.lower(): key for key in after} if values else {}
        for key, value in values.items():
            known = spelled.get(key.lower())
            if known is None:
                self.leave_out("extra." + key, place)
            else:
                after[known] = value
        return after

    def leave_out(self, option: str, place: str, field: Field | None = None) -> None:
        """The daemon would swallow a field that it doesn't have, and every run would be a change."""
        have = ".".join(map(str, self._version)) or "this version"
        text = f"{place}{option}: Syncthing {have} has no such setting"
        if field and field.since and self._version < parse_version(field.since):
            text += f"; it came with {field.since}"
        elif field and field.until and self._version >= parse_version(field.until):
            text += f"; it was removed in {field.until}"
        if self._unknown_fields == "fail":
            raise UnsupportedFeature(text + ". Leave it out, or set unknown_fields to warn or ignore.")
        if self._unknown_fields == "warn":
            self.warnings.append(text + "; it was left out.")

    def _versioning(self, base: Json, declared: Json, place: str) -> Json:
        declared = dict(declared)
        params = declared.pop("params", None) or {}
        versioning = self._lay(base, declared, tables.VERSIONING, place)
        # Those of another type mean nothing to this one.
        versioning["params"] = dict(base["params"]) if versioning["type"] == base["type"] else {}
        versioning["params"].update((key, str(value)) for key, value in params.items())
        return versioning

    def _shares(self, current: t.Sequence[Json], wanted: Folder) -> list[Json]:
        now = {share["deviceID"]: share for share in current}
        # What an introducer added comes back when it is removed, so it isn't ours to remove.
        shares = {
            device_id: share
            for device_id, share in now.items()
            if wanted.append_shares or (share["introducedBy"] and self._keep_introduced)
        }
        asked: dict[str, Share] = {}
        for entry in wanted.shares or ():
            if entry.device in asked:
                raise InvalidInput(
                    f"{entry.place}: the device {entry.device} is in the list twice, also as "
                    f"{asked[entry.device].place}."
                )
            asked[entry.device] = entry
            shares[entry.device] = entry.over(now.get(entry.device))
        shares.setdefault(self._my_id, Share(self._my_id).over(now.get(self._my_id)))
        return list(current) if shares == now else sorted_shares(shares)


def sorted_shares(shares: t.Mapping[str, Json]) -> list[Json]:
    return [shares[device_id] for device_id in sorted(shares, key=device_ids.sort_key)]


def ignored_folders(now: t.Sequence[Json], declared: t.Sequence[Json]) -> list[Json]:
    known = {entry["id"]: entry for entry in now}
    entries = {
        entry["id"]: dict({"label": "", "time": NEVER}, **dict(known.get(entry["id"], {}), **entry))
        for entry in declared
    }
    if entries == known:
        return list(now)  # the daemon mixes up entries of the same time
    return sorted(entries.values(), key=lambda entry: str(entry["time"]))
