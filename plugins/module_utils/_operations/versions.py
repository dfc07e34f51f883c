# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Archived versions of files: what there is, which of them is meant, and putting them back. No Ansible in it.

A file that changes or goes away because of another device is archived at that moment, its version time. So the version
that was archived first after some time is what the file was at that time.
"""

from __future__ import annotations

import datetime
import fnmatch
import re
import time
import typing as t

from .._api.client import SyncthingClient
from .._errors import LOST, InvalidInput, NotApplied, NotFound, SyncthingError
from .._schema import names
from .._schema.field import Json, Params

Versions = t.Dict[str, t.List[Json]]  # by path, newest first

_AT_ONCE = 50  # files in one request, since their names stand in its URL
_JUST_NOW = 5  # seconds that names of versions made at once may lie ahead of the clock
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.\d+)?(?:([Zz])|([+-]\d\d):?(\d\d))\Z")


def fetch(client: SyncthingClient, folder_id: str) -> Versions:
    """Return what is archived in a folder; raise InvalidInput if nothing can be."""
    folder = names.folder(client.config(), folder_id, "folder")
    if folder["paused"]:
        raise InvalidInput(f"folder: {folder_id!r} is paused, so that its archive can't be read. Resume it first.")
    kind = folder["versioning"]["type"]
    if not kind:
        raise InvalidInput(f"folder: {folder_id!r} keeps no versions. Set its versioning before they are needed.")
    if kind == "external":
        raise InvalidInput(
            f"folder: the versions of {folder_id!r} are kept by an external command, where Syncthing can't see them."
        )
    answer = client.get("/rest/folder/versions", {"folder": folder_id}) or {}
    return {
        path: sorted(map(_shown, versions), key=lambda version: parse_time(version["version_time"]), reverse=True)
        for path, versions in sorted(answer.items())
    }


def _shown(version: Json) -> Json:
    return {"version_time": version["versionTime"], "mod_time": version["modTime"], "size": version["size"]}


def parse_time(text: str, place: str = "time") -> datetime.datetime:
    """Return a moment that is written as in RFC 3339, to the second, which is all that versions have."""
    match = _TIME.match(text)
    try:
        day, clock, utc, hours, minutes = match.groups() if match else ("",) * 5
        zone = "+0000" if utc else hours + minutes
        return datetime.datetime.strptime(day + clock + zone, "%Y-%m-%d%H:%M:%S%z")
    except (ValueError, TypeError):
        raise InvalidInput(
            f"{place}: {text!r} is not a time with a time zone. Use a form such as "
            "'2026-01-31T12:00:00+01:00', in quotes."
        ) from None


def matching(versions: Versions, pattern: str) -> list[str]:
    """Return the paths that a path or a pattern stands for."""
    return [pattern] if pattern in versions else [path for path in versions if fnmatch.fnmatchcase(path, pattern)]


# -- which


def choose(versions: Versions, wanted: t.Sequence[Params]) -> dict[str, Json | None]:
    """Return, by path, the version that is to be restored; None for a named file of which no such one is archived.

    ``wanted`` is the option files of syncthing_restore.
    """
    chosen: dict[str, Json | None] = {}
    for number, entry in enumerate(wanted):
        place = f"files[{number}]."
        pick = _picker(entry, place)
        pattern = entry["path"]
        if not pattern:
            raise InvalidInput(f"{place}path must not be empty.")
        found = {path: pick(versions[path]) for path in matching(versions, pattern)}
        if pattern not in versions and not names.is_pattern(pattern):
            found = {pattern: None}
        for path, version in found.items():
            if version is None and path != pattern:
                continue
            if path in chosen and chosen[path] != version:
                raise InvalidInput(f"{place}path: {path!r} is chosen twice, in two versions.")
            chosen[path] = version
    return chosen


def _picker(entry: Params, place: str) -> t.Callable[[t.Sequence[Json]], Json | None]:
    """Return what takes one of a file's versions, which come newest first."""
    if None not in (entry["version"], entry["as_of"]):
        raise InvalidInput(f"{place}version and as_of can't both be set.")
    if entry["version"] is not None:
        exact = parse_time(entry["version"], place + "version")
        return lambda versions: next((one for one in versions if parse_time(one["version_time"]) == exact), None)
    if entry["as_of"] is not None:
        moment = parse_time(entry["as_of"], place + "as_of")
        return lambda versions: next((one for one in reversed(versions) if _was(one, moment)), None)
    return lambda versions: next(iter(versions), None)


