# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""plan(current, desired): which objects change into what. Pure, no I/O."""

from __future__ import annotations

import re
import typing as t

from . import _checks as checks
from . import _device_id, _names, _patterns, _schema, _storable
from ._changes import Change
from ._desired import SECTIONS, Desired, Device, Folder, Offer, Section, Share
from ._errors import InvalidInput, UnsupportedFeature
from ._names import Devices
from ._paths import inside, parts
from ._schema import Field, Json, Table

Version = t.Tuple[int, ...]


class Current(t.NamedTuple):
    """What one daemon has: the answer of ``GET /rest/config`` and what its headers say."""

    config: Json
    my_id: str
    version: Version
    ignores: t.Mapping[str, t.List[str]]  # by folder ID; only of folders whose patterns are declared
    ignore_errors: t.Mapping[str, str]  # by folder ID; what the daemon can't read in them
    system: str = ""  # the daemon's operating system as Go names it; only if it matters to a declared path
    password_matches: bool = False  # whether the declared plain GUI password is the one in force
    home: str = ""  # what ~ stands for in paths; only if it is needed to compare them
    pending: t.Optional[Json] = None  # what is offered, as syncthing_info shows it; only if some of it is dismissed


class Plan(t.NamedTuple):
    changes: t.List[Change]
    warnings: t.List[str]
    device_ids: t.List[str]  # of desired.devices, which may be given by name; "" for an unknown one to remove


def parse_version(text: str) -> Version:
    """``v1.29.5-rc.1+12`` becomes (1, 29, 5)."""
    match = re.match(r"v?(\d{1,9}(\.\d{1,9})*)(?![\w.])", text, re.ASCII)
    return tuple(map(int, match.group(1).split("."))) if match else ()


def plan(current: Current, desired: Desired) -> Plan:
    """Compare; raise InvalidInput or UnsupportedFeature before anything can be written."""
    return _Planner(current, desired).plan()


_FOLDING = ("windows", "darwin", "ios")  # whose file systems take names in upper and lower case for the same
_PASSWORD_REMINDER = "authenticationUserAndPassword"


