# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: used by this collection only; it may change in any release.

"""From when on something is a problem: the variables syncthing_health_*, which each host can have its own of. Pure."""

from __future__ import annotations

import difflib
import re
import typing as t

from ..module_utils._config.current import parse_version

PREFIX = "syncthing_health_"
# What is of the playbook and not of a host.
PLAY = ("fail_on", "file")
NEVER = "never"
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(\d{1,9})([smhdw])\Z", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}\Z", re.ASCII)


class WrongLimit(ValueError):
    """A variable can't be used; the message tells which and why."""


def _duration(value: str) -> float:
    if value == NEVER:
        return float("inf")
    match = _DURATION.match(value)
    if not match:
        raise WrongLimit('It must be a duration such as "30m", "12h" or "7d", or "never".')
    return int(match[1]) * _UNITS[match[2]]


def _count(value: str) -> float:
    if value == NEVER:
        return float("inf")
    if not _NUMBER.match(value) or not int(value):
        raise WrongLimit('It must be a whole number from 1, or "never".')
    return int(value)


def _percent(value: str) -> float:
    if value == NEVER:
        return float("-inf")
    if not _NUMBER.match(value) or int(value) > 100:
        raise WrongLimit('It must be a whole number from 0 to 100, or "never".')
    return int(value)


def _version(value: str) -> str:
    if value and not parse_version(value):
        raise WrongLimit("It must be a version such as 2.0.10.")
    return value


def _one_of(*choices: str) -> t.Callable[[str], str]:
    def check(value: str) -> str:
        if value not in choices:
            raise WrongLimit(f"It must be one of {', '.join(choices)}.")
        return value

    return check


_FIELDS: dict[str, tuple[t.Callable[[str], t.Any], str]] = {
    "out_of_sync_warning": (_duration, "1h"),
    "out_of_sync_critical": (_duration, "1d"),
    "not_seen_warning": (_duration, "7d"),
    "not_seen_critical": (_duration, "30d"),
    "failed_items_warning": (_count, "1"),
    "failed_items_critical": (_count, NEVER),
    "disk_free_warning": (_percent, "10"),
    "disk_free_critical": (_percent, "5"),
    "minimum_version": (_version, ""),
    "versions": (_one_of("major", "minor", "patch", NEVER), "major"),
    "paused": (_one_of("ok", "warning", "critical"), "warning"),
    "unreachable": (_one_of("ok", "warning", "unknown", "critical"), "unknown"),
}
NAMES = [PREFIX + name for name in _FIELDS]


class Limits:
    """The limits of one host. An empty value means the default."""

    paused: str
    unreachable: str
    versions: str
    minimum_version: str

    def __init__(self, variables: t.Mapping[str, t.Any]) -> None:
        self._found: dict[str, t.Any] = {}
        for name, (read, default) in _FIELDS.items():
            given = variables.get(PREFIX + name)
            try:
                value = "" if given is None else str(given).strip()
                self._found[name] = read(value or default)
            except WrongLimit as exc:
                raise WrongLimit(f"{PREFIX}{name} is {given!r}. {exc}") from None
        for kind, worse in (("out_of_sync", 1), ("not_seen", 1), ("failed_items", 1), ("disk_free", -1)):
            warning, critical = (f"{kind}_{level}" for level in ("warning", "critical"))
            if (
                abs(self._found[warning]) != float("inf")
                and worse * self._found[warning] > worse * self._found[critical]
            ):
                more = "more" if worse > 0 else "less"
                raise WrongLimit(f"{PREFIX}{warning} must not be {more} than {PREFIX}{critical}. Set both.")
        self.paused, self.unreachable = self._found["paused"], self._found["unreachable"]
        self.versions, self.minimum_version = self._found["versions"], self._found["minimum_version"]

    def _judge(self, kind: str, value: float) -> str:
        """Return how bad a value is of which more is worse."""
        for level in ("critical", "warning"):
            if value >= self._found[f"{kind}_{level}"]:
                return level
        return "ok"

    def judge_failed_items(self, number: int) -> str:
        return self._judge("failed_items", number)

    def judge_out_of_sync(self, seconds: float | None) -> str:
        """Judge how long something is out of sync; None: that is not known, so it is a warning."""
        return self._judge_span("out_of_sync", seconds)

    def judge_not_seen(self, seconds: float | None) -> str:
        """Judge how long a device was not seen; None: nobody ever saw it."""
        return self._judge_span("not_seen", seconds)

    def _judge_span(self, kind: str, seconds: float | None) -> str:
        if seconds is not None:
            return self._judge(kind, seconds)
        return "ok" if self._found[f"{kind}_warning"] == float("inf") else "warning"

    def judge_disk(self, percent: float) -> str:
        for level in ("critical", "warning"):
            if percent < self._found[f"disk_free_{level}"]:
                return level
        return "ok"


def check_names(names: t.Iterable[str]) -> None:
    """Refuse a variable with a typing error, which would do nothing."""
    known = {*NAMES, *(PREFIX + name for name in PLAY)}
    for name in sorted(names):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, sorted(known), 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise WrongLimit(f"The variable {name} is unknown.{hint}")
