# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import hashlib
import json
import socket
import ssl
import time

import pytest
from ansible_collections.community.syncthing.plugins.module_utils import _errors, _until
from ansible_collections.community.syncthing.plugins.module_utils._api import exchange
from ansible_collections.community.syncthing.plugins.module_utils._api.client import SyncthingClient
from ansible_collections.community.syncthing.plugins.module_utils._api.discovery import Endpoint
from ansible_collections.community.syncthing.tests.harness.scripted import Answer
from ansible_collections.community.syncthing.tests.unit import support

KEY = "planted-secret-key"
NOTICE = Answer.migration()
HTML = Answer("<!DOCTYPE html><html><body>Sign in</body></html>", type="text/html")
OK = Answer({"fine": True})
CLOSE = {"Connection": "close"}


@pytest.fixture
def connect():
    """Make clients that are closed with the test; they don't repeat anything unless told so."""
    clients = []

    def make(server, key=KEY, certificate=None, **options):
        url = server if isinstance(server, str) else server.api_url
        clients.append(SyncthingClient(Endpoint(url, key, certificate, "the test"), **dict({"retries": 0}, **options)))
        return clients[-1]

    yield make
    for client in clients:
        client.__exit__()


def failure(kind, call, *args):
    """The error of a call, which must be of exactly this kind and show no secret."""
    with pytest.raises(_errors.SyncthingError) as caught:
        call(*args)
    assert caught.value.code == kind.code, caught.value
    assert support.SECRET not in support.chain(caught.value)
    return caught.value


# -- what is sent


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {"X-API-Key": KEY, "Authorization": None}),
        ({"auth_method": "bearer"}, {"X-API-Key": None, "Authorization": "Bearer " + KEY}),
        ({"key": None}, {"X-API-Key": None, "Authorization": None}),
    ],
)
def test_the_key_is_sent_as_asked(serve, connect, options, expected):
    server = serve({"*": OK})
    client = connect(server, **options)
    assert client.get("/rest/noauth/health") == {"fine": True}
    client.write("PUT", "/rest/config/folders", [])
    for request in server.requests:
        assert {name: request.headers[name] for name in expected} == expected


def test_what_a_request_looks_like(serve, connect):
    server = serve({"*": Answer()})
    connect(server).write("PUT", "/rest/config/folders", [{"label": "\u00fc"}])
    connect(server).write("DELETE", "/rest/config/folders/a%20b%3F%23%25")
    put, delete = server.requests
    assert put[:2] == ("PUT", "/rest/config/folders")
    assert put.body == b'[{"label": "\\u00fc"}]'
    assert put.headers["Content-Type"] == "application/json"
    assert delete[:2] == ("DELETE", "/rest/config/folders/a%20b%3F%23%25")
    assert delete.body == b""


def test_parameters_are_encoded(serve, connect):
    server = serve({"*": OK})
    connect(server).get("/rest/system/ping", {"folder": "a&b/\u00fc", "device": ""})
    assert server.requests[0].path == "/rest/system/ping?folder=a%26b%2F%C3%BC&device="


@pytest.mark.parametrize(
    "key", ["planted-secret\n", "planted\nsecret", " planted-secret", "planted-secret\u00fc", "\t"]
)
@pytest.mark.parametrize("auth_method", ["api_key", "bearer"])
def test_a_key_with_odd_characters_is_refused_unquoted(connect, key, auth_method):
    with pytest.raises(_errors.InvalidInput) as caught:
        connect("http://127.0.0.1:1", key=key, auth_method=auth_method)
    assert "api_key" in str(caught.value)
    assert "planted" not in support.chain(caught.value)


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"])
def test_no_proxy_comes_between(serve, connect, monkeypatch, variable):
    server, proxy = serve({"*": OK}), serve({"*": Answer({"proxy": True})})
    monkeypatch.setenv(variable, proxy.api_url)
    monkeypatch.setenv("no_proxy", "")
    assert connect(server).get("/rest/system/ping") == {"fine": True}
    assert proxy.requests == []


