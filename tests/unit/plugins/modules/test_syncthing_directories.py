# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""As who runs the tests; what root does for a user is in test_directories."""

from __future__ import annotations

import pytest


def test_create(run, tmp_path):
    path = tmp_path / "a/b"
    for check in (True, False):
        result = run("syncthing_directories", {"paths": [str(path)]}, check=check)
        assert (result.code, result["changed"], result["created"]) == (0, True, [str(path)])
    assert path.is_dir()
    assert not run("syncthing_directories", {"paths": [str(path), str(path) + "/"]})["changed"]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"paths": ["a"]}, "paths[0]"),
        ({"paths": ["/x", ""]}, "paths[1]"),
        ({"paths": ["~bob/x"]}, "paths[0]"),
        ({"paths": ["/x"], "mode": "rwx"}, "mode"),
        ({"paths": ["/x"], "mode": "0999"}, "mode"),
        ({"paths": ["/x"], "group": "no-such-group"}, "group"),
        ({"paths": ["/x"], "owner": "no-such-user"}, "owner"),
        ({"paths": ["/x"], "user": "no-such-user"}, "user"),
        ({"paths": ["/dev/null/x"]}, "/dev/null/x"),
    ],
)
def test_bad_input(run, options, named):
    said = [run("syncthing_directories", options, check=check) for check in (True, False)]
    assert said[0]["msg"] == said[1]["msg"] and named in said[0]["msg"]
    assert all(result.code for result in said)
