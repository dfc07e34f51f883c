#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_install_info
short_description: Gather information about an installed Syncthing
version_added: 1.0.0
description:
  - Returns the installed version of Syncthing and the location of its configuration. It reads files of the host, and
    does not require a running daemon.
  - The module does not fail if Syncthing is not installed, or if the user O(user) does not exist.
extends_documentation_fragment:
  - community.syncthing.host
  - community.syncthing.attributes
  - community.syncthing.attributes.info
seealso:
  - module: community.syncthing.syncthing_info
  - module: community.syncthing.syncthing_identity
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Gather information about Syncthing
  community.syncthing.syncthing_install_info:
  register: installed

- name: Show the version and the device ID
  ansible.builtin.debug:
    msg: >-
      {{ installed.version | default('No Syncthing', true) }} for {{ installed.device_id | default('nobody', true) }}
      in {{ installed.config_dir }}

- name: Fail if the release cannot read the existing configuration
  ansible.builtin.assert:
    that:
      - installed.config_version is none or wanted_version is version(installed.minimum_version, '>=')
  vars:
    wanted_version: 2.1.3
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

from ansible_collections.community.syncthing.plugins.module_utils._module import HostModule
from ansible_collections.community.syncthing.plugins.module_utils._setup import installed


def work(module, found):
    results, warnings = installed.describe(found)
    for warning in warnings:
        module.warn(warning)
    results.pop("identity_unfinished")
    return dict(results, changed=False)


def main():
    HostModule({}).run(work, bare=True)


if __name__ == "__main__":
    main()
