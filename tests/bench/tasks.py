# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""What a task costs, against ansible-core's own, the bare requests, and the tools that others would take."""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterator
from functools import partial
from typing import Any

import requests

from bench.measure import MODULE, Sizes, connection, cpu_of_task, fresh, ids, play, run, seconds
from bench.table import Table
from harness.binaries import Binary
from harness.daemon import Daemon
from harness.module import run_module
from harness.proxy import RecordingProxy


def one_task(binary: Binary, sizes: Sizes, table: Table) -> None:
    with fresh(binary) as daemon, RecordingProxy(daemon) as proxy:
        key = {"X-API-Key": daemon.api_key}
        device = {"device_id": ids(1)[0], "name": "laptop"}
        uri = {"name": "uri", "ansible.builtin.uri": {"url": f"{daemon.api_url}/rest/config", "headers": key}}
        ours = {"name": "device", f"{MODULE}device": {**connection(daemon), **device}}
        times, _used = play([ours, *([uri, ours] * sizes.rounds)])
        base = table.add("one uri GET task", times["uri"], "s")
        value = table.add("one unchanged syncthing_device task", times["device"][1:], "s")
        table.add("  ratio to the uri task", value / base, "times", 1.15)
        base = table.add("one uri GET task, in CPU", cpu_of_task(uri, sizes.rounds), "s CPU")
        value = table.add("one unchanged syncthing_device task, in CPU", cpu_of_task(ours, sizes.rounds), "s CPU")
        table.add("  ratio to the uri task, in CPU", value / base, "times")
        run_module("syncthing_device", {**connection(proxy), **device})
        table.add("  HTTP requests when unchanged", len(proxy.requests), "", 1)


def whole_daemon(binary: Binary, sizes: Sizes, table: Table) -> None:
    count = sizes.whole
    devices, folders, bare_devices, bare_folders = declared(count)
    first, again, short, bare_first, bare_again, ping = [], [], [], [], [], []
    joined = [{**folder, "devices": ",".join(folder["devices"])} for folder in folders]
    for _round in range(sizes.rounds):
        with fresh(binary) as daemon:
            forms = [
                {f"{MODULE}config": {**connection(daemon), "devices": devices, "folders": located(form, daemon)}}
                for form in (folders, joined)
            ]
            pong = {"name": "ping", "ansible.builtin.ping": {}}
            times, _used = play(
                [
                    pong,
                    {"name": "first", **forms[0]},
                    pong,
                    {"name": "again", **forms[0]},
                    {"name": "short", **forms[1]},
                ]
            )
            first += times["first"]
            again += times["again"]
            short += times["short"]
            ping += times["ping"]
        with fresh(binary) as daemon, requests.Session() as session:
            session.headers["X-API-Key"] = daemon.api_key
            bare = Bare(session, daemon.api_url)
            bodies = {"devices": bare_devices, "folders": located(bare_folders, daemon)}
            bare_first.append(seconds(bare.get, *(partial(bare.put, *item) for item in bodies.items()), bare.get))
            bare_again.append(seconds(bare.get))
    base = table.add("one ping task", ping, "s")
    name = f"{count} devices, {count} folders, each shared with all"
    taken = table.add(f"{name}: first application", first, "s")
    table.add("  ratio to ping plus bare requests", taken / (base + statistics.median(bare_first)), "times", 2)
    value = table.add(f"{name}: unchanged", again, "s")
    table.add("  ratio to ping plus one bare GET", value / (base + statistics.median(bare_again)), "times", 1.5)
    value = table.add(f"{name}: unchanged, the shares of a folder as one string", short, "s")
    table.add("  ratio to ping plus one bare GET", value / (base + statistics.median(bare_again)), "times")
    with fresh(binary) as daemon:
        loop, _used = play(list(uri_loop(daemon, bare_devices, located(bare_folders, daemon))))
    total = table.add(f"{name}: a loop of uri PUT tasks", sum(map(sum, loop.values())), "s")
    table.add("  first application is faster by", total / taken, "times", 60, at_least=True)
    with fresh(binary) as daemon:
        peer(daemon, sizes, table, taken)


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


PEER = "a loop of tasks of rafi's modules"
PEER_MODULES = "SYNCTHING_BENCH_PEER"


def peer(daemon: Daemon, sizes: Sizes, table: Table, ours: float) -> None:
    """Its modules are neither a Python package nor a collection of Galaxy: their folder is to be given."""
    folder = os.environ.get(PEER_MODULES)
    if not folder:
        table.skip(PEER, f"they can't be installed; {PEER_MODULES} must name a folder with them")
        return
    os.environ["ANSIBLE_LIBRARY"] = folder
    options = {"api_key": daemon.api_key, "host": daemon.api_url}
    names = ids(sizes.whole)
    tasks = [{"name": "device", "syncthing_device": {**options, "id": i, "name": f"d{n}"}} for n, i in enumerate(names)]
    for number in range(sizes.whole):
        folder_options = {"id": f"folder{number}", "path": f"{daemon.folders_dir}/{number}", "devices": names}
        tasks.append({"name": "folder", "syncthing_folder": {**options, **folder_options}})
    times, _used = play(tasks)
    total = table.add(PEER, sum(map(sum, times.values())), "s")
    table.add("  first application is faster by", total / ours, "times")


def command_line(binary: Binary, sizes: Sizes, table: Table) -> None:
    """``syncthing cli`` with one command a device, a folder and a share, against one task that does the same."""
    count = sizes.cli
    devices, folders, _bare_devices, _bare_folders = declared(count)
    with fresh(binary) as daemon:
        task = {f"{MODULE}config": {**connection(daemon), "devices": devices, "folders": located(folders, daemon)}}
        ours = play([{"name": "ours", **task}])[0]["ours"][0]
    with fresh(binary) as daemon:
        address = daemon.api_url.removeprefix("http://")
        cli = [str(binary.path), "cli", "--gui-address", address, "--gui-apikey", daemon.api_key, "config"]
        commands = [["devices", "add", "--device-id", d["device_id"], "--name", d["name"]] for d in devices]
        for folder in located(folders, daemon):
            commands.append(["folders", "add", "--id", folder["id"], "--path", folder["path"]])
            commands += [["folders", folder["id"], "devices", "add", "--device-id", name] for name in folder["devices"]]
        total = sum(run([*cli, *command]).wall for command in commands)
        config = requests.get(f"{daemon.api_url}/rest/config", headers={"X-API-Key": daemon.api_key}).json()
        assert all(len(folder["devices"]) == count + 1 for folder in config["folders"]), "syncthing cli did less"
    name = f"{count} devices, {count} folders, each shared with all"
    table.add(f"{name}: one syncthing_config task", ours, "s")
    table.add(f"{name}: {len(commands)} commands of syncthing cli", total, "s")


def declared(count: int) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """The same devices and folders as options of our module and as bodies of the API; ``path`` is set by located()."""
    names = ids(count)
    devices = [{"device_id": name, "name": f"device{n}"} for n, name in enumerate(names)]
    folders = [{"id": f"folder{n}", "devices": names} for n in range(count)]
    bare_devices = [{"deviceID": name, "name": f"device{n}"} for n, name in enumerate(names)]
    bare_folders = [{"id": f"folder{n}", "devices": [{"deviceID": name} for name in names]} for n in range(count)]
    return devices, folders, bare_devices, bare_folders


def located(folders: list[Any], daemon: Daemon) -> list[Any]:
    return [{**folder, "path": f"{daemon.folders_dir}/{folder['id']}"} for folder in folders]
