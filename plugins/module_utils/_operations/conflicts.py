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

import contextlib
import datetime
import fnmatch
import os
import re
import stat
import time
import typing as t

from .._api.client import SyncthingClient
from .._errors import DiscoveryError, InvalidInput, NotApplied, NotFound, SyncthingError
from .._host import accounts
from .._host.accounts import Account
from .._host.tree import Changed, Tree
from .._schema import names, urls
from .._schema.checks import YEAR
from .._schema.field import Json
from .versions import parse_time, scan

_TAG = "%Y%m%d-%H%M%S"
# As Go's filepath.Ext, the extension is what follows the last dot, also if the whole name is one, as in .bashrc.
_NAME = re.compile(r"(.*)\.sync-conflict-(\d{8}-\d{6})(?:-([A-Z2-7]{7})?)?(\.[^.]*)?\Z", re.ASCII | re.DOTALL)
_PARTS = re.compile(r"^\d{4}|\d\d")
_TEMPORARY = (".syncthing.", "~syncthing~")
_PAUSE = 0.5  # seconds between two looks
RULES = ("newest", "original", "copy", "device")


# -- names


class Copy(t.NamedTuple):
    """A conflict copy's name, taken apart. ``time`` is that of the device that made the copy, of an unknown zone."""

    path: str
    original: str
    time: datetime.datetime
    short_id: str  # of the device whose change took the original's place; old releases didn't note it


def parse(path: str) -> Copy | None:
    """Return what the name of a conflict copy tells; None if the name is not that of one.

    A conflict copy of a conflict copy is one of the file that the first is one of.
    """
    directory, name = os.path.split(path)
    marks = []
    while True:
        match = _NAME.match(name)
        stem, tag, short_id, extension = match.groups("") if match else ("",) * 4
        try:
            # not strptime: it imports a module when it is first used, which the daemon's user may not be able to read
            year, month, day, hour, minute, second = map(int, _PARTS.findall(tag))
            moment = datetime.datetime(year, month, day, hour, minute, second)
        except ValueError:  # also if there was no match
            break
        if not stem + extension:
            break
        marks.append((moment, short_id))
        name = stem + extension
    # Which of two marks comes first in the name depends on whether there is an extension.
    return Copy(path, os.path.join(directory, name), *max(marks)) if marks else None


def tagged(path: str, moment: float) -> str:
    """Return the name under which the daemon archives a file at this time."""
    directory, name = os.path.split(path)
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    tag = time.strftime(_TAG, time.localtime(moment))
    return os.path.join(directory, f"{stem}~{tag}{dot}{extension}")


# -- where


class Place(t.NamedTuple):
    """A folder as this host sees it."""

    folder: Json
    path: str
    account: Account


@contextlib.contextmanager
def acting(account: Account) -> t.Iterator[None]:
    """Act as this account; what the operating system refuses becomes a sentence."""
    try:
        with accounts.acting_as(account):
            yield
    except (OSError, ValueError) as exc:  # the latter: of a path that can't be one
        raise DiscoveryError(
            f"{getattr(exc, 'filename', None) or 'This host'}: {getattr(exc, 'strerror', None) or exc}. Run the task "
            "as the daemon's user, or as root with 'user' set to it."
        ) from None


def check_local(client: SyncthingClient) -> None:
    """Refuse a daemon that is not on this host, before it is asked anything: its address is not, nor was found here."""
    if client.endpoint.source == "api_url" and not urls.parse(client.endpoint.url).is_local:
        raise InvalidInput(
            f"api_url: {client.endpoint.url} is another host, and conflict copies are looked for on the disk. Run the "
            "task on the daemon's host."
        )


def locate(client: SyncthingClient, folder: Json, user: str | None) -> Place:
    """Return where a folder is on this host; raise InvalidInput if its files are not to be had here."""
    place = f"folder: {folder['id']!r} "
    if folder["type"] == "receiveencrypted":
        raise InvalidInput(
            place + "is receiveencrypted, so that names in it are encrypted. Use a device that can read them."
        )
    if folder["paused"]:
        raise InvalidInput(place + "is paused, so that the daemon does not tell about its files. Resume it first.")
    account = accounts.find(user)
    path = folder["path"]
    if path == "~" or path.startswith("~/"):
        path = client.get("/rest/system/status").get("tilde", "") + path[1:]
    with acting(account):
        # The marker is what tells the daemon itself that this is the directory.
        seen = os.path.isabs(path) and os.path.lexists(os.path.join(path, folder.get("markerName") or ".stfolder"))
    if not seen:
        raise InvalidInput(
            place
            + (
                f"is not in {path} as {account.name!r} sees it. Run the task as the daemon's user, or as root with "
                "'user' set to it; if the daemon runs in a container, in the container."
            )
        )
    return Place(folder, path, account)


