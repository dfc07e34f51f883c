# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support import Make, Run, add_device, add_folder, bad, get, good

from harness.collection import child_environment
from harness.daemon import Daemon, pair, share, start_all
from harness.module import run_module
from harness.proxy import RecordingProxy

pytestmark = pytest.mark.any_core

WAIT = "syncthing_wait"
Pair = tuple[Daemon, Daemon]
Json = dict[str, Any]


@contextmanager
def later(seconds: float, action: Callable[[], Any]) -> Iterator[None]:
    """Do something while the test waits for it."""
    timer = threading.Timer(seconds, action)
    timer.start()
    try:
        yield
    finally:
        timer.join()


@pytest.fixture
def two(make_daemon: Make) -> Pair:
    """Two daemons that share the folder `docs`."""
    one, two = make_daemon("one", start=False), make_daemon("two", start=False)
    start_all(one, two)
    pair(one, two)
    share("docs", one, two, fsWatcherEnabled=False)
    one.wait_in_sync("docs", two)
    return one, two


def change(daemon: Daemon, **fields: Any) -> None:
    """Change the folder `docs` on one daemon."""
    daemon.put("/rest/config/folders", [{**get(daemon, "folders", "docs"), **fields}])


RATE = 200  # KiB/s


def prepare(one: Daemon, two: Daemon, seconds: float) -> Callable[[], None]:
    """Have something that `two` receives for so long, once what is returned is called; half a megabyte is at once."""
    options = two.get("/rest/config/options")
    two.put("/rest/config/options", {**options, "limitBandwidthInLan": True, "maxRecvKbps": RATE})
    change(two, paused=True)
    one.wait_connected(two)
    for number in range(4):
        (one.folders_dir / f"docs/{number}").write_bytes(os.urandom(int((512 + RATE * seconds) * 1024 / 4)))
    one.post("/rest/db/scan", folder="docs")
    return lambda: change(two, paused=False)


# --- the API


def test_api(run: Run, daemon: Daemon) -> None:
    result = good(run(WAIT), changed=False)
    assert (result["my_id"], result["missing"]) == (daemon.device_id, [])
    assert daemon.version in result["version"]
    assert result["folders"] == result["devices"] == {} and result["elapsed"] < 5
    assert good(run(WAIT, check=True), changed=False)["my_id"] == daemon.device_id


@pytest.mark.once
def test_a_daemon_that_has_no_configuration_yet(make_daemon: Make) -> None:
    daemon = make_daemon(start=False, tls=True)
    away = daemon.config_xml.with_name("away.xml")
    daemon.config_xml.rename(away)

    def appear() -> None:
        away.rename(daemon.config_xml)
        daemon.start()

    args = {"config_dir": str(daemon.config_dir)}
    said = bad(run_module(WAIT, {**args, "wait_timeout": 0.5}), "timeout", "API", "config.xml", "No such file")
    assert "Timed out" in said
    with later(1, appear):
        result = good(run_module(WAIT, {**args, "wait_timeout": 60}))
    assert result["my_id"] == daemon.device_id and result["elapsed"] > 0.3
    daemon.stop()
    bad(run_module(WAIT, {**args, "wait_timeout": 0.5}), "timeout", "API", "Connection refused")


@pytest.mark.once
def test_a_restart_meanwhile(run: Run, make_daemon: Make) -> None:
    """The long poll breaks, and numbers of events begin anew."""
    daemon = make_daemon()
    add_device(daemon, "gone", addresses=["tcp://127.0.0.1:1"])
    with later(1, daemon.restart):
        result = run(WAIT, daemon, devices=["gone"], wait_timeout=8)
    bad(result, "timeout", "device 'gone' is not connected (tcp://127.0.0.1:1: ")
    assert 8 <= result["elapsed"] < 11


