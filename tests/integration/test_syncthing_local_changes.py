# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

from __future__ import annotations

import pytest
from support import Run, bad, device_id, good

from harness.daemon import Daemon, share

MODULE = "syncthing_local_changes"
pytestmark = pytest.mark.any_core


def test_archive(run: Run, daemon: Daemon) -> None:
    """Files and empty directories go, what is ignored stays, and a second run has nothing to do."""
    daemon.put("/rest/config/devices", [{"deviceID": device_id("other")}])
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
        result = good(run(MODULE, check=check, folder="docs", **where), changed=True)
        assert result["archived"] == ["one.txt", "sub", "sub/two"]
        assert result["archive"] == str(root / ".stversions")
        assert (root / "one.txt").exists() == check
    kept = sorted(path.read_text() for path in (root / ".stversions").rglob("*") if path.is_file())
    assert kept == ["one.txt", "sub/two"]
    assert (root / "ignored").exists() and not (root / "sub").exists()
    assert good(run(MODULE, folder="docs", **where), changed=False)["archived"] == []

    daemon.patch("/rest/config/folders/docs", {"type": "sendreceive"})
    bad(run(MODULE, folder="docs", **where), "invalid_input", "only a receiveonly folder has local changes")
    bad(run(MODULE, folder="dcos", **where), "invalid_input", "docs")
