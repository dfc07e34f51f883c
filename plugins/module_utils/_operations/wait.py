# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Wait until a daemon answers, devices are connected and folders are in sync. No Ansible in it.

What the REST API shows is the truth. Events only tell that it changed, and spare most requests.
"""

from __future__ import annotations

import contextlib
import time
import typing as t

from .. import _errors as errors
from .._api.client import SyncthingClient
from .._api.events import LONGEST_POLL, Events
from .._host.units import Unit, quote
from .._schema.field import Json
from .._until import growing, until
from . import restart, running
from .sync_report import describe
from .sync_state import TELL_WHAT, apply, dial_error, local, remote
from .wait_goal import Goal, check, chosen_devices, chosen_folders, chosen_running

Connect = t.Callable[[float], SyncthingClient]

_FIRST_PAUSE = 0.1  # seconds between two attempts to connect; doubled each time
_LONGEST_PAUSE = 1.0
_SHORTEST_ROUND = 1.0  # seconds between two looks at everything
_SHOWN_ERRORS = 5  # files of a folder
_LAST_REQUEST = 1.0  # seconds for a request when the time is up
_EXPLAIN_TIMEOUT = 5  # seconds for each request that only helps to say why
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


def wait(connect: Connect, goal: Goal, wait_timeout: float, unit: Unit | None = None, passive: bool = False) -> Json:
    """Return the results when all is there; raises RequestTimeout, whose ``results`` tell what is missing.

    ``connect`` gets the seconds that are left and returns a client that doesn't retry by itself. ``unit`` is the
    service that the daemon is; if it fails, nothing is waited for any more. ``passive``: folders may not
    exist yet.
    """
    check(goal, wait_timeout)
    return _Waiter(connect, goal, wait_timeout, unit, passive).run()


class _Waiter:
    def __init__(self, connect: Connect, goal: Goal, wait_timeout: float, unit: Unit | None, passive: bool) -> None:
        self.connect = connect
        self.goal = goal
        self.unit = unit
        self.passive = passive
        self.started = time.monotonic()
        self.deadline = self.started + wait_timeout
        self.missing: list[str] = []
        self.seen: Json = {"my_id": None, "version": None, "devices": {}, "folders": {}}

    def left(self) -> float:
        return self.deadline - time.monotonic()

    def run(self) -> Json:
        until(self.is_over, self.deadline, growing(_FIRST_PAUSE, _LONGEST_PAUSE))
        results = dict(self.seen, missing=self.missing, elapsed=round(time.monotonic() - self.started, 1))
        if self.missing:
            if self.unit:
                results["service"]["journal"] = self.unit.journal()
            raise timed_out(results, self.missing)
        return results

    def is_over(self) -> bool:
        """Connect, and watch until all is there or the time is up; false if the daemon could not be watched."""
        try:
            with self.connect(max(self.left(), _FIRST_PAUSE)) as client:
                self.missing = _Watch(self, client).run()
            if self.missing or self.serves():
                return True
            self.missing = ["the service: it is not active, so another daemon answered"]
        except _STARTING as exc:
            self.missing = [f"the API: {exc}"]
            self.serves()
        except errors.SyncthingError as exc:
            if not self.unit or isinstance(exc, _LAST_WORD):
                raise
            self.serves()
            if time.monotonic() - self.started > _SOMEBODY_ELSE_FOR:
                service = dict(self.seen["service"], journal=self.unit.journal())
                raise type(exc)(f"{exc} {_about(service)}", exc.status, exc.body) from None
            self.missing = [f"the API: {exc}"]
        return False

    def serves(self) -> bool:
        """Return whether the service is active, or nobody spoke of one; raises Unreachable if it failed."""
        if not self.unit:
            return True
        active, state = self.unit.check()
        self.seen["service"] = {"name": self.unit.name, "state": state, "journal": []}
        return active


def timed_out(results: Json, missing: list[str]) -> errors.RequestTimeout:
    said = ". " + _about(results["service"]) if "service" in results else ""
    exc = errors.RequestTimeout(f"Timed out. Still missing: {'; '.join(missing)}{said}")
    exc.results = dict(results, missing=missing)
    return exc


def _about(service: Json) -> str:
    return f"The service {service['name']} is {service['state']}. {quote(service['journal'])}"


def did_not_last(seconds: float) -> str:
    return f"all was there, but it did not last for {seconds:g} s"


class _Watch:
    """Watches one connection to a daemon."""

    def __init__(self, waiter: _Waiter, client: SyncthingClient) -> None:
        self.waiter = waiter
        self.goal = waiter.goal
        self.client = client
        self.patience = client.timeout
        self.events: Events | None = None
        self.since: float | None = None  # when all was there
        self.read_at = self.read_again = 0.0
        self.fresh = False  # whether nothing has happened since all was read

    def get(self, path: str, **params: str) -> t.Any:
        self.hurry()
        return self.client.get(path, params)

    def hurry(self) -> None:
        """Let no request go on for long after the deadline."""
        self.client.timeout = min(self.patience, max(_LAST_REQUEST, self.waiter.left()))

    def run(self) -> list[str]:
        """Return what is missing at the deadline; nothing if all has been there for long enough."""
        starting = self.judge()
        if starting:
            return starting
        watched = self.goal.folders or self.goal.devices or self.goal.restarted or self.goal.stable_for
        self.events = Events(self.client, TELL_WHAT + _TELL_THAT) if watched else None
        self.look()
        return [] if until(self.is_there, self.waiter.deadline, self.listen) else self.last_look()

    def is_there(self) -> bool:
        """Return whether all has been there for long enough. If it seems so from events, look once more."""
        due = self.read_again <= time.monotonic() < self.waiter.deadline
        if not self.fresh and (due or self.has_lasted()):
            self.look()
        return self.fresh and self.has_lasted()

    def look(self) -> None:
        self.read()
        self.read_at = time.monotonic()
        self.read_again = self.read_at + LONGEST_POLL
        self.fresh = True
        self.note()

    def note(self) -> None:
        """Note since when all is there."""
        missing = describe(self.waiter.seen, self.goal.min_completion)
        if missing or self.since is None:
            self.since = None if missing else time.monotonic()

    def has_lasted(self) -> bool:
        return self.since is not None and time.monotonic() >= self.since + self.goal.stable_for

    def listen(self, left: float) -> None:
        """Learn from events what has changed, until it is time to look again."""
        seconds = min(left, self.read_again - time.monotonic())
        if self.since is not None:
            seconds = min(seconds, self.since + self.goal.stable_for - time.monotonic())
        self.hurry()
        happened = self.events.poll(seconds) if self.events else []
        self.fresh = False
        understood = [apply(self.waiter.seen, event) for event in happened]
        if not all(understood):  # such events come in swarms
            self.read_again = self.read_at + _SHORTEST_ROUND
        self.note()

    def judge(self) -> list[str]:
        """Return which folders have not started at the deadline; raises NotApplied for those that have stopped."""
        if not self.goal.running:
            return []
        self.hurry()
        folders = chosen_running(self.goal, self.client.config(), self.waiter.passive)
        self.waiter.seen.update(my_id=self.client.my_id, version=self.client.version)
        verdict = running.judge(self.client, folders, self.waiter.deadline)
        if verdict.stopped:
            exc = errors.NotApplied(
                f"{'; '.join(map(str, verdict.stopped))}. If its directory is on a file system that is not mounted, "
                "mount it. Otherwise, correct what the daemon complains of, and run this again."
            )
            exc.results = {"stopped": [one._asdict() for one in verdict.stopped]}
            raise exc
        return [f"folder {folder_id!r} has not started" for folder_id in verdict.starting]

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
            seen["restart_required"] = restart.required(self.client)
        if devices:
            connections = self.get("/rest/system/connections")["connections"]
            for device_id, device in devices.items():
                device["connected"] = connections.get(device_id, {}).get("connected") or False
        for folder_id, entry in folders.items():
            entry.update(local(self.get("/rest/db/status", folder=folder_id)))
            for device_id in entry["devices"]:
                with contextlib.suppress(errors.NotFound):  # it is paused here
                    answer = self.get("/rest/db/completion", folder=folder_id, device=device_id)
                    entry["devices"][device_id] = remote(answer)
        self.waiter.seen.update(seen)  # all of it or nothing, as it may break off anywhere

    def last_look(self) -> list[str]:
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
                    device["error"] = dial_error(device["addresses"] + known, dialled)
