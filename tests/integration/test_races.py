# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Everybody writes at once: controllers, somebody in the GUI, an introducer, a device whose folders are accepted.

Syncthing's API has no way to say "only if it is still as I read it", so updates can be lost. What may not be: an object
that nobody declared goes because of us, a run that never ends or says nothing clear, and a difference that stays.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count, pairwise
from typing import Any

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._config.reconcile import ROUNDS
from ansible_collections.community.syncthing.plugins.module_utils._errors import NotApplied
from ansible_collections.community.syncthing.plugins.module_utils._schema.field import snake
from support import READ, SOAK, Json, Make, Run, add_device, add_folder, apply, bad, device_id, get, good, shares

from harness.daemon import Daemon, pair, share, start_all
from harness.module import ModuleResult
from harness.proxy import RecordingProxy

pytestmark = pytest.mark.any_core

MODULE = "syncthing_config"
SECONDS = 120 if SOAK else 4
WHOLE = "saved"
Ids = set[tuple[str, ...]]


def ids(config: Json) -> Ids:
    """All that can be lost: devices, folders, and whom a folder is shared with."""
    return {
        *(("device", device["deviceID"]) for device in config["devices"]),
        *(("folder", folder["id"]) for folder in config["folders"]),
        *(("share", folder["id"], share["deviceID"]) for folder in config["folders"] for share in folder["devices"]),
    }


class Threads:
    """Each does something again and again until the end; what goes wrong in one fails the test."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._errors: list[BaseException] = []

    def start(self, work: Callable[[int], None]) -> None:
        def repeat() -> None:
            try:
                for number in count(1):
                    if self._stop.is_set():
                        return
                    work(number)
            except BaseException as error:
                self._errors.append(error)
                self._stop.set()

        self._threads.append(threading.Thread(target=repeat))
        self._threads[-1].start()

    @property
    def ended(self) -> bool:
        return self._stop.is_set()

    def wait(self, seconds: float) -> None:
        self._stop.wait(seconds)

    def end(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        if self._errors:
            raise self._errors[0]


class Controller:
    """Declares two devices, a folder, a share of a folder that others share too, and one of the options."""

    def __init__(self, name: str, option: str, proxy: RecordingProxy, run: Run) -> None:
        self.devices = [f"{name}-{number}" for number in range(2)]
        self.outcomes: Counter[str] = Counter()
        self.retries = 0
        self._name = name
        self._option = option
        self._proxy = proxy
        self._run = run

    def apply(self, number: int) -> ModuleResult:
        own = {"id": self._name, "label": f"{self._name} {number}", "devices": [device_id(d) for d in self.devices]}
        both = {"id": "both", "devices": [device_id(self.devices[0])], "append_devices": True}
        base = self._proxy.daemon.folders_dir
        self._proxy.clear()
        return self._run(
            MODULE,
            self._proxy,
            devices=[{"device_id": device_id(name), "name": f"{name} {number}"} for name in self.devices],
            folders=[{**folder, "path": str(base / str(folder["id"])), "paused": True} for folder in (own, both)],
            options={self._option: number},
        )

    def race(self, number: int) -> None:
        result = self.apply(number)
        if result.failed:
            bad(result, "not_applied", "something else keeps changing")
        self.outcomes["lost" if result.failed else "won"] += 1
        written = Counter(self._proxy.writes)
        assert set(written) <= {
            ("PUT", "/rest/config/devices"),
            ("PUT", "/rest/config/folders"),
            ("PATCH", "/rest/config/options"),
        }
        assert max(written.values(), default=0) <= ROUNDS
        self.retries += max(written.values(), default=1) - 1

    def settle(self) -> None:
        good(self.apply(0))

    def rest(self) -> None:
        good(self.apply(0), changed=False)
        assert self._proxy.requests == [READ]


class Human:
    """In the GUI: saves single fields, and the whole configuration as it was a moment ago."""

    def __init__(self, daemon: Daemon, threads: Threads, device: str) -> None:
        self.saves = 0
        self.fields = 0
        self.lost_fields = 0
        self._daemon = daemon
        self._threads = threads
        self._device = f"/rest/config/devices/{device}"

    def save(self, number: int) -> None:
        daemon = self._daemon
        old = daemon.config()
        [theirs] = [folder for folder in old["folders"] if folder["id"] == "theirs"]
        theirs["label"] = f"{WHOLE} {number}"
        self._threads.wait(random.uniform(0, 0.2))
        daemon.put("/rest/config", old)
        self.saves += 1
        for again in range(5):
            label = f"theirs {number}.{again}"
            rate = number * 10 + again
            daemon.patch("/rest/config/folders/theirs", {"label": label})
            daemon.patch(self._device, {"maxSendKbps": rate})
            self._threads.wait(random.uniform(0, 0.1))
            assert daemon.get("/rest/config/folders/theirs")["label"] == label
            self.fields += 1
            self.lost_fields += daemon.get(self._device)["maxSendKbps"] != rate


class History:
    """What there was after each change of the configuration, as the daemon's events tell."""

    def __init__(self, daemon: Daemon) -> None:
        self.states: list[tuple[Ids, str]] = []
        self._daemon = daemon
        self._since = 0

    def read(self, _number: int = 0) -> None:
        query = {"events": "ConfigSaved", "since": str(self._since), "timeout": "1"}
        for event in self._daemon.get("/rest/events", **query) or ():
            self._since = event["id"]
            [theirs] = [folder for folder in event["data"]["folders"] if folder["id"] == "theirs"]
            self.states.append((ids(event["data"]), theirs["label"]))

    def losses(self) -> Iterator[tuple[bool, Ids]]:
        """What each change took away, and whether it was a whole configuration of the human's."""
        for (old, old_label), (new, label) in pairwise(self.states):
            if old - new:
                yield label != old_label and label.startswith(WHOLE), old - new


