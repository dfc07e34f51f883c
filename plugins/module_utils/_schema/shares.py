# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Who a folder is shared with: an entry of its list of devices, as users declare it and as the daemon has it."""

from __future__ import annotations

import typing as t

from .._errors import InvalidInput
from .field import Json, required
from .tables import SHARE

_OPTIONS = tuple(field.option for field in SHARE)
_JSON = tuple(field.json for field in SHARE)


class Share(t.NamedTuple):
    """What is declared of one entry, None where nothing is. Its first fields are those of ``tables.SHARE``."""

    device: str  # a device ID or a name
    encryption_password: str | None = None
    introduced_by: str | None = None
    place: str = ""

    def options(self) -> Json:
        """Return it as a user would declare it."""
        return {option: value for option, value in zip(_OPTIONS, self) if value is not None}

    def over(self, now: Json | None) -> Json:
        """Return the daemon's object that has what is declared, and else what is there ``now``. ``device`` is an ID."""
        share = dict(now) if now else dict.fromkeys(_JSON, "")
        for key, value in zip(_JSON, self):
            if value is not None:
                share[key] = value
        return share


def parse(value: t.Any, place: str) -> Share:
    """Return what an entry of the option ``devices`` declares: an ID, a name, or a dict."""
    if isinstance(value, str):
        return Share(required(value, place), place=place)
    if not isinstance(value, dict):
        raise InvalidInput(f"{place} must be a device ID, a device's name, or a dict with 'device'.")
    wrong = sorted(str(key) for key in set(value) - set(_OPTIONS))
    if wrong:
        raise InvalidInput(f"{place}.{wrong[0]} is not known: use {', '.join(_OPTIONS)}.")
    for key, content in value.items():
        if content is not None and not isinstance(content, str):
            # A password of digits only comes as a number from YAML, and 0123 would become 83.
            raise InvalidInput(f"{place}.{key} must be text: put it in quotes.")
    required(value.get("device"), place + ".device")
    return Share(place=place, **value)
