# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""From a module's options to what is desired. Pure; wrong input raises InvalidInput that names its place."""

from __future__ import annotations

import typing as t

from .._errors import InvalidInput
from .._schema import device_ids, shares, tables
from .._schema.field import Field, Json, Params, argument_spec, declared, extra, required
from .._schema.shares import Share


class Device(t.NamedTuple):
    device: str  # a device ID or the name of a configured device
    present: bool = True
    values: Json = {}
    extra: Json = {}
    place: str = ""


class Folder(t.NamedTuple):
    id: str
    present: bool = True
    values: Json = {}
    extra: Json = {}
    shares: list[Share] | None = None  # None: leave alone
    append_shares: bool = False
    ignore_patterns: list[str] | None = None  # None: leave alone
    place: str = ""


class Section(t.NamedTuple):
    """``options``, ``gui`` or ``ldap``."""

    name: str
    values: Json
    extra: Json

    @property
    def place(self) -> str:
        return self.name + "."


class Offer(t.NamedTuple):
    """What another device offers: a folder, or itself."""

    device_id: str
    folder_id: str  # "" for the device itself
    details: Json  # as the daemon tells them


class IgnoredDevice(t.NamedTuple):
    """A device whose connections are refused without asking anybody."""

    device_id: str
    present: bool = True
    values: Json = {}
    place: str = ""


class Purge(t.NamedTuple):
    devices: bool = False
    folders: bool = False
    introduced: bool = False
    auto_accepted: bool = False


class Desired(t.NamedTuple):
    """Everything that is declared for one daemon."""

    devices: t.Sequence[Device] = ()
    folders: t.Sequence[Folder] = ()
    sections: t.Sequence[Section] = ()
    default_device: Device | None = None
    default_folder: Folder | None = None
    default_ignores: list[str] | None = None
    purge: Purge = Purge()
    ignored: t.Sequence[Offer] = ()
    dismissed: t.Sequence[Offer] = ()
    ignored_devices: t.Sequence[IgnoredDevice] = ()
    unknown_fields: str = "fail"

    def gui_password(self) -> str | None:
        return next((section.values.get("password") for section in self.sections if section.name == "gui"), None)


SECTIONS = {"options": tables.OPTIONS, "gui": tables.GUI, "ldap": tables.LDAP}

_STATE = {"type": "str", "choices": ["present", "absent"], "default": "present"}


def _default_device_argument_spec() -> Json:
    return dict(argument_spec(tables.DEVICE), extra={"type": "dict"})


def device_argument_spec() -> Json:
    return dict(_default_device_argument_spec(), device_id={"type": "str", "required": True}, state=_STATE)


def _default_folder_argument_spec() -> Json:
    return dict(
        argument_spec(tables.FOLDER),
        extra={"type": "dict"},
        devices={"type": "list", "elements": "raw"},
        append_devices={"type": "bool", "default": False},
    )


def folder_argument_spec() -> Json:
    return dict(
        _default_folder_argument_spec(),
        id={"type": "str", "required": True},
        state=_STATE,
        ignore_patterns={"type": "list", "elements": "str"},
    )


def ignored_device_argument_spec() -> Json:
    table = argument_spec(tables.IGNORED_DEVICE)
    return dict(table, device_id={"type": "str", "required": True}, state=_STATE)


def offer_argument_spec() -> Json:
    """The options for what is accepted; an offer itself says which device or folder it is."""
    folder = folder_argument_spec()
    del folder["id"], folder["state"]
    return {
        "device": {"type": "dict", "options": _default_device_argument_spec(), "apply_defaults": True},
        "folder": {"type": "dict", "options": folder, "apply_defaults": True},
    }


