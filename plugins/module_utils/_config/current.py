# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""What a daemon has before anything is planned."""

from __future__ import annotations

import re
import typing as t

from .._schema.field import Json

Version = t.Tuple[int, ...]


class Current(t.NamedTuple):
    """What one daemon has: the answer of ``GET /rest/config`` and what its headers say."""

    config: Json
    my_id: str
    version: Version
    ignores: t.Mapping[str, list[str]]  # by folder ID; only of folders whose patterns are declared
    ignore_errors: t.Mapping[str, str]  # by folder ID; what the daemon can't read in them
    system: str = ""  # the daemon's operating system as Go names it; only if it matters to a declared path
    password_matches: bool = False  # whether the declared plain GUI password is the one in force
    home: str = ""  # what ~ stands for in paths; only if it is needed to compare them
    pending: Json | None = None  # what is offered, by ID; only if some of it is dismissed


def parse_version(text: str) -> Version:
    """``v1.29.5-rc.1+12`` becomes (1, 29, 5)."""
    match = re.match(r"v?(\d{1,9}(\.\d{1,9})*)(?![\w.])", text, re.ASCII)
    return tuple(map(int, match.group(1).split("."))) if match else ()