def test_netrc_is_not_used(serve, connect, nowhere):
    (nowhere / ".netrc").write_text("machine 127.0.0.1 login admin password planted-secret\n")
    (nowhere / ".netrc").chmod(0o600)
    server = serve({"*": OK})
    connect(server, key=None).get("/rest/system/ping")
    assert server.requests[0].headers["Authorization"] is None


def test_a_cookie_is_not_kept(serve, connect):
    server = serve({"*": Answer({}, headers={"Set-Cookie": "CSRF-Token-ABC=x; Path=/"})})
    client = connect(server)
    client.get("/rest/system/ping")
    client.get("/rest/system/ping")
    assert server.requests[1].headers["Cookie"] is None


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_the_key_does_not_follow_a_redirect(serve, connect, status, method):
    other = serve({"*": OK})
    server = serve({"*": Answer.redirect(other.api_url + "/rest/config", status)})
    client = connect(server)
    error = failure(_errors.UnexpectedAnswer, *([client.get] if method == "GET" else [client.write, "PUT"]), "/rest/x")
    assert other.api_url in str(error)
    assert other.requests == []


# -- repeating


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_read_is_repeated_behind_a_gateway(serve, connect, pauses, status):
    server = serve({"*": [Answer("bad gateway", status), Answer("bad gateway", status), OK]})
    assert connect(server, retries=2).get("/rest/system/ping") == {"fine": True}
    assert (len(server.requests), len(pauses)) == (3, 2)


@pytest.mark.parametrize("status", [500, 501, 400, 401, 403, 404])
def test_what_the_daemon_means_is_not_asked_again(serve, connect, pauses, status):
    server = serve({"*": [Answer("no", status), OK]})
    with pytest.raises(_errors.SyncthingError):
        connect(server, retries=5).get("/rest/system/ping")
    assert (len(server.requests), pauses) == (1, [])


def test_a_broken_connection_is_tried_again_for_a_read(serve, connect, pauses):
    server = serve({"*": [Answer.reset(), Answer.reset(), OK]})
    assert connect(server, retries=5).get("/rest/system/ping") == {"fine": True}
    assert len(pauses) == 2


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer.reset(), _errors.Unreachable),
        (Answer("bad gateway", 502), _errors.ServerError),
        (Answer("unavailable", 503), _errors.ServerError),
        (Answer("failed", 500), _errors.ServerError),
    ],
)
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_a_write_is_never_sent_twice(serve, connect, pauses, answer, error, method):
    server = serve({"*": [answer, OK]})
    failure(error, connect(server, retries=5).write, method, "/rest/config/folders", [])
    assert (len(server.requests), pauses) == (1, [])


@pytest.mark.parametrize("answer", [Answer.reset(), Answer("bad gateway", 502)])
def test_a_write_that_may_come_twice_is_sent_again(serve, connect, pauses, answer):
    server = serve({"*": [answer, OK]})
    connect(server, retries=5).write("POST", "/rest/db/scan", repeatable=True)
    assert (len(server.requests), len(pauses)) == (2, 1)


def test_retries_are_bounded_and_their_pauses_too(serve, connect, pauses):
    server = serve({"*": Answer("bad gateway", 502)})
    failure(_errors.ServerError, connect(server, retries=12).get, "/rest/system/ping")
    assert len(server.requests) == 13
    assert all(0 < pause <= 5 for pause in pauses)
    assert pauses[0] <= 0.1 < pauses[6]
    assert len(set(pauses)) == 12  # with jitter


