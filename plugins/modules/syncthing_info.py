#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_info
"""

from ansible_collections.community.syncthing.plugins.module_utils._info import SUBSETS, gather
from ansible_collections.community.syncthing.plugins.module_utils._module import SyncthingModule


def work(module, client):
    return dict(gather(client, module.params["gather_subset"]), changed=False)


def main():
    subset = {"type": "list", "elements": "str", "choices": ["all"] + list(SUBSETS), "default": ["system"]}
    SyncthingModule({"gather_subset": subset}).run(work)


if __name__ == "__main__":
    main()
