#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_directories
short_description: Create the directories of folders
version_added: 1.0.0
description:
  - Creates the directories of Syncthing folders, including missing parent directories.
  - The module can safely run as root. It creates directories as root only in locations where only root can write.
    Below the first directory that other users can write to, it creates directories with the permissions of O(user).
    It does not follow symbolic links that other users could have created.
  - Existing directories are left unchanged, including their owner, group and mode.
options:
  paths:
    description:
      - The absolute paths of the directories. A leading C(~) is replaced by the home directory of O(user).
    type: list
    elements: str
    required: true
  user:
    description:
      - Name of the user that the daemon runs as. If not set, the user that runs the module.
    type: str
  owner:
    description:
      - Name of the owner of new directories. If not set, O(user).
    type: str
  group:
    description:
      - Name of the group of new directories. If not set, the primary group of O(user).
    type: str
  mode:
    description:
      - Mode of new directories as an octal number in quotes, such as V("0750"). If not set, V("0755").
    type: str
extends_documentation_fragment:
  - community.syncthing.attributes
attributes:
  action_group:
    support: none
    details:
      - It does not have the options that the other modules share.
    membership: []
  check_mode:
    support: full
  diff_mode:
    support: none
  idempotent:
    support: full
requirements:
  - Python >= 3.8 on the host that the module runs on
seealso:
  - module: community.syncthing.syncthing_folder
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Create folder directories
  community.syncthing.syncthing_directories:
    user: alice
    paths:
      - ~/Documents
      - /srv/photos
    mode: "0750"
"""

RETURN = r"""
created:
  description: The directories that were created, or would be created in check mode.
  returned: success
  type: list
  elements: str
  sample:
    - /srv/photos
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
    code: invalid_input
    status:
    body:
"""

import grp
import re

from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.syncthing.plugins.module_utils._host import accounts, directories
from ansible_collections.community.syncthing.plugins.module_utils._module import PlainModule


def work(module):
    params = module.params
    account = accounts.find(params["user"])
    rights = directories.Rights(
        uid=accounts.find(params["owner"], "owner").uid if params["owner"] else None,
        gid=_gid(params["group"]),
        mode=_mode(params["mode"]),
    )
    paths = [_absolute(path, account, number) for number, path in enumerate(params["paths"])]
    created = [path for path in paths if directories.create(path, account, rights, module.check_mode)]
    return {"changed": bool(created), "created": created}


def _absolute(path, account, number):
    if path == "~" or path.startswith("~/"):
        path = account.home + path[1:]
    if not path.startswith("/") or "\0" in path:
        raise InvalidInput(f"paths[{number}]: {path!r} must be an absolute path, or begin with ~/.")
    return path


def _gid(group):
    try:
        return grp.getgrnam(group).gr_gid if group else None
    except KeyError:
        raise InvalidInput(f"group: there is no group {group!r} on this host.") from None


def _mode(mode):
    if not mode:
        return None
    if not re.match(r"[0-7]{3,4}\Z", mode):
        raise InvalidInput(f"mode: {mode!r} must be an octal number in quotes, such as '0750'.")
    return int(mode, 8)


def main():
    text = {"type": "str"}
    spec = {"paths": {"type": "list", "elements": "str", "required": True}}
    PlainModule(dict(spec, user=text, owner=text, group=text, mode=text)).run(work)


if __name__ == "__main__":
    main()
