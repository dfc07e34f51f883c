# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""What no daemon can have, or should not have, although each of its fields could. Pure."""

from __future__ import annotations

import typing as t

from .._api.discovery import listens_locally
from .._errors import InvalidInput, UnsupportedFeature
from .._schema import checks, names, patterns, tables
from .._schema.field import Field, Json, Table, by_json, snake
from .._schema.paths import inside, parts
from .current import Current
from .desired import SECTIONS, Desired, Device, Folder, Section

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


def check_values(values: Json, table: Table, place: str, before: Json | None, after: Json) -> None:
    """Check what is declared, as far as this daemon has it, and does not have it so already."""
    fields = by_json(table)
    for key in values.keys() & after.keys():
        field = fields[key]
        old = before.get(key) if before else None
        if isinstance(values[key], dict):
            check_values(values[key], field.fields, f"{place}{field.option}.", old, after[key])
        if before is None or old != after[key]:
            check_value(field, after[key], place)


def check_extra(values: Json, place: str, base: Json) -> None:
    now = {key.lower(): value for key, value in base.items()} if values else {}
    for key, value in values.items():
        check_like(now.get(key.lower()), value, f"{place}extra.{key}")


# -- devices


def check_device(wanted: Device, before: Json | None, base: Json, after: Json) -> None:
    """Check a device; ``base`` is what it was made from, which is not ``before`` where there was none."""
    place = wanted.place
    ignored = wanted.values.get("ignoredFolders")
    values = {key: value for key, value in wanted.values.items() if key != "ignoredFolders"}
    check_values(values, tables.DEVICE, place, before, after)
    if ignored:
        known = [entry.items() for entry in base["ignoredFolders"]]
        new = [entry for entry in ignored if not any(entry.items() <= items for items in known)]
        check_value(by_json(tables.DEVICE)["ignoredFolders"], new, place)
    check_extra(wanted.extra, place, base)
    for key in ("introducer", "autoAcceptFolders") if after.get("untrusted") else ():
        if after.get(key):
            raise InvalidInput(
                f"{place}untrusted: an untrusted device can't have {snake(key)} on; Syncthing would turn it off "
                f"silently. Set {snake(key)} to false too."
            )


# -- folders


def check_template(current: Current, wanted: Folder, before: Json | None, base: Json, after: Json) -> None:
    """Check what holds for a folder and for the defaults of new ones alike."""
    values = {key: value for key, value in wanted.values.items() if key != "versioning"}
    if "versioning" in wanted.values:
        _check_versioning(wanted.values["versioning"], wanted.place + "versioning.", base["versioning"], after)
    check_values(values, tables.FOLDER, wanted.place, before, after)
    check_extra(wanted.extra, wanted.place, base)
    _check_system(current, wanted, before, after)
    _check_release(current, wanted)


def _check_versioning(declared: Json, place: str, before: Json, folder: Json) -> None:
    after = folder["versioning"]
    kind = after["type"]
    values = {key: value for key, value in declared.items() if key != "params"}
    check_values(values, tables.VERSIONING, place, before, after)
    allowed = tables.VERSIONING_PARAMS_OF.get(kind, ())
    fields = by_json(tables.VERSIONING_PARAMS)
    kept = before["params"] if before["type"] == kind else {}
    for key, value in (declared.get("params") or {}).items():
        if str(value) == kept.get(key):
            continue
        if key not in allowed:
            known = f", which has {', '.join(map(snake, allowed))}" if allowed else ""
            raise InvalidInput(
                f"{place}params.{snake(key)} means nothing to versioning type {kind or 'none'!r}{known}."
            )
        check_value(fields[key], value, place + "params.")
    if kind == "external" and not after["params"].get("command"):
        raise InvalidInput(f"{place}params.command is required by versioning type 'external'.")


