#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_pending
short_description: Accept, ignore or dismiss pending devices and folders
version_added: 1.0.0
description:
  - Pending devices are unknown devices that tried to connect to a Syncthing daemon. Pending folders are folders that
    known devices share with the daemon and that it does not have. This module lists them, accepts them, ignores them
    permanently, or dismisses them until they become pending again.
  - The other device chooses its name and the labels and IDs of its folders. Only device IDs cannot be forged. Accept
    devices by name or address only in a network that you trust.
  - Devices and folders that are already accepted are left unchanged. To change their settings, use
    M(community.syncthing.syncthing_device) and M(community.syncthing.syncthing_folder).
  - In diff mode, dismissed devices and folders are in C(pending_devices) and C(pending_folders) of RV(diff.before), and
    ignored devices in C(ignored_devices) of RV(diff.after).
  - Requires Syncthing 1.13.0 or later.
extends_documentation_fragment:
  - community.syncthing.config_items.offers
  - community.syncthing.unknown_fields
  - community.syncthing.connection
  - community.syncthing.attributes
  - community.syncthing.attributes.reconcile
attributes:
  idempotent:
    details:
      - If a dismissed device or folder becomes pending again, the module dismisses it again.
options:
  action:
    description:
      - What to do with the selected pending devices and folders.
      - With V(list), the module only returns them.
      - With V(accept), they are added to the configuration.
      - With V(ignore), the daemon never shows them again and rejects connections of ignored devices. To ignore a
        device, the module has to write the whole configuration. If another program changes the configuration at the
        same time, the module restores this change and shows a warning.
      - With V(dismiss), the daemon removes them until they become pending again. Requires Syncthing 1.18.0 or later.
    type: str
    choices:
      - list
      - accept
      - ignore
      - dismiss
    default: list
  devices:
    description:
      - The pending devices to select, by device ID, by the name that they announce, or by a pattern with V(*), V(?)
        and V([...]) for either of them.
      - A device ID, in any format, only matches device IDs. A device whose name looks like a device ID can only be
        selected by its own device ID.
      - To accept or ignore a device that is not selected by a pattern, it must be pending, or already accepted or
        ignored. A pattern does not have to match.
      - If neither this option nor O(networks) is set, no devices are selected. However, V(list) without any selection
        lists everything.
    type: list
    elements: str
  networks:
    description:
      - Select only devices that tried to connect from these networks, such as V(192.168.0.0/16) or V(fd00::/8).
      - If a device connects through a relay, the daemon only knows the address of the relay.
    type: list
    elements: str
  folders:
    description:
      - The pending folders to select, by folder ID, by label, or by a pattern for either of them, like O(devices).
      - The ID of a pending or configured folder only selects this folder, even if other folders have it as their
        label.
      - If neither this option nor O(offered_by) is set, no folders are selected. However, V(list) without any
        selection lists everything.
    type: list
    elements: str
  offered_by:
    description:
      - The IDs or names of configured devices. Only folders that these devices share are selected.
    type: list
    elements: str
  base_path:
    description:
      - The parent directory of new folders on the daemon's host. Each folder gets a directory with the name of its
        ID. It must be an absolute path, or begin with V(~) for the home directory of the user that the daemon runs
        as.
      - The module rejects IDs that are not safe directory names, for example with a slash or a leading dot, and IDs
        whose directory already exists. Accept such a folder separately with O(folder.path).
      - New folders require this option or O(folder.path).
    type: str
seealso:
  - module: community.syncthing.syncthing_device
  - module: community.syncthing.syncthing_folder
  - module: community.syncthing.syncthing_info
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: List pending devices and folders
  community.syncthing.syncthing_pending:
  register: offers

- name: Accept a device as soon as it tries to connect
  community.syncthing.syncthing_pending:
    action: accept
    devices:
      - "{{ laptop_device_id }}"
    device:
      name: laptop
  register: result
  until: result is success
  retries: 30
  delay: 2

- name: Accept devices by name and network, and limit the bandwidth
  community.syncthing.syncthing_pending:
    action: accept
    devices:
      - office-*
    networks:
      - 192.0.2.0/24
    device:
      max_send_kbps: 2048

- name: Accept all folders of a device
  community.syncthing.syncthing_pending:
    action: accept
    offered_by:
      - laptop
    base_path: ~/From the laptop
    folder:
      type: receiveonly

- name: Dismiss all other pending devices and folders
  community.syncthing.syncthing_pending:
    action: dismiss
    devices:
      - "*"
    folders:
      - "*"

