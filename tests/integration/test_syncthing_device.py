# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

from __future__ import annotations

import pytest
from support import (
    READ,
    Case,
    Run,
    add_device,
    add_folder,
    bad,
    check_every_field,
    check_lacking_fields,
    climb,
    device_id,
    get,
    good,
    refused,
    shares,
)

from harness.daemon import Daemon
from harness.proxy import RecordingProxy

pytestmark = pytest.mark.any_core

NEW = device_id("new")


def test_ladder(run: Run, proxy: RecordingProxy) -> None:
    add_device(proxy.daemon, "other")
    case = Case(
        kind="devices",
        key=NEW,
        ident={"device_id": NEW.replace("-", "").lower()},
        create={"name": "new", "addresses": ["tcp://192.0.2.7:22000"], "compression": "always"},
        modify={"name": "renamed", "paused": True, "addresses": [], "max_send_kbps": 100},
    )
    climb(run, proxy, case)


def test_a_device_needs_no_more_than_its_id(run: Run, daemon: Daemon) -> None:
    made = good(run("syncthing_device", device_id=NEW), changed=True)["device"]
    assert (made["device_id"], made["addresses"], made["compression"]) == (NEW, ["dynamic"], "metadata")
    assert "extra" not in made or not daemon.at_least("1.13.0"), made["extra"]


def test_every_field(run: Run, proxy: RecordingProxy) -> None:
    add_device(proxy.daemon, "introducer")
    good(run("syncthing_device", device_id=NEW), changed=True)
    # On an untrusted device, Syncthing turns off what else is declared here.
    check_every_field(run, proxy, "devices", {"device_id": NEW}, without=["untrusted"])
    trusting = {"introducer": False, "auto_accept_folders": False}
    for changed in (True, False):
        good(run("syncthing_device", device_id=NEW, untrusted=True, **trusting), changed=changed)
    assert get(proxy.daemon, "devices", NEW)["untrusted"] is True


@pytest.mark.until("2.1.0")
def test_fields_that_this_version_lacks(run: Run, proxy: RecordingProxy) -> None:
    add_device(proxy.daemon, "new")
    check_lacking_fields(run, proxy, "devices", {"device_id": NEW})


@pytest.mark.once
def test_a_field_that_no_version_has(run: Run, proxy: RecordingProxy) -> None:
    add_device(proxy.daemon, "new")
    version = proxy.daemon.version
    args = {"device_id": NEW, "extra": {"fromTheFuture": 1}}
    refused(run, proxy, "syncthing_device", "unsupported", "extra.fromTheFuture", version, **args)
    result = good(run("syncthing_device", unknown_fields="warn", **args), changed=False)
    assert "extra.fromTheFuture" in result.warnings[0]


@pytest.mark.once
def test_by_name(run: Run, proxy: RecordingProxy) -> None:
    first = add_device(proxy.daemon, "laptop")
    second = add_device(proxy.daemon, "phone")
    good(run("syncthing_device", device_id="laptop", paused=True), changed=True)
    assert [get(proxy.daemon, "devices", one)["paused"] for one in (first, second)] == [True, False]
    refused(run, proxy, "syncthing_device", "invalid_input", "'lapotp'", "'laptop'", device_id="lapotp", paused=True)
    good(run("syncthing_device", device_id="lapotp", state="absent"), changed=False)
    good(run("syncthing_device", device_id=second, name="laptop"), changed=True)
    for state in ("present", "absent"):
        refused(
            run, proxy, "syncthing_device", "invalid_input", "2 devices", first, second, device_id="laptop", state=state
        )
    good(run("syncthing_device", device_id=second, name="phone"), changed=True)
    good(run("syncthing_device", device_id="laptop", state="absent"), changed=True)
    assert first not in {device["deviceID"] for device in proxy.daemon.config()["devices"]}


@pytest.mark.once
def test_renaming_by_the_old_name(run: Run, proxy: RecordingProxy) -> None:
    """The name that was declared is gone with the write that must then be verified."""
    found = add_device(proxy.daemon, "old")
    good(run("syncthing_device", device_id="old", name="new name"), changed=True)
    assert get(proxy.daemon, "devices", found)["name"] == "new name"


def test_the_own_device_can_be_described(run: Run, proxy: RecordingProxy) -> None:
    own = proxy.daemon.device_id
    for changed in (True, False):
        proxy.clear()
        good(run("syncthing_device", proxy, device_id=own, name="myself", addresses=["dynamic"]), changed=changed)
    assert proxy.requests == [READ]
    assert get(proxy.daemon, "devices", own)["name"] == "myself"


def test_removing_leaves_folders_to_the_others(run: Run, daemon: Daemon) -> None:
    first, second = add_device(daemon, "first"), add_device(daemon, "second")
    add_folder(daemon, "shared", first, second)
    good(run("syncthing_device", device_id=first, state="absent"), changed=True)
    assert set(shares(daemon, "shared")) == {second}


@pytest.mark.once
def test_a_name_that_looks_like_a_broken_id_is_not_taken_for_the_device(run: Run, daemon: Daemon) -> None:
    """A name is a claim; whoever writes an ID means that ID."""
    for digit in "23":
        name = NEW[:-1] + digit
        if name != NEW:
            found = add_device(daemon, name)
            bad(run("syncthing_device", device_id=name, paused=True), "invalid_input", "check digit")
            assert not get(daemon, "devices", found)["paused"]
