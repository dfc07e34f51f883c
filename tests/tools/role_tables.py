# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""The tables of variables in the role's README, from its defaults and its specification."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROLE = Path(__file__).parents[2] / "roles/syncthing"


def tables() -> str:
    """A table for each group of variables; a comment in the defaults is its heading, and what follows its text."""
    spec = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    groups = re.findall(r"(?m)^# (.+)\n((?:# .+\n)*)((?:[^#\n].*\n)+)", (ROLE / "defaults/main.yml").read_text())
    return "\n".join(
        f"### {heading}\n\n{text.replace('# ', '')}{chr(10) if text else ''}{variables(yaml.safe_load(defaults), spec)}"
        for heading, text, defaults in groups
    )


def variables(defaults: dict[str, Any], spec: dict[str, Any]) -> str:
    rows = ["| Variable | Default | Description |", "|---|---|---|"]
    for name, default in defaults.items():
        shown = "" if default == "" else f"`{str(default).lower() if isinstance(default, bool) else default}`"
        rows.append(f"| `{name}` | {shown} | {markdown(' '.join(spec[name]['description']))} |")
    return "\n".join(rows) + "\n"


def markdown(text: str) -> str:
    text = re.sub(r"\bO\([\w.]+\.(\w+)#\w+:([^)]+)\)", r"`\2` of `\1`", text)
    text = re.sub(r"\bO\((\w+)=([^)]+)\)", r"`\1: \2`", text)
    return re.sub(r"\b[CMOPV]\(([^)#]+)(?:#\w+)?\)", r"`\1`", text)
