# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""What is computed and sent nowhere: plans, a host's part of a fleet, and what memory a large configuration takes."""

from __future__ import annotations

import copy
import json
import resource
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from ansible_collections.community.syncthing.plugins.filter import fleet as fleet_filters
from ansible_collections.community.syncthing.plugins.filter.fleet import fleet as fleet_filter
from ansible_collections.community.syncthing.plugins.module_utils._config import desired as _desired
from ansible_collections.community.syncthing.plugins.module_utils._config import plan
from ansible_collections.community.syncthing.plugins.module_utils._config.current import Current

from bench.measure import HERE, Sizes, ansible_playbook, cpu_seconds, ids
from bench.table import Table
from harness.binaries import Binary
from harness.collection import child_environment
from harness.module import run_module
from harness.scripted import Answer, ScriptedServer

# As a daemon gave it. What is made up for the purpose lacks what the planner comes to read.
REAL = HERE.parent / "unit/fixtures/config-2.1.3.json"


def planning(_binary: Binary, sizes: Sizes, table: Table) -> None:
    medians = []
    for size in (sizes.planned, 2 * sizes.planned):
        current, desired = planned(size, sizes.shares)
        cpu = [cpu_seconds(partial(plan.plan, current, desired)) for _unused in range(sizes.rounds)]
        name = f"planning {size} devices, {size} folders of {sizes.shares} shares"
        medians.append(table.add(name, cpu, "s CPU", 1 if size == sizes.planned else None))
    table.add("  twice as many cost", medians[1] / (medians[0] or 1), "times", 2.3)


def planned(count: int, shares: int) -> tuple[Current, _desired.Desired]:
    """A daemon that has all devices and folders, each under another name than the declared one."""
    names = ids(count)
    device_spec, folder_spec = _desired.device_argument_spec(), _desired.folder_argument_spec()
    blank_device = {key: option.get("default") for key, option in device_spec.items()}
    blank_folder = {key: option.get("default") for key, option in folder_spec.items()}
    config = json.loads(REAL.read_text())["config"]
    config["devices"] = [
        {**config["defaults"]["device"], "deviceID": name, "name": f"d{n}"} for n, name in enumerate(names)
    ]
    config["folders"], folders = [], []
    for number in range(count):
        members = [names[(number + offset) % count] for offset in range(shares)]
        folder = copy.deepcopy(config["defaults"]["folder"])
        folder.update(id=f"f{number}", path=f"/srv/{number}", label="old")
        folder["devices"] = [{"deviceID": m, "introducedBy": "", "encryptionPassword": ""} for m in members]
        config["folders"].append(folder)
        options = {"id": f"f{number}", "label": "new", "devices": members}
        folders.append(_desired.folder({**blank_folder, **options}))
    devices = [_desired.device({**blank_device, "device_id": name, "name": f"new{n}"}) for n, name in enumerate(names)]
    current = Current(config, names[0], (2, 1, 3), {}, {})
    return current, _desired.Desired(devices=devices, folders=folders)


def fleet_parts(_binary: Binary, sizes: Sizes, table: Table) -> None:
    """One host's part. All folders are on all hosts at worst; else each is on twenty."""
    for text, members in ((f"{sizes.folders} folders on 20 each", 20), (f"all in {sizes.folders} folders", None)):
        medians = []
        for size in (sizes.hosts, 2 * sizes.hosts):
            fleet, groups, known = declared_fleet(size, sizes.folders, members)
            part = partial(first_part, fleet, "host7", members=known, groups=groups)
            cpu = [cpu_seconds(part) for _unused in range(sizes.rounds)]
            name = f"a host's part of a fleet of {size} hosts, {text}"
            medians.append(table.add(name, cpu, "s CPU", 0.1 if size == sizes.hosts else None))
        table.add("  twice as many hosts cost", medians[1] / (medians[0] or 1), "times", 3)


def first_part(*args: Any, **options: Any) -> Any:
    """As in a process of Ansible's, which has never seen the fleet."""
    fleet_filters._built.cache_clear()
    return fleet_filter(*args, **options)


def declared_fleet(hosts: int, folders: int, members: int | None = None) -> tuple[Any, Any, Any]:
    names = [f"host{number}" for number in range(hosts)]
    groups = {"all": names}
    items = []
    for number in range(folders):
        some = [names[(number * 7 + offset) % hosts] for offset in range(members or 0)]
        items.append({"id": f"f{number}", "path": f"/srv/{number}", "members": some or ["all"]})
    known = {name: {"device_id": device_id} for name, device_id in zip(names, ids(hosts), strict=True)}
    return {"folders": items}, groups, known


def fleet_templates(_binary: Binary, sizes: Sizes, table: Table) -> None:
    """The filter in a task of each host, as ansible-playbook templates it; nothing is sent anywhere."""
    variable = "{{ fleet | community.syncthing.fleet(inventory_hostname, members=members, groups=groups) }}"
    task = {
        "name": "part",
        "ansible.builtin.assert": {"that": "part.folders is defined", "quiet": True},
        "vars": {"part": variable},
    }
    empty = {**task, "vars": {"part": {"folders": []}}}
    folders = max(1, sizes.folders // 10)
    each = []
    for size in (sizes.templated, 2 * sizes.templated):
        fleet, groups, known = declared_fleet(size, folders)
        with tempfile.TemporaryDirectory() as tmp:
            hosts_file, playbook = Path(tmp, "hosts.json"), Path(tmp, "play.yml")
            variables = {"fleet": fleet, "members": known}
            hosts_file.write_text(json.dumps({"all": {"hosts": dict.fromkeys(groups["all"], {}), "vars": variables}}))
            used = []
            for one in (empty, task):
                playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": [one]}]))
                used.append(ansible_playbook(hosts_file, playbook))
        name = f"parts of {size} hosts, all in {folders} folders, by ansible-playbook, each"
        each.append(table.add(name, (used[1].cpu - used[0].cpu) / size, "s CPU", 0.1))
        table.add("  peak memory of the controller", used[1].memory, "MB")
    table.add("  twice as many hosts cost, each", each[1] / (each[0] or 1), "times", 2)


def memory(_binary: Binary, sizes: Sizes, table: Table) -> None:
    """Asked in a process of its own, whose only child is the module: the peak is that of the largest child ever."""
    code = f"import bench.computed; bench.computed.print_peak({sizes.large})"
    environment = {**child_environment(), "PYTHONPATH": str(HERE.parent)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
    size, peak = map(float, done.stdout.split())
    table.add(f"peak memory of the module with a configuration of {size:.0f} MB", peak, "MB", 200)


def print_peak(count: int) -> None:
    config = planned(count, min(count, 100))[0].config
    headers = {"X-Syncthing-ID": config["devices"][0]["deviceID"], "X-Syncthing-Version": "v2.1.3"}
    answer = Answer(config, headers=headers)
    with ScriptedServer({"/rest/config": answer}) as server:
        options = {"api_url": server.api_url, "api_key": "key", "device_id": config["devices"][1]["deviceID"]}
        result = run_module("syncthing_device", {**options, "name": "other"}, check=True)
    assert result.changed, result.msg
    print(len(answer.body) / 1e6, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
