# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""The harness keeps its promises."""

from __future__ import annotations

import base64
import hashlib
import http.client
import importlib.util
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from harness import binaries as binaries_module
from harness.binaries import Binary, BinaryError, find, version_key
from harness.collection import collection_root
from harness.daemon import ApiError, Daemon, DaemonError, pair, share, start_all
from harness.faults import FAULTS, TIMEOUT, FaultyProxy
from harness.module import run_module
from harness.proxy import DROP, RecordingProxy
from harness.scripted import Answer, Script, ScriptedServer

pytestmark = [pytest.mark.once, pytest.mark.any_core]  # every other test uses the harness on every version

TESTS = Path(__file__).resolve().parents[1]
Make = Callable[..., Daemon]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def parent_of(process: Path) -> int | None:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def wait_for(condition: Callable[[], object], timeout: float = 10) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


def fake(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def ask(
    url: str,
    method: str = "GET",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    context: ssl.SSLContext | None = None,
) -> tuple[int, str, bytes]:
    """Status, device ID and body of an answer, whatever the status."""
    request = urllib.request.Request(url, body, headers or {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=5, context=context) as answer:
            return answer.status, answer.headers.get("X-Syncthing-ID", ""), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, "", error.read()


# --- binaries


def test_version_key_orders_as_numbers() -> None:
    assert version_key("1.9.0") < version_key("1.12.1") < version_key("2.0.0-rc.1") < version_key("2.0.1")


def test_what_the_user_points_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries_module, "PINS", {"debian": {}, "upstream": {}})
    monkeypatch.delenv("SYNCTHING_TEST_VERSIONS", raising=False)
    monkeypatch.setenv("PATH", os.defpath)
    one = fake(tmp_path / "one/syncthing-2.9", "echo 'syncthing v2.9.0 \"Bee\"'")
    fake(tmp_path / "one/release/syncthing", "echo 'syncthing v2.10.0-rc.1'")
    fake(tmp_path / "one/stdiscosrv", "exit 9")
    two = fake(tmp_path / "two", "echo 'syncthing v2.9.0'")
    monkeypatch.setenv("SYNCTHING_BINARIES", f"{tmp_path / 'one'}{os.pathsep}{two}")
    found = [binary for binary in find().binaries if binary.source == "SYNCTHING_BINARIES"]
    assert [(binary.version, str(binary)) for binary in found] == [
        ("2.9.0", "syncthing-2.9.0"),
        ("2.10.0-rc.1", "syncthing-2.10.0-rc.1"),
    ]
    assert found[0].path == one
    monkeypatch.setenv("SYNCTHING_TEST_VERSIONS", "2.10")
    assert [binary.version for binary in find().binaries] == ["2.10.0-rc.1"]


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("nowhere", "does not exist"),
        ("empty", "holds no Syncthing"),
        ("broken", "is not Syncthing (exit code 3): sorry"),
        ("other/syncthing", "is not Syncthing"),
        ("alien/syncthing", "does not run"),
    ],
)
def test_what_the_user_points_to_must_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str, said: str
) -> None:
    (tmp_path / "empty").mkdir()
    fake(tmp_path / "broken/syncthing", "echo sorry; exit 3")
    fake(tmp_path / "other/syncthing", "echo 'stdiscosrv v1.29.5'")
    fake(tmp_path / "alien/syncthing", "").write_bytes(b"\x7fELF of another machine")
    monkeypatch.setenv("SYNCTHING_BINARIES", str(tmp_path / setting))
    with pytest.raises(BinaryError, match=re.escape(said)):
        find()


def test_the_cache_is_rebuilt_when_damaged_and_shared_when_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNCTHING_TEST_CACHE", str(tmp_path / "cache"))
    made = []

    def fetch(scratch: Path) -> Path:
        made.append(scratch)
        return fake(scratch / "syncthing", "echo syncthing v3.0.0")

    def get() -> Binary:
        return binaries_module._cached("test-3.0.0", "3.0.0", "test", fetch)

    target = get().path
    get()
    assert len(made) == 1 and not made[0].exists()
    target.write_text("half a file")
    get()
    assert len(made) == 2 and binaries_module.probe(target) == "3.0.0"


