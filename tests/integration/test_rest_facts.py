# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""What Syncthing's REST API does to a client that does not know it, fact by fact.

The numbers are those of the sections A (writing), B (normalisation), C (GUI) and D (transport) of the list that the
collection is built on; facts that only other modules meet are not here. Each test fails without its protection.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import (
    READ,
    TABLES,
    Json,
    Make,
    Run,
    add_device,
    add_folder,
    bad,
    device_id,
    everything_else,
    exists,
    get,
    good,
    other_values,
    python_with,
    refused,
    shares,
    written,
)

from harness.daemon import Daemon, _Port
from harness.proxy import DROP, Drop, RecordingProxy
from harness.scripted import Answer, ScriptedServer

DEVICES, FOLDERS, CONFIG = "/rest/config/devices", "/rest/config/folders", "/rest/config"
pytestmark = pytest.mark.any_core

YEAR = 365 * 24 * 3600


def unusual_folder(daemon: Daemon, folder: str, *devices: Any, **fields: Any) -> Json:
    """A folder in which no field has its default."""
    _unused, wanted = other_values(daemon, TABLES["folders"], add_folder(daemon, folder, *devices))
    return add_folder(daemon, folder, *devices, **{**wanted, "path": f"/nonexistent/{folder}", **fields})


def set_default(daemon: Daemon, kind: str, **fields: Any) -> None:
    daemon.put(f"/rest/config/defaults/{kind}", {**daemon.get(f"/rest/config/defaults/{kind}"), **fields})


def param_defaults(daemon: Daemon) -> None:
    versioning = {"type": "trashcan", "params": {"cleanoutDays": "7"}, "cleanupIntervalS": 3600}
    set_default(daemon, "folder", versioning=versioning)


# --- A. Writing


def test_fact_01_list_elements_are_not_reused_by_position(run: Run, daemon: Daemon) -> None:
    introducer, a, b, c = (add_device(daemon, name) for name in ("introducer", "a", "b", "c"))
    secret = {"deviceID": b, "encryptionPassword": "sekret"}
    for devices in ([a, c], [c, a], [c]):
        add_folder(daemon, "shared", a, secret)
        good(run("syncthing_folder", id="shared", devices=devices), changed=True)
        assert shares(daemon, "shared") == dict.fromkeys(devices, "")
    # What an introducer left must not pass to another device, or that introducer could remove it again.
    add_folder(daemon, "shared", introducer, {**secret, "introducedBy": introducer}, a)
    good(run("syncthing_folder", id="shared", devices=[c, introducer]), changed=True)
    entries = {entry["deviceID"]: entry for entry in get(daemon, "folders", "shared")["devices"]}
    assert (entries[c]["introducedBy"], entries[c]["encryptionPassword"]) == ("", "")
    assert (entries[b]["introducedBy"], entries[b]["encryptionPassword"]) == (introducer, "sekret")
    assert a not in entries


@pytest.mark.since("1.22.0")
def test_fact_01_nor_are_those_of_the_xattr_filter(run: Run, daemon: Daemon) -> None:
    entries = [{"match": "user.*", "permit": True}, {"match": "*", "permit": False}]
    add_folder(daemon, "filtered", xattrFilter={"entries": entries})
    for declared in (entries[::-1], [{"match": "trusted.*", "permit": False}]):
        for changed in (True, False):
            good(run("syncthing_folder", id="filtered", xattr_filter={"entries": declared}), changed=changed)
        assert get(daemon, "folders", "filtered")["xattrFilter"]["entries"] == declared


@pytest.mark.since("1.14.0")
def test_fact_02_maps_are_not_merged(run: Run, daemon: Daemon) -> None:
    folder = "with/slash"  # so that in the end, the whole configuration is written
    neighbour = add_folder(daemon, "neighbour")
    bare = add_folder(daemon, folder, versioning={"type": "simple", "params": {"keep": "5"}})
    param_defaults(daemon)
    before = daemon.config()
    # An undeclared map stays as it is, one of another type takes nothing along, and neither gets the defaults.
    good(run("syncthing_folder", id=folder, label="x"), changed=True)
    assert get(daemon, "folders", folder) == {**bare, "label": "x"}
    for declared, params in (
        ({"type": "simple", "params": {"keep": 3}}, {"keep": "3"}),
        ({"type": "none"}, {}),
    ):
        for changed in (True, False):
            good(run("syncthing_folder", id=folder, versioning=declared), changed=changed)
        assert get(daemon, "folders", folder)["versioning"]["params"] == params
    # A new folder that declares another type than the default one has none of the default's parameters either.
    new = {"id": f"new {folder}", "path": str(daemon.folders_dir / "new"), "paused": True}
    for changed in (True, False):
        good(run("syncthing_folder", versioning={"type": "simple", "params": {"keep": 2}}, **new), changed=changed)
    assert get(daemon, "folders", new["id"])["versioning"]["params"] == {"keep": "2"}
    for gone in (folder, new["id"]):
        good(run("syncthing_folder", id=gone, state="absent"), changed=True)
    assert get(daemon, "folders", "neighbour") == neighbour
    assert daemon.config() == everything_else(before, "folders", folder)


