# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter prometheus_targets, documented in the YAML file of its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.community.syncthing.plugins.filter.fleet import plain
from ansible_collections.community.syncthing.plugins.filter.fleet_members import checked
from ansible_collections.community.syncthing.plugins.module_utils._api.discovery import listens_locally

_ANY = ("", "0.0.0.0", "[::]", "*")  # all addresses of the host


def prometheus_targets(hosts: Any, hostvars: Any, *, monitor: str = "") -> dict[str, Any]:
    if not isinstance(hostvars, Mapping):
        raise AnsibleFilterError("prometheus_targets: pass hostvars.")
    targets, skipped, keys = [], {}, {}
    for host in checked(plain(hosts), hostvars):
        variables = hostvars[host]
        if not isinstance(variables, Mapping):
            raise AnsibleFilterError(f"prometheus_targets: the variables of {host} must be a dict.")
        gui = plain(variables.get("syncthing_gui")) or {}
        if not isinstance(gui, dict):
            raise AnsibleFilterError(f"prometheus_targets: {host}: syncthing_gui must be a dictionary.")
        address = str(gui.get("address") or plain(variables.get("syncthing_gui_address")) or "")
        local = not address or listens_locally(address)
        if address.startswith("/"):
            skipped[host] = f"the GUI listens on the UNIX socket {address}"
        elif local and host != monitor:
            listens = f"the GUI listens on {address}" if address else "syncthing_gui_address is not set"
            skipped[host] = listens + ", so that other hosts cannot connect to it"
        else:
            tls = gui.get("use_tls", plain(variables.get("syncthing_gui_use_tls")))
            scheme = "https" if _on(host, tls) else "http"
            where = _target(host, address or "127.0.0.1:8384", str(plain(variables.get("ansible_host")) or host))
            targets.append({"targets": [where], "labels": {"instance": host, "__scheme__": scheme}})
            keys[host] = str(gui.get("api_key") or plain(variables.get("syncthing_api_key")) or "")
    return {"targets": targets, "skipped": skipped, "api_key": _one_key(keys)}


def _target(host: str, address: str, reached_at: str) -> str:
    name, _colon, port = address.rpartition(":")
    if not port.isascii() or not port.isdigit():
        raise AnsibleFilterError(f"prometheus_targets: {host}: syncthing_gui_address is {address!r}. It has no port.")
    if name in _ANY:
        name = f"[{reached_at}]" if ":" in reached_at else reached_at
    return f"{name}:{port}"


def _on(host: str, value: Any) -> bool:
    try:
        return value not in (None, "") and boolean(value)
    except TypeError:
        raise AnsibleFilterError(
            f"prometheus_targets: {host}: syncthing_gui_use_tls is {value!r}. It must be true or false."
        ) from None


def _one_key(keys: dict[str, str]) -> str:
    """Return the key of all; Prometheus can have one for each job, not for each target. No key is told in an error."""
    given = {key for key in keys.values() if key}
    if len(given) > 1 or (given and not all(keys.values())):
        lacking = [host for host, key in keys.items() if not key]
        reason = f"{', '.join(sorted(lacking))} have none" if lacking else "some have another one"
        raise AnsibleFilterError(
            f"prometheus_targets: all hosts that Prometheus reads must have the same syncthing_api_key, but {reason}. "
            "Limit the run to hosts with the same key, and use another directory for the others."
        )
    return given.pop() if given else ""


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"prometheus_targets": prometheus_targets}
