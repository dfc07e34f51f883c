# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Configurations that grew by hand are taken over without a change, as docs/docsite/rst/adopt.rst tells; then one field
that is changed is one line of the diff and one write."""

from __future__ import annotations

import difflib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import READ, Json, Make, Run, add_folder, apply, device_id, good

from harness.binaries import Binary, version_key
from harness.collection import CHECKOUT, child_environment
from harness.daemon import Daemon
from harness.proxy import RecordingProxy

pytestmark = pytest.mark.any_core

FILES = Path(__file__).with_name("files")
# Each with the first Syncthing that can read it; a later one makes its own version of it, as it does on a real host.
GROWN = [
    pytest.param(f"config-{version}.xml", marks=pytest.mark.since(since), id=f"config-{version}")
    for version, since in ((32, "1.12.0"), (36, "1.19.0"), (37, "1.29.0"))
]


def grow(daemon: Daemon, name: str) -> None:
    """Start it again with such a configuration in place of its own."""
    fixed = {
        "own": daemon.device_id,
        "home": str(daemon.folders_dir),
        "listen": daemon.listen_address,
        "gui": daemon.api_url.removeprefix("http://"),
        "key": daemon.api_key,
    }
    daemon.kill()  # which is faster, and there is nothing to save
    text = (FILES / name).read_text()
    daemon.config_xml.write_text(re.sub(r"@([\w-]+)@", lambda found: fixed.get(found[1]) or device_id(found[1]), text))
    daemon.isolate()
    daemon.start()


@pytest.fixture
def grown(make_daemon: Make, name: str) -> Daemon:
    daemon = make_daemon("grown")
    grow(daemon, name)
    assert len(daemon.config()["folders"]) == 5
    return daemon


def exported(run: Run, daemon: Daemon) -> Json:
    """What is left after a visit in a file."""
    config = good(run("syncthing_info", daemon, gather_subset=["config"]), changed=False)["config"]
    loaded: Json = yaml.safe_load(yaml.safe_dump(config))
    assert loaded == config
    return loaded


@pytest.mark.parametrize("name", GROWN)
def test_what_is_there_is_declared(grown: Daemon, run: Run) -> None:
    """As a whole, and each device and folder alone."""
    config = exported(run, grown)
    before = grown.config()
    with RecordingProxy(grown) as proxy:
        done = good(run("syncthing_config", proxy, **config), changed=False)
        assert proxy.requests == [READ]
        assert done.diff == {"before": {}, "after": {}} and not done.warnings
        for module, items in (("syncthing_device", config["devices"]), ("syncthing_folder", config["folders"])):
            for item in items[1:]:
                proxy.clear()
                assert not apply(proxy, {module.removeprefix("syncthing_") + "s": [item]}).changes
                assert proxy.requests == [READ]
            proxy.clear()
            good(run(module, proxy, **items[0]), changed=False)
            assert proxy.requests == [READ]
    assert grown.config() == before


PATTERNS = ["// by hand", "", "#include more patterns", "(?d)(?i)*.TMP", "!/keep {{ this }}", "  ", "/[a-z]*\\?"]


@pytest.mark.soaked
@pytest.mark.parametrize("name", GROWN)
def test_one_change(grown: Daemon, run: Run) -> None:
    config = exported(run, grown)
    device = next(entry for entry in config["devices"] if entry["device_id"] != grown.device_id)
    folder, share = next(
        (folder, number)
        for folder in config["folders"]
        for number, entry in enumerate(folder["devices"])
        if entry["device"] != grown.device_id and folder["type"] != "receiveencrypted"
    )
    versioned = next(entry for entry in config["folders"] if entry["versioning"]["params"])
    param = next(iter(versioned["versioning"]["params"]))
    value: Any = "another --command" if param == "command" else 123

    def change(module: str, path: str, args: Json, *place: Any, to: Any, shown: str | None = None) -> None:
        """Set what is in `place` of the options: one line of the diff, and one write."""
        target = args
        for key in place[:-1]:
            target = target[key]
        target[place[-1]] = to
        with RecordingProxy(grown) as proxy:
            done = good(run(module, proxy, **args), changed=True)
            assert [written for _unused, written in proxy.writes] == [path]
            removed, added = changed_lines(done.diff)
            assert f'"{place[-1]}": ' in removed
            assert added.strip("+ ,") == f'"{place[-1]}": {json.dumps(shown or to)}'

    folders, devices = "/rest/config/folders", "/rest/config/devices"
    stored = next(f for f in grown.config()["folders"] if f["id"] == folder["id"])["devices"][share]
    change("syncthing_folder", folders, folder, "label", to="a label: {{ 'odd' }}")
    change("syncthing_device", devices, device, "max_recv_kbps", to=77)
    change("syncthing_config", "/rest/config/options", config, "options", "max_folder_concurrency", to=7)
    change("syncthing_folder", folders, versioned, "versioning", "params", param, to=value)
    mark = "(set to another value)" if stored["encryptionPassword"] else "(set)"
    change("syncthing_folder", folders, folder, "devices", share, "encryption_password", to="planted", shown=mark)
    good(run("syncthing_config", grown, **config), changed=False)


def changed_lines(diff: Json) -> list[str]:
    """What Ansible shows of it with `--diff`, without the lines around."""
    before, after = (json.dumps(diff[side], indent=4, sort_keys=True).splitlines() for side in ("before", "after"))
    return [line for line in difflib.ndiff(before, after) if line[0] in "+-"]


def test_patterns(daemon: Daemon, run: Run) -> None:
    """The configuration doesn't hold them, so they are declared as they stand in the file."""
    path = Path(add_folder(daemon, "patterned")["path"])
    path.mkdir()
    (path / "more patterns").write_text("*.bak\n")
    (path / ".stignore").write_text("".join(f"{line}\n" for line in PATTERNS))
    with RecordingProxy(daemon) as proxy:
        good(run("syncthing_folder", proxy, id="patterned", ignore_patterns=PATTERNS), changed=False)
        assert len(proxy.requests) == 2 and not proxy.writes
        good(run("syncthing_folder", proxy, id="patterned", ignore_patterns=[*PATTERNS, "*.old"]), changed=True)
        assert len(proxy.writes) == 1
    assert (path / ".stignore").read_text() == "".join(f"{line.strip()}\n" for line in [*PATTERNS, "*.old"])


