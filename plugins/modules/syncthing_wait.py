#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_wait
short_description: Wait for a Syncthing daemon, its devices and its folders
version_added: 1.0.0
description:
  - Waits until the REST API of a Syncthing daemon responds. Optionally, waits until devices are connected, and until
    folders are in sync on this daemon and on other devices.
  - The module also waits if the daemon is still starting, if its configuration does not exist yet, or if it converts
    its database.
  - The module reads the state once and then waits for events of the daemon, so it only sends a few requests,
    regardless of how long it waits.
  - The module does not wait for conditions that cannot be reached. It fails immediately if a device or folder is
    unknown, or if the API key is wrong.
  - During the wait, Ansible regularly shows how much data is left in each folder, the current rate, and the estimated
    remaining time. These lines are written to standard error. You can disable them with O(progress).
options:
  running:
    description:
      - The IDs of folders that must be running on this daemon. They can be out of sync or paused.
      - If one of them has stopped because of an error, the module fails immediately and shows the folder, its path
        and the daemon's own reason. Because the daemon checks a directory only during a scan, the module requests a
        scan of the folder marker of each idle folder, which changes nothing.
      - In check mode, folders that do not exist yet are skipped.
      - V(all) selects all folders.
    type: list
    elements: str
    default: []
  unit:
    description:
      - The name of the daemon's systemd service on the host that the module runs on, such as V(syncthing@alice).
      - If this service has failed or stopped, or restarts repeatedly, the module fails immediately and shows the
        state of the service and the last lines of its journal.
    type: str
  scope:
    description:
      - With V(system), O(unit) is a system service. With V(user), it is a service of the user in O(user), or of the
        user that runs the module.
    type: str
    choices:
      - system
      - user
    default: system
  folders:
    description:
      - The IDs of folders that must be in sync on this daemon. A folder is in sync if it is idle, complete, and has
        no errors.
      - V(all) selects everything that is not paused.
    type: list
    elements: str
    default: []
  devices:
    description:
      - The names or IDs of other devices that must be connected to this daemon.
      - The folders in O(folders) that are shared with these devices must also be in sync on them.
      - V(all) selects everything that is not paused.
      - A folder that is paused on a device is not in sync on this device. Daemons before Syncthing 1.20.0 do not know
        whether a folder is paused on another device, and use the last known state of its files.
    type: list
    elements: str
    default: []
  min_completion:
    description:
      - The percentage of the data of each folder that must be present on this daemon and on O(devices).
      - With V(100), the folder must be complete, and it must be idle and without errors on this daemon.
    type: float
    default: 100
  stable_for:
    description:
      - How long all conditions must remain true, in seconds.
      - Daemons that have just connected might not know about each other's changes yet. Set this to a few seconds to
        avoid this problem.
    type: float
    default: 0
  restarted:
    description:
      - Whether to wait until the daemon was restarted, if a changed setting requires a restart.
      - The module does not restart the daemon. Use a handler, for example.
    type: bool
    default: false
  wait_timeout:
    description:
      - How long to wait for all conditions, in seconds. After this time, the module fails and shows what is missing.
      - In contrast, O(timeout) is for a single request. Failed requests are repeated until this time is over, so
        O(retries) is not used.
    type: float
    default: 300
  progress:
    description:
      - Whether to show the progress during the wait.
      - The progress is not shown for tasks with C(async).
    type: bool
    default: true
extends_documentation_fragment:
  - community.syncthing.connection
  - community.syncthing.attributes
  - community.syncthing.attributes.info
attributes:
  check_mode:
    support: full
    details:
      - The module changes nothing, so it also waits in check mode. Changes that earlier tasks only predicted in check
        mode will not happen. To skip the task in check mode, use C(when) with V(not ansible_check_mode).
  async:
    description: Supports being used with the C(async) keyword.
    support: full
    details:
      - The progress is not shown.
