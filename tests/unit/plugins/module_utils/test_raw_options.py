# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import pytest
from ansible_collections.community.syncthing.plugins.module_utils import _raw_options
from ansible_collections.community.syncthing.plugins.module_utils._config import desired
from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput

SPEC = desired.config_argument_spec()


def said(given):
    with pytest.raises(InvalidInput) as caught:
        _raw_options.check(SPEC, given)
    return str(caught.value)


@pytest.mark.parametrize("value", [True, False])
@pytest.mark.parametrize("option", ["rescan_interval_s", "max_conflicts", "fs_watcher_delay_s"])
def test_a_bool_is_not_a_number(option, value):
    assert (
        said({"folders": [{"id": "f", option: value}]})
        == f"folders[0].{option} must be a number, not {str(value).lower()}."
    )


def test_a_bool_is_not_a_parameter_of_versioning():
    folder = {"versioning": {"params": {"keep": True}}}
    assert said({"defaults": {"folder": folder}}) == (
        "defaults.folder.versioning.params.keep must be a number, not true."
    )


@pytest.mark.parametrize("value", [float("inf"), float("nan"), "-inf", " Infinity ", "sNaN", "nan12"])
def test_not_a_number(value):
    assert said({"options": {"max_send_kbps": value}}).startswith("options.max_send_kbps must be a number, not ")


@pytest.mark.parametrize("value", [504, 0.5, True, ["0770"]])
def test_what_would_have_lost_a_zero(value):
    assert said({"gui": {"unix_socket_permissions": value}}) == (
        "gui.unix_socket_permissions must be a string: put it in quotes."
    )


@pytest.mark.parametrize("option", ["password", "api_key"])
def test_secrets_are_strings_and_never_shown(option):
    assert said({"gui": {option: 4279838}}) == f"gui.{option} must be a string: put it in quotes."


@pytest.mark.parametrize("given", [{"folders": [{"id": "f", "path": "/a\0b"}]}, {"gui": {"user": "\0"}}])
def test_what_no_path_and_no_text_can_hold(given):
    assert said(given).endswith(" contains a null character. Remove it.")


@pytest.mark.parametrize("value", [None, True, {"a": 1}, ["x"]])
def test_elements_are_strings(value):
    assert said({"options": {"listen_addresses": ["default", value]}}) == (
        "options.listen_addresses[1] must be a string: put it in quotes."
    )


@pytest.mark.parametrize("value", [[], 5, True])
def test_a_dict_is_a_dict(value):
    assert said({"folders": [{"id": "f", "versioning": value}]}) == "folders[0].versioning must be a dict."
    assert said({"folders": [value]}) == "folders[0] must be a dict."


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"gui": {"password": "planted\udcff"}}, "gui.password"),
        ({"folders": [{"id": "f", "ignore_patterns": ["a", "\ud800"]}]}, "folders[0].ignore_patterns[1]"),
        ({"folders": [{"id": "f", "devices": [{"device": "\ud800"}]}]}, "folders[0].devices[0].device"),
        ({"options": {"extra": {"\ud800": 1}}}, "a key of options.extra"),
    ],
)
def test_what_is_not_utf8(given, place):
    assert said(given) == f"{place} is not valid UTF-8. Check the encoding of its source."


def test_what_is_fine():
    _raw_options.check(
        SPEC,
        {
            "devices": [{"device_id": "x", "name": 2026, "addresses": "a, b", "paused": "yes"}],
            "folders": [{"id": "f", "fs_watcher_delay_s": "1.5", "devices": ["x", {"device": "y"}], "paused": None}],
            "gui": {"unix_socket_permissions": "0770", "password": "0123"},
        },
    )


@pytest.mark.parametrize(
    ("text", "patterns"),
    [
        ("*.{jpg,png}", ["*.{jpg,png}"]),
        ("[a,b]*", ["[a,b]*"]),
        ("one\ntwo\r\n(?i)*.{a,b}\n", ["one", "two", "(?i)*.{a,b}"]),
        ("", []),
    ],
)
def test_a_string_of_patterns_is_split_at_its_lines(text, patterns):
    params = {"folders": [{"id": "f", "ignore_patterns": text}], "defaults": {"ignores": {"lines": text}}}
    _raw_options.split_lines(SPEC, params)
    _raw_options.check(SPEC, params)
    assert params["folders"][0]["ignore_patterns"] == params["defaults"]["ignores"]["lines"] == patterns


def test_a_comma_between_patterns_is_not_guessed_at():
    params = {"folders": [{"id": "f", "ignore_patterns": "*.tmp,*.{a,b}"}]}
    _raw_options.split_lines(SPEC, params)
    assert said(params) == (
        "folders[0].ignore_patterns is a string with a comma. Use a list with one pattern in each element."
    )
