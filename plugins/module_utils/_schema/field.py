# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""One field of a configuration, and what a table of them makes of a user's options."""

from __future__ import annotations

import functools
import math
import re
import typing as t

from .._errors import InvalidInput
from . import checks
from .checks import INT

Json = t.Dict[str, t.Any]
Params = t.Mapping[str, t.Any]

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


# What is shown in the place of a secret: that there is one, and that it is another one now. Nothing to guess from.
SET = "(set)"
CHANGED = "(set to another value)"


def mark(value: t.Any, old: t.Any = None) -> str:
    if not value:
        return ""
    return CHANGED if old and old != value else SET


@functools.lru_cache(maxsize=4096)
def snake(json_key: str) -> str:
    """``fsWatcherDelayS`` becomes ``fs_watcher_delay_s``, ``maxRequestKiB`` becomes ``max_request_kib``."""
    return _WORD_START.sub("_", json_key.replace("KiB", "Kib").replace("IDs", "Ids")).lower()


def snake_keys(obj: Json) -> Json:
    """Return an object with the keys of its first level in snake_case; further down keys may be IDs or addresses."""
    return {snake(key): value for key, value in obj.items()}


class Field(t.NamedTuple):
    """One field: how it is called, what may be in it, which releases have it.

    Numbers must be from ``low`` to ``high``. ``check`` returns what else is wrong with a value, or None. Both are for
    new values only: what the daemon already has is never refused. ``normalise`` turns a value into what the daemon
    makes of it.
    """

    json: str
    type: str = "str"
    elements: str = "str"
    choices: t.Sequence[str] | None = None
    fields: t.Sequence[Field] = ()
    required: bool = False
    secret: bool = False
    quoted: bool = False  # a number would have lost something, such as a leading zero
    since: str | None = None
    until: str | None = None
    low: float = -INT
    high: float = INT
    check: checks.Check | None = None
    normalise: t.Callable[[t.Any], t.Any] | None = None
    renamed: str = ""  # the option, where it is not the same in snake_case

    @property
    def option(self) -> str:
        return self.renamed or snake(self.json)

    def problem(self, value: t.Any) -> str | None:
        """Say what is wrong with a new value of the right type, or None."""
        wrong = checks.number(self.low, self.high)(value) if self.type in ("int", "float") else None
        return wrong or (self.check(value) if self.check else None)

    def argument(self) -> Json:
        """Return this field's entry of an Ansible argument specification."""
        spec: Json = {"type": self.type}
        if self.type == "list":
            spec["elements"] = self.elements
        if self.choices:
            spec["choices"] = list(self.choices)
        if self.required:
            spec["required"] = True
        if self.secret:
            spec["no_log"] = True
        if self.fields:
            spec["options"] = argument_spec(self.fields)
        return spec


Table = t.Sequence[Field]


def argument_spec(table: Table) -> Json:
    return {field.option: field.argument() for field in table}


def by_json(table: Table) -> dict[str, Field]:
    return {field.json: field for field in table}


def required(value: str | None, place: str) -> str:
    # Ansible turns an explicit null into an empty string and calls the option given.
    if not value:
        raise InvalidInput(f"{place} must not be empty.")
    return value


def declared(table: Table, params: Params, place: str = "") -> Json:
    """Return what the user declared, as JSON names and values; an option that is not set is not in it.

    ``params`` are options that Ansible has checked against ``argument_spec(table)``. ``place`` leads error messages.
    """
    values: Json = {}
    for field in table:
        value = params.get(field.option)
        if value is not None:
            values[field.json] = _value(field, value, place + field.option)
    return values


def _value(field: Field, value: t.Any, place: str) -> t.Any:
    if field.fields and isinstance(value, dict):
        return declared(field.fields, value, place + ".")
    if field.fields:
        return [declared(field.fields, item, f"{place}[{number}].") for number, item in enumerate(value)]
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidInput(f"{place} must be a number, not {value}.")
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # older daemons refuse 10.0 where they expect 10
    if field.type == "list":
        value = [element.strip() for element in value]
    return field.normalise(value) if field.normalise else value


def extra(table: Table, params: Params, place: str = "") -> Json:
    """Return the option ``extra`` after refusing the fields that have an option of their own."""
    values: Json = dict(params.get("extra") or {})
    known = {field.json.lower(): field for field in table}
    for key in values:
        field = known.get(key.lower())  # the daemon doesn't mind the case, so two spellings would be one field
        if field:
            raise InvalidInput(f"{place}extra.{key}: use the option {place}{field.option} for it.")
        if values[key] is None:
            raise InvalidInput(f"{place}extra.{key} is empty: leave it out to keep what the daemon has.")
    return values