def test_restarted(run: Run, fresh_daemon: Daemon) -> None:
    """Fact 32."""
    good(run(WAIT, fresh_daemon, restarted=True))
    options = fresh_daemon.get("/rest/config/options")
    setting = {"auditEnabled": True} if "auditEnabled" in options else {"databaseTuning": "small"}
    fresh_daemon.put("/rest/config/options", {**options, **setting})
    fresh_daemon.wait_until(fresh_daemon.restart_required, what="the need")
    bad(run(WAIT, fresh_daemon, restarted=True, wait_timeout=0.5), "timeout", "restart", "setting")
    with later(0.5, lambda: fresh_daemon.post("/rest/system/restart")):
        result = good(run(WAIT, fresh_daemon, restarted=True, wait_timeout=60))
    assert result["restart_required"] is False and fresh_daemon.starts == 2


# --- devices and folders


@pytest.mark.once
def test_a_sync_in_progress(run: Run, two: Pair) -> None:
    one, other = two
    begin = prepare(one, other, 4)
    with RecordingProxy(other) as proxy:

        def begin_when_it_looks(_method: str, path: str, _body: bytes) -> None:
            if path.startswith("/rest/db/status") and proxy.on_request:
                proxy.on_request = None
                begin()

        proxy.on_request = begin_when_it_looks
        result = good(run(WAIT, proxy, folders=["docs"], devices=["one"], wait_timeout=60), changed=False)
        assert result["elapsed"] > 1, "it was too fast to tell"
        # Each look at everything costs 4, and resuming the folder is worth some. Then there are events every 2 s.
        short = Counter(path.partition("?")[0] for _method, path in proxy.requests)
        assert len(proxy.requests) < 20 + 3 * result["elapsed"], (result["elapsed"], short)
        polls = [path for method, path in proxy.requests if path.startswith("/rest/events")]
        assert len(polls) >= 2 and not proxy.writes
    for number in range(4):
        name = f"docs/{number}"
        assert (other.folders_dir / name).read_bytes() == (one.folders_dir / name).read_bytes()
    folder = result["folders"]["docs"]
    assert (folder["completion"], folder["need_items"], folder["global_items"]) == (100, 0, 4)
    assert folder["devices"][one.device_id]["completion"] == 100
    assert folder["devices"][one.device_id]["remote_state"] == ("valid" if other.at_least("1.20.0") else None)
    # The other side sees the same from afar.
    good(run(WAIT, one, folders=["all"], devices=["all"], wait_timeout=60))


@pytest.mark.once
def test_min_completion(run: Run, two: Pair) -> None:
    one, other = two
    prepare(one, other, 60)()
    other.wait_until(lambda: other.get("/rest/db/status", folder="docs")["needBytes"], what="something to receive")
    said = bad(run(WAIT, other, folders=["docs"], wait_timeout=0.5), "timeout", "folder 'docs' has", "4 items left")
    assert re.search(r"has [\d.]+ %, [\d.]+ MiB in 4 items left", said)
    bad(run(WAIT, one, folders=["docs"], devices=["two"], wait_timeout=0.5), "timeout", "on device 'two' has", "left")
    assert good(run(WAIT, other, folders=["docs"], min_completion=1, wait_timeout=60))["folders"]["docs"]["need_bytes"]
    good(run(WAIT, one, folders=["docs"], devices=["two"], min_completion=1, wait_timeout=60))


