#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_info
short_description: Gather information about a Syncthing daemon
version_added: 1.0.0
description:
  - Tells the device ID and the version of a Syncthing daemon, and what else O(gather_subset) asks for.
  - Keys are Syncthing's own in snake_case.
  - Passwords and the API key are never part of what is returned.
options:
  gather_subset:
    description:
      - What to gather. Each part comes under the key of its name. An empty list leaves it at device ID and version.
      - V(all) is everything.
      - V(system) is the running daemon and its version.
      - V(config) is the whole configuration, in the words of the options of this collection's modules.
      - V(devices) and V(folders) are those that are configured.
      - V(connections) tells which devices are connected, and how.
      - V(completion) tells how much of each folder each device has. It costs one request for each folder and device.
      - V(stats) tells when devices were last seen and folders last scanned.
      - V(pending) is devices and folders that others offer.
      - V(errors) is messages of the daemon, why folders have stopped, and files that can't be synchronized. It costs
        two requests for each folder.
    type: list
    elements: str
    choices:
      - all
      - system
      - config
      - devices
      - folders
      - connections
      - completion
      - stats
      - pending
      - errors
    default:
      - system
extends_documentation_fragment:
  - community.syncthing.connection
  - community.syncthing.attributes
  - community.syncthing.attributes.info
seealso:
  - module: community.syncthing.syncthing_device
  - module: community.syncthing.syncthing_folder
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Learn device ID and version
  community.syncthing.syncthing_info:
    gather_subset: []
  register: syncthing

- name: Show them
  ansible.builtin.debug:
    msg: "{{ inventory_hostname }} is {{ syncthing.my_id }} and runs {{ syncthing.version }}"

- name: Look at devices, folders and problems
  community.syncthing.syncthing_info:
    gather_subset:
      - connections
      - completion
      - errors
  register: syncthing

- name: Name the devices that are not connected
  ansible.builtin.debug:
    msg: "{{ syncthing.connections | dict2items | rejectattr('value.connected') | map(attribute='key') | list }}"

- name: Make sure that no folder has errors
  ansible.builtin.assert:
    that:
      - syncthing.errors.folders.values() | flatten | length == 0

- name: Wait until the other devices have everything
  community.syncthing.syncthing_info:
    gather_subset:
      - completion
  register: syncthing
  until: >-
    syncthing.completion.values() | map('dict2items') | flatten
    | rejectattr('value', 'none') | rejectattr('value.completion', 'ge', 100) | list | length == 0
  retries: 60
  delay: 5

- name: Keep the configuration of a daemon elsewhere
  community.syncthing.syncthing_info:
    api_url: "{{ elsewhere_api_url }}"
    api_key: "{{ vault_elsewhere_api_key }}"
    gather_subset:
      - config
  register: elsewhere
  delegate_to: localhost
"""

RETURN = r"""
my_id:
  description: The daemon's own device ID.
  returned: success
  type: str
  sample: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
version:
  description: The version of Syncthing.
  returned: success
  type: str
  sample: v1.29.5
system:
  description: The running daemon. What else Syncthing tells of itself is there too.
  returned: when O(gather_subset) has V(system) or V(all)
  type: dict
  contains:
    my_id:
      description: The daemon's own device ID.
      type: str
    version:
      description: The version of Syncthing.
      type: str
    long_version:
      description: The version with details of how it was built.
      type: str
    os:
      description: The operating system.
      type: str
    arch:
      description: The architecture of the processor.
      type: str
    start_time:
      description: When the daemon was started.
      type: str
    uptime:
      description: For how many seconds it has been running.
      type: int
    tilde:
      description: The directory that C(~) stands for in paths of folders.
      type: str
    path_separator:
      description: What separates the parts of a path.
      type: str
    gui_address_used:
      description: Where the GUI listens.
      type: str
    gui_address_overridden:
      description: Whether that was told at the start of the daemon, and differs from the configuration.
      type: bool
    connection_service_status:
      description: For each address that the daemon listens on, its error and the addresses that it is reached by.
      type: dict
    last_dial_status:
      description: For each address that was tried, when that was and the error.
      type: dict
  sample:
    my_id: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
    version: v1.29.5
    os: linux
    arch: amd64
    start_time: "2026-01-31T12:00:00Z"
    uptime: 3600
    tilde: /home/alice
    path_separator: /
    gui_address_used: 127.0.0.1:8384
    gui_address_overridden: false
    connection_service_status:
      tcp://0.0.0.0:22000:
        error:
        lanAddresses:
          - tcp://0.0.0.0:22000
        wanAddresses:
          - tcp://0.0.0.0:22000
    last_dial_status: {}
