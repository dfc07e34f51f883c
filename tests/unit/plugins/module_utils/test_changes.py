# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import copy
import json
import json.encoder
import json.scanner

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._config import changes as _changes
from ansible_collections.community.syncthing.plugins.module_utils._config.changes import Change
from ansible_collections.community.syncthing.tests.unit import support
from ansible_collections.community.syncthing.tests.unit.support import LAPTOP, SLASHED, VAULT


def requests(*changes):
    return [" ".join(write[:2]) for write in _changes.writes(changes)]


@pytest.mark.parametrize("pure_python", [False, True])
@pytest.mark.parametrize("params", [{}, {"keep": "5"}])
def test_exact_empties_the_map_before_it_fills_it(monkeypatch, pure_python, params):
    """Fact 2: Go adds to the map that the default folder has."""
    if pure_python:
        monkeypatch.setattr(json.encoder, "c_make_encoder", None)
        monkeypatch.setattr(json, "_default_encoder", json.encoder.JSONEncoder())
    folder = support.current("1.29.5").config["folders"][0]
    folder["versioning"] = {"type": "simple", "params": params, "cleanupIntervalS": 1}
    before = copy.deepcopy(folder)
    text = json.dumps([_changes.exact(folder)])
    assert folder == before
    assert json.loads(text) == [folder]
    pairs = dict(json.loads(text, object_pairs_hook=list)[0])["versioning"]
    assert [key for key, _value in pairs].count("params") == 2
    assert [value for key, value in pairs if key == "params"] == [None, list(params.items())]


def test_the_order_of_writes():
    """Facts 14 and 34: what makes room goes first, a folder's device must be there before it, the GUI comes last."""
    thing = {"versioning": {}, "x": 1}
    changes = [
        Change("gui", "", {"a": 1}, {"a": 2}),
        Change("ignores", "x", [], ["*.o"]),
        Change("devices", VAULT, thing, None),
        Change("folders", "gone", thing, None),
        Change("folders", "a/b", thing, None),
        Change("ldap", "", {"a": 1}, {"a": 2}),
        Change("defaults/folder", "", thing, thing),
        Change("folders", "x", None, thing),
        Change("options", "", {"a": 1}, {"a": 2}),
        Change("devices", LAPTOP, None, thing),
        Change("ignored_devices", VAULT, None, thing),
    ]
    assert requests(*changes) == [
        "DELETE /rest/config/folders/gone",
        "PUT /rest/config",
        "PUT /rest/config/devices",
        "PUT /rest/config/folders",
        "DELETE /rest/config/devices/" + VAULT,
        "PUT /rest/config",
        "POST /rest/db/ignores?folder=x",
        "PUT /rest/config/defaults/folder",
        "PATCH /rest/config/options",
        "PATCH /rest/config/ldap",
        "PATCH /rest/config/gui",
    ]
    assert requests() == []


def test_many_objects_are_one_request():
    changes = [Change("devices", key, None, {"deviceID": key}) for key in (LAPTOP, VAULT)]
    bodies = [{"deviceID": LAPTOP}, {"deviceID": VAULT}]
    assert list(_changes.writes(changes)) == [_changes.Write("PUT", "/rest/config/devices", bodies, changes)]


@pytest.mark.parametrize(
    ("folder_id", "quoted"), [("a b?#%", "a%20b%3F%23%25"), ("\u00fc", "%C3%BC"), ("a..b", "a..b"), ("%2F", "%252F")]
)
def test_a_folder_is_removed_by_its_id(folder_id, quoted):
    assert requests(Change("folders", folder_id, {}, None)) == ["DELETE /rest/config/folders/" + quoted]
    assert requests(Change("ignores", folder_id, [], ["x"])) == ["POST /rest/db/ignores?folder=" + quoted]


@pytest.mark.parametrize("folder_id", ["a/b", ".", "..", "/", SLASHED])
def test_a_folder_that_no_url_can_name_is_removed_with_the_newest_configuration(folder_id):
    """Facts 16 and 9."""
    (write,) = _changes.writes([Change("folders", folder_id, {}, None)])
    assert write[:2] == ("PUT", "/rest/config")
    newest = support.current("2.1.3").config
    newest["folders"][0]["id"] = folder_id
    before = copy.deepcopy(newest)
    sent = json.loads(json.dumps(write.body(newest)))
    assert newest == before
    assert sent == dict(before, folders=before["folders"][1:])
    assert json.dumps(write.body(newest)).count('"params": null') == len(sent["folders"])


def test_of_a_section_only_what_changed_is_sent():
    """Facts 21 and 23: neither the key nor the hash of the password goes back."""
    before = support.current("1.19.2").config["gui"]
    (write,) = _changes.writes([Change("gui", "", before, dict(before, theme="dark"))])
    assert write[:3] == ("PATCH", "/rest/config/gui", {"theme": "dark"})


@pytest.mark.parametrize(
    ("before", "after", "action"), [(None, {}, "added"), ({}, None, "removed"), ({}, {}, "changed")]
)
def test_action(before, after, action):
    assert Change("devices", "x", before, after).action == action