@pytest.mark.once
def test_the_guide(make_daemon: Callable[..., Daemon], binaries: list[Binary], tmp_path: Path) -> None:
    """Its tasks as they stand there, but for how the daemon is found, on each Syncthing with the last file it can read.

    Names that look like templates are in these files, and come out as they are.
    """
    hosts: Json = {}
    for number, binary in enumerate(binaries):
        daemon = make_daemon(f"host{number}", binary=binary)
        *_older, name = (str(p.values[0]) for p in GROWN if binary.key >= version_key(p.marks[0].args[0]))
        grow(daemon, name)
        hosts[daemon.name] = {"config_dir": str(daemon.config_dir)}
    (tmp_path / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts}}))

    page = (CHECKOUT / "docs/docsite/rst/adopt.rst").read_text()
    blocks = re.findall(r"^\.\. code-block:: yaml\n\n((?:   .*\n|\n)+)", page, re.MULTILINE)
    tasks = [task for block in blocks[:2] for task in yaml.safe_load(block)]
    for task in (tasks[0], tasks[-1]):
        assert task.pop("become") and task[next(key for key in task if "." in key)].pop("user") == "alice"
    play = {
        "hosts": "all",
        "connection": "local",
        "gather_facts": False,
        "module_defaults": {"group/community.syncthing.syncthing": {"config_dir": "{{ config_dir }}"}},
        "vars": {"ansible_python_interpreter": os.environ.get("SYNCTHING_TEST_PYTHON", sys.executable)},
        "tasks": tasks,
    }
    (tmp_path / "play.yml").write_text(yaml.safe_dump([play], sort_keys=False))
    environment = {
        **child_environment(),
        "ANSIBLE_LOCAL_TEMP": str(tmp_path / "local"),
        "ANSIBLE_REMOTE_TEMP": str(tmp_path / "remote"),
        "ANSIBLE_NOCOLOR": "1",
    }
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "hosts.json", "--diff", "play.yml"]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0 and "[WARNING]" not in said, said
    # only the copy on the controller is new
    recaps = re.findall(r"^(\w+) +: ok=3 +changed=1 +unreachable=0 +failed=0 +skipped=0", said, re.MULTILINE)
    assert recaps == list(hosts), said
