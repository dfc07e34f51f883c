#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_initial_config
short_description: Write the configuration that a Syncthing daemon starts with
version_added: 1.0.0
description:
  - Writes the C(config.xml) that a Syncthing daemon finds at its first start, so that it never runs with Syncthing's
    default folder, with an open GUI, or with an API key that nobody knows.
  - It is the one that the installed version of Syncthing makes itself, for the identity that is in O(config_dir),
    without a folder, and with the GUI as the options say.
  - A C(config.xml) that is there is never touched. Change it with M(community.syncthing.syncthing_config).
options:
  gui_address:
    description:
      - Where the GUI and with it the REST API listen, as host and port, or the absolute path of a UNIX socket.
      - Anything but a loopback address or a UNIX socket needs O(gui_user) and O(gui_password), or O(allow_open_gui).
    type: str
    default: 127.0.0.1:8384
  gui_use_tls:
    description:
      - Whether HTTP requests are sent on to HTTPS.
    type: bool
    default: false
  gui_user:
    description:
      - Name to log in with.
    type: str
  gui_password:
    description:
      - Password to log in with, at most 72 bytes, or its bcrypt hash. Keep it in a vault.
      - Syncthing itself hashes it, which needs Syncthing 1.18.5 or later. For earlier ones give the hash.
    type: str
  api_key:
    description:
      - The key for the REST API. Keep it in a vault.
      - If it is not set, Syncthing makes a random one, which the modules of this collection find in C(config.xml).
    type: str
  allow_open_gui:
    description:
      - Whether the GUI may be open to other hosts without a login. Whoever reaches it can read and write all files
        that the daemon's user can.
    type: bool
    default: false
extends_documentation_fragment:
  - community.syncthing.host
  - community.syncthing.attributes
  - community.syncthing.attributes.files
requirements:
  - Syncthing >= 1.12.0
notes:
  - C(config.xml) gets mode C(0600).
seealso:
  - module: community.syncthing.syncthing_identity
  - module: community.syncthing.syncthing_config
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Have an identity
  community.syncthing.syncthing_identity:

- name: Start without the default folder, and with a GUI for this host only
  community.syncthing.syncthing_initial_config:

- name: Show in check mode what a GUI for everybody who has the password would be
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
  description: The directory that C(config.xml) is in. It is V(none) in check mode if O(config_dir) is not set and there
    is no such user as O(user).
  returned: success
  type: str
  sample: /home/alice/.local/state/syncthing
diff:
  description: What changed, or in check mode would change. Secrets are replaced by V((set\)).
  returned: success and in diff mode
  type: dict
  contains:
    before:
      description: What was.
      type: dict
    after:
      description: What is now.
      type: dict
  sample:
    before: {}
    after:
      gui:
        address: 127.0.0.1:8384
        use_tls: false
        user: ""
error:
  description: What went wrong, for playbooks that act on it. The sentence in RV(ignore:msg) is for people and may
    change.
  returned: when what is asked for can't be done
  type: dict
  contains:
    code:
      description:
        - A word for the kind of error.
        - It is one of V(invalid_input), V(discovery), V(unreachable), V(timeout), V(tls), V(api_key), V(host_check),
          V(not_found), V(bad_request), V(server_error), V(unexpected_answer), V(migration), V(unsupported) and
          V(not_applied).
      type: str
    status:
      description: HTTP status of the answer. It is V(none) if there was none.
      type: int
    body:
      description: The beginning of the daemon's own text. It is V(none) if there was none.
      type: str
  sample:
    code: api_key
    status: 403
    body: CSRF Error
"""

from ansible_collections.community.syncthing.plugins.module_utils import _account, _initial_config
from ansible_collections.community.syncthing.plugins.module_utils._module import HostModule


def work(module, installation):
    account, program, config_dir = installation
    params = module.params
    gui = _initial_config.check(
        _initial_config.Gui(
            address=params["gui_address"] or "127.0.0.1:8384",
            use_tls=params["gui_use_tls"],
            user=params["gui_user"] or "",
            password=params["gui_password"] or "",
            api_key=params["api_key"] or "",
        ),
        params["allow_open_gui"],
    )
    known = account and config_dir
    if known:
        _account.check_owner(config_dir, account)
    missing = not known or not _initial_config.exists(config_dir, account)
    if missing and not module.check_mode:
        _initial_config.write(config_dir, account, program, gui)
    after = {"gui": _initial_config.shown(gui)} if missing else {}
    return {"changed": missing, "config_dir": config_dir, "diff": {"before": {}, "after": after}}


def main():
    HostModule({
        "gui_address": {"type": "str", "default": "127.0.0.1:8384"},
        "gui_use_tls": {"type": "bool", "default": False},
        "gui_user": {"type": "str"},
        "gui_password": {"type": "str", "no_log": True},
        "api_key": {"type": "str", "no_log": True},
        "allow_open_gui": {"type": "bool", "default": False},
    }).run(work)  # fmt: skip


if __name__ == "__main__":
    main()
