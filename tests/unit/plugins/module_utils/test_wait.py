# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import copy

import pytest
from ansible_collections.community.syncthing.plugins.module_utils import _errors
from ansible_collections.community.syncthing.plugins.module_utils._operations import sync_report, sync_state, wait
from ansible_collections.community.syncthing.tests.unit import support

STATUS = {
    "state": "idle",
    "globalBytes": 1000,
    "globalTotalItems": 10,
    "needBytes": 0,
    "needTotalItems": 0,
    "errors": 0,
}
DONE = {
    "completion": 100,
    "globalBytes": 1000,
    "globalItems": 10,
    "needBytes": 0,
    "needItems": 0,
    "needDeletes": 0,
    "remoteState": "valid",
    "sequence": 5,
}
NAS = support.STRANGER
OTHER = support.VAULT


def status(**changes):
    return dict(STATUS, **changes)


def seen(here=None, there=None, paused=False, folder_type="sendreceive", **device):
    state = {"name": "nas", "addresses": ["dynamic"], "paused": False, "connected": True, "error": "", **device}
    folder = {"label": "", "type": folder_type, "paused": paused, "errors": [], **sync_state.local(here or STATUS)}
    folder["devices"] = {NAS: sync_state.remote(there or DONE)}
    return {"devices": {NAS: state}, "folders": {"docs": folder}}


# -- what is missing


def test_nothing_is_missing():
    assert sync_report.describe(seen(), 100) == []


@pytest.mark.parametrize(
    ("state", "phrase"),
    [
        (seen(paused=True, here=status(state="")), "folder 'docs' is paused here"),
        (seen(here=status(state="")), "folder 'docs' is not running yet"),
        (seen(here=status(state="error", error="marker missing")), "folder 'docs' has stopped: marker missing"),
        (seen(here=status(state="scanning")), "folder 'docs' is not idle but scanning"),
        (
            seen(here=status(state="syncing", needBytes=1, needTotalItems=2)),
            "folder 'docs' has 95 %, 1 B in 2 items left",
        ),
        (seen(here=status(needTotalItems=1)), "folder 'docs' has 95 %, 0 B in 1 item left"),
        (seen(here=status(errors=1)), "folder 'docs' fails with 1 item"),
        (seen(connected=False), "device 'nas' is not connected"),
        (seen(connected=False, error="no route"), "device 'nas' is not connected (no route)"),
        (seen(paused=True, connected=False, here=status(state="")), None),
        (seen(there=dict(DONE, remoteState="paused")), "folder 'docs' is paused on device 'nas'"),
        (
            seen(there=dict(DONE, remoteState="notSharing")),
            "folder 'docs' is not shared by device 'nas', which must add it too",
        ),
        (
            seen(there=dict(DONE, remoteState="unknown")),
            "folder 'docs' has not been announced by device 'nas' yet",
        ),
        (
            seen(there=dict(DONE, completion=99.99, needBytes=1500, needItems=1, needDeletes=1)),
            "folder 'docs' on device 'nas' has 99.9 %, 1.46 KiB in 2 items left",
        ),
        (seen(there=dict(DONE, needItems=1)), "folder 'docs' on device 'nas' has 100 %, 0 B in 1 item left"),
        (seen(there=dict(DONE, sequence=0)), "folder 'docs' on device 'nas' has 0 %, 0.977 KiB in 10 items left"),
        (seen(name=""), None),
    ],
)
def test_what_is_missing(state, phrase):
    found = sync_report.describe(state, 100)
    if phrase:
        assert found == [phrase]
    else:
        assert all(("'nas'" in one or "'docs'" in one) for one in found)


def test_a_device_without_a_name():
    assert sync_report.describe(seen(name="", connected=False), 100) == [f"device {NAS} is not connected"]


def test_a_paused_device_is_not_also_disconnected():
    state = seen(connected=False)
    state["devices"][NAS]["paused"] = True
    assert sync_report.describe(state, 100) == ["device 'nas' is paused here"]


def test_old_daemons_do_not_know_what_others_paused():
    """Fact 30 and 39: remoteState came with 1.20."""
    old = {key: value for key, value in DONE.items() if key != "remoteState"}
    state = seen(there=old)
    assert sync_report.describe(state, 100) == []
    assert state["folders"]["docs"]["devices"][NAS]["remote_state"] is None


