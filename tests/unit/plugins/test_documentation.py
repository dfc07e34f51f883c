# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""What the documentation says of the modules is so, and no module, option or error is left out."""

from __future__ import annotations

import ast
import importlib
import pathlib
import re

import pytest
import yaml
from ansible.module_utils import basic
from ansible_collections.community.syncthing.plugins.module_utils import _errors
from ansible_collections.community.syncthing.plugins.module_utils._config import render
from ansible_collections.community.syncthing.tests.unit.support import TABLES

ROOT = pathlib.Path(__file__).parents[3]
COLLECTION = "community.syncthing"
PACKAGE = "ansible_collections.community.syncthing.plugins."
MODULES = sorted(path.stem for path in ROOT.glob("plugins/modules/syncthing_*.py"))
ACTION_GROUP = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))["action_groups"]["syncthing"]
CODES = sorted(error.code for error in _errors.SyncthingError.__subclasses__())


@pytest.fixture(params=MODULES)
def name(request):
    return request.param


@pytest.fixture
def module(name):
    return importlib.import_module(PACKAGE + "modules." + name)


@pytest.fixture
def doc(module):
    """A module's documentation with that of its fragments."""
    doc = yaml.safe_load(module.DOCUMENTATION)
    for reference in doc.get("extends_documentation_fragment", []):
        assert reference.startswith(COLLECTION + "."), reference
        name, _dot, variable = reference[len(COLLECTION) + 1 :].partition(".")
        for part, found in fragment(name, variable or "documentation").items():
            if isinstance(found, list):
                doc[part] = doc.get(part, []) + found
            else:
                doc[part] = merge(found, doc.get(part, {}))
    return doc


def fragment(name, variable="documentation"):
    source = importlib.import_module(PACKAGE + "doc_fragments." + name).ModuleDocFragment
    return yaml.safe_load(getattr(source, variable.upper()))


def merge(one, two):
    both = dict(one)
    for key, value in two.items():
        both[key] = merge(both[key], value) if isinstance(value, dict) and key in both else value
    return both


@pytest.fixture
def wanted(module, monkeypatch):
    """What a module gives to AnsibleModule."""

    class Caught(Exception):
        pass

    def catch(_self, **arguments):
        raise Caught(arguments)

    monkeypatch.setattr(basic.AnsibleModule, "__init__", catch)
    with pytest.raises(Caught) as caught:
        module.main()
    return caught.value.args[0]


# -- options


def described(options):
    """Documented options in the form of an argument specification, as far as both can say the same."""
    return {
        name: {
            "type": option["type"],
            "elements": option.get("elements"),
            "choices": list(option.get("choices", [])),
            "default": option.get("default"),
            "required": option.get("required", False),
            "options": described(option.get("suboptions", {})),
        }
        for name, option in options.items()
    }


def specified(spec):
    return {
        name: {
            "type": argument.get("type", "str"),
            "elements": argument.get("elements"),
            "choices": list(argument.get("choices", [])),
            "default": argument.get("default"),
            "required": argument.get("required", False),
            "options": specified(argument.get("options", {})),
        }
        for name, argument in spec.items()
    }


def test_options_are_documented_as_they_are(doc, wanted):
    assert described(doc["options"]) == specified(wanted["argument_spec"])


def sentences(text):
    return " ".join([text] if isinstance(text, str) else text)


def test_every_option_is_described(doc):
    def check(options, place):
        for name, option in options.items():
            assert len(sentences(option["description"])) > 10, place + name
            check(option.get("suboptions", {}), place + name + ".")

    check(doc["options"], "")


def test_environment_variables_are_named(doc, wanted):
    for name, argument in wanted["argument_spec"].items():
        for variable in argument.get("fallback", (None, []))[1]:
            assert f"E({variable})" in sentences(doc["options"][name]["description"]), name


@pytest.mark.parametrize("name", TABLES)
def test_versions_are_named(name):
    options = fragment(name)["options"]
    if list(options) == [name]:  # a section, whose settings are one level down
        options = options[name]["suboptions"]

    def check(table, options):
        for field in table:
            option = options[field.option]
            for version in (field.since, field.until):
                assert not version or version in sentences(option["description"]), field.option
            check(field.fields, option.get("suboptions", {}))

    check(TABLES[name], options)


# -- the rest of what a module has to say


def test_short_description_is_one_line(name, doc):
    assert doc["module"] == name
    assert 10 < len(doc["short_description"]) < 80 and not doc["short_description"].endswith(".")
    assert doc["author"] and doc["requirements"] and doc["seealso"]


def test_attributes(name, doc, wanted):
    attributes = doc["attributes"]
    for attribute in ("check_mode", "diff_mode", "idempotent", "platform", "action_group"):
        assert attributes[attribute]["description"] and attributes[attribute]["support"], attribute
    assert wanted["supports_check_mode"] and attributes["check_mode"]["support"] == "full"
    assert attributes["action_group"]["membership"] == [COLLECTION + ".syncthing"] * (name in ACTION_GROUP)


def test_examples_use_full_names(name, module):
    tasks = yaml.safe_load(module.EXAMPLES)
    actions = {key for task in tasks for key in task if "." in key}
    assert COLLECTION + "." + name in actions
    keywords = {"name", "register", "loop", "delegate_to", "until", "retries", "delay", "when", "vars", "failed_when",
                "check_mode"}  # fmt: skip
    for task in tasks:
        rest = set(task) - actions - keywords
        assert task["name"][0].isupper() and not rest, rest


