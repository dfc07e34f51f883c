# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations


def test_nothing_to_back_up(run, tmp_path):
    result = run("syncthing_backup", {"config_dir": str(tmp_path), "dest": "backup", "executable": "no-such-program"})
    assert result.code == 1
    assert result["error"]["code"] == "discovery"
    assert "has no identity to back up" in result["msg"]