seealso:
  - module: community.syncthing.syncthing_command
  - module: community.syncthing.syncthing_info
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Wait until the daemon responds
  community.syncthing.syncthing_wait:
    wait_timeout: 120

- name: Wait for a service that was just started
  community.syncthing.syncthing_wait:
    user: alice
    unit: syncthing@alice

- name: Verify that no folder has stopped
  community.syncthing.syncthing_wait:
    running:
      - all

- name: Wait until all folders are in sync on this host
  community.syncthing.syncthing_wait:
    folders:
      - all

- name: Wait up to five seconds for all devices
  community.syncthing.syncthing_wait:
    devices:
      - all
    wait_timeout: 5
  register: syncthing
  failed_when: syncthing is failed and syncthing.error.code | default('') != 'timeout'

- name: Wait until a folder is in sync on another host
  community.syncthing.syncthing_wait:
    folders:
      - documents
    devices:
      - nas
    stable_for: 5
    wait_timeout: 3600

- name: Wait until most of a folder is in sync
  community.syncthing.syncthing_wait:
    folders:
      - documents
    min_completion: 90
  register: syncthing

- name: Show what is left
  ansible.builtin.debug:
    msg: "{{ syncthing.folders.documents.need_bytes }} bytes are left"
"""

RETURN = r"""
elapsed:
  description: How long the module waited, in seconds.
  returned: success, and if the wait timed out
  type: float
  sample: 12.3
missing:
  description: A description of each missing condition. It is empty on success.
  returned: success, and if the wait timed out
  type: list
  elements: str
  sample:
    - device 'nas' is not connected
stopped:
  description: The folders in O(running) that have stopped because of an error.
  returned: if there are any
  type: list
  elements: dict
  # generated by tests/tools/generated_docs.py: stopped
  contains:
    folder:
      description: Its ID.
      type: str
    path:
      description: Its path, as it is configured.
      type: str
    error:
      description: The daemon's own reason.
      type: str
  # end
  sample:
    - folder: photos
      path: /srv/photos
      error: folder path missing
service:
  description: The service in O(unit).
  returned: when O(unit) is set
  type: dict
  contains:
    name:
      description: Its full name.
      type: str
    state:
      description: Its state, as reported by systemd.
      type: str
    journal:
      description: The last lines of its journal, if the wait timed out.
      type: list
      elements: str
  sample:
    name: syncthing@alice.service
    state: active (running)
    journal: []
my_id:
  description: The daemon's own device ID. It is V(none) if the daemon never responded.
  returned: success, and if the wait timed out
  type: str
  sample: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
version:
  description: The version of Syncthing. It is V(none) if the daemon never responded.
  returned: success, and if the wait timed out
  type: str
  sample: v1.29.5
restart_required:
  description: Whether a changed setting still requires a restart.
  returned: when O(restarted) is V(true) and the daemon responded
  type: bool
  sample: false
devices:
  description: The devices that the module waited for, by device ID.
  returned: success, and if the wait timed out
  type: dict
  contains:
    DEVICE_ID:
      description: A device. The key is its ID.
      type: dict
      contains:
        name:
          description: Its name.
          type: str
        addresses:
          description: Its addresses, as they are configured.
          type: list
          elements: str
        connected:
          description: Whether it is connected.
          type: bool
        paused:
          description: Whether it is paused.
          type: bool
        error:
          description: Why the last attempts to connect to it failed, if it is not connected when the wait times out.
          type: str
  sample:
    MFZWI3D-BONSGYC-YLTMRWG-C43ENR5-QXGZDMM-FZWI3DP-BONSGYY-LTMRWAD:
      name: nas
      addresses:
        - tcp://192.0.2.10:22000
      connected: true
      paused: false
      error: ""
