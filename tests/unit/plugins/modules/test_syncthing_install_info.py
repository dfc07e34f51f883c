# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations


def test_a_bare_host(run, nowhere):
    result = run("syncthing_install_info", {"executable": "no-such-program", "user": "no-such-user"}, check=True)
    assert result.code == 0
    assert result["config_dir"] is None
    assert result["home"] is None
    assert list(nowhere.iterdir()) == []
