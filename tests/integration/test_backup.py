# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""The playbooks backup.yml and restore.yml, on real daemons: a host is lost, and comes back as itself."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import Make

from harness.collection import child_environment
from harness.daemon import Daemon, pair, share

pytestmark = pytest.mark.any_core

PASSWORD = "planted-vault-password"
Play = Callable[..., str]
RECOVER = [
    {
        "hosts": "all",
        "gather_facts": False,
        "tasks": [
            {
                "community.syncthing.syncthing_recover": {
                    "config_dir": "{{ syncthing_config_dir }}",
                    "executable": "{{ syncthing_executable }}",
                    "src": "{{ syncthing_backup_dir }}/{{ inventory_hostname }}.vault",
                    "vault_password_file": "{{ syncthing_vault_password_file }}",
                    "force": "{{ force | default(false) }}",
                },
                "name": "Recover",
            }
        ],
    }
]


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """`play(daemon, "community.syncthing.backup", "--check", variable="value")`: the output, after a good run."""
    password = tmp_path / "password"
    password.write_text(PASSWORD + "\n")
    recover = tmp_path / "recover.yml"
    recover.write_text(yaml.safe_dump(RECOVER))

    def run(daemon: Daemon, playbook: str, *arguments: str, failed: bool = False, **variables: Any) -> str:
        host = {
            "ansible_connection": "local",
            "ansible_pipelining": True,
            "ansible_python_interpreter": os.environ.get("SYNCTHING_TEST_PYTHON", sys.executable),
            "syncthing_backup_dir": str(tmp_path / "backups"),
            "syncthing_config_dir": str(daemon.config_dir),
            "syncthing_executable": str(daemon.binary.path),
            "syncthing_scope": "user",
            "syncthing_vault_password_file": str(password),
        }
        inventory = {"syncthing": {"hosts": {daemon.name: {**host, **variables}}}}
        (tmp_path / "hosts.json").write_text(json.dumps(inventory))
        environment = {
            **child_environment(),
            "HOME": str(daemon.home),
            "ANSIBLE_LOCAL_TEMP": str(tmp_path / "local"),
            "ANSIBLE_NOCOLOR": "1",
        }
        command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", str(tmp_path / "hosts.json"), "-vvv"]
        done = subprocess.run(
            [*command, "--diff", *arguments, str(recover) if playbook == "recover" else playbook],
            env=environment,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
            cwd=tmp_path,
        )
        said = done.stdout + done.stderr
        assert bool(done.returncode) == failed and "[WARNING]" not in said and "Traceback" not in said, said
        return said

    return run


def changed(said: str) -> int:
    return int(re.findall(r"changed=(\d+)", said)[-1])


