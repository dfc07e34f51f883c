#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_backup
short_description: Back up the identity and the configuration of a Syncthing daemon
version_added: 1.0.0
description:
  - Writes the identity of a daemon, its C(config.xml), the certificate of its GUI and the ignore patterns of its
    folders to one file on the control node, encrypted with Ansible Vault. The database and the synchronized files are
    not in it.
  - The files are read on the host, and encrypted in the memory of the control node. They are not in the results, the
    output or the logs, and never on the disk of the control node without encryption.
  - The daemon can be running or stopped.
options:
  dest:
    description:
      - The file to write on the control node. A relative path is relative to the current directory. Missing directories
        are created.
      - An existing file is only replaced if its content has changed, and if it can be decrypted with the same password.
    type: str
    required: true
  vault_password_file:
    description:
      - A file on the control node with the vault password, or an executable that prints it.
      - If not set, the vault password of the run is used, for example of C(--vault-password-file) or
        C(--ask-vault-pass).
    type: str
  vault_id:
    description:
      - The vault ID label to write to the file. With O(vault_password_file) not set, the vault password with this label
        is used.
    type: str
extends_documentation_fragment:
  - community.syncthing.host
  - community.syncthing.attributes
  - community.syncthing.attributes.files
seealso:
  - module: community.syncthing.syncthing_recover
  - name: Backup and restore
    description: How to back up all hosts with a playbook, and how to bring a host back.
    link: https://github.com/ansible-collections/community.syncthing/blob/main/docs/docsite/rst/backup.rst
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Back up the identity and the configuration
  community.syncthing.syncthing_backup:
    dest: backups/{{ inventory_hostname }}.vault
    vault_password_file: vault-password
"""

RETURN = r"""
dest:
  description: The path of the file on the control node.
  returned: success
  type: str
  sample: /home/alice/backups/laptop.vault
device_id:
  description: The device ID in the backup.
  returned: success
  type: str
  sample: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
diff:
  description: Which parts of the backup changed, or in check mode would change. It does not contain their content.
  returned: success and in diff mode
  type: dict
  contains:
    before:
      description: The parts before the run.
      type: dict
    after:
      description: The parts after the run.
      type: dict
  sample:
    before:
      config.xml: (set)
    after:
      config.xml: (set to another value)
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

from ansible_collections.community.syncthing.plugins.module_utils._module import HostModule
from ansible_collections.community.syncthing.plugins.module_utils._setup import backup


def work(module, installation):
    found, warnings = backup.collect(installation.config_dir, installation.account)
    for warning in warnings:
        module.warn(warning)
    # the action plugin takes it out of the results and encrypts it
    return {"changed": False, "backup": found.as_json()}


def main():
    HostModule({
        "dest": {"type": "str", "required": True},
        "vault_password_file": {"type": "str", "no_log": False},
        "vault_id": {"type": "str"},
    }).run(work)  # fmt: skip


if __name__ == "__main__":
    main()
