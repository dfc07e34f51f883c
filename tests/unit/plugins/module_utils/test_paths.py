# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._schema.paths import inside, parts, uses_home


@pytest.mark.parametrize(
    ("one", "two", "home"),
    [
        ("/srv//a/../b/", "/srv/b", ""),
        ("//srv/b", "/srv/./b", ""),
        ("~", "~/", ""),
        ("~/x", "/home/u/x/", "/home/u"),
        ("~/../v/x", "/home/v/x", "/home/u/"),
        ("~", "/home/u", "/home/u"),
        (r"~\x", r"c:\users\me\X", r"C:\Users\me"),
        (r"C:\Data", "c:/data/", ""),
        (r"\\nas\share", "//nas/share".replace("/", "\\") + "\\", ""),
    ],
)
def test_one_directory(one, two, home):
    assert parts(one, home) == parts(two, home)


@pytest.mark.parametrize(
    ("one", "two", "home"),
    [
        ("~/x", "/home/u/x", ""),
        ("~u/x", "/home/u/x", "/home/u"),
        ("/srv/A", "/srv/a", ""),
        ("/~/x", "/home/u/x", "/home/u"),
    ],
)
def test_other_directories(one, two, home):
    assert parts(one, home) != parts(two, home)


def test_inside():
    assert inside(parts("/x/sync/team"), parts("/x/sync/"))
    assert inside(parts("~/x", "/home/u"), parts("/home"))
    assert not inside(parts("/x/synced"), parts("/x/sync"))
    assert not inside(parts("/x/sync"), parts("/x/sync"))
    assert [uses_home(path) for path in ("~", "~/x", r"~\x", "~u", "/~")] == [True, True, True, False, False]
