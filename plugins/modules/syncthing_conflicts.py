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
  - If two devices change a file at the same time, Syncthing keeps one of the two and renames the other one to a
    conflict copy. This module decides by a rule which file of each conflict is kept. That one gets the name of the
    original. The others are archived, where M(community.syncthing.syncthing_restore) and the daemon's GUI find them.
    Nothing is deleted.
  - The module works on the disk. It must run on the daemon's host, as the daemon's user, or as root with O(user) set to
    it. If the daemon runs in a container, the module must run in the container.
  - Conflict copies are synchronized like all files, so run the module on one device of a folder, for example with
    C(run_once). The rules decide the same on all devices that have the same files, so that nothing is lost if it runs
    on several.
  - Files that another device has a newer version of, that were changed after the daemon scanned them, or that are
    modified while the module runs are left alone. So are conflicts where the original is a directory or a symbolic
    link, or is not known to the daemon.
extends_documentation_fragment:
  - community.syncthing.connection
  - community.syncthing.attributes
attributes:
  check_mode:
    support: full
    details:
      - The folder is searched and nothing is moved. What is returned is what a real run would return.
  diff_mode:
    support: full
    details:
      - The diff has size and modification time of all files of the conflicts before and after.
  idempotent:
    support: full
options:
  folder:
    description:
      - ID of the folder. It must be idle, and not paused, V(receiveencrypted) or V(receiveonly).
      - Its versioning must not be V(none) or V(external), unless O(archive_directory) is set.
    type: str
    required: true
  keep:
    description:
      - Which file of a conflict is kept.
      - V(newest) keeps the one that was modified last. If that is the original and a copy, it is the original.
      - V(original) keeps the original. A conflict without an original is left alone.
      - V(copy) keeps the copy of the latest conflict.
      - V(device) keeps what O(device) changed last, be it the original or a copy. If there is nothing of that kind, the
        conflict is left alone.
      - With all rules but V(original), a copy whose original is missing gets the name of the original.
      - It is required, unless O(equal_only=true), where it is V(original) if it is not set.
    type: str
    choices:
      - newest
      - original
      - copy
      - device
  device:
    description:
      - Name or device ID of the device whose files are kept with O(keep=device).
      - This is RV(community.syncthing.syncthing_conflicts_info#module:conflicts.device) of a copy. The device in the
        name of a copy is the other one, which replaced the file.
    type: str
  equal_only:
    description:
      - Whether only copies that have the same content as the original are regarded. All others are left as they are.
    type: bool
    default: false
  files:
    description:
      - Which conflicts are resolved, by the paths of the originals or copies in the folder, or by patterns with V(*),
        V(?) and V([...]) for them. V(*) stands for slashes too.
    type: list
    elements: str
    default: ["*"]
  archive_directory:
    description:
      - Absolute path of a directory that the files go to in place of the folder's versions. It must exist, and must be
        outside of the folder.
      - The files have the same paths in it as in the folder, with the time added to their names as in
        C(letter~20260131-120000.txt).
    type: path
  min_age:
    description:
      - For how many seconds all files of a conflict must not have been modified. Otherwise somebody may be working on
        them, and the conflict is left alone.
    type: float
    default: 60
  wait_timeout:
    description:
      - For how many seconds to wait until the folder is idle, and all chosen files are synchronized, scanned and old
        enough for O(min_age).
      - The module fails if the folder is not idle by then. Files for which this was too short are left alone.
    type: float
    default: 0
seealso:
  - module: community.syncthing.syncthing_conflicts_info
  - module: community.syncthing.syncthing_restore
  - module: community.syncthing.syncthing_folder
    description: Its option O(community.syncthing.syncthing_folder#module:max_conflicts) limits how many copies of a
      file Syncthing keeps. It deletes the oldest ones beyond that.
  - name: Conflicts
    description: How Syncthing handles them.
    link: https://docs.syncthing.net/users/syncing.html#conflicting-changes
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Remove conflict copies that are equal to their originals
  community.syncthing.syncthing_conflicts:
    folder: documents
    equal_only: true

- name: Keep the letters that were modified last
  community.syncthing.syncthing_conflicts:
    folder: documents
    keep: newest
    files:
      - letters/*

- name: Keep what was changed on the laptop
  community.syncthing.syncthing_conflicts:
    folder: documents
    keep: device
    device: "{{ laptop_device_id }}"

- name: Keep the originals of all other conflicts, and see what was archived
  community.syncthing.syncthing_conflicts:
    folder: documents
    keep: original
  register: conflicts

- name: Put the copies back, to resolve them by hand
  community.syncthing.syncthing_restore:
    folder: documents
    files:
      - path: notes/*.sync-conflict-*
"""

RETURN = r"""
resolved:
  description: By path of the original, the conflicts that were resolved, or in check mode would be. If some could not
    be, those that were are returned with the error.
  returned: success
  type: dict
  contains:
    kept:
      description: The path that the file which is now the original had before.
      type: str
    archived:
      description: The paths that the files had which are now archived. M(community.syncthing.syncthing_restore)
        restores them by these paths.
      type: list
      elements: str
  sample:
    letters/one.txt:
      kept: letters/one.txt
      archived:
        - letters/one.sync-conflict-20260131-130000-ABCDEFG.txt
left_alone:
  description: By path of the copy, why a chosen conflict was not resolved.
  returned: success
  type: dict
  sample:
    letters/two.sync-conflict-20260131-130000-ABCDEFG.txt: "'letters/two.txt' was modified less than 60 s ago"
archive:
  description: The directory that files were moved to, or in check mode would be.
  returned: success
  type: str
  sample: /home/alice/documents/.stversions
diff:
  description: The files of the resolved conflicts before and after, by path.
  returned: success and in diff mode
  type: dict
  contains:
    before:
      description: Size and modification time of the files that were there.
      type: dict
    after:
      description: Size and modification time of the files that are there now.
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