folders:
  description: The folders that the module waited for, by folder ID.
  returned: success, and if the wait timed out
  type: dict
  contains:
    FOLDER_ID:
      description: A folder. The key is its ID.
      type: dict
      contains:
        label:
          description: Its label.
          type: str
        type:
          description: Its type, such as V(sendreceive).
          type: str
        paused:
          description: Whether it is paused.
          type: bool
        state:
          description: Its state, such as V(idle), V(scanning) or V(syncing).
          type: str
        error:
          description: Why it has stopped. It is empty if it has not.
          type: str
        completion:
          description: The completion on this daemon in percent. It is V(none) if the folder is not running.
          type: float
        global_bytes:
          description: The number of bytes in the folder.
          type: int
        global_items:
          description: The number of files, directories, links and deletions in the folder.
          type: int
        need_bytes:
          description: The number of bytes that are missing on this daemon.
          type: int
        need_items:
          description: The number of files, directories, links and deletions that are missing on this daemon.
          type: int
        failed_items:
          description: The number of items that cannot be synchronized.
          type: int
        errors:
          description: The first of these items, if the wait timed out, each with C(path) and C(error).
          type: list
          elements: dict
        devices:
          description: The completion on those of O(devices) that the folder is shared with, by device ID.
          type: dict
          contains:
            DEVICE_ID:
              description: A device. The key is its ID.
              type: dict
              contains:
                completion:
                  description: The completion in percent.
                  type: float
                # generated by tests/tools/generated_docs.py: needed
                need_bytes:
                  description: The number of bytes that are missing on the device.
                  type: int
                need_items:
                  description: The number of files, directories and links that are missing on the device.
                  type: int
                need_deletes:
                  description: The number of files, directories and links that the device still has to delete.
                  type: int
                # end
                remote_state:
                  description: The state of the folder on the device. One of V(valid), V(paused), V(notSharing) and
                    V(unknown), or V(none) before Syncthing 1.20.0.
                  type: str
  sample:
    documents:
      label: Documents
      type: sendreceive
      paused: false
      state: idle
      error: ""
      completion: 100
      global_bytes: 4096
      global_items: 1
      need_bytes: 0
      need_items: 0
      failed_items: 0
      errors: []
      devices:
        MFZWI3D-BONSGYC-YLTMRWG-C43ENR5-QXGZDMM-FZWI3DP-BONSGYY-LTMRWAD:
          completion: 100
          need_bytes: 0
          need_items: 0
          need_deletes: 0
          remote_state: valid
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

from ansible_collections.community.syncthing.plugins.module_utils._host import accounts
from ansible_collections.community.syncthing.plugins.module_utils._host.units import Unit
from ansible_collections.community.syncthing.plugins.module_utils._module import SyncthingModule
from ansible_collections.community.syncthing.plugins.module_utils._operations import wait
from ansible_collections.community.syncthing.plugins.module_utils._operations.wait_goal import WAIT_TIMEOUT, Goal


def work(module):
    def connect(left):
        return module.connect(retries=0, timeout=min(module.params["timeout"], left))

    params = module.params
    if params["user"] and not module.check_mode:
        accounts.look_up(params["user"])  # nobody creates it meanwhile
    goal = Goal(**{name: params[name] for name in Goal._fields})
    unit = Unit(params["unit"], params["scope"] == "user", params["user"]) if params["unit"] else None
    found = wait.wait(connect, goal, params["wait_timeout"], unit, passive=module.check_mode)
    return dict(found, changed=False)


def main():
    names = {"type": "list", "elements": "str", "default": []}
    spec = {
        "running": names,
        "unit": {"type": "str"},
        "scope": {"type": "str", "choices": ["system", "user"], "default": "system"},
        "folders": names,
        "devices": names,
        "min_completion": {"type": "float", "default": 100},
        "stable_for": {"type": "float", "default": 0},
        "restarted": {"type": "bool", "default": False},
        "wait_timeout": {"type": "float", "default": WAIT_TIMEOUT},
        "progress": {"type": "bool", "default": True},
    }
    SyncthingModule(spec).run_unconnected(work)


if __name__ == "__main__":
    main()
