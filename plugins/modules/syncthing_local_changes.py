#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_local_changes
short_description: Archive the local changes of a receive-only folder
version_added: 1.0.0
description:
  - In a folder of the type V(receiveonly), files that were added or changed on this device are not sent to other
    devices. This module moves them to the versions of the folder. In contrast to C(revert) of
    M(community.syncthing.syncthing_command), it does not delete them.
  - The module works on the files on disk. It must run on the daemon's host, as the daemon's user, or as root with
    O(user) set to the daemon's user. If the daemon runs in a container, the module must run in the container.
options:
  folder:
    description:
      - The ID of the folder. Its type must be V(receiveonly), and it must be in sync.
      - At least one other device must have told the daemon about files in the folder. Otherwise, all files would look
        like local changes.
    type: str
    required: true
extends_documentation_fragment:
  - community.syncthing.connection
  - community.syncthing.attributes
attributes:
  check_mode:
    support: full
    details:
      - The module does not move any files. It returns the same values as a real run.
  diff_mode:
    support: full
  idempotent:
    support: full
notes:
  - The files keep their paths, and the time is added to their names, as in C(letter~20260131-120000.txt).
seealso:
  - module: community.syncthing.syncthing_recover
  - module: community.syncthing.syncthing_command
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Move files that no other device has to the versions of the folder
  community.syncthing.syncthing_local_changes:
    folder: documents
"""

RETURN = r"""
archived:
  description: The previous paths of the files that were moved, or would be moved in check mode, and of the empty
    directories that were removed.
  returned: success
  type: list
  elements: str
  sample:
    - letters/one.txt
archive:
  description: The directory that files were moved to, or would be moved to in check mode.
  returned: success
  type: str
  sample: /home/alice/documents/.stversions
diff:
  description: The local changes before and after the run.
  returned: success and in diff mode
  type: dict
  contains:
    before:
      description: The paths before the run.
      type: dict
    after:
      description: The paths after the run.
      type: dict
  sample:
    before:
      local_changes:
        - letters/one.txt
    after:
      local_changes: []
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
from ansible_collections.community.syncthing.plugins.module_utils._operations import local_changes


def work(module, client):
    params = module.params
    outcome = local_changes.archive(client, params["folder"], params["user"], module.check_mode)
    result = dict(outcome.results(), changed=bool(outcome.paths))
    if module._diff:
        result["diff"] = {"before": {"local_changes": outcome.paths}, "after": {"local_changes": []}}
    return result


def main():
    SyncthingModule({"folder": {"type": "str", "required": True}}).run(work)


if __name__ == "__main__":
    main()
