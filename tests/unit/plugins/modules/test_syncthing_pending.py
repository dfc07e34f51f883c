# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import json

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._schema import device_ids
from ansible_collections.community.syncthing.tests.harness.scripted import Answer
from ansible_collections.community.syncthing.tests.unit import support
from ansible_collections.community.syncthing.tests.unit.support import LAPTOP, STRANGER, VAULT, item

OTHER = device_ids.from_bytes(b"another one that nobody ever met")
HOSTILE = "{{ lookup('pipe', 'id') }} %s '\n\x1b[2J\u202e"
DEVICES = {
    STRANGER: {"time": "2026-01-31T12:00:00Z", "name": HOSTILE, "address": "192.0.2.10:22000"},
    OTHER: {"time": "2026-01-31T13:00:00Z", "name": "office-1", "address": "[fe80::1%eth0]:22000"},
}


def offered(label="Label", **more):
    return dict(
        {"time": "2026-01-31T12:00:00Z", "label": label, "receiveEncrypted": False, "remoteEncrypted": False}, **more
    )


@pytest.fixture
def server(daemon):
    def start(version="2.1.3", **folders):
        server = daemon(version)
        offers = {folder_id: {"offeredBy": by_device} for folder_id, by_device in folders.items()}
        server.daemon.pending = {"devices": dict(DEVICES), "folders": offers}
        return server

    return start


@pytest.fixture
def call(run):
    def start(server, check=False, **args):
        server.requests.clear()
        return run("syncthing_pending", dict(server.options, **args), check=check)

    return start


def refused(result, server, *words, code="invalid_input"):
    assert (result["failed"], result.code) == (True, 1)
    assert result["error"]["code"] == code, result["msg"]
    assert all(word in result["msg"] for word in words), result["msg"]
    assert len(result["msg"].splitlines()) == 1
    assert "\x1b" not in result["msg"]
    assert all(request.method == "GET" for request in server.requests)


def chosen(result):
    pending = result["pending"]
    return set(pending["devices"]), {
        (folder, device) for folder in pending["folders"] for device in pending["folders"][folder]
    }


