# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: used by this collection only; it may change in any release.

"""The devices that a daemon knows, as hosts of an inventory. Pure."""

from __future__ import annotations

import collections
import re
import typing as t

Json = t.Dict[str, t.Any]

_LONGEST = 60  # letters of up to four bytes; host names become names of files
# Ansible takes these for something else than a host in the network.
_RESERVED = frozenset(("all", "ungrouped", "localhost", "127.0.0.1"))
_NEVER = "1970-01-01"


def device_vars(gathered: Json) -> t.List[Json]:
    """Return the variables of each device, without prefix, from the subsets devices, folders, connections and stats."""
    folders: t.Dict[str, t.List[str]] = collections.defaultdict(list)
    for folder in gathered["folders"]:
        for share in folder["devices"]:
            folders[share["device"]].append(folder["id"])
    return [
        _vars(device, folders[device["device_id"]], device["device_id"] == gathered["my_id"], gathered)
        for device in gathered["devices"]
    ]


def _vars(device: Json, folders: t.List[str], is_self: bool, gathered: Json) -> Json:
    device_id = device["device_id"]
    connection = gathered["connections"].get(device_id, {})
    connected = connection.get("connected") or False
    seen = gathered["stats"]["devices"].get(device_id, {}).get("last_seen") or _NEVER
    address = connection.get("address") if connected else None
    kind = connection.get("type") if connected else None
    return {
        "device_id": device_id,
        "device_name": device["name"],
        "addresses": device["addresses"],
        "paused": device["paused"],
        "introduced_by": device["introduced_by"] or None,
        "shared_folders": sorted(folders),
        "is_self": is_self,
        "connected": connected,
        "connection_type": kind or None,
        "connection_address": address or None,
        "connection_host": _host(address or "", kind or ""),
        "client_version": gathered["version"] if is_self else connection.get("client_version") or None,
        "last_seen": None if seen.startswith(_NEVER) else seen,
    }


def _host(address: str, kind: str) -> t.Optional[str]:
    """Return the device's own address without the port. A relay's would lead to the relay."""
    host = address.rpartition(":")[0].strip("[]")
    return host if host and "relay" not in kind else None


def host_names(devices: t.Iterable[Json], by_name: bool) -> t.Dict[str, str]:
    """Return device ID to a host name that no other device has, whatever the devices are called."""
    choices = {device["device_id"]: _choices(device, by_name) for device in devices}
    level = dict.fromkeys(choices, 0)
    while True:
        names = {device_id: choices[device_id][level[device_id]] for device_id in choices}
        count = collections.Counter(names.values())
        crowded = [key for key, name in names.items() if count[name] > 1 and level[key] + 1 < len(choices[key])]
        if not crowded:
            return names
        for device_id in crowded:
            level[device_id] += 1


def _choices(device: Json, by_name: bool) -> t.List[str]:
    """Host names for a device, the last one being its ID, which is unique."""
    device_id = device["device_id"]
    # Other characters have a meaning in patterns, templates or paths; a leading dash would be an option of ssh.
    plain = re.sub(r"[^\w.-]+", "_", device["device_name"])[:_LONGEST].strip("._-")
    if not by_name or not plain:
        return [device_id]
    suffixed = "%s-%s" % (plain, device_id.partition("-")[0])
    return [suffixed, device_id] if plain in _RESERVED else [plain, suffixed, device_id]
