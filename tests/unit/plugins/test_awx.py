# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""What lies in extensions/awx is what AWX takes, and fits the role, the playbooks and the modules."""

from __future__ import annotations

import json
import pathlib
import re

import pytest
import yaml
from ansible_collections.community.syncthing.plugins.module_utils import _module
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

ROOT = pathlib.Path(__file__).parents[3]
AWX = ROOT / "extensions/awx"
PROJECT = AWX / "project"
OPTIONS = yaml.safe_load((ROOT / "roles/syncthing/meta/argument_specs.yml").read_text(encoding="utf-8"))[
    "argument_specs"
]["main"]["options"]
# The type of a question, and what the role must take the answers for; raw stands for what may be empty, too.
TYPES = {
    "text": {"str"},
    "textarea": {"str"},
    "password": {"str"},
    "integer": {"int"},
    "float": {"float"},
    "multiplechoice": {"str"},
    "multiselect": {"list"},
}
# As AWX has it: the playbooks of a project are the files with a line like this.
PLAYBOOK = re.compile(r"^\s*-?\s*(hosts|(ansible\.builtin\.)?import_playbook):", re.MULTILINE)


def names(folder):
    return sorted(path.stem for path in (AWX / folder).iterdir())


def load(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def own_variables(playbook):
    """Those that a playbook has beside the role's; it tells them at its top."""
    text = (ROOT / "playbooks" / (playbook + ".yml")).read_text(encoding="utf-8")
    return set(re.findall(r"\bsyncthing_\w+", "".join(re.findall(r"^#.*\n", text, re.MULTILINE))))


@pytest.mark.parametrize("name", names("credential_types"))
def test_credential_type(name):
    found = load(AWX / "credential_types" / (name + ".yml"))
    assert set(found) == {"name", "description", "kind", "inputs", "injectors"} and found["kind"] == "cloud"
    fields = found["inputs"]["fields"]
    ids = [field["id"] for field in fields]
    assert len(set(ids)) == len(ids) and set(found["inputs"]["required"]) <= set(ids)
    for field in fields:
        assert set(field) <= {"id", "type", "label", "secret", "help_text", "multiline"} and field["type"] == "string"
        assert field.get("secret", False) == bool(re.search("key|password", field["id"]))
    assert set(found["injectors"]) <= {"env", "extra_vars", "file"}
    used = set()
    files = {key.removeprefix("template."): f"file of {key}" for key in found["injectors"].get("file", {})}
    for templates in found["injectors"].values():
        for template in templates.values():
            environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
            values = {**{field: field for field in ids}, "tower": {"filename": files}}
            used.add(environment.from_string(template).render(values))
    assert used == {*ids, *files.values()}
    modules = {option["fallback"][1][0] for option in _module.CONNECTION.values() if "fallback" in option}
    assert set(found["injectors"].get("env", {})) <= modules
    known = set(OPTIONS) | own_variables("backup")
    if name.endswith("_eda"):
        rulebook = (ROOT / "extensions/eda/rulebooks/watch.yml").read_text(encoding="utf-8")
        known = set(re.findall(r"{{ (\w+) }}", rulebook))
    assert set(found["injectors"].get("extra_vars", {})) <= known


@pytest.mark.parametrize("name", names("surveys"))
def test_survey(name):
    found = json.loads((AWX / "surveys" / (name + ".json")).read_text(encoding="utf-8"))
    assert set(found) == {"name", "description", "spec"} and found["spec"]
    variables = [question["variable"] for question in found["spec"]]
    assert len(set(variables)) == len(variables)
    for question in found["spec"]:
        assert set(question) <= {
            *("question_name", "question_description", "variable", "type", "choices", "default", "required"),
            *("min", "max"),
        }
        assert isinstance(question["required"], bool)
        choices = question.get("choices", [])
        assert bool(choices) == (question["type"] in ("multiplechoice", "multiselect"))
        assert question.get("default", "") in ("", *choices) or not choices
        if question["variable"] in own_variables(name):
            assert question["variable"] not in OPTIONS
            continue
        option = OPTIONS[question["variable"]]
        assert option["type"] in TYPES[question["type"]] | {"raw"}
        if "choices" in option:
            assert set(choices) <= set(option["choices"]) and ("" in option["choices"] or question["required"])
        if option["type"] == "raw" and question["type"] == "multiplechoice":
            assert choices == ["false", "true"] and option["default"] is False


def test_project():
    playbooks = sorted(PROJECT.glob("*.yml"))
    assert playbooks
    for path in playbooks:
        assert PLAYBOOK.search(path.read_text(encoding="utf-8"))
        for play in load(path):
            imported = play.get("ansible.builtin.import_playbook")
            if imported:
                assert (ROOT / "playbooks" / (imported.rpartition(".")[2] + ".yml")).is_file()
    # of the collection, all that are for a job on a group of hosts
    assert {path.stem for path in ROOT.glob("playbooks/*.yml")} <= {path.stem for path in playbooks}
    assert not (PROJECT / "group_vars").exists()


def test_versions():
    galaxy = load(ROOT / "galaxy.yml")
    wanted = [{"name": "community.syncthing", "version": ">=" + galaxy["version"]}]
    definition = load(AWX / "execution-environment.yml")
    assert load(PROJECT / "collections/requirements.yml")["collections"] == wanted
    assert definition["dependencies"]["galaxy"]["collections"] == wanted
    core = load(ROOT / "meta/runtime.yml")["requires_ansible"]
    assert definition["dependencies"]["ansible_core"]["package_pip"] == "ansible-core" + core
