# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible.errors import AnsibleFilterError
from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.syncthing.plugins.module_utils._schema import device_ids


def _filter(name, function):
    def convert(text):
        if not isinstance(text, str):
            raise AnsibleFilterError(
                f"community.syncthing.{name} requires a string, but the input is of type {type(text).__name__}. For "
                "a list, use map."
            )
        try:
            return function(str(text))
        except InvalidInput as exc:
            raise AnsibleFilterError(f"community.syncthing.{name}: {exc}") from None

    return convert


class FilterModule:
    """Filters that make device IDs, or change how they are written."""

    def filters(self):
        functions = {
            "device_id": device_ids.from_certificate,
            "normalize_device_id": device_ids.normalise,
            "short_device_id": device_ids.short,
        }
        return {name: _filter(name, function) for name, function in functions.items()}
