# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""Discovery servers and relays of a fleet: what members get to know of them."""

from __future__ import annotations

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.syncthing.plugins.plugin_utils import _servers
from ansible_collections.community.syncthing.plugins.plugin_utils._fleet import Fleet
from ansible_collections.community.syncthing.tests.unit import support

GROUPS = {"all": ["alpha", "beta", "vps1", "vps2"], "servers": ["vps1", "vps2"]}
MEMBERS = {"alpha": {"device_id": support.LAPTOP}, "beta": {"device_id": support.VAULT}}
TOKEN = "planted-token"


def discovery(host):
    return _servers.url("discovery", host, 8443, support.STRANGER)


def relay(host):
    return _servers.url("relay", host, 22067, support.STRANGER)


KNOWN = {
    "discovery": {host: discovery(host) for host in GROUPS["servers"]},
    "relay": {host: relay(host) for host in GROUPS["servers"]},
}
ELSEWHERE = relay("relay.example.com")
LISTENERS = ["tcp://0.0.0.0:22000", "quic://0.0.0.0:22000"]


def declared(**more):
    return dict({"folders": [{"id": "docs", "path": "/srv", "members": ["alpha", "beta"]}]}, **more)


def result(fleet, own=None, known=None, missing="fail", members=None):
    found = Fleet(fleet, GROUPS).result(
        "alpha", members or MEMBERS, missing, own or {}, KNOWN if known is None else known
    )
    support.config(**found)  # syncthing_config takes every result
    return found


def options(fleet, own=None, **more):
    return result(fleet, own, **more)["options"]


def addresses(fleet, own=None, **more):
    (_alpha, beta) = result(fleet, own, **more)["devices"]
    return beta.get("addresses")


def test_urls():
    assert discovery("vps") == f"https://vps:8443/?id={support.STRANGER}"
    assert relay("192.0.2.1:443") == f"relay://192.0.2.1:443/?id={support.STRANGER}"
    assert relay("[2001:db8::1]").startswith("relay://[2001:db8::1]:22067/")
    assert relay("[2001:db8::1]:443").startswith("relay://[2001:db8::1]:443/")


def test_nothing_is_added_without_servers():
    own = {"listen_addresses": ["default"], "ur_accepted": -1}
    assert options(declared(), own) == own
    assert addresses(declared()) == ["dynamic"]


def test_members_get_the_servers():
    fleet = declared(discovery=["vps1"], relays=["servers", ELSEWHERE], relay_token=TOKEN)
    assert options(fleet, {"ur_accepted": -1}) == {
        "ur_accepted": -1,
        "global_announce_enabled": True,
        "global_announce_servers": [discovery("vps1")],
        "relays_enabled": True,
        # the token is for our own relays, and only to join them
        "listen_addresses": [*LISTENERS, f"{relay('vps1')}&token={TOKEN}", f"{relay('vps2')}&token={TOKEN}", ELSEWHERE],
    }
    assert addresses(fleet) == ["dynamic", relay("vps1"), relay("vps2"), ELSEWHERE]


def test_one_kind_leaves_the_other_as_it_is():
    assert set(options(declared(discovery=["vps1"]))) == {"global_announce_enabled", "global_announce_servers"}
    assert set(options(declared(relays=["vps1"]))) == {"relays_enabled", "listen_addresses"}
    assert addresses(declared(discovery=["vps1"])) == ["dynamic"]


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({"listen_addresses": ["tcp://:22001"]}, {"listen_addresses": ["tcp://:22001", relay("vps1")]}),
        (
            {"listen_addresses": "tcp://:22001, default"},
            {"listen_addresses": ["tcp://:22001", "default", relay("vps1")]},
        ),
        ({"listen_addresses": [relay("vps1")]}, {"listen_addresses": [relay("vps1")]}),
        ({"listen_addresses": []}, {"listen_addresses": [*LISTENERS, relay("vps1")]}),
        ({"listen_addresses": [""]}, {"listen_addresses": [""]}),
        (
            {"relays_enabled": False, "listen_addresses": ["default"]},
            {"relays_enabled": False, "listen_addresses": ["default"]},
        ),
        ({"relays_enabled": "no"}, {"relays_enabled": "no"}),
        ({"global_announce_servers": ["default"]}, {"global_announce_servers": ["default"]}),
        ({"global_announce_enabled": False}, {"global_announce_enabled": False}),
        (
            {"global_announce_enabled": "", "relays_enabled": None},
            {"global_announce_enabled": True, "relays_enabled": True},
        ),
    ],
)
def test_what_a_host_says_itself_wins(own, expected):
    found = options(declared(discovery=["vps1"], relays=["vps1"]), own)
    assert {key: found.get(key) for key in own} == expected
    assert found.get("listen_addresses") == expected.get("listen_addresses") or "listen_addresses" not in own


