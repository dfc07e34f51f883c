# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.syncthing.plugins.module_utils._schema import device_ids
from ansible_collections.community.syncthing.tests.unit import support
from hypothesis import given
from hypothesis import strategies as st

ID = "P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2"
DIGESTS = st.binary(min_size=32, max_size=32)


@pytest.mark.parametrize(
    "spelling",
    [
        ID,
        ID.lower(),
        ID.replace("-", ""),
        ID.replace("-", " "),
        ID.replace("-", " - ").lower(),
        f" {ID}\n",
        ID.replace("O", "0").replace("I", "1").replace("B", "8"),
        "P56IOI7MZJNU2IQGDREYDM2MGTMGL3BXNPQ6W5BTBBZ4TJXZWICQ",  # as the oldest releases wrote it
        "p56ioi7mzjnu2iqgdreydm2mgtmgl3bxnpq6w5btbbz4tjxzwicq====",
    ],
)
def test_every_spelling_means_the_same_device(spelling):
    assert device_ids.looks_like_id(spelling.strip())
    assert device_ids.normalise(spelling) == ID
    assert device_ids.short(spelling) == "P56IOI7"


@pytest.mark.parametrize(
    ("digest", "expected"),
    [
        (base64.b32decode("P56IOI7MZJNU2IQGDREYDM2MGTMGL3BXNPQ6W5BTBBZ4TJXZWICQ===="), ID),
        # lib/protocol/deviceid_test.go has this as 32 arbitrary bytes
        (
            base64.b32decode("MFZWI3DBONSGYYLTMRWGC43ENRQXGZDMMFZWI3DBONSGYYLTMRWA===="),
            "MFZWI3D-BONSGYC-YLTMRWG-C43ENR5-QXGZDMM-FZWI3DP-BONSGYY-LTMRWAD",
        ),
        (bytes(32), "-".join(["AAAAAAA"] * 8)),
    ],
)
def test_vectors_of_the_daemon(digest, expected):
    assert device_ids.from_bytes(digest) == expected
    assert device_ids.normalise(expected) == expected


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (ID[:-1], "55 letters"),
        (ID + "A", "57 letters"),
        ("", "0 letters"),
        ("laptop", "6 letters"),
        (ID.replace("Y", "9", 1), "'9'"),
        (ID.replace("Y", "\u0178", 1), "\u0178"),
        ("Q" + ID[1:], "quarter 1 of 4"),
        (ID[:16] + "A" + ID[17:], "quarter 2 of 4"),
        (ID[:32] + "A" + ID[33:], "quarter 3 of 4"),
        (ID[:-1] + "A", "'TBBZ4TJ-XZWICQA' (quarter 4 of 4)"),
    ],
)
def test_a_typing_error_is_refused_and_named(text, named):
    with pytest.raises(InvalidInput) as caught:
        device_ids.normalise(text)
    assert named in str(caught.value)


def test_each_wrong_quarter_is_named():
    with pytest.raises(InvalidInput, match=r"quarter 1 of 4.*quarter 4 of 4"):
        device_ids.normalise("Q" + ID[1:-1] + "A")


LONG = "the old laptop of my dear grandmother in the living room upstairs"


@pytest.mark.parametrize(
    "name", ["laptop", "", "my-old-laptop", "A" * 51, "a-b-c-d-e-f-g-h", "\u00fc" * 56, "A" * 60, LONG]
)
def test_a_name_is_not_taken_for_an_id(name):
    assert not device_ids.looks_like_id(name)


@pytest.mark.parametrize(("letters", "meant"), [(40, False), (41, True)])
@pytest.mark.parametrize("between", ["-", " "])
def test_how_much_is_left_of_an_id(letters, meant, between):
    text = between.join([*("A" * 6 for _group in range(6)), "A" * (letters - 36)])
    assert device_ids.looks_like_id(text) is meant


@pytest.mark.parametrize("dash", ["\u2011", "\u2013", "\u00a0", "\t", "\u200b"])
def test_an_id_in_another_spelling_is_no_name(dash):
    assert device_ids.looks_like_id(f" {ID.replace('-', dash)}\n")
    assert device_ids.looks_like_id("".join(chr(ord(letter) + 0xFEE0) for letter in ID))


@pytest.mark.parametrize("text", [ID[:-1], ID[:-8], ID + "AAAAAAA", ID.lower()[1:], ID.replace("Y", "9")])
def test_a_mistyped_id_is_not_taken_for_a_name(text):
    assert device_ids.looks_like_id(text)


@given(DIGESTS)
def test_what_is_made_from_bytes_is_canonical(digest):
    made = device_ids.from_bytes(digest)
    assert device_ids.normalise(made) == made
    assert device_ids.normalise(made.lower().replace("-", "")) == made
    bare = base64.b32encode(digest).decode().rstrip("=")
    assert device_ids.normalise(bare) == made


@given(DIGESTS, st.integers(0, 55), st.sampled_from(device_ids.ALPHABET))
def test_any_single_wrong_letter_is_noticed(digest, position, letter):
    letters = device_ids.from_bytes(digest).replace("-", "")
    changed = letters[:position] + letter + letters[position + 1 :]
    if changed != letters:
        with pytest.raises(InvalidInput) as caught:
            device_ids.normalise(changed)
        assert f"quarter {position // 14 + 1} of 4" in str(caught.value)


@given(st.lists(DIGESTS, min_size=2, max_size=9))
def test_ids_sort_as_the_bytes_do(digests):
    by_id = sorted(map(device_ids.from_bytes, digests), key=device_ids.sort_key)
    assert by_id == list(map(device_ids.from_bytes, sorted(digests)))


@given(st.text(max_size=70))
def test_any_text_is_an_id_or_refused(text):
    try:
        made = device_ids.normalise(text)
    except InvalidInput:
        return
    assert device_ids.normalise(made) == made


@pytest.mark.parametrize("name", ["device-1.29.5", "device-2.1.3"])
@pytest.mark.parametrize("spoil", [lambda pem: pem, lambda pem: "note\n" + pem.replace("\n", "\r\n") + "more"])
def test_the_id_of_a_daemons_certificate(name, spoil):
    known = support.load("certificates")[name]
    assert device_ids.from_certificate(spoil(known["certificate"])) == known["device_id"]


@pytest.mark.skipif(not shutil.which("openssl"), reason="the command openssl makes the certificate")
def test_the_id_of_a_new_certificate(tmp_path):
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=syncthing"
    subprocess.run(
        [*command.split(), "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"],
        check=True,
        capture_output=True,
    )
    der = subprocess.check_output(["openssl", "x509", "-in", tmp_path / "cert.pem", "-outform", "DER"])
    made = device_ids.from_certificate((tmp_path / "cert.pem").read_text())
    bare = base64.b32encode(hashlib.sha256(der).digest()).decode().rstrip("=")
    assert made == device_ids.normalise(bare)


@pytest.mark.parametrize(
    "pem",
    [
        "",
        "cert.pem",
        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\nAAAA",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    ],
)
def test_what_is_no_certificate_is_refused(pem):
    with pytest.raises(InvalidInput, match="PEM"):
        device_ids.from_certificate(pem)
