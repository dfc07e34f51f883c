# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""The inventory plugin, by ansible-inventory and ansible-playbook, on real daemons."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import Make, add_device, add_folder, certificate, device_id

from harness.collection import child_environment
from harness.daemon import Daemon, pair, share

PLUGIN = "community.syncthing.syncthing"
Json = dict[str, Any]
Ansible = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def ansible(tmp_path: Path) -> Ansible:
    """`ansible("ansible-inventory", "--list", env={...})`; an inventory that can't be read is a failure."""

    def start(tool: str, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **child_environment(),
            "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "1",
            "ANSIBLE_LOCAL_TEMP": str(tmp_path / "local"),
            "ANSIBLE_NOCOLOR": "1",
            "HOME": str(tmp_path),
            **env,
        }
        command = [str(Path(sys.executable).with_name(tool)), *arguments]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path
        )

    return start


@pytest.fixture
def inventory(ansible: Ansible, tmp_path: Path) -> Callable[..., Json]:
    """`inventory({...})`: what ansible-inventory makes of this file: host to variables, group to hosts."""

    def read(config: Json, *arguments: str, warned: str = "", **env: str) -> Json:
        done = ansible("ansible-inventory", "-i", write(tmp_path, config), "--list", *arguments, **env)
        assert done.returncode == 0, done.stderr
        assert warned in done.stderr if warned else not done.stderr, done.stderr

        def plain(value: Json) -> Any:
            return value.get("__ansible_unsafe", value)  # how newer releases of ansible-core write what is no template

        found = json.loads(done.stdout, object_hook=plain)
        hosts = found.pop("_meta")["hostvars"]
        groups = {name: sorted(group["hosts"]) for name, group in found.items() if group.get("hosts")}
        return {"hosts": hosts, "groups": groups}

    return read


def write(folder: Path, config: Json, name: str = "the.syncthing.yml") -> str:
    path = folder / name
    path.write_text(yaml.safe_dump({"plugin": PLUGIN, **config}))
    return str(path)


def reach(daemon: Daemon) -> Json:
    return {"api_url": daemon.api_url, "api_key": daemon.api_key}


def test_devices_are_hosts(make_daemon: Make, inventory: Callable[..., Json]) -> None:
    one, two = make_daemon("one"), make_daemon("two")
    pair(one, two)
    share("documents", one, two)
    away = add_device(one, "away", addresses=["tcp://192.0.2.1:22000"], paused=True)
    add_folder(one, "alone")
    one.wait_until(lambda: one.get("/rest/stats/device")[two.device_id]["lastSeen"] > "2")
    found = inventory({**reach(one), "include_self": True})["hosts"]
    itself = next(name for name, host in found.items() if host["syncthing_device_id"] == one.device_id)
    assert set(found) == {"two", "away", itself}
    connected = found["two"]
    assert connected.pop("syncthing_last_seen")[:2] == "20"
    assert connected.pop("syncthing_connection_address").startswith("127.0.0.1:")
    assert connected.pop("syncthing_connection_type") in ("tcp-client", "tcp-server")
    assert connected == {
        "syncthing_device_id": two.device_id,
        "syncthing_device_name": "two",
        "syncthing_addresses": next(d["addresses"] for d in one.config()["devices"] if d["name"] == "two"),
        "syncthing_paused": False,
        "syncthing_introduced_by": None,
        "syncthing_shared_folders": ["documents"],
        "syncthing_is_self": False,
        "syncthing_connected": True,
        "syncthing_connection_host": "127.0.0.1",
        "syncthing_client_version": two.get("/rest/system/version")["version"],
    }
    assert found["away"] == {
        "syncthing_device_id": away,
        "syncthing_device_name": "away",
        "syncthing_addresses": ["tcp://192.0.2.1:22000"],
        "syncthing_paused": True,
        "syncthing_introduced_by": None,
        "syncthing_shared_folders": [],
        "syncthing_is_self": False,
        "syncthing_connected": False,
        "syncthing_connection_type": None,
        "syncthing_connection_address": None,
        "syncthing_connection_host": None,
        "syncthing_client_version": None,
        "syncthing_last_seen": None,
    }
    assert found[itself]["syncthing_is_self"] and found[itself]["syncthing_shared_folders"] == ["alone", "documents"]
    assert found[itself]["syncthing_client_version"] == one.get("/rest/system/version")["version"]


