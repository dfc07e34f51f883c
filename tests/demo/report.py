# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""The report of an invented fleet, and its picture for the documentation: report.py FILE.html [FILE.png]."""

from __future__ import annotations

import datetime
import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from harness.collection import install_on_path

install_on_path()

from ansible_collections.community.syncthing.plugins.module_utils._schema import device_ids
from ansible_collections.community.syncthing.plugins.plugin_utils._health import Health
from ansible_collections.community.syncthing.plugins.plugin_utils._health_limits import Limits
from ansible_collections.community.syncthing.plugins.plugin_utils._observed import Host, Observed
from ansible_collections.community.syncthing.plugins.plugin_utils._report import content, page

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
VERSIONS = {"nas": "v2.1.3", "lighthouse": "v2.1.3", "harbour": "v2.1.3", "attic": "v1.29.5"}
FOLDERS = {
    "documents": ("nas", "lighthouse", "harbour", "attic", "paper-boat"),
    "photos": ("nas", "harbour", "attic"),
    "music": ("nas", "lighthouse", "paper-boat"),
    "backups": ("nas", "attic"),
}
LACKING = {("documents", "paper-boat"): 71.6, ("photos", "attic"): 99.99, ("music", "lighthouse"): 38.0}


def device_id(name: str) -> str:
    return device_ids.from_bytes(hashlib.sha256(name.encode()).digest())


def told_by(name: str) -> dict[str, Any]:
    """What syncthing_info returns on this host."""
    mine = {folder: members for folder, members in FOLDERS.items() if name in members}
    others = sorted({member for members in mine.values() for member in members} - {name})
    return {
        "my_id": device_id(name),
        "version": VERSIONS[name],
        "devices": [{"device_id": device_id(other), "name": other} for other in [name, *others]],
        "folders": [
            {
                "id": folder,
                "label": folder.capitalize(),
                "type": "sendreceive",
                "paused": (folder, name) == ("backups", "attic"),
                "devices": [{"device": device_id(member)} for member in members],
            }
            for folder, members in mine.items()
        ],
        "connections": {
            device_id(other): {"connected": other != "paper-boat", "client_version": VERSIONS.get(other, "")}
            for other in others
        },
        "completion": {
            folder: {
                device_id(member): {
                    "completion": LACKING.get((folder, member), 100),
                    "need_items": 3 * ((folder, member) in LACKING),
                    "need_bytes": 5_000_000 * ((folder, member) in LACKING),
                    "remote_state": "valid",
                }
                for member in members
            }
            for folder, members in mine.items()
        },
        "errors": {
            "system": [],
            "folders": {
                "photos": [{"path": "2026/may.raw", "error": "permission denied"}] if name == "harbour" else []
            },
        },
    }


def fleet() -> list[Host]:
    names = ("plan.sync-conflict-20260131-120000-PBPZBQM.odt", "tides/may.sync-conflict-20260130-081500-PBPZBQM.csv")
    conflicts = {"lighthouse": {"documents": list(names)}}
    hosts = [Host(name, told_by(name), "", conflicts.get(name, {})) for name in VERSIONS]
    return [*hosts, Host("cellar", {}, "unreachable: connection timed out", cause="unreachable")]


def large_fleet(hosts: int, folders: int, hubs: int = 3) -> list[Host]:
    """Every host has every folder, and shares it with the hubs. One in 30 hosts has a problem."""
    names = [f"host-{number:03}" for number in range(hosts)]
    ids = [device_id(name) for name in names]
    central = ids[:hubs]
    lacking = {"completion": 71.5, "need_items": 3, "need_bytes": 5_000_000}
    found = []
    for number, (name, mine) in enumerate(zip(names, ids, strict=True)):
        partners = ids if number < hubs else [*central, mine]
        shares = [{"device": partner} for partner in partners]
        behind = number % 30 == 4
        found.append(
            Host(
                name,
                {
                    "my_id": mine,
                    "version": "v2.1.3" if number % 50 else "v2.1.2",
                    "devices": [{"device_id": one, "name": names[ids.index(one)]} for one in partners],
                    "folders": [
                        {"id": f"folder-{n:02}", "label": "", "type": "sendreceive", "paused": False, "devices": shares}
                        for n in range(folders)
                    ],
                    "connections": {one: {"connected": True, "client_version": "v2.1.3"} for one in partners},
                    "completion": {
                        f"folder-{n:02}": {
                            one: dict(lacking if behind and n == 7 else {"completion": 100}, remote_state="valid")
                            for one in partners
                        }
                        for n in range(folders)
                    },
                    "errors": {
                        "system": [],
                        "folders": {"folder-07": [{"path": f"{n}.raw", "error": "denied"} for n in range(20)]}
                        if number % 30 == 9
                        else {},
                    },
                },
            )
        )
    return found


WHEN = datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.timezone.utc)


def html_of(hosts: list[Host]) -> str:
    fleet = Observed(hosts)
    health = Health(fleet, {host.name: Limits({}) for host in hosts}, WHEN)
    return page(content(fleet, health, "2026-01-31 12:00 UTC"))


def screenshot(browser: str, html: Path, png: Path, width: int, height: int) -> None:
    """Take a picture with a profile of its own; as root, Chromium needs to be without its sandbox."""
    with tempfile.TemporaryDirectory(prefix="chromium-") as profile:
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={profile}"]
        options += [f"--window-size={width},{height}", f"--screenshot={png}"]
        subprocess.run([browser, *options, html.resolve().as_uri()], check=True, capture_output=True, timeout=120)


if __name__ == "__main__":
    import shutil

    target = Path(sys.argv[1])
    target.write_text(html_of(fleet()))
    if len(sys.argv) > 2:
        found = next(filter(None, map(shutil.which, BROWSERS)), None)
        if not found:
            sys.exit(f"needs one of {', '.join(BROWSERS)}")
        screenshot(found, target, Path(sys.argv[2]), 800, 1790)
