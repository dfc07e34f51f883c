# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: used by this collection only; it may change in any release.

"""A fleet's declaration comes in any shape: what is not of the expected one is refused, with its place."""

from __future__ import annotations

import types
import typing as t

from ..module_utils._errors import InvalidInput
from ..module_utils._schema import device_ids
from ..module_utils._schema.field import Field, Json, snake
from ..module_utils._schema.names import did_you_mean

_Fields = t.Mapping[str, Field]


def dict_of(value: t.Any, place: str, known: set[str], fields: _Fields = types.MappingProxyType({})) -> Json:
    """Return a copy without what is not set; an unknown key is a typing error.

    An empty string means "not set", except for options of which ``fields`` tell that they can be empty.
    """
    if not isinstance(value, dict):
        raise InvalidInput(f"{place} must be a dict with keys such as {', '.join(sorted(known)[:3])}.")
    for key in value:
        if key not in known:
            name = snake(str(key))
            advice = f" Write it {name}." if name in known else did_you_mean(name, sorted(known))
            raise InvalidInput(f"{place}: unknown key {key!r}.{advice}")
    return {
        key: content
        for key, content in value.items()
        if content is not None and (content != "" or (key in fields and _may_be_empty(fields[key])))
    }


def _may_be_empty(field: Field) -> bool:
    return field.type == "str" and not field.choices and not (field.check and field.check(""))


def list_of(value: t.Any, place: str) -> list[t.Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise InvalidInput(f"{place} must be a list.")
    return value


def text(value: t.Any, place: str) -> str:
    if not value or not isinstance(value, str):
        raise InvalidInput(f"{place} must be text{', in quotes' if value else ' and is required'}.")
    return value


def device_id(value: t.Any, place: str) -> str:
    try:
        return device_ids.normalise(text(value, "device_id"))
    except InvalidInput as exc:
        raise InvalidInput(f"{place}: {exc}") from None


def password(options: Json, place: str) -> str | None:
    """Take the value for text only: 0123 in YAML would become 83, and nobody must read it in an error."""
    value = options.get("encryption_password")
    if value is not None and not isinstance(value, str):
        raise InvalidInput(f"{place}: encryption_password must be a string, in quotes.")
    return value


def check_all(table: t.Mapping[str, Field], values: Json, place: str) -> None:
    for key in values:
        if key in table:
            check(table[key], values[key], place)


def check(field: Field, value: t.Any, place: str) -> None:
    """What the module would refuse later on one host is refused here for all; numbers and the like are left to it."""
    if field.type == "str" and isinstance(value, (dict, list)):
        raise InvalidInput(f"{place}: {field.option} must be text.")
    if field.choices and value not in field.choices:
        raise InvalidInput(f"{place}: {field.option} is {value!r}, it must be one of {', '.join(field.choices)}.")
    if field.check and field.type in ("str", "list"):
        wrong = field.check([str(item) for item in value] if isinstance(value, list) else str(value))
        if wrong:
            raise InvalidInput(f"{place}: {field.option} {wrong}.")


def some(names: t.Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
