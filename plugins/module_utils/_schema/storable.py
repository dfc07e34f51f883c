# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""What config.xml can't hold: a daemon takes it, and has another text after its next start."""

from __future__ import annotations

import re
import typing as t

from .._errors import InvalidInput
from .field import snake

# All but the characters of XML 1.0, as in isInCharacterRange of Go's encoding/xml.
# Not compiled here: that takes longer than all else that is imported, and what is unchanged is not searched.
_LOST = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


def cleaned(text: str) -> str:
    """Return a text that somebody else chose as it can be kept."""
    return re.sub(_LOST, "\ufffd", text)


def check(before: t.Any, after: t.Any, place: str) -> None:
    """Raise InvalidInput for a text in ``after`` that would not be kept, unless it is in ``before`` already."""
    if before == after:
        return
    if isinstance(after, str):
        lost = re.search(_LOST, after)
        if lost:
            raise InvalidInput(
                f"{place} has the character {lost.group()!r}, which Syncthing would lose at its next start: leave it "
                "out."
            )
    elif isinstance(after, list):
        for item in after:
            if not (isinstance(before, list) and item in before):
                check(None, item, place)
    elif isinstance(after, dict):
        for key, value in after.items():
            check(before.get(key) if isinstance(before, dict) else None, value, _below(place, key))


def _below(place: str, key: str) -> str:
    option = snake(key)
    return place + option if place.endswith(".") or not place else f"{place}.{option}"
