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
      - The LDAP server that checks logins to the GUI if O(gui.auth_mode=ldap).
      - A key that is not set stays as it is.
    type: dict
    suboptions:
      address:
        description:
          - Host and port of the server, such as V(ldap.example:389).
        type: str
      bind_dn:
        description:
          - The name to log in with on the server. In it, C(%s) stands for the user's name.
        type: str
      transport:
        description:
          - How the connection is protected.
          - With V(plain), it is not, with V(tls) by TLS from the beginning, and with V(starttls) by TLS after a
            request in plain text.
          - Syncthing's own default is V(plain).
        type: str
        choices:
          - plain
          - tls
          - starttls
      insecure_skip_verify:
        description:
          - Whether the server's certificate is not checked.
          - Syncthing's own default is V(false).
        type: bool
      search_base_dn:
        description:
          - Where on the server the user is searched. It is needed together with O(ldap.search_filter).
        type: str
      search_filter:
        description:
          - A filter that only the user's entry passes. In it, C(%s) stands for the user's name.
        type: str
      extra:
        description:
          - Further settings for LDAP that this collection does not know yet, by the names that Syncthing's REST API
            has for them, which are in camelCase. They are passed on as they are.
          - What has an option of its own can't be set here.
        type: dict
"""
