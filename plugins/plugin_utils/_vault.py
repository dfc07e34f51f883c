# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: used by this collection only; it may change in any release.

"""Encrypted files on the control node, whose content is plain only in memory."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import typing as t

from ansible.errors import AnsibleError
from ansible.parsing.vault import VaultLib, get_file_vault_secret, is_encrypted, match_secrets

from ..module_utils._errors import InvalidInput
from ..module_utils._host.files import open_file

DEFAULT_ID = "default"


class Vault:
    """With the password in a file, or with those of the run."""

    def __init__(self, loader: t.Any, password_file: str | None, vault_id: str | None = None) -> None:
        self.vault_id = vault_id = str(vault_id) if vault_id else None
        if password_file:
            path = absolute(str(password_file))
            try:
                secret = get_file_vault_secret(filename=path, vault_id=vault_id or DEFAULT_ID, loader=loader)
                secret.load()
            except (AnsibleError, ValueError) as exc:
                raise InvalidInput(f"vault_password_file: {path} can't be used: {exc}") from None
            self._secrets = [(vault_id or DEFAULT_ID, secret)]
            return
        self._secrets = list(getattr(loader, "_vault", VaultLib()).secrets or [])
        if not self._secrets:
            raise InvalidInput(
                "There is no vault password. Set vault_password_file, or run ansible-playbook with "
                "--vault-password-file or --ask-vault-pass."
            )
        if vault_id and not match_secrets(self._secrets, [vault_id]):
            raise InvalidInput(f"vault_id: this run has no vault password with the label {vault_id!r}.")

    def read(self, path: str, option: str) -> t.Any:
        """Return what is in an encrypted file; None if there is no such file."""
        path = absolute(path)
        try:
            with open_file(path) as stream:
                data = stream.read()
        except FileNotFoundError:
            return None
        except ValueError:
            raise InvalidInput(f"{option}: {path!r} can't be the path of a file.") from None
        except OSError as exc:
            raise InvalidInput(f"{option}: {path} can't be read: {exc.strerror}.") from None
        if not is_encrypted(data):
            raise InvalidInput(
                f"{option}: {path} is not encrypted with Ansible Vault. Use another file, or move it away."
            )
        try:
            found = json.loads(VaultLib(self._secrets).decrypt(data))
            if isinstance(found, dict) and "format" in found:
                return found
        except AnsibleError:
            raise InvalidInput(
                f"{option}: {path} can't be decrypted with this vault password. Use the password that it was created "
                "with, or move the file away."
            ) from None
        except ValueError:
            pass
        raise InvalidInput(
            f"{option}: {path} is not a backup that syncthing_backup created. Use another file, or move it away."
        )

    def write(self, path: str, option: str, content: t.Any) -> None:
        """Replace a file at once, or create it; nobody else may read it."""
        path = absolute(path)
        secrets = match_secrets(self._secrets, [self.vault_id]) if self.vault_id else self._secrets
        data = VaultLib(secrets).encrypt(
            json.dumps(content, indent=2, sort_keys=True) + "\n", secrets[0][1], self.vault_id
        )
        directory, name = os.path.split(path)
        try:
            os.makedirs(directory, mode=0o700, exist_ok=True)
            handle, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=directory)
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(data)
                    stream.flush()
                    os.fsync(handle)
                os.replace(temporary, path)
            except BaseException:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(temporary)
                raise
        except OSError as exc:
            raise InvalidInput(f"{option}: {path} can't be written: {exc.strerror}.") from None


def absolute(path: str) -> str:
    return os.path.abspath(os.path.expanduser(path))
