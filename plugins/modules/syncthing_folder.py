#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_folder
short_description: Manage one folder of a Syncthing daemon
version_added: 1.0.0
description:
  - Adds a folder to a Syncthing daemon, changes its settings, the devices that it is shared with or its ignore
    patterns, or removes it.
  - A folder is synchronized only if the daemons on both sides have it, under the same ID, and share it with each
    other.
  - Options that are not set are left alone. A new folder gets what the daemon's own defaults for folders say.
  - If the folder is as it should be, the module makes one request, or two with O(ignore_patterns), and writes
    nothing. What it wrote, it reads again, and fails if the daemon shows something else.
extends_documentation_fragment:
  - community.syncthing.folder.item
  - community.syncthing.folder.patterns
  - community.syncthing.folder
  - community.syncthing.unknown_fields
  - community.syncthing.connection
  - community.syncthing.attributes
  - community.syncthing.attributes.reconcile
seealso:
  - module: community.syncthing.syncthing_device
  - module: community.syncthing.syncthing_info
  - name: Syncthing's configuration
    description: What Syncthing's manual says of each setting.
    link: https://docs.syncthing.net/users/config.html
  - name: Ignoring files
    description: What Syncthing's manual says of ignore patterns.
    link: https://docs.syncthing.net/users/ignoring.html
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Know the devices that the folders are for
  community.syncthing.syncthing_device:
    device_id: "{{ item.id }}"
    name: "{{ item.name }}"
  loop:
    - name: laptop
      id: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
    - name: nas
      id: MFZWI3D-BONSGYC-YLTMRWG-C43ENR5-QXGZDMM-FZWI3DP-BONSGYY-LTMRWAD

- name: Share documents with the laptop
  community.syncthing.syncthing_folder:
    id: documents
    label: Documents
    path: ~/Documents
    devices:
      - laptop

- name: Share them with the NAS too, which must not be able to read them
  community.syncthing.syncthing_folder:
    id: documents
    devices:
      - device: nas
        encryption_password: "{{ vault_documents_password }}"
    append_devices: true

- name: Collect photos, keep what was changed or deleted for 30 days, and leave some space
  community.syncthing.syncthing_folder:
    id: photos
    path: ~/Photos
    type: receiveonly
    devices:
      - laptop
      - nas
    versioning:
      type: staggered
      params:
        max_age: 2592000
    min_disk_free:
      value: 10
      unit: GB
    rescan_interval_s: 86400
    ignore_patterns:
      - // Thumbnails of cameras and file managers
      - .thumbnails
      - "*.thm"

- name: Keep a copy for somebody else, without the password
  community.syncthing.syncthing_folder:
    id: archive
    path: ~/archive
    type: receiveencrypted
    devices:
      - nas

- name: Stop sharing the photos with the laptop
  community.syncthing.syncthing_folder:
    id: photos
    devices:
      - nas

- name: Remove the folder from Syncthing and leave its files alone
  community.syncthing.syncthing_folder:
    id: photos
    state: absent
