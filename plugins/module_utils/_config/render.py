# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""The daemon's objects as people see them: in option names, and without secrets. Pure."""

from __future__ import annotations

import re
import typing as t

from .._schema import tables, urls
from .._schema.field import CHANGED, SET, Field, Json, Table, by_json, mark, snake_keys

if t.TYPE_CHECKING:
    from .changes import Change

_SHARES = Field("devices", "list", elements="dict", fields=tables.SHARE)
DEVICE: Table = (Field("deviceID"),) + tables.DEVICE
FOLDER: Table = (Field("id"), _SHARES) + tables.FOLDER
IGNORED_DEVICE: Table = (Field("deviceID"),) + tables.IGNORED_DEVICE
_TABLES: dict[str, Table] = {
    "devices": DEVICE,
    "folders": FOLDER,
    "ignored_devices": IGNORED_DEVICE,
    "options": tables.OPTIONS,
    "gui": tables.GUI,
    "ldap": tables.LDAP,
    "defaults/device": DEVICE,
    "defaults/folder": FOLDER,
}
# What other devices offer belongs to no declaration (before 1.13 it stood among the device's settings).
_NOT_SETTINGS = {"pendingFolders"}
# Of fields that a newer Syncthing may have.
_LIKE_A_SECRET = re.compile(r"password|secret|token|apikey|private", re.IGNORECASE)


def render(table: Table, obj: Json, old: Json | None = None, marks: bool = False) -> Json:
    """Return an object in option names. Fields that the table doesn't know come under ``extra``.

    Secrets are left out, or with ``marks`` shown as set, or as changed against ``old``.
    """
    fields = by_json(table)
    shown: Json = {}
    extra: Json = {}
    for key, value in obj.items():
        field = fields.get(key)
        if field is None:
            if marks and _LIKE_A_SECRET.search(key) and isinstance(value, str):
                extra[key] = mark(value, (old or {}).get(key))
            elif key not in _NOT_SETTINGS and not _LIKE_A_SECRET.search(key):
                extra[key] = value
        elif field.secret:
            if marks:
                shown[field.option] = mark(value, (old or {}).get(key))
        else:
            shown[field.option] = _show(field, value, (old or {}).get(key), marks)
    if extra:
        shown["extra"] = extra
    return shown


def _show(field: Field, value: t.Any, old: t.Any, marks: bool) -> t.Any:
    if field.fields and isinstance(value, dict):
        if field.fields is tables.VERSIONING_PARAMS:
            return _params(value)
        return render(field.fields, value, old, marks)
    if field.fields:
        first = field.fields[0].json  # what identifies an element
        before = {item[first]: item for item in old or ()}
        if field.fields is tables.IGNORED_FOLDER:
            value = sorted(value, key=lambda item: str(item[first]))  # the daemon's order changes
        return [render(field.fields, item, before.get(item[first]), marks) for item in value]
    if field.choices and value == "" and "none" in field.choices:
        return "none"
    if field.type == "list":
        return _without_tokens(value, old or [])
    return value


def _without_tokens(value: list[t.Any], old: list[t.Any]) -> list[t.Any]:
    shown = []
    for item in value:
        hidden = urls.without_token(item, SET) if isinstance(item, str) else item
        if hidden != item and item not in old and hidden in _without_tokens(old, []):
            hidden = urls.without_token(item, CHANGED)
        shown.append(hidden)
    return shown


def _params(params: Json) -> Json:
    """Versioning parameters are texts in the daemon; left-overs that no daemon reads are not shown."""
    shown: Json = {}
    for field in tables.VERSIONING_PARAMS:
        value = params.get(field.json)
        if value is not None and field.type == "int":
            if re.match(r"-?\d+\Z", value):
                shown[field.option] = int(value)
        elif value is not None:
            shown[field.option] = value
    return shown


def render_change(change: Change) -> tuple[t.Any, t.Any]:
    """Return ``before`` and ``after`` of a diff, each None where there is nothing."""
    table = _TABLES.get(change.kind)
    if change.kind.startswith("pending_"):
        return snake_keys(change.before), None
    if table is None:
        return change.before, change.after
    before = None if change.before is None else render(table, change.before, marks=True)
    after = None if change.after is None else render(table, change.after, change.before, marks=True)
    return before, after


def differing_paths(change: Change) -> list[str]:
    """Return, for each value that is not as declared, ``folders['x'].type (declared 'a', is 'b')``."""
    before, after = render_change(change)
    place = f"{change.kind}[{change.id!r}]" if change.id else change.kind
    return list(_differing(place, after, before))


def _differing(path: str, wanted: t.Any, have: t.Any) -> t.Iterator[str]:
    if isinstance(wanted, dict) and isinstance(have, dict):
        for key in wanted:
            if wanted[key] != have.get(key):
                yield from _differing(f"{path}.{key}", wanted[key], have.get(key))
    else:
        yield f"{path} (declared {wanted!r}, is {have!r})"
