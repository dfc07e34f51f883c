# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

from __future__ import annotations

import pytest
from support import Make, Run, bad, good

from harness.daemon import pair, share

MODULE = "syncthing_local_changes"
pytestmark = [pytest.mark.any_core, pytest.mark.once]


def test_archive(run: Run, make_daemon: Make) -> None:
    """Files and empty directories go, what others have and what is ignored stays, and a second run does nothing."""
    daemon, other = make_daemon("host"), make_daemon("other")
    pair(other, daemon)
    share("docs", daemon, type="receiveonly")
    root = daemon.folders_dir / "docs"
    daemon.wait_until((root / ".stfolder").exists, what="the directory of the folder")
    for path in ("one.txt", "sub/two", "ignored"):
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(path)
    (root / ".stignore").write_text("ignored\n")
    daemon.post("/rest/db/scan", folder="docs")
    where = {"config_dir": str(daemon.config_dir), "api_url": None, "api_key": None}
    for check in (True, False):
        bad(run(MODULE, daemon, check=check, folder="docs", **where), "invalid_input", "no other device has told")

    share("docs", daemon, other, type="receiveonly")
    other.patch("/rest/config/folders/docs", {"type": "sendreceive"})
    (other.folders_dir / "docs/kept").write_text("kept")
    other.post("/rest/db/scan", folder="docs")
    daemon.wait_until((root / "kept").exists, what="the file of the other device")
    daemon.wait_until(lambda: daemon.get("/rest/db/status", folder="docs")["state"] == "idle", what="an idle folder")
    for check in (True, False):
        result = good(run(MODULE, daemon, check=check, folder="docs", **where), changed=True)
        assert result["archived"] == ["one.txt", "sub", "sub/two"]
        assert result["archive"] == str(root / ".stversions")
        assert (root / "one.txt").exists() == check
    kept = sorted(path.read_text() for path in (root / ".stversions").rglob("*") if path.is_file())
    assert kept == ["one.txt", "sub/two"]
    assert (root / "ignored").exists() and (root / "kept").exists() and not (root / "sub").exists()
    assert good(run(MODULE, daemon, folder="docs", **where), changed=False)["archived"] == []

    daemon.patch("/rest/config/folders/docs", {"type": "sendreceive"})
    bad(run(MODULE, daemon, folder="docs", **where), "invalid_input", "only a receiveonly folder has local changes")
    bad(run(MODULE, daemon, folder="dcos", **where), "invalid_input", "docs")