"""

RETURN = r"""
folder:
  description:
    - The folder as the daemon now has it, or in check mode would have it, in the words of the options.
    - It is V(none) if the daemon does not have the folder. It has no keys that this version of Syncthing does not
      have.
  returned: success
  type: dict
  contains:
    id:
      description: ID of the folder.
      type: str
    devices:
      description: The devices that the folder is shared with, among them the daemon's own. Passwords are left out.
      type: list
      elements: dict
      contains:
        device:
          description: ID of the device.
          type: str
        introduced_by:
          description: ID of the device that introduced this one to the folder, or an empty text.
          type: str
    label:
      description: As O(label).
      type: str
    filesystem_type:
      description: As O(filesystem_type).
      type: str
    path:
      description: As O(path).
      type: str
    type:
      description: As O(type).
      type: str
    group:
      description: As O(group).
      type: str
    rescan_interval_s:
      description: As O(rescan_interval_s).
      type: int
    fs_watcher_enabled:
      description: As O(fs_watcher_enabled).
      type: bool
    fs_watcher_delay_s:
      description: As O(fs_watcher_delay_s).
      type: float
    fs_watcher_timeout_s:
      description: As O(fs_watcher_timeout_s).
      type: float
    ignore_perms:
      description: As O(ignore_perms).
      type: bool
    auto_normalize:
      description: As O(auto_normalize).
      type: bool
    min_disk_free:
      description: As O(min_disk_free).
      type: dict
    versioning:
      description: As O(versioning).
      type: dict
    copiers:
      description: As O(copiers).
      type: int
    puller_max_pending_kib:
      description: As O(puller_max_pending_kib).
      type: int
    hashers:
      description: As O(hashers).
      type: int
    order:
      description: As O(order).
      type: str
    ignore_delete:
      description: As O(ignore_delete).
      type: bool
    scan_progress_interval_s:
      description: As O(scan_progress_interval_s).
      type: int
    puller_pause_s:
      description: As O(puller_pause_s).
      type: int
    puller_delay_s:
      description: As O(puller_delay_s).
      type: float
    max_conflicts:
      description: As O(max_conflicts).
      type: int
    disable_sparse_files:
      description: As O(disable_sparse_files).
      type: bool
    disable_temp_indexes:
      description: As O(disable_temp_indexes).
      type: bool
    paused:
      description: As O(paused).
      type: bool
    weak_hash_threshold_pct:
      description: As O(weak_hash_threshold_pct).
      type: int
    marker_name:
      description: As O(marker_name).
      type: str
    copy_ownership_from_parent:
      description: As O(copy_ownership_from_parent).
      type: bool
    mod_time_window_s:
      description: As O(mod_time_window_s).
      type: int
    max_concurrent_writes:
      description: As O(max_concurrent_writes).
      type: int
    disable_fsync:
      description: As O(disable_fsync).
      type: bool
    block_pull_order:
      description: As O(block_pull_order).
      type: str
    copy_range_method:
      description: As O(copy_range_method).
      type: str
    case_sensitive_fs:
      description: As O(case_sensitive_fs).
      type: bool
    junctions_as_dirs:
      description: As O(junctions_as_dirs).
      type: bool
    sync_ownership:
      description: As O(sync_ownership).
      type: bool
    send_ownership:
      description: As O(send_ownership).
      type: bool
    sync_xattrs:
      description: As O(sync_xattrs).
      type: bool
    send_xattrs:
      description: As O(send_xattrs).
      type: bool
    block_indexing:
      description: As O(block_indexing).
      type: bool
    xattr_filter:
      description: As O(xattr_filter).
      type: dict
    ignore_patterns:
      description: As O(ignore_patterns). Only there if the option is set.
      type: list
      elements: str
    extra:
      description: Settings that this collection does not know yet, as Syncthing's REST API shows them. Not there if
        there are none.
      type: dict
  sample:
    id: documents
    label: Documents
    filesystem_type: basic
    path: ~/Documents
    type: sendreceive
    devices:
      - device: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
        introduced_by: ""
    group: ""
    rescan_interval_s: 3600
    fs_watcher_enabled: true
    fs_watcher_delay_s: 10
    fs_watcher_timeout_s: 0
    ignore_perms: false
    auto_normalize: true
    min_disk_free:
      value: 1
      unit: "%"
    versioning:
      type: simple
      params:
        keep: 3
      cleanup_interval_s: 3600
      fs_path: ""
      fs_type: basic
    copiers: 0
    puller_max_pending_kib: 0
    hashers: 0
    order: random
    ignore_delete: false
    scan_progress_interval_s: 0
    puller_pause_s: 0
    puller_delay_s: 1
    max_conflicts: 10
    disable_sparse_files: false
    paused: false
    marker_name: .stfolder
    copy_ownership_from_parent: false
    mod_time_window_s: 0
    max_concurrent_writes: 16
    disable_fsync: false
    block_pull_order: standard
    copy_range_method: standard
    case_sensitive_fs: false
    junctions_as_dirs: false
    sync_ownership: false
    send_ownership: false
    sync_xattrs: false
    send_xattrs: false
    block_indexing: true
    xattr_filter:
      entries: []
      max_single_entry_size: 1024
      max_total_size: 4096
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

from ansible_collections.community.syncthing.plugins.module_utils._config import desired as desired
from ansible_collections.community.syncthing.plugins.module_utils._config.render import FOLDER, render
from ansible_collections.community.syncthing.plugins.module_utils._module import SyncthingModule


def work(module, client):
    folder = desired.folder(module.params)
    wanted = desired.Desired(folders=[folder], unknown_fields=module.params["unknown_fields"])
    outcome, result = module.reconcile(client, wanted)
    found = outcome.find("folders", folder.id)
    result["folder"] = render(FOLDER, found) if found else None
    if found and folder.ignore_patterns is not None:
        result["folder"]["ignore_patterns"] = outcome.find("ignores", folder.id)
    return result


def main():
    SyncthingModule(dict(desired.folder_argument_spec(), unknown_fields=desired.UNKNOWN_FIELDS)).run(work)


if __name__ == "__main__":
    main()
