# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import json
import types

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._errors import BadApiKey, NotFound
from ansible_collections.community.syncthing.plugins.module_utils._operations import info
from ansible_collections.community.syncthing.tests.unit import support
from ansible_collections.community.syncthing.tests.unit.support import LAPTOP, SLASHED, STRANGER, VAULT


class Client:
    """Has one answer for each path; an exception is raised."""

    def __init__(self, version="1.29.5", **answers):
        data = support.load("config-" + version)
        self.my_id, self.version, self._config = data["my_id"], data["version"], data["config"]
        self.asked = []
        self.endpoint = types.SimpleNamespace(is_local=True, on_host=lambda path: path)
        self.answers = {
            "/rest/system/status": {
                "myID": self.my_id,
                "startTime": "now",
                "guiAddressUsed": "x",
                "discoveryErrors": {"aB": 1},
            },
            "/rest/system/version": {"version": self.version, "longVersion": "long", "isBeta": False},
            "/rest/system/connections": {
                "connections": {LAPTOP: {"connected": True, "clientVersion": "v1"}},
                "total": {},
            },
            "/rest/db/completion": {"completion": 99.5, "needBytes": 1, "remoteState": "valid"},
            "/rest/stats/device": {LAPTOP: {"lastSeen": "then", "lastConnectionDurationS": 1.5}},
            "/rest/stats/folder": {SLASHED: {"lastScan": "then", "lastFile": {"filename": "x"}}},
            "/rest/cluster/pending/devices": {STRANGER: {"time": "then", "name": "s", "address": "a"}},
            "/rest/cluster/pending/folders": {"aB": {"offeredBy": {LAPTOP: {"receiveEncrypted": False, "label": "L"}}}},
            "/rest/folder/errors": {"folder": "x", "errors": None},
            "/rest/db/status": {"state": "idle"},
            "/rest/system/error": {"errors": None},
            "/rest/system/paths": {"database": "/"},
            "/rest/system/ping": {"ping": "pong"},
        }
        self.answers.update({"/rest/" + name.replace("__", "/"): answer for name, answer in answers.items()})

    def config(self):
        return self.get("/rest/config")

    def get(self, path, params=None):
        self.asked.append((path, dict(params or {})))
        answer = self._config if path == "/rest/config" else self.answers[path]
        if isinstance(answer, Exception):
            raise answer
        return answer


def gather(client, *subsets):
    found = info.gather(client, subsets)
    assert (found.pop("my_id"), found.pop("version")) == (client.my_id, client.version)
    assert set(found) == set(subsets)
    return found[subsets[0]] if len(subsets) == 1 else found


def test_without_a_subset_it_is_one_request():
    client = Client()
    assert gather(client) == {}
    assert client.asked == [("/rest/system/ping", {})]


@pytest.mark.parametrize("version", support.VERSIONS)
def test_everything_without_secrets(version):
    client = Client(version)
    found = info.gather(client, ["all", "devices"])
    assert set(found) == {"my_id", "version", *info.SUBSETS}
    assert support.SECRET not in json.dumps(found)
    assert [path for path, _params in client.asked].count("/rest/config") == 1


def test_system():
    found = gather(Client(), "system")
    expected = {"version", "long_version", "is_beta", "my_id", "start_time", "gui_address_used", "discovery_errors"}
    assert set(found) == expected
    assert found["discovery_errors"] == {"aB": 1}


@pytest.mark.parametrize("version", support.VERSIONS)
def test_config_can_be_declared_again_as_it_is(version):
    shown = gather(Client(version), "config")
    parts = {"devices", "folders", "options", "gui", "ldap", "ignored_devices"}
    assert set(shown) == parts | (set() if version == "1.12.1" else {"defaults"})
    assert ("ignores" in shown.get("defaults", {})) == (version not in ("1.12.1",))
    now = support.current(version)
    # What the daemon has is not refused, though it may be nothing to write.
    found = support._reconcile.plan(now, support.config(**shown))
    assert found == ([], [], [device["device_id"] for device in shown["devices"]])


def test_devices_and_folders():
    found = gather(Client(), "devices", "folders")
    assert {device["device_id"] for device in found["devices"]} == {Client().my_id, LAPTOP, VAULT}
    assert [folder["id"] for folder in found["folders"]] == [SLASHED, "crypt", "docs"]


