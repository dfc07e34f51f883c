# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Everything that can go wrong, each with a sentence on what to do about it."""

from __future__ import annotations

import typing as t


def one_line(text: str) -> str:
    """Return a text as one line that does nothing to a terminal: names, paths and errors in it are other people's."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


class SyncthingError(Exception):
    """Base of all errors of this collection.

    ``code`` is a stable word for playbooks and tests; the sentence may be reworded at any time.
    ``status`` is the HTTP status and ``body`` the daemon's own text, where there was an answer.
    ``results`` are what a module returns beside the error.
    """

    code = "error"
    results: t.Mapping[str, t.Any] = {}

    def __init__(self, message: str, status: int | None = None, body: str | None = None) -> None:
        super().__init__(one_line(message))
        self.status = status
        self.body = body

    def as_result(self) -> dict[str, t.Any]:
        """What a module or an action plugin returns."""
        error = {"code": self.code, "status": self.status, "body": self.body}
        return dict(self.results, failed=True, msg=str(self), error=error)


class InvalidInput(SyncthingError):
    """The declared values can't be what the user means; nothing was sent."""

    code = "invalid_input"


class DiscoveryError(SyncthingError):
    """No usable config.xml was found, or more than one."""

    code = "discovery"


class Unreachable(SyncthingError):
    """No connection, or the connection broke before an answer was complete."""

    code = "unreachable"


class RequestTimeout(SyncthingError):
    """One request, or all that was waited for, took too long."""

    code = "timeout"


class TlsMismatch(SyncthingError):
    """The certificate isn't the expected one, or one side speaks TLS and the other doesn't."""

    code = "tls"


class BadApiKey(SyncthingError):
    code = "api_key"


class BadHostHeader(SyncthingError):
    code = "host_check"


class NotFound(SyncthingError):
    code = "not_found"


class BadRequest(SyncthingError):
    """The daemon refused the request; its text is part of the message."""

    code = "bad_request"


class ServerError(SyncthingError):
    code = "server_error"


class GatewayError(ServerError):
    """502 to 504: something before the daemon answers for it, which may have had the request or not."""


class UnexpectedAnswer(SyncthingError):
    """An answer that Syncthing wouldn't give: HTML, broken JSON, a redirect, too much of it."""

    code = "unexpected_answer"


class MigrationInProgress(SyncthingError):
    """Syncthing 2.x converts its database and answers every request with a notice."""

    code = "migration"


class UnsupportedFeature(SyncthingError):
    """This version of Syncthing doesn't have what was asked for."""

    code = "unsupported"


class NotApplied(SyncthingError):
    """The daemon took the request and shows other values afterwards."""

    code = "not_applied"


# After these, a write may have taken effect all the same.
LOST = (Unreachable, RequestTimeout, GatewayError)


class MissingLibrary(Exception):
    """A Python library is needed that this host doesn't have. ``name`` is the one to install."""

    def __init__(self, name: str, details: str) -> None:
        super().__init__(f"The Python library {name} is missing.")
        self.name = name
        self.details = details
