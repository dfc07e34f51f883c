# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Device IDs: the SHA-256 of a device's certificate in base32, with four check digits.

Format: https://docs.syncthing.net/dev/device-ids.html
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata

from .._errors import InvalidInput

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
# What a letter counts for a check digit, at its even and its odd places; as bytes, since a fleet has many IDs.
_ONCE = bytes.maketrans(ALPHABET.encode(), bytes(range(32)))
_TWICE = bytes.maketrans(ALPHABET.encode(), bytes(2 * number // 32 + 2 * number % 32 for number in range(32)))
_BARE = 52  # without check digits, as the oldest releases wrote it
_FULL = 56
_LAST = "AQ"  # of its five bits, only the first belongs to the ID
_BLOCK = _BARE // 4  # each check digit covers 13 letters
# What people read wrong on a screen; the daemon forgives it too.
_MISREAD = str.maketrans("018", "OIB", "- ")
_RUN = re.compile(r"[A-Za-z0-9=]+([- ]+[A-Za-z0-9=]+)*\Z")


def check_digit(block: str) -> str:
    """Return the check digit (Luhn mod 32, the daemon's variant of it) of 13 letters."""
    letters = block.encode("ascii")
    total = sum(letters[::2].translate(_ONCE)) + sum(letters[1::2].translate(_TWICE))
    return ALPHABET[-total % 32]


def _blocks(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def from_bytes(digest: bytes) -> str:
    """Return the canonical ID (8 groups of 7) for the 32 bytes of a certificate's SHA-256."""
    bare = base64.b32encode(digest).decode("ascii").rstrip("=")
    full = "".join(block + check_digit(block) for block in _blocks(bare, _BLOCK))
    return "-".join(_blocks(full, 7))


def from_certificate(pem: str) -> str:
    """Return the device ID of a certificate given as PEM text; raises InvalidInput if it is none."""
    match = re.search(r"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", pem, re.DOTALL)
    try:
        der = base64.b64decode("".join(match.group(1).split()), validate=True) if match else b""
    except ValueError:
        der = b""
    if not der:
        raise InvalidInput("This is not a certificate in PEM format: give the whole content of Syncthing's cert.pem.")
    return from_bytes(hashlib.sha256(der).digest())


def looks_like_id(text: str) -> bool:
    """Whether somebody who wrote this meant a device ID, right or wrong, rather than a name."""
    # Blanks around it, dashes of a word processor and wide letters make no name of it.
    text = "".join(
        "-" if unicodedata.category(letter) in ("Pd", "Zs", "Cc", "Cf") else letter
        for letter in unicodedata.normalize("NFKC", text)
    ).strip("-")
    if not _RUN.match(text):
        return False
    length = len(text.translate(_MISREAD).strip("="))
    groups = text.replace(" ", "-").strip("=").split("-")
    if length in (_BARE, _FULL) and (len(groups) == 1 or _is_valid(text)):
        return True
    # Groups of about seven are an ID with letters lost or doubled; a name of that shape is not to be expected.
    return length > 40 and sum(6 <= len(group) <= 8 for group in groups) >= 5


def _is_valid(text: str) -> bool:
    try:
        return bool(normalise(text))
    except InvalidInput:
        return False


def normalise(text: str) -> str:
    """Return the canonical spelling of a device ID, from any spelling that the daemon accepts.

    Accepted: 52 letters without or 56 with check digits, in lower case, with or without dashes and blanks,
    and with 0, 1, 8 for O, I, B. Raises InvalidInput that names what is wrong.
    """
    letters = text.strip().strip("=").upper().translate(_MISREAD)
    if len(letters) not in (_BARE, _FULL):
        raise InvalidInput(
            f"{text!r} is not a device ID: it has {len(letters)} letters without dashes, a device ID has {_FULL}. "
            "Copy it again from 'Show ID' or from syncthing_info on that device."
        )
    wrong = sorted(set(letters) - set(ALPHABET))
    if wrong:
        raise InvalidInput(
            f"{text!r} is not a device ID: {' '.join(map(repr, wrong))} cannot occur in one (only A-Z and 2-7)."
        )
    if len(letters) == _FULL:
        blocks = _blocks(letters, _BLOCK + 1)
        bad = [number for number, block in enumerate(blocks, 1) if check_digit(block[:-1]) != block[-1]]
        if bad:
            quarters = " and ".join(f"'{'-'.join(_blocks(blocks[n - 1], 7))}' (quarter {n} of 4)" for n in bad)
            raise InvalidInput(
                f"{text!r} is not a device ID: a check digit is wrong, so a letter is mistyped in {quarters}."
            )
        if blocks[-1][-2] in _LAST:
            return "-".join(_blocks(letters, 7))
        letters = "".join(block[:-1] for block in blocks)
    return from_bytes(base64.b32decode(letters + "===="))


def short(text: str) -> str:
    """Return the short ID (the first 7 letters), as the daemon writes it in logs and file names."""
    return normalise(text)[:7]


_BINARY_ORDER = str.maketrans("234567", "[\\]^_`")  # the characters behind Z


def sort_key(canonical: str) -> str:
    """Return a key that sorts canonical IDs as the daemon does: by the binary value, where 2 comes after Z."""
    return canonical.translate(_BINARY_ORDER)