config:
  description:
    - The configuration in the words of the options, so that parts of it can be declared again.
    - Passwords and the API key are left out.
  returned: when O(gather_subset) has V(config) or V(all)
  type: dict
  contains:
    devices:
      description: The devices, each like RV(community.syncthing.syncthing_device#module:device).
      type: list
      elements: dict
    folders:
      description: The folders, each like RV(community.syncthing.syncthing_folder#module:folder).
      type: list
      elements: dict
    options:
      description: Settings of the daemon as such.
      type: dict
    gui:
      description: Settings of the GUI.
      type: dict
    ldap:
      description: Settings for logins by LDAP.
      type: dict
    ignored_devices:
      description: The devices that the daemon ignores, each with C(device_id), C(name), C(address) and C(time).
      type: list
      elements: dict
    defaults:
      description: What new devices and folders are made with. Needs Syncthing 1.14.0 or later.
      type: dict
      contains:
        device:
          description: Defaults for devices, like RV(community.syncthing.syncthing_device#module:device).
          type: dict
        folder:
          description: Defaults for folders, like RV(community.syncthing.syncthing_folder#module:folder).
          type: dict
        ignores:
          description: Default ignore patterns under the key C(lines). Needs Syncthing 1.19.0 or later.
          type: dict
  sample:
    devices:
      - device_id: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
        name: laptop
    folders:
      - id: documents
        path: ~/Documents
    options:
      relays_enabled: true
    gui:
      address: 127.0.0.1:8384
    ldap:
      transport: plain
    defaults:
      ignores:
        lines: []
devices:
  description: The configured devices, each like RV(community.syncthing.syncthing_device#module:device). The daemon's
    own is one of them.
  returned: when O(gather_subset) has V(devices) or V(all)
  type: list
  elements: dict
  sample:
    - device_id: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
      name: laptop
      addresses:
        - dynamic
folders:
  description: The configured folders, each like RV(community.syncthing.syncthing_folder#module:folder), without
    ignore patterns.
  returned: when O(gather_subset) has V(folders) or V(all)
  type: list
  elements: dict
  sample:
    - id: documents
      path: ~/Documents
      type: sendreceive
connections:
  description: By device ID, the state of its connection. What else Syncthing tells of it is there too.
  returned: when O(gather_subset) has V(connections) or V(all)
  type: dict
  contains:
    DEVICE_ID:
      description: One device. The key is its ID.
      type: dict
      contains:
        connected:
          description: Whether it is connected.
          type: bool
        paused:
          description: Whether it is paused.
          type: bool
        address:
          description: The address that it is connected by.
          type: str
        type:
          description: The kind of connection.
          type: str
        client_version:
          description: The device's version of Syncthing.
          type: str
        crypto:
          description: How the connection is encrypted.
          type: str
        is_local:
          description: Whether the device is in the local network. Old versions of Syncthing do not tell.
          type: bool
        in_bytes_total:
          description: How many bytes were received.
          type: int
        out_bytes_total:
          description: How many bytes were sent.
          type: int
        started_at:
          description: When the connection was made. Old versions of Syncthing do not tell.
          type: str
        at:
          description: When these numbers were taken.
          type: str
  sample:
    P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2:
      connected: true
      paused: false
      address: 192.0.2.10:22000
      type: tcp-client
      client_version: v1.29.5
      crypto: TLS1.3-TLS_AES_128_GCM_SHA256
      is_local: true
      in_bytes_total: 394
      out_bytes_total: 286
      started_at: "2026-01-31T12:00:00Z"
      at: "2026-01-31T12:00:10Z"
completion:
  description:
    - By folder ID and device ID, how much of the folder the device has. The daemon's own device is among them.
    - A paused folder has no devices here.
  returned: when O(gather_subset) has V(completion) or V(all)
  type: dict
  contains:
    FOLDER_ID:
      description: One folder. The key is its ID.
      type: dict
      contains:
        DEVICE_ID:
          description: One device. The key is its ID. It is V(none) if the daemon does not know.
          type: dict
          contains:
            completion:
              description: The percentage that the device has.
              type: float
            global_bytes:
              description: How many bytes the folder has.
              type: int
            global_items:
              description: How many files, directories and links the folder has.
              type: int
            need_bytes:
              description: How many bytes the device lacks.
              type: int
            need_items:
              description: How many files, directories and links the device lacks.
              type: int
            need_deletes:
              description: How many the device still has to delete.
              type: int
            remote_state:
              description:
                - Whether the device has the folder. One of V(valid), V(paused), V(notSharing) and V(unknown).
                - With V(paused), the percentage says nothing. Needs Syncthing 1.20.0 or later.
              type: str
            sequence:
              description: A number that grows with each change that the device announced.
              type: int
  sample:
    documents:
      P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2:
        completion: 100
        global_bytes: 4096
        global_items: 1
        need_bytes: 0
        need_items: 0
        need_deletes: 0
        remote_state: valid
        sequence: 1
stats:
  description: When something last happened.
  returned: when O(gather_subset) has V(stats) or V(all)
  type: dict
  contains:
    devices:
      description: By device ID, when it was last seen and for how long it was connected.
      type: dict
    folders:
      description: By folder ID, when it was last scanned and which file was the last one to be synchronized.
      type: dict
  sample:
    devices:
      P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2:
        last_seen: "2026-01-31T12:00:00Z"
        last_connection_duration_s: 60.5
    folders:
      documents:
        last_scan: "2026-01-31T12:00:00Z"
        last_file:
          at: "2026-01-31T12:00:00Z"
          filename: letter.txt
          deleted: false
pending:
  description: What other devices offer. It is V(none) before Syncthing 1.13.0.
  returned: when O(gather_subset) has V(pending) or V(all)
  type: dict
  contains:
    devices:
      description: By device ID, devices that tried to connect, each with C(time), C(name) and C(address).
      type: dict
    folders:
      description: By folder ID and the ID of the device that offers it, folders with C(time), C(label) and more.
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
errors:
  description: What is wrong.
  returned: when O(gather_subset) has V(errors) or V(all)
  type: dict
  contains:
    system:
      description: Messages of the daemon, each with C(when) and C(message).
      type: list
      elements: dict
    folders:
      description: By folder ID, the files that can't be synchronized, each with C(path) and C(error). If a folder has
        stopped, the first entry has an empty C(path) and says why. Paused folders are not there.
      type: dict
  sample:
    system:
      - when: "2026-01-31T12:00:00Z"
        message: The message.
    folders:
      documents:
        - path: letter.txt
          error: permission denied
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

from ansible_collections.community.syncthing.plugins.module_utils._module import SyncthingModule
from ansible_collections.community.syncthing.plugins.module_utils._operations.info import SUBSETS, gather


def work(module, client):
    return dict(gather(client, module.params["gather_subset"]), changed=False)


def main():
    subset = {"type": "list", "elements": "str", "choices": ["all"] + list(SUBSETS), "default": ["system"]}
    SyncthingModule({"gather_subset": subset}).run(work)


if __name__ == "__main__":
    main()