def test_what_is_missing_and_why(run: Run, daemon: Daemon) -> None:
    daemon.restart()  # after its first minute it may call nobody for another one
    add_device(daemon, "gone", addresses=["tcp://127.0.0.1:1"])
    add_device(daemon, "asleep", paused=True)
    add_device(daemon, "lost")
    add_folder(daemon, "fine", paused=False)
    add_folder(daemon, "quiet", paused=True)
    add_folder(daemon, "halted", paused=False)
    daemon.wait_until(lambda: daemon.get("/rest/db/status", folder="halted")["state"] == "idle", what="the folder")
    shutil.rmtree(Path(get(daemon, "folders", "halted")["path"]) / ".stfolder")
    bad(run("syncthing_command", command="scan", folder="halted"), "server_error", "marker")
    daemon.wait_until(
        lambda: (daemon.get("/rest/system/status")["lastDialStatus"] or {}).get("tcp://127.0.0.1:1"), what="a call"
    )
    bad(
        run(WAIT, folders=["all", "quiet"], devices=["all", "asleep"], wait_timeout=0.5),
        "timeout",
        "folder 'quiet' is paused here",
        "folder 'halted' has stopped: folder marker missing",
        "device 'asleep' is paused here",
        "device 'gone' is not connected (tcp://127.0.0.1:1: ",
        "device 'lost' is not connected (none of its addresses is known",
    )
    # All that are not paused.
    result = run(WAIT, folders=["all"], devices=["all"], wait_timeout=0.3)
    assert result["folders"].keys() == {"fine", "halted"} and len(result["devices"]) == 2
    assert len(result["missing"]) == 3
    for args, words in (
        ({"folders": ["fin"]}, ("folders[0]", "'fine'")),
        ({"devices": ["all", "Gone"]}, ("devices[1]", "'gone'")),
        ({"folders": ["fine"], "devices": ["gone"]}, ("shared with 'gone'",)),
    ):
        bad(run(WAIT, **args), "invalid_input", *words)


def test_files_that_can_not_be_synchronized(run: Run, two: Pair) -> None:
    one, other = two
    (one.folders_dir / "docs/kept").mkdir()
    one.post("/rest/db/scan", folder="docs")
    other.wait_until((other.folders_dir / "docs/kept").is_dir, what="the directory")
    other.post("/rest/db/ignores", {"ignore": ["ignored"]}, folder="docs")
    (other.folders_dir / "docs/kept/ignored").touch()
    (one.folders_dir / "docs/kept").rmdir()
    one.post("/rest/db/scan", folder="docs")
    other.wait_until(lambda: other.get("/rest/db/status", folder="docs")["errors"], what="the error")
    result = run(WAIT, other, folders=["docs"], wait_timeout=0.5)
    bad(result, "timeout", "folder 'docs' fails with 1 item: kept (", "1 item left")
    assert result["folders"]["docs"]["errors"][0]["path"] == "kept"


def test_a_device_that_paused_the_folder(run: Run, two: Pair) -> None:
    """Fact 30: its completion stays at 100 %."""
    one, other = two
    args: Json = {"folders": ["docs"], "devices": ["two"]}
    good(run(WAIT, one, **args))
    change(other, paused=True)
    if not one.at_least("1.20.0"):
        good(run(WAIT, one, **args))  # nobody tells; documented
        return
    one.wait_until(
        lambda: one.get("/rest/db/completion", folder="docs", device=other.device_id)["remoteState"] == "paused",
        what="the news",
    )
    bad(run(WAIT, one, **args, wait_timeout=0.5), "timeout", "folder 'docs' is paused on device 'two'")
    with later(0.5, lambda: change(other, paused=False)):
        good(run(WAIT, one, **args, wait_timeout=30))


@pytest.mark.once
def test_waiting_for_what_does_not_come_costs_little(run: Run, proxy: RecordingProxy) -> None:
    add_device(proxy.daemon, "gone", addresses=["tcp://127.0.0.1:1"])
    proxy.clear()
    bad(run(WAIT, proxy, devices=["gone"], wait_timeout=8), "timeout")
    assert len(proxy.requests) <= 12, proxy.requests


# --- the action plugin


