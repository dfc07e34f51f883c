# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""What can't be seen through the client; the rest of the transport is tested there."""

from __future__ import annotations

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._api import transport
from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.syncthing.tests.unit import support


def test_requests_is_missing(monkeypatch):
    monkeypatch.setattr(transport, "REQUESTS_IMPORT_ERROR", "Traceback: no module")
    with pytest.raises(transport.MissingLibrary) as caught:
        transport.open_session("http://127.0.0.1", None, True, None)
    assert (caught.value.name, caught.value.details) == ("requests", "Traceback: no module")


@pytest.mark.parametrize("value", ["abc", "a b", "~!#$%"])
def test_a_header_that_is_fine(value):
    assert transport.check_header(value, "api_key") == value


@pytest.mark.parametrize("value", ["a\r\nX: y", "\u00fc", "a ", "\x7f", "\x00"])
def test_a_header_that_is_not(value):
    with pytest.raises(InvalidInput, match="api_key"):
        transport.check_header(value, "api_key")


def test_fingerprints(serve, tmp_path):
    secure, plain = serve({}, tls="a"), serve({})
    pin = support.write_certificate(tmp_path, "a")
    session, base = transport.open_session(secure.api_url, pin, True, None)
    offered = transport.offered_fingerprint(secure.api_url, 5)
    assert offered is not None
    assert transport.expected(session) == (pin, offered)
    assert base == secure.api_url
    assert transport.offered_fingerprint(plain.api_url, 5) is None
    plain.close()
    assert transport.offered_fingerprint(plain.api_url, 5) is None


@pytest.mark.parametrize(
    ("pin", "validate_certs", "ca"), [(False, True, False), (True, False, False), (True, True, True)]
)
def test_no_pin_is_expected_where_none_is_checked(tmp_path, pin, validate_certs, ca):
    path = support.write_certificate(tmp_path, "a")
    session, _base = transport.open_session(
        "https://127.0.0.1", path if pin else None, validate_certs, path if ca else None
    )
    assert transport.expected(session) is None
    assert session.trust_env is False
