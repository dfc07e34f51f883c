# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import json

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._schema import device_ids
from ansible_collections.community.syncthing.plugins.module_utils._setup import backup
from ansible_collections.community.syncthing.tests.unit import support

IDENTITY = support.load("identities")["ecdsa"]
FILES = {"cert.pem": IDENTITY["certificate"], "key.pem": IDENTITY["private_key"]}
OWN = device_ids.from_certificate(IDENTITY["certificate"])
CONFIG = """
<configuration version="{version}">
  <folder id="sends" path="~/sends" type="sendreceive"><device id="OTHER"/><device id="{own}"/></folder>
  <folder id="paused" path="/p" type="sendonly"><device id="OTHER"/><paused>true</paused></folder>
  <folder id="alone" path="/a" type="sendreceive"><device id="{own}"/><paused>false</paused></folder>
  <folder id="receives" path="/r" type="receiveonly"><device id="OTHER"/></folder>
  <folder id="untrusted" path="/u" type="receiveencrypted"><device id="OTHER"/></folder>
  <folder id="publishes" path="/s" type="sendonly"><device id="OTHER"/><paused>false</paused></folder>
</configuration>
"""


def made(**changes):
    files = {**FILES, "config.xml": CONFIG.format(own=OWN, version=37)}
    return {"format": 1, "device_id": "", "files": files, "ignore_patterns": {"sends": ["*.tmp"]}, **changes}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "not a backup that syncthing_backup created"),
        ({}, "not a backup that syncthing_backup created"),
        (made(format=2), "format 2"),
        (made(files=FILES), "not complete"),
        (made(files={**made()["files"], "key.pem": 5}), "not complete"),
        (made(files=[*made()["files"]]), "not complete"),
        (made(ignore_patterns={"sends": "*.tmp"}), "not complete"),
        (made(ignore_patterns={"sends": [5]}), "not complete"),
        (made(files={**made()["files"], "key.pem": "no key"}), "no usable identity"),
        (made(files={**made()["files"], "config.xml": "<configuration"}), "not valid XML"),
        (made(files={**made()["files"], "config.xml": "<other/>"}), "not Syncthing's configuration"),
    ],
)
def test_what_is_no_backup(run, tmp_path, data, words):
    place = tmp_path / "new"
    result = run("syncthing_recover", {"config_dir": str(place), "src": "x", "backup": json.dumps(data)})
    assert result.code == 1
    assert words in result["msg"]
    assert not place.exists()


def test_what_is_not_even_json(run):
    result = run("syncthing_recover", {"src": "x", "backup": "planted-secret"})
    assert "not a backup that syncthing_backup created" in result["msg"]
    assert "planted" not in result.output + result.log


def test_only_folders_that_can_send_are_paused():
    found = backup.from_json(made())
    config = backup.paused(found.files["config.xml"], found.pair.device_id)
    after = found._replace(files={"config.xml": config})
    assert {folder.id for folder in found.folders if folder.paused} == {"paused"}
    assert {folder.id for folder in after.folders if folder.paused} == {"paused", "sends", "publishes"}


def test_what_is_there_stays(run, tmp_path):
    """In check mode as without: first nothing is there, then all, and then nothing is written again."""
    place, home = tmp_path / "new", tmp_path / "home"
    options = {"config_dir": str(place), "src": "x", "backup": json.dumps(made()), "executable": "no-such-program"}
    assert run("syncthing_recover", options, check=True)["changed"] and not place.exists()
    result = run("syncthing_recover", options)
    assert result["changed"]
    assert [(folder["id"], folder["type"], folder["devices"]) for folder in result["folders"]] == [
        ("sends", "sendreceive", ["OTHER"]),
        ("publishes", "sendonly", ["OTHER"]),
    ]
    assert (home / "sends/.stignore").read_text() == "*.tmp\n"
    assert (place / "key.pem").stat().st_mode & 0o777 == 0o600
    (home / "sends/.stignore").write_text("mine\n")
    (place / "config.xml").write_text("<configuration/>")
    assert not run("syncthing_recover", options)["changed"]
    assert (place / "config.xml").read_text() == "<configuration/>"
    assert (home / "sends/.stignore").read_text() == "mine\n"
