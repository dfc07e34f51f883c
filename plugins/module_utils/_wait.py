# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Wait until a daemon answers, devices are connected and folders are in sync. No Ansible in it.

What the REST API shows is the truth. Events only tell that it changed, and spare most requests.
"""

from __future__ import annotations

import contextlib
import math
import time
import typing as t

from . import _errors as errors
from . import _restart, _running, _timeouts
from ._client import SyncthingClient
from ._events import LONGEST_POLL, Events
from ._names import Devices, folder, shown
from ._unit import Unit, quote

Json = t.Dict[str, t.Any]
Connect = t.Callable[[float], SyncthingClient]

ALL = "all"
WAIT_TIMEOUT = 300  # seconds, unless told otherwise
_FIRST_PAUSE = 0.1  # seconds between two attempts to connect; doubled each time
_LONGEST_PAUSE = 1.0
_SHORTEST_ROUND = 1.0  # seconds between two looks at everything
_SHOWN_ERRORS = 5  # files of a folder
_LAST_REQUEST = 1.0  # seconds for a request when the time is up
_EXPLAIN_TIMEOUT = 5  # seconds for each request that only helps to say why
_TELL_WHAT = ("StateChanged", "FolderSummary", "FolderCompletion")
_TELL_THAT = (
    "ConfigSaved",
    "ClusterConfigReceived",
    "DeviceConnected",
    "DeviceDisconnected",
    "DevicePaused",
    "DeviceResumed",
    "FolderPaused",
    "FolderResumed",
)
# A daemon that starts has no config.xml, then no certificate, then no listener, then maybe a database to convert.
_STARTING = (
    errors.DiscoveryError,
    errors.TlsMismatch,
    errors.Unreachable,
    errors.RequestTimeout,
    errors.ServerError,
    errors.MigrationInProgress,
)


# With a service that may be about to fail, all others are not the last word: another program may have its port.
_LAST_WORD = (errors.InvalidInput, errors.NotApplied)
_SOMEBODY_ELSE_FOR = 5.0  # seconds


class Goal(t.NamedTuple):
    """What to wait for. The API is always waited for; ``all`` in a list is what is not paused."""

    running: t.Sequence[str] = ()
    folders: t.Sequence[str] = ()
    devices: t.Sequence[str] = ()
    min_completion: float = 100
    stable_for: float = 0
    restarted: bool = False


def check(goal: Goal, wait_timeout: float) -> None:
    """Refuse what can't be meant."""
    _timeouts.check(wait_timeout, "wait_timeout")
    if not 0 <= goal.stable_for < wait_timeout:
        raise errors.InvalidInput(
            "stable_for must be at least 0 s and less than wait_timeout, which is %g s." % wait_timeout
        )
    if not 0 <= goal.min_completion <= 100:
        raise errors.InvalidInput("min_completion is a percentage, from 0 to 100.")


def wait(
    connect: Connect, goal: Goal, wait_timeout: float, unit: t.Optional[Unit] = None, passive: bool = False
) -> Json:
    """Return the results when all is there; raises RequestTimeout, whose ``results`` tell what is missing.

    ``connect`` gets the seconds that are left and returns a client that doesn't retry by itself. ``unit`` is the
    service that the daemon is; if it fails, nothing is waited for any more. ``passive``: folders may not
    exist yet.
    """
    check(goal, wait_timeout)
    return _Waiter(connect, goal, wait_timeout, unit, passive).run()


