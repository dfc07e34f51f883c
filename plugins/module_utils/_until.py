# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Look again and again until something is so. Every loop that waits is this one."""

from __future__ import annotations

import random
import time
import typing as t

Found = t.TypeVar("Found")


def until(check: t.Callable[[], Found], deadline: float, pause: t.Callable[[float], object]) -> Found:
    """Return the first result of ``check`` that is true, or at the deadline the last one that is not.

    ``deadline`` is on the clock of ``time.monotonic``. It is looked at least once, and once more at the deadline.
    ``pause`` gets the seconds that are left, and returns when it is worth another look.
    """
    while True:
        found = check()
        left = deadline - time.monotonic()
        if found or left <= 0:
            return found
        pause(left)


def every(seconds: float) -> t.Callable[[float], None]:
    """Return a pause of always the same length."""
    return lambda left: time.sleep(min(seconds, left))


def growing(first: float, longest: float, jitter: float = 0) -> t.Callable[[float], None]:
    """Return a pause that is twice as long each time. ``jitter`` is the part of it that chance decides about."""
    seconds = first

    def pause(left: float) -> None:
        nonlocal seconds
        time.sleep(min(seconds * random.uniform(1 - jitter, 1), left))
        seconds = min(2 * seconds, longest)

    return pause
