# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter fleet_members, documented in the YAML file of its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.community.syncthing.plugins.filter.fleet import plain
from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.syncthing.plugins.module_utils._schema import device_ids


def fleet_members(
    hosts: Any, hostvars: Any, *, known: Any = None, with_groups: bool = False
) -> dict[str, dict[str, Any]]:
    if not isinstance(hostvars, Mapping):
        raise AnsibleFilterError("fleet_members: pass hostvars.")
    known, asked = plain(known or {}), plain(hosts)
    if not isinstance(known, dict):
        raise AnsibleFilterError("fleet_members: known must be a dict of hosts with their device IDs.")
    return {host: _member(host, hostvars[host], known.get(host), with_groups) for host in checked(asked, hostvars)}


def checked(hosts: Any, hostvars: Any) -> list[str]:
    """Return the hosts after refusing what is not a list of hosts."""
    if not isinstance(hosts, list):
        raise AnsibleFilterError("The input must be a list of inventory hosts.")
    for host in hosts:
        if not isinstance(host, str) or host not in hostvars:
            raise AnsibleFilterError(f"{host!r} is not a host of the inventory.")
    return hosts


def _member(host: str, variables: Any, known: str | None, with_groups: bool) -> dict[str, Any]:
    def look(name: str, kind: type) -> Any:
        value = plain(variables.get(name)) or None
        if value is not None and not isinstance(value, kind):
            raise AnsibleFilterError(f"fleet_members: {host}: {name} must be a {'list' if kind is list else 'string'}.")
        return value

    if not isinstance(variables, Mapping):
        raise AnsibleFilterError(f"fleet_members: the variables of {host} must be a dict.")
    if known is not None and not isinstance(known, str):
        raise AnsibleFilterError(f"fleet_members: {host}: the known device ID must be a string.")
    device_id = known or look("syncthing_device_id", str)
    certificate = look("syncthing_certificate", str)
    if certificate and not known:
        try:
            from_certificate = device_ids.from_certificate(certificate)
            if device_id and device_ids.normalise(device_id) != from_certificate:
                raise InvalidInput(
                    f"syncthing_device_id is {device_id}, but syncthing_certificate is that of {from_certificate}: "
                    "correct or remove one of them."
                )
        except InvalidInput as exc:
            raise AnsibleFilterError(f"fleet_members: {host}: {exc}") from None
        device_id = from_certificate
    member = {"device_id": device_id or "", "addresses": look("syncthing_addresses", list) or ["dynamic"]}
    return dict(member, groups=plain(variables.get("group_names") or [])) if with_groups else member


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"fleet_members": fleet_members}
