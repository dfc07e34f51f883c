# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""plan(current, desired): which objects change into what. Pure, no I/O."""

from __future__ import annotations

import typing as t

from .._errors import InvalidInput, UnsupportedFeature
from .._schema import device_ids, names, patterns, storable, tables
from .._schema.field import Field, Json, Table, by_json, snake
from .._schema.names import Devices
from .._schema.shares import Share
from . import rules
from .changes import Change
from .current import Current, Version, parse_version
from .desired import SECTIONS, Desired, Device, Folder, Offer, Section


class Plan(t.NamedTuple):
    changes: list[Change]
    warnings: list[str]
    device_ids: list[str]  # of desired.devices, which may be given by name; "" for an unknown one to remove


def plan(current: Current, desired: Desired) -> Plan:
    """Compare; raise InvalidInput or UnsupportedFeature before anything can be written."""
    return _Planner(current, desired).plan()


_PASSWORD_REMINDER = "authenticationUserAndPassword"


class _Planner:
    def __init__(self, current: Current, desired: Desired) -> None:
        self.current = current
        self.desired = desired
        self.devices: dict[str, Json] = {device["deviceID"]: device for device in current.config["devices"]}
        self.folders: dict[str, Json] = {folder["id"]: folder for folder in current.config["folders"]}
        self.changes: list[Change] = []
        self.warnings: list[str] = []
        self._names = Devices(self.devices)

    def plan(self) -> Plan:
        ids = [self._plan_device(device) for device in self.desired.devices]
        rules.refuse_twice(ids, "devices", "device_id")
        if self.desired.purge.devices:
            self._purge_devices(set(ids))
        self._names = Devices(self.devices)  # those declared in the same run have names too
        rules.refuse_twice([folder.id for folder in self.desired.folders], "folders", "id")
        # What is removed makes room for what comes into its directory.
        for folder in self.desired.folders:
            if not folder.present and folder.id in self.folders:
                self._change("folders", folder.id, self.folders[folder.id], None)
        if self.desired.purge.folders:
            self._purge_folders({folder.id for folder in self.desired.folders})
        known = dict(self.folders)
        present = [folder for folder in self.desired.folders if folder.present]
        for folder in present:
            self._plan_folder(folder)
        self.warnings += rules.check_places(self.current, present, known, self.folders)
        self._refuse_silent_unsharing()
        self._plan_defaults()
        for section in self.desired.sections:
            self._plan_section(section)
        self._unshare_removed()
        self._acknowledge_password()
        self._plan_ignored()
        self._plan_ignored_devices()
        self._plan_dismissed()
        return Plan(self.changes, self.warnings, ids)

    # -- devices

    def _plan_device(self, wanted: Device) -> str:
        place = wanted.place + "device_id"
        ref = wanted.device
        if not wanted.present and not device_ids.looks_like_id(ref):
            # The name may have passed to another device, which this declaration gives it by ID.
            left = [found for found in self._names.by_name.get(ref, []) if found not in self._given_to(ref)]
            if not left:
                return ""  # removed before
            ref = left[0] if len(left) == 1 else ref
        device_id = self._names.resolve(ref, place, must_exist=False)
        before = self.devices.get(device_id)
        if not wanted.present:
            if device_id == self.current.my_id:
                raise InvalidInput(f"{place}: this is the daemon's own device, which can't be removed.")
            if before:
                self._change("devices", device_id, before, None)
            return device_id
        after = self._merged_device(wanted, before, before or self._new_device(device_id))
        self._declare("devices", device_id, before, after, wanted.place)
        return device_id

    def _given_to(self, name: str) -> set[str]:
        return {
            names.normal(wanted.device, wanted.place + "device_id")
            for wanted in self.desired.devices
            if wanted.present and wanted.values.get("name") == name and device_ids.looks_like_id(wanted.device)
        }

    def _merged_device(self, wanted: Device, before: Json | None, base: Json) -> Json:
        after = dict(base)
        values = dict(wanted.values)
        if values.get("introducedBy"):
            values["introducedBy"] = self._names.resolve(values["introducedBy"], wanted.place + "introduced_by")
        ignored_folders = values.pop("ignoredFolders", None)
        if ignored_folders is not None:
            known = [entry.items() for entry in after["ignoredFolders"]]
            new = [entry for entry in ignored_folders if not any(entry.items() <= items for items in known)]
            rules.check_value(by_json(tables.DEVICE)["ignoredFolders"], new, wanted.place)
            after["ignoredFolders"] = _ignored_folders(after["ignoredFolders"], ignored_folders)
        self._merge(after, values, tables.DEVICE, wanted.place, before)
        self._merge_extra(after, wanted.extra, wanted.place)
        if after.get("untrusted"):
            for key in ("introducer", "autoAcceptFolders"):
                if after.get(key):
                    raise InvalidInput(
                        f"{wanted.place}untrusted: an untrusted device can't have {snake(key)} on; Syncthing "
                        f"would turn it off silently. Set {snake(key)} to false too."
                    )
        return after

    def _new_device(self, device_id: str) -> Json:
        template = self.current.config.get("defaults", {}).get("device")
        return dict(template or tables.FACTORY_DEVICE, deviceID=device_id, introducedBy="")

    # -- folders

    def _plan_folder(self, wanted: Folder) -> None:
        before = self.folders.get(wanted.id)
        after = self._merged_folder(wanted, before, before or self._new_folder(wanted))
        rules.check_folder(self.current, wanted, before, after)
        self._declare("folders", wanted.id, before, after, wanted.place)
        if wanted.ignore_patterns is not None:
            now = self.current.ignores.get(wanted.id, [])
            if now != wanted.ignore_patterns:
                for number, line in enumerate(wanted.ignore_patterns):
                    wrong = patterns.problem(line, wanted.ignore_patterns)
                    if wrong:
                        raise InvalidInput(
                            f"{wanted.place}ignore_patterns[{number}]: {line!r} {wrong}. Syncthing would stop the "
                            "folder over it."
                        )
                self._change("ignores", wanted.id, now, wanted.ignore_patterns)

    def _merged_folder(self, wanted: Folder, before: Json | None, base: Json) -> Json:
        after = dict(base)
        values = dict(wanted.values)
        self._merge_versioning(after, values.pop("versioning", None), wanted.place)
        self._merge(after, values, tables.FOLDER, wanted.place, before)
        self._merge_extra(after, wanted.extra, wanted.place)
        if wanted.shares is not None:
            after["devices"] = self._shares(after["devices"], wanted)
        rules.check_system(self.current, wanted, before, after)
        rules.check_release(self.current, wanted)
        if after["type"] == "receiveencrypted":
            _as_encrypted(after, self.current.version)
        return after

    def _new_folder(self, wanted: Folder) -> Json:
        if not wanted.values.get("path"):
            raise InvalidInput(f"{wanted.place}path is required: the folder {wanted.id!r} does not exist yet.")
        template = self.current.config.get("defaults", {}).get("folder")
        folder = dict(template or tables.FACTORY_FOLDER, id=wanted.id, label="")
        shares = {share["deviceID"]: share for share in folder["devices"] if share["deviceID"] in self.devices}
        shares.setdefault(self.current.my_id, Share(self.current.my_id).over(None))
        folder["devices"] = _sorted(shares)
        return folder

    def _shares(self, current: t.Sequence[Json], wanted: Folder) -> list[Json]:
        now = {share["deviceID"]: share for share in current}
        # What an introducer added comes back when it is removed, so it isn't ours to remove.
        shares = {
            device_id: share
            for device_id, share in now.items()
            if wanted.append_shares or share["introducedBy"] and not self.desired.purge.introduced
        }
        asked: dict[str, Share] = {}
        for entry in wanted.shares or ():
            device_id = self._names.resolve(entry.device, entry.place)
            if device_id in asked:
                raise InvalidInput(
                    f"{entry.place}: the device {device_id} is in the list twice, also as {asked[device_id].place}."
                )
            asked[device_id] = entry
            introduced_by = entry.introduced_by
            if introduced_by:
                introduced_by = self._names.resolve(introduced_by, entry.place + ".introduced_by")
            found = entry._replace(device=device_id, introduced_by=introduced_by)
            shares[device_id] = found.over(now.get(device_id))
        own = self.current.my_id
        shares.setdefault(own, Share(own).over(now.get(own)))
        return list(current) if shares == now else _sorted(shares)

    def _merge_versioning(self, folder: Json, declared: Json | None, place: str) -> None:
        if declared is None:
            return
        place += "versioning."
        before = folder["versioning"]
        versioning = folder["versioning"] = dict(before, params=dict(before["params"]))
        declared = dict(declared)
        params = declared.pop("params", None)
        if declared.get("type", before["type"]) != before["type"]:
            versioning["params"] = {}  # they belonged to the other type
        self._merge(versioning, declared, tables.VERSIONING, place, before)
        allowed = tables.VERSIONING_PARAMS_OF.get(versioning["type"], ())
        fields = by_json(tables.VERSIONING_PARAMS)
        for key, value in (params or {}).items():
            if str(value) == versioning["params"].get(key):
                continue
            if key not in allowed:
                known = f", which has {', '.join(map(snake, allowed))}" if allowed else ""
                raise InvalidInput(
                    f"{place}params.{snake(key)} means nothing to versioning type "
                    f"{versioning['type'] or 'none'!r}{known}."
                )
            rules.check_value(fields[key], value, place + "params.")
            versioning["params"][key] = str(value)
        if versioning["type"] == "external" and not versioning["params"].get("command"):
            raise InvalidInput(f"{place}params.command is required by versioning type 'external'.")

    def _refuse_silent_unsharing(self) -> None:
        """The daemon unshares a plain folder from an untrusted device without a word."""
        if self.current.version < (1, 23, 6) or not any(d.get("untrusted") for d in self.devices.values()):
            return
        for folder in self.folders.values():
            if folder["type"] == "receiveencrypted":
                continue
            for share in folder["devices"]:
                device = self.devices.get(share["deviceID"])
                if device and device.get("untrusted") and not share["encryptionPassword"]:
                    raise InvalidInput(
                        f"The device {device['name']} ({device['deviceID']}) is untrusted, and folder "
                        f"{folder['id']!r} is shared with it without a password; Syncthing would stop sharing it. "
                        "Give its entry in the folder's devices an encryption_password, or take it out."
                    )

    # -- what is not declared

    def _purge_devices(self, declared: set[str]) -> None:
        for device_id, device in list(self.devices.items()):
            if device_id in declared or device_id == self.current.my_id:
                continue
            if self.desired.purge.introduced or not device["introducedBy"]:
                self._change("devices", device_id, device, None)

    def _purge_folders(self, declared: set[str]) -> None:
        accepting = [device for device in self.devices.values() if device["autoAcceptFolders"]]
        if accepting and not self.desired.purge.auto_accepted:
            raise InvalidInput(
                f"purge: folders would remove what {accepting[0]['name'] or 'a device'} ({accepting[0]['deviceID']}) "
                "adds by auto_accept_folders, again and again. Set auto_accept_folders to false there, or "
                "purge_auto_accepted to true."
            )
        for folder_id, folder in list(self.folders.items()):
            if folder_id not in declared:
                self._change("folders", folder_id, folder, None)

    def _unshare_removed(self) -> None:
        """With a device go its shares; a changed folder is sent and shown without them at once."""
        for number, change in enumerate(self.changes):
            if change.kind == "folders" and change.after:
                shares = [share for share in change.after["devices"] if share["deviceID"] in self.devices]
                self.changes[number] = change._replace(after=dict(change.after, devices=shares))

    def _acknowledge_password(self) -> None:
        """The daemon takes back its reminder to set a password, which is one of the options, when there is one."""
        for number, change in enumerate(self.changes):
            if change.kind != "options":
                continue
            gui = next((other.after for other in self.changes if other.kind == "gui"), self.current.config["gui"])
            if gui["user"] and gui["password"]:
                left = [name for name in change.after["unackedNotificationIDs"] if name != _PASSWORD_REMINDER]
                self.changes[number] = change._replace(after=dict(change.after, unackedNotificationIDs=left))

    # -- sections

    def _plan_section(self, wanted: Section) -> None:
        before = self.current.config[wanted.name]
        values = dict(wanted.values)
        if wanted.name == "gui":
            if values.get("password") and not tables.BCRYPT.match(before["password"]):
                before = dict(before, password="")  # plain text, which something else wrote, opens nothing
            self._gui_password(values, before, wanted.place)
        after = dict(before)
        self._merge(after, values, SECTIONS[wanted.name], wanted.place, before)
        self._merge_extra(after, wanted.extra, wanted.place)
        if values.get("password") and after["authMode"] == "ldap":
            raise InvalidInput(f"{wanted.place}password does nothing with {wanted.place}auth_mode ldap: leave it out.")
        if values.get("password") and not after["user"]:
            raise InvalidInput(f"{wanted.place}password does nothing without {wanted.place}user: set both.")
        for kind in ("Tcp", "Quic"):
            wan, lan = (f"connectionPriority{kind}{net}" for net in ("Wan", "Lan"))
            if (wan in values or lan in values) and after.get(wan, 1) <= after.get(lan, 0):
                raise InvalidInput(f"{wanted.place}{snake(wan)} must be larger than {snake(lan)}.")
        if wanted.name == "gui":
            rules.check_socket(wanted.place, before, after)
        self._declare(wanted.name, "", before, after, wanted.place)

    def _gui_password(self, values: Json, before: Json, place: str) -> None:
        password = values.get("password")
        if not password or password == before["password"]:
            return
        if tables.BCRYPT.match(password):
            if self.current.version < (1, 25):
                raise UnsupportedFeature(
                    f"{place}password: Syncthing before 1.25.0 treats a bcrypt hash as the password itself; give "
                    "the password in plain text."
                )
        elif self.current.password_matches:
            values["password"] = before["password"]

    def _plan_defaults(self) -> None:
        now = self.current.config.get("defaults", {})
        device, folder, ignores = self.desired.default_device, self.desired.default_folder, self.desired.default_ignores
        for name, wanted, since in (
            ("device", device, "1.14"),
            ("folder", folder, "1.14"),
            ("ignores", ignores, "1.19"),
        ):
            if wanted is not None and name not in now:
                self._unknown("defaults." + name, "", Field(name, since=since + ".0"))
        if device and device.values.get("introducedBy"):
            raise InvalidInput(f"{device.place}introduced_by has no effect on new devices: leave it out.")
        if device and "device" in now:
            before = now["device"]
            self._declare("defaults/device", "", before, self._merged_device(device, before, before), device.place)
        if folder and "folder" in now:
            before = now["folder"]
            self._declare("defaults/folder", "", before, self._merged_folder(folder, before, before), folder.place)
        if ignores is not None and "ignores" in now:
            after = dict(now["ignores"], lines=ignores)
            self._declare("defaults/ignores", "", now["ignores"], after, "defaults.ignores.")

    # -- offers

    def _plan_ignored(self) -> None:
        folders: dict[str, list[Offer]] = {}
        known = {entry["deviceID"] for entry in self.current.config["remoteIgnoredDevices"]}
        for offer in self.desired.ignored:
            if offer.folder_id:
                folders.setdefault(offer.device_id, []).append(offer)
            elif offer.device_id not in known:
                details = {key: offer.details[key] for key in ("time", "name", "address")}
                self._change("ignored_devices", offer.device_id, None, dict(details, deviceID=offer.device_id))
        for device_id, offers in folders.items():
            device = self.devices[device_id]
            now = device["ignoredFolders"]
            ignored = {entry["id"]: entry for entry in now}
            for offer in offers:
                new = {"id": offer.folder_id, "label": offer.details["label"], "time": offer.details["time"]}
                ignored.setdefault(offer.folder_id, new)
            after = dict(device, ignoredFolders=_ignored_folders(now, list(ignored.values())))
            self._change("devices", device_id, device, after)

    def _plan_ignored_devices(self) -> None:
        known = {entry["deviceID"]: entry for entry in self.current.config["remoteIgnoredDevices"]}
        rules.refuse_twice(
            [wanted.device_id for wanted in self.desired.ignored_devices], "ignored_devices", "device_id"
        )
        for wanted in self.desired.ignored_devices:
            device_id = wanted.device_id
            before = known.get(device_id)
            if not wanted.present:
                self._change("ignored_devices", device_id, before, None)
                continue
            if device_id == self.current.my_id or device_id in self.devices:
                what = "this daemon" if device_id == self.current.my_id else "a configured device"
                raise InvalidInput(
                    f"{wanted.place}device_id: {device_id} is {what}, and Syncthing ignores unknown devices only. "
                    "Remove it (state: absent in devices), or do not ignore it."
                )
            new = {"deviceID": device_id, "name": "", "address": "", "time": NEVER}
            self._declare("ignored_devices", device_id, before, dict(before or new, **wanted.values), wanted.place)

    def _plan_dismissed(self) -> None:
        if self.desired.dismissed and self.current.version < (1, 18):
            raise UnsupportedFeature(
                f"Syncthing {'.'.join(map(str, self.current.version))} can't dismiss pending devices and folders; that "
                "came with 1.18.0. Accept or ignore them."
            )
        for offer in self.desired.dismissed:
            pending = self.current.pending or {}
            if offer.folder_id:
                now = pending["folders"].get(offer.folder_id, {}).get(offer.device_id)
                key = f"{offer.device_id}/{offer.folder_id}"
                who = {"device_id": offer.device_id, "folder_id": offer.folder_id}
            else:
                now = pending["devices"].get(offer.device_id)
                key = offer.device_id
                who = {"device_id": offer.device_id}
            if now == offer.details:  # else it is gone, or was offered again
                kind = "pending_folders" if offer.folder_id else "pending_devices"
                self._change(kind, key, dict(now, **who), None)

    # -- any object

    def _merge(self, target: Json, values: Json, table: Table, place: str, before: Json | None) -> None:
        """Lay the declared values over an object; dicts are merged, everything else is replaced."""
        fields = by_json(table)
        for key, value in values.items():
            field = fields[key]
            if key not in target:
                self._unknown(field.option, place, field)
            elif isinstance(value, dict):
                inner = before.get(key) if before else None
                target[key] = dict(target[key])
                self._merge(target[key], value, field.fields, place + field.option + ".", inner)
                if target[key] != inner:
                    rules.check_value(field, target[key], place)
            else:
                if before is None or before.get(key) != value:
                    rules.check_value(field, value, place)
                target[key] = value

    def _merge_extra(self, target: Json, values: Json, place: str) -> None:
        spelled = {key.lower(): key for key in target}
        for key, value in values.items():
            known = spelled.get(key.lower())
            if known is None:
                self._unknown("extra." + key, place)
            else:
                rules.check_like(target[known], value, f"{place}extra.{key}")
                target[known] = value

    def _unknown(self, option: str, place: str, field: Field | None = None) -> None:
        """The daemon would swallow a field that it doesn't have, and every run would be a change."""
        have = ".".join(map(str, self.current.version)) or "this version"
        text = f"{place}{option}: Syncthing {have} has no such setting"
        if field and field.since and self.current.version < parse_version(field.since):
            text += f"; it came with {field.since}"
        elif field and field.until and self.current.version >= parse_version(field.until):
            text += f"; it was removed in {field.until}"
        if self.desired.unknown_fields == "fail":
            raise UnsupportedFeature(text + ". Leave it out, or set unknown_fields to warn or ignore.")
        if self.desired.unknown_fields == "warn":
            self.warnings.append(text + "; it was left out.")

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


def _sorted(shares: dict[str, Json]) -> list[Json]:
    return [shares[device_id] for device_id in sorted(shares, key=device_ids.sort_key)]


NEVER = "0001-01-01T00:00:00Z"  # Go's zero time


def _ignored_folders(now: t.Sequence[Json], declared: t.Sequence[Json]) -> list[Json]:
    known = {entry["id"]: entry for entry in now}
    entries = {
        entry["id"]: dict({"label": "", "time": NEVER}, **dict(known.get(entry["id"], {}), **entry))
        for entry in declared
    }
    if entries == known:
        return list(now)  # the daemon mixes up entries of the same time
    return sorted(entries.values(), key=lambda entry: str(entry["time"]))


def _as_encrypted(folder: Json, version: Version) -> None:
    """What the daemon sets by itself in a folder that receives encrypted data."""
    if version >= (1, 15):
        folder["ignorePerms"] = True
    if version >= (1, 17) and "disableTempIndexes" in folder:
        folder["disableTempIndexes"] = True
