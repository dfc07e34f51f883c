# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""What the role learns of a host at once. systemd's part is shown by Molecule's scenarios, on hosts that have one."""

from __future__ import annotations

import getpass
import hashlib
import platform
import shutil
from pathlib import Path
from typing import Any

import pytest
from installation import CONFIG, IDENTITY, INFO, Host
from support import add_folder, bad, good
from test_syncthing_gui_certificate import openssl

from harness.daemon import Daemon
from harness.module import run_module

pytestmark = [pytest.mark.any_core, pytest.mark.outer_versions]

PROBE = "syncthing_probe"
UNKNOWN = {"unit": None, "daemon": None, "lingering": False, "firewall": None, "listening": None}


def probe(daemon: Daemon, **args: Any) -> dict[str, Any]:
    """In check mode too, the same."""
    options = {"config_dir": str(daemon.config_dir), "executable": str(daemon.binary.path), **args}
    shown = []
    for check in (False, True):
        result = run_module(PROBE, options, check=check)
        assert daemon.api_key not in str(result.result)
        shown.append(good(result, changed=False).result)
    assert shown[0]["daemon"] == shown[1]["daemon"]
    return shown[0]


def test_a_daemon_and_its_folders(fresh_daemon: Daemon) -> None:
    add_folder(fresh_daemon, "good", paused=False)
    add_folder(fresh_daemon, "resting", paused=True, path="/dev/null/impossible")
    gone = add_folder(fresh_daemon, "gone", rescanIntervalS=0, fsWatcherEnabled=False, paused=False)
    good(run_module("syncthing_wait", {"config_dir": str(fresh_daemon.config_dir), "running": ["all"]}))
    found = probe(fresh_daemon)["daemon"]
    assert found["my_id"] == fresh_daemon.device_id
    assert found["version"].startswith("v" + fresh_daemon.version)
    assert (sorted(found["running"]), found["stopped"]) == (["gone", "good", "resting"], [])
    # the daemon itself has not looked since
    shutil.move(gone["path"], gone["path"] + ".away")
    found = probe(fresh_daemon)["daemon"]
    assert sorted(found["running"]) == ["good", "resting"]
    assert [(one["folder"], one["path"]) for one in found["stopped"]] == [("gone", gone["path"])]
    shutil.move(gone["path"] + ".away", gone["path"])
    assert probe(fresh_daemon)["daemon"]["stopped"] == []


def test_one_that_does_not_answer(fresh_daemon: Daemon) -> None:
    running = probe(fresh_daemon)
    fresh_daemon.stop()
    found = probe(fresh_daemon)
    assert found["daemon"] is None
    assert (found["unanswered"], running["unanswered"]) == ("unreachable", None)
    assert {**found, "daemon": running["daemon"], "unanswered": None} == running, "all else is as it was"


def test_where_it_listens(fresh_daemon: Daemon) -> None:
    """What config.xml says is what the daemon says."""
    found = probe(fresh_daemon, firewall_service="no-such-service")
    options = fresh_daemon.config()["options"]
    assert found["listening"] == {
        "listen_addresses": options["listenAddresses"],
        "local_announce_enabled": options["localAnnounceEnabled"],
        "local_announce_port": str(options["localAnnouncePort"]),
        "gui_address": fresh_daemon.config()["gui"]["address"],
    }
    assert set(found["firewall"]["definitions"].values()) == {None} and found["firewall"]["allowed"] is False


