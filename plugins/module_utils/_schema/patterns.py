# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""What can be seen in patterns before the daemon reads them. Pure.

It stops a folder over an ignore pattern that it can't read. Source: ``lib/ignore`` of Syncthing 1.12 to 2.1, and the
grammar of the globs that it uses. There, a brace that is not closed means the same as one that is; only brackets can be
wrong. What is not certain is left to the daemon.
"""

from __future__ import annotations

import re
import typing as t
import unicodedata

_LONGEST = 64 * 1024 - 1  # of a line that the daemon can read
# Go: path.Match; whether a range has its ends in order makes no difference to it
_GLOB = re.compile(r"([^\\\[]|\\.|\[(\^|(?!\^))(([^\\\]-]|\\.)(-([^\\\]-]|\\.))?)+\])*\Z", re.DOTALL)
_PREFIXES = ("!", "(?i)", "(?d)")


def lines(text: str) -> list[str]:
    """Return the lines of a file as the daemon reads them: other characters than these are no line breaks to it."""
    found = [line[:-1] if line.endswith("\r") else line for line in text.split("\n")]
    return found if found[-1] else found[:-1]


def problem(line: str, lines: t.Sequence[str]) -> str | None:
    """Return what is wrong with one of these lines whatever the release, or None."""
    if len(line.encode("utf-8")) > _LONGEST:
        return f"is longer than {_LONGEST} bytes"
    if not line or line.startswith(("//", "#")) or any(other.startswith("#escape") for other in lines):
        return None  # with another escape character, other rules hold
    # Whether the daemon composes characters depends on its system.
    wrong = [_wrong(form) for form in (line, unicodedata.normalize("NFC", line), unicodedata.normalize("NFD", line))]
    return wrong[0] if all(wrong) else None


def included(lines: t.Iterable[str]) -> list[str]:
    """Return the files that these lines include, below the folder's directory."""
    return [line[len("#include ") :].strip() for line in lines if line.startswith("#include ")]


def attribute(pattern: str) -> str | None:
    """Return what is wrong with a pattern for the names of extended attributes, or None."""
    if _GLOB.match(pattern):
        return None
    return f"must be a pattern such as user.*; it is {pattern!r}, which Syncthing can't read and matches with nothing"


def _wrong(line: str) -> str | None:
    left = list(_PREFIXES)
    folded = False
    while True:
        prefix = next((prefix for prefix in left if line.startswith(prefix)), None)
        if prefix is None:
            break
        left.remove(prefix)
        folded = folded or prefix == "(?i)"
        line = line[len(prefix) :]
    if folded:
        # Letter by letter, as Go does it.
        line = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in line)
    place = 0
    while place < len(line):
        if line[place] == "\\":
            place += 2
        elif line[place] == "[":
            end, wrong = _bracket(line, place + 1)
            if wrong:
                return wrong
            place = end
        else:
            place += 1
    return None


_OPEN = "has a '[' that no ']' closes; write '\\[' for the character itself"


def _bracket(line: str, place: int) -> tuple[int, str | None]:
    """Read what follows a ``[``: return where it ends, or what is wrong with it."""
    if line[place : place + 1] == "!":
        place += 1
    if line[place + 1 : place + 2] == "-":
        low, high, close = line[place], line[place + 2 : place + 3], line[place + 3 : place + 4]
        if not close:
            return 0, _OPEN
        if close != "]":
            return 0, "has a range in '[]' that is not a single one such as [a-z]"
        if high < low:
            return 0, f"has the range [{low}-{high}], whose end comes before its beginning"
        return place + 4, None
    start = place
    while place < len(line) and line[place] != "]":
        place += 2 if line[place] == "\\" else 1
    if place >= len(line):
        return 0, _OPEN
    if place == start:
        return 0, "has brackets with nothing inside"
    return place + 1, None
