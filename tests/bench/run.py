# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""Speed, as ratios against what stands beside it in the same run. ``--json FILE`` writes the figures, too."""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import requests

from harness.__main__ import daemons, inventory
from harness.binaries import find
from harness.collection import child_environment, install_on_path
from harness.daemon import Daemon
from harness.module import run_module
from harness.proxy import RecordingProxy
from harness.scripted import Answer, ScriptedServer

install_on_path()

from ansible_collections.community.syncthing.plugins.filter.fleet import fleet as fleet_filter  # noqa: E402
from ansible_collections.community.syncthing.plugins.module_utils import (  # noqa: E402 - the path was just set
    _desired,
    _device_id,
    _reconcile,
    _schema,
)

ROUNDS = 7  # medians are taken of these
MODULE = "community.syncthing.syncthing_"


class Table:
    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def add(self, name: str, value: float, unit: str, limit: float | None = None, at_least: bool = False) -> None:
        passed = limit is None or (value >= limit if at_least else value <= limit)
        bound = "" if limit is None else f"{'at least' if at_least else 'at most'} {limit:g}"
        self.rows.append({"name": name, "value": round(value, 4), "unit": unit, "limit": bound, "passed": passed})
        print(f"{name:72} {value:9.3f} {unit:6} {bound:14} {'' if passed else 'MISSED'}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    args = parser.parse_args()
    binary = find().binaries[-1]
    table = Table()
    print(f"Syncthing {binary.version}, Python {sys.version.split()[0]}, medians of {ROUNDS} runs\n")
    one_task(binary, table)
    whole_daemon(binary, table)
    planning(table)
    fleet_results(table)
    fleet_templates(table)
    fleet_of_daemons(binary, table)
    memory(table)
    if args.json:
        args.json.write_text(json.dumps({"syncthing": binary.version, "figures": table.rows}, indent=2) + "\n")
    return 0 if all(row["passed"] for row in table.rows) else 1


def one_task(binary: Any, table: Table) -> None:
    with fresh(binary) as daemon, RecordingProxy(daemon) as proxy:
        key = {"X-API-Key": daemon.api_key}
        device = {"device_id": ids(1)[0], "name": "laptop"}
        pair = [
            {"name": "uri", "ansible.builtin.uri": {"url": f"{daemon.api_url}/rest/config", "headers": key}},
            {"name": "device", f"{MODULE}device": {**connection(daemon), **device}},
        ]
        times = play([pair[1], *(pair * ROUNDS)])
        table.add("one uri GET task", statistics.median(times["uri"]), "s")
        table.add("one unchanged syncthing_device task", statistics.median(times["device"][1:]), "s")
        ratio = statistics.median(times["device"][1:]) / statistics.median(times["uri"])
        table.add("  ratio to the uri task", ratio, "times", 1.15)
        run_module("syncthing_device", {**connection(proxy), **device})
        table.add("  HTTP requests when unchanged", len(proxy.requests), "", 1)


def whole_daemon(binary: Any, table: Table, count: int = 100) -> None:
    devices, folders, bare_devices, bare_folders = fleet(count)
    first, again, bare_first, bare_again, ping = [], [], [], [], []
    for _round in range(ROUNDS):
        with fresh(binary) as daemon:
            task = {f"{MODULE}config": {**connection(daemon), "devices": devices, "folders": located(folders, daemon)}}
            times = play(
                [
                    {"name": "ping", "ansible.builtin.ping": {}},
                    {"name": "first", **task},
                    {"name": "ping", "ansible.builtin.ping": {}},
                    {"name": "again", **task},
                ]
            )
            first += times["first"]
            again += times["again"]
            ping += times["ping"]
        with fresh(binary) as daemon, requests.Session() as session:
            session.headers["X-API-Key"] = daemon.api_key
            bare = Bare(session, daemon.api_url)
            bodies = {"devices": bare_devices, "folders": located(bare_folders, daemon)}
            bare_first.append(seconds(bare.get, *(partial(bare.put, *item) for item in bodies.items()), bare.get))
            bare_again.append(seconds(bare.get))
    base = statistics.median(ping)
    name = f"{count} devices, {count} folders, each shared with all"
    table.add(f"{name}: first application", statistics.median(first), "s")
    ratio = statistics.median(first) / (base + statistics.median(bare_first))
    table.add("  ratio to ping plus bare requests", ratio, "times", 2)
    table.add(f"{name}: unchanged", statistics.median(again), "s")
    ratio = statistics.median(again) / (base + statistics.median(bare_again))
    table.add("  ratio to ping plus one bare GET", ratio, "times", 1.5)
    with fresh(binary) as daemon:
        loop = play(list(uri_loop(daemon, bare_devices, located(bare_folders, daemon))))
    total = sum(sum(values) for values in loop.values())
    table.add(f"{name}: a loop of uri PUT tasks", total, "s")
    table.add("  first application is faster by", total / statistics.median(first), "times", 60, at_least=True)


class Bare:
    """The same requests without Ansible and without us."""

    def __init__(self, session: requests.Session, url: str) -> None:
        self.session = session
        self.url = f"{url}/rest/config"

    def get(self) -> None:
        self.session.get(self.url).json()

    def put(self, kind: str, body: Any) -> None:
        self.session.put(f"{self.url}/{kind}", json=body).raise_for_status()


def uri_loop(daemon: Daemon, devices: list[Any], folders: list[Any]) -> Iterator[dict[str, Any]]:
    for kind, objects, key in (("devices", devices, "deviceID"), ("folders", folders, "id")):
        for item in objects:
            uri = {
                "url": f"{daemon.api_url}/rest/config/{kind}/{item[key]}",
                "method": "PUT",
                "headers": {"X-API-Key": daemon.api_key},
                "body_format": "json",
                "body": item,
            }
            yield {"name": kind, "ansible.builtin.uri": uri}


def planning(table: Table, count: int = 1000, shares: int = 50) -> None:
    cpu = {}
    for size in (count, 2 * count):
        current, desired = planned(size, shares)
        cpu[size] = min(cpu_seconds(partial(_reconcile.plan, current, desired)) for _unused in range(ROUNDS))
    table.add(f"planning {count} devices, {count} folders of {shares} shares", cpu[count], "s CPU", 1)
    table.add("  twice as many cost", cpu[2 * count] / cpu[count], "times", 2.3)


def planned(count: int, shares: int) -> tuple[Any, Any]:
    """A daemon that has all devices and folders, each under another name than the declared one."""
    names = ids(count)
    device_spec, folder_spec = _desired.device_argument_spec(), _desired.folder_argument_spec()
    blank_device = {key: option.get("default") for key, option in device_spec.items()}
    blank_folder = {key: option.get("default") for key, option in folder_spec.items()}
    config = {
        "devices": [{**_schema.FACTORY_DEVICE, "deviceID": name, "name": f"d{n}"} for n, name in enumerate(names)],
        "folders": [],
    }
    folders = []
    for number in range(count):
        members = [names[(number + offset) % count] for offset in range(shares)]
        folder = copy.deepcopy(_schema.FACTORY_FOLDER)
        folder.update(id=f"f{number}", path=f"/srv/{number}", label="old")
        folder["devices"] = [{"deviceID": m, "introducedBy": "", "encryptionPassword": ""} for m in members]
        config["folders"].append(folder)
        options = {"id": f"f{number}", "label": "new", "devices": members}
        folders.append(_desired.folder({**blank_folder, **options}))
    devices = [_desired.device({**blank_device, "device_id": name, "name": f"new{n}"}) for n, name in enumerate(names)]
    current = _reconcile.Current(config, names[0], (2, 1, 3), {}, {})
    return current, _desired.Desired(devices=devices, folders=folders)


def fleet_results(table: Table, hosts: int = 1000, folders: int = 200) -> None:
    """One host's part. All folders are on all hosts at worst; else each is on twenty."""
    for text, members in ((f"{folders} folders on 20 each", 20), (f"all in {folders} folders", None)):
        cpu = {}
        for size in (hosts, 2 * hosts):
            fleet, groups, known = declared_fleet(size, folders, members)
            result = partial(fleet_filter, fleet, "host7", members=known, groups=groups)
            cpu[size] = min(cpu_seconds(result) for _unused in range(ROUNDS))
        table.add(f"a host's part of a fleet of {hosts} hosts, {text}", cpu[hosts], "s CPU", 0.5)
        table.add("  twice as many hosts cost", cpu[2 * hosts] / cpu[hosts], "times", 3)


def declared_fleet(hosts: int, folders: int, members: int | None = None) -> tuple[Any, Any, Any]:
    names = [f"host{number}" for number in range(hosts)]
    groups = {"all": names}
    items = []
    for number in range(folders):
        some = [names[(number * 7 + offset) % hosts] for offset in range(members or 0)]
        items.append({"id": f"f{number}", "path": f"/srv/{number}", "members": some or ["all"]})
    known = {name: {"device_id": device_id} for name, device_id in zip(names, ids(hosts), strict=True)}
    return {"folders": items}, groups, known


def fleet_templates(table: Table, hosts: int = 100, folders: int = 20) -> None:
    """The filter in a task of each host, as ansible-playbook templates it; nothing is sent anywhere."""
    task = {
        "name": "part",
        "ansible.builtin.assert": {"that": "part.folders | length > 0", "quiet": True},
        "vars": {"part": "{{ fleet | community.syncthing.fleet(inventory_hostname, members=members, groups=groups) }}"},
    }
    times = {}
    for size in (hosts, 2 * hosts):
        fleet, groups, known = declared_fleet(size, folders)
        with tempfile.TemporaryDirectory() as tmp:
            hosts_file, playbook = Path(tmp, "hosts.json"), Path(tmp, "play.yml")
            variables = {"fleet": fleet, "members": known}
            hosts_file.write_text(json.dumps({"all": {"hosts": dict.fromkeys(groups["all"], {}), "vars": variables}}))
            playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": [task]}]))
            times[size] = seconds(partial(ansible_playbook, hosts_file, playbook))
    table.add(f"parts of {2 * hosts} hosts, all in {folders} folders, by ansible-playbook", times[2 * hosts], "s")
    table.add("  twice as many hosts cost, each", times[2 * hosts] / times[hosts] / 2, "times", 2)


def fleet_of_daemons(binary: Any, table: Table, count: int = 20) -> None:
    """The demo's playbook on more daemons, each sharing one folder with all others."""
    playbook = Path(__file__).parents[1] / "demo/provision.yml"
    fleet = {"id": "everywhere", "path": "~/folders/everywhere", "members": ["syncthing"], "fs_watcher_delay_s": 1}
    variables = json.dumps({"syncthing_fleet": {"folders": [fleet]}})
    with daemons(binary, [f"node{number}" for number in range(count)]) as running:
        path = running[0].home.parent / "inventory.json"
        path.write_text(json.dumps(inventory(running)))
        options = ("--extra-vars", variables, "--forks", "4")
        for name, changes in (("provisioned", count), ("provisioned again", 0)):
            said: list[str] = []
            table.add(
                f"{count} daemons {name} as a mesh",
                seconds(lambda said=said: said.append(ansible_playbook(path, playbook, *options))),
                "s",
            )
            changed = sum(map(int, re.findall(r"changed=(\d+)", said[0])))
            table.add("  of which were changed", changed, "hosts", changes)
            if changes:
                table.add("a file from one of them is on all others after", spread(running, "everywhere"), "s", 60)


def spread(running: list[Daemon], folder: str) -> float:
    """Seconds until what is written on the first is on all."""
    files = [daemon.folders_dir / folder / "hello" for daemon in running]
    files[0].write_text("hello")
    started = time.perf_counter()
    while not all(file.exists() for file in files):
        if time.perf_counter() - started > 120:
            sys.exit(f"{sum(file.exists() for file in files)} of {len(files)} daemons have the file after 120 s")
        time.sleep(0.1)
    return time.perf_counter() - started


def memory(table: Table) -> None:
    """Asked in a process of its own, whose only child is the module: the peak is that of the largest child ever."""
    code = "import bench.run; bench.run.print_peak()"
    environment = {**child_environment(), "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
    size, peak = map(float, done.stdout.split())
    table.add(f"peak memory of the module with a configuration of {size:.0f} MB", peak, "MB", 200)


def print_peak() -> None:
    config = planned(1140, 100)[0].config
    answer = Answer.json(config)
    headers = {**answer.headers, "X-Syncthing-ID": config["devices"][0]["deviceID"], "X-Syncthing-Version": "v2.1.3"}
    with ScriptedServer({"/rest/config": replace(answer, headers=headers)}) as server:
        options = {"api_url": server.api_url, "api_key": "key", "device_id": config["devices"][1]["deviceID"]}
        result = run_module("syncthing_device", {**options, "name": "other"}, check=True)
    assert result.changed, result.msg
    print(len(answer.body) / 1e6, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)


def fleet(count: int) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """The same devices and folders as options of our module and as bodies of the API; ``path`` is set by located()."""
    names = ids(count)
    devices = [{"device_id": name, "name": f"device{n}"} for n, name in enumerate(names)]
    folders = [{"id": f"folder{n}", "devices": names} for n in range(count)]
    bare_devices = [{"deviceID": name, "name": f"device{n}"} for n, name in enumerate(names)]
    bare_folders = [{"id": f"folder{n}", "devices": [{"deviceID": name} for name in names]} for n in range(count)]
    return devices, folders, bare_devices, bare_folders


def located(folders: list[Any], daemon: Daemon) -> list[Any]:
    return [{**folder, "path": f"{daemon.folders_dir}/{folder['id']}"} for folder in folders]


def ids(count: int) -> list[str]:
    return [_device_id.from_bytes(hashlib.sha256(str(number).encode()).digest()) for number in range(count)]


def connection(target: Any) -> dict[str, str]:
    return {"api_url": target.api_url, "api_key": target.api_key}


@contextmanager
def fresh(binary: Any) -> Iterator[Daemon]:
    with tempfile.TemporaryDirectory(prefix="syncthing-bench-") as tmp, Daemon(binary, Path(tmp)) as daemon:
        yield daemon


def play(tasks: list[dict[str, Any]]) -> dict[str, list[float]]:
    """Run the tasks in one play with pipelining; return their seconds by name."""
    with tempfile.TemporaryDirectory() as tmp:
        playbook, times = Path(tmp, "bench.yml"), Path(tmp, "times.json")
        playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]))
        callback = {
            "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).with_name("callback")),
            "ANSIBLE_CALLBACKS_ENABLED": "task_times",
            "TASK_TIMES": str(times),
        }
        ansible_playbook("localhost,", playbook, **callback)
        return json.loads(times.read_text())


def ansible_playbook(hosts: Path | str, playbook: Path, *options: str, **environment: str) -> str:
    settings = {"ANSIBLE_PIPELINING": "true", "ANSIBLE_PYTHON_INTERPRETER": sys.executable}
    command = ["ansible-playbook", "--inventory", str(hosts), "--connection", "local", *options, str(playbook)]
    environment = {**child_environment(), **settings, **environment}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout[-3000:] + done.stderr[-3000:])
    return done.stdout


def seconds(*calls: Callable[[], Any]) -> float:
    started = time.perf_counter()
    for call in calls:
        call()
    return time.perf_counter() - started


def cpu_seconds(call: Callable[[], Any]) -> float:
    def used() -> float:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return usage.ru_utime + usage.ru_stime

    started = used()
    call()
    return used() - started


if __name__ == "__main__":
    sys.exit(main())
