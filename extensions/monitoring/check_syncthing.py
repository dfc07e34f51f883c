#!/usr/bin/env python
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""A plugin for Nagios, Icinga and similar programs: it tells what health.yml wrote to syncthing_health_file."""

from __future__ import annotations

import argparse
import calendar
import json
import sys
import time
from typing import Any

UNKNOWN = 3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", help="the file")
    parser.add_argument("--max-age", type=float, default=3600, help="seconds after which the file is too old")
    parser.add_argument("--host", help="only one host of the fleet")
    options = parser.parse_args()
    try:
        with open(options.file, encoding="utf-8") as stream:
            found = json.load(stream)
        age = time.time() - calendar.timegm(time.strptime(found["time"], "%Y-%m-%dT%H:%M:%SZ"))
        code, lines = tell(found, options.host)
    except OSError as exc:
        print(f"SYNCTHING UNKNOWN: {options.file}: {exc.strerror}")
        return UNKNOWN
    except (ValueError, KeyError, TypeError):
        of_host = f" with the host {options.host}" if options.host else ""
        print(f"SYNCTHING UNKNOWN: {options.file} is not a result of health.yml{of_host}")
        return UNKNOWN
    if age > options.max_age:
        print(f"SYNCTHING UNKNOWN: health.yml last ran {age:.0f} seconds ago")
        return UNKNOWN
    print("\n".join(lines))
    return code


def tell(found: dict[str, Any], host: str | None) -> tuple[int, list[str]]:
    if host is None:
        return found["code"], ["SYNCTHING " + found["summary"], *found["lines"]]
    entry = found["hosts"][host]
    problems = [f"{one['status']}: {one['message']}" for one in entry["problems"]]
    # ASCII, since a name in a message could contain anything
    lines = [json.dumps(line)[1:-1] for line in problems]
    count = "1 problem" if len(lines) == 1 else f"{len(lines)} problems"
    return entry["code"], [f"SYNCTHING {entry['status'].upper()}: {host} ({count})", *lines]


if __name__ == "__main__":
    sys.exit(main())
