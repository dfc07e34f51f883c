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
  - If a folder has versioning, Syncthing archives a file when another device changes or deletes it. This module puts
    such versions back in their places, from where they are synchronized to the other devices like any change.
  - A version that is restored leaves the archive. A file that had its place goes there, if O(overwrite) allows that.
  - What can't be found in the archive is refused before anything is done. The daemon itself would first archive the
    file that is there, and only then look.
  - What was restored is scanned, and the module fails if it is not what the daemon then has.
extends_documentation_fragment:
  - community.syncthing.connection
  - community.syncthing.attributes
attributes:
  check_mode:
    support: full
    details:
      - The archive is read and nothing is written. What is returned is what a real run would return.
  diff_mode:
    support: full
    details:
      - The diff has size and modification time of the files before and after.
  idempotent:
    support: partial
    details:
      - A file that is there is left alone, so that a second run finds nothing to do.
      - With O(overwrite), a second run finds another archive, in which what was restored is missing, and what it
        replaced is there. Without O(files[].version) and O(files[].as_of) it would swap the two again. With
        O(files[].version) it fails. With O(files[].as_of) it finds nothing to do, unless the versioning type is
        V(trashcan).
options:
  folder:
    description:
      - ID of the folder. It must not be paused, and its versioning must not be V(none) or V(external).
    type: str
    required: true
  files:
    description:
      - Which files are restored, and which version of each. Without O(files[].version) and O(files[].as_of) it is the
        one that was archived last.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description:
          - The path of a file in the folder, or a pattern with V(*), V(?) and V([...]) for paths. V(*) stands for
            slashes too.
          - A file that is named must be there or in the archive. A pattern may find nothing.
        type: str
        required: true
      version:
        description:
          - The version that was archived at this time, as
            RV(community.syncthing.syncthing_versions_info#module:versions.version_time) has it. Any zone will do, but
            there must be one.
        type: str
      as_of:
        description:
          - The version that the file had at this time, with a zone. That is the one that was archived first afterwards,
            if it had been modified before.
          - A file of which no such version is archived was not changed since, or not by other devices, or the archive
            does not go back so far.
        type: str
  overwrite:
    description:
      - Whether files that are there are replaced. They are archived then.
      - Without it, only files are restored that are not there.
    type: bool
    default: false
seealso:
  - module: community.syncthing.syncthing_versions_info
  - module: community.syncthing.syncthing_folder
  - name: File versioning
    description: What Syncthing's manual says of it.
    link: https://docs.syncthing.net/users/versioning.html
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Restore a letter that was deleted
  community.syncthing.syncthing_restore:
    folder: documents
    files:
      - path: letters/one.txt

- name: Bring back what the letters were before something went wrong
  community.syncthing.syncthing_restore:
    folder: documents
    files:
      - path: letters/*
        as_of: "2026-01-31T12:00:00+01:00"
    overwrite: true

- name: See what is archived of a note
  community.syncthing.syncthing_versions_info:
    folder: documents
    files:
      - note.txt
  register: archive

- name: Put back the oldest version of it, in place of the note that is there
  community.syncthing.syncthing_restore:
    folder: documents
    files:
      - path: note.txt
        version: "{{ archive.versions['note.txt'][-1].version_time }}"
    overwrite: true
"""

RETURN = r"""
restored:
  description: By path, the versions that were restored, or in check mode would be. If some could not be, those that
    were are returned with the error.
  returned: success
  type: dict
  contains:
    version_time:
      description: When the version had been archived.
      type: str
    mod_time:
      description: When the file was modified last.
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
  description: The chosen files that were left alone, because they are there and O(overwrite) is V(false), or because
    they are what would be restored.
  returned: success
  type: list
  elements: str
  sample:
    - letters/two.txt
diff:
  description: The restored files before and after, by path. One that was not there is not in RV(diff.before).
  returned: success and in diff mode
  type: dict
  contains:
    before:
      description: Size and modification time of what was there.
      type: dict
    after:
      description: Size and modification time of what is there now.
      type: dict
  sample:
    before: {}
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

from ansible_collections.community.syncthing.plugins.module_utils import _versions
from ansible_collections.community.syncthing.plugins.module_utils._module import SyncthingModule


def work(module, client):
    params = module.params
    outcome = _versions.restore(client, params["folder"], params["files"], params["overwrite"], module.check_mode)
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
