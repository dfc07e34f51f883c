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
  - Waits until the REST API of a Syncthing daemon answers, and if asked for, until devices are connected and folders
    are in sync, here and on other devices.
  - A daemon that is still starting is waited for, also when its configuration does not exist yet, or when it converts
    its database.
  - It asks the daemon once and then waits for its events, so that it costs few requests however long it takes.
  - What can never come is not waited for. An unknown device or folder, or a wrong API key, is an error at once.
  - While it waits, Ansible shows a line from time to time that tells what is left of each folder, how fast it
    shrinks, and for how long that will go on. These lines go to the standard error, and O(progress) turns them off.
options:
  running:
    description:
      - IDs of the folders that must run on this daemon. It does not matter whether they are in sync, or paused.
      - If one of them has stopped because of an error, the module fails at once, with the folder, its path and the
        daemon's own reason. Since the daemon looks at a directory only when it scans, it is asked to scan the marker of
        each idle folder, which changes nothing.
      - In check mode, folders that the daemon does not have yet are left out.
      - V(all) stands for all folders.
    type: list
    elements: str
    default: []
  unit:
    description:
      - Name of the systemd service that the daemon runs as, on the host that the module runs on, such as
        V(syncthing@alice).
      - If this service has failed, has ended, or is started again and again, the module fails at once, with the state
        of the service and the last lines of its journal.
    type: str
  scope:
    description:
      - Whether O(unit) is a service of the V(system), or of the user in O(user) or who runs the module, with V(user).
    type: str
    choices:
      - system
      - user
    default: system
  folders:
    description:
      - IDs of the folders that must be in sync on this daemon. It must be idle, need nothing and have no errors.
      - V(all) stands for all that are not paused.
    type: list
    elements: str
    default: []
  devices:
    description:
      - Names or IDs of other devices that must be connected to this daemon.
      - Folders in O(folders) must be in sync on these devices too, if they are shared with them.
      - V(all) stands for all that are not paused.
      - A device that paused a folder does not have it in sync, whatever it had before. It can be told since Syncthing
        1.20.0. An older daemon does not know it of others, and takes what it knows of their files.
    type: list
    elements: str
    default: []
  min_completion:
    description:
      - The percentage of each folder's bytes that must be there, on this daemon and on O(devices).
      - With V(100), nothing at all may be left, and the folder must be idle here and have no errors.
    type: float
    default: 100
  stable_for:
    description:
      - For how many seconds all of it must last.
      - Daemons that have just been connected may not know yet of each other's changes. Some seconds are a protection
        against that.
    type: float
    default: 0
  restarted:
    description:
      - Whether to wait until no changed setting needs a restart of the daemon any more, which is when it was restarted.
      - Something else must restart it, such as a handler.
    type: bool
    default: false
  wait_timeout:
    description:
      - For how many seconds all of it is waited for. Then the module fails and tells what is missing.
      - In contrast to that, O(timeout) is for a single request. Requests that fail are repeated for as long as it is
        waited, so O(retries) is not used.
    type: float
    default: 300
  progress:
    description:
      - Whether to show what is left while it is waited.
      - Only Ansible's controller can do that, for a task without C(async).
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
      - The module changes nothing, so it waits in C(check_mode) too. What was only predicted before will not come.
        The keyword C(when) with V(not ansible_check_mode) leaves such a task out.
  async:
    description: Supports being used with the C(async) keyword.
    support: full
    details:
      - No progress is shown then.
seealso:
  - module: community.syncthing.syncthing_command
  - module: community.syncthing.syncthing_info
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Wait until the daemon answers
  community.syncthing.syncthing_wait:
    wait_timeout: 120

- name: Wait for a service that was just started, but not if it fails
  community.syncthing.syncthing_wait:
    user: alice
    unit: syncthing@alice

- name: Make sure that no folder has stopped because of an error
  community.syncthing.syncthing_wait:
    running:
      - all

- name: Wait until all folders are in sync here
  community.syncthing.syncthing_wait:
    folders:
      - all

- name: Wait until all devices are connected, for no longer than five seconds
  community.syncthing.syncthing_wait:
    devices:
      - all
    wait_timeout: 5
  register: syncthing
  failed_when: syncthing is failed and syncthing.error.code | default('') != 'timeout'

- name: Wait until another host has all that is in a folder, before this one is taken down
  community.syncthing.syncthing_wait:
    folders:
      - documents
    devices:
      - nas
    stable_for: 5
    wait_timeout: 3600

- name: Be content with most of it, and say what is left
  community.syncthing.syncthing_wait:
    folders:
      - documents
    min_completion: 90
  register: syncthing

- name: Show it
  ansible.builtin.debug:
    msg: "{{ syncthing.folders.documents.need_bytes }} bytes are left"
"""

RETURN = r"""
elapsed:
  description: For how many seconds it was waited.
  returned: success, and when the time was up
  type: float
  sample: 12.3
missing:
  description: A phrase for each thing that is missing. It is empty on success.
  returned: success, and when the time was up
  type: list
  elements: str
  sample:
    - device 'nas' is not connected
stopped:
  description: The folders of O(running) that have stopped because of an error.
  returned: when there are some
  type: list
  elements: dict
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
      description: Its state in the words of systemd.
      type: str
    journal:
      description: The last lines of its journal when the time is up.
      type: list
      elements: str
  sample:
    name: syncthing@alice.service
    state: active (running)
    journal: []
my_id:
  description: The daemon's own device ID. It is V(none) if the daemon never answered.
  returned: success, and when the time was up
  type: str
  sample: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
version:
  description: The version of Syncthing. It is V(none) if the daemon never answered.
  returned: success, and when the time was up
  type: str
  sample: v1.29.5
restart_required:
  description: Whether a changed setting still needs a restart.
  returned: when O(restarted) is V(true) and the daemon answered
  type: bool
  sample: false
devices:
  description: By device ID, the devices that it was waited for.
  returned: success, and when the time was up
  type: dict
  contains:
    DEVICE_ID:
      description: One device. The key is its ID.
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
          description: Why the last attempts to connect to it failed, if it is not connected when the time is up.
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
  description: By folder ID, the folders that it was waited for.
  returned: success, and when the time was up
  type: dict
  contains:
    FOLDER_ID:
      description: One folder. The key is its ID.
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
          description: What the daemon does with it, such as V(idle), V(scanning) or V(syncing).
          type: str
        error:
          description: Why it has stopped, if it has.
          type: str
        completion:
          description: The percentage that is here. It is V(none) if the folder does not run.
          type: float
        global_bytes:
          description: How many bytes the folder has.
          type: int
        global_items:
          description: How many files, directories, links and deletions the folder knows of.
          type: int
        need_bytes:
          description: How many bytes are missing here.
          type: int
        need_items:
          description: How many files, directories, links and deletions are missing here.
          type: int
        failed_items:
          description: How many of them can't be synchronized.
          type: int
        errors:
          description: The first of these when the time is up, each with C(path) and C(error).
          type: list
          elements: dict
        devices:
          description: By device ID, how much those of O(devices) have that the folder is shared with.
          type: dict
          contains:
            DEVICE_ID:
              description: One device. The key is its ID.
              type: dict
              contains:
                completion:
                  description: The percentage that it has.
                  type: float
                need_bytes:
                  description: How many bytes it lacks.
                  type: int
                need_items:
                  description: How many files, directories and links it lacks.
                  type: int
                need_deletes:
                  description: How many it still has to delete.
                  type: int
                remote_state:
                  description: Whether it has the folder. One of V(valid), V(paused), V(notSharing) and V(unknown),
                    or V(none) before Syncthing 1.20.0.
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
