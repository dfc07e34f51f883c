# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Wrong input gets one clear sentence, and nothing is written; what is wrong by itself is not even asked about."""

from __future__ import annotations

from typing import Any

import pytest
from support import Run, add_device, add_folder, bad, device_id, good, refused

from harness.binaries import Binary
from harness.daemon import Daemon, _Port
from harness.module import run_module
from harness.proxy import RecordingProxy
from harness.scripted import Answer, ScriptedServer

GOOD = device_id("good")
NEW_FOLDER = {"id": "new", "path": "/nonexistent/new"}
Wrong = tuple[str, dict[str, Any], str, tuple[str, ...]]

# Who sees it: Ansible (no code, no request), or the collection, without a request ("!") or with the configuration read.
WRONG: list[Wrong] = [
    # wrong IDs
    ("device", {"device_id": GOOD[:-1]}, "invalid_input", ("55 letters", "56")),
    ("device", {"device_id": GOOD[:-9] + "-ABCDEFG-H"}, "invalid_input", ("device_id", "device ID")),
    ("device", {"device_id": GOOD.translate(str.maketrans("ABCD", "BADC"))}, "invalid_input", ("check digit",)),
    ("device", {"device_id": GOOD[:10] + "9" + GOOD[11:]}, "invalid_input", ("'9'",)),
    ("device", {"device_id": "nobody"}, "invalid_input", ("'nobody'", "not a device ID")),
    ("device", {"device_id": "twin"}, "invalid_input", ("2 devices", "'twin'")),
    ("folder", {"id": "known", "devices": ["twin"]}, "invalid_input", ("devices[0]", "2 devices")),
    ("folder", {"id": "known", "devices": ["nobody"]}, "invalid_input", ("devices[0]", "'nobody'")),
    ("folder", {"id": "known", "devices": [GOOD]}, "invalid_input", ("devices[0]", GOOD)),
    ("folder", {"id": "known", "devices": [{"device": "nobody"}]}, "invalid_input", ("devices[0]", "'nobody'")),
    # empty texts, and nulls that Ansible makes empty texts of
    ("device", {"device_id": ""}, "invalid_input!", ("device_id must not be empty",)),
    ("device", {"device_id": None}, "invalid_input!", ("device_id must not be empty",)),
    ("device", {}, "", ("device_id",)),
    ("folder", {"id": ""}, "invalid_input!", ("id must not be empty",)),
    ("folder", {"path": "/x"}, "", ("id",)),
    ("folder", {"id": "known", "devices": [""]}, "invalid_input!", ("devices[0] must not be empty",)),
    ("folder", {"id": "known", "devices": [None]}, "invalid_input!", ("devices[0]",)),
    ("folder", {"id": "known", "devices": [{"device": None}]}, "invalid_input!", ("devices[0].device", "empty")),
    ("folder", {"id": "known", "devices": [{}]}, "invalid_input!", ("devices[0].device", "empty")),
    ("folder", {"id": "known", "path": ""}, "invalid_input", ("path",)),
    # wrong types
    ("device", {"device_id": GOOD, "addresses": {"a": 1}}, "", ("addresses", "list")),
    ("device", {"device_id": GOOD, "paused": "perhaps"}, "", ("paused", "bool")),
    ("device", {"device_id": GOOD, "max_send_kbps": "fast"}, "", ("max_send_kbps", "int")),
    ("device", {"device_id": GOOD, "extra": "x"}, "", ("extra", "dict")),
    ("device", {"device_id": GOOD, "ignored_folders": [{"label": "x"}]}, "", ("ignored_folders[0]", "id")),
    ("device", {"device_id": GOOD, "ignored_folders": ["x"]}, "", ("ignored_folders", "dict")),
    ("folder", {"id": "known", "rescan_interval_s": 1.5}, "", ("rescan_interval_s", "int")),
    ("folder", {"id": "known", "versioning": {"params": {"keep": "x"}}}, "", ("keep", "int")),
    ("folder", {"id": "known", "devices": [1]}, "invalid_input!", ("devices[0]",)),
    ("folder", {"id": "known", "devices": [["x"]]}, "invalid_input!", ("devices[0]",)),
    ("folder", {"id": "known", "devices": [{"device": "x", "password": "y"}]}, "invalid_input!",
     ("devices[0].password",)),
    ("folder", {"id": "known", "devices": [{"device": "x", "encryption_password": 12}]}, "invalid_input!",
     ("devices[0].encryption_password", "quotes")),
    # wrong values
    ("device", {"device_id": GOOD, "compression": "some"}, "", ("compression", "metadata, always, never")),
    ("device", {"device_id": GOOD, "state": "gone"}, "", ("state", "present, absent")),
    ("device", {"device_id": GOOD, "addresses": ["192.0.2.1"]}, "invalid_input", ("addresses", "192.0.2.1", "tcp://")),
    ("device", {"device_id": GOOD, "allowed_networks": ["192.0.2.1"]}, "invalid_input", ("192.0.2.1/32",)),
    ("device", {"device_id": GOOD, "allowed_networks": ["lan"]}, "invalid_input", ("allowed_networks", "'lan'")),
    ("device", {"device_id": GOOD, "remote_gui_port": 65536}, "invalid_input", ("remote_gui_port", "65535")),
    ("device", {"device_id": GOOD, "extra": {"maxSendKbps": 1}}, "invalid_input!", ("max_send_kbps",)),
    ("device", {"device_id": GOOD, "extra": {"x": None}}, "invalid_input!", ("extra.x",)),
    ("device", {"device_id": GOOD, "extra": {"deviceID": "x"}}, "invalid_input!", ("extra.deviceID",)),
    ("device", {"device_id": GOOD, "adresses": []}, "", ("adresses",)),
    ("folder", {"id": "known", "type": "recvonly"}, "", ("type", "receiveonly")),
    ("folder", {"id": "known", "min_disk_free": {"unit": "percent"}}, "invalid_input", ("min_disk_free.unit", "'%'")),
    ("folder", {"id": "known", "min_disk_free": {"value": -1}}, "invalid_input", ("min_disk_free.value",)),
    ("folder", {"id": "known", "extra": {"devices": []}}, "invalid_input!", ("extra.devices",)),
    ("folder", {"id": "known", "append_devices": True}, "invalid_input!", ("append_devices", "devices")),
    ("folder", {"id": "known", "ignore_patterns": ["a\nb"]}, "invalid_input!", ("ignore_patterns[0]",)),
    ("folder", {"id": "known", "versioning": {"type": "simple", "params": {"max_age": 3}}}, "invalid_input",
     ("versioning.params.max_age",)),
    ("folder", {"id": "known", "versioning": {"params": {"keep": 3}}}, "invalid_input", ("versioning.params.keep",)),
    ("folder", {"id": "known", "versioning": {"type": "simple", "params": {"keep": 0}}}, "invalid_input",
     ("at least 1",)),
    ("folder", {"id": "known", "versioning": {"type": "external"}}, "invalid_input", ("command is required",)),
    ("folder", {"id": "new"}, "invalid_input", ("path is required", "'new'")),
    ("folder", {"id": "new", "path": "relative"}, "invalid_input", ("path", "absolute")),
    ("command", {"command": "scan", "wait_timeout": 1e10}, "invalid_input!", ("wait_timeout", "year")),
    ("wait", {"wait_timeout": float("inf")}, "invalid_input!", ("wait_timeout", "number", "inf")),
    ("config", {"restart": "if_required", "restart_timeout": 0}, "invalid_input!", ("restart_timeout", "more than 0")),
    # values that Syncthing would take, and then stop or ignore
    ("config", {"options": {"listen_addresses": ["127.0.0.1:22000"]}}, "invalid_input",
     ("options.listen_addresses", "'127.0.0.1:22000'", "tcp://")),
    ("config", {"options": {"listen_addresses": ["tpc://0.0.0.0:22000"]}}, "invalid_input", ("'tpc://0.0.0.0:22000'",)),
    ("config", {"options": {"stun_servers": ["stun.example.com"]}}, "invalid_input", ("options.stun_servers", "port")),
    ("config", {"gui": {"unix_socket_permissions": 0o770}}, "invalid_input!", ("unix_socket_permissions", "quotes")),
    ("config", {"gui": {"unix_socket_permissions": "0999"}}, "invalid_input", ("unix_socket_permissions", "octal")),
    ("config", {"gui": {"api_key": " abc "}}, "invalid_input", ("gui.api_key", "blanks")),
    ("config", {"gui": {"user": "a:b"}}, "invalid_input", ("gui.user", "colon")),
    ("config", {"devices": [{"device_id": GOOD}], "folders": [{"id": "known", "rescan_interval_s": True}]},
     "invalid_input!", ("folders[0].rescan_interval_s", "not true")),
    ("config", {"devices": [{"device_id": GOOD}], "folders": [{"id": "known", "copiers": 10**30}]}, "invalid_input",
     ("folders[0].copiers", "at most")),
    ("config", {"folders": [{"id": "known", "max_conflicts": 2**63}]}, "invalid_input", ("max_conflicts", "at most")),
    ("config", {"folders": [{"id": "known", "hashers": 10**6}]}, "invalid_input", ("folders[0].hashers", "1024")),
    ("folder", {"id": "new", "path": "C:\\Users\\me\\Sync"}, "invalid_input", ("path", "linux", "/srv")),
    ("folder", {"id": "new", "path": "~bob/Sync"}, "invalid_input", ("path", "begin with ~", "'~bob/Sync'")),
    ("folder", {"id": "new", "path": "\\Sync"}, "invalid_input", ("path", "linux", "/srv")),
    ("folder", {"id": "known", "ignore_patterns": ["a", "x" * 2**16]}, "invalid_input",
     ("ignore_patterns[1]", "xxx...", "longer than 65535 bytes")),
    ("config", {"ignored_devices": [{"device_id": GOOD, "time": "yesterday"}]}, "invalid_input",
     ("ignored_devices[0].time", "'yesterday'")),
    ("config", {"devices": [{"device_id": GOOD, "ignored_folders": [{"id": "known"}]}],
                "folders": [{"id": "known", "devices": [GOOD]}]}, "invalid_input",
     ("devices[0].ignored_folders[0].id", "'known' is shared with this device")),
    ("folder", {"id": "known", "ignore_patterns": "*.tmp,*.bak"}, "invalid_input!", ("ignore_patterns", "list")),
    # wrong connections
    ("info", {"retries": -1}, "invalid_input!", ("retries",)),
    ("info", {"auth_method": "password"}, "", ("auth_method",)),
    ("info", {"api_url": "127.0.0.1:8384"}, "invalid_input!", ("api_url", "http://")),
    ("info", {"api_url": "ftp://127.0.0.1:8384"}, "invalid_input!", ("api_url", "http://")),
    ("info", {"api_url": "http://127.0.0.1:port"}, "invalid_input!", ("api_url",)),
    ("info", {"api_url": "http://user:secret@127.0.0.1:8384"}, "invalid_input!", ("api_url", "password")),
    ("info", {"api_key": "with\nbreak"}, "invalid_input!", ("api_key",)),
    ("info", {"api_key": "schlüssel"}, "invalid_input!", ("api_key",)),
]  # fmt: skip


