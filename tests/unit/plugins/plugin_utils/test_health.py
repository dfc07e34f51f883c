# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import datetime
import json

import pytest
from ansible_collections.community.syncthing.plugins.plugin_utils import _health
from ansible_collections.community.syncthing.plugins.plugin_utils._health import Health, NotAResult
from ansible_collections.community.syncthing.plugins.plugin_utils._health_limits import Limits, WrongLimit, check_names
from ansible_collections.community.syncthing.plugins.plugin_utils._observed import Host, Observed, moment
from ansible_collections.community.syncthing.tests.unit.support import LAPTOP, STRANGER, VAULT

NOW = datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.timezone.utc)
DONE = {"completion": 100, "need_bytes": 0, "need_items": 0, "need_deletes": 0, "remote_state": "valid"}
BEHIND = dict(DONE, completion=95, need_bytes=2048, need_items=2, need_deletes=1)


def ago(**span):
    return (NOW - datetime.timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%S.123456789Z")


def folder(name="a", *members, **fields):
    devices = [{"device": device_id} for device_id in members or (LAPTOP, VAULT, STRANGER)]
    return dict({"id": name, "label": "", "type": "sendreceive", "paused": False, "devices": devices}, **fields)


def told(my_id=LAPTOP, **fields):
    """What syncthing_info returns on a host that is well and connected to all others."""
    others = {LAPTOP: "laptop", VAULT: "vault", STRANGER: "stranger"}
    views = dict.fromkeys(others, DONE)
    return dict(
        {
            "my_id": my_id,
            "version": "v2.1.3",
            "devices": [{"device_id": device_id, "name": name, "paused": False} for device_id, name in others.items()],
            "folders": [folder()],
            "connections": {device_id: {"connected": True} for device_id in others if device_id != my_id},
            "completion": {"a": views},
            "stats": {"devices": {device_id: {"last_seen": ago(days=1)} for device_id in others if device_id != my_id}},
            "errors": {"system": [], "folders": {}},
        },
        **fields,
    )


def health(*hosts, limits=None, previous=None):
    found = [host if isinstance(host, Host) else Host(name, host) for name, host in zip(("one", "two"), hosts)]
    return Health(Observed(found), {host.name: Limits(limits or {}) for host in found}, NOW, previous)


def problems(*hosts, **given):
    return [(one.status, one.subject, one.check, one.message) for one in health(*hosts, **given).problems]


def errors(*found):
    return {"system": [], "folders": {"a": [{"path": path, "error": error} for path, error in found]}}


def test_all_is_well():
    result = health(told(), told(VAULT)).result("warning")
    assert (result["status"], result["code"], result["failed"], result["lines"]) == ("ok", 0, False, [])
    assert result["summary"] == "OK: 2 hosts (2 ok)"
    assert set(result["hosts"]) == {"one", "two"} and result["devices"][STRANGER]["name"] == "stranger"
    assert json.loads(json.dumps(result)) == result


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"errors": {"system": [{"message": "m"}], "folders": {}}}, ("warning", "message", "m")),
        ({"errors": errors(("", "gone"))}, ("critical", "folder_stopped", "folder a has stopped: gone")),
        (
            {"errors": errors(("x", "no"))},
            ("warning", "failed_items", "folder a has 1 item that cannot be synchronized"),
        ),
        ({"folders": [folder(paused=True)], "completion": {"a": {}}}, ("warning", "paused", "folder a is paused")),
        (
            {"disk": {"database": {"size_bytes": 1000, "free_bytes": 99}, "folders": {"a": None}}},
            ("warning", "disk", "9 % (99 B) of the disk of the database is free"),
        ),
        (
            {"disk": {"database": None, "folders": {"a": {"size_bytes": 1000, "free_bytes": 49}}}},
            ("critical", "disk", "4 % (49 B) of the disk of folder a is free"),
        ),
        ({"disk": {"database": None, "folders": {"a": {"size_bytes": 1000, "free_bytes": 100}}}}, None),
        ({"disk": {"database": {"size_bytes": 0, "free_bytes": 0}, "folders": {}}}, None),
        ({"disk": None}, None),
        ({"stats": None}, None),
        (
            {"completion": {"a": {LAPTOP: BEHIND}}},
            ("warning", "out_of_sync", "folder a is out of sync: 3 items, 2 KiB left"),
        ),
        ({"completion": {"a": {LAPTOP: None}}}, None),
    ],
)
def test_what_a_host_says_of_itself(fields, expected):
    found = [(status, check, message) for status, _who, check, message in problems(told(**fields))]
    assert found == ([expected] if expected else [])


def test_folders_on_one_disk_are_one_problem():
    space = {"size_bytes": 1000, "free_bytes": 1}
    disk = {"database": dict(space), "folders": {"a": dict(space), "b": dict(space)}}
    [(_status, _who, _check, message)] = problems(told(disk=disk))
    assert message.endswith("of the disk of the database is free (2 more on it)")


