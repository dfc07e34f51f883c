#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_folder
"""

from ansible_collections.community.syncthing.plugins.module_utils import _desired
from ansible_collections.community.syncthing.plugins.module_utils._module import SyncthingModule
from ansible_collections.community.syncthing.plugins.module_utils._render import FOLDER, render


def work(module, client):
    folder = _desired.folder(module.params)
    outcome, result = module.reconcile(client, _desired.Desired([], [folder], module.params["unknown_fields"]))
    found = outcome.find("folders", folder.id)
    result["folder"] = render(FOLDER, found) if found else None
    if found and folder.ignore_patterns is not None:
        result["folder"]["ignore_patterns"] = outcome.find("ignores", folder.id)
    return result


def main():
    SyncthingModule(dict(_desired.folder_argument_spec(), unknown_fields=_desired.UNKNOWN_FIELDS)).run(work)


if __name__ == "__main__":
    main()
