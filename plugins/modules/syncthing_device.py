#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_device
short_description: Manage a device of a Syncthing daemon
version_added: 1.0.0
description:
  - Adds a device to the configuration of a Syncthing daemon, changes its settings, or removes it.
  - Two devices connect only if each of them has the other one in its configuration, so you must add it on both sides.
  - Options that are not set are left unchanged. A new device gets the daemon's default settings for devices.
  - If nothing has to change, the module sends one request and writes nothing. After it has written a change, it reads
    the configuration again, and fails if the daemon did not apply the change.
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
    description: Syncthing's documentation of all settings.
    link: https://docs.syncthing.net/users/config.html
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Add a device that is found by discovery
  community.syncthing.syncthing_device:
    device_id: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
    name: laptop

- name: Add a device with static addresses and limit the bandwidth
  community.syncthing.syncthing_device:
    device_id: MFZWI3D-BONSGYC-YLTMRWG-C43ENR5-QXGZDMM-FZWI3DP-BONSGYY-LTMRWAD
    name: nas
    addresses:
      - tcp://192.0.2.10:22000
      - quic://192.0.2.10:22000
    allowed_networks:
      - 192.0.2.0/24
    max_send_kbps: 2048

- name: Pause a device by its name
  community.syncthing.syncthing_device:
    device_id: laptop
    paused: true

- name: Get the device ID of this host
  community.syncthing.syncthing_info:
  register: syncthing

- name: Add all hosts of the play to connect them with each other
  community.syncthing.syncthing_device:
    device_id: "{{ hostvars[item].syncthing.my_id }}"
    name: "{{ item }}"
  loop: "{{ ansible_play_hosts }}"

- name: Set an option that older daemons do not support
  community.syncthing.syncthing_device:
    device_id: nas
    num_connections: 2
    unknown_fields: ignore

- name: Remove a device from a daemon on another host
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
    - The configuration of the device, or in check mode the configuration after a real run, with the names of the
      options.
    - It is V(none) if the device does not exist. Settings that this version of Syncthing does not support are not
      returned.
  returned: success
  type: dict
  contains:
    device_id:
      description: The device ID, in the format of the daemon.
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
      description: Settings that this collection does not support yet, with their names in Syncthing's REST API. Not
        returned if there are none.
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
    before: {}
    after:
      devices:
        P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2:
          device_id: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
          name: laptop
          paused: false
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

from ansible_collections.community.syncthing.plugins.module_utils._config import desired
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
