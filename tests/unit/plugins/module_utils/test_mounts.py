# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._api.discovery import Endpoint
from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.syncthing.plugins.module_utils._host import mounts

TEXTS = ["/srv/sync/:/data/", "/home/anna/photos:/data/photos:ro,Z", "/opt//config:/config"]
VOLUMES = mounts.parse(TEXTS)


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/data", "/srv/sync"),
        ("/data/", "/srv/sync"),
        ("//data//a/./b/", "/srv/sync/a/b"),
        ("/data/photos", "/home/anna/photos"),
        ("/data/photos/a", "/home/anna/photos/a"),
        ("/data/photos2", "/srv/sync/photos2"),
        ("/data/photos/../a", "/srv/sync/a"),
        ("/data/../config", "/opt/config"),
        ("/database", None),
        ("/", None),
        ("relative", None),
    ],
)
def test_longest_path_wins(path, here):
    assert VOLUMES.on_host(path) == here
    assert mounts.parse(TEXTS[::-1]).on_host(path) == here


def test_the_root_of_the_container():
    assert mounts.parse(["/srv/root:/", "/srv/data:/data"]).on_host("/etc/x") == "/srv/root/etc/x"
    assert mounts.parse(["/:/host"]).on_host("/host/etc") == "/etc"


def test_without_volumes_paths_are_the_same():
    endpoint = Endpoint("http://127.0.0.1:8384", "k", None, "api_url")
    assert endpoint.on_host("~/x") == "~/x"
    bridged = Endpoint("http://10.88.0.2:8384", "k", None, "api_url")
    assert not bridged.is_local and bridged._replace(volumes=VOLUMES).is_local


def test_what_hides_files():
    assert VOLUMES.hidden_inside("/data", "/srv/sync") == ["/data/photos"]
    assert VOLUMES.hidden_inside("/data/photos", "/home/anna/photos") == []
    same = mounts.parse(["/srv:/data", "/srv/photos:/data/photos"])
    assert same.hidden_inside("/data", "/srv") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/srv/data", "HOST:CONTAINER"),
        ("", "HOST:CONTAINER"),
        ("./data:/data", "two absolute paths"),
        ("~/data:/data", "two absolute paths"),
        ("/srv:data", "two absolute paths"),
        (":/data", "two absolute paths"),
        ("/srv:/data\0", "two absolute paths"),
        ("syncthing-data:/data", "podman volume inspect syncthing-data"),
        ("/elsewhere:/first/", "second volume for"),
    ],
)
def test_what_is_no_volume(text, words):
    with pytest.raises(InvalidInput) as caught:
        mounts.parse(["/srv/first:/first", text])
    assert str(caught.value).startswith("volumes[1]: ") and words in str(caught.value)
