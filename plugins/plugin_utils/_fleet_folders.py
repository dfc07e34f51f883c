# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: used by this collection only; it may change in any release.

"""A fleet's folders as they are declared: their members, who gets them encrypted, and where they are on each host."""

from __future__ import annotations

import typing as t

from ..module_utils._config import desired
from ..module_utils._errors import InvalidInput
from ..module_utils._schema import tables
from ..module_utils._schema.field import Json
from ..module_utils._schema.paths import parts
from . import _fleet_input as shape
from ._fleet_participants import Participants

ENCRYPTED = "receiveencrypted"

_FOLDER = {field.option: field for field in tables.FOLDER}
# Options of syncthing_folder, but not those that the fleet itself answers.
_OVERRIDES = set(desired.folder_argument_spec()) - {"id", "devices", "append_devices", "state"}
_FOLDER_KEYS = _OVERRIDES | {"id", "members", "encryption_password"}
_MEMBER_KEYS = _OVERRIDES | {"name", "encryption_password"}
_OUTSIDE_MEMBER_KEYS = {"name", "type", "encryption_password"}

Overrides = t.Dict[str, t.Any]
Passwords = t.Dict[str, t.Optional[str]]


class FleetFolder(t.NamedTuple):
    id: str
    options: Json
    members: dict[str, Overrides]  # by name: inventory hosts and outside devices
    encrypted: Passwords  # the members that get encrypted data only; None: nobody of ours encrypts for them


def read(declared: Json, participants: Participants, topology: str, hubs: set[str]) -> list[FleetFolder]:
    """Return the folders by their IDs, checked by themselves and together."""
    reader = _Reader(participants, topology, hubs)
    items = enumerate(shape.list_of(declared.get("folders"), "folders"))
    folders = [reader.folder(item, f"folders[{number}]") for number, item in items]
    _refuse_twice(folders)
    folders.sort(key=lambda folder: folder.id)
    _refuse_shared_paths(folders, participants)
    return folders


class _Reader:
    def __init__(self, participants: Participants, topology: str, hubs: set[str]) -> None:
        self.participants = participants
        self.topology = topology
        self.hubs = hubs
        self._resolved: dict[tuple[str, ...], dict[str, Overrides]] = {}

    def folder(self, item: t.Any, place: str) -> FleetFolder:
        folder = shape.dict_of(item, place, _FOLDER_KEYS, _FOLDER)
        folder_id = folder["id"] = shape.text(folder.get("id"), place + ".id")
        place = f"folder {folder_id!r}"
        if "members" not in folder:
            raise InvalidInput(f"{place} has no members: say which hosts, groups or outside devices hold it.")
        shape.check_all(_FOLDER, folder, place)
        password = shape.password(folder, place)
        members, encrypts = self._members(shape.list_of(folder.pop("members"), f"{place}: members"), place)
        if password and folder.get("type") != ENCRYPTED and not encrypts:
            raise InvalidInput(
                f"{place} has an encryption_password, but nobody gets it encrypted: set type to {ENCRYPTED} for the "
                "members that must not read it."
            )
        folder.pop("encryption_password", None)
        made = FleetFolder(folder_id, folder, members, self._encrypted(folder, members, password, place))
        self._check_members(made, place)
        return made

    def _members(self, items: list[t.Any], place: str) -> tuple[dict[str, Overrides], bool]:
        """Return the overrides by member, and whether any entry says that its members get encrypted data.

        Many folders of a large fleet have the same members, without overrides: those are looked up once.
        """
        names = tuple(item for item in items if isinstance(item, str))
        if len(names) == len(items) and names in self._resolved:
            return self._resolved[names], False
        by_group: dict[str, Overrides] = {}
        by_name: dict[str, Overrides] = {}
        encrypts = False
        for number, item in enumerate(items):
            if isinstance(item, str) and item in self.participants.hosts:
                by_name.setdefault(item, {})
                continue
            where = f"{place}: members[{number}]"
            overrides = {"name": item} if isinstance(item, str) else shape.dict_of(item, where, _MEMBER_KEYS, _FOLDER)
            name = shape.text(overrides.pop("name", None), where + ".name")
            is_group, hosts = self.participants.resolve(name, place)
            if overrides:
                where = f"{place}: member {name!r}"
                if name in self.participants.outside:
                    _refuse_own_side(overrides, where)
                shape.check_all(_FOLDER, overrides, where)
                shape.password(overrides, where)
                encrypts = encrypts or overrides.get("type") == ENCRYPTED or name in self.participants.outside
            found = by_group if is_group else by_name
            for host in hosts:
                before = found.get(host)
                found[host] = _combined(before, overrides, host, place) if before and overrides else before or overrides
        for host, overrides in by_name.items():
            group = by_group.get(host)
            by_group[host] = dict(group, **overrides) if group and overrides else group or overrides
        if len(names) == len(items):
            self._resolved[names] = by_group
        return by_group, encrypts

    def _encrypted(self, folder: Json, members: dict[str, Overrides], common: str | None, place: str) -> Passwords:
        encrypted: Passwords = {}
        if folder.get("type") != ENCRYPTED and not any(members.values()):
            return encrypted
        for member, overrides in members.items():
            if not overrides and folder.get("type") != ENCRYPTED:
                continue
            password = overrides.get("encryption_password")
            # An outside device's own type isn't ours to set, so there a password says enough.
            kind = overrides.get("type", ENCRYPTED if password else None)
            if member not in self.participants.outside:
                kind = overrides.get("type", folder.get("type"))
            if kind == ENCRYPTED:
                encrypted[member] = password or common
            elif password:
                raise InvalidInput(
                    f"{place}: {member} has an encryption_password but the type {kind or 'sendreceive'}: set its type "
                    f"to {ENCRYPTED} if it must not read the folder, or leave the password out."
                )
        return encrypted

    def _check_members(self, folder: FleetFolder, place: str) -> None:
        hubs = self.hubs & set(folder.members)
        if self.topology != "mesh" and folder.members and not hubs:
            raise InvalidInput(
                f"{place}: none of its members is a hub, so they could not reach each other: add a hub to its "
                f"members, or make one of {', '.join(sorted(folder.members)[:3])} a hub."
            )
        if not folder.options.get("path"):
            lacking = sorted(
                m for m, own in folder.members.items() if not own.get("path") and m not in self.participants.outside
            )
            if lacking:
                raise InvalidInput(
                    f"{place} has no path on {shape.some(lacking)}: set path for the folder or for that member."
                )
        if folder.encrypted:
            self._check_encryption(folder, hubs, place)

    def _check_encryption(self, folder: FleetFolder, hubs: set[str], place: str) -> None:
        trusted = set(folder.members) - set(folder.encrypted)
        if not trusted:
            raise InvalidInput(
                f"{place}: all its members are {ENCRYPTED}, so nobody could read it: one at least needs another type."
            )
        for member, password in sorted(folder.encrypted.items()):
            if self.topology == "introducer" and member in hubs:
                raise InvalidInput(
                    f"{place}: the hub {member} gets it encrypted, but an introducer must be trusted: take another "
                    "hub, or the topology hub."
                )
            reached = trusted if self.topology == "mesh" or member in hubs else trusted & hubs
            if not password and reached - set(self.participants.outside):
                raise InvalidInput(
                    f"{place}: {member} is {ENCRYPTED} and needs an encryption_password, on the member or on the "
                    "folder. Only the members that may read the folder get to know it."
                )
            if not reached and all(folder.encrypted[hub] != password for hub in hubs):
                raise InvalidInput(
                    f"{place}: {member} shares it with hubs only, and they hold it encrypted with another password: "
                    "add a hub that may read it, or use one password."
                )