def test_fact_03_what_is_not_declared_is_not_removed(run: Run, proxy: RecordingProxy) -> None:
    daemon = proxy.daemon
    one, two = add_device(daemon, "one"), add_device(daemon, "two")
    for folder in ("left", "gone", "right"):
        unusual_folder(daemon, folder, one, {"deviceID": two, "encryptionPassword": "x"})
    before = daemon.config()
    good(run("syncthing_folder", proxy, id="gone", state="absent"), changed=True)
    good(run("syncthing_device", proxy, device_id="new", state="absent"), changed=False)
    good(run("syncthing_device", proxy, device_id=device_id("new")), changed=True)
    good(run("syncthing_device", proxy, device_id=device_id("new"), state="absent"), changed=True)
    assert daemon.config() == everything_else(before, "folders", "gone")
    # The collection PUT would have been a 200 that removes nothing.
    assert [method for method, _unused in proxy.writes] == ["DELETE", "PUT", "DELETE"]


@pytest.mark.since("1.14.0")
def test_fact_04_nothing_is_reset_to_the_users_defaults(run: Run, daemon: Daemon) -> None:
    one = add_device(daemon, "one", compression="never", maxSendKbps=5)
    folder = add_folder(daemon, "folder", one, rescanIntervalS=99, order="oldestFirst", maxConflicts=3)
    device = get(daemon, "devices", one)
    set_default(daemon, "folder", rescanIntervalS=77, order="newestFirst", maxConflicts=2, ignoreDelete=True)
    set_default(daemon, "device", compression="always", maxSendKbps=7, autoAcceptFolders=True)
    good(run("syncthing_folder", id="folder", label="x"), changed=True)
    good(run("syncthing_device", device_id=one, paused=True), changed=True)
    assert get(daemon, "folders", "folder") == {**folder, "label": "x"}
    assert get(daemon, "devices", one) == {**device, "paused": True}
    # New ones take them, and check mode knows.
    for args in (
        {"name": "syncthing_device", "device_id": device_id("new")},
        {"name": "syncthing_folder", "id": "new", "path": "/nonexistent/new", "paused": True},
    ):
        module = args.pop("name")
        predicted = good(run(module, check=True, **args), changed=True)
        done = good(run(module, **args), changed=True)
        assert done.diff == predicted.diff
    assert get(daemon, "devices", device_id("new"))["compression"] == "always"
    assert get(daemon, "folders", "new")["rescanIntervalS"] == 77


def test_fact_05_undeclared_fields_keep_what_they_have(run: Run, daemon: Daemon) -> None:
    """1.29.6 to 1.30.0 and 2.0.0 to 2.1.1 reset them, and all versions do with other ways of writing."""
    one, introducer = add_device(daemon, "one"), add_device(daemon, "introducer")
    folder = unusual_folder(daemon, "folder", one)
    good(run("syncthing_folder", id="folder", label="only this"), changed=True)
    assert get(daemon, "folders", "folder") == {**folder, "label": "only this"}
    trusted = [entry for entry in TABLES["devices"] if entry.option != "untrusted"]
    now = {key: value for key, value in get(daemon, "devices", one).items() if key != "untrusted"}
    _unused, wanted = other_values(daemon, trusted, now)
    daemon.put(DEVICES, [{**now, **wanted, "introducedBy": introducer}])
    device = get(daemon, "devices", one)
    good(run("syncthing_device", device_id=one, name="only this"), changed=True)
    assert get(daemon, "devices", one) == {**device, "name": "only this"}


def test_fact_06_versioning_keeps_its_cleanup_interval(run: Run, daemon: Daemon) -> None:
    add_folder(daemon, "folder", versioning={"type": "trashcan", "params": {}, "cleanupIntervalS": 1234})
    for declared in ({"params": {"cleanout_days": 3}}, {"type": "simple", "params": {"keep": 3}}, {"type": "none"}):
        good(run("syncthing_folder", id="folder", versioning=declared), changed=True)
        assert get(daemon, "folders", "folder")["versioning"]["cleanupIntervalS"] == 1234


def test_fact_07_nested_structs_are_merged_and_null_leaves_alone(run: Run, proxy: RecordingProxy) -> None:
    daemon = proxy.daemon
    folder = add_folder(daemon, "folder", minDiskFree={"value": 3, "unit": "GB"}, rescanIntervalS=99)
    nulls = {"rescan_interval_s": None, "label": None, "devices": None, "versioning": None}
    good(run("syncthing_folder", proxy, id="folder", min_disk_free={"value": 5, "unit": None}, **nulls), changed=True)
    assert get(daemon, "folders", "folder") == {**folder, "minDiskFree": {"value": 5, "unit": "GB"}}
    body = written(proxy, FOLDERS)
    assert body.count(b"null") == body.count(b'"params": null') == 1  # which empties the map; no other may be sent


