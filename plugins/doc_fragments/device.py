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
      - ID of the device, in any spelling that Syncthing accepts. Dashes and case do not matter. Its check digits are
        verified.
      - The name of a device that this daemon knows does too, if no other one is named so.
      - The device is this daemon itself if it is the daemon's own ID. Some of its settings can be changed, but it
        can't be removed.
    type: str
    required: true
  state:
    description:
      - Whether the daemon should know the device.
      - With V(present), the device is there, with every option that is set.
      - With V(absent), the device is not there, and folders are no longer shared with it. Other options are ignored.
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
      - The name under which this daemon shows the device. Folders can be shared with the device by this name.
      - As long as it is empty, the daemon takes over the name that the device calls itself.
    type: str
  addresses:
    description:
      - Where to reach the device, as V(dynamic) for discovery, or URLs such as V(tcp://host.example:22000),
        V(quic://192.0.2.1:22000) or V(relay://relay.example:22067).
      - The list replaces the one that the daemon has. An empty list is the same as V(dynamic).
      - Syncthing's own default is V([dynamic]).
    type: list
    elements: str
  compression:
    description:
      - What is compressed on the way to this device.
      - With V(metadata), it is only lists of files, with V(always) everything, and with V(never) nothing.
      - Syncthing's own default is V(metadata).
    type: str
    choices:
      - metadata
      - always
      - never
  cert_name:
    description:
      - The common name that the device's certificate has, if it is not V(syncthing). Hardly ever needed.
    type: str
  introducer:
    description:
      - Whether this device introduces further devices, for the folders that both sides share.
      - Syncthing's own default is V(false).
    type: bool
  skip_introduction_removals:
    description:
      - Whether devices that this introducer brought in stay when the introducer no longer mentions them.
      - Syncthing's own default is V(false).
    type: bool
  introduced_by:
    description:
      - The ID or the name of the device that introduced this one. The daemon maintains it.
      - Set it to an empty text to keep a device that its introducer would take away again.
    type: str
  paused:
    description:
      - Whether the daemon stays away from the device, that is, neither connects to it nor accepts its connections.
      - Syncthing's own default is V(false).
    type: bool
  allowed_networks:
    description:
      - The networks that the device must be in to be talked to, such as V(192.168.0.0/16) or V(fd00::/8). An empty
        list allows all.
      - The list replaces the one that the daemon has.
      - Syncthing's own default is V([]).
    type: list
    elements: str
  auto_accept_folders:
    description:
      - Whether every folder that the device offers is accepted and made below the default folder path.
      - Syncthing's own default is V(false).
    type: bool
  max_send_kbps:
    description:
      - Upper limit for what is sent to the device, in KiB per second. V(0) is no limit.
      - Syncthing's own default is V(0).
    type: int
  max_recv_kbps:
    description:
      - Upper limit for what is received from the device, in KiB per second. V(0) is no limit.
      - Syncthing's own default is V(0).
    type: int
  ignored_folders:
    description:
      - Folders that the device offers and that nobody should be asked about.
      - The list replaces the one that the daemon has.
      - Syncthing's own default is V([]).
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
          - The label that the folder was offered with, as a reminder.
        type: str
      time:
        description:
          - When the folder was offered, as in V(2026-01-31T12:00:00Z).
        type: str
  max_request_kib:
    description:
      - How much data may be requested from the device and not have arrived yet, in KiB. V(0) is what the daemon finds
        right, 32768. A negative number is no limit.
      - Syncthing's own default is V(0).
    type: int
  untrusted:
    description:
      - Whether the device gets encrypted data only. Every folder that is shared with it then needs an encryption
        password or must itself be of type V(receiveencrypted).
      - An untrusted device can have neither O(introducer) nor O(auto_accept_folders).
      - Syncthing's own default is V(false).
    type: bool
  remote_gui_port:
    description:
      - TCP port of the device's own GUI. With V(0), this daemon's GUI shows no link to it.
      - Syncthing's own default is V(0).
    type: int
  num_connections:
    description:
      - How many connections to the device are kept in parallel. V(0) is what the daemon finds right, 1 before
        Syncthing 2.0.0 and 3 since.
      - Both sides must want more than one. At most 128 are made.
      - Needs Syncthing 1.25.0 or later, whose own default is V(0).
    type: int
  group:
    description:
      - The heading under which this daemon's GUI shows the device.
      - Needs Syncthing 2.1.0 or later.
    type: str
  extra:
    description:
      - Further settings of a device that this collection does not know yet, by the names that Syncthing's REST API
        has for them, which are in camelCase. They are passed on as they are.
      - What has an option of its own can't be set here.
    type: dict
"""
