# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Devices that are declared by name get their IDs, before anything is planned. Pure."""

from __future__ import annotations

import typing as t

from .._schema import device_ids, names, tables
from .._schema.field import Json
from .._schema.names import Devices
from .._schema.shares import Share
from . import rules
from .current import Current
from .desired import Desired, Device, Folder, Purge


class Resolved(t.NamedTuple):
    """What is desired, with IDs instead of names. A device to remove that nobody knows by its name is left out."""

    desired: Desired
    device_ids: list[str]  # of all that was in desired.devices; "" for one that is left out


def resolve(current: Current, desired: Desired) -> Resolved:
    """Look up each name: a device's among those that there are, a share's among those that there will be."""
    known = {device["deviceID"]: device for device in current.config["devices"]}
    configured = Devices(known)
    devices = []
    ids = []
    for wanted in desired.devices:
        found = _device(wanted, configured, desired.devices)
        ids.append(found.device if found else "")
        if found and found.present:
            name = found.values.get("name")
            known[found.device] = dict(known.get(found.device) or new_device(current, found.device))
            known[found.device].update({} if name is None else {"name": name})
        elif found:
            known.pop(found.device, None)
        devices += [found] if found else []
    rules.refuse_twice(ids, "devices", "device_id")
    for device_id in undeclared(known, ids, current.my_id, desired.purge):
        del known[device_id]
    there = Devices(known)
    return Resolved(
        desired._replace(
            devices=devices,
            folders=[_folder(folder, there) for folder in desired.folders],
            default_folder=desired.default_folder and _folder(desired.default_folder, there),
        ),
        ids,
    )


def new_device(current: Current, device_id: str) -> Json:
    """Return a device as the daemon would add it."""
    template = current.config.get("defaults", {}).get("device")
    return dict(template or tables.FACTORY_DEVICE, deviceID=device_id, introducedBy="")


def undeclared(devices: t.Mapping[str, Json], declared: t.Iterable[str], my_id: str, purge: Purge) -> list[str]:
    """Return the devices that purging removes."""
    if not purge.devices:
        return []
    gone = devices.keys() - set(declared) - {my_id}
    return [key for key in devices if key in gone and (purge.introduced or not devices[key]["introducedBy"])]


def _device(wanted: Device, configured: Devices, declared: t.Sequence[Device]) -> Device | None:
    place = wanted.place + "device_id"
    ref = wanted.device
    if not wanted.present and not device_ids.looks_like_id(ref):
        # The name may have passed to another device, which this declaration gives it by ID.
        left = [found for found in configured.by_name.get(ref, []) if found not in _given(ref, declared)]
        if not left:
            return None  # removed before
        ref = left[0] if len(left) == 1 else ref
    found = wanted._replace(device=configured.resolve(ref, place, must_exist=False))
    introduced_by = wanted.values.get("introducedBy")
    if introduced_by:
        introduced_by = configured.resolve(introduced_by, wanted.place + "introduced_by")
        return found._replace(values=dict(wanted.values, introducedBy=introduced_by))
    return found


def _given(name: str, declared: t.Sequence[Device]) -> set[str]:
    """Return the IDs that are declared to have this name."""
    return {
        names.normal(wanted.device, wanted.place + "device_id")
        for wanted in declared
        if wanted.present and wanted.values.get("name") == name and device_ids.looks_like_id(wanted.device)
    }


def _folder(wanted: Folder, devices: Devices) -> Folder:
    shares = wanted.shares if wanted.present else None
    return wanted._replace(shares=[_share(share, devices) for share in shares]) if shares else wanted


def _share(wanted: Share, devices: Devices) -> Share:
    device_id = devices.resolve(wanted.device, wanted.place)
    if wanted.introduced_by:
        introduced_by = devices.resolve(wanted.introduced_by, wanted.place + ".introduced_by")
        return wanted._replace(device=device_id, introduced_by=introduced_by)
    return wanted if device_id == wanted.device else wanted._replace(device=device_id)