@pytest.mark.once
@pytest.mark.parametrize("kind", ["devices", "folders"])
def test_fact_08_a_write_that_did_nothing_is_a_failure(run: Run, proxy: RecordingProxy, kind: str) -> None:
    """As when the body's ID is another than that of the URL: 200, and nothing happens."""
    daemon = proxy.daemon
    one = add_device(daemon, "one")
    add_folder(daemon, "folder", one)
    before = daemon.config()
    proxy.on_request = lambda method, path, body: None if method == "GET" else (200, {}, b"")
    if kind == "devices":
        result = run("syncthing_device", proxy, device_id=one, max_send_kbps=9)
        bad(result, "not_applied", f"devices['{one}'].max_send_kbps (declared 9, is 0)")
    else:
        result = run("syncthing_folder", proxy, id="folder", label="new", min_disk_free={"value": 4})
        words = ("folders['folder'].label (declared 'new', is '')", "folders['folder'].min_disk_free.value (declared 4")
        bad(result, "not_applied", *words)
    # once more, since somebody may have saved an older configuration over it
    assert daemon.config() == before and len(proxy.writes) == 2


def test_fact_08_every_object_names_itself(run: Run, proxy: RecordingProxy) -> None:
    """The body's ID counts, so writes go to the collection and nowhere else."""
    new = device_id("new")
    good(run("syncthing_device", proxy, device_id=new, name="new"), changed=True)
    assert proxy.writes == [("PUT", DEVICES)]
    assert [item["deviceID"] for item in json.loads(written(proxy, DEVICES))] == [new]
    proxy.clear()
    good(run("syncthing_folder", proxy, id="new", path="/nonexistent/x", paused=True, devices=[new]), changed=True)
    assert proxy.writes == [("PUT", FOLDERS)]
    assert [item["id"] for item in json.loads(written(proxy, FOLDERS))] == ["new"]


def test_fact_09_nothing_is_migrated_again(run: Run, proxy: RecordingProxy) -> None:
    daemon = proxy.daemon
    values = {"maxConflicts": 3, "junctionsAsDirs": False, "minDiskFree": {"value": 3, "unit": "GB"}, "paused": False}
    unusual_folder(daemon, "neighbour", add_device(daemon, "one"), **values)
    daemon.put("/rest/config/options", {**daemon.get("/rest/config/options"), "natLeaseMinutes": 61})
    add_folder(daemon, "with/slash")
    before = daemon.config()
    good(run("syncthing_folder", proxy, id="with/slash", state="absent"), changed=True)
    assert daemon.config() == everything_else(before, "folders", "with/slash")
    assert json.loads(written(proxy, CONFIG))["version"] == before["version"] > 11


@pytest.mark.once
@pytest.mark.parametrize("kind", ["devices", "folders"])
def test_fact_10_enums_are_checked_before_sending(run: Run, proxy: RecordingProxy, kind: str) -> None:
    module, ident = ("syncthing_device", {"device_id": add_device(proxy.daemon, "one")})
    if kind == "folders":
        module, ident = ("syncthing_folder", {"id": add_folder(proxy.daemon, "folder")["id"]})
    enums = [(entry.option, {entry.option: "recvonly"}) for entry in TABLES[kind] if entry.choices]
    for outer in TABLES[kind]:
        enums += [(inner.option, {outer.option: {inner.option: "x"}}) for inner in outer.fields if inner.choices]
    assert len(enums) >= (7 if kind == "folders" else 1)
    for option, args in enums:
        refused(run, proxy, module, None, "must be one of", option, **ident, **args)
    # Keys are compared without case by the daemon, and wrong types in `extra` are the daemon's own 400.
    known = {"devices": "MAXSENDKBPS", "folders": "RESCANINTERVALS"}[kind]
    refused(run, proxy, module, "invalid_input", f"extra.{known}", "use the option", **ident, extra={known: 3})
    good(run(module, **ident, **({"rescan_interval_s": "60"} if kind == "folders" else {"max_send_kbps": "60"})))


def test_fact_10_whole_floats_are_sent_as_whole_numbers(run: Run, daemon: Daemon) -> None:
    add_folder(daemon, "folder")
    for changed in (True, False):
        whole = {"fs_watcher_delay_s": 20.0, "min_disk_free": {"value": 2.0}}
        good(run("syncthing_folder", id="folder", **whole), changed=changed)
    if daemon.at_least("1.23.3"):
        good(run("syncthing_folder", id="folder", fs_watcher_delay_s=0.5), changed=True)
        good(run("syncthing_folder", id="folder", fs_watcher_delay_s=0.5), changed=False)
    else:
        bad(run("syncthing_folder", id="folder", fs_watcher_delay_s=0.5), "unsupported", "1.23.3")


