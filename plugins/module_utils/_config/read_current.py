# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Read what a daemon has, as far as the plan for what is declared needs it."""

from __future__ import annotations

from .._api.client import SyncthingClient
from .._api.offers import fetch_pending
from .._schema.checks import looks_like_windows
from .._schema.field import Json
from .._schema.names import folded
from .._schema.paths import parts, uses_home
from .._schema.tables import BCRYPT
from . import ignore_patterns
from .current import Current, parse_version
from .desired import Desired


def read(client: SyncthingClient, desired: Desired, config: Json | None = None) -> Current:
    """Read the configuration, and the ignore patterns of those folders that declare some."""
    if config is None:
        config = client.config()
    existing = {folder["id"] for folder in config["folders"]}
    answers = {
        folder.id: ignore_patterns.fetch(client, folder.id)
        for folder in desired.folders
        if folder.ignore_patterns is not None and folder.id in existing
    }
    return Current(
        config=config,
        my_id=client.my_id,
        version=parse_version(client.version),
        ignores={folder_id: answer.get("ignore") or [] for folder_id, answer in answers.items()},
        ignore_errors={folder_id: answer["error"] for folder_id, answer in answers.items() if answer.get("error")},
        system=_system(client, desired, config),
        password_matches=_password_matches(client, desired, config),
        home=_home(client, desired, config),
        pending=fetch_pending(client) if desired.dismissed else None,
    )


def _system(client: SyncthingClient, desired: Desired, config: Json) -> str:
    """Ask for the daemon's operating system if a new path may be of another one, or differs from another in case."""
    known = {folder["path"] for folder in config["folders"]}
    wanted = [*desired.folders, *filter(None, [desired.default_folder])]
    declared = {folder.values.get("path") or "" for folder in wanted} - {""}
    new = declared - known
    names = {name for path in declared | known for name in parts(path)}
    if new and (any(map(looks_like_windows, declared | known)) or len(names) > len(set(map(folded, names)))):
        return str(client.get("/rest/system/version").get("os") or "")
    return ""


def _home(client: SyncthingClient, desired: Desired, config: Json) -> str:
    """Ask what ``~`` stands for, if a new path must be compared with others that are written in another way."""
    paths = {folder["id"]: folder["path"] for folder in config["folders"]}
    declared = {folder.id: folder.values["path"] for folder in desired.folders if folder.values.get("path")}
    new = any(paths.get(folder_id) != path for folder_id, path in declared.items())
    if not new or len({uses_home(path) for path in [*paths.values(), *declared.values()]}) < 2:
        return ""
    return str(client.get("/rest/system/status").get("tilde") or "")


def _password_matches(client: SyncthingClient, desired: Desired, config: Json) -> bool:
    """Ask the daemon, since the same password has another hash each time."""
    password = desired.gui_password()
    if not password or BCRYPT.match(password):
        return False
    gui = config["gui"]
    if not gui["user"] or not BCRYPT.match(gui["password"]) or gui["authMode"] == "ldap":
        return False
    return client.login(gui["user"], password)
