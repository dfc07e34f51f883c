# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import socket

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._api.discovery import Endpoint
from ansible_collections.community.syncthing.plugins.module_utils._config import gui_endpoint, reconcile
from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.syncthing.tests.unit import support

GUI = {"address": "127.0.0.1:8384", "useTLS": False, "apiKey": "k"}
HERE = Endpoint("http://127.0.0.1:8384", "k", None, "/x/config.xml")


@pytest.mark.parametrize(
    ("url", "source", "after", "expected"),
    [
        ("http://127.0.0.1:8384", "/x/config.xml", {}, "http://127.0.0.1:8384"),
        ("http://127.0.0.1:8384", "/x/config.xml", {"address": "0.0.0.0:1"}, "http://127.0.0.1:1"),
        ("http://127.0.0.1:8384", "api_url", {"address": "[::1]:1"}, "http://[::1]:1"),
        ("http://127.0.0.1:8384", "api_url", {"address": "/run/st.sock"}, "unix:///run/st.sock"),
        ("http://127.0.0.1:8384", "api_url", {"useTLS": True}, "https://127.0.0.1:8384"),
        # By another name, from elsewhere.
        ("http://nas:8384", "api_url", {"address": "0.0.0.0:1"}, "http://nas:1"),
        ("http://nas:8384/st", "api_url", {"useTLS": True}, "https://nas:8384/st"),
        ("http://[fd00::1]:8384", "api_url", {"address": ":1"}, "http://[fd00::1]:1"),
        # Through a proxy or a forwarded port, which don't move with it.
        ("https://nas/st", "api_url", {"address": ":1"}, "https://nas/st"),
        ("http://127.0.0.1:9999", "api_url", {"address": ":1"}, "http://127.0.0.1:9999"),
        ("unix:///other.sock", "api_url", {"address": ":1"}, "unix:///other.sock"),
    ],
)
def test_where_the_daemon_is_afterwards(url, source, after, expected):
    endpoint = HERE._replace(url=url, source=source)
    assert gui_endpoint.moved(endpoint, GUI, dict(GUI, **after), False).url == expected
    assert gui_endpoint.moved(endpoint, GUI, dict(GUI, **after), True).url == url  # started with --gui-address


@pytest.mark.parametrize(("key", "expected"), [("k", "new"), ("of the environment", "of the environment")])
def test_the_key_changes_only_where_it_was_the_stored_one(key, expected):
    endpoint = HERE._replace(api_key=key)
    assert gui_endpoint.moved(endpoint, GUI, dict(GUI, apiKey="new"), False).api_key == expected


@pytest.fixture
def taken():
    """The port of somebody who listens on this host."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        yield listener.getsockname()[1]


def refuse(after, trusted=True, endpoint=HERE):
    gui_endpoint.refuse_unusable(endpoint, GUI, dict(GUI, **after), trusted)


def test_an_address_that_is_taken(taken):
    """Fact 12: the daemon would say 200, and be mute for good."""
    with pytest.raises(InvalidInput, match=rf"gui\.address 127\.0\.0\.1:{taken}"):
        refuse({"address": f"127.0.0.1:{taken}"})
    refuse({"address": f"127.0.0.1:{taken}"}, endpoint=HERE._replace(url="http://nas:8384"))  # another host's port


@pytest.mark.parametrize("address", ["192.0.2.1:8385", "no-such-host.invalid:8385", "/no/such/directory/x.sock"])
def test_an_address_that_this_host_has_not(address):
    with pytest.raises(InvalidInput, match=r"gui\.address"):
        refuse({"address": address})


def test_a_path_where_something_else_is(tmp_path):
    """Syncthing deletes what is there, as it does with a socket of a daemon that was killed."""
    (tmp_path / "file").write_text("precious")
    (tmp_path / "directory").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("file", "directory", "link"):
        with pytest.raises(InvalidInput, match=rf"gui\.address: {tmp_path}/{name} exists and is not a socket"):
            refuse({"address": f"{tmp_path}/{name}"})
    path = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(path)
        listener.listen(1)
        with pytest.raises(InvalidInput, match=r"gui\.address: another program listens on the socket"):
            refuse({"address": path})
    refuse({"address": path})  # left behind


@pytest.mark.parametrize("address", ["127.0.0.1:1", "0.0.0.0:8384", "/tmp/x.sock", GUI["address"]])
def test_an_address_that_can_be_used(address):
    refuse({"address": address})


@pytest.mark.parametrize("trusted", [False, True])
def test_tls_that_could_not_be_checked(trusted):
    if trusted:
        refuse({"useTLS": True}, trusted)
    else:
        with pytest.raises(InvalidInput, match=r"gui\.use_tls.*ca_path"):
            refuse({"useTLS": True}, trusted)


@pytest.mark.parametrize("overridden", [False, True])
def test_it_is_refused_before_anything_is_written(taken, overridden):
    daemon = support.Daemon(support.current("2.1.3"))
    daemon.address_overridden = overridden
    wanted = support.config(gui={"address": f"127.0.0.1:{taken}"}, options={"max_send_kbps": 5})
    if overridden:
        reconcile.reconcile(daemon, wanted, False)
        assert daemon.endpoint.url == "http://127.0.0.1:1"
    else:
        with pytest.raises(InvalidInput, match=r"gui\.address"):
            reconcile.reconcile(daemon, wanted, False)
        assert daemon.writes == []
