# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""Stands in for get-pip.py, which `ansible-test` would download from a server of its own.

The pip that comes with Python installs the version that is asked for, from whatever index this machine uses.
"""

from __future__ import annotations

import ensurepip
import os
import subprocess
import sys
from pathlib import Path

# as get-pip.py names them; pip itself never installs these unasked
NOT_FOR_PIP = {"--no-setuptools", "--no-wheel"}

wheel = next(Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl"), None)
if wheel is None:
    sys.exit(f"{sys.executable} comes without pip; on Debian and its kin install python3-venv")
arguments = [argument for argument in sys.argv[1:] if argument not in NOT_FOR_PIP]
# ansible-test runs this from standard input through GET_PIP; the child has no use for its copy
environment = {name: value for name, value in os.environ.items() if name != "GET_PIP"}
command = [sys.executable, "-m", "pip", "install", *arguments]
sys.exit(subprocess.call(command, env={**environment, "PYTHONPATH": str(wheel)}))
