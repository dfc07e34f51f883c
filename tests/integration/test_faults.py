# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Every request of every module that speaks to a daemon, with everything that a network can do to it.

A run succeeds or says in one sentence what is wrong. Whichever it is, each object of the daemon is then as before or as
declared, and the next run makes it as declared, and the one after that finds nothing to do. In this process, for the
number of runs.
"""

from __future__ import annotations

import os
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support import KEYS, SOAK, Json, Make, add_device, add_folder, bad, device_id, get, good, timeless

from harness.daemon import ApiError, Daemon, pair
from harness.faults import FAULTS, TIMEOUT, FaultyProxy
from harness.module import ModuleResult, run_in_process
from harness.proxy import Exchange

pytestmark = pytest.mark.any_core


# --- what is attacked


@dataclass
class Stage:
    """The daemon that is attacked, and one that offers itself and a folder to it."""

    daemon: Daemon
    make: Make
    _peer: Daemon | None = None

    @property
    def peer(self) -> Daemon:
        if self._peer is None:
            self._peer = self.make("peer")
            own = get(self._peer, "devices", self._peer.device_id)
            self._peer.put("/rest/config/devices", [{**own, "name": "peer"}])
        return self._peer

    def meet(self) -> None:
        pair(self.peer, self.daemon)

    def offer_device(self) -> None:
        """Let the peer dial until it is noticed; then it is silent, so that the offer stays as it is."""
        there = {"deviceID": self.daemon.device_id, "addresses": [self.daemon.listen_address]}
        self.peer.put("/rest/config/devices", [there])
        self._wait_for("devices")
        self.peer.put("/rest/config/devices", [{**there, "paused": True}])

    def offer_folder(self) -> None:
        peer = self.peer
        offered = {"id": "offered", "label": "Offered", "path": str(peer.folders_dir / "offered")}
        for devices in ([peer], [peer, self.daemon]):
            shares = [{"deviceID": device.device_id} for device in devices]
            peer.put("/rest/config/folders", [{**offered, "devices": shares}])
        self._wait_for("folders")

    def _wait_for(self, kind: str) -> None:
        self.daemon.wait_until(lambda: self.daemon.get(f"/rest/cluster/pending/{kind}"), what="an offer")

    def documents(self, **fields: Any) -> Path:
        """A folder `docs` that runs and looks at its files only when it is told to."""
        daemon = self.daemon
        add_folder(daemon, "docs", paused=False, fsWatcherEnabled=False, rescanIntervalS=0, **fields)
        daemon.wait_until(lambda: daemon.get("/rest/db/status", folder="docs")["state"] == "idle", what="the folder")
        return Path(get(daemon, "folders", "docs")["path"])


@dataclass(frozen=True)
class Case:
    module: str
    options: Callable[[Daemon], Json]
    prepare: Callable[[Stage], object]
    more: Callable[[Daemon], Json] = lambda daemon: {}  # what the configuration doesn't show
    changes: bool = True
    settles: bool = True  # or every run changes something
    by_api: bool = True  # whether the API can undo it; else its file is put back
    since: str = "1.12.0"
    slow: bool = False
    setup: Callable[[Stage], object] = lambda stage: None
    recover: Callable[[Stage, ModuleResult], object] = lambda stage, result: None


def some(stage: Stage) -> None:
    """Devices and folders that nobody speaks of, or that are to go."""
    daemon = stage.daemon
    old = add_device(daemon, "old")
    for folder in ("old", "old/er"):
        add_folder(daemon, folder, old, maxConflicts=3, label=folder)
    add_device(daemon, "one", maxSendKbps=7)


def just(**options: Any) -> Callable[[Daemon], Json]:
    return lambda daemon: options


def everything(daemon: Daemon) -> Json:
    defaults = {"defaults": {"folder": {"rescan_interval_s": 77}, "device": {"compression": "always"}}}
    return {
        "devices": [{"device_id": device_id(name), "name": name} for name in ("one", "two")],
        "folders": [
            {
                "id": folder,
                "path": f"{daemon.folders_dir}/{number}",
                "devices": [{"device": "one", "encryption_password": "sesame"}, "two"],
                "paused": True,
                "ignore_patterns": ["*.tmp"],
            }
            for number, folder in enumerate(["plain", "with/slash"])
        ],
        "options": {"max_send_kbps": 5},
        "ldap": {"address": "ldap.example:389"},
        "purge": ["devices", "folders"],
        **(defaults if daemon.at_least("1.14.0") else {}),
    }


def folder(daemon: Daemon) -> Json:
    path = f"{daemon.folders_dir}/new"
    return {"id": "new", "path": path, "devices": ["one"], "paused": True, "ignore_patterns": ["*.tmp", "// x"]}


def accept_folder(daemon: Daemon) -> Json:
    return {
        "action": "accept",
        "folders": ["offered"],
        "base_path": str(daemon.folders_dir),
        "folder": {"paused": True},
    }


def offers(daemon: Daemon) -> Json:
    return {f"offered {kind}": list(daemon.get(f"/rest/cluster/pending/{kind}")) for kind in ("devices", "folders")}


def archived(stage: Stage) -> None:
    versions = stage.documents(versioning={"type": "simple", "params": {"keep": "5"}}) / ".stversions"
    versions.mkdir()
    version = versions / "a~20260101-120000.txt"
    version.write_text("archived")
    os.utime(version, (1_700_000_000, 1_700_000_000))


def added(stage: Stage) -> None:
    (stage.documents(type="receiveonly") / "added").write_text("added here")
    stage.daemon.post("/rest/db/scan", folder="docs")


def unscanned(stage: Stage) -> None:
    (stage.documents() / "new").write_text("new")


def files(daemon: Daemon) -> Json:
    top = Path(get(daemon, "folders", "docs")["path"])
    status = daemon.get("/rest/db/status", folder="docs")
    found = {path.name: path.read_text() for path in top.iterdir() if path.is_file()}
    return {"files": found, "known": status["localFiles"], "local": status.get("receiveOnlyTotalItems")}


def resume_as_told(stage: Stage, result: ModuleResult) -> None:
    """A reset needs the folder paused; where it breaks off, that is said."""
    folder = get(stage.daemon, "folders", "docs")
    if folder["paused"]:
        assert "Folder 'docs' may be paused now" in result.msg
        stage.daemon.put("/rest/config/folders", [{**folder, "paused": False}])


def complained(stage: Stage) -> None:
    stage.daemon.post("/rest/system/error", "planted")


def level(daemon: Daemon) -> str:
    if daemon.at_least("2.0.0"):
        return str(daemon.get("/rest/system/loglevels")["levels"]["model"])
    return "DEBUG" if "model" in daemon.get("/rest/system/debug")["enabled"] else "INFO"


def silent(stage: Stage) -> None:
    if stage.daemon.at_least("2.0.0"):
        stage.daemon.post("/rest/system/loglevels", {"model": "INFO"})
    else:
        stage.daemon.post("/rest/system/debug", disable="model")


def command(name: str, **options: Any) -> Callable[[Daemon], Json]:
    return just(command=name, **options)


RESTARTS = ("/rest/system/restart", "/rest/system/reset")
CASES = {
    "config": Case("syncthing_config", everything, some),
    "gui": Case(
        "syncthing_config",
        just(gui={"theme": "dark", "user": "me", "password": "sesame"}),
        lambda stage: None,
        by_api=False,
        slow=True,
    ),
    "device": Case("syncthing_device", just(device_id=device_id("one"), name="eins"), some),
    "device absent": Case("syncthing_device", just(device_id="old", state="absent"), some),
    "folder": Case("syncthing_folder", folder, some),
    "folder absent": Case("syncthing_folder", just(id="old", state="absent"), some),
    "folder absent, whole": Case("syncthing_folder", just(id="old/er", state="absent"), some),
    "pending device": Case(
        "syncthing_pending",
        just(action="accept", devices=["peer"]),
        Stage.offer_device,
        offers,
        since="1.18.0",
        slow=True,
    ),
    "pending folder": Case(
        "syncthing_pending", accept_folder, Stage.offer_folder, offers, setup=Stage.meet, since="1.18.0", slow=True
    ),
    "pending ignored": Case(
        "syncthing_pending",
        just(action="ignore", devices=["peer"]),
        Stage.offer_device,
        offers,
        since="1.18.0",
        slow=True,
    ),
    "pending dismissed": Case(
        "syncthing_pending",
        just(action="dismiss", devices=["*"]),
        Stage.offer_device,
        offers,
        since="1.18.0",
        slow=True,
    ),
    "scan": Case("syncthing_command", command("scan"), unscanned, files, changes=False),
    "revert": Case("syncthing_command", command("revert", folder="docs", confirm=True), added, files),
    "pause": Case("syncthing_command", command("pause"), some),
    "resume": Case("syncthing_command", command("resume", folder="old"), some),
    "clear errors": Case(
        "syncthing_command",
        command("clear_errors"),
        complained,
        lambda daemon: {"errors": len(daemon.get("/rest/system/error")["errors"] or [])},
    ),
    "levels": Case(
        "syncthing_command",
        command("set_log_levels", levels={"model": "DEBUG"}),
        silent,
        lambda daemon: {"level": level(daemon)},
    ),
    "restart": Case("syncthing_command", command("restart", wait_timeout=4), some, settles=False, slow=True),
    "reset": Case(
        "syncthing_command",
        command("reset", folder="docs", confirm=True, wait_timeout=4),
        lambda stage: stage.documents(),
        settles=False,
        slow=True,
        recover=resume_as_told,
    ),
    "restore": Case("syncthing_restore", just(folder="docs", files=[{"path": "a.txt"}]), archived, files),
    "versions": Case("syncthing_versions_info", just(folder="docs"), archived, changes=False),
    "info": Case("syncthing_info", just(gather_subset=["all"]), some, changes=False),
    "wait": Case(
        "syncthing_wait",
        just(folders=["docs"], wait_timeout=4),
        lambda stage: stage.documents(),
        changes=False,
        slow=True,
    ),
}


# --- what may come of it


CODES = {"late": "timeout", "html": "unexpected_answer", **dict.fromkeys(("500", "502", "503", "504"), "server_error")}
ARRIVES = {"late", "refused", "head torn", "body torn", "answer lost", "504"}  # refused: it is sent again


def outcomes(module: str, fault: str, lasting: bool, earlier: Sequence[Exchange], spoilt: Exchange) -> set[str | None]:
    """The codes of the errors that are right; None for success."""
    code = CODES.get(fault, "unreachable")
    path = spoilt.path.partition("?")[0]
    restarted = any(exchange.path.startswith(RESTARTS) for exchange in earlier)
    if fault == "delayed":
        return {None}
    if fault == "html":
        return {code}
    if module == "syncthing_wait" or (restarted and path == "/rest/system/status"):
        return {"timeout" if lasting else None}
    if path in RESTARTS and fault != "500":
        return {None if fault in ARRIVES and not lasting else "timeout"}
    if fault == "late" and spoilt.method == "POST" and path.startswith(("/rest/db", "/rest/folder", "/rest/system")):
        return {None, code}  # a scan has a time limit of its own, and what is late may come after the last look
    if path == "/rest/folder/versions" and spoilt.method == "POST" and not lasting and fault != "500":
        return {None if fault in ARRIVES else code}
    if lasting or fault == "500" or (fault == "late" and spoilt.method == "GET"):
        return {code}
    return {None}


def patterns(daemon: Daemon, folder: str) -> list[str] | None:
    try:
        return daemon.get("/rest/db/ignores", folder=folder)["ignore"]
    except ApiError as error:
        if "folder path missing" in str(error):
            return None  # old releases say so of one whose directory they have yet to make
        raise


def parts(daemon: Daemon, case: Case) -> Json:
    """All that a run can change, each thing under a name of its own."""
    config = daemon.config()
    found: Json = {}
    for kind, key in {**KEYS, "remoteIgnoredDevices": "deviceID"}.items():
        found.update({f"{kind} {item[key]}": item for item in config.pop(kind)})
    for name, section in config.pop("defaults", {}).items():
        found[f"defaults {name}"] = section
    found.update(config)
    for folder in ("plain", "with/slash", "new"):  # those that declare some
        if f"folders {folder}" in found:
            found[f"ignores {folder}"] = patterns(daemon, folder)
    found["gui"] = {**found["gui"], "password": bool(found["gui"]["password"])}  # its hash is another each time
    return timeless({**found, **case.more(daemon)})


# --- attacks


class Siege:
    """One case on one daemon: its clean run, and as many spoilt ones as are wanted."""

    def __init__(self, case: Case, stage: Stage) -> None:
        self.case = case
        self.stage = stage
        self.daemon = daemon = stage.daemon
        self.outcomes: Counter[str] = Counter()
        case.setup(stage)
        self._pristine = daemon.config()
        self._file = daemon.config_xml.read_bytes()
        self.before = self._prepare()
        with FaultyProxy(daemon) as proxy:
            self.clean = good(self.run(proxy), changed=case.changes)
            self.requests = proxy.exchanges
        self.after = parts(daemon, case)

    def _prepare(self) -> Json:
        if self.case.by_api:
            self.daemon.reset(self._pristine)
        else:
            self.daemon.stop()
            self.daemon.config_xml.write_bytes(self._file)
            self.daemon.start()
        self.case.prepare(self.stage)
        return parts(self.daemon, self.case)

    def run(self, target: Any, **options: Any) -> ModuleResult:
        connection = {"api_url": target.api_url, "api_key": target.api_key}
        return run_in_process(self.case.module, {**connection, **self.case.options(self.daemon), **options})

    def attack(self, at: int, fault: str, lasting: bool) -> None:
        daemon, before, starts = self.daemon, self._prepare(), self.daemon.starts
        assert before == self.before
        options: Json = {"timeout": TIMEOUT} if lasting or fault == "late" else {}
        with FaultyProxy(daemon, fault=fault, at=at, lasting=lasting) as proxy:
            result = self.run(proxy, **options, **({"retries": 1} if lasting else {}))
        if not proxy.hits:
            # else it makes the same requests each time, but for those while a listener starts anew
            assert not (self.case.settles and self.case.by_api)
            return
        spoilt = proxy.exchanges[at] if at < len(proxy.exchanges) else self.requests[at]
        self._judge(result, outcomes(self.case.module, fault, lasting, proxy.exchanges[:at], spoilt))
        daemon.wait_ready()
        if result.failed:
            self.case.recover(self.stage, result)
        now = parts(daemon, self.case)
        for name in {*now, *before, *self.after}:
            assert now.get(name) in (before.get(name), self.after.get(name)), (
                f"{name} is neither as before nor as after"
            )
        # The whole configuration as it was may arrive after what was written since. Nobody can know.
        overtaken = fault == "late" and (spoilt.method, spoilt.path) == ("PUT", "/rest/config")
        assert result.failed or overtaken or now == self.after
        assert result.failed or self.case.settles or daemon.starts > starts
        good(self.run(daemon))
        assert parts(daemon, self.case) == self.after
        good(self.run(daemon), changed=not self.case.settles)
        assert parts(daemon, self.case) == self.after

    def _judge(self, result: ModuleResult, allowed: set[str | None]) -> None:
        code = result["error"]["code"] if result.failed else None
        self.outcomes[code or "success"] += 1
        assert code in allowed, result.result
        if code:
            bad(result, code)
        else:
            assert (result.changed, timeless(result.diff)) == (self.clean.changed, timeless(self.clean.diff))


KINDS = [(fault, lasting) for fault in FAULTS for lasting in (False, True) if fault != "delayed" or not lasting]


def chosen(name: str, case: Case, requests: Sequence[Exchange]) -> Iterator[tuple[int, str, bool]]:
    """All there is. The quick form meets each fault while one module reads, writes and verifies, and some elsewhere."""
    count = len(requests)
    if SOAK or name == "device":
        for number, (fault, lasting) in enumerate(KINDS):
            for at in range(count):
                if SOAK or not lasting or at == number % count:
                    yield at, fault, lasting
        return
    number = zlib.crc32(name.encode())
    places = range(number % (step := -(-count // 3)), count, step)
    if case.slow:
        places = [next((at for at, request in enumerate(requests) if request.method != "GET"), 0)]
    for at in places:
        yield at, *KINDS[number % len(KINDS)]
        number += 7


@pytest.mark.soaked
@pytest.mark.parametrize("name", CASES)
def test_faults(daemon: Daemon, make_daemon: Make, name: str, record_property: Callable[[str, object], None]) -> None:
    case = CASES[name]
    if not daemon.at_least(case.since):
        pytest.skip(f"{case.module}, {name}: needs Syncthing {case.since}")
    siege = Siege(case, Stage(daemon, make_daemon))
    for at, fault, lasting in chosen(name, case, siege.requests):
        try:
            siege.attack(at, fault, lasting)
        except Exception as error:
            request = siege.requests[at]
            error.add_note(f"{fault}{', lasting,' if lasting else ''} at request {at}, {request.method} {request.path}")
            raise
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in siege.outcomes.most_common())
    record_property("figures", f"{siege.outcomes.total()} faults at {len(siege.requests)} requests: {outcomes}")
