# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""From a module's options to what is desired. Pure; wrong input raises InvalidInput that names its place."""

from __future__ import annotations

import typing as t

from . import _schema
from ._errors import InvalidInput
from ._schema import Json, Params


class Share(t.NamedTuple):
    """One entry of a folder's ``devices``."""

    place: str
    device: str  # a device ID or a name, as the user wrote it
    encryption_password: t.Optional[str]  # None: leave alone


class Device(t.NamedTuple):
    place: str
    device: str  # a device ID or the name of a configured device
    present: bool
    values: Json
    extra: Json


class Folder(t.NamedTuple):
    place: str
    id: str
    present: bool
    values: Json
    extra: Json
    shares: t.Optional[t.List[Share]]  # None: leave alone
    append_shares: bool
    ignore_patterns: t.Optional[t.List[str]]  # None: leave alone


class Desired(t.NamedTuple):
    """Everything that is declared for one daemon."""

    devices: t.Sequence[Device] = ()
    folders: t.Sequence[Folder] = ()
    unknown_fields: str = "fail"


_STATE = {"type": "str", "choices": ["present", "absent"], "default": "present"}


def device_argument_spec() -> Json:
    return dict(
        device_id={"type": "str", "required": True},
        state=_STATE,
        extra={"type": "dict"},
        **_schema.argument_spec(_schema.DEVICE),
    )


def folder_argument_spec() -> Json:
    return dict(
        id={"type": "str", "required": True},
        state=_STATE,
        extra={"type": "dict"},
        devices={"type": "list", "elements": "raw"},
        append_devices={"type": "bool", "default": False},
        ignore_patterns={"type": "list", "elements": "str"},
        **_schema.argument_spec(_schema.FOLDER),
    )


UNKNOWN_FIELDS = {"type": "str", "choices": ["fail", "warn", "ignore"], "default": "fail"}


def device(params: Params, place: str = "") -> Device:
    return Device(
        place=place,
        device=_required(params["device_id"], place + "device_id"),
        present=params["state"] == "present",
        values=_schema.declared(_schema.DEVICE, params, place),
        extra=_schema.extra(_schema.DEVICE, params, place),
    )


def folder(params: Params, place: str = "") -> Folder:
    shares = params["devices"]
    if shares is None and params["append_devices"]:
        raise InvalidInput("%sappend_devices needs %sdevices: say which devices to add." % (place, place))
    return Folder(
        place=place,
        id=_required(params["id"], place + "id"),
        present=params["state"] == "present",
        values=_schema.declared(_schema.FOLDER, params, place),
        extra=_schema.extra(_schema.FOLDER + _SHAPED_FOLDER_FIELDS, params, place),
        shares=None if shares is None else [_share(s, "%sdevices[%d]" % (place, n)) for n, s in enumerate(shares)],
        append_shares=params["append_devices"],
        ignore_patterns=_lines(params["ignore_patterns"], place + "ignore_patterns"),
    )


# Set through options of another shape, so `extra` must not offer a second way.
_SHAPED_FOLDER_FIELDS = (_schema.Field("id"), _schema.Field("devices"))


def _required(value: t.Optional[str], place: str) -> str:
    # Ansible turns an explicit null into an empty text and calls the option given.
    if not value:
        raise InvalidInput("%s must not be empty." % place)
    return value


def _share(value: t.Any, place: str) -> Share:
    if isinstance(value, str):
        return Share(place, _required(value, place), None)
    if not isinstance(value, dict):
        raise InvalidInput("%s must be a device ID, a device's name, or a dict with 'device'." % place)
    wrong = sorted(str(key) for key in set(value) - {"device", "encryption_password"})
    if wrong:
        raise InvalidInput("%s.%s is not known: use 'device' and 'encryption_password'." % (place, wrong[0]))
    for key, content in value.items():
        if content is not None and not isinstance(content, str):
            # A password of digits only comes as a number from YAML, and 0123 would become 83.
            raise InvalidInput("%s.%s must be text: put it in quotes." % (place, key))
    return Share(place, _required(value.get("device"), place + ".device"), value.get("encryption_password"))


def _lines(values: t.Optional[t.Sequence[str]], place: str) -> t.Optional[t.List[str]]:
    for number, line in enumerate(values or ()):
        if "\n" in line or "\r" in line:
            raise InvalidInput("%s[%d] has a line break: write one pattern an entry." % (place, number))
    # The daemon drops the blanks around a pattern when it reads the file back.
    return None if values is None else [line.strip() for line in values]
