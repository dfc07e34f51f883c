# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Read, plan, write, and read again until the daemon shows what is declared. No Ansible in it."""

from __future__ import annotations

import secrets
import typing as t

from .. import _errors as errors
from .._api.client import SyncthingClient
from .._api.events import Gap, Saves
from .._schema.field import Json
from . import ignore_patterns, other_writers
from .changes import Change, writes
from .current import Current
from .desired import Desired
from .gui_endpoint import moved, refuse_unusable
from .other_writers import Lost, Sent
from .plan import Plan, plan
from .read_current import read
from .render import differing_paths

ROUNDS = 5  # of writing and reading again, when other writers are at work


class Outcome(t.NamedTuple):
    """What was, or in check mode would be, changed, and what the daemon has then."""

    changes: list[Change]
    current: Current
    warnings: list[str]
    device_ids: list[str]  # of desired.devices

    def find(self, kind: str, key: str) -> t.Any:
        """Return one object as the daemon has it now, or in check mode would have it; None if it has none."""
        for change in self.changes:
            if (change.kind, change.id) == (kind, key):
                return change.after
        if kind == "ignores":
            return self.current.ignores.get(key)
        if kind.startswith("pending_"):
            return None  # or it was offered again
        return other_writers.find(self.current.config, (kind, key))


def reconcile(client: SyncthingClient, desired: Desired, check_mode: bool) -> Outcome:
    """Bring the daemon to what is desired; raises a SyncthingError when it can't be done.

    NotApplied names the values that the daemon doesn't take.
    """
    current = read(client, desired)
    step = plan(current, desired)
    ignore_patterns.refuse_bad(desired, current, step.changes)
    ignore_patterns.refuse_missing_includes(client, step.changes, current)
    if check_mode:
        _check_gui(client, step.changes)
    if check_mode or not step.changes:
        return Outcome(step.changes, current, step.warnings, step.device_ids)
    first: dict[tuple[str, str], Change] = {}
    warnings, device_ids = step.warnings, step.device_ids
    # A name that was resolved once may be gone with the first write.
    desired = desired._replace(
        devices=[wanted._replace(device=found or wanted.device) for wanted, found in zip(desired.devices, device_ids)]
    )
    complete = 0
    sent: list[Sent] = []
    lost: list[Lost] = []
    back: list[Lost] = []
    restored: dict[str, None] = {}
    for _round in range(ROUNDS):
        saves = None
        if any(change.sends_undeclared for change in step.changes):
            saves, current = _settle(client, desired, current)
            step, back = _replan(current, desired, lost)
        if not step.changes:
            break  # somebody else did it meanwhile
        for change in step.changes:
            first.setdefault((change.kind, change.id), change)
        restored.update((loss.place, None) for loss in back)
        base = current.config
        # A write whose answer was lost may come later.
        given_up = _send(client, step.changes, base, sent, first)
        current = read(client, desired)
        try:
            lost = other_writers.lost(base, sent, saves.until(current.config, base), current.config) if saves else []
        except Gap:
            lost = []
            warnings = warnings + [_unseen(step.changes)]
        if not given_up:
            sent = []
        tried = step
        step, back = _replan(current, desired, lost)
        if not step.changes:
            break
        # Once may be an older configuration that came over ours, from somebody else or from a request of ours that was
        # given up; twice, the daemon itself doesn't take it.
        complete += not given_up
        if complete > 1 and not given_up and _same(step.changes, tried.changes):
            break
    if step.changes:
        if given_up:
            raise given_up
        ignore_patterns.take_back(client, desired, current, first.values())
        raise _not_applied(step.changes, back)
    ignore_patterns.take_back(client, desired, current, first.values())
    if restored:
        warnings = warnings + [f"Another writer changed this at the same time: {', '.join(restored)}. It was kept."]
    done = Outcome([], current, warnings, device_ids)
    return done._replace(changes=[c._replace(after=done.find(c.kind, c.id)) for c in first.values()])


def _not_applied(left: t.Sequence[Change], back: t.Sequence[Lost]) -> errors.NotApplied:
    if back:
        return errors.NotApplied(
            f"Another writer changed {', '.join(loss.place for loss in back)} while this run wrote, which took it "
            "away, and it could not be put back. Look at it, and run again when nothing else writes."
        )
    return errors.NotApplied(
        "Syncthing accepted the configuration but does not show it: "
        f"{'; '.join(path for change in left for path in differing_paths(change))}. It may not accept these values, "
        "or something else keeps changing them."
    )