class _Waiter:
    def __init__(
        self, connect: Connect, goal: Goal, wait_timeout: float, unit: t.Optional[Unit], passive: bool
    ) -> None:
        self.connect = connect
        self.goal = goal
        self.unit = unit
        self.passive = passive
        self.started = time.monotonic()
        self.deadline = self.started + wait_timeout
        self.seen: Json = {"my_id": None, "version": None, "devices": {}, "folders": {}}

    def left(self) -> float:
        return self.deadline - time.monotonic()

    def run(self) -> Json:
        pause = _FIRST_PAUSE
        while True:
            try:
                with self.connect(max(self.left(), _FIRST_PAUSE)) as client:
                    missing = _Watch(self, client).run()
                if missing or self.serves():
                    break
                missing = ["the service: it is not active, so another daemon answered"]
            except _STARTING as exc:
                missing = ["the API: %s" % exc]
                self.serves()
            except errors.SyncthingError as exc:
                if not self.unit or isinstance(exc, _LAST_WORD):
                    raise
                self.serves()
                if time.monotonic() - self.started > _SOMEBODY_ELSE_FOR:
                    service = dict(self.seen["service"], journal=self.unit.journal())
                    raise type(exc)("%s %s" % (exc, _about(service)), exc.status, exc.body) from None
                missing = ["the API: %s" % exc]
            if self.left() <= 0:
                break
            time.sleep(max(0, min(pause, self.left())))
            pause = min(2 * pause, _LONGEST_PAUSE)
        results = dict(self.seen, missing=missing, elapsed=round(time.monotonic() - self.started, 1))
        if missing:
            if self.unit:
                results["service"]["journal"] = self.unit.journal()
            raise timed_out(results, missing)
        return results

    def serves(self) -> bool:
        """Return whether the service is active, or nobody spoke of one; raises Unreachable if it failed."""
        if not self.unit:
            return True
        active, state = self.unit.check()
        self.seen["service"] = {"name": self.unit.name, "state": state, "journal": []}
        return active


def timed_out(results: Json, missing: t.List[str]) -> errors.RequestTimeout:
    said = ". " + _about(results["service"]) if "service" in results else ""
    exc = errors.RequestTimeout("Timed out. Still missing: %s%s" % ("; ".join(missing), said))
    exc.results = dict(results, missing=missing)
    return exc


def _about(service: Json) -> str:
    return "The service %s is %s. %s" % (service["name"], service["state"], quote(service["journal"]))


def did_not_last(seconds: float) -> str:
    return "all was there, but it did not last for %g s" % seconds


