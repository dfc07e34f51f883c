# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""What other devices offer: which of it is meant, and what accepting it comes to.

Names, labels and folder IDs are what a stranger wrote. None of them becomes part of a path without a check.
"""

from __future__ import annotations

import ipaddress
import re
import typing as t

from .._api.client import SyncthingClient
from .._api.offers import fetch_pending, show_pending
from .._config import desired
from .._config.current import Current
from .._config.desired import Desired, Offer
from .._errors import InvalidInput, NotFound, UnsupportedFeature
from .._schema import names, storable, tables
from .._schema.field import Json, Params, by_json
from .._schema.names import Claim, Patterns
from .._schema.paths import parts
from .._schema.shares import Share

_ANY = ["*"]
# What can be a directory's name anywhere: not hidden, no separator, no dots that lead elsewhere.
_SAFE_NAME = re.compile(r"\w([\w .-]*[\w-])?\Z")


def fetch(client: SyncthingClient) -> Json:
    """Return all that is offered."""
    pending = fetch_pending(client)
    if pending is None:
        raise UnsupportedFeature(
            f"Syncthing {client.version.lstrip('v')} does not list pending devices and folders; that came with 1.13.0."
        )
    return pending


# -- which


def select(pending: Json, current: Current, params: Params) -> list[Offer]:
    """Return the offers that the options choose; raise if one that is named can't be found.

    ``params`` are the options of syncthing_pending.
    """
    devices, networks = params["devices"], _networks(params["networks"])
    folders, offered_by = params["folders"], params["offered_by"]
    action = params["action"]
    if devices is networks is folders is offered_by is None:
        if action != "list":
            raise InvalidInput(
                f"Say what to {action}: set devices, networks, folders or offered_by. '*' stands for all."
            )
        devices = folders = _ANY
    offers: list[Offer] = []
    if devices is not None or networks is not None:
        found = [
            Offer(device_id, "", details)
            for device_id, details in pending["devices"].items()
            if networks is None or _is_in(details["address"], networks)
        ]
        named = [Claim(offer.device_id, offer.details["name"]) for offer in found]
        done = _done_devices(current, params)
        wanted = Patterns(
            [names.normal(ref, f"devices[{n}]") for n, ref in enumerate(_ANY if devices is None else devices)],
            {claim.id for claim in [*named, *(done or ())]},
        )
        _refuse_missing("devices", wanted, named, done, params["device"]["name"])
        offers += [offer for offer, claim in zip(found, named) if wanted.match(claim)]
    if folders is not None or offered_by is not None:
        sources = None
        if offered_by is not None:
            sources = {_known(current).resolve(ref, f"offered_by[{n}]") for n, ref in enumerate(offered_by)}
        found = [
            Offer(device_id, folder_id, details)
            for folder_id, by_device in pending["folders"].items()
            for device_id, details in by_device.items()
            if sources is None or device_id in sources
        ]
        named = [Claim(offer.folder_id, offer.details["label"]) for offer in found]
        done = _done_folders(current, params, sources)
        existing = {*pending["folders"], *(folder["id"] for folder in current.config["folders"])}
        wanted = Patterns(_ANY if folders is None else folders, existing)
        _refuse_missing("folders", wanted, named, done, params["folder"]["label"])
        offers += [offer for offer, claim in zip(found, named) if wanted.match(claim)]
    return sorted(offers, key=lambda offer: (offer.folder_id, offer.device_id))


def show(offers: t.Iterable[Offer]) -> Json:
    """Return offers as syncthing_info shows them."""
    chosen: Json = {"devices": {}, "folders": {}}
    for offer in offers:
        if offer.folder_id:
            chosen["folders"].setdefault(offer.folder_id, {})[offer.device_id] = offer.details
        else:
            chosen["devices"][offer.device_id] = offer.details
    return show_pending(chosen)


def _known(current: Current) -> names.Devices:
    return names.Devices({device["deviceID"]: device for device in current.config["devices"]})


_Networks = t.Sequence[t.Union[ipaddress.IPv4Network, ipaddress.IPv6Network]]


def _networks(values: t.Sequence[str] | None) -> _Networks | None:
    if values is None:
        return None
    networks = []
    for number, value in enumerate(values):
        try:
            networks.append(ipaddress.ip_network(value, strict=False))
        except ValueError:
            raise InvalidInput(
                f"networks[{number}]: {value!r} is not a network: use a form such as '192.168.0.0/16' or 'fd00::/8'."
            ) from None
    return networks


def _is_in(address: str, networks: _Networks) -> bool:
    """Whether an address as in ``192.0.2.1:22000`` or ``[fe80::1%eth0]:22000`` is in one of them."""
    try:
        host = ipaddress.ip_address(address.rpartition(":")[0].strip("[]").partition("%")[0])
    except ValueError:
        return False
    return any(host in network for network in networks)


def _refuse_missing(
    option: str,
    wanted: Patterns,
    offered: t.Sequence[Claim],
    done: t.Sequence[Claim] | None,
    renamed: str | None,
) -> None:
    """A name without wildcards stands for something that is offered, or where all is done already."""
    if done is None or any(renamed and renamed == claim.name for claim in done):
        return
    for number, pattern in enumerate(wanted.patterns):
        if not names.is_pattern(pattern) and not any(wanted.matches(pattern, claim) for claim in [*offered, *done]):
            raise NotFound(
                f"{option}[{number}]: {pattern!r} is not offered, or not by those that you chose. A device offers "
                "itself by trying to connect, and its folders once it is accepted: wait for it, or look at what "
                "syncthing_pending lists."
            )


def _done_devices(current: Current, params: Params) -> list[Claim] | None:
    """Which devices are accepted or ignored already; None where that does not matter."""
    if params["action"] == "accept":
        return [Claim(device["deviceID"], device["name"]) for device in current.config["devices"]]
    if params["action"] == "ignore":
        return [Claim(device["deviceID"], device["name"]) for device in current.config["remoteIgnoredDevices"]]
    return None


def _done_folders(current: Current, params: Params, sources: set[str] | None) -> list[Claim] | None:
    if params["action"] == "accept":
        return [
            Claim(folder["id"], folder["label"])
            for folder in current.config["folders"]
            if sources is None or any(share["deviceID"] in sources for share in folder["devices"])
        ]
    if params["action"] == "ignore":
        return [
            Claim(folder["id"], folder["label"])
            for device in current.config["devices"]
            if sources is None or device["deviceID"] in sources
            for folder in device["ignoredFolders"]
        ]
    return None


# -- what then


def accept(offers: t.Sequence[Offer], current: Current, params: Params) -> Desired:
    """Return what the daemon has when these are accepted."""
    return Desired(
        devices=_devices([offer for offer in offers if not offer.folder_id], current, params),
        folders=_folders([offer for offer in offers if offer.folder_id], current, params),
        unknown_fields=params["unknown_fields"],
    )


def _devices(offers: t.Sequence[Offer], current: Current, params: Params) -> list[desired.Device]:
    pattern = desired.device(params["device"], "device.")
    if "name" in pattern.values and len(offers) > 1:
        raise InvalidInput(
            f"device.name: {len(offers)} devices would get the same name "
            f"({', '.join(offer.device_id for offer in offers)}): choose one in devices."
        )
    taken = {names.folded(device["name"]) for device in current.config["devices"]}
    devices = []
    for offer in offers:
        values = dict(pattern.values)
        name = values.setdefault("name", storable.cleaned(offer.details["name"]))
        if name and "name" not in pattern.values and not names.is_name(name):
            raise InvalidInput(
                f"The device {offer.device_id} calls itself {name!r}, which looks like a device ID. Choose it alone, "
                "by its ID in devices, and give it another name with device.name."
            )
        if name and names.folded(name) in taken:
            raise InvalidInput(
                f"The device {offer.device_id} calls itself {name!r}, as another one does. Choose it alone, by its ID "
                "in devices, and give it another name with device.name, so that nothing is shared with the wrong one."
            )
        taken.add(names.folded(name))
        devices.append(pattern._replace(device=offer.device_id, values=values))
    return devices


def _folders(offers: t.Sequence[Offer], current: Current, params: Params) -> list[desired.Folder]:
    pattern = desired.folder(params["folder"], "folder.")
    path = pattern.values.get("path")
    base_path = params["base_path"]
    if path and base_path:
        raise InvalidInput("folder.path and base_path can't both be set: say where one folder is, or where all are.")
    known = _known(current)
    declared = {known.resolve(share.device, share.place): share for share in pattern.shares or ()}
    by_id: dict[str, list[Offer]] = {}
    for offer in offers:
        by_id.setdefault(offer.folder_id, []).append(offer)
    existing = {folder["id"]: folder for folder in current.config["folders"]}
    new = [folder_id for folder_id in by_id if folder_id not in existing]
    if path and len(new) > 1:
        raise InvalidInput(
            f"folder.path: {len(new)} folders would get the same directory ({', '.join(map(repr, new))}): choose one "
            "in folders, or use base_path."
        )
    folders = []
    for folder_id, offered in by_id.items():
        shares = {
            offer.device_id: declared.get(offer.device_id) or Share(offer.device_id, place="folder.devices")
            for offer in offered
        }
        if folder_id in existing:
            wanted = pattern._replace(values={}, extra={}, append_shares=True, ignore_patterns=None)
            kind = existing[folder_id]["type"]
        else:
            shares = dict(declared, **shares)
            values = dict(pattern.values)
            values["path"] = path or _path_below(base_path, folder_id)
            values.setdefault("label", storable.cleaned(offered[0].details["label"]))
            if any(offer.details.get("receiveEncrypted") for offer in offered):
                values.setdefault("type", "receiveencrypted")
            template = current.config.get("defaults", {}).get("folder") or tables.FACTORY_FOLDER
            kind = values.get("type", template["type"])
            append = pattern.append_shares or pattern.shares is None
            wanted = pattern._replace(values=values, append_shares=append)
        for offer in offered:
            _check_encryption(offer, kind, shares[offer.device_id].encryption_password)
        folders.append(wanted._replace(id=folder_id, shares=list(shares.values())))
    return folders


def _path_below(base_path: str | None, folder_id: str) -> str:
    if not base_path:
        raise InvalidInput(f"folder.path or base_path is needed: the folder {folder_id!r} does not exist yet.")
    wrong = by_json(tables.FOLDER)["path"].check(base_path)  # type: ignore[misc]  # this one has a check
    if wrong:
        raise InvalidInput(f"base_path {wrong}.")
    if not _SAFE_NAME.match(folder_id):
        raise InvalidInput(
            f"The folder ID {folder_id!r}, which another device chose, is not used as the name of a directory below "
            "base_path. Choose the folder alone and give it a folder.path."
        )
    return f"{base_path.rstrip('/')}/{folder_id}"


def _check_encryption(offer: Offer, kind: str, password: str | None) -> None:
    """The daemon takes it and then never exchanges a file, or has the plain data where only encrypted ones may be."""
    receives, remote = (offer.details.get(key) for key in ("receiveEncrypted", "remoteEncrypted"))
    place = f"The folder {offer.folder_id!r} is offered by {offer.device_id}"
    if receives and kind != "receiveencrypted":
        raise InvalidInput(
            f"{place} with encrypted data only, so it can't be of type {kind} here. Leave folder.type out or set it "
            "to receiveencrypted; a folder that exists already needs another ID on the other side."
        )
    if remote and kind != "receiveencrypted" and not password:
        raise InvalidInput(
            f"{place}, which keeps encrypted data only. Give it the encryption_password of the data, with an entry "
            "for the device in folder.devices, or set folder.type to receiveencrypted."
        )
    if receives is False and remote is False and kind == "receiveencrypted":
        raise InvalidInput(
            f"{place} in the clear, so it can't be of type receiveencrypted here. That needs an encryption_password "
            "for this device on the other side."
        )


def refuse_existing(client: SyncthingClient, wanted: Desired, current: Current, base_path: str | None) -> None:
    """Files that are there already would be sent to whoever made up the folder's ID."""
    if not base_path:
        return
    existing = {folder["id"] for folder in current.config["folders"]}
    for folder in wanted.folders:
        path = folder.values.get("path")
        if folder.id in existing or not path:
            continue
        # The daemon completes the path as for somebody who types it, with ~ and the directories above in its own way.
        found = client.get("/rest/system/browse", {"current": path}) or ()
        if any(_leaf(name) == _leaf(path) for name in found):
            raise InvalidInput(
                f"{path} exists already on the daemon's host, and what is in it would be shared as folder "
                f"{folder.id!r}. If that is what you want, choose the folder alone and give it this directory as "
                "folder.path."
            )


def _leaf(path: str) -> str:
    return parts(path)[-1].casefold()
