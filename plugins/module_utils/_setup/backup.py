# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""What makes a daemon itself, to be kept elsewhere and brought back: identity and configuration, never the database.

A daemon without its database takes each file that it finds for a new one. If a file was deleted elsewhere, it would
send it to all others again. So the folders that can send are paused in what is brought back.
"""

from __future__ import annotations

import fcntl
import os
import re
import typing as t
from xml.etree import ElementTree

from .._errors import DiscoveryError, InvalidInput, UnsupportedFeature
from .._host import accounts, directories
from .._host.files import open_file
from .._schema import patterns as ignore_patterns
from .._schema.field import Json
from . import identity, initial_config
from .installation import Installation, Program, first_release

FORMAT = 1
_LIMIT = 16 * 1024 * 1024
_MODES = {"https-key.pem": 0o600, "https-cert.pem": 0o644, "config.xml": 0o600}  # in this order they are put in place
_NEVER_SEND = ("receiveonly", "receiveencrypted")
_LOCKS = ("syncthing.lock", "index-v0.14.0.db/LOCK")  # of Syncthing 2 and 1


class SavedFolder(t.NamedTuple):
    id: str
    path: str
    type: str
    paused: bool
    devices: list[str]  # IDs of the others

    @property
    def sends(self) -> bool:
        return bool(self.devices) and not self.paused and self.type not in _NEVER_SEND


class Backup(t.NamedTuple):
    pair: identity.Pair
    files: dict[str, str]  # beside the pair
    ignore_patterns: dict[str, list[str]]  # lines by folder ID

    @property
    def folders(self) -> list[SavedFolder]:
        return [folder for folder, _element in _folders(_parsed(self.files["config.xml"]), self.pair.device_id)]

    def as_json(self) -> Json:
        return {
            "format": FORMAT,
            "device_id": self.pair.device_id,
            "files": {"cert.pem": self.pair.certificate, "key.pem": self.pair.private_key, **self.files},
            "ignore_patterns": self.ignore_patterns,
        }


def from_json(data: t.Any) -> Backup:
    """Return what ``as_json`` made; raises InvalidInput for anything else."""
    if not isinstance(data, dict) or "format" not in data:
        raise InvalidInput("src: this is not a backup that syncthing_backup created.")
    if data["format"] != FORMAT:
        raise InvalidInput(f"src: the backup has format {data['format']}. Upgrade this collection to recover from it.")
    files, patterns = data.get("files"), data.get("ignore_patterns")
    wanted = {"cert.pem", "key.pem", "config.xml"}
    if (
        not (isinstance(files, dict) and isinstance(patterns, dict) and wanted <= set(files))
        or not _are_texts(files.values())
        or not all(isinstance(lines, list) and _are_texts(lines) for lines in patterns.values())
    ):
        raise InvalidInput("src: the backup is not complete. Use another one.")
    try:
        pair = identity.given(files["cert.pem"], files["key.pem"])
    except InvalidInput as exc:
        raise InvalidInput(f"src: the backup has no usable identity: {exc}") from None
    if pair is None:
        raise InvalidInput("src: the backup has no identity. Use another one.")
    found = Backup(pair, {name: files[name] for name in _MODES if name in files}, patterns)
    _parsed(found.files["config.xml"])
    return found


def _are_texts(values: t.Iterable[t.Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def collect(folder: str, account: accounts.Account) -> tuple[Backup, list[str]]:
    """Read a daemon's files; return them and what to warn of."""
    found = identity.look(folder, account)
    if found.pair is None or found.unfinished:
        raise DiscoveryError(
            f"{folder} has no identity to back up: {found.broken or 'there is no complete cert.pem and key.pem'}. Set "
            "user and config_dir to those of the daemon, or run syncthing_identity."
        )
    with accounts.acting_as(account):
        read = {name: accounts.read(os.path.join(folder, name), _LIMIT) for name in _MODES}
    files = {name: text for name, text in read.items() if text is not None}
    if "config.xml" not in files:
        raise DiscoveryError(f"{folder} has no config.xml to back up: start the daemon once, which creates it.")
    patterns: dict[str, list[str]] = {}
    warnings = []
    backup = Backup(found.pair, files, patterns)
    for entry in backup.folders:
        try:
            with accounts.acting_as(account):
                text = accounts.read(os.path.join(_root(entry, account), ".stignore"), _LIMIT)
        except (OSError, DiscoveryError) as exc:
            warnings.append(f"The ignore patterns of the folder {entry.id!r} are not in the backup: {exc}")
            continue
        if text is not None:
            patterns[entry.id] = ignore_patterns.lines(text)
    return backup, warnings


