# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._api import events as _events


class Client:
    timeout = 30

    def __init__(self, clock, *answers):
        self.clock = clock
        self.answers = list(answers)
        self.asked = []

    def get(self, path, params, within):
        assert path == "/rest/events"
        assert within == params["timeout"] + self.timeout
        self.asked.append(params)
        events = self.answers.pop(0) if self.answers else []
        if not events:
            self.clock.now += params["timeout"]
        return events


def ids(*numbers):
    return [{"id": number, "type": "StateChanged"} for number in numbers]


def test_only_what_happens_from_now_on(clock):
    client = Client(clock, ids(41), ids(42, 43), [], ids(44))
    events = _events.Events(client, ["StateChanged", "ConfigSaved"])
    assert client.asked == [{"since": 0, "limit": 1, "events": "StateChanged,ConfigSaved", "timeout": 0}]
    assert events.poll(5) == ids(42, 43)
    assert events.poll(5) == []
    assert events.poll(5) == ids(44)
    assert [asked["since"] for asked in client.asked] == [0, 41, 43, 43]


@pytest.mark.parametrize("seconds", [0.1, 0.9, 1, 3.7, 60])
def test_it_takes_no_longer_than_it_may(clock, seconds):
    client = Client(clock)
    events = _events.Events(client, ["StateChanged"])
    events.poll(seconds)
    assert min(seconds - 1, _events.LONGEST_POLL) <= clock.now <= min(seconds, _events.LONGEST_POLL) + 0.001


def test_a_flood_of_events_is_not_a_flood_of_requests(clock):
    client = Client(clock, [], *[ids(number) for number in range(1, 100)])
    events = _events.Events(client, ["StateChanged"])
    while clock.now < 10:
        events.poll(60)
    assert len(client.asked) <= 10 / _events._SHORTEST_ROUND + 2
