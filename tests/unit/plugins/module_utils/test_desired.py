# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._config import desired
from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.syncthing.plugins.module_utils._schema import tables
from ansible_collections.community.syncthing.tests.unit import support


def test_a_device():
    given = {"name": "laptop", "compression": "always", "paused": False, "extra": {"new": 1}, "state": "absent"}
    found = support.device("some name", place="devices[2].", **given)
    assert (found.place, found.device, found.present) == ("devices[2].", "some name", False)
    assert found.values == {"name": "laptop", "compression": "always", "paused": False}
    assert found.extra == {"new": 1}
    assert support.device("x").present
    assert support.device("x").values == {}


def test_a_folder():
    found = support.folder("x", path="/srv", devices=["a", {"device": "b", "encryption_password": "c"}])
    assert (found.id, found.present, found.values) == ("x", True, {"path": "/srv"})
    shares = [(share.place, share.device, share.encryption_password) for share in found.shares]
    assert shares == [("devices[0]", "a", None), ("devices[1]", "b", "c")]
    assert (found.append_shares, found.ignore_patterns) == (False, None)
    assert support.folder("x").shares is None
    assert support.folder("x", devices=[]).shares == []


@pytest.mark.parametrize(("value", "password"), [(None, None), ("", ""), ("0123", "0123")])
def test_no_password_is_not_an_empty_password(value, password):
    found = support.folder("x", devices=[{"device": "b", "encryption_password": value}])
    assert found.shares[0].encryption_password == password


def refused(make, *args, **given):
    with pytest.raises(InvalidInput) as caught:
        make(*args, **given)
    assert support.SECRET not in support.chain(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("place", ["", "folders[1]."])
@pytest.mark.parametrize(
    ("shares", "named"),
    [
        ([""], "devices[0]"),
        (["a", 5], "devices[1]"),
        ([["a"]], "devices[0]"),
        ([None], "devices[0]"),
        ([{}], "devices[0].device"),
        ([{"device": ""}], "devices[0].device"),
        ([{"device": None, "encryption_password": "planted-secret"}], "devices[0].device"),
        ([{"device": 5}], "devices[0].device"),
        ([{"device": "a", "password": "planted-secret"}], "devices[0].password"),
        ([{"device": "a", "encryptionPassword": "planted-secret"}], "devices[0].encryptionPassword"),
        ([{"device": "a", "encryption_password": 1234}], "devices[0].encryption_password"),
        ([{"device": "a", "encryption_password": ["planted-secret"]}], "devices[0].encryption_password"),
        ([{"device": "a", 5: 6}], "devices[0].5"),
    ],
)
def test_a_wrong_share_is_named_by_its_place(place, shares, named):
    assert place + named in refused(support.folder, "x", place=place, devices=shares)


@pytest.mark.parametrize("value", ["", None])
@pytest.mark.parametrize(
    ("make", "spec", "option"),
    [
        (desired.device, desired.device_argument_spec, "device_id"),
        (desired.folder, desired.folder_argument_spec, "id"),
    ],
)
def test_required_text_is_not_empty(make, spec, option, value):
    # An explicit null arrives as "" with some releases of Ansible.
    params = dict(support.options(spec(), {option: "x"}), **{option: value})
    assert f"place.{option}" in refused(make, params, "place.")


def test_appending_needs_devices():
    assert "folders[0].devices" in refused(support.folder, "x", place="folders[0].", append_devices=True)
    assert support.folder("x", append_devices=True, devices=[]).append_shares


@pytest.mark.parametrize("line", ["a\nb", "a\r", "\n"])
def test_one_pattern_an_entry(line):
    assert "x.ignore_patterns[1]" in refused(support.folder, "x", place="x.", ignore_patterns=["*.o", line])


def test_patterns_are_read_back_without_blanks_around_them():
    found = support.folder("x", ignore_patterns=[" *.o ", "// note", "", "\t!keep"])
    assert found.ignore_patterns == ["*.o", "// note", "", "!keep"]
    assert support.folder("x", ignore_patterns=[]).ignore_patterns == []


@pytest.mark.parametrize(
    ("make", "key", "option"),
    [
        (support.folder, "Path", "x.path"),
        (support.folder, "MINDISKFREE", "x.min_disk_free"),
        (support.folder, "ID", "x.id"),
        (support.folder, "devices", "x.devices"),
        (support.device, "maxsendkbps", "x.max_send_kbps"),
        # It would be written to the other device.
        (support.device, "deviceID", "x.device_id"),
        (support.device, "DEVICEid", "x.device_id"),
    ],
)
def test_extra_offers_no_second_way(make, key, option):
    message = refused(make, "name", place="x.", extra={key: support.STRANGER})
    assert f"x.extra.{key}" in message
    assert option in message


@pytest.mark.parametrize(
    ("spec", "table", "more"),
    [
        (desired.device_argument_spec, tables.DEVICE, {"device_id", "state", "extra"}),
        (
            desired.folder_argument_spec,
            tables.FOLDER,
            {"id", "state", "extra", "devices", "append_devices", "ignore_patterns"},
        ),
    ],
)
def test_every_field_is_an_option(spec, table, more):
    assert set(spec()) == {field.option for field in table} | more
    assert [name for name, entry in spec().items() if entry.get("required")] == sorted(more & {"device_id", "id"})


# -- the whole daemon


def test_everything_has_its_place():
    found = support.config(
        devices=[{"device_id": "a"}, {"device_id": "b", "state": "absent"}],
        folders=[{"id": "x", "devices": ["a"]}],
        options={"max_send_kbps": 5, "extra": {"new": 1}},
        gui={"user": "me", "password": "planted-secret"},
        defaults={"device": {"compression": "never"}, "folder": {"path": "~"}, "ignores": {"lines": [" x "]}},
        purge=["folders"],
    )
    assert [(entry.place, entry.device, entry.present) for entry in found.devices] == [
        ("devices[0].", "a", True),
        ("devices[1].", "b", False),
    ]
    assert found.folders[0].shares[0].place == "folders[0].devices[0]"
    assert [(s.name, s.place, s.values, s.extra) for s in found.sections] == [
        ("options", "options.", {"maxSendKbps": 5}, {"new": 1}),
        ("gui", "gui.", {"user": "me", "password": "planted-secret"}, {}),
    ]
    assert found.default_device.values == {"compression": "never"}
    assert (found.default_folder.place, found.default_folder.values) == ("defaults.folder.", {"path": "~"})
    assert found.default_ignores == ["x"]
    assert found.purge == desired.Purge(folders=True)
    assert found.gui_password() == "planted-secret"
    assert support.config() == desired.Desired(devices=[], folders=[], sections=[], ignored_devices=[])


@pytest.mark.parametrize("kind", ["devices", "folders"])
def test_a_purge_needs_to_know_what_stays(kind):
    message = refused(support.config, purge=[kind])
    assert "purge" in message
    assert kind in message
    assert getattr(support.config(**{"purge": [kind], kind: []}).purge, kind)
