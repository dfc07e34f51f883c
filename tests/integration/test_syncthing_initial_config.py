# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

from __future__ import annotations

import base64
import subprocess
from pathlib import Path
from typing import Any

import pytest
from installation import CONFIG, IDENTITY, Host
from support import Make, bad, good

from harness.daemon import Daemon
from harness.module import run_module

pytestmark = [pytest.mark.any_core, pytest.mark.outer_versions]

USER, PASSWORD, KEY = "admin", "correct horse: battery, stäple $", "a-key-that-was-given"
HASH = "$2a$10$PbkQFukwGemfhXFEYAR6B.ooLntZofU2ps0SmwPYcKiDbxdzbQFzC"  # of PASSWORD
HASHES = "1.18.5"  # the first release that hashes a password before its first start


def prepare(make_daemon: Make, **args: Any) -> tuple[Daemon, dict[str, Any]]:
    """A daemon with nothing but what the modules made, and the module's answer."""
    address = args.get("gui_address", "127.0.0.1:8384")
    daemon = make_daemon(start=False, gui=address.rpartition(":")[0] or address)
    for path in daemon.config_dir.iterdir():
        path.unlink()
    host = Host(daemon.binary, daemon.home)
    host.config_dir = daemon.config_dir
    good(host.run(IDENTITY), changed=True)
    predicted = good(host.run(CONFIG, check=True, **args), changed=True)
    assert not daemon.config_xml.exists()
    done = good(host.run(CONFIG, **args), changed=True)
    assert done.diff == predicted.diff and done["config_dir"] == str(daemon.config_dir)
    assert sorted(path.name for path in daemon.config_dir.iterdir()) == ["cert.pem", "config.xml", "key.pem"]
    assert daemon.config_xml.stat().st_mode & 0o777 == 0o600
    return daemon, done.result


def start(daemon: Daemon) -> dict[str, Any]:
    """The configuration as the daemon has it after its first start."""
    identity = (daemon.config_dir / "cert.pem").read_text()
    daemon.isolate()
    daemon.start()  # and it has this identity, else it is not ready
    assert (daemon.config_dir / "cert.pem").read_text() == identity
    assert daemon.config_xml.stat().st_mode & 0o777 == 0o600
    config = daemon.config()
    assert config["folders"] == []
    assert [device["deviceID"] for device in config["devices"]] == [daemon.device_id]
    assert not list(daemon.home.rglob("Sync")), "the folder of Syncthing's own choice is there"
    return config


def login(daemon: Daemon, user: str, password: str) -> bool:
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    connection = daemon.connect()
    try:
        connection.request("GET", "/rest/system/ping", headers={"Authorization": f"Basic {token}"})
        # Past the login, what a browser would send along is missing.
        return b"CSRF" in connection.getresponse().read()
    finally:
        connection.close()


def test_a_closed_gui(make_daemon: Make) -> None:
    daemon, done = prepare(make_daemon)
    text = daemon.config_xml.read_text()
    assert "<listenAddress>default</listenAddress>" in text and "<address>127.0.0.1:8384</address>" in text
    assert done["diff"]["after"] == {"gui": {"address": "127.0.0.1:8384", "use_tls": False, "user": ""}}
    config = start(daemon)
    assert config["gui"]["user"] == "" and not config["gui"]["useTLS"]
    assert len(config["gui"]["apiKey"]) > 20, "the key is random"


@pytest.mark.parametrize("hashed", [False, True], ids=["plain", "hash"])
def test_a_login(make_daemon: Make, hashed: bool) -> None:
    args = {"gui_user": USER, "gui_password": HASH if hashed else PASSWORD, "gui_use_tls": True, "api_key": KEY}
    args["gui_address"] = "127.0.0.1:12345"
    if not hashed and not make_daemon("x", start=False).at_least(HASHES):
        args["gui_password"] = HASH
    daemon, done = prepare(make_daemon, **args)
    shown = {"address": "127.0.0.1:12345", "use_tls": True, "user": USER, "password": "(set)", "api_key": "(set)"}
    assert done["diff"]["after"] == {"gui": shown}
    text = daemon.config_xml.read_text()
    assert PASSWORD not in text and "<address>127.0.0.1:12345</address>" in text
    config = start(daemon)
    assert config["gui"]["user"] == USER and config["gui"]["useTLS"] and daemon.api_url.startswith("https:")
    assert daemon.api_key == KEY
    assert daemon.get("/rest/system/ping") == {"ping": "pong"}
    assert login(daemon, USER, PASSWORD)
    assert not login(daemon, USER, "wrong") and not login(daemon, "other", PASSWORD)


