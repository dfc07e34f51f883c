# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""What an answer means: its data, or the error that it stands for."""

from __future__ import annotations

import json
import typing as t

from .. import _errors as errors
from .._schema import urls
from . import responses
from .exchange import Answer, Connection, Request

_MAX_VALUES = 16 * 1000 * 1000  # in one answer; each takes many times its bytes once it is decoded
_MIGRATION = "database migration in progress"


def check_status(connection: Connection, request: Request, answer: Answer) -> None:
    """Raise the error that the status of an answer stands for, if it does."""
    status, text = answer.status, answer.text
    if status < 300:
        return
    if status < 400:
        raise _redirected(connection, answer)
    if status in (401, 403):
        raise _refused(connection, answer)
    kind: type[errors.SyncthingError] = errors.BadRequest
    advice = "The daemon refused it"
    if status == 404:
        kind, advice = errors.NotFound, "There is no such thing"
    elif status in (502, 503, 504):
        kind, advice = errors.GatewayError, "A proxy before the daemon can't reach it"
    elif status >= 500:
        kind, advice = errors.ServerError, "The daemon could not do it; its log may say more"
    raise kind(f"{connection.describe(request)}: HTTP {status}, {_quote(text)}. {advice}.", status, text)


def _redirected(connection: Connection, answer: Answer) -> errors.SyncthingError:
    target = str(answer.headers.get("Location", ""))
    here = connection.endpoint.url
    if _only_wants_tls(here, target):
        return errors.TlsMismatch(f"{here} wants TLS: write https:// in api_url.", answer.status, answer.text)
    return errors.UnexpectedAnswer(
        f"{here} redirects to {target[:200] or 'nowhere'}, which is not followed, since the API key would go there: "
        "set api_url to Syncthing's own address.",
        answer.status,
        answer.text,
    )


def _only_wants_tls(here: str, target: str) -> bool:
    try:
        ours, other = urls.parse(here), urls.parse("/".join(target.split("/", 3)[:3]))
    except errors.InvalidInput:
        return False
    return other.scheme == "https" and (ours.scheme == "unix" or ours.scheme == "http" and ours.host == other.host)


def _refused(connection: Connection, answer: Answer) -> errors.SyncthingError:
    endpoint, text = connection.endpoint, answer.text
    if "host check" in text.lower():
        return errors.BadHostHeader(
            f"Syncthing at {endpoint.url} accepts local host names only (it said 'Host check error'), since it listens "
            "on localhost. Use a local name such as 127.0.0.1 in api_url, or set gui insecureSkipHostcheck.",
            answer.status,
            text,
        )
    if not endpoint.api_key:
        hint = "no key was given: set api_key"
    elif connection.auth_method == "bearer":
        hint = "check the key; auth_method 'bearer' needs Syncthing 1.23.7 or later"
    else:
        hint = (
            "check the key; it is in the daemon's own config.xml, in the section gui. Another daemon, such as that of "
            "another user of this host, may be listening at this address"
        )
    return errors.BadApiKey(
        f"Syncthing at {endpoint.url} does not accept the API key from {endpoint.key_source} (it said {_quote(text)}): "
        f"{hint}.",
        answer.status,
        text,
    )


def _quote(text: str) -> str:
    return repr(" ".join(text.split())[:200]) if text else "no text"


def decode(connection: Connection, request: Request, answer: Answer) -> t.Any:
    """Return the data of an answer, which must be JSON of the shape that Syncthing's answers have."""
    if not answer.is_json:
        raise not_json(connection, request, answer)
    said = connection.describe(request) + ": the answer"
    if sum(map(answer.body.count, (b",", b"[", b"{"))) > _MAX_VALUES:
        raise errors.UnexpectedAnswer(f"{said} has more values than Syncthing's ever had.")
    try:
        value = json.loads(answer.body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise errors.UnexpectedAnswer(f"{said} is broken JSON.", answer.status) from None
    problem = responses.problem_of(request.method, request.place, value)
    if problem:
        raise errors.UnexpectedAnswer(
            f"{said} is not what Syncthing says: {problem}. Is api_url the address of Syncthing's GUI?", answer.status
        )
    return value


def _refuse_constant(name: str) -> t.NoReturn:
    raise ValueError(name)  # NaN and Infinity are no JSON


def not_json(connection: Connection, request: Request, answer: Answer) -> errors.SyncthingError:
    if _MIGRATION in answer.text.lower():
        return errors.MigrationInProgress(
            f"Syncthing at {connection.endpoint.url} is busy with the database migration to version 2 and can't be "
            "configured before that is done. It takes minutes, with much data hours: try again later.",
            answer.status,
        )
    return errors.UnexpectedAnswer(
        f"{connection.describe(request)}: the answer is {answer.headers.get('Content-Type') or 'of no type'} instead "
        "of JSON. Is api_url the address of Syncthing's GUI?",
        answer.status,
        answer.text,
    )