@pytest.mark.any_core
def test_wrong_input(run: Run, proxy: RecordingProxy, binaries: list[Binary]) -> None:
    """The versions take turns, since it's the same everywhere."""
    for name in ("first", "second"):
        add_device(proxy.daemon, name, name="twin")
    add_folder(proxy.daemon, "known")
    failures = []
    before = proxy.daemon.config()
    turn = binaries.index(proxy.daemon.binary)
    for number, (module, args, code, words) in enumerate(WRONG[turn :: len(binaries)]):
        proxy.clear()
        try:
            result = run(f"syncthing_{module}", proxy, check=bool(number % 2), **args)
            bad(result, code.strip("!") or None, *words)
            assert not proxy.writes and (code == "invalid_input" or not proxy.requests), proxy.requests
        except AssertionError as error:
            failures.append(f"{module} {args}: {error}")
    assert proxy.daemon.config() == before
    assert not failures, "\n".join(failures)


class _Nobody:
    """An address on which nothing listens."""

    api_key = "key"

    def __init__(self) -> None:
        self._port = _Port()
        self.api_url = f"http://127.0.0.1:{self._port.number}"


def test_nobody_there(run: Run) -> None:
    nobody = _Nobody()
    for module, args in (
        ("syncthing_info", {}),
        ("syncthing_device", {"device_id": GOOD}),
        ("syncthing_folder", NEW_FOLDER),
    ):
        bad(run(module, nobody, retries=1, **args), "unreachable", nobody.api_url, "refused", "Is the daemon running")
    nowhere = "http://no.such.host.invalid:8384"
    bad(run("syncthing_info", nobody, api_url=nowhere, retries=0), "unreachable", nowhere)