@pytest.mark.parametrize(
    ("pins", "said"),
    [
        ("right", "upstream release, checksum pinned"),
        ("wrong", "has the checksum"),
        ("none", "upstream release, checksum from the release itself, not pinned"),
    ],
)
def test_upstream_releases_are_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pins: str, said: str) -> None:
    name = "syncthing-linux-amd64-v3.0.0"
    release = tmp_path / "releases/v3.0.0"
    fake(release / name / "syncthing", "echo syncthing v3.0.0")
    subprocess.run(["tar", "-czf", f"{name}.tar.gz", name], cwd=release, check=True)
    right = hashlib.sha256((release / f"{name}.tar.gz").read_bytes()).hexdigest()
    (release / "sha256sum.txt.asc").write_text(f"-----BEGIN PGP SIGNED MESSAGE-----\n\n{right}  {name}.tar.gz\n")
    known = {"right": {"amd64": right}, "wrong": {"amd64": "0" * 64}, "none": {}}[pins]
    monkeypatch.setattr(binaries_module, "RELEASES", (tmp_path / "releases").as_uri())
    monkeypatch.setattr(binaries_module, "PINS", {"debian": {}, "upstream": {"3.0.0": known}})
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setenv("SYNCTHING_TEST_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("SYNCTHING_TEST_VERSIONS", "3.0")
    monkeypatch.delenv("SYNCTHING_BINARIES", raising=False)
    found = find()
    assert said in " ".join([*found.missing, *(binary.source for binary in found.binaries)])
    assert len(found.binaries) == (pins != "wrong")
    left = {path.name for path in (tmp_path / "cache").iterdir()}
    assert left <= {"upstream-3.0.0-amd64", "upstream-3.0.0-amd64.lock"}, "a scratch folder was left"


# --- daemons


def test_it_is_what_it_says(daemon: Daemon, binary: Binary) -> None:
    status = daemon.get("/rest/system/status")
    assert status["myID"] == daemon.device_id
    assert daemon.get("/rest/system/version")["version"].startswith(f"v{binary.version}")
    assert daemon.cert_file.exists()
    assert daemon.pid not in {parent_of(path) for path in Path("/proc").glob("[0-9]*")}


def test_it_keeps_to_itself(daemon: Daemon) -> None:
    config = daemon.config()
    options = config["options"]
    for option in (
        "globalAnnounceEnabled", "localAnnounceEnabled", "relaysEnabled", "natEnabled", "crashReportingEnabled",
        "startBrowser", "announceLANAddresses", "setLowPriority",
    ):  # fmt: skip
        assert options[option] is False, option
    assert options["listenAddresses"] == [daemon.listen_address]
    assert (options["urAccepted"], options["autoUpgradeIntervalH"], options["minHomeDiskFree"]["value"]) == (-1, 0, 0)
    assert config["folders"] == []
    assert [device["deviceID"] for device in config["devices"]] == [daemon.device_id]
    inodes = {link for link in map(_link, Path(f"/proc/{daemon.pid}/fd").iterdir()) if link.startswith("socket:")}
    for protocol in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/{daemon.pid}/net/{protocol}").read_text().splitlines()[1:]:
            fields = line.split()
            if f"socket:[{fields[9]}]" in inodes:
                assert fields[1].startswith("0100007F:"), f"{protocol} socket that is not on 127.0.0.1: {line}"


def _link(path: Path) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""


@pytest.mark.parametrize("again", [1, 2, 3])
def test_the_shared_daemon_is_pristine_each_time(daemon: Daemon, again: int) -> None:
    config = daemon.config()
    assert config["folders"] == [] and len(config["devices"]) == 1 and not list(daemon.folders_dir.iterdir())
    other = "I6KAH76-66SLLLB-5PFXSOA-UFJCDZC-YAOMLEK-CP2GB32-BV5RQST-3PSROAU"
    daemon.put("/rest/config/devices", [{"deviceID": other, "name": "other"}])
    daemon.put(
        "/rest/config/folders",
        [{"id": "x/y z", "path": str(daemon.folders_dir / "x"), "devices": [{"deviceID": other}]}],
    )
    options = daemon.get("/rest/config/options")
    daemon.put("/rest/config/options", {**options, "maxSendKbps": 17, "listenAddresses": ["default"]})
    if daemon.at_least("1.14.0"):
        defaults = daemon.get("/rest/config/defaults/folder")
        defaults["versioning"] = {"type": "trashcan", "params": {"cleanoutDays": "7"}}
        daemon.put("/rest/config/defaults/folder", {**defaults, "rescanIntervalS": 5})
    if again == 2:
        daemon.set_gui(user="somebody", theme="dark")
        assert daemon.gui_restarts() == 1


def test_reset_brings_everything_back(fresh_daemon: Daemon) -> None:
    config = fresh_daemon.config()
    fresh_daemon.set_gui(user="somebody", theme="dark")
    options = fresh_daemon.get("/rest/config/options")
    fresh_daemon.put("/rest/config/options", {**options, "auditEnabled": True, "auditFile": "-"})
    (fresh_daemon.folders_dir / "left").mkdir()
    fresh_daemon.reset(config)
    assert fresh_daemon.config() == config
    assert not fresh_daemon.restart_required() and not list(fresh_daemon.folders_dir.iterdir())


def test_restore_says_what_it_can_not_do(daemon: Daemon) -> None:
    config = daemon.config()
    config["options"]["noSuchThing"] = 1
    with pytest.raises(DaemonError, match=r"options\.noSuchThing"):
        daemon.restore(config)


def test_a_broken_shared_daemon_is_replaced(daemon: Daemon) -> None:
    daemon.kill()


def test_after_the_broken_one(daemon: Daemon) -> None:
    assert daemon.get("/rest/system/ping") == {"ping": "pong"}


def test_two_daemons_exchange_a_file(make_daemon: Make) -> None:
    a, b = make_daemon("a", start=False), make_daemon("b", start=False)
    start_all(a, b)
    pair(a, b)
    share("docs", a, b)
    (a.folders_dir / "docs/file").write_text("crossed")
    a.post("/rest/db/scan", folder="docs")
    a.wait_in_sync("docs", b)
    assert (b.folders_dir / "docs/file").read_text() == "crossed"


def test_tls_and_login(make_daemon: Make) -> None:
    daemon = make_daemon(tls=True, gui_user="admin", gui_password="correct horse")
    assert daemon.api_url.startswith("https://127.0.0.1:")
    assert daemon.get("/rest/system/ping") == {"ping": "pong"}
    context = ssl.create_default_context(cafile=str(daemon.cert_file))
    context.check_hostname = False
    context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
    answers = []
    for password in (b"correct horse", b"wrong"):
        login = {"Authorization": "Basic " + base64.b64encode(b"admin:" + password).decode()}
        answers.append(ask(f"{daemon.api_url}/rest/system/ping", headers=login, context=context))
    # Old versions want a CSRF token as well, and say so to nobody but who is logged in.
    assert answers[0][0] == 200 or b"CSRF" in answers[0][2]
    assert answers[1][0] in (401, 403) and b"CSRF" not in answers[1][2]


def test_gui_on_a_unix_socket(make_daemon: Make, tmp_path: Path) -> None:
    daemon = make_daemon(gui=str(tmp_path / "gui"))
    assert daemon.api_url == f"unix://{tmp_path / 'gui'}"
    with RecordingProxy(daemon) as proxy:
        answer = urllib.request.urlopen(
            urllib.request.Request(f"{proxy.api_url}/rest/system/ping", headers={"X-API-Key": daemon.api_key})
        )
        assert json.load(answer) == {"ping": "pong"}


def test_ports_taken_meanwhile_are_chosen_anew(make_daemon: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    daemon = make_daemon(start=False)
    choose, squatters = daemon._choose_ports, list[socket.socket]()

    def choose_badly_once() -> None:
        choose()
        if not squatters:
            squatters.append(socket.create_server(("127.0.0.1", int(daemon.api_url.rpartition(":")[2]))))

    monkeypatch.setattr(daemon, "_choose_ports", choose_badly_once)
    daemon.start()
    assert daemon.get("/rest/system/ping") == {"ping": "pong"}
    squatters[0].close()


def test_restart_kill_and_environment(make_daemon: Make) -> None:
    daemon = make_daemon(env={"STGUIAPIKEY": "from the environment"})
    assert daemon.api_key == "from the environment"
    address, pid = daemon.api_url, daemon.pid
    daemon.restart()
    assert daemon.api_url == address and daemon.pid not in (None, pid)
    daemon.kill()
    assert not daemon.running
    with pytest.raises(ConnectionError):
        daemon.get("/rest/system/ping")
    daemon.start()
    assert daemon.get("/rest/system/ping") == {"ping": "pong"}


def test_a_supervised_daemon_comes_back_after_a_restart_only(fresh_daemon: Daemon) -> None:
    pid = fresh_daemon.pid
    fresh_daemon.post("/rest/system/restart")
    wait_for(lambda: fresh_daemon.pid not in (None, pid))
    fresh_daemon.wait_ready()
    fresh_daemon.post("/rest/system/shutdown")
    wait_for(lambda: not fresh_daemon.running)
    time.sleep(0.3)
    assert not fresh_daemon.running and fresh_daemon.starts == 2


def test_a_daemon_that_can_not_start_says_why(make_daemon: Make) -> None:
    daemon = make_daemon(start=False)
    daemon.config_xml.write_text(daemon.config_xml.read_text().replace('version="', 'version="9'))
    with pytest.raises(DaemonError, match=r"(?is)exit code 1.*newer"):
        daemon.start()
    home = daemon.home
    daemon.close()
    assert not home.exists()


def test_daemons_die_with_the_test_process(binary: Binary, tmp_path: Path) -> None:
    script = f"""
import sys, threading, time
from pathlib import Path
sys.path.insert(0, {str(TESTS)!r})
from harness.binaries import Binary
from harness.daemon import Daemon
made = []
def make():
    binary = Binary(Path({str(binary.path)!r}), {binary.version!r}, "test")
    made.append(Daemon(binary, Path({str(tmp_path)!r}), supervise=True))
thread = threading.Thread(target=make)  # a thread that ends before the daemon may
thread.start(); thread.join()
time.sleep(0.2)
print(made[0].pid, made[0].running, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parent:
        assert parent.stdout is not None
        pid, running = parent.stdout.readline().split()
        assert running == b"True" and alive(int(pid))
        parent.kill()
    wait_for(lambda: not alive(int(pid)))


# --- proxy and scripted server


def test_the_proxy_forwards_and_records(proxy: RecordingProxy, daemon: Daemon) -> None:
    key = {"X-API-Key": daemon.api_key}
    status, identity, body = ask(f"{proxy.api_url}/rest/config", headers=key)
    assert (status, identity, json.loads(body)) == (200, daemon.device_id, daemon.config())
    assert ask(f"{proxy.api_url}/rest/config")[0] == 403
    put = json.dumps({**daemon.get("/rest/config/options"), "maxSendKbps": 3}).encode()
    assert ask(f"{proxy.api_url}/rest/config/options", "PUT", put, headers=key)[0] == 200
    assert daemon.get("/rest/config/options")["maxSendKbps"] == 3
    assert proxy.requests == [("GET", "/rest/config"), ("GET", "/rest/config"), ("PUT", "/rest/config/options")]
    assert proxy.writes == [("PUT", "/rest/config/options")]
    assert (proxy.exchanges[-1].body, proxy.exchanges[-1].status) == (put, 200)


def test_the_proxy_keeps_a_connection(proxy: RecordingProxy, daemon: Daemon) -> None:
    client = http.client.HTTPConnection("127.0.0.1", int(proxy.api_url.rpartition(":")[2]))
    for _unused in range(3):
        client.request("GET", "/rest/system/ping", headers={"X-API-Key": daemon.api_key})
        assert client.getresponse().read()
        assert client.sock is not None
    client.close()


def test_the_proxy_refuses_and_spoils(proxy: RecordingProxy, daemon: Daemon) -> None:
    url, key = f"{proxy.api_url}/rest/config/options", {"X-API-Key": daemon.api_key}
    put = json.dumps({**daemon.get("/rest/config/options"), "maxSendKbps": 4}).encode()
    proxy.refuse_writes = True
    assert ask(url, "PUT", put, headers=key)[0] == 500
    assert daemon.get("/rest/config/options")["maxSendKbps"] == 0
    proxy.refuse_writes = False
    proxy.on_request = lambda method, path, body: (418, {"X-Syncthing-ID": "teapot"}, b"short") if not body else None
    assert ask(url)[0] == 418
    proxy.on_response = lambda method, path, status, body: DROP
    with pytest.raises((ConnectionError, http.client.HTTPException, urllib.error.URLError)):
        ask(url, "PUT", put, headers=key)
    assert daemon.get("/rest/config/options")["maxSendKbps"] == 4
    proxy.on_request = proxy.on_response = None
    daemon.stop()
    with pytest.raises((ConnectionError, http.client.HTTPException, urllib.error.URLError)):
        ask(url, headers=key)


# What comes back for a write, and whether it took effect.
FAULTY = {
    "delayed": (200, True),
    "late": (TimeoutError, True),
    "half sent": (http.client.RemoteDisconnected, False),
    "reset": (ConnectionResetError, False),
    "refused": (ConnectionRefusedError, False),
    "head torn": (200, True),  # this library takes what it has for the head
    "body torn": (http.client.IncompleteRead, True),
    "answer lost": (http.client.RemoteDisconnected, True),
    "500": (500, False),
    "502": (502, False),
    "503": (503, False),
    "504": (504, True),
    "html": (200, False),
}


@pytest.mark.once
def test_a_fault_is_what_it_says(daemon: Daemon) -> None:
    assert set(FAULTY) == set(FAULTS)
    headers = {"X-API-Key": daemon.api_key, "Content-Type": "application/json"}
    for rate, (fault, expected) in enumerate(FAULTY.items(), 1):
        came: object
        with FaultyProxy(daemon, fault=fault, at=1) as proxy:
            client = http.client.HTTPConnection(proxy.api_url.removeprefix("http://"), timeout=TIMEOUT)
            client.request("GET", "/rest/system/ping", headers=headers)
            client.getresponse().read()
            try:
                client.request("PATCH", "/rest/config/options", json.dumps({"maxSendKbps": rate}), headers)
                answer = client.getresponse()
                answer.read()
                came = answer.status
            except (OSError, http.client.HTTPException) as error:
                came = type(error)
            client.close()
            assert proxy.hits == 1
        took_effect = daemon.get("/rest/config/options")["maxSendKbps"] == rate
        assert (came, took_effect) == expected, fault


@pytest.mark.once
def test_a_fault_may_last(daemon: Daemon) -> None:
    headers = {"X-API-Key": daemon.api_key}
    with FaultyProxy(daemon, fault="503", at=1, lasting=True) as proxy:
        url = f"{proxy.api_url}/rest/system/ping"
        assert [ask(url, headers=headers)[0] for _time in range(4)] == [200, 503, 503, 503]
    with FaultyProxy(daemon, fault="refused", at=0, lasting=True) as proxy, pytest.raises(urllib.error.URLError):
        ask(f"{proxy.api_url}/rest/system/ping", headers=headers)


def test_a_hook_that_fails_fails_the_test(daemon: Daemon) -> None:
    def hook(*_: object) -> None:
        raise RuntimeError("in the hook")

    with pytest.raises(RuntimeError, match="in the hook"), RecordingProxy(daemon) as proxy:
        proxy.on_request = hook
        with pytest.raises((ConnectionError, http.client.HTTPException, urllib.error.URLError)):
            ask(f"{proxy.api_url}/rest/config")


def test_the_scripted_server() -> None:
    script: dict[str, Script] = {
        "/html": Answer.html(),
        "PUT /migrating": Answer.migration(),
        "/broken": Answer.broken_json(),
        "/torn": Answer.torn({"a": "b" * 100}),
        "/close": Answer.close(),
        "/reset": Answer.reset(),
        "/slow": Answer.slow(30),
        "/then": [Answer("no", 500), Answer({"ok": True})],
        "/echo": lambda request: Answer(f"{request.method} {request.path} {request.body.decode()}"),
    }
    with ScriptedServer(script) as server:
        url = server.api_url
        assert ask(f"{url}/html")[2].startswith(b"<!DOCTYPE")
        assert b"migration in progress" in ask(f"{url}/migrating", "PUT", b"{}")[2]
        assert ask(f"{url}/migrating")[0] == 404
        with pytest.raises(ValueError):
            json.loads(ask(f"{url}/broken")[2])
        with pytest.raises(http.client.IncompleteRead):
            ask(f"{url}/torn")
        with pytest.raises(http.client.RemoteDisconnected):
            ask(f"{url}/close")
        with pytest.raises(ConnectionResetError):
            ask(f"{url}/reset")
        assert [ask(f"{url}/then")[0] for _unused in range(3)] == [500, 200, 200]
        assert ask(f"{url}/echo?x=1", "POST", b"hello")[2] == b"POST /echo?x=1 hello"
        assert "POST /echo?x=1" in server.asked
        client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=0.2)
        client.request("GET", "/slow")
        with pytest.raises(TimeoutError):
            client.getresponse()
        client.close()


def test_the_scripted_server_redirects_and_speaks_tls(make_daemon: Make) -> None:
    own = make_daemon(tls=True).cert_file
    with ScriptedServer({"*": Answer([])}, tls=(own, own.with_name("https-key.pem"))) as secure:
        plain = socket.create_connection(("127.0.0.1", secure.port))  # says nothing, and must hold up nobody
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.load_verify_locations(own)
        assert urllib.request.urlopen(f"{secure.api_url}/x", context=context, timeout=5).read() == b"[]"
        plain.close()
        with ScriptedServer({"*": Answer.redirect(f"{secure.api_url}/y")}) as redirecting:
            client = http.client.HTTPConnection("127.0.0.1", redirecting.port)
            client.request("GET", "/")
            answer = client.getresponse()
            assert (answer.status, answer.headers["Location"]) == (307, f"{secure.api_url}/y")


# --- modules


def test_a_module_runs_as_ansible_runs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNCTHING_API_KEY", "of the developer")
    monkeypatch.setenv("STGUIADDRESS", "of the developer")
    monkeypatch.setenv("XDG_CONFIG_HOME", "of the developer")
    result = run_module("ansible.modules.ping", {"data": "grün"})
    assert (result.rc, result.failed, result.changed, result["ping"]) == (0, False, False, "grün")
    assert result["invocation"] == {"module_args": {"data": "grün"}}
    show = "import os, json; print(json.dumps(dict(os.environ)))"
    result = run_module("ansible.modules.command", {"argv": [sys.executable, "-c", show]}, env={"STGUIAPIKEY": "given"})
    environment = json.loads(result["stdout"])
    assert "of the developer" not in environment.values()
    assert environment["STGUIAPIKEY"] == "given"
    assert environment["HOME"] != os.environ.get("HOME") and not os.path.exists(environment["HOME"])


def test_a_module_fails_checks_and_differs(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    assert run_module("ansible.modules.file", {"path": str(source / "x"), "state": "file"}).failed
    args = {"path": str(target), "state": "directory"}
    result = run_module("ansible.modules.file", args, check=True)
    assert result.changed and not target.exists()
    assert result.diff["after"]["state"] == "directory"
    assert run_module("ansible.modules.file", args).changed and target.is_dir()
    assert not run_module("ansible.modules.file", args).changed


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise RuntimeError('no')", "traceback"),
        ("print('noise'); AnsibleModule({}).exit_json()", "exactly one JSON object"),
        ("AnsibleModule({}).exit_json(failed=True)", "disagree"),
        ("import time; time.sleep(30)", "did not end within"),
        ("import ansible.errors", "traceback"),
    ],
)
def test_a_module_that_misbehaves_is_caught(tmp_path: Path, body: str, said: str) -> None:
    package = tmp_path / f"bad_{os.getpid()}"  # in a tree that all workers may share
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "module.py").write_text(f"from ansible.module_utils.basic import AnsibleModule\n{body}\n")
    link = collection_root() / package.name
    link.symlink_to(package)
    try:
        with pytest.raises(AssertionError, match=said):
            run_module(f"{package.name}.module", timeout=3 if "sleep" in body else 60)
    finally:
        link.unlink()


def test_the_collection_is_importable() -> None:
    import ansible_collections.community.syncthing as collection

    assert TESTS.parent in [Path(path).resolve() for path in collection.__path__]


# --- the session


def pytest_of(tmp_path: Path, body: str, *options: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run pytest on one test file beside this conftest."""
    conftest = Path(__file__).with_name("conftest.py").read_text()
    (tmp_path / "conftest.py").write_text(
        conftest.replace("Path(__file__).resolve().parents[1]", f"Path({str(TESTS)!r})")
    )
    (tmp_path / "test_it.py").write_text(body)
    command = [sys.executable, *["-m", "pytest", "-p", "no:cacheprovider", "--rootdir"], str(tmp_path), str(tmp_path)]
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    environment = {**os.environ, "PYTEST_ADDOPTS": "", "PYTHONPATH": path, **env}
    return subprocess.run(
        [*command, *options], check=False, capture_output=True, text=True, env=environment, timeout=120
    )


def test_no_version_is_a_failure(tmp_path: Path) -> None:
    done = pytest_of(tmp_path, "def test(): pass", SYNCTHING_TEST_VERSIONS="0.1")
    assert done.returncode == 4 and "No Syncthing to test with" in done.stderr, done.stdout + done.stderr


def test_markers_deselect_and_the_summary_counts(tmp_path: Path, binaries: list[Binary]) -> None:
    binary = binaries[-1]
    body = f"""
import pytest
@pytest.mark.since("99.0.0")
def test_future(daemon): assert False
@pytest.mark.until("1.0.0")
def test_past(daemon): assert False
@pytest.mark.since("1.0.0")
@pytest.mark.until("99.0.0")
def test_now(binary): assert binary.version == "{binary.version}"
"""
    options = ["-n", "2"] if importlib.util.find_spec("xdist") else []
    done = pytest_of(
        tmp_path, body, *options, SYNCTHING_BINARIES=str(binary.path), SYNCTHING_TEST_VERSIONS=binary.version
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"syncthing: {binary.version} (SYNCTHING_BINARIES)" in done.stdout
    assert "1 passed (SYNCTHING_BINARIES)" in done.stdout
    assert "1 deselected: for Syncthing 99.0.0 and later" in done.stdout
    assert "1 deselected: for Syncthing before 1.0.0" in done.stdout


def test_a_failure_shows_the_log_and_leaves_nothing(tmp_path: Path, binaries: list[Binary]) -> None:
    binary = binaries[-1]
    body = f"""
from pathlib import Path
def test(daemon, make_daemon):
    other = make_daemon("other")
    Path({str(tmp_path)!r}, "pids").write_text(f"{{daemon.pid}} {{other.pid}} {{daemon.home}} {{other.home}}")
    assert False
"""
    done = pytest_of(tmp_path, body, SYNCTHING_BINARIES=str(binary.path), SYNCTHING_TEST_VERSIONS=binary.version)
    assert done.returncode == 1
    assert f"{binary} shared" in done.stdout and f"{binary} other" in done.stdout and "listening" in done.stdout
    *pids, home, other = (tmp_path / "pids").read_text().split()
    assert not any(alive(int(pid)) for pid in pids) and not Path(home).exists() and not Path(other).exists()


def test_an_api_error_names_request_and_answer(daemon: Daemon) -> None:
    with pytest.raises(ApiError, match="GET /rest/config/folders/none: 404") as caught:
        daemon.get("/rest/config/folders/none")
    assert caught.value.status == 404