class _Watch:
    """Watches one connection to a daemon."""

    def __init__(self, waiter: _Waiter, client: SyncthingClient) -> None:
        self.waiter = waiter
        self.goal = waiter.goal
        self.client = client
        self.patience = client.timeout

    def get(self, path: str, **params: str) -> t.Any:
        self.hurry()
        return self.client.get(path, params)

    def hurry(self) -> None:
        """Let no request go on for long after the deadline."""
        self.client.timeout = min(self.patience, max(_LAST_REQUEST, self.waiter.left()))

    def run(self) -> t.List[str]:
        """Return what is missing at the deadline; nothing if all has been there for long enough."""
        starting = self.judge()
        if starting:
            return starting
        watched = self.goal.folders or self.goal.devices or self.goal.restarted or self.goal.stable_for
        events = Events(self.client, _TELL_WHAT + _TELL_THAT) if watched else None
        since: t.Optional[float] = None  # when all was there
        while True:
            self.read()
            read_at = time.monotonic()
            read_again = read_at + LONGEST_POLL
            fresh = True
            while True:
                missing = describe(self.waiter.seen, self.goal.min_completion)
                now = time.monotonic()
                since = None if missing else since or now
                held = since is not None and now >= since + self.goal.stable_for
                if held and fresh:
                    return []
                if now >= self.waiter.deadline:
                    return self.last_look()
                if held or now >= read_again:
                    break
                until = min(read_again, self.waiter.deadline)
                if since is not None:
                    until = min(until, since + self.goal.stable_for)
                self.hurry()
                happened = events.poll(until - now) if events else []
                fresh = False
                understood = [apply(self.waiter.seen, event) for event in happened]
                if not all(understood):  # such events come in swarms
                    read_again = read_at + _SHORTEST_ROUND

    def judge(self) -> t.List[str]:
        """Return which folders have not started at the deadline; raises NotApplied for those that have stopped."""
        if not self.goal.running:
            return []
        self.hurry()
        folders = chosen_running(self.goal, self.client.config(), self.waiter.passive)
        self.waiter.seen.update(my_id=self.client.my_id, version=self.client.version)
        verdict = _running.judge(self.client, folders, self.waiter.left)
        if verdict.stopped:
            exc = errors.NotApplied(
                "%s. If its directory is on a file system that is not mounted, mount it. Otherwise, correct what the "
                "daemon complains of, and run this again." % "; ".join(map(str, verdict.stopped))
            )
            exc.results = {"stopped": [one._asdict() for one in verdict.stopped]}
            raise exc
        return ["folder %r has not started" % folder_id for folder_id in verdict.starting]

    def read(self) -> None:
        """Ask for everything that the goal speaks of."""
        self.hurry()
        config = self.client.config()
        devices = chosen_devices(self.goal, config, self.client.my_id)
        folders = chosen_folders(self.goal, config, devices)
        seen: Json = {
            "my_id": self.client.my_id,
            "version": self.client.version,
            "devices": devices,
            "folders": folders,
        }
        if self.goal.restarted:
            seen["restart_required"] = _restart.required(self.client)
        if devices:
            connections = self.get("/rest/system/connections")["connections"]
            for device_id, device in devices.items():
                device["connected"] = connections.get(device_id, {}).get("connected") or False
        for folder_id, entry in folders.items():
            entry.update(_local(self.get("/rest/db/status", folder=folder_id)))
            for device_id in entry["devices"]:
                with contextlib.suppress(errors.NotFound):  # it is paused here
                    answer = self.get("/rest/db/completion", folder=folder_id, device=device_id)
                    entry["devices"][device_id] = _remote(answer)
        self.waiter.seen.update(seen)  # all of it or nothing, as it may break off anywhere

    def last_look(self) -> t.List[str]:
        """Return what is missing now that the time is up, and find out why."""
        with contextlib.suppress(errors.SyncthingError):
            self.read()
        if not describe(self.waiter.seen, self.goal.min_completion):
            return [did_not_last(self.goal.stable_for)] if self.goal.stable_for else []
        self.explain()
        return describe(self.waiter.seen, self.goal.min_completion)

    def explain(self) -> None:
        seen = self.waiter.seen
        self.client.timeout = _EXPLAIN_TIMEOUT
        with contextlib.suppress(errors.SyncthingError):
            for folder_id, entry in seen["folders"].items():
                if entry["failed_items"]:
                    answer = self.client.get("/rest/folder/errors", {"folder": folder_id, "perpage": _SHOWN_ERRORS})
                    entry["errors"] = answer.get("errors") or []
            apart = [d for d in seen["devices"].values() if not d["connected"] and not d["paused"]]
            if apart:
                dialled = self.client.get("/rest/system/status").get("lastDialStatus") or {}
                found = self.client.get("/rest/system/discovery") or {}
                for device_id, device in seen["devices"].items():
                    known = (found.get(device_id) or {}).get("addresses") or []
                    device["error"] = _dial_error(device["addresses"] + known, dialled)


# -- what is meant


def chosen_devices(goal: Goal, config: Json, my_id: str) -> t.Dict[str, Json]:
    devices = {device["deviceID"]: device for device in config["devices"]}
    names = Devices(devices)
    chosen = []
    for number, ref in enumerate(goal.devices):
        place = "devices[%d]" % number
        if ref == ALL:
            chosen += [key for key, device in devices.items() if key != my_id and not device["paused"]]
            continue
        chosen.append(names.resolve(ref, place))
        if chosen[-1] == my_id:
            raise errors.InvalidInput(
                "%s: this is the daemon's own device, which is never connected to itself." % place
            )
    return {
        key: {
            "name": devices[key]["name"],
            "addresses": devices[key]["addresses"],
            "paused": devices[key]["paused"],
            "connected": False,
            "error": "",
        }
        for key in chosen
    }


