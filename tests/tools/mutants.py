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
FILES = (
    "module_utils/_schema/device_ids",
    "module_utils/_config/plan",
    "module_utils/_config/resolve",
    "module_utils/_config/overlay",
    "module_utils/_config/rules",
    "module_utils/_schema/tables",
    "plugin_utils/_fleet",
    "plugin_utils/_fleet_folders",
    "plugin_utils/_fleet_participants",
)
TESTS = (
    *(f"module_utils/test_{part}.py" for part in ("desired", "device_ids", "plan", "reconcile", "render", "tables")),
    "plugin_utils/test_fleet.py",
    "filter",
    *(f"modules/test_syncthing_{part}.py" for part in ("config", "device", "folder", "pending")),
)
TEST_PATHS = [f"{UNITS}/{test}" for test in TESTS]
# The test that is left out wants ansible-test, without which a module's warnings go to a controller's display.
PYTEST = [
    "--rootdir=.",  # as mutmut has it; the names of tests begin there
    "--import-mode=importlib",
    "-pno:cacheprovider",
    f"--deselect={UNITS}/modules/test_syncthing_device.py::test_unknown_fields",
]
SETTINGS = {
    "source_paths": ["ansible_collections"],
    "only_mutate": [f"{COLLECTION}/plugins/{file}.py" for file in FILES],
    "pytest_add_cli_args_test_selection": TEST_PATHS,
    "pytest_add_cli_args": PYTEST,
}
UNNOTICED = (None, 0, 5, 33)  # not run, passed, and no test that comes by
SENTENCE = re.compile(r'"[^"]*\s[^"]*"')


def tool(name: str) -> Path:
    return Path(sys.executable).with_name(name)


def break_everything() -> None:
    settings = "".join(f"{name}=\n" + "".join(f"    {value}\n" for value in SETTINGS[name]) for name in SETTINGS)
    Path("setup.cfg").write_text(f"[mutmut]\n{settings}")
    subprocess.run([tool("mutmut"), "run", "--max-children", "1"], check=True)


def survivors() -> Iterator[tuple[str, list[str]]]:
    """The name of each mutant that no test noticed, and the lines that it changes."""
    from mutmut.__main__ import get_diff_for_mutant  # reads the settings when it is imported

    for file in FILES:
        found = json.loads(Path(f"mutants/{COLLECTION}/plugins/{file}.py.meta").read_text())["exit_code_by_key"]
        for name, code in found.items():
            if code in UNNOTICED:
                diff = get_diff_for_mutant(name).splitlines()
                yield name, [line for line in diff if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def only_words(lines: list[str]) -> bool:
    sides = ("".join(SENTENCE.sub('""', line[1:]) for line in lines if line[0] == side) for side in "+-")
    return len(set(sides)) == 1


def noticed(mutant: str) -> bool:
    """Once more in a process of its own: what runs when a module is imported, mutmut changes too late."""
    variables = {**os.environ, "MUTANT_UNDER_TEST": mutant, "PYTHONPATH": str(Path.cwd() / "mutants")}
    command = [tool("pytest"), "-xq", *PYTEST, *TEST_PATHS]
    return bool(subprocess.run(command, cwd="mutants", env=variables, capture_output=True, check=False).returncode)


def main() -> None:
    os.chdir(sys.argv[1])
    break_everything()
    assert not noticed(""), "the tests fail without any mutant"
    words = 0
    for name, lines in survivors():
        if only_words(lines):
            words += 1
        elif not noticed(name):
            print(name.rpartition(".")[2], *lines, sep="\n")
    print(f"{words} more change only the words of a sentence")


if __name__ == "__main__":
    main()
