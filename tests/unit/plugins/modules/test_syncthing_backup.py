# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._schema import patterns


def test_nothing_to_back_up(run, tmp_path):
    result = run("syncthing_backup", {"config_dir": str(tmp_path), "dest": "backup", "executable": "no-such-program"})
    assert result.code == 1
    assert result["error"]["code"] == "discovery"
    assert "has no identity to back up" in result["msg"]


@pytest.mark.parametrize("check", [False, True])
def test_a_user_who_does_not_exist(run, tmp_path, check):
    """What backs nothing up can't come first in a play that creates the user."""
    result = run("syncthing_backup", {"config_dir": str(tmp_path), "dest": "x", "user": "no-such-user"}, check=check)
    assert result["error"]["code"] == "discovery"
    assert result["msg"] == "user: there is no user 'no-such-user' on this host."


def test_ignore_patterns_are_kept_line_by_line():
    assert patterns.lines("a\r\n\n b\u2028c\x0b\x85d\r\n") == ["a", "", " b\u2028c\x0b\x85d"]
    assert patterns.lines("") == []
    assert patterns.lines("a") == ["a"]
