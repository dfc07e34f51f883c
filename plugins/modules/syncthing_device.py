#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_device
short_description: Manage one device that a Syncthing daemon knows
version_added: 1.0.0
description:
  - Adds a device to a Syncthing daemon, changes its settings, or removes it.
  - Two devices connect only if each knows the other one, so both daemons must be told.
  - Options that are not set are left alone. A new device gets what the daemon's own defaults for devices say.
  - If the device is as it should be, the module makes one request and writes nothing. What it wrote, it reads again,
    and fails if the daemon shows something else.
extends_documentation_fragment:
  - community.syncthing.device.item
  - community.syncthing.device
  - community.syncthing.unknown_fields
  - community.syncthing.connection
  - community.syncthing.attributes
  - community.syncthing.attributes.reconcile
seealso:
  - module: community.syncthing.syncthing_folder
  - module: community.syncthing.syncthing_info
  - name: Syncthing's configuration
    description: What Syncthing's manual says of each setting.
    link: https://docs.syncthing.net/users/config.html
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Know the laptop, wherever it is
  community.syncthing.syncthing_device:
    device_id: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
    name: laptop

- name: Know the NAS at a fixed address and leave some bandwidth to others
  community.syncthing.syncthing_device:
    device_id: MFZWI3D-BONSGYC-YLTMRWG-C43ENR5-QXGZDMM-FZWI3DP-BONSGYY-LTMRWAD
    name: nas
    addresses:
      - tcp://192.0.2.10:22000
      - quic://192.0.2.10:22000
    allowed_networks:
      - 192.0.2.0/24
    max_send_kbps: 2048

- name: Pause the laptop, by the name that it was given
  community.syncthing.syncthing_device:
    device_id: laptop
    paused: true

- name: Learn the device ID of this host
  community.syncthing.syncthing_info:
  register: syncthing

- name: Know all hosts of the play, and so pair each with each
  community.syncthing.syncthing_device:
    device_id: "{{ hostvars[item].syncthing.my_id }}"
    name: "{{ item }}"
  loop: "{{ ansible_play_hosts }}"

- name: Do without a setting that an older daemon does not have
  community.syncthing.syncthing_device:
    device_id: nas
    num_connections: 2
    unknown_fields: ignore

- name: Forget the laptop on a daemon elsewhere, through its REST API
  community.syncthing.syncthing_device:
    api_url: "{{ elsewhere_api_url }}"
    api_key: "{{ vault_elsewhere_api_key }}"
    device_id: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
    state: absent
  delegate_to: localhost
"""

RETURN = r"""
device:
  description:
    - The device as the daemon now has it, or in check mode would have it, in the words of the options.
    - It is V(none) if the daemon does not know the device. It has no keys that this version of Syncthing does not
      have.
  returned: success
  type: dict
  contains:
    device_id:
      description: ID of the device, in the spelling of the daemon.
      type: str
    name:
      description: As O(name).
      type: str
    addresses:
      description: As O(addresses).
      type: list
      elements: str
    compression:
      description: As O(compression).
      type: str
    cert_name:
      description: As O(cert_name).
      type: str
    introducer:
      description: As O(introducer).
      type: bool
    skip_introduction_removals:
      description: As O(skip_introduction_removals).
      type: bool
    introduced_by:
      description: As O(introduced_by).
      type: str
    paused:
      description: As O(paused).
      type: bool
    allowed_networks:
      description: As O(allowed_networks).
      type: list
      elements: str
    auto_accept_folders:
      description: As O(auto_accept_folders).
      type: bool
    max_send_kbps:
      description: As O(max_send_kbps).
      type: int
    max_recv_kbps:
      description: As O(max_recv_kbps).
      type: int
    ignored_folders:
      description: As O(ignored_folders).
      type: list
      elements: dict
    max_request_kib:
      description: As O(max_request_kib).
      type: int
    untrusted:
      description: As O(untrusted).
      type: bool
    remote_gui_port:
      description: As O(remote_gui_port).
      type: int
    num_connections:
      description: As O(num_connections).
      type: int
    group:
      description: As O(group).
      type: str
    extra:
      description: Settings that this collection does not know yet, as Syncthing's REST API shows them. Not there if
        there are none.
      type: dict
  sample:
    device_id: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
    name: laptop
    addresses:
      - dynamic
    compression: metadata
    cert_name: ""
    introducer: false
    skip_introduction_removals: false
    introduced_by: ""
    paused: false
    allowed_networks: []
    auto_accept_folders: false
    max_send_kbps: 0
    max_recv_kbps: 0
    ignored_folders: []
    max_request_kib: 0
    untrusted: false
    remote_gui_port: 0
    num_connections: 0
    group: ""
diff:
  description:
    - The objects that changed, or in check mode would change, before and after. An object that is new is not in
      RV(diff.before), one that was removed is not in RV(diff.after).
    - Secrets are replaced by V((set\)), or by V((set to another value\)) where they changed.
  returned: success and in diff mode
  type: dict
  contains:
    before:
      description: What was.
      type: dict
    after:
      description: What is now.
      type: dict
  sample:
    before: {}
    after:
      devices:
        P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2:
          device_id: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
          name: laptop
          paused: false
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
from ansible_collections.community.syncthing.plugins.module_utils._config.render import DEVICE, render
from ansible_collections.community.syncthing.plugins.module_utils._module import SyncthingModule


def work(module, client):
    device = desired.device(module.params)
    wanted = desired.Desired(devices=[device], unknown_fields=module.params["unknown_fields"])
    outcome, result = module.reconcile(client, wanted)
    found = outcome.find("devices", outcome.device_ids[0])
    result["device"] = render(DEVICE, found) if found else None
    return result


def main():
    SyncthingModule(dict(desired.device_argument_spec(), unknown_fields=desired.UNKNOWN_FIELDS)).run(work)


if __name__ == "__main__":
    main()
