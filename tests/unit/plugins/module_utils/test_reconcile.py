# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import copy

import pytest
from ansible_collections.community.syncthing.plugins.module_utils import _errors
from ansible_collections.community.syncthing.plugins.module_utils._config import reconcile
from ansible_collections.community.syncthing.tests.unit import support
from ansible_collections.community.syncthing.tests.unit.support import (
    LAPTOP,
    SLASHED,
    STRANGER,
    VAULT,
    Daemon,
    desired,
    device,
    folder,
    item,
)

VERSION = "2.1.3"
READ, EVENTS = ("GET", "/rest/config"), ("GET", "/rest/events")


@pytest.fixture
def now():
    return support.current(VERSION)


def refused(daemon, *objects, error=_errors.NotApplied):
    with pytest.raises(error) as caught:
        reconcile.reconcile(daemon, desired(*objects), False)
    assert caught.value.__class__ is error
    assert support.SECRET not in support.chain(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("check_mode", [False, True])
def test_nothing_to_do_is_one_request(now, check_mode):
    daemon = Daemon(now)
    outcome = reconcile.reconcile(daemon, desired(device("laptop", name="laptop"), folder("docs")), check_mode)
    assert (outcome.changes, outcome.device_ids) == ([], [LAPTOP])
    assert outcome.find("devices", LAPTOP)["name"] == "laptop"
    assert outcome.find("folders", "none") is None
    assert daemon.requests == [("GET", "/rest/config")]


def test_check_mode_writes_nothing_and_tells_the_same(now):
    wanted = desired(
        device(STRANGER, name="new"),
        folder("docs", devices=["new"], label="D", ignore_patterns=["*.o"]),
        folder(SLASHED, state="absent"),
    )
    checked, applied = Daemon(now), Daemon(now)
    foreseen = reconcile.reconcile(checked, wanted, True)
    assert checked.state == now.config
    assert checked.writes == []
    assert reconcile.reconcile(applied, wanted, False).changes == foreseen.changes
    assert [change.action for change in foreseen.changes] == ["added", "removed", "changed", "changed"]
    assert foreseen.find("ignores", "docs") == ["*.o"]
    assert foreseen.find("devices", STRANGER)["name"] == "new"


def test_what_was_written_is_read_back(now):
    daemon = Daemon(now)
    outcome = reconcile.reconcile(daemon, desired(device(LAPTOP, paused=True)), False)
    assert daemon.requests == [READ, EVENTS, READ, ("PUT", "/rest/config/devices"), READ, EVENTS]
    assert outcome.find("devices", LAPTOP) == item(daemon.state, "devices", LAPTOP)
    assert outcome.changes[0].before["paused"] is False


# -- answers that are lost


def losing(now, when, error=_errors.Unreachable, applied=True):
    """A daemon whose answers to the writes with these numbers are lost."""
    daemon = Daemon(now)
    write = daemon.write

    def lossy(method, path, body=None):
        number = len(daemon.writes)
        if applied or number not in when:
            write(method, path, body)
        else:
            daemon.requests.append((method, path))
        if number in when:
            raise error("lost")

    daemon.write = lossy
    return daemon


@pytest.mark.parametrize("error", _errors.LOST)
@pytest.mark.parametrize("applied", [True, False])
def test_after_a_lost_answer_it_is_looked_whether_it_worked(now, error, applied):
    daemon = losing(now, {0}, error, applied)
    outcome = reconcile.reconcile(daemon, desired(device(LAPTOP, paused=True)), False)
    assert len(daemon.writes) == (1 if applied else 2)
    assert outcome.changes[0].before["paused"] is False
    assert outcome.changes[0].after["paused"] is True


def test_what_follows_a_lost_answer_waits_for_a_new_look(now):
    daemon = losing(now, {0}, applied=False)
    wanted = desired(device(STRANGER, name="new"), folder("docs", devices=["new"]))
    assert len(reconcile.reconcile(daemon, wanted, False).changes) == 2
    assert [path for _method, path in daemon.requests] == [
        "/rest/config",
        "/rest/events",
        "/rest/config",
        "/rest/config/devices",
        "/rest/config",
        "/rest/events",
        "/rest/events",
        "/rest/config",
        "/rest/config/devices",
        "/rest/config/folders",
        "/rest/config",
        "/rest/events",
    ]


def test_a_lost_write_that_comes_late_is_no_refusal(now):
    """It undoes once what was written since."""
    daemon = losing(now, {0}, _errors.RequestTimeout, applied=False)
    old = copy.deepcopy(daemon.state)
    write = daemon.write

    def late(method, path, body=None):
        write(method, path, body)
        if len(daemon.writes) == 2:
            daemon.state = copy.deepcopy(old)

    daemon.write = late
    outcome = reconcile.reconcile(daemon, desired(device(LAPTOP, paused=True)), False)
    assert outcome.changes[0].after["paused"] is True
    assert len(daemon.writes) == 3


def test_when_all_answers_are_lost(now):
    daemon = losing(now, range(99), applied=False)
    refused(daemon, device(LAPTOP, paused=True), error=_errors.Unreachable)
    assert len(daemon.writes) == reconcile.ROUNDS


@pytest.mark.parametrize(
    "error", [_errors.BadApiKey, _errors.ServerError, _errors.BadRequest, _errors.MigrationInProgress]
)
def test_a_refused_write_ends_it(now, error):
    daemon = losing(now, {0}, error)
    refused(daemon, device(LAPTOP, paused=True), folder("docs", label="x"), error=error)
    assert len(daemon.writes) == 1


# -- others that write


def test_interference_is_overcome(now):
    """Fact 17: no version check protects two writers from each other."""
    left = [1, 2]

    def meddle(daemon):
        if left:
            item(daemon.state, "folders", "docs")["rescanIntervalS"] = left.pop()
            item(daemon.state, "folders", "docs")["label"] = "theirs"

    daemon = Daemon(now, meddle)
    outcome = reconcile.reconcile(daemon, desired(folder("docs", label="ours")), False)
    assert len(daemon.writes) == 3
    docs = item(daemon.state, "folders", "docs")
    assert (docs["label"], docs["rescanIntervalS"]) == ("ours", 1)
    assert outcome.changes[0].before["label"] == "Documents"
    assert outcome.changes[0].after == docs


def test_an_older_configuration_that_somebody_saves_over_ours_is_overcome(now):
    """In the GUI, say: then the object is as it was before."""
    saved = [copy.deepcopy(now.config)]

    def meddle(daemon):
        if saved:
            daemon.state = saved.pop()

    daemon = Daemon(now, meddle)
    outcome = reconcile.reconcile(daemon, desired(folder("docs", label="ours")), False)
    assert len(daemon.writes) == 2
    assert outcome.changes[0].after["label"] == item(daemon.state, "folders", "docs")["label"] == "ours"


def test_interference_is_not_fought_for_ever(now):
    numbers = iter(range(99))

    def meddle(daemon):
        item(daemon.state, "folders", "docs").update(label="theirs", pullerPauseS=next(numbers))

    daemon = Daemon(now, meddle)
    message = refused(daemon, folder("docs", label="ours"))
    assert "folders['docs'].label (declared 'ours', is 'theirs')" in message
    assert len(daemon.writes) == reconcile.ROUNDS


def test_what_the_daemon_does_not_take_is_named(now):
    def meddle(daemon):
        item(daemon.state, "folders", "docs").update(label="Documents", order="random")
        item(daemon.state, "devices", LAPTOP).update(name="laptop")

    daemon = Daemon(now, meddle)
    message = refused(
        daemon,
        device(LAPTOP, name="notebook"),
        folder("docs", label="x", order="alphabetic", type="sendonly", devices=[LAPTOP]),
    )
    for part in (f"devices[{LAPTOP!r}].name", "folders['docs'].label", "folders['docs'].order"):
        assert part in message
    assert "type" not in message
    # Two looks are enough, where nothing changes in between.
    assert len(daemon.writes) <= 4


def test_a_secret_that_is_not_taken_is_not_named(now):
    def meddle(daemon):
        for share in item(daemon.state, "folders", "docs")["devices"]:
            share["encryptionPassword"] = share["encryptionPassword"] and "planted-secret-theirs"

    message = refused(
        Daemon(now, meddle),
        folder("docs", devices=["laptop", {"device": VAULT, "encryption_password": "planted-secret-ours"}]),
    )
    assert "folders['docs'].devices" in message


# -- names


def test_a_device_is_renamed_by_its_name(now):
    daemon = Daemon(now)
    outcome = reconcile.reconcile(daemon, desired(device("laptop", name="notebook")), False)
    assert outcome.device_ids == [LAPTOP]
    assert item(daemon.state, "devices", LAPTOP)["name"] == "notebook"
    assert len(daemon.writes) == 1


def test_a_device_is_removed_by_its_name(now):
    daemon = Daemon(now)
    outcome = reconcile.reconcile(daemon, desired(device("laptop", state="absent")), False)
    assert (outcome.device_ids, outcome.find("devices", LAPTOP)) == ([LAPTOP], None)
    assert item(daemon.state, "devices", LAPTOP) is None
    again = reconcile.reconcile(daemon, desired(device("laptop", state="absent")), False)
    assert (again.changes, again.device_ids) == ([], [""])
    assert len(daemon.writes) == 1


@pytest.mark.parametrize("folder_id", [SLASHED, "docs"])
def test_a_folder_is_removed_from_the_newest_configuration(now, folder_id):
    """Facts 9, 16 and 17: what another wrote after we had planned is not lost."""
    daemon = Daemon(now, lambda daemon: item(daemon.state, "folders", "crypt").update(label="theirs"))
    reconcile.reconcile(daemon, desired(device(LAPTOP, paused=True), folder(folder_id, state="absent")), False)
    assert item(daemon.state, "folders", folder_id) is None
    assert item(daemon.state, "folders", "crypt")["label"] == "theirs"


# -- ignore patterns


def test_patterns_cost_one_request_each(now):
    daemon = Daemon(now._replace(ignores={"docs": ["*.o"]}))
    wanted = desired(folder("docs", ignore_patterns=["*.o"]), folder(SLASHED, ignore_patterns=[]), folder("crypt"))
    assert reconcile.reconcile(daemon, wanted, False).changes == []
    assert [path for _method, path in daemon.requests] == [
        "/rest/config",
        "/rest/db/ignores?folder=docs",
        "/rest/db/ignores?folder=a%20b%2F%C3%BC",
    ]


def test_the_patterns_of_a_new_folder(now):
    daemon = Daemon(now)
    outcome = reconcile.reconcile(daemon, desired(folder("n&w", path="/srv/new", ignore_patterns=["*.o"])), False)
    assert daemon.patterns["n&w"] == ["*.o"]
    assert outcome.find("ignores", "n&w") == ["*.o"]


def test_patterns_that_stop_the_folder(now):
    """Fact 29: the daemon says 200."""
    daemon = Daemon(now)
    daemon.patterns["docs"] = ["*.o"]
    daemon.pattern_error = "failed to load include file x"
    message = refused(daemon, folder("docs", ignore_patterns=["#include x"]))
    assert all(word in message for word in ("'docs'", "ignore_patterns", "include file x", "are in force again"))
    assert daemon.patterns["docs"] == ["*.o"]
    write = daemon.write

    def once(method, path, body=None):
        if len(daemon.writes) > 2:
            raise _errors.ServerError("disk full")
        write(method, path, body)

    daemon.write = once
    assert "could not be put back: disk full" in refused(daemon, folder("docs", ignore_patterns=["#include x"]))


# -- the whole daemon


@pytest.mark.parametrize(("password", "writes"), [("planted-secret", 0), ("planted-secret-new", 1)])
def test_the_password_of_the_gui_is_tried_first(now, password, writes):
    daemon = Daemon(now)
    outcome = reconcile.reconcile(daemon, support.config(gui={"password": password}), False)
    assert len(daemon.writes) == writes
    assert bool(outcome.changes) == bool(writes)
    assert daemon.login("admin", password)
    assert reconcile.reconcile(daemon, support.config(gui={"password": password}), False).changes == []


def test_sections_and_defaults(now):
    daemon = Daemon(now)
    wanted = support.config(
        options={"max_send_kbps": 5},
        ldap={"address": "x:1"},
        defaults={"folder": {"path": "/srv"}, "ignores": {"lines": ["x"]}},
    )
    outcome = reconcile.reconcile(daemon, wanted, False)
    assert outcome.find("options", "")["maxSendKbps"] == 5
    assert outcome.find("defaults/folder", "")["path"] == "/srv"
    assert {change.kind for change in outcome.changes} == {"options", "ldap", "defaults/folder", "defaults/ignores"}
    assert reconcile.reconcile(daemon, wanted, False).changes == []
    untouched = reconcile.reconcile(daemon, desired(), False)
    assert untouched.find("defaults/folder", "") == outcome.find("defaults/folder", "")


def test_the_client_follows_the_gui(now):
    daemon = Daemon(now)
    daemon.endpoint = daemon.endpoint._replace(api_key=now.config["gui"]["apiKey"])
    reconcile.reconcile(daemon, support.config(gui={"api_key": "planted-secret-new", "theme": "dark"}), False)
    assert daemon.endpoint.api_key == "planted-secret-new"


def test_patterns_of_a_directory_that_is_not_there(now):
    """Syncthing 1.12 says 500, later releases that there are none."""
    daemon = Daemon(now)
    get = daemon.get

    def missing(path, params=None):
        if path.startswith("/rest/db/ignores"):
            raise _errors.ServerError("no", 500, answer)
        return get(path, params)

    daemon.get = missing
    answer = "folder path missing\n"
    assert reconcile.reconcile(daemon, desired(folder("docs", ignore_patterns=[])), True).changes == []
    answer = "out of order\n"
    with pytest.raises(_errors.ServerError):
        reconcile.reconcile(daemon, desired(folder("docs", ignore_patterns=[])), True)
