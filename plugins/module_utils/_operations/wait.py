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
                missing = [f"the API: {exc}"]
                self.serves()
            except errors.SyncthingError as exc:
                if not self.unit or isinstance(exc, _LAST_WORD):
                    raise
                self.serves()
                if time.monotonic() - self.started > _SOMEBODY_ELSE_FOR:
                    service = dict(self.seen["service"], journal=self.unit.journal())
                    raise type(exc)(f"{exc} {_about(service)}", exc.status, exc.body) from None
                missing = [f"the API: {exc}"]
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
        events = Events(self.client, TELL_WHAT + _TELL_THAT) if watched else None
        since: float | None = None  # when all was there
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

    def judge(self) -> list[str]:
        """Return which folders have not started at the deadline; raises NotApplied for those that have stopped."""
        if not self.goal.running:
            return []
        self.hurry()
        folders = chosen_running(self.goal, self.client.config(), self.waiter.passive)
        self.waiter.seen.update(my_id=self.client.my_id, version=self.client.version)
        verdict = running.judge(self.client, folders, self.waiter.left)
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
