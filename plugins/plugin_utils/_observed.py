# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: used by this collection only; it may change in any release.

"""What the hosts of a fleet tell of themselves and of each other, put together. Pure."""

from __future__ import annotations

import collections
import datetime
import math
import re
import typing as t

from ..module_utils._config.current import parse_version
from ..module_utils._schema.field import Json
from ..module_utils._schema.names import folded, is_name

LONGEST = 40  # letters of a name that are shown
# A nanosecond's digits are more than Python takes.
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)\Z", re.ASCII)


class Host(t.NamedTuple):
    """What one host of the inventory told. ``info`` is that of syncthing_info, empty if there was no answer."""

    name: str
    info: Json
    problem: str = ""  # why there was no answer
    conflicts: t.Mapping[str, t.Sequence[str]] = {}  # by folder ID, the paths of conflict copies
    unsearched: str = ""  # why no conflict copies could be looked for
    cause: str = ""  # of the problem: unreachable, daemon (does not work), or anything else
    device_id: str = ""  # as the inventory has it


class Cell(t.NamedTuple):
    """A device's part in a folder."""

    kind: str  # ok, behind, bad or none
    text: str
    title: str


NOT_ACCEPTED = "not accepted"


class Observed:
    """Puts together what hosts tell of themselves and of each other."""

    def __init__(self, hosts: t.Sequence[Host]) -> None:
        self.hosts = hosts
        self.by_id = {host.info["my_id"]: host for host in hosts if host.info}
        self.names: dict[str, str] = {}
        self.versions: dict[str, str] = {}
        self.labels: dict[str, str] = {}
        self.members: dict[str, set[str]] = collections.defaultdict(set)
        self.links: dict[tuple[str, str], bool] = {}  # pairs that share a folder: whether they are connected
        self.own_folders: dict[str, dict[str, Json]] = {}  # by device ID and folder ID
        self._links_of: dict[str, list[bool]] | None = None
        self._partners: dict[str, set[str]] = {}  # by host
        self._views: dict[tuple[str, str], list[tuple[Json, Host]]] = collections.defaultdict(list)
        for host in hosts:
            if host.info:
                self._learn(host)
        for device_id, host in self.by_id.items():
            self.names[device_id] = host.name
            self.versions[device_id] = host.info["version"]
        # A name is a claim, so that only the inventory tells which device a host without an answer is.
        self.silent = {host.device_id: host for host in hosts if not host.info and host.device_id in self.names}
        for device_id, host in self.silent.items():
            self.names[device_id] = host.name
        self._tell_apart()
        # What devices outside say of themselves does not count.
        self.newest = max((parse_version(host.info["version"]) for host in self.by_id.values()), default=())

    def _tell_apart(self) -> None:
        """Add a part of the ID where a device calls itself like another one, like a host or like an ID."""
        known = {host.name for host in (*self.by_id.values(), *self.silent.values())}
        others = [host.name for host in self.hosts if host.name not in known]
        count = collections.Counter(map(folded, [*self.names.values(), *others]))
        for device_id, name in self.names.items():
            if device_id in self.by_id or device_id in self.silent:
                continue
            if count[folded(name)] > 1 or not is_name(name) or name[-1] == ")":
                self.names[device_id] = f"{name[: LONGEST - 10]} ({device_id[:7]})"

    def _learn(self, host: Host) -> None:
        info = host.info
        mine = info["my_id"]
        self.own_folders[mine] = {folder["id"]: folder for folder in info["folders"]}
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
                if device_id != mine:
                    pair = (min(device_id, mine), max(device_id, mine))
                    self.links[pair] = self.is_connected(host, device_id) or self.links.get(pair, False)
        for folder_id, views in info["completion"].items():
            for device_id, view in views.items():
                if view and device_id != mine:
                    self._views[device_id, folder_id].append((view, host))

    def links_of(self, device_id: str) -> list[bool]:
        """Return for each device that shares a folder with this one whether they are connected."""
        if self._links_of is None:
            self._links_of = collections.defaultdict(list)
            for pair, connected in self.links.items():
                for one in pair:
                    self._links_of[one].append(connected)
        return self._links_of.get(device_id, [])

    @staticmethod
    def is_connected(host: Host, device_id: str) -> bool:
        return bool(host.info["connections"].get(device_id, {}).get("connected"))

    @property
    def devices(self) -> list[str]:
        """Those of the inventory first."""
        return sorted(self.names, key=lambda key: (self.is_outside(key), self.names[key].lower(), key))

    def is_outside(self, device_id: str) -> bool:
        return device_id not in self.by_id and device_id not in self.silent

    @property
    def folders(self) -> list[str]:
        return sorted(self.labels, key=lambda key: (self.labels[key].lower(), key))

    def is_outdated(self, device_id: str) -> bool:
        version = parse_version(self.versions.get(device_id, ""))
        return bool(version) and version < self.newest

    def own_view(self, host: Host, folder: str) -> Json:
        """Return what a host lacks of a folder; empty if it does not know."""
        return (host.info["completion"].get(folder) or {}).get(host.info["my_id"]) or {}

    def views(self, device_id: str, folder: str) -> list[tuple[Json, Host]]:
        """Return what other hosts know of a device's part in a folder."""
        return self._views.get((device_id, folder), [])

    def cell(self, device_id: str, folder: str) -> Cell:
        if device_id not in self.members[folder]:
            return Cell("none", "", "not shared")
        host = self.by_id.get(device_id)
        if host is None:
            return self._seen_by_others(device_id, folder)
        own = self.own_folders[device_id].get(folder)
        if own is None:
            return Cell("bad", NOT_ACCEPTED, "others share it with this device, which doesn't have it")
        if own["paused"]:
            return Cell("behind", "paused", own["type"])
        errors = host.info["errors"]["folders"].get(folder, ())
        if errors:
            return Cell("bad", f"{len(errors)} error{'s' * (len(errors) > 1)}", own["type"])
        found = self.own_view(host, folder)
        return _percent(found["completion"], own["type"]) if found else Cell("behind", "unknown", own["type"])

    def _seen_by_others(self, device_id: str, folder: str) -> Cell:
        views = self.views(device_id, folder)
        states = {view.get("remote_state") for view, _host in views}
        if "notSharing" in states:
            return Cell("bad", NOT_ACCEPTED, "the device doesn't share it")
        if "paused" in states:
            return Cell("behind", "paused", "paused on the device")
        if not views:
            return Cell("behind", "unknown", "nobody knows")
        view, host = min(views, key=lambda one: one[0]["completion"])
        return _percent(view["completion"], "as last seen by " + host.name)

    def last_seen(self, device_id: str, now: datetime.datetime) -> tuple[datetime.datetime | None, Host | None]:
        """Return when any host saw a device that shares a folder with it, and which; no host: nobody can tell.

        ``now`` is for those that are connected. A time of None: never.
        """
        latest: datetime.datetime | None = None
        viewer: Host | None = None
        for host in self.by_id.values():
            stats = (host.info.get("stats") or {}).get("devices", {}).get(device_id)
            if host.info["my_id"] == device_id or device_id not in self.partners(host):
                continue
            seen = now if self.is_connected(host, device_id) else moment((stats or {}).get("last_seen"))
            if stats is None and seen is None:
                continue
            if viewer is None or seen and (latest is None or seen > latest):
                latest, viewer = seen, host
        return latest, viewer

    def partners(self, host: Host) -> set[str]:
        """Return the devices that share a folder with this host, without those that are paused on it."""
        if host.name not in self._partners:
            paused = {device["device_id"] for device in host.info["devices"] if device.get("paused")}
            shares = (share["device"] for folder in host.info["folders"] for share in folder["devices"])
            self._partners[host.name] = set(shares) - paused - {host.info["my_id"]}
        return self._partners[host.name]


def moment(text: t.Any) -> datetime.datetime | None:
    """Return the time in an answer of a daemon; None for the beginning of time, which stands for never."""
    match = _TIME.match(text) if isinstance(text, str) else None
    if not match:
        return None
    try:
        found = datetime.datetime.fromisoformat(match[1] + match[2].replace("Z", "+00:00"))
        return found.astimezone(datetime.timezone.utc) if found.year > 1971 else None
    except (OverflowError, ValueError):
        return None


def _percent(completion: float, title: str) -> Cell:
    if completion >= 100:
        return Cell("ok", "100 %", title)
    return Cell("behind", f"{math.floor(completion)} %", title)
