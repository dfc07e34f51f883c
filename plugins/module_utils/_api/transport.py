# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""A requests session for one endpoint: trust by pin, by CA or not at all, over TCP or a UNIX socket."""

from __future__ import annotations

import hashlib
import os
import socket
import ssl
import traceback
import typing as t
from http.cookiejar import DefaultCookiePolicy

from .._errors import InvalidInput, MissingLibrary, TlsMismatch
from .._host.files import open_file
from .._schema import urls
from . import library_internals
from .discovery import reading_as

try:
    import urllib3
    from requests import Session
    from requests.adapters import HTTPAdapter

    REQUESTS_IMPORT_ERROR: str | None = None
except ImportError:
    REQUESTS_IMPORT_ERROR = traceback.format_exc()
    Session = object  # type: ignore[assignment, misc]  # never used then
    HTTPAdapter = object  # type: ignore[assignment, misc]  # never used then


class _Session(Session):
    """Neither follows a redirect nor reads what came with it."""

    def resolve_redirects(self, *_args: t.Any, **_kwargs: t.Any) -> t.Iterator[t.Any]:
        return iter(())


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: t.Any, **kwargs: t.Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        library_internals.bound(self.poolmanager)


class Pin(t.NamedTuple):
    path: str  # of the certificate
    fingerprint: str


class _PinnedAdapter(_Adapter):
    """Accepts the one certificate whose SHA-256 fingerprint is given, for whatever host name."""

    def __init__(self, path: str, fingerprint: str) -> None:
        self.pin = Pin(path, fingerprint)
        super().__init__()

    def init_poolmanager(self, *args: t.Any, **kwargs: t.Any) -> None:
        super().init_poolmanager(*args, assert_fingerprint=self.pin.fingerprint, assert_hostname=False, **kwargs)


class _UnixAdapter(_Adapter):
    """Every request goes to the socket at this path, whatever host the URL names."""

    def __init__(self, path: str) -> None:
        self._path = path
        super().__init__()

    def init_poolmanager(self, *args: t.Any, **kwargs: t.Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        library_internals.bound(self.poolmanager, self._path)


def open_session(
    url: str,
    certificate: str | None,
    validate_certs: bool,
    ca_path: str | None,
    user: str | None = None,
) -> tuple[t.Any, str]:
    """Return a requests.Session and the URL to use with it; the certificate is read with the rights of ``user``.

    Raises MissingLibrary, or TlsMismatch when the certificate to expect can't be read.
    """
    if REQUESTS_IMPORT_ERROR:
        raise MissingLibrary("requests", REQUESTS_IMPORT_ERROR)
    session = _Session()
    # Neither a proxy nor ~/.netrc may come between us and the daemon: both would see or replace the key.
    session.trust_env = False
    session.headers["Accept-Encoding"] = "identity"  # what is read counts against a limit
    # A cookie of one login would answer for the next.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.mount("http://", _Adapter())
    session.mount("https://", _Adapter())
    where = urls.parse(url)
    if where.scheme == "unix":
        session.mount("http://", _UnixAdapter(where.path))
        return session, "http://localhost"
    if not validate_certs:
        session.verify = False
        _silence_warning()
    elif ca_path:
        if _is_authority(ca_path):
            session.verify = ca_path
        else:
            _pin(session, ca_path, None)
    elif certificate and where.scheme == "https":
        _pin(session, certificate, user)
    return session, str(where)


def _is_authority(ca_path: str) -> bool:
    """Whether this can sign the certificates of others; else it is that of one daemon, which signs its own."""
    try:
        if not os.path.isfile(ca_path):
            os.listdir(ca_path)
            return True
        stats = ssl.create_default_context(cafile=ca_path).cert_store_stats()
    except OSError as exc:  # an SSLError is one
        raise InvalidInput(f"ca_path: {ca_path} can't be used on this host: {exc.strerror}.") from None
    return stats["x509"] != 1 or stats["x509_ca"] > 0


def _pin(session: t.Any, certificate: str, user: str | None) -> None:
    session.verify = False  # the pin is checked instead
    session.mount("https://", _PinnedAdapter(certificate, _file_fingerprint(certificate, user)))


def _silence_warning() -> None:
    urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)


def _file_fingerprint(path: str, user: str | None) -> str:
    try:
        with reading_as(user), open_file(path) as stream:
            pem = stream.read(_MAX_PEM).decode("ascii", "replace")
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem[: pem.index(_PEM_END) + len(_PEM_END)].strip())).hexdigest()
    except (OSError, ValueError) as exc:
        raise TlsMismatch(f"The daemon's certificate {path} can't be read ({exc}).") from None


_MAX_PEM = 1024 * 1024
_PEM_END = "-----END CERTIFICATE-----"


def offered_fingerprint(url: str, timeout: float) -> str | None:
    """Return the SHA-256 fingerprint of the certificate that a server shows, or None if it shows none."""
    where = urls.parse(url)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        plain = socket.create_connection((where.host, where.port), timeout)
        with plain, context.wrap_socket(plain, server_hostname=where.host) as secure:
            return hashlib.sha256(secure.getpeercert(binary_form=True) or b"").hexdigest()
    except (OSError, ValueError):
        return None


def expected(session: t.Any) -> Pin | None:
    """Return the pin of a session, if it has one."""
    return getattr(session.get_adapter("https://"), "pin", None)


def check_header(value: str, option: str) -> str:
    """Refuse what can't stand in a header before the library does: its message would quote the secret."""
    if not value.isprintable() or not value.isascii() or value != value.strip():
        raise InvalidInput(f"{option} has blanks around it or characters that no key has: check how it was read.")
    return value
