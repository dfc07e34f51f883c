# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import copy
import hashlib
import json

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.syncthing.plugins.module_utils._schema import device_ids, tables
from ansible_collections.community.syncthing.plugins.module_utils._schema.field import argument_spec
from ansible_collections.community.syncthing.plugins.plugin_utils._fleet import Fleet
from ansible_collections.community.syncthing.tests.unit import support
from hypothesis import given
from hypothesis import strategies as st

HOSTS = ["alpha", "beta", "delta", "gamma", "vault1", "vault2"]
GROUPS = {
    "all": HOSTS,
    "ungrouped": [],
    "desks": ["alpha", "beta"],
    "homes": ["beta", "gamma"],
    "vaults": ["vault1", "vault2"],
    "none": [],
}
SECRET = support.SECRET
FOLDER_KEYS = sorted(
    {*argument_spec(tables.FOLDER), "encryption_password", "extra", "id", "ignore_patterns", "members"}
)


def device_id(name):
    return device_ids.from_bytes(hashlib.sha256(name.encode()).digest())


def identities(*without):
    return {host: {"device_id": device_id(host)} for host in HOSTS if host not in without}


PHONE = {"name": "phone", "device_id": device_id("phone")}


def folder(*members, **options):
    return dict({"id": "docs", "path": "/srv/docs"}, members=list(members), **options)


def declared(*folders, **more):
    return dict({"folders": list(folders)}, **more)


def result(fleet, host, known=None, **options):
    found = Fleet(fleet, GROUPS).result(host, identities() if known is None else known, **options)
    support.config(**found)  # syncthing_config takes every result
    return found


def shared(fleet, host, **options):
    """Of each folder, the names of the devices that it is shared with."""
    found = result(fleet, host, **options)
    names = {device["device_id"]: device["name"] for device in found["devices"]}
    return {entry["id"]: [names[share["device"]] for share in entry["devices"]] for entry in found["folders"]}


def refused(fleet, *words, host="alpha", groups=None, **options):
    with pytest.raises(InvalidInput) as caught:
        found = Fleet(fleet, groups or GROUPS)
        found.refuse_purge(options.pop("purge", ()))
        found.result(host, options.pop("known", identities()), **options)
    said = str(caught.value)
    assert SECRET not in support.chain(caught.value) and said[-1] in ".?" and "\n" not in said
    for word in words:
        assert word in said, said


# -- members


def test_result():
    fleet = declared(
        folder("desks", "phone", rescan_interval_s=60),
        folder("alpha", {"name": "gamma", "path": "/mnt/music", "paused": True}, id="music", path="~/Music"),
        outside_devices=[dict(PHONE, compression="always")],
    )
    known = identities()
    known["beta"] = {"device_id": device_id("beta").lower(), "addresses": ["tcp://192.0.2.2:22000"], "name": "Beta"}
    known["gamma"]["addresses"] = []
    assert result(fleet, "alpha", known) == {
        "devices": [
            {"device_id": device_id("alpha"), "name": "alpha"},
            {
                "device_id": device_id("beta"),
                "name": "Beta",
                "addresses": ["tcp://192.0.2.2:22000"],
                "introducer": False,
            },
            {"device_id": device_id("gamma"), "name": "gamma", "addresses": ["dynamic"], "introducer": False},
            {"name": "phone", "device_id": device_id("phone"), "addresses": ["dynamic"], "compression": "always"},
        ],
        "folders": [
            {
                "id": "docs",
                "path": "/srv/docs",
                "rescan_interval_s": 60,
                "devices": [
                    {"device": device_id("beta"), "encryption_password": ""},
                    {"device": device_id("phone")},
                ],
            },
            {"id": "music", "path": "~/Music", "devices": [{"device": device_id("gamma"), "encryption_password": ""}]},
        ],
        "options": {},
    }
    [music] = result(fleet, "gamma", known)["folders"]
    shares = [{"device": device_id("alpha"), "encryption_password": ""}]
    assert music == {"id": "music", "path": "/mnt/music", "paused": True, "devices": shares}


def test_host_without_folder():
    fleet = declared(folder("alpha", "beta"))
    assert result(fleet, "delta") == {
        "devices": [{"device_id": device_id("delta"), "name": "delta"}],
        "folders": [],
        "options": {},
    }
    assert result(fleet, "delta", {}) == {"devices": [], "folders": [], "options": {}}
    assert result({}, "delta")["folders"] == []


