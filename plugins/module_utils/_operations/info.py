# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""What a daemon tells about itself, in snake_case and without secrets: one function for each subset."""

from __future__ import annotations

import os
import typing as t

from .._api.client import SyncthingClient
from .._api.offers import fetch_pending, show_pending
from .._config.render import DEVICE, FOLDER, IGNORED_DEVICE, render
from .._errors import NotFound
from .._schema import tables
from .._schema.field import Json, snake_keys


def _without(option: str, shown: Json) -> Json:
    return {key: value for key, value in shown.items() if key != option}


class Gatherer:
    """Asks for each thing once, however many subsets need it."""

    def __init__(self, client: SyncthingClient) -> None:
        self._client = client
        self._config: Json | None = None

    @property
    def _raw(self) -> Json:
        if self._config is None:
            self._config = self._client.config()
        return self._config

    def system(self) -> Json:
        status = snake_keys(self._client.get("/rest/system/status"))
        for name in ("connection_service_status", "discovery_status", "last_dial_status"):
            if status.get(name):
                status[name] = {address: snake_keys(state) for address, state in status[name].items()}
        return dict(status, **snake_keys(self._client.get("/rest/system/version")))

    def devices(self) -> list[Json]:
        return [render(DEVICE, device) for device in self._raw["devices"]]

    def folders(self) -> list[Json]:
        return [render(FOLDER, folder) for folder in self._raw["folders"]]

    def config(self) -> Json:
        """The configuration in the options of the modules, so that it can be declared again as it is."""
        raw = self._raw
        config: Json = {
            "devices": self.devices(),
            "folders": self.folders(),
            "options": render(tables.OPTIONS, raw["options"]),
            "gui": render(tables.GUI, raw["gui"]),
            "ldap": render(tables.LDAP, raw["ldap"]),
        }
        config["ignored_devices"] = [render(IGNORED_DEVICE, entry) for entry in raw["remoteIgnoredDevices"]]
        if "defaults" in raw:
            defaults = raw["defaults"]
            config["defaults"] = {
                "device": _without("device_id", render(DEVICE, defaults["device"])),
                "folder": _without("id", render(FOLDER, defaults["folder"])),
            }
            if "ignores" in defaults:
                config["defaults"]["ignores"] = defaults["ignores"]
        return config

    def connections(self) -> Json:
        answer = self._client.get("/rest/system/connections")
        connections = {device_id: snake_keys(state) for device_id, state in answer["connections"].items()}
        for state in connections.values():
            if state.get("primary"):
                state["primary"] = snake_keys(state["primary"])
            if state.get("secondary"):
                state["secondary"] = [snake_keys(other) for other in state["secondary"]]
        return connections

    def completion(self) -> Json:
        """By folder ID and device ID; of a paused folder the daemon knows nothing."""
        return {
            folder["id"]: {
                share["deviceID"]: self._completion(folder["id"], share["deviceID"])
                for share in folder["devices"]
                if not folder["paused"]
            }
            for folder in self._raw["folders"]
        }

    def _completion(self, folder_id: str, device_id: str) -> Json | None:
        # For the own device, an empty ID asks for this daemon itself.
        remote = "" if device_id == self._client.my_id else device_id
        try:
            return snake_keys(self._client.get("/rest/db/completion", {"folder": folder_id, "device": remote}))
        except NotFound:
            return None  # paused or removed since the configuration was read

    def stats(self) -> Json:
        return {
            kind + "s": {key: snake_keys(value) for key, value in self._client.get("/rest/stats/" + kind).items()}
            for kind in ("device", "folder")
        }

    def pending(self) -> Json | None:
        """What others offer, by ID; None before Syncthing 1.13."""
        pending = fetch_pending(self._client)
        return None if pending is None else show_pending(pending)

    def disk(self) -> Json | None:
        """The file systems of the database and of each folder; None where this host does not have them."""
        if not self._client.endpoint.is_local:
            return None
        try:
            database = self._client.get("/rest/system/paths").get("database")
        except NotFound:  # before Syncthing 1.21
            database = None
        tilde = self._client.get("/rest/system/status").get("tilde") or "~"
        return {
            "database": self._file_system(database or ""),
            "folders": {
                folder["id"]: self._file_system(
                    tilde + folder["path"][1:] if folder["path"][:1] == "~" else folder["path"]
                )
                for folder in self._raw["folders"]
            },
        }

    def _file_system(self, path: str) -> Json | None:
        return _file_system(self._client.endpoint.on_host(path) or "")

    def errors(self) -> Json:
        """Messages of the daemon, and by folder ID what hinders files from being in sync."""
        folders = {}
        for folder in self._raw["folders"]:
            if not folder["paused"]:
                try:
                    folders[folder["id"]] = self._folder_errors({"folder": folder["id"]})
                except NotFound:
                    continue  # not running, or removed since the configuration was read
        return {"system": self._client.get("/rest/system/error").get("errors") or [], "folders": folders}

    def _folder_errors(self, params: Json) -> list[Json]:
        found = self._client.get("/rest/folder/errors", params).get("errors") or []
        stopped = self._client.get("/rest/db/status", params).get("error")
        return [{"path": "", "error": stopped}] * bool(stopped) + found


def _file_system(path: str) -> Json | None:
    """Return the size of the file system at this path; None if the path is not one of this host, or can't be seen."""
    try:
        found = os.statvfs(path) if os.path.isabs(path) else None
    except (OSError, ValueError):
        return None
    if found is None:
        return None
    return {"size_bytes": found.f_blocks * found.f_frsize, "free_bytes": found.f_bavail * found.f_frsize}


SUBSETS = ("system", "config", "devices", "folders", "connections", "completion", "stats", "disk", "pending", "errors")


def gather(client: SyncthingClient, subsets: t.Iterable[str]) -> Json:
    """Return ``my_id``, ``version`` and one key for each subset; ``all`` stands for every one."""
    gatherer = Gatherer(client)
    wanted = set(subsets)
    found = {name: getattr(gatherer, name)() for name in SUBSETS if name in wanted or "all" in wanted}
    if not found:
        client.get("/rest/system/ping")  # whose headers tell the rest
    return dict(found, my_id=client.my_id, version=client.version)
