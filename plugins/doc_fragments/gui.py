# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The settings of a daemon's GUI. An option's name is Syncthing's own in snake_case."""

    DOCUMENTATION = r"""
options:
  gui:
    description:
      - Settings of the daemon's GUI. They also apply to its REST API.
      - Keys that are not set are left unchanged.
      - If the address, the TLS setting or the API key changes, the module continues with the new value.
    type: dict
    suboptions:
      enabled:
        description:
          - Whether to enable the GUI. V(false) is rejected, because it also disables the REST API, so that the module
            could not undo this.
          - The default in Syncthing is V(true).
        type: bool
      address:
        description:
          - >-
            The address that the GUI listens on: host and port, such as V(127.0.0.1:8384), or the absolute path of a
            UNIX socket.
          - The default in Syncthing is V(127.0.0.1:8384).
        type: str
      unix_socket_permissions:
        description:
          - The permissions of the UNIX socket as an octal mode in quotes, such as V("0660"). Without quotes, YAML
            reads a different number.
          - If empty, the daemon's umask applies.
        type: str
      user:
        description:
          - The user name for the login, without a colon. A login is required if both O(gui.user) and O(gui.password)
            are set, or with LDAP.
          - An empty string disables the login.
        type: str
      password:
        description:
          - The password for the login, or its bcrypt hash. The maximum length is 72 bytes. Encrypt it with Ansible
            Vault.
          - The module tests the password on the daemon, which requires one additional request, and writes it only if
            the daemon does not accept it.
          - A hash requires Syncthing 1.25.0 or later, because earlier versions would use the hash itself as the
            password.
        type: str
      auth_mode:
        description:
          - How the password is verified.
          - With V(static), the daemon verifies it. With V(ldap), the server in O(ldap) verifies it.
          - The default in Syncthing is V(static).
        type: str
        choices:
          - static
          - ldap
      metrics_without_auth:
        description:
          - Whether C(/metrics) can be read without a login.
          - The default in Syncthing is V(false).
          - Requires Syncthing 1.29.6 or later.
        type: bool
      use_tls:
        description:
          - Whether HTTP requests are redirected to HTTPS. The daemon always accepts HTTPS.
          - The default in Syncthing is V(false).
        type: bool
      api_key:
        description:
          - The key for the REST API. Encrypt it with Ansible Vault.
          - The daemon creates a random key, so you rarely need to set it.
        type: str
      insecure_admin_access:
        description:
          - Whether to disable the warning that other hosts can access the GUI without a password.
          - The default in Syncthing is V(false).
        type: bool
      theme:
        description:
          - The theme of the GUI, such as V(dark), V(light) or V(black).
          - The default in Syncthing is V(default).
        type: str
      insecure_skip_hostcheck:
        description:
          - Whether a GUI that listens on localhost accepts requests for any host name, for example through a proxy.
          - The default in Syncthing is V(false).
        type: bool
      insecure_allow_frame_loading:
        description:
          - Whether other sites can show the GUI in a frame.
          - The default in Syncthing is V(false).
        type: bool
      send_basic_auth_prompt:
        description:
          - Whether a request without a login is answered with a basic authentication prompt, as browsers and command
            line tools expect.
          - The default in Syncthing is V(false).
          - Requires Syncthing 1.26.0 or later.
        type: bool
      session_cookie_duration_s:
        description:
          - How long a remembered login is valid, in seconds. A negative number means forever.
          - The default in Syncthing is V(604800), which is a week.
          - Requires Syncthing 2.1.0 or later.
        type: int
      session_cookie_path:
        description:
          - The URL path that the session cookie is valid for.
          - The default in Syncthing is V(/).
          - Requires Syncthing 2.1.0 or later.
        type: str
      debugging:
        description:
          - Whether to enable the debugging endpoints of the REST API.
          - The default in Syncthing is V(false).
          - Removed in Syncthing 2.0.0.
        type: bool
      extra:
        description:
          - Additional settings of the GUI that this collection does not support yet. Use the names of Syncthing's
            REST API, which are in camelCase. The module sends them unchanged.
          - Settings that have their own option cannot be set here.
        type: dict
"""
