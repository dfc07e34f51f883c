# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import copy

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._api import responses
from ansible_collections.community.syncthing.plugins.module_utils._api.responses import Choose, Map, Maybe
from ansible_collections.community.syncthing.tests.unit import support


@pytest.mark.parametrize("version", support.VERSIONS)
def test_the_configuration_of_a_daemon_is_fine(version):
    assert responses.problem_of("GET", "/rest/config", support.load("config-" + version)["config"]) is None


def remove_type(config):
    del config["folders"][1]["type"]


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda config: config.pop("devices"), "it.devices is not a list"),
        (lambda config: config.update(folders={}), "it.folders is not a list"),
        (remove_type, "it.folders[1].type is not a text"),
        (lambda config: config["devices"][0].update(addresses=[None]), "it.devices[0].addresses[0] is not a text"),
        (lambda config: config["devices"][0].update(paused=0), "it.devices[0].paused is not true or false"),
        (
            lambda config: config["folders"][0]["versioning"].update(params={"keep": 5}),
            "it.folders[0].versioning.params['keep'] is not a text",
        ),
        (lambda config: config["folders"][0].update(minDiskFree=1), "it.folders[0].minDiskFree is not an object"),
        (lambda config: config["folders"][0].update(minDiskFree=None), None),
        (lambda config: config["folders"][0].update(tomorrow=1), None),
        (lambda config: config.pop("defaults"), None),
    ],
)
def test_a_configuration_that_is_not(spoil, problem):
    config = copy.deepcopy(support.load("config-2.1.3")["config"])
    spoil(config)
    assert responses.problem_of("GET", "/rest/config", config) == problem


@pytest.mark.parametrize(
    ("value", "shape", "problem"),
    [
        (1, float, None),
        (1.5, float, None),
        (True, float, "it is not a number"),
        (float("inf"), float, "it is not a number"),
        (10**400, float, "it is not a number"),
        (1, bool, "it is not true or false"),
        (None, Maybe(str), None),
        (1, Maybe(str), "it is not a text"),
        ({"a": 1, "b": "x"}, Map(float), "it['b'] is not a number"),
        ([1, "x"], [float], "it[1] is not a number"),
        ([], dict, "it is not an object"),
        ({}, {"a": Maybe(str)}, None),
        ({}, {"a": str}, "it.a is not a text"),
        ({"n": "a"}, Choose({"n": str}, lambda value: {value["n"]: bool}), "it.a is not true or false"),
        ({}, Choose({"n": str}, lambda value: {value["n"]: bool}), "it.n is not a text"),
    ],
)
def test_problem(value, shape, problem):
    assert responses.problem(value, shape) == problem


def test_of_other_answers_nothing_is_expected():
    assert responses.problem_of("GET", "/rest/system/ping", 1) is None
    assert responses.problem_of("POST", "/rest/config", 1) is None
