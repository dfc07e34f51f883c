# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

from ansible_collections.community.syncthing.plugins.module_utils import _errors
from hypothesis import given
from hypothesis import strategies as st


def test_a_sentence_is_one_line_that_does_nothing_to_a_terminal():
    error = _errors.Unreachable("büro 雪 'it''s'\n\x1b[31mred\x07 \u202eleft\u2028 \ud800 \\n")
    assert str(error) == "büro 雪 'it''s'\\n\\x1b[31mred\\x07 \\u202eleft\\u2028 \\ud800 \\n"


@given(st.text())
def test_any_text_becomes_printable(text):
    found = _errors.one_line(text)
    assert found.isprintable()
    assert found == text or not text.isprintable()