def test_what_is_said_of_the_host_wins_over_its_groups():
    fleet = declared(
        folder(
            {"name": "beta", "paused": True},
            {"name": "desks", "type": "sendonly", "paused": False},
            "homes",
            {"name": "beta", "label": "x"},
        )
    )
    found = result(fleet, "beta")["folders"][0]
    assert (found["type"], found["paused"], found["label"]) == ("sendonly", True, "x")
    assert result(fleet, "alpha")["folders"][0]["paused"] is False
    assert "type" not in result(fleet, "gamma")["folders"][0]


@pytest.mark.parametrize("name", ["alpha", "desks"])
def test_the_same_said_twice_is_no_contradiction(name):
    fleet = declared(folder({"name": name, "type": "sendonly"}, {"name": name, "type": "sendonly"}, "homes"))
    assert result(fleet, "alpha")["folders"][0]["type"] == "sendonly"


def test_host_is_meant_where_a_group_has_its_name():
    groups = dict(GROUPS, alpha=["beta", "gamma"])
    found = Fleet(declared(folder("alpha", "delta")), groups)
    assert sorted(found.folders[0].members) == ["alpha", "delta"]


@pytest.mark.parametrize("unset", [None, ""])
def test_empty_answers_are_no_answers(unset):
    fleet = declared(
        folder({"name": "alpha", "path": unset, "type": unset}, "beta", encryption_password=unset, label=unset),
        topology=unset,
        hubs=unset,
        outside_devices=unset,
    )
    assert result(fleet, "alpha")["folders"][0]["path"] == "/srv/docs"
    known = dict(identities(), beta={"device_id": device_id("beta"), "addresses": unset, "name": unset})
    assert result(fleet, "alpha", known) == result(fleet, "alpha")


# -- topologies


@pytest.mark.parametrize("topology", ["hub", "introducer"])
def test_hubs(topology):
    fleet = declared(
        folder("all", "phone"),
        folder("alpha", "phone", id="photos", path="/srv/photos"),
        topology=topology,
        hubs=["homes", "phone"],
        outside_devices=[PHONE],
    )
    assert shared(fleet, "alpha") == {"docs": ["beta", "gamma", "phone"], "photos": ["phone"]}
    assert sorted(shared(fleet, "beta")["docs"]) == ["alpha", "delta", "gamma", "phone", "vault1", "vault2"]
    introducers = {
        host: sorted(device["name"] for device in result(fleet, host)["devices"] if device.get("introducer"))
        for host in ("alpha", "beta")
    }
    assert introducers == {"alpha": ["beta", "gamma", "phone"] if topology == "introducer" else [], "beta": []}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"topology": "star"}, ["topology", "'star'", "mesh, hub, introducer"]),
        ({"topology": "hub"}, ["hubs"]),
        ({"hubs": ["alpha"]}, ["hubs", "mesh"]),
        ({"topology": "hub", "hubs": ["delta"]}, ["'docs'", "hub", "alpha"]),
        ({"topology": "hub", "hubs": ["none"]}, ["'docs'", "hub"]),
        ({"topology": "hub", "hubs": ["alhpa"]}, ["hubs", "'alhpa'", "Did you mean 'alpha'?"]),
        ({"topology": "hub", "hubs": "alpha"}, ["hubs must be a list"]),
        ({"topology": ["hub"]}, ["topology"]),
    ],
)
def test_topologies_that_are_refused(more, words):
    refused(declared(folder("alpha", "beta"), **more), *words)


# -- encryption

VAULT = {"name": "vaults", "type": "receiveencrypted"}


def passwords(found):
    return {
        share["device"]: share["encryption_password"]
        for entry in found["folders"]
        for share in entry["devices"]
        if share.get("encryption_password")
    }


def test_passwords_are_with_those_who_may_read():
    fleet = declared(
        folder("desks", VAULT, {"name": "vault2", "encryption_password": SECRET + "-2"}, encryption_password=SECRET)
    )
    expected = {device_id("vault1"): SECRET, device_id("vault2"): SECRET + "-2"}
    assert passwords(result(fleet, "alpha")) == passwords(result(fleet, "beta")) == expected
    assert SECRET not in json.dumps(result(fleet, "vault1"))
    # Syncthing exchanges what is encrypted with the same password only.
    assert shared(fleet, "vault1") == {"docs": ["alpha", "beta"]}


def test_encrypted_members_share_with_each_other():
    fleet = declared(folder("alpha", dict(VAULT, encryption_password=SECRET)))
    assert shared(fleet, "vault1") == {"docs": ["alpha", "vault2"]}
    assert SECRET not in json.dumps(result(fleet, "vault1"))


@pytest.mark.parametrize("more", [{}, {"type": "receiveencrypted"}])
def test_outside_device_that_is_not_trusted(more):
    fleet = declared(folder("alpha", {"name": "phone", "encryption_password": SECRET, **more}), outside_devices=[PHONE])
    assert passwords(result(fleet, "alpha")) == {device_id("phone"): SECRET}


