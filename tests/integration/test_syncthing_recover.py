# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

from __future__ import annotations

from pathlib import Path

import pytest
from backups import Playbooks, changed
from support import Make

pytestmark = [pytest.mark.any_core, pytest.mark.once]


def test_what_is_refused(make_daemon: Make, tmp_path: Path) -> None:
    """Each with its reason, and nothing is changed by it."""
    host, stranger = make_daemon("host"), make_daemon("host", start=False)
    playbooks, backup = Playbooks(tmp_path), tmp_path / "backups/host.vault"
    assert f"there is no file {backup}" in playbooks.recover(host, failed=True)
    playbooks.backup(host)
    (tmp_path / "other").write_text("another password")
    said = playbooks.recover(host, failed=True, syncthing_vault_password_file=str(tmp_path / "other"))
    assert f"{backup} can't be decrypted with this vault password" in said
    said = playbooks.recover(host, failed=True, ansible_pipelining=False)
    assert "The connection does not use pipelining" in said

    before = (stranger.config_dir / "config.xml").read_text(), stranger.device_id
    said = playbooks.recover(stranger, failed=True)
    assert f"holds the identity of {stranger.device_id}" in said and "Set force to true" in said
    # the daemon of the backup is what it was
    assert changed(playbooks.recover(host)) == 0
    (host.config_dir / "config.xml").rename(tmp_path / "config.xml")
    assert f"a daemon runs in {host.config_dir}" in playbooks.recover(host, failed=True)
    (tmp_path / "config.xml").rename(host.config_dir / "config.xml")
    assert ((stranger.config_dir / "config.xml").read_text(), stranger.device_id) == before
    assert changed(playbooks.recover(stranger, force=True)) == 1
    assert stranger.device_id == host.device_id
