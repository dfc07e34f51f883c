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
  - If versioning is enabled for a folder, Syncthing archives a file when another device changes or deletes it. This
    module lists the archived versions.
  - Changes on the daemon's own host are not archived on this host, but on the other devices.
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
      - Paths of files in the folder, or patterns with V(*), V(?) and V([...]). V(*) also matches slashes.
    type: list
    elements: str
    default: ["*"]
seealso:
  - module: community.syncthing.syncthing_restore
  - module: community.syncthing.syncthing_folder
  - name: File versioning
    description: Syncthing's documentation of file versioning.
    link: https://docs.syncthing.net/users/versioning.html
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: List all archived versions in a folder
  community.syncthing.syncthing_versions_info:
    folder: documents

- name: List the archived versions of some files
  community.syncthing.syncthing_versions_info:
    folder: documents
    files:
      - letters/*.txt
  register: archive

- name: Show the number of files
  ansible.builtin.debug:
    msg: "{{ archive.versions | length }} files have archived versions"
"""

RETURN = r"""
versions:
  description: The archived versions, by the path of the file in the folder. The newest version is first.
  returned: success
  type: dict
  contains:
    version_time:
      description: When the version was archived, because it was replaced or deleted, in the time zone of the daemon's
        host. Use it in O(community.syncthing.syncthing_restore#module:files[].version).
      type: str
    mod_time:
      description: When the file was last modified. With the versioning type V(trashcan), when the version was archived.
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
    archive = versions.fetch(client, module.params["folder"])
    paths = {path for pattern in module.params["files"] for path in versions.matching(archive, pattern)}
    return {"changed": False, "versions": {path: found for path, found in archive.items() if path in paths}}


def main():
    spec = {
        "folder": {"type": "str", "required": True},
        "files": {"type": "list", "elements": "str", "default": ["*"]},
    }
    SyncthingModule(spec).run(work)


if __name__ == "__main__":
    main()
