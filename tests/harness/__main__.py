# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""The harness from a shell: `python -m harness versions | run | exec` (with `tests` on PYTHONPATH)."""

from __future__ import annotations

import argparse
import json
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from .binaries import Binary, BinaryError, find
from .collection import child_environment
from .daemon import Daemon, DaemonError, start_all

END_TIMEOUT = 10


def main() -> int:
    # `python -m harness exec --count 3 -- CMD`: what follows the first `--` is not ours.
    argv = sys.argv[1:]
    index = argv.index("--") if "--" in argv else len(argv)
    argv, command = argv[:index], argv[index + 1 :]
    parser = argparse.ArgumentParser(prog="python -m harness", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("versions", help="list the versions that tests can run with")
    for action, text in {
        "run": "start daemons and keep them until Ctrl-C",
        "exec": "run CMD (after --) with an inventory of daemons in $SYNCTHING_INVENTORY",
    }.items():
        sub = actions.add_parser(action, help=text)
        sub.add_argument("--version", default="", help="a version or its beginning; the newest that fits is taken")
        sub.add_argument("--count", type=int, default=1, help="how many daemons (default: 1)")
        sub.add_argument("--names", default="", help="their names, comma separated, instead of a count")
    args = parser.parse_args(argv)
    if bool(command) != (args.action == "exec"):
        parser.error("a command after -- goes with exec, and with nothing else")

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    try:
        if args.action == "versions":
            return versions()
        names = args.names.split(",") if args.names else [f"node{number}" for number in range(1, args.count + 1)]
        binary = pick(args.version)
        with daemons(binary, names) as running:
            return execute(running, command) if command else show(running)
    except (BinaryError, DaemonError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def versions() -> int:
    found = find()
    for binary in found.binaries:
        print(f"{binary.version:10}  {binary.source:20}  {binary.path}")
    for reason in found.missing:
        print(f"not found: {reason}")
    return 0 if found.binaries else 1


def pick(version: str) -> Binary:
    found = find()
    fitting = [b for b in found.binaries if not version or f"{b.version}.".startswith(f"{version}.")]
    if not fitting:
        reasons = "".join(f"\n  {reason}" for reason in found.missing)
        raise BinaryError(f"no Syncthing {version} here, only {', '.join(b.version for b in found.binaries)}{reasons}")
    return fitting[-1]


@contextmanager
def daemons(binary: Binary, names: list[str]) -> Iterator[list[Daemon]]:
    with ExitStack() as stack:
        base = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="syncthing-")))
        made = [stack.enter_context(Daemon(binary, base, name, supervise=True, start=False)) for name in names]
        try:
            start_all(*made)
            yield made
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not interrupt the cleaning up


def show(running: list[Daemon]) -> int:
    for daemon in running:
        key = daemon.home / "api-key"
        key.touch(0o600)
        key.write_text(daemon.api_key)
        print(f"{daemon.name}: {daemon.api_url}  key: {key}  configuration: {daemon.config_dir}", flush=True)
    print("Ctrl-C ends them.", flush=True)
    while True:
        signal.pause()


def inventory(running: list[Daemon]) -> dict[str, object]:
    hosts = {
        daemon.name: {
            "ansible_connection": "local",
            "ansible_python_interpreter": sys.executable,
            "syncthing_config_dir": str(daemon.config_dir),
            "syncthing_listen_address": daemon.listen_address,
            "syncthing_folders_dir": str(daemon.folders_dir),
        }
        for daemon in running
    }
    return {"all": {"children": {"syncthing": {"hosts": hosts}}}}


def execute(running: list[Daemon], command: list[str]) -> int:
    # JSON is YAML, and this needs no YAML library.
    path = running[0].home.parent / "inventory.yml"
    path.write_text(json.dumps(inventory(running), indent=2) + "\n")
    environment = {**child_environment(), "SYNCTHING_INVENTORY": str(path)}
    try:
        child = subprocess.Popen(command, env=environment)
    except OSError as error:
        print(f"{shlex.join(command)}: {error}", file=sys.stderr)
        return 127
    try:
        code = child.wait()
    except BaseException as error:
        if not isinstance(error, KeyboardInterrupt):  # Ctrl-C has reached the command already
            child.terminate()
        try:
            child.wait(END_TIMEOUT)
        except subprocess.TimeoutExpired:
            child.kill()
        raise
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
