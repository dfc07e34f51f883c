#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_config
"""

from ansible_collections.community.syncthing.plugins.module_utils import _desired, _restart
from ansible_collections.community.syncthing.plugins.module_utils._module import SyncthingModule


def work(module, client):
    outcome, result = module.reconcile(client, _desired.config(module.params))
    result["changes"] = [{"kind": c.kind, "id": c.id, "action": c.action} for c in outcome.changes]
    result["restarted"] = module.params["restart"] == "if_required" and (
        _restart.required(client) or (module.check_mode and _restart.would_be_required(outcome.changes))
    )
    if result["restarted"]:
        result["changed"] = True
        if not module.check_mode:
            _restart.restart(client, module.params["restart_timeout"])
    return result


def main():
    SyncthingModule(
        dict(
            _desired.config_argument_spec(),
            unknown_fields=_desired.UNKNOWN_FIELDS,
            restart={"type": "str", "choices": ["never", "if_required"], "default": "never"},
            restart_timeout={"type": "float", "default": 120},
        )
    ).run(work)


if __name__ == "__main__":
    main()
