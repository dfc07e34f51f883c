# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import copy

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._config import render as _render
from ansible_collections.community.syncthing.plugins.module_utils._config.changes import Change
from ansible_collections.community.syncthing.plugins.module_utils._config.render import (
    CHANGED,
    DEVICE,
    FOLDER,
    SET,
    render,
)
from ansible_collections.community.syncthing.plugins.module_utils._schema import tables
from ansible_collections.community.syncthing.plugins.module_utils._schema.field import snake
from ansible_collections.community.syncthing.tests.unit import support
from ansible_collections.community.syncthing.tests.unit.support import LAPTOP, VAULT, item
from hypothesis import given
from hypothesis import strategies as st

TABLES = {"devices": DEVICE, "folders": FOLDER}
SECTIONS = {"options": tables.OPTIONS, "gui": tables.GUI, "ldap": tables.LDAP}


@pytest.fixture(params=support.VERSIONS)
def config(request):
    return support.current(request.param).config


def test_everything_has_its_option(config):
    """Nothing is left for `extra`, and all names are those of options."""
    for kind, table in TABLES.items():
        for obj in config[kind]:
            shown = render(table, obj)
            assert set(shown) <= {field.option for field in table}
            assert set(shown) == {snake(key) for key in obj if key != "pendingFolders"}
    for name, table in SECTIONS.items():
        assert "extra" not in render(table, config[name])


def test_values(config):
    shown = render(FOLDER, item(config, "folders", "docs"))
    assert shown["versioning"]["type"] == "simple"
    assert shown["versioning"]["params"] == {"keep": 5, "cleanout_days": 0}
    assert {"device": VAULT, "introduced_by": LAPTOP} in shown["devices"]
    shown = render(FOLDER, item(config, "folders", support.SLASHED))
    assert shown["versioning"]["type"] == "none"
    assert shown["min_disk_free"] == {"value": 2.5, "unit": "GB"}
    shown = render(DEVICE, item(config, "devices", LAPTOP))
    assert shown["device_id"] == LAPTOP
    assert shown["ignored_folders"] == [{"id": "music", "label": "Music", "time": "2024-01-02T03:04:05Z"}]


def test_what_is_shown_can_be_declared_and_is_no_change(config, request):
    now = support.current(request.node.callspec.params["config"], ignores={})
    objects = [support.device(**render(DEVICE, entry)) for entry in config["devices"]]
    for entry in config["folders"]:
        shown = render(FOLDER, entry)
        # A type that is none takes no parameters.
        objects.append(support.folder(shown.pop("id"), **shown))
    found = support.plan(now, *objects)
    assert found.changes == []
    assert found.warnings == []


def test_what_is_not_known_is_shown_as_it_must_be_declared():
    obj = {"deviceID": LAPTOP, "newThing": {"innerThing": [1]}, "pendingFolders": [1]}
    assert render(DEVICE, obj) == {"device_id": LAPTOP, "extra": {"newThing": {"innerThing": [1]}}}


@pytest.mark.parametrize(
    ("params", "shown"),
    [
        ({}, {}),
        ({"keep": "5", "maxAge": "0"}, {"keep": 5, "max_age": 0}),
        ({"command": "5"}, {"command": "5"}),
        ({"keep": "many"}, {}),
        ({"keep": "\u00b2", "cleanoutDays": "", "maxAge": "1.5"}, {}),
        ({"keep": "-1"}, {"keep": -1}),
        ({"something": "planted"}, {}),
    ],
)
def test_versioning_parameters_are_what_people_left_there(params, shown):
    assert render(tables.VERSIONING, {"params": params}) == {"params": shown}


# -- secrets


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("planted-secret-1", "planted-secret-2", (SET, CHANGED)),
        ("planted-secret-1", "planted-secret-1", (SET, SET)),
        ("", "planted-secret-2", ("", SET)),
        ("planted-secret-1", "", (SET, "")),
        ("", "", ("", "")),
        (None, "planted-secret-2", (None, SET)),
        ("planted-secret-1", None, (SET, None)),
    ],
)
def test_marks(before, after, shown):
    change = Change("gui", "", *(None if text is None else {"apiKey": text, "theme": "x"} for text in (before, after)))
    assert tuple(side and side["api_key"] for side in _render.render_change(change)) == shown
    folder = Change("folders", "x", *(
        None if text is None else {"devices": [{"deviceID": LAPTOP, "introducedBy": "", "encryptionPassword": text}]}
        for text in (before, after)
    ))  # fmt: skip
    found = _render.render_change(folder)
    assert tuple(side and side["devices"][0]["encryption_password"] for side in found) == shown


def test_a_mark_belongs_to_its_device():
    sides = [
        {"devices": [{"deviceID": name, "encryptionPassword": text} for name, text in shares]}
        for shares in ([("A", "1"), ("B", "2")], [("B", "2"), ("C", "1")])
    ]
    _before, after = _render.render_change(Change("folders", "x", *sides))
    assert [share["encryption_password"] for share in after["devices"]] == [SET, SET]


