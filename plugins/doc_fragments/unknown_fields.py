# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What modules do with settings that this daemon does not have."""

    DOCUMENTATION = r"""
options:
  unknown_fields:
    description:
      - What to do when an option is set that the daemon's version of Syncthing does not have.
      - With V(fail), the task fails before anything is written, naming the option and the version that has it.
      - With V(warn), the option is left out, with a warning.
      - With V(ignore), the option is left out.
      - The daemon itself would ignore it without a word.
    type: str
    choices:
      - fail
      - warn
      - ignore
    default: fail
"""
