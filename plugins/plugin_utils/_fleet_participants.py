# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: used by this collection only; it may change in any release.

"""Who can be a member of a fleet's folders: hosts, their groups, and devices outside of the inventory."""

from __future__ import annotations

import typing as t

from ..module_utils._config import desired
from ..module_utils._errors import InvalidInput
from ..module_utils._schema import tables
from ..module_utils._schema.field import Json
from ..module_utils._schema.names import did_you_mean, is_name
from . import _fleet_input as shape
from ._servers import KINDS

_DEVICE = {field.option: field for field in tables.DEVICE}
_OUTSIDE_KEYS = set(desired.device_argument_spec()) - {"state"}
_IDENTITY_KEYS = {"device_id", "addresses", "name"}
_HOST_KEYS = _IDENTITY_KEYS | {"groups"} | {kind + "_server" for kind in KINDS.values()}


class Identity(t.NamedTuple):
    """What others must know of a host."""

    device_id: str
    name: str
    addresses: list[str]


class Participants:
    """All that can be named as a member; ``declared`` is the fleet, ``groups`` are those of the inventory."""

    def __init__(self, declared: Json, groups: t.Mapping[str, t.Sequence[str]]) -> None:
        for group, hosts in groups.items():
            for name in [group, *shape.list_of(hosts, f"groups[{group!r}]")]:
                shape.text(name, f"groups: the name {name!r}")
        self.here = {host for hosts in groups.values() for host in hosts}
        self.listed = self._listed(declared)
        self.groups = self._with_listed(groups) if self.listed else groups
        self.hosts = self.here.union(self.listed)
        self.outside = self._outside_devices(declared)

    def resolve(self, name: str, place: str) -> tuple[bool, t.Sequence[str]]:
        """Return whether it is a group, and whom it means. A host that is named like a group is the host."""
        if name in self.hosts or name in self.outside:
            return False, (name,)
        if name in self.groups:
            return True, self.groups[name]
        raise InvalidInput(
            f"{place}: unknown member {name!r}, it is neither a host or group of the inventory nor an outside "
            f"device.{did_you_mean(name, sorted([*self.hosts, *self.groups, *self.outside]))}"
        )

    def server_hosts(self, name: t.Any, place: str) -> t.Sequence[str]:
        """Return the hosts that are meant as discovery servers or relays."""
        name = shape.text(name, place)
        if name in self.outside:
            raise InvalidInput(f"{place}: {name!r} is an outside device: write the URL of a server that is not a host.")
        return self.resolve(name, place)[1]

    def identities(self, given: t.Mapping[str, t.Any]) -> dict[str, Identity]:
        """Check what is known of the hosts; two with one ID or one name would be one device to the others."""
        for host in given:
            shape.text(host, f"members: the key {host!r}")
        known: dict[str, Identity] = {}
        names = {device["name"]: name for name, device in self.outside.items()}
        ids = {device["device_id"]: name for name, device in self.outside.items()}
        for host in sorted(self.hosts.intersection(given).union(self.listed)):
            item = self._identity(host, given)
            if not item.get("device_id"):
                continue
            device_id = shape.device_id(item["device_id"], host)
            name = shape.text(item.get("name", host), f"the name of {host}")
            addresses = [str(address) for address in shape.list_of(item.get("addresses"), f"the addresses of {host}")]
            shape.check(_DEVICE["addresses"], addresses, host)
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
        item = dict(listed, **shape.dict_of(given.get(host, {}), f"the identity of {host}", _IDENTITY_KEYS))
        if listed.get("device_id") and shape.device_id(listed["device_id"], host) != shape.device_id(
            item["device_id"], host
        ):
            raise InvalidInput(
                f"hosts: {host} is listed with the device ID {listed['device_id']}, but it has {item['device_id']}: "
                "make the list again."
            )
        return item

    # -- what is declared

    def _listed(self, declared: Json) -> dict[str, Json]:
        """Hosts that this run's inventory may lack, as each slice of a large one lacks those of the others."""
        listed = declared.get("hosts", {})
        if not isinstance(listed, dict):
            raise InvalidInput("hosts must be a dict by inventory host.")
        for host in listed:
            shape.text(host, f"hosts: the key {host!r}")
        return {host: shape.dict_of(item, f"hosts: {host}", _HOST_KEYS) for host, item in listed.items()}

    def _with_listed(self, groups: t.Mapping[str, t.Sequence[str]]) -> dict[str, list[str]]:
        found = {name: set(hosts) for name, hosts in groups.items()}
        for host, item in self.listed.items():
            for name in ["all", *shape.list_of(item.get("groups"), f"hosts: {host}: groups")]:
                found.setdefault(shape.text(name, f"hosts: {host}: groups"), set()).add(host)
        return {name: sorted(hosts) for name, hosts in found.items()}

    def _outside_devices(self, declared: Json) -> dict[str, Json]:
        devices: dict[str, Json] = {}
        ids: dict[str, str] = {}
        for number, item in enumerate(shape.list_of(declared.get("outside_devices"), "outside_devices")):
            place = f"outside_devices[{number}]"
            device = shape.dict_of(item, place, _OUTSIDE_KEYS, _DEVICE)
            name = device["name"] = shape.text(device.get("name"), place + ".name")
            if not is_name(name):
                raise InvalidInput(f"{place}.name: {name!r} looks like a device ID: give it a name.")
            place = f"outside device {name!r}"
            if name in self.hosts or name in self.groups:
                raise InvalidInput(f"{place}: a host or group of the inventory has that name; give it another one.")
            if name in devices:
                raise InvalidInput(f"{place} is declared twice: give one of them another name.")
            device_id = device["device_id"] = shape.device_id(device.get("device_id"), place)
            if device_id in ids:
                raise InvalidInput(f"{place} has the device ID of {ids[device_id]!r}, {device_id}: declare it once.")
            device["addresses"] = shape.list_of(device.get("addresses"), f"{place}: addresses") or ["dynamic"]
            shape.check_all(_DEVICE, device, place)
            ids[device_id] = name
            devices[name] = device
        return devices
