# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: used by this collection only; it may change in any release.

"""A fleet and its problems as data for other programs, and as one page of HTML. Pure.

The template escapes each value, so that no name can be anything but text. The page's policy lets only the script run
that is in report.js, by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
import typing as t
from pathlib import Path

import jinja2
import markupsafe

from ..module_utils._schema.field import Json
from ._health import STATUSES, Health, worst
from ._observed import LONGEST, Observed

# Control characters, and those that change the direction of the text that follows.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_KINDS = ("bad", "behind", "ok", "none")
_NO_SHARE = {"kind": "none", "text": "", "title": ""}
# With more of them, lines hide each other.
_MOST_DEVICES, _MOST_LINKS = 40, 150


def content(fleet: Observed, health: Health, when: str) -> Json:
    """Return the report as data."""
    infos = [host.info for host in fleet.hosts if host.info]
    problems = [problem._asdict() for problem in health.problems]
    statuses: dict[str, list[str]] = {}
    for problem in health.problems:
        statuses.setdefault(problem.subject, []).append(problem.status)
    devices = [_device(fleet, device_id, statuses) for device_id in fleet.devices]
    placed = {host.name for host in (*fleet.by_id.values(), *fleet.silent.values())}
    return {
        "fleet_report": 1,
        "time": when,
        "status": worst([problem.status for problem in health.problems]),
        "numbers": {
            "hosts": len(fleet.hosts),
            "without_answer": len(fleet.hosts) - len(infos),
            "folders": len(fleet.folders),
            "out_of_date": sum(map(fleet.is_outdated, fleet.devices)),
            "errors": sum(
                len(info["errors"]["system"]) + sum(map(len, info["errors"]["folders"].values())) for info in infos
            ),
            "conflicts": sum(len(paths) for host in fleet.hosts for paths in host.conflicts.values()),
        },
        "problems": problems,
        "folders": [{"id": key, "label": fleet.labels[key]} for key in fleet.folders],
        "devices": devices,
        "unknown": [{"name": host.name, "problem": host.problem} for host in fleet.hosts if host.name not in placed],
        "links": [
            {
                "devices": [one, two],
                "connected": connected,
                "folders": sum(one in members and two in members for members in fleet.members.values()),
            }
            for (one, two), connected in sorted(fleet.links.items())
        ],
    }


def _device(fleet: Observed, device_id: str, statuses: t.Mapping[str, t.Sequence[str]]) -> Json:
    name = fleet.names[device_id]
    links = fleet.links_of(device_id)
    return {
        "device_id": device_id,
        "name": name,
        "status": worst(statuses.get(name, [])),
        "version": fleet.versions.get(device_id),
        "outdated": fleet.is_outdated(device_id),
        "answered": device_id in fleet.by_id,
        "in_inventory": not fleet.is_outside(device_id),
        "partners": len(links),
        "connected": sum(links),
        "folders": {
            folder: fleet.cell(device_id, folder)._asdict()
            for folder in fleet.folders
            if device_id in fleet.members[folder]
        },
    }


# -- the page


def page(found: Json) -> str:
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(short=_short, clean=_clean)
    script = _beside("report.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return environment.from_string(_beside("report.html.j2")).render(
        found,
        rows=sorted(found["devices"], key=lambda device: -STATUSES.index(device["status"])),
        columns=sorted(found["folders"], key=lambda folder: _worst_cell(found, folder["id"])),
        no_share=_NO_SHARE,
        graph=_graph(found),
        script=markupsafe.Markup(script),
        digest=digest,
    )


def _beside(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _worst_cell(found: Json, folder: str) -> int:
    cells = [device["folders"][folder]["kind"] for device in found["devices"] if folder in device["folders"]]
    return min(map(_KINDS.index, cells), default=len(_KINDS))


def _graph(found: Json) -> Json | None:
    """Devices on a circle, and a line between those that share a folder; None where nobody could see anything in it."""
    devices, links = found["devices"], found["links"]
    if not links or len(devices) > _MOST_DEVICES or len(links) > _MOST_LINKS:
        return None
    width, height, radius = 600, 400, 150  # units of the picture
    place, names = {}, {}
    points = []
    for index, device in enumerate(devices):
        angle = 2 * math.pi * index / len(devices) - math.pi / 2
        side, down = math.cos(angle), math.sin(angle)
        x, y = place[device["device_id"]] = (width / 2 + radius * side, height / 2 + radius * down)
        names[device["device_id"]] = _short(device["name"])
        bad = any(cell["kind"] == "bad" for cell in device["folders"].values())
        points.append(
            {
                "x": f"{x:.1f}",
                "y": f"{y:.1f}",
                "kind": "bad" if bad else "inside" if device["in_inventory"] else "outside",
                "text_x": f"{x + 16 * side:.1f}",
                "text_y": f"{y + 24 * down + 4:.1f}",
                "anchor": "middle" if abs(side) < 0.3 else "start" if side > 0 else "end",
                "name": _short(device["name"], 18),
            }
        )
    lines = []
    for link in links:
        one, two = link["devices"]
        (x1, y1), (x2, y2) = place[one], place[two]
        lines.append(
            {
                "x1": f"{x1:.1f}",
                "y1": f"{y1:.1f}",
                "x2": f"{x2:.1f}",
                "y2": f"{y2:.1f}",
                "kind": "on" if link["connected"] else "off",
                "title": f"{names[one]} – {names[two]}: {link['folders']} folder{'s' * (link['folders'] != 1)}",
            }
        )
    return {"width": width, "height": height, "points": points, "lines": lines}


def _clean(text: str, longest: int = 300) -> str:
    return _UNPRINTABLE.sub("\ufffd", text)[:longest]


def _short(text: str, longest: int = LONGEST) -> str:
    text = _UNPRINTABLE.sub("\ufffd", text)
    return text if len(text) <= longest else text[: longest - 1] + "…"
