# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""What a daemon can be told to do at once: one function for each command. No Ansible in it.

Each returns what a module returns. In check mode it goes on to where it would write, and returns from there.
"""

from __future__ import annotations

import contextlib
import time
import typing as t

from .. import _errors as errors
from .._api.client import SyncthingClient
from .._api.events import Events
from .._config.desired import Desired, Device, Folder
from .._config.reconcile import reconcile
from .._schema import timeouts
from .._schema.field import Json
from .._schema.names import Devices, did_you_mean, folder
from .._until import every, until
from . import restart
from .wait_goal import WAIT_TIMEOUT

LEVELS = ("DEBUG", "INFO", "WARN", "ERROR")
_NO_WAIT = 1.0  # seconds for a request whose answer would come when all is done
_PAUSE = 0.25  # seconds between two looks


class Options(t.NamedTuple):
    command: str
    folder: str | None = None
    device: str | None = None
    sub: t.Sequence[str] | None = None
    levels: t.Mapping[str, str] | None = None
    confirm: bool = False
    wait: bool = True
    wait_timeout: float = WAIT_TIMEOUT


def run(client: SyncthingClient, options: Options, check_mode: bool) -> Json:
    """Do what the command says and return the results; raises a SyncthingError."""
    command = COMMANDS[options.command]
    for name in ("folder", "device", "sub", "levels"):
        given = getattr(options, name) is not None
        if given and name not in command.takes:
            raise errors.InvalidInput(f"{name}: the command {options.command!r} does not use this option.")
        if not given and name in command.needs:
            raise errors.InvalidInput(f"{name}: the command {options.command!r} needs it.")
    if command.destroys and not options.confirm:
        raise errors.InvalidInput(
            f"confirm: the command {options.command!r} {command.destroys}. Set confirm to true if that is what you "
            "want."
        )
    timeouts.check(options.wait_timeout, "wait_timeout")
    return command.work(client, options, check_mode)


# -- folders


def _scan(client: SyncthingClient, options: Options, check_mode: bool) -> Json:
    """The daemon answers when the scan is done. Of a folder that is paused, it says that it failed."""
    if options.sub is not None and options.folder is None:
        raise errors.InvalidInput("sub: these are paths in a folder, so set folder too.")
    for number, path in enumerate(options.sub or ()):
        if path.startswith("/") or ".." in path.split("/"):
            raise errors.InvalidInput(f"sub[{number}]: {path!r} must be a path in the folder, from its top on.")
    config = client.config()
    if options.folder is None:
        folders = [entry["id"] for entry in config["folders"] if not entry["paused"]]
    else:
        _running(config, options.folder)
        folders = [options.folder]
    deadline = time.monotonic() + options.wait_timeout
    for folder_id in folders if not check_mode else ():
        params = {"folder": folder_id, "sub": list(options.sub or ())}
        if not options.wait:
            with contextlib.suppress(errors.RequestTimeout):
                client.write("POST", "/rest/db/scan", params=params, within=_NO_WAIT, repeatable=True)
            continue
        try:
            within = max(0.1, deadline - time.monotonic())
            client.write("POST", "/rest/db/scan", params=params, within=within, repeatable=True)
        except errors.RequestTimeout:
            raise errors.RequestTimeout(
                f"Folder {folder_id!r} is still being scanned after {options.wait_timeout:g} s. The daemon goes on "
                "with it. Raise wait_timeout."
            ) from None
    return {"changed": False, "folders": folders}


def _override(client: SyncthingClient, options: Options, check_mode: bool) -> Json:
    return _settle(client, options, check_mode, types=("sendonly",), counter="needTotalItems")


def _revert(client: SyncthingClient, options: Options, check_mode: bool) -> Json:
    return _settle(
        client, options, check_mode, types=("receiveonly", "receiveencrypted"), counter="receiveOnlyTotalItems"
    )


def _settle(client: SyncthingClient, options: Options, check_mode: bool, types: t.Sequence[str], counter: str) -> Json:
    """Tell one side of a folder to win, and wait until nothing differs."""
    name = options.command
    entry = _running(client.config(), options.folder or "")
    if entry["type"] not in types:
        raise errors.InvalidInput(
            f"folder: {entry['id']!r} is {entry['type']}, and {name} is for folders that are {' or '.join(types)}."
        )
    items = _status(client, entry["id"]).get(counter) or 0
    if items and not check_mode:
        deadline = time.monotonic() + options.wait_timeout
        events = Events(client, ("StateChanged", "FolderSummary", "LocalIndexUpdated"))
        client.write("POST", "/rest/db/" + name, params={"folder": entry["id"]}, repeatable=True)
        status: Json = {}

        def is_settled() -> bool:
            status.update(_status(client, entry["id"]))
            return status["state"] == "idle" and not status.get(counter)

        if options.wait and not until(is_settled, deadline, events.poll):
            raise errors.RequestTimeout(
                f"Folder {entry['id']!r} still differs in {status.get(counter) or 0} items after "
                f"{options.wait_timeout:g} s of {name}, and is {status['state']}. Its errors, which syncthing_info "
                "shows, may tell why; or raise wait_timeout."
            )
    return {"changed": bool(items), "folders": [entry["id"]], "item_count": items}


def _status(client: SyncthingClient, folder_id: str) -> Json:
    found: Json = client.get("/rest/db/status", {"folder": folder_id})
    return found


def _reset(client: SyncthingClient, options: Options, check_mode: bool) -> Json:
    """Since 1.13, only a paused folder can be reset. The daemon restarts afterwards."""
    if not options.wait:
        raise errors.InvalidInput("wait: it must be true for a reset, since the folder is paused until that ends.")
    entry = folder(client.config(), options.folder or "", "folder")
    try:
        if not check_mode:
            _pause_folder(client, entry["id"], True, False)
            restart.restart(
                client, options.wait_timeout, "/rest/system/reset", {"folder": entry["id"]}, option="wait_timeout"
            )
            if not entry["paused"]:
                _pause_folder(client, entry["id"], False, False)
    except errors.SyncthingError as exc:
        if not entry["paused"]:
            exc.args = (f"{exc} Folder {entry['id']!r} may be paused now: resume it in the end.",)
        raise
    return {"changed": True, "folders": [entry["id"]]}


def _running(config: Json, folder_id: str) -> Json:
    entry = folder(config, folder_id, "folder")
    if entry["paused"]:
        raise errors.InvalidInput(f"folder: {folder_id!r} is paused. Resume it first.")
    return entry


# -- pausing, which is configuration


def _pause(client: SyncthingClient, options: Options, check_mode: bool) -> Json:
    return _set_paused(client, options, check_mode, True)


def _resume(client: SyncthingClient, options: Options, check_mode: bool) -> Json:
    return _set_paused(client, options, check_mode, False)


def _set_paused(client: SyncthingClient, options: Options, check_mode: bool, paused: bool) -> Json:
    if options.folder is not None:
        if options.device is not None:
            raise errors.InvalidInput("device: set either folder or device.")
        folder(client.config(), options.folder, "folder")
        return {"changed": _pause_folder(client, options.folder, paused, check_mode), "folders": [options.folder]}
    config = client.config()
    devices = {device["deviceID"]: device for device in config["devices"] if device["deviceID"] != client.my_id}
    chosen = list(devices) if options.device is None else [Devices(devices).resolve(options.device, "device")]
    wanted = [Device(device_id, values={"paused": paused}) for device_id in chosen]
    outcome = reconcile(client, Desired(devices=wanted), check_mode)
    return {"changed": bool(outcome.changes), "devices": [change.id for change in outcome.changes]}


def _pause_folder(client: SyncthingClient, folder_id: str, paused: bool, check_mode: bool) -> bool:
    wanted = Folder(folder_id, values={"paused": paused})
    return bool(reconcile(client, Desired(folders=[wanted]), check_mode).changes)


# -- the daemon


def _restart_daemon(client: SyncthingClient, options: Options, check_mode: bool) -> Json:
    client.config()  # whether there is a daemon to restart
    if not check_mode and options.wait:
        restart.restart(client, options.wait_timeout, option="wait_timeout")
    elif not check_mode:
        _post_last(client, "/rest/system/restart")
    return {"changed": True}


def _shutdown(client: SyncthingClient, options: Options, check_mode: bool) -> Json:
    client.config()
    if not check_mode:
        deadline = time.monotonic() + options.wait_timeout
        _post_last(client, "/rest/system/shutdown")
        client.retries = 0
        if options.wait and not until(lambda: _is_gone(client), deadline, every(_PAUSE)):
            raise errors.RequestTimeout(
                f"Syncthing was told to shut down, and its API still answers after {options.wait_timeout:g} s. Maybe "
                "something started it again; stop it there, as with systemctl."
            )
    return {"changed": True}


def _is_gone(client: SyncthingClient) -> bool:
    try:
        client.get("/rest/system/ping")
    except errors.Unreachable:
        return True
    return False


def _post_last(client: SyncthingClient, path: str) -> None:
    with contextlib.suppress(*errors.LOST):  # it may exit before it answers
        client.write("POST", path)


def _clear_errors(client: SyncthingClient, options: Options, check_mode: bool) -> Json:
    found = client.get("/rest/system/error").get("errors") or []
    if found and not check_mode:
        client.write("POST", "/rest/system/error/clear", repeatable=True)
    return {"changed": bool(found), "errors": found}


def _upgrade(client: SyncthingClient, options: Options, check_mode: bool) -> Json:
    client.retries = 0  # one that can't upgrade says 503
    try:
        found = client.get("/rest/system/upgrade")
    except errors.ServerError as exc:
        if "unsupported" not in (exc.body or ""):
            raise
        raise errors.UnsupportedFeature(
            "This Syncthing does not upgrade itself: it comes from a distribution or was started with --no-upgrade. "
            "Upgrade its package.",
            exc.status,
            exc.body,
        ) from None
    newer = found["newer"] or found["majorNewer"]
    if newer and found["majorNewer"] and not options.confirm:
        raise errors.InvalidInput(
            f"confirm: {found['latest']} is a new major version after {found['running']}, with no way back. Read its "
            "release notes and set confirm to true."
        )
    if newer and not check_mode:
        if options.wait:
            restart.restart(client, options.wait_timeout, "/rest/system/upgrade", option="wait_timeout")
        else:
            _post_last(client, "/rest/system/upgrade")
    upgrade = {"running": found["running"], "latest": found["latest"]}
    return {"changed": newer, "upgrade": dict(upgrade, newer=found["newer"], major_newer=found["majorNewer"])}


def _set_log_levels(client: SyncthingClient, options: Options, check_mode: bool) -> Json:
    wanted = {name: str(level).upper() for name, level in (options.levels or {}).items()}
    try:
        before = client.get("/rest/system/loglevels")["levels"]
        binary = False
    except errors.NotFound:  # before Syncthing 2.0
        answer = client.get("/rest/system/debug")
        before = {name: "DEBUG" if name in answer["enabled"] else "INFO" for name in answer["facilities"]}
        binary = True
    for name, level in wanted.items():
        if name not in before:
            raise errors.InvalidInput(
                f"levels: Syncthing {client.version} has no {name!r}.{did_you_mean(name, before)} There are: "
                f"{', '.join(sorted(before))}."
            )
        if level not in LEVELS:
            raise errors.InvalidInput(f"levels.{name}: {level!r} is not one of {', '.join(LEVELS)}.")
        if binary and level not in LEVELS[:2]:
            raise errors.UnsupportedFeature(
                f"levels.{name}: Syncthing {client.version} knows DEBUG and INFO only; {level} came with 2.0.0."
            )
    changed = {name: level for name, level in wanted.items() if before[name] != level}
    if changed and not check_mode:
        if binary:
            on = ",".join(name for name, level in changed.items() if level == "DEBUG")
            off = ",".join(name for name, level in changed.items() if level != "DEBUG")
            client.write("POST", "/rest/system/debug", params={"enable": on, "disable": off}, repeatable=True)
        else:
            client.write("POST", "/rest/system/loglevels", changed, repeatable=True)
    return {"changed": bool(changed), "levels": dict(before, **changed)}


class _Command(t.NamedTuple):
    work: t.Callable[[SyncthingClient, Options, bool], Json]
    needs: t.Sequence[str] = ()
    may: t.Sequence[str] = ()
    destroys: str = ""

    @property
    def takes(self) -> t.Sequence[str]:
        return (*self.needs, *self.may)


COMMANDS = {
    "scan": _Command(_scan, may=("folder", "sub")),
    "override": _Command(
        _override,
        needs=("folder",),
        destroys="undoes on all other devices what they changed, and deletes what they added",
    ),
    "revert": _Command(_revert, needs=("folder",), destroys="undoes what was changed here, and deletes what was added"),
    "pause": _Command(_pause, may=("device", "folder")),
    "resume": _Command(_resume, may=("device", "folder")),
    "restart": _Command(_restart_daemon),
    "shutdown": _Command(_shutdown),
    "clear_errors": _Command(_clear_errors),
    "reset": _Command(
        _reset,
        needs=("folder",),
        destroys="forgets all that is known of the folder, restarts the daemon and scans again",
    ),
    "upgrade": _Command(_upgrade),
    "set_log_levels": _Command(_set_log_levels, needs=("levels",)),
}
