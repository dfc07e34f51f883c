# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import re

import pytest
from ansible_collections.community.syncthing.plugins.plugin_utils._devices import device_vars, host_names
from ansible_collections.community.syncthing.tests.unit.support import LAPTOP, STRANGER, VAULT
from hypothesis import given
from hypothesis import strategies as st

IDS = (LAPTOP, STRANGER, VAULT)
RESERVED = ("localhost", "all", "127.0.0.1")


def named(*names):
    return [{"device_id": device_id, "device_name": name} for device_id, name in zip(IDS, names)]


def plus(name, device_id):
    return f"{name}-{device_id[:7]}"


@pytest.mark.parametrize(
    ("names", "hosts"),
    [
        (("laptop", "büro-2", "a.b_c"), ("laptop", "büro-2", "a.b_c")),
        (("a b", "a/b", "x"), (plus("a_b", LAPTOP), plus("a_b", STRANGER), "x")),
        (("", "  ", "-.-"), IDS),
        (("-oProxy", "..", "../x"), ("oProxy", STRANGER, "x")),
        ((VAULT, VAULT.lower().replace("-", "\u2011"), "x"), (LAPTOP, STRANGER, "x")),
        (("NAS", "nas", "x"), (plus("NAS", LAPTOP), plus("nas", STRANGER), "x")),
        (("B\u00fcro", "Bu\u0308ro", "x"), (plus("B\u00fcro", LAPTOP), plus("B\u00fcro", STRANGER), "x")),
        (("LocalHost", "2130706433", "0x7f.1"), tuple(map(plus, ("LocalHost", "2130706433", "0x7f.1"), IDS))),
        (("\uff11\uff12\uff17.0.0.1", "a.localhost", "nas.2"), None),
        (RESERVED, tuple(plus(name, device_id) for name, device_id in zip(RESERVED, IDS))),
        # Who is called like the other's way out is not taken for it.
        (("x", "x", plus("x", LAPTOP)), (LAPTOP, plus("x", STRANGER), plus(plus("x", LAPTOP), VAULT))),
    ],
)
def test_host_names(names, hosts):
    found = tuple(host_names(named(*names), True).values())
    assert found == (hosts or (plus(names[0], LAPTOP), plus(names[1], STRANGER), names[2]))


def test_names_that_are_taken():
    taken = {"synced", plus("web", STRANGER), VAULT}
    found = host_names(named("synced", "web", ""), True, taken | {"web"})
    assert tuple(found.values()) == (plus("synced", LAPTOP), STRANGER, "syncthing-" + VAULT)


def test_device_ids_as_host_names():
    assert host_names(named("a", "b", ""), False) == dict(zip(IDS, IDS))


@given(st.lists(st.text() | st.sampled_from(["a", plus("a", LAPTOP), LAPTOP, *RESERVED]), min_size=3, max_size=3))
def test_host_names_are_unique_and_harmless(names):
    found = host_names(named(*names), True)
    assert len(set(found.values())) == 3
    for host in found.values():
        assert re.match(r"[^\W_][\w.-]{0,68}\Z", host) and host not in RESERVED, host
        assert len(host.encode("utf-8")) <= 255


def gathered(connection=None, **device):
    fields = {"device_id": LAPTOP, "name": "laptop", "addresses": ["dynamic"], "paused": False, "introduced_by": ""}
    return {
        "my_id": VAULT,
        "version": "v2.1.3",
        "devices": [dict(fields, **device)],
        "folders": [{"id": name, "devices": [{"device": LAPTOP}]} for name in ("b", "a")],
        "connections": {LAPTOP: connection} if connection else {},
        "stats": {"devices": {LAPTOP: {"last_seen": "1970-01-01T00:00:00Z"}}, "folders": {}},
    }


@pytest.mark.parametrize(
    ("kind", "address", "host"),
    [
        ("tcp-client", "192.0.2.1:22000", "192.0.2.1"),
        ("quic-server", "[2001:db8::1]:22000", "2001:db8::1"),
        ("tcp-server", "[fe80::1%eth0]:4", "fe80::1%eth0"),
        ("relay-client", "192.0.2.9:443", None),
        ("", "", None),
    ],
)
def test_the_host_of_a_connection(kind, address, host):
    [found] = device_vars(gathered({"connected": True, "type": kind, "address": address, "client_version": "v1"}))
    assert (found["connection_host"], found["client_version"]) == (host, "v1")


def test_what_a_connection_was_is_not_told():
    [found] = device_vars(gathered({"connected": False, "type": "tcp", "address": "192.0.2.1:1", "client_version": ""}))
    for name in ("connection_host", "connection_address", "connection_type", "client_version", "last_seen"):
        assert found[name] is None, name
    assert found["shared_folders"] == ["a", "b"]


def test_a_device_without_any_news():
    [found] = device_vars(gathered(device_id=STRANGER, introduced_by=LAPTOP))
    assert (found["connected"], found["shared_folders"], found["introduced_by"]) == (False, [], LAPTOP)
