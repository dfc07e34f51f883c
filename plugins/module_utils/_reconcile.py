# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""plan(current, desired): which objects change into what, and the fewest safe writes for it. Pure, no I/O.

Items are never PATCHed: the daemon reuses list elements by their position and may reset fields that the body
leaves out. Whole merged objects are sent, so that the daemon has nothing to fill in.
"""

from __future__ import annotations

import copy
import difflib
import typing as t
from urllib.parse import quote

from . import _device_id, _schema
from ._desired import Desired, Device, Folder, Share
from ._errors import InvalidInput, UnsupportedFeature
from ._schema import Field, Json, Table

Version = t.Tuple[int, ...]


class Current(t.NamedTuple):
    """What one daemon has: the answer of ``GET /rest/config`` and what its headers say."""

    config: Json
    my_id: str
    version: Version
    ignores: t.Mapping[str, t.List[str]]  # by folder ID; only of folders whose patterns are declared
    ignore_errors: t.Mapping[str, str]  # by folder ID; what the daemon can't read in them


class Change(t.NamedTuple):
    """One object that is not as desired. ``before`` or ``after`` is None where it is made or removed."""

    kind: str  # devices, folders or ignores
    id: str
    before: t.Any
    after: t.Any


class Write(t.NamedTuple):
    """One request. ``body`` may be a function of the newest configuration."""

    method: str
    path: str
    body: t.Any = None


class Plan(t.NamedTuple):
    changes: t.List[Change]
    writes: t.List[Write]
    warnings: t.List[str]
    device_ids: t.List[str]  # of desired.devices, which may be given by name; "" for an unknown one to remove


def parse_version(text: str) -> Version:
    """``v1.29.5-rc.1+12`` becomes (1, 29, 5)."""
    numbers = []
    for part in text.lstrip("v").split("-")[0].split("+")[0].split("."):
        if not part.isdigit():
            break
        numbers.append(int(part))
    return tuple(numbers)


def plan(current: Current, desired: Desired) -> Plan:
    """Compare; raise InvalidInput or UnsupportedFeature before anything can be written."""
    return _Planner(current, desired).plan()


class _Planner:
    def __init__(self, current: Current, desired: Desired) -> None:
        self.current = current
        self.desired = desired
        self.devices: t.Dict[str, Json] = {device["deviceID"]: device for device in current.config["devices"]}
        self.folders: t.Dict[str, Json] = {folder["id"]: folder for folder in current.config["folders"]}
        self.changes: t.List[Change] = []
        self.warnings: t.List[str] = []
        self._ids_by_name: t.Optional[t.Dict[str, t.List[str]]] = None

    def plan(self) -> Plan:
        device_ids = [self._plan_device(device) for device in self.desired.devices]
        self._ids_by_name = None  # devices declared in the same run have names too
        for folder in self.desired.folders:
            self._plan_folder(folder)
        self._refuse_silent_unsharing()
        return Plan(self.changes, list(self._writes()), self.warnings, device_ids)

    # -- devices

    def _plan_device(self, wanted: Device) -> str:
        place = wanted.place + "device_id"
        if not wanted.present and not _device_id.looks_like_id(wanted.device) and wanted.device not in self._names():
            return ""  # removed before, and its name with it
        device_id = self._resolve(wanted.device, place, must_exist=False)
        before = self.devices.get(device_id)
        if not wanted.present:
            if device_id == self.current.my_id:
                raise InvalidInput("%s: this is the daemon's own device, which can't be removed." % place)
            if before:
                self._change("devices", device_id, before, None)
            return device_id
        after = copy.deepcopy(before) if before else self._new_device(device_id)
        values = dict(wanted.values)
        if values.get("introducedBy"):
            values["introducedBy"] = self._resolve(values["introducedBy"], wanted.place + "introduced_by")
        ignored_folders = values.pop("ignoredFolders", None)
        if ignored_folders is not None:
            after["ignoredFolders"] = _ignored_folders(after.get("ignoredFolders", []), ignored_folders)
        self._merge(after, values, _schema.DEVICE, wanted.place, before)
        self._merge_extra(after, wanted.extra, wanted.place)
        if after.get("untrusted"):
            for key in ("introducer", "autoAcceptFolders"):
                if after.get(key):
                    raise InvalidInput(
                        "%suntrusted: an untrusted device can't have %s on; Syncthing would turn it off without a word. "
                        "Set %s to false too." % (wanted.place, _schema.snake(key), _schema.snake(key))
                    )
        self._change("devices", device_id, before, after)
        return device_id

    def _new_device(self, device_id: str) -> Json:
        template = self.current.config.get("defaults", {}).get("device")
        device: Json = copy.deepcopy(template or _schema.FACTORY_DEVICE)
        device.update(deviceID=device_id, introducedBy="")
        return device

    def _resolve(self, ref: str, place: str, must_exist: bool = True) -> str:
        """Return the canonical device ID of an ID or a unique name."""
        if _device_id.looks_like_id(ref):
            try:
                device_id = _device_id.normalise(ref)
            except InvalidInput as exc:
                # Somebody may have named a device like that.
                if ref not in self._names():
                    raise InvalidInput("%s: %s" % (place, exc)) from None
            else:
                if must_exist and device_id not in self.devices:
                    raise InvalidInput(
                        "%s: the device %s is not configured on this daemon; Syncthing would drop it without a word. "
                        "Add it first, with syncthing_device." % (place, device_id)
                    )
                return device_id
        found = self._names().get(ref, [])
        if len(found) > 1:
            raise InvalidInput(
                "%s: %d devices are named %r (%s): use the device ID." % (place, len(found), ref, ", ".join(found))
            )
        if not found:
            near = difflib.get_close_matches(ref, self._names(), n=3)
            raise InvalidInput(
                "%s: no configured device is named %r, and it is not a device ID.%s"
                % (place, ref, " Did you mean %s?" % " or ".join(map(repr, near)) if near else "")
            )
        return found[0]

    def _names(self) -> t.Dict[str, t.List[str]]:
        if self._ids_by_name is None:
            self._ids_by_name = {}
            for device_id, device in self.devices.items():
                if device.get("name"):
                    self._ids_by_name.setdefault(device["name"], []).append(device_id)
        return self._ids_by_name

    # -- folders

    def _plan_folder(self, wanted: Folder) -> None:
        before = self.folders.get(wanted.id)
        if not wanted.present:
            if before:
                self._change("folders", wanted.id, before, None)
            return
        after = copy.deepcopy(before) if before else self._new_folder(wanted)
        values = dict(wanted.values)
        self._merge_versioning(after, values.pop("versioning", None), wanted.place)
        self._merge(after, values, _schema.FOLDER, wanted.place, before)
        self._merge_extra(after, wanted.extra, wanted.place)
        if wanted.shares is not None:
            after["devices"] = self._shares(after["devices"], wanted)
        self._check_folder(wanted, before, after)
        if after["type"] == "receiveencrypted":
            _as_encrypted(after, self.current.version)
        self._change("folders", wanted.id, before, after)
        if wanted.ignore_patterns is not None:
            now = self.current.ignores.get(wanted.id, [])
            if now != wanted.ignore_patterns:
                self._change("ignores", wanted.id, now, wanted.ignore_patterns)

    def _new_folder(self, wanted: Folder) -> Json:
        if not wanted.values.get("path"):
            raise InvalidInput("%spath is required: the folder %r does not exist yet." % (wanted.place, wanted.id))
        template = self.current.config.get("defaults", {}).get("folder")
        folder: Json = copy.deepcopy(template or _schema.FACTORY_FOLDER)
        folder.update(id=wanted.id, label="")
        shares = {share["deviceID"]: share for share in folder["devices"] if share["deviceID"] in self.devices}
        shares.setdefault(self.current.my_id, _share(self.current.my_id))
        folder["devices"] = _sorted(shares)
        return folder

    def _shares(self, current: t.Sequence[Json], wanted: Folder) -> t.List[Json]:
        now = {share["deviceID"]: share for share in current}
        # What an introducer added comes back when it is removed, so it isn't ours to remove.
        shares = {
            device_id: share
            for device_id, share in now.items()
            if wanted.append_shares or share["introducedBy"] or device_id == self.current.my_id
        }
        asked: t.Dict[str, Share] = {}
        for entry in wanted.shares or ():
            device_id = self._resolve(entry.device, entry.place)
            if device_id in asked:
                raise InvalidInput(
                    "%s: the device %s is in the list twice, also as %s." % (entry.place, device_id, asked[device_id].place)
                )
            asked[device_id] = entry
            share = dict(now.get(device_id) or _share(device_id))
            if entry.encryption_password is not None:
                share["encryptionPassword"] = entry.encryption_password
            shares[device_id] = share
        shares.setdefault(self.current.my_id, _share(self.current.my_id))
        return _sorted(shares)

    def _merge_versioning(self, folder: Json, declared: t.Optional[Json], place: str) -> None:
        if declared is None:
            return
        place += "versioning."
        versioning = folder["versioning"]
        declared = dict(declared)
        params = declared.pop("params", None)
        before = dict(versioning)
        if declared.get("type", versioning["type"]) != versioning["type"]:
            versioning["params"] = {}  # they belonged to the other type
        self._merge(versioning, declared, _schema.VERSIONING, place, before)
        allowed = _schema.VERSIONING_PARAMS_OF.get(versioning["type"], ())
        fields = _schema.by_json(_schema.VERSIONING_PARAMS)
        for key, value in (params or {}).items():
            if key not in allowed:
                raise InvalidInput(
                    "%sparams.%s means nothing to versioning type %r%s."
                    % (
                        place,
                        _schema.snake(key),
                        versioning["type"] or "none",
                        ", which takes " + ", ".join(map(_schema.snake, allowed)) if allowed else "",
                    )
                )
            if str(value) != versioning["params"].get(key):
                _check(fields[key], value, place + "params.")
                versioning["params"][key] = str(value)
        if versioning["type"] == "external" and not versioning["params"].get("command"):
            raise InvalidInput("%sparams.command is required by versioning type 'external'." % place)

    def _check_folder(self, wanted: Folder, before: t.Optional[Json], after: Json) -> None:
        place = wanted.place
        version = self.current.version
        if not after["path"]:
            raise InvalidInput("%spath must not be empty." % place)
        if before and before["type"] != after["type"] and "receiveencrypted" in (before["type"], after["type"]):
            raise InvalidInput(
                "%stype: Syncthing can't change the existing folder %r from %s to %s, since the data on disk differ. "
                "Remove the folder (state: absent; its files stay), move its directory away, then declare it "
                "again with an empty directory." % (place, wanted.id, before["type"], after["type"])
            )
        if after["type"] == "receiveencrypted":
            if wanted.ignore_patterns:
                raise InvalidInput("%signore_patterns can't work in a receiveencrypted folder: names are encrypted." % place)
            if wanted.values.get("ignorePerms") is False and version >= (1, 15):
                raise InvalidInput("%signore_perms: a receiveencrypted folder always ignores permissions." % place)
        if not before or before["path"] != after["path"]:
            for other in self.folders.values():
                if other["id"] != wanted.id and other["path"].rstrip("/") == after["path"].rstrip("/"):
                    raise InvalidInput(
                        "%spath: the folder %r has the path %r already; two folders in one directory destroy each "
                        "other's data." % (place, other["id"], other["path"])
                    )
        delay = wanted.values.get("fsWatcherDelayS")
        if isinstance(delay, float) and version < (1, 23, 3):
            raise UnsupportedFeature("%sfs_watcher_delay_s must be whole seconds before Syncthing 1.23.3." % place)
        if version < (2,) and wanted.values.get("maxConcurrentWrites", 0) > 64:
            raise InvalidInput("%smax_concurrent_writes must be from 1 to 64 before Syncthing 2.0." % place)

    def _refuse_silent_unsharing(self) -> None:
        """The daemon unshares a plain folder from an untrusted device without a word."""
        if self.current.version < (1, 23, 6):
            return
        for folder in self.folders.values():
            if folder["type"] == "receiveencrypted":
                continue
            for share in folder["devices"]:
                device = self.devices.get(share["deviceID"])
                if device and device.get("untrusted") and not share["encryptionPassword"]:
                    raise InvalidInput(
                        "The device %s (%s) is untrusted, and folder %r is shared with it without a password; Syncthing "
                        "would stop sharing it. Give the folder's devices entry an encryption_password, or take the "
                        "device out of it." % (device["name"], device["deviceID"], folder["id"])
                    )

    # -- any object

    def _merge(self, target: Json, values: Json, table: Table, place: str, before: t.Optional[Json]) -> None:
        """Lay the declared values over an object; dicts are merged, everything else is replaced."""
        fields = _schema.by_json(table)
        for key, value in values.items():
            field = fields[key]
            if key not in target:
                self._unknown(field.option, place, field)
            elif isinstance(value, dict):
                inner = before.get(key) if before else None
                self._merge(target[key], value, field.fields, place + field.option + ".", inner)
            else:
                if before is None or before.get(key) != value:
                    _check(field, value, place)
                target[key] = value

    def _merge_extra(self, target: Json, values: Json, place: str) -> None:
        names = {key.lower(): key for key in target}
        for key, value in values.items():
            known = names.get(key.lower())
            if known is None:
                self._unknown("extra." + key, place)
            else:
                target[known] = value

    def _unknown(self, option: str, place: str, field: t.Optional[Field] = None) -> None:
        """The daemon would swallow a field that it doesn't have, and every run would be a change."""
        have = ".".join(map(str, self.current.version)) or "this version"
        text = "%s%s: Syncthing %s has no such setting" % (place, option, have)
        if field and field.since and self.current.version < parse_version(field.since):
            text += "; it came with %s" % field.since
        elif field and field.until and self.current.version >= parse_version(field.until):
            text += "; it was removed in %s" % field.until
        if self.desired.unknown_fields == "fail":
            raise UnsupportedFeature(text + ". Leave it out, or set unknown_fields to warn or ignore.")
        if self.desired.unknown_fields == "warn":
            self.warnings.append(text + "; it was left out.")

    def _change(self, kind: str, key: str, before: t.Any, after: t.Any) -> None:
        if before != after:
            self.changes.append(Change(kind, key, before, after))
            objects = {"devices": self.devices, "folders": self.folders}.get(kind, {})
            if after is None:
                objects.pop(key, None)
            else:
                objects[key] = after

    # -- writes: devices before the folders that name them, folders gone before their devices

    def _writes(self) -> t.Iterator[Write]:
        devices = [c.after for c in self.changes if c.kind == "devices" and c.after]
        if devices:
            yield Write("PUT", "/rest/config/devices", devices)
        folders = [c.after for c in self.changes if c.kind == "folders" and c.after]
        if folders:
            yield Write("PUT", "/rest/config/folders", [exact(folder) for folder in folders])
        gone = [c.id for c in self.changes if c.kind == "folders" and c.after is None]
        for folder_id in filter(_addressable, gone):
            yield Write("DELETE", "/rest/config/folders/" + quote(folder_id, safe=""))
        rest = [folder_id for folder_id in gone if not _addressable(folder_id)]
        if rest:
            yield Write("PUT", "/rest/config", lambda config: _without_folders(config, rest))
        for change in self.changes:
            if change.kind == "devices" and change.after is None:
                yield Write("DELETE", "/rest/config/devices/" + change.id)
        for change in self.changes:
            if change.kind == "ignores":
                yield Write("POST", "/rest/db/ignores?folder=" + quote(change.id, safe=""), {"ignore": change.after})