def _unseen(changes: t.Sequence[Change]) -> str:
    places = ", ".join(Lost((change.kind, change.id), (), None, None).place for change in changes)
    return (
        "Syncthing's events of this run are gone (it may have been restarted), so it is not known whether another "
        f"writer changed this at the same moment: {places}. Check that it is as you expect."
    )


def _settle(client: SyncthingClient, desired: Desired, current: Current) -> tuple[Saves, Current]:
    """Return a mark from which on all saves are seen, and what the daemon had at the mark.

    That is sure when it had the same before and after.
    """
    for _try in range(ROUNDS):
        saves = Saves(client)
        config = client.config()
        if config == current.config:
            break
        current = read(client, desired, config)
    return saves, current


def _replan(current: Current, desired: Desired, lost: t.Sequence[Lost]) -> tuple[Plan, list[Lost]]:
    """Plan over a configuration in which what others lost is back, so that what is declared wins."""
    declared = {("devices", device.device) for device in desired.devices if device.present}
    declared.update(("folders", folder.id) for folder in desired.folders if folder.present)
    lost = [loss for loss in lost if loss.path or loss.value or loss.key not in declared]
    config, back = other_writers.put_back(current.config, lost)
    step = plan(current._replace(config=config), desired)
    if not back:
        return step, []
    changes = [
        change._replace(before=other_writers.find(current.config, (change.kind, change.id)))
        if (change.kind, change.id) in {loss.key for loss in back}
        else change
        for change in step.changes
    ]
    planned = {(change.kind, change.id): change.after for change in changes}
    for key in dict.fromkeys(loss.key for loss in back):
        if key not in planned:
            planned[key] = other_writers.find(config, key)
            changes.append(Change(*key, before=other_writers.find(current.config, key), after=planned[key]))
    back = [loss for loss in back if _at(planned[loss.key], loss) == _at(other_writers.find(config, loss.key), loss)]
    return step._replace(changes=[change for change in changes if change.before != change.after]), back


def _at(item: t.Any, loss: Lost) -> t.Any:
    return other_writers.flat(item).get(loss.path)


def _same(left: t.Sequence[Change], tried: t.Sequence[Change]) -> bool:
    """Whether what is left is part of what was just tried, for the same reason."""
    return all(any(c.kind == old.kind and c.id == old.id and c.before == old.before for old in tried) for c in left)


def _send(
    client: SyncthingClient,
    changes: t.Sequence[Change],
    base: Json,
    sent: list[Sent],
    first: dict[tuple[str, str], Change],
) -> errors.SyncthingError | None:
    """Send the writes; return the error of one whose answer was lost, for it may have taken effect.

    What could have taken away other writers' changes is added to ``sent``.
    """
    gui, overridden = _check_gui(client, changes)
    existing = {folder["id"] for folder in base["folders"]}
    for write in writes(changes):
        body = write.body
        if callable(body):
            config = client.config()
            body = body(config)
            sent.append(Sent(other_writers.everything(config), other_writers.everything(body), whole=True))
        elif write.changes and write.method != "POST":
            sent.append(other_writers.sent(write.changes))
        lost = None
        try:
            for change in write.changes if write.method == "POST" else ():
                if change.id not in existing:  # patterns may be in its directory already
                    known = first[change.kind, change.id]
                    first[change.kind, change.id] = known._replace(
                        before=ignore_patterns.fetch(client, change.id)["ignore"] or []
                    )
            if gui and write.path == "/rest/config/gui" and body.get("password", "") == base["gui"]["password"] != "":
                # The daemon makes a hash of a new password only, and this one stands there in plain text.
                client.write(write.method, write.path, {"password": secrets.token_urlsafe(32)})
                client.follow(client.endpoint)
            client.write(write.method, write.path, body)
        except errors.LOST as exc:
            lost = exc
        except errors.ServerError:
            # Old releases keep patterns that they can't read, and say so at once: then reading them tells it.
            if write.method != "POST" or not ignore_patterns.fetch(client, write.changes[0].id).get("error"):
                raise
        if gui and write.path == "/rest/config/gui":
            client.follow(moved(client.endpoint, gui.before, gui.after, overridden))
        if lost:
            return lost  # what follows may build on it
    return None


def _check_gui(client: SyncthingClient, changes: t.Sequence[Change]) -> tuple[Change | None, bool]:
    """Return the change of the GUI, if there is one that can be made, and whether its address is overridden."""
    gui = next((change for change in changes if change.kind == "gui"), None)
    if not gui:
        return None, False
    overridden = client.get("/rest/system/status")["guiAddressOverridden"]
    if not overridden:
        refuse_unusable(client.endpoint, gui.before, gui.after, client.trusts_new_certificate())
    client.check(moved(client.endpoint, gui.before, gui.after, overridden))
    return gui, overridden