def test_return_values_are_documented(doc, module):
    values = yaml.safe_load(module.RETURN)
    for name, value in values.items():
        assert value["returned"] and value["type"] and "sample" in value, name
        check_return(value, name)
    assert ("diff" in values) == (doc["attributes"]["diff_mode"]["support"] == "full")


def check_return(value, place):
    assert len(sentences(value["description"])) > 5 and value["type"], place
    assert ("elements" in value) == (value["type"] == "list"), place
    for name, inner in value.get("contains", {}).items():
        check_return(inner, place + "." + name)


def test_errors_are_documented(module):
    error = yaml.safe_load(module.RETURN)["error"]["contains"]
    assert set(error) == {"code", "status", "body"}
    assert sorted(re.findall(r"V\((\w+)\)", sentences(error["code"]["description"]))) == CODES


@pytest.mark.parametrize(
    ("name", "key", "table", "more"),
    [
        ("syncthing_device", "device", render.DEVICE, {"extra"}),
        ("syncthing_folder", "folder", render.FOLDER, {"extra", "ignore_patterns"}),
    ],
)
def test_an_object_is_returned_as_documented(module, key, table, more):
    contains = yaml.safe_load(module.RETURN)[key]["contains"]
    assert set(contains) == {field.option for field in table} | more
    for field in table:
        assert contains[field.option]["type"] == field.type, field.option


# -- what belongs to a module


def test_action_group_has_all_modules_that_share_options():
    """A default for the group must not make a module fail that lacks the option."""
    assert sorted(ACTION_GROUP) == [name for name in MODULES if name != "syncthing_directories"]


def test_module_has_tests(name):
    assert (ROOT / "tests/unit/plugins/modules" / (f"test_{name}.py")).is_file()
    assert (ROOT / "tests/integration" / (f"test_{name}.py")).is_file()


def test_readme_lists_the_module(name):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"^\| `{name}` \| \S", text, re.MULTILINE)


def test_readme_lists_the_sessions():
    """What `nox -s NAME` takes."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    decorators = {
        node.name.rstrip("_"): [ast.dump(decorator) for decorator in node.decorator_list]
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }
    sessions = [name for name, used in decorators.items() if any("'nox'" in one and "'session'" in one for one in used)]
    assert len(sessions) > 5
    config = (ROOT / "antsibull-nox.toml").read_text(encoding="utf-8")
    ready = re.findall(r"^\[sessions\.(\w+)\]$", config, re.MULTILINE)
    assert len(ready) > 3
    for session in [*sessions, *(name.replace("_", "-") for name in ready)]:
        assert re.search(rf"^\| `{session}(\([\d.]+\))?` \| \S", readme, re.MULTILINE), session


# -- guides


def test_every_error_has_its_section():
    text = (ROOT / "docs/docsite/rst/troubleshooting.rst").read_text(encoding="utf-8")
    titles = re.findall(r"^``(\w+)``: \S.*\n\^+$", text, re.MULTILINE)
    assert sorted(titles) == CODES


def used_endpoints():
    """Every /rest path in the code; of one that is put together, the part before that."""
    for path in [*ROOT.glob("plugins/**/*.py"), *ROOT.glob("extensions/**/*.py")]:
        if path.name == "responses.py":
            continue  # what answers look like, not who asks
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found = re.match(r"(?:(?:GET|POST|PUT|PATCH|DELETE) )?(/rest/[a-z/-]+)(?:[?%].*)?\Z", node.value)
                if found:
                    yield found.group(1)


def documented_endpoints():
    """Path to what uses it; a path may be in more than one row, for different methods."""
    text = (ROOT / "docs/docsite/rst/endpoints.rst").read_text(encoding="utf-8")
    rows: dict[str, list[str]] = {}
    for names, use in re.findall(r"^   \* - ``([^\n]+)\n     - (.+)$", text, re.MULTILINE):
        for endpoint in re.findall(r"/rest/[\w/.-]+", names):
            rows.setdefault(endpoint, []).append(use)
    return rows


def test_the_table_of_endpoints_says_what_the_code_uses():
    rows = documented_endpoints()
    used = set(used_endpoints())
    assert len(rows) > 40 and len(used) > 25
    for path in sorted(used):
        fitting = {
            name: uses for name, uses in rows.items() if name == path or path[-1] == "/" and name.startswith(path)
        }
        assert fitting, path
        assert any(not use.startswith("No") for uses in fitting.values() for use in uses), path
    for name, uses in rows.items():
        if not all(use.startswith("No") for use in uses):
            begins = [path for path in used if path[-1] == "/" and name.startswith(path)]
            assert name in used or begins or name.startswith("/rest/cluster/pending/"), name


@pytest.mark.parametrize("name", ["/rest/db/file", "/rest/system/browse", "/rest/system/discovery"])
def test_an_endpoint_that_is_used_is_not_called_unused(name):
    assert not any(use.startswith("No") for use in documented_endpoints()[name])


PLUGINS = sorted(
    path
    for kind in ("modules/*.py", "inventory/*.py", "filter/*.yml", "test/*.yml")
    for path in ROOT.glob("plugins/" + kind)
    if path.name != "__init__.py"
)


@pytest.mark.parametrize("path", PLUGINS, ids=lambda path: path.stem)
def test_every_plugin_says_since_which_version_it_is_there(path):
    assert re.search(r"^ *version_added: ['\"]?\d+\.\d+\.\d+", path.read_text(), re.MULTILINE)


def test_every_entry_of_a_role_says_since_which_version_it_is_there():
    for path in ROOT.glob("roles/*/meta/argument_specs.yml"):
        for entry in yaml.safe_load(path.read_text())["argument_specs"].values():
            assert entry["version_added"] == "1.0.0"
