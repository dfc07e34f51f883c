# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""What the daemon's answers look like, as far as this collection relies on it. Pure.

Answers are checked once, where they come in, so that nothing else has to expect an answer of another shape. A release
that has more, or less of what nobody here reads, is fine.
"""

from __future__ import annotations

import typing as t

from .._schema import tables
from .._schema.field import Table

Shape = t.Any  # bool, float (any number), str, dict, [of], {key: of}, or one of these:


class Map(t.NamedTuple):
    """An object with any keys."""

    of: Shape


class Maybe(t.NamedTuple):
    """Null, or not there at all."""

    of: Shape


class Choose(t.NamedTuple):
    """A shape that depends on the value, of which ``first`` is true already."""

    first: Shape
    then: t.Callable[[t.Any], Shape]


_NAMES = {bool: "true or false", float: "a number", str: "a text", list: "a list", dict: "an object"}
_TOO_LARGE = 2**64


def _is(value: t.Any, kind: type) -> bool:
    if kind is float:  # NaN is not less than anything
        return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _TOO_LARGE
    return isinstance(value, kind)


def problem(value: t.Any, shape: Shape, place: str = "it") -> str | None:
    """Say what is not as it should be, or None."""
    if isinstance(shape, Maybe):
        return None if value is None else problem(value, shape.of, place)
    if isinstance(shape, Choose):
        return problem(value, shape.first, place) or problem(value, shape.then(value), place)
    kind = shape if isinstance(shape, type) else list if isinstance(shape, list) else dict
    if not _is(value, kind):
        return f"{place} is not {_NAMES[kind]}"
    inner: t.Iterable[tuple[t.Any, Shape, str]] = ()
    if isinstance(shape, list):
        inner = ((item, shape[0], f"{place}[{number}]") for number, item in enumerate(value))
    elif isinstance(shape, Map):
        inner = ((item, shape.of, f"{place}[{key!r}]") for key, item in value.items())
    elif isinstance(shape, dict):
        inner = ((value.get(key), of, f"{place}.{key}") for key, of in shape.items())
    return next(filter(None, (problem(*one) for one in inner)), None)


def _parts(table: Table, **known: Shape) -> dict[str, Shape]:
    """The objects and lists of objects in a table, which each release may have or not, and what is known besides."""
    found: dict[str, Shape] = {}
    for field in table:
        if field.fields:
            inner = _parts(field.fields)
            found[field.json] = Maybe(inner if field.type == "dict" else [dict(inner, **{field.fields[0].json: str})])
    return dict(found, **known)


_SHARE = {"deviceID": str, "introducedBy": str, "encryptionPassword": Maybe(str)}
_DEVICE = _parts(
    tables.DEVICE,
    deviceID=str,
    name=str,
    addresses=[str],
    paused=bool,
    introducedBy=str,
    autoAcceptFolders=bool,
    ignoredFolders=[{"id": str, "label": str}],
)
_FOLDER = _parts(
    tables.FOLDER,
    id=str,
    label=str,
    path=str,
    type=str,
    paused=bool,
    devices=[_SHARE],
    markerName=Maybe(str),
    versioning={"type": str, "params": Map(str), "fsPath": Maybe(str)},
)
_CONFIG = {
    "devices": [_DEVICE],
    "folders": [_FOLDER],
    "options": _parts(tables.OPTIONS),
    "gui": {"address": str, "user": str, "password": str, "authMode": str, "useTLS": bool, "apiKey": str},
    "ldap": dict,
    "remoteIgnoredDevices": [{"deviceID": str, "name": str}],
    "defaults": Maybe({"device": _DEVICE, "folder": _FOLDER, "ignores": Maybe({"lines": Maybe([str])})}),
}
_COMPLETION = {
    "completion": float,
    "globalBytes": float,
    "globalItems": float,
    "needBytes": float,
    "needItems": float,
    "needDeletes": float,
    "sequence": float,
    "remoteState": Maybe(str),
}
_FOLDER_STATUS = {
    "state": str,
    "error": Maybe(str),
    "errors": float,
    "globalBytes": float,
    "globalTotalItems": float,
    "needBytes": float,
    "needTotalItems": float,
    "receiveOnlyTotalItems": Maybe(float),  # before 1.20 only of folders to which it applies
}
_EVENT_DATA: dict[str, Shape] = {
    "StateChanged": {"folder": str, "to": str, "error": Maybe(str)},
    "FolderSummary": {"folder": str, "summary": _FOLDER_STATUS},
    "FolderCompletion": dict(_COMPLETION, folder=str, device=str),
    "ConfigSaved": _CONFIG,
}
_CONNECTION = {
    "connected": Maybe(bool),
    "address": Maybe(str),
    "type": Maybe(str),
    "clientVersion": Maybe(str),
    "primary": Maybe(dict),
    "secondary": Maybe([dict]),
}

_ANSWERS: dict[str, Shape] = {
    "GET /rest/cluster/pending/devices": Map({"name": str, "address": str, "time": str}),
    "GET /rest/cluster/pending/folders": Map({"offeredBy": Map({"label": str, "time": str})}),
    "GET /rest/config": _CONFIG,
    "GET /rest/config/insync": {"configInSync": bool},
    "GET /rest/config/restart-required": {"requiresRestart": bool},
    "GET /rest/db/completion": _COMPLETION,
    "GET /rest/db/file": {
        "local": {
            "name": Maybe(str),
            "deleted": bool,
            "modified": str,
            "modifiedBy": Maybe(str),
            "size": float,
            "version": Maybe([str]),
        },
        "global": Maybe({"version": Maybe([str])}),
    },
    "GET /rest/db/ignores": {"ignore": Maybe([str]), "error": Maybe(str)},
    "GET /rest/db/localchanged": {"files": Maybe([{"name": str, "deleted": bool}])},
    "GET /rest/db/status": _FOLDER_STATUS,
    "GET /rest/events": [
        Choose({"id": float, "type": str}, lambda event: {"data": _EVENT_DATA.get(event["type"], Maybe(dict))})
    ],
    "GET /rest/folder/errors": {"errors": Maybe([{"path": str, "error": str}])},
    "GET /rest/folder/versions": Maybe(Map([{"versionTime": str, "modTime": str, "size": float}])),
    "POST /rest/folder/versions": Maybe(Map(str)),
    "GET /rest/stats/device": Map({"lastSeen": Maybe(str)}),
    "GET /rest/stats/folder": Map(dict),
    "GET /rest/system/browse": Maybe([str]),
    "GET /rest/system/connections": {"connections": Map(_CONNECTION)},
    "GET /rest/system/debug": {"enabled": [str], "facilities": dict},
    "GET /rest/system/discovery": Maybe(Map(Maybe({"addresses": Maybe([str])}))),
    "GET /rest/system/error": {"errors": Maybe([{"message": str}])},
    "GET /rest/system/loglevels": {"levels": Map(str)},
    "GET /rest/system/paths": Map(Maybe(str)),
    "GET /rest/system/status": {
        "myID": str,
        "startTime": str,
        "guiAddressOverridden": bool,
        "tilde": Maybe(str),
        "connectionServiceStatus": Maybe(Map(dict)),
        "discoveryStatus": Maybe(Map(dict)),
        "lastDialStatus": Maybe(Map({"error": Maybe(str)})),
    },
    "GET /rest/system/upgrade": {"running": str, "latest": str, "newer": bool, "majorNewer": bool},
    "GET /rest/system/version": {"version": str, "os": Maybe(str)},
}


def problem_of(method: str, path: str, value: t.Any) -> str | None:
    """Say what is wrong with the answer to a request, or None; ``path`` is without the query."""
    shape = _ANSWERS.get(f"{method} {path}")
    return None if shape is None else problem(value, shape)