def files(daemon: Daemon, folder: str) -> dict[str, str]:
    """What lies in a folder, without what is Syncthing's own."""
    root = daemon.folders_dir / folder
    paths = [path for path in root.rglob("*") if path.is_file()]
    own = (".stfolder", ".stversions", ".stignore")
    return {str(path.relative_to(root)): path.read_text() for path in paths if path.relative_to(root).parts[0] not in own}


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
    config = host.get("/rest/config/folders/out")
    host.put("/rest/config/folders", [{**config, "type": "sendonly"}])
    other.put("/rest/config/folders", [{**other.get("/rest/config/folders/out"), "type": "receiveonly"}])
    for folder in ("old", "lost", "out"):
        other.wait_until(lambda folder=folder: len(files(other, folder)) == 4, what=f"the files of {folder}")
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
def test_a_lost_host_comes_back(line: int, fleet: tuple[Daemon, Daemon], play: Play, tmp_path: Path) -> None:
    host, other = fleet
    before, device_id, hidden = host.config(), host.device_id, secrets(host)
    assert changed(play(host, "community.syncthing.backup", "--check")) == 1
    assert not (tmp_path / "backups").exists()
    outputs = [play(host, "community.syncthing.backup")]
    assert changed(outputs[0]) == 1
    backup = tmp_path / "backups/host.vault"
    assert backup.stat().st_mode & 0o777 == 0o600 and backup.read_text().startswith("$ANSIBLE_VAULT;")
    outputs.append(play(host, "community.syncthing.backup"))
    assert changed(outputs[1]) == 0

    host.stop()
    go_on(other)
    lose(host)
    assert changed(play(host, "recover", "--check")) == 1
    outputs.append(play(host, "recover"))
    assert changed(outputs[-1]) == 1
    assert host.device_id == device_id
    host.start()
    assert all(folder["paused"] for folder in host.config()["folders"])
    assert (host.folders_dir / "lost/.stignore").read_text() == "// mine\nprivate*\n"
    write(host, "lost", private="only here")

    outputs.append(play(host, "community.syncthing.restore", "--tags", "receive"))
    host.wait_connected(other)
    for folder in ("old", "lost"):
        host.wait_in_sync(folder)
        expected = {"kept": "1", "edited": "33", "again": "444", "added": "5"}
        assert files(host, folder) == {**expected, "private": "only here"}
        assert files(other, folder) == expected
    assert files(other, "out") == {"kept": "1", "deleted": "2", "edited": "3", "again": "4"}
    kept = [path.read_text() for path in (host.folders_dir / "old/.stversions").rglob("*") if path.is_file()]
    assert {"2", "6"} <= set(kept)
    assert not files(other, "old").get("local")

    after = host.config()
    for part in ("folders", "devices", "gui"):
        assert after[part] == before[part]
    assert changed(play(host, "community.syncthing.restore", "--tags", "receive")) == 0
    # it is a full member again
    write(host, "old", new="7")
    host.post("/rest/db/scan", folder="old")
    other.wait_until(lambda: files(other, "old").get("new") == "7", what="what the host sends")
    for secret in hidden:
        assert not any(secret in said for said in outputs)
    assert not [path for path in (tmp_path / "local").rglob("*") if path.is_file()]


@pytest.mark.once
def test_what_is_refused(make_daemon: Make, play: Play, tmp_path: Path) -> None:
    """Each with its reason, in check mode too, and nothing is changed by it."""
    host, stranger = make_daemon("host"), make_daemon("host", start=False)
    backup = tmp_path / "backups/host.vault"
    said = play(host, "recover", failed=True)
    assert f"there is no file {backup}" in said
    play(host, "community.syncthing.backup")
    kept = backup.read_text()

    other = tmp_path / "other"
    other.write_text("another password")
    for playbook in ("community.syncthing.backup", "recover"):
        said = play(host, playbook, failed=True, syncthing_vault_password_file=str(other))
        assert f"{backup} can't be decrypted with this vault password" in said
    said = play(host, "community.syncthing.backup", failed=True, syncthing_vault_password_file="")
    assert "There is no vault password" in said
    assert backup.read_text() == kept

    said = play(host, "recover", failed=True, ansible_pipelining=False)
    assert "The connection does not use pipelining" in said
    before = (stranger.config_dir / "config.xml").read_text(), stranger.device_id
    said = play(stranger, "recover", failed=True)
    assert f"holds the identity of {stranger.device_id}" in said and "Set force to true" in said
    # the daemon of the backup is still the one that it was
    assert changed(play(host, "recover")) == 0
    (host.config_dir / "config.xml").rename(tmp_path / "config.xml")
    said = play(host, "recover", failed=True)
    assert f"a daemon runs in {host.config_dir}" in said
    (tmp_path / "config.xml").rename(host.config_dir / "config.xml")
    assert ((stranger.config_dir / "config.xml").read_text(), stranger.device_id) == before
    assert changed(play(stranger, "recover", force=True)) == 1
    assert stranger.device_id == host.device_id

    link = host.config_dir / "https-cert.pem"
    link.unlink()
    os.mkfifo(link)
    said = play(host, "community.syncthing.backup", failed=True)
    assert "not a regular file" in said
