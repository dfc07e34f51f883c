# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import pytest
from ansible_collections.community.syncthing.plugins.module_utils import _errors
from ansible_collections.community.syncthing.plugins.module_utils._config.changes import Change
from ansible_collections.community.syncthing.plugins.module_utils._operations import restart


class Client:
    """Gives its answers to GETs in turn, the last for good; an exception is raised."""

    def __init__(self, *answers, lost=None):
        self.answers = list(answers)
        self.lost = lost
        self.written = []

    def get(self, _path):
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def write(self, *request, params=None):
        self.written.append(request if params is None else (*request, params))
        if self.lost:
            raise self.lost


pytestmark = pytest.mark.usefixtures("clock")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([{"requiresRestart": True}], True),
        ([{"requiresRestart": False}], False),
        ([_errors.NotFound("before 1.15"), {"configInSync": False}], True),
        ([_errors.NotFound("before 1.15"), {"configInSync": True}], False),
    ],
)
def test_required(answers, expected):
    assert restart.required(Client(*answers)) is expected


@pytest.mark.parametrize(
    ("kind", "before", "after", "expected"),
    [
        ("options", {"auditEnabled": False}, {"auditEnabled": True}, True),
        ("options", {"databaseTuning": "auto"}, {"databaseTuning": "small"}, True),
        ("options", {"maxSendKbps": 1, "auditFile": ""}, {"maxSendKbps": 2, "auditFile": ""}, False),
        ("gui", {"auditEnabled": False}, {"auditEnabled": True}, False),
    ],
)
def test_what_needs_a_restart(kind, before, after, expected):
    """Fact 32."""
    assert restart.would_be_required([Change(kind, "", before, after)]) is expected
    assert restart.would_be_required([]) is False


OLD, NEW = {"startTime": "1"}, {"startTime": "2"}


@pytest.mark.parametrize("lost", [None, *(kind("x") for kind in _errors.LOST)])
@pytest.mark.parametrize(
    "between",
    [[], [OLD, OLD], [_errors.Unreachable("x")], [_errors.MigrationInProgress("x"), _errors.ServerError("x")]],
)
def test_it_ends_when_another_process_answers(between, lost):
    """Fact 33: the old process may answer once more."""
    client = Client(OLD, *between, NEW, lost=lost)
    restart.restart(client, 60)
    assert client.written == [("POST", "/rest/system/restart")]
    assert client.answers == [NEW]


@pytest.mark.parametrize("answer", [OLD, _errors.Unreachable("nobody there")])
def test_it_does_not_wait_for_ever(answer, clock):
    client = Client(OLD, answer)
    with pytest.raises(_errors.RequestTimeout, match="restart_timeout") as caught:
        restart.restart(client, 60)
    assert 60 <= clock.now < 61
    assert answer is OLD or "nobody there" in str(caught.value)
    assert len(client.written) == 1


def test_a_wrong_key_is_not_waited_out(clock):
    with pytest.raises(_errors.BadApiKey):
        restart.restart(Client(OLD, _errors.BadApiKey("x")), 60)
    assert clock.now < 1
