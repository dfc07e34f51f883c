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
  - Returns the device ID and the version of a Syncthing daemon, and the information that is selected in
    O(gather_subset).
  - The keys are Syncthing's own names in snake_case.
  - Passwords and the API key are never returned.
options:
  gather_subset:
    description:
      - The information to gather. Each subset is returned under the key of the same name. With an empty list, only
        the device ID and the version are returned.
      - V(all) returns everything.
      - V(system) returns information about the running daemon and its version.
      - V(config) returns the whole configuration, with the names of the options of this collection's modules.
      - V(devices) and V(folders) return the configured devices and folders.
      - V(connections) returns which devices are connected, and how.
      - V(completion) returns how much of each folder each device has. It requires one request for each folder and
        device.
      - V(stats) returns when devices were last seen and when folders were last scanned.
      - V(disk) returns the size and the free space of the file systems of the database and the folders. Requires
        that the module runs on the host of the daemon.
      - V(pending) returns pending devices and folders.
      - V(errors) returns messages of the daemon, the reasons why folders have stopped, and files that cannot be
        synchronized. It requires two requests for each folder.
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
      - disk
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
- name: Get device ID and version
  community.syncthing.syncthing_info:
    gather_subset: []
  register: syncthing

- name: Show them
  ansible.builtin.debug:
    msg: "{{ inventory_hostname }} is {{ syncthing.my_id }} and runs {{ syncthing.version }}"

- name: Get the state of devices and folders, and errors
  community.syncthing.syncthing_info:
    gather_subset:
      - connections
      - completion
      - errors
  register: syncthing

- name: Show devices that are not connected
  ansible.builtin.debug:
    msg: "{{ syncthing.connections | dict2items | rejectattr('value.connected') | map(attribute='key') | list }}"

- name: Verify that no folder has errors
  ansible.builtin.assert:
    that:
      - syncthing.errors.folders.values() | flatten | length == 0

- name: Wait until all devices are in sync
  community.syncthing.syncthing_info:
    gather_subset:
      - completion
  register: syncthing
  until: >-
    syncthing.completion.values() | map('dict2items') | flatten
    | rejectattr('value', 'none') | rejectattr('value.completion', 'ge', 100) | list | length == 0
  retries: 60
  delay: 5

