# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""How a module finds a daemon, and comes in."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from support import Make, Run, bad, certificate, device_id, good, python_with

from harness.daemon import Daemon
from harness.module import run_module
from harness.proxy import RecordingProxy

pytestmark = pytest.mark.any_core

PYTHON = os.environ.get("SYNCTHING_TEST_PYTHON", sys.executable)


def ask(daemon: Daemon | None, env: dict[str, str] | None = None, python: str = PYTHON, **args: Any) -> Any:
    """syncthing_info with nothing but these options; with `daemon`, it must have come there."""
    result = run_module("syncthing_info", args, env=env, python=python)
    if daemon:
        assert good(result)["my_id"] == daemon.device_id
    return result


# --- finding it


@pytest.mark.once
def test_config_dir(daemon: Daemon) -> None:
    here = str(daemon.config_dir)
    ask(daemon, config_dir=here)
    ask(daemon, config_dir=here + "/")
    ask(daemon, {"HOME": str(daemon.home)}, config_dir="~/.config/syncthing")
    bad(ask(None, config_dir=str(daemon.home)), "discovery", str(daemon.home / "config.xml"), "No such file")


@pytest.mark.once
def test_the_environment(daemon: Daemon, proxy: RecordingProxy) -> None:
    key = {"SYNCTHING_API_KEY": daemon.api_key}
    ask(daemon, {"SYNCTHING_CONFIG_DIR": str(daemon.config_dir)})
    ask(daemon, {"SYNCTHING_API_URL": daemon.api_url, **key})
    # Options win, each over its own variable, and what is given explicitly over what could be found.
    ask(daemon, {"SYNCTHING_API_URL": "http://127.0.0.1:1", **key}, api_url=proxy.api_url)
    ask(daemon, {"SYNCTHING_API_KEY": "wrong"}, api_url=proxy.api_url, api_key=daemon.api_key)
    assert len(proxy.requests) == 4
    bad(ask(None, key, api_url=proxy.api_url, api_key="wrong"), "api_key")


@pytest.mark.once
@pytest.mark.parametrize("place", [".config/syncthing", ".local/state/syncthing", "xdg/syncthing"])
def test_home(daemon: Daemon, tmp_path: Path, place: str) -> None:
    """Where the daemon itself looks, old and new."""
    env = {"HOME": str(tmp_path)}
    said = bad(ask(None, env), "discovery", ".config/syncthing/config.xml", ".local/state/syncthing/config.xml")
    assert "config_dir" in said and "api_key" in said
    (tmp_path / place).parent.mkdir(parents=True)
    shutil.copytree(daemon.config_dir, tmp_path / place, ignore=shutil.ignore_patterns("index-*"))
    if place.startswith("xdg"):
        ask(daemon, {**env, "XDG_CONFIG_HOME": str(tmp_path / "xdg")})
        ask(daemon, {**env, "XDG_STATE_HOME": str(tmp_path / "xdg")})
    else:
        ask(daemon, env)
    for variable in ("STHOMEDIR", "STCONFDIR"):
        ask(daemon, {"HOME": "/nonexistent", variable: str(tmp_path / place)})


@pytest.mark.once
def test_two_homes_are_one_too_many(daemon: Daemon, tmp_path: Path) -> None:
    for place in (".config/syncthing", ".local/state/syncthing"):
        shutil.copytree(daemon.config_dir, tmp_path / place, ignore=shutil.ignore_patterns("index-*"))
    env = {"HOME": str(tmp_path)}
    bad(ask(None, env), "discovery", "More than one", "/.config/", "/.local/state/", "config_dir")
    ask(daemon, env, config_dir=str(daemon.config_dir))
    shutil.rmtree(tmp_path / ".local/state/syncthing")
    (tmp_path / ".local/state/syncthing").symlink_to(tmp_path / ".config/syncthing")
    ask(daemon, env)  # the same one twice is one


@pytest.mark.once
def test_user(daemon: Daemon, tmp_path: Path) -> None:
    """Whose daemon is meant; that user's home is looked up, and the environment is not that user's."""
    code = "import os, pwd\nreal = pwd.getpwnam\nclass Somebody:\n    pw_dir = os.environ['TEST_HOME']\n"
    code += "    pw_name, pw_uid, pw_gid = 'somebody', os.geteuid(), os.getegid()\n"
    code += "pwd.getpwnam = lambda name: Somebody if name == 'somebody' else real(name)\n"
    env = {"TEST_HOME": str(daemon.home), "HOME": "/nonexistent", "STHOMEDIR": "/nonexistent"}
    ask(daemon, env, python_with(tmp_path, code), user="somebody")
    bad(ask(None, user="no such user"), "discovery", "no such user")


