#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_device
"""

from ansible_collections.community.syncthing.plugins.module_utils import _desired
from ansible_collections.community.syncthing.plugins.module_utils._module import SyncthingModule
from ansible_collections.community.syncthing.plugins.module_utils._render import DEVICE, render


def work(module, client):
    device = _desired.device(module.params)
    outcome, result = module.reconcile(client, _desired.Desired([device], [], module.params["unknown_fields"]))
    found = outcome.find("devices", outcome.device_ids[0])
    result["device"] = render(DEVICE, found) if found else None
    return result


def main():
    SyncthingModule(dict(_desired.device_argument_spec(), unknown_fields=_desired.UNKNOWN_FIELDS)).run(work)


if __name__ == "__main__":
    main()