@pytest.mark.once
def test_a_wrong_key(run: Run, proxy: RecordingProxy) -> None:
    for args in ({}, {"state": "absent"}):
        refused(run, proxy, "syncthing_device", "api_key", "API key", api_key="wrong", device_id=GOOD, **args)


ANSWERS: list[tuple[Any, str, tuple[str, ...]]] = [
    (Answer.html(), "unexpected_answer", ("text/html", "JSON", "api_url")),
    (Answer.html(status=502), "server_error", ("502",)),
    (Answer("404 page not found\n", 404), "unsupported", ("1.12",)),
    (Answer.broken_json(), "unexpected_answer", ("JSON",)),
    (Answer.torn({"version": 1, "folders": []}), "unreachable", ()),
    (Answer.close(), "unreachable", ()),
    (Answer.reset(), "unreachable", ()),
    (Answer({}), "unexpected_answer", ("what Syncthing says", "api_url")),
    (Answer([]), "unexpected_answer", ("what Syncthing says", "api_url")),
    (Answer(None), "unexpected_answer", ("what Syncthing says", "api_url")),
    (Answer.redirect("https://sso.example/login"), "unexpected_answer", ("sso.example", "not followed")),
    (Answer("no", 500), "server_error", ("500", "'no'")),
    (Answer("no", 400), "bad_request", ("400", "'no'")),
    (Answer.slow(30), "timeout", ("timeout", "took longer than 0.5 s")),
]


