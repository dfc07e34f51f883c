#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_folder
short_description: Manage a folder of a Syncthing daemon
version_added: 1.0.0
description:
  - Adds a folder to the configuration of a Syncthing daemon, changes its settings, its devices or its ignore
    patterns, or removes it.
  - A folder is synchronized only if the daemons on both sides have a folder with the same ID and share it with each
    other.
  - Options that are not set are left unchanged. A new folder gets the daemon's default settings for folders.
  - If nothing has to change, the module sends one request, or two with O(ignore_patterns), and writes nothing. After
    it has written a change, it reads the configuration again, and fails if the daemon did not apply the change.
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
    description: Syncthing's documentation of all settings.
    link: https://docs.syncthing.net/users/config.html
  - name: Ignoring files
    description: Syncthing's documentation of ignore patterns.
    link: https://docs.syncthing.net/users/ignoring.html
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Add the devices
  community.syncthing.syncthing_device:
    device_id: "{{ item.id }}"
    name: "{{ item.name }}"
  loop:
    - name: laptop
      id: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
    - name: nas
      id: MFZWI3D-BONSGYC-YLTMRWG-C43ENR5-QXGZDMM-FZWI3DP-BONSGYY-LTMRWAD

- name: Share a folder with a device
  community.syncthing.syncthing_folder:
    id: documents
    label: Documents
    path: ~/Documents
    devices:
      - laptop

- name: Also share it with an untrusted device
  community.syncthing.syncthing_folder:
    id: documents
    devices:
      - device: nas
        encryption_password: "{{ vault_documents_password }}"
    append_devices: true

- name: Receive photos, keep old versions for 30 days, and reserve disk space
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

- name: Store an encrypted copy without the password
  community.syncthing.syncthing_folder:
    id: archive
    path: ~/archive
    type: receiveencrypted
    devices:
      - nas

- name: Stop sharing a folder with a device
  community.syncthing.syncthing_folder:
    id: photos
    devices:
      - nas

- name: Remove a folder from Syncthing and keep its files
  community.syncthing.syncthing_folder:
    id: photos
    state: absent
"""

RETURN = r"""
folder:
  description:
    - The configuration of the folder, or in check mode the configuration after a real run, with the names of the
      options.
    - It is V(none) if the folder does not exist. Settings that this version of Syncthing does not support are not
      returned.
  returned: success
  type: dict
  contains:
    id:
      description: ID of the folder.
      type: str
    devices:
      description: The devices that the folder is shared with, including the daemon's own device. Passwords are not
        returned.
      type: list
      elements: dict
      contains:
        device:
          description: ID of the device.
          type: str
        introduced_by:
          description: ID of the device that introduced this device to the folder, or an empty string.
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
      description: As O(ignore_patterns). Returned only if the option is set.
      type: list
      elements: str
    extra:
      description: Settings that this collection does not support yet, with their names in Syncthing's REST API. Not
        returned if there are none.
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

from ansible_collections.community.syncthing.plugins.module_utils._config import desired
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
