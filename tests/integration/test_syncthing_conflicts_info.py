# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Which names and places count. What is told of a real conflict, test_syncthing_conflicts.py shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support import Run, good

from harness.daemon import Daemon, share

MODULE = "syncthing_conflicts_info"
TAG = "20260101-000000-ABCDEFG"
pytestmark = pytest.mark.any_core


def copies(result: Any) -> dict[str, str]:
    return {found["path"]: found["original"] for found in result["conflicts"]["docs"]}


def test_which_are_found(run: Run, daemon: Daemon, tmp_path: Path) -> None:
    wanted = {
        f"a.sync-conflict-{TAG}.txt": "a.txt",
        f"Makefile.sync-conflict-{TAG}": "Makefile",
        f".sync-conflict-{TAG}.bashrc": ".bashrc",
        f"archive.tar.sync-conflict-{TAG}.gz": "archive.tar.gz",
        f"ünï/日本.sync-conflict-{TAG}.txt": "ünï/日本.txt",
        f"a.sync-conflict-{TAG}.sync-conflict-20260202-000000-ABCDEFG.txt": "a.txt",
        "old.sync-conflict-20140101-000000.txt": "old.txt",
        f"dir.sync-conflict-{TAG}/b.sync-conflict-{TAG}.txt": f"dir.sync-conflict-{TAG}/b.txt",
    }
    others = [
        f".stversions/a.sync-conflict-{TAG}.txt",
        f"ignored/a.sync-conflict-{TAG}.txt",
        f".syncthing.a.sync-conflict-{TAG}.tmp",
        "a.sync-conflict-20269999-000000-ABCDEFG.txt",
        "a.sync-conflict-txt",
        "a.txt",
    ]
    outside = tmp_path / f"x.sync-conflict-{TAG}.txt"
    outside.write_text("outside")
    (folder := daemon.folders_dir / "docs").mkdir()
    (folder / ".stignore").write_text("ignored\n")
    (folder / f"link.sync-conflict-{TAG}.txt").symlink_to(outside)
    (folder / "linked").symlink_to(tmp_path)
    for name in [*wanted, *others]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    share("docs", daemon)
    daemon.wait_until(lambda: daemon.get("/rest/db/status", folder="docs")["state"] == "idle", what="the folder")
    daemon.post("/rest/db/scan", folder="docs")
    (folder / f"unseen.sync-conflict-{TAG}.txt").write_text("not scanned yet")
    found = good(run(MODULE), changed=False)
    assert copies(found) == wanted and found["not_searched"] == {}
    by_path = {one["path"]: one for one in found["conflicts"]["docs"]}
    assert by_path[f"a.sync-conflict-{TAG}.txt"]["original_exists"] and not any(
        one["equal"] for one in by_path.values()
    )
    assert by_path[f"Makefile.sync-conflict-{TAG}"]["original_exists"] is False
    assert by_path["old.sync-conflict-20140101-000000.txt"]["replaced_by"] is None
    assert by_path[f"a.sync-conflict-{TAG}.txt"]["replaced_by"] == {
        "short_id": "ABCDEFG", "device_id": None, "name": None,
    }  # fmt: skip