class _Planner:
    def __init__(self, current: Current, desired: Desired) -> None:
        self.current = current
        self.desired = desired
        self.devices: t.Dict[str, Json] = {device["deviceID"]: device for device in current.config["devices"]}
        self.folders: t.Dict[str, Json] = {folder["id"]: folder for folder in current.config["folders"]}
        self.changes: t.List[Change] = []
        self.warnings: t.List[str] = []
        self._names = Devices(self.devices)

    def plan(self) -> Plan:
        device_ids = [self._plan_device(device) for device in self.desired.devices]
        self._refuse_twice(device_ids, "devices", "device_id")
        if self.desired.purge.devices:
            self._purge_devices(set(device_ids))
        self._names = Devices(self.devices)  # those declared in the same run have names too
        self._refuse_twice([folder.id for folder in self.desired.folders], "folders", "id")
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
        self._check_places(present, known)
        self._refuse_silent_unsharing()
        self._plan_defaults()
        for section in self.desired.sections:
            self._plan_section(section)
        self._unshare_removed()
        self._acknowledge_password()
        self._plan_ignored()
        self._plan_ignored_devices()
        self._plan_dismissed()
        return Plan(self.changes, self.warnings, device_ids)

    # -- devices

    def _plan_device(self, wanted: Device) -> str:
        place = wanted.place + "device_id"
        ref = wanted.device
        if not wanted.present and not _device_id.looks_like_id(ref):
            # The name may have passed to another device, which this declaration gives it by ID.
            left = [found for found in self._names.by_name.get(ref, []) if found not in self._given_to(ref)]
            if not left:
                return ""  # removed before
            ref = left[0] if len(left) == 1 else ref
        device_id = self._names.resolve(ref, place, must_exist=False)
        before = self.devices.get(device_id)
        if not wanted.present:
            if device_id == self.current.my_id:
                raise InvalidInput("%s: this is the daemon's own device, which can't be removed." % place)
            if before:
                self._change("devices", device_id, before, None)
            return device_id
        after = self._merged_device(wanted, before, before or self._new_device(device_id))
        self._declare("devices", device_id, before, after, wanted.place)
        return device_id

    def _given_to(self, name: str) -> t.Set[str]:
        return {
            _names.normal(wanted.device, wanted.place + "device_id")
            for wanted in self.desired.devices
            if wanted.present and wanted.values.get("name") == name and _device_id.looks_like_id(wanted.device)
        }

    def _merged_device(self, wanted: Device, before: t.Optional[Json], base: Json) -> Json:
        after = dict(base)
        values = dict(wanted.values)
        if values.get("introducedBy"):
            values["introducedBy"] = self._names.resolve(values["introducedBy"], wanted.place + "introduced_by")
        ignored_folders = values.pop("ignoredFolders", None)
        if ignored_folders is not None:
            known = [entry.items() for entry in after["ignoredFolders"]]
            new = [entry for entry in ignored_folders if not any(entry.items() <= items for items in known)]
            _check(_schema.by_json(_schema.DEVICE)["ignoredFolders"], new, wanted.place)
            after["ignoredFolders"] = _ignored_folders(after["ignoredFolders"], ignored_folders)
        self._merge(after, values, _schema.DEVICE, wanted.place, before)
        self._merge_extra(after, wanted.extra, wanted.place)
        if after.get("untrusted"):
            for key in ("introducer", "autoAcceptFolders"):
                if after.get(key):
                    raise InvalidInput(
                        "%suntrusted: an untrusted device can't have %s on; Syncthing would turn it off silently. "
                        "Set %s to false too." % (wanted.place, _schema.snake(key), _schema.snake(key))
                    )
        return after

    def _new_device(self, device_id: str) -> Json:
        template = self.current.config.get("defaults", {}).get("device")
        return dict(template or _schema.FACTORY_DEVICE, deviceID=device_id, introducedBy="")

    # -- folders

    def _plan_folder(self, wanted: Folder) -> None:
        before = self.folders.get(wanted.id)
        after = self._merged_folder(wanted, before, before or self._new_folder(wanted))
        self._check_folder(wanted, before, after)
        self._declare("folders", wanted.id, before, after, wanted.place)
        if wanted.ignore_patterns is not None:
            now = self.current.ignores.get(wanted.id, [])
            if now != wanted.ignore_patterns:
                for number, line in enumerate(wanted.ignore_patterns):
                    wrong = _patterns.problem(line, wanted.ignore_patterns)
                    if wrong:
                        raise InvalidInput(
                            "%signore_patterns[%d]: %r %s. Syncthing would stop the folder over it."
                            % (wanted.place, number, line, wrong)
                        )
                self._change("ignores", wanted.id, now, wanted.ignore_patterns)

    def _merged_folder(self, wanted: Folder, before: t.Optional[Json], base: Json) -> Json:
        after = dict(base)
        values = dict(wanted.values)
        self._merge_versioning(after, values.pop("versioning", None), wanted.place)
        self._merge(after, values, _schema.FOLDER, wanted.place, before)
        self._merge_extra(after, wanted.extra, wanted.place)
        if wanted.shares is not None:
            after["devices"] = self._shares(after["devices"], wanted)
        self._check_system(wanted, before, after)
        self._check_release(wanted)
        if after["type"] == "receiveencrypted":
            _as_encrypted(after, self.current.version)
        return after

    def _new_folder(self, wanted: Folder) -> Json:
        if not wanted.values.get("path"):
            raise InvalidInput("%spath is required: the folder %r does not exist yet." % (wanted.place, wanted.id))
        template = self.current.config.get("defaults", {}).get("folder")
        folder = dict(template or _schema.FACTORY_FOLDER, id=wanted.id, label="")
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
            if wanted.append_shares or share["introducedBy"] and not self.desired.purge.introduced
        }
        asked: t.Dict[str, Share] = {}
        for entry in wanted.shares or ():
            device_id = self._names.resolve(entry.device, entry.place)
            if device_id in asked:
                raise InvalidInput(
                    "%s: the device %s is in the list twice, also as %s."
                    % (entry.place, device_id, asked[device_id].place)
                )
            asked[device_id] = entry
            share = now.get(device_id) or _share(device_id)
            if entry.encryption_password is not None:
                share = dict(share, encryptionPassword=entry.encryption_password)
            if entry.introduced_by is not None:
                place = entry.place + ".introduced_by"
                share = dict(
                    share, introducedBy=entry.introduced_by and self._names.resolve(entry.introduced_by, place)
                )
            shares[device_id] = share
        own = self.current.my_id
        shares.setdefault(own, now.get(own) or _share(own))
        return list(current) if shares == now else _sorted(shares)

    def _merge_versioning(self, folder: Json, declared: t.Optional[Json], place: str) -> None:
        if declared is None:
            return
        place += "versioning."
        before = folder["versioning"]
        versioning = folder["versioning"] = dict(before, params=dict(before["params"]))
        declared = dict(declared)
        params = declared.pop("params", None)
        if declared.get("type", before["type"]) != before["type"]:
            versioning["params"] = {}  # they belonged to the other type
        self._merge(versioning, declared, _schema.VERSIONING, place, before)
        allowed = _schema.VERSIONING_PARAMS_OF.get(versioning["type"], ())
        fields = _schema.by_json(_schema.VERSIONING_PARAMS)
        for key, value in (params or {}).items():
            if str(value) == versioning["params"].get(key):
                continue
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
            _check(fields[key], value, place + "params.")
            versioning["params"][key] = str(value)
        if versioning["type"] == "external" and not versioning["params"].get("command"):
            raise InvalidInput("%sparams.command is required by versioning type 'external'." % place)

    def _check_release(self, wanted: Folder) -> None:
        """Refuse what only a later release can store."""
        place, version = wanted.place, self.current.version
        delay = wanted.values.get("fsWatcherDelayS")
        if isinstance(delay, float) and version < (1, 23, 3):
            raise UnsupportedFeature("%sfs_watcher_delay_s must be whole seconds before Syncthing 1.23.3." % place)
        if version < (2,) and wanted.values.get("maxConcurrentWrites", 0) > 64:
            raise InvalidInput("%smax_concurrent_writes must be from 1 to 64 before Syncthing 2.0." % place)

    def _check_system(self, wanted: Folder, before: t.Optional[Json], after: Json) -> None:
        system, path = self.current.system, after["path"]
        if system and not (before and before["path"] == path) and checks.foreign_path(path, system):
            raise InvalidInput(
                f"{wanted.place}path: {path!r} is not a path of the daemon's system, which is {system}. Use a path "
                f"such as {checks.EXAMPLE_PATHS[system == 'windows']!r}."
            )

    def _check_folder(self, wanted: Folder, before: t.Optional[Json], after: Json) -> None:
        place = wanted.place
        version = self.current.version
        if before and before["type"] != after["type"] and "receiveencrypted" in (before["type"], after["type"]):
            raise InvalidInput(
                "%stype: Syncthing can't change the existing folder %r from %s to %s, since the data on disk differ. "
                "Remove the folder (state: absent; its files stay), move its directory away, then declare it "
                "again with an empty directory." % (place, wanted.id, before["type"], after["type"])
            )
        if after["type"] == "receiveencrypted":
            if wanted.ignore_patterns:
                raise InvalidInput(
                    "%signore_patterns can't work in a receiveencrypted folder: names are encrypted." % place
                )
            if wanted.values.get("ignorePerms") is False and version >= (1, 15):
                raise InvalidInput("%signore_perms: a receiveencrypted folder always ignores permissions." % place)

    def _check_places(self, present: t.Sequence[Folder], known: t.Mapping[str, Json]) -> None:
        """Compare where all folders are in the end: one may come to where another is no more."""
        coming = {
            wanted.id: wanted
            for wanted in present
            if wanted.id not in known or known[wanted.id]["path"] != self.folders[wanted.id]["path"]
        }
        others = [folder for folder in self.folders.values() if folder["id"] not in coming]
        for wanted in coming.values():
            self._check_place(wanted, known.get(wanted.id), self.folders[wanted.id], others)
            others.append(self.folders[wanted.id])

    def _check_place(self, wanted: Folder, before: t.Optional[Json], after: Json, others: t.Sequence[Json]) -> None:
        here = self._parts(after["path"])
        for other in others:
            there = self._parts(other["path"])
            if there == here:
                raise InvalidInput(
                    "%spath: the folder %r has the path %r already; two folders in one directory destroy each "
                    "other's data." % (wanted.place, other["id"], other["path"])
                )
            if inside(here, there) or inside(there, here):
                outer, inner = (other, after) if inside(here, there) else (after, other)
                self.warnings.append(
                    "%spath: the folder %r (%s) lies in the directory of folder %r (%s), which shares its files with "
                    "other devices too and changes or deletes them there. Use separate directories, or add the inner "
                    "one to the ignore patterns of the outer folder."
                    % (wanted.place, inner["id"], inner["path"], outer["id"], outer["path"])
                )
        if before and self._parts(before["path"]) != here:
            self.warnings.append(
                "%spath: Syncthing does not move the files of folder %r from %s to %s. Move them, together with %s, "
                "before the folder is used again; until then it stops with 'folder marker missing' or 'folder path "
                "missing'." % (wanted.place, wanted.id, before["path"], after["path"], after["markerName"])
            )

    def _parts(self, path: str) -> t.Tuple[str, ...]:
        found = parts(path, self.current.home)
        return tuple(map(_names.folded, found)) if self.current.system in _FOLDING else found

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
                        "The device %s (%s) is untrusted, and folder %r is shared with it without a password; "
                        "Syncthing would stop sharing it. Give its entry in the folder's devices an "
                        "encryption_password, or take it out." % (device["name"], device["deviceID"], folder["id"])
                    )

    # -- what is not declared

    def _purge_devices(self, declared: t.Set[str]) -> None:
        for device_id, device in list(self.devices.items()):
            if device_id in declared or device_id == self.current.my_id:
                continue
            if self.desired.purge.introduced or not device["introducedBy"]:
                self._change("devices", device_id, device, None)

    def _purge_folders(self, declared: t.Set[str]) -> None:
        accepting = [device for device in self.devices.values() if device["autoAcceptFolders"]]
        if accepting and not self.desired.purge.auto_accepted:
            raise InvalidInput(
                "purge: folders would remove what %s (%s) adds by auto_accept_folders, again and again. Set "
                "auto_accept_folders to false there, or purge_auto_accepted to true."
                % (accepting[0]["name"] or "a device", accepting[0]["deviceID"])
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
            if values.get("password") and not _schema.BCRYPT.match(before["password"]):
                before = dict(before, password="")  # plain text, which something else wrote, opens nothing
            self._gui_password(values, before, wanted.place)
        after = dict(before)
        self._merge(after, values, SECTIONS[wanted.name], wanted.place, before)
        self._merge_extra(after, wanted.extra, wanted.place)
        if values.get("password") and after["authMode"] == "ldap":
            raise InvalidInput(
                "%spassword does nothing with %sauth_mode ldap: leave it out." % (wanted.place, wanted.place)
            )
        if values.get("password") and not after["user"]:
            raise InvalidInput("%spassword does nothing without %suser: set both." % (wanted.place, wanted.place))
        for kind in ("Tcp", "Quic"):
            wan, lan = ("connectionPriority%s%s" % (kind, net) for net in ("Wan", "Lan"))
            if (wan in values or lan in values) and after.get(wan, 1) <= after.get(lan, 0):
                raise InvalidInput(
                    "%s%s must be larger than %s." % (wanted.place, _schema.snake(wan), _schema.snake(lan))
                )
        if wanted.name == "gui":
            self._check_socket(wanted.place, before, after)
        self._declare(wanted.name, "", before, after, wanted.place)

    @staticmethod
    def _check_socket(place: str, before: Json, after: Json) -> None:
        if (before["useTLS"], before["address"]) == (after["useTLS"], after["address"]):
            return
        if after["useTLS"] and after["address"].startswith("/"):
            raise InvalidInput(
                "%suse_tls can't be used with a UNIX socket, and %saddress is %r. Set use_tls to false, or use an "
                "address such as 127.0.0.1:8384." % (place, place, after["address"])
            )

    def _gui_password(self, values: Json, before: Json, place: str) -> None:
        password = values.get("password")
        if not password or password == before["password"]:
            return
        if _schema.BCRYPT.match(password):
            if self.current.version < (1, 25):
                raise UnsupportedFeature(
                    "%spassword: Syncthing before 1.25.0 takes a bcrypt hash for the password itself; give the "
                    "password as plain text." % place
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
                self._unknown("defaults." + name, "", _schema.Field(name, since=since + ".0"))
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
        folders: t.Dict[str, t.List[Offer]] = {}
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
        self._refuse_twice(
            [wanted.device_id for wanted in self.desired.ignored_devices], "ignored_devices", "device_id"
        )
        for wanted in self.desired.ignored_devices:
            device_id = wanted.device_id
            before = known.get(device_id)
            if not wanted.present:
                self._change("ignored_devices", device_id, before, None)
                continue
            if device_id == self.current.my_id or device_id in self.devices:
                raise InvalidInput(
                    "%sdevice_id: %s is %s, and Syncthing ignores unknown devices only. Remove it (state: absent in "
                    "devices), or do not ignore it."
                    % (
                        wanted.place,
                        device_id,
                        "this daemon" if device_id == self.current.my_id else "a configured device",
                    )
                )
            new = {"deviceID": device_id, "name": "", "address": "", "time": NEVER}
            self._declare("ignored_devices", device_id, before, dict(before or new, **wanted.values), wanted.place)

    def _plan_dismissed(self) -> None:
        if self.desired.dismissed and self.current.version < (1, 18):
            raise UnsupportedFeature(
                "Syncthing %s can't dismiss an offer; that came with 1.18.0. Accept or ignore it."
                % ".".join(map(str, self.current.version))
            )
        for offer in self.desired.dismissed:
            pending = self.current.pending or {}
            if offer.folder_id:
                now = pending["folders"].get(offer.folder_id, {}).get(offer.device_id)
                key = "%s/%s" % (offer.device_id, offer.folder_id)
                names = {"device_id": offer.device_id, "folder_id": offer.folder_id}
            else:
                now = pending["devices"].get(offer.device_id)
                key = offer.device_id
                names = {"device_id": offer.device_id}
            if now == offer.details:  # else it is gone, or was offered again
                kind = "pending_folders" if offer.folder_id else "pending_devices"
                self._change(kind, key, dict(now, **names), None)

    # -- any object

    @staticmethod
    def _refuse_twice(keys: t.Sequence[str], kind: str, option: str) -> None:
        if len(set(keys)) == len(keys):
            return
        seen: t.Dict[str, int] = {}
        for number, key in enumerate(keys):
            if key and key in seen:
                raise InvalidInput(
                    "%s[%d].%s: %s is declared already, as %s[%d]." % (kind, number, option, key, kind, seen[key])
                )
            seen[key] = number

    def _merge(self, target: Json, values: Json, table: Table, place: str, before: t.Optional[Json]) -> None:
        """Lay the declared values over an object; dicts are merged, everything else is replaced."""
        fields = _schema.by_json(table)
        for key, value in values.items():
            field = fields[key]
            if key not in target:
                self._unknown(field.option, place, field)
            elif isinstance(value, dict):
                inner = before.get(key) if before else None
                target[key] = dict(target[key])
                self._merge(target[key], value, field.fields, place + field.option + ".", inner)
                if target[key] != inner:
                    _check(field, target[key], place)
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
                _check_like(target[known], value, f"{place}extra.{key}")
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

    def _declare(self, kind: str, key: str, before: t.Any, after: t.Any, place: str) -> None:
        _storable.check(before, after, place)
        self._change(kind, key, before, after)

    def _change(self, kind: str, key: str, before: t.Any, after: t.Any) -> None:
        if before != after:
            self.changes.append(Change(kind, key, before, after))
            objects = {"devices": self.devices, "folders": self.folders}.get(kind, {})
            if after is None:
                objects.pop(key, None)
            else:
                objects[key] = after


def _check(field: Field, value: t.Any, place: str) -> None:
    wrong = field.problem(value)
    if wrong:
        raise InvalidInput(f"{place}{field.option} {wrong}.")
    if field.fields and isinstance(value, list):
        fields = _schema.by_json(field.fields)
        for number, item in enumerate(value):
            for key, inner in item.items():
                _check(fields[key], inner, f"{place}{field.option}[{number}].")


_KINDS = {bool: "true or false", float: "a number", str: "a string", list: "a list", dict: "a dict"}


def _kind(value: t.Any) -> t.Optional[type]:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float
    return next((kind for kind in _KINDS if isinstance(value, kind)), None)


def _check_like(now: t.Any, value: t.Any, place: str) -> None:
    """Refuse a value of another type than that of the daemon, which would answer with an error."""
    kind = _kind(now)
    if kind and _kind(value) is not kind:
        raise InvalidInput(f"{place} must be {_KINDS[kind]}, as in the daemon's configuration; it is {value!r}.")
    if kind is float and not -(2**63) <= value < 2**63:
        raise InvalidInput(f"{place} must be a number of 64 bits; it is {value!r}.")
    if kind is dict:
        for key in now.keys() & value.keys():
            _check_like(now[key], value[key], f"{place}.{key}")
    elif kind is list and now:
        for number, item in enumerate(value):
            _check_like(now[0], item, f"{place}[{number}]")


def _share(device_id: str) -> Json:
    return {"deviceID": device_id, "introducedBy": "", "encryptionPassword": ""}


def _sorted(shares: t.Dict[str, Json]) -> t.List[Json]:
    return [shares[device_id] for device_id in sorted(shares, key=_device_id.sort_key)]


NEVER = "0001-01-01T00:00:00Z"  # Go's zero time


def _ignored_folders(now: t.Sequence[Json], declared: t.Sequence[Json]) -> t.List[Json]:
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