PLANTED = st.sampled_from(["", "planted-secret-1", "planted-secret-2"])
SHARES = st.lists(
    st.fixed_dictionaries(
        {"deviceID": st.sampled_from([LAPTOP, VAULT]), "introducedBy": st.just(""), "encryptionPassword": PLANTED}
    ),
    max_size=2,
    unique_by=lambda share: share["deviceID"],
)
OTHER = st.recursive(st.none() | st.booleans() | st.integers(), lambda inner: st.lists(inner, max_size=2), max_leaves=3)
OBJECTS = {
    "folders": st.fixed_dictionaries(
        {"id": st.just("x"), "devices": SHARES}, optional={"label": OTHER, "newOne": OTHER}
    ),
    "gui": st.fixed_dictionaries({"apiKey": PLANTED, "password": PLANTED}, optional={"user": OTHER}),
    "defaults/folder": st.fixed_dictionaries({"devices": SHARES}),
}


@given(st.sampled_from(sorted(OBJECTS)).flatmap(lambda kind: st.tuples(st.just(kind), OBJECTS[kind], OBJECTS[kind])))
def test_no_secret_in_any_output(args):
    kind, before, after = args
    unchanged = copy.deepcopy(args)
    change = Change(kind, "x" if kind == "folders" else "", before, after)
    table = {"gui": tables.GUI}.get(kind, FOLDER)
    shown = [
        _render.render_change(change),
        _render.render_change(change._replace(before=None)),
        _render.render_change(change._replace(after=None)),
        _render.differing_paths(change),
        _render.differing_paths(change._replace(before=None)),
        render(table, after),
        render(table, after, before),
        render(table, after, before, marks=True),
    ]
    assert "planted" not in repr(shown)
    assert "assword" not in repr(render(table, after))
    assert args == unchanged
    # That there is a difference can be seen, when it is in a secret only too.
    one, other = _render.render_change(change)
    assert before == after or one != other


def test_the_token_of_a_relay():
    def sides(*tokens):
        return [{"listenAddresses": ["default", f"relay://vps:22067/?id=X&token={token}"]} for token in tokens]

    one, other = sides("planted-1", "planted-2")
    assert render(tables.OPTIONS, one) == {"listen_addresses": ["default", f"relay://vps:22067/?id=X&token={SET}"]}
    before, after = _render.render_change(Change("options", "", one, other))
    assert before["listen_addresses"][1].endswith(f"&token={SET}")
    assert after["listen_addresses"][1].endswith(f"&token={CHANGED}")
    before, after = _render.render_change(Change("options", "", one, dict(one, urSeen=1)))
    assert before["listen_addresses"] == after["listen_addresses"]
    assert "planted" not in repr(_render.differing_paths(Change("options", "", one, other)))


@pytest.mark.parametrize("key", ["newPassword", "apiToken", "clientSecret"])
def test_a_secret_that_the_schema_does_not_know_yet(key):
    sides = [{"theme": "x", key: text} for text in ("planted-secret-1", "planted-secret-2")]
    assert "planted" not in repr(render(tables.GUI, sides[0]))
    before, after = _render.render_change(Change("gui", "", *sides))
    assert (before["extra"], after["extra"]) == ({key: SET}, {key: CHANGED})
    odd = Change("gui", "", {key: ["planted-secret"]}, {key: {"a": "planted-secret"}})
    assert "planted" not in repr(_render.render_change(odd))


# -- what is not as declared


def test_differing_paths(config):
    before = item(config, "folders", "docs")
    after = copy.deepcopy(before)
    after["label"] = "D"
    after["minDiskFree"]["value"] = 7
    after["versioning"]["params"]["keep"] = "9"
    assert _render.differing_paths(Change("folders", "docs", before, after)) == [
        "folders['docs'].label (declared 'D', is 'Documents')",
        f"folders['docs'].min_disk_free.value (declared 7, is {before['minDiskFree']['value']!r})",
        "folders['docs'].versioning.params.keep (declared 9, is 5)",
    ]
    assert _render.differing_paths(Change("options", "", {"urSeen": 1}, {"urSeen": 2})) == [
        "options.ur_seen (declared 2, is 1)"
    ]
    assert _render.differing_paths(Change("ignores", "x", ["a"], [])) == ["ignores['x'] (declared [], is ['a'])"]
    (gone,) = _render.differing_paths(Change("folders", "docs", before, None))
    assert gone.startswith("folders['docs'] (declared None, is {")
    assert support.SECRET not in gone


def test_ignores_are_shown_as_they_are():
    assert _render.render_change(Change("ignores", "x", None, ["a"])) == (None, ["a"])