@pytest.mark.parametrize("write", [False, True])
def test_a_refused_connection_is_waited_out(serve, connect, monkeypatch, write):
    free = serve({})
    port = free.port
    free.close()
    serve_again = []

    def pause(_seconds):
        serve_again.append(serve({"*": OK}, port=port))

    clock = support.Clock()
    clock.sleep = pause
    monkeypatch.setattr(_until, "time", clock)
    client = connect(f"http://127.0.0.1:{port}", retries=2)
    if write:
        client.write("PUT", "/rest/config/folders", [])
    else:
        assert client.get("/rest/system/ping") == {"fine": True}
    assert len(serve_again) == 1
    assert len(serve_again[0].requests) == 1


@pytest.mark.parametrize("write", [False, True])
def test_nobody_there(serve, connect, pauses, write):
    server = serve({})
    server.close()
    client = connect(server, retries=3)
    error = failure(_errors.Unreachable, *([client.write, "PUT"] if write else [client.get]), "/rest/config")
    assert len(pauses) == 3
    assert server.api_url in str(error)
    assert "STGUIADDRESS" in str(error)


def test_an_unknown_host(connect):
    error = failure(_errors.Unreachable, connect("http://no-such-host.invalid:8384").get, "/rest/system/ping")
    assert "no-such-host.invalid" in str(error)


def test_a_moved_daemon_is_followed_patiently(serve, connect, pauses, monkeypatch):
    first = serve({"*": OK})
    second = serve({"*": [Answer.reset()] * 3 + [OK]})
    client = connect(first)
    client.get("/rest/system/ping")
    client.follow(Endpoint(second.api_url, "planted-secret-other", None, "the test"))
    assert client.get("/rest/system/ping") == {"fine": True}
    assert len(pauses) == 3
    assert second.requests[-1].headers["X-API-Key"] == "planted-secret-other"


def test_a_listener_that_knows_no_new_key_yet_is_waited_for(serve, connect, pauses):
    refusal = Answer("Forbidden\n", 403)
    client = connect(serve({"*": [OK, refusal, refusal, OK]}))
    client.get("/rest/system/ping")
    client.follow(client.endpoint._replace(api_key="planted-secret-other"))
    assert client.get("/rest/system/ping") == {"fine": True}
    assert len(pauses) == 2


def test_a_wrong_key_is_not_waited_for(serve, connect, pauses):
    client = connect(serve({"*": Answer("Forbidden\n", 403)}))
    failure(_errors.BadApiKey, client.get, "/rest/system/ping")
    assert not pauses


# -- time


def trickle(body, pause, chunked=False):
    def send(handler):
        kind = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % len(body)
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%s\r\n\r\n" % kind)
        for number in range(len(body)):
            letter = body[number : number + 1]
            handler.wfile.write(b"1\r\n%s\r\n" % letter if chunked else letter)
            handler.wfile.flush()
            time.sleep(pause)
        if chunked:
            handler.wfile.write(b"0\r\n\r\n")

    return Answer(raw=send)


def silent(handler):
    time.sleep(5)


@pytest.mark.parametrize(
    "answer",
    [Answer(raw=silent), trickle(b"[%s]" % (b" " * 100), 0.05), trickle(b"[%s]" % (b" " * 100), 0.05, chunked=True)],
    ids=["silence", "drops", "drops in chunks"],
)
@pytest.mark.parametrize("write", [False, True])
def test_timeout_is_for_the_whole_request(serve, connect, pauses, answer, write):
    server = serve({"*": answer})
    client = connect(server, timeout=0.3, retries=5)
    start = time.monotonic()
    error = failure(_errors.RequestTimeout, *([client.write, "PUT"] if write else [client.get]), "/rest/config?x=y")
    assert time.monotonic() - start < 2
    assert "timeout" in str(error)
    assert "0.3 s" in str(error)
    assert (len(server.requests), pauses) == (1, [])


# -- TLS


def fingerprint(name):
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(support.load("certificates")[name]["certificate"])).hexdigest()


def test_the_pinned_certificate_is_enough_whatever_name_it_has(serve, connect, tmp_path):
    server = serve({"*": OK}, tls="b")
    pin = support.write_certificate(tmp_path, "b")
    assert connect(server, certificate=pin).get("/rest/system/ping") == {"fine": True}
    failure(_errors.TlsMismatch, connect(server, ca_path=pin).get, "/rest/system/ping")
    assert len(server.requests) == 1


