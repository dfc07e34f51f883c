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
      - The directory of the daemon's configuration and identity, on the host that the module runs on.
      - If not set, the module uses the environment variable E(SYNCTHING_CONFIG_DIR).
      - If neither is set, the module searches the directories in which a daemon of O(user) looks for C(config.xml). If
        none of them contains one, it uses the directory that the installed version of Syncthing would create, which is
        C(~/.local/state/syncthing) since Syncthing 1.27.0, and C(~/.config/syncthing) before.
    type: path
  user:
    description:
      - Name of the user that the daemon runs as, on the managed host. If not set, the user that runs the module.
      - If the module runs as root, it accesses O(config_dir) with the permissions of this user. Files that it creates
        belong to this user, and symbolic links cannot redirect it to files of other users.
    type: str
  executable:
    description:
      - The Syncthing executable, as a path, or as a name that is searched for in E(PATH) and C(/usr/local/bin).
      - The module runs it with the permissions of O(user).
    type: str
    default: syncthing
requirements:
  - Python >= 3.8 on the host that the module runs on
seealso:
  - name: Syncthing's configuration
    description: Syncthing's documentation of its configuration files.
    link: https://docs.syncthing.net/users/config.html
"""
