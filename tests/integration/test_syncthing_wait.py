# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

from __future__ import annotations

import threading
from typing import Any

import pytest
from support import Make, Run, good

from harness.daemon import Daemon, pair, share, start_all

WAIT = "syncthing_wait"


def later(seconds: float, action: Any) -> threading.Timer:
    timer = threading.Timer(seconds, action)
    timer.start()
    return timer


@pytest.fixture
def two(make_daemon: Make) -> tuple[Daemon, Daemon]:
    """Two daemons that share the folder `docs`; the second is slow to receive."""
    one, two = make_daemon("one", start=False), make_daemon("two", start=False)
    start_all(one, two)
    pair(one, two)
    share("docs", one, two)
    one.wait_in_sync("docs", two)
    return one, two


def test_api(run: Run, daemon: Daemon) -> None:
    result = good(run(WAIT), changed=False)
    assert (result["my_id"], result["missing"]) == (daemon.device_id, [])
    assert result["folders"] == result["devices"] == {} and result["elapsed"] < 2


def test_two(run: Run, two: tuple[Daemon, Daemon]) -> None:
    one, other = two
    result = good(run(WAIT, one, folders=["all"], devices=["all"]), changed=False)
    print(result.result)
