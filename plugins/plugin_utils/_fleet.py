# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: used by this collection only; it may change in any release.

"""A fleet declared once, and what it means for one host. Pure: plain data in, plain data out.

Whatever can't be meant raises InvalidInput, for every host alike: a fleet that is wrong anywhere is applied nowhere.
The cost is linear in the number of memberships (hosts times folders), also of the checks.
"""

from __future__ import annotations

import types
import typing as t

from ansible.module_utils.parsing.convert_bool import BOOLEANS_TRUE

from ..module_utils._errors import InvalidInput
from ..module_utils._schema.field import Json
from ..module_utils._schema.names import did_you_mean
from ..module_utils._schema.shares import Share
from . import _fleet_folders as fleet_folders
from . import _fleet_input as shape
from ._fleet_folders import FleetFolder, Overrides
from ._fleet_participants import Identity, Participants
from ._servers import KINDS, Known, Servers, with_relays

TOPOLOGIES = ("mesh", "hub", "introducer")
_KEYS = {"folders", "hosts", "outside_devices", "topology", "hubs", "relay_token", *KINDS}


class Fleet:
    """A fleet that was checked as a whole. ``declared`` and ``groups`` (of the inventory) are never modified."""

    def __init__(self, declared: t.Any, groups: t.Mapping[str, t.Sequence[str]]) -> None:
        declared = shape.dict_of(declared, "the fleet", _KEYS)
        self.participants = Participants(declared, groups)
        self.topology = declared.get("topology", "mesh")
        if self.topology not in TOPOLOGIES:
            raise InvalidInput(f"topology is {self.topology!r}: it must be one of {', '.join(TOPOLOGIES)}.")
        self.hubs = self._hubs(declared)
        self.servers = Servers(declared, self.participants.server_hosts)
        self.folders = fleet_folders.read(declared, self.participants, self.topology, self.hubs)
        self._partners: dict[tuple[int, str], list[str]] = {}

    def _hubs(self, declared: Json) -> set[str]:
        names = shape.list_of(declared.get("hubs"), "hubs")
        if self.topology == "mesh" and names:
            raise InvalidInput("hubs mean nothing in a mesh: set topology to hub or introducer, or leave them out.")
        if self.topology != "mesh" and not names:
            raise InvalidInput(f"topology {self.topology} needs hubs: say which hosts, groups or outside devices.")
        return {host for name in names for host in self.participants.resolve(shape.text(name, "hubs"), "hubs")[1]}

    def members(self, host: str) -> list[FleetFolder]:
        """Return the folders of an inventory host."""
        if shape.text(host, "the host") not in self.participants.hosts:
            near = did_you_mean(host, sorted(self.participants.hosts))
            raise InvalidInput(f"{host!r} is not a host of the inventory.{near}")
        return [folder for folder in self.folders if host in folder.members]

    def partners(self, folder: FleetFolder, member: str) -> list[str]:
        """Return the other members that this one shares the folder with, sorted."""
        if not folder.encrypted:
            # Folders with the same members have the same object of them.
            key = (id(folder.members), member)
            if key not in self._partners:
                self._partners[key] = sorted(self._partners_of(folder, member))
            return self._partners[key]
        return sorted(self._partners_of(folder, member))

    def _partners_of(self, folder: FleetFolder, member: str) -> set[str]:
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
        asked = {shape.text(host, f"the host {host!r}") for host in hosts}
        found = set(asked)
        for host in sorted(asked - self.participants.hosts):
            self.members(host)  # says what is wrong
        for folder in self.folders:
            # Members that are alike share with the same ones, so one of each kind is enough to ask.
            mine = asked.intersection(folder.members)
            kinds = {(host in self.hubs, host in folder.encrypted, folder.encrypted.get(host)): host for host in mine}
            for host in kinds.values():
                found.update(self.partners(folder, host))
        return sorted(found - set(self.participants.outside) - (set(self.participants.listed) - self.participants.here))

    def result(
        self,
        host: str,
        identities: t.Mapping[str, t.Any],
        missing: str = "fail",
        options: t.Mapping[str, t.Any] = types.MappingProxyType({}),
        servers: Known = types.MappingProxyType({}),
    ) -> Json:
        """Return ``devices``, ``folders`` and ``options`` of one host, as syncthing_config takes them.

        ``options`` are the host's own. With ``missing`` skip, what is shared already with a host whose device ID is not
        known stays so, and so do the settings with the URL of a server that is not known.
        """
        folders = [(folder, self.partners(folder, host)) for folder in self.members(host)]
        needed = {host}.union(*{id(partners): partners for _folder, partners in folders}.values())
        known = self.participants.identities(identities)
        without = sorted(needed - set(known) - set(self.participants.outside))
        if without and folders and missing != "skip":
            raise InvalidInput(
                f"{host} needs the device ID of {', '.join(without)}, which is not known: run the play on "
                f"{'it' if len(without) == 1 else 'them'} too, or set syncthing_device_id or syncthing_certificate in "
                "the variables of each."
            )
        if missing != "skip":
            self.servers.refuse_unknown(host, options, servers)
        relays = self.servers.relays(options, servers)
        ids = {name: identity.device_id for name, identity in known.items()}
        ids.update((name, device["device_id"]) for name, device in self.participants.outside.items())
        shares: dict[int, Json] = {}
        return {
            "devices": [self._device(name, host, known, relays) for name in sorted(needed) if name in ids],
            "options": self.servers.options(options, servers),
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
        folder: FleetFolder,
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
        if not folder.encrypted and not self.participants.outside:
            alike[id(partners)] = found
        return found

    def _device(self, name: str, host: str, known: t.Mapping[str, Identity], relays: list[str] | None) -> Json:
        introduces = self.topology == "introducer" and name in self.hubs and host not in self.hubs
        if name in self.participants.outside:
            return dict({"introducer": True} if introduces else {}, **self.participants.outside[name])
        device: Json = {"device_id": known[name].device_id, "name": known[name].name}
        if name != host:
            device.update(with_relays(known[name].addresses, relays), introducer=introduces)
        return device

    def _shares(self, folder: FleetFolder, host: str, partners: t.Mapping[str, str]) -> list[Json]:
        if not folder.encrypted and not self.participants.outside:
            plain = Share("", encryption_password="").options()
            return [{**plain, "device": device_id} for device_id in partners.values()]
        return [
            Share(device_id, encryption_password=self._password_for(folder, host, partner)).options()
            for partner, device_id in partners.items()
        ]

    def _password_for(self, folder: FleetFolder, host: str, partner: str) -> str | None:
        if host in folder.encrypted:
            return None
        if partner in folder.encrypted:
            return folder.encrypted[partner]
        # It may have had one; what outside devices have is not ours.
        return None if partner in self.participants.outside else ""

    def refuse_purge(self, purge: t.Sequence[str]) -> None:
        """Folders that a device may add by itself would be removed again in the next run."""
        for name, device in sorted(self.participants.outside.items()):
            if "folders" in purge and device.get("auto_accept_folders") in BOOLEANS_TRUE:
                raise InvalidInput(
                    f"outside device {name!r}: auto_accept_folders can't go with purging folders, which would remove "
                    "what was accepted. Set auto_accept_folders to false, or don't purge folders."
                )


def _options(overrides: Overrides) -> Overrides:
    return {key: value for key, value in overrides.items() if key != "encryption_password"}