def test_a_paused_device():
    host = told()
    host["devices"][2]["paused"] = True
    host["connections"][STRANGER]["connected"] = False
    host["stats"]["devices"][STRANGER]["last_seen"] = ago(days=300)
    assert problems(host) == [("warning", "one", "paused", "device stranger is paused")]
    assert problems(host, limits={"syncthing_health_paused": "ok"}) == []


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ((ago(days=6), ago(days=8)), None),
        ((ago(days=8), ago(days=9)), ("warning", "was last seen 8 days ago by one")),
        ((ago(days=31), ago(days=30)), ("critical", "was last seen 30 days ago by two")),
        (("1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z"), ("warning", "has never connected to any device")),
        (("1970-01-01T01:00:00+01:00", ago(days=8)), ("warning", "was last seen 8 days ago by two")),
        (("nonsense", ago(hours=1)), None),
    ],
)
def test_a_device_is_seen_if_anybody_sees_it(seen, expected):
    hosts = [told(), told(VAULT)]
    for host, last in zip(hosts, seen):
        host["connections"][STRANGER]["connected"] = False
        host["stats"]["devices"][STRANGER]["last_seen"] = last
    found = [(status, message) for status, who, _check, message in problems(*hosts) if who == "stranger"]
    assert found == ([expected] if expected else [])


def test_a_device_that_shares_nothing_does_not_count():
    host = told(folders=[folder("a", LAPTOP, VAULT)], completion={})
    host["connections"][STRANGER]["connected"] = False
    host["stats"]["devices"][STRANGER]["last_seen"] = ago(days=99)
    assert problems(host) == []


def test_hosts_without_an_answer():
    away = Host("away", {}, "unreachable: no route", cause="unreachable", device_id=VAULT)
    host = told()
    host["connections"][VAULT]["connected"] = False
    host["stats"]["devices"][VAULT]["last_seen"] = ago(days=40)
    assert problems(host, away) == [
        ("critical", "away", "not_seen", "was last seen 40 days ago by one"),
        ("unknown", "away", "unreachable", "unreachable: no route"),
    ]
    assert problems(Host("down", {}, "refused", cause="daemon")) == [("critical", "down", "daemon", "refused")]
    assert problems(Host("odd", {}, "sudo", cause="unknown")) == [("unknown", "odd", "unknown", "sudo")]


def test_not_accepted():
    found = problems(told(), told(VAULT, folders=[], completion={}))
    assert [(status, who, check) for status, who, check, _message in found] == [("warning", "two", "not_accepted")]


def test_conflicts():
    host = Host("one", told(), conflicts={"a": [f"x{number}" for number in range(12)], "b": []}, unsearched="no user")
    found = health(host).problems
    assert [one.message for one in found] == [
        "folder a has 12 conflict copies",
        "not searched for conflicts: no user",
    ]
    assert found[0].details == [f"x{number}" for number in range(10)] + ["and 2 more"]


def test_versions():
    hosts = (told(version="v1.29.5"), told(VAULT))
    [(status, who, check, message)] = problems(*hosts)
    assert (status, who, check) == ("warning", "one", "version") and message.endswith(
        "older than v2.1.3 on other hosts"
    )
    assert problems(*hosts, limits={"syncthing_health_versions": "never"}) == []
    near = (told(version="v2.1.2"), told(VAULT))
    assert problems(*near) == problems(*near, limits={"syncthing_health_versions": "minor"}) == []
    assert len(problems(*near, limits={"syncthing_health_versions": "patch"})) == 1
    old = problems(*near, limits={"syncthing_health_minimum_version": "2.1.3"})
    assert old == [("critical", "one", "version", "Syncthing v2.1.2 is older than 2.1.3")]


def test_since_when_it_is_out_of_sync():
    host = told(completion={"a": {LAPTOP: BEHIND, STRANGER: BEHIND}})
    first = health(host, previous={}).result("critical")
    assert first["status"] == "ok" and first["hosts"]["one"]["out_of_sync_since"] == {"a": first["time"]}
    assert first["devices"][STRANGER]["out_of_sync_since"] == {"a": first["time"]}
    for span, status, words in (
        ({"minutes": 59}, "ok", None),
        ({"minutes": 60}, "warning", "for 60 minutes: 3 items"),
        ({"days": 1}, "critical", "for 24 hours: 3 items"),
    ):
        first["hosts"]["one"]["out_of_sync_since"]["a"] = ago(**span)
        found = health(host, previous=first)
        assert found.result("critical")["status"] == status
        assert [one.message.partition(" is out of sync ")[2].startswith(words) for one in found.problems] == [
            True
        ] * bool(words)
    # What was in sync in between begins again, and a clock that was wrong does not matter.
    assert health(told(), previous=first).result("critical")["hosts"]["one"]["out_of_sync_since"] == {}
    first["hosts"]["one"]["out_of_sync_since"]["a"] = ago(days=-3)
    assert health(host, previous=first).problems == []


