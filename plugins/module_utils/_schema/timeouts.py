# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""How long a user may want to wait."""

from __future__ import annotations

from .._errors import InvalidInput
from .checks import YEAR


def check(seconds: float, option: str) -> None:
    """Refuse what is not a time to wait; sockets fail with more than some centuries."""
    if not 0 < seconds <= YEAR:
        raise InvalidInput(f"{option} must be more than 0 s, and at most a year.")
