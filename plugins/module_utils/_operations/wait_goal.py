# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""What is waited for, and which devices and folders of a daemon that means."""

from __future__ import annotations

import typing as t

from .. import _errors as errors
from .._schema import timeouts
from .._schema.field import Json
from .._schema.names import Devices, folder
from .sync_report import device_name
from .sync_state import NOTHING

ALL = "all"
WAIT_TIMEOUT = 300  # seconds, unless told otherwise


class Goal(t.NamedTuple):
    """What to wait for. The API is always waited for; ``all`` in a list is what is not paused."""

    running: t.Sequence[str] = ()
    folders: t.Sequence[str] = ()
    devices: t.Sequence[str] = ()
    min_completion: float = 100
    stable_for: float = 0
    restarted: bool = False


def check(goal: Goal, wait_timeout: float) -> None:
    """Refuse what can't be meant."""
    timeouts.check(wait_timeout, "wait_timeout")
    if not 0 <= goal.stable_for < wait_timeout:
        raise errors.InvalidInput(
            f"stable_for must be at least 0 s and less than wait_timeout, which is {wait_timeout:g} s."
        )
    if not 0 <= goal.min_completion <= 100:
        raise errors.InvalidInput("min_completion is a percentage, from 0 to 100.")


def chosen_devices(goal: Goal, config: Json, my_id: str) -> dict[str, Json]:
    devices = {device["deviceID"]: device for device in config["devices"]}
    names = Devices(devices)
    chosen = []
    for number, ref in enumerate(goal.devices):
        place = f"devices[{number}]"
        if ref == ALL:
            chosen += [key for key, device in devices.items() if key != my_id and not device["paused"]]
            continue
        chosen.append(names.resolve(ref, place))
        if chosen[-1] == my_id:
            raise errors.InvalidInput(f"{place}: this is the daemon's own device, which is never connected to itself.")
    return {
        key: {
            "name": devices[key]["name"],
            "addresses": devices[key]["addresses"],
            "paused": devices[key]["paused"],
            "connected": False,
            "error": "",
        }
        for key in chosen
    }


def chosen_running(goal: Goal, config: Json, passive: bool) -> list[Json]:
    """Return these folders; a passive look, as in check mode, leaves out those that were only predicted."""
    if ALL in goal.running:
        return list(config["folders"])
    known = {entry["id"] for entry in config["folders"]}
    return [
        folder(config, ref, f"running[{number}]")
        for number, ref in enumerate(goal.running)
        if ref in known or not passive
    ]


def chosen_folders(goal: Goal, config: Json, devices: t.Mapping[str, Json]) -> dict[str, Json]:
    chosen = []
    for number, ref in enumerate(goal.folders):
        if ref == ALL:
            chosen += [entry for entry in config["folders"] if not entry["paused"]]
        else:
            chosen.append(folder(config, ref, f"folders[{number}]"))
    found = {
        entry["id"]: {
            "label": entry["label"],
            "type": entry["type"],
            "paused": entry["paused"],
            "errors": [],
            "devices": {share["deviceID"]: dict(NOTHING) for share in entry["devices"] if share["deviceID"] in devices},
        }
        for entry in chosen
    }
    if goal.folders and ALL not in goal.folders and ALL not in goal.devices:
        for device_id, device in devices.items():
            if not any(device_id in entry["devices"] for entry in found.values()):
                raise errors.InvalidInput(
                    f"devices: none of these folders is shared with {device_name(device_id, device)}. Share one with "
                    "syncthing_folder, or wait for the device in a task without folders."
                )
    return found
