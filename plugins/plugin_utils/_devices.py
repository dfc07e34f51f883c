# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: used by this collection only; it may change in any release.

"""The devices that a daemon knows, as hosts of an inventory. Pure."""

from __future__ import annotations

import collections
import re
import typing as t
import unicodedata

from ..module_utils._schema.field import Json
from ..module_utils._schema.names import folded, is_name

_LONGEST = 60  # letters of up to four bytes; host names become names of files
# Ansible and resolvers take these for something else than the host of that name in the network.
_RESERVED = re.compile(
    r"(all|ungrouped|(.*\.)?localhost(\.localdomain)?|ip6-(localhost|loopback)|%s(\.%s)*)\Z"
    % ((r"(0x[0-9a-f]*|[0-9]+)",) * 2)
)
_NEVER = "1970-01-01"


def device_vars(gathered: Json) -> list[Json]:
    """Return the variables of each device, without prefix, from the subsets devices, folders, connections and stats."""
    folders: dict[str, list[str]] = collections.defaultdict(list)
    for folder in gathered["folders"]:
        for share in folder["devices"]:
            folders[share["device"]].append(folder["id"])
    return [
        _vars(device, folders[device["device_id"]], device["device_id"] == gathered["my_id"], gathered)
        for device in gathered["devices"]
    ]


def _vars(device: Json, folders: list[str], is_self: bool, gathered: Json) -> Json:
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


def _host(address: str, kind: str) -> str | None:
    """Return the device's own address without the port. A relay's would lead to the relay."""
    host = address.rpartition(":")[0].strip("[]")
    return host if host and "relay" not in kind else None


def host_names(devices: t.Iterable[Json], by_name: bool, taken: t.Collection[str] = ()) -> dict[str, str]:
    """Return device ID to a host name that no other device has and that is not ``taken``, whatever they are called."""
    choices = {device["device_id"]: _choices(device, by_name) for device in devices}
    level = dict.fromkeys(choices, 0)
    while True:
        names = {device_id: choices[device_id][level[device_id]] for device_id in choices}
        count = collections.Counter(map(folded, names.values()))
        crowded = [
            key
            for key, name in names.items()
            if (count[folded(name)] > 1 or name in taken) and level[key] + 1 < len(choices[key])
        ]
        if not crowded:
            return names
        for device_id in crowded:
            level[device_id] += 1


def claimed_name(device: Json) -> str:
    """Return the name of a device without what can't be in the name of a host."""
    # Other characters have a meaning in patterns, templates or paths; a leading dash would be an option of ssh.
    name = unicodedata.normalize("NFC", device["device_name"])
    return re.sub(r"[^\w.-]+", "_", name)[:_LONGEST].strip("._-")


def may_be_host(device: Json) -> bool:
    """Whether a host can be called like this device without being taken for something else."""
    return is_name(device["device_name"]) and not _RESERVED.match(folded(claimed_name(device)))


def _choices(device: Json, by_name: bool) -> list[str]:
    """Host names for a device. The last two are made of its ID, which is unique."""
    device_id = device["device_id"]
    plain = claimed_name(device)
    last = [device_id, "syncthing-" + device_id]
    if not by_name or not plain or not is_name(device["device_name"]):
        return last
    suffixed = f"{plain}-{device_id.partition('-')[0]}"
    return [plain, suffixed, *last] if may_be_host(device) else [suffixed, *last]
