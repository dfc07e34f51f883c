#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_identity
short_description: Give a Syncthing daemon its identity before it ever runs
version_added: 1.0.0
description:
  - Makes the key and the certificate that a Syncthing daemon is known by to others, or puts given ones in place, so
    that the device ID is known before the daemon runs, and a host that was built anew gets its old ID back.
  - An identity that is there is never replaced, unless O(force) says so.
  - Key and certificate always belong together. A daemon that finds one without the other makes itself a new identity
    without a word, so the module refuses such a pair, and finishes what an interrupted run left undone.
options:
  certificate:
    description:
      - The certificate, which is the whole text of a Syncthing's C(cert.pem).
      - If neither this nor O(private_key) is set and there is no identity yet, a new one is made.
    type: str
  private_key:
    description:
      - The private key, which is the whole text of the C(key.pem) of the same Syncthing. Keep it in a vault.
      - Whoever has it can pass for this device. It must not be encrypted, since Syncthing can't use it then.
    type: str
  force:
    description:
      - Whether an identity that is there may be replaced by another one that is given, or a broken one by a new one.
      - Other devices know the daemon by its ID, so they must be told the new one.
      - A running daemon goes on with the old identity until it is restarted.
    type: bool
    default: false
extends_documentation_fragment:
  - community.syncthing.host
  - community.syncthing.attributes
  - community.syncthing.attributes.files
requirements:
  - Syncthing, or the Python library cryptography, if a new identity shall be made
notes:
  - The directory is made with mode C(0700) if it is missing, C(key.pem) gets C(0600) and C(cert.pem) C(0644), as
    Syncthing does it.
seealso:
  - module: community.syncthing.syncthing_initial_config
  - plugin: community.syncthing.device_id
    plugin_type: filter
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Have an identity
  community.syncthing.syncthing_identity:
  register: identity

- name: Show the device ID
  ansible.builtin.debug:
    msg: "{{ inventory_hostname }} is {{ identity.device_id }}"

- name: Put the identity in place that is kept in a vault
  community.syncthing.syncthing_identity:
    certificate: "{{ vault_syncthing_certificate }}"
    private_key: "{{ vault_syncthing_private_key }}"
    force: true
"""

RETURN = r"""
device_id:
  description: The device ID. It is V(none) in check mode if a new identity would be made.
  returned: success
  type: str
  sample: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
certificate:
  description: The certificate, which is no secret. It is V(none) in check mode if a new identity would be made.
  returned: success
  type: str
  sample: |
    -----BEGIN CERTIFICATE-----
    MIIBmzCC...
    -----END CERTIFICATE-----
config_dir:
  description: The directory that the identity is in. It is V(none) in check mode if O(config_dir) is not set and there
    is no such user as O(user).
  returned: success
  type: str
  sample: /home/alice/.local/state/syncthing
diff:
  description: What changed, or in check mode would change. The key is not in it.
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
    before:
      device_id:
    after:
      device_id: P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2
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

from ansible_collections.community.syncthing.plugins.module_utils import _account, _identity
from ansible_collections.community.syncthing.plugins.module_utils._module import HostModule


def work(module, installation):
    account, program, config_dir = installation
    wanted = _identity.given(module.params["certificate"], module.params["private_key"])
    force = module.params["force"]
    if not account or not config_dir:
        found, pair = _identity.Found(), wanted
    elif module.check_mode:
        _account.check_owner(config_dir, account)
        found = _identity.look(config_dir, account)
        pair = _identity.choose(found, wanted, force, config_dir)
    else:
        found, pair = _identity.settle(config_dir, account, wanted, force, program)
    before, after = (one and one.device_id for one in (found.pair, pair))
    return {
        "changed": found.unfinished or pair is None or pair is not found.pair,
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
