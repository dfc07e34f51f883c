# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import copy

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._config import merge
from ansible_collections.community.syncthing.plugins.module_utils._config.changes import Change
from ansible_collections.community.syncthing.tests.unit import support
from ansible_collections.community.syncthing.tests.unit.support import LAPTOP, VAULT, item

DOCS = ("folders", "docs")


@pytest.fixture
def base():
    return support.current("2.1.3").config


def with_folder(config, **fields):
    config = copy.deepcopy(config)
    item(config, "folders", "docs").update(fields)
    return config


def ours(config, **fields):
    """Our write, and what the daemon has after it."""
    after = with_folder(config, **fields)
    before = merge.find(config, DOCS)
    return merge.sent([Change("folders", "docs", before, merge.find(after, DOCS))]), after


def test_what_came_between_is_lost_and_put_back(base):
    theirs = with_folder(base, paused=True, label="theirs")
    write, after = ours(base, rescanIntervalS=77)
    lost = merge.lost(base, [write], [theirs, after], after)
    assert sorted(loss.place for loss in lost) == ["folders['docs'].label", "folders['docs'].paused"]
    config, back = merge.put_back(after, lost)
    assert back == lost
    assert merge.find(config, DOCS) == dict(merge.find(after, DOCS), paused=True, label="theirs")


def test_what_changed_again_is_newer(base):
    write, after = ours(base, rescanIntervalS=77)
    newer = with_folder(after, label="newer")
    saves = [with_folder(base, label="theirs"), after, newer]
    assert merge.lost(base, [write], saves, newer) == []
    lost = merge.lost(base, [write], saves[:2], after)
    assert merge.put_back(newer, lost) == (newer, [])


def test_what_another_writer_takes_back_itself_is_not_lost(base):
    write, after = ours(base, rescanIntervalS=77)
    assert merge.lost(base, [write], [with_folder(base, label="x"), base, after, after], after) == []
    assert merge.lost(base, [write], [after, with_folder(after, label="x"), after], after) == []


def test_a_save_of_both_together(base):
    """Somebody else's write came before the save of ours."""
    write, after = ours(base, rescanIntervalS=77)
    both = with_folder(after, maxConflicts=3)
    lost = merge.lost(base, [write], [with_folder(base, label="theirs"), both], both)
    assert [loss.path for loss in lost] == [("label",)]


def test_shares_and_their_secrets(base):
    devices = merge.find(base, DOCS)["devices"]
    new = {"deviceID": VAULT, "introducedBy": "", "encryptionPassword": "planted-secret"}
    known = [share for share in devices if share["deviceID"] != LAPTOP and share["deviceID"] != VAULT]
    theirs = with_folder(base, devices=[*known, new])
    write, after = ours(base, rescanIntervalS=77)
    lost = merge.lost(base, [write], [theirs, after], after)
    assert not [loss.place for loss in lost if "planted" in loss.place]
    config, _back = merge.put_back(after, lost)
    shares = {share["deviceID"]: share for share in merge.find(config, DOCS)["devices"]}
    assert shares == {share["deviceID"]: share for share in [*known, new]}


def test_a_whole_configuration_takes_objects_away(base):
    """And what it was sent for tells which save is its own."""
    after = copy.deepcopy(base)
    after["folders"] = [entry for entry in base["folders"] if entry["id"] != support.SLASHED]
    write = merge.Sent(merge.everything(base), merge.everything(after), whole=True)
    theirs = with_folder(base, label="theirs")
    theirs["folders"].append(dict(base["folders"][0], id="added"))
    theirs["options"]["maxSendKbps"] = 99
    lost = merge.lost(base, [write], [theirs, after], after)
    assert {loss.place for loss in lost} == {"folders['added']", "folders['docs'].label", "options.max_send_kbps"}
    config, _back = merge.put_back(after, lost)
    assert merge.find(config, ("folders", "added"))["id"] == "added"
    assert config["options"]["maxSendKbps"] == 99
    gone = copy.deepcopy(base)
    gone["folders"] = [entry for entry in base["folders"] if entry["id"] != "docs"]
    (loss,) = merge.lost(base, [write], [gone, after], after)
    assert merge.find(merge.put_back(after, [loss])[0], DOCS) is None
