# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""The undocumented parts of http.client and urllib3 are there and used: these tests fail when a library changes."""

from __future__ import annotations

import http.client
import io
import time

import pytest
import requests
import urllib3
from ansible_collections.community.syncthing.plugins.module_utils._api import library_internals, transport
from ansible_collections.community.syncthing.tests.harness.scripted import Answer


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (http.client.HTTPConnection, "response_class"),
        (urllib3.connection.HTTPConnection, "_new_conn"),
        (urllib3.HTTPConnectionPool, "ConnectionCls"),
        (urllib3.HTTPSConnectionPool, "ConnectionCls"),
        (urllib3.PoolManager(), "pool_classes_by_scheme"),
        (requests.Session, "resolve_redirects"),
    ],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_what_is_replaced_is_there(owner, name):
    assert hasattr(owner, name)


@pytest.fixture(params=["http", "https", "unix"])
def get(request, serve, tmp_path):
    """Make a request through a session of each kind, with a timeout of 0.5 s."""

    def get(answer):
        server = serve(
            {"*": answer},
            tls="a" if request.param == "https" else "",
            unix=tmp_path / "socket" if request.param == "unix" else "",
        )
        session, base = transport.open_session(server.api_url, None, False, None)
        found = session.get(base + "/rest/system/ping", stream=True, timeout=0.5)
        return found, session

    return get


def test_each_connection_has_limited_responses(get):
    response, session = get(Answer({"ping": "pong"}))
    with session:
        lowest = response.raw._fp
        assert isinstance(lowest, library_internals.Response)
        assert isinstance(lowest.fp, io.BufferedReader)
        assert isinstance(lowest.fp.raw, library_internals.Limited)
        assert library_internals.read_some(response.raw)(4) == b'{"pi'


def test_headers_that_trickle_meet_the_timeout(get):
    def trickle(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(30):
            handler.wfile.write(b"X-%d: y\r\n" % number)
            handler.wfile.flush()
            time.sleep(0.1)

    started = time.monotonic()
    with pytest.raises(requests.exceptions.Timeout):
        get(Answer(raw=trickle))
    assert time.monotonic() - started < 2


def test_what_is_there_is_read_at_once(get):
    def half(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf")
        handler.wfile.flush()
        time.sleep(0.4)

    response, session = get(Answer(raw=half))
    with session:
        started = time.monotonic()
        assert library_internals.read_some(response.raw)(1024) == b"half"
        assert time.monotonic() - started < 0.3
