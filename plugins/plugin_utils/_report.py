# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: used by this collection only; it may change in any release.

"""What the hosts of a fleet tell of themselves, as one page of HTML. Pure.

The page is a tree of elements until the end, so that no name can be anything but text.
"""

from __future__ import annotations

import collections
import math
import re
import typing as t
from xml.etree import ElementTree as ET

from ..module_utils._config.current import parse_version
from ..module_utils._schema.names import folded, is_name

Json = t.Dict[str, t.Any]
Node = t.Union[str, ET.Element]

_LONGEST = 40  # letters of a name that are shown
# Control characters, and those that change the direction of the text that follows.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")

_CSS = """
:root { color-scheme: light dark; --fg: #1d2327; --bg: #fff; --line: #c8ced3; --soft: #f2f4f5;
  --ok: #d3efd9; --behind: #fdeec0; --bad: #f9d2d0; --none: transparent; --edge: #2b7d43; }
@media (prefers-color-scheme: dark) { :root { --fg: #e4e7e9; --bg: #17191b; --line: #464c51; --soft: #23272a;
  --ok: #1c4a2a; --behind: #574712; --bad: #652825; --edge: #62b97c; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; font: 1rem/1.45 system-ui, sans-serif; color: var(--fg);
  background: var(--bg); overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; } p { margin: .3rem 0; }
ul.numbers { display: flex; flex-wrap: wrap; gap: .5rem; padding: 0; list-style: none; }
ul.numbers li { border: 1px solid var(--line); border-radius: .4rem; padding: .4rem .8rem; }
ul.numbers b { display: block; font-size: 1.3rem; }
li.bad, .bad { background: var(--bad); } .ok { background: var(--ok); } .behind { background: var(--behind); }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: .4rem; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .35rem .6rem; border: 1px solid var(--line); text-align: left; white-space: nowrap; }
thead th { background: var(--soft); } tbody th { position: sticky; left: 0; background: var(--soft); font-weight: 600; }
tbody th { white-space: normal; min-width: 8rem; } small { display: block; font-weight: 400; opacity: .8; }
svg { display: block; width: 100%; max-width: 44rem; height: auto; margin: 0 auto; }
svg text { font-size: 16px; fill: var(--fg); } svg circle { stroke: var(--fg); fill: var(--ok); }
svg circle.bad { fill: var(--bad); } svg circle.outside { fill: var(--soft); }
svg line { stroke: var(--edge); stroke-width: 2; } svg line.off { stroke: var(--line); stroke-dasharray: 5 4; }
"""


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


class Fleet:
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
    fleet = Fleet(hosts)
    silent = sum(not host.info for host in hosts)
    problems = list(fleet.problems())
    outdated = sum(map(fleet.is_outdated, fleet.devices))
    conflicts = sum(len(paths) for host in hosts for paths in host.conflicts.values())
    errors = sum(
        len(host.info["errors"]["system"]) + sum(map(len, host.info["errors"]["folders"].values()))
        for host in hosts
        if host.info
    )
    head = _e(
        "head",
        _e("meta", charset="utf-8"),
        _e("meta", name="viewport", content="width=device-width, initial-scale=1"),
        # Should a mistake let something in, nothing is loaded and nothing is run.
        _e(
            "meta",
            {"http-equiv": "Content-Security-Policy"},
            content="default-src 'none'; style-src 'unsafe-inline'; img-src data:",
        ),
        _e("link", rel="icon", href="data:,"),
        _e("title", "Syncthing fleet"),
        _e("style", _CSS),
    )
    numbers = _e(
        "ul",
        _number(len(hosts), "hosts"),
        _number(silent, "without answer", True),
        _number(len(fleet.folders), "folders"),
        _number(outdated, "out of date", True),
        _number(errors, "errors", True),
        _number(conflicts, "conflicts", True),
        {"class": "numbers"},
    )
    body = _e("body", _e("h1", "Syncthing fleet"), _e("p", _clean(when)), numbers)
    body.append(_e("h2", "Problems"))
    body.append(
        _e("ul", *(_e("li", _e("b", _short(who)), ": ", _clean(what)[:300]) for who, what in problems))
        if problems
        else _e("p", "None.")
    )
    body.append(_e("h2", "Who has what"))
    body.append(_e("div", _matrix(fleet), {"class": "wide", "tabindex": "0"}))
    body.append(_e("h2", "Who shares with whom"))
    body.append(_graph(fleet))
    body.append(_e("p", "Solid lines: connected. Dashed lines: not connected. Pale circles: not in the inventory."))
    # Python's parser of HTML and browsers take it as it is; surrogates can't be in it.
    return (
        "<!DOCTYPE html>\n" + ET.tostring(_e("html", head, body, lang="en"), encoding="unicode", method="html") + "\n"
    )


