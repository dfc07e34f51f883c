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
    for path, character in _lost(before, after, ()):  # the first is enough
        options = ".".join(map(snake, path))
        dot = "." if options and place and not place.endswith(".") else ""
        raise InvalidInput(
            f"{place}{dot}{options} has the character {character!r}, which Syncthing would lose at its next start: "
            "leave it out."
        )


def _lost(before: t.Any, after: t.Any, path: tuple[str, ...]) -> t.Iterator[tuple[tuple[str, ...], str]]:
    if before == after:
        return
    if isinstance(after, str):
        for lost in re.finditer(_LOST, after):
            yield path, lost.group()
    elif isinstance(after, list):
        for item in after:
            if not (isinstance(before, list) and item in before):
                yield from _lost(None, item, path)
    elif isinstance(after, dict):
        for key, value in after.items():
            yield from _lost(before.get(key) if isinstance(before, dict) else None, value, (*path, key))
