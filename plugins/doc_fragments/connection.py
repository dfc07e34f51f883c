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
      - The address of the daemon's GUI, which is also the address of its REST API.
      - For example V(http://127.0.0.1:8384), V(https://host.example:8384), or V(unix:///run/syncthing/gui.sock) for a
        UNIX socket.
      - If neither this option nor the environment variable E(SYNCTHING_API_URL) is set, the module reads the address
        from the daemon's C(config.xml) on the host that the module runs on.
      - For a host other than the one that the module runs on, O(api_key) or O(config_dir) is also required, because
        the module does not send a key that it finds on its own host to other hosts.
    type: str
  api_key:
    description:
      - The key for the daemon's REST API.
      - If neither this option nor the environment variable E(SYNCTHING_API_KEY) is set, the module reads the key from
        the daemon's C(config.xml) on the host that the module runs on.
    type: str
  auth_method:
    description:
      - The header in which the key is sent.
      - V(api_key) sends it as C(X-API-Key), which every version of Syncthing accepts.
      - V(bearer) sends it as a bearer token in C(Authorization), for proxies that forward only this header. It
        requires Syncthing 1.23.7 or later.
    type: str
    choices:
      - api_key
      - bearer
    default: api_key
  config_dir:
    description:
      - The directory of the daemon's C(config.xml), on the host that the module runs on.
      - The module reads the address, the TLS setting and the key from this file, unless O(api_url) and O(api_key) are
        set. It then accepts only the certificate in C(https-cert.pem) in the same directory, unless O(ca_path) is
        set.
      - If neither this option nor O(user) is set, the module searches all directories in which a daemon of the
        current user can have its configuration.
      - If not set, the module uses the environment variable E(SYNCTHING_CONFIG_DIR).
    type: path
  user:
    description:
      - Name of the user that the daemon runs as, on the managed host. The module then searches for C(config.xml) in
        the home directory of this user.
      - Reading this file requires the permissions of this user or of root.
    type: str
  volumes:
    description:
      - The volumes of the container that the daemon runs in, if the module runs on the host of the container. Each
        entry is V(HOST:CONTAINER), as in the options of Podman and Docker and in compose files. Both are absolute
        paths. What follows a second colon, as in V(/srv/documents:/data:Z), is ignored.
      - The daemon reports paths in its container, such as C(/data/letters). With this option, the module finds the
        files on its own host. If an entry is in another one, the longest path applies.
      - The paths of folders that the module configures are always paths in the container. O(config_dir) and O(ca_path)
        are always paths on the host that the module runs on.
    type: list
    elements: str
  validate_certs:
    description:
      - Whether to verify the certificate of a daemon that uses HTTPS.
      - A daemon creates a self-signed certificate. The module accepts it if it is the one in C(https-cert.pem) in the
        directory of the daemon's C(config.xml), so V(false) is not needed on the daemon's own host.
      - With V(false), whoever responds receives the API key. Use this only as a last resort.
    type: bool
    default: true
  ca_path:
    description:
      - A file with the certificates of trusted certificate authorities in PEM format, or a directory that was
        prepared with C(openssl rehash). The name in the daemon's certificate must then match the host in O(api_url).
      - Or a file with the certificate of one daemon, which is its C(https-cert.pem). The module then accepts exactly
        this certificate, regardless of the name in it.
      - If not set, the module uses the environment variable E(SYNCTHING_CA_PATH).
    type: path
  timeout:
    description:
      - The time limit for one request, in seconds. The maximum is 86400, which is one day.
    type: float
    default: 30
  retries:
    description:
      - How often to repeat a request if the connection or a gateway fails.
      - The delay between attempts increases from 0.1 to 5 seconds. The module never repeats a write request that
        might have reached the daemon. Instead, it reads the configuration again.
    type: int
    default: 5
requirements:
  - Python >= 3.8 on the host that the module runs on
  - requests >= 2.25.1
notes:
  - A module that runs on the daemon's own host does not need connection options. It reads the address and the key on
    this host, so the key is never copied to the control node or sent between hosts.
  - The module does not use proxies and C(.netrc) files, because they could read or replace the key.
seealso:
  - name: Connect to a daemon
    description: How the modules find C(config.xml) and verify certificates, and how to connect to a UNIX socket.
    link: https://github.com/ansible-collections/community.syncthing/blob/main/docs/docsite/rst/connection.rst
  - name: Syncthing's REST API
    description: Syncthing's documentation of the REST API.
    link: https://docs.syncthing.net/dev/rest.html
"""