def chosen_running(goal: Goal, config: Json, passive: bool) -> t.List[Json]:
    """Return these folders; a passive look, as in check mode, leaves out those that were only predicted."""
    if ALL in goal.running:
        return list(config["folders"])
    known = {entry["id"] for entry in config["folders"]}
    return [
        folder(config, ref, "running[%d]" % number)
        for number, ref in enumerate(goal.running)
        if ref in known or not passive
    ]


def chosen_folders(goal: Goal, config: Json, devices: t.Mapping[str, Json]) -> t.Dict[str, Json]:
    chosen = []
    for number, ref in enumerate(goal.folders):
        if ref == ALL:
            chosen += [entry for entry in config["folders"] if not entry["paused"]]
        else:
            chosen.append(folder(config, ref, "folders[%d]" % number))
    found = {
        entry["id"]: {
            "label": entry["label"],
            "type": entry["type"],
            "paused": entry["paused"],
            "errors": [],
            "devices": {
                share["deviceID"]: dict(_NOTHING) for share in entry["devices"] if share["deviceID"] in devices
            },
        }
        for entry in chosen
    }
    if goal.folders and ALL not in goal.folders and ALL not in goal.devices:
        for device_id, device in devices.items():
            if not any(device_id in entry["devices"] for entry in found.values()):
                raise errors.InvalidInput(
                    "devices: none of these folders is shared with %s. Share one with syncthing_folder, or wait for "
                    "the device in a task without folders." % _device_name(device_id, device)
                )
    return found


# -- what is known


_NOTHING: Json = {
    "completion": None,
    "need_bytes": None,
    "need_items": None,
    "need_deletes": None,
    "remote_state": None,
}


def _local(status: Json) -> Json:
    """A folder's part of the state, from what db/status and FolderSummary tell."""
    need_bytes, need_items, total = status["needBytes"], status["needTotalItems"], status["globalBytes"]
    completion: t.Optional[float] = None
    if status["state"]:  # of a folder that doesn't run, all numbers are 0
        completion = 100 * (1 - need_bytes / total) if total else 100.0
        if need_items:  # deletions and what has no content; Syncthing says the same of other devices
            completion = min(completion, 95.0)
    return {
        "state": status["state"],
        "error": status.get("error") or "",
        "completion": completion,
        "global_bytes": total,
        "global_items": status["globalTotalItems"],
        "need_bytes": need_bytes,
        "need_items": need_items,
        "failed_items": status["errors"],
    }


def _remote(answer: Json) -> Json:
    if not answer["sequence"]:  # it has told of no file, which Syncthing 1.12 takes for 100 %
        missing = {"needBytes": answer["globalBytes"], "needItems": answer["globalItems"]}
        answer = dict(answer, completion=0 if answer["globalItems"] else 100, **missing)
    return {
        "completion": answer["completion"],
        "need_bytes": answer["needBytes"],
        "need_items": answer["needItems"],
        "need_deletes": answer["needDeletes"],
        "remote_state": answer.get("remoteState"),  # before Syncthing 1.20, nobody knows
    }


def apply(seen: Json, event: Json) -> bool:
    """Note what an event tells; return False if it only tells that something changed."""
    if event["type"] not in _TELL_WHAT:
        return False
    data = event["data"]
    entry = seen["folders"].get(data["folder"])
    if not entry:
        return True
    if event["type"] == "StateChanged":
        entry.update(state=data["to"], error=data.get("error") or "")
    elif event["type"] == "FolderSummary":
        entry.update(_local(data["summary"]))
    elif data["device"] in entry["devices"]:
        entry["devices"][data["device"]] = _remote(data)
    return True


def _dial_error(addresses: t.Iterable[str], dialled: t.Mapping[str, Json]) -> str:
    addresses = [address for address in addresses if address != "dynamic"]
    if not addresses:
        return "none of its addresses is known; it has not announced itself, or is not found"
    found = {
        key: state["error"]
        for key, state in sorted(dialled.items())
        if state.get("error") and any(key.startswith(address) for address in addresses)
    }
    return ", ".join("%s: %s" % entry for entry in found.items())


