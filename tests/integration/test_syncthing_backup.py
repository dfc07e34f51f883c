# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

from __future__ import annotations

import os
from pathlib import Path

import pytest
from backups import Playbooks
from support import Make

pytestmark = [pytest.mark.any_core, pytest.mark.once]


def test_what_is_refused(make_daemon: Make, tmp_path: Path) -> None:
    """An existing backup is not lost by a wrong password, and what a user planted is not followed."""
    host, playbooks, backup = make_daemon("host"), Playbooks(tmp_path), tmp_path / "backups/host.vault"
    playbooks.backup(host)
    kept = backup.read_text()
    host.put("/rest/config/options", {**host.config()["options"], "maxSendKbps": 7})
    (tmp_path / "other").write_text("another password")
    said = playbooks.backup(host, failed=True, syncthing_vault_password_file=str(tmp_path / "other"))
    assert f"{backup} can't be decrypted with this vault password" in said
    said = playbooks.backup(host, failed=True, syncthing_vault_password_file="")
    assert "There is no vault password" in said
    assert backup.read_text() == kept
    # with the password of the run it is the same
    password = ("--vault-password-file", str(tmp_path / "password"))
    said = playbooks.backup(host, *password, syncthing_vault_password_file="")
    assert '"config.xml": "(set to another value)"' in said and backup.read_text() != kept

    backup.write_text("plain")
    assert "is not encrypted with Ansible Vault" in playbooks.backup(host, failed=True)
    planted = host.config_dir / "https-cert.pem"
    planted.unlink()
    os.mkfifo(planted)
    assert "not a regular file" in playbooks.backup(host, failed=True)
