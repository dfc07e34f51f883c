# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Offers are real: other daemons dial one that does not know them, or share folders that it does not have."""

from __future__ import annotations

from typing import Any

import pytest
from support import Json, Make, Run, everything_else, get, good, refused, shares

from harness.daemon import Daemon, pair, start_all
from harness.proxy import RecordingProxy

pytestmark = pytest.mark.any_core

NAME = "pen'd\"ing {{ 7 * 7 }} ../\u00fc\n"  # what a stranger may call itself
MODULE = "syncthing_pending"


def rename(daemon: Daemon, name: str) -> None:
    daemon.put("/rest/config/devices", [{**get(daemon, "devices", daemon.device_id), "name": name}])


def pending(daemon: Daemon, kind: str) -> Json:
    return dict(daemon.get(f"/rest/cluster/pending/{kind}"))


def dial(peer: Daemon, daemon: Daemon) -> None:
    """The one side of a pair, so the peer offers itself."""
    there = {"deviceID": daemon.device_id, "addresses": [daemon.listen_address]}
    peer.put("/rest/config/devices", [there])


def step(run: Run, proxy: RecordingProxy, **args: Any) -> Any:
    """In check mode, for real, and again: the same is foreseen and done, and then nothing is left to do."""
    before = proxy.daemon.config()
    proxy.refuse_writes = True
    foreseen = good(run(MODULE, proxy, check=True, **args), changed=True)
    assert proxy.daemon.config() == before
    proxy.refuse_writes = False
    done = good(run(MODULE, proxy, **args), changed=True)
    for key in {"pending", "devices", "folders", "diff"} & set(foreseen.result):
        assert done[key] == foreseen[key], key
    assert done.diff["before"] != done.diff["after"]
    again = good(run(MODULE, proxy, **args), changed=False)
    assert again.diff == {"before": {}, "after": {}}
    return done


@pytest.mark.since("1.18.0")
def test_devices(run: Run, proxy: RecordingProxy, make_daemon: Make) -> None:
    daemon = proxy.daemon
    peers = laptop, nas = [make_daemon(name, start=False) for name in ("laptop", "nas")]
    start_all(*peers)
    rename(laptop, NAME)
    rename(nas, "office-nas")
    for peer in peers:
        dial(peer, daemon)
    daemon.wait_until(lambda: len(pending(daemon, "devices")) == 2, what="two offers")
    for peer in peers:
        peer.stop()  # else the offers get another time every few seconds

    everything = good(run(MODULE), changed=False)["pending"]
    assert everything == good(run("syncthing_info", gather_subset=["pending"]))["pending"]
    assert everything["folders"] == {} and set(everything["devices"]) == {laptop.device_id, nas.device_id}
    for choice, found in (
        ({"devices": [laptop.device_id.lower().replace("-", "")]}, {laptop}),
        ({"networks": ["127.0.0.1"], "folders": ["*"]}, {laptop, nas}),
    ):
        chosen = good(run(MODULE, **choice), changed=False)["pending"]["devices"]
        assert set(chosen) == {peer.device_id for peer in found}, choice

    # Dismissed, and offered anew.
    start = daemon.config()
    done = good(run(MODULE, action="dismiss", devices=["office-nas"]), changed=True)
    offer = everything["devices"][nas.device_id]
    assert done.diff["before"] == {"pending_devices": {nas.device_id: {**offer, "device_id": nas.device_id}}}
    assert done.diff["after"] == {} and daemon.config() == start
    nas.start()
    daemon.wait_until(lambda: nas.device_id in pending(daemon, "devices"), what="another attempt of the nas")
    nas.stop()

    # Ignored for good, and nothing else is touched.
    done = step(run, proxy, action="ignore", devices=["office-nas"])
    assert list(done.diff["after"]["ignored_devices"]) == [nas.device_id]
    after = daemon.config()
    [ignored] = after["remoteIgnoredDevices"]
    assert (ignored["deviceID"], ignored["name"]) == (nas.device_id, "office-nas")
    assert {**after, "remoteIgnoredDevices": []} == start
    assert set(pending(daemon, "devices")) == {laptop.device_id}

    # Accepted with settings.
    done = step(run, proxy, action="accept", devices=[laptop.device_id], device={"max_send_kbps": 77})
    [shown] = done["devices"]
    assert (shown["device_id"], shown["name"], shown["max_send_kbps"]) == (laptop.device_id, NAME, 77)
    assert everything_else(daemon.config(), "devices", laptop.device_id) == after
    laptop.start()
    daemon.wait_connected(laptop)


def offer_folders(daemon: Daemon, peer: Daemon, **folders: Json) -> None:
    """Share folders that only the peer has; `folders` are IDs with more of their fields, or of the share's."""
    for number, (folder, fields) in enumerate(folders.items()):
        share = {"deviceID": daemon.device_id, "encryptionPassword": fields.pop("encryptionPassword", "")}
        path = str(peer.folders_dir / str(number))
        shared = {"id": folder, "path": path, "devices": [{"deviceID": peer.device_id}, share], **fields}
        peer.put("/rest/config/folders", [shared])
    daemon.wait_until(lambda: set(pending(daemon, "folders")) >= set(folders), what="the offers")


