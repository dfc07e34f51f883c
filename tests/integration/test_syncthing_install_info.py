# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

from __future__ import annotations

from collections.abc import Callable

import pytest
from installation import CONFIG, IDENTITY, INFO, Host
from support import bad, good

from harness.daemon import Daemon, device_id

pytestmark = [pytest.mark.any_core, pytest.mark.outer_versions]

NOTHING = {"config_version": None, "minimum_version": None, "device_id": None}


def facts(host: Host, **args: object) -> dict[str, object]:
    shown = []
    for check in (False, True):
        result = good(host.run(INFO, check=check, **args), changed=False)
        shown.append({name: result[name] for name in ("executable", "version", "config_dir", *NOTHING)})
    assert shown[0] == shown[1]
    return shown[0]


def test_before_and_after(host: Host) -> None:
    here = {
        "executable": str(host.executable),
        "version": host.binary.version,
        "config_dir": str(host.config_dir),
    }
    assert facts(host) == {**here, **NOTHING}
    good(host.run(IDENTITY), changed=True)
    good(host.run(CONFIG), changed=True)
    shown = facts(host)
    version = next(int(part.split('"')[1]) for part in host.file("config.xml").split("version=")[1:])
    assert shown == {
        **here,
        "config_version": version,
        "minimum_version": {32: "1.12.0", 36: "1.19.1", 37: "1.22.0", 52: "2.0.16"}[version],
        "device_id": device_id(host.config_dir / "cert.pem"),
    }


def test_folders_and_libraries(host: Host) -> None:
    good(host.run(IDENTITY), changed=True)
    good(host.run(CONFIG), changed=True)
    assert host.run(INFO)["folders"] == []
    config = host.config_dir / "config.xml"
    folders = '<folder id="documents" path="/d"></folder><folder id="&lt;a&gt;" path="/a"></folder>'
    config.write_text(config.read_text().replace("</configuration>", folders + "</configuration>"))
    result = host.run(INFO)
    assert result["folders"] == ["documents", "<a>"]
    assert result["requests"] == host.python_has("requests")


def test_where_it_would_be(host: Host, make_daemon: Callable[..., Daemon]) -> None:
    """Without config_dir: where this version itself goes, shown by letting it go there."""
    daemon = make_daemon(start=False)
    args = {"config_dir": None, "user": None}
    environment = {"HOME": str(host.base)}
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        environment[name] = ""
    from harness.module import run_module

    def ask() -> str:
        found = run_module(INFO, {"executable": str(host.executable), **args}, env=environment)
        return str(good(found, changed=False)["config_dir"])

    expected = ".local/state/syncthing" if daemon.at_least("1.27.0") else ".config/syncthing"
    assert ask() == str(host.base / expected)
    for folder in (".local/state/syncthing", ".config/syncthing"):  # the latter comes first
        path = host.base / folder
        path.mkdir(parents=True)
        (path / "config.xml").write_text("<configuration/>")
        assert ask() == str(path)


@pytest.mark.once
def test_a_bare_host(host: Host) -> None:
    nothing = {"executable": None, "version": None, "config_dir": None, **NOTHING}
    assert facts(host, executable="no-such-program", config_dir=None, user="no-such-user") == nothing
    assert facts(host, executable="/no/such/program", config_dir="/no/such", user="no-such-user") == {
        **nothing,
        "config_dir": "/no/such",
    }
    assert facts(host, config_dir=None, user="no-such-user")["version"] == host.binary.version


@pytest.mark.once
def test_what_is_broken(host: Host) -> None:
    host.config_dir.mkdir(parents=True)
    for text in ("", "<configuration version='x'/>", "<configuration version='9999999999'/>", "<!DOCTYPE x><x/>"):
        (host.config_dir / "config.xml").write_text(text)
        (host.config_dir / "cert.pem").write_text("no certificate")
        assert {name: facts(host)[name] for name in NOTHING} == NOTHING
    (host.config_dir / "config.xml").write_text("<configuration version='999'/>")
    assert "999" in good(host.run(INFO), changed=False).warnings[0]
    assert facts(host)["config_version"] == 999 and facts(host)["minimum_version"] == "2.0.16"
    bad(host.run(INFO, executable="/bin/true"), "discovery", "/bin/true", "executable")


@pytest.mark.once
def test_of_another_user(users_host: Host) -> None:
    good(users_host.run(IDENTITY), changed=True)
    assert facts(users_host)["device_id"] == device_id(users_host.config_dir / "cert.pem")