@pytest.mark.soaked
def test_everybody_at_once(make_daemon: Make, run: Run, record_property: Callable[[str, object], None]) -> None:
    peers = daemon, introducer, generous = [make_daemon(n, start=False) for n in ("raced", "introducer", "generous")]
    start_all(*peers)
    pair(daemon, introducer)
    pair(daemon, generous)
    for peer, field in ((introducer, "introducer"), (generous, "autoAcceptFolders")):
        daemon.put("/rest/config/devices", [{**get(daemon, "devices", peer.device_id), field: True}])
    share("common", daemon, introducer)
    add_folder(daemon, "theirs", add_device(daemon, "theirs"))
    threads = Threads()

    def introduce(number: int) -> None:
        new = add_device(introducer, f"introduced {number}")
        common = get(introducer, "folders", "common")
        introducer.put("/rest/config/folders", [{**common, "devices": [*common["devices"], {"deviceID": new}]}])
        threads.wait(random.uniform(0, 1))

    def offer(number: int) -> None:
        add_folder(generous, f"offered {number}", daemon.device_id)
        threads.wait(random.uniform(0, 1))

    with RecordingProxy(daemon) as one, RecordingProxy(daemon) as two:
        left, right = Controller("left", "max_send_kbps", one, run), Controller("right", "max_recv_kbps", two, run)
        left.settle()
        right.settle()
        history = History(daemon)
        history.read()
        human = Human(daemon, threads, device_id(left.devices[0]))
        for work in (history.read, left.race, right.race, human.save, introduce, offer):
            threads.start(work)
        threads.wait(SECONDS)
        daemon.wait_until(  # a busy machine gets little done meanwhile
            lambda: min(left.outcomes["won"], right.outcomes["won"]) >= 3 or threads.ended, 60, "three runs of each"
        )
        threads.end()
        introducer.stop()
        generous.stop()
        for controller in (left, right):
            controller.settle()
        for controller in (left, right):
            controller.rest()
        history.read()

    by_us: Ids = set()
    by_human = 0
    for whole, gone in history.losses():
        if whole:
            by_human += len(gone)
        else:
            by_us |= gone
    # Each controller declares that its own devices have this folder; what one took from the other came back above.
    between_us = {gone for gone in by_us if gone[:2] == ("share", "both")}
    assert not by_us - between_us
    seen: Ids = set().union(*(state for state, _unused in history.states))
    accepted = {ident for ident in seen if ident[0] == "folder" and ident[1].startswith("offered")}
    introduced = seen & {("device", device_id(f"introduced {number}")) for number in range(1000)}
    assert accepted and introduced and human.fields
    outcomes = left.outcomes + right.outcomes
    record_property(
        "figures",
        f"{outcomes.total()} runs against {len(history.states)} changes of the configuration: "
        f"{left.retries + right.retries} writes made again, {outcomes['lost']} runs lost and said so; "
        f"{len(accepted)} folders accepted, {len(introduced)} devices introduced, 0 lost by us, "
        f"{by_human} objects and shares lost by {human.saves} whole configurations saved in the GUI; "
        f"{human.lost_fields} of {human.fields} single fields saved in the GUI of a declared device were lost, "
        f"and {len(between_us)} shares between the controllers until their next run",
    )


