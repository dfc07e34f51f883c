# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: used by this collection only; it may change in any release.

"""What is left and how fast it shrinks, from what syncthing_wait returned at different times. No Ansible in it."""

from __future__ import annotations

from ..module_utils._operations.sync_report import describe, size
from ..module_utils._schema.field import Json


class Progress:
    def __init__(self) -> None:
        self._before: dict[tuple[str, str], tuple[float, int]] = {}

    def line(self, results: Json, enough: float, now: float) -> str:
        """Return one line; ``now`` is in seconds, on any clock that goes on."""

        def note(folder_id: str, device_id: str, part: Json) -> str:
            left = part["need_bytes"]
            if left is None:
                return ""
            before = self._before.get((folder_id, device_id))
            self._before[folder_id, device_id] = now, left
            if not before or left >= before[1]:
                return ""
            rate = (before[1] - left) / (now - before[0])
            return f" ({size(rate)}/s, {duration(left / rate)} to go)"

        if results["version"] is None:
            return "; ".join(results["missing"] + _service(results))
        return "; ".join(describe(results, enough, note)) or "all is there, now it must last"


def _service(results: Json) -> list[str]:
    """What systemd says of a service, if it was asked."""
    service = results.get("service")
    if not service:
        return []
    return [f"the service is {service['state']}{''.join(': ' + line for line in service['journal'][-1:])}"]


def duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