def test_who_keeps_it_for_others_needs_no_password():
    """The readers are outside, and the password is theirs."""
    fleet = declared(folder("phone", {"name": "alpha", "type": "receiveencrypted"}), outside_devices=[PHONE])
    assert shared(fleet, "alpha") == {"docs": ["phone"]} and passwords(result(fleet, "alpha")) == {}


@pytest.mark.parametrize(
    ("members", "more", "words"),
    [
        (["alpha", VAULT], {}, ["'docs'", "vault1", "encryption_password"]),
        ([VAULT], {"encryption_password": SECRET}, ["'docs'", "nobody could read"]),
        (["alpha"], {"encryption_password": SECRET}, ["'docs'", "type", "receiveencrypted"]),
        (["alpha", {"name": "beta", "encryption_password": SECRET}], {}, ["'docs'", "beta", "sendreceive"]),
        (
            ["alpha", {"name": "beta", "type": "sendonly", "encryption_password": SECRET}],
            {},
            ["'docs'", "beta", "sendonly"],
        ),
        (["alpha", dict(VAULT, encryption_password=1234)], {}, ["encryption_password must be a string"]),
        (["alpha", VAULT], {"encryption_password": [SECRET]}, ["encryption_password must be a string"]),
        (
            [
                "alpha",
                dict(VAULT, encryption_password=SECRET),
                {"name": "all", "encryption_password": SECRET + "x"},
            ],
            {},
            ["'docs'", "vault1", "different values", "encryption_password"],
        ),
        (["alpha", {"name": "phone", "type": "sendonly"}], {}, ["'docs'", "phone", "receiveencrypted"]),
        (["alpha", {"name": "phone", "path": "/x"}], {}, ["'docs'", "phone", "path"]),
    ],
)
def test_encryption_that_is_refused(members, more, words):
    refused(declared(folder(*members, **more), outside_devices=[PHONE]), *words)


def test_hubs_that_hold_it_encrypted():
    fleet = declared(folder("alpha", dict(VAULT, encryption_password=SECRET)), topology="hub", hubs=["vault1"])
    assert shared(fleet, "alpha") == {"docs": ["vault1"]}
    assert shared(fleet, "vault2") == {"docs": ["vault1"]}
    refused(dict(fleet, topology="introducer"), "'docs'", "vault1", "trusted")
    other = {"name": "vault2", "encryption_password": SECRET + "-2"}
    fleet = declared(folder("alpha", VAULT, other, encryption_password=SECRET), topology="hub", hubs=["vault1"])
    refused(fleet, "'docs'", "vault2", "another password")


# -- device IDs


def test_missing_ids():
    fleet = declared(folder("desks", "homes"))
    refused(
        fleet, "beta, gamma", "run the play", "syncthing_device_id", "syncthing_certificate",
        known=identities("beta", "gamma", "delta"),
    )  # fmt: skip
    refused(fleet, "beta", known=dict(identities(), beta={"device_id": ""}))
    known = identities("beta")
    assert shared(fleet, "alpha", known=known, missing="skip") == {"docs": ["gamma"]}


def test_who_is_not_known_loses_nothing():
    fleet = declared(folder("desks"), folder("desks", "homes", id="more", path="/srv/more"))
    for without, kept in (((), {"docs": False, "more": False}), (["alpha"], {"docs": False, "more": False}),
                          (["beta"], {"docs": True, "more": True}),
                          (["gamma"], {"docs": False, "more": True})):  # fmt: skip
        made = result(fleet, "alpha", identities(*without), missing="skip")["folders"]
        assert {folder["id"]: folder.get("append_devices", False) for folder in made} == kept, without


