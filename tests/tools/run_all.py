# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""Run every default session of noxfile.py, two at a time, and end with one table of what happened.

What a session prints goes to tests/output/SESSION.log, and here too if it fails.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOGS = ROOT / "tests" / "output"
NOX = [sys.executable, "-m", "nox", "--noxfile", str(ROOT / "noxfile.py")]
AT_A_TIME = 2
# They come first, so that none of them is alone at the end.
LONGEST = ("molecule", "integration")
# how many sessions are named at the end as those that took longest
SLOWEST = 5
# seconds that a session may take to end its daemons and hosts once it is told to stop
PATIENCE = 60
RESULTS = {"success": "passed", "skipped": "not run"}
FAILED = re.compile(r"^nox > (Command .* failed .*)$", re.MULTILINE)
# what the tests say of the Syncthing versions they ran on, pytest's own last line, and how long each scenario took
TOLD = re.compile(
    r"^=+ Syncthing =+\n((?:[^=\n].*\n)+)|^=+ (\d+ .* in [\d.]+s.*?) =+$"
    r"|^((?:passed|failed)  \w+ +\d+ s|all of them: .*)$",
    re.MULTILINE,
)


@dataclass
class Outcome:
    session: str
    result: str
    seconds: float
    reason: str
    log: str

    def __str__(self) -> str:
        return f"{self.result:<8} {self.session:<20} {self.seconds:5.0f} s  {self.reason}".rstrip()

    def details(self) -> list[str]:
        return ["".join(groups).strip().replace("\n", "\n    ") for groups in TOLD.findall(self.log)]


class Runner:
    """Runs sessions in threads of the caller's; `stop` ends those under way and starts no other."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.stopped = False
        self.running: set[subprocess.Popen[bytes]] = set()

    def start(self, command: list[str], log: Path) -> subprocess.Popen[bytes]:
        with self.lock, log.open("wb") as output:
            if self.stopped:
                raise KeyboardInterrupt
            # a process group of its own: Ctrl-C reaches it through `stop` alone, and then all that it started
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
            self.running.add(process)
            return process

    def run(self, session: str) -> Outcome:
        log = LOGS / f"{re.sub(r'[^a-z0-9._]+', '-', session).strip('-')}.log"
        report = log.with_suffix(".json")
        report.unlink(missing_ok=True)
        started = time.monotonic()
        # what a session requires is listed, and run, as a session of its own
        process = self.start([*NOX, "--no-dependencies", "--session", session, "--report", str(report)], log)
        process.wait()
        with self.lock:
            self.running.discard(process)
        seconds = time.monotonic() - started
        printed = log.read_text(errors="replace")
        told = json.loads(report.read_text())["sessions"][0] if report.exists() else {}
        result = RESULTS.get(told.get("result", ""), "failed")
        reason = told.get("reason") or " ".join(FAILED.findall(printed)) or f"exit code {process.returncode}"
        return Outcome(session, result, seconds, "" if result == "passed" else reason, printed)

    def stop(self) -> None:
        with self.lock:
            self.stopped = True
            running = list(self.running)
        self.signal(running, signal.SIGINT)
        deadline = time.monotonic() + PATIENCE
        for process in running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0, deadline - time.monotonic()))
        self.signal(running, signal.SIGKILL)

    @staticmethod
    def signal(processes: list[subprocess.Popen[bytes]], number: signal.Signals) -> None:
        for process in processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)


def main() -> int:
    # Being ended is being interrupted: nothing may go on running. What a shell runs in the background ignores SIGINT,
    # and so would all that is started here, unless it is handled here.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    LOGS.mkdir(parents=True, exist_ok=True)
    sessions = [entry["session"] for entry in json.loads(subprocess.check_output([*NOX, "--list", "--json"]))]
    in_turn = sorted(sessions, key=lambda name: [not name.startswith(long) for long in LONGEST])
    outcomes: dict[str, Outcome] = {}
    runner = Runner()
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        try:
            for future in as_completed([pool.submit(runner.run, session) for session in in_turn]):
                outcome = future.result()
                outcomes[outcome.session] = outcome
                if outcome.result == "failed":
                    print(f"\n{outcome.log}")
                print(outcome, flush=True)
        except KeyboardInterrupt:
            print("Stopping what is running ...", flush=True)
            pool.shutdown(wait=False, cancel_futures=True)
            runner.stop()
            return 130

    print(f"\n{'result':<8} {'session':<20} {'time':>7}")
    for session in sessions:
        print(outcomes[session], *outcomes[session].details(), sep="\n    ")
    slowest = sorted(outcomes.values(), key=lambda outcome: -outcome.seconds)[:SLOWEST]
    print("\nlongest:", ", ".join(f"{outcome.session} {outcome.seconds:.0f} s" for outcome in slowest))
    count = Counter(outcome.result for outcome in outcomes.values())
    print(f"\n{count['passed']} passed, {count['failed']} failed, {count['not run']} skipped")
    return 1 if count["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
