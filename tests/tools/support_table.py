# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""The README's table of supported versions, from what the tests run on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]

HERE = "run in CI here"
ELSEWHERE = "run in the contributors' workflow, no result yet"


def listed(versions: Iterable[str]) -> str:
    return ", ".join(sorted(versions, key=lambda version: [int(part) for part in version.split(".")]))


def table() -> str:
    import tomllib  # not in Python 3.10, whose integration tests import this file

    matrix = tomllib.loads((ROOT / "tests/matrix.toml").read_text())
    syncthing = json.loads((ROOT / "tests/harness/binaries.json").read_text())
    platforms = yaml.safe_load((ROOT / "extensions/molecule/platforms.yml").read_text())["platforms"].values()
    cores = matrix["core"]
    controllers = {entry["python"][0] for entry in cores.values()}
    rows = [
        ("", "Supported", "Tested"),
        ("---", "---", "---"),
        ("Syncthing", "1.12 to 2.x", listed([*syncthing["debian"].values(), *syncthing["upstream"]])),
        ("ansible-core", f"{next(iter(cores))} and later", listed(e["version"] for e in cores.values())),
        ("Python on the controller", "what ansible-core supports", listed(controllers)),
        ("Python on managed hosts", "3.8 and later", listed({*matrix["managed"], *controllers})),
    ]
    # what has no suite needs a registry of images, which is not reached here
    hosts = [("Hosts of the role", "Molecule's scenarios"), ("---", "---")]
    hosts += [(one["name"], HERE if "suite" in one else ELSEWHERE) for one in platforms]
    return "\n".join("".join(f"| {' | '.join(row)} |\n" for row in part) for part in (rows, hosts))
