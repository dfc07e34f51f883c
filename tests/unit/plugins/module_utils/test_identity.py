# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._errors import DiscoveryError, InvalidInput
from ansible_collections.community.syncthing.plugins.module_utils._schema import device_ids
from ansible_collections.community.syncthing.plugins.module_utils._setup import identity
from ansible_collections.community.syncthing.tests.unit import support

PAIRS = support.load("identities")  # of no device
CERTIFICATE, KEY = PAIRS["ecdsa"]["certificate"], PAIRS["ecdsa"]["private_key"]
OTHER_CERTIFICATE, OTHER_KEY = PAIRS["ed25519"]["certificate"], PAIRS["ed25519"]["private_key"]
HALF = len(CERTIFICATE) // 2


@pytest.mark.parametrize("kind", ["ecdsa", "ed25519"])
@pytest.mark.parametrize("change", [str, str.strip, lambda text: text.replace("\n", "\r\n"), lambda text: "x\n" + text])
def test_a_pair(kind, change):
    pair = identity.given(*(change(PAIRS[kind][name]) for name in ("certificate", "private_key")))
    assert pair.device_id == device_ids.from_certificate(PAIRS[kind]["certificate"])
    assert all(text.endswith("-----\n") for text in pair)


@pytest.mark.parametrize("nothing", [None, ""])
def test_none_is_given(nothing):
    assert identity.given(nothing, nothing) is None


@pytest.mark.parametrize(
    ("certificate", "key", "named"),
    [
        (CERTIFICATE, None, "private_key"),
        ("", KEY, "certificate"),
        (CERTIFICATE, OTHER_KEY, "private_key is not the key of this certificate"),
        (CERTIFICATE, PAIRS["encrypted_key"], "private_key is encrypted"),
        (CERTIFICATE + OTHER_CERTIFICATE, KEY, "certificate must be the whole content of Syncthing's cert.pem"),
        (CERTIFICATE, KEY + OTHER_KEY, "it has 2"),
        (KEY, CERTIFICATE, "it has none"),
        (CERTIFICATE + KEY, KEY, "certificate has a private key in it"),
        ("cert.pem", KEY, "certificate"),
        (CERTIFICATE, "/etc/key.pem", "private_key must be the whole content of Syncthing's key.pem"),
        (CERTIFICATE, KEY + "x" * 40000, "private_key is longer"),
        (CERTIFICATE + "x" * 40000, KEY, "certificate is longer"),
        (CERTIFICATE[:HALF] + "!" + CERTIFICATE[HALF:], KEY, "not a certificate"),
        (CERTIFICATE[:HALF] + CERTIFICATE[HALF + 8 :], KEY, "can't be read as a pair"),
        (CERTIFICATE, KEY.replace("A", "B").replace("M", "N"), "private_key"),
        (CERTIFICATE, KEY.replace("\n", " "), "private_key"),
    ],
)
def test_what_is_no_pair(certificate, key, named):
    with pytest.raises(InvalidInput) as caught:
        identity.given(certificate, key)
    text = support.chain(caught.value)
    assert named in str(caught.value)
    for line in KEY.splitlines()[1:-1]:
        assert line not in text


def test_only_the_certificate_is_shown():
    assert identity.Pair(KEY + CERTIFICATE + KEY, KEY).shown == CERTIFICATE.strip() + "\n"


def test_neither_syncthing_nor_cryptography(monkeypatch):
    monkeypatch.setattr(identity, "HAS_CRYPTOGRAPHY", False)
    with pytest.raises(DiscoveryError, match="cryptography"):
        identity.make()


def test_made_here():
    if not identity.HAS_CRYPTOGRAPHY:
        pytest.skip("this Python has no cryptography, which ansible-core needs and a managed host does not")
    one, two = identity.make(), identity.make()
    assert one.device_id != two.device_id
    assert identity.mismatch(one) is None
    assert "not the key" in identity.mismatch(one._replace(private_key=two.private_key))


def found(**parts):
    return identity.Found(**parts)


ONE, TWO = (identity.Pair(**PAIRS[kind]) for kind in ("ecdsa", "ed25519"))


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("wanted", [None, ONE])
def test_an_identity_that_is_there_stays(wanted, force):
    there = identity.Pair("\n" + CERTIFICATE, KEY)
    assert identity.choose(found(pair=there), wanted, force, "/st") is there


def test_another_identity():
    with pytest.raises(InvalidInput) as caught:
        identity.choose(found(pair=ONE), TWO, False, "/st")
    assert all(text in str(caught.value) for text in (ONE.device_id, TWO.device_id, "/st", "force"))
    assert identity.choose(found(pair=ONE), TWO, True, "/st") is TWO


@pytest.mark.parametrize(
    ("certificate", "key", "wanted", "force", "chosen"),
    [
        (CERTIFICATE, None, ONE, False, ONE),
        (None, KEY, ONE, False, ONE),
        (CERTIFICATE, None, TWO, False, "refused"),
        (None, KEY, TWO, False, "refused"),
        (CERTIFICATE, OTHER_KEY, ONE, False, "refused"),
        (CERTIFICATE, None, None, False, "refused"),
        (CERTIFICATE, None, TWO, True, TWO),
        (CERTIFICATE, None, None, True, None),
        (CERTIFICATE, OTHER_KEY, ONE, True, ONE),
    ],
)
def test_a_broken_identity(certificate, key, wanted, force, chosen):
    there = found(certificate=certificate, private_key=key, broken="it is broken")
    if chosen == "refused":
        with pytest.raises(InvalidInput, match="it is broken.*force"):
            identity.choose(there, wanted, force, "/st")
    else:
        assert identity.choose(there, wanted, force, "/st") is chosen


@pytest.mark.parametrize("wanted", [None, ONE])
def test_nothing_is_there(wanted):
    assert identity.choose(found(), wanted, False, "/st") is wanted
