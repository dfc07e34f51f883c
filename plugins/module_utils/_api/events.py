# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""The daemon's events, by long polling: a request that is answered when something happens.

Source: ``getEvents`` in ``lib/api`` and ``lib/events`` of Syncthing 1.12 to 2.1. A daemon keeps the last 1000 events of
each combination of types that was ever asked for, and numbers them from 1. Types that it doesn't know are ignored.
"""

from __future__ import annotations

import math
import time
import typing as t

from .._until import until
from .client import SyncthingClient

Event = t.Dict[str, t.Any]

# Events of a restarted daemon have low numbers, which a long poll for high ones would miss. It ends with the daemon,
# but a proxy may hide that.
LONGEST_POLL = 10  # seconds
_SHORTEST_ROUND = 0.25  # seconds; what happens meanwhile comes in one answer
_LATEST = 5  # seconds after its answer, in which a write's event must come


class Events:
    """Events of these types that happen from now on."""

    def __init__(self, client: SyncthingClient, types: t.Iterable[str]) -> None:
        self._client = client
        self._types = ",".join(types)
        newest = self._get(0, {"since": 0, "limit": 1})
        self._since = newest[-1]["id"] if newest else 0
        self._next_round = time.monotonic()

    def poll(self, seconds: float) -> list[Event]:
        """Return what happened since the last call, at once or when it happens; nothing after ``seconds`` at most."""
        until = time.monotonic() + seconds
        if until < self._next_round:
            time.sleep(max(0, seconds))
            return []
        time.sleep(max(0, self._next_round - time.monotonic()))
        self._next_round = time.monotonic() + _SHORTEST_ROUND
        # The daemon takes whole seconds only.
        whole = min(math.floor(until - time.monotonic()), LONGEST_POLL)
        events = self._get(max(0, whole), {"since": self._since})
        if events:
            self._since = events[-1]["id"]
        elif whole <= 0:
            time.sleep(max(0, until - time.monotonic()))
        return events

    def _get(self, seconds: int, params: dict[str, t.Any]) -> list[Event]:
        found: list[Event] = self._client.get(
            "/rest/events",
            dict(params, events=self._types, timeout=seconds),
            within=seconds + self._client.timeout,
        )
        return found


class Gap(Exception):
    """Events since the mark are missing: there were more than the daemon keeps, or it was restarted."""


class Saves:
    """Each configuration that the daemon saves from now on; each write of anybody's ends with that.

    They are in the stream of all events, since a stream of their own would begin at its first use.
    """

    def __init__(self, client: SyncthingClient) -> None:
        self._client = client
        newest = self._get({"since": 0, "limit": 1})
        self._mark = _marks(newest[-1:])

    def until(self, now: dict[str, t.Any], base: dict[str, t.Any]) -> list[dict[str, t.Any]]:
        """Return the configurations in their order, at least up to what was read ``now``; raises Gap.

        ``base`` is what was read at the mark. All of them hold secrets.
        """
        # The stream is still the same if it has the event that was the newest at the mark.
        first = self._mark[0][0] if self._mark else 1
        events = self._get({"since": first - 1})
        if self._mark and _marks(events[:1]) != self._mark:
            raise Gap
        saved = []

        def is_complete() -> bool:
            nonlocal saved
            if [event["id"] for event in events] != list(range(first, first + len(events))):
                raise Gap
            saved = [event["data"] for event in events[bool(self._mark) :] if event["type"] == "ConfigSaved"]
            return now in (base, *saved)

        # The answer to a write may be here before its event.
        until(
            is_complete,
            time.monotonic() + _LATEST,
            lambda _left: events.extend(self._get({"since": first - 1 + len(events)}, 1)),
        )
        return saved

    def _get(self, params: dict[str, t.Any], seconds: int = 0) -> list[Event]:
        found: list[Event] = self._client.get(
            "/rest/events", dict(params, timeout=seconds), within=seconds + self._client.timeout
        )
        return found


def _marks(events: t.Sequence[Event]) -> list[tuple[int, str]]:
    """Return by what an event is known again: not its data, which the daemon may still change."""
    return [(event["id"], event["time"]) for event in events]