def test_answers_that_syncthing_would_not_give() -> None:
    failures = []
    for answer, code, words in ANSWERS:
        with ScriptedServer({"*": answer}) as server:
            try:
                # The fixture's own `timeout` is that of the test.
                to = {"api_url": server.api_url, "api_key": "key", "timeout": 0.5, "retries": 1}
                result = run_module("syncthing_device", {**to, "device_id": GOOD})
                bad(result, code, server.api_url, *words)
                assert {request[:2] for request in server.requests} == {("GET", "/rest/config")}
            except AssertionError as error:
                failures.append(f"{answer}: {error}")
    assert not failures, "\n".join(failures)


def test_a_wrong_timeout() -> None:
    for timeout in (0, -1):
        args = {"timeout": timeout, "api_url": "http://127.0.0.1:1", "api_key": "x"}
        bad(run_module("syncthing_info", args), "invalid_input", "timeout")


def test_before_1_12(run: Run) -> None:
    headers = {"Content-Type": "text/plain", "X-Syncthing-Version": "v1.11.1"}
    with ScriptedServer({"*": Answer(b"404 page not found\n", 404, headers=headers)}) as server:
        bad(run("syncthing_folder", server, **NEW_FOLDER), "unsupported", "1.12", "v1.11.1")


@pytest.mark.once
def test_the_daemon_refuses_a_write(run: Run, proxy: RecordingProxy, daemon: Daemon) -> None:
    """Its own words are part of the sentence."""
    before = daemon.config()
    for status, code in ((400, "bad_request"), (500, "server_error")):
        proxy.on_request = lambda method, *_, s=status: None if method == "GET" else (s, {}, b"because of this")
        bad(run("syncthing_device", proxy, device_id=GOOD), code, "because of this", str(status))
    assert daemon.config() == before
    proxy.on_request = None
    good(run("syncthing_device", proxy, device_id=GOOD), changed=True)
