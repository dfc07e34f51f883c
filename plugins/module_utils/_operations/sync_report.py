# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Sentences about what is not as it should be with devices and folders. Pure."""

from __future__ import annotations

import math
import typing as t

from .._schema.field import Json
from .._schema.names import shown

Note = t.Callable[[str, str, Json], str]


def describe(seen: Json, enough: float, note: Note = lambda _folder_id, _device_id, _part: "") -> list[str]:
    """Return a phrase for each thing that is not as it should be.

    ``note`` may add something to what is left of a folder here (with no device ID) or on a device.
    """
    missing = []
    if seen.get("restart_required"):
        missing.append("the restart of the daemon that a changed setting needs")
    for device_id, device in seen["devices"].items():
        name = device_name(device_id, device)
        if device["paused"]:
            missing.append(f"device {name} is paused here")
        elif not device["connected"]:
            reason = f" ({device['error']})" if device["error"] else ""
            missing.append(f"device {name} is not connected{reason}")
    for folder_id, entry in seen["folders"].items():
        wrong = _wrong_here(entry, enough, note(folder_id, "", entry))
        if not entry["paused"]:
            for device_id, remote in entry["devices"].items():
                device = seen["devices"][device_id]
                if device["connected"]:
                    more = note(folder_id, device_id, remote)
                    wrong += _wrong_there(device_name(device_id, device), remote, enough, more)
        missing += [f"folder {folder_id!r} {phrase}" for phrase in wrong]
    return missing


def device_name(device_id: str, device: Json) -> str:
    return shown(device_id, device["name"])


def _wrong_here(entry: Json, enough: float, note: str) -> list[str]:
    if entry["paused"]:
        return ["is paused here"]
    if entry["completion"] is None:
        return ["is not running yet"]
    if entry["error"]:
        return [f"has stopped: {' '.join(entry['error'].split())}"]
    if enough < 100:
        return [] if entry["completion"] >= enough else [_left("has", entry, note)]
    wrong = []
    if entry["need_items"]:
        wrong.append(_left("has", entry, note))
        if entry["type"] == "sendonly":
            wrong[-1] += "; it only sends, so it never accepts them: see syncthing_command override"
    if entry["failed_items"]:
        files = [f"{one['path']} ({' '.join(one['error'].split())})" for one in entry["errors"]]
        more = entry["failed_items"] - len(files)
        files += [f"{more} more"] if files and more > 0 else []
        wrong.append(f"fails with {_items(entry['failed_items'])}{files and ': ' + ', '.join(files) or ''}")
    if not wrong and entry["state"] != "idle":
        wrong.append(f"is not idle but {entry['state']}")
    return wrong


_REMOTE_STATES = {
    "paused": "is paused on device %s",
    "notSharing": "is not shared by device %s, which must add it too",
    "unknown": "has not been announced by device %s yet",
}


def _wrong_there(name: str, remote: Json, enough: float, note: str) -> list[str]:
    if remote["remote_state"] in _REMOTE_STATES:
        return [_REMOTE_STATES[remote["remote_state"]] % name]
    if remote["completion"] is None:
        return [f"has an unknown state on device {name}"]
    # A device that lacks only what has no content is said to have 100 %.
    lacks = enough == 100 and (remote["need_items"] or remote["need_deletes"])
    if remote["completion"] >= enough and not lacks:
        return []
    items = remote["need_items"] + remote["need_deletes"]
    return [_left(f"on device {name} has", dict(remote, need_items=items), note)]


def _left(where: str, part: Json, note: str) -> str:
    items = _items(part["need_items"])
    return f"{where} {percent(part['completion'])}, {size(part['need_bytes'])} in {items} left{note}"


def _items(number: int) -> str:
    return "1 item" if number == 1 else f"{number} items"


def percent(number: float) -> str:
    """What is not done never reads as 100 %."""
    return f"{math.floor(number * 10) / 10:g} %"


def size(number: float) -> str:
    for unit in ("B", "KiB", "MiB", "GiB"):
        if number < 1000:
            return f"{number:.3g} {unit}"
        number /= 1024
    return f"{number:.4g} TiB"
