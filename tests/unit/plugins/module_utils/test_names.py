# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.syncthing.plugins.module_utils._schema import names
from ansible_collections.community.syncthing.plugins.module_utils._schema.names import Claim, Devices, Patterns
from ansible_collections.community.syncthing.tests.unit.support import LAPTOP, STRANGER, VAULT

SPELLINGS = (
    LAPTOP,
    LAPTOP.lower(),
    LAPTOP.replace("-", ""),
    LAPTOP.replace("-", " "),
    LAPTOP.replace("I", "1"),
    f" {LAPTOP} ",
    LAPTOP.replace("-", "\u2011"),
    LAPTOP[:-1],  # a mistyped one
)


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("asked", SPELLINGS)
def test_a_name_is_never_taken_for_an_id(name, asked):
    """A stranger is named like a friend, who isn't there."""
    with pytest.raises(InvalidInput):
        Devices({STRANGER: {"name": name}}).resolve(asked, "here")
    try:
        pattern = names.normal(asked, "here")
    except InvalidInput:
        return
    assert not Patterns([pattern, name], [STRANGER]).match(Claim(STRANGER, name))
    assert Patterns([pattern], [STRANGER]).match(Claim(LAPTOP, "laptop"))


def test_wildcards_do_not_match_names_that_look_like_ids():
    assert not Patterns([LAPTOP[:20] + "*"], []).match(Claim(STRANGER, LAPTOP))
    assert Patterns(["*"], []).match(Claim(STRANGER, LAPTOP))  # its own ID does


def test_the_id_of_a_folder_is_not_the_label_of_another():
    folders = Patterns(["docs", "m[a]in"], ["docs", "x", "m[a]in"])
    found = [Claim("docs", "Documents"), Claim("x", "docs"), Claim("y", "main"), Claim("m[a]in", "")]
    assert [claim.id for claim in found if folders.match(claim)] == ["docs", "m[a]in"]
    assert Patterns(["Documents"], ["docs"]).match(found[0])


def test_a_name_that_looks_like_an_id_is_not_shown_as_one():
    assert names.shown(STRANGER, LAPTOP) == STRANGER
    assert names.shown(STRANGER, "") == STRANGER
    assert names.shown(VAULT, "vault") == "'vault'"


def test_names_that_people_take_for_the_same():
    assert names.folded("B\u00fcro") == names.folded("bu\u0308RO") != names.folded("buro")


def test_a_part_of_an_id_matches_no_name():
    known = "P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2"
    stranger = names.Claim("MFZWI3D-BONSGYC-YLTMRWG-C43ENR5-QXGZDMM-FZWI3DP-BONSGYY-LTMRWAD", "P56IOI7-MZ")
    patterns = names.Patterns(["P56IOI7*"], [known, stranger.id])
    assert patterns.match(names.Claim(known, "friend")) and not patterns.match(stranger)
    assert names.Patterns(["P56*"], [stranger.id]).match(stranger)  # no ID begins like that
    assert names.Patterns(["*"], [known, stranger.id]).match(stranger)
