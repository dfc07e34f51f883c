# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""The playbooks backup.yml and restore.yml, on real daemons: a host is lost, and comes back as itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from backups import PASSWORD, Playbooks, changed
from support import Make, device_id, files

from harness.daemon import Daemon, pair, share

GONE = device_id("gone")
pytestmark = pytest.mark.any_core


def write(daemon: Daemon, folder: str, **texts: str) -> None:
    for name, text in texts.items():
        path = daemon.folders_dir / folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


@pytest.fixture
def fleet(make_daemon: Make) -> tuple[Daemon, Daemon]:
    """A host and another that stays. The data of its folder `old` survive it, those of `lost` do not."""
    host, other = make_daemon("host", gui_password="planted-gui-password", gui_user="admin"), make_daemon("other")
    pair(other, host)
    for folder in ("old", "lost", "out"):
        share(folder, host, other)
        (host.folders_dir / folder / ".stignore").write_text("// mine\nprivate*\n")
        write(host, folder, kept="1", deleted="2", edited="3", again="4", private="only here")
        host.post("/rest/db/scan", folder=folder)
    # a device that is lost for good, and that nobody waits for
    host.put("/rest/config/devices", [{"deviceID": GONE, "name": "gone"}])
    config = host.get("/rest/config/folders/old")
    host.put("/rest/config/folders", [{**config, "devices": [*config["devices"], {"deviceID": GONE}]}])
    config = host.get("/rest/config/folders/out")
    host.put("/rest/config/folders", [{**config, "type": "sendonly"}])
    other.put("/rest/config/folders", [{**other.get("/rest/config/folders/out"), "type": "receiveonly"}])
    for folder in ("old", "lost", "out"):
        place = other.folders_dir / folder
        other.wait_until(lambda place=place: len(files(place)) == 4, what=f"the files of {folder}")
        host.wait_in_sync(folder)
    return host, other


def go_on(other: Daemon) -> None:
    """What happens on the other device while the host is gone."""
    for folder in ("old", "lost"):
        (other.folders_dir / folder / "deleted").unlink()
        write(other, folder, edited="33", again="44", added="5")
        other.post("/rest/db/scan", folder=folder)
        write(other, folder, again="444")
        other.post("/rest/db/scan", folder=folder)


def lose(host: Daemon) -> None:
    shutil.rmtree(host.config_dir)
    for path in host.home.glob(".local"):
        shutil.rmtree(path)
    shutil.rmtree(host.folders_dir / "lost")
    write(host, "old", local="6")


def secrets(host: Daemon) -> list[str]:
    key = (host.config_dir / "key.pem").read_text().splitlines()[1:-1]
    return [PASSWORD, host.api_key, host.get("/rest/config/gui")["password"], *key]


# Syncthing 1 and 2 differ in what they do with files that they have no record of.
@pytest.mark.newest
@pytest.mark.parametrize(
    "line", [pytest.param(1, marks=pytest.mark.until("2.0.0")), pytest.param(2, marks=pytest.mark.since("2.0.0"))]
)
def test_a_lost_host_comes_back(line: int, fleet: tuple[Daemon, Daemon], tmp_path: Path) -> None:
    playbooks = Playbooks(tmp_path)
    host, other = fleet
    before, device_id, hidden = host.config(), host.device_id, secrets(host)
    assert changed(playbooks.backup(host, "--check")) == 1
    assert not (tmp_path / "backups").exists()
    outputs = [playbooks.backup(host)]
    assert changed(outputs[0]) == 1
    backup = tmp_path / "backups/host.vault"
    assert backup.stat().st_mode & 0o777 == 0o600 and backup.read_text().startswith("$ANSIBLE_VAULT;")
    outputs.append(playbooks.backup(host))
    assert changed(outputs[1]) == 0

    host.stop()
    go_on(other)
    lose(host)
    assert changed(playbooks.recover(host, "--check")) == 1
    outputs.append(playbooks.recover(host))
    assert changed(outputs[-1]) == 1
    assert host.device_id == device_id
    host.start()
    assert all(folder["paused"] for folder in host.config()["folders"])
    assert (host.folders_dir / "lost/.stignore").read_text() == "// mine\nprivate*\n"
    write(host, "lost", private="only here")

    assert changed(playbooks.receive(host, syncthing_restore_folders="paused")) == 0
    assert all(folder["paused"] for folder in host.config()["folders"])
    outputs.append(playbooks.receive(host, syncthing_restore_devices=["other"]))
    host.wait_connected(other)
    for folder in ("old", "lost"):
        host.wait_in_sync(folder)
        expected = {"kept": "1", "edited": "33", "again": "444", "added": "5"}
        assert files(host.folders_dir / folder) == {**expected, "private": "only here"}
        assert files(other.folders_dir / folder) == expected
    assert files(other.folders_dir / "out") == {"kept": "1", "deleted": "2", "edited": "3", "again": "4"}
    kept = [path.read_text() for path in (host.folders_dir / "old/.stversions").rglob("*") if path.is_file()]
    assert {"2", "6"} <= set(kept)
    assert not files(other.folders_dir / "old").get("local")

    after = host.config()
    for part in ("folders", "devices", "gui"):
        assert after[part] == before[part]
    assert changed(playbooks.receive(host)) == 0
    # it is a full member again
    write(host, "old", new="7")
    host.post("/rest/db/scan", folder="old")
    other.wait_until(lambda: files(other.folders_dir / "old").get("new") == "7", what="what the host sends")
    for secret in hidden:
        assert not any(secret in said for said in outputs)
    assert not [path for path in (tmp_path / "local").rglob("*") if path.is_file()]