@pytest.mark.parametrize("state", ["paused", "unknown", "notSharing"])
def test_a_device_that_can_not_be_judged_by_others_is_not(state):
    host = told(completion={"a": {STRANGER: dict(BEHIND, remote_state=state)}})
    assert not [one for one in problems(host) if one[2] == "out_of_sync"]
    host = told(completion={"a": {STRANGER: BEHIND}})
    host["connections"][STRANGER]["connected"] = False
    assert problems(host) == []


@pytest.mark.parametrize(
    "previous",
    [
        [],
        "x",
        {"other": 1},
        {"fleet_health": 2},
        {"fleet_health": 1, "hosts": {"one": {}}},
        {"fleet_health": 1, "hosts": []},
        {"fleet_health": 1, "devices": {"x": {"out_of_sync_since": {}}}},
    ],
)
def test_another_file_is_not_a_result(previous):
    with pytest.raises(NotAResult):
        health(told(), previous=previous)


@pytest.mark.parametrize(
    ("fail_on", "failed"),
    [
        ("never", []),
        ("critical", ["critical"]),
        ("unknown", ["unknown", "critical"]),
        ("warning", _health.STATUSES[1:]),
    ],
)
def test_when_it_fails(fail_on, failed):
    hosts = {
        "ok": told(),
        "warning": told(folders=[folder(paused=True)]),
        "unknown": Host("one", {}, "x", cause="unreachable"),
        "critical": told(errors=errors(("", "gone"))),
    }
    assert [status for status, host in hosts.items() if health(host).result(fail_on)["failed"]] == failed
    assert [health(host).result(fail_on)["code"] for host in hosts.values()] == [0, 1, 3, 2]


def test_lines_are_few_and_harmless():
    many = [folder(f"f\x1b{number}", paused=True) for number in range(150)]
    lines = health(told(folders=many, completion={})).result("never")["lines"]
    assert len(lines) == 101 and lines[-1] == "and 50 more" and "\x1b" not in "".join(lines)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("out_of_sync_warning", "1 hour"),
        ("out_of_sync_critical", True),
        ("not_seen_warning", 7),
        ("not_seen_critical", "7d 3h"),
        ("failed_items_warning", 0),
        ("failed_items_critical", "many"),
        ("disk_free_warning", 101),
        ("disk_free_critical", "5 %"),
        ("minimum_version", "two"),
        ("versions", "any"),
        ("paused", "unknown"),
        ("unreachable", ["ok"]),
    ],
)
def test_wrong_limits(name, value):
    with pytest.raises(WrongLimit) as caught:
        Limits({"syncthing_health_" + name: value})
    assert str(caught.value).startswith(f"syncthing_health_{name} is {value!r}. It must be ")


@pytest.mark.parametrize(
    ("warning", "critical", "words"),
    [
        ({"not_seen_warning": "31d"}, {}, "more than"),
        ({"out_of_sync_warning": "2d"}, {}, "more than"),
        ({"disk_free_warning": 4}, {}, "less than"),
        ({}, {"disk_free_critical": 11}, "less than"),
        ({"failed_items_warning": 4}, {"failed_items_critical": 3}, "more than"),
    ],
)
def test_a_warning_comes_first(warning, critical, words):
    with pytest.raises(WrongLimit, match=words):
        Limits({"syncthing_health_" + name: value for name, value in {**warning, **critical}.items()})


def test_empty_values_are_defaults_and_never_is_never():
    empty = Limits({"syncthing_health_" + name: "" for name in ("not_seen_warning", "disk_free_warning", "versions")})
    assert (empty.judge_not_seen(8 * 86400), empty.judge_disk(9), empty.versions) == ("warning", "warning", "major")
    quiet = Limits({"syncthing_health_not_seen_warning": "never"})
    assert (quiet.judge_not_seen(29 * 86400), quiet.judge_not_seen(30 * 86400)) == ("ok", "critical")
    never = Limits({
        "syncthing_health_not_seen_warning": "never",
        "syncthing_health_not_seen_critical": "never",
        "syncthing_health_disk_free_warning": "never",
        "syncthing_health_disk_free_critical": "never",
    })  # fmt: skip
    assert {never.judge_not_seen(10**9), never.judge_not_seen(None), never.judge_disk(0)} == {"ok"}


def test_names_with_a_typing_error():
    check_names(["syncthing_health_file", "syncthing_health_paused", "syncthing_hosts", "other"])
    with pytest.raises(WrongLimit, match="Did you mean syncthing_health_not_seen_warning"):
        check_names(["syncthing_health_not_seen_warnings"])


@pytest.mark.parametrize(
    "text", [None, 5, "", "yesterday", "9999-99-99T00:00:00Z", "0001-01-01T00:00:00Z", "2026-01-31"]
)
def test_no_moment(text):
    assert moment(text) is None


def test_moments():
    assert moment("2026-01-31T14:00:00.5+02:00") == moment("2026-01-31T12:00:00Z") == NOW
