# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import pytest


@pytest.fixture
def systemctl(tmp_path, monkeypatch):
    """What systemd says is made up, since tests have no systemd; Molecule's scenarios have a real one."""

    def answer(text, code=0):
        script = tmp_path / "systemctl"
        script.write_text(f"#!/bin/sh\nprintf '%s' '{text}'\nexit {code}\n")
        script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    return answer


def probe(run, nowhere, **args):
    return run("syncthing_probe", dict({"executable": "no-such-program", "config_dir": str(nowhere)}, **args))


@pytest.mark.parametrize("scope", ["system", "user"])
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ActiveState=active\nUnitFileState=enabled\nNeedDaemonReload=no\n", (True, True, False)),
        ("ActiveState=failed\nUnitFileState=enabled\nNeedDaemonReload=yes\n", (False, True, True)),
        ("ActiveState=activating\nUnitFileState=enabled-runtime\nNeedDaemonReload=no\n", (False, False, False)),
        ("ActiveState=inactive\nUnitFileState=\nNeedDaemonReload=no\n", (False, False, False)),
    ],
)
def test_the_service(run, nowhere, systemctl, scope, text, found):
    systemctl(text)
    result = probe(run, nowhere, unit="syncthing@alice", scope=scope)
    assert result["unit"] == dict(zip(("active", "enabled", "needs_reload"), found))


def test_no_systemd(run, nowhere, systemctl):
    systemctl("System has not been booted with systemd", code=1)
    result = probe(run, nowhere, unit="syncthing@alice")
    assert (result.code, result["unit"]) == (0, None)


def test_nothing_is_asked_of_systemd_without_a_unit(run, nowhere, systemctl):
    systemctl("ActiveState=active\n")
    assert probe(run, nowhere)["unit"] is None


def test_paths_that_can_not_be(run, nowhere):
    result = probe(run, nowhere, files=["/a\0b", "~/\0"])
    assert (result.code, result["files"]) == (0, {"/a\0b": None, "~/\0": None})
    result = probe(run, nowhere, secret_files=["/a\0b"])
    assert result["error"]["code"] == "invalid_input"
    assert "no path can contain a null character" in result["msg"]
