# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import base64
import datetime
import hashlib
import html.parser
import json
import pathlib
import re

import pytest
from ansible_collections.community.syncthing.plugins.plugin_utils import _report
from ansible_collections.community.syncthing.plugins.plugin_utils._health import Health
from ansible_collections.community.syncthing.plugins.plugin_utils._health_limits import Limits
from ansible_collections.community.syncthing.plugins.plugin_utils._observed import Host, Observed
from ansible_collections.community.syncthing.tests.unit.support import LAPTOP, STRANGER, VAULT

NOW = datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.timezone.utc)
HOSTILE = "<script>alert(1)</script>\"'&{{ 7*7 }}\x00\x1b[31m\u202e\ud800</title></style>" + "x" * 10000
SCRIPT = pathlib.Path(_report.__file__).with_name("report.js").read_text(encoding="utf-8")


def info(my_id=LAPTOP, version="v2.1.3", folders=(), connections=None, completion=None, errors=None, names=None):
    names = dict({LAPTOP: "laptop", VAULT: "vault", STRANGER: "stranger"}, **(names or {}))
    return {
        "my_id": my_id,
        "version": version,
        "devices": [{"device_id": device_id, "name": name} for device_id, name in names.items()],
        "folders": list(folders),
        "connections": connections or {},
        "completion": completion or {},
        "errors": errors or {"system": [], "folders": {}},
    }


def folder(name, *members, **fields):
    devices = [{"device": device_id} for device_id in members]
    return dict({"id": name, "label": "", "type": "sendreceive", "paused": False, "devices": devices}, **fields)


def have(percent, state="valid"):
    return {"completion": percent, "remote_state": state}


def report(hosts, when="now"):
    fleet = Observed(hosts)
    return _report.content(fleet, Health(fleet, {host.name: Limits({}) for host in hosts}, NOW), when)


