# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The options of one device. config_items.py takes the same text for lists of devices and for defaults."""

    # What names the device.
    ITEM = r"""
options:
  device_id:
    description:
      - The device ID, in any format that Syncthing accepts. Dashes and case do not matter. The check digits are
        verified.
      - The name of a configured device is also accepted, if it is unique.
      - The daemon's own device ID refers to the daemon itself. Some of its settings can be changed, but it cannot be
        removed.
    type: str
    required: true
  state:
    description:
      - Whether the device exists in the daemon's configuration.
      - With V(present), the device is added, or the options that are set are changed.
      - With V(absent), the device is removed, and folders are no longer shared with it. Other options are ignored.
    type: str
    choices:
      - present
      - absent
    default: present
"""

    # What is set for it. An option's name is Syncthing's own in snake_case.
    DOCUMENTATION = r"""
options:
  name:
    description:
      - The name that this daemon shows for the device. You can use this name to share folders with the device.
      - If it is empty, the daemon uses the name that the device announces.
    type: str
  addresses:
    description:
      - The addresses of the device. Use V(dynamic) for discovery, or URLs such as V(tcp://host.example:22000),
        V(quic://192.0.2.1:22000) or V(relay://relay.example:22067).
      - The list replaces the list in the daemon's configuration. An empty list means V(dynamic).
      - The default in Syncthing is V([dynamic]).
    type: list
    elements: str
  compression:
    description:
      - Which data to compress when it is sent to this device.
      - With V(metadata), only lists of files are compressed, with V(always) everything, and with V(never) nothing.
      - The default in Syncthing is V(metadata).
    type: str
    choices:
      - metadata
      - always
      - never
  cert_name:
    description:
      - The common name of the device's certificate, if it is not V(syncthing). This is rarely needed.
    type: str
  introducer:
    description:
      - Whether this device introduces other devices, for the folders that both sides share.
      - The default in Syncthing is V(false).
    type: bool
  skip_introduction_removals:
    description:
      - Whether to keep devices that this introducer added after the introducer has removed them.
      - The default in Syncthing is V(false).
    type: bool
  introduced_by:
    description:
      - The ID or name of the device that introduced this device. The daemon sets this itself.
      - Set it to an empty string to keep the device when the introducer removes it.
    type: str
  paused:
    description:
      - Whether the device is paused. The daemon does not connect to a paused device and does not accept its
        connections.
      - The default in Syncthing is V(false).
    type: bool
  allowed_networks:
    description:
      - The networks in which the daemon connects to the device, such as V(192.168.0.0/16) or V(fd00::/8). An empty
        list allows all networks.
      - The list replaces the list in the daemon's configuration.
      - The default in Syncthing is V([]).
    type: list
    elements: str
  auto_accept_folders:
    description:
      - Whether to automatically accept all folders that the device shares. They are created below the default folder
        path.
      - The default in Syncthing is V(false).
    type: bool
  max_send_kbps:
    description:
      - The maximum rate of data that is sent to the device, in KiB per second. V(0) means no limit.
      - The default in Syncthing is V(0).
    type: int
  max_recv_kbps:
    description:
      - The maximum rate of data that is received from the device, in KiB per second. V(0) means no limit.
      - The default in Syncthing is V(0).
    type: int
  ignored_folders:
    description:
      - Folders that the device shares and that the daemon ignores. They are not shown as pending.
      - The list replaces the list in the daemon's configuration.
      - The default in Syncthing is V([]).
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - ID of the folder.
        type: str
        required: true
      label:
        description:
          - The label of the folder, for information only.
        type: str
      time:
        description:
          - When the folder was shared, for example V(2026-01-31T12:00:00Z).
        type: str
  max_request_kib:
    description:
      - The maximum amount of data that is requested from the device and has not arrived yet, in KiB. With V(0), the
        daemon uses 32768. A negative number means no limit.
      - The default in Syncthing is V(0).
    type: int
  untrusted:
    description:
      - Whether the device receives only encrypted data. Each folder that is shared with it then requires an
        encryption password, or must be of type V(receiveencrypted) itself.
      - O(introducer) and O(auto_accept_folders) cannot be enabled for an untrusted device.
      - The default in Syncthing is V(false).
    type: bool
  remote_gui_port:
    description:
      - The TCP port of the device's own GUI. With V(0), this daemon's GUI does not show a link to it.
      - The default in Syncthing is V(0).
    type: int
  num_connections:
    description:
      - The number of parallel connections to the device. With V(0), the daemon uses 1 before Syncthing 2.0.0, and 3
        since then.
      - Both sides must allow more than one. The maximum is 128.
      - The default in Syncthing is V(0).
      - Requires Syncthing 1.25.0 or later.
    type: int
  group:
    description:
      - The group in which this daemon's GUI shows the device.
      - Requires Syncthing 2.1.0 or later.
    type: str
  extra:
    description:
      - Additional settings of the device that this collection does not support yet. Use the names of Syncthing's REST
        API, which are in camelCase. The module sends them unchanged.
      - Settings that have their own option cannot be set here.
    type: dict
"""
