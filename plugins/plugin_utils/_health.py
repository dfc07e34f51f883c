# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: used by this collection only; it may change in any release.

"""What is wrong in a fleet and how bad it is: for each host, for each device outside, and for all together. Pure."""

from __future__ import annotations

import collections
import datetime
import typing as t

from ..module_utils._config.current import parse_version
from ..module_utils._errors import one_line
from ..module_utils._operations.sync_report import size
from ..module_utils._schema.field import Json
from ._health_limits import Limits
from ._observed import NOT_ACCEPTED, Host, Observed, moment

# Not as bad first; the codes are those of Nagios.
CODES = {"ok": 0, "warning": 1, "unknown": 3, "critical": 2}
STATUSES = list(CODES)
FAIL_ON = ("critical", "unknown", "warning", "never")
FORMAT = 1  # of the result, so that it is known again
_DETAILS = 10  # of one problem
_LINES = 100  # of the result
_LEVELS = {"major": 1, "minor": 2, "patch": 3}


class Problem(t.NamedTuple):
    status: str
    subject: str  # the host or device whose problem it is
    check: str
    message: str
    folder: str = ""  # its ID
    details: t.Sequence[str] = ()


class NotAResult(ValueError):
    """What was given as the previous result is not one."""


class Health:
    """Looks at a fleet once. ``previous`` is an earlier result, which tells since when something is so."""

    def __init__(
        self, fleet: Observed, limits: t.Mapping[str, Limits], now: datetime.datetime, previous: Json | None = None
    ) -> None:
        self.fleet = fleet
        self.now = now
        self.problems: list[Problem] = []
        self.lagging: dict[str, dict[str, str]] = collections.defaultdict(dict)  # by subject and folder: since when
        self._limits = limits
        self._previous = None if previous is None else _lagging_before(previous)
        for host in fleet.hosts:
            if host.info:
                self._look_at(host)
            elif host.cause != "unreachable":
                self._add("critical" if host.cause == "daemon" else "unknown", host.name, host.cause, host.problem)
        for device_id in fleet.devices:
            self._look_for(device_id)
        for host in fleet.hosts:
            if host.cause == "unreachable":
                self._add(limits[host.name].unreachable, host.name, "unreachable", host.problem)
        self._compare_versions()
        self.problems.sort(key=lambda problem: -STATUSES.index(problem.status))

    def _add(self, status: str, subject: str, check: str, message: str, folder: str = "", details: t.Any = ()) -> None:
        if status != "ok":
            self.problems.append(Problem(status, subject, check, message, folder, list(details)))

    def _label(self, folder: str) -> str:
        return f"folder {self.fleet.labels.get(folder, folder)}"

    # -- a host that answered

    def _look_at(self, host: Host) -> None:
        limits, info = self._limits[host.name], host.info
        for message in info["errors"]["system"]:
            self._add("warning", host.name, "message", message["message"])
        for device in info["devices"]:
            if device.get("paused"):
                name = self.fleet.names[device["device_id"]]
                self._add(limits.paused, host.name, "paused", f"device {name} is paused")
        for folder in info["folders"]:
            self._look_at_folder(host, limits, folder)
        self._look_at_disks(host, limits)
        for folder_id, paths in sorted(host.conflicts.items()):
            if paths:
                message = f"{self._label(folder_id)} has {_many(len(paths), 'conflict copy', 'conflict copies')}"
                self._add("warning", host.name, "conflicts", message, folder_id, _some(paths))
        if host.unsearched:
            self._add("warning", host.name, "conflicts", "not searched for conflicts: " + host.unsearched)
        version = parse_version(info["version"])
        if limits.minimum_version and version < parse_version(limits.minimum_version):
            message = f"Syncthing {info['version']} is older than {limits.minimum_version}"
            self._add("critical", host.name, "version", message)

    def _look_at_folder(self, host: Host, limits: Limits, folder: Json) -> None:
        folder_id = folder["id"]
        label = self._label(folder_id)
        if folder["paused"]:
            self._add(limits.paused, host.name, "paused", f"{label} is paused", folder_id)
            return
        errors = host.info["errors"]["folders"].get(folder_id, ())
        stopped = [error["error"] for error in errors if not error["path"]]
        if stopped:
            self._add("critical", host.name, "folder_stopped", f"{label} has stopped: {stopped[0]}", folder_id)
        failed = [f"{error['path']}: {error['error']}" for error in errors if error["path"]]
        status = limits.judge_failed_items(len(failed))
        message = f"{label} has {_many(len(failed), 'item', 'items')} that cannot be synchronized"
        self._add(status, host.name, "failed_items", message, folder_id, _some(failed))
        view = self.fleet.own_view(host, folder_id)
        if view:
            self._lags(host.name, limits, folder_id, view)

    def _look_at_disks(self, host: Host, limits: Limits) -> None:
        disk = host.info.get("disk") or {}
        found = {"the database": disk.get("database")}
        found.update((self._label(folder), place) for folder, place in (disk.get("folders") or {}).items())
        # Of folders on one file system, one is enough.
        full: dict[tuple[int, int], list[str]] = collections.defaultdict(list)
        for place, space in found.items():
            if space and space["size_bytes"]:
                full[space["size_bytes"], space["free_bytes"]].append(place)
        for (total, free), places in full.items():
            status = limits.judge_disk(100 * free / total)
            left = f"{100 * free // total} % ({size(free)}) of the disk of {places[0]} is free"
            more = f" ({len(places) - 1} more on it)" * (len(places) > 1)
            self._add(status, host.name, "disk", left + more)

    # -- what lags

    def _lags(self, subject: str, limits: Limits, folder: str, view: Json) -> None:
        items = view.get("need_items", 0) + view.get("need_deletes", 0)
        if not items and not view.get("need_bytes"):
            return
        since = self.now
        if self._previous is not None:
            since = min(self.now, self._previous.get((subject, folder), self.now))
            self.lagging[subject][folder] = iso(since)
            status = limits.judge_out_of_sync((self.now - since).total_seconds())
            span = f" for {_span(self.now - since)}" if since < self.now else ""
        else:
            # For how long is not known, and silence would be wrong.
            status, span = limits.judge_out_of_sync(None), ""
        left = f"{_many(items, 'item', 'items')}, {size(view.get('need_bytes', 0))} left"
        self._add(status, subject, "out_of_sync", f"{self._label(folder)} is out of sync{span}: {left}", folder)

    # -- what other hosts say of a device

    def _look_for(self, device_id: str) -> None:
        fleet = self.fleet
        name = fleet.names[device_id]
        seen, viewer = fleet.last_seen(device_id, self.now)
        if device_id in fleet.by_id or device_id in fleet.silent:
            limits = self._limits[name]
        elif viewer is not None:
            limits = self._limits[viewer.name]
        else:
            return  # nobody shares anything with it
        if viewer is not None:
            if seen is None:
                self._add(limits.judge_not_seen(None), name, "not_seen", "has never connected to any device")
            else:
                away = self.now - seen
                message = f"was last seen {_span(away)} ago by {viewer.name}"
                self._add(limits.judge_not_seen(away.total_seconds()), name, "not_seen", message)
        for folder in fleet.folders:
            if device_id in fleet.members[folder]:
                cell = fleet.cell(device_id, folder)
                if cell.text == NOT_ACCEPTED:
                    message = f"{self._label(folder)} is not accepted: {cell.title}"
                    self._add("warning", name, "not_accepted", message, folder)
                elif device_id not in fleet.by_id:
                    self._outside(device_id, name, limits, folder)

    def _outside(self, device_id: str, name: str, limits: Limits, folder: str) -> None:
        """What a device lacks is known by those who are connected to it."""
        views = [view for view, host in self.fleet.views(device_id, folder) if self.fleet.is_connected(host, device_id)]
        views = [view for view in views if view.get("remote_state") in (None, "valid")]
        if views:
            self._lags(name, limits, folder, max(views, key=lambda view: view["completion"]))

    # -- all together

    def _compare_versions(self) -> None:
        newest = self.fleet.newest
        for host in self.fleet.by_id.values():
            version = parse_version(host.info["version"])
            level = _LEVELS.get(self._limits[host.name].versions)
            if level and version[:level] < newest[:level]:
                message = f"Syncthing {host.info['version']} is older than v{'.'.join(map(str, newest))} on other hosts"
                self._add("warning", host.name, "version", message)

    def result(self, fail_on: str) -> Json:
        """Return all of this for a file, another program, and a reader."""
        by_subject: dict[str, list[Problem]] = collections.defaultdict(list)
        for problem in self.problems:
            by_subject[problem.subject].append(problem)
        asked = {host.name: host for host in self.fleet.hosts}
        hosts = {name: self._entry(by_subject[name], name) for name in sorted(asked)}
        for name, host in asked.items():
            hosts[name]["version"] = host.info.get("version")
        others = sorted(filter(self.fleet.is_outside, self.fleet.devices), key=lambda key: self.fleet.names[key])
        devices = {
            key: {
                "name": self.fleet.names[key],
                **self._entry(by_subject[self.fleet.names[key]], self.fleet.names[key]),
            }
            for key in others
        }
        status = worst([entry["status"] for entry in (*hosts.values(), *devices.values())])
        counts = collections.Counter(entry["status"] for entry in hosts.values())
        told = [f"{counts[name]} {name}" for name in reversed(STATUSES) if counts[name]]
        summary = f"{status.upper()}: {_many(len(hosts), 'host', 'hosts')} ({', '.join(told) or 'none'})"
        ill = sum(entry["status"] != "ok" for entry in devices.values())
        if ill:
            summary += f", {_many(ill, 'other device', 'other devices')} with problems"
        lines = [f"{problem.status}: {problem.subject}: {one_line(problem.message)}" for problem in self.problems]
        if len(lines) > _LINES:
            lines[_LINES:] = [f"and {len(lines) - _LINES} more"]
        return {
            "fleet_health": FORMAT,
            "time": iso(self.now),
            "status": status,
            "code": CODES[status],
            "failed": fail_on != "never" and STATUSES.index(status) >= STATUSES.index(fail_on),
            "summary": summary,
            "lines": lines,
            "counts": {name: counts[name] for name in STATUSES},
            "hosts": hosts,
            "devices": devices,
        }

    def _entry(self, problems: t.Sequence[Problem], subject: str) -> Json:
        status = worst([problem.status for problem in problems])
        return {
            "status": status,
            "code": CODES[status],
            "problems": [
                {key: value for key, value in problem._asdict().items() if key != "subject"} for problem in problems
            ],
            "out_of_sync_since": dict(self.lagging.get(subject, {})),
        }


def worst(statuses: t.Sequence[str]) -> str:
    return max(statuses, key=STATUSES.index, default="ok")


def iso(when: datetime.datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _lagging_before(previous: Json) -> dict[tuple[str, str], datetime.datetime]:
    try:
        if previous and previous["fleet_health"] != FORMAT:
            raise NotAResult
        entries = [*previous.get("hosts", {}).items()]
        entries += [(entry["name"], entry) for entry in previous.get("devices", {}).values()]
        told = [(name, folder, moment(at)) for name, one in entries for folder, at in one["out_of_sync_since"].items()]
    except (AttributeError, KeyError, TypeError):
        raise NotAResult from None
    return {(name, folder): at for name, folder, at in told if at}


def _span(delta: datetime.timedelta) -> str:
    """In the largest unit of which there are two."""
    seconds = max(0, int(delta.total_seconds()))
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}s"
    return _many(seconds, "second", "seconds")


def _many(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _some(found: t.Sequence[str]) -> list[str]:
    more = len(found) - _DETAILS
    return [*found[:_DETAILS], *([f"and {more} more"] if more > 0 else [])]
