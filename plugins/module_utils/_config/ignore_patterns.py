# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Ignore patterns that the daemon can't read: it stores them, says 200, and stops the folder."""

from __future__ import annotations

import os
import typing as t

from .. import _errors as errors
from .._api.client import SyncthingClient
from .._schema import patterns
from .._schema.field import Json
from .changes import Change, ignores_path
from .current import Current
from .desired import Desired


def fetch(client: SyncthingClient, folder_id: str) -> Json:
    """Return the answer about the patterns of a folder: ``ignore``, and in ``error`` what can't be read in them."""
    try:
        answer: Json = client.get(ignores_path(folder_id))
    except errors.ServerError as exc:
        if "path missing" not in (exc.body or ""):
            raise
        return {"ignore": None}  # Syncthing 1.12: a folder whose directory doesn't exist has no patterns either
    return answer


def refuse_bad(desired: Desired, current: Current, planned: t.Sequence[Change]) -> None:
    """Raise for patterns that are there, unless others are planned."""
    replaced = {change.id for change in planned if change.kind == "ignores"}
    for folder_id, error in _bad(desired, current):
        if folder_id not in replaced:
            raise errors.NotApplied(_say(folder_id, error))


def refuse_missing_includes(client: SyncthingClient, changes: t.Sequence[Change], current: Current) -> None:
    """Raise for an included file that is missing, which can be seen on the daemon's own host."""
    if client.endpoint.source == "api_url" and not client.endpoint.volumes:
        return  # it may be another host
    paths = {folder["id"]: folder["path"] for folder in current.config["folders"]}
    paths.update((change.id, change.after["path"]) for change in changes if change.kind == "folders" and change.after)
    for change in changes:
        for name in patterns.included(change.after or ()) if change.kind == "ignores" else ():
            folder = client.endpoint.on_host(paths[change.id]) or ""
            # A daemon in a container may have it elsewhere.
            if os.path.isabs(folder) and os.path.isdir(folder):
                file = client.endpoint.on_host(os.path.normpath(f"{paths[change.id]}/{name}"))
                if file and not os.path.lexists(file) and os.access(os.path.dirname(file), os.X_OK):
                    raise errors.InvalidInput(
                        f"The ignore patterns of folder {change.id!r} include {file}, which does not exist on this "
                        "host; Syncthing would stop the folder over it. Create the file first."
                    )


def _say(folder_id: str, error: str) -> str:
    return (
        f"Syncthing can't read the ignore patterns of folder {folder_id!r}, over which the folder stops: {error}. "
        "Correct ignore_patterns and run again."
    )


def _bad(desired: Desired, current: Current) -> list[tuple[str, str]]:
    errors_of = current.ignore_errors
    return [(f.id, errors_of[f.id]) for f in desired.folders if f.present and errors_of.get(f.id)]


def take_back(client: SyncthingClient, desired: Desired, current: Current, written: t.Iterable[Change]) -> None:
    """Raise if the daemon can't read patterns, after those that were there before are back."""
    before = {change.id: change.before for change in written if change.kind == "ignores"}
    wrong = []
    for folder_id, error in _bad(desired, current):
        text = _say(folder_id, error)
        if folder_id in before:
            try:
                client.write("POST", ignores_path(folder_id), {"ignore": before[folder_id]})
                text += " The previous patterns are in force again."
            except errors.SyncthingError as exc:
                text += f" The previous patterns could not be put back: {exc}"
        wrong.append(text)
    if wrong:
        raise errors.NotApplied(" ".join(wrong))
