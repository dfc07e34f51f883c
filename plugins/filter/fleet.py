# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters fleet and fleet_peers; each is documented in the YAML file of its name."""

from __future__ import annotations

import functools
import pickle
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.syncthing.plugins.plugin_utils._fleet import Fleet


def fleet(
    declared: Any,
    host: str,
    *,
    members: Any,
    groups: Any,
    missing: str = "fail",
    purge: Any = (),
    options: Any = (),
    servers: Any = (),
) -> Any:
    if missing not in ("fail", "skip"):
        raise AnsibleFilterError(f"missing is {missing!r}; it must be fail or skip.")
    if not isinstance(members, Mapping):
        raise AnsibleFilterError("members must be a dict of inventory hosts with their device IDs.")
    own, known = plain(options or {}), plain(servers or {})
    if not isinstance(own, dict):
        raise AnsibleFilterError("options must be a dict of the daemon's settings.")
    if not isinstance(known, dict) or not all(isinstance(urls, dict) for urls in known.values()):
        raise AnsibleFilterError("servers must be what the filter fleet_servers returns.")
    try:
        found = build(declared, groups)
        chosen = plain(purge or [])
        if not isinstance(chosen, list):
            raise AnsibleFilterError("purge must be a list.")
        found.refuse_purge(chosen)
        return found.result(plain(host), plain(members), missing, own, known)
    except InvalidInput as exc:
        raise AnsibleFilterError(str(exc)) from None


def fleet_peers(declared: Any, hosts: Any, *, groups: Any) -> Any:
    asked = plain(hosts)
    if not isinstance(asked, (str, list)):
        raise AnsibleFilterError("hosts must be a list of inventory hosts, or one.")
    try:
        return build(declared, groups).peers([asked] if isinstance(asked, str) else asked)
    except InvalidInput as exc:
        raise AnsibleFilterError(str(exc)) from None


def build(declared: Any, groups: Any) -> Fleet:
    if not isinstance(groups, Mapping):
        raise AnsibleFilterError("groups must be the variable groups of the inventory: pass groups=groups.")
    return _built(pickle.dumps((plain(declared), plain(groups))))


# A task asks several times, and the checks of a large fleet take longer than what is asked of it.
@functools.lru_cache(maxsize=2)
def _built(given: bytes) -> Fleet:
    return Fleet(*pickle.loads(given))


def plain(value: Any) -> Any:
    """Turn what Ansible hands out (tagged, lazy, unsafe, encrypted) into Python's own types, and copy it."""
    if value is None or type(value) in (str, bool, int, float):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, (int, float)):
        return int(value) if isinstance(value, int) else float(value)
    if isinstance(value, Mapping):
        return {plain_key(key): plain(content) for key, content in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(content) for content in value]
    return str(value)  # text from a vault, which is decrypted by this


def plain_key(key: Any) -> Any:
    found = plain(key)
    return found if key is None or isinstance(found, (str, bool, int, float)) else str(key)


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"fleet": fleet, "fleet_peers": fleet_peers}
