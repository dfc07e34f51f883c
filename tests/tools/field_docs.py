# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""What is said of a configuration's fields beside their descriptions: return values, options elsewhere, versions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.community.syncthing.plugins.module_utils._config import desired, render
from ansible_collections.community.syncthing.plugins.module_utils._schema import tables
from ansible_collections.community.syncthing.plugins.module_utils._schema.field import Field, Table, argument_spec

Json = dict[str, Any]

FIXTURES = Path(__file__).parents[2] / "tests/unit/fixtures"
# Fields by the name of their documentation fragment.
TABLES = {"device": tables.DEVICE, "folder": tables.FOLDER, **desired.SECTIONS}
EXTRA = {
    "description": [
        "Settings that this collection does not support yet, with their names in Syncthing's REST API.",
        "Not returned if there are none.",
    ],
    "type": "dict",
}
# Of each kind, all options, and those that have another meaning in a fleet or none.
IN_FLEET = {
    "device": (desired.device_argument_spec(), {"device_id", "name", "addresses", "state"}),
    "folder": (desired.folder_argument_spec(), {"id", "path", "devices", "append_devices", "state"}),
}
LAPTOP = "P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2"
SAMPLES = {
    "device": (render.DEVICE, {"deviceID": LAPTOP, "name": "laptop"}),
    "folder": (
        render.FOLDER,
        {
            "id": "documents",
            "label": "Documents",
            "path": "~/Documents",
            "devices": [{"deviceID": LAPTOP, "introducedBy": ""}],
        },
    ),
}


class Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)  # as everywhere in Ansible


def dumped(data: Json) -> str:
    return yaml.dump(data, Dumper=Dumper, sort_keys=False, width=1000)


def described(spec: Json, place: str, nested: str) -> Json:
    """What is said of options elsewhere than in the fragment that describes them."""
    found: Json = {}
    for name, option in spec.items():
        found[name] = {"description": f"As O({place}{name}).", "type": option["type"]}
        if "elements" in option:
            found[name]["elements"] = option["elements"]
        if "options" in option:
            inner = f"{place}{name}{'[]' if option['type'] == 'list' else ''}."
            found[name][nested] = described(option["options"], inner, nested)
    return found


def returned(kind: str) -> str:
    return dumped(described(argument_spec(TABLES[kind]), "", "contains") | {"extra": EXTRA})


def in_fleet(kind: str) -> str:
    """The options that an object of a fleet has in common with that of a module; the filter describes the others."""
    spec, own = IN_FLEET[kind]
    reference = f"community.syncthing.syncthing_{kind}#module:"
    return dumped(described({name: spec[name] for name in spec if name not in own}, reference, "suboptions"))


def sample(kind: str) -> str:
    """What the newest Syncthing has for a new object."""
    newest = max(FIXTURES.glob("config-*.json"), key=lambda file: [int(part) for part in re.findall(r"\d+", file.name)])
    obj = json.loads(newest.read_text())["config"]["defaults"][kind]
    table, example = SAMPLES[kind]
    return dumped({"sample": render.render(table, {**obj, **example})})


FACTS = re.compile(r"(?m)^ +- (?=\S)(Requires Syncthing [\d.]+ or later\.)? ?(Removed in Syncthing [\d.]+\.)?\n")


def facts(field: Field) -> str:
    since = f"Requires Syncthing {field.since} or later." if field.since else ""
    return " ".join(filter(None, [since, f"Removed in Syncthing {field.until}." if field.until else ""]))


def with_facts(fragment: str, name: str) -> str:
    """A fragment with the table's facts as the last sentences of the descriptions."""
    before, start, rest = FACTS.sub("", fragment).partition('    DOCUMENTATION = r"""\n')
    text, end, after = rest.partition('"""\n')
    lines = text.splitlines(keepends=True)
    options = child(yaml.compose(text), "options")
    if name not in ("device", "folder"):
        options = child(child(options, name), "suboptions")
    for field, description in reversed(list(descriptions(options, TABLES[name]))):
        if facts(field):
            bullet = " " * description.start_mark.column + "- "
            lines.insert(description.end_mark.line, f"{bullet}{facts(field)}\n")
    return "".join([before, start, *lines, end, after])


def child(node: yaml.MappingNode, key: str) -> Any:
    return next((value for name, value in node.value if name.value == key), None)


def descriptions(options: yaml.MappingNode, table: Table) -> Iterator[tuple[Field, yaml.Node]]:
    """The description of each field, in the order of the text."""
    fields = {field.option: field for field in table}
    if missing := fields.keys() - {name.value for name, _option in options.value}:
        raise ValueError(f"{', '.join(sorted(missing))} must be described.")
    for name, option in options.value:
        if field := fields.get(name.value):
            description = child(option, "description")
            if not isinstance(description, yaml.SequenceNode):
                raise ValueError(f"the description of {field.option} must be a list of sentences.")
            yield field, description
            if field.fields:
                yield from descriptions(child(option, "suboptions"), field.fields)
