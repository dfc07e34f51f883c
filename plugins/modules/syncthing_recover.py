#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_recover
short_description: Recover the identity and the configuration of a Syncthing daemon
version_added: 1.0.0
description:
  - Writes the files of a backup that M(community.syncthing.syncthing_backup) created to the host, before the daemon
    starts. The daemon then has its device ID, its folders and its settings again.
  - A daemon without its database takes all files that it finds for new ones, and would send files again that were
    deleted on other devices in the meantime. Therefore, folders that can send files start paused, see O(pause).
  - The module only writes what is missing. If the host has the identity of the backup and a C(config.xml), it changes
    nothing.
  - The backup is decrypted in the memory of the control node, and sent to the host through the connection. This
    requires pipelining, because otherwise Ansible would write it to a temporary file on the control node.
options:
  src:
    description:
      - The file on the control node. A relative path is relative to the current directory.
    type: str
    required: true
  vault_password_file:
    description:
      - A file on the control node with the vault password, or an executable that prints it.
      - If not set, the vault passwords of the run are used, for example of C(--vault-password-file) or
        C(--ask-vault-pass).
    type: str
  pause:
    description:
      - Whether folders are paused that are shared with other devices and can send files to them. These are folders of
        the types V(sendreceive) and V(sendonly).
    type: bool
    default: true
  force:
    description:
      - Whether to replace an existing identity and C(config.xml).
    type: bool
    default: false
  backup:
    description:
      - The decrypted backup, which the control node passes to the host. Do not set this option, use O(src).
    type: str
extends_documentation_fragment:
  - community.syncthing.host
  - community.syncthing.attributes
  - community.syncthing.attributes.files
notes:
  - The daemon must not be running.
  - Ignore patterns are only written to folders that have none.
seealso:
  - module: community.syncthing.syncthing_backup
  - name: Backup and restore
    description: How to bring a host back with a playbook, and what happens to its files.
    link: https://github.com/ansible-collections/community.syncthing/blob/main/docs/docsite/rst/backup.rst
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Bring back the identity and the configuration
  community.syncthing.syncthing_recover:
    src: backups/{{ inventory_hostname }}.vault
    vault_password_file: vault-password
  vars:
    ansible_pipelining: true
"""

RETURN = r"""
device_id:
  description: The device ID in the backup.
  returned: success
  type: str
  sample: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
config_dir:
  description: The directory of the identity and the configuration. It is V(none) in check mode if O(config_dir) is not
    set and the user O(user) does not exist.
  returned: success
  type: str
  sample: /home/alice/.local/state/syncthing
folders:
  description:
    - The folders in the backup that O(pause) selects, with the types that they must get back once they are in sync.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID of the folder.
      type: str
    type:
      description: The type of the folder.
      type: str
    devices:
      description: The IDs of the other devices that the folder is shared with.
      type: list
      elements: str
  sample:
    - id: documents
      type: sendreceive
      devices:
        - AIR6LPZ-7K4PTTV-UXQSMUU-CPQ5YWH-OEDFIIQ-JUG777G-2YQXXR5-YD6AWQR
diff:
  description: What changed, or in check mode would change. It does not contain secrets.
  returned: success and in diff mode
  type: dict
  contains:
    before:
      description: Nothing, since what is there is not shown.
      type: dict
    after:
      description: The device ID, if the files are written.
      type: dict
  sample:
    before: {}
    after:
      device_id: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
error:
  description: Details of the error. The message in RV(ignore:msg) can change between releases.
  returned: failure
  type: dict
  contains:
    code:
      description:
        - The type of the error, which does not change between releases.
        - One of V(invalid_input), V(discovery), V(unreachable), V(timeout), V(tls), V(api_key), V(host_check),
          V(not_found), V(bad_request), V(server_error), V(unexpected_answer), V(migration), V(unsupported) and
          V(not_applied).
      type: str
    status:
      description: The HTTP status of the response. It is V(none) if there was no response.
      type: int
    body:
      description: The beginning of the daemon's response. It is V(none) if there was no response.
      type: str
  sample:
    code: api_key
    status: 403
    body: CSRF Error
"""

import json

from ansible_collections.community.syncthing.plugins.module_utils._module import HostModule
from ansible_collections.community.syncthing.plugins.module_utils._setup import backup


def work(module, installation):
    found = backup.from_json(json.loads(module.params["backup"] or "null"))
    changed, warnings = backup.recover(
        found, installation, module.params["force"], module.params["pause"], module.check_mode
    )
    for warning in warnings:
        module.warn(warning)
    device_id = found.pair.device_id
    return {
        "changed": changed,
        "device_id": device_id,
        "config_dir": installation.config_dir,
        "folders": [
            {"id": folder.id, "type": folder.type, "devices": folder.devices}
            for folder in found.folders
            if folder.sends
        ],
        "diff": {"before": {}, "after": {"device_id": device_id} if changed else {}},
    }


def main():
    HostModule({
        "src": {"type": "str", "required": True},
        "vault_password_file": {"type": "str", "no_log": False},
        "pause": {"type": "bool", "default": True},
        "force": {"type": "bool", "default": False},
        "backup": {"type": "str", "no_log": True},
    }).run(work)  # fmt: skip


if __name__ == "__main__":
    main()
