# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import re

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._config.current import parse_version
from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.syncthing.plugins.module_utils._schema import checks, shares, tables
from ansible_collections.community.syncthing.plugins.module_utils._schema.field import (
    Field,
    argument_spec,
    by_json,
    declared,
    extra,
    snake,
)
from ansible_collections.community.syncthing.tests.unit import support

TABLES = {**support.TABLES, "share": tables.SHARE}
# Keys of the daemon's that are no settings, or that options of another shape set.
NO_FIELDS = {"deviceID", "id", "devices", "pendingFolders"}


def keys(value):
    """All keys of the daemon's objects; in maps of its users' the keys are no fields."""
    if isinstance(value, list):
        return {key for entry in value for key in keys(entry)}
    if not isinstance(value, dict):
        return set()
    return set(value) | {key for name, inner in value.items() if name != "params" for key in keys(inner)}


JSON_KEYS = sorted(set().union(*(keys(support.load("config-" + version)["config"]) for version in support.VERSIONS)))


@pytest.mark.parametrize(
    ("json", "option"),
    [
        ("fsWatcherDelayS", "fs_watcher_delay_s"),
        ("maxRequestKiB", "max_request_kib"),
        ("maxConcurrentIncomingRequestKiB", "max_concurrent_incoming_request_kib"),
        ("remoteGUIPort", "remote_gui_port"),
        ("caseSensitiveFS", "case_sensitive_fs"),
        ("urURL", "ur_url"),
        ("crURL", "cr_url"),
        ("releasesURL", "releases_url"),
        ("urUniqueId", "ur_unique_id"),
        ("deviceID", "device_id"),
        ("unackedNotificationIDs", "unacked_notification_ids"),
        ("localAnnounceMCAddr", "local_announce_mc_addr"),
        ("announceLANAddresses", "announce_lan_addresses"),
        ("insecureAllowOldTLSVersions", "insecure_allow_old_tls_versions"),
        ("bindDN", "bind_dn"),
        ("searchBaseDN", "search_base_dn"),
        ("useTLS", "use_tls"),
        ("autoUpgradeIntervalH", "auto_upgrade_interval_h"),
        ("relayReconnectIntervalM", "relay_reconnect_interval_m"),
        ("sessionCookieDurationS", "session_cookie_duration_s"),
        ("connectionPriorityTcpLan", "connection_priority_tcp_lan"),
        ("label", "label"),
    ],
)
def test_snake(json, option):
    assert snake(json) == option


