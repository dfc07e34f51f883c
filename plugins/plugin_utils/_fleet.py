# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: used by this collection only; it may change in any release.

"""A fleet declared once, and what it means for one host. Pure: plain data in, plain data out.

Whatever can't be meant raises InvalidInput, for every host alike: a fleet that is wrong anywhere is applied nowhere.
The cost is linear in the number of memberships (hosts times folders), also of the checks.
"""

from __future__ import annotations

import difflib
import types
import typing as t

from ansible.module_utils.parsing.convert_bool import BOOLEANS_TRUE

from ..module_utils._config import desired
from ..module_utils._errors import InvalidInput
from ..module_utils._schema import device_ids, tables
from ..module_utils._schema.field import Field, Json, snake
from ..module_utils._schema.names import is_name
from ..module_utils._schema.paths import parts
from ..module_utils._schema.shares import Share

ENCRYPTED = "receiveencrypted"
TOPOLOGIES = ("mesh", "hub", "introducer")

_DEVICE = {field.option: field for field in tables.DEVICE}
_FOLDER = {field.option: field for field in tables.FOLDER}
# Options of syncthing_folder and syncthing_device, but not those that the fleet itself answers.
_OVERRIDES = set(desired.folder_argument_spec()) - {"id", "devices", "append_devices", "state"}
_OUTSIDE_KEYS = set(desired.device_argument_spec()) - {"state"}
_FLEET_KEYS = {"folders", "hosts", "outside_devices", "topology", "hubs"}
_FOLDER_KEYS = _OVERRIDES | {"id", "members", "encryption_password"}
_MEMBER_KEYS = _OVERRIDES | {"name", "encryption_password"}
_OUTSIDE_MEMBER_KEYS = {"name", "type", "encryption_password"}
_IDENTITY_KEYS = {"device_id", "addresses", "name"}
_HOST_KEYS = _IDENTITY_KEYS | {"groups"}

Overrides = t.Dict[str, t.Any]
Passwords = t.Dict[str, t.Optional[str]]


class Folder(t.NamedTuple):
    id: str
    options: Json
    members: dict[str, Overrides]  # by name: inventory hosts and outside devices
    encrypted: Passwords  # the members that get encrypted data only; None: nobody of ours encrypts for them


class Identity(t.NamedTuple):
    """What others must know of a host."""

    device_id: str
    name: str
    addresses: list[str]


