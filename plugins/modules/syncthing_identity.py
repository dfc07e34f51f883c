#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_identity
short_description: Create or install the identity of a Syncthing daemon
version_added: 1.0.0
description:
  - Creates the private key and the certificate of a Syncthing daemon, or installs the given ones. The device ID is then
    known before the daemon runs, and a rebuilt host keeps its old device ID.
  - The module does not replace an existing identity, unless O(force=true).
  - The private key and the certificate belong together. If one of them is missing, the daemon creates a new identity
    without notice. The module refuses such a pair, and completes the work of an interrupted run.
options:
  certificate:
    description:
      - The certificate, which is the content of Syncthing's C(cert.pem).
      - If neither this option nor O(private_key) is set and no identity exists, the module creates a new one.
    type: str
  private_key:
    description:
      - The private key, which is the content of the C(key.pem) that belongs to the certificate. Store it in a vault.
      - Anyone who has the private key can impersonate this device. It must not be encrypted, since Syncthing cannot use
        an encrypted key.
    type: str
  force:
    description:
      - Whether to replace an existing identity with the given one, or a broken identity with a new one.
      - Other devices identify the daemon by its device ID, so they must be configured with the new one.
      - A running daemon uses the old identity until it is restarted.
    type: bool
    default: false
extends_documentation_fragment:
  - community.syncthing.host
  - community.syncthing.attributes
  - community.syncthing.attributes.files
requirements:
  - Syncthing, or the Python library cryptography, to create a new identity
notes:
  - If the directory does not exist, it is created with mode C(0700). The mode of C(key.pem) is C(0600) and the mode of
    C(cert.pem) is C(0644), as with files that Syncthing creates. If other users can read an existing C(key.pem), its
    mode is corrected.
seealso:
  - module: community.syncthing.syncthing_initial_config
  - plugin: community.syncthing.device_id
    plugin_type: filter
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Create an identity
  community.syncthing.syncthing_identity:
  register: identity

- name: Show the device ID
  ansible.builtin.debug:
    msg: "{{ inventory_hostname }} is {{ identity.device_id }}"

- name: Install an identity from a vault
  community.syncthing.syncthing_identity:
    certificate: "{{ vault_syncthing_certificate }}"
    private_key: "{{ vault_syncthing_private_key }}"
    force: true
"""

RETURN = r"""
device_id:
  description: The device ID. It is V(none) in check mode if a new identity would be created.
  returned: success
  type: str
  sample: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
certificate:
  description: The certificate, which is not a secret. It is V(none) in check mode if a new identity would be created.
  returned: success
  type: str
  sample: |
    -----BEGIN CERTIFICATE-----
    MIIBmzCC...
    -----END CERTIFICATE-----
config_dir:
  description: The directory of the identity. It is V(none) in check mode if O(config_dir) is not set and the user
    O(user) does not exist.
  returned: success
  type: str
  sample: /home/alice/.local/state/syncthing
diff:
  description: What changed, or in check mode would change. It does not contain the private key.
  returned: success and in diff mode
  type: dict
  contains:
    before:
      description: The identity before the run.
      type: dict
    after:
      description: The identity after the run.
      type: dict
  sample:
    before:
      device_id:
    after:
      device_id: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
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
from ansible_collections.community.syncthing.plugins.module_utils._setup import identity


def work(module, installation):
    account, program, config_dir = installation
    wanted = identity.given(module.params["certificate"], module.params["private_key"])
    force = module.params["force"]
    if not account or not config_dir:
        found, pair = identity.Found(), wanted
    elif module.check_mode:
        accounts.check_owner(config_dir, account)
        found = identity.look(config_dir, account)
        pair = identity.choose(found, wanted, force, config_dir)
    else:
        found, pair = identity.settle(config_dir, account, wanted, force, program)
    before, after = (one and one.device_id for one in (found.pair, pair))
    return {
        "changed": found.unfinished or found.exposed or pair is None or pair is not found.pair,
        "device_id": after,
        "certificate": pair and pair.shown,
        "config_dir": config_dir,
        "diff": {"before": {"device_id": before}, "after": {"device_id": after or "(new)"}},
    }


def main():
    HostModule({
        "certificate": {"type": "str"},
        "private_key": {"type": "str", "no_log": True},
        "force": {"type": "bool", "default": False},
    }).run(work)  # fmt: skip


if __name__ == "__main__":
    main()