def test_who_uses_no_relays_finds_nobody_by_one():
    assert addresses(declared(relays=["vps1"]), {"relays_enabled": False}) == ["dynamic"]


def test_static_addresses_stay():
    members = dict(MEMBERS, beta=dict(MEMBERS["beta"], addresses=["tcp://192.0.2.1:22000"]))
    assert addresses(declared(relays=["vps1"]), members=members) == ["tcp://192.0.2.1:22000"]


@pytest.mark.parametrize("kind", ["discovery", "relay"])
def test_a_server_that_is_not_known(kind):
    fleet = declared(discovery=["vps1"], relays=["vps1", "vps2"])
    known = dict(KNOWN, **{kind: {"vps1": ""}})
    with pytest.raises(
        InvalidInput, match=f"alpha needs the device ID of the {kind} server vps1, .*syncthing_{kind}_device_id"
    ):
        result(fleet, known=known)
    # what depends on it is left as it is
    found = options(fleet, {"listen_addresses": ["tcp://:22001"]}, known=known, missing="skip")
    assert ("global_announce_servers" in found) == (kind != "discovery")
    assert ("listen_addresses" in found) == (kind != "relay")
    assert (addresses(fleet, known=known, missing="skip") is None) == (kind == "relay")


def test_who_does_not_use_a_server_needs_not_know_it():
    own = {"global_announce_servers": ["default"], "relays_enabled": False}
    assert options(declared(discovery=["vps1"], relays=["vps1"]), own, known={})["relays_enabled"] is False


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"discovery": "vps1"}, "discovery must be a list."),
        ({"relays": ["vps3"]}, "relays: unknown member 'vps3'"),
        ({"relays": [1]}, "relays must be text"),
        ({"relays": [{"name": "vps1"}]}, "relays must be text"),
        ({"relays": ["tcp://vps1:22000"]}, "which is not a relay"),
        ({"relays": ["relay://:22067"]}, "has no host"),
        ({"discovery": ["ftp://vps1"]}, "is not a URL of a discovery server"),
        ({"discovery": ["https://vps1/?id=x"]}, "has a wrong id"),
        ({"discovery": ["phone"]}, "'phone' is an outside device"),
        ({"relay_token": TOKEN}, "there are no relays"),
        ({"relays": ["vps1"], "relay_token": "planted token"}, "relay_token must be a string of letters"),
        ({"relays": ["vps1"], "relay_token": 1}, "relay_token must be a string of letters"),
    ],
)
def test_servers_that_are_refused(more, words):
    phone = {"name": "phone", "device_id": support.STRANGER}
    with pytest.raises(InvalidInput) as caught:
        Fleet(declared(outside_devices=[phone], **more), GROUPS)
    assert words in str(caught.value) and "planted" not in support.chain(caught.value)


def test_a_wrong_address_is_refused():
    known = dict(KNOWN, relay={"vps1": relay("my relay:22067:1")})
    with pytest.raises(InvalidInput, match="relays: vps1 has 'relay://my relay"):
        result(declared(relays=["vps1"]), known=known)
