# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import copy

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._config import other_writers
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
    before = other_writers.find(config, DOCS)
    return other_writers.sent([Change("folders", "docs", before, other_writers.find(after, DOCS))]), after


def test_what_came_between_is_lost_and_put_back(base):
    theirs = with_folder(base, paused=True, label="theirs")
    write, after = ours(base, rescanIntervalS=77)
    lost = other_writers.lost(base, [write], [theirs, after], after)
    assert sorted(loss.place for loss in lost) == ["folders['docs'].label", "folders['docs'].paused"]
    config, back = other_writers.put_back(after, lost)
    assert back == lost
    assert other_writers.find(config, DOCS) == dict(other_writers.find(after, DOCS), paused=True, label="theirs")


def test_what_changed_again_is_newer(base):
    write, after = ours(base, rescanIntervalS=77)
    newer = with_folder(after, label="newer")
    saves = [with_folder(base, label="theirs"), after, newer]
    assert other_writers.lost(base, [write], saves, newer) == []
    lost = other_writers.lost(base, [write], saves[:2], after)
    assert other_writers.put_back(newer, lost) == (newer, [])


def test_what_another_writer_takes_back_itself_is_not_lost(base):
    write, after = ours(base, rescanIntervalS=77)
    assert other_writers.lost(base, [write], [with_folder(base, label="x"), base, after, after], after) == []
    assert other_writers.lost(base, [write], [after, with_folder(after, label="x"), after], after) == []


def test_a_save_of_both_together(base):
    """Somebody else's write came before the save of ours."""
    write, after = ours(base, rescanIntervalS=77)
    both = with_folder(after, maxConflicts=3)
    lost = other_writers.lost(base, [write], [with_folder(base, label="theirs"), both], both)
    assert [loss.path for loss in lost] == [("label",)]


def test_shares_and_their_secrets(base):
    devices = other_writers.find(base, DOCS)["devices"]
    new = {"deviceID": VAULT, "introducedBy": "", "encryptionPassword": "planted-secret"}
    known = [share for share in devices if share["deviceID"] != LAPTOP and share["deviceID"] != VAULT]
    theirs = with_folder(base, devices=[*known, new])
    write, after = ours(base, rescanIntervalS=77)
    lost = other_writers.lost(base, [write], [theirs, after], after)
    assert not [loss.place for loss in lost if "planted" in loss.place]
    config, _back = other_writers.put_back(after, lost)
    shares = {share["deviceID"]: share for share in other_writers.find(config, DOCS)["devices"]}
    assert shares == {share["deviceID"]: share for share in [*known, new]}


def test_a_whole_configuration_takes_objects_away(base):
    """And what it was sent for tells which save is its own."""
    after = copy.deepcopy(base)
    after["folders"] = [entry for entry in base["folders"] if entry["id"] != support.SLASHED]
    write = other_writers.Sent(other_writers.everything(base), other_writers.everything(after), whole=True)
    theirs = with_folder(base, label="theirs")
    theirs["folders"].append(dict(base["folders"][0], id="added"))
    theirs["options"]["maxSendKbps"] = 99
    lost = other_writers.lost(base, [write], [theirs, after], after)
    assert {loss.place for loss in lost} == {"folders['added']", "folders['docs'].label", "options.max_send_kbps"}
    config, _back = other_writers.put_back(after, lost)
    assert other_writers.find(config, ("folders", "added"))["id"] == "added"
    assert config["options"]["maxSendKbps"] == 99
    gone = copy.deepcopy(base)
    gone["folders"] = [entry for entry in base["folders"] if entry["id"] != "docs"]
    (loss,) = other_writers.lost(base, [write], [gone, after], after)
    assert other_writers.find(other_writers.put_back(after, [loss])[0], DOCS) is None
