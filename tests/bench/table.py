# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""The figures of one run, as lines on the screen, as JSON and as a table of the guide."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible.release import __version__ as core_version

BEGIN, END = ".. figures: written by make bench, from here", ".. figures: to here"
UNITS = {"times": " times", "": ""}


@dataclass
class Row:
    name: str
    value: float
    unit: str
    low: float
    high: float
    goal: str = ""
    passed: bool = True

    def shown(self, value: float) -> str:
        digits = (
            0 if value == int(value) and not self.unit.startswith("s") else 3 if value < 1 else 2 if value < 10 else 0
        )
        return f"{value:,.{digits}f}{UNITS.get(self.unit, ' ' + self.unit)}"

    @property
    def spread(self) -> str:
        return f"{self.shown(self.low)} to {self.shown(self.high)}" if self.low != self.high else ""


class Table:
    def __init__(self, judged: bool = True) -> None:
        self.rows: list[Row] = []
        self.not_run: list[tuple[str, str]] = []
        self.judged = judged  # figures of a smoke run mean nothing

    def add(
        self,
        name: str,
        measured: float | Sequence[float],
        unit: str,
        goal: float | None = None,
        at_least: bool = False,
    ) -> float:
        """Add the median of what was measured, and return it."""
        values = [measured] if isinstance(measured, (int, float)) else list(measured)
        value = statistics.median(values)
        passed = goal is None or not self.judged or (value >= goal if at_least else value <= goal)
        bound = "" if goal is None else f"{'at least' if at_least else 'at most'} {goal:g}"
        row = Row(name, value, unit, min(values), max(values), bound, passed)
        self.rows.append(row)
        print(f"{name:84} {row.shown(value):>14}  {bound:14} {'' if passed else 'MISSED'}", flush=True)
        return value

    def skip(self, name: str, why: str) -> None:
        self.not_run.append((name, why))
        print(f"{name:84} not run: {why}", flush=True)

    @property
    def passed(self) -> bool:
        return all(row.passed for row in self.rows)

    def as_json(self) -> list[dict[str, Any]]:
        return [vars(row) for row in self.rows]

    def write_docs(self, path: Path, about: str) -> None:
        """Replace the figures in the guide; all else in it is prose."""
        before, rest = path.read_text().split(BEGIN)
        after = rest.split(END)[1]
        path.write_text(f"{before}{BEGIN}\n\n{about}\n\n{self._rst()}\n{END}{after}")

    def _rst(self) -> str:
        lines = [".. list-table::", "   :header-rows: 1", "   :widths: 55 15 18 12", ""]
        cells = [("What", "Median", "Spread", "Goal")]
        cells += [
            (row.name.strip(), row.shown(row.value), row.spread, row.goal + ("" if row.passed else " (missed)"))
            for row in self.rows
        ]
        cells += [(name, "not run", "", why) for name, why in self.not_run]
        for first, *others in cells:
            lines.append(f"   * - {first}")
            lines += [f"     - {cell}".rstrip() for cell in others]
        return "\n".join(lines) + "\n"


def about(version: str, rounds: int, load: Sequence[float]) -> str:
    """What was measured on, and how busy it was."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor() or platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"Syncthing {version}, ansible-core {core_version}, Python {platform.python_version()} on {platform.system()}\n"
        f"{platform.machine()}, {os.cpu_count()} cores ({model}), {memory:.0f} GiB; medians of {rounds} rounds. "
        f"The load average was {load[0]:.1f}\nat the start and {load[1]:.1f} at the end."
    )


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