def _refuse_twice(folders: list[FleetFolder]) -> None:
    seen: set[str] = set()
    for folder in folders:
        if folder.id in seen:
            raise InvalidInput(f"folder {folder.id!r} is declared twice: put all its members into one entry.")
        seen.add(folder.id)


def _refuse_shared_paths(folders: list[FleetFolder], participants: Participants) -> None:
    """No folder in or around another one on the same host: each would take the other's files for its own."""
    places: dict[tuple[str, ...], dict[str, str]] = {}  # path to hosts to folder
    for folder in folders:
        common = folder.options.get("path")
        here = places.setdefault(parts(common), {}) if common else {}
        if common and not here and not any(folder.members.values()):
            here.update(dict.fromkeys(folder.members.keys() - participants.outside.keys(), folder.id))
            continue
        for host, overrides in folder.members.items():
            if host in participants.outside:
                continue
            own = overrides.get("path")
            found = places.setdefault(parts(own), {}) if own else here
            other = found.setdefault(host, folder.id)
            if other != folder.id:
                raise InvalidInput(
                    f"Folders {other!r} and {folder.id!r} have the same path on {host}: give one of them another path."
                )
    for place, inner in places.items():
        for length in range(1, len(place)):
            outer = places.get(place[:length])
            both = outer and outer.keys() & inner.keys()
            if outer and both:
                host = min(both)
                raise InvalidInput(
                    f"Folder {inner[host]!r} lies in the directory of folder {outer[host]!r} on {host}: give one "
                    "of them another path."
                )


def _refuse_own_side(overrides: Overrides, place: str) -> None:
    for key in sorted(set(overrides) - _OUTSIDE_MEMBER_KEYS):
        raise InvalidInput(f"{place}: {key} belongs to the side of an outside device, which is not managed from here.")
    if overrides.get("type", ENCRYPTED) != ENCRYPTED:
        raise InvalidInput(f"{place}: the type of an outside device is its own; only {ENCRYPTED} can be said here.")


def _combined(one: Overrides, two: Overrides, host: str, place: str) -> Overrides:
    for key in sorted(one.keys() & two.keys()):
        if one[key] != two[key]:
            values = "different values" if key == "encryption_password" else f"both {one[key]!r} and {two[key]!r}"
            raise InvalidInput(
                f"{place}: {host} is given {values} for {key}, by entries of equal rank: say it once, in an entry for "
                "the host itself."
            )
    return dict(one, **two)
