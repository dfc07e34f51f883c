#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_probe
short_description: Find out what there is to do on a host
version_added: 1.0.0
description:
  - Returns all that the role P(community.syncthing.syncthing#role) must know of a host to decide what to change, in one
    run of one module. On a host on which nothing is to be changed, the role needs only this module and
    M(community.syncthing.syncthing_config).
  - The module is made for this role, and what it returns may change in any release. Elsewhere, use
    M(community.syncthing.syncthing_install_info), M(community.syncthing.syncthing_info) and
    M(community.syncthing.syncthing_wait).
  - What cannot be found out is V(none), for example if there is no daemon or no systemd. It is not an error.
  - The module asks the daemon to scan the marker of each idle folder, which changes nothing. A daemon looks at the
    directory of a folder only when it scans.
options:
  unit:
    description:
      - Name of the systemd service that the daemon runs as, such as V(syncthing@alice).
    type: str
  scope:
    description:
      - Whether O(unit) is a service of the system, or of the user O(user).
    type: str
    choices:
      - system
      - user
    default: system
  files:
    description:
      - Paths of files to return the checksum of. A C(~) at the beginning is the home directory of O(user).
      - They are read with the permissions of O(user). If the user does not exist, with those of the user that the
        module runs as.
    type: list
    elements: str
    default: []
  secret_files:
    description:
      - Paths of files with secrets that other tasks read. If one of them cannot be read, the module fails. It returns
        nothing about them.
    type: list
    elements: str
    default: []
  gui_certificate:
    description:
      - The certificate that the GUI should have, as
        O(community.syncthing.syncthing_gui_certificate#module:certificate).
    type: str
  gui_private_key:
    description:
      - The private key that the GUI should have, as
        O(community.syncthing.syncthing_gui_certificate#module:private_key).
    type: str
  firewall_service:
    description:
      - Name of the service definition of the firewall to look for. It requires root.
    type: str
extends_documentation_fragment:
  - community.syncthing.host
  - community.syncthing.attributes
  - community.syncthing.attributes.info
seealso:
  - module: community.syncthing.syncthing_install_info
  - module: community.syncthing.syncthing_wait
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Probe the host for the user who connects to it
  community.syncthing.syncthing_probe:
  register: probed

- name: Show the folders that have stopped because of an error
  ansible.builtin.debug:
    var: probed.daemon.stopped

- name: Probe the host for a service of the system
  community.syncthing.syncthing_probe:
    user: alice
    unit: syncthing@alice
    files:
      - /etc/systemd/system/syncthing@alice.service.d/ansible.conf
"""

RETURN = r"""
executable:
  description: Path of the Syncthing executable. It is V(none) if Syncthing is not installed.
  returned: success
  type: str
  sample: /usr/bin/syncthing
version:
  description: Version of the executable. It is V(none) if Syncthing is not installed.
  returned: success
  type: str
  sample: 1.29.5
config_dir:
  description:
    - The directory of the configuration. If no configuration exists, the directory that the installed version would
      create.
    - It is V(none) if O(config_dir) is not set and the user O(user) does not exist.
  returned: success
  type: str
  sample: /home/alice/.local/state/syncthing
config_version:
  description: Format version of C(config.xml). It is V(none) if the file does not exist or cannot be read.
  returned: success
  type: int
  sample: 37
minimum_version:
  description:
    - The first release of Syncthing that can read this C(config.xml). Older ones refuse to start.
    - It is V(1.12.0) also if even older ones can, and the newest that this collection knows if RV(config_version) is
      newer than that. It is V(none) if RV(config_version) is V(none).
  returned: success
  type: str
  sample: 1.22.0
device_id:
  description: The device ID of the certificate in RV(config_dir). It is V(none) if there is no certificate.
  returned: success
  type: str
  sample: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
folders:
  description: IDs of the folders in C(config.xml).
  returned: success
  type: list
  elements: str
  sample:
    - documents
requests:
  description: Whether the Python that runs the module has the library requests.
  returned: success
  type: bool
  sample: true
home:
  description: The home directory of the user. It is V(none) if the user does not exist.
  returned: success
  type: str
  sample: /home/alice
identity_unfinished:
  description: Whether an interrupted run of M(community.syncthing.syncthing_identity) must be completed.
  returned: success
  type: bool
  sample: false
user:
  description: The name of the user in O(user), or of the user that the module runs as.
  returned: success
  type: str
  sample: alice
login:
  description: The name of the user that the module runs as.
  returned: success
  type: str
  sample: root
architecture:
  description: The architecture of the host, in the words of the kernel.
  returned: success
  type: str
  sample: x86_64
files:
  description: The files in O(files) by path. It is V(none) for what cannot be read or is not a regular file.
  returned: success
  type: dict
  contains:
    PATH:
      description: One file. The key is its path as in O(files).
      type: dict
      contains:
        sha256:
          description: SHA-256 of its content.
          type: str
        mode:
          description: Its mode, as an octal number.
          type: str
  sample:
    /etc/systemd/system/syncthing@alice.service.d/ansible.conf:
      sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
      mode: "0644"
unit:
  description: The state of the service in O(unit). It is V(none) if O(unit) is not set or systemd cannot be asked.
  returned: success
  type: dict
  contains:
    active:
      description: Whether it runs.
      type: bool
    enabled:
      description: Whether it starts by itself.
      type: bool
    needs_reload:
      description: Whether its files have changed since systemd read them.
      type: bool
  sample:
    active: true
    enabled: true
    needs_reload: false
lingering:
  description: Whether the services of O(user) run without a login.
  returned: success
  type: bool
  sample: false
daemon:
  description: What the daemon of this configuration answers. It is V(none) if it does not answer.
  returned: success
  type: dict
  contains:
    my_id:
      description: Its own device ID.
      type: str
    version:
      description: Its version.
      type: str
    running:
      description: IDs of the folders that run or are paused.
      type: list
      elements: str
    stopped:
      description: The folders that have stopped because of an error. Folders in neither list have not started yet.
      type: list
      elements: dict
      contains:
        folder:
          description: Its ID.
          type: str
        path:
          description: Its path, as it is configured.
          type: str
        error:
          description: The daemon's own reason.
          type: str
  sample:
    my_id: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
    version: v1.29.5
    running:
      - documents
    stopped: []
gui_certificate_due:
  description: Whether the files of the GUI differ from O(gui_certificate) and O(gui_private_key).
  returned: success
  type: bool
  sample: false
unanswered:
  description:
    - The code of the error if a daemon was asked and did not answer, as RV(error.code) of other modules. It is
      V(none) otherwise.
  returned: success
  type: str
  sample: unreachable
listening:
  description:
    - What C(config.xml) says of the addresses that the daemon listens on. It is V(none) without O(firewall_service).
  returned: success
  type: dict
  contains:
    listen_addresses:
      description: The addresses for other devices.
      type: list
      elements: str
    local_announce_enabled:
      description: Whether it listens for devices in the local network.
      type: bool
    local_announce_port:
      description: The port for that. It is an empty string if the file does not tell.
      type: str
    gui_address:
      description: The address of the GUI.
      type: str
  sample:
    listen_addresses:
      - default
    local_announce_enabled: true
    local_announce_port: "21027"
    gui_address: 127.0.0.1:8384
firewall:
  description: The firewall of the host. It is V(none) if O(firewall_service) is not set.
  returned: success
  type: dict
  contains:
    active:
      description: Which one is active, V(firewalld) or V(ufw). It is V(none) if neither is.
      type: str
    definitions:
      description: What O(files) would return for the service definitions of firewalld and ufw, by path.
      type: dict
    allowed:
      description: Whether a rule allows O(firewall_service).
      type: bool
  sample:
    active: ufw
    definitions:
      /etc/firewalld/services/ansible-syncthing-alice.xml:
      /etc/ufw/applications.d/ansible-syncthing-alice:
        sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
        mode: "0644"
    allowed: true
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

import platform

from ansible_collections.community.syncthing.plugins.module_utils._host import accounts
from ansible_collections.community.syncthing.plugins.module_utils._host.files import read_secret
from ansible_collections.community.syncthing.plugins.module_utils._module import HostModule
from ansible_collections.community.syncthing.plugins.module_utils._operations import probe
from ansible_collections.community.syncthing.plugins.module_utils._setup import installed


def work(module, installation):
    params, account = module.params, installation.account
    for path in params["secret_files"]:
        module.hide(read_secret(path, "secret_files"))
    gui_certificate_due = _gui_certificate_due(module, installation)
    results, warnings = installed.describe(installation)
    for warning in warnings:
        module.warn(warning)
    own = params["scope"] == "user"
    daemon = unanswered = None
    if account and results["config_version"] is not None:
        daemon, unanswered = probe.daemon(installation.config_dir, account.name, module.hide)
    return dict(
        results,
        changed=False,
        user=params["user"],
        login=_login(),
        architecture=platform.machine(),
        files=probe.files(params["files"], account),
        unit=probe.unit(params["unit"], own, account) if params["unit"] else None,
        lingering=probe.lingers(account),
        daemon=daemon,
        unanswered=unanswered,
        gui_certificate_due=gui_certificate_due,
        listening=installed.listening(installation) if params["firewall_service"] else None,
        firewall=probe.firewall(params["firewall_service"]) if params["firewall_service"] else None,
    )


def _gui_certificate_due(module, installation):
    given = [module.params[name] for name in ("gui_certificate", "gui_private_key")]
    if not any(given):
        return False
    from ansible_collections.community.syncthing.plugins.module_utils._setup import gui_certificate

    pair = gui_certificate.given(*given, hide=module.hide, prefix="gui_")
    account, _program, config_dir = installation
    return not (account and config_dir and gui_certificate.is_there(config_dir, account, pair))


def _login():
    return accounts.look_up(None).pw_name


def main():
    paths = {"type": "list", "elements": "str", "default": []}
    module = HostModule({
        "unit": {"type": "str"},
        "scope": {"type": "str", "choices": ["system", "user"], "default": "system"},
        "files": paths,
        "secret_files": dict(paths, no_log=False),
        "gui_certificate": {"type": "str"},
        "gui_private_key": {"type": "str", "no_log": True},
        "firewall_service": {"type": "str"},
    })  # fmt: skip
    # by name, as the role names it to all other modules
    module.params["user"] = module.params["user"] or _login()
    module.run(work, bare=True)


if __name__ == "__main__":
    main()
