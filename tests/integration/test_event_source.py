# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""The event source, by its interface and as ansible-rulebook loads it, on real daemons."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import runpy
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import Make, add_device

from harness.collection import CHECKOUT, child_environment
from harness.daemon import Daemon, pair, share

EDA = CHECKOUT / "extensions/eda"
PLUGIN = runpy.run_path(str(EDA / "plugins/event_source/syncthing_events.py"))
pytestmark = pytest.mark.any_core
Next = Callable[[], Awaitable[dict[str, Any]]]


@asynccontextmanager
async def source(daemon: Daemon, **args: Any) -> AsyncIterator[Next]:
    """The source while it runs; what is given gets the next event."""
    queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    connection = {"api_url": daemon.api_url, "api_key": daemon.api_key}
    task = asyncio.create_task(PLUGIN["main"](queue, {**connection, **args}))

    async def next_event() -> dict[str, Any]:
        getting = asyncio.create_task(queue.get())
        done, _rest = await asyncio.wait({getting, task}, timeout=60, return_when=asyncio.FIRST_COMPLETED)
        if getting in done:
            return getting.result()
        getting.cancel()
        assert task in done, "no event came"
        task.result()
        raise AssertionError("main returned")

    try:
        yield next_event
        assert not task.done()
    finally:
        task.cancel()
        ended = await asyncio.gather(task, return_exceptions=True)
    assert isinstance(ended[0], asyncio.CancelledError), ended


