# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What can be said of the modules as such."""

    # For every module.
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and tell what it would change, without changing it.
  diff_mode:
    description: Returns in diff mode what changed, or in C(check_mode) what would change.
  idempotent:
    description: Run a second time with the same options, it finds nothing to change, if nobody else changed anything.
  platform:
    description: The operating systems that the module can run on.
    support: full
    platforms: posix
  action_group:
    description: Options for all modules of the collection can be set with C(group/community.syncthing.syncthing) in
      C(module_defaults).
    support: full
    membership:
      - community.syncthing.syncthing
"""

    # For modules that bring a daemon to a declared state, on top of the above.
    RECONCILE = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - The daemon is read and nothing is written. What is returned is what a real run would return.
  diff_mode:
    support: full
    details:
      - The diff has each changed object before and after, in the words of the options.
      - Secrets are not in it. It shows that there is one, and whether it would be another one.
  idempotent:
    support: full
"""

    # For modules that only read, on top of the above.
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

    # For modules that write files on a host, on top of the above.
    FILES = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - The host is read and nothing is written.
      - A host that has neither the user nor Syncthing yet is no error in check mode, since an earlier task would have
        brought both.
  diff_mode:
    support: full
    details:
      - Secrets are not in it.
  idempotent:
    support: full
"""
