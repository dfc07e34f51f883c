# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import os

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib
from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.syncthing.plugins.plugin_utils._vault import Vault


@pytest.fixture
def vault(tmp_path):
    (tmp_path / "password").write_text("planted-password\n")
    return Vault(DataLoader(), str(tmp_path / "password"))


def test_what_is_written_is_read(vault, tmp_path):
    place = tmp_path / "new" / "backup"
    assert vault.read(str(place), "dest") is None
    vault.write(str(place), "dest", {"format": 1})
    assert vault.read(str(place), "dest") == {"format": 1}


@pytest.mark.parametrize(
    "content", ['{"api_key": "planted-secret"}', "[1]", "null", "5", "key: planted-secret", "\udcff"]
)
def test_another_file_of_the_user_is_not_taken_for_a_backup(vault, tmp_path, content):
    """Files with variables are encrypted with the same password, and some are JSON: none may be replaced."""
    place = tmp_path / "secrets.yml"
    place.write_bytes(VaultLib(vault._secrets).encrypt(content.encode("utf-8", "surrogateescape")))
    with pytest.raises(InvalidInput, match="is not a backup that syncthing_backup created") as caught:
        vault.read(str(place), "dest")
    assert "planted" not in str(caught.value)


@pytest.mark.parametrize("name", ["directory", "fifo", "x" * 300, "a\0b", "\ud800"])
def test_what_is_no_file(vault, tmp_path, name):
    (tmp_path / "directory").mkdir()
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(InvalidInput, match="^src: "):
        vault.read(f"{tmp_path}/{name}", "src")


@pytest.mark.parametrize("option", [5, "a\0b", "/nonexistent", "/"])
def test_what_is_no_password_file(option):
    with pytest.raises(InvalidInput, match="^vault_password_file: "):
        Vault(DataLoader(), option)
