# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Options as they were given, before Ansible converts them: true is not 1, 0770 is not '504', and text is UTF-8."""

from __future__ import annotations

import re
import typing as t

from ._errors import InvalidInput
from ._schema import patterns, tables

# Lists of ignore patterns, in which a comma is part of a pattern.
_PATTERNS = ("ignore_patterns", "lines")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_FINITE = re.compile(r"\s*[+-]?(inf|infinity|s?nan)\d*\s*\Z", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\{[^{}]*\}|\[[^\[\]]*\]")

Spec = t.Mapping[str, t.Any]


def split_lines(spec: Spec, params: t.Any) -> None:
    """Make a list of each string of ignore patterns, which Ansible would split at its commas, unless that is meant."""
    for option, name, value, holder in _options(spec, params):
        if name in _PATTERNS and isinstance(value, str) and not _has_comma(value):
            holder[name] = patterns.lines(value)
        for inner, _place in _inner(option, value, ""):
            split_lines(option["options"], inner)


def check(spec: Spec, given: t.Any, place: str = "") -> None:
    """Raise InvalidInput for a value whose meaning would be lost in the conversion."""
    for option, name, value, _holder in _options(spec, given):
        where = place + name
        _check_text(value, where)
        _check_type(option, name, value, where)
        for inner, inner_place in _inner(option, value, where):
            check(option["options"], inner, inner_place)


def _options(spec: Spec, given: t.Any) -> t.Iterator[tuple[Spec, str, t.Any, t.Any]]:
    for name, option in spec.items() if isinstance(given, dict) else ():
        if given.get(name) is not None:
            yield option, name, given[name], given


def _inner(option: Spec, value: t.Any, place: str) -> t.Iterator[tuple[t.Any, str]]:
    if option.get("options") and isinstance(value, dict):
        yield value, place + "."
    elif option.get("options") and isinstance(value, list):
        for number, item in enumerate(value):
            yield item, f"{place}[{number}]."


def _has_comma(patterns: str) -> bool:
    return "," in _IN_BRACKETS.sub("", patterns)


def _check_text(value: t.Any, place: str) -> None:
    if isinstance(value, str) and _LONE_SURROGATE.search(value):
        raise InvalidInput(f"{ascii(place)[1:-1]} is not valid UTF-8. Check the encoding of its source.")
    if isinstance(value, list):
        for number, item in enumerate(value):
            _check_text(item, f"{place}[{number}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key, f"a key of {place}")
            _check_text(item, f"{place}.{key}")


def _check_type(option: Spec, name: str, value: t.Any, place: str) -> None:
    kind = option.get("type", "str")
    if kind in ("int", "float") and isinstance(value, bool):
        raise InvalidInput(f"{place} must be a number, not {str(value).lower()}.")
    if kind in ("int", "float") and isinstance(value, (str, float)) and _NOT_FINITE.match(str(value)):
        raise InvalidInput(f"{place} must be a number, not {value}.")
    # Elements of lists may be patterns for what another device has named.
    if kind in ("str", "path") and isinstance(value, str) and "\0" in value:
        raise InvalidInput(f"{place} contains a null character. Remove it.")
    if kind == "dict" and not isinstance(value, (dict, str)):
        raise InvalidInput(f"{place} must be a dict.")
    if kind == "str":
        quoted = option.get("no_log") or name in tables.QUOTED
        if isinstance(value, (bool, dict, list)) or (quoted and not isinstance(value, str)):
            raise InvalidInput(f"{place} must be a string: put it in quotes.")
    for number, item in enumerate(value) if kind == "list" and isinstance(value, list) else ():
        if option.get("elements") == "str" and (item is None or isinstance(item, (bool, dict, list))):
            raise InvalidInput(f"{place}[{number}] must be a string: put it in quotes.")
        if option.get("elements") == "dict" and not isinstance(item, (dict, str)):
            raise InvalidInput(f"{place}[{number}] must be a dict.")
    if name in _PATTERNS and isinstance(value, str) and _has_comma(value):
        raise InvalidInput(f"{place} is a string with a comma. Use a list with one pattern in each element.")
