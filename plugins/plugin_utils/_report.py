# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: used by this collection only; it may change in any release.

"""What the hosts of a fleet tell of themselves, as one page of HTML. Pure.

The template escapes each value, so that no name can be anything but text.
"""

from __future__ import annotations

import collections
import math
import re
import typing as t
from pathlib import Path

import jinja2

from ..module_utils._config.current import parse_version
from ..module_utils._schema.field import Json
from ..module_utils._schema.names import folded, is_name

_LONGEST = 40  # letters of a name that are shown
# Control characters, and those that change the direction of the text that follows.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


class Host(t.NamedTuple):
    """What one host of the inventory told. ``info`` is that of syncthing_info, empty if there was no answer."""

    name: str
    info: Json
    problem: str  # why there was no answer
    conflicts: dict[str, list[str]]  # by folder ID, the paths of conflict copies
    unsearched: str = ""  # why no conflict copies could be looked for


class Cell(t.NamedTuple):
    """A device's part in a folder."""

    kind: str  # ok, behind, bad or none
    text: str
    title: str


class Number(t.NamedTuple):
    """How many there are of something; ``bad`` if there should be none."""

    many: int
    what: str
    bad: bool = False


class Findings:
    """Puts together what hosts tell of themselves and of each other."""

    def __init__(self, hosts: t.Sequence[Host]) -> None:
        self.hosts = hosts
        self.by_id = {host.info["my_id"]: host for host in hosts if host.info}
        self.names: dict[str, str] = {}
        self.versions: dict[str, str] = {}
        self.labels: dict[str, str] = {}
        self.members: dict[str, set[str]] = collections.defaultdict(set)
        self.links: dict[tuple[str, str], bool] = {}  # pairs that share a folder: whether they are connected
        for host in hosts:
            if host.info:
                self._learn(host)
        for device_id, host in self.by_id.items():
            self.names[device_id] = host.name
            self.versions[device_id] = host.info["version"]
        self._tell_apart()
        # What devices outside say of themselves does not count.
        self.newest = max((parse_version(host.info["version"]) for host in self.by_id.values()), default=())

    def _tell_apart(self) -> None:
        """Add a part of the ID where a device calls itself like another one, like a host or like an ID."""
        count = collections.Counter(map(folded, self.names.values()))
        for device_id, name in self.names.items():
            if device_id not in self.by_id and (count[folded(name)] > 1 or not is_name(name) or name[-1] == ")"):
                self.names[device_id] = f"{name[: _LONGEST - 10]} ({device_id[:7]})"

    def _learn(self, host: Host) -> None:
        info = host.info
        for device in info["devices"]:
            self.names.setdefault(device["device_id"], device["name"] or device["device_id"][:7])
        for device_id, connection in info["connections"].items():
            if connection.get("client_version"):
                self.versions.setdefault(device_id, connection["client_version"])
        for folder in info["folders"]:
            self.labels.setdefault(folder["id"], folder["label"] or folder["id"])
            for share in folder["devices"]:
                device_id = share["device"]
                self.members[folder["id"]].add(device_id)
                if device_id != info["my_id"]:
                    pair = (min(device_id, info["my_id"]), max(device_id, info["my_id"]))
                    connected = info["connections"].get(device_id, {}).get("connected", False)
                    self.links[pair] = connected or self.links.get(pair, False)

    @property
    def devices(self) -> list[str]:
        """Those of the inventory first."""
        return sorted(self.names, key=lambda key: (key not in self.by_id, self.names[key].lower(), key))

    @property
    def folders(self) -> list[str]:
        return sorted(self.labels, key=lambda key: (self.labels[key].lower(), key))

    def is_outdated(self, device_id: str) -> bool:
        version = parse_version(self.versions.get(device_id, ""))
        return bool(version) and version < self.newest

    def cell(self, device_id: str, folder: str) -> Cell:
        if device_id not in self.members[folder]:
            return Cell("none", "", "not shared")
        host = self.by_id.get(device_id)
        if host is None:
            return self._seen_by_others(device_id, folder)
        own = next((one for one in host.info["folders"] if one["id"] == folder), None)
        if own is None:
            return Cell("bad", "not accepted", "others share it with this device, which doesn't have it")
        if own["paused"]:
            return Cell("behind", "paused", own["type"])
        errors = host.info["errors"]["folders"].get(folder, ())
        if errors:
            return Cell("bad", f"{len(errors)} error{'s' * (len(errors) > 1)}", own["type"])
        found = (host.info["completion"].get(folder) or {}).get(device_id)
        return _percent(found["completion"], own["type"]) if found else Cell("behind", "unknown", own["type"])

    def _seen_by_others(self, device_id: str, folder: str) -> Cell:
        views = []
        for host in self.by_id.values():
            view = (host.info["completion"].get(folder) or {}).get(device_id)
            if view:
                views.append((view, host.name))
        states = {view.get("remote_state") for view, _name in views}
        if "notSharing" in states:
            return Cell("bad", "not accepted", "the device doesn't share it")
        if "paused" in states:
            return Cell("behind", "paused", "paused on the device")
        if not views:
            return Cell("behind", "unknown", "nobody knows")
        view, name = min(views, key=lambda one: one[0]["completion"])
        return _percent(view["completion"], "as last seen by " + name)

    def problems(self) -> t.Iterator[tuple[str, str]]:
        """Yield whose problem it is, and what."""
        for host in self.hosts:
            if not host.info:
                yield host.name, host.problem
                continue
            for message in host.info["errors"]["system"]:
                yield host.name, message["message"]
            for folder, errors in sorted(host.info["errors"]["folders"].items()):
                for error in errors[:10]:
                    yield host.name, ": ".join(filter(None, (self.labels[folder], error["path"], error["error"])))
                if len(errors) > 10:
                    yield host.name, f"{self.labels[folder]}: and {len(errors) - 10} more"
            if host.unsearched:
                yield host.name, "not searched for conflicts: " + host.unsearched
            for folder, paths in sorted(host.conflicts.items()):
                label = self.labels.get(folder, folder)
                for path in paths[:10]:
                    yield host.name, f"{label}: {path}: conflict copy"
                if len(paths) > 10:
                    yield host.name, f"{label}: and {len(paths) - 10} more conflict copies"
        for device_id in self.devices:
            if self.is_outdated(device_id):
                newest = "v" + ".".join(map(str, self.newest))
                yield self.names[device_id], f"{self.versions[device_id]} is older than {newest}"