def test_fact_11_to_and_from_receiveencrypted(run: Run, proxy: RecordingProxy) -> None:
    vault = "receiveencrypted"
    for folder, there, other in (("plain", "sendreceive", vault), ("vault", vault, "sendonly")):
        add_folder(proxy.daemon, folder, type=there)
        words = (f"'{folder}' from {there} to {other}", "state: absent", "again")
        refused(run, proxy, "syncthing_folder", "invalid_input", *words, id=folder, type=other)
    good(run("syncthing_folder", id="plain", type="receiveonly"), changed=True)


def test_fact_12_two_folders_in_one_directory(run: Run, proxy: RecordingProxy) -> None:
    first = add_folder(proxy.daemon, "first")["path"]
    add_folder(proxy.daemon, "second")
    for args in ({"id": "third", "path": first}, {"id": "second", "path": f"{first}/"}):
        refused(run, proxy, "syncthing_folder", "invalid_input", "'first'", first, **args)
    for path in ("relative/path", ""):
        refused(run, proxy, "syncthing_folder", "invalid_input", "path", id="second", path=path)
    # Two that share one already, for whatever reason, can still be changed otherwise.
    add_folder(proxy.daemon, "second", path=first)
    good(run("syncthing_folder", id="second", path=first, label="x"), changed=True)


def test_fact_13_the_own_device(run: Run, proxy: RecordingProxy) -> None:
    daemon = proxy.daemon
    own, one = daemon.device_id, add_device(daemon, "one")
    for ident in (own, get(daemon, "devices", own)["name"]):
        refused(run, proxy, "syncthing_device", "invalid_input", "own device", device_id=ident, state="absent")
    add_folder(daemon, "folder", one)
    for devices in ([one], [own, one], [one, own.lower()]):
        good(run("syncthing_folder", id="folder", devices=devices), changed=False)
    good(run("syncthing_folder", id="folder", devices=[]), changed=True)
    assert [entry["deviceID"] for entry in get(daemon, "folders", "folder")["devices"]] == [own]


@pytest.mark.parametrize("trusted", [True, False])
def test_fact_14_nothing_is_dropped_in_silence(run: Run, proxy: RecordingProxy, trusted: bool) -> None:
    daemon = proxy.daemon
    one = add_device(daemon, "one", introducer=True, autoAcceptFolders=True)
    add_folder(daemon, "open", one)
    if trusted:
        unknown = device_id("unknown")
        refused(run, proxy, "syncthing_folder", "invalid_input", unknown, id="open", devices=[one, unknown])
        words = ("introduced_by", unknown)
        refused(run, proxy, "syncthing_device", "invalid_input", *words, device_id=one, introduced_by=unknown)
        return
    for option in ("introducer", "auto_accept_folders"):
        words = ("untrusted", f"Set {option} to false")
        refused(run, proxy, "syncthing_device", "invalid_input", *words, device_id=one, untrusted=True)
        good(run("syncthing_device", device_id=one, **{option: False}), changed=True)
    if daemon.at_least("1.23.6"):
        words = ("untrusted", "'open'", "encryption_password")
        refused(run, proxy, "syncthing_device", "invalid_input", *words, device_id=one, untrusted=True)
    secret = [{"device": one, "encryption_password": "secret"}]
    good(run("syncthing_folder", id="open", devices=secret), changed=True)
    for changed in (True, False):
        good(run("syncthing_device", device_id=one, untrusted=True), changed=changed)
    assert shares(daemon, "open") == {one: "secret"}
    if daemon.at_least("1.23.6"):
        secret[0]["encryption_password"] = ""
        refused(run, proxy, "syncthing_folder", "invalid_input", "untrusted", id="open", devices=secret)
        create = {"id": "new", "path": "/nonexistent/x", "devices": [one]}
        refused(run, proxy, "syncthing_folder", "invalid_input", "untrusted", **create)


def test_fact_15_removing_what_is_not_there(run: Run, proxy: RecordingProxy) -> None:
    for module, ident in (
        ("syncthing_device", {"device_id": device_id("nobody")}),
        ("syncthing_device", {"device_id": "nobody"}),
        ("syncthing_folder", {"id": "nothing"}),
        ("syncthing_folder", {"id": "no/thing"}),
    ):
        proxy.clear()
        good(run(module, proxy, state="absent", **ident), changed=False)
        assert proxy.requests == [READ]
    refused(run, proxy, "syncthing_device", "invalid_input", "check digit", device_id=device_id("x")[:-1] + "A")


