# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters fleet_members and fleet_servers; each is documented in the YAML file of its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.community.syncthing.plugins.filter.fleet import build, plain
from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.syncthing.plugins.module_utils._schema import device_ids
from ansible_collections.community.syncthing.plugins.plugin_utils import _servers

_PORTS = {"discovery": 8443, "relay": 22067}


def fleet_members(
    hosts: Any, hostvars: Any, *, known: Any = None, with_groups: bool = False
) -> dict[str, dict[str, Any]]:
    if not isinstance(hostvars, Mapping):
        raise AnsibleFilterError("fleet_members: pass hostvars.")
    known, asked = plain(known or {}), plain(hosts)
    if not isinstance(known, dict):
        raise AnsibleFilterError("fleet_members: known must be a dict of hosts with their device IDs.")
    return {
        host: _member(_Host("fleet_members", host, hostvars), known.get(host), with_groups)
        for host in checked(asked, hostvars)
    }


def fleet_servers(declared: Any, hostvars: Any, *, groups: Any, known: Any = None) -> dict[str, dict[str, str]]:
    if not isinstance(hostvars, Mapping):
        raise AnsibleFilterError("fleet_servers: pass hostvars.")
    known = plain(known or {})
    if not isinstance(known, dict) or not all(isinstance(ids, dict) for ids in known.values()):
        raise AnsibleFilterError("fleet_servers: known must have a dict of hosts with their device IDs for each kind.")
    try:
        fleet = build(declared, groups)
    except InvalidInput as exc:
        raise AnsibleFilterError(str(exc)) from None
    found: dict[str, dict[str, str]] = {}
    for kind, hosts in fleet.servers.hosts().items():
        found[kind] = {}
        for host in hosts:
            ids = known.get(kind, {})
            url = _server(_Host("fleet_servers", host, hostvars), kind, ids.get(host)) if host in hostvars else ""
            found[kind][host] = url or _listed_server(fleet.participants.listed.get(host, {}), host, kind)
    return found


def checked(hosts: Any, hostvars: Any) -> list[str]:
    """Return the hosts after refusing what is not a list of hosts."""
    if not isinstance(hosts, list):
        raise AnsibleFilterError("The input must be a list of inventory hosts.")
    for host in hosts:
        if not isinstance(host, str) or host not in hostvars:
            raise AnsibleFilterError(f"{host!r} is not a host of the inventory.")
    return hosts


class _Host:
    """The variables of a host, read with complaints that name the filter and the host."""

    def __init__(self, filter_name: str, name: str, hostvars: Mapping[str, Any]) -> None:
        self.name = name
        self.variables = hostvars[name]
        self._place = f"{filter_name}: {name}"
        if not isinstance(self.variables, Mapping):
            raise AnsibleFilterError(f"{filter_name}: the variables of {name} must be a dict.")

    def look(self, name: str, kind: type) -> Any:
        value = plain(self.variables.get(name)) or None
        if value is not None and not isinstance(value, kind):
            raise AnsibleFilterError(f"{self._place}: {name} must be a {'list' if kind is list else 'string'}.")
        return value

    def device_id(self, prefix: str, known: Any) -> str:
        """Return the ID of the daemon or server whose variables begin so; empty if it is not known."""
        if known is not None and not isinstance(known, str):
            raise AnsibleFilterError(f"{self._place}: the known device ID must be a string.")
        device_id = known or self.look(prefix + "device_id", str)
        certificate = self.look(prefix + "certificate", str)
        if certificate and not known:
            try:
                from_certificate = device_ids.from_certificate(certificate)
                if device_id and device_ids.normalise(device_id) != from_certificate:
                    raise InvalidInput(
                        f"{prefix}device_id is {device_id}, but {prefix}certificate is that of {from_certificate}: "
                        "correct or remove one of them."
                    )
            except InvalidInput as exc:
                raise AnsibleFilterError(f"{self._place}: {exc}") from None
            device_id = from_certificate
        return device_id or ""


def _member(host: _Host, known: Any, with_groups: bool) -> dict[str, Any]:
    member = {
        "device_id": host.device_id("syncthing_", known),
        "addresses": host.look("syncthing_addresses", list) or ["dynamic"],
    }
    if with_groups:
        member["groups"] = plain(host.variables.get("group_names") or [])
        urls = {kind + "_server": _server(host, kind, None) for kind in _PORTS}
        member.update((key, url) for key, url in urls.items() if url)
    return member


def _server(host: _Host, kind: str, known: Any) -> str:
    """Return the URL of a server on this host; empty if its device ID is not known."""
    prefix = f"syncthing_{kind}_"
    device_id = host.device_id(prefix, known)
    if not device_id:
        return ""
    address = host.look(prefix + "address", str) or host.name
    return _servers.url(kind, address, plain(host.variables.get(prefix + "port")) or _PORTS[kind], device_id)


def _listed_server(item: Mapping[str, Any], host: str, kind: str) -> str:
    url = item.get(kind + "_server", "")
    if not isinstance(url, str):
        raise AnsibleFilterError(f"hosts: {host}: {kind}_server must be a string.")
    return url


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"fleet_members": fleet_members, "fleet_servers": fleet_servers}