def _versions_path(place: Place) -> str:
    """Return the directory in which the daemon archives versions of this folder's files."""
    versioning = place.folder["versioning"]
    if "fsPath" in versioning:
        configured = versioning["fsPath"]
    else:  # before 1.14
        configured = versioning["params"].get("versionsPath" if versioning["type"] == "staggered" else "fsPath")
    return os.path.join(place.path, configured or ".stversions")


# -- what there is


class File(t.NamedTuple):
    """A file that the daemon knows. ``local`` is the daemon's own record, ``settled`` whether that is the last word."""

    path: str
    stat: os.stat_result
    local: Json
    settled: bool


class Conflict(t.NamedTuple):
    """The copies of a file. ``file`` is None if there is no original, or none that can be moved: see ``there``."""

    original: str
    there: bool
    file: File | None
    copies: dict[Copy, File]
    equal: set[str]  # paths of the copies that have the original's content


class Look(t.NamedTuple):
    conflicts: list[Conflict]  # by path
    unreadable: list[str]  # directories


def look(client: SyncthingClient, place: Place) -> Look:
    """Return the conflicts in a folder."""
    unreadable: list[str] = []
    with acting(place.account), Tree(place.path) as tree:
        found = _search(tree, place, unreadable)
    conflicts = []
    for original, (status, copies) in sorted(found.items()):
        known = {copy: _known(client, place, copy.path, seen) for copy, seen in sorted(copies.items())}
        files = {copy: file for copy, file in known.items() if file}
        if not files:
            continue
        file = None
        if status and stat.S_ISREG(status.st_mode):
            file = _known(client, place, original, status)
        conflicts.append(Conflict(original, status is not None, file, files, set()))
    with acting(place.account), Tree(place.path) as tree:
        for conflict in conflicts:
            conflict.equal.update(_equal(tree, conflict))
    return Look(conflicts, unreadable)


_Found = t.Dict[str, t.Tuple[t.Optional[os.stat_result], t.Dict[Copy, os.stat_result]]]


def _search(tree: Tree, place: Place, unreadable: list[str]) -> _Found:
    """Return, by the path of the original, what is there and what are its copies, as the disk has them."""
    skip = {".stversions", ".stfolder", ".stignore", place.folder.get("markerName") or ".stfolder"}
    inside = os.path.relpath(_versions_path(place), place.path)
    if not inside.startswith(".."):
        skip.add(inside)
    found: _Found = {}
    for directory, entries in tree.walk(skip, unreadable):
        for entry in entries:
            name = entry.name
            copy = None if name.startswith(_TEMPORARY) else parse(os.path.join(directory, name))
            if copy is None or not _is_text(copy.path):
                continue
            seen = tree.stat(copy.path)
            if seen is None or not stat.S_ISREG(seen.st_mode):
                continue
            status = tree.stat(copy.original)
            original = _spelt(copy.original, status, {entry.name: entry.inode() for entry in entries})
            found.setdefault(original, (status, {}))[1][copy] = seen
    return found


def _spelt(path: str, status: os.stat_result | None, inodes: t.Mapping[str, int]) -> str:
    """Return the path as the directory has it: a file system may find it by another case, or another normalization."""
    directory, name = os.path.split(path)
    if status is None or name in inodes:
        return path
    same = [other for other, inode in inodes.items() if inode == status.st_ino and parse(other) is None]
    return os.path.join(directory, min(same)) if same else path


def _is_text(path: str) -> bool:
    """Whether the name is UTF-8; the daemon knows no others."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _record(client: SyncthingClient, place: Place, path: str) -> tuple[Json | None, bool]:
    """Return the daemon's record of a file that is there, and whether no other device has a newer one."""
    try:
        answer = client.get("/rest/db/file", {"folder": place.folder["id"], "file": path})
    except NotFound:
        return None, False
    local = answer["local"]
    if not local.get("name") or local["deleted"] or local.get("ignored") or local.get("invalid"):
        return None, False
    return local, local.get("version") == (answer.get("global") or {}).get("version")


def _known(client: SyncthingClient, place: Place, path: str, seen: os.stat_result) -> File | None:
    local, settled = _record(client, place, path)
    return None if local is None else File(path, seen, local, settled)


def _equal(tree: Tree, conflict: Conflict) -> t.Iterator[str]:
    if conflict.file is None:
        return
    for copy, file in conflict.copies.items():
        if file.stat.st_size == conflict.file.stat.st_size:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):  # gone since
                if tree.same_content(copy.path, conflict.original):
                    yield copy.path


# -- what it is told as


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


# -- which is kept


