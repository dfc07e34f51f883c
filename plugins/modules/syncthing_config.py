#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_config
short_description: Manage the whole configuration of a Syncthing daemon
version_added: 1.0.0
description:
  - Manages the devices, folders, settings and defaults of a Syncthing daemon in one task.
  - Everything that is not declared is left unchanged, unless O(purge) is set.
  - If nothing has to change, the module sends one request, plus one for each folder with O(folders[].ignore_patterns)
    and one for O(gui.password). Otherwise, it writes only the differences. After it has written a change, it reads
    the configuration again, and fails if the daemon did not apply the change.
  - All parts of RV(community.syncthing.syncthing_info#module:config) that M(community.syncthing.syncthing_info)
    returns can be used as options of this module.
options:
  purge:
    description:
      - Which undeclared objects to remove. By default, nothing is removed.
      - With V(devices), all devices that are not in O(devices) are removed, except for the daemon's own device.
      - With V(folders), all folders that are not in O(folders) are removed. Their files are kept.
      - The corresponding option is required. To remove all devices or folders, set O(devices) or O(folders) to an
        empty list.
    type: list
    elements: str
    choices:
      - devices
      - folders
    default: []
  purge_introduced:
    description:
      - Whether O(purge) also removes devices that an introducer added, and O(folders[].devices) also removes shares
        that it added. The introducer might add them again.
    type: bool
    default: false
  purge_auto_accepted:
    description:
      - Whether to allow O(purge=folders) if there are devices whose folders are accepted automatically. Such folders
        would be removed and accepted again and again.
    type: bool
    default: false
  restart:
    description:
      - Whether to restart the daemon. Only O(options.audit_enabled), O(options.audit_file) and
        O(options.database_tuning) require a restart.
      - With V(if_required), the module restarts the daemon if the daemon reports that a restart is required, and
        waits for it.
      - A service manager such as systemd must start the daemon again.
    type: str
    choices:
      - never
      - if_required
    default: never
  restart_timeout:
    description:
      - How long to wait for the restarted daemon, in seconds.
    type: float
    default: 120
  gui_password_file:
    description:
      - The absolute path of a file that contains the password for the GUI, instead of O(gui.password). The file is on
        the host that the module runs on, and is read with the permissions of the user who runs the task. A line break
        at its end is ignored.
    type: str
  gui_api_key_file:
    description:
      - The absolute path of a file that contains the new API key, instead of O(gui.api_key). It is read as
        O(gui_password_file).
    type: str
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
    description: Syncthing's documentation of all settings.
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

- name: Ignore an unwanted device
  community.syncthing.syncthing_config:
    ignored_devices:
      - device_id: RLFE6NT-XJ6BKML-7CQPS44-SZTZJAY-XCZR3H6-LJYKARX-GSVL2KZ-VQSL5QN
        name: a stranger

- name: Enable the audit log and restart the daemon if required
  community.syncthing.syncthing_config:
    options:
      audit_enabled: true
    unknown_fields: ignore
    restart: if_required

- name: Get the configuration of this daemon
  community.syncthing.syncthing_info:
    gather_subset:
      - config
  register: syncthing

- name: Set the same limits on another daemon
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
  description: The changes, or in check mode the changes that a real run would make, in the order in which they are
    written.
  returned: success
  type: list
  elements: dict
  contains:
    kind:
      description:
        - The type of the object.
        - One of V(devices), V(folders), V(ignores), V(ignored_devices), V(options), V(gui), V(ldap),
          V(defaults/device), V(defaults/folder) and V(defaults/ignores).
      type: str
    id:
      description: The ID of the device or folder, or an empty string for settings.
      type: str
    action:
      description: One of V(added), V(changed) and V(removed).
      type: str
  sample:
    - kind: folders
      id: documents
      action: changed
restarted:
  description: Whether the daemon was restarted, or would be restarted in check mode.
  returned: success
  type: bool
  sample: false
# generated by tests/tools/generated_docs.py: diff
diff:
  description:
    - The objects that changed, or would change in check mode, before and after the change. New objects are not in
      RV(diff.before), and removed objects are not in RV(diff.after).
    - Secrets are replaced by V((set\)), or by V((set to another value\)) if they changed.
  returned: success and in diff mode
  type: dict
  contains:
    before:
      description: The objects before the change.
      type: dict
    after:
      description: The objects after the change.
      type: dict
  sample:
    before:
      folders:
        documents:
          id: documents
          paused: false
    after:
      folders:
        documents:
          id: documents
          paused: true
# end
# generated by tests/tools/generated_docs.py: error
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
# end
"""

from ansible_collections.community.syncthing.plugins.module_utils._config import desired
from ansible_collections.community.syncthing.plugins.module_utils._module import SyncthingModule
from ansible_collections.community.syncthing.plugins.module_utils._operations import restart
from ansible_collections.community.syncthing.plugins.module_utils._schema import timeouts


def work(module, client):
    timeouts.check(module.params["restart_timeout"], "restart_timeout")
    outcome, result = module.reconcile(client, desired.config(dict(module.params, gui=_gui(module))))
    result["changes"] = [{"kind": c.kind, "id": c.id, "action": c.action} for c in outcome.changes]
    result["restarted"] = module.params["restart"] == "if_required" and (
        restart.required(client) or (module.check_mode and restart.would_be_required(outcome.changes))
    )
    if result["restarted"]:
        result["changed"] = True
        if not module.check_mode:
            restart.restart(client, module.params["restart_timeout"])
    return result


def _gui(module):
    gui = module.params["gui"]
    for name in ("password", "api_key"):
        secret = module.secret(f"gui.{name}", (gui or {}).get(name), f"gui_{name}_file")
        if secret is not None:
            gui = dict(gui or {}, **{name: secret})
    return gui


def main():
    SyncthingModule(
        dict(
            desired.config_argument_spec(),
            gui_password_file={"type": "str", "no_log": False},
            gui_api_key_file={"type": "str", "no_log": False},
            unknown_fields=desired.UNKNOWN_FIELDS,
            restart={"type": "str", "choices": ["never", "if_required"], "default": "never"},
            restart_timeout={"type": "float", "default": 120},
        )
    ).run(work)


if __name__ == "__main__":
    main()
