#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

# Make an environment with the given requirements, by any Python that can. $PYTHON has the first word.
set -euo pipefail
venv=$1
requirements=$2

usable='import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 10))'
for python in ${PYTHON:+"$PYTHON"} python3 python3.{10..19} "${PYENV_ROOT:-$HOME/.pyenv}"/versions/*/bin/python3; do
    if "$python" -c "$usable" 2> /dev/null; then
        "$python" -m venv --clear "$venv"
        exec "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
    fi
done
echo "No Python 3.10 or later that can make a virtual environment was found on PATH or in pyenv." >&2
echo "On Debian and Ubuntu: apt install python3-venv. Another Python: make PYTHON=/path/to/python3 ..." >&2
exit 1
