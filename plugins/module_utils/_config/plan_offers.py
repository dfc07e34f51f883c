# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""plan() for what other devices offer: ignoring and dismissing it. Pure."""

from __future__ import annotations

import typing as t

from .._errors import InvalidInput, UnsupportedFeature
from .._schema import storable, tables
from .._schema.field import Json
from . import rules
from .changes import Change
from .current import Current
from .desired import Desired, Offer
from .overlay import NEVER, ignored_folders


def plan(current: Current, desired: Desired, devices: t.Mapping[str, Json]) -> t.Iterator[Change]:
    """Yield the changes; ``devices`` are those that there will be."""
    yield from _ignore(current, desired, devices)
    yield from _ignore_devices(current, desired, devices)
    yield from _dismiss(current, desired)


def _ignore(current: Current, desired: Desired, devices: t.Mapping[str, Json]) -> t.Iterator[Change]:
    folders: dict[str, list[Offer]] = {}
    known = {entry["deviceID"] for entry in current.config["remoteIgnoredDevices"]}
    for offer in desired.ignored:
        if offer.folder_id:
            folders.setdefault(offer.device_id, []).append(offer)
        elif offer.device_id not in known:
            details = {key: offer.details[key] for key in ("time", "name", "address")}
            yield Change("ignored_devices", offer.device_id, None, dict(details, deviceID=offer.device_id))
    for device_id, offers in folders.items():
        device = devices[device_id]
        now = device["ignoredFolders"]
        ignored = {entry["id"]: entry for entry in now}
        for offer in offers:
            new = {"id": offer.folder_id, "label": offer.details["label"], "time": offer.details["time"]}
            ignored.setdefault(offer.folder_id, new)
        after = dict(device, ignoredFolders=ignored_folders(now, list(ignored.values())))
        yield Change("devices", device_id, device, after)


def _ignore_devices(current: Current, desired: Desired, devices: t.Mapping[str, Json]) -> t.Iterator[Change]:
    known = {entry["deviceID"]: entry for entry in current.config["remoteIgnoredDevices"]}
    rules.refuse_twice([wanted.device_id for wanted in desired.ignored_devices], "ignored_devices", "device_id")
    for wanted in desired.ignored_devices:
        device_id = wanted.device_id
        before = known.get(device_id)
        after = None
        if wanted.present:
            if device_id == current.my_id or device_id in devices:
                what = "this daemon" if device_id == current.my_id else "a configured device"
                raise InvalidInput(
                    f"{wanted.place}device_id: {device_id} is {what}, and Syncthing ignores unknown devices only. "
                    "Remove it (state: absent in devices), or do not ignore it."
                )
            new = {"deviceID": device_id, "name": "", "address": "", "time": NEVER}
            after = dict(before or new, **wanted.values)
            rules.check_values(wanted.values, tables.IGNORED_DEVICE, wanted.place, before, after)
            storable.check(before, after, wanted.place)
        yield Change("ignored_devices", device_id, before, after)


def _dismiss(current: Current, desired: Desired) -> t.Iterator[Change]:
    if desired.dismissed and current.version < (1, 18):
        raise UnsupportedFeature(
            f"Syncthing {'.'.join(map(str, current.version))} can't dismiss pending devices and folders; that came "
            "with 1.18.0. Accept or ignore them."
        )
    pending = current.pending or {}
    for offer in desired.dismissed:
        who = {"device_id": offer.device_id}
        if offer.folder_id:
            now = pending["folders"].get(offer.folder_id, {}).get(offer.device_id)
            kind, key = "pending_folders", f"{offer.device_id}/{offer.folder_id}"
            who["folder_id"] = offer.folder_id
        else:
            now = pending["devices"].get(offer.device_id)
            kind, key = "pending_devices", offer.device_id
        if now == offer.details:  # else it is gone, or was offered again
            yield Change(kind, key, dict(now, **who), None)