@pytest.mark.parametrize(
    ("choice", "devices", "folders"),
    [
        ({}, {STRANGER, OTHER}, {("papers", LAPTOP), ("papers", VAULT), ("pics", VAULT)}),
        ({"devices": []}, set(), set()),
        ({"devices": [STRANGER.lower().replace("-", " ")]}, {STRANGER}, set()),
        ({"devices": [STRANGER[:8] + "*"]}, {STRANGER}, set()),
        ({"devices": ["office-?", "nobody"]}, {OTHER}, set()),
        ({"devices": ["OFFICE-1"]}, set(), set()),
        ({"devices": [HOSTILE]}, {STRANGER}, set()),
        ({"devices": ["*"]}, {STRANGER, OTHER}, set()),
        ({"networks": ["192.0.2.0/25"]}, {STRANGER}, set()),
        ({"networks": ["fe80::/10", "192.0.2.11"]}, {OTHER}, set()),
        ({"networks": ["::/0"], "devices": [STRANGER]}, set(), set()),
        ({"networks": []}, set(), set()),
        ({"folders": ["papers"]}, set(), {("papers", LAPTOP), ("papers", VAULT)}),
        ({"folders": ["Pic*"]}, set(), {("pics", VAULT)}),
        ({"offered_by": ["laptop"]}, set(), {("papers", LAPTOP)}),
        ({"offered_by": [VAULT], "folders": ["pics", "x"]}, set(), {("pics", VAULT)}),
        ({"offered_by": []}, set(), set()),
        ({"offered_by": ["vault"], "networks": ["::/0"]}, {OTHER}, {("papers", VAULT), ("pics", VAULT)}),
    ],
)
def test_choice(server, call, choice, devices, folders):
    start = server(papers={LAPTOP: offered(), VAULT: offered()}, pics={VAULT: offered("Pictures")})
    result = call(start, **choice)
    assert chosen(result) == (devices, folders)
    assert (result["changed"], result["diff"]) == (False, {"before": {}, "after": {}})
    assert "devices" not in result.json
    assert all(request.method == "GET" for request in start.requests)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"action": "accept"}, ["Say what to accept", "devices", "folders"]),
        ({"action": "dismiss", "device": {"name": "x"}}, ["Say what to dismiss"]),
        ({"devices": [STRANGER[:-1] + "A"]}, ["devices[0]", "quarter 4"]),
        ({"networks": ["::/0", "home"]}, ["networks[1]", "'home'", "fd00::/8"]),
        ({"offered_by": ["labtop"]}, ["offered_by[0]", "'labtop'", "'laptop'"]),
        ({"offered_by": [STRANGER]}, ["offered_by[0]", STRANGER]),
        ({"action": "accept", "devices": ["*"], "device": {"name": "x"}}, ["device.name", "2 devices", STRANGER]),
        ({"action": "accept", "devices": ["*"], "device": {"extra": {"Name": "x"}}}, ["device.extra.Name"]),
        ({"action": "accept", "devices": [OTHER], "device": {"name": "laptop"}}, [OTHER, "'laptop'", "device.name"]),
        ({"action": "accept", "devices": ["*"], "device": {"addresses": ["x"]}}, ["device.addresses"]),
        ({"action": "accept", "folders": ["papers"]}, ["folder.path", "base_path", "'papers'"]),
        ({"action": "accept", "folders": ["papers"], "base_path": "relative"}, ["base_path", "absolute", "'relative'"]),
        (
            {"action": "accept", "folders": ["*"], "folder": {"path": "/x"}},
            ["folder.path", "2 folders", "'papers', 'pics'"],
        ),
        (
            {"action": "accept", "folders": ["papers"], "folder": {"path": "/x"}, "base_path": "/x"},
            ["folder.path", "base_path", "both"],
        ),
        (
            {"action": "accept", "folders": ["papers"], "base_path": "/x", "folder": {"devices": ["nobody"]}},
            ["folder.devices[0]", "'nobody'"],
        ),
        (
            {"action": "accept", "folders": ["papers"], "base_path": "/x", "folder": {"append_devices": True}},
            ["folder.append_devices"],
        ),
        (
            {"action": "accept", "folders": ["papers"], "base_path": "/taken"},
            ["/taken/papers exists already", "folder.path"],
        ),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_wrong_options_write_nothing(server, call, args, words, check):
    start = server(papers={LAPTOP: offered()}, pics={LAPTOP: offered()})
    start.daemon.directories = ["/taken/Papers", "/x/papers-of-others"]
    refused(call(start, check=check, **args), start, *words)


@pytest.mark.parametrize("kind", ["devices", "folders"])
@pytest.mark.parametrize("action", ["accept", "ignore"])
def test_what_is_named_must_be_offered(server, call, kind, action):
    start = server()
    refused(call(start, action=action, **{kind: ["x*", "x"]}), start, kind + "[1]", "'x'", code="not_found")
    for args in ({"action": action, kind: ["x*"]}, {"action": "dismiss", kind: ["x"]}, {"action": "list", kind: ["x"]}):
        assert call(start, **args)["changed"] is False


def test_two_that_call_themselves_the_same(server, call):
    """Else the second would get what is meant for the first."""
    start = server()
    start.daemon.pending["devices"][STRANGER] = dict(DEVICES[STRANGER], name="laptop")
    refused(call(start, action="accept", devices=["*"]), start, STRANGER, "'laptop'", "device.name")
    start.daemon.pending["devices"][STRANGER] = dict(DEVICES[STRANGER], name="office-1")
    refused(call(start, action="accept", devices=["*"]), start, "'office-1'", "device.name")
    result = call(start, action="accept", devices=[STRANGER], device={"name": "office-2"})
    assert (result["changed"], result["devices"][0]["name"]) == (True, "office-2")


