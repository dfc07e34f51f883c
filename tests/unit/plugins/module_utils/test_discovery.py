# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import os
import pathlib
import re
import socket
import types
from xml.sax.saxutils import escape

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._api import client, discovery
from ansible_collections.community.syncthing.plugins.module_utils._errors import (
    DiscoveryError,
    InvalidInput,
    SyncthingError,
)
from ansible_collections.community.syncthing.tests.unit import support
from hypothesis import given
from hypothesis import strategies as st

KEY = "planted-secret-key"


def xml(address="127.0.0.1:8384", tls="false", enabled="true", key=KEY):
    return (
        '<configuration version="37">\n        <folder '
        f'id="x"><gui><address>elsewhere:1</address></gui></folder>\n        <gui enabled="{enabled}" '
        f'tls="{tls}" sendBasicAuthPrompt="false">\n            '
        f"<address>{address}</address><apikey>{key}</apikey><theme>default<address>not "
        "this</address></theme>\n        </gui>\n        <options><address>not:2</address><apikey>not "
        "this</apikey></options>\n    </configuration>"
    )


@pytest.fixture
def daemon(nowhere):
    """Write a config.xml below the home; returns its folder."""

    def write(text=None, below=".config/syncthing", **settings):
        folder = nowhere / below
        folder.mkdir(parents=True)
        (folder / "config.xml").write_text(text or xml(**settings))
        return str(folder)

    return write


def resolve(environ=None, **options):
    """As the module calls it, with only the home and ``environ`` in the environment."""
    return discovery.resolve(environ=dict(environ or {}, HOME=os.environ["HOME"]), **options)


def refused(environ=None, error=DiscoveryError, **options):
    with pytest.raises(error) as caught:
        resolve(environ, **options)
    assert support.SECRET not in support.chain(caught.value)
    return str(caught.value)


# -- where it is


@pytest.mark.parametrize(
    ("below", "environ"),
    [
        (".config/syncthing", {}),
        (".local/state/syncthing", {}),
        ("cfg/syncthing", {"XDG_CONFIG_HOME": "{home}/cfg"}),
        (".config/syncthing", {"XDG_CONFIG_HOME": "{home}/cfg"}),
        ("state/syncthing", {"XDG_STATE_HOME": "{home}/state"}),
        ("st", {"STHOMEDIR": "{home}/st"}),
        ("st", {"STCONFDIR": "{home}/st"}),
        ("st", {"STHOMEDIR": "{home}/st", "STCONFDIR": "{home}/no", "XDG_CONFIG_HOME": "{home}/no"}),
    ],
)
def test_each_place_of_the_daemon_is_looked_into(daemon, nowhere, below, environ):
    folder = daemon(below=below)
    found = resolve({name: value.format(home=nowhere) for name, value in environ.items()})
    path = folder + "/config.xml"
    assert found == discovery.Endpoint("http://127.0.0.1:8384", KEY, None, path, path)


def test_a_relative_state_home_is_passed_over(daemon, nowhere, monkeypatch):
    monkeypatch.chdir(nowhere)
    daemon(below="relative/syncthing", key="wrong")
    daemon(below=".local/state/syncthing")
    assert resolve({"XDG_STATE_HOME": "relative"}).api_key == KEY


def test_the_home_is_found_without_home(daemon, nowhere, monkeypatch):
    daemon()
    monkeypatch.setattr(discovery.pwd, "getpwuid", lambda _uid: types.SimpleNamespace(pw_dir=str(nowhere)))
    assert discovery.resolve(environ={}).api_key == KEY


def test_on_a_mac(daemon, monkeypatch):
    monkeypatch.setattr(discovery, "sys", types.SimpleNamespace(platform="darwin"))
    daemon(below="Library/Application Support/Syncthing")
    assert resolve().api_key == KEY


def test_config_dir_comes_before_everything(daemon, monkeypatch):
    folder = daemon(below="given")
    daemon(key="wrong")
    assert resolve({"STHOMEDIR": "/nowhere"}, config_dir=folder).api_key == KEY
    monkeypatch.setenv("HOME", os.path.dirname(folder))
    assert resolve(config_dir="~/given").api_key == KEY


