# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""What the filters add to plugin_utils/_fleet.py, which has its own tests: Ansible's types and errors."""

from __future__ import annotations

import collections
import inspect
import pathlib

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.community.syncthing.plugins.filter import fleet as plugin
from ansible_collections.community.syncthing.plugins.module_utils._config import desired
from ansible_collections.community.syncthing.tests.unit import support
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = pathlib.Path(__file__).parents[4]
FILTERS = plugin.FilterModule().filters()
GROUPS = {"all": ["one", "two"]}
FLEET = {
    "folders": [
        {
            "id": "docs",
            "path": "/srv/docs",
            "rescan_interval_s": 60,
            "members": ["one", {"name": "two", "type": "receiveencrypted", "encryption_password": support.SECRET}],
        }
    ]
}
MEMBERS = {"one": {"device_id": support.LAPTOP}, "two": {"device_id": support.VAULT}}


def fleet(declared=None, host="one", **options):
    return FILTERS["fleet"](
        FLEET if declared is None else declared, host, **dict({"members": MEMBERS, "groups": GROUPS}, **options)
    )


class Text(str):
    def __str__(self):
        raise AssertionError("decrypted or templated again")


class Number(int):
    pass


class Lazy(collections.UserDict):
    pass


class Vaulted:
    """Text that is no str, as from a vault."""

    def __init__(self, text):
        self.text = text

    def __str__(self):
        return self.text


def wrapped(value):
    """The same in types such as Ansible has."""
    if isinstance(value, dict):
        return Lazy({Text(key): wrapped(content) for key, content in value.items()})
    if isinstance(value, list):
        return tuple(map(wrapped, value))
    if value == support.SECRET:
        return Vaulted(value)
    return Text(value) if isinstance(value, str) else Number(value)


def types(value):
    inner = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    return {type(value)}.union(*map(types, inner))


def test_types_of_ansible_become_plain():
    found = fleet(wrapped(FLEET), Text("one"), members=wrapped(MEMBERS), groups=wrapped(GROUPS), purge=())
    assert found == fleet()
    assert types(found) == {dict, list, str, int, bool}
    assert found["folders"][0]["devices"] == [{"device": support.VAULT, "encryption_password": support.SECRET}]


def test_peers():
    peers = FILTERS["fleet_peers"]
    assert peers(wrapped(FLEET), Text("one"), groups=wrapped(GROUPS)) == ["one", "two"]
    assert peers(FLEET, wrapped(["two"]), groups=GROUPS) == ["one", "two"]


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("fleet", {"declared": {"folder": []}}, ["the fleet", "'folder'"]),
        ("fleet", {"members": {}}, ["one needs the device ID of one, two"]),
        ("fleet", {"members": []}, ["members must be a dict"]),
        ("fleet", {"groups": None}, ["groups=groups"]),
        ("fleet", {"missing": "warn"}, ["missing", "fail or skip"]),
        ("fleet", {"host": "three"}, ["'three'"]),
        ("fleet_peers", {"declared": None}, ["the fleet", "dict"]),
        ("fleet_peers", {"hosts": None}, ["hosts must be a list"]),
        ("fleet_peers", {"hosts": ["three"]}, ["'three'"]),
        ("fleet_peers", {"groups": []}, ["groups=groups"]),
    ],
)
def test_errors_are_those_of_filters(name, arguments, words):
    given = {"fleet": {"host": "one", "members": MEMBERS}, "fleet_peers": {"hosts": ["one"]}}[name]
    given = dict({"declared": FLEET, "groups": GROUPS}, **dict(given, **arguments))
    with pytest.raises(AnsibleFilterError) as caught:
        FILTERS[name](given.pop("declared"), given.pop("host", None) or given.pop("hosts", None), **given)
    assert all(word in str(caught.value) for word in words) and caught.value.__cause__ is None
    assert support.SECRET not in support.chain(caught.value)