- name: Get the configuration of a daemon on another host
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
  description: Information about the running daemon, including everything else that Syncthing reports about itself.
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
      description: The version and details of the build.
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
      description: How long the daemon has been running, in seconds.
      type: int
    tilde:
      description: The directory that replaces C(~) in paths of folders.
      type: str
    path_separator:
      description: The path separator.
      type: str
    gui_address_used:
      description: The address that the GUI listens on.
      type: str
    gui_address_overridden:
      description: Whether the address was set when the daemon was started and is different from the configuration.
      type: bool
    connection_service_status:
      description: For each address that the daemon listens on, its error and the addresses at which it can be
        reached.
      type: dict
    last_dial_status:
      description: For each address that the daemon tried to connect to, the time and the error.
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
    - The configuration, with the names of the options, so that parts of it can be used as options.
    - Passwords and the API key are not returned.
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
      description: Settings of the daemon, like O(community.syncthing.syncthing_config#module:options).
      type: dict
    gui:
      description: Settings of the GUI, like O(community.syncthing.syncthing_config#module:gui).
      type: dict
    ldap:
      description: LDAP settings, like O(community.syncthing.syncthing_config#module:ldap).
      type: dict
    ignored_devices:
      description: The devices that the daemon ignores, each with C(device_id), C(name), C(address) and C(time).
      type: list
      elements: dict
    defaults:
      description: The default settings of new devices and folders. Requires Syncthing 1.14.0 or later.
      type: dict
      contains:
        device:
          description: Defaults for devices, like RV(community.syncthing.syncthing_device#module:device).
          type: dict
        folder:
          description: Defaults for folders, like RV(community.syncthing.syncthing_folder#module:folder).
          type: dict
        ignores:
          description: Default ignore patterns under the key C(lines). Requires Syncthing 1.19.0 or later.
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
  description: The configured devices, each like RV(community.syncthing.syncthing_device#module:device), including the
    daemon's own device.
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
  description: The state of the connections by device ID, including everything else that Syncthing reports about them.
  returned: when O(gather_subset) has V(connections) or V(all)
  type: dict
  contains:
    DEVICE_ID:
      description: A device. The key is its ID.
      type: dict
      contains:
        connected:
          description: Whether it is connected.
          type: bool
        paused:
          description: Whether it is paused.
          type: bool
        address:
          description: The address of the connection.
          type: str
        type:
          description: The type of the connection.
          type: str
        client_version:
          description: The device's version of Syncthing.
          type: str
        crypto:
          description: How the connection is encrypted.
          type: str
        is_local:
          description: Whether the device is in the local network. Not returned by old versions of Syncthing.
          type: bool
        in_bytes_total:
          description: The number of received bytes.
          type: int
        out_bytes_total:
          description: The number of sent bytes.
          type: int
        started_at:
          description: When the connection was established. Not returned by old versions of Syncthing.
          type: str
        at:
          description: When these values were determined.
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
    - How much of each folder each device has, by folder ID and device ID, including the daemon's own device.
    - For a paused folder, no devices are returned.
  returned: when O(gather_subset) has V(completion) or V(all)
  type: dict
  contains:
    FOLDER_ID:
      description: A folder. The key is its ID.
      type: dict
      contains:
        DEVICE_ID:
          description: A device. The key is its ID. It is V(none) if the daemon does not know the completion.
          type: dict
          contains:
            completion:
              description: The completion in percent.
              type: float
            global_bytes:
              description: The number of bytes in the folder.
              type: int
            global_items:
              description: The number of files, directories and links in the folder.
              type: int
            # generated by tests/tools/generated_docs.py: needed
            need_bytes:
              description: The number of bytes that are missing on the device.
              type: int
            need_items:
              description: The number of files, directories and links that are missing on the device.
              type: int
            need_deletes:
              description: The number of files, directories and links that the device still has to delete.
              type: int
            # end
            remote_state:
              description:
                - The state of the folder on the device. One of V(valid), V(paused), V(notSharing) and V(unknown).
                - With V(paused), the percentage is not meaningful. Requires Syncthing 1.20.0 or later.
              type: str
            sequence:
              description: A number that increases with each change that the device announces.
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
  description: Statistics of devices and folders.
  returned: when O(gather_subset) has V(stats) or V(all)
  type: dict
  contains:
    devices:
      description: When each device was last seen and how long it was connected, by device ID.
      type: dict
    folders:
      description: When each folder was last scanned and which file was synchronized last, by folder ID.
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
disk:
  description: The file systems of the database and the folders. It is V(none) if the daemon is on another host.
  returned: when O(gather_subset) has V(disk) or V(all)
  type: dict
  contains:
    database:
      description: The file system of the database. It is V(none) before Syncthing 1.21.0, or if the directory cannot be
        accessed.
      type: dict
      contains:
        size_bytes:
          description: The size of the file system.
          type: int
        free_bytes:
          description: The free space, without what is reserved for root.
          type: int
    folders:
      description: The file system of each folder, by folder ID. It is V(none) if the directory cannot be accessed, for
        example because the daemon runs in a container and uses a different path.
      type: dict
  sample:
    database:
      size_bytes: 53687091200
      free_bytes: 42949672960
    folders:
      documents:
        size_bytes: 53687091200
        free_bytes: 42949672960
pending:
  description: Pending devices and folders. It is V(none) before Syncthing 1.13.0.
  returned: when O(gather_subset) has V(pending) or V(all)
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
errors:
  description: Errors of the daemon and the folders.
  returned: when O(gather_subset) has V(errors) or V(all)
  type: dict
  contains:
    system:
      description: Messages of the daemon, each with C(when) and C(message).
      type: list
      elements: dict
    folders:
      description: The files that cannot be synchronized, by folder ID, each with C(path) and C(error). If a folder
        has stopped, the first entry has an empty C(path) and contains the reason. Paused folders are not returned.
      type: dict
  sample:
    system:
      - when: "2026-01-31T12:00:00Z"
        message: The message.
    folders:
      documents:
        - path: letter.txt
          error: permission denied
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
from ansible_collections.community.syncthing.plugins.module_utils._operations.info import SUBSETS, gather


def work(module, client):
    return dict(gather(client, module.params["gather_subset"]), changed=False)


def main():
    subset = {"type": "list", "elements": "str", "choices": ["all"] + list(SUBSETS), "default": ["system"]}
    SyncthingModule({"gather_subset": subset}).run(work)


if __name__ == "__main__":
    main()