class _Repeated(dict):  # type: ignore[type-arg]
    """A JSON object that names one key twice: null first, which empties the map that the daemon would merge into."""

    def __init__(self, values: Json, key: str) -> None:
        super().__init__(values)
        self._key = key

    def items(self) -> t.Any:
        return [(self._key, None)] + list(super().items())


def exact(folder: Json) -> Json:
    """Return the folder as it must be sent to come out as it is, whatever ``defaults.folder`` holds.

    The daemon decodes the body into a copy of the default folder, and Go's decoder adds to a map that is there.
    """
    return dict(folder, versioning=_Repeated(folder["versioning"], "params"))


def _without_folders(config: Json, folder_ids: t.Sequence[str]) -> Json:
    """The only way to remove a folder whose ID has a slash: item URLs can't name it."""
    return dict(config, folders=[exact(f) for f in config["folders"] if f["id"] not in folder_ids])


def _addressable(folder_id: str) -> bool:
    return "/" not in folder_id and folder_id not in (".", "..")


def _check(field: Field, value: t.Any, place: str) -> None:
    wrong = field.check(value) if field.check else None
    if wrong:
        raise InvalidInput("%s%s %s." % (place, field.option, wrong))


def _share(device_id: str) -> Json:
    return {"deviceID": device_id, "introducedBy": "", "encryptionPassword": ""}


def _sorted(shares: t.Dict[str, Json]) -> t.List[Json]:
    return [shares[device_id] for device_id in sorted(shares, key=_device_id.sort_key)]


NEVER = "0001-01-01T00:00:00Z"  # Go's zero time


def _ignored_folders(now: t.Sequence[Json], declared: t.Sequence[Json]) -> t.List[Json]:
    known = {entry["id"]: entry for entry in now}
    entries = {
        entry["id"]: dict({"label": "", "time": NEVER}, **dict(known.get(entry["id"], {}), **entry)) for entry in declared
    }
    return sorted(entries.values(), key=lambda entry: str(entry["time"]))


def _as_encrypted(folder: Json, version: Version) -> None:
    """What the daemon sets by itself in a folder that receives encrypted data."""
    if version >= (1, 15):
        folder["ignorePerms"] = True
    if version >= (1, 17) and "disableTempIndexes" in folder:
        folder["disableTempIndexes"] = True
