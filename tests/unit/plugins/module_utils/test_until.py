# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import ast
import pathlib

import pytest
from ansible_collections.community.syncthing.plugins import module_utils
from ansible_collections.community.syncthing.plugins.module_utils import _until
from ansible_collections.community.syncthing.plugins.module_utils._until import every, growing, until


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 100.0
        pauses: list[float] = []

        def monotonic(self):
            return self.now

        def sleep(self, seconds):
            self.pauses = [*self.pauses, seconds]
            self.now += seconds

    clock = Clock()
    monkeypatch.setattr(_until, "time", clock)
    return clock


def test_what_is_so_at_once_is_not_waited_for(clock):
    assert until(lambda: "yes", 0, every(1)) == "yes"
    assert clock.pauses == []


def test_it_looks_once_more_at_the_deadline(clock):
    assert until(lambda: clock.now >= 102.5, 102.5, every(1)) is True
    assert clock.pauses == [1, 1, 0.5]


def test_it_gives_up(clock):
    looks = []
    assert until(lambda: looks.append(clock.now), 102, every(1)) is None
    assert looks == [100, 101, 102]


def test_pauses_grow(clock):
    until(lambda: clock.now >= 107, 200, growing(1, 2))
    assert clock.pauses == [1, 2, 2, 2]
    growing(1, 2, jitter=0.5)(10)
    assert 0.5 <= clock.pauses[-1] <= 1


def test_every_loop_that_waits_is_this_one():
    for path in pathlib.Path(module_utils.__path__[0]).rglob("*.py"):
        if path.name == "_until.py":
            continue
        for loop in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(loop, (ast.While, ast.For)):
                assert "time.sleep" not in ast.unparse(loop), path