def test_peers():
    fleet = declared(
        folder("desks", "phone"),
        folder("delta", id="other"),
        folder("alpha", dict(VAULT, encryption_password=SECRET), id="cold", path="/cold"),
        outside_devices=[PHONE],
    )
    found = Fleet(fleet, GROUPS)
    assert found.peers(["beta"]) == ["alpha", "beta"]
    assert found.peers(["delta"]) == ["delta"]
    assert found.peers(["alpha"]) == ["alpha", "beta", "vault1", "vault2"]
    assert found.peers(["gamma", "vault1", "delta"]) == ["alpha", "delta", "gamma", "vault1", "vault2"]
    with pytest.raises(InvalidInput, match="'alhpa' is not a host.*'alpha'"):
        found.peers(["alhpa"])


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"device_id": device_id("alpha")}, ["alpha", "beta", "same device ID", "key.pem"]),
        ({"device_id": device_id("phone")}, ["phone", "beta", "same device ID"]),
        ({"device_id": device_id("beta"), "name": "alpha"}, ["alpha and beta", "'alpha'"]),
        ({"device_id": device_id("beta"), "name": "phone"}, ["phone and beta", "'phone'"]),
        ({"device_id": device_id("beta")[:-1]}, ["beta", "not a device ID"]),
        ({"device_id": 5}, ["beta", "device_id must be text"]),
        ({"device_id": device_id("beta"), "addresses": ["192.0.2.1"]}, ["beta", "192.0.2.1", "tcp://"]),
        ({"device_id": device_id("beta"), "addresses": "tcp://192.0.2.1"}, ["addresses of beta", "list"]),
        ({"device_id": device_id("beta"), "adresses": []}, ["beta", "'adresses'", "'addresses'"]),
        (device_id("beta"), ["beta", "dict"]),
    ],
)
def test_identities_that_are_refused(known, words):
    refused(
        declared(folder("alpha", "beta", "phone"), outside_devices=[PHONE]),
        *words,
        known=dict(identities(), beta=known),
    )


@pytest.mark.parametrize(
    ("devices", "words"),
    [
        ([dict(PHONE, device_id="phone")], ["'phone'", "not a device ID"]),
        ([{"name": "phone"}], ["'phone'", "device_id", "required"]),
        ([{"device_id": PHONE["device_id"]}], ["outside_devices[0].name", "required"]),
        ([PHONE, dict(PHONE, device_id=device_id("x"))], ["'phone'", "twice"]),
        ([PHONE, dict(PHONE, name="tablet")], ["'tablet'", "'phone'", PHONE["device_id"]]),
        ([dict(PHONE, name="alpha")], ["'alpha'", "host or group"]),
        ([dict(PHONE, name="desks")], ["'desks'", "host or group"]),
        ([dict(PHONE, adresses=[])], ["'adresses'", "'addresses'"]),
        ([dict(PHONE, addresses=["phone"])], ["'phone'", "addresses", "tcp://"]),
        ([dict(PHONE, compression="yes")], ["'phone'", "compression", "metadata"]),
        ([dict(PHONE, allowed_networks=[5])], ["'phone'", "allowed_networks"]),
        ("phone", ["outside_devices must be a list"]),
        (["phone"], ["outside_devices[0] must be a dict"]),
    ],
)
def test_outside_devices_that_are_refused(devices, words):
    refused(declared(folder("alpha"), outside_devices=devices), *words)


@pytest.mark.parametrize("accepts", [True, "yes"])
def test_purge_with_auto_accept_is_refused(accepts):
    fleet = declared(folder("alpha"), outside_devices=[dict(PHONE, auto_accept_folders=accepts)])
    refused(fleet, "'phone'", "auto_accept_folders", "purg", purge=["folders"])
    Fleet(fleet, GROUPS).refuse_purge(["devices"])
    fleet["outside_devices"][0]["auto_accept_folders"] = False
    Fleet(fleet, GROUPS).refuse_purge(["folders"])


# -- contradictions


