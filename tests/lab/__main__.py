# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""The lab from a shell, as root: `python -m lab prepare | exec | start | stop` (with `tests` on PYTHONPATH)."""

from __future__ import annotations

import argparse
import signal
import sys

from harness.cache import Unavailable

from . import LabError, host, inside, machine

UNAVAILABLE = 3


def main() -> int:
    # what follows the first `--` is not ours
    argv = sys.argv[1:]
    index = argv.index("--") if "--" in argv else len(argv)
    argv, command = argv[:index], argv[index + 1 :]
    parser = argparse.ArgumentParser(prog="python -m lab", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser(
        "prepare", help=f"build what is missing; exit code {UNAVAILABLE} if this machine can't have a lab"
    )
    actions.add_parser("exec", help="run CMD (after --) in a lab of its own, where the following work")
    start = actions.add_parser("start", help="start a host and wait until it is up")
    start.add_argument("name")
    start.add_argument("suite", choices=inside.SUITES)
    start.add_argument("address")
    for action, text in {"stop": "switch a host off and forget it", "keep": argparse.SUPPRESS}.items():
        actions.add_parser(action, help=text).add_argument("name")
    actions.add_parser("inside", help=argparse.SUPPRESS).add_argument("channel", type=int)
    args = parser.parse_args(argv)
    if bool(command) != (args.action in ("exec", "inside")):
        parser.error("a command after -- goes with exec, and with nothing else")

    # being ended is being interrupted: nothing may be left
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        if args.action == "prepare":
            return machine.run(["true"])
        if args.action == "exec":
            return machine.run(command)
        if args.action == "inside":
            return inside.run(args.channel, command)
        if args.action == "start":
            host.start(args.name, args.suite, args.address)
        elif args.action == "stop":
            host.stop(args.name)
        else:
            host.keep(args.name)
    except Unavailable as error:
        print(error)
        return UNAVAILABLE
    except LabError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 0


if __name__ == "__main__":
    sys.exit(main())