@pytest.mark.once
@pytest.mark.any_core
def test_a_name_is_no_group_and_no_other_host(daemon: Daemon, ansible: Ansible, tmp_path: Path) -> None:
    """Names that groups, other hosts or variables have; nobody joins, and nothing is cut short."""
    names = ["synced", "folder_music", "devices", "production", "web1", "hostvars", "all", "nas1", device_id("web1")]
    for number, name in enumerate(names):
        add_device(daemon, name, deviceID=device_id(str(number)))
    add_folder(daemon, "music", device_id("0"), device_id("4"))
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory/1.yml").write_text(
        yaml.safe_dump(
            {
                "production": {"hosts": {"web1": {"ansible_host": "192.0.2.1", "mine": True}}},
                # by its ID, this one is the device
                "others": {"hosts": {"nas1": {"syncthing_device_id": device_id("7"), "mine": True}}},
            }
        )
    )
    config = {
        **reach(daemon),
        "compose": {"ansible_host": "'192.0.2.99'"},
        "groups": {"synced": "syncthing_shared_folders | length > 0"},
        "keyed_groups": [
            {"key": "syncthing_shared_folders", "prefix": "folder"},
            {"key": "syncthing_device_name", "prefix": "", "separator": "", "parent_group": "devices"},
        ],
        "strict": True,
    }
    write(tmp_path / "inventory", config, "2.syncthing.yml")
    done = ansible("ansible-inventory", "-i", str(tmp_path / "inventory"), "--list")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    hosts = found["_meta"]["hostvars"]
    assert {"web1", "nas1"} < set(hosts)
    assert len(hosts) == len(names) + 1  # web1 twice, nas1 once
    ids = {str(host.get("syncthing_device_id")) for host in hosts.values()}
    assert all(any(device_id(str(number)) in text for text in ids) for number in range(len(names)))
    assert "syncthing_device_id" not in hosts["web1"] and hosts["web1"]["ansible_host"] == "192.0.2.1"
    assert hosts["nas1"]["mine"] and "syncthing_device_name" in hosts["nas1"]
    short = {name: f"{name}-{device_id(str(number))[:7]}" for number, name in enumerate(names)}
    assert sorted(found["synced"]["hosts"]) == sorted([short["synced"], short["web1"]])
    assert found["folder_music"]["hosts"] == found["synced"]["hosts"] + [short["folder_music"]]
    assert not set(hosts) & (set(found) - {"_meta"})
    for name in ("synced", "folder_music", "devices", "web1", "hostvars", "all"):
        assert f"Its host is called {short[name]}" in " ".join(done.stderr.split()), name


@pytest.mark.once
@pytest.mark.any_core
def test_hosts_are_chosen_and_grouped(daemon: Daemon, inventory: Callable[..., Json]) -> None:
    for name in ("laptop", "nas", "phone"):
        add_device(daemon, name)
    add_folder(daemon, "photos & more", device_id("laptop"), device_id("nas"))
    add_folder(daemon, "music", device_id("nas"))
    config = {
        **reach(daemon),
        "folders": ["photos & more", "nonexistent"],
        "compose": {"short": "syncthing_device_id[:7]"},
        "groups": {"big": "'nas' in syncthing_device_name", "everybody": True},
        "keyed_groups": [{"key": "syncthing_shared_folders", "prefix": "folder"}],
        "strict": True,
    }
    found = inventory(config)
    assert found["hosts"]["laptop"]["short"] == device_id("laptop")[:7]
    assert found["groups"] == {
        "big": ["nas"],
        "everybody": ["laptop", "nas"],
        "folder_photos___more": ["laptop", "nas"],
        "folder_music": ["nas"],
    }
    assert not inventory({**reach(daemon), "connected_only": True})["hosts"]
    assert set(inventory({**reach(daemon), "hostname": "device_id"})["hosts"]) == {
        device_id(name) for name in ("laptop", "nas", "phone")
    }


