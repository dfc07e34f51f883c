# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Encrypt what the module read on the host, and write it to a file of the control node."""

from __future__ import annotations

from ansible.plugins.action import ActionBase

from ..module_utils._errors import SyncthingError
from ..module_utils._schema.field import SET, mark
from ..plugin_utils._vault import Vault, absolute


class ActionModule(ActionBase):
    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        # Connection plugins print what comes from the host with -vvv, unless they are told not to.
        self._play_context.no_log = True
        found = self._execute_module(task_vars=task_vars)
        backup = found.pop("backup", None)
        result.update(found)
        if backup is not None:
            try:
                result.update(self._keep(backup))
            except SyncthingError as exc:
                result.update(exc.as_result())
        self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    def _keep(self, backup):
        args = self._task.args
        dest = str(args["dest"])
        vault = Vault(self._loader, args.get("vault_password_file"), args.get("vault_id"))
        before = vault.read(dest, "dest")
        changed = before != backup
        if changed and not self._task.check_mode:
            vault.write(dest, "dest", backup)
        result = {
            "changed": changed,
            "dest": absolute(dest),
            "device_id": backup["device_id"],
        }
        if self._task.diff:
            result["diff"] = _diff(before or {}, backup)
        return result


def _diff(before, after):
    """Which parts are another than before, without what is in them."""
    diff = {"before": {}, "after": {}}
    old, new = _parts(before), _parts(after)
    for name in sorted({*old, *new}):
        if old.get(name) == new.get(name):
            continue
        if name in old:
            diff["before"][name] = SET
        if name in new:
            diff["after"][name] = mark(new[name], old.get(name))
    return diff


def _parts(backup):
    patterns = backup.get("ignore_patterns", {})
    return {**backup.get("files", {}), **{f"ignore patterns of {key}": lines for key, lines in patterns.items()}}