def test_another_certificate_than_the_pinned_one(serve, connect, tmp_path):
    server = serve({"*": OK}, tls="b")
    client = connect(server, certificate=support.write_certificate(tmp_path, "a"), retries=5)
    error = failure(_errors.TlsMismatch, client.get, "/rest/system/ping")
    assert fingerprint("a") in str(error)
    assert fingerprint("b") in str(error)
    assert server.requests == []


def test_a_certificate_that_nobody_vouches_for(serve, connect):
    server = serve({"*": OK}, tls="a")
    error = failure(_errors.TlsMismatch, connect(server).get, "/rest/system/ping")
    assert fingerprint("a") in str(error)
    assert all(option in str(error) for option in ("config_dir", "ca_path", "validate_certs"))
    assert server.requests == []


@pytest.mark.parametrize("ca", ["a", "b"])
def test_ca_path(serve, connect, tmp_path, ca):
    server = serve({"*": OK}, tls="a")
    client = connect(server, ca_path=support.write_certificate(tmp_path, ca))
    if ca == "a":
        assert client.get("/rest/system/ping") == {"fine": True}
    else:
        assert fingerprint("a") in str(failure(_errors.TlsMismatch, client.get, "/rest/system/ping"))
    assert len(server.requests) == (ca == "a")


def test_ca_path_comes_before_the_pin(serve, connect, tmp_path):
    server = serve({"*": OK}, tls="a")
    (tmp_path / "ca").mkdir()
    options = {"ca_path": support.write_certificate(tmp_path / "ca", "b")}
    pin = support.write_certificate(tmp_path, "a")
    failure(_errors.TlsMismatch, connect(server, certificate=pin, **options).get, "/rest/system/ping")


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_ca_path_that_cannot_be_used(serve, connect, pauses, tmp_path, content):
    server = serve({"*": OK}, tls="a")
    path = tmp_path / "ca.pem"
    if content:
        path.write_text(content)
    with pytest.raises(_errors.SyncthingError) as caught:
        connect(server, ca_path=str(path), retries=5).get("/rest/system/ping")
    assert caught.value.code in ("tls", "invalid_input")
    assert "ca_path" in str(caught.value) or str(path) in str(caught.value)
    assert pauses == []
    assert server.requests == []


@pytest.mark.parametrize("certificate", [None, "b"])
def test_validate_certs_false_takes_any(serve, connect, tmp_path, certificate, recwarn):
    server = serve({"*": OK}, tls="a")
    pin = certificate and support.write_certificate(tmp_path, certificate)
    assert connect(server, certificate=pin, validate_certs=False).get("/rest/system/ping") == {"fine": True}
    assert not [warning for warning in recwarn if "Insecure" in warning.category.__name__]


@pytest.mark.parametrize("content", [None, "", "-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n"])
def test_a_pin_that_cannot_be_read(connect, tmp_path, content):
    path = tmp_path / "https-cert.pem"
    if content is not None:
        path.write_text(content)
    error = failure(_errors.TlsMismatch, lambda: connect("https://127.0.0.1:1", certificate=str(path)))
    assert str(path) in str(error)


def test_plain_http_to_a_daemon_that_wants_tls(serve, connect, pauses):
    server = serve({})
    server.answers = {"*": Answer.redirect(server.api_url.replace("http:", "https:") + "/rest/config")}
    error = failure(_errors.TlsMismatch, connect(server, retries=5).get, "/rest/system/ping")
    assert "https://" in str(error)
    assert pauses == []


