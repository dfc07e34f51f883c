# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import collections

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.community.syncthing.plugins.filter.fleet_health import fleet_health
from ansible_collections.community.syncthing.plugins.filter.fleet_members import FilterModule
from ansible_collections.community.syncthing.plugins.filter.fleet_report import fleet_report
from ansible_collections.community.syncthing.plugins.filter.prometheus_targets import prometheus_targets
from ansible_collections.community.syncthing.plugins.module_utils._schema import device_ids
from ansible_collections.community.syncthing.tests.unit import support
from hypothesis import given
from hypothesis import strategies as st

CERTIFICATE = support.load("certificates")["a"]["certificate"]
NOTHING = {"device_id": "", "addresses": ["dynamic"]}


def members(hosts, hostvars, **options):
    return FilterModule().filters()["fleet_members"](hosts, hostvars, **options)


def test_what_the_variables_tell():
    by_id = {"syncthing_device_id": support.LAPTOP, "syncthing_addresses": ["tcp://192.0.2.10:22000"]}
    by_certificate = {"syncthing_certificate": CERTIFICATE, "syncthing_addresses": ""}
    assert members(["one", "two"], {"one": by_id, "two": by_certificate}) == {
        "one": {"device_id": support.LAPTOP, "addresses": ["tcp://192.0.2.10:22000"]},
        "two": {"device_id": device_ids.from_certificate(CERTIFICATE), "addresses": ["dynamic"]},
    }


@pytest.mark.parametrize("variables", [{}, {"syncthing_device_id": "", "syncthing_certificate": ""}])
def test_nothing_is_known(variables):
    assert members(["one"], {"one": variables}) == {"one": NOTHING}


def test_what_was_learned_elsewhere():
    hostvars = {"one": {}, "two": {}, "three": {}}
    found = members(list(hostvars), hostvars, known={"one": support.LAPTOP, "two": None})
    assert found == {"one": dict(NOTHING, device_id=support.LAPTOP), "two": NOTHING, "three": NOTHING}


def test_groups_of_each():
    hostvars = {"one": {"group_names": ["desks"]}, "two": {"group_names": []}}
    found = members(["one", "two"], hostvars, with_groups=True)
    assert found == {"one": dict(NOTHING, groups=["desks"]), "two": dict(NOTHING, groups=[])}


def test_variables_that_contradict_each_other():
    variables = {"syncthing_device_id": support.LAPTOP, "syncthing_certificate": CERTIFICATE}
    with pytest.raises(AnsibleFilterError, match=f"one: syncthing_device_id is {support.LAPTOP}, but"):
        members(["one"], {"one": variables})
    with pytest.raises(AnsibleFilterError, match="one: This is not a certificate"):
        members(["one"], {"one": {"syncthing_certificate": "cert.pem"}})


def test_each_host_is_looked_at_once():
    asked = collections.Counter()

    class HostVars(dict):
        def __getitem__(self, host):
            asked[host] += 1
            return super().__getitem__(host)

    members(["one", "two"], HostVars(one={"syncthing_certificate": CERTIFICATE}, two={}, three={}))
    assert asked == {"one": 1, "two": 1}


def test_hostvars_are_asked_for():
    with pytest.raises(AnsibleFilterError, match="pass hostvars"):
        members(["one"], ["one"])


NAMES = ("syncthing_device_id", "syncthing_certificate", "syncthing_addresses", "group_names")
ANYTHING = st.recursive(
    st.one_of(st.text(max_size=3), st.integers(), st.booleans(), st.none(), st.just(CERTIFICATE)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*NAMES, "one", 1]), inner),
    max_leaves=6,
)


@given(hosts=st.one_of(st.just(["one"]), ANYTHING), hostvars=st.one_of(ANYTHING, ANYTHING.map(lambda x: {"one": x})))
@pytest.mark.parametrize("name", ["fleet_members", "fleet_report", "fleet_health", "prometheus_targets"])
def test_any_shape_is_used_or_refused_in_words(name, hosts, hostvars):
    try:
        if name == "fleet_report":
            fleet_report(hosts, hostvars)
        elif name == "fleet_health":
            fleet_health(hosts, hostvars, when="2026-01-31T12:00:00Z", previous="{}")
        elif name == "prometheus_targets":
            prometheus_targets(hosts, hostvars)
        else:
            members(hosts, hostvars, known=hostvars, with_groups=True)
    except AnsibleFilterError as exc:
        assert str(exc)


# -- servers


def servers(hostvars, declared=None, **options):
    groups = {"all": ["vps", "nas"]}
    declared = declared or {"discovery": ["vps"], "relays": ["vps", "relay://192.0.2.1:22067"]}
    return FilterModule().filters()["fleet_servers"](declared, hostvars, groups=groups, **options)


def test_servers_by_their_variables():
    variables = {
        "syncthing_discovery_device_id": support.LAPTOP,
        "syncthing_relay_certificate": CERTIFICATE,
        "syncthing_relay_address": "relay.example.com",
        "syncthing_relay_port": 443,
    }
    relay = f"relay://relay.example.com:443/?id={device_ids.from_certificate(CERTIFICATE)}"
    discovery = f"https://vps:8443/?id={support.LAPTOP}"
    assert servers({"vps": variables}) == {"discovery": {"vps": discovery}, "relay": {"vps": relay}}
    assert servers({"vps": variables}, {"folders": []}) == {"discovery": {}, "relay": {}}
    # and so they are listed for those who do not see the host
    (listed,) = members(["vps"], {"vps": variables}, with_groups=True).values()
    assert listed == dict(NOTHING, groups=[], discovery_server=discovery, relay_server=relay)
    fleet = {"discovery": ["away"], "relays": ["away"], "hosts": {"away": listed}}
    assert servers({}, fleet) == {"discovery": {"away": discovery}, "relay": {"away": relay}}


def test_servers_that_were_asked():
    known = {"relay": {"vps": support.VAULT}, "discovery": {"vps": None}}
    assert servers({"vps": {}}, known=known) == {
        "discovery": {"vps": ""},
        "relay": {"vps": f"relay://vps:22067/?id={support.VAULT}"},
    }


@pytest.mark.parametrize(
    ("hostvars", "options", "words"),
    [
        (None, {}, "pass hostvars"),
        ({}, {"known": []}, ""),
        ({}, {"known": {"relay": "x"}}, "known must have a dict"),
        ({"vps": {"syncthing_relay_device_id": 1}}, {}, "vps: syncthing_relay_device_id must be a string"),
        ({"vps": {"syncthing_discovery_certificate": "x"}}, {}, "vps: This is not a certificate"),
        ({}, {"declared": {"relays": 1}}, "relays must be a list"),
        ({}, {"declared": {"relays": ["nas"], "hosts": {"nas": {"relay_server": 1}}}}, "relay_server must be a string"),
    ],
)
def test_servers_that_are_refused(hostvars, options, words):
    if not words:
        assert servers(hostvars, **options)["relay"] == {"vps": ""}
        return
    with pytest.raises(AnsibleFilterError, match=words):
        servers(hostvars, **options)
