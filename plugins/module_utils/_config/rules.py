# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""What no daemon can have, or should not have, although each of its fields could. Pure."""

from __future__ import annotations

import typing as t

from .._api.discovery import listens_locally
from .._errors import InvalidInput, UnsupportedFeature
from .._schema import checks, names
from .._schema.field import Field, Json, by_json
from .._schema.paths import inside, parts
from .current import Current
from .desired import Folder

_FOLDING = ("windows", "darwin", "ios")  # whose file systems take names in upper and lower case for the same


def check_value(field: Field, value: t.Any, place: str) -> None:
    wrong = field.problem(value)
    if wrong:
        raise InvalidInput(f"{place}{field.option} {wrong}.")
    if field.fields and isinstance(value, list):
        fields = by_json(field.fields)
        for number, item in enumerate(value):
            for key, inner in item.items():
                check_value(fields[key], inner, f"{place}{field.option}[{number}].")


_KINDS = {bool: "true or false", float: "a number", str: "a string", list: "a list", dict: "a dict"}


def _kind(value: t.Any) -> type | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float
    return next((kind for kind in _KINDS if isinstance(value, kind)), None)


def check_like(now: t.Any, value: t.Any, place: str) -> None:
    """Refuse a value of another type than that of the daemon, which would answer with an error."""
    kind = _kind(now)
    if kind and _kind(value) is not kind:
        raise InvalidInput(f"{place} must be {_KINDS[kind]}, as in the daemon's configuration; it is {value!r}.")
    if kind is float and not -(2**63) <= value < 2**63:
        raise InvalidInput(f"{place} must be a number of 64 bits; it is {value!r}.")
    if kind is dict:
        for key in now.keys() & value.keys():
            check_like(now[key], value[key], f"{place}.{key}")
    elif kind is list and now:
        for number, item in enumerate(value):
            check_like(now[0], item, f"{place}[{number}]")


def check_release(current: Current, wanted: Folder) -> None:
    """Refuse what only a later release can store."""
    place, version = wanted.place, current.version
    delay = wanted.values.get("fsWatcherDelayS")
    if isinstance(delay, float) and version < (1, 23, 3):
        raise UnsupportedFeature(f"{place}fs_watcher_delay_s must be whole seconds before Syncthing 1.23.3.")
    if version < (2,) and wanted.values.get("maxConcurrentWrites", 0) > 64:
        raise InvalidInput(f"{place}max_concurrent_writes must be from 1 to 64 before Syncthing 2.0.")


def check_system(current: Current, wanted: Folder, before: Json | None, after: Json) -> None:
    system, path = current.system, after["path"]
    if system and not (before and before["path"] == path) and checks.foreign_path(path, system):
        raise InvalidInput(
            f"{wanted.place}path: {path!r} is not a path of the daemon's system, which is {system}. Use a path "
            f"such as {checks.EXAMPLE_PATHS[system == 'windows']!r}."
        )


def check_folder(current: Current, wanted: Folder, before: Json | None, after: Json) -> None:
    place = wanted.place
    version = current.version
    if before and before["type"] != after["type"] and "receiveencrypted" in (before["type"], after["type"]):
        raise InvalidInput(
            f"{place}type: Syncthing can't change the existing folder {wanted.id!r} from {before['type']} to "
            f"{after['type']}, since the data on disk differ. Remove the folder (state: absent; its files stay), "
            "move its directory away, then declare it again with an empty directory."
        )
    if after["type"] == "receiveencrypted":
        if wanted.ignore_patterns:
            raise InvalidInput(f"{place}ignore_patterns can't work in a receiveencrypted folder: names are encrypted.")
        if wanted.values.get("ignorePerms") is False and version >= (1, 15):
            raise InvalidInput(f"{place}ignore_perms: a receiveencrypted folder always ignores permissions.")


def check_places(
    current: Current, present: t.Sequence[Folder], known: t.Mapping[str, Json], after: t.Mapping[str, Json]
) -> t.Iterator[str]:
    """Compare where all folders are in the end: one may come to where another is no more. Yield warnings."""
    coming = {
        wanted.id: wanted
        for wanted in present
        if wanted.id not in known or known[wanted.id]["path"] != after[wanted.id]["path"]
    }
    others = [folder for folder in after.values() if folder["id"] not in coming]
    for wanted in coming.values():
        yield from check_place(current, wanted, known.get(wanted.id), after[wanted.id], others)
        others.append(after[wanted.id])


def check_place(
    current: Current, wanted: Folder, before: Json | None, after: Json, others: t.Sequence[Json]
) -> t.Iterator[str]:
    here = directory(current, after["path"])
    for other in others:
        there = directory(current, other["path"])
        if there == here:
            raise InvalidInput(
                f"{wanted.place}path: the folder {other['id']!r} has the path {other['path']!r} already; two "
                "folders in one directory destroy each other's data."
            )
        if inside(here, there) or inside(there, here):
            outer, inner = (other, after) if inside(here, there) else (after, other)
            yield (
                f"{wanted.place}path: the folder {inner['id']!r} ({inner['path']}) lies in the directory of "
                f"folder {outer['id']!r} ({outer['path']}), which shares its files with other devices too and "
                "changes or deletes them there. Use separate directories, or add the inner one to the ignore "
                "patterns of the outer folder."
            )
    if before and directory(current, before["path"]) != here:
        yield (
            f"{wanted.place}path: Syncthing does not move the files of folder {wanted.id!r} from {before['path']} "
            f"to {after['path']}. Move them, together with {after['markerName']}, before the folder is used "
            "again; until then it stops with 'folder marker missing' or 'folder path missing'."
        )


def directory(current: Current, path: str) -> tuple[str, ...]:
    found = parts(path, current.home)
    return tuple(map(names.folded, found)) if current.system in _FOLDING else found


def check_socket(place: str, before: Json, after: Json) -> None:
    if (before["useTLS"], before["address"]) == (after["useTLS"], after["address"]):
        return
    if after["useTLS"] and after["address"].startswith("/"):
        raise InvalidInput(
            f"{place}use_tls can't be used with a UNIX socket, and {place}address is {after['address']!r}. Set "
            "use_tls to false, or use an address such as 127.0.0.1:8384."
        )


def check_metrics(place: str, before: Json, after: Json) -> None:
    """Refuse to show metrics, which name devices and folders, to whoever reaches the GUI."""
    keys = ("metricsWithoutAuth", "address")
    if after.get(keys[0]) and not listens_locally(after["address"]) and any(before[key] != after[key] for key in keys):
        raise InvalidInput(
            f"{place}metrics_without_auth shows the names of devices and folders to everyone who can connect to "
            f"{place}address, which is {after['address']!r}. Use an address such as 127.0.0.1:8384, or set "
            "metrics_without_auth to false and let Prometheus send the API key."
        )


def refuse_twice(keys: t.Sequence[str], kind: str, option: str) -> None:
    if len(set(keys)) == len(keys):
        return
    seen: dict[str, int] = {}
    for number, key in enumerate(keys):
        if key and key in seen:
            raise InvalidInput(f"{kind}[{number}].{option}: {key} is declared already, as {kind}[{seen[key]}].")
        seen[key] = number