def test_files_with_errors_are_named():
    state = seen(here=status(errors=7))
    state["folders"]["docs"]["errors"] = [{"path": "a", "error": "denied"}, {"path": "b", "error": "busy\nnow"}]
    assert sync_report.describe(state, 100) == ["folder 'docs' fails with 7 items: a (denied), b (busy now), 5 more"]


def test_a_folder_that_only_sends_is_never_done_by_itself():
    [phrase] = sync_report.describe(seen(here=status(needTotalItems=1), folder_type="sendonly"), 100)
    assert "override" in phrase


@pytest.mark.parametrize(("enough", "expected"), [(79, 0), (80, 0), (80.5, 1), (100, 1)])
def test_min_completion(enough, expected):
    """Below 100, states and errors don't count."""
    here = status(state="syncing", needBytes=200, needTotalItems=3, errors=1)
    assert (len(sync_report.describe(seen(here=here), enough)) > 0) is bool(expected)
    there = dict(DONE, completion=80, needBytes=200, needItems=3)
    assert len(sync_report.describe(seen(there=there), enough)) == expected


def test_a_stopped_folder_is_never_good_enough():
    assert sync_report.describe(seen(here=status(state="error", error="marker missing")), 0)
    assert sync_report.describe(seen(here=status(state="")), 0)


# -- what events tell


def event(kind, **data):
    return {"id": 1, "type": kind, "data": data}


def test_events_that_tell_what_changed():
    state = seen()
    syncing = status(state="syncing", needBytes=500, needTotalItems=5)
    assert sync_state.apply(state, event("FolderSummary", folder="docs", summary=syncing))
    assert state["folders"]["docs"]["completion"] == 50
    assert sync_state.apply(state, event("StateChanged", folder="docs", to="error", error="full"))
    assert (state["folders"]["docs"]["state"], state["folders"]["docs"]["error"]) == ("error", "full")
    progress = {**DONE, "folder": "docs", "device": NAS, "completion": 10}
    assert sync_state.apply(state, {"id": 1, "type": "FolderCompletion", "data": progress})
    assert state["folders"]["docs"]["devices"][NAS]["completion"] == 10


@pytest.mark.parametrize(
    "happened",
    [
        event("FolderSummary", folder="music", summary=STATUS),
        event("FolderCompletion", folder="docs", device=OTHER, **DONE),
        event("StateChanged", folder="music", to="syncing"),
    ],
)
def test_events_of_others_are_ignored(happened):
    state = seen()
    before = copy.deepcopy(state)
    assert sync_state.apply(state, happened)
    assert state == before


@pytest.mark.parametrize("kind", ["ConfigSaved", "DeviceConnected", "DeviceDisconnected", "FolderPaused"])
def test_events_that_only_tell_that_something_changed(kind):
    assert not sync_state.apply(seen(), event(kind, id=NAS))


# -- why a device is not connected


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        (["dynamic"], "none of its addresses is known"),
        (["tcp://192.0.2.1:22000"], "tcp://192.0.2.1:22000: refused"),
        (["tcp://192.0.2.1"], "tcp://192.0.2.1:22000: refused"),
        (["tcp://192.0.2.2:22000"], ""),
        (["dynamic", "tcp://192.0.2.3:22000"], ""),
    ],
)
def test_dial_errors(addresses, expected):
    dialled = {
        "tcp://192.0.2.1:22000": {"when": "", "error": "refused"},
        "tcp://192.0.2.2:22000": {"when": "", "error": None},
    }
    found = sync_state.dial_error(addresses, dialled)
    assert found.startswith(expected) if expected else found == ""


# -- waiting


class Client:
    """A daemon with a folder and a device, whose states are functions of the time; each poll takes its time."""

    timeout = 30
    my_id, version = support.LAPTOP, "v1.29.5"

    def __init__(self, clock, here=lambda now: STATUS, there=lambda now: DONE):
        self.clock, self.here, self.there = clock, here, there
        self.asked = []

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        pass

    def config(self):
        self.asked.append("/rest/config")
        shares = [{"deviceID": NAS}, {"deviceID": self.my_id}]
        folder = {"id": "docs", "label": "", "type": "sendreceive", "paused": False, "devices": shares}
        device = {"name": "nas", "addresses": ["dynamic"], "paused": False}
        return {
            "devices": [dict(device, deviceID=NAS), dict(device, deviceID=self.my_id, name="me")],
            "folders": [folder, dict(folder, id="music", devices=shares[1:])],
        }

    def get(self, path, params=None, within=None):
        self.asked.append(path)
        now = self.clock.now
        if path == "/rest/events":
            if "limit" in params:
                return []
            self.clock.now += params["timeout"]
            return []
        if path == "/rest/system/connections":
            return {"connections": {NAS: {"connected": True}}}
        return self.here(now) if path == "/rest/db/status" else self.there(now)


