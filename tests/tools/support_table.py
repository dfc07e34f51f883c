# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""Write the README's table of supported versions from what the tests run on; with --check, fail if it is another."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
MARKED = re.compile(r"(?<=<!-- table: tests/tools/support_table.py -->\n).*?(?=<!-- end -->)", re.DOTALL)

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


def main() -> int:
    readme = ROOT / "README.md"
    old = readme.read_text()
    new = MARKED.sub(table(), old)
    if new == old:
        return 0
    if "--check" in sys.argv:
        print(f"{readme.name}: the table of versions is not that of the tests. Run `make format`.")
        return 1
    readme.write_text(new)
    return 0


if __name__ == "__main__":
    sys.exit(main())