def test_fact_16_any_folder_id(run: Run, proxy: RecordingProxy) -> None:
    daemon = proxy.daemon
    daemon_before = daemon.config()
    for folder in ("a/b", "..", ".", "a%2Fb", "with blank ?#&=+%", "💾/ü'\"<>\\"):
        path = str(daemon.folders_dir / "one")
        for changed in (True, False):
            good(run("syncthing_folder", id=folder, path=path, paused=True), changed=changed)
        assert get(daemon, "folders", folder)["path"] == path
        good(run("syncthing_folder", id=folder, state="absent"), changed=True)
        assert daemon.config() == daemon_before


# --- A 17: other writers


def other_writer(daemon: Daemon, path: str, **fields: Any) -> None:
    """Another client that changes a folder, in the way that fits its version."""
    folder = get(daemon, "folders", path)
    daemon.put(FOLDERS, [{**folder, **fields}])


@pytest.mark.parametrize("moment", ["before the write", "after the write"])
@pytest.mark.parametrize("folder", ["plain", "with/slash"])
def test_fact_17_another_writer_beside_us(run: Run, proxy: RecordingProxy, folder: str, moment: str) -> None:
    daemon = proxy.daemon
    add_folder(daemon, folder)
    add_folder(daemon, "theirs")
    state = "absent" if "/" in folder else "present"
    before = daemon.config()
    done = []

    def interfere(method: str, *_: Any) -> None:
        # Removing a folder with a slash writes the whole configuration, so it reads the newest for that.
        first = method == "GET" and not proxy.writes if moment == "before the write" else method != "GET"
        if first and not done:
            done.append(True)
            other_writer(daemon, "theirs", label="changed by another")

    proxy.on_response = interfere
    args = {} if state == "absent" else {"label": "ours"}
    good(run("syncthing_folder", proxy, id=folder, state=state, **args), changed=True)
    assert done and get(daemon, "folders", "theirs")["label"] == "changed by another"
    both = ("folders", folder, "theirs")
    assert everything_else(daemon.config(), *both) == everything_else(before, *both)
    assert state == "absent" or get(daemon, "folders", folder)["label"] == "ours"


@pytest.mark.once
@pytest.mark.parametrize("stubborn", [False, True])
def test_fact_17_another_writer_against_us(run: Run, proxy: RecordingProxy, stubborn: bool) -> None:
    """One that takes our value back: once, and we write it again; each time, and we give up and say what."""
    daemon = proxy.daemon
    add_folder(daemon, "contested")
    rounds = 0

    def revert(method: str, *_: Any) -> None:
        nonlocal rounds
        if method != "GET":
            rounds += 1
            if stubborn or rounds == 1:
                other_writer(daemon, "contested", rescanIntervalS=1000 + rounds)

    proxy.on_response = revert
    result = run("syncthing_folder", proxy, id="contested", rescan_interval_s=60)
    if stubborn:
        bad(result, "not_applied", "folders['contested'].rescan_interval_s (declared 60, is 10")
        assert 1 < len(proxy.writes) <= 10
    else:
        good(result, changed=True)
        assert get(daemon, "folders", "contested")["rescanIntervalS"] == 60 and len(proxy.writes) == 2


# --- B. Normalisation: whatever is accepted is shown as declared, and is no change the second time


def settles(run: Run, module: str, **args: Any) -> Json:
    good(run(module, **args), changed=True)
    again = good(run(module, **args), changed=False)
    return again[module.removeprefix("syncthing_")]


def test_fact_18_lists_are_compared_as_the_daemon_keeps_them(run: Run, proxy: RecordingProxy) -> None:
    daemon = proxy.daemon
    ids = [add_device(daemon, f"device {n}", addresses=["tcp://192.0.2.1:22000"]) for n in range(6)]
    path = str(daemon.folders_dir / "shared")
    for order in (ids, sorted(ids), [found.lower().replace("-", "") for found in ids[3:] + ids[:3]]):
        changed = "shared" not in [folder["id"] for folder in daemon.config()["folders"]]
        proxy.clear()
        good(run("syncthing_folder", proxy, id="shared", path=path, paused=True, devices=order), changed=changed)
    assert proxy.requests == [READ]
    assert settles(run, "syncthing_device", device_id=ids[0], addresses=[])["addresses"] == ["dynamic"]
    two = ["tcp://192.0.2.2:22000", "dynamic"]
    assert settles(run, "syncthing_device", device_id=ids[0], addresses=two)["addresses"] == two
    kcp = {"device_id": ids[0], "addresses": ["kcp://192.0.2.1:22020"]}
    refused(run, proxy, "syncthing_device", "invalid_input", "addresses", "kcp://", **kcp)
    misread = ids[1].replace("O", "0").replace("I", "1").replace("B", "8")
    good(run("syncthing_device", device_id=misread, name="device 1"), changed=False)
    for ignored in ([{"id": "b"}, {"id": "a", "label": "A"}], []):
        settles(run, "syncthing_device", device_id=ids[0], ignored_folders=ignored)