@pytest.mark.parametrize(
    "folder_id",
    [
        "..",
        ".",
        "../x",
        "/etc",
        ".ssh",
        "a/b",
        "a\\b",
        "C:",
        "a\n",
        "a ",
        " a",
        "a.",
        "-a",
        "~",
        "*",
        "\u202ea",
    ],
)
def test_an_id_that_is_no_name_of_a_directory(server, call, folder_id):
    start = server(**{folder_id: {LAPTOP: offered()}})
    args = {"action": "accept", "offered_by": ["laptop"]}
    refused(call(start, base_path="~/sync", **args), start, repr(folder_id), "folder.path")
    assert call(start, folder={"path": "~/sync/own choice"}, **args)["changed"] is True
    assert item(start.daemon.state, "folders", folder_id)["path"] == "~/sync/own choice"


@pytest.mark.parametrize("folder_id", ["abcde-12345", "My Music", "\u00fcber.alles", "a", "x_y-"])
@pytest.mark.parametrize("base_path", ["/srv/sync", "/srv/sync/"])
def test_an_id_that_is_one(server, call, folder_id, base_path):
    start = server(**{folder_id: {LAPTOP: offered("../../etc")}})
    call(start, action="accept", folders=[folder_id], base_path=base_path)
    made = item(start.daemon.state, "folders", folder_id)
    assert (made["path"], made["label"]) == ("/srv/sync/" + folder_id, "../../etc")


def test_names_that_cannot_be_kept(server, call):
    start = server(**{"papers": {LAPTOP: offered("a\x00b")}, "a\x00": {LAPTOP: offered()}})
    accept = {"action": "accept", "base_path": "/srv/sync"}
    call(start, folders=["papers"], **accept)
    assert item(start.daemon.state, "folders", "papers")["label"] == "a\ufffdb"
    call(start, devices=[STRANGER], **accept)
    assert item(start.daemon.state, "devices", STRANGER)["name"] == HOSTILE.replace("\x1b", "\ufffd")
    path = {"action": "accept", "folder": {"path": "/srv/sync/own choice"}}
    refused(call(start, folders=["a\x00"], **path), start, "folder.id", "'\\x00'")
    assert call(start, action="ignore", folders=["a\x00"])["changed"] is True


PASSWORD = support.SECRET + "-of-data"
WITH_PASSWORD = {"devices": [{"device": "laptop", "encryption_password": PASSWORD}]}


@pytest.mark.parametrize(
    ("flags", "folder", "kind"),
    [
        ((True, False), {}, "receiveencrypted"),
        ((True, False), {"type": "receiveencrypted"}, "receiveencrypted"),
        ((True, False), {"type": "receiveonly"}, None),
        ((True, False), dict(WITH_PASSWORD, type="sendreceive"), None),
        ((False, True), {}, None),
        ((False, True), {"type": "receiveencrypted"}, "receiveencrypted"),
        ((False, True), WITH_PASSWORD, "sendreceive"),
        ((False, False), {}, "sendreceive"),
        ((False, False), {"type": "receiveencrypted"}, None),
        ((None, None), {"type": "receiveencrypted"}, "receiveencrypted"),
        ((False, None), {"type": "receiveencrypted"}, "receiveencrypted"),
        ((True, None), {"type": "sendonly"}, None),
    ],
)
def test_encryption(server, call, flags, folder, kind):
    """Flags that this version doesn't tell are None."""
    told = dict(zip(("receiveEncrypted", "remoteEncrypted"), flags))
    offer = {key: value for key, value in offered(**told).items() if value is not None}
    start = server(papers={LAPTOP: offer})
    result = call(start, action="accept", folders=["papers"], base_path="/x", folder=folder)
    assert PASSWORD not in result.output + result.log
    if kind is None:
        refused(result, start, "'papers'", LAPTOP, "receiveencrypted")
        assert item(start.daemon.state, "folders", "papers") is None
    else:
        made = item(start.daemon.state, "folders", "papers")
        assert made["type"] == kind
        [share] = [share for share in made["devices"] if share["deviceID"] == LAPTOP]
        assert share["encryptionPassword"] == (PASSWORD if folder is WITH_PASSWORD else "")


