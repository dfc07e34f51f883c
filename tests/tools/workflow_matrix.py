# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""Print what the workflow of .github/workflows runs, as `name=JSON` lines for GITHUB_OUTPUT.

The sessions are those of noxfile.py, their Pythons those of tests/matrix.toml, and Molecule's platforms those of
extensions/molecule/platforms.yml, so that no list is written twice.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from nox.project import load_toml

ROOT = Path(__file__).parents[2]


def by_version(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def pythons(session: str, matrix: dict[str, Any]) -> list[str]:
    """The Pythons that a session needs; the newest comes last, which is where setup-python expects the default."""
    cores = {**matrix["core"], **matrix["preview"]}
    latest = list(matrix["core"].values())[-1]
    # nox decides by the newest core that can run which tests an older one leaves out
    needed = {matrix["tools"]["python"][0], latest["python"][0]}
    name, _separator, version = session.rstrip(")").partition("(")
    if name == "managed":
        needed |= {version, cores[matrix["managed"][version]["core"]]["python"][0]}
    elif version:
        needed.add(cores[version]["python"][0])
    if name == "sanity":
        needed |= {*matrix["managed"], *(entry["python"][0] for entry in cores.values())}
    return sorted(needed, key=by_version)


def plan() -> dict[str, list[Any]]:
    matrix = load_toml(ROOT / "tests/matrix.toml")
    command = [sys.executable, "-m", "nox", "--noxfile", str(ROOT / "noxfile.py"), "--list", "--json"]
    sessions = [entry["session"] for entry in json.loads(subprocess.check_output(command))]
    platforms = yaml.safe_load((ROOT / "extensions/molecule/platforms.yml").read_text())["platforms"]
    return {
        "sessions": [
            {"session": session, "pythons": "\n".join(pythons(session, matrix))}
            for session in sessions
            if session != "molecule"
        ],
        "platforms": list(platforms),
    }


if __name__ == "__main__":
    for key, value in plan().items():
        print(f"{key}={json.dumps(value)}")
