# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""One real Syncthing daemon: own home, loopback only, nothing announced, gone when its test is over."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
import random
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .binaries import Binary, version_key

# seconds; a machine under load takes its time
PATIENCE = 90
STOP_TIMEOUT = 5
START_ATTEMPTS = 5
RESTART_EXIT_CODES = (3, 4)  # asked to restart, upgraded: what a service manager acts on

# Runs in the child before Syncthing takes its place: the kernel kills the daemon with us, even when we are killed.
_LAUNCHER = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGKILL)
if os.getppid() != int(sys.argv[1]):
    sys.exit("the test process is gone")
os.execv(sys.argv[2], sys.argv[2:])
"""
# The death signal follows the *thread* that made the child, so one thread that lives as long as we do makes them all.
_spawner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="syncthing-spawner")


class DaemonError(Exception):
    """The daemon did not do what it had to; the message ends with its log."""


class ApiError(Exception):
    def __init__(self, method: str, path: str, reply: Reply) -> None:
        super().__init__(f"{method} {path}: {reply.status} {reply.body.decode(errors='replace').strip()[:500]}")
        self.status = reply.status
        self.reply = reply


@dataclass(frozen=True)
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body.strip() else None


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Daemon:
    """A Syncthing process with its own home below `base`. A context manager; leaving it removes both.

    `gui` is a loopback address or the path of a UNIX socket. `supervise` starts the daemon again when it asks for a
    restart, as a service manager does.
    """

    def __init__(
        self,
        binary: Binary,
        base: Path,
        name: str = "a",
        *,
        tls: bool = False,
        gui: str = "127.0.0.1",
        gui_user: str | None = None,
        gui_password: str | None = None,
        env: dict[str, str] | None = None,
        supervise: bool = False,
        start: bool = True,
    ) -> None:
        self._gui = gui.removeprefix("unix://")
        if self._gui.startswith("/") and (tls or len(self._gui.encode()) > 107):
            raise ValueError(f"{gui}: a GUI on a UNIX socket is without TLS and its path has at most 107 bytes")
        self.binary = binary
        self.version = binary.version
        self.name = name
        self.home = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=base))
        # Where every version looks when it is told nothing, so discovery can be tested with HOME alone.
        self.config_dir = self.home / ".config/syncthing"
        self.config_xml = self.config_dir / "config.xml"
        self.cert_file = self.config_dir / "https-cert.pem"
        self.folders_dir = self.home / "folders"
        self.log_file = self.home / "syncthing.log"
        self.listen_address = ""
        self.env = env or {}
        self.supervise = supervise
        self.starts = 0
        self._new = True  # never ready so far
        self._tls = tls
        login = {"user": gui_user, "password": gui_password}
        self._login = {key: value for key, value in login.items() if value is not None}
        self._ports: list[_Port] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._supervisor: threading.Thread | None = None
        self._lock = threading.RLock()
        self._down = True  # wanted down: nobody may start it again
        try:
            self.folders_dir.mkdir()
            self._generate()
            if start:
                self.start()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Daemon:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{self.binary} {self.name} {self.home}>"

    # --- what it is

    @property
    def device_id(self) -> str:
        return device_id(self.config_dir / "cert.pem")

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def running(self) -> bool:
        return self.pid is not None

    def at_least(self, version: str) -> bool:
        return self.binary.key >= version_key(version)

    # Address and key are read from config.xml each time: a test may change either.

    @property
    def api_key(self) -> str:
        return self.env.get("STGUIAPIKEY") or (self._gui_element().findtext("apikey") or "")

    @property
    def api_url(self) -> str:
        address = self.env.get("STGUIADDRESS") or (self._gui_element().findtext("address") or "")
        if address.startswith(("http://", "https://", "unix://")):
            return address
        if address.startswith("/"):
            return f"unix://{address}"
        host, _unused, port = address.rpartition(":")
        if host in ("", "0.0.0.0", "[::]"):
            host = "127.0.0.1"
        return f"{'https' if self._gui_element().get('tls') == 'true' else 'http'}://{host}:{port}"

    def _gui_element(self) -> ET.Element:
        gui = ET.parse(self.config_xml).find("gui")
        assert gui is not None
        return gui

    # --- its life

    def start(self) -> None:
        """Start it and wait until its API answers. At its first start, a port taken meanwhile is chosen anew."""
        first = self._new
        for attempt in range(1, START_ATTEMPTS + 1):
            if first:
                self._choose_ports()
            self._down = False
            self._spawn()
            try:
                self.wait_ready()
                self._new = False
                break
            except DaemonError:
                taken = "address already in use" in self.log_tail(10)
                self.stop()
                if not (first and taken) or attempt == START_ATTEMPTS:
                    raise
        if first and self._login:
            # Through the API, since not every version hashes a password that it finds in config.xml.
            self.set_gui(**self._login)
        if self.supervise:
            self._supervisor = threading.Thread(target=self._supervise, name=f"supervise-{self.name}", daemon=True)
            self._supervisor.start()

    def stop(self) -> None:
        """SIGTERM, and SIGKILL when that is not enough."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL: a crash, from the daemon's point of view."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        self.stop()
        self.start()

    def close(self) -> None:
        """End it and remove its home, so there is nothing to save first. Can be called twice."""
        self.kill()
        for port in self._ports:
            port.release()
        shutil.rmtree(self.home, ignore_errors=True)

    def wait_ready(self, timeout: float = PATIENCE) -> None:
        """Until this very daemon answers on its API and, when it is new, listens for other devices."""

        def ready() -> bool:
            supervised = self._supervisor is not None and self._supervisor.is_alive()
            if not self.running and not supervised:
                code = self._process.returncode if self._process else None
                raise DaemonError(f"{self} ended with exit code {code}\n{self.log_tail()}")
            status = self._request("GET", "/rest/system/status", timeout=2).json
            if status["myID"] != self.device_id:
                return False
            listener = status.get("connectionServiceStatus", {}).get(self.listen_address)
            return not self._new or bool(listener and listener["error"] is None)

        self.wait_until(ready, timeout, "its API to answer")

    def _environment(self) -> dict[str, str]:
        home = str(self.home)
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": home,
            "XDG_CONFIG_HOME": f"{home}/.config",
            "XDG_STATE_HOME": f"{home}/.local/state",
            "XDG_DATA_HOME": f"{home}/.local/share",
            "XDG_CACHE_HOME": f"{home}/.cache",
            "STNODEFAULTFOLDER": "1",
            "STNOUPGRADE": "1",
            "STHASHING": "standard",  # else old releases try two for a second at each start
            "STMONITORED": "yes",  # one process only: without it a monitor runs the real one as its child
            **self.env,
        }

    def _generate(self) -> None:
        flag = (
            [f"--generate={self.config_dir}"] if self.binary.key < (2,) else ["generate", f"--home={self.config_dir}"]
        )
        done = subprocess.run(
            [str(self.binary.path), *flag],
            check=False,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        if done.returncode or not self.config_xml.exists():
            raise DaemonError(f"{self}: generating its identity failed\n{done.stdout}{done.stderr}")
        tree = ET.parse(self.config_xml)
        gui = tree.getroot().find("gui")
        assert gui is not None
        gui.set("enabled", "true")
        gui.set("tls", str(self._tls).lower())
        _set(gui, "apikey", secrets.token_urlsafe(24))
        tree.write(self.config_xml)
        self.isolate()

    def isolate(self) -> None:
        """Let what is in config.xml announce nothing and ask nobody."""
        tree = ET.parse(self.config_xml)
        options = tree.getroot().find("options")
        assert options is not None
        for option, value in {
            "globalAnnounceEnabled": "false",
            "localAnnounceEnabled": "false",
            "relaysEnabled": "false",
            "natEnabled": "false",
            "stunKeepaliveStartS": "0",
            "announceLANAddresses": "false",
            "crashReportingEnabled": "false",
            "urAccepted": "-1",
            "autoUpgradeIntervalH": "0",
            "startBrowser": "false",
            "setLowPriority": "false",
            "minHomeDiskFree": "0",
            "reconnectionIntervalS": "5",
        }.items():
            _set(options, option, value)
        tree.write(self.config_xml)

    def _choose_ports(self) -> None:
        for port in self._ports:
            port.release()
        listen, gui = self._ports = [_Port(), _Port()]
        self.listen_address = f"tcp://127.0.0.1:{listen.number}"
        tree = ET.parse(self.config_xml)
        options = tree.find("options")
        element = tree.find("gui")
        assert options is not None and element is not None
        for old in options.findall("listenAddress"):
            options.remove(old)
        _set(options, "listenAddress", self.listen_address)
        _set(element, "address", self._gui if self._gui.startswith("/") else f"{self._gui}:{gui.number}")
        tree.write(self.config_xml)

    def _spawn(self) -> None:
        command = [str(self.binary.path), "--no-browser", "--no-restart", f"--home={self.config_dir}"]
        launcher = [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(os.getpid()), *command]
        with self._lock:
            if self._down or self.running:
                return
            with self.log_file.open("ab") as log:
                self._process = _spawner.submit(
                    subprocess.Popen,
                    launcher,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=self._environment(),
                    cwd=self.home,
                    start_new_session=True,
                ).result()
            self.starts += 1

    def _end(self, how: signal.Signals) -> None:
        with self._lock:
            self._down = True
            process = self._process
        if process is not None:
            if process.poll() is None:
                process.send_signal(how)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(STOP_TIMEOUT)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if self._supervisor and self._supervisor is not threading.current_thread():
            self._supervisor.join()
            self._supervisor = None

    def _supervise(self) -> None:
        while not self._down and self._process is not None:
            if self._process.wait() not in RESTART_EXIT_CODES:
                return
            self._spawn()

    # --- its API

    def connect(self, timeout: float = 30) -> http.client.HTTPConnection:
        """A connection to its API, not opened yet, whatever the API listens on."""
        url = urllib.parse.urlsplit(self.api_url)
        if url.scheme == "unix":
            return _UnixConnection(url.path, timeout)
        assert url.hostname is not None
        if url.scheme == "http":
            return http.client.HTTPConnection(url.hostname, url.port, timeout=timeout)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.load_verify_locations(self.cert_file)
        return http.client.HTTPSConnection(url.hostname, url.port, timeout=timeout, context=context)

    def request(
        self, method: str, path: str, body: Any = None, *, params: dict[str, str] | None = None, timeout: float = 30
    ) -> Reply:
        """One request with the API key; ApiError for anything but 2xx. Reads outlive the GUI's own restarts."""
        deadline = time.monotonic() + 3
        while True:
            try:
                return self._request(method, path, body, params=params, timeout=timeout)
            except ConnectionError:
                if method != "GET" or not self.running or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def _request(
        self, method: str, path: str, body: Any = None, *, params: dict[str, str] | None = None, timeout: float = 30
    ) -> Reply:
        url = path if path.startswith("/") else f"/rest/{path}"
        if params:
            url += "?" + urllib.parse.urlencode(params)
        connection = self.connect(timeout)
        try:
            data = None if body is None else json.dumps(body).encode()
            connection.request(method, url, data, {"X-API-Key": self.api_key, "Content-Type": "application/json"})
            answer = connection.getresponse()
            reply = Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()
        if not 200 <= reply.status < 300:
            raise ApiError(method, url, reply)
        return reply

    def get(self, path: str, **params: str) -> Any:
        return self.request("GET", path, params=params).json

    def put(self, path: str, body: Any, **params: str) -> Any:
        return self.request("PUT", path, body, params=params).json

    def post(self, path: str, body: Any = None, **params: str) -> Any:
        return self.request("POST", path, body, params=params).json

    def patch(self, path: str, body: Any, **params: str) -> Any:
        return self.request("PATCH", path, body, params=params).json

    def delete(self, path: str, **params: str) -> Any:
        return self.request("DELETE", path, params=params).json

    # --- its state

    def config(self) -> dict[str, Any]:
        return dict(self.get("/rest/config"))

    def set_gui(self, **fields: Any) -> None:
        """Change fields of the GUI section and wait until the API, which restarts for it, shows them."""
        with suppress(ConnectionError):  # the restart may cut the very connection that asked for it
            self.put("/rest/config/gui", {**self.get("/rest/config/gui"), **fields})
        shown = {key: value for key, value in fields.items() if key != "password"}
        self.wait_until(
            lambda: shown.items() <= self.get("/rest/config/gui").items(), what=f"GUI fields {list(fields)}"
        )

    def restore(self, config: dict[str, Any]) -> None:
        """Bring the configuration back to an earlier `config()`, or raise DaemonError naming what could not be."""
        differences: list[str] = []
        for _unused in range(3):
            current = self.config()
            differences = list(_differences(config, current))
            if not differences:
                return
            # A map is merged, also with what defaults.folder has; an explicit null empties it first.
            emptied = json.loads(json.dumps(config))
            for folder in [*emptied["folders"], emptied.get("defaults", {}).get("folder", {})]:
                if folder.get("versioning", {}).get("params") == {}:
                    folder["versioning"]["params"] = None
            with suppress(ConnectionError):  # a GUI change may cut the connection that brought it; the next round looks
                self.put("/rest/config", emptied)
        raise DaemonError(f"{self} did not take back its configuration: {', '.join(differences)}\n{self.log_tail()}")

    def reset(self, config: dict[str, Any]) -> None:
        """`restore`, and forget the rest: folder data, offers of other devices, errors, a restart that is due."""
        self.restore(config)
        for path in self.folders_dir.iterdir():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        self.post("/rest/system/error/clear")
        if self.at_least("1.18.0"):
            for device in self.get("/rest/cluster/pending/devices"):
                self.delete("/rest/cluster/pending/devices", device=device)
            for folder in self.get("/rest/cluster/pending/folders"):
                self.delete("/rest/cluster/pending/folders", folder=folder)
        if self.restart_required():
            self.restart()

    def gui_restarts(self) -> int:
        """How often the API listener began anew without the process, as it does for every change of the GUI section.

        Syncthing takes the sixth within half a minute for a crash loop, and keeps the API away for up to 20 s.
        """
        return self.log_file.read_text(errors="replace").count("GUI and API listening") - self.starts

    def restart_required(self) -> bool:
        if self.at_least("1.15.0"):
            return bool(self.get("/rest/config/restart-required")["requiresRestart"])
        return not self.get("/rest/system/config/insync")["configInSync"]

    def log_tail(self, lines: int = 30) -> str:
        try:
            return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def wait_until(self, predicate: Callable[[], Any], timeout: float = PATIENCE, what: str = "a condition") -> Any:
        """The first true answer of `predicate`. An API that refuses or is away meanwhile counts as not yet."""
        deadline = time.monotonic() + timeout
        last: object = None
        while True:
            try:
                last = predicate()
                if last:
                    return last
            except (ApiError, OSError, http.client.HTTPException, ValueError, ET.ParseError) as error:
                last = error
            if time.monotonic() > deadline:
                raise DaemonError(f"{self}: waited {timeout} s for {what}, last was {last!r}\n{self.log_tail()}")
            time.sleep(0.05)

    def wait_connected(self, other: Daemon, timeout: float = PATIENCE) -> None:
        def connected(one: Daemon, two: Daemon) -> bool:
            known = one.get("/rest/system/connections")["connections"]
            return bool(known.get(two.device_id, {}).get("connected"))

        self.wait_until(lambda: connected(self, other) and connected(other, self), timeout, f"a connection to {other}")

    def wait_in_sync(self, folder: str, *others: Daemon, timeout: float = PATIENCE) -> None:
        """Until the folder is idle and complete here and on `others`, and they agree on what it holds."""
        counts = [f"{scope}{kind}" for scope in ("global", "local") for kind in ("Files", "Directories", "Bytes")]

        def in_sync() -> bool:
            stati = [one.get("/rest/db/status", folder=folder) for one in (self, *others)]
            settled = all(status["state"] == "idle" and status["needTotalItems"] == 0 for status in stati)
            return settled and len({tuple(status[count] for count in counts) for status in stati}) == 1

        self.wait_until(in_sync, timeout, f"folder {folder} to be in sync")


class _Port:
    """A free loopback port that no other harness takes: also not in the moment before the daemon binds it.

    Syncthing listens with SO_REUSEPORT, so two daemons on one port would not even notice. The claim is an abstract
    UNIX socket: it has the port's scope (the network namespace) and vanishes with the process. Ephemeral ports are
    avoided, since any outgoing connection may take one while the daemon restarts.
    """

    def __init__(self) -> None:
        for _unused in range(1000):
            self.number = random.randrange(10000, 32000)
            self._claim = socket.socket(socket.AF_UNIX)
            try:
                self._claim.bind(f"\0community.syncthing-port-{self.number}")
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", self.number))
                return
            except OSError:
                self._claim.close()
        raise DaemonError("no free port between 10000 and 32000")

    def release(self) -> None:
        self._claim.close()


def device_id(cert_pem: Path) -> str:
    """The ID that follows from a certificate, by an own computation to hold the collection's against."""
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(cert_pem.read_text())).digest()
    text = base64.b32encode(digest).decode().rstrip("=")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    checked = ""
    for start in range(0, 52, 13):
        part, total = text[start : start + 13], 0
        for index, letter in enumerate(part):
            doubled = alphabet.index(letter) * (1 + index % 2)
            total += doubled // 32 + doubled % 32
        checked += part + alphabet[-total % 32]
    return "-".join(checked[start : start + 7] for start in range(0, 56, 7))