HOSTILE = {
    "template": "{{ lookup('pipe', 'touch MARK') }}",
    "statement": "{% for x in lookup('pipe', 'touch MARK') %}{% endfor %}",
    "lines": "two\nlines: {{ lookup('pipe', 'touch MARK') }}",
    "path": "../../etc/passwd",
    "option": "-oProxyCommand=touch MARK",
    "long": "long" * 2560,
    "unicode": "büro 雪 \u202e\u0000💾",
    "pattern": "all:!x,[a]*",
    "localhost": "localhost",
    "none": "",
    "first": "same",
    "second": "same",
}


@pytest.mark.once
def test_names_are_data(make_daemon: Make, ansible: Ansible, inventory: Callable[..., Json], tmp_path: Path) -> None:
    """Nothing that a peer is called is run, leads elsewhere or hides another host."""
    mark = tmp_path / "mark"
    daemon = make_daemon()
    named = {}
    for seed, name in HOSTILE.items():
        named[add_device(daemon, seed, name=name.replace("MARK", str(mark)))] = seed
    add_folder(daemon, "{{ lookup('pipe', 'touch " + str(mark) + "') }}", device_id("template"))
    config = {
        **reach(daemon),
        "compose": {
            "bare": "syncthing_device_name",
            "joined": "'x' ~ syncthing_device_name",
            "upper": "syncthing_device_name | upper",
        },
        "keyed_groups": [
            {"key": "syncthing_device_name[:99] or 'x'", "prefix": "name"},
            {"key": "syncthing_shared_folders", "prefix": "folder"},
        ],
        "strict": True,
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(tmp_path / "cache"),
    }
    for _fresh_then_cached in range(2):
        found = inventory(config, warned="calls itself 'localhost'")
        by_seed = {named[host["syncthing_device_id"]]: name for name, host in found["hosts"].items()}
        assert len(by_seed) == len(HOSTILE)
        for name in found["hosts"]:
            assert re.fullmatch(r"\w[\w.-]{0,68}", name), name
        assert by_seed["unicode"] == "büro_雪"
        assert by_seed["localhost"] == "localhost-" + device_id("localhost")[:7]
        assert by_seed["none"] == device_id("none")
        assert by_seed["first"] == "same-" + device_id("first")[:7]
        assert by_seed["path"] == "etc_passwd"
        for name in found["groups"]:
            assert re.fullmatch(r"\w+", name), name
    playbook = tmp_path / "show.yml"
    shown = ["bare", "joined", "upper", "syncthing_device_name", "syncthing_shared_folders"]
    task = {"ansible.builtin.debug": {"msg": {name: f"{{{{ {name} }}}}" for name in shown}}}
    copy = {
        "ansible.builtin.copy": {
            "content": "{{ syncthing_device_name }}",
            "dest": f"{tmp_path}/out-{{{{ bare[:3] | hash }}}}",
        }
    }
    play = {"hosts": "all", "gather_facts": False, "connection": "local", "tasks": [task, copy]}
    play["vars"] = {"ansible_python_interpreter": sys.executable}
    playbook.write_text(yaml.safe_dump([play]))
    done = ansible("ansible-playbook", "-i", write(tmp_path, config), str(playbook))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"touch {mark}" in done.stdout
    assert not mark.exists()


@pytest.mark.once
@pytest.mark.any_core
def test_cache(make_daemon: Make, ansible: Ansible, inventory: Callable[..., Json], tmp_path: Path) -> None:
    daemon = make_daemon()
    add_device(daemon, "laptop")
    cache = tmp_path / "cache"
    config = {
        **reach(daemon),
        "retries": 0,
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(cache),
    }
    first = inventory(config)
    assert set(first["hosts"]) == {"laptop"}
    daemon.stop()
    assert inventory(config) == first
    assert set(inventory({**config, "hostname": "device_id"})["hosts"]) == {device_id("laptop")}
    [stored] = cache.iterdir()
    assert "laptop" in stored.read_text() and daemon.api_key not in stored.read_text()
    playbook = tmp_path / "empty.yml"
    playbook.write_text("- hosts: all\n  gather_facts: false\n")
    done = ansible("ansible-playbook", "-i", write(tmp_path, config), "--flush-cache", str(playbook))
    assert done.returncode and "No answer from Syncthing" in " ".join(done.stderr.split())


