#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_command
short_description: Tell a Syncthing daemon to do something at once
version_added: 1.0.0
description:
  - Scans, overrides or reverts a folder, pauses and resumes, restarts, shuts down or upgrades a Syncthing daemon,
    clears its errors, resets what it knows of a folder, or sets its log levels.
  - What has nothing to do reports no change. That is so for everything but a restart, a shutdown and a reset.
  - What destroys something is only done with O(confirm=true).
options:
  command:
    description:
      - What to do.
      - V(scan) looks for changes in O(folder), or in all folders that are not paused. What it finds is not a change
        that Ansible made, so it never reports one.
      - V(override) makes the files of O(folder), which must be C(sendonly), count on all other devices. What they
        changed is undone there, and what they added is deleted. It needs O(confirm).
      - V(revert) undoes local changes in O(folder), which must be C(receiveonly) or C(receiveencrypted), and deletes
        files that were added. It needs O(confirm).
      - V(pause) and V(resume) stop and start the exchange with O(device), or with all other devices, or the work on
        O(folder).
      - V(restart) and V(shutdown) end the daemon. After a restart, something must start it again, such as systemd.
      - V(clear_errors) forgets messages that the GUI shows.
      - V(reset) forgets what the daemon knows of O(folder), restarts the daemon, and scans the folder anew. No file is
        deleted, but deletions that other devices did not hear of are forgotten. It needs O(confirm).
      - V(upgrade) installs the newest release and restarts the daemon, if this Syncthing can do that. Distributions
        turn it off. A new major version needs O(confirm). In C(check_mode), it tells what there is.
      - V(set_log_levels) sets the levels in O(levels) until the daemon is restarted.
    type: str
    required: true
    choices:
      - scan
      - override
      - revert
      - pause
      - resume
      - restart
      - shutdown
      - clear_errors
      - reset
      - upgrade
      - set_log_levels
  folder:
    description:
      - ID of the folder, for V(scan), V(override), V(revert), V(reset), V(pause) and V(resume).
    type: str
  device:
    description:
      - Name or ID of the device, for V(pause) and V(resume).
    type: str
  sub:
    description:
      - Paths in O(folder) that V(scan) is limited to, with slashes, from the top of the folder on.
    type: list
    elements: str
  levels:
    description:
      - A level for each part of Syncthing that V(set_log_levels) sets, such as V(model) or V(connections).
      - A level is one of V(DEBUG), V(INFO), V(WARN) and V(ERROR). The last two need Syncthing 2.0.0 or later.
      - Parts that are not named keep their level. RV(levels) has all of them.
    type: dict
  confirm:
    description:
      - Whether you want what V(override), V(revert), V(reset), or an V(upgrade) to a new major version destroys.
    type: bool
    default: false
  wait:
    description:
      - Whether to wait until it is done. A scan, override or revert is done when the daemon says so, a restart or
        upgrade when a new process answers, a shutdown when nobody answers any more.
      - A V(reset) is always waited for.
    type: bool
    default: true
  wait_timeout:
    description:
      - For how many seconds it is waited. In contrast to that, O(timeout) is for a single request.
    type: float
    default: 300
extends_documentation_fragment:
  - community.syncthing.connection
  - community.syncthing.attributes
attributes:
  check_mode:
    support: full
    details:
      - The daemon is read, and what would be done is checked and returned. Nothing is written.
  diff_mode:
    support: none
    details:
      - A command is no state that could be compared.
  idempotent:
    support: partial
    details:
      - V(restart), V(shutdown) and V(reset) always do what they say.
seealso:
  - module: community.syncthing.syncthing_wait
  - module: community.syncthing.syncthing_folder
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
# From the command line:
# ansible nas -m community.syncthing.syncthing_command -a "command=scan folder=documents"
# ansible nas -m community.syncthing.syncthing_command -a "command=scan folder=documents sub=letters,notes"
# ansible nas -m community.syncthing.syncthing_command -a "command=pause device=laptop"
# ansible nas -m community.syncthing.syncthing_command -a "command=restart"
# ansible nas -m community.syncthing.syncthing_command -a "command=upgrade" --check

- name: Look for changes now
  community.syncthing.syncthing_command:
    command: scan

- name: Look for changes in a part of a folder
  community.syncthing.syncthing_command:
    command: scan
    folder: documents
    sub:
      - letters/2026

- name: Pause the exchange with all other devices
  community.syncthing.syncthing_command:
    command: pause

- name: Resume it with one of them
  community.syncthing.syncthing_command:
    command: resume
    device: nas

- name: Pause a folder while a backup is taken
  community.syncthing.syncthing_command:
    command: pause
    folder: documents

- name: Resume it
  community.syncthing.syncthing_command:
    command: resume
    folder: documents

- name: Restart the daemon and wait until it is back
  community.syncthing.syncthing_command:
    command: restart
    wait_timeout: 60

- name: Log in detail how folders are synchronized
  community.syncthing.syncthing_command:
    command: set_log_levels
    levels:
      model: DEBUG

- name: Forget messages that somebody has read
  community.syncthing.syncthing_command:
    command: clear_errors

- name: Index a folder from the ground up
  community.syncthing.syncthing_command:
    command: reset
    folder: documents
    confirm: true
"""

RETURN = r"""
folders:
  description: The IDs of the folders that it was about.
  returned: success, with V(scan), V(override), V(revert), V(reset), and with V(pause) and V(resume) if O(folder) is set
  type: list
  elements: str
  sample:
    - documents
item_count:
  description: How many items were, or in check mode would be, overridden or reverted.
  returned: success, with V(override) and V(revert)
  type: int
  sample: 3
devices:
  description: The IDs of the devices that were, or in check mode would be, paused or resumed.
  returned: success, with V(pause) and V(resume) if O(folder) is not set
  type: list
  elements: str
  sample:
    - P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
errors:
  description: The messages that were, or in check mode would be, forgotten, each with C(when) and C(message).
  returned: success, with V(clear_errors)
  type: list
  elements: dict
  sample:
    - when: "2026-01-31T12:00:00Z"
      message: The message.
upgrade:
  description: The version that was running, and what there is.
  returned: success, with V(upgrade)
  type: dict
  contains:
    running:
      description: The version that was running.
      type: str
    latest:
      description: The newest release for it.
      type: str
    newer:
      description: Whether that is newer, with the same major version.
      type: bool
    major_newer:
      description: Whether it is a newer major version.
      type: bool
  sample:
    running: v2.1.2
    latest: v2.1.3
    newer: true
    major_newer: false
levels:
  description: The level of each part of Syncthing, as it is, or in check mode would be, now.
  returned: success, with V(set_log_levels)
  type: dict
  sample:
    connections: INFO
    model: DEBUG
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

from ansible_collections.community.syncthing.plugins.module_utils import _command, _wait
from ansible_collections.community.syncthing.plugins.module_utils._module import SyncthingModule


def work(module, client):
    options = _command.Options(**{name: module.params[name] for name in _command.Options._fields})
    return _command.run(client, options, module.check_mode)


def main():
    spec = {
        "command": {"type": "str", "required": True, "choices": list(_command.COMMANDS)},
        "folder": {"type": "str"},
        "device": {"type": "str"},
        "sub": {"type": "list", "elements": "str"},
        "levels": {"type": "dict"},
        "confirm": {"type": "bool", "default": False},
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "float", "default": _wait.WAIT_TIMEOUT},
    }
    SyncthingModule(spec).run(work)


if __name__ == "__main__":
    main()
