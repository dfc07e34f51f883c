# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters that the role decides with; each is documented in the YAML file of its name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.plugins.loader import module_loader
from ansible_collections.community.syncthing.plugins.filter.fleet import build, plain
from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.syncthing.plugins.module_utils._setup import identity
from ansible_collections.community.syncthing.plugins.plugin_utils import _servers, _service
from ansible_collections.community.syncthing.plugins.plugin_utils._fleet import Fleet
from ansible_collections.community.syncthing.plugins.plugin_utils._variables import complaints

# What limits how a member finds others.
_LIMITS = {"global_announce_enabled", "global_announce_servers", "local_announce_enabled", "relays_enabled"}


def wrong_variables(names: Any, values: Any) -> list[str]:
    if not isinstance(values, Mapping):
        raise AnsibleFilterError("wrong_variables: values must be a dictionary of variables.")
    return complaints(plain(names), plain(values))


def wrong_identity(certificate: Any, private_key: Any, *, prefix: str = "syncthing_") -> str:
    """The module says the same, but is not run on a host that has this identity already."""
    try:
        identity.given(*(str(plain(pem) or "") for pem in (certificate, private_key)))
    except InvalidInput as exc:
        return f"{prefix}certificate and {prefix}private_key: {exc}"
    return ""


def differing_files(files: Any, found: Any, *, mode: str = "0644") -> list[str]:
    if not isinstance(found, Mapping):
        raise AnsibleFilterError("differing_files: found must be the files that syncthing_probe returns.")
    found = plain(found)
    differing = []
    for file in plain(files):
        expected = {"sha256": hashlib.sha256(file["content"].encode()).hexdigest(), "mode": mode}
        if found.get(file["path"]) != expected:
            differing.append(file["path"])
    return differing


def software_users(enabled: Any, unit: Any, drop_ins: Any = (), daemons: Any = ()) -> list[str]:
    units = [line.partition(".service")[0] for line in plain(enabled)]
    # Debian's own has a unit that is no daemon, and in check mode, the one to remove is still enabled.
    none = {plain(unit), "syncthing@", "syncthing-resume"}
    return [name for name in units if name not in none] + plain(drop_ins) + plain(daemons)


def wrong_service(variables: Any) -> list[str]:
    if not isinstance(variables, Mapping):
        raise AnsibleFilterError("wrong_service: pass a dictionary of variables.")
    return list(_service.complaints(plain(variables)))


def unit_quote(value: Any) -> str:
    return _service.quote(str(plain(value)))


def listening_ports(options: Any, gui_address: Any = "", found: Any = None) -> list[str]:
    if not isinstance(options, Mapping):
        raise AnsibleFilterError("listening_ports: pass a dictionary of options.")
    return _service.ports(plain(options), str(plain(gui_address) or ""), plain(found) or {})


def missing_modules(names: Any) -> list[str]:
    return [name for name in plain(names) if not module_loader.find_plugin_with_context(name).resolved]


def fleet_apart(
    declared: Any, host: str, hostvars: Any, *, groups: Any, options: Any = None, devices: Any = None
) -> list[str]:
    if not isinstance(hostvars, Mapping):
        raise AnsibleFilterError("fleet_apart: pass hostvars.")
    own = plain(options) or {}
    host = plain(host)
    # Who has turned it off says so itself, and who has a static address tells it to all others.
    if not _LIMITS.intersection(own) or _static(_variable(hostvars, host, "syncthing_addresses")):
        return []
    try:
        found = build(declared, groups)
    except InvalidInput as exc:
        raise AnsibleFilterError(str(exc)) from None
    mine, all_ways = _ways(own, found), _ways({}, found)
    if mine == all_ways:
        return []
    known = {str(device.get("name") or ""): device for device in plain(devices) or [] if isinstance(device, dict)}
    peers = {*known} - {""}
    for folder in found.folders:
        if host in folder.members:
            peers.update(found.partners(folder, host))
    apart = []
    for peer in sorted(peers - {host}):
        told = {**found.participants.outside, **found.participants.listed, **known}.get(peer) or {}
        if _static(told.get("addresses")) or _static(_variable(hostvars, peer, "syncthing_addresses")):
            continue
        # what others have is not known here: they are taken to have what the fleet has
        theirs = _ways(_variable(hostvars, peer, "syncthing_options"), found) if peer in hostvars else all_ways
        if not mine & theirs:
            apart.append(peer)
    return apart


def _variable(hostvars: Any, host: str, name: str) -> Any:
    return plain(hostvars[host].get(name)) if host in hostvars else None


def _static(addresses: Any) -> bool:
    listed = addresses if isinstance(addresses, list) else [addresses or ""]
    return any(address not in ("", "dynamic") for address in listed)


def _ways(options: Any, fleet: Fleet) -> set[str]:
    """How a member finds others: locally, by a relay, or with public or private discovery servers."""
    own = options if isinstance(options, dict) else {}
    found = {"local"} if _servers.is_true(own.get("local_announce_enabled")) else set()
    if fleet.servers.entries["relays"] and _servers.is_on(own, "relays"):
        found.add("relays")
    if _servers.is_on(own, "discovery") and own.get("global_announce_servers") != []:
        # which private ones is not compared, as one may have several names
        private = [_servers.is_url(server) for server in _servers.own_servers(own)] or [
            bool(fleet.servers.entries["discovery"])
        ]
        found.update("private" if each else "public" for each in private)
    return found


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {
            "wrong_variables": wrong_variables,
            "wrong_identity": wrong_identity,
            "differing_files": differing_files,
            "software_users": software_users,
            "fleet_apart": fleet_apart,
            "wrong_service": wrong_service,
            "unit_quote": unit_quote,
            "listening_ports": listening_ports,
            "missing_modules": missing_modules,
        }