def config_argument_spec() -> Json:
    spec: Json = {
        name: {"type": "dict", "options": dict(argument_spec(table), extra={"type": "dict"})}
        for name, table in SECTIONS.items()
    }
    defaults = {
        "device": {"type": "dict", "options": _default_device_argument_spec()},
        "folder": {"type": "dict", "options": _default_folder_argument_spec()},
        "ignores": {"type": "dict", "options": {"lines": {"type": "list", "elements": "str"}}},
    }
    return dict(
        spec,
        devices={"type": "list", "elements": "dict", "options": device_argument_spec()},
        folders={"type": "list", "elements": "dict", "options": folder_argument_spec()},
        ignored_devices={"type": "list", "elements": "dict", "options": ignored_device_argument_spec()},
        defaults={"type": "dict", "options": defaults},
        purge={"type": "list", "elements": "str", "choices": ["devices", "folders"], "default": []},
        purge_introduced={"type": "bool", "default": False},
        purge_auto_accepted={"type": "bool", "default": False},
    )


UNKNOWN_FIELDS = {"type": "str", "choices": ["fail", "warn", "ignore"], "default": "fail"}


def device(params: Params, place: str = "") -> Device:
    return Device(
        place=place,
        device=required(params["device_id"], place + "device_id") if "device_id" in params else "",
        present=params.get("state") != "absent",
        values=declared(tables.DEVICE, params, place),
        extra=extra(tables.DEVICE + _SHAPED_DEVICE_FIELDS, params, place),
    )


def folder(params: Params, place: str = "") -> Folder:
    if params["devices"] is None and params["append_devices"]:
        raise InvalidInput(f"{place}append_devices needs {place}devices: say which devices to add.")
    return Folder(
        place=place,
        id=required(params["id"], place + "id") if "id" in params else "",
        present=params.get("state") != "absent",
        values=declared(tables.FOLDER, params, place),
        extra=extra(tables.FOLDER + _SHAPED_FOLDER_FIELDS, params, place),
        shares=None
        if params["devices"] is None
        else [shares.parse(item, f"{place}devices[{n}]") for n, item in enumerate(params["devices"])],
        append_shares=params["append_devices"],
        ignore_patterns=_lines(params.get("ignore_patterns"), place + "ignore_patterns"),
    )


def ignored_device(params: Params, place: str) -> IgnoredDevice:
    try:
        device_id = device_ids.normalise(required(params["device_id"], place + "device_id"))
    except InvalidInput as exc:
        raise InvalidInput(f"{place}device_id: {exc}") from None
    values = declared(tables.IGNORED_DEVICE, params, place)
    return IgnoredDevice(device_id, params.get("state") != "absent", values, place)


def config(params: Params) -> Desired:
    """Return what the options of syncthing_config declare."""
    for kind in params["purge"]:
        if params[kind] is None:
            raise InvalidInput(f"purge: {kind} needs the option {kind}: say which ones stay, [] for none.")
    defaults = params["defaults"] or {}
    return Desired(
        devices=[device(item, f"devices[{n}].") for n, item in enumerate(params["devices"] or ())],
        folders=[folder(item, f"folders[{n}].") for n, item in enumerate(params["folders"] or ())],
        sections=[
            Section(
                name,
                declared(table, params[name], name + "."),
                extra(table, params[name], name + "."),
            )
            for name, table in SECTIONS.items()
            if params[name] is not None
        ],
        default_device=device(defaults["device"], "defaults.device.") if defaults.get("device") else None,
        default_folder=folder(defaults["folder"], "defaults.folder.") if defaults.get("folder") else None,
        default_ignores=_lines((defaults.get("ignores") or {}).get("lines"), "defaults.ignores.lines"),
        purge=Purge(
            "devices" in params["purge"],
            "folders" in params["purge"],
            params["purge_introduced"],
            params["purge_auto_accepted"],
        ),
        unknown_fields=params["unknown_fields"],
        ignored_devices=[
            ignored_device(item, f"ignored_devices[{n}].") for n, item in enumerate(params["ignored_devices"] or ())
        ],
    )


# Set through options of another shape, so `extra` must not offer a second way.
_SHAPED_DEVICE_FIELDS = (Field("deviceID"),)
_SHAPED_FOLDER_FIELDS = (Field("id"), Field("devices"))


def _lines(values: t.Sequence[str] | None, place: str) -> list[str] | None:
    for number, line in enumerate(values or ()):
        if "\n" in line or "\r" in line:
            raise InvalidInput(f"{place}[{number}] has a line break: write one pattern an entry.")
    # The daemon drops the blanks around a pattern when it reads the file back.
    return None if values is None else [line.strip() for line in values]
