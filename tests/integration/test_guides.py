# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""What stands in the guides and in READMEs as YAML can be used: Ansible takes it, and the role knows the variables.

Examples of modules and filters run for real in test_examples.py.
"""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.community.syncthing.plugins.filter.fleet import fleet_peers

from harness.collection import CHECKOUT, child_environment

pytestmark = pytest.mark.any_core

PAGES = [*CHECKOUT.glob("docs/docsite/rst/*.rst"), CHECKOUT / "README.md", *CHECKOUT.glob("roles/*/README.md")]
IN_RST = re.compile(r"^\.\. code-block:: yaml(?:\+jinja)?\n\n((?:   .*\n|\n)+)", re.MULTILINE)
IN_MARKDOWN = re.compile(r"^```yaml\n(.+?)^```$", re.MULTILINE | re.DOTALL)
SPEC = CHECKOUT / "roles/syncthing/meta/argument_specs.yml"


def blocks() -> list[Any]:
    found = []
    for page in sorted(PAGES):
        pattern = IN_RST if page.suffix == ".rst" else IN_MARKDOWN
        for number, match in enumerate(pattern.finditer(page.read_text()), 1):
            where = f"{page.relative_to(CHECKOUT)} {number}"
            found.append(pytest.param(yaml.safe_load(textwrap.dedent(match[1])), id=where))
    return found


BLOCKS = blocks()
LISTS = [block for block in BLOCKS if isinstance(block.values[0], list)]
RULEBOOKS = [block for block in LISTS if "rules" in block.values[0][0]]
TASKS = [block for block in LISTS if block not in RULEBOOKS]
VARIABLES = [block for block in BLOCKS if isinstance(block.values[0], dict)]


def test_there_are_some() -> None:
    assert len(TASKS) > 10 and len(VARIABLES) > 5 and RULEBOOKS
    assert len(LISTS) + len(VARIABLES) == len(BLOCKS)


def test_tasks_and_plays(tmp_path: Path) -> None:
    """All of them in one run: to start ansible-playbook is what takes the time."""
    plays: list[Any] = []
    for block in TASKS:
        # modules of AWX's own collection can't be had without Galaxy
        content = [part for part in block.values[0] if not any(key.startswith("awx.awx.") for key in part)]
        if not content:
            continue
        plays += content if "hosts" in content[0] else [{"name": block.id, "hosts": "all", "tasks": content}]
    playbook = tmp_path / "guides.yml"
    playbook.write_text(yaml.safe_dump(plays, sort_keys=False))
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "one,", "--syntax-check", str(playbook)]
    done = subprocess.run(command, env=child_environment(), capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("content", VARIABLES)
def test_variables(content: dict[str, Any]) -> None:
    variables = {name for name in content if name.startswith("syncthing_")}
    known = set(yaml.safe_load(SPEC.read_text())["argument_specs"]["main"]["options"])
    assert variables <= known, f"the role has no {variables - known}"
    # a part that is a template can't be checked
    fleet = {key: value for key, value in content.get("syncthing_fleet", {}).items() if "{{" not in value}
    if fleet:
        names = {name if isinstance(name, str) else name["name"] for f in fleet["folders"] for name in f["members"]}
        names |= {*fleet.get("hubs", [])}
        names |= {name for key in ("discovery", "relays") for name in fleet.get(key, []) if "://" not in name}
        hosts = sorted(names - {"syncthing"} - {device["name"] for device in fleet.get("outside_devices", [])})
        fleet_peers(fleet, hosts, groups={"all": hosts, "syncthing": hosts})
