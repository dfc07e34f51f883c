#!/usr/bin/python

# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: syncthing_gui_certificate
short_description: Install the certificate of the GUI of a Syncthing daemon
version_added: 1.0.0
description:
  - Installs the certificate and the private key that the GUI and the REST API use for HTTPS, instead of those that
    Syncthing creates. These are the files C(https-cert.pem) and C(https-key.pem) in the directory of the configuration.
  - They are not the identity of the device. For that, use M(community.syncthing.syncthing_identity).
  - A running daemon uses the old certificate until it is restarted. Until then, the other modules of this collection do
    not trust it, because they expect the certificate in the file.
options:
  certificate:
    description:
      - The certificate in PEM format, or the absolute path of a file on the host with it.
      - Certificates of intermediate certificate authorities can follow.
      - Syncthing replaces a self-signed certificate with at most one name in its last 30 days. The module refuses to
        install such a certificate.
    type: str
    required: true
  private_key:
    description:
      - The private key of the certificate in PEM format, or the absolute path of a file on the host with it. Store it
        in a vault.
      - It must not be encrypted, since Syncthing cannot use an encrypted key.
    type: str
    required: true
extends_documentation_fragment:
  - community.syncthing.host
  - community.syncthing.attributes
  - community.syncthing.attributes.files
notes:
  - The mode of C(https-key.pem) is C(0600) and the mode of C(https-cert.pem) is C(0644), as with files that Syncthing
    creates. They belong to the daemon's user.
  - Files on the host are read with the permissions of the user who runs the task, not of O(user).
seealso:
  - module: community.syncthing.syncthing_config
  - module: community.syncthing.syncthing_identity
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Install a certificate from a vault
  community.syncthing.syncthing_gui_certificate:
    certificate: "{{ vault_gui_certificate }}"
    private_key: "{{ vault_gui_private_key }}"
  register: certificate

- name: Use the new certificate
  community.syncthing.syncthing_command:
    command: restart
    # the running daemon still has the old one
    validate_certs: false
  when: certificate is changed

- name: Install a certificate that another program renews on the host
  community.syncthing.syncthing_gui_certificate:
    user: alice
    certificate: /etc/letsencrypt/live/nas.example.com/fullchain.pem
    private_key: /etc/letsencrypt/live/nas.example.com/privkey.pem
"""

RETURN = r"""
fingerprint:
  description: The SHA-256 of the certificate, by which browsers and the modules of this collection recognize it.
  returned: success
  type: str
  sample: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
config_dir:
  description: The directory of the files. It is V(none) in check mode if O(config_dir) is not set and the user
    O(user) does not exist.
  returned: success
  type: str
  sample: /home/alice/.local/state/syncthing
diff:
  description: What changed, or in check mode would change. Instead of the certificate, it contains its fingerprint.
  returned: success and in diff mode
  type: dict
  contains:
    before:
      description: The files before the run.
      type: dict
    after:
      description: The files after the run.
      type: dict
  sample:
    before: {}
    after:
      certificate: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
      private_key: (set)
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

from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.syncthing.plugins.module_utils._host import accounts
from ansible_collections.community.syncthing.plugins.module_utils._module import HostModule
from ansible_collections.community.syncthing.plugins.module_utils._setup import gui_certificate


def work(module, installation):
    account, _program, config_dir = installation
    pair = gui_certificate.given(module.params["certificate"], module.params["private_key"], module.hide)
    if pair is None:
        raise InvalidInput("certificate and private_key are empty: set both.")
    before = {}
    changed = True
    if account and config_dir:
        accounts.check_owner(config_dir, account)
        before = gui_certificate.shown(config_dir, account)
        changed = not gui_certificate.is_there(config_dir, account, pair)
        if changed and not module.check_mode:
            gui_certificate.install(config_dir, account, pair)
    key = "(set to another value)" if changed and "private_key" in before else "(set)"
    after = {"certificate": gui_certificate.fingerprint(pair.certificate), "private_key": key}
    return {
        "changed": changed,
        "fingerprint": after["certificate"],
        "config_dir": config_dir,
        "diff": {"before": before, "after": after if changed else before},
    }


def main():
    HostModule({
        "certificate": {"type": "str", "required": True},
        "private_key": {"type": "str", "required": True, "no_log": True},
    }).run(work)  # fmt: skip


if __name__ == "__main__":
    main()