@pytest.mark.parametrize(
    ("fleet", "words"),
    [
        (["docs"], ["the fleet must be a dict"]),
        ({"folder": []}, ["the fleet", "'folder'", "'folders'"]),
        (declared(None), ["folders[0] must be a dict"]),
        (declared(folder("alpha", id="")), ["folders[0].id", "required"]),
        (declared(folder("alpha", id=5)), ["folders[0].id", "quotes"]),
        (declared({"id": "docs", "path": "/srv"}), ["'docs'", "members"]),
        (declared(folder("alhpa")), ["'docs'", "'alhpa'", "Did you mean 'alpha'?"]),
        (declared(folder("phone")), ["'docs'", "'phone'"]),
        (declared(folder(5)), ["'docs': members[0] must be a dict"]),
        (declared(folder({"type": "sendonly"})), ["'docs': members[0].name", "required"]),
        (declared(folder({"name": ["alpha"]})), ["'docs': members[0].name"]),
        (declared(folder({"name": "alpha", "tpye": "sendonly"})), ["'docs'", "'tpye'", "'type'"]),
        (declared(folder({"name": "alpha", "rescanIntervalS": 5})), ["'rescanIntervalS'", "rescan_interval_s"]),
        (declared(folder({"name": "alpha", "devices": []})), ["'docs'", "'devices'"]),
        (declared(folder("alpha", state="absent")), ["'state'"]),
        (declared(dict(folder(), members="alpha")), ["'docs': members must be a list"]),
        (declared(folder("alpha", type="recieveencrypted")), ["'docs'", "type", "'recieveencrypted'"]),
        (declared(folder({"name": "desks", "type": "none"})), ["'docs'", "'desks'", "'none'", "sendonly"]),
        (declared(folder("alpha", path="srv")), ["'docs'", "path", "'srv'"]),
        (declared(folder({"name": "alpha", "path": ["/srv"]})), ["'docs'", "path", "text"]),
        (declared(folder("desks", path=None)), ["'docs'", "no path on alpha, beta"]),
        (declared(folder("all", path="")), ["alpha, beta, delta and 3 more"]),
        (declared(folder("alpha"), folder("beta")), ["'docs'", "twice"]),
        (
            declared(folder({"name": "desks", "type": "sendonly"}, {"name": "homes", "type": "receiveonly"})),
            ["'docs'", "beta", "'sendonly'", "'receiveonly'"],
        ),
        (
            declared(folder({"name": "alpha", "paused": True}, {"name": "alpha", "paused": False})),
            ["'docs'", "alpha", "True", "False", "paused"],
        ),
    ],
)
def test_fleets_that_are_refused(fleet, words):
    refused(fleet, *words)
    refused(fleet, *words, host="delta")  # by every host


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("/srv/a", "/srv/a/", True),
        ("/srv/a", "//srv/./b/../a", True),
        ("~", "~/", True),
        ("C:\\Data", "c:/data/", True),
        ("/srv", "/srv/a", False),
        ("/", "/srv/a/b", False),
        ("~", "~/Music", False),
        ("C:\\", "C:\\Data", False),
    ],
)
def test_paths_that_are_refused(one, two, same):
    fleet = declared(folder("all", path=one), folder({"name": "beta", "path": two}, id="other"))
    refused(fleet, "'docs'", "'other'", "beta", "same path" if same else "lies in")
    fleet = declared(folder("all", path=two), folder({"name": "beta", "path": one}, id="other"))
    refused(fleet, "'docs'", "'other'", "beta", "same path" if same else "lies in")


@pytest.mark.parametrize(("one", "two"), [("/srv/a", "/srv/ab"), ("~/a", "/a"), ("/srv/A", "/srv/a")])
def test_paths_beside_each_other(one, two):
    result(declared(folder("beta", path=one), folder("beta", id="other", path=two)), "beta")


def test_the_same_path_on_other_hosts():
    result(declared(folder("beta"), folder("alpha", id="other")), "beta")


def test_unknown_host():
    refused(declared(folder("alpha")), "'alhpa'", "'alpha'", host="alhpa")


# -- a part of the inventory


LISTED = {
    host: dict(identities()[host], groups=[name for name, hosts in GROUPS.items() if host in hosts and name != "all"])
    for host in HOSTS
}


def sliced(number, count):
    """The groups that AWX leaves to one of the jobs that it slices a job into."""
    return {group: [host for host in hosts if host in HOSTS[number::count]] for group, hosts in GROUPS.items()}


def test_listed_hosts_are_those_of_their_groups():
    fleet = declared(folder("desks", "vault1"), hosts=LISTED)
    groups = {"all": ["alpha"], "ungrouped": [], "desks": ["alpha"]}
    found = Fleet(fleet, groups)
    assert found.peers(["alpha"]) == ["alpha"]
    assert found.result("alpha", {"alpha": identities()["alpha"]}) == result(declared(fleet["folders"][0]), "alpha")
    assert Fleet(declared(folder("all"), hosts=LISTED), {"all": ["alpha"]}).result("alpha", {}) == result(
        declared(folder("all")), "alpha"
    )


def test_what_the_run_knows_wins():
    fleet = declared(folder("desks"), hosts=dict(LISTED, beta=dict(LISTED["beta"], name="b", addresses=["tcp://old"])))
    known = dict(identities(), beta=dict(identities()["beta"], addresses=["tcp://new"]), gamma={})
    [_alpha, beta] = result(fleet, "alpha", known)["devices"]
    assert beta["addresses"] == ["tcp://new"] and beta["name"] == "b"


def test_a_listed_host_has_one_id():
    fleet = declared(folder("desks"), hosts={"beta": {"device_id": device_id("former")}})
    refused(fleet, "beta", device_id("former"), device_id("beta"), "make the list again")


def test_a_listed_host_without_an_id_is_missed():
    fleet = declared(folder("alpha", "omega"), hosts={"omega": {"groups": []}})
    assert Fleet(fleet, GROUPS).peers(["alpha"]) == ["alpha"]
    refused(fleet, "alpha needs the device ID of omega")


