# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""SyncthingClient: one daemon's REST API over requests. It knows no Ansible: it returns data or raises.

Source: https://docs.syncthing.net/dev/rest.html and ``lib/api`` of Syncthing 1.12 to 2.1.
"""

from __future__ import annotations

import base64
import datetime
import email.utils
import itertools
import json
import math
import time
import typing as t

from .. import _errors as errors
from .._until import growing, until
from . import decode, transport
from .discovery import Endpoint
from .exchange import Answer, Connection, NeverSent, Request

_FIRST_PAUSE = 0.1  # seconds; doubled with each retry
_LONGEST_PAUSE = 2.0
_DAY = 24 * 3600


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
        self._connection = Connection(endpoint, self._auth_method, self._validate_certs, self._ca_path)

    def __enter__(self) -> SyncthingClient:
        return self

    def __exit__(self, *_exc: t.Any) -> None:
        self._connection.close()

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

    @property
    def clock(self) -> datetime.datetime | None:
        """The daemon's clock at its last answer, in whole seconds; None if a proxy keeps it to itself."""
        try:
            return email.utils.parsedate_to_datetime(self._seen["Date"])
        except (KeyError, TypeError, ValueError):
            return None

    def get(
        self,
        path: str,
        params: t.Mapping[str, t.Any] | None = None,
        within: float | None = None,
    ) -> t.Any:
        """Return the decoded JSON answer. ``path`` begins with /rest and is percent-encoded.

        ``within``: how many seconds this request may take, instead of the client's timeout.
        """
        request = self._request("GET", path, params, within, repeatable=True)
        return decode.decode(self._connection, request, self._repeat(request))

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
        request = self._request(method, path, params, within, data=data, repeatable=repeatable)
        answer = self._repeat(request)
        # Some answers are JSON under the name of text/plain, such as that of /rest/system/restart.
        if answer.body and not answer.is_json and not answer.text.startswith("{"):
            raise decode.not_json(self._connection, request, answer)
        return decode.decode(self._connection, request, answer) if answer.body and answer.is_json else None

    def login(self, user: str, password: str) -> bool:
        """Return whether the daemon accepts this GUI user and password."""
        token = base64.b64encode((f"{user}:{password}").encode()).decode("ascii")
        try:
            self._repeat(self._request("GET", "/rest/system/ping", login="Basic " + token, repeatable=True))
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
            self._connection.close()
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

    def _request(
        self,
        method: str,
        path: str,
        params: t.Mapping[str, t.Any] | None = None,
        within: float | None = None,
        **more: t.Any,
    ) -> Request:
        return Request(method, path, self.timeout if within is None else within, params, **more)

    def _repeat(self, request: Request) -> Answer:
        attempts = itertools.count()

        def attempt() -> Answer | None:
            try:
                return self._ask(request)
            except (errors.Unreachable, errors.ServerError, errors.BadApiKey) as exc:
                if not self._may_repeat(request, exc, next(attempts)):
                    raise
                return None

        # Clients that failed together shouldn't return together.
        return t.cast(Answer, until(attempt, math.inf, growing(_FIRST_PAUSE, _LONGEST_PAUSE, jitter=0.5)))

    def _may_repeat(self, request: Request, exc: errors.SyncthingError, attempt: int) -> bool:
        patient = time.monotonic() < self._patient_until
        if isinstance(exc, errors.BadApiKey):
            return patient and not request.login  # the listener that is about to end knows no new key
        if attempt >= self.retries and not (patient and isinstance(exc, errors.Unreachable)):
            return False
        if isinstance(exc, NeverSent):
            return True
        return request.repeatable and isinstance(exc, (errors.Unreachable, errors.GatewayError))

    def _ask(self, request: Request) -> Answer:
        answer = self._connection.send(request)
        for name in ("X-Syncthing-ID", "X-Syncthing-Version", "Date"):
            if name in answer.headers:
                self._seen[name] = answer.headers[name]
        decode.check_status(self._connection, request, answer)
        return answer
