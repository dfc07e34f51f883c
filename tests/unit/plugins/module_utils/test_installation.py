# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import os

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._api import discovery
from ansible_collections.community.syncthing.plugins.module_utils._errors import DiscoveryError
from ansible_collections.community.syncthing.plugins.module_utils._host import accounts
from ansible_collections.community.syncthing.plugins.module_utils._setup import installation


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Put a program on PATH that says this."""
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "bin"), os.environ["PATH"]]))

    def make(says, name="syncthing-of-the-tests"):
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("#!/bin/sh\n" + says)
        path.chmod(0o755)
        return str(path)

    return make


@pytest.mark.parametrize(
    ("says", "version", "key"),
    [
        ('syncthing v1.29.5 "Gold Grasshopper" (go1.24 linux-amd64)', "1.29.5", (1, 29, 5)),
        ('syncthing v1.12.1-ds1 "Fermium Flea"', "1.12.1", (1, 12, 1)),
        ("syncthing v2.0.0-rc.21 x", "2.0.0-rc.21", (2, 0, 0)),
    ],
)
def test_version(program, says, version, key):
    path = program(f"echo '{says}'\n")
    for name in ("syncthing-of-the-tests", path):
        found = installation.find(None, None, name, False).program
        assert found == (path, version)
        assert found.key == key


@pytest.mark.parametrize(
    ("says", "named"),
    [
        ("echo something else", "not Syncthing"),
        ("echo broken >&2; exit 3", "exit code 3: broken"),
        ("kill -9 $$", "exit code"),
    ],
)
def test_another_program(program, says, named):
    path = program(says)
    with pytest.raises(DiscoveryError) as caught:
        installation.find(None, None, path, False)
    assert named in str(caught.value)
    assert path in str(caught.value)


def test_no_program(nowhere):
    for name in ("no-such-program", "/no/such/program"):
        found = installation.find(None, None, name, False)
        assert (found.program, found.config_dir) == (None, str(nowhere / ".local/state/syncthing"))


def test_a_link_to_nothing(tmp_path, nowhere):
    link = tmp_path / "syncthing"
    link.symlink_to("/no/such/release/syncthing")
    assert installation.find(None, None, str(link), False).program is None


def test_a_program_that_does_not_run(program):
    path = program("")
    os.chmod(path, 0o644)
    with pytest.raises(DiscoveryError, match="Permission denied"):
        installation.find(None, None, path, False)


def test_a_program_that_does_not_end(program, monkeypatch):
    monkeypatch.setattr(accounts, "_TIMEOUT", 0.1)
    with pytest.raises(DiscoveryError, match="did not end"):
        installation.find(None, None, program("exec sleep 10"), False)


def test_no_user():
    with pytest.raises(DiscoveryError, match="no-such-user"):
        installation.find(None, "no-such-user", "none", False)
    assert installation.find("/st", "no-such-user", "none", True) == (None, None, "/st")


@pytest.mark.parametrize(
    ("environ", "before", "since"),
    [
        ({}, "{home}/.config", "{home}/.local/state"),
        ({"XDG_CONFIG_HOME": "/cfg", "XDG_STATE_HOME": "/state"}, "/cfg", "/state"),
        ({"XDG_STATE_HOME": "relative"}, "{home}/.config", "{home}/.local/state"),
    ],
)
def test_where_a_daemon_goes(nowhere, environ, before, since):
    environ = dict(environ, HOME=str(nowhere))
    for newer, expected in ((False, before), (True, since)):
        assert discovery.default(None, environ, newer) == expected.format(home=nowhere) + "/syncthing"
        assert discovery.default(None, dict(environ, STHOMEDIR="/st"), newer) == "/st"


@pytest.mark.parametrize(
    ("version", "release"),
    [(10, "1.12.0"), (32, "1.12.0"), (33, "1.13.0"), (34, "1.14.0"), (36, "1.19.1"), (37, "1.22.0"), (38, "2.0.0"),
     (51, "2.0.0"), (52, "2.0.16"), (53, "2.0.16")],
)  # fmt: skip
def test_first_release(version, release):
    assert installation.first_release(version) == release
