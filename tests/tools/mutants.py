# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""Break the pure parts of the collection in a thousand small ways, and show what no unit test notices.

    mutants.py TREE          TREE holds `ansible_collections`

What only changes the words of a sentence is counted and not shown.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

COLLECTION = "ansible_collections/community/syncthing"
UNITS = f"{COLLECTION}/tests/unit/plugins"
FILES = ("module_utils/_device_id", "module_utils/_reconcile", "plugin_utils/_fleet")
# What runs when a module is imported is in vain changed later, so that each mutant needs a process of its own.
TABLES = ("module_utils/_schema",)
TESTS = (
    *(f"module_utils/test_{part}.py" for part in ("apply", "desired", "device_id", "reconcile", "render", "schema")),
    "plugin_utils/test_fleet.py",
    "filter",
    *(f"modules/test_syncthing_{part}.py" for part in ("config", "device", "folder", "pending")),
)
# The test that is left out wants ansible-test, without which a module's warnings go to a controller's display.
SETTINGS = """
[mutmut]
source_paths=ansible_collections
process_isolation={isolation}
forkserver_warmup=none
only_mutate=
{files}
pytest_add_cli_args_test_selection=
{tests}
pytest_add_cli_args=
    --import-mode=importlib
    -p
    no:cacheprovider
    --deselect={tests_root}/modules/test_syncthing_device.py::test_unknown_fields
"""
SENTENCE = re.compile(r'"[^"]*\s[^"]*"')
CAUGHT = (1, 3)  # what pytest exits with


def run(isolation: str, files: tuple[str, ...]) -> None:
    def lines(root: str, names: tuple[str, ...], end: str = "") -> str:
        return "\n".join(f"    {root}/{name}{end}" for name in names)

    text = SETTINGS.format(
        isolation=isolation,
        tests_root=UNITS,
        files=lines(f"{COLLECTION}/plugins", files, ".py"),
        tests=lines(UNITS, TESTS),
    )
    Path("setup.cfg").write_text(text)
    subprocess.run([Path(sys.executable).with_name("mutmut"), "run", "--max-children", "1"], check=True)


def survivors(file: str) -> Iterator[tuple[str, list[str]]]:
    """The name of each mutant that no test noticed, and the lines that it changes."""
    from mutmut.__main__ import get_diff_for_mutant  # reads the settings when it is imported
    from mutmut.configuration import reset_config

    reset_config()
    found = json.loads(Path(f"mutants/{COLLECTION}/plugins/{file}.py.meta").read_text())["exit_code_by_key"]
    for name, code in found.items():
        if code not in CAUGHT:
            diff = get_diff_for_mutant(name).splitlines()
            yield name, [line for line in diff if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def only_words(lines: list[str]) -> bool:
    sides = ("".join(SENTENCE.sub('""', line[1:]) for line in lines if line[0] == side) for side in "+-")
    return len(set(sides)) == 1


def main() -> None:
    os.chdir(sys.argv[1])
    words = 0
    for isolation, files in (("forkserver", TABLES), ("fork", FILES)):
        run(isolation, files)
        for name, lines in (found for file in files for found in survivors(file)):
            if only_words(lines):
                words += 1
            else:
                print(name.rpartition(".")[2], *lines, sep="\n")
    print(f"{words} more change only the words of a sentence")


if __name__ == "__main__":
    main()