# --- inside one object


ROUNDS_INSIDE = 500 if SOAK else 12


SHARED = [f"other {number}" for number in range(8)]


def versioning(daemon: Daemon, number: int) -> Json:
    now = get(daemon, "folders", "ours")["versioning"]
    return {**now, "type": "simple", "params": {"keep": str(number + 1)}}


class Other:
    """Another writer, who changes one thing of the objects that we write, and something else the next time.

    Never back to what was there a moment ago: the daemon doesn't tell that somebody asked for what is there.
    """

    def __init__(self, daemon: Daemon) -> None:
        self.set: dict[tuple[str, ...], Any] = {}
        self._daemon = daemon
        self._steps: list[Callable[[int], None]] = [
            lambda n: self._folder(label=f"other {n}", paused=n // 50 % 2 == 0),
            lambda n: self._share(SHARED[n // 5 % len(SHARED)], n // 40 % 2 == 0),
            lambda n: self._device(maxSendKbps=n, addresses=[f"tcp://192.0.2.1:{n % 999 + 1}", "dynamic"]),
            lambda n: self._ignore(f"no {n}"),
            lambda n: self._folder(versioning=versioning(daemon, n), maxConflicts=n),
        ]

    def write(self, number: int) -> None:
        self._steps[number % len(self._steps)](number)

    # By PATCH, which the daemon lays over what it has then, so that this writer itself takes nothing away.

    def _folder(self, **fields: Any) -> None:
        self._daemon.patch("/rest/config/folders/ours", fields)
        self._expect("folders", "ours", fields)

    def _device(self, **fields: Any) -> None:
        self._daemon.patch(f"/rest/config/devices/{device_id('ours')}", fields)
        self._expect("devices", device_id("ours"), fields)

    def _share(self, name: str, present: bool) -> None:
        key = device_id(name)
        entries = [entry for entry in get(self._daemon, "folders", "ours")["devices"] if entry["deviceID"] != key]
        if present:
            entries.append({"deviceID": key, "introducedBy": "", "encryptionPassword": f"planted-secret {name}"})
        self._daemon.patch("/rest/config/folders/ours", {"devices": entries})
        self.set["share", key] = f"planted-secret {name}" if present else None

    def _ignore(self, folder: str) -> None:
        now = get(self._daemon, "devices", device_id("ours"))["ignoredFolders"]
        new = {"id": folder, "label": "", "time": f"2024-01-02T03:04:05.{len(now):06}Z"}
        self._daemon.patch(f"/rest/config/devices/{device_id('ours')}", {"ignoredFolders": [*now, new]})
        self.set["ignored", folder] = True

    def _expect(self, kind: str, key: str, fields: Json) -> None:
        self.set.update({(kind, key, name): value for name, value in fields.items()})

    def forget(self, told: str) -> None:
        """Take what is there now for what was set: all that is lost must have been told, by its option's name."""
        for place, _value, now in self.lost():
            assert (snake(place[-1]) if len(place) == 3 else repr(place[1])) in told, (place, told)
            if now is None or now is False:
                del self.set[place]
            else:
                self.set[place] = now

    def lost(self) -> list[tuple[tuple[str, ...], Any, Any]]:
        """What isn't as this writer had it last: where, what it set, what it is."""
        found = []
        for place, value in self.set.items():
            now: Any
            if place[0] == "share":
                now = shares(self._daemon, "ours").get(place[1])
            elif place[0] == "ignored":
                entries = get(self._daemon, "devices", device_id("ours"))["ignoredFolders"]
                now = place[1] in {entry["id"] for entry in entries}
            else:
                kind, key, name = place
                now = get(self._daemon, kind, key)[name]
            if now != value:
                found.append((place, value, now))
        return found


def ours(number: int) -> Json:
    return {
        "devices": [{"device_id": device_id("ours"), "max_recv_kbps": number}],
        "folders": [{"id": "ours", "rescan_interval_s": 60 + number}],
    }


@pytest.fixture
def other(daemon: Daemon) -> Other:
    for name in SHARED:
        add_device(daemon, name)
    add_folder(daemon, "ours", add_device(daemon, "ours"))
    return Other(daemon)


@contextmanager
def one_at_a_time(daemon: Daemon) -> Iterator[tuple[RecordingProxy, threading.Lock]]:
    """A way to the daemon that holds a lock while a write is under way.

    Two writes at once undo each other inside the daemon (fact 17), which saves, and so shows, only what came out.
    """
    writing = threading.Lock()

    def begin(method: str, _path: str, _body: bytes) -> None:
        if method != "GET":
            writing.acquire()

    def end(method: str, _path: str, _status: int, _body: bytes) -> None:
        if method != "GET":
            writing.release()

    with RecordingProxy(daemon, on_request=begin, on_response=end) as proxy:
        yield proxy, writing


@pytest.mark.soaked
@pytest.mark.parametrize("kind", ["folders", "devices"])
def test_nothing_is_lost_inside_an_object(daemon: Daemon, other: Other, kind: str) -> None:
    """Another writer comes exactly between our reading and our write, and again before what we put back."""
    warnings = []
    with RecordingProxy(daemon) as proxy:
        for number in range(1, ROUNDS_INSIDE + 1):
            times = 0

            def meddle(method: str, path: str, _body: bytes, number: int = number) -> None:
                nonlocal times
                if method == "PUT" and path == f"/rest/config/{kind}" and times < 1 + number % 3:
                    other.write(number + times)
                    times += 1

            proxy.on_request = meddle
            warnings += apply(proxy, ours(number)).warnings
            assert not other.lost()
            config = daemon.config()
            assert [f["rescanIntervalS"] for f in config["folders"] if f["id"] == "ours"] == [60 + number]
            assert [d["maxRecvKbps"] for d in config["devices"] if d["name"] == "ours"] == [number]
    assert len(warnings) >= ROUNDS_INSIDE // 3
    assert "planted-secret" not in str(warnings)


@pytest.mark.soaked
def test_nothing_is_lost_inside_an_object_at_any_time(
    daemon: Daemon, other: Other, record_property: Callable[[str, object], None]
) -> None:
    """The same, whenever it happens. A run may give up against a writer that is faster, if it says what was lost.

    But never while a write of ours is under way.
    """
    threads = Threads()
    written = kept = gave_up = 0

    def write(number: int) -> None:
        nonlocal written
        with writing:
            other.write(number)
        written = number
        threads.wait(random.uniform(0, 0.2))

    with one_at_a_time(daemon) as (proxy, writing):
        threads.start(write)
        try:
            for number in range(1, ROUNDS_INSIDE + 1):
                told = ""
                try:
                    kept += len(apply(proxy, ours(number)).warnings)
                except NotApplied as error:
                    told = str(error)
                    gave_up += 1
                with writing:
                    other.forget(told)
        finally:
            threads.end()
    record_property(
        "figures",
        f"{ROUNDS_INSIDE} runs against {written} writes of another, {kept} put back, {gave_up} gave up and said what",
    )
    assert gave_up <= ROUNDS_INSIDE // 4 + 1


@pytest.mark.soaked
@pytest.mark.parametrize("folder", ["plain", "with/slash"])
def test_removals(daemon: Daemon, folder: str, record_property: Callable[[str, object], None]) -> None:
    """A folder whose ID has a slash can only be removed by sending everything else back (fact 16).

    What somebody adds between our reading and that is put back, and with all others nothing is taken away.
    """
    threads = Threads()
    added: Ids = set()

    def add(number: int) -> None:
        with writing:
            added.add(("device", add_device(daemon, f"new {number}")))
        threads.wait(random.uniform(0, 0.05))

    removals = 300 if SOAK else 20
    with one_at_a_time(daemon) as (proxy, writing):
        threads.start(add)
        try:
            for _unused in range(removals):
                add_folder(daemon, folder)
                before = ids(daemon.config())
                apply(proxy, {"folders": [{"id": folder, "state": "absent"}]})
                assert before - ids(daemon.config()) == {("folder", folder), ("share", folder, daemon.device_id)}
        finally:
            threads.end()
    assert not added - ids(daemon.config())
    record_property("figures", f"{removals} removals while {len(added)} devices were added, none of which is lost")


def meddling(daemon: Daemon, other: Other, number: int) -> tuple[Callable[[str, str, bytes], None], list[str]]:
    """What comes in between, once, and the device that it adds."""
    come: list[str] = []

    def meddle(method: str, path: str, _body: bytes) -> None:
        if method == "PUT" and path == "/rest/config" and not come:
            other.write(number)
            come.append(add_device(daemon, f"came {number}"))
            daemon.patch("/rest/config/options", {"maxSendKbps": number})

    return meddle, come


@pytest.mark.parametrize("how", ["slash", "ignored"])
def test_nothing_is_lost_to_a_whole_configuration(daemon: Daemon, other: Other, how: str) -> None:
    """Both are written by sending everything (fact 16): whatever came in between is back, and the run says so."""
    for number in range(1, 6):
        meddle, come = meddling(daemon, other, number)
        add_folder(daemon, "with/slash")
        stranger = device_id(f"stranger {number}")
        declared: Json = {"folders": [{"id": "with/slash", "state": "absent"}]}
        if how == "ignored":
            declared = {"ignored_devices": [{"device_id": stranger}]}
        with RecordingProxy(daemon, on_request=meddle) as proxy:
            outcome = apply(proxy, declared)
            assert come and any("It was kept" in warning for warning in outcome.warnings), outcome.warnings
            assert not other.lost()
            config = daemon.config()
            assert come[0] in {device["deviceID"] for device in config["devices"]}
            assert config["options"]["maxSendKbps"] == number
            if how == "ignored":
                assert stranger in {entry["deviceID"] for entry in config["remoteIgnoredDevices"]}
            else:
                assert "with/slash" not in {folder["id"] for folder in config["folders"]}
            proxy.on_request = None
            proxy.clear()
            assert not apply(proxy, declared).changes and proxy.requests == [READ]


def test_a_daemon_that_was_restarted_in_between(make_daemon: Make) -> None:
    """Its events are gone, and with them who wrote what: the run says that it can't tell."""
    daemon = make_daemon("restarted")
    add_folder(daemon, "ours", add_device(daemon, "ours"))
    restarted = []

    def meddle(method: str, _path: str, _body: bytes) -> None:
        if method == "PUT" and not restarted:
            restarted.append(True)
            daemon.restart()

    with RecordingProxy(daemon, on_request=meddle) as proxy:
        outcome = apply(proxy, ours(1))
        assert restarted and any("it is not known whether" in warning for warning in outcome.warnings)
        assert any("folders['ours']" in warning for warning in outcome.warnings)
        assert not apply(proxy, ours(1)).changes
