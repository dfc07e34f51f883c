# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""plan(current, desired): which objects change into what. Pure, no I/O.

Names are resolved first (``resolve``). Each object is then made from what is there and what is declared (``overlay``),
checked (``rules``), and if it differs, it is a change, which stays as it is.
"""

from __future__ import annotations

import typing as t

from .._errors import InvalidInput, UnsupportedFeature
from .._schema import storable, tables
from .._schema.field import Field, Json
from .._schema.shares import Share
from . import plan_offers, rules
from .changes import Change
from .current import Current
from .desired import Desired, Device, Folder, Section
from .overlay import Overlay, sorted_shares
from .resolve import new_device, resolve, undeclared

_PASSWORD_REMINDER = "authenticationUserAndPassword"


class Plan(t.NamedTuple):
    changes: list[Change]
    warnings: list[str]
    device_ids: list[str]  # of desired.devices, which may be given by name; "" for an unknown one to remove


def plan(current: Current, desired: Desired) -> Plan:
    """Compare; raise InvalidInput or UnsupportedFeature before anything can be written."""
    resolved = resolve(current, desired)
    planner = _Planner(current, resolved.desired)
    planner.plan()
    return Plan(planner.changes, planner.overlay.warnings + planner.warnings, resolved.device_ids)


class _Planner:
    def __init__(self, current: Current, desired: Desired) -> None:
        self.current = current
        self.desired = desired
        self.overlay = Overlay(current, desired)
        # As they will be, with what is planned so far.
        self.devices: dict[str, Json] = {device["deviceID"]: device for device in current.config["devices"]}
        self.folders: dict[str, Json] = {folder["id"]: folder for folder in current.config["folders"]}
        self.changes: list[Change] = []
        self.warnings: list[str] = []

    def plan(self) -> None:
        self._plan_devices()
        self._plan_folders()
        self._plan_defaults()
        self._plan_sections()
        for change in plan_offers.plan(self.current, self.desired, self.devices):
            self._change(*change)

    # -- devices

    def _plan_devices(self) -> None:
        for wanted in self.desired.devices:
            self._plan_device(wanted)
        declared = [wanted.device for wanted in self.desired.devices]
        for device_id in undeclared(self.devices, declared, self.current.my_id, self.desired.purge):
            self._change("devices", device_id, self.devices[device_id], None)

    def _plan_device(self, wanted: Device) -> None:
        before = self.devices.get(wanted.device)
        if not wanted.present:
            if wanted.device == self.current.my_id:
                raise InvalidInput(f"{wanted.place}device_id: this is the daemon's own device, which can't be removed.")
            self._change("devices", wanted.device, before, None)
            return
        base = before or new_device(self.current, wanted.device)
        after = self.overlay.device(wanted, base)
        rules.check_device(wanted, before, base, after)
        self._declare("devices", wanted.device, before, after, wanted.place)

    # -- folders

    def _plan_folders(self) -> None:
        desired = self.desired.folders
        rules.refuse_twice([wanted.id for wanted in desired], "folders", "id")
        # What is removed makes room for what comes into its directory.
        gone = [wanted.id for wanted in desired if not wanted.present]
        if self.desired.purge.folders:
            rules.check_purge_of_folders(self.desired, self.devices)
            declared = {wanted.id for wanted in desired}
            gone += [folder_id for folder_id in self.folders if folder_id not in declared]
        for folder_id in gone:
            self._change("folders", folder_id, self.folders.get(folder_id), None)
        known = dict(self.folders)
        present = [wanted for wanted in desired if wanted.present]
        for wanted in present:
            self._plan_folder(wanted)
        self.warnings += rules.check_places(self.current, present, known, self.folders)
        rules.refuse_silent_unsharing(self.current, self.devices, self.folders)
        rules.refuse_ignoring_shared(self.desired.devices, self.folders)

    def _plan_folder(self, wanted: Folder) -> None:
        before = self.folders.get(wanted.id)
        base = before or self._new_folder(wanted)
        after = self.overlay.folder(wanted, base)
        rules.check_folder(self.current, wanted, before, base, after)
        if before != after:
            # With a device go its shares, which the daemon sees to where the folder is not sent.
            after["devices"] = [share for share in after["devices"] if share["deviceID"] in self.devices]
            self._declare("folders", wanted.id, before, after, wanted.place)
        now = self.current.ignores.get(wanted.id, [])
        if wanted.ignore_patterns is not None and now != wanted.ignore_patterns:
            rules.check_patterns(wanted.ignore_patterns, wanted.place + "ignore_patterns")
            self._change("ignores", wanted.id, now, wanted.ignore_patterns)

    def _new_folder(self, wanted: Folder) -> Json:
        if not wanted.values.get("path"):
            raise InvalidInput(f"{wanted.place}path is required: the folder {wanted.id!r} does not exist yet.")
        template = self.current.config.get("defaults", {}).get("folder")
        folder = dict(template or tables.FACTORY_FOLDER, id=wanted.id, label="")
        shares = {share["deviceID"]: share for share in folder["devices"] if share["deviceID"] in self.devices}
        shares.setdefault(self.current.my_id, Share(self.current.my_id).over(None))
        folder["devices"] = sorted_shares(shares)
        return folder

    # -- defaults of new devices and folders

    def _plan_defaults(self) -> None:
        now = self.current.config.get("defaults", {})
        device, folder, ignores = self.desired.default_device, self.desired.default_folder, self.desired.default_ignores
        for name, wanted, since in (
            ("device", device, "1.14"),
            ("folder", folder, "1.14"),
            ("ignores", ignores, "1.19"),
        ):
            if wanted is not None and name not in now:
                self.overlay.leave_out("defaults." + name, "", Field(name, since=since + ".0"))
        if device and device.values.get("introducedBy"):
            raise InvalidInput(f"{device.place}introduced_by has no effect on new devices: leave it out.")
        if device and "device" in now:
            before = now["device"]
            after = self.overlay.device(device, before)
            rules.check_device(device, before, before, after)
            self._declare("defaults/device", "", before, after, device.place)
        if folder and "folder" in now:
            before = now["folder"]
            after = self.overlay.folder(folder, before)
            rules.check_template(self.current, folder, before, before, after)
            rules.check_versions(self.current, folder, before, after, [after])
            self._declare("defaults/folder", "", before, after, folder.place)
        if ignores is not None and "ignores" in now:
            after = dict(now["ignores"], lines=ignores)
            if after != now["ignores"]:
                rules.check_patterns(ignores, "defaults.ignores.lines")
            self._declare("defaults/ignores", "", now["ignores"], after, "defaults.ignores.")

    # -- sections

    def _plan_sections(self) -> None:
        sections = {wanted.name: self._section(wanted) for wanted in self.desired.sections}
        gui = sections["gui"][1] if "gui" in sections else self.current.config["gui"]
        for name, (before, after) in sections.items():
            if name == "options" and before != after and gui["user"] and gui["password"]:
                # The daemon takes back its reminder to set a password.
                left = [one for one in after["unackedNotificationIDs"] if one != _PASSWORD_REMINDER]
                after["unackedNotificationIDs"] = left
            self._declare(name, "", before, after, name + ".")

    def _section(self, wanted: Section) -> tuple[Json, Json]:
        before = self.current.config[wanted.name]
        if wanted.values.get("password"):  # of the GUI
            before, wanted = self._gui_password(before, wanted)
        after = self.overlay.section(wanted, before)
        rules.check_section(wanted, before, after)
        return before, after

    def _gui_password(self, before: Json, wanted: Section) -> tuple[Json, Section]:
        """Return what counts as the password that is there, and the declared one as it is to be sent."""
        if not tables.BCRYPT.match(before["password"]):
            before = dict(before, password="")  # plain text, which something else wrote, opens nothing
        password = wanted.values["password"]
        if password == before["password"]:
            return before, wanted
        if tables.BCRYPT.match(password):
            if self.current.version < (1, 25):
                raise UnsupportedFeature(
                    f"{wanted.place}password: Syncthing before 1.25.0 treats a bcrypt hash as the password itself; "
                    "give the password in plain text."
                )
        elif self.current.password_matches:
            return before, wanted._replace(values=dict(wanted.values, password=before["password"]))
        return before, wanted

    # -- any object

    def _declare(self, kind: str, key: str, before: t.Any, after: t.Any, place: str) -> None:
        storable.check(before, after, place)
        self._change(kind, key, before, after)

    def _change(self, kind: str, key: str, before: t.Any, after: t.Any) -> None:
        if before != after:
            self.changes.append(Change(kind, key, before, after))
            objects = {"devices": self.devices, "folders": self.folders}.get(kind, {})
            if after is None:
                objects.pop(key, None)
            else:
                objects[key] = after
