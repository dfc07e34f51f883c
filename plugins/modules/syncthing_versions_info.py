#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_versions_info
short_description: List archived versions of a folder's files
version_added: 1.0.0
description:
  - If a folder has versioning, Syncthing archives a file when another device changes or deletes it. This module lists
    what is archived. Nothing is changed.
  - Changes that are made on the daemon's own host are not archived there, but on the other devices.
extends_documentation_fragment:
  - community.syncthing.connection
  - community.syncthing.attributes
  - community.syncthing.attributes.info
options:
  folder:
    description:
      - ID of the folder. It must not be paused, and its versioning must not be V(none) or V(external).
    type: str
    required: true
  files:
    description:
      - Which files are listed, by their paths in the folder, or by patterns with V(*), V(?) and V([...]) for them. V(*)
        stands for slashes too.
    type: list
    elements: str
    default: ["*"]
seealso:
  - module: community.syncthing.syncthing_restore
  - module: community.syncthing.syncthing_folder
  - name: File versioning
    description: What Syncthing's manual says of it.
    link: https://docs.syncthing.net/users/versioning.html
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: List all that is archived of the documents
  community.syncthing.syncthing_versions_info:
    folder: documents

- name: List older versions of the letters
  community.syncthing.syncthing_versions_info:
    folder: documents
    files:
      - letters/*.txt
  register: archive

- name: Say how many letters that are
  ansible.builtin.debug:
    msg: "{{ archive.versions | length }} letters have older versions"
"""

RETURN = r"""
versions:
  description: By the path of the file in the folder, its versions, the one that was archived last first.
  returned: success
  type: dict
  contains:
    version_time:
      description: When the version was archived, which is when another one took its place or the file was deleted. The
        time is in the zone of the daemon's host. It is what
        O(community.syncthing.syncthing_restore#module:files[].version) takes.
      type: str
    mod_time:
      description: When the file had been modified last. With the versioning type V(trashcan), it is when the version
        was archived.
      type: str
    size:
      description: Size of the file in bytes.
      type: int
  sample:
    letters/one.txt:
      - version_time: "2026-01-31T13:00:00+01:00"
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
    versions = _versions.fetch(client, module.params["folder"])
    paths = {path for pattern in module.params["files"] for path in _versions.matching(versions, pattern)}
    return {"changed": False, "versions": {path: found for path, found in versions.items() if path in paths}}


def main():
    spec = {
        "folder": {"type": "str", "required": True},
        "files": {"type": "list", "elements": "str", "default": ["*"]},
    }
    SyncthingModule(spec).run(work)


if __name__ == "__main__":
    main()