def _check_release(current: Current, wanted: Folder) -> None:
    """Refuse what only a later release can store."""
    place, version = wanted.place, current.version
    delay = wanted.values.get("fsWatcherDelayS")
    if isinstance(delay, float) and version < (1, 23, 3):
        raise UnsupportedFeature(f"{place}fs_watcher_delay_s must be whole seconds before Syncthing 1.23.3.")
    if version < (2,) and wanted.values.get("maxConcurrentWrites", 0) > 64:
        raise InvalidInput(f"{place}max_concurrent_writes must be from 1 to 64 before Syncthing 2.0.")


def _check_system(current: Current, wanted: Folder, before: Json | None, after: Json) -> None:
    system, path = current.system, after["path"]
    if system and not (before and before["path"] == path) and checks.foreign_path(path, system):
        raise InvalidInput(
            f"{wanted.place}path: {path!r} is not a path of the daemon's system, which is {system}. Use a path "
            f"such as {checks.EXAMPLE_PATHS[system == 'windows']!r}."
        )


def check_folder(current: Current, wanted: Folder, before: Json | None, base: Json, after: Json) -> None:
    """Check a folder; ``base`` is what it was made from, which is not ``before`` where there was none."""
    check_template(current, wanted, before, base, after)
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
    for wanted in present:
        check_versions(current, wanted, known.get(wanted.id), after[wanted.id], after.values())
    others = [folder for folder in after.values() if folder["id"] not in coming]
    for wanted in coming.values():
        yield from _check_place(current, wanted, known.get(wanted.id), after[wanted.id], others)
        others.append(after[wanted.id])


def _check_place(
    current: Current, wanted: Folder, before: Json | None, after: Json, others: t.Sequence[Json]
) -> t.Iterator[str]:
    here = _directory(current, after["path"])
    for other in others:
        there = _directory(current, other["path"])
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
    if before and _directory(current, before["path"]) != here:
        yield (
            f"{wanted.place}path: Syncthing does not move the files of folder {wanted.id!r} from {before['path']} "
            f"to {after['path']}. Move them, together with {after['markerName']}, before the folder is used "
            "again; until then it stops with 'folder marker missing' or 'folder path missing'."
        )


def check_versions(
    current: Current, wanted: Folder, before: Json | None, after: Json, folders: t.Iterable[Json]
) -> None:
    """Refuse to keep versions where the daemon, when it deletes old ones, would delete the files of a folder."""
    declared = after["versioning"].get("fsPath")
    if not declared or after["versioning"]["type"] in ("", "external"):
        return
    if before and all(before[key] == after[key] for key in ("path", "versioning")):
        return
    is_relative = checks.path(declared)
    here = _directory(current, f"{after['path'] or '.'}/{declared}" if is_relative else declared)
    for folder in folders:
        there = _directory(current, folder["path"])
        if there == here or inside(there, here):
            raise InvalidInput(
                f"{wanted.place}versioning.fs_path: {declared!r} has the files of folder {folder['id']!r} "
                f"({folder['path']}) in it, which Syncthing would delete as old versions. Use a directory for versions "
                "only, or an empty string for .stversions."
            )


def _directory(current: Current, path: str) -> tuple[str, ...]:
    found = parts(path, current.home)
    return tuple(map(names.folded, found)) if current.system in _FOLDING else found


def check_patterns(lines: t.Sequence[str], place: str) -> None:
    for number, line in enumerate(lines):
        wrong = patterns.problem(line, lines)
        if wrong:
            raise InvalidInput(
                f"{place}[{number}]: {_beginning(line)!r} {wrong}. Syncthing would stop the folder over it."
            )


def _beginning(text: str) -> str:
    return text if len(text) < 200 else text[:200] + "..."


def refuse_ignoring_shared(devices: t.Iterable[Device], folders: t.Mapping[str, Json]) -> None:
    """The daemon drops from what a device's user ignores all that is shared with that device."""
    for wanted in devices:
        for number, entry in enumerate(wanted.values.get("ignoredFolders") or ()):
            folder = folders.get(entry["id"], {"devices": ()})
            if wanted.present and any(share["deviceID"] == wanted.device for share in folder["devices"]):
                raise InvalidInput(
                    f"{wanted.place}ignored_folders[{number}].id: the folder {entry['id']!r} is shared with this "
                    "device. Stop sharing it with the device, or do not ignore it."
                )


