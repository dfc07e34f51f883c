# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""One request to a daemon and its answer, within limits of time and size. What goes wrong is one of our errors."""

from __future__ import annotations

import http.client
import socket
import time
import typing as t

from .. import _errors as errors
from . import library_internals, transport
from .discovery import Endpoint

try:
    import requests
    import urllib3
except ImportError:
    pass  # transport tells

_MAX_ANSWER = 256 * 1024 * 1024  # bytes; the largest configuration met had 16 MB
_CHUNK = 1024 * 1024


class Request(t.NamedTuple):
    """One request; ``path`` begins with /rest and is percent-encoded."""

    method: str
    path: str
    timeout: float  # seconds for all of it
    params: t.Mapping[str, t.Any] | None = None
    data: bytes | None = None
    login: str | None = None  # sent instead of the API key
    repeatable: bool = False  # twice does no more than once

    @property
    def place(self) -> str:
        return self.path.split("?")[0]


class Answer(t.NamedTuple):
    status: int
    headers: t.Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body[:1000].decode("utf-8", "replace").strip()

    @property
    def is_json(self) -> bool:
        return self.headers.get("Content-Type", "").startswith("application/json")


class NeverSent(errors.Unreachable):
    """No connection was made, so the request can't have taken effect."""


class Connection:
    """A way to one endpoint. It is closed by ``close``."""

    def __init__(self, endpoint: Endpoint, auth_method: str, validate_certs: bool, ca_path: str | None) -> None:
        self.endpoint = endpoint
        self.auth_method = auth_method
        self._validate_certs = validate_certs
        self._session, self._base = transport.open_session(
            endpoint.url, endpoint.certificate, validate_certs, ca_path, endpoint.user
        )
        self._auth: dict[str, str] = {}
        if endpoint.api_key:
            key = transport.check_header(endpoint.api_key, "api_key")
            self._auth = {"Authorization": "Bearer " + key} if auth_method == "bearer" else {"X-API-Key": key}

    def close(self) -> None:
        self._session.close()

    def describe(self, request: Request) -> str:
        return f"{request.method} {self.endpoint.url}{request.place}"

    def send(self, request: Request) -> Answer:
        """Return the answer, whatever it says."""
        exceptions = requests.exceptions
        lower = urllib3.exceptions  # what reading the body raises
        headers = {"Authorization": request.login} if request.login else dict(self._auth)
        if request.data is not None:
            headers["Content-Type"] = "application/json"
        deadline = time.monotonic() + request.timeout
        try:
            response = self._session.request(
                request.method,
                self._base + request.path,
                params=request.params,
                data=request.data,
                headers=headers,
                timeout=request.timeout,
                # The key must never follow to another place.
                allow_redirects=False,
                stream=True,
            )
            body = self._body(response, request, deadline)
            response.raw.release_conn()
            return Answer(response.status_code, response.headers, body)
        except exceptions.SSLError as exc:
            raise self._tls_error(exc, request.timeout) from None
        except (exceptions.Timeout, lower.TimeoutError, socket.timeout):
            raise self._timed_out(request) from None
        except (exceptions.InvalidURL, exceptions.InvalidSchema, UnicodeError):
            raise errors.InvalidInput(f"api_url {self.endpoint.url} is not a URL that can be used.") from None
        except (OSError, exceptions.RequestException, lower.HTTPError, http.client.HTTPException) as exc:
            refused = "NewConnectionError" in repr(exc) or isinstance(exc, (ConnectionRefusedError, FileNotFoundError))
            kind = NeverSent if refused else errors.Unreachable
            raise kind(
                f"No answer from Syncthing at {self.endpoint.url} (from {self.endpoint.source}): {_reason(exc)}. Is "
                "the daemon running, and is this the address that it listens on (it may have been started with "
                "--gui-address or STGUIADDRESS)?"
            ) from None

    def _body(self, response: t.Any, request: Request, deadline: float) -> bytes:
        # What is there is taken at once, so that an answer that trickles meets the deadline.
        read = library_internals.read_some(response.raw)
        parts: list[bytes] = []
        size = 0
        try:
            while True:
                part = read(_CHUNK)
                if not part:
                    if size < _length(response.headers) or not (size or _may_be_empty(response)):
                        raise ConnectionError("the answer ended too early")
                    return b"".join(parts)
                parts.append(part)
                size += len(part)
                if size > _MAX_ANSWER:
                    raise errors.UnexpectedAnswer(
                        f"{self.endpoint.url} answered more than {_MAX_ANSWER // 2**20} MiB, which Syncthing doesn't: "
                        "is it Syncthing?"
                    )
                if time.monotonic() > deadline:
                    raise self._timed_out(request)
        except BaseException:
            response.close()
            raise

    def _timed_out(self, request: Request) -> errors.RequestTimeout:
        return errors.RequestTimeout(
            f"{self.describe(request)} took longer than {request.timeout:g} s. Raise 'timeout', or "
            "look at what keeps the daemon busy."
        )

    def _tls_error(self, exc: Exception, timeout: float) -> errors.SyncthingError:
        url = self.endpoint.url
        offered = transport.offered_fingerprint(url, timeout)
        if not offered:
            return errors.TlsMismatch(f"{url} does not speak TLS: write http:// in api_url. ({_reason(exc)})")
        expected = transport.expected(self._session)
        if not self._validate_certs or expected and offered == expected.fingerprint:
            # A busy daemon that waits a second for the first byte takes TLS for plain HTTP.
            return errors.Unreachable(f"TLS with Syncthing at {url} broke off ({_reason(exc)}): try again.")
        if expected:
            return errors.TlsMismatch(
                f"{url} shows another certificate than {expected.path} has: SHA-256 {offered} was presented, "
                f"{expected.fingerprint} was expected. Something else may listen there; if the file was just replaced, "
                "restart the daemon."
            )
        return errors.TlsMismatch(
            f"{url} shows a certificate that is not trusted here (SHA-256 {offered}): {_reason(exc)}. Give config_dir "
            "to trust the certificate beside config.xml, or ca_path with a file that has it; validate_certs: false is "
            "the last resort."
        )


def _length(headers: t.Mapping[str, str]) -> int:
    stated = headers.get("Content-Length", "")
    return int(stated) if stated.isdigit() else 0


def _may_be_empty(response: t.Any) -> bool:
    """Whether it says how much follows. An answer that was torn in its head doesn't, and the library takes it."""
    headers = response.headers
    chunked = headers.get("Transfer-Encoding", "").lower() == "chunked"
    return bool(chunked or headers.get("Content-Length") or response.status_code in (204, 304))


def _reason(exc: BaseException) -> str:
    """The innermost cause; the libraries wrap it in names and addresses of Python objects."""
    reason: t.Any = exc
    while True:
        causes = [getattr(reason, "reason", None), *reason.args]
        inner = next((cause for cause in causes if isinstance(cause, BaseException)), None)
        if inner is None:
            break
        reason = inner
    if isinstance(reason, OSError) and reason.strerror:
        return reason.strerror
    return str(reason).split(": ", 1)[-1].replace("\n", " ")[:200]