# -- what is missing


Note = t.Callable[[str, str, Json], str]


def describe(seen: Json, enough: float, note: Note = lambda _folder_id, _device_id, _part: "") -> t.List[str]:
    """Return a phrase for each thing that is not as it should be.

    ``note`` may add something to what is left of a folder here (with no device ID) or on a device.
    """
    missing = []
    if seen.get("restart_required"):
        missing.append("the restart of the daemon that a changed setting needs")
    for device_id, device in seen["devices"].items():
        name = _device_name(device_id, device)
        if device["paused"]:
            missing.append("device %s is paused here" % name)
        elif not device["connected"]:
            missing.append("device %s is not connected%s" % (name, device["error"] and " (%s)" % device["error"]))
    for folder_id, entry in seen["folders"].items():
        wrong = _wrong_here(entry, enough, note(folder_id, "", entry))
        if not entry["paused"]:
            for device_id, remote in entry["devices"].items():
                device = seen["devices"][device_id]
                if device["connected"]:
                    more = note(folder_id, device_id, remote)
                    wrong += _wrong_there(_device_name(device_id, device), remote, enough, more)
        missing += ["folder %r %s" % (folder_id, phrase) for phrase in wrong]
    return missing


def _device_name(device_id: str, device: Json) -> str:
    return shown(device_id, device["name"])


def _wrong_here(entry: Json, enough: float, note: str) -> t.List[str]:
    if entry["paused"]:
        return ["is paused here"]
    if entry["completion"] is None:
        return ["is not running yet"]
    if entry["error"]:
        return ["has stopped: %s" % " ".join(entry["error"].split())]
    if enough < 100:
        return [] if entry["completion"] >= enough else [_left("has", entry, note)]
    wrong = []
    if entry["need_items"]:
        wrong.append(_left("has", entry, note))
        if entry["type"] == "sendonly":
            wrong[-1] += "; it only sends, so it takes them never: see syncthing_command override"
    if entry["failed_items"]:
        files = ["%s (%s)" % (one["path"], " ".join(one["error"].split())) for one in entry["errors"]]
        more = entry["failed_items"] - len(files)
        files += ["%d more" % more] if files and more > 0 else []
        wrong.append("fails with %s%s" % (_items(entry["failed_items"]), files and ": " + ", ".join(files) or ""))
    if not wrong and entry["state"] != "idle":
        wrong.append("is not idle but %s" % entry["state"])
    return wrong


_REMOTE_STATES = {
    "paused": "is paused on device %s",
    "notSharing": "is not shared by device %s, which must add it too",
    "unknown": "has not been spoken of by device %s yet",
}


def _wrong_there(name: str, remote: Json, enough: float, note: str) -> t.List[str]:
    if remote["remote_state"] in _REMOTE_STATES:
        return [_REMOTE_STATES[remote["remote_state"]] % name]
    if remote["completion"] is None:
        return ["has an unknown state on device %s" % name]
    # A device that lacks only what has no content is said to have 100 %.
    lacks = enough == 100 and (remote["need_items"] or remote["need_deletes"])
    if remote["completion"] >= enough and not lacks:
        return []
    items = remote["need_items"] + remote["need_deletes"]
    return [_left("on device %s has" % name, dict(remote, need_items=items), note)]


def _left(where: str, part: Json, note: str) -> str:
    items = _items(part["need_items"])
    return "%s %s, %s in %s left%s" % (where, percent(part["completion"]), size(part["need_bytes"]), items, note)


def _items(number: int) -> str:
    return "1 item" if number == 1 else "%d items" % number


def percent(number: float) -> str:
    """What is not done never reads as 100 %."""
    return "%g %%" % (math.floor(number * 10) / 10)


def size(number: float) -> str:
    for unit in ("B", "KiB", "MiB", "GiB"):
        if number < 1000:
            return "%.3g %s" % (number, unit)
        number /= 1024
    return "%.4g TiB" % number