def test_purge_with_auto_accept_is_refused():
    phone = {"name": "phone", "device_id": support.STRANGER, "auto_accept_folders": True}
    declared = dict(FLEET, outside_devices=[phone])
    fleet(declared, purge=["devices"])
    with pytest.raises(AnsibleFilterError, match="auto_accept_folders"):
        fleet(declared, purge=["devices", "folders"])


@pytest.mark.parametrize("name", FILTERS)
def test_documentation(name):
    described = yaml.safe_load((ROOT / "plugins/filter" / (name + ".yml")).read_text(encoding="utf-8"))
    doc = described["DOCUMENTATION"]
    assert doc["name"] == name and doc["short_description"] and described["RETURN"]["_value"]["type"]
    parameters = inspect.signature(FILTERS[name]).parameters.values()
    positional = [one.name for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]
    assert doc["positional"].split(", ") == ["_input", *positional[1:]]
    assert list(doc["options"]) == ["_input", *(one.name for one in list(parameters)[1:])]
    for one in list(parameters)[1:]:
        required = one.default is one.empty
        assert doc["options"][one.name].get("required", False) == required, one.name
        assert required or (doc["options"][one.name]["default"] or ()) == one.default, one.name


@pytest.mark.parametrize(
    ("kind", "spec"),
    [("folders", desired.folder_argument_spec()), ("outside_devices", desired.device_argument_spec())],
)
def test_each_key_is_documented(kind, spec):
    text = (ROOT / "plugins/filter/fleet.yml").read_text(encoding="utf-8")
    documented = yaml.safe_load(text)["DOCUMENTATION"]["options"]["_input"]["suboptions"][kind]["suboptions"]
    phone = {"name": "phone", "device_id": support.STRANGER}
    given = {"folders": FLEET["folders"][0], "outside_devices": phone}[kind]
    for key in {*spec, *documented}:
        try:
            fleet(dict(FLEET, **{kind: [dict({key: None}, **given)]}))
        except AnsibleFilterError as exc:
            assert "unknown key" in str(exc) and key not in documented, key
        else:
            assert key in documented, key


KEYS = st.one_of(st.text(max_size=3), st.integers(), st.booleans(), st.none(), st.sampled_from(["one", "two"]))
ANYTHING = st.recursive(
    st.one_of(KEYS, st.floats(), st.sampled_from([Text("one"), Number(1), Vaulted("x"), *FLEET, "label", "members"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3) | st.tuples(inner),
    max_leaves=8,
)
PLACES = ("hosts", "outside_devices", "folders", "topology", "hubs")


@settings(max_examples=400)
@given(st.data())
def test_any_shape_is_used_or_refused_in_words(data):
    """Nothing but AnsibleFilterError comes out, whatever is put in, and wherever."""
    where = data.draw(st.sampled_from(["declared", "host", "members", "groups", "purge", "missing", "peers", *PLACES]))
    value = data.draw(ANYTHING)
    try:
        if where in PLACES:
            fleet(dict(FLEET, **{where: data.draw(st.sampled_from([value, [value], {"one": value}]))}))
        elif where == "declared":
            fleet(value)
        elif where == "host":
            fleet(host=value)
        elif where == "peers":
            FILTERS["fleet_peers"](FLEET, value, groups=GROUPS)
        else:
            fleet(**{where: value})
    except AnsibleFilterError as exc:
        assert str(exc)


def test_a_label_can_be_emptied():
    entry = dict(FLEET["folders"][0], label="", type="", path="", group="")
    entry["members"] = [{"name": "one", "path": "/x"}, {"name": "two", "path": "/y", "label": "Two"}]
    assert fleet({"folders": [entry]})["folders"][0]["label"] == ""
    assert fleet({"folders": [entry]}, "two")["folders"][0]["label"] == "Two"
    assert "type" not in fleet({"folders": [entry]})["folders"][0]