def test_every_key_of_the_daemon_becomes_an_option_of_its_own():
    options = [snake(key) for key in JSON_KEYS]
    assert len(JSON_KEYS) > 150
    assert [name for name in options if not re.match(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z", name)] == []
    assert len(set(options)) == len(options)


@pytest.mark.parametrize("version", support.VERSIONS)
@pytest.mark.parametrize("name", sorted(TABLES))
def test_the_table_has_the_fields_that_this_version_has(name, version):
    config = support.load("config-" + version)["config"]
    objects = {
        "device": config["devices"][0],
        "folder": config["folders"][0],
        "share": config["folders"][0]["devices"][0],
    }
    number = parse_version(version)
    compare(TABLES[name], objects.get(name) or config[name], number, name)


def compare(table, found, number, place):
    here = {
        field.json
        for field in table
        if parse_version(field.since or "0") <= number and not (field.until and parse_version(field.until) <= number)
    }
    assert here - NO_FIELDS == set(found) - NO_FIELDS, place
    for field in table:
        if field.fields and field.json in here and isinstance(found[field.json], dict) and field.json != "params":
            compare(field.fields, found[field.json], number, field.json)


@pytest.mark.parametrize(("factory", "kind"), [(tables.FACTORY_DEVICE, "devices"), (tables.FACTORY_FOLDER, "folders")])
def test_the_factory_objects_are_complete(factory, kind):
    have = support.load("config-1.12.1")["config"][kind][0]
    assert set(factory) == set(have) - {"pendingFolders"}
    assert {type(factory[key]) for key in factory} == {type(have[key]) for key in factory}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_secrets_are_hidden_and_nothing_else_is(name):
    spec = argument_spec(TABLES[name])
    hidden = {option for option, entry in spec.items() if entry.get("no_log")}
    assert hidden == {"gui": {"password", "api_key"}, "share": {"encryption_password"}}.get(name, set())
    # Ansible warns of an option that looks secret and doesn't say.
    suspicious = {option for option in spec if re.search(r"pass(?!word_)|secret|token|api_?key", option)}
    assert all("no_log" in spec[option] for option in suspicious)


def test_argument_spec():
    spec = argument_spec(tables.FOLDER)
    assert spec["type"]["choices"] == ["sendreceive", "sendonly", "receiveonly", "receiveencrypted"]
    assert spec["xattr_filter"]["options"]["entries"] == {
        "type": "list",
        "elements": "dict",
        "options": {"match": {"type": "str", "required": True}, "permit": {"type": "bool", "required": True}},
    }
    assert "default" not in str(spec)  # unset means: leave alone


# -- what is declared


def test_only_what_is_given_is_declared():
    given = {"name": "x", "paused": False, "max_send_kbps": 0, "addresses": None, "something": "else"}
    assert declared(tables.DEVICE, given) == {"name": "x", "paused": False, "maxSendKbps": 0}


@pytest.mark.parametrize(
    ("table", "given", "expected"),
    [
        (tables.DEVICE, {"addresses": []}, {"addresses": ["dynamic"]}),
        (tables.DEVICE, {"addresses": [""]}, {"addresses": ["dynamic"]}),
        (tables.FOLDER, {"marker_name": ""}, {"markerName": ".stfolder"}),
        (tables.FOLDER, {"versioning": {"type": "none"}}, {"versioning": {"type": ""}}),
        (tables.FOLDER, {"versioning": {"params": {"keep": 3}}}, {"versioning": {"params": {"keep": 3}}}),
        (tables.FOLDER, {"xattr_filter": {"entries": []}}, {"xattrFilter": {"entries": []}}),
        (
            tables.FOLDER,
            {"xattr_filter": {"entries": [{"match": "user.*", "permit": False}]}},
            {"xattrFilter": {"entries": [{"match": "user.*", "permit": False}]}},
        ),
        (tables.OPTIONS, {"listen_addresses": [" default", "default"]}, {"listenAddresses": ["default"]}),
        (tables.GUI, {"address": "unix:///run/x"}, {"address": "/run/x"}),
        (tables.GUI, {"session_cookie_path": "st"}, {"sessionCookiePath": "/st"}),
        (tables.GUI, {"session_cookie_path": " /st"}, {"sessionCookiePath": "/st"}),
    ],
)
def test_values_become_what_the_daemon_makes_of_them(table, given, expected):
    assert declared(table, given) == expected


@pytest.mark.parametrize(("value", "expected"), [(10.0, int), (10, int), (10.5, float), (0.0, int)])
def test_whole_numbers_are_sent_without_a_fraction(value, expected):
    found = declared(tables.FOLDER, {"fs_watcher_delay_s": value, "min_disk_free": {"value": value}})
    assert found == {"fsWatcherDelayS": value, "minDiskFree": {"value": value}}
    assert type(found["fsWatcherDelayS"]) is type(found["minDiskFree"]["value"]) is expected


# -- extra


@pytest.mark.parametrize("key", ["rescanIntervalS", "RESCANINTERVALS", "rescanintervals"])
@pytest.mark.parametrize("place", ["", "folders[3]."])
def test_extra_does_not_take_what_has_an_option(key, place):
    with pytest.raises(InvalidInput) as caught:
        extra(tables.FOLDER, {"extra": {"new": 1, key: 60}}, place)
    assert f"{place}extra.{key}" in str(caught.value)
    assert f"{place}rescan_interval_s" in str(caught.value)


@pytest.mark.parametrize(
    ("limits", "good", "bad", "said"),
    [
        ((0,), [0, 0.5, 10**9], [-1, -0.1], "must be at least 0"),
        ((1, 256), [1, 256], [0], "must be at least 1"),
        ((1, 256), [1, 256], [257, 256.5], "must be at most 256"),
    ],
)
def test_limits(limits, good, bad, said):
    field = Field("x", "float", low=limits[0], high=(*limits, 10**9)[1])
    assert [field.problem(value) for value in good] == [None] * len(good)
    assert [field.problem(value) for value in bad] == [f"{said}; it is {value}" for value in bad]


def test_networks_that_are_excluded():
    assert checks.networks(["9.0.0.0/8", "!9.0.0.0/8", "!fd00::/8"]) is None
    assert "'!9.0.0.1/32'" in (checks.networks(["!9.0.0.1"]) or "")
    assert "is not a network" in (checks.networks(["!!9.0.0.0/8"]) or "")


def test_without_a_place():
    for wrong, said in (
        (lambda: extra(tables.FOLDER, {"extra": {"label": 1}}), "extra.label: use the option label for it."),
        (lambda: declared(tables.SIZE, {"value": float("nan")}), "value must be a number, not nan."),
    ):
        with pytest.raises(InvalidInput) as caught:
            wrong()
        assert str(caught.value) == said


def test_places_in_lists():
    sizes = Field("sizes", "list", elements="dict", fields=tables.SIZE)
    with pytest.raises(InvalidInput) as caught:
        declared([sizes], {"sizes": [{"value": 1.5}, {"value": float("inf")}]}, "folders[3].")
    assert str(caught.value) == "folders[3].sizes[1].value must be a number, not inf."


def test_extra():
    assert extra(tables.FOLDER, {"extra": None}) == {}
    assert extra(tables.FOLDER, {"extra": {"new": {"deep": None}}}) == {"new": {"deep": None}}
    with pytest.raises(InvalidInput, match=r"x\.extra\.new"):
        extra(tables.FOLDER, {"extra": {"new": None}}, "x.")


# -- checks

DEVICE_FIELDS = by_json(tables.DEVICE)
FOLDER_FIELDS = by_json(tables.FOLDER)
OPTION_FIELDS = by_json(tables.OPTIONS)
GUI_FIELDS = by_json(tables.GUI)
VERSIONING_FIELDS = by_json(tables.VERSIONING)
PARAM_FIELDS = by_json(tables.VERSIONING_PARAMS)
SIZE_FIELDS = by_json(tables.SIZE)


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        (
            DEVICE_FIELDS["addresses"],
            [
                [],
                ["dynamic"],
                ["tcp://host:22000", "quic6://[fd00::1]:22000", "tcp6://x", "relay://host:22067"],
            ],
            [
                ["host"],
                ["dynamic", ""],
                ["tcp://"],
                ["http://host"],
                ["Dynamic"],
                ["dynamic\n"],
                ["kcp://x"],
                ["tcp5://x"],
            ],
        ),
        (
            DEVICE_FIELDS["allowedNetworks"],
            [[], ["192.168.0.0/16", "fd00::/8", "10.1.2.3/8"]],
            [["192.168.0.0"], ["fd00::1"], ["lan"], ["10.0.0.0/33"], [""]],
        ),
        (DEVICE_FIELDS["remoteGUIPort"], [0, 65535], [-1, 65536]),
        (FOLDER_FIELDS["path"], ["/srv", "~", "~/x", "C:\\x", "c:/x", "\\\\host\\x"], ["", "x", "./x", "../x", " /x"]),
        (FOLDER_FIELDS["rescanIntervalS"], [0, 3600, 31536000], [-1, 31536001]),
        (FOLDER_FIELDS["fsWatcherDelayS"], [0.01, 10], [0, -1]),
        (FOLDER_FIELDS["maxConcurrentWrites"], [1, 256], [0, -1, 257]),
        (FOLDER_FIELDS["weakHashThresholdPct"], [-1, 25, 101], [0]),
        (SIZE_FIELDS["value"], [0, 1.5], [-1]),
        (SIZE_FIELDS["unit"], ["", "%", "kB", "MB", "G", "t", "TB"], ["percent", "PB", "%%", "B", "KiB", " "]),
        (VERSIONING_FIELDS["cleanupIntervalS"], [0, 31536000], [-1, 31536001]),
        (PARAM_FIELDS["keep"], [1], [0, -1]),
        (PARAM_FIELDS["maxAge"], [0], [-1]),
        (PARAM_FIELDS["cleanoutDays"], [0], [-1]),
        (OPTION_FIELDS["listenAddresses"], [["default"]], [[]]),
        (OPTION_FIELDS["globalAnnounceServers"], [["default"]], [[]]),
        (OPTION_FIELDS["reconnectionIntervalS"], [5], [4]),
        (OPTION_FIELDS["alwaysLocalNets"], [["10.0.0.0/8"]], [["10.0.0.0"]]),
        (
            GUI_FIELDS["address"],
            [":1", "127.0.0.1:8384", "[::1]:65535", "/x"],
            ["", "/", "x", "x:0", "x:65536", "http://x:1"],
        ),
        (GUI_FIELDS["password"], ["x", "x" * 72, "\u00fc" * 36], ["", "x" * 73, "\u00fc" * 37]),
        (GUI_FIELDS["enabled"], [True], [False]),
    ],
    ids=lambda value: value.json if isinstance(value, Field) else "",
)
def test_checks(field, good, bad):
    assert [value for value in good if field.problem(value) is not None] == []
    assert [value for value in bad if not field.problem(value)] == []


def test_the_network_that_was_meant_is_proposed():
    assert "192.168.0.1/32" in DEVICE_FIELDS["allowedNetworks"].check(["192.168.0.1"])
    assert "fd00::1/128" in DEVICE_FIELDS["allowedNetworks"].check(["fd00::1"])


def test_a_declared_share_has_the_fields_of_the_table():
    assert shares.Share._fields[: len(tables.SHARE)] == tuple(field.option for field in tables.SHARE)
