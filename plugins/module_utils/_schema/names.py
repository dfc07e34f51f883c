# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Which device or folder is meant. Names and labels are claims of strangers, IDs are proofs.

So a name never stands for an ID: a text that is a device ID, in whatever spelling, right or wrong, means IDs only, and
a device that is named like an ID can't be chosen by that name.
"""

from __future__ import annotations

import fnmatch
import re
import typing as t
import unicodedata

from .._errors import InvalidInput
from . import device_ids
from .field import Json


class Devices:
    """The devices of a configuration by ID, to be asked for by ID or unique name."""

    def __init__(self, devices: t.Mapping[str, Json]) -> None:
        self._devices = devices
        self.by_name: dict[str, list[str]] = {}
        for device_id, device in devices.items():
            if is_name(device.get("name")):
                self.by_name.setdefault(device["name"], []).append(device_id)

    def resolve(self, ref: str, place: str, must_exist: bool = True) -> str:
        """Return the canonical device ID of an ID or a unique name."""
        if ref in self._devices:
            return ref  # in the daemon's spelling
        if device_ids.looks_like_id(ref):
            device_id = normal(ref, place)
            if must_exist and device_id not in self._devices:
                raise InvalidInput(
                    f"{place}: the device {device_id} is not configured on this daemon. Add it first, with "
                    "syncthing_device."
                )
            return device_id
        found = self.by_name.get(ref, [])
        if len(found) > 1:
            raise InvalidInput(
                f"{place}: {len(found)} devices are named {ref!r} ({', '.join(found)}): use the device ID."
            )
        if not found:
            advice = did_you_mean(ref, self.by_name) or " Add the device first, by its whole ID."
            raise InvalidInput(f"{place}: no configured device is named {ref!r}, and it is not a device ID.{advice}")
        return found[0]


def folder(config: Json, ref: str, place: str) -> Json:
    """Return the folder with this ID."""
    folders: dict[str, Json] = {entry["id"]: entry for entry in config["folders"]}
    if ref not in folders:
        raise InvalidInput(
            f"{place}: no folder with the ID {ref!r} is configured on this daemon.{did_you_mean(ref, folders)} Add it "
            "first, with syncthing_folder."
        )
    return folders[ref]


def is_name(text: str | None) -> bool:
    """Whether a device may be chosen by this name: it is not empty, and nobody could take it for a device ID."""
    return bool(text) and not device_ids.looks_like_id(text or "")


def shown(device_id: str, name: str | None) -> str:
    """Return what a device is called in a sentence."""
    return repr(name) if is_name(name) else device_id


def folded(name: str) -> str:
    """Return the same for names that people, or file systems, take for the same."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def normal(pattern: str, place: str) -> str:
    """Return a device ID in the spelling of the daemon, and any other pattern as it is."""
    if not device_ids.looks_like_id(pattern):
        return pattern
    try:
        return device_ids.normalise(pattern)
    except InvalidInput as exc:
        raise InvalidInput(f"{place}: {exc}") from None


_ID_PATTERN = re.compile(r"[A-Z2-7?*-]+\Z")


class Claim(t.NamedTuple):
    """What is to be chosen from: an ID, and the name or label that somebody gave it."""

    id: str
    name: str


class Patterns:
    """Patterns for devices or folders, which match their IDs, and where that can't be mistaken, their names.

    ``known`` are the IDs that there are. A pattern that is one of them means that one only, whatever others are called,
    and so does a part of a device ID with wildcards.
    """

    def __init__(self, patterns: t.Sequence[str], known: t.Iterable[str]) -> None:
        self.patterns = patterns
        self._known = set(known)

    def match(self, claim: Claim) -> bool:
        return any(self.matches(pattern, claim) for pattern in self.patterns)

    def matches(self, pattern: str, claim: Claim) -> bool:
        if pattern in self._known:
            return pattern == claim.id
        if _ID_PATTERN.match(pattern) and any(fnmatch.fnmatchcase(known, pattern) for known in self._known):
            return fnmatch.fnmatchcase(claim.id, pattern)
        texts = [claim.id]
        if is_name(pattern) and is_name(claim.name) and claim.name not in self._known:
            texts.append(claim.name)
        return any(pattern == text or fnmatch.fnmatchcase(text, pattern) for text in texts)


def is_pattern(text: str) -> bool:
    """Whether this may stand for many names, or for none."""
    return any(letter in text for letter in "*?[")


def did_you_mean(ref: str, known: t.Iterable[str]) -> str:
    import difflib  # only a mistake needs it

    near = difflib.get_close_matches(ref, known, n=3)
    return f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