def _percent(completion: float, title: str) -> Cell:
    if completion >= 100:
        return Cell("ok", "100 %", title)
    return Cell("behind", f"{math.floor(completion)} %", title)


# -- the page


def page(hosts: t.Sequence[Host], when: str = "") -> str:
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    template = environment.from_string(Path(__file__).with_name("report.html.j2").read_text(encoding="utf-8"))
    return template.render(_content(Findings(hosts), when))


def _content(fleet: Findings, when: str) -> Json:
    """Return the variables of the template: strings that can be shown, and numbers."""
    silent = [host for host in fleet.hosts if not host.info]
    infos = [host.info for host in fleet.hosts if host.info]
    errors = sum(len(info["errors"]["system"]) + sum(map(len, info["errors"]["folders"].values())) for info in infos)
    conflicts = sum(len(paths) for host in fleet.hosts for paths in host.conflicts.values())
    return {
        "when": _clean(when),
        "numbers": [
            Number(len(fleet.hosts), "hosts"),
            Number(len(silent), "without answer", bad=True),
            Number(len(fleet.folders), "folders"),
            Number(sum(map(fleet.is_outdated, fleet.devices)), "out of date", bad=True),
            Number(errors, "errors", bad=True),
            Number(conflicts, "conflicts", bad=True),
        ],
        "problems": [(_short(who), _clean(what)[:300]) for who, what in fleet.problems()],
        "folders": [{"label": _short(fleet.labels[key]), "title": _clean(key)[:200]} for key in fleet.folders],
        "rows": [_row(fleet, device_id) for device_id in fleet.devices],
        "silent": [{"name": _short(host.name), "problem": _clean(host.problem)[:100]} for host in silent],
        **_graph(fleet),
    }


def _row(fleet: Findings, device_id: str) -> Json:
    note = _clean(fleet.versions.get(device_id, "version unknown"))[:20]
    note += ", out of date" * fleet.is_outdated(device_id) + ", not asked" * (device_id not in fleet.by_id)
    cells = [fleet.cell(device_id, folder) for folder in fleet.folders]
    return {
        "device_id": device_id,
        "name": _short(fleet.names[device_id]),
        "note": note,
        "cells": [cell._replace(title=_clean(cell.title)[:200]) for cell in cells],
    }


def _graph(fleet: Findings) -> Json:
    """Devices on a circle, and a line between those that share a folder; in units of the picture."""
    width, height, radius = 600, 400, 150
    place = {}
    points = []
    for index, device_id in enumerate(fleet.devices):
        angle = 2 * math.pi * index / len(fleet.devices) - math.pi / 2
        side, down = math.cos(angle), math.sin(angle)
        x, y = place[device_id] = (width / 2 + radius * side, height / 2 + radius * down)
        kinds = {fleet.cell(device_id, folder).kind for folder in fleet.folders}
        points.append(
            {
                "x": f"{x:.1f}",
                "y": f"{y:.1f}",
                "kind": "bad" if "bad" in kinds else "inside" if device_id in fleet.by_id else "outside",
                "text_x": f"{x + 16 * side:.1f}",
                "text_y": f"{y + 24 * down + 4:.1f}",
                "anchor": "middle" if abs(side) < 0.3 else "start" if side > 0 else "end",
                "name": _short(fleet.names[device_id], 18),
            }
        )
    lines = []
    for (one, two), connected in sorted(fleet.links.items()):
        shared = sum({one, two} <= members for members in fleet.members.values())
        (x1, y1), (x2, y2) = place[one], place[two]
        names = " – ".join(_short(fleet.names[device_id]) for device_id in (one, two))
        lines.append(
            {
                "x1": f"{x1:.1f}",
                "y1": f"{y1:.1f}",
                "x2": f"{x2:.1f}",
                "y2": f"{y2:.1f}",
                "kind": "on" if connected else "off",
                "title": f"{names}: {shared} folder{'s' * (shared != 1)}",
            }
        )
    return {"width": width, "height": height, "points": points, "lines": lines}


def _clean(text: str) -> str:
    return _UNPRINTABLE.sub("\ufffd", text)


def _short(text: str, longest: int = _LONGEST) -> str:
    text = _clean(text)
    return text if len(text) <= longest else text[: longest - 1] + "…"