def test_the_home_of_another_user(daemon, nowhere, monkeypatch):
    daemon()

    account = {"pw_name": "syncthing", "pw_uid": os.geteuid(), "pw_gid": os.getegid()}

    def getpwnam(name):
        return {"syncthing": types.SimpleNamespace(**account, pw_dir=str(nowhere))}[name]

    monkeypatch.setattr(discovery.pwd, "getpwnam", getpwnam)
    ours = {"HOME": "/root", "STHOMEDIR": "/nowhere", "STGUIADDRESS": "127.0.0.1:1", "STGUIAPIKEY": "ours"}
    found = discovery.resolve(user="syncthing", environ=ours)
    assert found[:2] == ("http://127.0.0.1:8384", KEY)
    assert "'nobody-here'" in refused(user="nobody-here")


def test_two_configurations_are_not_chosen_from(daemon):
    folders = [daemon(), daemon(below=".local/state/syncthing")]
    message = refused()
    assert "config_dir" in message
    assert all(folder + "/config.xml" in message for folder in folders)


def test_one_configuration_by_two_ways_is_one(daemon, nowhere):
    folder = daemon()
    (nowhere / ".local/state").mkdir(parents=True)
    (nowhere / ".local/state/syncthing").symlink_to(folder)
    assert resolve().api_key == KEY


def test_none_says_what_was_tried(nowhere):
    message = refused({"XDG_CONFIG_HOME": "/cfg", "XDG_STATE_HOME": "/state"})
    for folder in ("/cfg", "/state", f"{nowhere}/.config", f"{nowhere}/.local/state"):
        assert f"{folder}/syncthing/config.xml (No such file" in message
    assert all(option in message for option in ("user", "config_dir", "api_url", "api_key"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_unreadable(daemon):
    os.chmod(daemon() + "/config.xml", 0)
    assert "Permission denied" in refused()


def test_unreadable_for_root_too(daemon, monkeypatch):
    def denied(path, *_args, **_kwargs):
        raise PermissionError(13, "Permission denied", path)

    folder = daemon()
    monkeypatch.setattr("builtins.open", denied)
    message = refused()
    monkeypatch.undo()
    assert f"{folder}/config.xml (Permission denied)" in message


def test_gone_between_looking_and_reading(daemon, monkeypatch):
    def opened_once(path):
        stream = open_file(path)
        os.unlink(path)
        return stream

    daemon()
    open_file = discovery.open_file
    monkeypatch.setattr(discovery, "open_file", opened_once)
    message = refused()
    assert "config.xml" in message
    assert "No such file" in message


# -- what is in it


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({"tls": "true"}, "https://127.0.0.1:8384"),
        ({"address": "0.0.0.0:1234"}, "http://127.0.0.1:1234"),
        ({"address": ":1234"}, "http://127.0.0.1:1234"),
        ({"address": "[::]:1234"}, "http://[::1]:1234"),
        ({"address": "[::1]:1234"}, "http://[::1]:1234"),
        ({"address": "nas.example:1234", "tls": "true"}, "https://nas.example:1234"),
        ({"address": "  127.0.0.1:1234\n"}, "http://127.0.0.1:1234"),
        ({"address": "/run/syncthing.sock"}, "unix:///run/syncthing.sock"),
    ],
)
def test_the_address_of_the_gui(daemon, settings, url):
    daemon(**settings)
    assert resolve().url == url


@pytest.mark.parametrize(
    ("environ", "url", "key"),
    [
        ({"STGUIADDRESS": "0.0.0.0:8385"}, "http://127.0.0.1:8385", KEY),
        ({"STGUIADDRESS": "http://127.0.0.1:8385/"}, "http://127.0.0.1:8385", KEY),
        ({"STGUIADDRESS": "https://[::1]:8385"}, "https://[::1]:8385", KEY),
        ({"STGUIADDRESS": "/run/st.sock"}, "unix:///run/st.sock", KEY),
        ({"STGUIADDRESS": "unix:///run/st.sock"}, "unix:///run/st.sock", KEY),
        ({"STGUIAPIKEY": "other"}, "https://127.0.0.1:8384", "other"),
    ],
)
def test_what_the_daemon_was_started_with_overrides_it(daemon, environ, url, key):
    daemon(tls="true", enabled="true")
    assert resolve(environ)[:2] == (url, key)


