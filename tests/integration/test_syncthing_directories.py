# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support import Make, bad, good

from harness.module import run_module

pytestmark = [pytest.mark.any_core, pytest.mark.once]

DIRECTORIES = "syncthing_directories"


def test_a_folder_in_what_was_created(make_daemon: Make, tmp_path: Path) -> None:
    """It runs at once."""
    daemon = make_daemon()
    path = daemon.folders_dir / "a/b"
    for check in (True, False):
        result = run_module(DIRECTORIES, {"paths": [str(path)], "mode": "0700"}, check=check)
        assert good(result, changed=True)["created"] == [str(path)]
    assert path.stat().st_mode & 0o777 == 0o700
    good(run_module(DIRECTORIES, {"paths": [str(path)], "mode": "0755"}), changed=False)
    assert path.stat().st_mode & 0o777 == 0o700
    folder = {"id": "docs", "path": str(path), "config_dir": str(daemon.config_dir)}
    good(run_module("syncthing_folder", folder), changed=True)
    good(run_module("syncthing_wait", {"running": ["docs"], "config_dir": str(daemon.config_dir)}))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as others")
def test_a_link_that_the_user_planted(tmp_path: Path) -> None:
    """Whatever lies above pytest's directory, it is the user's from here on."""
    home, secret = tmp_path / "home", tmp_path / "secret"
    home.mkdir()
    secret.mkdir(mode=0o700)
    os.chown(home, 65534, 65534)
    for path in [tmp_path, *tmp_path.parents]:
        path.chmod(path.stat().st_mode | 0o011)
    (home / "link").symlink_to(secret)
    for check in (True, False):
        result = run_module(DIRECTORIES, {"paths": [str(home / "link/x")], "user": "nobody"}, check=check)
        bad(result, "invalid_input", "link/x", "Permission denied")
    assert list(secret.iterdir()) == []
