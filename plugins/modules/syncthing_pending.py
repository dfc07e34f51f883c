#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_pending
short_description: Accept, ignore or dismiss what other devices offer
version_added: 1.0.0
description:
  - Devices that a Syncthing daemon does not know and that tried to connect to it are offers, and so are folders that
    known devices share with it and that it does not have. This module lists them, accepts them, ignores them for good,
    or dismisses them until they are offered again.
  - Device names, folder labels and folder IDs are whatever the other side made up. Only device IDs can't be
    counterfeited. Accept devices by name or address only in a network where everybody is trusted.
  - What is accepted already is left as it is. Change its settings with M(community.syncthing.syncthing_device) and
    M(community.syncthing.syncthing_folder).
  - Needs Syncthing 1.13.0 or later.
extends_documentation_fragment:
  - community.syncthing.config_items.offers
  - community.syncthing.unknown_fields
  - community.syncthing.connection
  - community.syncthing.attributes
  - community.syncthing.attributes.reconcile
attributes:
  idempotent:
    details:
      - What was dismissed and is offered again meanwhile is dismissed again.
options:
  action:
    description:
      - What to do with the offers that are chosen.
      - With V(list), they are returned.
      - With V(accept), they become configured devices and folders.
      - With V(ignore), the daemon is told to never show them again. It refuses connections of ignored devices.
        Syncthing takes an ignored device only with its whole configuration. What another writer changes in the same
        moment is put back, with a warning.
      - With V(dismiss), they are forgotten until they are offered again. Needs Syncthing 1.18.0 or later.
    type: str
    choices:
      - list
      - accept
      - ignore
      - dismiss
    default: list
  devices:
    description:
      - Which offered devices are chosen, by ID, by the name that they call themselves, or by a pattern with V(*), V(?)
        and V([...]) for either of them.
      - A device ID, in any spelling, matches IDs only. A device whose name looks like a device ID can be chosen by its
        own ID only.
      - To accept or ignore, what is named without such characters must be offered, or be accepted or ignored already.
        A pattern may find nothing.
      - With neither this nor O(networks), no devices are chosen, except that V(list) without any choice lists all.
    type: list
    elements: str
  networks:
    description:
      - The networks from which a device must have tried to connect to be chosen, such as V(192.168.0.0/16) or
        V(fd00::/8).
      - Of a device that came through a relay, the daemon knows the relay's address only.
    type: list
    elements: str
  folders:
    description:
      - Which offered folders are chosen, by ID, by label, or by a pattern for either of them, as with O(devices).
      - The ID of a folder that is pending or configured means that folder only, whatever others are labeled.
      - With neither this nor O(offered_by), no folders are chosen, except that V(list) without any choice lists all.
    type: list
    elements: str
  offered_by:
    description:
      - The IDs or names of configured devices. Folders that others offer are not chosen.
    type: list
    elements: str
  base_path:
    description:
      - The directory on the daemon's host below which new folders are made, each in a directory that is named like
        the folder's ID. It must be absolute, or begin with V(~) for the home directory of the user that the daemon
        runs as.
      - An ID that is not a harmless name is refused, for example one with a slash or a leading dot, and so is one
        whose directory exists already. Accept such a folder alone, with O(folder.path).
      - New folders need this option or O(folder.path).
    type: str
seealso:
  - module: community.syncthing.syncthing_device
  - module: community.syncthing.syncthing_folder
  - module: community.syncthing.syncthing_info
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: See what is offered
  community.syncthing.syncthing_pending:
  register: offers

- name: Accept the laptop as soon as it tries to connect
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

- name: Accept all devices of the office whose names fit, and limit what is sent to them
  community.syncthing.syncthing_pending:
    action: accept
    devices:
      - office-*
    networks:
      - 192.0.2.0/24
    device:
      max_send_kbps: 2048

- name: Accept all folders that the laptop offers
  community.syncthing.syncthing_pending:
    action: accept
    offered_by:
      - laptop
    base_path: ~/From the laptop
    folder:
      type: receiveonly

- name: Forget what everybody else offers, until they offer it again
  community.syncthing.syncthing_pending:
    action: dismiss
    devices:
      - "*"
    folders:
      - "*"

- name: Never hear of devices from outside again
  community.syncthing.syncthing_pending:
    action: ignore
    networks:
      - 198.51.100.0/24
"""

RETURN = r"""
pending:
  description: The offers that were chosen, as they were before anything was done with them, in the shape in which
    RV(community.syncthing.syncthing_info#module:pending) has all.
  returned: success
  type: dict
  contains:
    devices:
      description: By device ID, devices that tried to connect, each with C(time), C(name) and C(address).
      type: dict
    folders:
      description: By folder ID and the ID of the device that offers it, folders with C(time) and C(label). Whether the
        device sends encrypted data is in C(receive_encrypted) since Syncthing 1.15.0, and whether it keeps encrypted
        data in C(remote_encrypted) since Syncthing 1.18.0.
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
devices:
  description: The devices that were accepted, or in check mode would be, each like
    RV(community.syncthing.syncthing_device#module:device).
  returned: when O(action=accept)
  type: list
  elements: dict
  sample:
    - device_id: MFZWI3D-BONSGYC-YLTMRWG-C43ENR5-QXGZDMM-FZWI3DP-BONSGYY-LTMRWAD
      name: nas
folders:
  description: The folders that were accepted, or in check mode would be, each like
    RV(community.syncthing.syncthing_folder#module:folder).
  returned: when O(action=accept)
  type: list
  elements: dict
  sample:
    - id: photos
      label: Photos
      path: /srv/sync/photos
      type: sendreceive
diff:
  description:
    - The objects that changed, or in check mode would change, before and after. An object that is new is not in
      RV(diff.before), one that was removed is not in RV(diff.after).
    - Secrets are replaced by V((set\)), or by V((set to another value\)) where they changed.
  returned: success and in diff mode
  type: dict
  contains:
    before:
      description: What was. Offers that are dismissed are in C(pending_devices) and C(pending_folders).
      type: dict
    after:
      description: What is now. Devices that are ignored are in C(ignored_devices).
      type: dict
  sample:
    before: {}
    after:
      ignored_devices:
        MFZWI3D-BONSGYC-YLTMRWG-C43ENR5-QXGZDMM-FZWI3DP-BONSGYY-LTMRWAD:
          device_id: MFZWI3D-BONSGYC-YLTMRWG-C43ENR5-QXGZDMM-FZWI3DP-BONSGYY-LTMRWAD
          name: nas
          address: 192.0.2.10:22000
          time: "2026-01-31T12:00:00Z"
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

from ansible_collections.community.syncthing.plugins.module_utils._config import desired as desired
from ansible_collections.community.syncthing.plugins.module_utils._config import reconcile
from ansible_collections.community.syncthing.plugins.module_utils._config.render import DEVICE, FOLDER, render
from ansible_collections.community.syncthing.plugins.module_utils._module import SyncthingModule
from ansible_collections.community.syncthing.plugins.module_utils._operations import pending


def work(module, client):
    params = module.params
    action = params["action"]
    current = reconcile.read(client, desired.Desired())
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
