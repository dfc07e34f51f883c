# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter fleet_report, documented in the YAML file of its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.community.syncthing.plugins.filter.fleet import plain
from ansible_collections.community.syncthing.plugins.filter.fleet_members import checked
from ansible_collections.community.syncthing.plugins.plugin_utils._report import Host, page

SUBSETS = ("devices", "folders", "connections", "completion", "errors")


def fleet_report(hosts: Any, hostvars: Any, *, when: str = "") -> str:
    if not isinstance(hostvars, Mapping):
        raise AnsibleFilterError("fleet_report: pass hostvars.")
    if not isinstance(when, str):
        raise AnsibleFilterError("fleet_report: when must be a string.")
    try:
        return page([_host(host, hostvars[host]) for host in checked(plain(hosts), hostvars)], plain(when))
    except (AttributeError, KeyError, TypeError, ValueError) as exc:
        raise AnsibleFilterError(
            "fleet_report: syncthing_report_info must be the result of syncthing_info, and "
            f"syncthing_report_conflicts that of a loop of find ({exc})."
        ) from None


def _host(name: str, variables: Any) -> Host:
    info = plain(variables.get("syncthing_report_info")) or {}
    if info.get("unreachable") or info.get("failed") or "my_id" not in info:
        problem = "unreachable: " if info.get("unreachable") else ""
        return Host(name, {}, problem + str(info.get("msg") or "it was not asked"), {})
    missing = [subset for subset in SUBSETS if subset not in info]
    if missing:
        raise AnsibleFilterError(f"fleet_report: {name}: gather_subset must have {', '.join(missing)}.")
    search = variables.get("syncthing_report_conflicts") or {}
    found = plain(search.get("conflicts")) or {}
    conflicts = {folder: [copy["path"] for copy in copies] for folder, copies in found.items()}
    unsearched = "" if "conflicts" in search or search.get("skipped") else plain(search.get("msg")) or ""
    return Host(name, info, "", conflicts, unsearched)


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"fleet_report": fleet_report}