@pytest.mark.parametrize("number", [-1, 0, YEAR, YEAR + 1])
def test_fact_19_numbers_are_refused_or_kept(run: Run, proxy: RecordingProxy, number: int) -> None:
    """The daemon clamps some of them in silence; which, nobody must know who declares one."""
    daemon = proxy.daemon
    one = add_device(daemon, "one")
    add_folder(daemon, "folder")
    for kind, module, ident in (
        ("devices", "syncthing_device", {"device_id": one}),
        ("folders", "syncthing_folder", {"id": "folder"}),
    ):
        accepted: Json = {}
        for entry in TABLES[kind]:
            if entry.type in ("int", "float") and exists(entry, daemon):
                wrong = entry.problem(number)
                too_many = entry.json == "maxConcurrentWrites" and not daemon.at_least("2.0.0") and number > 64
                if not wrong and not too_many:
                    accepted[entry.option] = number
                elif entry.option in ("rescan_interval_s", "remote_gui_port"):
                    refused(run, proxy, module, "invalid_input", entry.option, **ident, **{entry.option: number})
        good(run(module, **ident, **accepted))
        shown = good(run(module, **ident, **accepted), changed=False)[module.removeprefix("syncthing_")]
        assert {option: shown[option] for option in accepted} == accepted


def test_fact_19_texts_are_kept_or_normalised(run: Run, daemon: Daemon) -> None:
    add_folder(daemon, "folder", markerName=".other")
    assert settles(run, "syncthing_folder", id="folder", marker_name="")["marker_name"] == ".stfolder"
    for path in ("~/relative to home", f"{daemon.folders_dir}/slash/", f"{daemon.folders_dir}//twice/./dots"):
        assert settles(run, "syncthing_folder", id="folder", path=path)["path"] == path
    vault = {"id": "vault", "path": "/nonexistent/x", "type": "receiveencrypted", "paused": True}
    predicted = good(run("syncthing_folder", check=True, **vault), changed=True)["folder"]
    assert settles(run, "syncthing_folder", **vault) == predicted
    assert predicted["ignore_perms"] is daemon.at_least("1.15.0")


@pytest.mark.since("2.0.0")
def test_fact_20_a_removed_field_is_not_changed_forever(run: Run, proxy: RecordingProxy) -> None:
    add_folder(proxy.daemon, "folder")
    args = {"id": "folder", "weak_hash_threshold_pct": 30, "disable_temp_indexes": True}
    refused(run, proxy, "syncthing_folder", "unsupported", "removed in 2.0.0", **args)
    assert len(good(run("syncthing_folder", unknown_fields="warn", **args), changed=False).warnings) == 2
    proxy.clear()
    good(run("syncthing_folder", proxy, unknown_fields="ignore", label="x", **args), changed=True)
    assert b"weakHash" not in written(proxy, FOLDERS)


# --- C. The GUI section


def test_fact_21_to_23_the_login_and_the_key_survive(run: Run, make_daemon: Make) -> None:
    """Removing an ID with a slash writes the whole configuration, also before 1.25.0, which hashed a hash again."""
    daemon = make_daemon(gui_user="admin", gui_password="correct horse")
    add_folder(daemon, "with/slash")
    before = daemon.config()
    good(run("syncthing_folder", daemon, id="with/slash", state="absent"), changed=True)
    assert daemon.config()["gui"] == before["gui"]
    assert before["gui"]["user"] == "admin" and before["gui"]["password"] and before["gui"]["apiKey"]


@pytest.mark.once
def test_fact_24_reads_outlive_a_restart_of_the_gui(run: Run, proxy: RecordingProxy) -> None:
    add_device(proxy.daemon, "one")
    dropped = 0

    def drop(method: str, path: str, body: bytes) -> Drop | None:
        nonlocal dropped
        dropped += 1
        return DROP if dropped <= 2 else None

    proxy.on_request = drop
    good(run("syncthing_device", proxy, device_id="one", paused=True), changed=True)
    assert proxy.requests[:3] == [READ] * 3
    dropped = 0
    bad(run("syncthing_device", proxy, device_id="one", retries=1), "unreachable", proxy.api_url)


@pytest.mark.once
@pytest.mark.parametrize("lost", ["answer", "request", "every answer of a write that did nothing"])
def test_fact_24_a_lost_answer_is_looked_after(run: Run, proxy: RecordingProxy, lost: str) -> None:
    daemon = proxy.daemon
    one = add_device(daemon, "one")

    def drop(method: str, *_: Any) -> Drop | None:
        return DROP if method != "GET" and (len(proxy.writes) == 1 or lost.startswith("every")) else None

    setattr(proxy, "on_response" if lost == "answer" else "on_request", drop)
    result = run("syncthing_device", proxy, device_id=one, paused=True)
    if lost.startswith("every"):
        bad(result, "unreachable", proxy.api_url)
        assert 1 < len(proxy.writes) <= 10
        return
    good(result, changed=True)
    assert get(daemon, "devices", one)["paused"] is True
    assert len(proxy.writes) == (1 if lost == "answer" else 2)