@pytest.mark.parametrize("pinned", [False, True])
def test_tls_to_a_daemon_without(serve, connect, pauses, tmp_path, pinned):
    server = serve({"*": OK})
    pin = support.write_certificate(tmp_path, "a") if pinned else None
    url = server.api_url.replace("http:", "https:")
    error = failure(_errors.TlsMismatch, connect(url, certificate=pin, retries=5).get, "/rest/system/ping")
    assert "http://" in str(error)
    assert pauses == []


@pytest.mark.parametrize("pinned", [False, True])
@pytest.mark.parametrize("retries", [0, 1])
def test_a_busy_daemon_that_takes_tls_for_plain_http(serve, connect, pauses, tmp_path, pinned, retries):
    """Syncthing does that when the first byte is a second late."""
    server = serve({"*": OK}, tls="a")
    accept = server._server.get_request

    def once():
        server._server.get_request = accept
        connection, peer = accept()
        return socket.socket(fileno=connection.detach()), peer

    server._server.get_request = once
    trust = {"certificate": support.write_certificate(tmp_path, "a")} if pinned else {"validate_certs": False}
    client = connect(server, retries=retries, **trust)
    if retries:
        assert client.get("/rest/system/ping") == {"fine": True}
    else:
        assert "broke off" in str(failure(_errors.Unreachable, client.get, "/rest/system/ping"))
    assert len(pauses) == retries


# -- a UNIX socket


def test_unix_socket(serve, connect, tmp_path):
    server = serve({"*": OK}, unix=tmp_path / "a b%2F.sock")
    client = connect(server)
    assert client.get("/rest/system/ping", {"x": "y"}) == {"fine": True}
    client.write("PUT", "/rest/config/folders", [])
    assert server.asked == ["GET /rest/system/ping?x=y", "PUT /rest/config/folders"]
    assert [request.headers["Host"] for request in server.requests] == ["localhost"] * 2
    assert [request.headers["X-API-Key"] for request in server.requests] == [KEY] * 2


def test_unix_socket_that_nobody_listens_on(connect, tmp_path):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "left-over"))
    listener.close()
    for name in ("left-over", "not there"):
        url = f"unix://{tmp_path}/{name}"
        assert url in str(failure(_errors.Unreachable, connect(url).get, "/rest/system/ping"))


# -- what an answer means


@pytest.mark.parametrize(
    ("status", "text", "key", "error", "named"),
    [
        (403, "CSRF Error\n", KEY, _errors.BadApiKey, ["api_key", "CSRF Error"]),
        (403, "Forbidden\n", KEY, _errors.BadApiKey, ["api_key", "Forbidden"]),
        (401, "Not Authorized\n", KEY, _errors.BadApiKey, ["api_key", "Not Authorized"]),
        (403, "Forbidden\n", None, _errors.BadApiKey, ["no key"]),
        (403, "Host check error\n", KEY, _errors.BadHostHeader, ["127.0.0.1", "insecureSkipHostcheck"]),
        (400, "json: cannot unmarshal\n", KEY, _errors.BadRequest, ["json: cannot unmarshal", "/rest/x"]),
        (404, "404 page not found\n", KEY, _errors.NotFound, ["/rest/x"]),
        (405, "", KEY, _errors.BadRequest, ["405"]),
        (500, "folder has empty ID\n", KEY, _errors.ServerError, ["folder has empty ID"]),
        (502, "<html>" + "x" * 5000, KEY, _errors.ServerError, ["502"]),
        (304, "", KEY, _errors.UnexpectedAnswer, ["nowhere"]),
    ],
)
def test_refusals(serve, connect, status, text, key, error, named):
    server = serve({"*": Answer(text, status)})
    client = connect(server, key=key)
    for call in ([client.get], [client.write, "PUT"]):
        raised = failure(error, *call, "/rest/x?folder=a")
        assert raised.status == status
        assert raised.body == text.strip()[:1000]
        assert all(word in str(raised) for word in named)
        assert len(str(raised)) < 600


def test_bearer_and_an_older_daemon(serve, connect):
    client = connect(serve({"*": Answer("Forbidden", 403)}), auth_method="bearer")
    assert "1.23.7" in str(failure(_errors.BadApiKey, client.get, "/rest/system/ping"))