async def until(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


def saved_since(state: Path) -> int:
    return int(json.loads(state.read_text())["since"]) if state.exists() else -1


def test_what_happens_comes_in_order(daemon: Daemon, tmp_path: Path) -> None:
    state = tmp_path / "state"
    options = {"events": ["ConfigSaved"], "state_file": str(state)}

    async def watch() -> None:
        async with source(daemon, **options) as next_event:
            await until(state.exists)  # it has begun
            for name in ("one", "two"):
                add_device(daemon, name)
            first, second = await next_event(), await next_event()
        assert (first["type"], first["device_id"]) == ("ConfigSaved", daemon.device_id)
        assert second["id"] == first["id"] + 1
        assert {device["name"] for device in second["data"]["devices"]} >= {"one", "two"}
        await until(lambda: saved_since(state) == second["id"])
        # Nothing that happens while nobody looks is lost, and nothing comes twice.
        add_device(daemon, "three")
        async with source(daemon, **options) as next_event:
            third = await next_event()
            assert (third["type"], third["id"]) == ("ConfigSaved", second["id"] + 1)

    asyncio.run(watch())


@pytest.mark.once
def test_a_restart_is_told(make_daemon: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    daemon = make_daemon()
    state = tmp_path / "state"

    async def watch() -> None:
        async with source(daemon, events=["ConfigSaved"], state_file=str(state)) as next_event:
            await until(state.exists)
            add_device(daemon, "before")
            before = await next_event()
            await asyncio.to_thread(daemon.restart)
            gap = await next_event()
            assert (gap["type"], gap["data"], gap["device_id"]) == ("gap", {"reason": "restart"}, daemon.device_id)
            await until(lambda: saved_since(state) >= 0)
            add_device(daemon, "after")
            after = await next_event()
            assert after["type"] == "ConfigSaved" and after["time"] > before["time"]
        daemon.restart()
        async with source(daemon, events=["ConfigSaved"], state_file=str(state)) as next_event:
            assert (await next_event())["data"] == {"reason": "restart"}

    with caplog.at_level(logging.WARNING):
        asyncio.run(watch())
    assert "Trying again" in caplog.text and daemon.api_key not in caplog.text


@pytest.mark.once
def test_a_restart_while_nobody_listens(make_daemon: Make, tmp_path: Path) -> None:
    """The queue of ansible-rulebook is full as soon as one event is in it."""
    daemon = make_daemon()
    state = tmp_path / "state"

    async def watch() -> None:
        queue: asyncio.Queue = asyncio.Queue(1)
        args = {"api_url": daemon.api_url, "api_key": daemon.api_key, "events": ["ConfigSaved"]}
        args["state_file"] = str(state)
        task = asyncio.create_task(PLUGIN["main"](queue, args))
        try:
            await until(state.exists)
            add_device(daemon, "a")
            await until(queue.full)
            add_device(daemon, "b")
            await asyncio.sleep(1)  # it waits to put this one
            await asyncio.to_thread(daemon.restart)
            for name in ("d", "e", "f", "g", "h"):
                add_device(daemon, name)
            told: list[str] = []
            while told[-1:] != ["gap"]:
                told.append((await asyncio.wait_for(queue.get(), 30))["type"])
            assert told == ["ConfigSaved", "ConfigSaved", "gap"]
            await asyncio.sleep(1)  # what happened before anybody asked, Syncthing need not have kept
            add_device(daemon, "i")
            assert (await asyncio.wait_for(queue.get(), 30))["type"] == "ConfigSaved"
        finally:
            task.cancel()

    asyncio.run(watch())


@pytest.mark.once
def test_more_events_than_are_kept(make_daemon: Make, tmp_path: Path) -> None:
    daemon = make_daemon()
    state = tmp_path / "state"
    options = {"events": ["LocalChangeDetected"], "state_file": str(state)}
    share("many", daemon)
    path = daemon.folders_dir / "many"

    def fill(prefix: str, count: int) -> None:
        for number in range(count):
            (path / f"{prefix}{number}").write_text(prefix)
        daemon.post("/rest/db/scan", folder="many")

    async def watch() -> None:
        async with source(daemon, **options) as next_event:
            await until(state.exists)
            fill("first", 1)
            last = await next_event()
            await until(lambda: saved_since(state) == last["id"])
        fill("more", 1100)
        async with source(daemon, **options) as next_event:
            gap, first = await next_event(), await next_event()
        assert gap["data"] == {"reason": "overflow", "missed": 100}
        assert (first["type"], first["id"]) == ("LocalChangeDetected", last["id"] + 101)

    asyncio.run(watch())


def make_conflict(one: Daemon, two: Daemon) -> None:
    for daemon in (one, two):
        folder = daemon.folders_dir / "documents"
        folder.mkdir()
        (folder / "letter.txt").write_text(daemon.name)
    pair(one, two)
    share("documents", one, two)


def offer(one: Daemon, stranger: Daemon) -> None:
    stranger.put(
        "/rest/config/devices", [{"deviceID": one.device_id, "name": "one", "addresses": [one.listen_address]}]
    )


@pytest.mark.since("1.14.0")
def test_a_conflict_and_an_offered_device(make_daemon: Make) -> None:
    """The events that the rulebook of the examples waits for are those that come."""
    one, two, stranger = (make_daemon(name) for name in ("one", "two", "stranger"))

    async def watch() -> None:
        options = {"events": ["LocalChangeDetected", "PendingDevicesChanged"]}
        async with source(one, **options, since=0) as ones, source(two, **options, since=0) as twos:
            # The daemon keeps events from the first request for them on.
            await asyncio.sleep(1)
            await asyncio.to_thread(make_conflict, one, two)
            # Which of the two makes the copy depends on who changed the file later.
            found = [asyncio.create_task(seek(next_event, is_conflict)) for next_event in (ones, twos)]
            done, rest = await asyncio.wait(found, timeout=60, return_when=asyncio.FIRST_COMPLETED)
            for task in rest:
                task.cancel()
            conflict = done.pop().result()
            assert conflict["data"]["folder"] == "documents"
            assert conflict["data"]["path"].startswith("letter.sync-conflict-")
            await asyncio.to_thread(offer, one, stranger)
            offered = await seek(ones, lambda event: bool(event["data"].get("added")))
            assert [item["deviceID"] for item in offered["data"]["added"]] == [stranger.device_id]

    async def seek(next_event: Next, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            event = await next_event()
            if wanted(event):
                return event

    def is_conflict(event: dict[str, Any]) -> bool:
        return event["type"] == "LocalChangeDetected" and ".sync-conflict-" in event["data"]["path"]

    asyncio.run(watch())


@pytest.mark.once
def test_events_of_some_folders_and_devices(make_daemon: Make) -> None:
    daemon = make_daemon()
    for name in ("one", "two"):
        share(name, daemon)
    device = add_device(daemon, "one")
    other = add_device(daemon, "two")

    async def watch() -> None:
        events = ["FolderPaused", "DevicePaused", "ConfigSaved"]
        async with source(daemon, events=events, folders=["two"], devices=[device]) as next_event:
            await asyncio.sleep(1)
            for item in ("one", "two"):
                daemon.patch(f"/rest/config/folders/{item}", {"paused": True})
            for item in (other, device):
                daemon.post("/rest/system/pause", device=item)
            got: list[dict[str, Any]] = []
            while not got or got[-1]["type"] != "DevicePaused":
                got.append(await next_event())
            assert [e["data"]["id"] for e in got if e["type"] == "FolderPaused"] in ([], ["one", "two"])
            assert [e["data"]["device"] for e in got if e["type"] == "DevicePaused"] == [device]
            assert any(e["type"] == "ConfigSaved" for e in got)

    asyncio.run(watch())


@pytest.mark.once
def test_errors_are_sentences(make_daemon: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, secure, other = make_daemon("plain"), make_daemon("secure", tls=True), make_daemon("other", tls=True)
    for name in ("SYNCTHING_API_URL", "SYNCTHING_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    broken = tmp_path / "broken"
    broken.write_text("{")

    def failure(daemon: Daemon, **args: Any) -> str:
        async def watch() -> None:
            async with source(daemon, **args) as next_event:
                await next_event()

        with pytest.raises(Exception) as caught:
            asyncio.run(watch())
        assert type(caught.value).__name__ == "SyncthingEventsError", caught.value
        said = str(caught.value)
        assert daemon.api_key not in said and "planted" not in said
        return said

    assert "does not accept the API key" in failure(plain, api_key="planted-wrong-key")
    assert "api_key is missing" in failure(plain, api_key=None)
    assert "api_key has characters" in failure(plain, api_key="planted\n")
    assert "api_url must look like" in failure(plain, api_url="ftp://planted@x")
    assert "api_url must look like" in failure(plain, api_url="http://192.0.2.7\\.localhost")
    assert "devices: 'laptop' is not a device ID" in failure(plain, devices=["laptop"])
    assert "events must be of type list" in failure(plain, events="ConfigSaved")
    assert "no type of event" in failure(plain, events=["a&b"])
    assert "state_file" in failure(plain, state_file=str(broken))
    assert "state_file" in failure(plain, state_file=str(tmp_path / "none/state"))
    assert "certificate" in failure(secure, certificate=str(broken))
    assert "not trusted here" in failure(secure)
    assert "another certificate" in failure(secure, certificate=str(other.cert_file))
    assert "write https://" in failure(secure, api_url=secure.api_url.replace("https:", "http:"))


@pytest.mark.once
@pytest.mark.parametrize("trust", ["certificate", "validate_certs"])
def test_tls_and_the_environment(make_daemon: Make, monkeypatch: pytest.MonkeyPatch, trust: str) -> None:
    daemon = make_daemon(tls=True)
    monkeypatch.setenv("SYNCTHING_API_URL", daemon.api_url)
    monkeypatch.setenv("SYNCTHING_API_KEY", daemon.api_key)
    value = str(daemon.cert_file) if trust == "certificate" else False

    async def watch() -> None:
        async with source(daemon, api_url=None, api_key=None, since=0, **{trust: value}) as next_event:
            assert (await next_event())["type"]

    asyncio.run(watch())


@pytest.mark.once
def test_a_daemon_that_is_not_there_yet(make_daemon: Make) -> None:
    daemon = make_daemon()
    daemon.stop()

    async def watch() -> None:
        async with source(daemon, since=0) as next_event:
            await asyncio.sleep(0.2)
            await asyncio.to_thread(daemon.start)
            assert (await next_event())["type"]

    asyncio.run(watch())


def test_documentation_has_every_option() -> None:
    documented = yaml.safe_load(PLUGIN["DOCUMENTATION"])["options"]
    kinds = {"str": str, "path": str, "list": list, "int": int, "bool": bool}
    assert {name: kinds[option["type"]] for name, option in documented.items()} == PLUGIN["_OPTIONS"]
    for example in yaml.safe_load(PLUGIN["EXAMPLES"]):
        assert set(example["community.syncthing.syncthing_events"]) <= set(documented)


RULEBOOK = shutil.which("ansible-rulebook")


@pytest.mark.once
@pytest.mark.since("1.14.0")
@pytest.mark.skipif(not RULEBOOK, reason="needs ansible-rulebook on PATH, and Java 17")
def test_the_rulebook_works(make_daemon: Make, tmp_path: Path) -> None:
    one, stranger = make_daemon("one"), make_daemon("stranger")
    variables = tmp_path / "vars.yml"
    connection = {"syncthing_api_url": one.api_url, "syncthing_api_key": one.api_key}
    variables.write_text(json.dumps({**connection, "syncthing_conflicts_folder": "documents"}))
    hosts = tmp_path / "hosts.yml"
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    local.update(syncthing_scope="user", syncthing_config_dir=str(one.config_dir))
    hosts.write_text(json.dumps({"syncthing": {"hosts": {"localhost": local}}}))
    assert RULEBOOK
    command = [RULEBOOK, "--rulebook", "community.syncthing.watch", "--inventory", str(hosts), "--vars", str(variables)]
    output = tmp_path / "output"
    # its own ansible-galaxy, of the environment that it is in
    env = {**child_environment(), "PATH": f"{Path(RULEBOOK).parent}{os.pathsep}{os.environ['PATH']}"}
    with output.open("w") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT, env=env, cwd=tmp_path)
    try:
        share("documents", one, versioning={"type": "simple", "params": {"keep": "5"}})
        folder = one.folders_dir / "documents"
        (folder / "x.txt").write_text("x")
        # What a name may not do: be a template, which would be run on the controller.
        hostile = "{{ lookup('pipe', 'touch MARK') }}"
        copies = iter(range(10**6))

        def resolved_a_conflict() -> bool:
            """Until the source has asked for the first time, the daemon keeps no such events."""
            number = next(copies)
            if number % 200 == 0:
                name = f"x.sync-conflict-20260101-{number:06}-ABCDEFG.txt"
                for path in (folder / name, folder / f"{hostile}.sync-conflict-20260101-{number:06}-ABCDEFG"):
                    path.write_text("x")
                    os.utime(path, (1_700_000_000,) * 2)
                one.post("/rest/db/scan", folder="documents")
            return any((folder / ".stversions").glob("x.sync-conflict-*"))

        os.utime(folder / "x.txt", (1_700_000_000,) * 2)
        one.wait_until(resolved_a_conflict, 180, "the rule for conflicts to act")
        assert not list(tmp_path.rglob("MARK"))
        offer(one, stranger)
        one.wait_until(lambda: f"Pending devices: {stranger.device_id}" in output.read_text(), 120, "the device rule")
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    assert one.api_key not in output.read_text()
