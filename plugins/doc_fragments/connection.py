# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """How a module finds a daemon's API and proves that it may use it."""

    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - Address of the daemon's GUI, which is also that of its REST API.
      - Write it like V(http://127.0.0.1:8384), V(https://host.example:8384), or V(unix:///run/syncthing/gui.sock) for
        a UNIX socket.
      - If it is not set, the address is read from the daemon's C(config.xml) on the host that the module runs on.
      - For any other host than the one that the module runs on, O(api_key) or O(config_dir) is needed too, since a
        key that was found on this host is not sent to another one.
      - If it is not set, the environment variable E(SYNCTHING_API_URL) is used.
    type: str
  api_key:
    description:
      - Key for the daemon's REST API.
      - If it is not set, the key is read from the daemon's C(config.xml) on the host that the module runs on.
      - If it is not set, the environment variable E(SYNCTHING_API_KEY) is used.
    type: str
  auth_method:
    description:
      - The header in which the key is sent.
      - V(api_key) sends it as C(X-API-Key), which every version of Syncthing accepts.
      - V(bearer) sends it as bearer token in C(Authorization), for proxies that let only this one through. It needs
        Syncthing 1.23.7 or later.
    type: str
    choices:
      - api_key
      - bearer
    default: api_key
  config_dir:
    description:
      - The directory with the daemon's C(config.xml), on the host that the module runs on.
      - Address, TLS setting and key that are not given by O(api_url) and O(api_key) are read there. The file
        C(https-cert.pem) beside it is the only certificate that is then accepted, unless O(ca_path) is set.
      - If neither this option nor O(user) is set, all places are searched in which a daemon of the current user can
        have its configuration.
      - If it is not set, the environment variable E(SYNCTHING_CONFIG_DIR) is used.
    type: path
  user:
    description:
      - Name of the user on the managed host that the daemon runs as. The daemon's C(config.xml) is then searched in
        that user's home directory.
      - Reading it takes the rights of that user or of root.
    type: str
  validate_certs:
    description:
      - Whether the certificate of a daemon that is reached by HTTPS is checked.
      - A daemon makes a self-signed certificate for itself. It is accepted if it is the one in C(https-cert.pem)
        beside the daemon's C(config.xml), so V(false) is not needed on the daemon's own host.
      - With V(false), whoever answers gets the API key. It is the last resort.
    type: bool
    default: true
  ca_path:
    description:
      - A file with the certificates of the authorities that may have signed the daemon's certificate, in PEM format,
        or a directory prepared by C(openssl rehash).
      - The name in the certificate must then be the one in O(api_url).
    type: path
  timeout:
    description:
      - How long one request may take, in seconds, at most 86400, which is a day.
    type: float
    default: 30
  retries:
    description:
      - How often a request is repeated that found no connection or a gateway's error.
      - Pauses grow from a tenth of a second to five seconds. A write that may have reached the daemon is never sent
        twice blindly; the configuration is read again instead.
    type: int
    default: 5
requirements:
  - Python >= 3.8 on the host that the module runs on
  - requests >= 2.25.1
notes:
  - A module that runs on the daemon's own host needs no connection options. Address and key are read there, so the
    key is never on the controller and never travels between hosts.
  - Proxies and C(.netrc) files that the environment names are not used, since both would see or replace the key.
seealso:
  - name: How this collection finds a daemon
    description: Where C(config.xml) is searched, how certificates are checked, and how to reach a daemon on a UNIX
      socket.
    link: https://github.com/ansible-collections/community.syncthing/blob/main/docs/docsite/rst/connection.rst
  - name: Syncthing's REST API
    description: Syncthing's own description of the interface that is used.
    link: https://docs.syncthing.net/dev/rest.html
"""
