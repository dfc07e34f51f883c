# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Whether folders run, in the daemon's own words. No Ansible in it.

A daemon looks at the directory of a folder only when it scans or pulls. Until then, a folder may call itself idle whose
file system is gone, or stopped although it is there again. So an idle one is asked to scan its marker: that is no file
of the folder, so that nothing changes, but the daemon looks at the directory first.
"""

from __future__ import annotations

import typing as t

from .. import _errors as errors
from .._api.client import SyncthingClient
from .._schema.field import Json
from .._until import every, until

_PAUSE = 0.5  # seconds between two looks
_SCAN_TIMEOUT = 1.0  # seconds; it takes longer only behind other scans, which begin with the same look
_NOT_YET = ("", "starting")
_RESTING = ("idle", "error")


class Stopped(t.NamedTuple):
    folder: str
    path: str
    error: str

    def __str__(self) -> str:
        return f"Folder {self.folder!r} in {self.path} has stopped: {' '.join(self.error.split())}"


class Verdict(t.NamedTuple):
    starting: list[str]
    stopped: list[Stopped]


def judge(client: SyncthingClient, folders: t.Iterable[Json], deadline: float) -> Verdict:
    """Look until the deadline whether each folder either runs or has stopped; paused ones are neither."""
    starting = {folder["id"]: folder for folder in folders if not folder["paused"]}
    stopped = []

    def all_tell() -> bool:
        for folder_id, folder in list(starting.items()):
            state, error = _look(client, folder)
            if error:
                stopped.append(Stopped(folder_id, folder["path"], error))
            if error or state not in _NOT_YET:
                del starting[folder_id]
        return not starting

    until(all_tell, deadline, every(_PAUSE))
    return Verdict(list(starting), stopped)


def _look(client: SyncthingClient, folder: Json) -> tuple[str, str]:
    """Return the state of a folder and why it has stopped, if it has."""
    status = client.get("/rest/db/status", {"folder": folder["id"]})
    refused = ""
    if status["state"] in _RESTING:
        params = {"folder": folder["id"], "sub": folder.get("markerName") or ".stfolder"}
        try:
            client.write("POST", "/rest/db/scan", params=params, within=_SCAN_TIMEOUT)
        except errors.RequestTimeout:
            pass
        except errors.SyncthingError as exc:
            refused = exc.body or str(exc)
        status = client.get("/rest/db/status", {"folder": folder["id"]})
        if status["state"] == "idle" and status["stateChanged"].startswith("0001-"):
            return "", refused  # before its first state, a folder calls itself idle
    return status["state"], status.get("error") or refused
