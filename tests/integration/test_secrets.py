# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Planted secrets are nowhere but where they belong: not in what a module says, logs, or shows to `ps`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._setup import identity
from installation import CONFIG, IDENTITY, PYTHON, Host
from support import Json, Make, Run, add_device, add_folder, bad, device_id, good, python_with, shares

from harness.collection import child_environment
from harness.daemon import Daemon
from harness.module import ModuleResult
from harness.proxy import RecordingProxy
from harness.scripted import Answer, ScriptedServer

KEY = "canary-of-the-api-key"
OLD, NEW = "canary-old-encryption", "canary-new-encryption"
CANARIES = (KEY, OLD, NEW, "canary", "12345678901")
MARKS = ("(set)", "(set to another value)", "")

# Stands in for the system's log, whichever of the two Ansible finds: what would be written there, the test reads.
LOGS = """
import os, sys, syslog, types
def note(*args, **kwargs):
    with open(os.environ["TEST_LOG"], "a") as log:
        print(args, kwargs, file=log)
syslog.syslog = note
journal = types.ModuleType("systemd.journal")
journal.send = note
journal.sendv = note
sys.modules["systemd"] = types.ModuleType("systemd")
if os.environ.get("TEST_JOURNAL"):
    sys.modules["systemd"].journal = sys.modules["systemd.journal"] = journal
else:
    sys.modules["systemd.journal"] = None
"""


class Watch:
    """Looks at every process's command line and at the modules' environment while a test runs."""

    def __init__(self) -> None:
        self.seen: set[bytes] = set()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._end.is_set():
            for entry in os.scandir("/proc"):
                if entry.name.isdigit():
                    try:
                        self.seen.add(Path(entry.path, "cmdline").read_bytes())
                    except OSError:
                        continue
            time.sleep(0.01)

    def stop(self) -> bytes:
        self._end.set()
        self._thread.join()
        return b"\n".join(self.seen)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def quiet(run: Run, tmp_path: Path, log: Path) -> Iterator[Run]:
    """`run`, and no canary is in anything that comes out of it."""
    python = python_with(tmp_path, LOGS)
    watch = Watch()
    said: list[str] = []

    def go(name: str, via: Any = None, *, journal: bool = False, **args: Any) -> ModuleResult:
        env = {"TEST_LOG": str(log), **({"TEST_JOURNAL": "1"} if journal else {})}
        result = run(name, via, env=env, python=python, **args)
        said.extend((result.stdout, result.stderr))
        return result

    yield go
    said.append(watch.stop().decode(errors="replace"))
    said.append(log.read_text())
    assert "sitecustomize" not in said[-1] and "Invoked with" in said[-1], "nothing was logged, so nothing was tested"
    assert any("module" in text for text in said[-2:]), "no command line was seen"
    for canary in CANARIES:
        for text in said:
            place = text.find(canary)
            assert place < 0, f"{canary} is in …{text[max(0, place - 300) : place + 100]}…"


@pytest.fixture
def secretive(daemon: Daemon) -> Daemon:
    """A daemon with one encrypted share."""
    one = add_device(daemon, "one")
    add_device(daemon, "two")
    add_folder(daemon, "shared", {"deviceID": one, "encryptionPassword": OLD})
    return daemon


def passwords(**of: Any) -> list[Json]:
    return [{"device": device, "encryption_password": password} for device, password in of.items()]


def marks(diff: Any) -> dict[str, list[str]]:
    return {
        side: [entry["encryption_password"] for entry in diff[side]["folders"]["shared"]["devices"]]
        for side in ("before", "after")
    }


@pytest.mark.once
@pytest.mark.parametrize("journal", [False, True], ids=["syslog", "journal"])
def test_encryption_passwords(quiet: Run, secretive: Daemon, journal: bool) -> None:
    one = device_id("one")
    for check in (True, False):
        new = {"id": "shared", "devices": passwords(one=NEW)}
        result = good(quiet("syncthing_folder", check=check, journal=journal, **new), changed=True)
        shown = marks(result.diff)
        assert sorted(shown["before"]) == ["", "(set)"] and sorted(shown["after"]) == ["", "(set to another value)"]
    assert shares(secretive, "shared") == {one: NEW}
    good(quiet("syncthing_folder", id="shared", devices=passwords(one=NEW)), changed=False)
    result = good(quiet("syncthing_folder", id="shared", devices=passwords(one=NEW, two=OLD), label="x"), changed=True)
    assert sorted(marks(result.diff)["after"]) == ["", "(set)", "(set)"]
    good(quiet("syncthing_folder", id="shared", state="absent"), changed=True)
    assert good(quiet("syncthing_info", gather_subset=["all"])).rc == 0


