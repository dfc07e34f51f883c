# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter fleet_health, documented in the YAML file of its name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.community.syncthing.plugins.filter.fleet import plain
from ansible_collections.community.syncthing.plugins.filter.fleet_report import observed, refusing, time_of
from ansible_collections.community.syncthing.plugins.plugin_utils._health import FAIL_ON, Health, NotAResult


def fleet_health(hosts: Any, hostvars: Any, *, when: str, previous: Any = "", fail_on: str = "critical") -> Any:
    if fail_on not in FAIL_ON:
        raise AnsibleFilterError(f"fleet_health: fail_on is {fail_on!r}. It must be one of {', '.join(FAIL_ON)}.")
    now = time_of("fleet_health", when)
    with refusing("fleet_health"):
        fleet, limits = observed("fleet_health", hosts, hostvars)
        try:
            # Old releases of ansible-core turn JSON in a variable into a dict.
            earlier = plain(previous) if isinstance(previous, Mapping) else json.loads(plain(previous) or "null")
            found = Health(fleet, limits, now, earlier).result(fail_on)
        except (NotAResult, json.JSONDecodeError):
            raise AnsibleFilterError(
                "fleet_health: previous is not an earlier result. Remove the file, or use another one."
            ) from None
    # Names in it are other people's.
    return wrap_var(found)


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"fleet_health": fleet_health}
