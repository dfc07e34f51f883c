# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""The roles of servers: their files agree with each other, and with what the fleet knows of them."""

from __future__ import annotations

import pathlib
import re

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.community.syncthing.plugins.filter import fleet_members
from ansible_collections.community.syncthing.plugins.plugin_utils import _servers

ROLES = pathlib.Path(__file__).parents[3] / "roles"
KINDS = sorted(_servers.KINDS.values())


def load(role, path):
    return yaml.safe_load((ROLES / role / path).read_text())


def spec(role):
    return load(role, "meta/argument_specs.yml")["argument_specs"]["main"]["options"]


SERVER = spec("syncthing_server")
VARIABLES = [(kind, name) for kind in KINDS for name in spec("syncthing_" + kind)]


@pytest.mark.parametrize("kind", KINDS)
def test_defaults_are_those_that_are_told(kind):
    told = {name: option["default"] for name, option in spec("syncthing_" + kind).items()}
    defaults = load("syncthing_" + kind, "defaults/main.yml")
    assert told == defaults and list(told) == list(defaults)
    assert [type(value) for value in told.values()] == [type(value) for value in defaults.values()]


def test_defaults_of_what_they_share():
    told = {name: option["default"] for name, option in SERVER.items() if not option.get("required")}
    assert told == load("syncthing_server", "defaults/main.yml")


@pytest.mark.parametrize(("kind", "name"), VARIABLES)
def test_each_variable_is_told(kind, name):
    default = spec("syncthing_" + kind)[name]["default"]
    shown = str(default).lower() if isinstance(default, bool) else str(default)
    rows = re.findall(
        rf"^\| `{name}` \| (.*) \| .+ \|$", (ROLES / f"syncthing_{kind}/README.md").read_text(), re.MULTILINE
    )
    assert rows == [f"`{shown}`" if default != "" else ""]


@pytest.mark.parametrize(("kind", "name"), VARIABLES)
def test_each_variable_is_used_and_an_empty_one_is_the_default(kind, name):
    role = ROLES / f"syncthing_{kind}"
    code = "\n".join(path.read_text() for part in ("tasks", "vars") for path in role.glob(part + "/*.yml"))
    default = spec("syncthing_" + kind)[name]["default"]
    if name.endswith("_address") and name.count("_") == 2:
        assert 'prefix + "address"' in pathlib.Path(fleet_members.__file__).read_text()
    elif default == "":
        assert name in code
    else:
        text = repr(default) if isinstance(default, str) else str(default).lower()
        uses = re.findall(rf"\b{name} \| default\(([^,()]+), true\)", code)
        assert set(uses) == {text}


@pytest.mark.parametrize("kind", KINDS)
def test_all_that_is_shared_is_set(kind):
    (task,) = [one for one in load("syncthing_" + kind, "tasks/main.yml") if "ansible.builtin.import_role" in one]
    needed = set(SERVER) - {
        "syncthing_server_" + name for name in ("arguments", "secrets", "minimum_version", "refusals")
    }
    assert needed <= set(task["vars"]) <= set(SERVER)
    assert task["vars"]["syncthing_server_kind"] == kind


@pytest.mark.parametrize("kind", KINDS)
def test_a_survey_can_leave_everything_empty(kind):
    assert (
        ArgumentSpecValidator(spec("syncthing_" + kind))
        .validate(dict.fromkeys(spec("syncthing_" + kind), ""))
        .error_messages
        == []
    )


@pytest.mark.parametrize("kind", KINDS)
def test_members_know_the_port_and_the_place(kind):
    default = load("syncthing_" + kind, "defaults/main.yml")[f"syncthing_{kind}_port"]
    assert fleet_members._PORTS[kind] == default
    (task,) = [one for one in load("syncthing_" + kind, "tasks/main.yml") if "ansible.builtin.import_role" in one]
    place = load("syncthing", "vars/main.yml")["_syncthing_server_directories"][kind]
    assert place == "/var/lib/syncthing/" + task["vars"]["syncthing_server_name"]


def test_only_the_secrets_are_hidden():
    hidden = []
    for path in sorted(ROLES.glob("syncthing_*/tasks/*.yml")):
        hidden += [task["name"] for task in yaml.safe_load(path.read_text()) if "no_log" in task]
    assert hidden == ["Write the secrets of the server"]
