# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import json

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.community.syncthing.plugins.filter.fleet_health import fleet_health
from ansible_collections.community.syncthing.tests.unit.support import LAPTOP, VAULT

NOW = "2026-01-31T12:00:00Z"


def well(**fields):
    told = {"my_id": LAPTOP, "version": "v2.1.3", "devices": [], "folders": [], "connections": {}, "completion": {}}
    return dict(told, errors={"system": [], "folders": {}}, **fields)


def judge(variables, **options):
    return fleet_health(list(variables), variables, **{"when": NOW, **options})


@pytest.mark.parametrize(
    ("result", "status", "check"),
    [
        (well(), "ok", None),
        ({"unreachable": True, "msg": "no route"}, "unknown", "unreachable"),
        ({"failed": True, "msg": "refused", "error": {"code": "unreachable"}}, "critical", "daemon"),
        # failed_when: false makes a failure look like this
        ({"failed": False, "msg": "slow", "error": {"code": "timeout"}}, "critical", "daemon"),
        ({"failed": True, "msg": "no such user", "error": {"code": "discovery"}}, "unknown", "unknown"),
        ({"failed": True, "msg": "sudo"}, "unknown", "unknown"),
        ({}, "unknown", "unknown"),
        (None, "unknown", "unknown"),
    ],
)
def test_how_a_host_answers(result, status, check):
    found = judge({"one": {"syncthing_report_info": result}})["hosts"]["one"]
    assert (found["status"], [one["check"] for one in found["problems"]]) == (status, [check] if check else [])


def test_each_host_has_its_own_limits():
    away = {"unreachable": True, "msg": "no route"}
    hosts = {"laptop": {"syncthing_report_info": away, "syncthing_health_unreachable": "ok"}}
    hosts["server"] = {"syncthing_report_info": away, "syncthing_health_unreachable": "critical"}
    found = judge(hosts)
    assert {name: entry["status"] for name, entry in found["hosts"].items()} == {"laptop": "ok", "server": "critical"}


def test_a_host_without_an_answer_is_the_device_that_the_inventory_says():
    folder = {"id": "a", "label": "", "type": "sendreceive", "paused": False, "devices": [{"device": VAULT}]}
    info = well(stats={"devices": {VAULT: {"last_seen": "2026-01-20T12:00:00Z"}}})
    info.update(devices=[{"device_id": VAULT, "name": "x"}], folders=[folder])
    away = {"syncthing_report_info": {"unreachable": True}, "syncthing_device_id": VAULT.lower()}
    found = judge({"one": {"syncthing_report_info": info}, "away": away})
    assert [one["check"] for one in found["hosts"]["away"]["problems"]] == ["unreachable", "not_seen"]


@pytest.mark.parametrize(
    ("previous", "status"),
    [("", "warning"), (None, "warning"), ("{}", "ok"), ({}, "ok"), ('{"fleet_health": 1}', "ok")],
)
def test_since_when_is_known_only_with_an_earlier_run(previous, status):
    folder = {"id": "a", "label": "", "type": "sendonly", "paused": False, "devices": [{"device": LAPTOP}]}
    info = well()
    info.update(folders=[folder], completion={"a": {LAPTOP: {"completion": 1, "need_items": 1, "need_deletes": 0}}})
    assert judge({"one": {"syncthing_report_info": info}}, previous=previous)["status"] == status


@pytest.mark.parametrize(
    ("variables", "options", "words"),
    [
        ({"syncthing_health_paused": "no"}, {}, "one: syncthing_health_paused is 'no'. It must be one of"),
        ({"syncthing_health_pause": "ok"}, {}, "Did you mean syncthing_health_paused"),
        ({}, {"when": "now"}, "when is 'now'"),
        ({}, {"fail_on": "bad"}, "fail_on is 'bad'"),
        ({}, {"previous": "{}x"}, "not an earlier result"),
        ({}, {"previous": json.dumps({"other": 1})}, "not an earlier result"),
        ({"syncthing_report_info": {"my_id": LAPTOP}}, {}, "gather_subset must have devices, folders"),
        ({"syncthing_report_info": well(stats=[1])}, {}, "must be the result of syncthing_info"),
    ],
)
def test_refused_in_words(variables, options, words):
    with pytest.raises(AnsibleFilterError, match=words):
        judge({"one": variables}, **options)