@pytest.mark.parametrize(
    "hosts, words",
    [
        (["beta"], ["hosts must be a dict"]),
        ({"beta": "ID"}, ["hosts: beta", "must be a dict"]),
        ({"beta": {"id": "x"}}, ["hosts: beta", "'id'"]),
        ({"beta": {"groups": "desks"}}, ["hosts: beta: groups", "list"]),
        ({"beta": {"groups": [1]}}, ["hosts: beta: groups", "text"]),
        ({"beta": {"device_id": "x"}}, ["beta", "device"]),
        ({"omega": {"device_id": device_id("alpha")}}, ["alpha and omega have the same device ID"]),
    ],
)
def test_wrong_lists_are_refused(hosts, words):
    refused(declared(folder("desks"), hosts=hosts), *words)


# -- any fleet

NAMES = st.sampled_from([*HOSTS, "desks", "homes", "phone", "tablet"])
TYPES = st.sampled_from(["sendreceive", "sendonly", "receiveencrypted"])
OUTSIDE = [PHONE, {"name": "tablet", "device_id": device_id("tablet"), "addresses": ["tcp://192.0.2.9:22000"]}]


@st.composite
def members(draw):
    found = []
    for name in draw(st.lists(NAMES, min_size=1, max_size=6, unique=True)):
        kind = draw(TYPES)
        if draw(st.booleans()):
            found.append(name)
        elif name in ("phone", "tablet"):
            found.append({"name": name, "encryption_password": draw(st.sampled_from([SECRET, SECRET + "-2"]))})
        elif kind == "receiveencrypted" and draw(st.booleans()):
            found.append({"name": name, "type": kind, "encryption_password": SECRET + "-" + name})
        else:
            found.append({"name": name, "type": kind})
    return found


@st.composite
def fleets(draw):
    folders = []
    for number in range(draw(st.integers(0, 3))):
        made = {"id": f"f{number}", "path": f"/srv/{number}", "members": draw(members())}
        if any(isinstance(m, dict) and m.get("type") == "receiveencrypted" for m in made["members"]):
            made["encryption_password"] = SECRET
        folders.append(made)
    topology = draw(st.sampled_from(["mesh", "hub", "introducer"]))
    hubs = draw(st.lists(NAMES, min_size=1, max_size=4)) if topology != "mesh" else []
    return {"folders": folders, "topology": topology, "hubs": hubs, "outside_devices": OUTSIDE}


def outcome(fleet, known=None):
    """The results of all hosts; None if they are refused. Any other exception fails the test."""
    try:
        found = Fleet(fleet, GROUPS)
        return {host: found.result(host, known or identities()) for host in HOSTS}
    except InvalidInput as exc:
        assert SECRET not in str(exc)
        return None


@given(fleets())
def test_results_fit_each_other(fleet):
    before = copy.deepcopy(fleet)
    results = outcome(fleet)
    assert fleet == before
    if results is None:
        return
    ids = {device_id(host): host for host in HOSTS}
    pairs = set()
    held = set()
    for host, found in results.items():
        support.config(**found)
        devices = [device["device_id"] for device in found["devices"]]
        assert len(set(devices)) == len(devices) and device_id(host) in devices
        used = {device_id(host)}
        for entry in found["folders"]:
            encrypted = entry.get("type") == "receiveencrypted"
            held.add((entry["id"], host))
            assert entry["path"]
            for share in entry["devices"]:
                used.add(share["device"])
                assert share["device"] != device_id(host)
                if share["device"] in ids:
                    other = ids[share["device"]]
                    pairs.add((entry["id"], host, other))
                    theirs = {one["id"]: one for one in results[other]["folders"]}[entry["id"]]
                    to_encrypted = theirs.get("type") == "receiveencrypted"
                    assert bool(share.get("encryption_password")) == (to_encrypted and not encrypted)
                    assert ("encryption_password" in share) == (not encrypted)
            assert not encrypted or SECRET not in json.dumps(entry)
        assert used == set(devices)
    assert pairs == {(name, other, host) for name, host, other in pairs}
    assert {(name, other) for name, _host, other in pairs} <= held


@given(fleets())
def test_peers_are_those_whose_ids_are_needed(fleet):
    results = outcome(fleet)
    if results is None:
        return
    ids = {device_id(host): host for host in HOSTS}
    needed = {
        host: sorted(ids[device["device_id"]] for device in found["devices"] if device["device_id"] in ids)
        for host, found in results.items()
    }
    found = Fleet(fleet, GROUPS)
    for host in HOSTS:
        assert found.peers([host]) == needed[host]
        found.result(host, {name: identities()[name] for name in needed[host]})
    assert found.peers(HOSTS) == sorted(HOSTS)
    assert found.peers(HOSTS[:2]) == sorted({*needed[HOSTS[0]], *needed[HOSTS[1]]})