@pytest.mark.parametrize("write", [False, True])
@pytest.mark.parametrize(
    ("answer", "error", "named"),
    [
        (NOTICE, _errors.MigrationInProgress, "try again later"),
        (HTML, _errors.UnexpectedAnswer, "text/html"),
        (Answer("OK"), _errors.UnexpectedAnswer, "text/plain"),
        (Answer(b"pong"), _errors.UnexpectedAnswer, "no type"),
    ],
)
def test_an_answer_that_is_not_the_daemons(serve, connect, answer, error, named, write):
    client = connect(serve({"*": answer}), retries=5)
    assert named in str(failure(error, *([client.write, "PUT"] if write else [client.get]), "/rest/config"))


def test_some_writes_are_answered_with_json_that_calls_itself_text(serve, connect):
    client = connect(serve({"*": Answer('{"ok": "restarting"}')}))
    client.write("POST", "/rest/system/restart")
    failure(_errors.UnexpectedAnswer, client.get, "/rest/system/restart")


@pytest.mark.parametrize(
    "body",
    [b"", b'{"version": 37, "folders": [', b"[" * 200000, b"\xff", b'{"a": 1} trailing'],
    ids=["empty", "cut", "deep", "binary", "more"],
)
def test_broken_json(serve, connect, body):
    client = connect(serve({"*": Answer(body, type="application/json")}))
    failure(_errors.UnexpectedAnswer, client.get, "/rest/system/ping")


TORN = {
    "by length": Answer(b"[]", type="application/json", headers={"Content-Length": "1000", **CLOSE}),
    "in chunks": Answer(
        b"2\r\n[]\r\n5\r\n1", type="application/json", headers={"Transfer-Encoding": "chunked", **CLOSE}
    ),
}


@pytest.mark.parametrize("torn", sorted(TORN))
def test_a_torn_answer_is_no_answer(serve, connect, pauses, torn):
    failure(_errors.Unreachable, connect(serve({"*": TORN[torn]})).get, "/rest/system/ping")
    assert connect(serve({"*": [TORN[torn], OK]}), retries=1).get("/rest/system/ping") == {"fine": True}
    assert len(pauses) == 1


JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (JSON + b"Content-Length: 8\r\nX-Syncthing-Id: X\r\n\r\n", b'{"a": 1}'),
        (JSON + b"Transfer-Encoding: chunked\r\n\r\n", b"2\r\n[]\r\n"),  # the last chunk is only a mark
        (b"HTTP/1.1 200 OK\r\nX-Syncthing-Id: X\r\nContent-Length: 2\r\n\r\n", b"{}"),
    ],
    ids=["by length", "in chunks", "of no type"],
)
def test_an_answer_may_be_torn_anywhere(serve, connect, head, body):
    """Also in its head, where the library takes what it has for all of it."""

    def send(handler):
        handler.wfile.write(part)
        handler.wfile.flush()
        handler.close_connection = True

    client = connect(serve({"*": Answer(raw=send)}), retries=0)
    for length in range(len(head + body)):
        part = (head + body)[:length]
        failure(_errors.Unreachable, client.get, "/rest/config")
        failure(_errors.Unreachable, client.write, "PUT", "/rest/config/devices")


@pytest.mark.parametrize("length", ["much", "-5", "2, 2"])
def test_an_odd_length(serve, connect, length):
    client = connect(serve({"*": Answer(b"[]", type="application/json", headers={"Content-Length": length, **CLOSE})}))
    try:
        assert client.get("/rest/system/ping") == []
    except _errors.SyncthingError as exc:
        assert exc.code in ("unreachable", "unexpected_answer")


def test_an_answer_without_a_length(serve, connect):
    def send(handler):
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n[1]")
        handler.wfile.flush()
        handler.close_connection = True

    assert connect(serve({"*": Answer(raw=send)})).get("/rest/system/ping") == [1]