WRONG: list[tuple[Json, str]] = [
    ({"api_key": "planted-wrong-key"}, "does not accept the API key"),
    ({"api_url": "http://127.0.0.1:9"}, "No answer from Syncthing at http://127.0.0.1:9"),
    ({"api_url": "ftp://planted-password@x/"}, "api_url must look like"),
    ({"api_url": None, "api_key": None}, "No readable config.xml of Syncthing was found"),
    ({"timeout": 0}, "timeout must be more than 0"),
    ({"hostname": "address"}, "hostname"),
    ({"plugin": "community.syncthing.other"}, "community.syncthing.other"),
    ({"compose": {"x": "nonexistent"}, "strict": True}, "'nonexistent' is undefined"),
]


@pytest.mark.once
def test_errors_are_sentences(daemon: Daemon, ansible: Ansible, tmp_path: Path) -> None:
    add_device(daemon, "laptop")
    sources = []
    for number, (config, _words) in enumerate(WRONG):
        full = {key: value for key, value in {**reach(daemon), "retries": 0, **config}.items() if value is not None}
        sources += ["-i", write(tmp_path, full, f"{number}.syncthing.yml")]
    sources += ["-i", write(tmp_path, reach(daemon), "syncthing-hosts.yml")]
    done = ansible("ansible-inventory", *sources, "--list", "-vvvv", ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="0")
    said = "".join((done.stdout + done.stderr).split())  # old releases of ansible-core break lines within words
    for number, (_config, words) in enumerate(WRONG):
        assert words.replace(" ", "") in said, said
        assert f"Unabletoparse{tmp_path}/{number}.syncthing.ymlasaninventorysource" in said, said
    assert f"Unabletoparse{tmp_path}/syncthing-hosts.ymlasaninventorysource" in said, said
    assert "planted" not in said and daemon.api_key not in said, said
    assert "Traceback" not in said, said


EXAMPLES = list(
    yaml.safe_load_all(
        importlib.import_module("ansible_collections.community.syncthing.plugins.inventory.syncthing").EXAMPLES
    )
)


@pytest.mark.once
def test_examples_work(make_daemon: Make, ansible: Ansible, inventory: Callable[..., Json], tmp_path: Path) -> None:
    one, two = make_daemon("one", start=False), make_daemon("two")
    ca = certificate(one.config_dir, "127.0.0.1")
    one.start()
    one.set_gui(useTLS=True)
    pair(one, two)
    share("documents", one, two)
    key, password = tmp_path / "key", tmp_path / "password"
    key.write_text(one.api_key + "\n")
    password.write_text("of the vault")
    done = ansible("ansible-vault", "encrypt", "--vault-password-file", str(password), str(key))
    assert done.returncode == 0 and one.api_key not in key.read_text()
    assert len(EXAMPLES) == 5
    for example in EXAMPLES:
        text = yaml.safe_dump(example)
        for shown, real in (
            ("https://nas.example:8384", one.api_url),
            ("/etc/ssl/certs/ca-certificates.crt", str(ca)),
            ("/etc/ansible/syncthing.key", str(key)),
        ):
            text = text.replace(shown, real)
        env = {"HOME": str(one.home), "ANSIBLE_VAULT_PASSWORD_FILE": str(password)}
        if "api_url" in example and "api_key" not in example:
            env["SYNCTHING_API_KEY"] = one.api_key
        found = inventory(yaml.safe_load(text), **env)
        assert two.device_id in [host["syncthing_device_id"] for host in found["hosts"].values()]
        if "keyed_groups" in example:
            assert {"syncthing", "folder_documents"} <= set(found["groups"])
            assert found["hosts"][two.device_id]["ansible_host"] == "127.0.0.1"
