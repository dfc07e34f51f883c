# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""The certificate and key that the GUI and the REST API show, which the daemon reads when it starts."""

from __future__ import annotations

import datetime
import hashlib
import os
import ssl
import typing as t

from .._errors import InvalidInput
from .._host import accounts, directories
from .._host.files import read_secret
from .._schema.field import SET
from .identity import Pair, der, given_pair, nameless

CERTIFICATE, KEY = "https-cert.pem", "https-key.pem"
_MODES = {KEY: 0o600, CERTIFICATE: 0o644}  # as the daemon does; in this order they are put in place
_LIMIT = 64 * 1024
_MONTH = datetime.timedelta(days=30)


def given(
    certificate: str | None, private_key: str | None, hide: t.Callable[[str], None], prefix: str = ""
) -> Pair | None:
    """Return the pair that these options are: PEM, or paths of files on this host. Raises InvalidInput if it is none.

    ``hide`` gets the key. ``prefix``: of the names of the options.
    """
    texts = [
        read_secret(value, prefix + name) if value and value.startswith("/") else value
        for name, value in (("certificate", certificate), ("private_key", private_key))
    ]
    hide(texts[1] or "")
    pair = given_pair(texts[0], texts[1], (CERTIFICATE, KEY), chain=True, prefix=prefix)
    if pair:
        _check_kept(pair, prefix)
    return pair


def _check_kept(pair: Pair, prefix: str) -> None:
    """Refuse what the daemon would take for one of its own that ends soon, and replace.

    Source: ``shouldRegenerateCertificate`` in ``lib/api`` of Syncthing 1.12 to 2.1.
    """
    with nameless(pair.certificate) as file:
        found = ssl._ssl._test_decode_cert(f"/dev/fd/{file.fileno()}")  # type: ignore[attr-defined]
    names = found.get("subjectAltName", ())
    issuer = [value for part in found["issuer"] for key, value in part if key == "commonName"]
    own = found["subject"] == found["issuer"] and (not names or [("DNS", name) for name in issuer] == [*names])
    if not own:
        return
    ends = datetime.datetime.fromtimestamp(ssl.cert_time_to_seconds(found["notAfter"]), datetime.timezone.utc)
    if ends < datetime.datetime.now(datetime.timezone.utc) + _MONTH:
        raise InvalidInput(
            f"{prefix}certificate is self-signed and expires on {ends:%Y-%m-%d}. Syncthing replaces such a certificate "
            "in its last 30 days by one of its own: renew it."
        )


def is_there(folder: str, account: accounts.Account, pair: Pair) -> bool:
    """Whether this directory has exactly these."""
    return _look(folder, account) == {CERTIFICATE: (pair.certificate, 0o644), KEY: (pair.private_key, 0o600)}


def _look(folder: str, account: accounts.Account) -> dict[str, tuple[str | None, int | None]]:
    with accounts.acting_as(account):
        return {name: _content(os.path.join(folder, name)) for name in _MODES}


def _content(path: str) -> tuple[str | None, int | None]:
    try:
        text = accounts.read(path, _LIMIT)
        return text, None if text is None else os.stat(path).st_mode & 0o7777
    except OSError:  # such as a file of root, which is of no use to the daemon
        return None, None


def shown(folder: str, account: accounts.Account) -> dict[str, str]:
    """What is there, without secrets."""
    found = _look(folder, account)
    certificate, key = found[CERTIFICATE][0], found[KEY][0]
    return {
        **({"certificate": fingerprint(certificate)} if certificate else {}),
        **({"private_key": SET} if key else {}),
    }


def fingerprint(certificate: str) -> str:
    """The SHA-256 of the first certificate in a text, by which clients know the daemon; empty if there is none."""
    try:
        return hashlib.sha256(der(certificate)).hexdigest()
    except ValueError:
        return ""


def install(folder: str, account: accounts.Account, pair: Pair) -> None:
    """Put these in place. Of an interrupted run, a key without its certificate is left, and the next run goes on."""
    directories.create_private(folder, account)
    files = {KEY: pair.private_key, CERTIFICATE: pair.certificate}
    with accounts.locked(folder, account):
        accounts.replace(folder, account, {name: (files[name], mode) for name, mode in _MODES.items()})
