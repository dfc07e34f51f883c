# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: used by this collection only; it may change in any release.

"""The discovery servers and relays of a fleet, and what they mean for the options of a member. Pure."""

from __future__ import annotations

import re
import typing as t

from ansible.module_utils.parsing.convert_bool import BOOLEANS_FALSE

from ..module_utils._errors import InvalidInput
from ..module_utils._schema import checks
from ..module_utils._schema.field import Json

# By the key of the fleet: the kind of server, its role and the key of a listed host's URL are named after it.
KINDS = {"discovery": "discovery", "relays": "relay"}
# What "default" means to Syncthing, but for the public relays.
LISTENERS = ("tcp://0.0.0.0:22000", "quic://0.0.0.0:22000")
_SWITCH = {"discovery": "global_announce_enabled", "relays": "relays_enabled"}
_FALSE = {str(value).lower() for value in BOOLEANS_FALSE}
_URL = {"discovery": "https://{place}/?id={device_id}", "relay": "relay://{place}/?id={device_id}"}
_HAS_PORT = re.compile(r"(\[[^]]*\]|[^\]:\[]+):[0-9]+\Z")
_TOKEN = re.compile(r"[A-Za-z0-9._~-]+\Z")

# What is known of them: kind to host to URL, which is empty as long as the device ID is not known.
Known = t.Mapping[str, t.Mapping[str, str]]


def url(kind: str, address: str, port: t.Any, device_id: str) -> str:
    """Return the URL of a server, by which members know that it is the right one."""
    place = address if _HAS_PORT.match(address) else f"{address}:{port}"
    return _URL[kind].format(place=place, device_id=device_id)


def is_url(entry: str) -> bool:
    return "://" in entry


def is_on(options: t.Mapping[str, t.Any], key: str) -> bool:
    """Whether these options of a member use such servers."""
    return is_true(options.get(_SWITCH[key]))


def is_true(value: t.Any) -> bool:
    """Whether a switch is on, as all of these are in the daemon where nothing is declared."""
    return str(value).lower() not in _FALSE


def own_servers(options: t.Mapping[str, t.Any]) -> list[str]:
    """Return the discovery servers that a member has declared for itself."""
    return _listed(options.get("global_announce_servers"))


class Servers:
    """``discovery`` and ``relays``: hosts of the inventory, and URLs of other servers, in the declared order."""

    def __init__(self, declared: Json, resolve: t.Callable[[t.Any, str], t.Sequence[str]]) -> None:
        self.entries = {key: _entries(declared.get(key), key, resolve) for key in KINDS}
        self.token = declared.get("relay_token")
        if self.token is None:
            return
        if not self.entries["relays"]:
            raise InvalidInput("relay_token is set, but there are no relays: add relays, or remove relay_token.")
        if not isinstance(self.token, str) or not _TOKEN.match(self.token):
            raise InvalidInput("relay_token must be a string of letters, digits and the characters . _ ~ and -.")

    def hosts(self) -> dict[str, list[str]]:
        """Return the hosts that are servers, by kind."""
        return {kind: [entry for entry in self.entries[key] if not is_url(entry)] for key, kind in KINDS.items()}

    def refuse_unknown(self, host: str, own: t.Mapping[str, t.Any], known: Known) -> None:
        """Refuse a server of which this member needs a device ID that is not known."""
        for key, kind in KINDS.items():
            if is_on(own, key) and not (key == "discovery" and own_servers(own)):
                for entry, found in self._urls(key, known).items():
                    if not found:
                        raise InvalidInput(
                            f"{host} needs the device ID of the {kind} server {entry}, which is not known: run the "
                            f"role community.syncthing.syncthing_{kind} on it, or set syncthing_{kind}_device_id or "
                            f"syncthing_{kind}_certificate in its variables."
                        )

    def options(self, own: t.Mapping[str, t.Any], known: Known) -> Json:
        """Return a member's own options with the servers. What depends on one that is not known is left out."""
        found = dict(own)
        for key, switch in _SWITCH.items():
            if self.entries[key] and found.get(switch) in (None, ""):
                found[switch] = True
        if self.entries["discovery"] and is_on(own, "discovery") and not own_servers(own):
            servers = self._urls("discovery", known).values()
            found.pop("global_announce_servers", None)
            if all(servers):
                found["global_announce_servers"] = list(servers)
        listeners = own.get("listen_addresses")
        if self.entries["relays"] and is_on(own, "relays") and listeners != [""]:
            urls = self._urls("relays", known)
            found.pop("listen_addresses", None)
            if all(urls.values()):
                joined = [self._with_token(entry, found) for entry, found in urls.items()]
                found["listen_addresses"] = list(dict.fromkeys([*(_listed(listeners) or LISTENERS), *joined]))
        return found

    def relays(self, own: t.Mapping[str, t.Any], known: Known) -> list[str] | None:
        """Return the relays by which a member reaches others; None as long as one of them is not known."""
        urls = list(self._urls("relays", known).values()) if is_on(own, "relays") else []
        return urls if all(urls) else None

    def _urls(self, key: str, known: Known) -> dict[str, str]:
        """Return entry to URL; a host's is empty if it is not known."""
        of_hosts = known.get(KINDS[key], {})
        urls = {entry: entry if is_url(entry) else of_hosts.get(entry, "") for entry in self.entries[key]}
        for entry, found in urls.items():
            problem = found and _problem(key, str(found))
            if problem:
                raise InvalidInput(f"{key}: {entry} {problem}.")
        return urls

    def _with_token(self, entry: str, found: str) -> str:
        # that of another server is in its URL
        return f"{found}&token={self.token}" if self.token and not is_url(entry) else found


def with_relays(addresses: list[str], relays: list[str] | None) -> Json:
    """Return the option ``addresses`` of a device that others look for; none as long as a relay is not known."""
    if "dynamic" not in addresses:
        return {"addresses": addresses}
    return {} if relays is None else {"addresses": list(dict.fromkeys([*addresses, *relays]))}


def _entries(given: t.Any, key: str, resolve: t.Callable[[t.Any, str], t.Sequence[str]]) -> list[str]:
    if given is not None and not isinstance(given, list):
        raise InvalidInput(f"{key} must be a list.")
    found: list[str] = []
    for item in given or []:
        if isinstance(item, str) and is_url(item):
            problem = _problem(key, item)
            if problem:
                raise InvalidInput(f"{key} {problem}.")
            found.append(item)
        else:
            found += resolve(item, key)
    return list(dict.fromkeys(found))


def _problem(key: str, found: str) -> str | None:
    if key == "discovery":
        return checks.discovery_servers([found])
    if not found.startswith("relay://"):
        return f"has {found!r}, which is not a relay. Use a host, or a URL such as 'relay://host:22067/?id=DEVICE-ID'"
    return checks.addresses([found])


def _listed(value: t.Any) -> list[str]:
    """Return a list of strings as Ansible reads an option of that type."""
    items = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    return [str(item).strip() for item in items if item not in (None, "")]