@pytest.mark.once
def test_fact_25_an_address_from_the_environment(run: Run, make_daemon: Make) -> None:
    port = _Port()
    env = {"STGUIADDRESS": f"127.0.0.1:{port.number}", "STGUIAPIKEY": "key-of-the-environment"}
    daemon = make_daemon(env=env)
    try:
        here = {"api_url": None, "api_key": None, "config_dir": str(daemon.config_dir), "retries": 0}
        said = bad(run("syncthing_info", daemon, **here), "unreachable", "STGUIADDRESS", "--gui-address")
        assert str(daemon.config_xml) in said
        # It takes either key, its own and that of its environment.
        url = {**here, "api_url": daemon.api_url}
        assert good(run("syncthing_info", daemon, **url))["my_id"] == daemon.device_id
        # In the daemon's own environment, as in its container, nothing needs to be said.
        for args in (here, url):
            assert good(run("syncthing_info", daemon, env=env, **args))["my_id"] == daemon.device_id
    finally:
        port.release()


# --- D. Transport


def test_fact_26_three_refusals(run: Run, daemon: Daemon, make_daemon: Make, tmp_path: Path) -> None:
    hosts = """
import socket
real = socket.getaddrinfo
socket.getaddrinfo = lambda host, *args, **kw: real({"nas.example": "127.0.0.1"}.get(host, host), *args, **kw)
"""
    python = python_with(tmp_path, hosts)
    for one in (daemon, make_daemon(gui_user="admin", gui_password="correct horse")):
        key = one.api_key[:-1]
        assert key not in bad(run("syncthing_info", one, api_key=key), "api_key", one.api_url, "API key")
        elsewhere = one.api_url.replace("127.0.0.1", "nas.example")
        result = run("syncthing_info", one, api_url=elsewhere, python=python)
        assert "127.0.0.1" in bad(result, "host_check", "insecureSkipHostcheck")


def test_fact_27_tls(run: Run, make_daemon: Make) -> None:
    daemon, other = make_daemon(tls=True), make_daemon("other", tls=True, start=False)
    info = {"retries": 0, "api_key": daemon.api_key}
    here = {**info, "api_url": None, "config_dir": str(daemon.config_dir)}
    assert good(run("syncthing_info", daemon, **here))["my_id"] == daemon.device_id
    # Writes too: Ansible's own URL library would not follow what plain HTTP is answered with.
    good(run("syncthing_device", daemon, device_id=device_id("x"), **here), changed=True)
    plain = daemon.api_url.replace("https:", "http:")
    for module, args in (("syncthing_info", {}), ("syncthing_device", {"device_id": device_id("y")})):
        bad(run(module, daemon, **{**info, "api_url": plain}, **args), "tls", "https://")
    assert device_id("y") not in str(daemon.config())
    # Another's certificate, and nobody's.
    (other.cert_file).write_bytes(_self_signed(other))
    pinned = {**info, "config_dir": str(other.config_dir)}
    said = bad(run("syncthing_info", daemon, **pinned), "tls", "another certificate", str(other.cert_file))
    assert _fingerprint(daemon) in said and _fingerprint(other) in said
    assert _fingerprint(daemon) in bad(run("syncthing_info", daemon, **info), "tls", "config_dir", "ca_path")


def _self_signed(daemon: Daemon) -> bytes:
    """Its device certificate serves as one that is not its GUI's."""
    return (daemon.config_dir / "cert.pem").read_bytes()


def _fingerprint(daemon: Daemon) -> str:
    import hashlib
    import ssl

    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(daemon.cert_file.read_text())).hexdigest()


def test_fact_27_https_to_plain_http(run: Run, daemon: Daemon) -> None:
    """Syncthing takes TLS on its port also when its configuration says plain HTTP; others don't."""
    url = daemon.api_url.replace("http:", "https:")
    for trust in ({"config_dir": str(daemon.config_dir)}, {"validate_certs": False}):
        assert good(run("syncthing_info", api_url=url, **trust))["my_id"] == daemon.device_id
    bad(run("syncthing_info", api_url=url), "tls", "config_dir", "ca_path")
    with ScriptedServer({"*": Answer({})}) as server:
        url = server.api_url.replace("http:", "https:")
        bad(run("syncthing_info", server, api_url=url, retries=0), "tls", "does not speak TLS", "http://")
        assert not server.requests