class Reader(html.parser.HTMLParser):
    """Notes tags, attributes and text, and that every tag is closed."""

    VOID = ("meta", "link", "input")

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.attributes, self.text, self.scripts = [], [], [], [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        (self.scripts if self.open and self.open[-1] == "script" else self.text).append(data)


TAGS = set(
    re.findall(
        r"\w+",
        """
    html head meta link title style body h1 h2 p ul li b div table thead tbody tr th td small svg line circle text
    form label input select option span button script details summary
""",
    )
)
ATTRIBUTES = set(
    re.findall(
        r"[\w-]+",
        """
    charset name content http-equiv rel href lang class tabindex scope title colspan viewbox role
    x y x1 y1 x2 y2 cx cy r text-anchor id hidden type value data-status open
""",
    )
)


def harmless(text):
    """The page is well-formed, loads nothing, and runs nothing but its own script."""
    reader = Reader(text)
    assert set(reader.tags) <= TAGS
    assert {name for name, _value in reader.attributes} <= ATTRIBUTES
    assert [value for name, value in reader.attributes if name == "href"] == ["data:,"]
    assert reader.tags.count("script") == 1 and "".join(reader.scripts) == SCRIPT
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    policies = [value for _name, value in reader.attributes if value and "default-src" in value]
    assert policies == [f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:"]
    assert not re.search(r"https?:|//|url\(|@import|src=", text.replace(SCRIPT, ""))
    return reader


def cells(hosts):
    fleet = Observed(hosts)
    return {
        (fleet.names[device_id], name): tuple(fleet.cell(device_id, name))[:2]
        for device_id in fleet.devices
        for name in fleet.folders
    }


def test_a_page_about_nobody():
    assert "0" in harmless(_report.page(report([]))).text


def test_the_script_does_nothing_with_text_but_compare_and_show_it():
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function|createElement|</", SCRIPT)


def test_hostile_names_are_text():
    shared = folder(HOSTILE, LAPTOP, VAULT, label=HOSTILE)
    errors = {"system": [{"message": HOSTILE}], "folders": {HOSTILE: [{"path": HOSTILE, "error": HOSTILE}] * 12}}
    told = info(
        folders=[shared],
        errors=errors,
        names={VAULT: HOSTILE},
        connections={VAULT: {"connected": True, "client_version": HOSTILE}},
    )
    hosts = [Host(HOSTILE, told, "", {HOSTILE: [HOSTILE] * 3}), Host("away" + HOSTILE, {}, HOSTILE, {})]
    found = report(hosts, HOSTILE[:99])
    text = _report.page(found)
    reader = harmless(text)
    assert any(data.startswith("<script>alert(1)</script>") for data in reader.text)
    assert len(text) < 40000
    text.encode("utf-8")
    assert not re.search("[\x00-\x08\x0e-\x1f\u202e]", text)
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize(
    ("own", "cell"),
    [
        ({}, ("ok", "100 %")),
        ({"completion": {"a": {LAPTOP: have(99.99)}}}, ("behind", "99 %")),
        ({"completion": {"a": {LAPTOP: None}}}, ("behind", "unknown")),
        ({"completion": {}}, ("behind", "unknown")),
        ({"folders": [folder("a", LAPTOP, paused=True)]}, ("behind", "paused")),
        ({"errors": {"system": [], "folders": {"a": [{"path": "x", "error": "y"}]}}}, ("bad", "1 error")),
    ],
)
def test_what_a_host_says_of_itself(own, cell):
    told = dict(info(folders=[folder("a", LAPTOP)], completion={"a": {LAPTOP: have(100)}}), **own)
    assert cells([Host("one", told, "", {})])["one", "a"] == cell


@pytest.mark.parametrize(
    ("views", "cell"),
    [
        ([have(100), have(50)], ("behind", "50 %")),
        ([have(100, "notSharing"), have(100)], ("bad", "not accepted")),
        ([have(100, "paused"), None], ("behind", "paused")),
        ([None, None], ("behind", "unknown")),
        ([have(100), None], ("ok", "100 %")),
    ],
)
def test_what_others_say_of_a_device(views, cell):
    hosts = []
    for name, device_id, view in zip(("one", "two"), (LAPTOP, VAULT), views):
        told = info(device_id, folders=[folder("a", LAPTOP, VAULT, STRANGER)], completion={"a": {STRANGER: view}})
        hosts.append(Host(name, told, "", {}))
    found = cells(hosts)
    assert found["stranger", "a"] == cell
    assert cells(list(reversed(hosts))) == found


def test_a_folder_that_one_side_does_not_have():
    hosts = [Host("one", info(folders=[folder("a", LAPTOP, VAULT)]), "", {}), Host("two", info(VAULT), "", {})]
    assert cells(hosts)["two", "a"] == ("bad", "not accepted")
    assert cells(hosts)["stranger", "a"] == ("none", "")


def test_problems_come_first():
    errors = {"system": [], "folders": {"z": [{"path": "", "error": "gone"}]}}
    hosts = [
        Host("one", info(folders=[folder("a", LAPTOP), folder("z", LAPTOP)]), "", {}),
        Host("two", info(VAULT, folders=[folder("z", VAULT)], errors=errors), "", {}),
        Host("three", {}, "unreachable: no route", {}, cause="unreachable"),
    ]
    found = report(hosts)
    assert [(one["status"], one["subject"], one["message"]) for one in found["problems"]] == [
        ("critical", "two", "folder z has stopped: gone"),
        ("unknown", "three", "unreachable: no route"),
    ]
    assert found["status"] == "critical"
    assert (found["numbers"]["hosts"], found["numbers"]["without_answer"], found["numbers"]["errors"]) == (3, 1, 1)
    assert found["unknown"] == [{"name": "three", "problem": "unreachable: no route"}]
    text = harmless(_report.page(found)).text
    assert text.index("two") < text.index("Who has what") < text.index("z") < text.index("a")


@pytest.mark.parametrize("version", ["v999.0.0", f"v{'9' * 5000}.0.0", "v2.1." + "9" * 5000, "\u0662.1.4"])
def test_a_device_outside_that_boasts(version):
    told = info(connections={STRANGER: {"connected": True, "client_version": version}}, names={STRANGER: "stranger"})
    assert report([Host("one", told, "", {})])["problems"] == []


def test_links():
    told = [
        info(folders=[folder("a", LAPTOP, VAULT, STRANGER)], connections={VAULT: {"connected": True}}),
        info(VAULT, folders=[folder("a", LAPTOP, VAULT)], connections={LAPTOP: {"connected": False}}),
    ]
    fleet = Observed([Host(one["my_id"], one, "", {}) for one in told])
    assert {frozenset(pair): connected for pair, connected in fleet.links.items()} == {
        frozenset((LAPTOP, VAULT)): True,
        frozenset((LAPTOP, STRANGER)): False,
    }
    assert sorted(fleet.links_of(LAPTOP)) == [False, True]


@pytest.mark.parametrize(("devices", "drawn"), [(40, True), (41, False)])
def test_a_graph_of_many_says_nothing(devices, drawn):
    others = [f"{number:07}-" + STRANGER[8:] for number in range(devices - 3)]
    told = info(folders=[folder("a", LAPTOP, VAULT, *others)], names={one: one[:7] + "x" for one in others})
    assert ("<svg" in _report.page(report([Host("one", told, "", {})]))) == drawn


@pytest.mark.parametrize("name", ["one", "ONE", LAPTOP, "one (P56IOI7)", "silent"])
def test_a_device_outside_is_not_shown_as_a_host(name):
    told = info(folders=[folder("a", LAPTOP, STRANGER)])
    told["devices"] = [{"device_id": STRANGER, "name": name}]
    shown = Observed([Host("one", told, "", {}), Host("silent", {}, "unreachable", {}, cause="unreachable")]).names
    assert shown[STRANGER] == f"{name[:30]} ({STRANGER[:7]})"
    assert shown[told["my_id"]] == "one"


def test_a_host_without_an_answer_is_known_by_the_inventory():
    told = info(folders=[folder("a", LAPTOP, STRANGER)], names={STRANGER: "whatever"})
    hosts = [Host("one", told, "", {}), Host("silent", {}, "unreachable", {}, cause="unreachable", device_id=STRANGER)]
    found = report(hosts)
    device = next(one for one in found["devices"] if one["device_id"] == STRANGER)
    assert (device["name"], device["answered"], device["in_inventory"]) == ("silent", False, True)
    assert found["unknown"] == []
