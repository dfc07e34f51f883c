#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_restore
short_description: Restore archived versions of a folder's files
version_added: 1.0.0
description:
  - If versioning is enabled for a folder, Syncthing archives a file when another device changes or deletes it. This
    module restores archived versions. Syncthing then synchronizes them to the other devices like any other change.
  - Restoring a version removes it from the archive. If O(overwrite=true), an existing file is archived first.
  - The module fails before it changes anything if a version is not in the archive. The daemon itself would archive the
    existing file before it looks for the version.
  - The module scans the restored files, and fails if the daemon then does not have the restored versions.
extends_documentation_fragment:
  - community.syncthing.connection
  - community.syncthing.attributes
attributes:
  check_mode:
    support: full
    details:
      - The module reads the archive and writes nothing. It returns the same values as a real run.
  diff_mode:
    support: full
    details:
      - The diff shows the size and the modification time of each file before and after.
  idempotent:
    support: partial
    details:
      - The module does not change existing files, so a second run has nothing to do.
      - With O(overwrite=true), the archive is different in a second run. The restored version is no longer in it, and
        the replaced file is. Without O(files[].version) and O(files[].as_of), a second run swaps both again. With
        O(files[].version), it fails. With O(files[].as_of), it has nothing to do, unless the versioning type is
        V(trashcan).
options:
  folder:
    description:
      - ID of the folder. It must not be paused, and its versioning must not be V(none) or V(external).
    type: str
    required: true
  files:
    description:
      - The files to restore. Without O(files[].version) and O(files[].as_of), the module restores the version that was
        archived last.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description:
          - The path of a file in the folder, or a pattern with V(*), V(?) and V([...]). V(*) also matches slashes.
          - A path must exist in the folder or in the archive. A pattern may match nothing.
        type: str
        required: true
      version:
        description:
          - Restore the version that was archived at this time, as returned in
            RV(community.syncthing.syncthing_versions_info#module:versions.version_time). The time requires a time zone.
        type: str
      as_of:
        description:
          - Restore the version that the file had at this time. The time requires a time zone. This is the version that
            was archived first after this time, if it was modified before this time.
          - If no such version is archived, then the file has not changed since, was not changed by other devices, or
            the archive does not go back that far.
        type: str
  overwrite:
    description:
      - Whether to replace existing files. They are archived first.
      - If V(false), the module only restores files that do not exist.
    type: bool
    default: false
seealso:
  - module: community.syncthing.syncthing_versions_info
  - module: community.syncthing.syncthing_folder
  - name: File versioning
    description: Syncthing's documentation of file versioning.
    link: https://docs.syncthing.net/users/versioning.html
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Restore a deleted file
  community.syncthing.syncthing_restore:
    folder: documents
    files:
      - path: letters/one.txt

- name: Restore the state of files at a certain time
  community.syncthing.syncthing_restore:
    folder: documents
    files:
      - path: letters/*
        as_of: "2026-01-31T12:00:00+01:00"
    overwrite: true

- name: List the archived versions of a file
  community.syncthing.syncthing_versions_info:
    folder: documents
    files:
      - note.txt
  register: archive

- name: Replace the file with its oldest version
  community.syncthing.syncthing_restore:
    folder: documents
    files:
      - path: note.txt
        version: "{{ archive.versions['note.txt'][-1].version_time }}"
    overwrite: true
"""

RETURN = r"""
restored:
  description: The versions that were, or in check mode would be, restored, by path. If the module fails after it has
    restored some files, it returns these together with the error.
  returned: success
  type: dict
  contains:
    version_time:
      description: When the version was archived.
      type: str
    mod_time:
      description: When the file was last modified.
      type: str
    size:
      description: Size of the file in bytes.
      type: int
  sample:
    letters/one.txt:
      version_time: "2026-01-31T13:00:00+01:00"
      mod_time: "2026-01-30T12:00:00+01:00"
      size: 4096
kept:
  description: The matching files that were not changed, because they exist and O(overwrite=false), or because they are
    identical to the version to restore.
  returned: success
  type: list
  elements: str
  sample:
    - letters/two.txt
diff:
  description: The restored files before and after, by path. Files that did not exist are not in RV(diff.before).
  returned: success and in diff mode
  type: dict
  contains:
    before:
      description: Size and modification time before the run.
      type: dict
    after:
      description: Size and modification time after the run.
      type: dict
  sample:
    before: {}
    after:
      letters/one.txt:
        mod_time: "2026-01-30T12:00:00+01:00"
        size: 4096
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

from ansible_collections.community.syncthing.plugins.module_utils._module import SyncthingModule
from ansible_collections.community.syncthing.plugins.module_utils._operations import versions


def work(module, client):
    params = module.params
    outcome = versions.restore(client, params["folder"], params["files"], params["overwrite"], module.check_mode)
    result = {"changed": bool(outcome.restored), "restored": outcome.restored, "kept": outcome.kept}
    if module._diff:
        after = {path: {key: found[key] for key in ("mod_time", "size")} for path, found in outcome.restored.items()}
        result["diff"] = {"before": {path: found for path, found in outcome.before.items() if found}, "after": after}
    return result


def main():
    file = {
        "path": {"type": "str", "required": True},
        "version": {"type": "str"},
        "as_of": {"type": "str"},
    }
    files = {"type": "list", "elements": "dict", "required": True, "options": file}
    SyncthingModule(
        {
            "folder": {"type": "str", "required": True},
            "files": files,
            "overwrite": {"type": "bool", "default": False},
        }
    ).run(work)


if __name__ == "__main__":
    main()
