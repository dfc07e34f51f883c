# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """How a module that needs no running daemon finds what is on its host."""

    DOCUMENTATION = r"""
options:
  config_dir:
    description:
      - The directory in which the daemon keeps its configuration and its identity, on the host that the module runs
        on.
      - If it is not set, it is the one with a C(config.xml) among those in which a daemon of O(user) looks. If there
        is none yet, it is the one that the installed version of Syncthing would make, which is
        C(~/.local/state/syncthing) since Syncthing 1.27.0, and C(~/.config/syncthing) before.
      - If it is not set, the environment variable E(SYNCTHING_CONFIG_DIR) is used.
    type: path
  user:
    description:
      - Name of the user on the managed host that the daemon runs as. If it is not set, it is the one who runs the
        module.
      - As root, the module does all work in O(config_dir) with the rights of that user, so that what it makes belongs
        to that user, and no symbolic link leads it elsewhere.
    type: str
  executable:
    description:
      - Syncthing's program, as a path, or as a name that is searched in E(PATH) and C(/usr/local/bin).
      - It is run with the rights of O(user).
    type: str
    default: syncthing
requirements:
  - Python >= 3.8 on the host that the module runs on
seealso:
  - name: Syncthing's configuration
    description: What Syncthing's manual says of its files.
    link: https://docs.syncthing.net/users/config.html
"""
