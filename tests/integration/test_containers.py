# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""A real daemon in a real container, whose paths are those of linuxserver.io's image, and modules on the host."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from contained import prepared
from support import Make, Run, bad, good

from harness.binaries import Binary
from harness.daemon import Daemon

pytestmark = [pytest.mark.any_core, pytest.mark.once]

TAG = "20260101-000000-ABCDEFG"


@pytest.fixture
def contained(make_daemon: Make, binary: Binary, tmp_path: Path) -> Iterator[Daemon]:
    """A daemon with its configuration in /config and its folders in /data, which the host has elsewhere."""
    with prepared(make_daemon, binary, tmp_path) as container:
        (container.daemon.home / "more").mkdir()
        container.run(
            "--network=host", "--user=0:0", "--env=HOME=/config", "--env=STNODEFAULTFOLDER=1", "--env=STNOUPGRADE=1",
            *(f"--volume={volume}" for volume in volumes(container.daemon)), container.image,
            "/usr/bin/syncthing", "--no-browser", "--home=/config",
        )  # fmt: skip
        yield container.daemon


def volumes(daemon: Daemon) -> list[str]:
    """As in a compose file: the more special ones later, in any order of length."""
    return [
        f"{daemon.config_dir}:/config",
        f"{daemon.folders_dir}:/data",
        f"{daemon.home}/more:/data/more:rw",
    ]


def test_modules_on_the_host(run: Run, contained: Daemon) -> None:
    daemon, here = contained, contained.folders_dir
    # As a user does it: nothing but where the configuration and the directories are on the host.
    where: dict[str, Any] = {"api_url": None, "api_key": None, "config_dir": str(daemon.config_dir)}
    outside = dict(where, volumes=volumes(daemon))
    for folder in ("docs", "more/music"):
        options = {"id": folder[-5:], "path": f"/data/{folder}", "versioning": {"type": "simple"}}
        good(run("syncthing_folder", daemon, **outside, **options), changed=True)
        good(run("syncthing_folder", daemon, **outside, **options), changed=False)
    docs = here / "docs"
    music = daemon.home / "more/music"
    daemon.wait_until(lambda: (docs / ".stfolder").exists() and (music / ".stfolder").exists(), what="the folders")

    disk = {name: good(run("syncthing_info", daemon, gather_subset=["disk"], **given))["disk"] for name, given in (
        ("outside", outside), ("without", where))}  # fmt: skip
    assert disk["outside"]["folders"]["docs"]["size_bytes"] > 0 and disk["without"]["folders"]["docs"] is None
    for place in (docs, music):
        (place / "a.txt").write_text("original")
        (place / f"a.sync-conflict-{TAG}.txt").write_text("copy")
    for folder in ("docs", "music"):
        daemon.post("/rest/db/scan", folder=folder)

    # Without volumes, the paths of the container are not those of the host.
    assert "volumes" in bad(
        run("syncthing_conflicts_info", daemon, folder="docs", **where), "invalid_input", "/data/docs"
    )
    found = good(run("syncthing_conflicts_info", daemon, **outside), changed=False)
    assert found["not_searched"] == {} and set(found["conflicts"]) == {"docs", "music"}
    assert [copy["path"] for copies in found["conflicts"].values() for copy in copies] == [
        f"a.sync-conflict-{TAG}.txt"
    ] * 2
    for folder, place in (("docs", docs), ("music", music)):
        rule = {"folder": folder, "keep": "original", "min_age": 0, "wait_timeout": 20}
        assert (
            good(run("syncthing_conflicts", daemon, check=True, **rule, **outside))["archive"] == f"{place}/.stversions"
        )
        assert good(run("syncthing_conflicts", daemon, **rule, **outside), changed=True)["resolved"]
        (archived,) = (place / ".stversions").iterdir()
        assert archived.read_text() == "copy" and (place / "a.txt").read_text() == "original"
        assert daemon.get("/rest/folder/versions", folder=folder)

    # What the volumes lack is told, and so is what hides files.
    lacking = dict(where, volumes=[f"{here}:/elsewhere"])
    bad(
        run("syncthing_conflicts_info", daemon, folder="docs", **lacking),
        "invalid_input",
        "/data/docs",
        "none of volumes",
    )
    hiding = dict(where, volumes=[*volumes(daemon), f"{here}:/data/docs/photos"])
    bad(run("syncthing_conflicts_info", daemon, folder="docs", **hiding), "invalid_input", "/data/docs/photos")
    options = {"id": "docs", "ignore_patterns": ["#include missing"]}
    bad(run("syncthing_folder", daemon, **outside, **options), "invalid_input", f"{docs}/missing")
    (docs / "missing").write_text("*.tmp\n")
    good(run("syncthing_folder", daemon, **outside, **options), changed=True)
