# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Conflict copies: which there are, which file of each conflict is kept, and moving the others away. No Ansible in it.

The daemon tells nothing of conflicts, so they are looked for on the disk, by name. What is found counts only if the
daemon knows the very same file: a copy that it ignores or has not scanned yet is none, and a directory that only looks
like the daemon's does not have its files.

Source: ``conflictName`` in ``lib/model/folder_sendrecv.go``, ``lib/versioner`` of Syncthing 1.12 to 2.1.
"""

from __future__ import annotations

import os
import time
import typing as t

from .._api.client import SyncthingClient
from .._errors import DiscoveryError, InvalidInput, NotApplied, SyncthingError
from .._host import accounts
from .._host.tree import Changed, Tree
from .._schema import names
from .._schema.checks import YEAR
from .._schema.field import Json
from .._until import every, until
from .conflict_files import (
    Conflict,
    File,
    Look,
    Place,
    acting,
    check_local,
    locate,
    look,
    record,
)
from .conflict_rules import Decision, Decisions, Rule, decide
from .version_archive import VersionArchive, archived, of_folder, open_archive
from .versions import scan

_PAUSE = 0.5  # seconds between two looks


class Names:
    """Devices by their short IDs, as far as they are known and no two have the same one."""

    def __init__(self, config: Json) -> None:
        self.devices = {device["deviceID"]: device for device in config["devices"]}
        self._by_short: dict[str, list[str]] = {}
        for device_id in self.devices:
            self._by_short.setdefault(device_id[:7], []).append(device_id)

    def show(self, short_id: str) -> Json | None:
        if not short_id:
            return None
        found = self._by_short.get(short_id, [])
        device_id = found[0] if len(found) == 1 else None
        name = (self.devices[device_id].get("name") or None) if device_id else None
        return {"short_id": short_id, "device_id": device_id, "name": name}


def show(conflicts: t.Sequence[Conflict], names: Names) -> list[Json]:
    """Return what syncthing_conflicts_info returns of a folder."""
    return [
        {
            "path": copy.path,
            "original": conflict.original,
            "original_exists": conflict.there,
            "equal": copy.path in conflict.equal,
            "time": copy.time.isoformat(),
            "device": names.show(file.local.get("modifiedBy") or ""),
            "replaced_by": names.show(copy.short_id),
            "size": file.stat.st_size,
            "mod_time": file.local["modified"],
        }
        for conflict in conflicts
        for copy, file in conflict.copies.items()
    ]


class Overview(t.NamedTuple):
    conflicts: dict[str, list[Json]]  # by folder ID
    not_searched: dict[str, str]  # by folder ID, why
    unreadable: list[str]


def overview(client: SyncthingClient, folder_id: str | None, user: str | None) -> Overview:
    """Return the conflicts of a folder; of all folders, those of the ones that can be searched."""
    check_local(client)
    config = client.config()
    found = Overview({}, {}, [])
    chosen = config["folders"] if folder_id is None else [names.folder(config, folder_id, "folder")]
    for folder in chosen:
        try:
            place = locate(client, folder, user)
            seen = look(client, place)
        except (InvalidInput, DiscoveryError) as exc:
            if folder_id is not None:
                raise
            found.not_searched[folder["id"]] = str(exc)
        else:
            found.conflicts[folder["id"]] = show(seen.conflicts, Names(config))
            found.unreadable.extend(os.path.join(place.path, path) for path in seen.unreadable)
    return found


# -- moving away


class Resolution(t.NamedTuple):
    archive: str
    left: dict[str, str]
    resolved: dict[str, Json]  # by the path of the original
    before: Json
    after: Json
    unreadable: list[str]

    def results(self) -> Json:
        return {"resolved": self.resolved, "left_alone": self.left, "archive": self.archive}


def _archive(place: Place, given: str | None) -> VersionArchive:
    folder = place.folder
    name = f"folder: {folder['id']!r} "
    if given:
        with acting(place.account):
            inside = os.path.commonpath([os.path.realpath(given), os.path.realpath(place.path)])
            if not os.path.isabs(given) or not os.path.isdir(given):
                raise InvalidInput(
                    f"archive_directory: {given} must be the absolute path of a directory that is there and that "
                    f"{place.account.name!r} can see. Create it first, with ansible.builtin.file."
                )
            if inside == os.path.realpath(place.path):
                raise InvalidInput(
                    f"archive_directory: {given} is in the folder {folder['id']!r}, which would synchronize what is "
                    "archived. Use a directory outside of it."
                )
        return VersionArchive(given, given=True)
    kind = folder["versioning"]["type"]
    if not kind:
        raise InvalidInput(name + "keeps no versions. Set its versioning, or archive_directory.")
    if kind == "external":
        raise InvalidInput(name + "has its versions kept by an external command. Set archive_directory.")
    return of_folder(place)


def resolve(
    client: SyncthingClient,
    options: t.Mapping[str, t.Any],
    check_mode: bool,
) -> Resolution:
    """Resolve the conflicts of a folder; ``options`` are those of syncthing_conflicts."""
    check_local(client)
    config = client.config()
    folder = names.folder(config, options["folder"], "folder")
    rule = _rule(options, config)
    place = locate(client, folder, options["user"])
    if folder["type"] == "receiveonly":
        raise InvalidInput(
            f"folder: {folder['id']!r} is receiveonly: what is resolved here would reach no other device. Resolve on "
            "a device that sends."
        )
    archive = _archive(place, options["archive_directory"])
    plan, unreadable = _plan(client, place, rule, time.monotonic() + options["wait_timeout"])
    outcome = Resolution(archive.path, left=dict(plan.left), resolved={}, before={}, after={}, unreadable=unreadable)
    failed: dict[str, str] = {}
    if check_mode:
        for decision in plan.decisions:
            _note(outcome, decision)
    elif plan.decisions:
        with accounts.locked(place.path, place.account), acting(place.account), Tree(place.path) as tree:
            _carry_out(tree, archive, plan.decisions, outcome, failed)
        _tell(client, place, outcome)
    if failed:
        reasons = "; ".join(f"{path!r}: {reason}" for path, reason in sorted(failed.items()))
        error = NotApplied(f"Not resolved, while the other conflicts are: {reasons}.")
        error.results = outcome.results()
        raise error
    return outcome


def _rule(options: t.Mapping[str, t.Any], config: Json) -> Rule:
    keep = options["keep"] or ("original" if options["equal_only"] else "")
    if not keep:
        raise InvalidInput("keep: say which file of a conflict is kept, or set equal_only.")
    if (keep == "device") != (options["device"] is not None):
        raise InvalidInput("device: it must be set with keep 'device', and not otherwise.")
    for name in ("min_age", "wait_timeout"):
        if not 0 <= options[name] <= YEAR:
            raise InvalidInput(f"{name} must be at least 0 s, and at most a year.")
    short_id = ""
    if keep == "device":
        devices = {device["deviceID"]: device for device in config["devices"]}
        short_id = names.Devices(devices).resolve(options["device"], "device")[:7]
    return Rule(keep, short_id, options["equal_only"], options["files"], options["min_age"])


def _plan(client: SyncthingClient, place: Place, rule: Rule, deadline: float) -> tuple[Decisions, list[str]]:
    """Look and decide, again until all is settled or the time is over."""
    status: Json = {}
    found = Look([], [])
    plan = decide([], rule, time.time())

    def is_idle() -> bool:
        return status["state"] == "idle" and not status.get("error")

    def is_settled() -> bool:
        nonlocal found, plan
        status.clear()
        status.update(client.get("/rest/db/status", {"folder": place.folder["id"]}))
        if is_idle():
            found = look(client, place)
            plan = decide(found.conflicts, rule, time.time())
        return is_idle() and not plan.passing

    until(is_settled, deadline, every(_PAUSE))
    if not is_idle():
        raise InvalidInput(
            f"folder: {place.folder['id']!r} is {status.get('error') or status['state']}. Conflicts are resolved in a "
            "folder that is idle: wait for it with syncthing_wait, or set wait_timeout."
        )
    return plan, found.unreadable


def _note(outcome: Resolution, decision: Decision) -> None:
    original = decision.conflict.original
    paths = sorted(file.path for file in decision.losers)
    outcome.resolved[original] = {"kept": decision.winner.path, "archived": paths}
    for file in [*decision.losers, decision.winner]:
        outcome.before[file.path] = _shown(file)
    outcome.after[original] = _shown(decision.winner)


def _shown(file: File) -> Json:
    return {"mod_time": file.local["modified"], "size": file.local["size"]}


def _carry_out(
    tree: Tree,
    archive: VersionArchive,
    decisions: t.Sequence[Decision],
    outcome: Resolution,
    failed: dict[str, str],
) -> None:
    with open_archive(archive, tree) as target:
        for decision in decisions:
            try:
                _settle(tree, target, archive, decision)
            except Changed as exc:
                paths = [file.path for file in (*decision.losers, decision.winner)]
                reason = f"{str(exc)!r} was changed at this moment"
                outcome.left.update({path: reason for path in paths if path != decision.conflict.original})
            except OSError as exc:
                failed[decision.conflict.original] = f"{exc.filename or archive.path}: {exc.strerror}"
            else:
                _note(outcome, decision)


def _settle(tree: Tree, target: Tree, archive: VersionArchive, decision: Decision) -> None:
    """Archive the losers of a conflict, and let the winner have the original's name. The original goes last."""
    original, winner = decision.conflict.original, decision.winner
    losers = sorted(decision.losers, key=lambda file: file.path == original)
    for file in [*losers, winner]:
        tree.check(file.path, file.stat)
    if not decision.conflict.there and tree.stat(original) is not None:
        raise Changed(original)
    for file in losers:
        with archived(archive, tree, target, file.path, file.stat):
            if file.path == original:
                tree.check(winner.path, winner.stat)
                tree.replace(winner.path, original)
            else:
                tree.remove(file.path)
    if winner.path != original and not decision.conflict.there:
        tree.keep(winner.path, winner.stat, tree, [original])
        tree.remove(winner.path)


def _tell(client: SyncthingClient, place: Place, outcome: Resolution) -> None:
    """Let the daemon look at what was moved, so that the other devices learn of it, and see that it does."""
    gone: set[str] = set()
    for original, done in outcome.resolved.items():
        gone.update({*done["archived"], done["kept"]} - {original})
    if not outcome.resolved:
        return
    try:
        scan(client, place.folder["id"], sorted({*gone, *outcome.resolved}))
        still = [path for path in sorted(gone) if record(client, place, path)[0]]
        if still:
            raise NotApplied(
                f"The conflicts are resolved, but Syncthing still has {', '.join(map(repr, still))}. Does something "
                "create it again?"
            )
    except SyncthingError as exc:
        exc.results = outcome.results()
        raise