@pytest.mark.parametrize("module", ["syncthing_device", "syncthing_folder", "syncthing_info"])
def test_fact_28_a_migrating_daemon(run: Run, module: str) -> None:
    """Every path and method is answered 200, so a write would seem to succeed."""
    args = {"syncthing_device": {"device_id": device_id("x")}, "syncthing_folder": {"id": "x", "path": "/x"}}
    with ScriptedServer({"*": Answer.migration()}) as server:
        for check in (False, True):
            bad(run(module, server, check=check, **args.get(module, {})), "migration", "try again")
        assert {request.method for request in server.requests} == {"GET"}


@pytest.mark.once
def test_fact_28_a_migration_that_begins_meanwhile(run: Run, proxy: RecordingProxy) -> None:
    answer = Answer.migration()
    proxy.on_request = lambda method, *_: None if method == "GET" else (200, answer.headers, answer.body)
    bad(run("syncthing_device", proxy, device_id=device_id("x")), "migration", "try again")


def test_fact_29_ignore_patterns(run: Run, proxy: RecordingProxy) -> None:
    """They are stored line by line, whatever is in them, also for a folder that was never on disk."""
    daemon = proxy.daemon
    for paused in (True, False):
        folder = f"paused {paused}"
        root = daemon.folders_dir / folder
        patterns = ["#escape=|", "// äöü", "", "  ", "*.tmp", "!keep  ", ""]
        args = {"id": folder, "path": str(root), "paused": paused, "ignore_patterns": patterns}
        good(run("syncthing_folder", check=True, **args), changed=True)
        good(run("syncthing_folder", **args), changed=True)
        lines = (root / ".stignore").read_text().splitlines()
        assert [line.strip() for line in lines] == [line.strip() for line in patterns]
        good(run("syncthing_folder", **args), changed=False)
        good(run("syncthing_folder", id=folder, ignore_patterns=[]), changed=True)
        assert not (root / ".stignore").exists()
        good(run("syncthing_folder", id=folder, ignore_patterns=[]), changed=False)
    args = {"id": "x", "path": "/nonexistent/x", "ignore_patterns": ["one\ntwo"]}
    refused(run, proxy, "syncthing_folder", "invalid_input", "ignore_patterns[0]", "line break", **args)
    add_folder(daemon, "vault", type="receiveencrypted", path=str(daemon.folders_dir))
    refused(run, proxy, "syncthing_folder", "invalid_input", "encrypted", id="vault", ignore_patterns=["x"])


@pytest.mark.parametrize("patterns", [["fine", "[unclosed"], ["fine", "#escape=|"], ["#include missing"]])
def test_fact_29_unreadable_patterns(run: Run, daemon: Daemon, patterns: list[str]) -> None:
    """Stored with 200, and the folder stops; what a version can't read, it says when asked. Refused, or undone."""
    add_folder(daemon, "folder")
    good(run("syncthing_folder", id="folder", ignore_patterns=["before"]), changed=True)
    seen = patterns[-1].startswith("[")  # before it is written
    if seen:
        bad(run("syncthing_folder", check=True, id="folder", ignore_patterns=patterns), "invalid_input", patterns[-1])
    result = run("syncthing_folder", id="folder", ignore_patterns=patterns)
    if result.failed:
        bad(result, *(["invalid_input", patterns[-1]] if seen else ["not_applied"]))
        told = daemon.get("/rest/db/ignores", folder="folder")
        assert told["ignore"] == ["before"] and not told.get("error")
    else:
        assert not seen
    daemon.post("/rest/db/ignores", {"ignore": patterns}, folder="folder")
    said = daemon.get("/rest/db/ignores", folder="folder").get("error")
    assert bool(said) == result.failed
    if said and daemon.get("/rest/db/ignores", folder="folder")["ignore"]:  # Syncthing 2 doesn't show all of them
        # though they are there already
        bad(run("syncthing_folder", check=True, id="folder", ignore_patterns=patterns), "not_applied", said)
    good(run("syncthing_folder", id="folder", ignore_patterns=["fine"]), changed=True)


@pytest.mark.since("1.19.0")
def test_fact_29_default_patterns_are_not_those_of_a_new_folder(run: Run, daemon: Daemon) -> None:
    daemon.put("/rest/config/defaults/ignores", {"lines": ["from the defaults"]})
    root = daemon.folders_dir / "new"
    result = good(run("syncthing_folder", id="new", path=str(root), ignore_patterns=[]), changed=True)
    assert result["folder"]["ignore_patterns"] == []
    assert not (root / ".stignore").exists()


def test_fact_30_what_is_paused_is_no_error(run: Run, daemon: Daemon) -> None:
    one = add_device(daemon, "one", paused=True)
    add_folder(daemon, "paused", one)
    result = good(run("syncthing_info", gather_subset=["completion", "errors"]), changed=False)
    assert result["completion"] == {"paused": {}} and result["errors"]["folders"] == {}
