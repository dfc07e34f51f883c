# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import pytest
import requests
from ansible_collections.community.syncthing.plugins.module_utils._api import discovery, transport
from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.syncthing.plugins.module_utils._schema import urls
from hypothesis import given, settings
from hypothesis import strategies as st
from urllib3.util import parse_url

TRICKS = [
    r"http://192.0.2.7\.localhost",
    r"http://192.0.2.7\@localhost",
    "http://localhost\\@192.0.2.7",
    "http://[::1]@192.0.2.7",
    "http://localhost@192.0.2.7",
    "http://localhost:1@192.0.2.7",
    "http://localhost#@192.0.2.7",
    "http://localhost?@192.0.2.7",
    "http://192.0.2.7#.localhost",
    "http://192.0.2.7;.localhost",
    "http://local\thost",
    "http://localhost\n",
    "\nhttp://localhost",
    " http://localhost",
    "http://localhost ",
    "http://local%68ost",
    "http://%6cocalhost",
    "http://192.0.2.7%2f.localhost",
    "http://192.0.2.7%00.localhost",
    "http://ⓛocalhost",
    "http://localhost。",
    "http://127。0。0。1",
    "http://１２７.0.0.1",
    "http://bücher.example",
    "http://2130706433",
    "http://0x7f000001",
    "http://0x7f.1",
    "http://0177.0.0.1",
    "http://127.0.0.01",
    "http://127.1",
    "http://127.0.0.1.",
    "http://1.2.3.4.5",
    "http://256.0.0.1",
    "http://nas.0x10",
    "http://[::1%25lo]",
    "http://[::1%lo]",
    "http://[fe80::1%25eth0]:8384",
    "http://[127.0.0.1]",
    "http://[::1].localhost",
    "http://[::1",
    "http://::1",
    "http://localhost:",
    "http://localhost:+1",
    "http://localhost:080",
    "http://localhost:65536",
    "http://localhost:١",
    "http:localhost",
    "http:/localhost",
    "http:///localhost",
    "http:\\\\localhost",
    "http://.localhost",
    "http://a..localhost",
    "http://-a",
    "http://localhost//192.0.2.7",
    "http://localhost/../x",
    "http://localhost/%2e%2E/x",
    "http://localhost/%zz",
    "http://localhost/a b",
    "http://localhost/@192.0.2.7",
    "http+unix://%2frun%2fx",
    "unix:/run/x",
    "unix://host/run/x",
    "unix:///run/x\n",
    "unix:///",
    "file:///run/x",
    "http://\ud800",
]
GOOD = [
    "http://localhost:8384",
    "HTTP://LOCALHOST:8384/st/",
    "https://127.0.0.1",
    "https://127.9.8.7:1",
    "http://[::1]:8384",
    "http://[0:0:0:0:0:0:0:1]:8384",
    "http://[::ffff:127.0.0.1]:8384",
    "http://[2001:DB8::1]",
    "http://nas",
    "http://nas.example.:8384/a/b~c/%20",
    "http://my_nas-2.example",
    "http://xn--bcher-kva.example",
    "http://192.0.2.7:65535",
    "http://localhost.",
    "http://a.localhost",
    "http://localhost.example",
    "http://0.0.0.0:1",
]


@pytest.mark.parametrize("url", TRICKS)
def test_what_two_parsers_could_read_differently_is_refused(url):
    with pytest.raises(InvalidInput) as caught:
        urls.parse(url)
    assert "api_url" in str(caught.value) and "192.0.2.7" not in str(caught.value)


def connects_to(url):
    """The host and port that requests would connect to."""
    session, base = transport.open_session(url, None, True, None)
    with session:
        request = session.prepare_request(requests.Request("GET", base + "/rest/config"))
        pool = session.get_adapter(request.url).poolmanager.connection_from_url(request.url)
        return pool.scheme, pool.host.strip("[]"), pool.port


def agrees(text):
    """Whether the text is refused, or read as by the library that connects and by the other parsers."""
    try:
        url = urls.parse(text)
    except InvalidInput:
        return False
    if url.scheme == "unix":
        assert url.is_local and str(url) == text
        return True
    assert connects_to(text) == (url.scheme, url.host, url.port)
    for spelled in (text, str(url)):
        assert urlsplit(spelled).hostname == url.host
        assert (parse_url(spelled).host or "").strip("[]") == url.host
        assert (urlsplit(spelled).port or urls.PORTS[url.scheme]) == url.port
    assert urls.parse(str(url)) == url
    if url.is_local:
        assert url.host == "localhost" or ipaddress.ip_address(url.host).is_loopback
    return True


@pytest.mark.parametrize("url", GOOD)
def test_what_is_accepted_is_what_is_connected_to(url):
    assert agrees(url)


def test_local_is_only_what_no_resolver_can_change():
    assert [url for url in GOOD if urls.parse(url).is_local] == GOOD[:6]


PIECES = sorted({piece for url in TRICKS + GOOD for piece in ("http://", "https://", *url.split("://")[-1].split("."))})
TEXTS = st.one_of(
    st.lists(st.sampled_from([*PIECES, *".:/@\\[]#?%\t\n 。", "localhost", "127.0.0.1"]), max_size=6).map("".join),
    st.text(max_size=20),
)


@settings(max_examples=500)
@given(st.sampled_from(["http://", "https://", "HTTP://", "unix://", "unix:///", "http:", ""]), TEXTS)
def test_any_text(scheme, rest):
    agrees(scheme + rest)


@settings(max_examples=300)
@given(address=TEXTS.map(lambda text: text + ":8384"), tls=st.booleans())
def test_any_address_of_the_gui(address, tls):
    try:
        url = discovery.gui_url(address, tls)
    except InvalidInput:
        return
    assert agrees(str(url))


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0177.0.0.1", "0x7f.1", "1.2.3.4", "1.2.3.4."])
def test_addresses_in_other_words(host):
    assert urls.looks_like_address(host)


@pytest.mark.parametrize("host", ["nas", "nas.example", "0x7f.example", "10.example", "a1", "localhost"])
def test_names(host):
    assert not urls.looks_like_address(host)


@pytest.mark.parametrize("url", ["relay://vps:22067/?id=X&token={}", "dynamic+https://vps/endpoint?token={}&a=b"])
def test_the_token_of_a_relay(url):
    given = url.format("planted")
    assert urls.token(given) == "planted"
    assert urls.without_token(f"{given} and {given}") == "{0} and {0}".format(url.format("(set)"))
    shown = urls.without_token(given, "(set to another value)")
    assert urls.without_token(shown) == shown == url.format("(set to another value)")


@pytest.mark.parametrize("text", ["page?token=planted", "https://host/?token=planted", "relay://vps:22067/?id=X"])
def test_what_has_no_token_of_a_relay(text):
    assert urls.token(text) == "" and urls.without_token(text) == text
