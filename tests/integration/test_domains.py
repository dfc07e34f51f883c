# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Every field of the table with hostile values: refused before anything is written, or stored for good.

For each field, value and module, check mode and the real run agree. What is refused leaves config.xml as it is, byte
for byte. What is accepted is stored as declared, also after a restart, and the daemon listens and runs its folders.

The long form tries every value of every field on every Syncthing. The short form tries a sample that differs each day:
SYNCTHING_TEST_SEED repeats one. (What is not UTF-8 can't be sent to modules in this way: see test_bad_input.py.)
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._schema import tables
from support import SEED, SOAK, Json, add_device, device_id, good

from harness.daemon import Daemon
from harness.forked import Forked
from harness.module import ModuleResult

pytestmark = pytest.mark.any_core

LONG = "x" * 5000
OUTSIDE = f"{tempfile.gettempdir()}/syncthing-hostile-{os.getpid()}"
TEXTS = [
    *("", " ", "x", "0", "a:b", "a b", " x ", "-1", "%", "%s", "\u00fc", "{{ x }}", "[", LONG),
    *("../x", OUTSIDE, "~x", "C:\\x", ".", ".."),
    *("a\nb", "a\tb", "a\rb", "\x01", "\x7f", "\x1b[31m", "\uffff", "\u202e", "0999", "rwxrwx---"),
    *("127.0.0.1:22000", "tpc://0.0.0.0:22000", "tcp://[::1", "https://", "file:///etc/passwd", "[ff12::8384]", "1e3"),
    *(True, False, 0o770, 1.5, [], {}, ["x"], {"a": 1}),
]
NUMBERS = [
    *(-(2**63) - 1, -(2**63), -(2**31), -2, -1, 0, 1, 4, 65535, 65536, 2**31 - 1, 2**31, 2**53 + 1, 2**63 - 1, 2**63),
    *(10**30, 0.5, -0.5, 1e-9, 1e18, 1e308, float("inf"), float("-inf"), float("nan"), True, False),
    *("", "x", "1", " 1 ", "0x10", "1e3", "\u0661", [], {}),
]
LISTS = [
    *([], [""], [" "], ["x"], ["x", ""], ["a,b"], ["\x01"], [None], [True], [1], [[]], [{}], [LONG]),
    *("", ",", "a, b", "tcp://127.0.0.1:1, dynamic", {"a": 1}, 5, True),
    *(
        ["127.0.0.1:22000"],
        ["tpc://127.0.0.1:0"],
        ["tcp://127.0.0.1"],
        ["tcp://127.0.0.1:99999"],
        ["TCP://127.0.0.1:0"],
    ),
    *(["tcp4://[::1]:0"], ["tcp://[::1"], ["tcp://a b:1"], ["tcp://u@127.0.0.1:0"], ["tcp:/127.0.0.1:0"]),
    *(["http://127.0.0.1/"], ["https://127.0.0.1/?id=x"], ["10.0.0.0"], ["10.0.0.0/33"], ["!10.0.0.0/8"]),
    ["dynamic+https://"],
]
SWITCHES = [0, False, "no", "", 2, -1, "maybe", 1.5, [], {}]  # true would turn on what leaves this host
DICTS = ["", "x", [], 5, True, {"": 1}, {"no_such_key": 1}]
OF = {"str": TEXTS, "int": NUMBERS, "float": NUMBERS, "list": LISTS, "bool": SWITCHES, "dict": DICTS}
EXTRA = [{"rescanIntervalS": 1}, {"x": None}, {"x": "\x01"}, [], "x"]

# With a positive number, the daemon would report to others.
QUIET = {"ur_accepted", "auto_upgrade_interval_h"}
POSITIVE = (1, "1", " 1 ", "1e3", "\u0661", 4, 65535, 65536, 2**31 - 1)
# A folder that stops, or moves away, is what these are for.
MAY_STOP = {"path", "marker_name", "min_disk_free", "filesystem_type", "type"}
HARMLESS = {
    "marker_name": ".stfolder",
    "min_disk_free": {"value": 0},
    "filesystem_type": "basic",
    "type": "sendreceive",
}
REFUSED = ("invalid_input", "unsupported", None)  # None: by Ansible, which has no code


@dataclass(frozen=True)
class Case:
    module: str
    place: tuple[str, ...]  # of a field in the options of the module
    value: Any

    def options(self, round_: int) -> Json:
        """The module's options with this value, and no more than they need."""
        value = self.value
        for name in reversed(self.place):
            value = {name: value}
        identity = {"device": {"device_id": device_id("hostile")}, "folder": {"id": f"folder{round_}"}}
        if self.module != "config":
            return {**identity[self.module], **value}
        kind = self.place[0].rstrip("s")
        return {self.place[0]: [{**identity[kind], **value[self.place[0]]}]} if kind in identity else value

    @property
    def field(self) -> str:
        return self.place[-1]

    def __str__(self) -> str:
        return f"syncthing_{self.module}: {'.'.join(self.place)} = {ascii(self.value)[:80]}"


def fields(table: Any, *place: str) -> Iterator[tuple[tuple[str, ...], str]]:
    for field in table:
        yield (*place, field.option), field.type
        if field.fields and field.type == "dict":
            yield from fields(field.fields, *place, field.option)
    if len(place) < 2 or place[0] == "defaults":
        yield (*place, "extra"), "extra"


def every_case() -> Iterator[Case]:
    places = [
        *(("device", *found) for found in fields(tables.DEVICE)),
        *(("folder", *found) for found in fields(tables.FOLDER)),
        *(("config", *found) for found in fields(tables.DEVICE, "devices")),
        *(("config", *found) for found in fields(tables.FOLDER, "folders")),
        *(("config", *found) for found in fields(tables.DEVICE, "defaults", "device")),
        *(("config", *found) for found in fields(tables.FOLDER, "defaults", "folder")),
        *(("config", *found) for found in fields(tables.OPTIONS, "options")),
        *(("config", *found) for found in fields(tables.GUI, "gui")),
        *(("config", *found) for found in fields(tables.LDAP, "ldap")),
    ]
    for module, place, kind in places:
        for value in EXTRA if kind == "extra" else OF[kind]:
            if place[-1] in QUIET and value in POSITIVE:
                continue
            yield Case(module, place, value)


def rounds() -> Iterator[list[Case]]:
    """Cases that one daemon gets between two restarts, each field once."""
    cases = list(every_case())
    if not SOAK:
        cases = random.Random(SEED).sample(cases, 150)
    waiting: dict[tuple[str, tuple[str, ...]], list[Case]] = {}
    for case in cases:
        waiting.setdefault((case.module, case.place), []).append(case)
    while waiting:
        yield [queue.pop() for queue in waiting.values()]
        waiting = {place: queue for place, queue in waiting.items() if queue}


def different(one: Any, two: Any, place: str = "") -> str:
    """Where two diffs of a module differ first."""
    if isinstance(one, dict) and isinstance(two, dict) and one.keys() == two.keys():
        return next(filter(None, (different(one[key], two[key], f"{place}.{key}") for key in one)), "")
    return "" if one == two else f"{place}: {one} and {two}"


@pytest.fixture
def outside() -> Iterator[None]:
    """Remove what a daemon made of an absolute path: a directory or a socket."""
    yield
    shutil.rmtree(OUTSIDE, ignore_errors=True)
    with suppress(FileNotFoundError):
        Path(OUTSIDE).unlink()


@pytest.mark.soaked
@pytest.mark.usefixtures("outside")
def test_every_field(forked: Forked, fresh_daemon: Daemon) -> None:
    daemon = fresh_daemon
    add_device(daemon, "hostile")

    def apply(case: Case, number: int, check: bool = False) -> ModuleResult:
        options = {"config_dir": str(daemon.config_dir), **case.options(number)}
        return forked(f"syncthing_{case.module}", options, check)

    for number, cases in enumerate(rounds()):
        directory = daemon.folders_dir / str(number)
        (directory / ".stfolder").mkdir(parents=True)
        # with values of its own where a default may have become hostile
        folder = {"id": f"folder{number}", "path": str(directory), "paused": False, **HARMLESS}
        good(forked("syncthing_folder", {"config_dir": str(daemon.config_dir), **folder}))
        accepted: dict[tuple[str, ...], Case] = {}
        for case in cases:
            before = daemon.config_xml.read_bytes()
            planned, done = apply(case, number, check=True), apply(case, number)
            assert (planned.failed, planned.msg) == (done.failed, done.msg), f"{case}: check mode differs"
            if done.failed:
                assert done.result.get("error", {}).get("code") in REFUSED, f"{case}: {done.msg}"
                assert daemon.config_xml.read_bytes() == before, f"{case}: refused, but something was written"
                continue
            assert planned.changed == done.changed, f"{case}: check mode differs"
            assert planned.diff == done.diff, f"{case}: check mode differs: {different(planned.diff, done.diff)}"
            again = apply(case, number)
            assert not again.failed and not again.changed, f"{case}: {again.result}"
            accepted[case.place] = case  # what another one replaces later can't be found again
        daemon.restart()
        status = daemon.get("/rest/system/status")
        silent = {place: state["error"] for place, state in status["connectionServiceStatus"].items() if state["error"]}
        assert not silent, f"listeners have stopped: {silent}, after {', '.join(map(str, accepted.values()))}"
        for case in list(accepted.values()):
            result = apply(case, number, check=True)
            overruled = [other for other in accepted.values() if other.place[-1] == case.field and other != case]
            assert overruled or not (result.failed or result.changed), f"{case}: after a restart: {result.result}"
        if not MAY_STOP.intersection(case.field for case in accepted.values()):
            error = daemon.get("/rest/db/status", folder=f"folder{number}").get("error")
            assert not error, f"the folder has stopped: {error}, after {', '.join(map(str, accepted.values()))}"