@pytest.mark.once
def test_failing_runs(quiet: Run, secretive: Daemon, proxy: RecordingProxy) -> None:
    for devices in (
        passwords(nobody=NEW),
        [*passwords(one=NEW), *passwords(one=OLD)],
        [{"device": "one", "encryption_password": 12345678901}],
        [{"device": "one", "encryption_password": [NEW]}],
        [{"device": "one", "encryption_password": {"a": NEW}}],
        [{"device": "one", "encryptionPassword": NEW}],
        [{"device": "one", "encryption_password": NEW, "typo": 1}],
        [passwords(one=NEW)],
    ):
        bad(quiet("syncthing_folder", id="shared", devices=devices), "invalid_input", "devices[")
    bad(quiet("syncthing_folder", id="shared", devices=passwords(one=NEW), type="wrong"), None)
    bad(quiet("syncthing_folder", id="shared", devices=passwords(one=NEW), extra={"devices": passwords(one=NEW)}),
        "invalid_input")  # fmt: skip
    # The daemon quotes what it was sent, and another writer takes it back.
    proxy.on_request = lambda method, path, body: None if method == "GET" else (400, {}, b"unreadable: " + body)
    bad(quiet("syncthing_folder", proxy, id="shared", devices=passwords(one=NEW)), "bad_request", "unreadable")
    proxy.on_request = lambda method, path, body: None if method == "GET" else (200, {}, b"")
    said = bad(quiet("syncthing_folder", proxy, id="shared", devices=passwords(one=NEW)), "not_applied", "devices")
    assert "(set" in said


@pytest.mark.once
def test_the_api_key(quiet: Run, make_daemon: Make, tmp_path: Path) -> None:
    daemon = make_daemon(env={"STGUIAPIKEY": KEY})
    here = {"config_dir": str(tmp_path), "api_key": None, "api_url": None}
    config = daemon.config_xml.read_text()
    stored = config.split("<apikey>")[1].split("</apikey>")[0]
    (tmp_path / "config.xml").write_text(config.replace(stored, KEY))
    for args in ({}, here):
        good(quiet("syncthing_info", daemon, gather_subset=["all"], **args))
        good(quiet("syncthing_device", daemon, device_id=device_id("x"), **args))
    bad(quiet("syncthing_info", daemon, api_key=f"{KEY}-wrong"), "api_key")
    for key in (f"{KEY}\n", f" {KEY}", f"{KEY}ü", f"{KEY}\x00"):
        bad(quiet("syncthing_info", daemon, api_key=key), "invalid_input", "api_key")
    # In the wrong option, and sent back by who should not have had it.
    bad(quiet("syncthing_info", daemon, api_url=f"http://user:{KEY}@127.0.0.1:1"), "invalid_input")
    with ScriptedServer({"*": lambda *_: Answer(f"you sent {KEY}", 403)}) as server:
        bad(quiet("syncthing_info", server, api_key=KEY), "api_key")
        bad(quiet("syncthing_info", server, **{**here, "api_url": server.api_url}), "api_key")
    with ScriptedServer({"*": lambda *_: Answer.html(f"you sent {KEY}")}) as server:
        bad(quiet("syncthing_device", server, api_key=KEY, device_id=device_id("x")), "unexpected_answer")
    with ScriptedServer({"*": lambda *_: Answer.redirect(f"http://elsewhere/?key={KEY}")}) as server:
        bad(quiet("syncthing_info", server, api_key=KEY), "unexpected_answer")


