#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_initial_config
short_description: Create the first configuration of a Syncthing daemon
version_added: 1.0.0
description:
  - Creates the C(config.xml) that a Syncthing daemon reads at its first start. The daemon then never runs with
    Syncthing's default folder, with an open GUI, or with an unknown API key.
  - The configuration is created by the installed version of Syncthing, for the identity in O(config_dir), without
    folders, and with the GUI settings of the options.
  - The module never changes an existing C(config.xml). To change it, use M(community.syncthing.syncthing_config).
options:
  gui_address:
    description:
      - The address of the GUI and the REST API, as host and port, or the absolute path of a UNIX socket.
      - An address that is not a loopback address or a UNIX socket requires O(gui_user) and O(gui_password), or
        O(allow_open_gui).
    type: str
    default: 127.0.0.1:8384
  gui_use_tls:
    description:
      - Whether the GUI and the REST API require HTTPS. HTTP requests are redirected to HTTPS.
    type: bool
    default: false
  gui_user:
    description:
      - User name for the GUI.
    type: str
  gui_password:
    description:
      - Password for the GUI, with at most 72 bytes, or its bcrypt hash. Store it in a vault.
      - Syncthing hashes the password, which requires Syncthing 1.18.5 or later. For earlier releases, set the hash.
    type: str
  gui_password_file:
    description:
      - The absolute path of a file on the host that contains the password for the GUI, instead of O(gui_password). It
        is read with the permissions of the user who runs the task. A line break at its end is ignored.
    type: str
  api_key:
    description:
      - The API key for the REST API. Store it in a vault.
      - If not set, Syncthing creates a random key, which the modules of this collection read from C(config.xml).
    type: str
  api_key_file:
    description:
      - The absolute path of a file on the host that contains the API key, instead of O(api_key). It is read as
        O(gui_password_file).
    type: str
  allow_open_gui:
    description:
      - Whether other hosts may access the GUI without a password. Anyone who can connect to the GUI can read and write
        all files of the daemon's user.
    type: bool
    default: false
extends_documentation_fragment:
  - community.syncthing.host
  - community.syncthing.attributes
  - community.syncthing.attributes.files
requirements:
  - Syncthing >= 1.12.0
notes:
  - The mode of C(config.xml) is C(0600).
seealso:
  - module: community.syncthing.syncthing_identity
  - module: community.syncthing.syncthing_config
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Create an identity
  community.syncthing.syncthing_identity:

- name: Create a configuration without folders, and with a GUI for this host only
  community.syncthing.syncthing_initial_config:

- name: Preview a configuration with a GUI for all hosts, with a password
  community.syncthing.syncthing_initial_config:
    config_dir: /var/lib/syncthing-of-somebody
    gui_address: 0.0.0.0:8384
    gui_use_tls: true
    gui_user: admin
    gui_password: "{{ vault_gui_password }}"
  check_mode: true
"""

RETURN = r"""
config_dir:
  description: The directory of C(config.xml). It is V(none) in check mode if O(config_dir) is not set and the user
    O(user) does not exist.
  returned: success
  type: str
  sample: /home/alice/.local/state/syncthing
diff:
  description: What changed, or in check mode would change. Secrets are replaced by V((set\)).
  returned: success and in diff mode
  type: dict
  contains:
    before:
      description: The settings before the run.
      type: dict
    after:
      description: The settings after the run.
      type: dict
  sample:
    before: {}
    after:
      gui:
        address: 127.0.0.1:8384
        use_tls: false
        user: ""
error:
  description: Details of the error. The message in RV(ignore:msg) can change between releases.
  returned: failure
  type: dict
  contains:
    code:
      description:
        - The type of the error, which does not change between releases.
        - One of V(invalid_input), V(discovery), V(unreachable), V(timeout), V(tls), V(api_key), V(host_check),
          V(not_found), V(bad_request), V(server_error), V(unexpected_answer), V(migration), V(unsupported) and
          V(not_applied).
      type: str
    status:
      description: The HTTP status of the response. It is V(none) if there was no response.
      type: int
    body:
      description: The beginning of the daemon's response. It is V(none) if there was no response.
      type: str
  sample:
    code: api_key
    status: 403
    body: CSRF Error
"""

from ansible_collections.community.syncthing.plugins.module_utils._host import accounts
from ansible_collections.community.syncthing.plugins.module_utils._module import HostModule
from ansible_collections.community.syncthing.plugins.module_utils._setup import initial_config


def work(module, installation):
    account, program, config_dir = installation
    params = module.params
    gui = initial_config.check(
        initial_config.Gui(
            address=params["gui_address"] or "127.0.0.1:8384",
            use_tls=params["gui_use_tls"],
            user=params["gui_user"] or "",
            password=module.secret("gui_password", params["gui_password"], "gui_password_file") or "",
            api_key=module.secret("api_key", params["api_key"], "api_key_file") or "",
        ),
        params["allow_open_gui"],
    )
    known = account and config_dir
    if known:
        accounts.check_owner(config_dir, account)
    missing = not known or not initial_config.exists(config_dir, account)
    if missing and not module.check_mode:
        initial_config.write(config_dir, account, program, gui)
    after = {"gui": initial_config.shown(gui)} if missing else {}
    return {"changed": missing, "config_dir": config_dir, "diff": {"before": {}, "after": after}}


def main():
    HostModule({
        "gui_address": {"type": "str", "default": "127.0.0.1:8384"},
        "gui_use_tls": {"type": "bool", "default": False},
        "gui_user": {"type": "str"},
        "gui_password": {"type": "str", "no_log": True},
        "gui_password_file": {"type": "str", "no_log": False},
        "api_key": {"type": "str", "no_log": True},
        "api_key_file": {"type": "str", "no_log": False},
        "allow_open_gui": {"type": "bool", "default": False},
    }).run(work)  # fmt: skip


if __name__ == "__main__":
    main()
