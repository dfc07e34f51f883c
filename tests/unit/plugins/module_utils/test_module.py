# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""What all modules share, seen from outside."""

from __future__ import annotations

import errno

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._api import transport
from ansible_collections.community.syncthing.plugins.module_utils._operations import local_changes
from ansible_collections.community.syncthing.tests.harness.scripted import Answer
from ansible_collections.community.syncthing.tests.unit import support
from ansible_collections.community.syncthing.tests.unit.support import LAPTOP

KEY = "planted-secret-key"
MINIMUM = {
    "syncthing_device": {"device_id": LAPTOP},
    "syncthing_folder": {"id": "docs"},
    "syncthing_info": {"gather_subset": ["devices"]},
}


@pytest.fixture(params=sorted(MINIMUM))
def call(request, run):
    """Run one of the modules with what it needs."""
    return lambda args, **more: run(request.param, dict(MINIMUM[request.param], **args), **more)


def failed(result, code=None):
    assert (result["failed"], result.code) == (True, 1)
    assert result["msg"]
    assert "Traceback" not in result.output
    assert support.SECRET not in result.output + result.log
    if code:
        assert result["error"]["code"] == code
    return result["msg"]


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("version", support.VERSIONS)
def test_nothing_to_do_is_one_request(call, daemon, version, check):
    server = daemon(version)
    result = call(server.options, check=check)
    assert (result["changed"], result.code) == (False, 0)
    assert result.json.get("diff", {"before": {}, "after": {}}) == {"before": {}, "after": {}}
    assert server.asked == ["GET /rest/config"]
    assert support.SECRET not in result.output + result.log


@pytest.mark.parametrize(
    ("answer", "code", "status"),
    [
        (Answer("CSRF Error\n", 403), "api_key", 403),
        (Answer("Host check error\n", 403), "host_check", 403),
        (Answer("404 page not found\n", 404), "unsupported", 404),
        (Answer("it failed with planted-secret-key in it\n", 500), "server_error", 500),
        (Answer("<html>", type="text/html"), "unexpected_answer", 200),
        (Answer("*** Database migration in progress ***"), "migration", 200),
        (Answer.redirect("https://127.0.0.1:1/"), "tls", 307),
    ],
)
def test_a_failure_has_words_and_a_code(call, daemon, answer, code, status):
    server = daemon(**{"*": answer})
    result = call(server.options)
    assert server.api_url in failed(result, code)
    assert result["error"]["status"] == status
    assert set(result["error"]) == {"code", "status", "body"}
    assert len(server.requests) == 1


def test_nobody_there(call, daemon):
    server = daemon()
    server.close()
    server.close = lambda: None
    failed(call(server.options), "unreachable")


def test_no_configuration_is_found(call):
    assert "config_dir" in failed(call({}), "discovery")


def test_requests_is_missing(call, monkeypatch):
    monkeypatch.setattr(transport, "REQUESTS_IMPORT_ERROR", "ImportError: no requests")
    message = failed(call({"api_url": "http://127.0.0.1:1", "api_key": KEY}))
    assert "requests" in message
    assert "Python" in message


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"timeout": 0}, "timeout"),
        ({"timeout": -1}, "timeout"),
        ({"timeout": "nan"}, "timeout"),
        ({"timeout": "inf"}, "timeout"),
        ({"retries": -1}, "retries"),
        ({"auth_method": "basic"}, "auth_method"),
        ({"validate_certs": "perhaps"}, "validate_certs"),
        ({"api_url": "nas"}, "api_url"),
        ({"api_url": "http://admin:planted-secret@nas"}, "api_url"),
        ({"api_key": "planted-secret\n"}, "api_key"),
    ],
)
def test_wrong_connection_options(call, daemon, options, named):
    server = daemon()
    assert named in failed(call(dict(server.options, **options)))
    assert server.requests == []


@pytest.mark.parametrize("name", ["api_key", "ca_path", "config_dir", "user"])
def test_a_null_character(call, name):
    assert failed(call({name: "a\0b"}), "invalid_input") == f"{name} contains a null character. Remove it."


def test_what_the_system_refuses(run, daemon, monkeypatch):
    """Such as the directory of a folder that only the daemon's user may read."""

    def refuse(*_args):
        raise PermissionError(errno.EACCES, "Permission denied", "/srv/documents")

    monkeypatch.setattr(local_changes, "archive", refuse)
    message = failed(run("syncthing_local_changes", dict(daemon().options, folder="docs")), "discovery")
    assert message.startswith("/srv/documents: Permission denied. Run the task as the daemon's user")


def test_environment(call, daemon, monkeypatch):
    server = daemon()
    monkeypatch.setenv("SYNCTHING_API_URL", server.api_url)
    monkeypatch.setenv("SYNCTHING_API_KEY", KEY)
    result = call({})
    assert result["changed"] is False
    assert server.requests[0].headers["X-API-Key"] == KEY
    assert support.SECRET not in result.output + result.log


def test_empty_options_are_not_given(call, daemon, tmp_path):
    """An explicit null may arrive as an empty text."""
    server = daemon()
    result = call(dict(server.options, config_dir="", user="", ca_path=""))
    assert result["changed"] is False


def test_the_token_in_an_address(run, daemon):
    """The option has another name, so Ansible doesn't hide it by itself."""
    server = daemon()
    addresses = ["default", f"relay://vps:22067/?id={support.LAPTOP}&token={support.SECRET}"]
    for listen in (addresses, [*addresses, "wrong:" + support.SECRET]):
        result = run("syncthing_config", dict(server.options, options={"listen_addresses": listen}, _ansible_diff=True))
        assert "listen_addresses" in result.output
        assert support.SECRET not in result.output + result.log


def test_the_key_from_the_daemons_own_file(run, daemon, tmp_path):
    """It is no option, so Ansible doesn't hide it by itself."""
    server = daemon()
    server.daemon.state["folders"][0]["label"] = "labelled planted-secret-key"
    (tmp_path / "config.xml").write_text(
        f"<configuration><gui><address>127.0.0.1:{server.port}</address><apikey>{KEY}</apikey></gui></configuration>"
    )
    options = {"config_dir": str(tmp_path), "auth_method": "bearer", "gather_subset": ["folders"]}
    result = run("syncthing_info", options)
    assert server.requests[0].headers["Authorization"] == "Bearer " + KEY
    assert "labelled" in result.output
    assert support.SECRET not in result.output + result.log
