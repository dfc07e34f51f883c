# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import pytest
from ansible_collections.community.syncthing.tests.harness.scripted import Answer
from ansible_collections.community.syncthing.tests.unit import support


@pytest.fixture
def call(run):
    return lambda server, check=False, **args: run("syncthing_info", dict(server.options, **args), check=check)


@pytest.fixture
def server(daemon):
    data = support.load("config-2.1.3")
    headers = support.daemon_headers(data)
    return daemon(**{
        "GET /rest/system/ping": Answer({"ping": "pong"}, headers=headers),
        "GET /rest/system/status": Answer(support.status(data["my_id"], uptime=5), headers=headers),
        "GET /rest/system/version": Answer({"version": data["version"], "os": "linux"}, headers=headers),
    })  # fmt: skip


@pytest.mark.parametrize("check", [False, True])
def test_by_default_the_system(call, server, check):
    result = call(server, check=check)
    assert (result["changed"], result.code) == (False, 0)
    assert (result["my_id"], result["version"]) == (server.daemon.my_id, server.daemon.version)
    assert result["system"].items() >= {"my_id": server.daemon.my_id, "version": "v2.1.3", "uptime": 5}.items()
    assert (result["system"]["os"], result["system"]["gui_address_overridden"]) == ("linux", False)
    assert server.asked == ["GET /rest/system/status", "GET /rest/system/version"]


@pytest.mark.parametrize(
    ("subset", "asked"),
    [
        ([], ["GET /rest/system/ping"]),
        (["devices", "folders", "config"], ["GET /rest/config"]),
        (["config", "config"], ["GET /rest/config"]),
    ],
)
def test_subsets(call, server, subset, asked):
    result = call(server, gather_subset=subset)
    assert set(subset) | {"my_id", "version", "changed"} <= set(result.json) <= set(subset) | {
        "my_id", "version", "changed", "invocation",
    }  # fmt: skip
    assert server.asked == asked
    assert support.SECRET not in result.output + result.log


def test_an_unknown_subset(call, server):
    result = call(server, gather_subset=["system", "everything"])
    assert result["failed"]
    assert "gather_subset" in result["msg"]
    assert "everything" in result["msg"]
    assert server.requests == []
