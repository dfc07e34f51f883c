# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""SyncthingClient: one daemon's REST API over requests. It knows no Ansible: it returns data or raises.

Source: https://docs.syncthing.net/dev/rest.html and ``lib/api`` of Syncthing 1.12 to 2.1.
"""

from __future__ import annotations

import base64
import http.client
import json
import random
import socket
import time
import typing as t

from .. import _errors as errors
from .._schema import urls
from . import library_internals, responses, transport
from .discovery import Endpoint

try:
    import requests
    import urllib3
except ImportError:
    pass  # transport tells

_MAX_ANSWER = 256 * 1024 * 1024  # bytes; the largest configuration met had 16 MB
_MAX_VALUES = 16 * 1000 * 1000  # in one answer; each takes many times its bytes once it is decoded
_CHUNK = 1024 * 1024
_FIRST_PAUSE = 0.1  # seconds; doubled with each retry
_LONGEST_PAUSE = 2.0
_DAY = 24 * 3600
_MIGRATION = "database migration in progress"


class SyncthingClient:
    """Speaks to one daemon. Use it as a context manager.

    ``timeout`` is in seconds and for one whole request; ``retries`` is how often a request is repeated when that
    is safe: a GET that found no connection or a gateway's 502 to 504, a write that never left this host, or one that
    is declared to be repeatable.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        auth_method: str = "api_key",
        validate_certs: bool = True,
        ca_path: str | None = None,
        timeout: float = 30,
        retries: int = 5,
    ) -> None:
        if not 0 < timeout <= _DAY or retries < 0:
            raise errors.InvalidInput(f"timeout must be more than 0 and at most {_DAY} s, retries at least 0.")
        self.timeout = timeout
        self.retries = retries
        self._auth_method = auth_method
        self._validate_certs = validate_certs
        self._ca_path = ca_path
        self._seen: dict[str, str] = {}
        self._patient_until = 0.0
        self._open(endpoint)

    def _open(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._session, self._base = transport.open_session(
            endpoint.url, endpoint.certificate, self._validate_certs, self._ca_path, endpoint.user
        )
        self._auth: dict[str, str] = {}
        if endpoint.api_key:
            key = transport.check_header(endpoint.api_key, "api_key")
            self._auth = {"Authorization": "Bearer " + key} if self._auth_method == "bearer" else {"X-API-Key": key}

    def __enter__(self) -> SyncthingClient:
        return self

    def __exit__(self, *_exc: t.Any) -> None:
        self._session.close()

    @property
    def my_id(self) -> str:
        """The daemon's own device ID; every answer's header tells it, else it costs a request."""
        if "X-Syncthing-ID" not in self._seen:
            self._seen["X-Syncthing-ID"] = self.get("/rest/system/status")["myID"]
        return self._seen["X-Syncthing-ID"]

    @property
    def version(self) -> str:
        """The daemon's version, as in ``v1.29.5``; every answer's header tells it, else it costs a request."""
        if "X-Syncthing-Version" not in self._seen:
            self._seen["X-Syncthing-Version"] = self.get("/rest/system/version")["version"]
        return self._seen["X-Syncthing-Version"]

    def get(
        self,
        path: str,
        params: t.Mapping[str, t.Any] | None = None,
        within: float | None = None,
    ) -> t.Any:
        """Return the decoded JSON answer. ``path`` begins with /rest and is percent-encoded.

        ``within``: how many seconds this request may take, instead of the client's timeout.
        """
        return self._decode("GET", path, self._repeat("GET", path, None, params, within=within))

    def write(
        self,
        method: str,
        path: str,
        body: t.Any = None,
        params: t.Mapping[str, t.Any] | None = None,
        within: float | None = None,
        repeatable: bool = False,
    ) -> t.Any:
        """Send one write (PUT, POST, DELETE), with ``body`` as JSON; return the decoded answer, None if there is none.

        It is sent once: an error that is in LOST may mean that it took effect and only the answer was lost.
        ``repeatable``: twice does no more than once, so it is sent again like a GET.
        """
        data = None if body is None else json.dumps(body).encode("ascii")
        answer = self._repeat(method, path, data, params, within=within, repeatable=repeatable)
        # Some answers are JSON under the name of text/plain, such as that of /rest/system/restart.
        if answer.body and not answer.is_json and not answer.text.startswith("{"):
            self._raise_not_json(method, path, answer)
        return self._decode(method, path, answer) if answer.body and answer.is_json else None

    def login(self, user: str, password: str) -> bool:
        """Return whether the daemon accepts this GUI user and password."""
        token = base64.b64encode((f"{user}:{password}").encode()).decode("ascii")
        try:
            self._repeat("GET", "/rest/system/ping", None, None, {"Authorization": "Basic " + token})
        except errors.BadApiKey as exc:
            # Past the login, the daemon misses what a browser would send along.
            return "csrf" in (exc.body or "").lower()
        return True

    def trusts_new_certificate(self) -> bool:
        """Return whether the certificate of a daemon that turns TLS on could be checked."""
        return bool(not self._validate_certs or self._ca_path or self.endpoint.certificate)

    def check(self, endpoint: Endpoint) -> None:
        """Raise if this host lacks what ``follow`` needs for this endpoint, such as a library or a certificate."""
        if endpoint.url != self.endpoint.url:
            transport.open_session(endpoint.url, endpoint.certificate, self._validate_certs, self._ca_path)[0].close()

    def follow(self, endpoint: Endpoint) -> None:
        """Speak to the daemon at this endpoint from now on, and be patient: its listener restarts.

        That takes milliseconds, but 15 seconds when the GUI was changed more than five times in a short while.
        """
        if endpoint != self.endpoint:
            self._session.close()
            self._open(endpoint)
        self._patient_until = time.monotonic() + self.timeout

    def config(self) -> dict[str, t.Any]:
        """Return ``GET /rest/config``. Raises UnsupportedFeature where it doesn't exist (before Syncthing 1.12)."""
        try:
            config: dict[str, t.Any] = self.get("/rest/config")
            return config
        except errors.NotFound as exc:
            version = self._seen.get("X-Syncthing-Version")
            raise errors.UnsupportedFeature(
                f"{self.endpoint.url} has no /rest/config: this collection needs Syncthing 1.12 or "
                f"later{', and this is ' + version if version else ''}.",
                exc.status,
            ) from None

    # -- one request

    def _repeat(
        self,
        method: str,
        path: str,
        data: bytes | None,
        params: t.Mapping[str, t.Any] | None,
        auth: dict[str, str] | None = None,
        within: float | None = None,
        repeatable: bool = False,
    ) -> _Answer:
        attempt = 0
        repeatable = repeatable or method == "GET"
        timeout = self.timeout if within is None else within
        while True:
            try:
                return self._check(method, path, self._send(method, path, data, params, auth or self._auth, timeout))
            except (errors.Unreachable, errors.ServerError, errors.BadApiKey) as exc:
                patient = time.monotonic() < self._patient_until
                if isinstance(exc, errors.BadApiKey):
                    again = patient and not auth  # the listener that is about to end knows no new key
                else:
                    waiting = patient and isinstance(exc, errors.Unreachable)
                    again = (waiting or attempt < self.retries) and self._may_repeat(repeatable, exc)
                if not again:
                    raise
            pause = min(_FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE)
            time.sleep(pause * random.uniform(0.5, 1.0))  # clients that failed together shouldn't return together
            attempt += 1

    @staticmethod
    def _may_repeat(repeatable: bool, exc: errors.SyncthingError) -> bool:
        if isinstance(exc, _NeverSent):
            return True
        return repeatable and isinstance(exc, (errors.Unreachable, errors.GatewayError))

    def _send(
        self,
        method: str,
        path: str,
        data: bytes | None,
        params: t.Mapping[str, t.Any] | None,
        auth: dict[str, str],
        timeout: float,
    ) -> _Answer:
        exceptions = requests.exceptions
        lower = urllib3.exceptions  # what reading the body raises
        headers = dict(auth)
        if data is not None:
            headers["Content-Type"] = "application/json"
        deadline = time.monotonic() + timeout
        try:
            response = self._session.request(
                method,
                self._base + path,
                params=params,
                data=data,
                headers=headers,
                timeout=timeout,
                # The key must never follow to another place.
                allow_redirects=False,
                stream=True,
            )
            body = self._body(response, deadline, timeout)
            response.raw.release_conn()
            return _Answer(response.status_code, response.headers, body)
        except exceptions.SSLError as exc:
            raise self._tls_error(exc) from None
        except (exceptions.Timeout, lower.TimeoutError, socket.timeout):
            raise self._timed_out(method, path, timeout) from None
        except (exceptions.InvalidURL, exceptions.InvalidSchema, UnicodeError):
            raise errors.InvalidInput(f"api_url {self.endpoint.url} is not a URL that can be used.") from None
        except (OSError, exceptions.RequestException, lower.HTTPError, http.client.HTTPException) as exc:
            refused = "NewConnectionError" in repr(exc) or isinstance(exc, (ConnectionRefusedError, FileNotFoundError))
            kind = _NeverSent if refused else errors.Unreachable
            raise kind(
                f"No answer from Syncthing at {self.endpoint.url} (from {self.endpoint.source}): {_reason(exc)}. Is "
                "the daemon running, and is this the address that it listens on (it may have been started with "
                "--gui-address or STGUIADDRESS)?"
            ) from None

    def _body(self, response: t.Any, deadline: float, timeout: float) -> bytes:
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
                    raise self._timed_out(response.request.method, response.request.path_url, timeout)
        except BaseException:
            response.close()
            raise

    def _timed_out(self, method: str, path: str, timeout: float) -> errors.RequestTimeout:
        return errors.RequestTimeout(
            f"{method} {self.endpoint.url}{path.split('?')[0]} took longer than {timeout:g} s. Raise 'timeout', or "
            "look at what keeps the daemon busy."
        )

    def _tls_error(self, exc: Exception) -> errors.SyncthingError:
        url = self.endpoint.url
        offered = transport.offered_fingerprint(url, self.timeout)
        if not offered:
            return errors.TlsMismatch(f"{url} does not speak TLS: write http:// in api_url. ({_reason(exc)})")
        expected = transport.expected_fingerprint(self._session)
        if not self._validate_certs or offered == expected:
            # A busy daemon that waits a second for the first byte takes TLS for plain HTTP.
            return errors.Unreachable(f"TLS with Syncthing at {url} broke off ({_reason(exc)}): try again.")
        if expected:
            return errors.TlsMismatch(
                f"{url} shows another certificate than {self.endpoint.certificate} has: SHA-256 {offered} was "
                f"presented, {expected} was expected. Something else may listen there; if the file was just replaced, "
                "restart the daemon."
            )
        return errors.TlsMismatch(
            f"{url} shows a certificate that is not trusted here (SHA-256 {offered}): {_reason(exc)}. Give config_dir "
            "to trust the certificate beside config.xml, or ca_path; validate_certs: false is the last resort."
        )

    # -- what an answer means

    def _check(self, method: str, path: str, answer: _Answer) -> _Answer:
        for name in ("X-Syncthing-ID", "X-Syncthing-Version"):
            if name in answer.headers:
                self._seen[name] = answer.headers[name]
        status = answer.status
        if status < 300:
            return answer
        request = f"{method} {self.endpoint.url}{path.split('?')[0]}"
        text = answer.text
        if status < 400:
            raise self._redirected(answer)
        if status in (401, 403):
            raise self._refused(status, text)
        kind: type[errors.SyncthingError] = errors.BadRequest
        advice = "The daemon refused it"
        if status == 404:
            kind, advice = errors.NotFound, "There is no such thing"
        elif status in (502, 503, 504):
            kind, advice = errors.GatewayError, "A proxy before the daemon can't reach it"
        elif status >= 500:
            kind, advice = errors.ServerError, "The daemon could not do it; its log may say more"
        raise kind(f"{request}: HTTP {status}, {_quote(text)}. {advice}.", status, text)

    def _redirected(self, answer: _Answer) -> errors.SyncthingError:
        target = str(answer.headers.get("Location", ""))
        here = self.endpoint.url
        if _only_wants_tls(here, target):
            return errors.TlsMismatch(
                f"{self.endpoint.url} wants TLS: write https:// in api_url.", answer.status, answer.text
            )
        return errors.UnexpectedAnswer(
            f"{self.endpoint.url} redirects to {target[:200] or 'nowhere'}, which is not followed, since the API key "
            "would go there: set api_url to Syncthing's own address.",
            answer.status,
            answer.text,
        )

    def _refused(self, status: int, text: str) -> errors.SyncthingError:
        if "host check" in text.lower():
            return errors.BadHostHeader(
                f"Syncthing at {self.endpoint.url} accepts local host names only (it said 'Host check error'), since "
                "it listens on localhost. Use a local name such as 127.0.0.1 in api_url, or set gui "
                "insecureSkipHostcheck.",
                status,
                text,
            )
        if not self._auth:
            hint = "no key was given: set api_key"
        elif self._auth_method == "bearer":
            hint = "check the key; auth_method 'bearer' needs Syncthing 1.23.7 or later"
        else:
            hint = (
                "check the key; it is in the daemon's own config.xml, in the section gui. Another daemon, such as that "
                "of another user of this host, may be listening at this address"
            )
        return errors.BadApiKey(
            f"Syncthing at {self.endpoint.url} does not accept the API key from {self.endpoint.key_source} (it said "
            f"{_quote(text)}): {hint}.",
            status,
            text,
        )

    def _decode(self, method: str, path: str, answer: _Answer) -> t.Any:
        if not answer.is_json:
            self._raise_not_json(method, path, answer)
        place = path.split("?")[0]
        request = f"{method} {self.endpoint.url}{place}"
        if sum(map(answer.body.count, (b",", b"[", b"{"))) > _MAX_VALUES:
            raise errors.UnexpectedAnswer(f"{request}: the answer has more values than Syncthing's ever had.")
        try:
            value = json.loads(answer.body, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            raise errors.UnexpectedAnswer(f"{request}: the answer is broken JSON.", answer.status) from None
        problem = responses.problem_of(method, place, value)
        if problem:
            raise errors.UnexpectedAnswer(
                f"{request}: the answer is not what Syncthing says: {problem}. Is api_url the address of Syncthing's "
                "GUI?",
                answer.status,
            )
        return value

    def _raise_not_json(self, method: str, path: str, answer: _Answer) -> t.NoReturn:
        if _MIGRATION in answer.text.lower():
            raise errors.MigrationInProgress(
                f"Syncthing at {self.endpoint.url} is busy with the database migration to version 2 and can't be "
                "configured before that is done. It takes minutes, with much data hours: try again later.",
                answer.status,
            )
        raise errors.UnexpectedAnswer(
            f"{method} {self.endpoint.url}{path.split('?')[0]}: the answer is "
            f"{answer.headers.get('Content-Type') or 'of no type'} instead of JSON. Is api_url the address of "
            "Syncthing's GUI?",
            answer.status,
            answer.text,
        )


def _only_wants_tls(here: str, target: str) -> bool:
    try:
        ours, other = urls.parse(here), urls.parse("/".join(target.split("/", 3)[:3]))
    except errors.InvalidInput:
        return False
    return other.scheme == "https" and (ours.scheme == "unix" or ours.scheme == "http" and ours.host == other.host)


def _refuse_constant(name: str) -> t.NoReturn:
    raise ValueError(name)  # NaN and Infinity are no JSON


def _length(headers: t.Mapping[str, str]) -> int:
    stated = headers.get("Content-Length", "")
    return int(stated) if stated.isdigit() else 0


def _may_be_empty(response: t.Any) -> bool:
    """Whether it says how much follows. An answer that was torn in its head doesn't, and the library takes it."""
    headers = response.headers
    chunked = headers.get("Transfer-Encoding", "").lower() == "chunked"
    return bool(chunked or headers.get("Content-Length") or response.status_code in (204, 304))


class _NeverSent(errors.Unreachable):
    """No connection was made, so the request can't have taken effect."""


class _Answer(t.NamedTuple):
    status: int
    headers: t.Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body[:1000].decode("utf-8", "replace").strip()

    @property
    def is_json(self) -> bool:
        return self.headers.get("Content-Type", "").startswith("application/json")


def _quote(text: str) -> str:
    return repr(" ".join(text.split())[:200]) if text else "no text"


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
