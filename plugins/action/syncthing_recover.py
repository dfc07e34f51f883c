# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decrypt a backup on the control node and pass it to the module on the host, through memory only."""

from __future__ import annotations

import json

from ansible.plugins.action import ActionBase

from ..module_utils._errors import InvalidInput, SyncthingError
from ..plugin_utils._vault import Vault


class ActionModule(ActionBase):
    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        self._play_context.no_log = True  # the arguments are secret
        try:
            args = dict(self._task.args, backup=self._decrypted())
        except SyncthingError as exc:
            return dict(result, **exc.as_result())
        result.update(self._execute_module(module_args=args, task_vars=task_vars))
        self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    def _decrypted(self):
        args = self._task.args
        if args.get("backup"):
            raise InvalidInput("backup: this option is for the control node only. Set src to the file of the backup.")
        if not args.get("src"):
            return ""  # the module says what is missing
        if not self._is_pipelining_enabled("new"):
            raise InvalidInput(
                "The connection does not use pipelining, so Ansible would write the decrypted backup to a temporary "
                "file on the control node. Set the variable ansible_pipelining to true for this host, and use a become "
                "method that supports it, such as sudo."
            )
        backup = Vault(self._loader, args.get("vault_password_file")).read(str(args["src"]), "src")
        if backup is None:
            raise InvalidInput(f"src: there is no file {args['src']} on the control node.")
        return json.dumps(backup)
