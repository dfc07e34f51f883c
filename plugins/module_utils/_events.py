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

from ._client import SyncthingClient

Event = t.Dict[str, t.Any]

# Events of a restarted daemon have low numbers, which a long poll for high ones would miss. It ends with the daemon,
# but a proxy may hide that.
LONGEST_POLL = 10  # seconds
_SHORTEST_ROUND = 0.25  # seconds; what happens meanwhile comes in one answer


class Events:
    """Events of these types that happen from now on."""

    def __init__(self, client: SyncthingClient, types: t.Iterable[str]) -> None:
        self._client = client
        self._types = ",".join(types)
        newest = self._get(0, {"since": 0, "limit": 1})
        self._since = newest[-1]["id"] if newest else 0
        self._next_round = time.monotonic()

    def poll(self, seconds: float) -> t.List[Event]:
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

    def _get(self, seconds: int, params: t.Dict[str, t.Any]) -> t.List[Event]:
        found: t.List[Event] = self._client.get(
            "/rest/events",
            dict(params, events=self._types, timeout=seconds),
            within=seconds + self._client.timeout,
        )
        return found