def _matrix(fleet: Fleet) -> ET.Element:
    titles = [
        _e("th", _short(fleet.labels[folder]), scope="col", title=_clean(folder)[:200]) for folder in fleet.folders
    ]
    table = _e("table", _e("thead", _e("tr", _e("th", "Device"), *titles)))
    body = ET.SubElement(table, "tbody")
    for device_id in fleet.devices:
        version = fleet.versions.get(device_id, "version unknown")
        note = _clean(version)[:20] + (", out of date" if fleet.is_outdated(device_id) else "")
        if device_id not in fleet.by_id:
            note += ", not asked"
        row = _e("tr", _e("th", _short(fleet.names[device_id]), _e("small", note), scope="row", title=device_id))
        for folder in fleet.folders:
            state = fleet.cell(device_id, folder)
            row.append(_e("td", state.text, {"class": state.kind}, title=_clean(state.title)[:200]))
        body.append(row)
    for host in fleet.hosts:
        if not host.info:
            text = _clean(host.problem)[:100]
            cell = _e("td", text, {"class": "bad", "colspan": str(len(titles) or 1)})
            body.append(_e("tr", _e("th", _short(host.name), _e("small", "no answer"), scope="row"), cell))
    return table


def _graph(fleet: Fleet) -> ET.Element:
    """Devices on a circle, and a line between those that share a folder."""
    devices = fleet.devices
    width, height, radius = 600, 400, 150
    picture = _e("svg", viewBox=f"0 0 {width} {height}", role="img")
    picture.append(_e("title", "Who shares with whom"))
    place = {}
    for index, device_id in enumerate(devices):
        angle = 2 * math.pi * index / len(devices) - math.pi / 2
        place[device_id] = (width / 2 + radius * math.cos(angle), height / 2 + radius * math.sin(angle), angle)
    for (one, two), connected in sorted(fleet.links.items()):
        shared = sum({one, two} <= members for members in fleet.members.values())
        (x1, y1, _a), (x2, y2, _b) = place[one], place[two]
        ends = {"x1": f"{x1:.1f}", "y1": f"{y1:.1f}", "x2": f"{x2:.1f}", "y2": f"{y2:.1f}"}
        title = f"{_short(fleet.names[one])} – {_short(fleet.names[two])}: {shared} folder{'s' * (shared != 1)}"
        picture.append(_e("line", _e("title", title), ends, {"class": "on" if connected else "off"}))
    for device_id in devices:
        x, y, angle = place[device_id]
        kinds = {fleet.cell(device_id, folder).kind for folder in fleet.folders}
        kind = "bad" if "bad" in kinds else "inside" if device_id in fleet.by_id else "outside"
        picture.append(_e("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="9", **{"class": kind}))
        side = math.cos(angle)
        anchor = "middle" if abs(side) < 0.3 else "start" if side > 0 else "end"
        away = {"x": f"{x + 16 * side:.1f}", "y": f"{y + 24 * math.sin(angle) + 4:.1f}", "text-anchor": anchor}
        picture.append(_e("text", _short(fleet.names[device_id], 18), away))
    return picture


def _number(count: int, what: str, bad: bool = False) -> ET.Element:
    return _e("li", _e("b", str(count)), what, {"class": "bad" if bad and count else "good"})


def _e(tag: str, *content: Node | dict[str, str], **attributes: str) -> ET.Element:
    """Make an element of texts, elements and attributes."""
    element = ET.Element(tag, attributes)
    for part in content:
        if isinstance(part, dict):
            element.attrib.update(part)
        elif isinstance(part, str):
            if len(element):
                element[-1].tail = (element[-1].tail or "") + part
            else:
                element.text = (element.text or "") + part
        else:
            element.append(part)
    return element


def _clean(text: str) -> str:
    return _UNPRINTABLE.sub("\ufffd", text)


def _short(text: str, longest: int = _LONGEST) -> str:
    text = _clean(text)
    return text if len(text) <= longest else text[: longest - 1] + "…"