@pytest.mark.since(HASHES)
@pytest.mark.once
def test_secrets_from_files(make_daemon: Make, tmp_path: Path) -> None:
    """By the first configuration and by a later one; nothing of them is shown."""
    files = {name: tmp_path / name for name in ("password", "key")}
    files["password"].write_text(PASSWORD + "\n")
    files["key"].write_text(KEY)
    args = {"gui_password_file": str(files["password"]), "api_key_file": str(files["key"])}
    daemon, done = prepare(make_daemon, gui_user=USER, **args)
    assert PASSWORD not in str(done) and KEY not in str(done) and str(files["key"]) in str(done["invocation"])
    start(daemon)
    assert daemon.api_key == KEY and login(daemon, USER, PASSWORD)
    where = {"config_dir": str(daemon.config_dir)}
    names = {f"gui_{name}_file": str(files[part]) for name, part in (("password", "password"), ("api_key", "key"))}
    good(run_module("syncthing_config", {**where, **names}), changed=False)
    files["password"].write_text("another one\r\n")
    changed = good(run_module("syncthing_config", {**where, **names}), changed=True)
    assert "another one" not in str(changed.result) and login(daemon, USER, "another one")
    for wrong, words in (
        ({"gui_password_file": str(tmp_path / "none")}, ("gui_password_file", "none", "No such file")),
        ({"gui_password_file": str(tmp_path)}, ("gui_password_file", "can't be read")),
        ({"gui_password_file": "relative"}, ("absolute path",)),
        ({"gui_api_key_file": "/dev/null"}, ("gui_api_key_file", "not a regular file")),
        ({"gui_password_file": names["gui_password_file"], "gui": {"password": "x"}}, ("Set only one of them",)),
    ):
        for check in (True, False):
            bad(run_module("syncthing_config", {**where, **wrong}, check=check), "invalid_input", *words)
    assert login(daemon, USER, "another one")


@pytest.mark.once
def test_a_socket(make_daemon: Make, tmp_path: Any) -> None:
    daemon, _done = prepare(make_daemon, gui_address=f"{tmp_path}/gui")
    start(daemon)
    assert daemon.api_url == f"unix://{tmp_path}/gui"


def test_what_is_there_is_not_touched(host: Host) -> None:
    good(host.run(IDENTITY))
    good(host.run(CONFIG), changed=True)
    before = host.files()
    for check in (True, False):
        again = good(host.run(CONFIG, check=check, gui_address="127.0.0.1:1", api_key=KEY), changed=False)
        assert again.diff == {"before": {}, "after": {}} and host.files() == before
    (host.config_dir / "config.xml").write_text("not even a configuration")
    good(host.run(CONFIG), changed=False)
    assert host.file("config.xml") == "not even a configuration"


@pytest.mark.until(HASHES)
def test_a_password_that_cannot_be_hashed(host: Host) -> None:
    good(host.run(IDENTITY))
    before = host.files()
    bad(host.run(CONFIG, gui_user=USER, gui_password=PASSWORD), "unsupported", "gui_password", HASHES, "htpasswd")
    assert host.files() == before


@pytest.mark.once
def test_what_is_needed_before(host: Host) -> None:
    bad(host.run(CONFIG), "discovery", "syncthing_identity")
    bad(host.run(CONFIG, executable="no-such-program"), "discovery", "executable")
    bad(host.run(CONFIG, user="no-such-user"), "discovery", "no-such-user")
    for args in ({}, {"executable": "no-such-program"}, {"user": "no-such-user"}):
        good(host.run(CONFIG, check=True, **args), changed=True)
    assert host.files() == {}


def test_a_key_that_syncthing_cannot_use(host: Host) -> None:
    """At its start it would make itself another identity, so it must not come so far."""
    host.config_dir.mkdir(mode=0o700, parents=True)
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp256k1", "-nodes"]
    files = ["-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=syncthing"]
    subprocess.run([*command, *files], cwd=host.config_dir, check=True, capture_output=True)
    before = host.files()
    bad(host.run(CONFIG), "unsupported", "Ed25519", host.binary.version)
    assert host.files() == before


@pytest.mark.once
def test_what_cannot_be_meant(host: Host) -> None:
    """More of it is among the unit tests."""
    for check in (True, False):
        bad(
            host.run(CONFIG, check=check, gui_address="0.0.0.0:8384"), "invalid_input", "allow_open_gui", "gui_password"
        )
        said = host.run(CONFIG, check=check, gui_user=USER, gui_password=f"{PASSWORD}\n")
        bad(said, "invalid_input", "gui_password")
        assert PASSWORD not in said.stdout + said.stderr
    assert host.files() == {}


@pytest.mark.once
def test_survey_answers_may_be_empty(make_daemon: Make) -> None:
    daemon, _done = prepare(make_daemon, gui_user="", gui_password="", api_key="")
    assert start(daemon)["gui"]["user"] == ""


@pytest.mark.once
def test_open_on_purpose_or_with_a_login(host: Host) -> None:
    for args in ({"allow_open_gui": True}, {"gui_user": USER, "gui_password": HASH}):
        good(host.run(IDENTITY))
        good(host.run(CONFIG, gui_address="0.0.0.0:8384", **args), changed=True)
        assert "<address>0.0.0.0:8384</address>" in host.file("config.xml")
        (host.config_dir / "config.xml").unlink()
