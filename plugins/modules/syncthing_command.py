#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_command
short_description: Run commands on a Syncthing daemon
version_added: 1.0.0
description:
  - Scans, overrides, reverts or resets folders, pauses and resumes folders or devices, clears errors, sets log levels,
    and restarts, shuts down or upgrades a Syncthing daemon.
  - A command that has nothing to do reports no change. This applies to all commands except V(restart), V(shutdown)
    and V(reset).
  - Commands that destroy data require O(confirm=true).
options:
  command:
    description:
      - The command to run.
      - V(scan) scans O(folder), or all folders that are not paused, for changes. It never reports a change, since
        Ansible did not make the changes that it finds.
      - V(override) replaces the files on all other devices with those of O(folder), which must be C(sendonly). Changes
        on other devices are undone, and files that were added there are deleted. Requires O(confirm).
      - V(revert) undoes local changes in O(folder), which must be C(receiveonly) or C(receiveencrypted), and deletes
        files that were added. Requires O(confirm).
      - V(pause) and V(resume) pause and resume O(folder), O(device), or all other devices.
      - V(restart) and V(shutdown) stop the daemon. After V(restart), a service manager such as systemd must start it
        again.
      - V(clear_errors) clears the messages that the GUI shows.
      - V(reset) removes O(folder) from the daemon's database, restarts the daemon, and scans the folder again. No file
        is deleted, but deletions that other devices have not received yet are lost. Requires O(confirm).
      - V(upgrade) installs the newest release and restarts the daemon, if this build of Syncthing supports it.
        Distributions disable it. A new major version requires O(confirm). In C(check_mode), it returns which versions
        are available.
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
      - Paths that V(scan) is limited to, relative to the directory of O(folder), with slashes.
    type: list
    elements: str
  levels:
    description:
      - The log levels that V(set_log_levels) sets, by the name of a part of Syncthing, such as V(model) or
        V(connections).
      - A level is one of V(DEBUG), V(INFO), V(WARN) and V(ERROR). The last two require Syncthing 2.0.0 or later.
      - Parts that are not listed keep their level. RV(levels) returns all parts.
    type: dict
  confirm:
    description:
      - Set to V(true) to confirm V(override), V(revert), V(reset), or an V(upgrade) to a new major version.
    type: bool
    default: false
  wait:
    description:
      - Whether to wait until the command has finished. A scan, override or revert has finished when the daemon reports
        it, a restart or upgrade when the new process answers, and a shutdown when the daemon does not answer anymore.
      - The module always waits for V(reset).
    type: bool
    default: true
  wait_timeout:
    description:
      - How long to wait, in seconds. In contrast, O(timeout) applies to a single request.
    type: float
    default: 300
extends_documentation_fragment:
  - community.syncthing.connection
  - community.syncthing.attributes
attributes:
  check_mode:
    support: full
    details:
      - The module reads the state of the daemon, checks the command, and returns what it would do. It writes nothing.
  diff_mode:
    support: none
    details:
      - A command has no state that could be compared.
  idempotent:
    support: partial
    details:
      - V(restart), V(shutdown) and V(reset) always run.
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

- name: Scan all folders
  community.syncthing.syncthing_command:
    command: scan

- name: Scan a part of a folder
  community.syncthing.syncthing_command:
    command: scan
    folder: documents
    sub:
      - letters/2026

- name: Pause all other devices
  community.syncthing.syncthing_command:
    command: pause

- name: Resume one device
  community.syncthing.syncthing_command:
    command: resume
    device: nas

- name: Pause a folder during a backup
  community.syncthing.syncthing_command:
    command: pause
    folder: documents

- name: Resume the folder
  community.syncthing.syncthing_command:
    command: resume
    folder: documents

- name: Restart the daemon and wait until it answers
  community.syncthing.syncthing_command:
    command: restart
    wait_timeout: 60

- name: Enable debug logging of folder synchronization
  community.syncthing.syncthing_command:
    command: set_log_levels
    levels:
      model: DEBUG

- name: Clear the messages in the GUI
  community.syncthing.syncthing_command:
    command: clear_errors

- name: Rebuild the index of a folder
  community.syncthing.syncthing_command:
    command: reset
    folder: documents
    confirm: true
"""

RETURN = r"""
folders:
  description: The IDs of the folders that the command ran on.
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
  description: The messages that were, or in check mode would be, cleared, each with C(when) and C(message).
  returned: success, with V(clear_errors)
  type: list
  elements: dict
  sample:
    - when: "2026-01-31T12:00:00Z"
      message: The message.
upgrade:
  description: The version that was running, and the available versions.
  returned: success, with V(upgrade)
  type: dict
  contains:
    running:
      description: The version that was running.
      type: str
    latest:
      description: The newest release.
      type: str
    newer:
      description: Whether the newest release is newer, with the same major version.
      type: bool
    major_newer:
      description: Whether the newest release has a newer major version.
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
from ansible_collections.community.syncthing.plugins.module_utils._operations import command
from ansible_collections.community.syncthing.plugins.module_utils._operations.wait_goal import WAIT_TIMEOUT


def work(module, client):
    options = command.Options(**{name: module.params[name] for name in command.Options._fields})
    return command.run(client, options, module.check_mode)


def main():
    spec = {
        "command": {"type": "str", "required": True, "choices": list(command.COMMANDS)},
        "folder": {"type": "str"},
        "device": {"type": "str"},
        "sub": {"type": "list", "elements": "str"},
        "levels": {"type": "dict"},
        "confirm": {"type": "bool", "default": False},
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "float", "default": WAIT_TIMEOUT},
    }
    SyncthingModule(spec).run(work)


if __name__ == "__main__":
    main()