@pytest.mark.parametrize("version", support.VERSIONS[1:])
def test_each_action(server, call, version):
    start = server(version, papers={LAPTOP: offered(), VAULT: offered(remoteEncrypted=True)}, pics={LAPTOP: offered()})
    state = start.daemon
    for args, wrote in (
        (
            {"action": "dismiss", "folders": ["papers"], "offered_by": ["laptop"]},
            ["DELETE /rest/cluster/pending/folders"],
        ),
        ({"action": "ignore", "folders": ["pics"]}, ["PUT /rest/config/devices"]),
        ({"action": "ignore", "devices": [STRANGER]}, ["PUT /rest/config"]),
        ({"action": "dismiss", "networks": ["::/0"]}, ["DELETE /rest/cluster/pending/devices"]),
        (
            {"action": "accept", "folders": ["*"], "base_path": "/x", "folder": {"type": "receiveencrypted"}},
            ["PUT /rest/config/folders"],
        ),
    ):
        before = json.dumps([state.state, state.pending])
        foreseen = call(start, check=True, **args)
        assert json.dumps([state.state, state.pending]) == before
        result = call(start, **args)
        for key in ("changed", "pending", "diff"):
            assert foreseen[key] == result[key], args
        assert result["changed"]
        assert [
            f"{request.method} {request.path.partition('?')[0]}"
            for request in start.requests
            if request.method != "GET"
        ] == wrote
        forget(state)
        assert call(start, **args)["changed"] is False, args
    assert [entry["deviceID"] for entry in state.state["remoteIgnoredDevices"]] == [STRANGER]
    assert [entry["id"] for entry in item(state.state, "devices", LAPTOP)["ignoredFolders"]] == ["music", "pics"]


def forget(state):
    """What the daemon does after each change of its configuration."""
    config = state.state
    known = {device["deviceID"]: device for device in config["devices"]}
    gone = set(known) | {entry["deviceID"] for entry in config["remoteIgnoredDevices"]}
    state.pending["devices"] = {key: offer for key, offer in state.pending["devices"].items() if key not in gone}
    for folder_id, entry in list(state.pending["folders"].items()):
        made = item(config, "folders", folder_id)
        done = {share["deviceID"] for share in made["devices"]} if made else set()
        done |= {key for key, device in known.items() if folder_id in {one["id"] for one in device["ignoredFolders"]}}
        entry["offeredBy"] = {key: offer for key, offer in entry["offeredBy"].items() if key not in done}
        if not entry["offeredBy"]:
            del state.pending["folders"][folder_id]


def test_after_renaming_it_is_still_accepted(server, call):
    start = server(papers={LAPTOP: offered("Documents")})
    for args in (
        {"devices": ["office-1"], "device": {"name": "desk"}},
        {"folders": ["Documents"], "folder": {"label": "Papers"}, "base_path": "/x"},
    ):
        assert call(start, action="accept", **args)["changed"] is True
        forget(start.daemon)
        assert call(start, action="accept", **args)["changed"] is False


def test_an_offer_that_is_made_again_is_another_one(server, call):
    start = server()
    state = start.daemon
    state._meddle = lambda state: state.pending["devices"].update({OTHER: dict(DEVICES[OTHER], time="later")})
    assert call(start, action="dismiss", devices=[OTHER])["changed"] is True
    state._meddle = lambda state: state.pending["devices"].update({OTHER: dict(DEVICES[OTHER], time="later")})
    result = call(start, action="dismiss", devices=[OTHER])
    assert result["error"]["code"] == "not_applied"


def test_a_version_that_cannot(server, call):
    start = server("1.12.1")
    start.answers["GET /rest/cluster/pending/devices"] = Answer("404 page not found\n", 404)
    refused(call(start), start, "1.12.1", "1.13.0", code="unsupported")
    start = server("1.19.2")
    start.daemon.version = "v1.17.0"
    plain = start.answers["*"]

    def older(request):
        answer = plain(request)
        answer.headers["X-Syncthing-Version"] = "v1.17.0"
        return answer

    start.answers["*"] = older
    refused(call(start, action="dismiss", devices=["*"]), start, "1.17.0", "1.18.0", code="unsupported")
    assert call(start, action="accept", devices=[OTHER])["changed"] is True