@pytest.mark.parametrize(("version", "scheme"), [(32, "https"), (36, "https"), (37, "http"), (52, "http")])
def test_an_address_without_a_scheme(daemon, version, scheme):
    """Source: UseTLS() in lib/config/guiconfiguration.go of Syncthing 1.12 to 2.1."""
    daemon(xml(tls="true").replace('version="37"', f'version="{version}"'))
    assert resolve({"STGUIADDRESS": "127.0.0.1:1"}).url == scheme + "://127.0.0.1:1"
    assert resolve({"STGUIADDRESS": "http://127.0.0.1:1"}).url == "http://127.0.0.1:1"


def test_an_address_at_the_start_turns_the_gui_on(daemon):
    daemon(enabled="false")
    assert resolve({"STGUIADDRESS": "127.0.0.1:1"}).url == "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"enabled": "false"}, "enabled"),
        ({"key": ""}, "api_key"),
        ({"address": "localhost"}, "'localhost'"),
        ({"address": "localhost:http"}, "'localhost:http'"),
        ({"address": ""}, "''"),
        ({"address": "/run/st.sock", "tls": "true"}, "tls"),
        ({"text": "<configuration><gui"}, "XML"),
        ({"text": "\0"}, "XML"),
        ({"text": "{}"}, "XML"),
        ({"text": "<configuration/>"}, "port"),
        ({"text": '<!DOCTYPE x SYSTEM "file:///etc/passwd">' + xml()}, "document type"),
        ({"text": '<!DOCTYPE x [<!ENTITY k "v">]>' + xml(key="&k;")}, "document type"),
        (
            {"text": f'<!DOCTYPE x [<!ENTITY a "{"a" * 999}"><!ENTITY b "{"&a;" * 999}">]>' + xml(key="&b;")},
            "document type",
        ),
        ({"text": '<?xml version="1.0" encoding="nonsense"?>' + xml()}, "XML"),
        ({"text": '<?xml version="1.0" encoding="utf-7"?>' + xml()}, "XML"),
    ],
)
def test_a_configuration_that_cannot_be_used(daemon, settings, named):
    folder = daemon(**settings)
    message = refused()
    assert named in message
    assert folder + "/config.xml" in message


def test_a_huge_file_is_not_read(daemon, monkeypatch):
    daemon()
    monkeypatch.setattr(discovery, "_MAX_SIZE", 10)
    assert "too large" in refused()


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("<a>" * 20000 + "</a>" * 20000, "nested too deeply"),
        ("<gui><address>" + "\n" * 100000 + ":1</address></gui>", "too long"),
        ("<gui><apikey>" + "k" * 100000 + "</apikey></gui>", "too long"),
    ],
    ids=["deep", "lines", "key"],
)
def test_a_file_that_takes_too_much(daemon, content, named):
    daemon(f"<configuration>{content}</configuration>")
    assert named in refused()


GROWN = pathlib.Path(__file__).parents[3] / "integration/files/config-37.xml"
PIECES = re.findall(r"<[^>]*>|[^<>]+", GROWN.read_text(encoding="utf-8").replace("@gui@", "127.0.0.1:8384"))
ODD = st.sampled_from(["<gui", "]]>", "&x;", "&#0;", "<!DOCTYPE x>", "<![CDATA[", "\0", "\udcff", "<?x", "x" * 9999])
TEXT = st.text(
    st.one_of(st.sampled_from(":/@[]%?#\\\t\n\x85"), st.characters(blacklist_categories=["Cs", "Cc"])), max_size=20
)


@st.composite
def broken_files(draw):
    """The bytes of a real file in which some pieces were lost, doubled, moved or replaced."""
    pieces = list(PIECES)
    for _number in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(pieces) - 1))
        new = st.lists(st.one_of(ODD, TEXT, st.sampled_from(PIECES)), max_size=2)
        pieces[place : place + draw(st.integers(0, 3))] = draw(new)
    content = "".join(pieces).encode("utf-8", "surrogateescape")
    return content[: draw(st.integers(0, len(content)))] if draw(st.integers(0, 9)) == 0 else content


@st.composite
def odd_settings(draw):
    address = draw(st.sampled_from(["127.0.0.1", "", "[", "/run/"])) + draw(TEXT) + draw(st.sampled_from([":8384", ""]))
    settings = {"address": address, "key": draw(st.one_of(TEXT, st.just(KEY)))}
    return xml(**{name: escape(value) for name, value in settings.items()}).encode()


def no_network(*_args, **_kwargs):
    raise ConnectionRefusedError("there is no network in this test")


