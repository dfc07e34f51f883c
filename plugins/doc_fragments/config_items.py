# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
import textwrap

from ansible_collections.community.syncthing.plugins.doc_fragments.device import ModuleDocFragment as _Device
from ansible_collections.community.syncthing.plugins.doc_fragments.folder import ModuleDocFragment as _Folder

_INTRO = "\noptions:\n"


def _nested(place, *texts):
    """Return options as suboptions of ``place``, which their references to each other then begin with."""
    text = "".join(part[len(_INTRO) :] for part in texts)
    own = set(re.findall(r"^  (\w+):$", text, re.MULTILINE))

    def move(reference):
        return f"O({place}.{reference[1]}" if reference[1] in own else reference[0]

    depth = 4 + 4 * (place.count(".") + 1)
    return textwrap.indent(textwrap.dedent(re.sub(r"\bO\((\w+)", move, text)), " " * (depth - 2))


class ModuleDocFragment:
    """Devices, folders and their defaults as options of a module that configures more than one of them."""

    # With a type, since ansible-test's yamllint takes an assignment without one for a literal text.
    DOCUMENTATION: str = (
        r"""
options:
  devices:
    description:
      - The devices to add or change, or to remove with O(devices[].state=absent).
      - Each entry has the options of M(community.syncthing.syncthing_device). Other devices are left unchanged,
        unless O(purge) is set.
    type: list
    elements: dict
    suboptions:
"""
        + _nested("devices[]", _Device.ITEM, _Device.DOCUMENTATION)
        + r"""
  folders:
    description:
      - The folders to add or change, or to remove with O(folders[].state=absent).
      - Each entry has the options of M(community.syncthing.syncthing_folder), and can refer to devices that
        O(devices) adds. Other folders are left unchanged, unless O(purge) is set.
    type: list
    elements: dict
    suboptions:
"""
        + _nested("folders[]", _Folder.ITEM, _Folder.PATTERNS, _Folder.DOCUMENTATION)
        + r"""
  ignored_devices:
    description:
      - The devices to ignore. The daemon rejects connections of these devices and does not show them as pending.
      - Entries are identified by their device IDs. Keys that are not set, and other ignored devices, are left
        unchanged.
      - A configured device cannot be ignored. A device that is added later is no longer ignored.
      - To ignore pending folders of a configured device, use O(devices[].ignored_folders).
    type: list
    elements: dict
    suboptions:
      device_id:
        description:
          - The device ID. Names are not accepted, because devices choose their own names.
        type: str
        required: true
      name:
        description:
          - The name to show for the device.
        type: str
      address:
        description:
          - The address to show for the device.
        type: str
      time:
        description:
          - When the device was ignored, for example V(2026-11-27T12:00:00Z).
        type: str
      state:
        description:
          - With V(absent), the daemon no longer ignores the device. The device can then become pending again.
        type: str
        choices:
          - present
          - absent
        default: present
  defaults:
    description:
      - The default settings of devices and folders that are added later, in the GUI, by this collection, or
        automatically.
      - Keys that are not set are left unchanged.
      - Requires Syncthing 1.14.0 or later.
    type: dict
    suboptions:
      device:
        description:
          - The default settings of devices.
        type: dict
        suboptions:
"""
        + _nested("defaults.device", _Device.DOCUMENTATION)
        + r"""
      folder:
        description:
          - The default settings of folders.
        type: dict
        suboptions:
"""
        + _nested("defaults.folder", _Folder.DOCUMENTATION)
        + r"""
      ignores:
        description:
          - The default ignore patterns. The daemon uses them for folders that are added in the GUI or accepted
            automatically, but not for folders that are added through its REST API, as this collection does.
          - Requires Syncthing 1.19.0 or later.
        type: dict
        suboptions:
          lines:
            description:
              - The patterns, one for each line.
              - The list replaces the list in the daemon's configuration.
            type: list
            elements: str
"""
    )

    # What syncthing_pending gives to what it accepts.
    OFFERS: str = (
        r"""
options:
  device:
    description:
      - The settings of accepted devices, with the options of M(community.syncthing.syncthing_device).
      - If O(device.name) is not set, the device gets the name that it announces. This name must not be the name of a
        configured device.
    type: dict
    suboptions:
"""
        + _nested("device", _Device.DOCUMENTATION)
        + r"""
  folder:
    description:
      - The settings of accepted folders, with the options of M(community.syncthing.syncthing_folder).
      - If O(folder.label) is not set, the folder gets the label of the pending folder. It is shared with the devices
        that share it with this daemon, and with O(folder.devices).
      - A folder that is already configured is also shared with the devices that share it. Of these settings, only the
        encryption passwords in O(folder.devices) are applied to it.
    type: dict
    suboptions:
"""
        + _nested("folder", _Folder.PATTERNS, _Folder.DOCUMENTATION)
    )