class Rule(t.NamedTuple):
    keep: str
    short_id: str  # of the device, with the rule device
    equal_only: bool
    files: t.Sequence[str]
    min_age: float


class Decision(t.NamedTuple):
    conflict: Conflict
    winner: File
    losers: list[File]


class Plan(t.NamedTuple):
    decisions: list[Decision]
    left: dict[str, str]  # by the path of a copy, why it is left alone
    passing: bool  # whether some of these reasons will be gone in a while


def decide(conflicts: t.Sequence[Conflict], rule: Rule, now: float) -> Plan:
    """Say which file of each conflict is kept. All devices that have the same files decide the same."""
    plan = Plan([], {}, False)
    for conflict in conflicts:
        copies = {copy: file for copy, file in conflict.copies.items() if _is_chosen(copy, conflict, rule.files)}
        if rule.equal_only:
            copies = {copy: file for copy, file in copies.items() if copy.path in conflict.equal}
        if not copies:
            continue
        files = list(copies.values()) + ([conflict.file] if conflict.file else [])
        reason = _unsettled(files, rule.min_age, now)
        plan = plan._replace(passing=plan.passing or bool(reason))
        if conflict.there and conflict.file is None:
            reason = "there is something else than a file that the daemon knows in the original's place"
        winner = _winner(conflict, copies, rule)
        if winner is None and not reason:
            reason = (
                "there is no original"
                if rule.keep == "original"
                else "neither the original nor a copy was last changed by the device"
            )
        if reason or winner is None:
            plan.left.update(dict.fromkeys((copy.path for copy in copies), reason))
        else:
            plan.decisions.append(Decision(conflict, winner, [file for file in files if file is not winner]))
    return plan


def _is_chosen(copy: Copy, conflict: Conflict, patterns: t.Sequence[str]) -> bool:
    paths = (copy.path, conflict.original)
    return any(path == pattern or fnmatch.fnmatchcase(path, pattern) for pattern in patterns for path in paths)


def _winner(conflict: Conflict, copies: t.Mapping[Copy, File], rule: Rule) -> File | None:
    if rule.keep == "original":
        return conflict.file
    candidates: list[tuple[t.Any, File]] = [
        ((file.local["modified"], False, copy.time, copy.path), file) for copy, file in copies.items()
    ]
    if rule.keep == "copy":
        return max((copy.time, copy.path, file) for copy, file in copies.items())[-1]
    if conflict.file:
        candidates.append(((conflict.file.local["modified"], True, datetime.datetime.max, ""), conflict.file))
    if rule.keep == "device":
        candidates = [one for one in candidates if one[1].local.get("modifiedBy") == rule.short_id]
    ranked = [((_moment(key[0]), *key[1:]), file) for key, file in candidates]
    return max(ranked, key=lambda one: one[0])[1] if ranked else None


_FRACTION = re.compile(r"\.(\d{1,9})")


def _moment(text: str) -> tuple[float, int]:
    """Return a time of the daemon's, to the nanosecond, which all devices have it to."""
    fraction = _FRACTION.search(text)
    return parse_time(text).timestamp(), int(fraction[1].ljust(9, "0")) if fraction else 0


def _unsettled(files: t.Sequence[File], min_age: float, now: float) -> str:
    for file in files:
        if not file.settled:
            return f"{file.path!r} is being synchronized: another device has a newer version"
        if not _as_known(file):
            return f"{file.path!r} was changed after the daemon looked at it"
        if abs(now - file.stat.st_mtime) < min_age:
            return f"{file.path!r} was modified less than {min_age:g} s ago"
    return ""


def _as_known(file: File) -> bool:
    """Whether the daemon's record is of the file as it is; some file systems round times to two seconds."""
    seconds, nanoseconds = _moment(file.local["modified"])
    known = int(seconds) * 10**9 + nanoseconds
    rounded = file.stat.st_mtime_ns % 10**9 == 0
    return file.stat.st_size == file.local["size"] and abs(known - file.stat.st_mtime_ns) <= rounded * 2 * 10**9


# -- moving away


class Outcome(t.NamedTuple):
    resolved: dict[str, Json]  # by the path of the original
    left: dict[str, str]
    archive: str
    before: Json
    after: Json
    unreadable: list[str]

    def results(self) -> Json:
        return {"resolved": self.resolved, "left_alone": self.left, "archive": self.archive}


class _Archive(t.NamedTuple):
    path: str
    plain: bool  # the name is not tagged, and the time of a file is when it was archived: the trash can
    given: bool  # by the user, in place of the folder's own