@pytest.mark.once
def test_unusable_configurations(daemon: Daemon, tmp_path: Path) -> None:
    text = daemon.config_xml.read_text()
    config = tmp_path / "config.xml"
    key = daemon.api_key
    for content, words in (
        (text.replace(f"<apikey>{key}</apikey>", "<apikey></apikey>"), ("no API key", "api_key")),
        (text.replace('<gui enabled="true"', '<gui enabled="false"'), ("GUI", "enabled")),
        (text[: len(text) // 2], ("not valid XML",)),
        ('<!DOCTYPE x [<!ENTITY e "x">]>' + text, ("document type",)),
        ("", ("not valid XML",)),
        (text.replace(f"<address>{daemon.api_url[7:]}</address>", "<address>localhost</address>"), ("no port",)),
    ):
        assert content != text
        config.write_text(content)
        said = bad(ask(None, config_dir=str(tmp_path)), "discovery", str(config), *words)
        assert key not in said
    # What the configuration lacks may be given.
    config.write_text(text.replace(f"<apikey>{key}</apikey>", ""))
    ask(daemon, config_dir=str(tmp_path), api_key=key)
    ask(daemon, {"SYNCTHING_API_KEY": key}, config_dir=str(tmp_path))


@pytest.mark.once
def test_the_own_key_is_not_sent_elsewhere(daemon: Daemon) -> None:
    env = {"HOME": str(daemon.home)}
    ask(daemon, env, api_url=daemon.api_url)
    bad(ask(None, env, api_url="http://nas.example:8384"), "discovery", "api_key", "nas.example")


# --- coming in


@pytest.mark.once
def test_unix_socket(run: Run, make_daemon: Make, tmp_path: Path) -> None:
    daemon = make_daemon(gui=str(tmp_path / "gui socket"))
    here = str(daemon.config_dir)
    ask(daemon, config_dir=here)
    ask(daemon, api_url=f"unix://{tmp_path}/gui socket", api_key=daemon.api_key)
    for changed in (True, False):
        good(run("syncthing_device", daemon, device_id=device_id("x")), changed=changed)
    bad(ask(None, api_url=f"unix://{tmp_path}/gui socket", api_key="wrong"), "api_key")
    url = f"unix://{tmp_path}/nothing"
    bad(ask(None, api_url=url, api_key="no-such-key", retries=0), "unreachable", url, "No such file")


@pytest.mark.once
def test_tls_with_a_ca(make_daemon: Make, tmp_path: Path) -> None:
    daemon = make_daemon(tls=True, start=False)
    ca = str(certificate(daemon.config_dir, "127.0.0.1"))
    daemon.start()
    to: dict[str, Any] = {"api_url": daemon.api_url, "api_key": daemon.api_key, "retries": 0}
    ask(daemon, **to, ca_path=ca)
    ask(daemon, **to, config_dir=str(daemon.config_dir))
    ask(daemon, **to, validate_certs=False)
    for variable in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"):
        bad(ask(None, {variable: "/dev/null"}, **to), "tls", "not trusted")
    other = certificate(tmp_path, "192.0.2.1")
    bad(ask(None, **to, ca_path=str(other)), "tls", "not trusted")
    bad(ask(None, **to, ca_path="/nonexistent/ca.pem"), "invalid_input", "/nonexistent/ca.pem")
    bad(ask(None, **to, ca_path=str(daemon.config_xml)), "invalid_input", "ca_path")
    # The CA is right, and the name is not.
    named = {**to, "api_url": to["api_url"].replace("127.0.0.1", "localhost")}
    bad(ask(None, **named, ca_path=ca), "tls", "localhost")


def test_tls_with_its_own_certificate(make_daemon: Make, tmp_path: Path) -> None:
    """As ca_path, from anywhere and whatever the name in it; that of another daemon is none."""
    daemon = make_daemon(tls=True)
    to: dict[str, Any] = {"api_url": daemon.api_url, "api_key": daemon.api_key, "retries": 0}
    pin = tmp_path / "nas.pem"
    pin.write_bytes(daemon.cert_file.read_bytes())
    ask(daemon, **to, ca_path=str(pin))
    ask(daemon, {"SYNCTHING_CA_PATH": str(pin)}, **to)
    pin.write_bytes((daemon.config_dir / "cert.pem").read_bytes())
    bad(ask(None, **to, ca_path=str(pin)), "tls", f"shows another certificate than {pin} has")


@pytest.mark.since("1.23.7")
def test_bearer(run: Run, daemon: Daemon, proxy: RecordingProxy) -> None:
    good(run("syncthing_device", proxy, device_id=device_id("x"), auth_method="bearer"), changed=True)
    for exchange in proxy.exchanges:
        assert exchange.headers["Authorization"] == f"Bearer {daemon.api_key}"
        assert "X-API-Key" not in exchange.headers
    bad(run("syncthing_info", proxy, api_key="wrong", auth_method="bearer"), "api_key")


@pytest.mark.until("1.23.7")
def test_bearer_before_it_was_there(run: Run, daemon: Daemon) -> None:
    bad(run("syncthing_info", auth_method="bearer"), "api_key", "bearer", "1.23.7")


@pytest.mark.once
def test_nothing_comes_between(run: Run, proxy: RecordingProxy, tmp_path: Path) -> None:
    """Neither a proxy from the environment nor a .netrc, which would see or replace the key."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login x password y\n")
    (tmp_path / ".netrc").chmod(0o600)
    env = dict.fromkeys(("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"), "http://127.0.0.1:1")
    good(run("syncthing_info", proxy, env={**env, "HOME": str(tmp_path), "NETRC": str(tmp_path / ".netrc")}))
    assert all("Authorization" not in exchange.headers for exchange in proxy.exchanges)


@pytest.mark.once
def test_a_daemon_that_is_down(fresh_daemon: Daemon) -> None:
    here = {"config_dir": str(fresh_daemon.config_dir), "retries": 2}
    url, config = fresh_daemon.api_url, str(fresh_daemon.config_xml)
    fresh_daemon.stop()
    bad(ask(None, **here), "unreachable", url, config, "Is the daemon running")
    fresh_daemon.start()
    ask(fresh_daemon, **here)
