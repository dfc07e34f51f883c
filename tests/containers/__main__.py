# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Molecule's hosts from a shell, as root: `python -m containers prepare | test | exec | image`."""

from __future__ import annotations

import argparse
import re
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import yaml

from harness.cache import Unavailable

from . import images
from .engine import PodmanError
from .runs import run

UNAVAILABLE = 3
# Hosts are waited for so often that two would leave one of two cores idle for a third of the time.
AT_A_TIME = 3
# They come first, so that none of them is alone at the end.
LONGEST = ("first_screen", "default", "archive", "relay", "encrypted", "adverse")
SCENARIOS = Path("extensions/molecule")


def main() -> int:
    # what follows the first `--` is not ours
    argv = sys.argv[1:]
    index = argv.index("--") if "--" in argv else len(argv)
    argv, command = argv[:index], argv[index + 1 :]
    parser = argparse.ArgumentParser(prog="python -m containers", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("prepare", help=f"make the images; exit code {UNAVAILABLE} if this machine can't have them")
    test = actions.add_parser("test", help="run scenarios, several at a time")
    test.add_argument("scenarios", nargs="*", help="their names (default: all)")
    actions.add_parser("exec", help="run CMD (after --) where Molecule's commands work; its hosts end with it")
    image = actions.add_parser("image", help="make one image and print its name")
    image.add_argument("platform")
    image.add_argument("kind", choices=images.KINDS)
    args = parser.parse_args(argv)
    if bool(command) != (args.action == "exec"):
        parser.error("a command after -- goes with exec, and with nothing else")

    # being ended is being interrupted: nothing may be left
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        if args.action == "prepare":
            images.ensure(images.wanted())
        elif args.action == "image":
            print(images.image(args.platform, args.kind))
        else:
            with run() as environment:
                if command:
                    return subprocess.run(command, check=False, env=environment).returncode
                return test_all(args.scenarios or scenarios(), environment)
    except Unavailable as error:
        print(error)
        return UNAVAILABLE
    except PodmanError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 0


def scenarios() -> list[str]:
    """All of them, in the order in which they are begun."""
    names = sorted(path.parent.name for path in SCENARIOS.glob("*/molecule.yml"))
    return sorted(names, key=lambda name: LONGEST.index(name) if name in LONGEST else len(LONGEST))


def hosts_without_tasks(name: str, output: str) -> list[str]:
    """The hosts of a scenario on which nothing ran; Molecule calls a run with an empty inventory successful."""
    groups = yaml.safe_load((SCENARIOS / name / "hosts.yml").read_text())
    hosts = [host for group in groups.values() for host in group["hosts"]]
    plain = re.sub(r"\x1b\[[0-9;]*m", "", output)
    return [host for host in hosts if not re.search(rf"^{host} +: ok=[1-9]", plain, re.MULTILINE)]


def test_all(names: list[str], environment: dict[str, str]) -> int:
    """Run these scenarios; print what each says when it has ended, and how long it took."""
    begun = time.monotonic()
    took: dict[str, float] = {}
    failed: list[str] = []

    def test(name: str) -> tuple[str, str, bool]:
        started = time.monotonic()
        command = ["molecule", "test", "--no-command-borders", "--scenario-name", name]
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        done = subprocess.run(command, check=False, env=environment, **streams)
        took[name] = time.monotonic() - started
        output = done.stdout.decode(errors="replace")
        idle = hosts_without_tasks(name, output)
        if idle:
            output += f"\n{name}: no task ran on {', '.join(idle)}\n"
        return name, output, not done.returncode and not idle

    pool = ThreadPoolExecutor(AT_A_TIME)
    try:
        for future in as_completed([pool.submit(test, name) for name in names]):
            name, output, passed = future.result()
            print(output, flush=True)
            failed += [name] * (not passed)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    for name in sorted(took, key=lambda name: -took[name]):
        print(f"{'failed' if name in failed else 'passed'}  {name:<14} {took[name]:4.0f} s")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"all of them: {time.monotonic() - begun:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of a processor")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