def waited(client, timeout=60, **goal):
    return wait.wait(lambda _left: client, wait.Goal(**goal), timeout)


def test_it_ends_when_all_is_there(clock):
    client = Client(clock, here=lambda now: status(state="idle" if now >= 25 else "syncing"))
    result = waited(client, folders=["docs"], devices=["nas"])
    assert result["missing"] == [] and 25 <= clock.now <= 36
    assert result["folders"]["docs"]["devices"].keys() == {NAS}


def test_it_must_last(clock):
    client = Client(clock, here=lambda now: status(state="scanning" if 8 <= now < 15 else "idle"))
    waited(client, folders=["docs"], stable_for=15)
    assert 30 <= clock.now <= 45


def test_the_time_is_up(clock):
    client = Client(clock, here=lambda now: status(needBytes=1, needTotalItems=1))
    with pytest.raises(_errors.RequestTimeout, match="1 B in 1 item left") as caught:
        waited(client, timeout=33, folders=["docs"])
    assert 33 <= clock.now < 34
    assert caught.value.results["missing"] and caught.value.results["folders"]["docs"]["need_items"] == 1
    # Without any event, everything is looked at every ten seconds.
    assert len(client.asked) < 20


def test_it_did_not_last(clock):
    client = Client(clock, here=lambda now: status(state="scanning" if now < 25 else "idle"))
    with pytest.raises(_errors.RequestTimeout, match="did not last for 20 s"):
        waited(client, timeout=30, folders=["docs"], stable_for=20)


def test_the_last_look_breaks_off(clock):
    """What was seen before is told then."""

    def here(now):
        if now >= 30:
            raise _errors.Unreachable("gone")
        return status(needBytes=1, needTotalItems=1)

    with pytest.raises(_errors.RequestTimeout, match="1 B in 1 item left"):
        waited(Client(clock, here=here), timeout=30, folders=["docs"])


def test_each_attempt_finds_the_daemon_anew(clock):
    """While it makes its files, and when it restarts meanwhile."""
    client = Client(clock)
    attempts = [_errors.DiscoveryError("no config.xml"), _errors.TlsMismatch("no certificate"), None, None]
    lost = [_errors.Unreachable("gone")]

    def connect(_left):
        error = attempts.pop(0)
        if error:
            raise error
        return client

    def here(_now):
        if lost:
            raise lost.pop()
        return STATUS

    client.here = here
    assert wait.wait(connect, wait.Goal(folders=["docs"]), 60)["missing"] == []
    assert attempts == []


def test_a_swarm_of_events_is_one_look(clock):
    client = Client(clock, here=lambda now: status(needBytes=1, needTotalItems=1))
    get = client.get

    def swarm(path, params=None, within=None):
        if path != "/rest/events" or "limit" in params:
            return get(path, params, within)
        client.asked.append(path)
        return [dict(event("ConfigSaved"), id=params["since"] + 1)]

    client.get = swarm
    with pytest.raises(_errors.RequestTimeout):
        waited(client, timeout=10, folders=["docs"])
    assert client.asked.count("/rest/db/status") <= 12


def test_a_device_that_shares_none_of_the_folders(clock):
    with pytest.raises(_errors.InvalidInput, match="'nas'"):
        waited(Client(clock), folders=["music"], devices=["nas"])
    assert waited(Client(clock), folders=["all"], devices=["nas"])["folders"].keys() == {"docs", "music"}


def test_the_own_device_is_refused(clock):
    with pytest.raises(_errors.InvalidInput, match=r"devices\[0\].*own"):
        waited(Client(clock), devices=["me"])


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0, "0 B"), (999, "999 B"), (1024, "1 KiB"), (1536 * 1024, "1.5 MiB"), (3 * 2**40, "3 TiB")],
)
def test_size(number, shown):
    assert sync_report.size(number) == shown


@pytest.mark.parametrize(("number", "shown"), [(0, "0 %"), (42.19, "42.1 %"), (99.9999, "99.9 %"), (100, "100 %")])
def test_percent(number, shown):
    assert sync_report.percent(number) == shown
