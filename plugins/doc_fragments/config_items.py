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
      - Devices that the daemon should know, or with O(devices[].state=absent) should not know.
      - Entries take the options of M(community.syncthing.syncthing_device). Other devices are left alone, unless
        O(purge) says so.
    type: list
    elements: dict
    suboptions:
"""
        + _nested("devices[]", _Device.ITEM, _Device.DOCUMENTATION)
        + r"""
  folders:
    description:
      - Folders that the daemon should know, or with O(folders[].state=absent) should not know.
      - Entries take the options of M(community.syncthing.syncthing_folder). They can name devices that O(devices)
        adds. Other folders are left alone, unless O(purge) says so.
    type: list
    elements: dict
    suboptions:
"""
        + _nested("folders[]", _Folder.ITEM, _Folder.PATTERNS, _Folder.DOCUMENTATION)
        + r"""
  ignored_devices:
    description:
      - Devices that the daemon should ignore. It refuses their connections and does not show them as pending.
      - Entries are compared by their IDs. What an entry does not set is left alone, and so are other ignored devices.
      - A device that is configured can't be ignored. A device that is added later is no longer ignored.
      - Folders that a configured device offers are ignored with O(devices[].ignored_folders).
    type: list
    elements: dict
    suboptions:
      device_id:
        description:
          - The device ID. A name is not accepted, since any device can choose any name.
        type: str
        required: true
      name:
        description:
          - The name that is shown for it.
        type: str
      address:
        description:
          - The address that is shown for it.
        type: str
      time:
        description:
          - When it was ignored, as in V(2026-11-27T12:00:00Z).
        type: str
      state:
        description:
          - With V(absent), the daemon no longer ignores the device, which then can become pending again.
        type: str
        choices:
          - present
          - absent
        default: present
  defaults:
    description:
      - What devices and folders are made with when they are added later, be it in the GUI, by this collection or
        because another device offers them.
      - A key that is not set stays as it is.
      - Needs Syncthing 1.14.0 or later.
    type: dict
    suboptions:
      device:
        description:
          - Defaults for devices.
        type: dict
        suboptions:
"""
        + _nested("defaults.device", _Device.DOCUMENTATION)
        + r"""
      folder:
        description:
          - Defaults for folders.
        type: dict
        suboptions:
"""
        + _nested("defaults.folder", _Folder.DOCUMENTATION)
        + r"""
      ignores:
        description:
          - Defaults for ignore patterns. The daemon uses them for folders that are added in the GUI or accepted
            automatically, and not for folders that are added through its REST API as this collection does.
          - Needs Syncthing 1.19.0 or later.
        type: dict
        suboptions:
          lines:
            description:
              - The patterns, one a line.
              - The list replaces the one that the daemon has.
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
      - Settings of the devices that are accepted, with the options of M(community.syncthing.syncthing_device).
      - A device whose O(device.name) is not set gets the name that it calls itself. No configured device may have
        that name already.
    type: dict
    suboptions:
"""
        + _nested("device", _Device.DOCUMENTATION)
        + r"""
  folder:
    description:
      - Settings of the folders that are accepted, with the options of M(community.syncthing.syncthing_folder).
      - A folder whose O(folder.label) is not set gets the label that it is offered with. It is shared with the devices
        that offer it, and with O(folder.devices).
      - A folder that this daemon has already is shared with the devices that offer it, too. Of these settings, it gets
        their encryption passwords in O(folder.devices) only.
    type: dict
    suboptions:
"""
        + _nested("folder", _Folder.PATTERNS, _Folder.DOCUMENTATION)
    )