def _archive(place: Place, given: str | None) -> _Archive:
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
        return _Archive(given, False, True)
    kind = folder["versioning"]["type"]
    if not kind:
        raise InvalidInput(name + "keeps no versions. Set its versioning, or archive_directory.")
    if kind == "external":
        raise InvalidInput(name + "has its versions kept by an external command. Set archive_directory.")
    return _Archive(_versions_path(place), kind == "trashcan", False)


def resolve(
    client: SyncthingClient,
    options: t.Mapping[str, t.Any],
    check_mode: bool,
) -> Outcome:
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
    outcome = Outcome({}, dict(plan.left), archive.path, {}, {}, unreadable)
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


def _plan(client: SyncthingClient, place: Place, rule: Rule, deadline: float) -> tuple[Plan, list[str]]:
    """Look and decide, again until all is settled or the time is over."""
    while True:
        status = client.get("/rest/db/status", {"folder": place.folder["id"]})
        idle = status["state"] == "idle" and not status.get("error")
        found = look(client, place) if idle else Look([], [])
        plan = decide(found.conflicts, rule, time.time())
        left = deadline - time.monotonic()
        if (idle and not plan.passing) or left <= 0:
            break
        time.sleep(min(_PAUSE, left))
    if not idle:
        raise InvalidInput(
            f"folder: {place.folder['id']!r} is {status.get('error') or status['state']}. Conflicts are resolved in a "
            "folder that is idle: wait for it with syncthing_wait, or set wait_timeout."
        )
    return plan, found.unreadable


def _note(outcome: Outcome, decision: Decision) -> None:
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
    archive: _Archive,
    decisions: t.Sequence[Decision],
    outcome: Outcome,
    failed: dict[str, str],
) -> None:
    if not archive.given and not os.path.lexists(archive.path):
        _make_root(archive.path, tree)
    try:
        target = Tree(archive.path, follow=os.geteuid() != 0)
    except OSError as exc:
        if not os.path.islink(archive.path):
            raise
        raise InvalidInput(
            f"folder: root does not follow the symbolic link {archive.path} ({exc.strerror}), since others may have "
            "made it. Set user to the daemon's, or archive_directory."
        ) from None
    with target:
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


def _make_root(path: str, tree: Tree) -> None:
    """Make the directory for versions, whose owner is that of the folder."""
    os.makedirs(path, 0o700)
    if os.geteuid() == 0:
        owner = os.stat(tree.path)
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _settle(tree: Tree, target: Tree, archive: _Archive, decision: Decision) -> None:
    """Archive the losers of a conflict, and let the winner have the original's name. The original goes last."""
    original, winner = decision.conflict.original, decision.winner
    losers = sorted(decision.losers, key=lambda file: file.path == original)
    for file in [*losers, winner]:
        tree.check(file.path, file.stat)
    if not decision.conflict.there and tree.stat(original) is not None:
        raise Changed(original)
    for file in losers:
        target.make_directories(os.path.dirname(file.path), tree)
        kept = _put(tree, target, archive, file)
        try:
            if file.path == original:
                tree.check(winner.path, winner.stat)
                tree.replace(winner.path, original)
            else:
                tree.remove(file.path)
        except (Changed, OSError):
            with contextlib.suppress(OSError):
                target.remove(kept)  # the file itself is still in its place
            raise
        if archive.plain:
            target.touch(kept)
    if winner.path != original and not decision.conflict.there:
        tree.keep(winner.path, winner.stat, tree, [original])
        tree.remove(winner.path)


def _put(tree: Tree, target: Tree, archive: _Archive, file: File) -> str:
    """Archive a file under a free name, without removing it yet."""
    now = time.time()
    if not archive.plain:
        return tree.keep(file.path, file.stat, target, (tagged(file.path, now + later) for later in range(100)))
    older = target.stat(file.path)
    if older is not None:  # the trash can has one place for each path, and the last file is to have it
        target.keep(file.path, older, target, (tagged(file.path, older.st_mtime + later) for later in range(100)))
        target.remove(file.path)
    return tree.keep(file.path, file.stat, target, [file.path])


def _tell(client: SyncthingClient, place: Place, outcome: Outcome) -> None:
    """Let the daemon look at what was moved, so that the other devices learn of it, and see that it does."""
    gone: set[str] = set()
    for original, done in outcome.resolved.items():
        gone.update({*done["archived"], done["kept"]} - {original})
    if not outcome.resolved:
        return
    try:
        scan(client, place.folder["id"], sorted({*gone, *outcome.resolved}))
        still = [path for path in sorted(gone) if _record(client, place, path)[0]]
        if still:
            raise NotApplied(
                f"The conflicts are resolved, but Syncthing still has {', '.join(map(repr, still))}. Does something "
                "create it again?"
            )
    except SyncthingError as exc:
        exc.results = outcome.results()
        raise
