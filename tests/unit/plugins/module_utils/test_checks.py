# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._schema import checks, patterns, tables
from ansible_collections.community.syncthing.plugins.module_utils._schema.field import declared

ID = "P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2"
SURROGATE = "\ud800"

GOOD_HOSTS = ["host", "host.example.", "127.0.0.1", "[::1]", "[fe80::1%25eth0]", "xn--bcher-kva.example", "a_b-c"]
BAD_HOSTS = ["[::1", "::1", "256.1.1.1", "a b", "a..b", "u@h", "[127.0.0.1]", "[fe80::1%eth0]", "x" * 64, "h\\x", "[]"]

CASES = {
    checks.addresses: (
        [["dynamic"], [f"tcp://{h}:22000" for h in GOOD_HOSTS], ["quic4://10.0.0.1", "relay://r:1/?id=x&token=y"]],
        [[f"tcp://{h}:1"] for h in BAD_HOSTS]
        + [["tcp://h:0"], ["tcp://h:65536"], ["tcp4://[::1]:1"], ["tcp6://10.0.0.1:1"], ["TCP://h:1"], ["tcp://h:1?x"]]
        + [["tcp:/h:1"], ["192.168.1.5:22000"], ["default"], ["tcp://:22000"], ["tcp://h:1 "], ["tcp://h:\u0661"]],
    ),
    checks.listen_addresses: (
        [["default"], [""], ["tcp://0.0.0.0:22000", "quic://:22000", "tcp6://[::]:0"], ["tcp://127.0.0.1"]]
        + [["relay://h:22067/?id=x"], ["dynamic+https://relays.example/endpoint"]],
        [[], ["127.0.0.1:22000"], ["tpc://0.0.0.0:22000"], ["dynamic"], ["tcp://0.0.0.0:70000"], ["default", ""]]
        + [["http://h"], ["tcp4://[::]:1"], ["tcp://0.0.0.0:22000/x"], ["dynamic+https://"], ["Default"]],
    ),
    checks.discovery_servers: (
        [["default", "default-v4", "default-v6"], ["https://h:8443/v2/?id=" + ID], ["http://h/?insecure&noannounce"]],
        [[], [""], ["h:8443"], ["http://h/"], ["https://"], ["https://h/?id=x"], ["ftp://h/"], ["http://h/?insecure"]],
    ),
    checks.stun_servers: (
        [["default"], ["stun.example.com:3478"], ["[::1]:3478"]],
        [[], [""], ["stun.example.com"], ["stun:h:3478"], ["h:0"]],
    ),
    checks.multicast_address: (
        ["[ff12::8384]:21027", "[ff02::1%25eth0]:1"],
        ["", "ff12::8384:21027", "[::1]:21027", "[ff12::8384]", "224.0.0.1:21027", "[ff12::8384]:0"],
    ),
    checks.web_url: (
        ["", "https://h/path?x=1", "http://[::1]:8080"],
        ["h", "ftp://h", "https://", "https://h:0/", "javascript:x", "https://a b/"],
    ),
    checks.host_and_port: (["", "ldap.example:389", "[::1]:636"], ["ldap.example", "ldap://h:389", "h:0", ":389"]),
    checks.gui_address: (
        [":8384", "0.0.0.0:8384", "[::]:1", "nas:65535", "/run/x.sock", "/" + "x" * 106],
        ["", "8384", "h", "h:", "::1:8384", "h:0", "/", "/" + "x" * 107, "http://h:1", "a b:1"],
    ),
    checks.octal_mode: (["", "770", "0770", "0000"], ["504 ", "0999", "rwxrwx---", "0o770", "1777", "77", "00770"]),
    checks.user: (["", "alice", "a b"], ["a:b", ":"]),
    checks.header: (["key", "a b", "~"], ["", " abc ", "\u00e4bc", "a\nb", "\t", "x" * 5000]),
    patterns.attribute: (
        ["", "user.*", "a?", "[a-z]", "[^a]", "[z-a]", "[^^]", "\\[", "]", "[a\\]]", "[é]*"],
        ["[", "[]", "[a", "a\\", "[^]", "[-a]", "[a-]", "[a-\\", "[]a]"],
    ),
    checks.marker_name: ([".stfolder", "a/b"], ["/x", "../x", "a/..", "\\x"]),
    checks.size: (
        [{"value": 1, "unit": "%"}, {"value": 0, "unit": ""}, {"value": 9, "unit": "TB"}],
        [{"value": 100, "unit": "%"}, {"value": 10**8, "unit": "TB"}, {"value": 2**63, "unit": ""}],
    ),
    checks.command: (["rm %FILE_PATH%", "'a b' c"], ["", " ", "'a", 'a "b']),
    checks.timestamp: (
        ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.123456789+01:00", "0001-01-01T00:00:00Z"],
        ["", "2026-01-31", "2026-02-30T12:00:00Z", "2026-01-31 12:00:00Z", "2026-01-31T12:00:00", "x"]
        + ["2026-01-31T12:00:00z", "2026-01-31T12:00:00.1234567890Z", "2026-01-31T12:00:00+25:00"],
    ),
}


@pytest.mark.parametrize("check", CASES, ids=lambda check: check.__name__)
def test_checks(check):
    good, bad = CASES[check]
    assert {str(value): check(value) for value in good if check(value)} == {}
    assert [value for value in bad if not check(value)] == []


def test_what_a_check_says():
    assert checks.addresses(["dynamic", "192.168.1.5:22000"]) == (
        "has '192.168.1.5:22000', which is not an address that Syncthing can use. Use 'dynamic', or a URL such as "
        "'tcp://host:22000', 'quic://host:22000' or 'relay://host:22067/?id=...'"
    )
    assert "secret" not in str(checks.header("secret\n"))


@pytest.mark.parametrize(
    ("value", "canonical"),
    [
        ("2026-01-31T12:00:00+00:00", "2026-01-31T12:00:00Z"),
        ("2026-01-31T12:00:00.500Z", "2026-01-31T12:00:00.5Z"),
        ("2026-01-31T12:00:00.000+01:00", "2026-01-31T12:00:00+01:00"),
        ("anything", "anything"),
    ],
)
def test_times_as_the_daemon_writes_them(value, canonical):
    assert checks.canonical_timestamp(value) == canonical


@pytest.mark.parametrize(
    ("path", "system", "foreign"),
    [
        ("C:\\Users\\me", "linux", True),
        ("c:/x", "darwin", True),
        ("\\\\nas\\x", "freebsd", True),
        ("\\x", "linux", True),
        ("~\\x", "linux", True),
        ("~\\x", "windows", False),
        ("/srv/x", "windows", True),
        ("/srv/x", "linux", False),
        ("~/x", "windows", False),
        ("C:\\x", "windows", False),
    ],
)
def test_paths_of_another_system(path, system, foreign):
    assert checks.foreign_path(path, system) is foreign


@pytest.mark.parametrize(
    "table", [tables.DEVICE, tables.FOLDER, tables.OPTIONS, tables.GUI, tables.VERSIONING_PARAMS, tables.SIZE]
)
def test_every_number_has_limits(table):
    for field in table:
        if field.type in ("int", "float"):
            for value in (10**30, -(10**30), 2**63, 1e308):
                assert field.problem(value), field.option


def test_blanks_around_elements_mean_nothing():
    given = {"addresses": ["tcp://192.168.1.5:22000", " dynamic"], "allowed_networks": [" 10.0.0.0/8 "]}
    assert declared(tables.DEVICE, given) == {
        "addresses": ["tcp://192.168.1.5:22000", "dynamic"],
        "allowedNetworks": ["10.0.0.0/8"],
    }
