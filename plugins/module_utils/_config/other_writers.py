# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""What other writers set and our writes took away: a three-way merge over each state that the daemon saved. Pure.

The daemon saves its configuration after each write, whoever made it. Between two saves, an object changes because of us
or because of somebody else. What somebody else changed last, and one of our writes changed after that, is lost.
"""

from __future__ import annotations

import copy
import typing as t

from .._schema.field import Json, snake
from .changes import Change

Path = t.Tuple[str, ...]
_Flat = t.Dict[Path, t.Any]  # an object: each value by its path
Key = t.Tuple[str, str]  # kind and ID, as in Change
_Objects = t.Mapping[Key, Json]

# Lists of objects in a configuration: the kind of change, the list's key, and the key of an element's ID.
LISTS = {
    "devices": ("devices", "deviceID"),
    "folders": ("folders", "id"),
    "ignored_devices": ("remoteIgnoredDevices", "deviceID"),
}
_SECTIONS = ("options", "gui", "ldap", "defaults/device", "defaults/folder", "defaults/ignores")
# Lists in an object whose elements are told apart by an ID; the order means nothing. Any other list is one value.
_KEYED = {"devices": "deviceID", "ignoredFolders": "id"}


class Lost(t.NamedTuple):
    """One value, or with an empty path one whole object, that is to be as somebody else had set it."""

    key: Key
    path: Path
    value: t.Any  # None: it was removed
    ours: t.Any  # what our write left there

    @property
    def place(self) -> str:
        """Where it is, in option names, and without the value, which may be secret."""
        kind, name = self.key
        place = f"{kind}[{name!r}]" if name else kind.replace("/", ".")
        parts = list(self.path)
        while parts:
            part = parts.pop(0)
            place += "." + snake(part)
            if part in _KEYED and parts:
                place += f"[{parts.pop(0)!r}]"
        return place


def find(config: Json, key: Key) -> t.Any:
    """Return one object of a configuration, or None."""
    kind, name = key
    if kind in LISTS:
        list_key, id_key = LISTS[kind]
        return next((item for item in config[list_key] if item[id_key] == name), None)
    section: t.Any = config
    for part in kind.split("/"):
        section = (section or {}).get(part)
    return section


def everything(config: Json) -> dict[Key, Json]:
    """Return all objects of a configuration."""
    found: dict[Key, Json] = {}
    for kind, (list_key, id_key) in LISTS.items():
        found.update({(kind, item[id_key]): item for item in config[list_key]})
    sections = {(kind, ""): find(config, (kind, "")) for kind in _SECTIONS}
    found.update({key: section for key, section in sections.items() if section is not None})
    return found


class Sent(t.NamedTuple):
    """One of our writes: objects as they were read for it, and as they were sent. Those that aren't there are left out.

    ``whole``: it replaced the whole configuration, so it took away all that it didn't have.
    """

    before: t.Mapping[Key, Json]
    after: t.Mapping[Key, Json]
    whole: bool = False

    def of(self, key: Key, step: int | None) -> _Write | None:
        """Return what this did to one object, if anything."""
        if not (self.whole or key in self.before or key in self.after):
            return None
        return _Write(flat(self.before.get(key)), flat(self.after.get(key)), step)

    def step(self, states: t.Sequence[_Objects]) -> int | None:
        """A whole configuration is told by what it was sent for: the number of the state in which that is there."""
        if not self.whole:
            return None
        keys = {**self.before, **self.after}
        changed = {
            key: flat(self.after.get(key)) for key in keys if flat(self.before.get(key)) != flat(self.after.get(key))
        }
        there = [all(flat(state.get(key)) == after for key, after in changed.items()) for state in states]
        return next((n for n in range(1, len(there)) if there[n] and not there[n - 1]), 0)


class _Write(t.NamedTuple):
    before: _Flat
    after: _Flat
    step: int | None  # None: to be told by its values


def sent(changes: t.Sequence[Change]) -> Sent:
    """Return the write of these changes."""
    before = {(change.kind, change.id): change.before for change in changes if change.before is not None}
    after = {(change.kind, change.id): change.after for change in changes if change.after is not None}
    for key in [("gui", "")] if ("gui", "") in after else []:
        if before[key]["password"] != after[key]["password"]:  # of which the daemon keeps a hash
            before[key], after[key] = ({**gui, "password": None} for gui in (before[key], after[key]))
    return Sent(before, after)


def lost(base: Json, writes: t.Sequence[Sent], saves: t.Sequence[Json], now: Json) -> list[Lost]:
    """Return what others set, as ``saves`` since the reading ``base`` show, and what our writes took away.

    What changed again after that, up to ``now``, is newer and left alone.
    """
    states = [everything(config) for config in (base, *saves)]
    keys = {key for write in writes for objects in (write.before, write.after) for key in objects}
    if any(write.whole for write in writes):
        for last, new in zip(states, states[1:]):
            keys.update(key for key in {**last, **new} if last.get(key) != new.get(key))
    steps = [write.step(states) for write in writes]
    found: list[Lost] = []
    for key in sorted(keys):
        ours = list(filter(None, (write.of(key, step) for write, step in zip(writes, steps))))
        found += _lost_of(key, ours, [objects.get(key) for objects in states], flat(find(now, key)))
    return found


def put_back(config: Json, losses: t.Iterable[Lost]) -> tuple[Json, list[Lost]]:
    """Return the configuration as it is to be, and what that comes to: what is newer than our write stays."""
    losses = [loss for loss in losses if flat(find(config, loss.key)).get(loss.path) == loss.ours]
    if not losses:
        return config, []
    config = copy.deepcopy(config)
    for key in sorted({loss.key for loss in losses}):
        changes = {loss.path: loss.value for loss in losses if loss.key == key}
        if key[0] in LISTS:
            list_key, id_key = LISTS[key[0]]
            new = changes[()] if () in changes else _changed(find(config, key), changes)
            config[list_key] = [item for item in config[list_key] if item[id_key] != key[1]] + [new] * bool(new)
        elif () not in changes:
            find(config, key).update(_changed(find(config, key), changes))
    known = {device["deviceID"] for device in config["devices"]}
    for folder in config["folders"]:
        folder["devices"] = [share for share in folder["devices"] if share["deviceID"] in known]
    return config, losses


# -- one object: each value by its path


def flat(value: t.Any) -> _Flat:
    """Return each value of an object by its path; the empty path tells whether there is an object."""
    return {} if value is None else {(): True, **dict(_leaves(value, ()))}


def _leaves(value: t.Any, path: Path) -> t.Iterator[tuple[Path, t.Any]]:
    value = _by_id(path, value)
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, path + (key,))
    elif value is not None:
        yield path, value


def _by_id(path: Path, value: t.Any) -> t.Any:
    name = _KEYED.get(path[-1]) if path else None
    return {item[name]: item for item in value} if name and isinstance(value, list) else value


def _changed(value: t.Any, changes: _Flat, path: Path = ()) -> t.Any:
    """Return a value with others, or without where they are None, at some paths."""
    if path in changes:
        return changes[path]
    inside = _by_id(path, value)
    below = [other[len(path)] for other in changes if len(other) > len(path) and other[: len(path)] == path]
    if not below:
        return value
    inside = dict(inside or {})
    for key in dict.fromkeys(below):
        inside[key] = _changed(inside.get(key), changes, path + (key,))
        if inside[key] is None:
            del inside[key]
    if path and path[-1] in _KEYED:
        return list(filter(None, inside.values()))  # those of which nothing is left are gone
    return inside


def _lost_of(key: Key, pending: list[_Write], states: t.Sequence[t.Any], now: _Flat) -> t.Iterator[Lost]:
    theirs: _Flat = {}
    newest: t.Any = None  # the object as somebody else had it
    last = flat(states[0])
    for number, state in enumerate(states[1:], 1):
        if state == states[number - 1]:
            continue
        new = flat(state)
        changed = _differing(last, new)
        ours = _made_by(pending, number, last, new)
        if ours:
            pending.remove(ours)
            # What differs from what was sent was saved together with it, or is what the daemon made of it.
            changed = [path for path in changed if new.get(path) != ours.after.get(path)]
        elif changed:
            newest = state
        theirs.update((path, new.get(path)) for path in changed)
        last = new
    gone = [path for path, value in theirs.items() if last.get(path) != value and now.get(path) == last.get(path)]
    if () in gone:
        yield Lost(key, (), newest, now.get(()))
    else:
        for path in gone:
            yield Lost(key, path, theirs[path], now.get(path))


def _made_by(pending: t.Sequence[_Write], number: int, last: _Flat, new: _Flat) -> _Write | None:
    """Return our write that took effect in this step; somebody else's may have been saved together with it."""
    for write in pending:
        if write.step == number or write.step is None and new == write.after != last:
            return write
    for write in pending:
        if write.step is None:
            changed = {path: write.after.get(path) for path in _differing(write.before, write.after)}
            if _has(new, changed) and not _has(last, changed):
                return write
    return None


def _has(state: _Flat, values: _Flat) -> bool:
    return all(state.get(path) == value for path, value in values.items())


def _differing(left: _Flat, right: _Flat) -> list[Path]:
    return [path for path in {**left, **right} if left.get(path) != right.get(path)]
