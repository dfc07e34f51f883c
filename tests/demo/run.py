# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""The main job for real: fleet.yml on the daemons that ``python -m harness exec`` started."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

PLAYBOOK = Path(__file__).with_name("provision.yml")
FLEET = Path(__file__).with_name("fleet.yml")
ARRIVAL_TIMEOUT = 60  # seconds


def main() -> int:
    inventory = os.environ["SYNCTHING_INVENTORY"]
    hosts = json.loads(Path(inventory).read_text())["all"]["children"]["syncthing"]["hosts"]
    rows = []

    title(f"A playbook makes {len(hosts)} daemons the fleet of fleet.yml")
    seconds, _unused = play(inventory)
    rows.append(("first run", f"{seconds:.1f} s"))

    title("A file written on one of them")
    folders = {name: Path(host["syncthing_folders_dir"], "documents") for name, host in hosts.items()}
    writer, *readers = folders
    (folders[writer] / "hello.txt").write_text(f"written on {writer}\n")
    started = time.monotonic()
    for reader in readers:
        text = arrived(folders[reader] / "hello.txt")
        print(f"{reader}: hello.txt says {text!r}")
        rows.append((f"hello.txt from {writer} on {reader}", f"{time.monotonic() - started:.1f} s"))

    title("The same playbook again changes nothing")
    seconds, output = play(inventory)
    changed = [int(count) for count in re.findall(r"changed=(\d+)", output)]
    if changed != [0] * len(hosts):
        sys.exit(f"The second run should have changed nothing: {changed}")
    rows.append(("second run", f"{seconds:.1f} s, changed=0 on {len(changed)} hosts"))

    title("What another rescan interval would change (--check --diff)")
    play(inventory, "--check", "--diff", "--extra-vars", "rescan_interval_s=60")

    title("What happened")
    width = max(len(name) for name, _unused in rows)
    for name, value in rows:
        print(f"  {name:{width}}  {value}")
    return 0


def title(text: str) -> None:
    print(f"\n== {text}\n", flush=True)


def play(inventory: str, *options: str) -> tuple[float, str]:
    """Run the playbook, show what it prints, and return the seconds and the output."""
    command = ["ansible-playbook", "--inventory", inventory, "--extra-vars", f"@{FLEET}", str(PLAYBOOK), *options]
    started = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        lines = []
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed")
    return time.monotonic() - started, "".join(lines)


def arrived(path: Path) -> str:
    deadline = time.monotonic() + ARRIVAL_TIMEOUT
    while not path.exists():
        if time.monotonic() > deadline:
            sys.exit(f"{path} did not arrive within {ARRIVAL_TIMEOUT} s")
        time.sleep(0.1)
    return path.read_text().strip()


if __name__ == "__main__":
    sys.exit(main())
