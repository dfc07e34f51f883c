# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Restart the daemon when a changed setting needs it, and wait for the new process."""

from __future__ import annotations

import contextlib
import time
import typing as t

from .. import _errors as errors
from .._api.client import SyncthingClient
from .._config.changes import Change
from .._until import every, until

# Source: the fields tagged restart:"true" in lib/config of Syncthing 1.12 to 2.1.
_NEEDED_BY = ("auditEnabled", "auditFile", "databaseTuning")
_PAUSE = 0.25  # seconds between two looks


def required(client: SyncthingClient) -> bool:
    """Return whether the daemon waits for a restart; one that was undone counts too."""
    try:
        return bool(client.get("/rest/config/restart-required")["requiresRestart"])
    except errors.NotFound:  # before Syncthing 1.15
        return not client.get("/rest/config/insync")["configInSync"]


def would_be_required(changes: t.Iterable[Change]) -> bool:
    return any(
        change.kind == "options" and any(change.before.get(key) != change.after.get(key) for key in _NEEDED_BY)
        for change in changes
    )


def restart(
    client: SyncthingClient,
    timeout: float,
    path: str = "/rest/system/restart",
    params: t.Mapping[str, str] | None = None,
    option: str = "restart_timeout",
) -> None:
    """Restart, and return when another process answers; ``timeout`` is in seconds. Raises RequestTimeout.

    ``path`` may do something else before it restarts. ``option`` is what the user calls ``timeout``.
    """
    deadline = time.monotonic() + timeout
    started = client.get("/rest/system/status")["startTime"]
    with contextlib.suppress(*errors.LOST):  # it may exit before it answers
        client.write("POST", path, params=params)
    reason: errors.SyncthingError | None = None

    def another_answers() -> bool:
        nonlocal reason
        try:
            # The old process may answer once more.
            return bool(client.get("/rest/system/status")["startTime"] != started)
        except (errors.Unreachable, errors.RequestTimeout, errors.ServerError, errors.MigrationInProgress) as exc:
            reason = exc
            return False

    if not until(another_answers, deadline, every(_PAUSE)):
        raise errors.RequestTimeout(
            f"Syncthing was told to restart, and no new process answered within {timeout:g} s "
            f"({reason or 'the old one does'}). It needs a supervisor, such as systemd, that starts it again after "
            f"exit code 3; or raise {option}."
        )
