# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Which file of a conflict is kept. Pure."""

from __future__ import annotations

import datetime
import fnmatch
import re
import typing as t

from .conflict_files import Conflict, Copy, File
from .versions import parse_time

RULES = ("newest", "original", "copy", "device")


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


class Decisions(t.NamedTuple):
    decisions: list[Decision]
    left: dict[str, str]  # by the path of a copy, why it is left alone
    passing: bool  # whether some of these reasons will be gone in a while


def decide(conflicts: t.Sequence[Conflict], rule: Rule, now: float) -> Decisions:
    """Say which file of each conflict is kept. All devices that have the same files decide the same."""
    plan = Decisions([], {}, False)
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
