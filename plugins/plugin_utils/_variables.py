# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: used by this collection only; it may change in any release.

"""The variables of the collection, all of which begin with syncthing_, and what is wrong with those that are set."""

from __future__ import annotations

import difflib
import fnmatch
import functools
import pathlib
import typing as t

import yaml
from ansible.module_utils.parsing.convert_bool import boolean

from . import _health_limits

_ROLES = pathlib.Path(__file__).parents[2] / "roles"

# What the playbooks are told, beside the role's variables.
PLAYBOOKS = {
    *_health_limits.NAMES,
    "syncthing_backup_dir",
    "syncthing_backup_file",
    "syncthing_conflicts_folder",
    "syncthing_conflicts_folders",
    "syncthing_conflicts_keep",
    "syncthing_conflicts_wait",
    "syncthing_fleet_hosts",
    "syncthing_health_fail_on",
    "syncthing_health_file",
    "syncthing_hosts",
    "syncthing_identities_dir",
    "syncthing_leaving",
    "syncthing_plain_identities",
    "syncthing_prometheus_dir",
    "syncthing_prometheus_host",
    "syncthing_report_file",
    "syncthing_report_json_file",
    "syncthing_report_search",
    "syncthing_restore_devices",
    "syncthing_restore_folders",
    "syncthing_restore_local_files",
    "syncthing_restore_timeout",
    "syncthing_vault_id",
    "syncthing_vault_password_file",
}
# What playbooks, roles, the inventory plugin and AWX leave behind, which nobody sets by hand.
LEFT = {
    "syncthing_api_url",
    "syncthing_client_version",
    "syncthing_connected",
    "syncthing_connection_address",
    "syncthing_connection_host",
    "syncthing_connection_type",
    "syncthing_device_name",
    "syncthing_health",
    "syncthing_introduced_by",
    "syncthing_is_self",
    "syncthing_last_seen",
    "syncthing_paused",
    "syncthing_report_conflicts",
    "syncthing_report_info",
    "syncthing_server_kind",
    "syncthing_server_name",
    "syncthing_server_port",
    "syncthing_restore_backup",
    "syncthing_restore_now",
    "syncthing_shared_folders",
}
# Those that are empty by default, so that their type can't be seen there.
_TYPES = {"syncthing_gui_metrics_without_auth": bool, "syncthing_gui_use_tls": bool, "syncthing_max_user_watches": int}
_WORDS = {bool: "true or false", int: "a whole number", list: "a list", dict: "a dictionary"}


@functools.lru_cache(maxsize=None)
def defaults() -> dict[str, t.Any]:
    """Return the variables of all roles with their defaults."""
    found: dict[str, t.Any] = {}
    for path in _ROLES.glob("*/defaults/main.yml"):
        found.update(yaml.safe_load(path.read_text(encoding="utf-8")))
    return found


def _kind(name: str) -> type:
    return _TYPES.get(name, type(defaults().get(name)))


def told(values: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return the variables without ``syncthing_``. An empty string means the default, and a survey says all as text."""
    found = {}
    for name, default in defaults().items():
        value, kind = values.get(name), _kind(name)
        if value in ("", None):
            value = default
        elif kind in (bool, int) and _fits(kind, value):
            value = boolean(value) if kind is bool else int(value)
        elif not isinstance(value, (bool, list, dict)):
            value = str(value)
        found[name[len("syncthing_") :]] = value
    return found


def complaints(names: t.Iterable[str], values: t.Mapping[str, t.Any]) -> list[str]:
    """Return a sentence for each name that nobody knows and each value of a wrong type; an empty string means unset."""
    wrong = []
    for name, value in values.items():
        kind = _kind(name)
        if kind in _WORDS and value not in ("", None) and not _fits(kind, value):
            # What should be a list or a dictionary may hold secrets.
            found = repr(value) if kind in (bool, int) else "of the wrong type"
            wrong.append(f"{name} is {found}. It must be {_WORDS[kind]}.")
    own = values.get("syncthing_own_variables")
    allowed = [str(pattern) for pattern in own] if isinstance(own, list) else []
    known = {*defaults(), *PLAYBOOKS}
    for name in sorted({*names} - known - LEFT):
        if not any(fnmatch.fnmatchcase(name, pattern) for pattern in allowed):
            near = difflib.get_close_matches(name, sorted(known), 1)
            hint = f"Did you mean {near[0]}?" if near else "No variable of the collection has a similar name."
            wrong.append(
                f"The variable {name} is unknown. {hint} If it is one of your own, give it a name that does not begin "
                "with syncthing_, or add it to syncthing_own_variables."
            )
    return wrong


def _fits(kind: type, value: t.Any) -> bool:
    if kind is bool:
        try:
            boolean(value)
        except TypeError:
            return False
        return True
    if kind is int:
        return not isinstance(value, bool) and str(value).isascii() and str(value).isdigit()
    return isinstance(value, kind)
