# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What modules do with settings that a version of Syncthing does not support."""

    DOCUMENTATION = r"""
options:
  unknown_fields:
    description:
      - What to do if an option is set that the daemon's version of Syncthing does not support.
      - If V(fail), the module fails before it changes anything. The message shows the option and the version that
        supports it.
      - If V(warn), the module shows a warning and ignores the option.
      - If V(ignore), the module ignores the option.
      - The daemon itself ignores unknown settings without notice.
    type: str
    choices:
      - fail
      - warn
      - ignore
    default: fail
"""