@given(fleets(), st.integers(1, len(HOSTS)))
def test_parts_come_to_the_same_as_the_whole(fleet, count):
    results = outcome(fleet)
    listed = dict(fleet, hosts=LISTED)
    assert outcome(listed) == results
    for number in range(count):
        here = HOSTS[number::count]
        try:
            found = Fleet(listed, sliced(number, count))
        except InvalidInput:
            assert results is None
            continue
        assert found.peers(here) == here
        if results is not None:
            for host in here:
                assert found.result(host, {one: identities()[one] for one in here}) == results[host]


@given(fleets(), st.randoms(use_true_random=False))
def test_order_does_not_matter(fleet, random):
    other = copy.deepcopy(fleet)
    for part in (other["folders"], other["hubs"], other["outside_devices"], *(f["members"] for f in other["folders"])):
        random.shuffle(part)
    known = list(identities().items())
    random.shuffle(known)
    assert outcome(fleet) == outcome(other, dict(known))


def mutations(fleet):
    """Each with one contradiction more."""
    for number, entry in enumerate(fleet["folders"]):
        for change in (
            {"members": [*entry["members"], "nobody"]},
            {"members": [*entry["members"], {"name": "alpha", "paused": 1}, {"name": "alpha", "paused": 2}]},
            {"members": [*entry["members"], {"name": "alpha", "pased": True}]},
            {"type": "receiveencryptd"},
            {"path": "relative"},
            {"labl": "x"},
        ):
            yield dict(
                fleet, folders=[*fleet["folders"][:number], dict(entry, **change), *fleet["folders"][number + 1 :]]
            )
        yield dict(fleet, folders=[*fleet["folders"], entry])
        inner = dict(entry, id="inner", path=entry["path"] + "/inner")
        if any(name in HOSTS for name in Fleet(fleet, GROUPS).folders[number].members):
            yield dict(fleet, folders=[*fleet["folders"], inner])
    yield dict(fleet, topology="ring")
    yield dict(fleet, hub=["alpha"])
    yield dict(fleet, outside_devices=[*OUTSIDE, PHONE])
    yield dict(fleet, outside_devices=[*OUTSIDE, {"name": "other", "device_id": "other"}])


@given(fleets())
def test_contradictions_are_refused(fleet):
    if outcome(fleet) is None:
        return
    for wrong in mutations(fleet):
        assert outcome(wrong) is None, wrong


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | NAMES | TYPES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "path", "members", "name", "type", "folders", "addresses", "device_id", "label", "hubs"]
            )
            | st.integers(),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(ANYTHING, st.lists(ANYTHING, max_size=2), ANYTHING)
def test_anything_is_refused_or_taken(whole, part, member):
    outcome(whole)
    outcome({"folders": part})
    outcome({"folders": [{"id": "x", "path": "/x", "members": [member, "alpha"]}]})
    outcome({"folders": [{"id": "x", "path": member, "members": part}], "hubs": member, "topology": "hub"})
    outcome({"outside_devices": [dict(PHONE, addresses=member, compression=member)], "topology": member})
    outcome(declared(folder("alpha")), {"alpha": member, "beta": {"device_id": member, "addresses": part}})


# -- what mutants showed that nothing else looked at

HUB = {"topology": "hub", "hubs": ["delta"]}
FOUR = ["alpha", "beta", "gamma", "vault1"]


