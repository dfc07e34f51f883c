# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Read, plan, write, and read again until the daemon shows what is declared. No Ansible in it."""

from __future__ import annotations

import typing as t
from urllib.parse import quote

from . import _errors as errors
from ._changes import Change, writes
from ._client import SyncthingClient
from ._desired import Desired
from ._reconcile import Current, parse_version, plan
from ._render import differing_paths
from ._schema import BCRYPT, Json

ROUNDS = 5  # of writing and reading again, when other writers are at work


# Kinds of changes that are lists in the configuration: the key of the list, and that of an element's ID.
_LISTS = {
    "devices": ("devices", "deviceID"),
    "folders": ("folders", "id"),
    "ignored_devices": ("remoteIgnoredDevices", "deviceID"),
}


class Outcome(t.NamedTuple):
    """What was, or in check mode would be, changed, and what the daemon has then."""

    changes: t.List[Change]
    current: Current
    warnings: t.List[str]
    device_ids: t.List[str]  # of desired.devices

    def find(self, kind: str, key: str) -> t.Any:
        """Return one object as the daemon has it now, or in check mode would have it; None if it has none."""
        for change in self.changes:
            if (change.kind, change.id) == (kind, key):
                return change.after
        if kind == "ignores":
            return self.current.ignores.get(key)
        if kind.startswith("pending_"):
            return None  # or it was offered anew
        if kind not in _LISTS:
            section = self.current.config
            for name in kind.split("/"):
                section = section[name]
            return section
        json_key, name = _LISTS[kind]
        return next((item for item in self.current.config[json_key] if item[name] == key), None)


def reconcile(client: SyncthingClient, desired: Desired, check_mode: bool) -> Outcome:
    """Bring the daemon to what is desired; raises a SyncthingError when it can't be done.

    NotApplied names the values that the daemon doesn't take.
    """
    current = read(client, desired)
    step = plan(current, desired)
    _refuse_bad_patterns(desired, current, step.changes)
    if check_mode:
        _check_gui(client, step.changes)
    if check_mode or not step.changes:
        return Outcome(step.changes, current, step.warnings, step.device_ids)
    first: t.Dict[t.Tuple[str, str], Change] = {}
    warnings, device_ids = step.warnings, step.device_ids
    # A name that was resolved once may be gone with the first write.
    desired = desired._replace(
        devices=[wanted._replace(device=found or wanted.device) for wanted, found in zip(desired.devices, device_ids)]
    )
    complete = 0
    for _round in range(ROUNDS):
        for change in step.changes:
            first.setdefault((change.kind, change.id), change)
        lost = _send(client, step.changes)
        current = read(client, desired)
        left = plan(current, desired)
        if not left.changes:
            _refuse_bad_patterns(desired, current, [])
            done = Outcome([], current, warnings, device_ids)
            return done._replace(changes=[c._replace(after=done.find(c.kind, c.id)) for c in first.values()])
        # Once may be an older configuration that came over ours, from somebody else or from a request of ours that was
        # given up; twice, the daemon itself doesn't take it.
        complete += not lost
        if complete > 1 and not lost and _same(left.changes, step.changes):
            break
        step = left
    if lost:
        raise lost
    _refuse_bad_patterns(desired, current, [])
    raise errors.NotApplied(
        "Syncthing took the configuration but does not show it: %s. It may not accept these values, or something else "
        "keeps changing them." % "; ".join(path for change in left.changes for path in differing_paths(change))
    )


def _same(left: t.Sequence[Change], tried: t.Sequence[Change]) -> bool:
    """Whether what is left is part of what was just tried, for the same reason."""
    return all(any(c.kind == old.kind and c.id == old.id and c.before == old.before for old in tried) for c in left)


def read(client: SyncthingClient, desired: Desired) -> Current:
    """Read the configuration, and the ignore patterns of those folders that declare some."""
    config = client.config()
    existing = {folder["id"] for folder in config["folders"]}
    answers = {
        folder.id: _ignores(client, folder.id)
        for folder in desired.folders
        if folder.ignore_patterns is not None and folder.id in existing
    }
    return Current(
        config=config,
        my_id=client.my_id,
        version=parse_version(client.version),
        ignores={folder_id: answer.get("ignore") or [] for folder_id, answer in answers.items()},
        ignore_errors={folder_id: answer["error"] for folder_id, answer in answers.items() if answer.get("error")},
        password_matches=_password_matches(client, desired, config),
        pending=_pending(client) if desired.dismissed else None,
    )


def _pending(client: SyncthingClient) -> t.Optional[Json]:
    from ._info import Gatherer

    return Gatherer(client).pending()


def _ignores(client: SyncthingClient, folder_id: str) -> Json:
    try:
        answer: Json = client.get("/rest/db/ignores?folder=" + quote(folder_id, safe=""))
    except errors.ServerError as exc:
        if "path missing" not in (exc.body or ""):
            raise
        return {"ignore": None}  # Syncthing 1.12: a folder whose directory doesn't exist has no patterns either
    return answer


def _send(client: SyncthingClient, changes: t.Sequence[Change]) -> t.Optional[errors.SyncthingError]:
    """Send the writes; return the error of one whose answer was lost, for it may have taken effect."""
    from ._follow import moved

    gui, overridden = _check_gui(client, changes)
    for write in writes(changes):
        body = write.body(client.config()) if callable(write.body) else write.body
        lost = None
        try:
            client.write(write.method, write.path, body)
        except errors.LOST as exc:
            lost = exc
        if gui and write.path == "/rest/config/gui":
            client.follow(moved(client.endpoint, gui.before, gui.after, overridden))
        if lost:
            return lost  # what follows may build on it
    return None


def _check_gui(client: SyncthingClient, changes: t.Sequence[Change]) -> t.Tuple[t.Optional[Change], bool]:
    """Return the change of the GUI, if there is one that can be made, and whether its address is overridden."""
    gui = next((change for change in changes if change.kind == "gui"), None)
    if not gui:
        return None, False
    overridden = client.get("/rest/system/status")["guiAddressOverridden"]
    if not overridden:
        from ._follow import refuse_unusable

        refuse_unusable(client.endpoint, gui.before, gui.after, client.trusts_new_certificate())
    return gui, overridden


def _password_matches(client: SyncthingClient, desired: Desired, config: Json) -> bool:
    """Ask the daemon, since the same password has another hash each time."""
    password = desired.gui_password()
    if not password or BCRYPT.match(password):
        return False
    gui = config["gui"]
    if not (gui["user"] and gui["password"]) or gui["authMode"] == "ldap":
        return False
    return client.login(gui["user"], password)


def _refuse_bad_patterns(desired: Desired, current: Current, planned: t.Sequence[Change]) -> None:
    """The daemon stores patterns that it can't read, says 200, and stops the folder. Planned ones aren't there yet."""
    replaced = {change.id for change in planned if change.kind == "ignores"}
    for folder in desired.folders:
        error = current.ignore_errors.get(folder.id)
        if error and folder.present and folder.id not in replaced:
            raise errors.NotApplied(
                "Syncthing can't read the ignore patterns of folder %r, over which the folder stops: %s. Correct "
                "ignore_patterns and run again." % (folder.id, error)
            )
