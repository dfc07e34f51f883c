# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""Speed, as ratios against what stands beside it in the same run."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bench import computed, mesh, role, tasks
from bench.measure import SMOKE, Sizes
from bench.table import Table, about
from harness.binaries import Binary, find

GUIDE = Path(__file__).parents[2] / "docs/docsite/rst/benchmarks.rst"
PARTS: dict[str, Callable[[Binary, Sizes, Table], None]] = {
    "task": tasks.one_task,
    "whole": tasks.whole_daemon,
    "cli": tasks.command_line,
    "planning": computed.planning,
    "fleet": computed.fleet_parts,
    "templates": computed.fleet_templates,
    "mesh": mesh.mesh,
    "role": role.role,
    "memory": computed.memory,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "parts", nargs="*", choices=[*PARTS, []], metavar="PART", help=f"only these of {', '.join(PARTS)}"
    )
    parser.add_argument("--smoke", action="store_true", help="see that everything runs: tiny sizes, nothing judged")
    parser.add_argument("--rounds", type=int, default=Sizes.rounds, help="medians are taken of so many")
    parser.add_argument("--daemons", type=int, default=Sizes.daemons, help="how many to mesh")
    parser.add_argument(
        "--hosts", type=int, nargs="*", default=Sizes.role_hosts, help="how many hosts the role runs on"
    )
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--write-docs", action="store_true", help=f"write them to {GUIDE.name}")
    args = parser.parse_args()
    if args.write_docs and (args.parts or args.smoke):
        parser.error("--write-docs needs all parts in full size")
    sizes = (
        SMOKE
        if args.smoke
        else replace(Sizes(), rounds=args.rounds, daemons=args.daemons, role_hosts=tuple(args.hosts))
    )
    binary = find().binaries[-1]
    table = Table(judged=not args.smoke)
    load = os.getloadavg()[0]
    for name in args.parts or PARTS:
        PARTS[name](binary, sizes, table)
    measured_on = about(binary.version, sizes.rounds, (load, os.getloadavg()[0]))
    print(f"\n{measured_on}")
    if args.json:
        args.json.write_text(json.dumps({"about": measured_on, "figures": table.as_json()}, indent=2) + "\n")
    if args.write_docs:
        table.write_docs(GUIDE, measured_on)
    return 0 if table.passed else 1


if __name__ == "__main__":
    sys.exit(main())
