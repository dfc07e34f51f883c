# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """How a daemon asks an LDAP server about logins. An option's name is Syncthing's own in snake_case."""

    DOCUMENTATION = r"""
options:
  ldap:
    description:
      - The LDAP server that verifies logins to the GUI if O(gui.auth_mode=ldap).
      - Keys that are not set are left unchanged.
    type: dict
    suboptions:
      address:
        description:
          - The host and port of the server, such as V(ldap.example:389).
        type: str
      bind_dn:
        description:
          - The name for the login on the server. C(%s) is replaced by the user name.
        type: str
      transport:
        description:
          - How the connection is encrypted.
          - With V(plain), it is not encrypted. With V(tls), it uses TLS. With V(starttls), it starts without
            encryption and then switches to TLS.
          - The default in Syncthing is V(plain).
        type: str
        choices:
          - plain
          - tls
          - starttls
      insecure_skip_verify:
        description:
          - Whether to not verify the certificate of the server.
          - The default in Syncthing is V(false).
        type: bool
      search_base_dn:
        description:
          - The base DN for the search of the user. It is required together with O(ldap.search_filter).
        type: str
      search_filter:
        description:
          - A filter that matches only the entry of the user. C(%s) is replaced by the user name.
        type: str
      extra:
        description:
          - Additional LDAP settings that this collection does not support yet. Use the names of Syncthing's REST API,
            which are in camelCase. The module sends them unchanged.
          - Settings that have their own option cannot be set here.
        type: dict
"""
