#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_conflicts_info
short_description: List conflict copies of files
version_added: 1.0.0
description:
  - If two devices change a file at the same time, Syncthing keeps one of the files and renames the other one to a
    conflict copy, such as C(letter.sync-conflict-20260131-120000-ABCDEFG.txt). This module lists the conflict copies.
    It does not change anything.
  - The daemon does not report conflicts, so the module searches the directories of the folders. It must run on the
    daemon's host, as the daemon's user, or as root with O(user) set to the daemon's user. If the daemon runs in a
    container, set O(volumes).
  - The module skips ignored files, temporary files, archived versions, and files that the daemon has not scanned yet.
    It also skips directories and symbolic links with the name of a conflict copy.
extends_documentation_fragment:
  - community.syncthing.connection
  - community.syncthing.attributes
  - community.syncthing.attributes.info
options:
  folder:
    description:
      - The ID of the folder. It must not be paused, and its type must not be V(receiveencrypted).
      - If not set, the module searches all folders. Folders that cannot be searched are listed in RV(not_searched).
    type: str
seealso:
  - module: community.syncthing.syncthing_conflicts
  - module: community.syncthing.syncthing_folder
    description: The option O(community.syncthing.syncthing_folder#module:max_conflicts) limits the number of conflict
      copies of a file.
  - name: Conflicts
    description: Syncthing's documentation of conflicts.
    link: https://docs.syncthing.net/users/syncing.html#conflicting-changes
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: List the conflict copies of all folders
  community.syncthing.syncthing_conflicts_info:
  register: found

- name: Show the paths
  ansible.builtin.debug:
    msg: "{{ found.conflicts | dict2items | subelements('value') | map(attribute='1.path') }}"

- name: List the conflict copies of a folder
  community.syncthing.syncthing_conflicts_info:
    folder: documents
  register: found

- name: Show copies that differ from the original
  ansible.builtin.debug:
    msg: "{{ found.conflicts.documents | rejectattr('equal') | map(attribute='path') }}"
"""

RETURN = r"""
conflicts:
  description: The conflict copies by folder ID, sorted by the path of the original.
  returned: success
  type: dict
  contains:
    path:
      description: The path of the copy in the folder.
      type: str
    original:
      description: The path of the original file. For a conflict copy of a conflict copy, this is the first file.
      type: str
    original_exists:
      description: Whether this path exists.
      type: bool
    equal:
      description: Whether the copy has the same content as the original.
      type: bool
    time:
      description: When the conflict was detected, in the local time of the device that created the copy.
      type: str
    device:
      description: The device that last changed the copy. Its change lost the conflict. It is V(none) if the daemon
        does not know it.
      type: dict
      contains:
        short_id:
          description: The first seven letters of its device ID.
          type: str
        device_id:
          description: Its device ID. It is V(none) if no such device is configured on this daemon.
          type: str
        name:
          description: Its name. It is V(none) if no such device is configured on this daemon, or if it has no name.
          type: str
    replaced_by:
      description: The device whose change won the conflict and replaced the original. It is the device in the name of
        the copy. It has the keys of RV(conflicts.device). It is V(none) if the name does not contain a device.
      type: dict
    size:
      description: Size of the copy in bytes.
      type: int
    mod_time:
      description: When the copy was last modified.
      type: str
  sample:
    documents:
      - path: letters/one.sync-conflict-20260131-130000-ABCDEFG.txt
        original: letters/one.txt
        original_exists: true
        equal: false
        time: "2026-01-31T13:00:00"
        device:
          short_id: MFZWI3D
          device_id: MFZWI3D-BONSGYC-YLTMRWG-C43ENR5-QXGZDMM-FZWI3DP-BONSGYY-LTMRWAD
          name: laptop
        replaced_by:
          short_id: ABCDEFG
          device_id: null
          name: null
        size: 4096
        mod_time: "2026-01-31T12:00:00+01:00"
not_searched:
  description: The reasons why folders were not searched, by folder ID. It is always empty if O(folder) is set,
    because the module fails in this case.
  returned: success
  type: dict
  sample:
    photos: "folder: 'photos' is paused, so that the daemon does not tell about its files. Resume it first."
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

from ansible_collections.community.syncthing.plugins.module_utils._module import SyncthingModule
from ansible_collections.community.syncthing.plugins.module_utils._operations import conflicts


def work(module, client):
    found = conflicts.overview(client, module.params["folder"], module.params["user"])
    for path in found.unreadable:
        module.warn(f"{path} can't be read, so it was not searched for conflict copies.")
    return {"changed": False, "conflicts": found.conflicts, "not_searched": found.not_searched}


def main():
    SyncthingModule({"folder": {"type": "str"}}).run(work)


if __name__ == "__main__":
    main()
