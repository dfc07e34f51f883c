# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Which device or folder of a configuration is meant."""

from __future__ import annotations

import typing as t

from . import _device_id
from ._errors import InvalidInput

Json = t.Dict[str, t.Any]


class Devices:
    """The devices of a configuration by ID, to be asked for by ID or unique name."""

    def __init__(self, devices: t.Mapping[str, Json]) -> None:
        self._devices = devices
        self.by_name: t.Dict[str, t.List[str]] = {}
        for device_id, device in devices.items():
            if device.get("name"):
                self.by_name.setdefault(device["name"], []).append(device_id)

    def resolve(self, ref: str, place: str, must_exist: bool = True) -> str:
        """Return the canonical device ID of an ID or a unique name."""
        if ref in self._devices:
            return ref  # spelt as the daemon does
        if _device_id.looks_like_id(ref):
            try:
                device_id = _device_id.normalise(ref)
            except InvalidInput as exc:
                # Somebody may have named a device like that.
                if ref not in self.by_name:
                    raise InvalidInput("%s: %s" % (place, exc)) from None
            else:
                if must_exist and device_id not in self._devices:
                    raise InvalidInput(
                        "%s: the device %s is not configured on this daemon. Add it first, with syncthing_device."
                        % (place, device_id)
                    )
                return device_id
        found = self.by_name.get(ref, [])
        if len(found) > 1:
            raise InvalidInput(
                "%s: %d devices are named %r (%s): use the device ID." % (place, len(found), ref, ", ".join(found))
            )
        if not found:
            raise InvalidInput(
                "%s: no configured device is named %r, and it is not a device ID.%s"
                % (place, ref, did_you_mean(ref, self.by_name) or " Add the device first, by its whole ID.")
            )
        return found[0]


def folder(config: Json, ref: str, place: str) -> Json:
    """Return the folder with this ID."""
    folders: t.Dict[str, Json] = {entry["id"]: entry for entry in config["folders"]}
    if ref not in folders:
        raise InvalidInput(
            "%s: no folder with the ID %r is configured on this daemon.%s Add it first, with syncthing_folder."
            % (place, ref, did_you_mean(ref, folders))
        )
    return folders[ref]


def is_pattern(text: str) -> bool:
    """Whether this may stand for many names, or for none."""
    return any(letter in text for letter in "*?[")


def did_you_mean(ref: str, known: t.Iterable[str]) -> str:
    import difflib  # only a mistake needs it

    near = difflib.get_close_matches(ref, known, n=3)
    return " Did you mean %s?" % " or ".join(map(repr, near)) if near else ""
