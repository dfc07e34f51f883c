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
      - Settings of the daemon's GUI, which is at the same time its REST API.
      - A key that is not set stays as it is.
      - When the address, the TLS setting or the API key changes, the module itself goes on with the new one.
    type: dict
    suboptions:
      enabled:
        description:
          - Whether there is a GUI. V(false) is refused, since without it there is no REST API either, and so no way
            back.
          - Syncthing's own default is V(true).
        type: bool
      address:
        description:
          - Where the GUI listens, as host and port such as V(127.0.0.1:8384), or the absolute path of a UNIX socket.
          - Syncthing's own default is V(127.0.0.1:8384).
        type: str
      unix_socket_permissions:
        description:
          - Permissions of the UNIX socket as an octal mode in quotes, such as V("0660"). Without quotes, YAML would
            make another number of it.
          - If it is empty, the daemon's umask applies.
        type: str
      user:
        description:
          - Name to log in with, without a colon. There is a login if both O(gui.user) and O(gui.password) are set, or
            with LDAP.
          - An empty text turns the login off.
        type: str
      password:
        description:
          - Password to log in with, at most 72 bytes, or its bcrypt hash. Keep it in a vault.
          - A password is tried on the daemon, which costs one more request, and is written only if the daemon does
            not accept it.
          - A hash needs Syncthing 1.25.0 or later, since earlier ones would take it for the password itself.
        type: str
      auth_mode:
        description:
          - Who checks the password.
          - With V(static), it is the daemon itself, and with V(ldap) the server that O(ldap) describes.
          - Syncthing's own default is V(static).
        type: str
        choices:
          - static
          - ldap
      metrics_without_auth:
        description:
          - Whether C(/metrics) can be read without login.
          - Needs Syncthing 1.29.6 or later, whose own default is V(false).
        type: bool
      use_tls:
        description:
          - Whether HTTP requests are sent on to HTTPS. The daemon understands HTTPS in any case.
          - Syncthing's own default is V(false).
        type: bool
      api_key:
        description:
          - The key for the REST API. Keep it in a vault.
          - The daemon makes a random one for itself, so there is seldom a reason to set it.
        type: str
      insecure_admin_access:
        description:
          - Whether the GUI does not warn of being open to other hosts without a password.
          - Syncthing's own default is V(false).
        type: bool
      theme:
        description:
          - Name of the GUI's theme, such as V(dark), V(light) or V(black).
          - Syncthing's own default is V(default).
        type: str
      insecure_skip_hostcheck:
        description:
          - Whether a GUI that listens on localhost answers requests for any host name, as they come through a proxy.
          - Syncthing's own default is V(false).
        type: bool
      insecure_allow_frame_loading:
        description:
          - Whether other sites may show the GUI in a frame.
          - Syncthing's own default is V(false).
        type: bool
      send_basic_auth_prompt:
        description:
          - Whether a request without login is answered by a request for a password, as browsers and command line
            tools expect it.
          - Needs Syncthing 1.26.0 or later, whose own default is V(false).
        type: bool
      session_cookie_duration_s:
        description:
          - For how many seconds a login that should be remembered is valid. A negative number is for ever.
          - Needs Syncthing 2.1.0 or later, whose own default is V(604800), which is a week.
        type: int
      session_cookie_path:
        description:
          - The path in the GUI's URL that the login's cookie is for.
          - Needs Syncthing 2.1.0 or later, whose own default is V(/).
        type: str
      debugging:
        description:
          - Whether there is a part of the REST API for finding errors in Syncthing.
          - Syncthing's own default is V(false). Syncthing 2.0.0 removed it.
        type: bool
      extra:
        description:
          - Further settings of the GUI that this collection does not know yet, by the names that Syncthing's REST API
            has for them, which are in camelCase. They are passed on as they are.
          - What has an option of its own can't be set here.
        type: dict
"""
