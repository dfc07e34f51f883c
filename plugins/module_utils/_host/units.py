# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""What systemd knows of a service: whether it is still worth waiting for, and what it logged. No Ansible in it."""

from __future__ import annotations

import re
import typing as t

from .._errors import DiscoveryError, Unreachable, one_line
from . import accounts

_LINES = 10  # of the journal that are shown
_READ = 60  # of it that are read, since each attempt to start repeats what the one before said
_CRASHES = 2  # starts that systemd repeated while it was watched
_SHOWN = ("LoadState", "ActiveState", "SubState", "Result", "NRestarts", "ExecMainStatus", "Job")


class Unit:
    """One service of the system, or of a user's own manager."""

    def __init__(self, name: str, own: bool, user: str | None) -> None:
        """``own``: it is one of this user's own manager."""
        self.name = name if name.endswith(".service") else name + ".service"
        self._account = accounts.find(user if own else None)
        self._own = own
        self._restarts: int | None = None

    def check(self) -> tuple[bool, str]:
        """Return whether it is active, and its state in words; raises Unreachable if it can't be expected to run."""
        try:
            shown = self.show(_SHOWN)
        except DiscoveryError as exc:  # such as a user's manager that is just being started
            return False, f"in an unknown state: {exc}"
        state = _words(shown)
        active = shown.get("ActiveState") == "active"
        restarts = int(shown.get("NRestarts") or 0)
        if self._restarts is None or restarts < self._restarts:
            self._restarts = restarts
        crashes = restarts - self._restarts
        if shown.get("ActiveState") in ("failed", "inactive") and shown.get("Job") in ("0", "", None):
            reason = f"is {state}"
        elif crashes >= _CRASHES:
            reason = f"keeps failing: systemd has restarted it {crashes} times, and it is now {state}"
        else:
            return active, state
        raise Unreachable(f"The service {self.name} {reason}. {quote(self.journal())}")

    def journal(self) -> list[str]:
        """Return its last lines, each once, as far as this account may read them."""
        which = ["--user-unit=" + self.name, f"_UID={self._account.uid}"] if self._own else ["--unit=" + self.name]
        command = ["journalctl", "--no-pager", "--quiet", "--output=cat", f"--lines={_READ}"]
        try:
            # as whoever runs the module: users may not be allowed to read even their own
            said = accounts.run(accounts.find(None), command + which)
        except DiscoveryError:
            return []
        # the same line but for its time, its numbers and the IDs of containers
        lines = {re.sub(r"\b[0-9a-f]{12,}\b|\d+", "", line): line for line in said.splitlines() if line.strip()}
        return [one_line(line) for line in lines.values()][-_LINES:]

    def show(self, properties: t.Iterable[str]) -> dict[str, str]:
        """Return these properties; raises DiscoveryError if systemd can't be asked."""
        command = ["systemctl", "show", "--property=" + ",".join(properties), "--", self.name]
        environment = {}
        if self._own:
            command.insert(1, "--user")
            environment["XDG_RUNTIME_DIR"] = f"/run/user/{self._account.uid}"
        said = accounts.run(self._account, command, environment=environment)
        return dict(line.split("=", 1) for line in said.splitlines() if "=" in line)


def quote(lines: t.Sequence[str]) -> str:
    return f"Its journal ends with: {' | '.join(lines)}" if lines else "Its journal shows nothing."


def _words(shown: t.Mapping[str, str]) -> str:
    if shown.get("LoadState") not in ("loaded", None):
        return shown["LoadState"]
    details = [shown.get("SubState", "")]
    if shown.get("Result") not in ("success", "", None):
        details.append(f"result {shown['Result']}")
    if shown.get("ExecMainStatus") not in ("0", "", None):
        details.append(f"exit code {shown['ExecMainStatus']}")
    if shown.get("NRestarts") not in ("0", "", None):
        details.append(f"restarted {shown['NRestarts']} times")
    return f"{shown.get('ActiveState', 'unknown')} ({', '.join(filter(None, details))})"