class Fleet:
    """A fleet that was checked as a whole. ``declared`` and ``groups`` (of the inventory) are never modified."""

    def __init__(self, declared: t.Any, groups: t.Mapping[str, t.Sequence[str]]) -> None:
        for group, hosts in groups.items():
            for name in [group, *_list(hosts, f"groups[{group!r}]")]:
                _text(name, f"groups: the name {name!r}")
        declared = _dict(declared, "the fleet", _FLEET_KEYS)
        self.here = {host for hosts in groups.values() for host in hosts}
        self.listed = self._listed(declared)
        self.groups = self._with_listed(groups) if self.listed else groups
        self.hosts = self.here.union(self.listed)
        self.outside = self._outside_devices(declared)
        self.topology = declared.get("topology", "mesh")
        if self.topology not in TOPOLOGIES:
            raise InvalidInput(f"topology is {self.topology!r}: it must be one of {', '.join(TOPOLOGIES)}.")
        self.hubs = self._hubs(declared)
        self.folders: list[Folder] = []
        self._resolved: dict[tuple[str, ...], dict[str, Overrides]] = {}
        self._partners: dict[tuple[int, str], list[str]] = {}
        for number, item in enumerate(_list(declared.get("folders"), "folders")):
            self.folders.append(self._folder(item, f"folders[{number}]"))
        self._refuse_folders_twice()
        self._refuse_shared_paths()

    # -- what is asked of it

    def members(self, host: str) -> list[Folder]:
        """Return the folders of an inventory host."""
        if _text(host, "the host") not in self.hosts:
            raise InvalidInput(f"{host!r} is not a host of the inventory.{_hint(host, self.hosts)}")
        return [folder for folder in self.folders if host in folder.members]

    def partners(self, folder: Folder, member: str) -> list[str]:
        """Return the other members that this one shares the folder with, sorted."""
        if not folder.encrypted:
            # Folders with the same members have the same object of them.
            key = (id(folder.members), member)
            if key not in self._partners:
                self._partners[key] = sorted(self._partners_of(folder, member))
            return self._partners[key]
        return sorted(self._partners_of(folder, member))

    def _partners_of(self, folder: Folder, member: str) -> set[str]:
        found = set(folder.members)
        if self.topology != "mesh" and member not in self.hubs:
            found &= self.hubs
        if member in folder.encrypted:
            # Syncthing refuses to exchange what is encrypted with different passwords.
            mine = folder.encrypted[member]
            found -= {other for other, password in folder.encrypted.items() if password != mine}
        found.discard(member)
        return found

    def peers(self, hosts: t.Iterable[str]) -> list[str]:
        """Return the hosts of this inventory whose device IDs these hosts need, themselves included, sorted."""
        asked = {_text(host, f"the host {host!r}") for host in hosts}
        found = set(asked)
        for host in sorted(asked - self.hosts):
            self.members(host)  # says what is wrong
        for folder in self.folders:
            # Members that are alike share with the same ones, so one of each kind is enough to ask.
            mine = asked.intersection(folder.members)
            kinds = {(host in self.hubs, host in folder.encrypted, folder.encrypted.get(host)): host for host in mine}
            for host in kinds.values():
                found.update(self.partners(folder, host))
        return sorted(found - set(self.outside) - (set(self.listed) - self.here))

    def result(self, host: str, identities: t.Mapping[str, t.Any], missing: str = "fail") -> Json:
        """Return ``devices`` and ``folders`` of one host, as syncthing_config takes them.

        With ``missing`` skip, what is shared already with a host whose device ID is not known stays so.
        """
        folders = [(folder, self.partners(folder, host)) for folder in self.members(host)]
        needed = {host}.union(*{id(partners): partners for _folder, partners in folders}.values())
        known = self._identities(identities)
        without = sorted(needed - set(known) - set(self.outside))
        if without and folders and missing != "skip":
            raise InvalidInput(
                f"{host} needs the device ID of {', '.join(without)}, which is not known: run the play on "
                f"{'it' if len(without) == 1 else 'them'} too, or set syncthing_device_id or syncthing_certificate in "
                "the variables of each."
            )
        ids = {name: identity.device_id for name, identity in known.items()}
        ids.update((name, device["device_id"]) for name, device in self.outside.items())
        shares: dict[int, Json] = {}
        return {
            "devices": [self._device(name, host, known) for name in sorted(needed) if name in ids],
            "folders": [
                dict(
                    folder.options,
                    **_options(folder.members[host]),
                    **self._shared(folder, host, partners, ids, shares),
                )
                for folder, partners in folders
            ],
        }

    def _shared(
        self,
        folder: Folder,
        host: str,
        partners: list[str],
        ids: t.Mapping[str, str],
        alike: dict[int, Json],
    ) -> Json:
        """Return the shares of a folder. Folders with the same ones, and nothing of their own, get the same object."""
        if id(partners) in alike:
            return alike[id(partners)]
        found: Json = {"devices": self._shares(folder, host, {other: ids[other] for other in partners if other in ids})}
        if len(found["devices"]) < len(partners):
            found["append_devices"] = True
        if not folder.encrypted and not self.outside:
            alike[id(partners)] = found
        return found

    def _device(self, name: str, host: str, known: t.Mapping[str, Identity]) -> Json:
        introduces = self.topology == "introducer" and name in self.hubs and host not in self.hubs
        if name in self.outside:
            return dict({"introducer": True} if introduces else {}, **self.outside[name])
        device: Json = {"device_id": known[name].device_id, "name": known[name].name}
        if name != host:
            device.update(addresses=known[name].addresses, introducer=introduces)
        return device

    def _shares(self, folder: Folder, host: str, partners: t.Mapping[str, str]) -> list[Json]:
        if not folder.encrypted and not self.outside:
            plain = Share("", encryption_password="").options()
            return [{**plain, "device": device_id} for device_id in partners.values()]
        return [
            Share(device_id, encryption_password=self._password_for(folder, host, partner)).options()
            for partner, device_id in partners.items()
        ]

    def _password_for(self, folder: Folder, host: str, partner: str) -> str | None:
        if host in folder.encrypted:
            return None
        if partner in folder.encrypted:
            return folder.encrypted[partner]
        return None if partner in self.outside else ""  # it may have had one; what outside devices have is not ours

    def _identities(self, given: t.Mapping[str, t.Any]) -> dict[str, Identity]:
        """Check what is known of the hosts; two with one ID or one name would be one device to the others."""
        for host in given:
            _text(host, f"members: the key {host!r}")
        known: dict[str, Identity] = {}
        names = {device["name"]: name for name, device in self.outside.items()}
        ids = {device["device_id"]: name for name, device in self.outside.items()}
        for host in sorted(self.hosts.intersection(given).union(self.listed)):
            item = self._identity(host, given)
            if not item.get("device_id"):
                continue
            device_id = _id(item["device_id"], host)
            name = _text(item.get("name", host), f"the name of {host}")
            addresses = [str(address) for address in _list(item.get("addresses"), f"the addresses of {host}")]
            _check(_DEVICE["addresses"], addresses, host)
            if device_id in ids:
                raise InvalidInput(
                    f"{ids[device_id]} and {host} have the same device ID {device_id}: a copy of a machine must get "
                    "an identity of its own. Remove key.pem and cert.pem on one of them, so that new ones are made."
                )
            if name in names:
                raise InvalidInput(f"{names[name]} and {host} are both named {name!r}: give one of them another name.")
            ids[device_id] = names[name] = host
            known[host] = Identity(device_id, name, addresses or ["dynamic"])
        return known

    def _identity(self, host: str, given: t.Mapping[str, t.Any]) -> Json:
        """What this run knows of a host wins over what the fleet lists, but there is only one device ID."""
        listed = self.listed.get(host, {})
        item = dict(listed, **_dict(given.get(host, {}), f"the identity of {host}", _IDENTITY_KEYS))
        if listed.get("device_id") and _id(listed["device_id"], host) != _id(item["device_id"], host):
            raise InvalidInput(
                f"hosts: {host} is listed with the device ID {listed['device_id']}, but it has {item['device_id']}: "
                "make the list again."
            )
        return item

    def refuse_purge(self, purge: t.Sequence[str]) -> None:
        """Folders that a device may add by itself would be removed again in the next run."""
        for name, device in sorted(self.outside.items()):
            if "folders" in purge and device.get("auto_accept_folders") in BOOLEANS_TRUE:
                raise InvalidInput(
                    f"outside device {name!r}: auto_accept_folders can't go with purging folders, which would remove "
                    "what was accepted. Set auto_accept_folders to false, or don't purge folders."
                )

    # -- what is declared

    def _listed(self, declared: Json) -> dict[str, Json]:
        """Hosts that this run's inventory may lack, as each slice of a large one lacks those of the others."""
        listed = declared.get("hosts", {})
        if not isinstance(listed, dict):
            raise InvalidInput("hosts must be a dict by inventory host.")
        for host in listed:
            _text(host, f"hosts: the key {host!r}")
        return {host: _dict(item, f"hosts: {host}", _HOST_KEYS) for host, item in listed.items()}

    def _with_listed(self, groups: t.Mapping[str, t.Sequence[str]]) -> dict[str, list[str]]:
        found = {name: set(hosts) for name, hosts in groups.items()}
        for host, item in self.listed.items():
            for name in ["all", *_list(item.get("groups"), f"hosts: {host}: groups")]:
                found.setdefault(_text(name, f"hosts: {host}: groups"), set()).add(host)
        return {name: sorted(hosts) for name, hosts in found.items()}

    def _outside_devices(self, declared: Json) -> dict[str, Json]:
        devices: dict[str, Json] = {}
        ids: dict[str, str] = {}
        for number, item in enumerate(_list(declared.get("outside_devices"), "outside_devices")):
            place = f"outside_devices[{number}]"
            device = _dict(item, place, _OUTSIDE_KEYS, _DEVICE)
            name = device["name"] = _text(device.get("name"), place + ".name")
            if not is_name(name):
                raise InvalidInput(f"{place}.name: {name!r} looks like a device ID: give it a name.")
            place = f"outside device {name!r}"
            if name in self.hosts or name in self.groups:
                raise InvalidInput(f"{place}: a host or group of the inventory has that name; give it another one.")
            if name in devices:
                raise InvalidInput(f"{place} is declared twice: give one of them another name.")
            device_id = device["device_id"] = _id(device.get("device_id"), place)
            if device_id in ids:
                raise InvalidInput(f"{place} has the device ID of {ids[device_id]!r}, {device_id}: declare it once.")
            device["addresses"] = _list(device.get("addresses"), f"{place}: addresses") or ["dynamic"]
            _check_all(_DEVICE, device, place)
            ids[device_id] = name
            devices[name] = device
        return devices

    def _hubs(self, declared: Json) -> set[str]:
        names = _list(declared.get("hubs"), "hubs")
        if self.topology == "mesh" and names:
            raise InvalidInput("hubs mean nothing in a mesh: set topology to hub or introducer, or leave them out.")
        if self.topology != "mesh" and not names:
            raise InvalidInput(f"topology {self.topology} needs hubs: say which hosts, groups or outside devices.")
        return {host for name in names for host in self._resolve(_text(name, "hubs"), "hubs")[1]}

    def _resolve(self, name: str, place: str) -> tuple[bool, t.Sequence[str]]:
        """Return whether it is a group, and whom it means. A host that is named like a group is the host."""
        if name in self.hosts or name in self.outside:
            return False, (name,)
        if name in self.groups:
            return True, self.groups[name]
        raise InvalidInput(
            f"{place}: unknown member {name!r}, it is neither a host or group of the inventory nor an outside "
            f"device.{_hint(name, [*self.hosts, *self.groups, *self.outside])}"
        )

    def _folder(self, item: t.Any, place: str) -> Folder:
        folder = _dict(item, place, _FOLDER_KEYS, _FOLDER)
        folder_id = folder["id"] = _text(folder.get("id"), place + ".id")
        place = f"folder {folder_id!r}"
        if "members" not in folder:
            raise InvalidInput(f"{place} has no members: say which hosts, groups or outside devices hold it.")
        _check_all(_FOLDER, folder, place)
        password = _password(folder, place)
        members, encrypts = self._members(_list(folder.pop("members"), f"{place}: members"), place)
        if password and folder.get("type") != ENCRYPTED and not encrypts:
            raise InvalidInput(
                f"{place} has an encryption_password, but nobody gets it encrypted: set type to {ENCRYPTED} for the "
                "members that must not read it."
            )
        folder.pop("encryption_password", None)
        made = Folder(folder_id, folder, members, self._encrypted(folder, members, password, place))
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
            if isinstance(item, str) and item in self.hosts:
                by_name.setdefault(item, {})
                continue
            where = f"{place}: members[{number}]"
            overrides = {"name": item} if isinstance(item, str) else _dict(item, where, _MEMBER_KEYS, _FOLDER)
            name = _text(overrides.pop("name", None), where + ".name")
            is_group, hosts = self._resolve(name, place)
            if overrides:
                where = f"{place}: member {name!r}"
                if name in self.outside:
                    _refuse_own_side(overrides, where)
                _check_all(_FOLDER, overrides, where)
                _password(overrides, where)
                encrypts = encrypts or overrides.get("type") == ENCRYPTED or name in self.outside
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
            if member not in self.outside:
                kind = overrides.get("type", folder.get("type"))
            if kind == ENCRYPTED:
                encrypted[member] = password or common
            elif password:
                raise InvalidInput(
                    f"{place}: {member} has an encryption_password but the type {kind or 'sendreceive'}: set its type "
                    f"to {ENCRYPTED} if it must not read the folder, or leave the password out."
                )
        return encrypted

    def _check_members(self, folder: Folder, place: str) -> None:
        hubs = self.hubs & set(folder.members)
        if self.topology != "mesh" and folder.members and not hubs:
            raise InvalidInput(
                f"{place}: none of its members is a hub, so they could not reach each other: add a hub to its "
                f"members, or make one of {', '.join(sorted(folder.members)[:3])} a hub."
            )
        if not folder.options.get("path"):
            lacking = sorted(m for m, own in folder.members.items() if not own.get("path") and m not in self.outside)
            if lacking:
                raise InvalidInput(
                    f"{place} has no path on {_some(lacking)}: set path for the folder or for that member."
                )
        if folder.encrypted:
            self._check_encryption(folder, hubs, place)

    def _check_encryption(self, folder: Folder, hubs: set[str], place: str) -> None:
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
            if not password and reached - set(self.outside):
                raise InvalidInput(
                    f"{place}: {member} is {ENCRYPTED} and needs an encryption_password, on the member or on the "
                    "folder. Only the members that may read the folder get to know it."
                )
            if not reached and all(folder.encrypted[hub] != password for hub in hubs):
                raise InvalidInput(
                    f"{place}: {member} shares it with hubs only, and they hold it encrypted with another password: "
                    "add a hub that may read it, or use one password."
                )

    def _refuse_folders_twice(self) -> None:
        seen: set[str] = set()
        for folder in self.folders:
            if folder.id in seen:
                raise InvalidInput(f"folder {folder.id!r} is declared twice: put all its members into one entry.")
            seen.add(folder.id)
        self.folders.sort(key=lambda folder: folder.id)

    def _refuse_shared_paths(self) -> None:
        """No folder in or around another one on the same host: each would take the other's files for its own."""
        places: dict[tuple[str, ...], dict[str, str]] = {}  # path to hosts to folder
        for folder in self.folders:
            common = folder.options.get("path")
            here = places.setdefault(parts(common), {}) if common else {}
            if common and not here and not any(folder.members.values()):
                here.update(dict.fromkeys(folder.members.keys() - self.outside.keys(), folder.id))
                continue
            for host, overrides in folder.members.items():
                if host in self.outside:
                    continue
                own = overrides.get("path")
                found = places.setdefault(parts(own), {}) if own else here
                other = found.setdefault(host, folder.id)
                if other != folder.id:
                    raise InvalidInput(
                        f"Folders {other!r} and {folder.id!r} have the same path on {host}: give one of them another "
                        "path."
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


def _options(overrides: Overrides) -> Overrides:
    return {key: value for key, value in overrides.items() if key != "encryption_password"}


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


# -- input of any shape


_Fields = t.Mapping[str, Field]


def _dict(value: t.Any, place: str, known: set[str], fields: _Fields = types.MappingProxyType({})) -> Json:
    """Return a copy without what is not set; an unknown key is a typing error.

    An empty string means "not set", except for options of which ``fields`` tell that they can be empty.
    """
    if not isinstance(value, dict):
        raise InvalidInput(f"{place} must be a dict with keys such as {', '.join(sorted(known)[:3])}.")
    for key in value:
        if key not in known:
            name = snake(str(key))
            hint = f" Write it {name}." if name in known else _hint(name, known)
            raise InvalidInput(f"{place}: unknown key {key!r}.{hint}")
    return {
        key: content
        for key, content in value.items()
        if content is not None and (content != "" or (key in fields and _may_be_empty(fields[key])))
    }


def _may_be_empty(field: Field) -> bool:
    return field.type == "str" and not field.choices and not (field.check and field.check(""))


def _list(value: t.Any, place: str) -> list[t.Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise InvalidInput(f"{place} must be a list.")
    return value


def _text(value: t.Any, place: str) -> str:
    if not value or not isinstance(value, str):
        raise InvalidInput(f"{place} must be text{', in quotes' if value else ' and is required'}.")
    return value


def _id(value: t.Any, place: str) -> str:
    try:
        return device_ids.normalise(_text(value, "device_id"))
    except InvalidInput as exc:
        raise InvalidInput(f"{place}: {exc}") from None


def _password(options: Overrides, place: str) -> str | None:
    """Take the value for text only: 0123 in YAML would become 83, and nobody must read it in an error."""
    password = options.get("encryption_password")
    if password is not None and not isinstance(password, str):
        raise InvalidInput(f"{place}: encryption_password must be a string, in quotes.")
    return password


def _check_all(table: t.Mapping[str, Field], values: Json, place: str) -> None:
    for key in values:
        if key in table:
            _check(table[key], values[key], place)


def _check(field: Field, value: t.Any, place: str) -> None:
    """What the module would refuse later on one host is refused here for all; numbers and the like are left to it."""
    if field.type == "str" and isinstance(value, (dict, list)):
        raise InvalidInput(f"{place}: {field.option} must be text.")
    if field.choices and value not in field.choices:
        raise InvalidInput(f"{place}: {field.option} is {value!r}, it must be one of {', '.join(field.choices)}.")
    if field.check and field.type in ("str", "list"):
        wrong = field.check([str(item) for item in value] if isinstance(value, list) else str(value))
        if wrong:
            raise InvalidInput(f"{place}: {field.option} {wrong}.")


def _hint(name: str, known: t.Iterable[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known))
    return f" Did you mean {near[0]!r}?" if near else ""


def _some(names: t.Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