def start_all(*daemons: Daemon) -> None:
    """Start several at once."""
    with ThreadPoolExecutor(max(1, len(daemons))) as pool:
        for future in [pool.submit(daemon.start) for daemon in daemons]:
            future.result()


def pair(*daemons: Daemon) -> None:
    """Make each know all the others, and wait until they are connected.

    Of two, the later dials and the earlier waits: 1.12 hangs when both dial each other in the same instant.
    """
    for index, daemon in enumerate(daemons):
        others = [
            {
                "deviceID": other.device_id,
                "name": other.name,
                "addresses": [other.listen_address] if position < index else ["dynamic"],
            }
            for position, other in enumerate(daemons)
            if other is not daemon
        ]
        daemon.put("/rest/config/devices", others)
    for index, daemon in enumerate(daemons):
        for other in daemons[:index]:
            daemon.wait_connected(other)


def share(folder: str, *daemons: Daemon, **fields: Any) -> None:
    """Share a folder between daemons that know each other."""
    devices = [{"deviceID": daemon.device_id} for daemon in daemons]
    for daemon in daemons:
        path = str(daemon.folders_dir / folder)
        daemon.put("/rest/config/folders", [{"id": folder, "path": path, "devices": devices, **fields}])


def _set(parent: ET.Element, tag: str, text: str) -> None:
    element = parent.find(tag)
    if element is None:
        element = ET.SubElement(parent, tag)
    element.text = text


def _differences(wanted: Any, actual: Any, path: str = "") -> Iterator[str]:
    if isinstance(wanted, dict) and isinstance(actual, dict):
        for key in sorted({*wanted, *actual}):
            yield from _differences(wanted.get(key), actual.get(key), f"{path}.{key}".lstrip("."))
    elif isinstance(wanted, list) and isinstance(actual, list) and len(wanted) == len(actual):
        for index, (one, two) in enumerate(zip(wanted, actual, strict=True)):
            yield from _differences(one, two, f"{path}[{index}]")
    elif wanted != actual:
        yield path