@given(content=st.one_of(broken_files(), odd_settings()))
def test_any_broken_configuration(daemon, nowhere, monkeypatch, content):
    """It is read, or refused in one sentence; so is the use of what was read."""
    path = nowhere / ".config/syncthing/config.xml"
    if not path.exists():
        daemon()
    path.write_bytes(content)
    monkeypatch.setattr(socket.socket, "connect", no_network)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    with pytest.raises(SyncthingError) as caught:  # there is never an answer
        client.SyncthingClient(resolve(), timeout=1, retries=0).get("/rest/system/status")
    assert str(caught.value).isprintable() and len(str(caught.value)) < 9999


def make_pipe(path):
    os.mkfifo(path)


def make_device(path):
    os.symlink("/dev/zero", path)


@pytest.mark.parametrize("make", [make_pipe, os.mkdir, make_device])
def test_what_is_no_file(daemon, make):
    path = daemon() + "/config.xml"
    os.unlink(path)
    make(path)
    assert path + " (not a regular file)" in refused()


def test_the_certificate_beside_it_is_the_pin(daemon):
    folder = daemon(tls="true")
    assert resolve().certificate is None
    path = support.write_certificate(folder, "a")
    assert resolve().certificate == path


# -- options


@pytest.mark.parametrize("url", ["http://nas:8384", "https://nas/st/", "https://[fd00::1]:8384", "unix:///run/st.sock"])
def test_with_address_and_key_nothing_is_read(url):
    assert resolve(api_url=url, api_key="k") == discovery.Endpoint(url.rstrip("/"), "k", None, "api_url", "api_key")


@pytest.mark.parametrize(
    "url",
    ["http://localhost:1", "HTTPS://LocalHost:1", "https://127.8.9.1", "http://[::1]:1", "unix:///run/st.sock"],
)
def test_the_key_of_this_host_goes_to_this_host(daemon, url):
    folder = daemon()
    assert resolve(api_url=url) == discovery.Endpoint(url.lower(), KEY, None, "api_url", folder + "/config.xml")


@pytest.mark.parametrize(
    "url",
    [
        "http://nas:8384",
        "http://10.0.0.1:8384",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://0.0.0.0:8384",
        # Who these are depends on the resolver.
        "http://a.localhost:1",
        "http://localhost.",
        "http://[::ffff:127.0.0.1]:1",
        "https://[fd00::1]:8384",
    ],
)
def test_the_key_of_this_host_goes_to_no_other(daemon, url):
    daemon()
    assert "api_key" in refused(api_url=url)


def test_named_on_purpose_the_key_is_sent_where_the_user_says(daemon):
    folder = daemon()
    assert resolve(api_url="http://nas:1", config_dir=folder)[:2] == ("http://nas:1", KEY)
    assert resolve(api_key="given")[:2] == ("http://127.0.0.1:8384", "given")


@pytest.mark.parametrize(
    "url",
    [
        "nas:8384",
        "127.0.0.1",
        "ftp://nas",
        "http://",
        "http://:8384",
        "http://nas:port",
        "http://nas:99999",
        "http://nas:0",
        "http://127.0.0.1@evil.example",
        "http://[::1",
        "http://nas/?x=1",
        "http://nas/#x",
        "unix://relative",
        "unix:///",
        "http://admin:planted-secret@nas:8384",
        "http://admin@nas:8384",
        "ftp://admin:planted-secret@nas",
    ],
)
def test_an_address_that_cannot_be_used_is_refused(url):
    assert "api_url" in refused(api_url=url, api_key="k", error=InvalidInput)


@pytest.mark.parametrize(
    "url",
    [
        "admin:planted-secret@nas:8384",
        "http://admin:planted-secret/more@nas:8384",
        "http://admin:planted-secret#more@nas:8384",
        "http://nas:8384/?api_key=planted-secret",
    ],
)
def test_a_password_in_a_broken_address_is_not_quoted(url):
    assert "api_url" in refused(api_url=url, api_key="k", error=InvalidInput)


def test_a_socket_in_a_container(daemon):
    folder = daemon(address="/run/gui.sock")
    found = resolve(config_dir=folder, volumes=["/srv/run:/run"])
    assert found.url == "unix:///srv/run/gui.sock"
    assert "none of volumes" in refused(config_dir=folder, volumes=["/srv/data:/data"])
    missing = refused(config_dir=folder + "/missing", volumes=["data:/data"], error=InvalidInput)
    assert "volumes[0]" in missing  # before anything is read
