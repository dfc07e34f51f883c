# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""A daemon that lies. What a real one answered is given again with one thing changed, at any place of any answer.

Whatever is changed, a module does its work or fails in one sentence with a code, and so does the inventory plugin.
"""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from support import SOAK, Json, Make, add_device, add_folder, device_id

from harness.binaries import Binary
from harness.daemon import Daemon, pair, share
from harness.forked import INVENTORY, Forked
from harness.module import ModuleResult
from harness.proxy import Exchange, RecordingProxy
from harness.scripted import Answer, Request, ScriptedServer

pytestmark = pytest.mark.any_core

LIES = 60 if SOAK else 4  # for each run below
PEER = "peer"
ALL = {"wait_timeout": 1, "timeout": 2}

# Every module that speaks to a daemon, so that each of its requests is made once.
RUNS: list[tuple[str, Json]] = [
    (INVENTORY, {"include_self": True, "keyed_groups": [{"key": "syncthing_shared_folders", "prefix": "x"}]}),
    ("syncthing_info", {"gather_subset": ["all"]}),
    ("syncthing_wait", {"folders": ["all"], "devices": ["all"], "restarted": True, **ALL}),
    ("syncthing_wait", {"folders": ["docs"], "devices": ["known"], **ALL, "wait_timeout": 0.5}),
    ("syncthing_versions_info", {"folder": "docs"}),
    ("syncthing_conflicts_info", {}),
    ("syncthing_conflicts_info", {"folder": "docs"}),
    ("syncthing_conflicts", {"folder": "docs", "keep": "newest", "min_age": 0}),
    ("syncthing_restore", {"folder": "docs", "files": [{"path": "*"}]}),
    ("syncthing_restore", {"folder": "docs", "files": [{"path": "letter.txt"}], "overwrite": True}),
    ("syncthing_pending", {}),
    ("syncthing_pending", {"action": "accept", "folders": ["*"], "base_path": "/nonexistent/base"}),
    ("syncthing_pending", {"action": "ignore"}),
    ("syncthing_device", {"device_id": device_id("new"), "ignored_folders": [{"id": "x"}]}),
    ("syncthing_device", {"device_id": "known", "compression": "never", "ignored_folders": [{"id": "y"}]}),
    ("syncthing_device", {"device_id": "known", "state": "absent"}),
    ("syncthing_folder", {"id": "new", "path": "/nonexistent/new", "devices": [PEER], "ignore_patterns": ["*.tmp"]}),
    ("syncthing_folder", {"id": "docs", "versioning": {"type": "simple", "params": {"keep": 7}}, "label": "x"}),
    ("syncthing_folder", {"id": "docs", "devices": [PEER, {"device": "known", "encryption_password": "x"}],
                          "ignore_patterns": ["*.bak"], "min_disk_free": {"value": 7}}),
    ("syncthing_folder", {"id": "a/b", "state": "absent"}),
    ("syncthing_config", {"options": {"max_send_kbps": 7, "min_home_disk_free": {"value": 3}}, "ldap": {"bind_dn": "x"},
                          "gui": {"theme": "dark", "user": "x", "password": "planted-pw"}, "restart": "if_required",
                          "restart_timeout": 1}),
    ("syncthing_config", {"devices": [{"device_id": PEER}], "folders": [{"id": "docs"}],
                          "purge": ["devices", "folders"], "gui": {"password": "planted-pw"}, "purge_introduced": True,
                          "purge_auto_accepted": True}),
    ("syncthing_config", {"defaults": {"device": {"compression": "always"}, "ignores": {"lines": ["x"]},
                                       "folder": {"label": "y"}}}),
    ("syncthing_command", {"command": "scan"}),
    ("syncthing_command", {"command": "revert", "folder": "docs", "confirm": True, "wait_timeout": 1}),
    ("syncthing_command", {"command": "pause"}),
    ("syncthing_command", {"command": "resume", "folder": "docs"}),
    ("syncthing_command", {"command": "clear_errors"}),
    ("syncthing_command", {"command": "set_log_levels", "levels": {"config": "debug"}}),
    ("syncthing_command", {"command": "upgrade", "wait": False}),
    ("syncthing_command", {"command": "restart", "wait_timeout": 2}),
]  # fmt: skip
NEEDS = {"defaults": "1.19.0", "syncthing_pending": "1.18.0"}  # what older ones refuse before they are asked much

# What nobody expects, in the place of anything.
ODD: list[Any] = [
    None, True, 0, -1, 7, 1.5, 10**400, 1e300, "", "x", "0", "\ud800", "\x00\x1b[31m\n", "٣²", "a/b", "é" * 5000, [],
    {}, [None], [[]], [{}], ["x"], [1], {"": None}, {"x": {}}, {"id": {}}, [{"deviceID": "x"}], [{"id": "x"}],
]  # fmt: skip
VERSIONS = [
    "",
    "v",
    "v1",
    "lie",
    "v2.1.3",
    "v1.12.0",
    "v1.11.0",
    "v99.0.0",
    "v\xb2.\xb3.1",
    "v1." + "9" * 5000,
    "v-1.2",
]


class Recorded:
    """The answers to one run, in their order for each request."""

    def __init__(self, exchanges: list[Exchange], headers: dict[str, str]) -> None:
        self.answers: list[tuple[str, Answer]] = []
        for one in exchanges:
            kind = "application/json" if _is_json(one.answer) else "text/plain"
            answer = Answer(one.answer, one.status or 200, f"{kind}; charset=utf-8", headers)
            self.answers.append((f"{one.method} {one.path}", answer))

    @property
    def places(self) -> list[int]:
        """Which of them are JSON."""
        return [
            number for number, (_key, answer) in enumerate(self.answers) if "json" in answer.headers["Content-Type"]
        ]

    def serve(self) -> Callable[[Request], Answer]:
        asked: Counter[str] = Counter()

        def answer(request: Request) -> Answer:
            key = f"{request.method} {request.path}"
            same = [one for name, one in self.answers if name == key]
            if not same:  # other numbers in the query
                same = [one for name, one in self.answers if name.partition("?")[0] == key.partition("?")[0]]
            if not same:
                return Answer() if request.method != "GET" else Answer("404 page not found\n", 404)
            asked[key] += 1
            return same[min(asked[key], len(same)) - 1]

        return answer


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@st.composite
def lies(draw: st.DrawFn, recorded: Recorded) -> Recorded:
    told = copy.copy(recorded)
    told.answers = list(recorded.answers)
    number = draw(st.sampled_from(recorded.places))
    key, answer = told.answers[number]
    headers, body = dict(answer.headers), answer.body
    if draw(st.integers(0, 9)) == 0:
        headers["X-Syncthing-Version"] = draw(st.sampled_from(VERSIONS))
        told.answers = [(key, Answer(a.body, a.status, headers={**a.headers, **headers})) for key, a in told.answers]
        return told
    if draw(st.integers(0, 9)) == 0:
        for name in draw(
            st.sampled_from([["X-Syncthing-ID"], ["X-Syncthing-Version"], ["X-Syncthing-ID", "X-Syncthing-Version"]])
        ):
            headers.pop(name)
    else:
        body = json.dumps(_changed(draw, json.loads(body))).encode()
    told.answers[number] = (key, Answer(body, answer.status, headers=headers))
    return told


def _changed(draw: st.DrawFn, value: Any) -> Any:
    """The same with one place changed, the deeper ones as likely as the few above them."""
    places = list(_places(value, ()))
    depth = draw(st.sampled_from(sorted({len(place) for place in places})))
    place = draw(st.sampled_from([one for one in places if len(one) == depth]))
    if not place:
        return draw(st.sampled_from([*ODD, [value], {"x": value}]))
    parent = value
    for step in place[:-1]:
        parent = parent[step]
    old = parent[place[-1]]
    how = draw(st.sampled_from(["delete", "replace", "replace", "deepen", "rename", "twice"]))
    if how == "delete":
        del parent[place[-1]]
    elif how == "rename" and isinstance(parent, dict):
        parent[draw(st.sampled_from(["", "x", str(place[-1]).upper(), "\x1b]0;x\x07"]))] = parent.pop(place[-1])
    elif how == "twice" and isinstance(parent, list):
        parent.append(old)
    elif how == "deepen":
        parent[place[-1]] = draw(st.sampled_from([[old], {"x": old}, {str(place[-1]): old}]))
    else:
        parent[place[-1]] = draw(st.sampled_from(ODD))
    return value


def _places(value: Any, here: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    yield here
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from _places(value[key], (*here, key))


def check(result: ModuleResult) -> None:
    """`forked` has seen that there is no traceback."""
    if result.failed:
        code, msg = result["error"]["code"], result.msg
        assert isinstance(code, str) and code and "exception" not in result, result.result
        assert len(msg) > 20 and msg.isprintable(), msg


@pytest.fixture
def busy(make_daemon: Make) -> Daemon:
    """A daemon of which everything can be asked."""
    daemon, peer = make_daemon("daemon", supervise=True), make_daemon(PEER)
    pair(daemon, peer)
    share("docs", daemon, peer, versioning={"type": "trashcan", "params": {"cleanoutDays": "0"}})
    add_device(
        daemon,
        "known",
        introducedBy=peer.device_id,
        ignoredFolders=[{"id": "i", "label": "I", "time": "2024-01-02T03:04:05Z"}],
    )
    add_folder(daemon, "a/b", device_id("known"))
    file = peer.folders_dir / "docs" / "letter.txt"
    for text in ("one", "another"):
        file.write_text(text)
        peer.post("/rest/db/scan", folder="docs")
        there = daemon.folders_dir / "docs" / "letter.txt"
        daemon.wait_until(lambda there=there, text=text: there.exists() and there.read_text() == text)
    daemon.put("/rest/config/folders", [{**daemon.get("/rest/config/folders/docs"), "type": "receiveonly"}])
    (daemon.folders_dir / "docs" / "own.txt").write_text("x")
    daemon.wait_until(lambda: daemon.post("/rest/db/scan", folder="docs") or True)
    with_others = [{"deviceID": one.device_id} for one in (peer, daemon)]
    peer.put("/rest/config/folders", [{"id": "offered", "path": str(peer.folders_dir / "o"), "devices": with_others}])
    if daemon.at_least("1.18.0"):
        daemon.wait_until(lambda: daemon.get("/rest/cluster/pending/folders"), what="an offer")
    return daemon


@pytest.mark.soaked
def test_lies(busy: Daemon, forked: Forked, binary: Binary, record_property: Any) -> None:
    runs = [run for run in RUNS if all(word not in str(run) or busy.at_least(since) for word, since in NEEDS.items())]
    recorded: list[tuple[str, Json, Recorded]] = []
    version = busy.get("/rest/system/version")["version"]
    headers = {"X-Syncthing-ID": busy.device_id, "X-Syncthing-Version": version}
    with RecordingProxy(busy, on_request=upgradable) as proxy:
        for name, args in runs:
            proxy.clear()
            check(forked(name, {"api_url": proxy.api_url, "api_key": busy.api_key, "retries": 2, **args}))
            recorded.append((name, args, Recorded(proxy.exchanges, headers)))
    outcomes: Counter[str] = Counter()
    failures = [text for run in recorded for text in told_lies(forked, *run, outcomes)]
    record_property("figures", f"{sum(outcomes.values())} lies: {dict(outcomes)}")
    assert not failures, f"{len(failures)} of them:\n" + "\n\n".join(failures[:3])
    assert outcomes["unexpected_answer"] and outcomes["fine"]


def upgradable(_method: str, path: str, _body: bytes) -> Any:
    """What no daemon from a distribution says."""
    newer = {"running": "v1.0.0", "latest": "v1.0.1", "newer": True, "majorNewer": False}
    answer = (200, {"Content-Type": "application/json"}, json.dumps(newer).encode())
    return answer if path == "/rest/system/upgrade" else None


def told_lies(forked: Forked, name: str, args: Json, honest: Recorded, outcomes: Counter[str]) -> list[str]:
    """Run it with many lies; return what went wrong."""
    failures: list[str] = []

    @settings(max_examples=LIES, deadline=None, database=None, derandomize=not SOAK, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(lies(honest))
    def lie(told: Recorded) -> None:
        with ScriptedServer({"*": told.serve()}) as server:
            try:
                result = forked(
                    name, {"api_url": server.api_url, "api_key": "no-such-key", "retries": 0, "timeout": 2, **args}
                )
                check(result)
                outcomes[result["error"]["code"] if result.failed else "fine"] += 1
            except AssertionError as error:
                changed = [one for one in told.answers if one not in honest.answers]
                failures.append(f"{name} {args}\n{str(changed)[:1500]}\n{str(error)[-2500:]}")

    lie()
    return failures