def test_a_connection_is_used_again(serve, connect):
    server = serve({"*": OK})
    client = connect(server)
    for _time in range(3):
        client.get("/rest/system/ping")
    assert len(server.peers) == 1


def test_a_compressed_answer_is_not_asked_for(serve, connect):
    server = serve({"*": OK})
    connect(server).get("/rest/system/ping")
    assert server.requests[0].headers["Accept-Encoding"] == "identity"


def test_too_much_of_an_answer(serve, connect, monkeypatch):
    monkeypatch.setattr(exchange, "_MAX_ANSWER", 1 << 20)
    monkeypatch.setattr(exchange, "_CHUNK", 1 << 18)
    within, beyond = (Answer(b"[%s]" % (b" " * size), type="application/json") for size in ((1 << 20) - 2, 1 << 20))
    client = connect(serve({"*": [within, beyond]}))
    assert client.get("/rest/system/ping") == []
    assert "1 MiB" in str(failure(_errors.UnexpectedAnswer, client.get, "/rest/system/ping"))


@pytest.mark.parametrize(
    "body",
    [
        [],
        None,
        "text",
        {},
        {"devices": [], "folders": None},
        {"devices": {}, "folders": []},
        {"folders": []},
        {"devices": [1], "folders": []},
        {"devices": [], "folders": ["x"]},
        {"devices": [{}], "folders": [{}]},
    ],
    ids=repr,
)
def test_a_configuration_of_the_wrong_shape(serve, connect, body):
    answer = Answer(b"null" if body is None else json.dumps(body).encode(), type="application/json")
    client = connect(serve({"*": answer}))
    assert "api_url" in str(failure(_errors.UnexpectedAnswer, client.config))


@pytest.mark.parametrize("headers", [{}, {"X-Syncthing-Version": "v1.11.1"}])
def test_a_daemon_without_configuration(serve, connect, headers):
    server = serve({"*": Answer("404 page not found\n", 404, headers=headers)})
    error = failure(_errors.UnsupportedFeature, connect(server).config)
    assert "1.12" in str(error)
    assert not headers or "v1.11.1" in str(error)


@pytest.mark.parametrize("version", support.VERSIONS)
def test_one_request_tells_it_all(serve, connect, version):
    data = support.load("config-" + version)
    server = serve({"GET /rest/config": Answer(data["config"], headers=support.daemon_headers(data))})
    client = connect(server)
    assert client.config() == data["config"]
    assert (client.my_id, client.version) == (data["my_id"], data["version"])
    assert server.asked == ["GET /rest/config"]


def test_headers_that_a_proxy_took_away(serve, connect):
    server = serve({
        "GET /rest/system/status": Answer(support.status("ME")),
        "GET /rest/system/version": Answer({"version": "v1.2.3"}),
    })  # fmt: skip
    client = connect(server)
    assert [(client.my_id, client.version) for _time in range(2)] == [("ME", "v1.2.3")] * 2
    assert server.asked == ["GET /rest/system/status", "GET /rest/system/version"]


@pytest.mark.parametrize(
    ("answer", "accepted"),
    [
        (Answer({"ping": "pong"}), True),
        (Answer("CSRF Error", 403), True),
        (Answer("Forbidden", 403), False),
        (Answer("Not Authorized", 401), False),
    ],
)
def test_login(serve, connect, answer, accepted):
    server = serve({"*": answer})
    assert connect(server).login("admin", "p\u00e4ss:word") is accepted
    headers = server.requests[0].headers
    assert headers["Authorization"] == "Basic YWRtaW46cMOkc3M6d29yZA=="
    assert headers["X-API-Key"] is None


def test_a_refused_login_does_not_quote_the_password(serve, connect):
    client = connect(serve({"*": Answer("no", 500)}))
    failure(_errors.ServerError, client.login, "admin", "planted-secret-password")
