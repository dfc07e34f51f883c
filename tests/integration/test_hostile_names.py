# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Odd names, labels, paths, IDs and patterns: a daemon has exactly what was declared, or nothing was written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support import Json, add_device, add_folder, bad, device_id, good

from harness.daemon import Daemon
from harness.forked import Forked
from harness.module import ModuleResult

pytestmark = pytest.mark.any_core

TEXTS = {
    "quotes": "a\"b'c`d",
    "lines": "one\ntwo\r\nthree",
    "tab": "a\tb",
    "unicode": "büro 雪 💾 e\u0301 \u202e",
    "template": "{{ lookup('pipe', 'id') }}{% for %}",
    "unsafe": "!unsafe &a *b",
    "long": "long" * 2560,
    "dash": "--home=/nonexistent",
    "dashes": "---",
    "markup": "<a>&amp;</a>]]><!-- x",
    "slashes": "../../etc/passwd",
    "dot": ".",
    "dots": "..",
    "url": "a?b=c&d#e%2f%",
    "backslash": "a\\b\\",
    "blanks": "  a  b  ",
    "format": "%s {0} $HOME",
}
DEVICE = device_id("odd")

Apply = Callable[..., ModuleResult]


@pytest.fixture
def apply(forked: Forked, daemon: Daemon) -> Apply:
    def run(module: str, check: bool = False, **args: Any) -> ModuleResult:
        return forked(f"syncthing_{module}", {"api_url": daemon.api_url, "api_key": daemon.api_key, **args}, check)

    return run


def places(text: str, base: str) -> dict[str, tuple[str, Json, Callable[[Json], Any]]]:
    """Where a text can be declared: the module, its options, and where a daemon has it then."""
    folder = {"id": "f", "path": f"{base}/f", "paused": True}

    def of(kind: str, field: str) -> Callable[[Json], Any]:
        return lambda config: next(iter(config[kind]))[field]

    return {
        "name": ("device", {"device_id": DEVICE, "name": text}, of("devices", "name")),
        "label": ("folder", {**folder, "label": text}, of("folders", "label")),
        "id": ("folder", {**folder, "id": text}, of("folders", "id")),
        "path": ("folder", {**folder, "path": f"{base}/{text}"}, of("folders", "path")),
        "bind_dn": ("config", {"ldap": {"bind_dn": text}}, lambda config: config["ldap"]["bindDN"]),
        "ignored": (
            "device",
            {"device_id": DEVICE, "ignored_folders": [{"id": text, "label": text}]},
            lambda config: config["devices"][0]["ignoredFolders"][0]["id"],
        ),
    }


def of_others(daemon: Daemon) -> Json:
    """The daemon's configuration without its own device."""
    config = daemon.config()
    return {**config, "devices": [one for one in config["devices"] if one["deviceID"] != daemon.device_id]}


@pytest.mark.once
@pytest.mark.parametrize("kind", TEXTS)
def test_what_is_declared(apply: Apply, daemon: Daemon, kind: str) -> None:
    text = TEXTS[kind]
    for place, (module, args, where) in places(text, str(daemon.folders_dir)).items():
        planned = good(apply(module, check=True, **args), changed=True)
        assert good(apply(module, **args), changed=True).diff == planned.diff
        assert where(of_others(daemon)) == (args["path"] if place == "path" else text)
        good(apply(module, **args), changed=False)
        if module != "config":
            absent = {name: args[name] for name in args if name in ("device_id", "id")}
            good(apply(module, state="absent", **absent), changed=True)
            good(apply(module, state="absent", **absent), changed=False)
    assert not of_others(daemon)["devices"] and not daemon.config()["folders"]


def test_patterns(apply: Apply, daemon: Daemon) -> None:
    patterns = [text for kind, text in TEXTS.items() if kind != "lines"]
    folder = {"id": "f", "path": str(daemon.folders_dir / "f"), "ignore_patterns": patterns}
    good(apply("folder", **folder), changed=True)
    assert daemon.get("/rest/db/ignores", folder="f")["ignore"] == [pattern.strip() for pattern in patterns]
    good(apply("folder", **folder), changed=False)
    bad(apply("folder", id="f", ignore_patterns=[TEXTS["lines"]]), "invalid_input", "ignore_patterns[0]", "line break")


@pytest.mark.parametrize("lost", ["\x01", "\x1b[31m", "\uffff"])
def test_what_would_be_lost(apply: Apply, daemon: Daemon, lost: str) -> None:
    """config.xml can't hold it: after a start, the daemon would have something else."""
    before = daemon.config()
    for place, (module, args, _where) in places(f"a{lost}b", str(daemon.folders_dir)).items():
        for check in (True, False):
            bad(apply(module, check=check, **args), "invalid_input", place, repr(lost[0])[1:-1])
    share = {"device": daemon.device_id, "encryption_password": f"planted{lost}"}
    said = bad(apply("folder", id="x", path="/nonexistent/x", devices=[share]), "invalid_input", "encryption_password")
    assert "planted" not in said
    bad(apply("device", device_id=DEVICE, extra={"certName": lost}), "invalid_input")
    if daemon.at_least("1.19.0"):
        bad(apply("config", defaults={"ignores": {"lines": [lost]}}), "invalid_input", "defaults.ignores.lines")
    assert daemon.config() == before


def test_after_a_start(apply: Apply, daemon: Daemon) -> None:
    base = str(daemon.folders_dir)
    declared: Json = {"devices": [], "folders": []}
    for kind, text in TEXTS.items():
        name = {"device_id": device_id(kind), "name": text}
        declared["devices"].append({**name, "ignored_folders": [{"id": text, "label": text}]})
        declared["folders"].append({"id": text, "label": text, "path": f"{base}/{kind}/{text}", "paused": True})
    good(apply("config", **declared), changed=True)
    before = daemon.config()
    daemon.restart()
    assert daemon.config() == before
    good(apply("config", **declared), changed=False)
    # What is found there may be called whatever it likes.
    for text in TEXTS.values():
        diff = good(apply("folder", id=text, order="alphabetic"), changed=True).diff
        (was,), (now,) = (diff[side]["folders"].values() for side in ("before", "after"))
        assert now == {**was, "order": "alphabetic"} and now["label"] == text
    good(apply("config", devices=[], folders=[], purge=["devices", "folders"]), changed=True)


def test_what_is_there_already(apply: Apply, daemon: Daemon) -> None:
    """What a daemon has is not refused, though it will lose it."""
    name, kept = "a\x01b", "a\ufffdb"
    add_device(daemon, "odd", name=name)
    add_folder(daemon, name, DEVICE, label=name)
    good(apply("device", device_id=DEVICE, name=name, compression="never"), changed=True)
    good(apply("folder", id=name, label=name, order="alphabetic", devices=[DEVICE]), changed=True)
    daemon.restart()
    good(apply("device", device_id=DEVICE, name=kept), changed=False)
    good(apply("folder", id=kept, label=kept), changed=False)
