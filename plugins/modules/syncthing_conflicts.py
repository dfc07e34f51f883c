#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_conflicts
short_description: Resolve conflicts of a folder
version_added: 1.0.0
description:
  - If two devices change a file at the same time, Syncthing keeps one of the files and renames the other one to a
    conflict copy. This module uses a rule to select the file to keep for each conflict. This file gets the name of
    the original. The module archives the other files, so that they can be restored with
    M(community.syncthing.syncthing_restore) and in the daemon's GUI. It does not delete any files.
  - The module works on the files on disk. It must run on the daemon's host, as the daemon's user, or as root with
    O(user) set to the daemon's user. If the daemon runs in a container, set O(volumes).
  - Conflict copies are synchronized like all files, so run the module on one device of a folder, for example with
    C(run_once). If it runs on several devices with the same files, all of them make the same decision, and no file is
    lost.
  - The module skips a conflict if another device has a newer version of one of its files, if a file was changed after
    the daemon scanned it, or if a file is modified while the module runs. It also skips a conflict if the original is
    a directory or a symbolic link, or if the daemon does not know it.
extends_documentation_fragment:
  - community.syncthing.connection
  - community.syncthing.attributes
attributes:
  check_mode:
    support: full
    details:
      - The module searches the folder and does not move any files. It returns the same values as a real run.
  diff_mode:
    support: full
    details:
      - The diff shows the size and modification time of all files of the conflicts before and after the change.
  idempotent:
    support: full
options:
  folder:
    description:
      - The ID of the folder. It must be idle and not paused, and its type must not be V(receiveencrypted) or
        V(receiveonly).
      - Its versioning must not be V(none) or V(external), unless O(archive_directory) is set.
    type: str
    required: true
  keep:
    description:
      - Which file of a conflict to keep.
      - V(newest) keeps the file that was modified last. If the original and a copy were modified at the same time, it
        keeps the original.
      - V(original) keeps the original. A conflict without an original is skipped.
      - V(copy) keeps the copy of the latest conflict.
      - V(device) keeps the file that was last changed by O(device), which can be the original or a copy. If there is
        no such file, the conflict is skipped.
      - With all rules but V(original), a copy whose original is missing gets the name of the original.
      - Required, unless O(equal_only=true). In this case, the default is V(original).
    type: str
    choices:
      - newest
      - original
      - copy
      - device
  device:
    description:
      - The name or device ID of the device whose files are kept with O(keep=device).
      - >-
        This is RV(community.syncthing.syncthing_conflicts_info#module:conflicts.device) of a copy. The device in the
        name of a copy is a different one: the device that replaced the file.
    type: str
  equal_only:
    description:
      - Whether to process only copies that have the same content as the original. All other copies are left
        unchanged.
    type: bool
    default: false
  files:
    description:
      - Which conflicts to resolve, by the paths of the originals or copies in the folder, or by patterns for these
        paths with V(*), V(?) and V([...]). V(*) also matches slashes.
    type: list
    elements: str
    default: ["*"]
  archive_directory:
    description:
      - The absolute path of a directory to archive files in, instead of the versions of the folder. It must exist,
        and it must be outside of the folder.
      - The files keep their paths in the folder, and the time is added to their names, as in
        C(letter~20260131-120000.txt).
    type: path
  min_age:
    description:
      - The minimum time since the last modification of all files of a conflict, in seconds. If a file was modified
        more recently, somebody might be working on it, and the conflict is skipped.
    type: float
    default: 60
  wait_timeout:
    description:
      - How long to wait until the folder is idle and all selected files are synchronized, scanned and older than
        O(min_age), in seconds.
      - If the folder is not idle after this time, the module fails. Files that are not ready after this time are
        skipped.
    type: float
    default: 0
seealso:
  - module: community.syncthing.syncthing_conflicts_info
  - module: community.syncthing.syncthing_restore
  - module: community.syncthing.syncthing_folder
    description: The option O(community.syncthing.syncthing_folder#module:max_conflicts) limits the number of conflict
      copies of a file. Syncthing deletes the oldest additional copies.
  - name: Conflicts
    description: Syncthing's documentation of conflicts.
    link: https://docs.syncthing.net/users/syncing.html#conflicting-changes
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Remove copies that are equal to their originals
  community.syncthing.syncthing_conflicts:
    folder: documents
    equal_only: true

- name: Keep the newest files in a directory
  community.syncthing.syncthing_conflicts:
    folder: documents
    keep: newest
    files:
      - letters/*

- name: Keep the files that were changed on a device
  community.syncthing.syncthing_conflicts:
    folder: documents
    keep: device
    device: "{{ laptop_device_id }}"

- name: Keep the originals of all other conflicts
  community.syncthing.syncthing_conflicts:
    folder: documents
    keep: original
  register: conflicts

- name: Restore conflict copies to resolve them manually
  community.syncthing.syncthing_restore:
    folder: documents
    files:
      - path: notes/*.sync-conflict-*
"""

RETURN = r"""
resolved:
  description: The conflicts that were resolved, or would be resolved in check mode, by the path of the original. If
    the module fails, it returns the conflicts that it has already resolved.
  returned: success
  type: dict
  contains:
    kept:
      description: The previous path of the file that is now the original.
      type: str
    archived:
      description: The previous paths of the archived files. Use these paths to restore the files with
        M(community.syncthing.syncthing_restore).
      type: list
      elements: str
  sample:
    letters/one.txt:
      kept: letters/one.txt
      archived:
        - letters/one.sync-conflict-20260131-130000-ABCDEFG.txt
left_alone:
  description: The reasons why selected conflicts were not resolved, by the path of the copy.
  returned: success
  type: dict
  sample:
    letters/two.sync-conflict-20260131-130000-ABCDEFG.txt: "'letters/two.txt' was modified less than 60 s ago"
archive:
  description: The directory that files were moved to, or would be moved to in check mode.
  returned: success
  type: str
  sample: /home/alice/documents/.stversions
diff:
  description: The files of the resolved conflicts before and after the change, by path.
  returned: success and in diff mode
  type: dict
  contains:
    before:
      description: The size and modification time of the files before the change.
      type: dict
    after:
      description: The size and modification time of the files after the change.
      type: dict
  sample:
    before:
      letters/one.txt:
        mod_time: "2026-01-30T12:00:00+01:00"
        size: 4096
      letters/one.sync-conflict-20260131-130000-ABCDEFG.txt:
        mod_time: "2026-01-29T12:00:00+01:00"
        size: 4000
    after:
      letters/one.txt:
        mod_time: "2026-01-30T12:00:00+01:00"
        size: 4096
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
from ansible_collections.community.syncthing.plugins.module_utils._operations.conflict_rules import RULES


def work(module, client):
    outcome = conflicts.resolve(client, module.params, module.check_mode)
    for path in outcome.unreadable:
        module.warn(f"The directory {path} of the folder can't be read, so it was not searched for conflict copies.")
    result = dict(outcome.results(), changed=bool(outcome.resolved))
    if module._diff:
        result["diff"] = {"before": outcome.before, "after": outcome.after}
    return result


def main():
    SyncthingModule(
        {
            "folder": {"type": "str", "required": True},
            "keep": {"type": "str", "choices": list(RULES)},
            "device": {"type": "str"},
            "equal_only": {"type": "bool", "default": False},
            "files": {"type": "list", "elements": "str", "default": ["*"]},
            "archive_directory": {"type": "path"},
            "min_age": {"type": "float", "default": 60},
            "wait_timeout": {"type": "float", "default": 0},
        }
    ).run(work)


if __name__ == "__main__":
    main()