def _was(version: Json, moment: datetime.datetime) -> bool:
    """Whether a file was like this then: it was archived later, and had been made before.

    Of what the versioning type trashcan archived, the daemon knows no more than when; it may be there from before a
    change of the type, so the folder's type does not tell.
    """
    archived, made = parse_time(version["version_time"]), parse_time(version["mod_time"])
    return archived > moment and (made <= moment or made == archived)


# -- putting back


class Restored(t.NamedTuple):
    restored: dict[str, Json]
    kept: list[str]
    before: dict[str, Json | None]  # of what is restored, the file that was there


def restore(
    client: SyncthingClient, folder_id: str, wanted: t.Sequence[Params], overwrite: bool, check_mode: bool
) -> Restored:
    """Restore what is chosen and not there; with ``overwrite`` also in the place of what is there."""
    chosen = choose(fetch(client, folder_id), wanted)
    now = {path: _current(client, folder_id, path) for path in chosen}
    unseen = [path for path, version in chosen.items() if not (version or now[path])]
    if unseen and not check_mode:
        scan(client, folder_id, unseen)  # restored by a run that was cut off then
        now.update({path: _current(client, folder_id, path) for path in unseen})
    unchanged_since = {entry["path"] for entry in wanted if entry["as_of"] is not None}  # if nothing is archived
    outcome = Restored({}, [], {})
    missing = []
    for path, version in chosen.items():
        there = now[path]
        done = _same(there, version) if there and version else path in unchanged_since
        if there and (done or not overwrite):
            outcome.kept.append(path)
        elif version is None:
            missing.append(path)
        else:
            outcome.restored[path] = version
            outcome.before[path] = there
    if missing:
        # The daemon would archive the file that is there, and only then find that it has no such version.
        raise NotFound(
            f"No such version is archived in folder {folder_id!r} of {', '.join(map(repr, missing))}. A version that "
            "was restored is no longer archived. See syncthing_versions_info for what there is."
        )
    if outcome.restored and not check_mode:
        _write(client, folder_id, outcome)
    return outcome


def _write(client: SyncthingClient, folder_id: str, outcome: Restored) -> None:
    body = {path: version["version_time"] for path, version in outcome.restored.items()}
    _let_second_pass(client, body.values())
    lost: SyncthingError | None = None
    try:
        said = client.write("POST", "/rest/folder/versions", body, {"folder": folder_id}) or {}
    except LOST as exc:
        lost, said = exc, {}
    scan(client, folder_id, list(body))
    failed = {}
    for path, version in outcome.restored.items():
        there = _current(client, folder_id, path)
        if not there or not _same(there, version):  # older releases complain of what they did (trashcan)
            failed[path] = said.get(path, "it is not there afterwards, or is another one")
    if failed:
        reasons = "; ".join(f"{path!r}: {reason}" for path, reason in sorted(failed.items()))
        error = lost or NotApplied(f"Syncthing did not restore {reasons}. What else was chosen is restored.")
        error.results = {"restored": {path: outcome.restored[path] for path in body if path not in failed}}
        raise error


def _let_second_pass(client: SyncthingClient, archived: t.Iterable[str]) -> None:
    """Wait if something was archived just now: the daemon archives the present file first, by the name of its second.

    In that same second, it would replace the version that is to be restored.
    """
    now = client.clock
    ahead = [(parse_time(when) - now).total_seconds() for when in archived] if now else []
    time.sleep(max([seconds + 1.1 for seconds in ahead if 0 <= seconds <= _JUST_NOW], default=0))


def scan(client: SyncthingClient, folder_id: str, paths: t.Sequence[str]) -> None:
    """Let the daemon look at these files now; else it would notice them when it next looks, and so would we."""
    for start in range(0, len(paths), _AT_ONCE):
        params = {"folder": folder_id, "sub": paths[start : start + _AT_ONCE]}
        client.write("POST", "/rest/db/scan", params=params, repeatable=True)


def _current(client: SyncthingClient, folder_id: str, path: str) -> Json | None:
    """Return the file that is there, as far as the daemon knows; None if there is none."""
    try:
        found = client.get("/rest/db/file", {"folder": folder_id, "file": path})["local"]
    except NotFound:
        return None
    if not found.get("name") or found["deleted"]:
        return None
    return {"mod_time": found["modified"], "size": found["size"]}


def _same(there: Json, version: Json) -> bool:
    return there["size"] == version["size"] and parse_time(there["mod_time"]) == parse_time(version["mod_time"])