@pytest.fixture
def ansible(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """`ansible(daemons, task, ...)`: start ansible-playbook with these tasks; a task is keywords and options."""

    def ansible(hosts: Sequence[Daemon], *tasks: tuple[Json, Json]) -> subprocess.Popen[str]:
        inventory = {one.name: {"config_dir": str(one.config_dir)} for one in hosts}
        (tmp_path / "hosts.json").write_text(json.dumps({"all": {"hosts": inventory}}))
        variables = {"ansible_python_interpreter": os.environ.get("SYNCTHING_TEST_PYTHON", sys.executable)}
        play = {"hosts": "all", "connection": "local", "gather_facts": False, "vars": variables, "tasks": []}
        for keywords, options in tasks:
            module = {"community.syncthing.syncthing_wait": {"config_dir": "{{ config_dir }}", **options}}
            show = {"ansible.builtin.debug": {"msg": "RESULT {{ inventory_hostname }} {{ result | to_json }}"}}
            play["tasks"] += [{**module, **keywords, "register": "result", "ignore_errors": True}, show]
        (tmp_path / "play.yml").write_text(json.dumps([play]))
        return subprocess.Popen(
            [Path(sys.executable).with_name("ansible-playbook"), "-i", tmp_path / "hosts.json", tmp_path / "play.yml"],
            env={
                **child_environment(),
                "ANSIBLE_LOCAL_TEMP": str(tmp_path / "local"),
                "ANSIBLE_REMOTE_TEMP": str(tmp_path / "remote"),
                "ANSIBLE_ASYNC_DIR": str(tmp_path / "async"),
                "ANSIBLE_NOCOLOR": "1",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
        )

    return ansible


def results(said: str) -> list[tuple[str, Json]]:
    assert "Traceback" not in said and "WARNING" not in said, said
    found = re.findall(r'"msg": "RESULT (\w+) (.*)"$', said, re.MULTILINE)
    assert found, said
    return [(name, json.loads(json.loads(f'"{text}"'))) for name, text in found]


@pytest.mark.once
def test_progress(ansible: Callable[..., subprocess.Popen[str]], two: Pair) -> None:
    begin = prepare(*two, 20)
    options = {"folders": ["docs"], "devices": ["all"], "stable_for": 1, "wait_timeout": 110}
    with ansible(two, ({}, options)) as process:
        assert process.stderr and process.stdout
        lines = []
        for line in process.stderr:
            lines.append(line.rstrip())
            if "[two]" in line and "is paused here" in line:
                begin()
        said = process.stdout.read()
    found = results(said)
    assert all(not result["failed"] and result["missing"] == [] for _name, result in found) and len(found) == 2
    shown = "\n".join(lines)
    assert all(re.match(r"syncthing_wait \[(one|two)\] \d:\d\d: \S", line) for line in lines), shown
    assert "syncthing_wait [" not in said  # it is the callback plugin's
    assert re.search(r"\[two\] .*folder 'docs' has [\d.]+ %, [\d.]+ [KM]iB in \d items? left", shown), shown
    assert re.search(r"\[one\] .*folder 'docs' on device 'two' has [\d.]+ %", shown), shown
    assert re.search(r"left \([\d.]+ [KM]iB/s, \d+:\d\d to go\)", shown), shown
    assert "all is there, now it must last" in shown


@pytest.mark.once
def test_without_progress(ansible: Callable[..., subprocess.Popen[str]], two: Pair) -> None:
    """Also one overall timeout, loops, check mode, async, and errors of options."""
    change(two[0], paused=True)
    late = {"folders": ["docs"], "wait_timeout": 3}
    process = ansible(
        two[:1],
        ({}, {**late, "progress": False}),
        ({"no_log": True}, {**late, "wait_timeout": 1}),
        ({"async": 60, "poll": 1}, {"folders": ["all"]}),
        ({"loop": ["docs"], "check_mode": True}, {"folders": ["{{ item }}"], "wait_timeout": 1, "progress": False}),
        ({}, {"wait_timeout": "soon"}),
        ({}, {"wait_timeout": 5, "stable_for": 9}),
        ({}, {"folders": ["nowhere"]}),
    )
    said, shown = process.communicate(timeout=120)
    assert "syncthing_wait [" not in shown, shown
    late, unlogged, detached, looped, *wrong = (result for _name, result in results(said))
    assert late["error"]["code"] == "timeout" and 3 <= late["elapsed"] < 20 and "paused here" in late["msg"]
    assert "censored" in unlogged or unlogged["failed"]
    assert detached["missing"] == [] and not detached["failed"]
    assert looped["results"][0]["error"]["code"] == "timeout"
    assert all(result["failed"] for result in wrong)
    for result, word in zip(wrong, ("wait_timeout", "stable_for", "folders[0]"), strict=True):
        assert word in result["msg"]


@pytest.mark.once
def test_all_was_there_too_late(ansible: Callable[..., subprocess.Popen[str]], two: Pair) -> None:
    """There is no time left for it to last."""
    process = ansible(two[:1], ({}, {"folders": ["docs"], "stable_for": 59.9, "wait_timeout": 60}))
    said, _shown = process.communicate(timeout=120)
    [(_name, result)] = results(said)
    assert result["error"]["code"] == "timeout" and "did not last for 59.9 s" in result["msg"]
    assert result["elapsed"] < 50


# --- folders that run


def test_running(run: Run, fresh_daemon: Daemon) -> None:
    """One that was just added is given the time that it needs; a paused one may be as it is."""
    add_folder(fresh_daemon, "new", paused=False)
    add_folder(fresh_daemon, "resting", paused=True, path="/dev/null/impossible")
    result = good(run(WAIT, fresh_daemon, running=["new", "resting"]), changed=False)
    assert result["missing"] == [] and result["my_id"] == fresh_daemon.device_id
    good(run(WAIT, fresh_daemon, running=["all"], check=True))
    bad(run(WAIT, fresh_daemon, running=["old"]), "invalid_input", "running[0]", "old")
    good(run(WAIT, fresh_daemon, running=["old"], check=True))


@pytest.mark.parametrize("how", ["path", "marker", "file", "ignores"])
def test_a_folder_that_has_stopped(run: Run, fresh_daemon: Daemon, how: str) -> None:
    """The daemon's own reason, in check mode too; and once it is mended, the run does not wait for the next scan."""
    folder = add_folder(fresh_daemon, "docs", rescanIntervalS=0, fsWatcherEnabled=False, paused=False)
    good(run(WAIT, fresh_daemon, running=["docs"]))
    path = Path(folder["path"])
    away = path.with_name("away")
    marker = path / ".stfolder"
    if how == "path":
        path.rename(away)
    elif how == "marker":
        shutil.rmtree(marker)
    elif how == "file":
        path.rename(away)
        path.write_text("")
    else:
        (path / ".stignore").write_text("#include nowhere\n")
    for check in (False, True):
        result = run(WAIT, fresh_daemon, running=["docs"], check=check)
        if how == "ignores" and not fresh_daemon.at_least("1.13.0") and not result.failed:
            pytest.skip("this daemon does not stop for that")
        said = bad(result, "not_applied", f"Folder 'docs' in {folder['path']} has stopped: ")
        (stopped,) = result["stopped"]
        assert (stopped["folder"], stopped["path"]) == ("docs", folder["path"]) and stopped["error"].split()[0] in said
    if how == "file":
        path.unlink()
    if how in ("path", "file"):
        away.rename(path)
    elif how == "marker":
        marker.mkdir()
    else:
        (path / ".stignore").unlink()
    good(run(WAIT, fresh_daemon, running=["docs"]), changed=False)


def test_a_folder_that_can_never_start(run: Run, fresh_daemon: Daemon) -> None:
    """Right after the write, before the daemon has looked."""
    blocked = fresh_daemon.folders_dir / "file"
    blocked.write_text("")
    add_folder(fresh_daemon, "docs", path=str(blocked / "docs"), paused=False)
    bad(run(WAIT, fresh_daemon, running=["docs"]), "not_applied", "Folder 'docs'", "file/docs")
