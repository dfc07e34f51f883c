# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the module, and have the plugins that the role uses loaded before Ansible forks.

Ansible runs each task of each host in a process of its own, forked from the one that imports this. What that one has
not loaded, each of them compiles again, which costs more than all the rest of a task that is skipped.
"""

from __future__ import annotations

from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.plugins.loader import filter_loader, lookup_loader, test_loader

from ..plugin_utils._variables import defaults

# With one filter or test, all of its collection and of Ansible's own are loaded.
filter_loader.get("community.syncthing.fleet")
test_loader.get("ansible.builtin.changed")
for lookup in ("template", "varnames", "vars"):
    lookup_loader.get("ansible.builtin." + lookup, class_only=True)
defaults()  # which reads files


class ActionModule(NormalAction):
    """The usual one."""