def recover(
    backup: Backup, installation: Installation, force: bool, pause: bool, check_mode: bool
) -> tuple[bool, list[str]]:
    """Bring the files back where they are missing; return whether any was, and what to warn of."""
    account, program, folder = installation
    _check_version(backup, program)
    if not account or not folder:
        return True, []
    accounts.check_owner(folder, account)
    found = identity.look(folder, account)
    pair = identity.choose(found, backup.pair, force, folder)
    if initial_config.exists(folder, account) and not force:
        if pair is found.pair:
            return False, []
        raise InvalidInput(
            f"{folder} has a config.xml, but not the identity of {backup.pair.device_id}. Set force to true to replace "
            "it."
        )
    _check_stopped(folder, account)
    if check_mode:
        return True, []
    directories.create_private(folder, account)
    identity.settle(folder, account, backup.pair, force, None)
    files = backup.files
    if pause:
        files = dict(files, **{"config.xml": paused(files["config.xml"], backup.pair.device_id)})
    with accounts.locked(folder, account):
        accounts.replace(folder, account, {name: (files[name], mode) for name, mode in _MODES.items() if name in files})
    return True, _bring_patterns(backup, account)


def paused(config: str, device_id: str) -> str:
    """Return this config.xml with all folders paused that can send."""
    root = _parsed(config)
    for folder, element in _folders(root, device_id):
        if folder.sends:
            child = element.find("paused")
            (ElementTree.SubElement(element, "paused") if child is None else child).text = "true"
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _bring_patterns(backup: Backup, account: accounts.Account) -> list[str]:
    """Write ignore patterns where there are none, with no more rights than the daemon itself has."""
    warnings = []
    for entry in backup.folders:
        lines = backup.ignore_patterns.get(entry.id)
        if lines is None:
            continue
        root = _root(entry, account)
        place = os.path.join(root, ".stignore")
        try:
            with accounts.acting_as(account):
                os.makedirs(root, exist_ok=True)
                if not os.path.lexists(place):
                    accounts.write(place, "".join(line + "\n" for line in lines), 0o644)
        except OSError as exc:
            warnings.append(
                f"The ignore patterns of the folder {entry.id!r} could not be written to {place}: {exc.strerror}. "
                "Write them before you resume the folder."
            )
    return warnings


def _parsed(config: str) -> ElementTree.Element:
    try:
        root = initial_config.parse(config)
    except ElementTree.ParseError:
        raise DiscoveryError("config.xml can't be read: it is not valid XML.") from None
    if root.tag != "configuration":
        raise DiscoveryError("config.xml is not Syncthing's configuration.")
    return root


def _folders(root: ElementTree.Element, device_id: str) -> t.Iterator[tuple[SavedFolder, ElementTree.Element]]:
    for element in root.findall("folder"):
        yield (
            SavedFolder(
                id=element.get("id", ""),
                path=element.get("path", ""),
                type=element.get("type", "sendreceive"),
                paused=(element.findtext("paused") or "").strip() == "true",
                devices=[other for device in element.findall("device") if (other := device.get("id", "")) != device_id],
            ),
            element,
        )


def _root(folder: SavedFolder, account: accounts.Account) -> str:
    return os.path.join(account.home, re.sub(r"\A~(/|\Z)", lambda _match: account.home + "/", folder.path))


def _check_version(backup: Backup, program: Program | None) -> None:
    version = _parsed(backup.files["config.xml"]).get("version", "")
    needed = first_release(int(version)) if version.isdecimal() and len(version) < 10 else ""
    if program and needed and program.key < tuple(int(part) for part in needed.split(".")):
        raise UnsupportedFeature(
            f"src: the backup is of Syncthing {needed} or later, and Syncthing {program.version} can't read its "
            "configuration. Install a newer release first."
        )


def _check_stopped(folder: str, account: accounts.Account) -> None:
    """Refuse to change the files of a running daemon, which would write its own over them."""
    for name in _LOCKS:
        try:
            with accounts.acting_as(account), open_file(os.path.join(folder, name)) as stream:
                fcntl.flock(stream.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InvalidInput(
                f"config_dir: a daemon runs in {folder}. Stop it first, and start it afterwards."
            ) from None
        except OSError:
            continue