@pytest.mark.parametrize(
    ("fleet", "said"),
    [
        ({"folders": "x"}, "folders must be a list."),
        (declared(topology="hub", hubs=[1]), "hubs must be text, in quotes."),
        (declared(topology="hub", hubs=["nobody"]), "hubs: unknown member 'nobody', it is neither a host"),
        (
            declared(outside_devices=[dict(PHONE, addresses="x")]),
            "outside device 'phone': addresses must be a list.",
        ),
        (declared(hosts={"beta": {"groups": "x"}}), "hosts: beta: groups must be a list."),
        ("x", "the fleet must be a dict with keys such as discovery, folders, hosts."),
        (
            declared(folder("alpha", encryption_password=5)),
            "folder 'docs': encryption_password must be a string, in quotes.",
        ),
        (
            declared(folder("alpha", dict(VAULT, encryption_password=5))),
            "folder 'docs': member 'vaults': encryption_password must be a string, in quotes.",
        ),
        (
            declared(folder("alpha", {"name": "beta", "encryption_password": SECRET})),
            "folder 'docs': beta has an encryption_password but the type sendreceive:",
        ),
        (
            declared(folder({"name": "alpha", "paused": True}, encryption_password=SECRET)),
            "folder 'docs' has an encryption_password, but nobody gets it encrypted:",
        ),
        (
            declared(folder(*FOUR), **HUB),
            "folder 'docs': none of its members is a hub, so they could not reach each other: add a hub to its "
            "members, or make one of alpha, beta, gamma a hub.",
        ),
        (
            declared(folder({"name": "desks", "type": "sendonly"}, {"name": "homes", "type": "receiveonly"})),
            "folder 'docs': beta is given both 'sendonly' and 'receiveonly' for type, by entries of equal rank:",
        ),
        (
            declared({"id": "docs", "members": ["alpha"], "rescanIntervalS": 5}),
            "folders[0]: unknown key 'rescanIntervalS'. Write it rescan_interval_s.",
        ),
        ({"folders": ["x"]}, f"folders[0] must be a dict with keys such as {', '.join(FOLDER_KEYS[:3])}."),
        (declared(folder(*FOUR[:3], path=None)), "folder 'docs' has no path on alpha, beta, gamma: set"),
        (declared(folder(*FOUR, path=None)), "folder 'docs' has no path on alpha, beta, gamma and 1 more: set"),
        (
            declared(
                folder("phone", "alpha"), folder("phone", "alpha", id="other"), outside_devices=[PHONE]
            ),
            "Folders 'docs' and 'other' have the same path on alpha:",
        ),
    ],
)  # fmt: skip
def test_what_is_said_first(fleet, said):
    with pytest.raises(InvalidInput) as caught:
        Fleet(fleet, GROUPS)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("without", "said"),
    [
        (["beta"], "alpha needs the device ID of beta, which is not known: run the play on it too,"),
        (["beta", "gamma"], "alpha needs the device ID of beta, gamma, which is not known: run the play on them too,"),
    ],
)
def test_whose_id_is_missing(without, said):
    with pytest.raises(InvalidInput) as caught:
        result(declared(folder("alpha", "beta", "gamma")), "alpha", identities(*without))
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"name": 5}, "the name of beta must be text, in quotes."),
        ({"addresses": "x"}, "the addresses of beta must be a list."),
    ],
)
def test_whose_identity_is_wrong(known, said):
    with pytest.raises(InvalidInput) as caught:
        result(declared(), "alpha", {"beta": dict(known, device_id=device_id("beta"))})
    assert str(caught.value).startswith(said)


def test_whose_listed_identity_is_wrong():
    fleet = declared(hosts={"beta": {"device_id": device_id("beta")}})
    with pytest.raises(InvalidInput, match="^beta: 'x' is not a device ID"):
        result(fleet, "alpha", {"beta": {"device_id": "x"}})


def test_one_host_without_an_id_hides_no_other():
    assert shared(declared(folder("all")), "beta", known=dict(identities(), alpha={}), missing="skip") == {
        "docs": ["delta", "gamma", "vault1", "vault2"]
    }


def test_peers_of_members_with_different_passwords():
    one, two = ({"type": "receiveencrypted", "encryption_password": SECRET + number} for number in ("-1", "-2"))
    cold = folder("alpha", {"name": "vault1", **one}, {"name": "gamma", **one}, {"name": "vault2", **two},
                  {"name": "delta", **two})  # fmt: skip
    found = Fleet(declared(cold), GROUPS)
    assert found.peers(["vault1"]) == ["alpha", "gamma", "vault1"]
    assert found.peers(["vault1", "vault2"]) == ["alpha", "delta", "gamma", "vault1", "vault2"]


def test_a_folder_that_is_encrypted_but_for_one_member():
    fleet = declared(
        folder({"name": "alpha", "type": "sendreceive"}, "vaults", "phone",
               type="receiveencrypted", encryption_password=SECRET),
        outside_devices=[PHONE],
    )  # fmt: skip
    assert passwords(result(fleet, "alpha")) == {device_id("vault1"): SECRET, device_id("vault2"): SECRET}
    assert "encryption_password" not in json.dumps(result(fleet, "vault1"))


def test_an_outside_device_gets_the_common_password():
    fleet = declared(
        folder("alpha", {"name": "phone", "type": "receiveencrypted"}, encryption_password=SECRET),
        outside_devices=[PHONE],
    )
    assert passwords(result(fleet, "alpha")) == {device_id("phone"): SECRET}


def test_each_member_may_have_its_own_path():
    fleet = declared(folder({"name": "alpha", "path": "/x"}, "phone", path=None), outside_devices=[PHONE])
    assert result(fleet, "alpha")["folders"][0]["path"] == "/x"


def test_a_path_from_the_root_is_not_one_from_home():
    fleet = declared(folder("alpha", path="~/x"), folder("alpha", id="other", path="/~/x"))
    assert len(result(fleet, "alpha")["folders"]) == 2
