#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_config
short_description: Manage the configuration of a whole Syncthing daemon
version_added: 1.0.0
description:
  - Brings devices, folders, settings and defaults of a Syncthing daemon to what is declared, in one task.
  - What is not declared is left alone, unless O(purge) says otherwise.
  - If everything is as it should be, the module makes one request, plus one for each folder with
    O(folders[].ignore_patterns) and one for O(gui.password), and writes nothing. Otherwise it writes what differs and
    nothing else. What it wrote, it reads again, and fails if the daemon shows something else.
  - What M(community.syncthing.syncthing_info) returns as RV(community.syncthing.syncthing_info#module:config) can be
    given back part by part, edited or not.
options:
  purge:
    description:
      - What to remove if it is not declared. The default is nothing.
      - With V(devices), all devices go that are not in O(devices), except for the daemon's own.
      - With V(folders), all folders go that are not in O(folders). Their files stay where they are.
      - What is purged must be declared. An empty list in O(devices) or O(folders) says that none should stay.
    type: list
    elements: str
    choices:
      - devices
      - folders
    default: []
  purge_introduced:
    description:
      - Whether O(purge) also removes devices that an introducer added, and O(folders[].devices) also shares that it
        added. The introducer may add them again.
    type: bool
    default: false
  purge_auto_accepted:
    description:
      - Whether O(purge=folders) is allowed while there are devices whose folders are accepted automatically. They
        would be removed and accepted again and again.
    type: bool
    default: false
  restart:
    description:
      - Whether to restart the daemon. Of all settings, only O(options.audit_enabled), O(options.audit_file) and
        O(options.database_tuning) need it.
      - With V(if_required), the daemon is restarted if it says that it needs to be, and waited for.
      - Something must start the daemon again, such as systemd.
    type: str
    choices:
      - never
      - if_required
    default: never
  restart_timeout:
    description:
      - For how many seconds the restarted daemon is waited for.
    type: float
    default: 120
extends_documentation_fragment:
  - community.syncthing.config_items
  - community.syncthing.options
  - community.syncthing.gui
  - community.syncthing.ldap
  - community.syncthing.unknown_fields
  - community.syncthing.connection
  - community.syncthing.attributes
  - community.syncthing.attributes.reconcile
seealso:
  - module: community.syncthing.syncthing_device
  - module: community.syncthing.syncthing_folder
  - module: community.syncthing.syncthing_info
  - name: Syncthing's configuration
    description: What Syncthing's manual says of each setting.
    link: https://docs.syncthing.net/users/config.html
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Configure the daemon
  community.syncthing.syncthing_config:
    devices:
      - device_id: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
        name: laptop
      - device_id: MFZWI3D-BONSGYC-YLTMRWG-C43ENR5-QXGZDMM-FZWI3DP-BONSGYY-LTMRWAD
        name: nas
        addresses:
          - tcp://192.0.2.10:22000
    folders:
      - id: documents
        path: ~/Documents
        devices:
          - laptop
          - device: nas
            encryption_password: "{{ vault_documents_password }}"
        versioning:
          type: simple
          params:
            keep: 5
    options:
      ur_accepted: -1
      crash_reporting_enabled: false
      max_send_kbps: 4096

- name: Protect the GUI
  community.syncthing.syncthing_config:
    gui:
      user: admin
      password: "{{ vault_gui_password }}"
      theme: dark

- name: Remove all folders that are not declared here
  community.syncthing.syncthing_config:
    folders:
      - id: documents
    purge:
      - folders

- name: Refuse a known stranger on all hosts
  community.syncthing.syncthing_config:
    ignored_devices:
      - device_id: RLFE6NT-XJ6BKML-7CQPS44-SZTZJAY-XCZR3H6-LJYKARX-GSVL2KZ-VQSL5QN
        name: a stranger

- name: Write an audit log, and restart the daemon if it needs that
  community.syncthing.syncthing_config:
    options:
      audit_enabled: true
    unknown_fields: ignore
    restart: if_required

- name: Read the configuration of this daemon
  community.syncthing.syncthing_info:
    gather_subset:
      - config
  register: syncthing

- name: Give another daemon the same limits
  community.syncthing.syncthing_config:
    api_url: "{{ elsewhere_api_url }}"
    api_key: "{{ vault_elsewhere_api_key }}"
    options:
      max_send_kbps: "{{ syncthing.config.options.max_send_kbps }}"
      max_recv_kbps: "{{ syncthing.config.options.max_recv_kbps }}"
  delegate_to: localhost
"""

RETURN = r"""
changes:
  description: What changed, or in check mode would change, in the order in which it is written.
  returned: success
  type: list
  elements: dict
  contains:
    kind:
      description:
        - The kind of object.
        - One of V(devices), V(folders), V(ignores), V(ignored_devices), V(options), V(gui), V(ldap),
          V(defaults/device), V(defaults/folder) and V(defaults/ignores).
      type: str
    id:
      description: ID of the device or folder, or an empty text for settings, of which there is only one.
      type: str
    action:
      description: One of V(added), V(changed) and V(removed).
      type: str
  sample:
    - kind: folders
      id: documents
      action: changed
restarted:
  description: Whether the daemon was restarted, or in check mode would be.
  returned: success
  type: bool
  sample: false
diff:
  description:
    - The objects that changed, or in check mode would change, before and after. An object that is new is not in
      RV(diff.before), one that was removed is not in RV(diff.after).
    - Secrets are replaced by V((set\)), or by V((set to another value\)) where they changed.
  returned: success and in diff mode
  type: dict
  contains:
    before:
      description: What was.
      type: dict
    after:
      description: What is now.
      type: dict
  sample:
    before: {}
    after:
      devices:
        P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2:
          device_id: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
          name: laptop
          paused: false
error:
  description: What went wrong, for playbooks that act on it. The sentence in RV(ignore:msg) is for people and may
    change.
  returned: when the daemon can't be reached, refuses something, or what is asked for can't be done
  type: dict
  contains:
    code:
      description:
        - A word for the kind of error.
        - It is one of V(invalid_input), V(discovery), V(unreachable), V(timeout), V(tls), V(api_key), V(host_check),
          V(not_found), V(bad_request), V(server_error), V(unexpected_answer), V(migration), V(unsupported) and
          V(not_applied).
      type: str
    status:
      description: HTTP status of the answer. It is V(none) if there was none.
      type: int
    body:
      description: The beginning of the daemon's own text. It is V(none) if there was none.
      type: str
  sample:
    code: api_key
    status: 403
    body: CSRF Error
"""

from ansible_collections.community.syncthing.plugins.module_utils._config import desired
from ansible_collections.community.syncthing.plugins.module_utils._module import SyncthingModule
from ansible_collections.community.syncthing.plugins.module_utils._operations import restart
from ansible_collections.community.syncthing.plugins.module_utils._schema import timeouts


def work(module, client):
    timeouts.check(module.params["restart_timeout"], "restart_timeout")
    outcome, result = module.reconcile(client, desired.config(module.params))
    result["changes"] = [{"kind": c.kind, "id": c.id, "action": c.action} for c in outcome.changes]
    result["restarted"] = module.params["restart"] == "if_required" and (
        restart.required(client) or (module.check_mode and restart.would_be_required(outcome.changes))
    )
    if result["restarted"]:
        result["changed"] = True
        if not module.check_mode:
            restart.restart(client, module.params["restart_timeout"])
    return result


def main():
    SyncthingModule(
        dict(
            desired.config_argument_spec(),
            unknown_fields=desired.UNKNOWN_FIELDS,
            restart={"type": "str", "choices": ["never", "if_required"], "default": "never"},
            restart_timeout={"type": "float", "default": 120},
        )
    ).run(work)


if __name__ == "__main__":
    main()