def refuse_silent_unsharing(current: Current, devices: t.Mapping[str, Json], folders: t.Mapping[str, Json]) -> None:
    """The daemon unshares a plain folder from an untrusted device without a word."""
    if current.version < (1, 23, 6) or not any(device.get("untrusted") for device in devices.values()):
        return
    for folder in folders.values():
        for share in folder["devices"] if folder["type"] != "receiveencrypted" else ():
            device = devices.get(share["deviceID"])
            if device and device.get("untrusted") and not share["encryptionPassword"]:
                raise InvalidInput(
                    f"The device {device['name']} ({device['deviceID']}) is untrusted, and folder {folder['id']!r} is "
                    "shared with it without a password; Syncthing would stop sharing it. Give its entry in the "
                    "folder's devices an encryption_password, or take it out."
                )


def check_purge_of_folders(desired: Desired, devices: t.Mapping[str, Json]) -> None:
    accepting = [device for device in devices.values() if device["autoAcceptFolders"]]
    if accepting and not desired.purge.auto_accepted:
        raise InvalidInput(
            f"purge: folders would remove what {accepting[0]['name'] or 'a device'} ({accepting[0]['deviceID']}) adds "
            "by auto_accept_folders, again and again. Set auto_accept_folders to false there, or purge_auto_accepted "
            "to true."
        )


# -- sections


def check_section(wanted: Section, before: Json, after: Json) -> None:
    place, values = wanted.place, wanted.values
    check_values(values, SECTIONS[wanted.name], place, before, after)
    check_extra(wanted.extra, place, before)
    if values.get("password") and after["authMode"] == "ldap":
        raise InvalidInput(f"{place}password does nothing with {place}auth_mode ldap: leave it out.")
    if values.get("password") and not after["user"]:
        raise InvalidInput(f"{place}password does nothing without {place}user: set both.")
    for kind in ("Tcp", "Quic"):
        wan, lan = (f"connectionPriority{kind}{net}" for net in ("Wan", "Lan"))
        if (wan in values or lan in values) and after.get(wan, 1) <= after.get(lan, 0):
            raise InvalidInput(f"{place}{snake(wan)} must be larger than {snake(lan)}.")
    if wanted.name == "gui":
        _check_socket(place, before, after)
        _check_metrics(place, before, after)


def _check_socket(place: str, before: Json, after: Json) -> None:
    if (before["useTLS"], before["address"]) == (after["useTLS"], after["address"]):
        return
    if after["useTLS"] and after["address"].startswith("/"):
        raise InvalidInput(
            f"{place}use_tls can't be used with a UNIX socket, and {place}address is {after['address']!r}. Set "
            "use_tls to false, or use an address such as 127.0.0.1:8384."
        )


def _check_metrics(place: str, before: Json, after: Json) -> None:
    """Refuse to show metrics, which name devices and folders, to whoever reaches the GUI."""
    keys = ("metricsWithoutAuth", "address")
    if after.get(keys[0]) and not listens_locally(after["address"]) and any(before[key] != after[key] for key in keys):
        raise InvalidInput(
            f"{place}metrics_without_auth shows the names of devices and folders to everyone who can connect to "
            f"{place}address, which is {after['address']!r}. Use an address such as 127.0.0.1:8384, or set "
            "metrics_without_auth to false and let Prometheus send the API key."
        )


# -- lists


def refuse_twice(keys: t.Sequence[str], kind: str, option: str) -> None:
    if len(set(keys)) == len(keys):
        return
    seen: dict[str, int] = {}
    for number, key in enumerate(keys):
        if key and key in seen:
            raise InvalidInput(f"{kind}[{number}].{option}: {key} is declared already, as {kind}[{seen[key]}].")
        seen[key] = number