@pytest.mark.since("1.18.0")
def test_folders(run: Run, proxy: RecordingProxy, make_daemon: Make) -> None:
    daemon = proxy.daemon
    peer = make_daemon("peer")
    rename(peer, NAME)
    pair(daemon, peer)
    base = daemon.folders_dir / "base"
    (base / "taken").mkdir(parents=True)
    here: Json = {"offered_by": [peer.device_id], "base_path": str(base)}
    labels = {folder: {"label": f"{NAME}{folder}"} for folder in ("docs", "photos", "taken", "..", ".ssh")}
    offer_folders(daemon, peer, **labels, secret={"encryptionPassword": "planted-secret"})
    everything = good(run(MODULE), changed=False)["pending"]
    assert set(everything["folders"]) == {*labels, "secret"} and everything["devices"] == {}
    assert everything["folders"]["secret"][peer.device_id]["receive_encrypted"] is True

    # What may not be: a path that the peer chose, and what is there already.
    accept: Json = {"action": "accept", **here}
    for folder, words in ((".ssh", "folder.path"), ("taken", "exists already")):
        refused(run, proxy, MODULE, "invalid_input", f"'{folder}'", words, folders=[folder], **accept)
    home = base.relative_to(daemon.home)
    for spelled in (
        f"{base}/",
        f"{base.parent}//base",
        f"{base.parent}/./base",
        f"~/{home}",
        f"~/{home}//",
        f"~/./{home}",
    ):
        words = ("'taken'", "exists already")
        refused(run, proxy, MODULE, "invalid_input", *words, folders=["taken"], **{**accept, "base_path": spelled})

    # Accepted below a directory, with settings, and really shared.
    start = daemon.config()
    folder = {"type": "receiveonly", "ignore_patterns": ["*.tmp"]}
    done = step(run, proxy, folders=["d?cs", f"{NAME}photos"], folder=folder, **accept)
    assert [shown["id"] for shown in done["folders"]] == ["docs", "photos"]
    for name in ("docs", "photos"):
        made = get(daemon, "folders", name)
        assert (made["path"], made["type"], made["label"]) == (str(base / name), "receiveonly", f"{NAME}{name}")
        assert shares(daemon, name) == {peer.device_id: ""}
        assert daemon.get("/rest/db/ignores", folder=name)["ignore"] == ["*.tmp"]
    assert everything_else(daemon.config(), "folders", "docs", "photos") == everything_else(start, "folders")
    (peer.folders_dir / "0/letter.txt").write_text("hello")
    peer.post("/rest/db/scan", folder="docs")
    daemon.wait_until((base / "docs/letter.txt").exists, what="a file of the accepted folder")

    # An encrypted offer becomes what it can only be.
    done = good(run(MODULE, folders=["secret"], **accept), changed=True)
    assert done["folders"][0]["type"] == "receiveencrypted"
    assert "planted-secret" not in done.stdout

    # A path is the user's own business.
    path = {"path": str(base / "taken"), "label": "mine"}
    good(run(MODULE, action="accept", folders=["taken"], folder=path), changed=True)
    assert get(daemon, "folders", "taken")["label"] == "mine"

    # Ignored, dismissed.
    good(run(MODULE, action="ignore", folders=[".."]), changed=True)
    [ignored] = get(daemon, "devices", peer.device_id)["ignoredFolders"]
    assert (ignored["id"], ignored["label"]) == ("..", f"{NAME}..")
    done = good(run(MODULE, action="dismiss", folders=["*"]), changed=True)
    assert list(done.diff["before"]["pending_folders"]) == [f"{peer.device_id}/.ssh"]
    assert pending(daemon, "folders") == {}


@pytest.mark.since("1.13.0")
@pytest.mark.once
def test_a_folder_that_is_there_already(run: Run, make_daemon: Make, daemon: Daemon) -> None:
    """It is shared with the one who offers it too, and all else of it is left alone."""
    peer = make_daemon("peer")
    pair(daemon, peer)
    own = {"id": "docs", "label": "Own", "path": str(daemon.folders_dir / "docs")}
    daemon.put("/rest/config/folders", [{**own, "devices": [{"deviceID": daemon.device_id}]}])
    offer_folders(daemon, peer, docs={"label": "Theirs"})
    before = get(daemon, "folders", "docs")
    options = {"label": "Other", "type": "sendonly", "path": "/nonexistent"}
    for changed in (True, False):
        good(run(MODULE, action="accept", folders=["docs"], folder=options), changed=changed)
    assert shares(daemon, "docs") == {peer.device_id: ""}
    assert {**get(daemon, "folders", "docs"), "devices": before["devices"]} == before


@pytest.mark.until("1.13.0")
def test_before_1_13(run: Run, proxy: RecordingProxy) -> None:
    refused(run, proxy, MODULE, "unsupported", "1.13.0", proxy.daemon.version, devices=["*"])
