# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter fleet_report, documented in the YAML file of its name."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.community.syncthing.plugins.filter.fleet import plain
from ansible_collections.community.syncthing.plugins.filter.fleet_members import checked
from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.syncthing.plugins.module_utils._schema import device_ids
from ansible_collections.community.syncthing.plugins.plugin_utils._health import Health
from ansible_collections.community.syncthing.plugins.plugin_utils._health_limits import (
    NAMES,
    Limits,
    WrongLimit,
    check_names,
)
from ansible_collections.community.syncthing.plugins.plugin_utils._observed import Host, Observed, moment
from ansible_collections.community.syncthing.plugins.plugin_utils._report import content, page

# Others are optional: what is not gathered is not judged.
SUBSETS = ("devices", "folders", "connections", "completion", "errors")
# What is wrong with the daemon itself. Others say that Ansible could not ask it.
_DAEMON = ("unreachable", "timeout", "server_error", "unexpected_answer", "migration")


def fleet_report(hosts: Any, hostvars: Any, *, when: str = "", format: str = "html") -> Any:
    if format not in ("html", "data"):
        raise AnsibleFilterError(f"fleet_report: format is {format!r}. It must be html or data.")
    when = plain(when)
    if not isinstance(when, str):
        raise AnsibleFilterError("fleet_report: when must be a string.")
    now = moment(when) or datetime.datetime.now(datetime.timezone.utc)
    with refusing("fleet_report"):
        fleet, limits = observed("fleet_report", hosts, hostvars)
        found = content(fleet, Health(fleet, limits, now), when)
        return page(found) if format == "html" else wrap_var(found)


@contextlib.contextmanager
def refusing(name: str) -> Iterator[None]:
    """Say in words that something is not what a module returns. ``name`` is the filter."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as exc:
        raise AnsibleFilterError(
            f"{name}: syncthing_report_info must be the result of syncthing_info, and syncthing_report_conflicts that "
            f"of syncthing_conflicts_info ({exc})."
        ) from None


def observed(name: str, hosts: Any, hostvars: Any) -> tuple[Observed, dict[str, Limits]]:
    """Return what the hosts told, and the limits of each."""
    if not isinstance(hostvars, Mapping):
        raise AnsibleFilterError(f"{name}: pass hostvars.")
    names = checked(plain(hosts), hostvars)
    limits = {}
    for host in names:
        try:
            check_names(hostvars[host])
            limits[host] = Limits({key: plain(hostvars[host].get(key)) for key in NAMES})
        except WrongLimit as exc:
            raise AnsibleFilterError(f"{name}: {host}: {exc}") from None
    return Observed([_host(name, host, hostvars[host]) for host in names]), limits


def time_of(name: str, when: Any) -> datetime.datetime:
    found = moment(plain(when))
    if found is None:
        raise AnsibleFilterError(f"{name}: when is {when!r}. It must be a time such as 2026-01-31T12:00:00Z.")
    return found


def _host(filter_name: str, name: str, variables: Any) -> Host:
    info = plain(variables.get("syncthing_report_info")) or {}
    if info.get("unreachable") or info.get("failed") or "my_id" not in info:
        said = str(info.get("msg") or "it was not asked")
        if info.get("unreachable"):
            return Host(name, {}, "unreachable: " + said, cause="unreachable", device_id=_device_id(variables))
        broken = (info.get("error") or {}).get("code") in _DAEMON
        return Host(name, {}, said, cause="daemon" if broken else "unknown", device_id=_device_id(variables))
    missing = [subset for subset in SUBSETS if subset not in info]
    if missing:
        raise AnsibleFilterError(f"{filter_name}: {name}: gather_subset must have {', '.join(missing)}.")
    search = variables.get("syncthing_report_conflicts") or {}
    found = plain(search.get("conflicts")) or {}
    conflicts = {folder: [copy["path"] for copy in copies] for folder, copies in found.items()}
    unsearched = "" if "conflicts" in search or search.get("skipped") else plain(search.get("msg")) or ""
    return Host(name, info, "", conflicts, unsearched)


def _device_id(variables: Any) -> str:
    """Return the device ID of a host as the inventory has it."""
    given, certificate = plain(variables.get("syncthing_device_id")), plain(variables.get("syncthing_certificate"))
    try:
        if given:
            return device_ids.normalise(str(given))
        return device_ids.from_certificate(str(certificate)) if certificate else ""
    except InvalidInput:
        return ""


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"fleet_report": fleet_report}