@pytest.mark.once
def test_what_other_tasks_will_read(host: Host, tmp_path: Path) -> None:
    """A secret that can't be read, and a certificate that can't be used, are refused before anything is written."""
    secret = tmp_path / "secret"
    secret.write_text("planted-secret")
    shown = good(host.run(PROBE, secret_files=[str(secret)])).result
    assert "planted-secret" not in str(shown) and str(secret) in str(shown)
    bad(host.run(PROBE, secret_files=[str(tmp_path / "none")]), "invalid_input", "secret_files", "No such file")
    pem = openssl(365, "DNS:one,DNS:two")
    given = {"gui_certificate": pem["certificate"], "gui_private_key": pem["private_key"]}
    assert good(host.run(PROBE, **given))["gui_certificate_due"] is True
    assert good(host.run(PROBE))["gui_certificate_due"] is False
    good(host.run("syncthing_gui_certificate", **pem), changed=True)
    assert good(host.run(PROBE, **given))["gui_certificate_due"] is False
    other = openssl(364, "DNS:one,DNS:two")["private_key"]
    bad(host.run(PROBE, **{**given, "gui_private_key": other}), "invalid_input", "gui_private_key is not the key")
    bad(host.run(PROBE, gui_certificate=pem["certificate"]), "invalid_input", "gui_certificate and gui_private_key")


def test_what_install_info_says_too(host: Host) -> None:
    for prepare in (lambda: None, lambda: host.run(IDENTITY), lambda: host.run(CONFIG)):
        prepare()
        told = good(host.run(INFO, user=getpass.getuser())).result
        found = good(host.run(PROBE), changed=False).result
        assert {name: found[name] for name in told if name != "invocation"} == {
            name: told[name] for name in told if name != "invocation"
        }
        assert {name: found[name] for name in UNKNOWN} == UNKNOWN
        assert (found["user"], found["login"]) == (getpass.getuser(),) * 2
        assert found["architecture"] == platform.machine()


@pytest.mark.once
def test_a_bare_host(host: Host) -> None:
    for args in ({}, {"scope": "user"}):
        found = host.run(PROBE, user="no-such-user", executable="no-such-program", unit="syncthing", **args)
        assert good(found, changed=False)["daemon"] is None
        assert (found["home"], found["executable"], found["user"]) == (None, None, "no-such-user")
        assert found["unit"] in (None, {"active": False, "enabled": False, "needs_reload": False})


@pytest.mark.once
def test_an_identity_that_is_not_finished(host: Host) -> None:
    good(host.run(IDENTITY), changed=True)
    assert host.run(PROBE)["identity_unfinished"] is False
    scratch = host.config_dir / ".ansible-syncthing"
    scratch.mkdir()
    (host.config_dir / "cert.pem").rename(scratch / "cert.pem")
    assert host.run(PROBE)["identity_unfinished"] is True
    good(host.run(IDENTITY), changed=True)
    assert host.run(PROBE)["identity_unfinished"] is False


@pytest.mark.once
def test_files(users_host: Host) -> None:
    """Root follows no link of the user's, and says nothing of what the user may not read."""
    home = users_host.base
    open_, secret = home.parent / "open", home.parent / "secret"
    open_.write_text("text")
    secret.write_text("text")
    open_.chmod(0o640 | 0o004)
    secret.chmod(0o600)
    (home / "link").symlink_to(open_)
    (home / "planted").symlink_to(secret)
    paths = [str(open_), str(secret), str(home / "link"), str(home / "planted"), str(home), str(home / "nothing")]
    found = good(users_host.run(PROBE, files=paths), changed=False)["files"]
    expected = {"sha256": hashlib.sha256(b"text").hexdigest(), "mode": "0644"}
    assert found == {path: expected if path == str(open_) else None for path in paths}


@pytest.mark.once
def test_a_file_in_the_home(host: Host) -> None:
    found = good(host.run(PROBE, files=["~/.no/such/file", "~/"]), changed=False)["files"]
    assert found == {"~/.no/such/file": None, "~/": None}
    assert good(host.run(PROBE, files=["~/file"], user="no-such-user"))["files"] == {"~/file": None}
    mine = next((path for path in Path.home().iterdir() if path.is_file() and not path.is_symlink()), None)
    if mine:
        assert good(host.run(PROBE, files=[f"~/{mine.name}"]))["files"][f"~/{mine.name}"]["sha256"]