- name: Ignore all devices from a network
  community.syncthing.syncthing_pending:
    action: ignore
    networks:
      - 198.51.100.0/24
"""

RETURN = r"""
pending:
  description: The selected pending devices and folders, before the module changed anything. The format is the same as
    in RV(community.syncthing.syncthing_info#module:pending).
  returned: success
  type: dict
  # generated by tests/tools/generated_docs.py: pending
  contains:
    devices:
      description: Unknown devices that tried to connect, by device ID, each with C(time), C(name) and C(address).
      type: dict
    folders:
      description: Pending folders by folder ID and by the ID of the device that shares them, with C(time) and
        C(label). C(receive_encrypted) is whether the device sends encrypted data, since Syncthing 1.15.0.
        C(remote_encrypted) is whether the device stores encrypted data, since Syncthing 1.18.0.
      type: dict
  sample:
    devices:
      MFZWI3D-BONSGYC-YLTMRWG-C43ENR5-QXGZDMM-FZWI3DP-BONSGYY-LTMRWAD:
        time: "2026-01-31T12:00:00Z"
        name: nas
        address: 192.0.2.10:22000
    folders:
      photos:
        P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2:
          time: "2026-01-31T12:00:00Z"
          label: Photos
          receive_encrypted: false
          remote_encrypted: false
  # end
devices:
  description: The devices that were accepted, or would be accepted in check mode, each like
    RV(community.syncthing.syncthing_device#module:device).
  returned: when O(action=accept)
  type: list
  elements: dict
  sample:
    - device_id: MFZWI3D-BONSGYC-YLTMRWG-C43ENR5-QXGZDMM-FZWI3DP-BONSGYY-LTMRWAD
      name: nas
folders:
  description: The folders that were accepted, or would be accepted in check mode, each like
    RV(community.syncthing.syncthing_folder#module:folder).
  returned: when O(action=accept)
  type: list
  elements: dict
  sample:
    - id: photos
      label: Photos
      path: /srv/sync/photos
      type: sendreceive
# generated by tests/tools/generated_docs.py: diff
diff:
  description:
    - The objects that changed, or would change in check mode, before and after the change. New objects are not in
      RV(diff.before), and removed objects are not in RV(diff.after).
    - Secrets are replaced by V((set\)), or by V((set to another value\)) if they changed.
  returned: success and in diff mode
  type: dict
  contains:
    before:
      description: The objects before the change.
      type: dict
    after:
      description: The objects after the change.
      type: dict
  sample:
    before:
      folders:
        documents:
          id: documents
          paused: false
    after:
      folders:
        documents:
          id: documents
          paused: true
# end
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

from ansible_collections.community.syncthing.plugins.module_utils._config import desired
from ansible_collections.community.syncthing.plugins.module_utils._config.read_current import read
from ansible_collections.community.syncthing.plugins.module_utils._config.render import DEVICE, FOLDER, render
from ansible_collections.community.syncthing.plugins.module_utils._module import SyncthingModule
from ansible_collections.community.syncthing.plugins.module_utils._operations import pending


def work(module, client):
    params = module.params
    action = params["action"]
    current = read(client, desired.Desired())
    offers = pending.select(pending.fetch(client), current, params)
    wanted = desired.Desired()
    if action == "accept":
        wanted = pending.accept(offers, current, params)
        pending.refuse_existing(client, wanted, current, params["base_path"])
    elif action == "ignore":
        wanted = desired.Desired(ignored=offers)
    elif action == "dismiss":
        wanted = desired.Desired(dismissed=offers)
    outcome, result = module.reconcile(client, wanted)
    result["pending"] = pending.show(offers)
    if action == "accept":
        result["devices"] = [render(DEVICE, outcome.find("devices", device.device)) for device in wanted.devices]
        result["folders"] = [render(FOLDER, outcome.find("folders", folder.id)) for folder in wanted.folders]
    return result


def main():
    choice = {name: {"type": "list", "elements": "str"} for name in ("devices", "networks", "folders", "offered_by")}
    SyncthingModule(
        dict(
            choice,
            action={"type": "str", "choices": ["list", "accept", "ignore", "dismiss"], "default": "list"},
            base_path={"type": "str"},
            unknown_fields=desired.UNKNOWN_FIELDS,
            **desired.offer_argument_spec(),
        )
    ).run(work)


if __name__ == "__main__":
    main()
