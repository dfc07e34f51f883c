# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import html.parser
import re

import pytest
from ansible_collections.community.syncthing.plugins.plugin_utils._report import Findings, Host, page
from ansible_collections.community.syncthing.tests.unit.support import LAPTOP, STRANGER, VAULT

HOSTILE = "<script>alert(1)</script>\"'&{{ 7*7 }}\x00\x1b[31m\u202e\ud800</title></style>" + "x" * 10000


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


class Reader(html.parser.HTMLParser):
    """Notes tags, attributes and text, and that every tag is closed."""

    VOID = ("meta", "link")

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], [], [], []
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
        self.text.append(data)


TAGS = set(
    re.findall(
        r"\w+",
        """
    html head meta link title style body h1 h2 p ul li b div table thead tbody tr th td small svg line circle text
""",
    )
)
ATTRIBUTES = set(
    re.findall(
        r"[\w-]+",
        """
    charset name content http-equiv rel href lang class tabindex scope title colspan viewbox role
    x y x1 y1 x2 y2 cx cy r text-anchor
""",
    )
)


def harmless(text):
    """The page is well-formed, runs nothing and loads nothing."""
    reader = Reader(text)
    assert set(reader.tags) <= TAGS
    assert {name for name, _value in reader.attributes} <= ATTRIBUTES
    assert [value for name, value in reader.attributes if name == "href"] == ["data:,"]
    assert not re.search(r"https?:|//|url\(|@import|src=", text)
    return reader


def cells(hosts):
    fleet = Findings(hosts)
    return {
        (fleet.names[device_id], name): tuple(fleet.cell(device_id, name))[:2]
        for device_id in fleet.devices
        for name in fleet.folders
    }


def test_a_page_about_nobody():
    assert "0" in harmless(page([])).text


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
    text = page(hosts, HOSTILE[:99])
    reader = harmless(text)
    assert any(data.startswith("<script>alert(1)</script>") for data in reader.text)
    assert len(text) < 30000
    text.encode("utf-8")
    assert not re.search("[\x00-\x08\x0e-\x1f\u202e]", text)


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


def test_problems():
    errors = {"system": [{"message": "disk full"}], "folders": {"a": [{"path": "x", "error": "no"}] * 11}}
    hosts = [
        Host("one", info(folders=[folder("a", LAPTOP)], errors=errors), "", {"a": ["x"] * 12, "b": []}, "no such user"),
        Host("two", info(VAULT, version="v1.29.5"), "", {}),
        Host("three", {}, "unreachable: no route", {}),
    ]
    found = list(Findings(hosts).problems())
    assert found[0] == ("one", "disk full")
    assert found[1:11] == [("one", "a: x: no")] * 10
    assert found[11:] == [
        ("one", "a: and 1 more"),
        ("one", "not searched for conflicts: no such user"),
        *[("one", "a: x: conflict copy")] * 10,
        ("one", "a: and 2 more conflict copies"),
        ("three", "unreachable: no route"),
        ("two", "v1.29.5 is older than v2.1.3"),
    ]


@pytest.mark.parametrize("version", ["v999.0.0", f"v{'9' * 5000}.0.0", "v2.1." + "9" * 5000, "\u0662.1.4"])
def test_a_device_outside_that_boasts(version):
    told = info(connections={STRANGER: {"connected": True, "client_version": version}}, names={STRANGER: "stranger"})
    assert list(Findings([Host("one", told, "", {})]).problems()) == []


def test_links():
    told = [
        info(folders=[folder("a", LAPTOP, VAULT, STRANGER)], connections={VAULT: {"connected": True}}),
        info(VAULT, folders=[folder("a", LAPTOP, VAULT)], connections={LAPTOP: {"connected": False}}),
    ]
    fleet = Findings([Host(one["my_id"], one, "", {}) for one in told])
    assert {frozenset(pair): connected for pair, connected in fleet.links.items()} == {
        frozenset((LAPTOP, VAULT)): True,
        frozenset((LAPTOP, STRANGER)): False,
    }


@pytest.mark.parametrize("name", ["one", "ONE", LAPTOP, "one (P56IOI7)"])
def test_a_device_outside_is_not_shown_as_a_host(name):
    told = info(folders=[folder("a", LAPTOP, STRANGER)])
    told["devices"] = [{"device_id": STRANGER, "name": name}]
    shown = Findings([Host("one", told, "", {})]).names
    assert shown[STRANGER] == f"{name[:30]} ({STRANGER[:7]})"
    assert shown[told["my_id"]] == "one"
