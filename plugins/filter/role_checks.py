# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters that the role decides with; each is documented in the YAML file of its name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.plugins.loader import module_loader
from ansible_collections.community.syncthing.plugins.filter.fleet import build, fleet_peers, plain
from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.syncthing.plugins.plugin_utils import (
    _role_plan,
    _role_refusals,
    _role_settings,
    _servers,
    _service,
)
from ansible_collections.community.syncthing.plugins.plugin_utils._fleet import Fleet
from ansible_collections.community.syncthing.plugins.plugin_utils._variables import complaints, told

_FIREWALLS = {"firewalld": "ansible.posix.firewalld", "ufw": "community.general.ufw"}
# What limits how a member finds others.
_LIMITS = {"global_announce_enabled", "global_announce_servers", "local_announce_enabled", "relays_enabled"}


def wrong_variables(names: Any, values: Any) -> list[str]:
    return complaints(plain(names), _mapping(values, "wrong_variables", "variables"))


def wrong_identity(certificate: Any, private_key: Any, *, prefix: str = "syncthing_") -> str:
    return _role_refusals.wrong_identity(*(str(plain(pem) or "") for pem in (certificate, private_key)), prefix)


def differing_files(files: Any, found: Any, *, mode: str = "0644") -> list[str]:
    return _role_plan.differing(plain(files), _mapping(found, "differing_files", "the files of syncthing_probe"), mode)


def software_users(enabled: Any, unit: Any, drop_ins: Any = (), daemons: Any = ()) -> list[str]:
    units = [line.partition(".service")[0] for line in plain(enabled)]
    # Debian's own has a unit that is no daemon, and in check mode, the one to remove is still enabled.
    none = {plain(unit), "syncthing@", "syncthing-resume"}
    return [name for name in units if name not in none] + plain(drop_ins) + plain(daemons)


def unit_quote(value: Any) -> str:
    return _service.quote(str(plain(value)))


def role_layout(variables: Any) -> dict[str, Any]:
    return _role_plan.layout(told(_mapping(variables, "role_layout", "variables")))


def kept_id(found: Any, state: Any, certificate: Any) -> str:
    return _role_plan.kept_id(plain(found), plain(state), str(plain(certificate) or ""))


def role_plan(
    variables: Any,
    before: Any,
    *,
    names: Any = (),
    host: Any = "",
    groups: Any = MappingProxyType({}),
    device_id: Any = "",
    apt_source: Any = "",
    check_mode: Any = False,
) -> dict[str, Any]:
    values, found = (_mapping(given, "role_plan", "variables and results") for given in (variables, before))
    given, refused = told(values), complaints(plain(names), values)
    if refused:  # The rest can only be told of variables that are of the right kind.
        return {**_role_plan.layout(given), "refusals": refused}
    folders = given["folders"]
    if given["fleet"] and given["state"] == "present":
        try:
            fleet = build(given["fleet"], groups)
            fleet.refuse_purge(given["purge"])
            folders = fleet.result(plain(host), {}, "skip")["folders"] + folders
        except InvalidInput as exc:
            refused.append(str(exc))
    plan = _role_plan.plan(given, found, folders, plain(apt_source), bool(check_mode))
    if given["state"] == "present":
        refused += _role_refusals.refusals(given, found, plan, str(plain(device_id) or ""), bool(check_mode))
    return {**plan, "refusals": refused}


def role_settings(variables: Any, plan: Any, now: Any) -> dict[str, Any]:
    return _role_settings.settings(told(_mapping(variables, "role_settings", "variables")), plain(plan), plain(now))


def role_progress(changed: Any, before: Any, now: Any, *, device_id: Any, folders: Any) -> dict[str, Any]:
    changes = _mapping(changed, "role_progress", "what has changed")
    return _role_plan.progress(changes, plain(before), plain(now), plain(device_id), plain(folders))


def wrong_program(after: Any, before: Any, plan: Any, *, log_level: Any = "", proxy: Any = "") -> str:
    used = {"log_level": plain(log_level), "proxy": plain(proxy)}
    found = _mapping(after, "wrong_program", "what syncthing_install_info returns")
    return " ".join(_role_refusals.wrong_program(found, plain(before), plain(plan), used))


def too_old(version: Any, before: Any) -> str:
    return " ".join(_role_refusals.too_old(plain(version), _mapping(before, "too_old", "what syncthing_probe returns")))


def wrong_firewall(steps: Any) -> list[str]:
    names = [_FIREWALLS[step] for step in plain(steps)]
    missing = [name for name in names if not module_loader.find_plugin_with_context(name).resolved]
    collections = " ".join(name.rpartition(".")[0] for name in missing)
    sentence = (
        f"To open and close ports on this host, the control node requires {' and '.join(missing)}. Install the "
        f"collection with ansible-galaxy collection install {collections}, or set syncthing_open_ports to false."
    )
    return [sentence] * bool(missing)


def _mapping(value: Any, name: str, meant: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise AnsibleFilterError(f"{name}: pass a dictionary of {meant}.")
    found: dict[str, Any] = plain(value)
    return found


def fleet_gaps(
    declared: Any,
    host: str,
    hostvars: Any,
    *,
    members: Any,
    servers: Any,
    groups: Any,
    options: Any = None,
    devices: Any = None,
) -> dict[str, list[str]]:
    """Return what is not known for this host yet: device IDs of members and servers, and how it finds which members."""
    if not declared:
        return dict.fromkeys(("servers", "asked_for", "unknown", "apart"), [])
    known, urls, given = plain(members), plain(servers), plain(declared.get("hosts") or {})
    without = {name for name, member in known.items() if not member["device_id"]}
    peers = fleet_peers(declared, host, groups=groups)
    return {
        "servers": [kind for kind in ("discovery", "relay") if "" in urls[kind].values()],
        # also those that have been asked and did not tell
        "asked_for": sorted({*peers} - {*known} | without - {*given}),
        "unknown": [name for name in peers if name not in given and (name not in known or name in without)],
        "apart": fleet_apart(declared, host, hostvars, groups=groups, options=options, devices=devices),
    }


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
        functions = (
            wrong_variables,
            wrong_identity,
            wrong_program,
            wrong_firewall,
            too_old,
            differing_files,
            software_users,
            unit_quote,
            fleet_gaps,
            role_layout,
            kept_id,
            role_plan,
            role_settings,
            role_progress,
        )
        return {function.__name__: function for function in functions}
