# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter fleet_members, documented in the YAML file of its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.community.syncthing.plugins.filter.fleet import plain
from ansible_collections.community.syncthing.plugins.module_utils import _device_id
from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput


def fleet_members(
    hosts: Any, hostvars: Any, *, known: Any = None, with_groups: bool = False
) -> dict[str, dict[str, Any]]:
    if not isinstance(hostvars, Mapping):
        raise AnsibleFilterError("fleet_members: pass hostvars.")
    known = plain(known or {})
    return {host: _member(host, hostvars[host], known.get(host), with_groups) for host in plain(hosts)}


def _member(host: str, variables: Any, known: str | None, with_groups: bool) -> dict[str, Any]:
    def look(name: str) -> Any:
        return plain(variables.get(name)) or None

    device_id = known or look("syncthing_device_id")
    certificate = look("syncthing_certificate")
    if certificate and not known:
        try:
            from_certificate = _device_id.from_certificate(certificate)
            if device_id and _device_id.normalise(device_id) != from_certificate:
                raise InvalidInput(
                    "syncthing_device_id is %s, but syncthing_certificate is that of %s: correct or remove one of them."
                    % (device_id, from_certificate)
                )
        except InvalidInput as exc:
            raise AnsibleFilterError("fleet_members: %s: %s" % (host, exc)) from None
        device_id = from_certificate
    member = {"device_id": device_id or "", "addresses": look("syncthing_addresses") or ["dynamic"]}
    return dict(member, groups=plain(variables["group_names"])) if with_groups else member


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"fleet_members": fleet_members}
