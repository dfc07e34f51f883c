# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""What the controller's main process has after it imported the action plugin, which it does before it forks."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[4]
# as a strategy does
ASK = """
import sys
from ansible.plugins import loader
if hasattr(loader, "init_plugin_loader"):
    loader.init_plugin_loader()
ours = "ansible_collections.community.syncthing.plugins."
before = {name for name in sys.modules if name.startswith(ours)}
loader.action_loader.get("community.syncthing.syncthing_probe", class_only=True)
print(not before, ours + "plugin_utils._fleet" in sys.modules)
"""


def test_the_filters_are_loaded_before_ansible_forks():
    environment = dict(os.environ, ANSIBLE_COLLECTIONS_PATH=str(ROOT.parents[2]))
    done = subprocess.run([sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]
