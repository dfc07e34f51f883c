# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

from ansible_collections.community.syncthing.plugins.module_utils._until import every, growing, until


def test_what_is_so_at_once_is_not_waited_for(clock):
    assert until(lambda: "yes", 0, every(1)) == "yes"
    assert clock.pauses == []


def test_it_looks_once_more_at_the_deadline(clock):
    assert until(lambda: clock.now >= 2.5, 2.5, every(1)) is True
    assert clock.pauses == [1, 1, 0.5]


def test_it_gives_up(clock):
    looks = []
    assert until(lambda: looks.append(clock.now), 2, every(1)) is None
    assert looks == [0, 1, 2]


def test_pauses_grow(clock):
    until(lambda: clock.now >= 7, 100, growing(1, 2))
    assert clock.pauses == [1, 2, 2, 2]
    growing(1, 2, jitter=0.5)(10)
    assert 0.5 <= clock.pauses[-1] <= 1
