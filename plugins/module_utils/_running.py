# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Whether folders run, in the daemon's own words. No Ansible in it.

A folder that was just added or changed starts, looks at its directory, and only then says what is wrong with it.
"""

from __future__ import annotations

import contextlib
import datetime
import time
import typing as t

from . import _errors as errors
from ._client import SyncthingClient

Json = t.Dict[str, t.Any]

_PAUSE = 0.5  # seconds between two looks
_SETTLED = 3.0  # seconds after which a state is no longer that of a folder that has just started
_SCAN_TIMEOUT = 3.0  # seconds; the daemon goes on with a scan that nobody waits for
_STARTING = ("", "starting")


class Stopped(t.NamedTuple):
    folder: str
    path: str
    error: str

    def __str__(self) -> str:
        return "Folder %r in %s has stopped: %s" % (self.folder, self.path, " ".join(self.error.split()))


class Verdict(t.NamedTuple):
    starting: t.List[str]
    stopped: t.List[Stopped]


def judge(client: SyncthingClient, folders: t.Iterable[Json], left: t.Callable[[], float], retry: bool) -> Verdict:
    """Look until each folder either runs or has stopped; paused ones are neither.

    With ``retry``, a folder that has stopped is scanned once, since the daemon itself looks again only after hours.
    """
    watched = {folder["id"]: folder for folder in folders if not folder["paused"]}
    looked: t.Set[str] = set()
    scanned: t.Set[str] = set()
    stopped: t.Dict[str, Stopped] = {}
    while True:
        for folder_id, folder in list(watched.items()):
            status = client.get("/rest/db/status", {"folder": folder_id})
            error = status.get("error")
            if error and retry and folder_id not in scanned:
                scanned.add(folder_id)
                _scan(client, folder_id)
            elif error:
                stopped[folder_id] = Stopped(folder_id, folder["path"], error)
                del watched[folder_id]
            elif _began(status) and (folder_id in looked or not _fresh(status)):
                del watched[folder_id]
            elif _began(status):
                looked.add(folder_id)
        if not watched or left() <= 0:
            return Verdict(list(watched), list(stopped.values()))
        time.sleep(max(0.0, min(_PAUSE, left())))


def _began(status: Json) -> bool:
    """Before its first state, a folder calls itself idle."""
    return status["state"] not in _STARTING and not status["stateChanged"].startswith("0001-")


def _fresh(status: Json) -> bool:
    """An idle folder may not have looked at its directory yet; in all other states it has."""
    if status["state"] != "idle":
        return False
    changed = datetime.datetime.strptime(status["stateChanged"][:19], "%Y-%m-%dT%H:%M:%S")
    # The daemon's own time zone is unknown to Python 3.8's parser where it is given with nanoseconds.
    offset = status["stateChanged"][19:].lstrip(".0123456789")
    if offset[:1] in ("+", "-"):
        hours, minutes = int(offset[1:3]), int(offset[4:6])
        shift = datetime.timedelta(hours=hours, minutes=minutes)
        changed = changed - shift if offset[0] == "+" else changed + shift
    age = time.time() - changed.replace(tzinfo=datetime.timezone.utc).timestamp()
    return abs(age) < _SETTLED


def _scan(client: SyncthingClient, folder_id: str) -> None:
    with contextlib.suppress(errors.SyncthingError):  # its state tells more than this answer
        client.write("POST", "/rest/db/scan", params={"folder": folder_id}, within=_SCAN_TIMEOUT)