@pytest.mark.outer_cores
@pytest.mark.since("1.29.0")  # it must hash a password
def test_before_the_first_start(host: Host, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The private key, the GUI's password and the API key that modules without a daemon get."""
    pair = identity.make()._asdict()
    lines = pair["private_key"].splitlines()[1:-1]
    password, key = "canary-of-the-password", KEY
    python = python_with(tmp_path_factory.mktemp("python"), LOGS)
    log = tmp_path_factory.mktemp("log") / "log"
    watch = Watch()
    said = []
    for check in (True, False):
        for module, args in (
            (IDENTITY, pair),
            (IDENTITY, {**pair, "certificate": identity.make().certificate}),
            (IDENTITY, {**pair, "certificate": pair["certificate"] + pair["private_key"]}),
            (CONFIG, {"gui_user": "admin", "gui_password": password, "api_key": key}),
            (CONFIG, {"gui_user": "admin", "gui_password": f"{password}\n", "api_key": key}),
            (CONFIG, {"gui_user": "admin", "gui_password": password, "api_key": f"{key}\n"}),
        ):
            result = host.run(module, python=python, check=check, env={"TEST_LOG": str(log)}, **args)
            said += [result.stdout, result.stderr]
    said += [watch.stop().decode(errors="replace"), log.read_text()]
    assert "Invoked with" in said[-1] and str(host.executable) in said[-2], "nothing was logged, or no program seen"
    for canary in (*lines, password, key):
        assert not [text for text in said if canary in text], canary
    for name, (mode, _owner, content) in host.files().items():
        holds = {"state/syncthing/key.pem": lines, "state/syncthing/config.xml": [key]}.get(name, [])
        assert not holds or (mode == 0o600 and all(secret in content for secret in holds))
        assert not [canary for canary in (*lines, password, key) if canary in content and canary not in holds], name


@pytest.mark.newest
@pytest.mark.outer_cores
def test_a_playbook_at_its_most_talkative(daemon: Daemon, host: Host, tmp_path: Path) -> None:
    """-vvvv, --diff and a log; what is registered is shown; tasks that succeed, fail and take too long."""
    pair = identity.make()._asdict()
    one, two = add_device(daemon, "one"), add_device(daemon, "two")
    secrets = {"password": "canary-of-the-password", "encryption": NEW, "key": daemon.api_key, "wrong_key": KEY}
    folder = {"id": "talk", "path": str(tmp_path / "talk"), "paused": True}
    share = {"device": one, "encryption_password": "{{ encryption }}"}
    install = {"config_dir": str(host.config_dir), "executable": str(host.executable)}
    tasks: list[tuple[str, Json]] = [
        ("config", {"folders": [{**folder, "devices": [share]}], "gui": {"user": "x", "password": "{{ password }}"}}),
        ("folder", {**folder, "label": "changed", "devices": [share, {**share, "device": two}]}),
        ("folder", {**folder, "devices": [share, {**share, "device": "nobody"}]}),
        ("folder", {**folder, "devices": [{**share, "typo": "{{ encryption }}"}]}),
        ("info", {"gather_subset": ["all"]}),
        ("info", {"api_key": "{{ wrong_key }}"}),
        ("info", {"api_key": "{{ wrong_key }}", "api_url": "http://127.0.0.1:1", "retries": 0}),
        ("wait", {"devices": ["one"], "wait_timeout": 0.5}),
        ("identity", {**install, "certificate": "{{ certificate }}", "private_key": "{{ private_key }}"}),
        ("identity", {**install, "certificate": "{{ certificate }}", "private_key": "{{ private_key[:-60] }}"}),
        (
            "initial_config",
            {**install, "gui_user": "x", "gui_password": "{{ password }}", "api_key": "{{ wrong_key }}"},
        ),
    ]
    steps: list[Json] = []
    for name, args in tasks:
        ours = {} if "executable" in args else {"api_url": daemon.api_url, "api_key": "{{ key }}"}
        module = {f"community.syncthing.syncthing_{name}": {**ours, **args}}
        steps.append({**module, "register": "said", "ignore_errors": True})
        steps.append({"ansible.builtin.debug": {"var": "said"}})
    (tmp_path / "play.json").write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": steps}]))
    (tmp_path / "vars.json").write_text(json.dumps({**secrets, **pair}))
    environment = {
        **child_environment(),
        "ANSIBLE_LOCAL_TEMP": str(tmp_path / "tmp/local"),
        "ANSIBLE_REMOTE_TEMP": str(tmp_path / "tmp/remote"),
        "ANSIBLE_LOG_PATH": str(tmp_path / "log"),
        "ANSIBLE_INJECT_INVOCATION": "1",  # as all did before 2.21
    }
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "localhost,", "-c", "local", "-vvvv"]
    command += ["--diff", "-e", f"@{tmp_path}/vars.json", "-e", f"ansible_python_interpreter={PYTHON}"]
    watch = Watch()
    said: list[str] = []
    for more in (["--check"], []):
        done = subprocess.run(
            [*command, *more, str(tmp_path / "play.json")],
            env=environment, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        said += [done.stdout, done.stderr]
        assert done.returncode == 0 and "failed=0" in done.stdout, done.stdout + done.stderr
        assert done.stdout.count("FAILED!") == done.stdout.count("...ignoring") >= 5, done.stdout
    said += [watch.stop().decode(errors="replace"), (tmp_path / "log").read_text()]
    said += [path.read_text(errors="replace") for path in (tmp_path / "tmp").rglob("*") if path.is_file()]
    assert (
        "(set)" in said[0]
        and '"invocation"' in said[0]
        and "AnsiballZ" in said[-1] + said[-2]
        and shares(daemon, "talk") == {one: NEW, two: NEW}
    )
    for canary in (*secrets.values(), *pair["private_key"].splitlines()[1:-1]):
        for text in said:
            place = text.find(canary)
            assert place < 0, f"{canary} is in …{text[max(0, place - 300) : place + 100]}…"
