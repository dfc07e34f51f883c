# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""The daemon is killed at any moment of an application, and comes back, or is back while we still try."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._config.reconcile import reconcile
from ansible_collections.community.syncthing.plugins.module_utils._errors import SyncthingError
from generated import SLOW, blanked, declarations
from hypothesis import given, settings
from support import KEYS, SOAK, Json, add_device, add_folder, apply, client, device_id, parsed, timeless

from harness.daemon import Daemon

pytestmark = pytest.mark.any_core

APPLICATIONS = 200 if SOAK else 12


def ids(config: Json, kind: str) -> set[str]:
    return {item[KEYS[kind]] for item in config[kind]}


def check(between: Json, before: Json, after: Json, options: Json) -> None:
    """Nothing that was not declared is new, gone or another, and nothing is half written."""
    known = {}
    for kind, key in KEYS.items():
        declared = {item["device_id" if kind == "devices" else "id"] for item in options[kind]}
        assert ids(before, kind) <= ids(between, kind) <= ids(before, kind) | declared
        known[kind] = [item for item in between[kind] if item[key] in ids(before, kind)]
        for item in between[kind]:
            assert item in before[kind] or item in after[kind]
    assert blanked({**between, **known}, parsed(options)) == blanked(before, parsed(options))
    for name in ("options", "gui", "ldap"):
        assert between[name] in (before[name], after[name])
    for name, default in between.get("defaults", {}).items():
        assert default in (before["defaults"][name], after["defaults"][name])


@pytest.mark.soaked
def test_killed_at_any_moment(
    fresh_daemon: Daemon, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    daemon = fresh_daemon
    pristine = daemon.config()
    moments = random.Random(0)
    outcomes: Counter[str] = Counter()

    def configured() -> Json:
        config: Json = timeless(daemon.config())
        for device in config["devices"]:
            device["ignoredFolders"].sort(key=lambda folder: folder["id"])  # a start brings them into another order
        return config

    def prepare() -> Json:
        daemon.reset(pristine)
        add_device(daemon, "bystander", compression="always")
        add_device(daemon, "one", maxSendKbps=7)
        add_folder(daemon, "bystander", device_id("bystander"), maxConflicts=3)
        return configured()

    @settings(SLOW, max_examples=APPLICATIONS)
    @given(options=declarations(daemon, str(tmp_path)))
    def application(options: Json) -> None:
        before = prepare()
        started = time.monotonic()
        apply(daemon, options)
        lasted = time.monotonic() - started
        after = configured()
        assert prepare() == before
        back_at_once = moments.random() < 0.5
        dead = threading.Event()

        def kill() -> None:
            dead.set()
            daemon.kill()
            if back_at_once:
                daemon.start()

        outcome = "succeeded"
        with client(daemon, retries=6 if back_at_once else 1) as connection:
            killer = threading.Timer(moments.uniform(0, lasted), kill)
            killer.start()
            try:
                reconcile(connection, parsed(options), False)
            except SyncthingError as error:
                assert error.code == "unreachable", error
                outcome = "failed"
            struck = dead.is_set()
            killer.join()
        when = "with the daemon back at once" if back_at_once else "with the daemon back later"
        outcomes[f"{outcome} {when}" if struck else "done before"] += 1
        if not back_at_once:
            daemon.start()  # which it only does with a valid configuration
        between = configured()
        check(between, before, after, options)
        apply(daemon, options)
        assert configured() == after
        assert not apply(daemon, options).changes
        assert configured() == after

    application()
    told = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
    record_property("figures", f"{outcomes.total()} applications, the daemon killed in each: {told}")