def test_the_levels_below_are_in_options_too():
    """But addresses and IDs, which are keys there, stay as they are."""
    status = {
        "myID": "x",
        "connectionServiceStatus": {"tcp://aB": {"lanAddresses": [], "wAN": 1}},
        "lastDialStatus": None,
    }
    found = gather(Client(system__status=status), "system")
    assert found["connection_service_status"] == {"tcp://aB": {"lan_addresses": [], "w_an": 1}}
    assert found["last_dial_status"] is None
    states = {LAPTOP: {"primary": {"isLocal": True}, "secondary": [{"isLocal": False}]}, VAULT: {"primary": None}}
    assert gather(Client(system__connections={"connections": states}), "connections") == {
        LAPTOP: {"primary": {"is_local": True}, "secondary": [{"is_local": False}]},
        VAULT: {"primary": None},
    }


def test_connections():
    assert gather(Client(), "connections") == {LAPTOP: {"connected": True, "client_version": "v1"}}


def test_completion():
    """Fact 30: of a paused folder the daemon knows nothing."""
    client = Client()
    state = {"completion": 99.5, "need_bytes": 1, "remote_state": "valid"}
    assert gather(client, "completion") == {
        SLASHED: {},
        "crypt": {client.my_id: state, VAULT: state},
        "docs": {client.my_id: state, VAULT: state, LAPTOP: state},
    }
    asked = [params for path, params in client.asked if path == "/rest/db/completion"]
    assert {"folder": "docs", "device": ""} in asked
    assert {"folder": "docs", "device": LAPTOP} in asked
    assert client.my_id not in str(asked)
    gone = gather(Client(db__completion=NotFound("paused")), "completion")
    assert set(gone["docs"].values()) == {None}


def test_stats():
    assert gather(Client(), "stats") == {
        "devices": {LAPTOP: {"last_seen": "then", "last_connection_duration_s": 1.5}},
        "folders": {SLASHED: {"last_scan": "then", "last_file": {"filename": "x"}}},
    }


def test_pending():
    assert gather(Client(), "pending") == {
        "devices": {STRANGER: {"time": "then", "name": "s", "address": "a"}},
        "folders": {"aB": {LAPTOP: {"receive_encrypted": False, "label": "L"}}},
    }
    assert gather(Client(cluster__pending__devices=NotFound("before 1.13")), "pending") is None


def test_disk(tmp_path):
    client = Client(system__status={"myID": "x", "tilde": str(tmp_path)})
    for folder, path in zip(client._config["folders"], ("~", "relative", str(tmp_path / "missing"))):
        folder["path"] = path
    found = gather(client, "disk")
    assert set(found["database"]) == {"size_bytes", "free_bytes"} and list(found["folders"].values())[1:] == [
        None,
        None,
    ]
    assert 0 < list(found["folders"].values())[0]["free_bytes"] <= list(found["folders"].values())[0]["size_bytes"]
    assert gather(Client(system__paths=NotFound("before 1.21")), "disk")["database"] is None
    client.endpoint.is_local = False
    assert gather(client, "disk") is None


def test_errors():
    mistake = {"path": "x", "error": "denied"}
    assert gather(Client(), "errors") == {"system": [], "folders": {"crypt": [], "docs": []}}
    client = Client(folder__errors={"errors": [mistake]}, system__error={"errors": [{"message": "m"}]})
    found = gather(client, "errors")
    assert found == {"system": [{"message": "m"}], "folders": {"crypt": [mistake], "docs": [mistake]}}
    stopped = gather(Client(folder__errors={"errors": [mistake]}, db__status={"error": "why"}), "errors")["folders"]
    assert stopped["docs"] == [{"path": "", "error": "why"}, mistake]
    assert gather(Client(folder__errors=NotFound("not running")), "errors")["folders"] == {}


@pytest.mark.parametrize("subset", info.SUBSETS)
def test_only_404_is_absence(subset):
    client = Client()
    client.answers = {path: BadApiKey("no") for path in client.answers}
    if subset in ("config", "devices", "folders"):
        gather(client, subset)
    else:
        with pytest.raises(BadApiKey):
            gather(client, subset)
