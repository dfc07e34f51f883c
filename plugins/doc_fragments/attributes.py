# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Attributes of the modules."""

    # For every module.
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
  diff_mode:
    description: Returns details on what has changed, or in C(check_mode) would change, when in diff mode.
  idempotent:
    description: A second run with the same options changes nothing, unless something else was changed in the meantime.
  platform:
    description: The operating systems that the module supports.
    support: full
    platforms: posix
  action_group:
    description: Use C(group/community.syncthing.syncthing) in C(module_defaults) to set defaults for all modules of
      this collection that connect to a daemon or work on its files.
    support: full
    membership:
      - community.syncthing.syncthing
"""

    # For modules that configure a daemon, in addition to the above.
    RECONCILE = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - The module reads the configuration of the daemon and writes nothing. It returns the same values as a real run.
  diff_mode:
    support: full
    details:
      - The diff shows each changed object before and after, with the names of the options.
      - The diff does not contain secrets. It only shows whether a secret is set, and whether it changes.
  idempotent:
    support: full
"""

    # For modules that only read, in addition to the above.
    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - The module changes nothing.
  diff_mode:
    support: N/A
    details:
      - The module changes nothing.
  idempotent:
    support: full
    details:
      - The module changes nothing.
"""

    # For modules that write files on a host, in addition to the above.
    FILES = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - The module reads files on the host and writes nothing.
      - In check mode, it is not an error if the user or Syncthing does not exist yet, since an earlier task may create
        the user and install Syncthing in a real run.
  diff_mode:
    support: full
    details:
      - The diff does not contain secrets.
  idempotent:
    support: full
"""
