# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.syncthing.plugins.module_utils._schema import device_ids


def is_device_id(value):
    try:
        device_ids.normalise(str(value) if isinstance(value, str) else "")
    except InvalidInput:
        return False
    return True


class TestModule:
    """A test for device IDs."""

    def tests(self):
        return {"device_id": is_device_id}
