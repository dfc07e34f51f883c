# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._errors import DiscoveryError, InvalidInput
from ansible_collections.community.syncthing.plugins.module_utils._setup import initial_config
from ansible_collections.community.syncthing.plugins.module_utils._setup.installation import Program
from ansible_collections.community.syncthing.tests.unit import support
from ansible_collections.community.syncthing.tests.unit.support import LAPTOP

GUI = initial_config.Gui("127.0.0.1:8384", False, "", "", "")
LOGIN = {"user": "admin", "password": "planted-secret"}
PROGRAM = Program("/usr/bin/syncthing", "1.29.5")


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, "127.0.0.1:8384"),
        ({"address": "[::1]:1"}, "[::1]:1"),
        ({"address": "localhost:1"}, "localhost:1"),
        ({"address": "/run/gui"}, "/run/gui"),
        ({"address": "unix:///run/gui"}, "/run/gui"),
        ({"address": "0.0.0.0:1", **LOGIN}, "0.0.0.0:1"),
        ({"address": "nas.example:1", "use_tls": True, **LOGIN}, "nas.example:1"),
        ({"password": "x" * 72, "user": "a b"}, "127.0.0.1:8384"),
        ({"api_key": "key"}, "127.0.0.1:8384"),
    ],
)
def test_what_can_be_meant(given, address):
    gui = GUI._replace(**given)
    assert initial_config.check(gui, False) == gui._replace(address=address)


@pytest.mark.parametrize("address", ["0.0.0.0:1", ":1", "[::]:1", "192.0.2.1:1", "127.0.0.1.example.com:1", "127.1:1"])
def test_an_open_gui(address):
    gui = GUI._replace(address=address)
    with pytest.raises(InvalidInput, match="allow_open_gui"):
        initial_config.check(gui, False)
    assert initial_config.check(gui, True) == gui


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"address": "127.0.0.1"}, "gui_address"),
        ({"address": "127.0.0.1:0"}, "gui_address"),
        ({"address": "127.0.0.1:99999"}, "gui_address"),
        ({"address": "/run/a\x00b"}, "gui_address"),
        ({"address": "/run/gui", "use_tls": True}, "gui_use_tls"),
        ({"user": "admin"}, "gui_password"),
        ({"password": support.SECRET}, "gui_user"),
        ({**LOGIN, "user": "admin\n"}, "gui_user"),
        ({**LOGIN, "user": "a\x1bb"}, "gui_user"),
        ({**LOGIN, "password": support.SECRET + "\nx"}, "gui_password"),
        ({**LOGIN, "password": support.SECRET + "\r"}, "gui_password"),
        ({**LOGIN, "password": support.SECRET + "x" * 72}, "72"),
        ({**LOGIN, "password": "\u00e4" * 37}, "72"),
        ({"api_key": support.SECRET + "\n"}, "api_key"),
        ({"api_key": support.SECRET + "\u00e4"}, "api_key"),
    ],
)
def test_what_cannot_be_meant(given, named):
    with pytest.raises(InvalidInput) as caught:
        initial_config.check(GUI._replace(**given), True)
    assert named in str(caught.value)
    assert support.SECRET not in support.chain(caught.value)


def test_shown_without_secrets():
    shown = initial_config.shown(GUI._replace(api_key=support.SECRET, **LOGIN))
    assert support.SECRET not in repr(shown)
    assert shown == {
        "address": "127.0.0.1:8384", "use_tls": False, "user": "admin", "password": "(set)", "api_key": "(set)",
    }  # fmt: skip


@pytest.mark.parametrize("made", ["", "<configuration", '<!DOCTYPE x [<!ENTITY a "b">]><configuration/>'])
def test_a_program_that_makes_something_else(made):
    with pytest.raises(DiscoveryError, match="/usr/bin/syncthing"):
        initial_config.edited(made, LAPTOP, GUI, PROGRAM)


def test_only_this_is_changed():
    made = (
        '<configuration version="9"><folder id="default"/><device id="%s"/><gui tls="true"><address>x:1</address>'
        "<apikey>random</apikey><theme>dark</theme></gui><options><listenAddress>tcp://:1</listenAddress>"
        '<listenAddress>quic://:2</listenAddress><x>y</x></options><defaults><folder id=""/></defaults></configuration>'
    )
    assert initial_config.edited(made % LAPTOP, LAPTOP, GUI, PROGRAM) == (
        f'<configuration version="9"><device id="{LAPTOP}" /><gui '
        'tls="false"><address>127.0.0.1:8384</address><apikey>random</apikey><theme>dark</theme></gui><options><x>y</x>'
        '<listenAddress>default</listenAddress></options><defaults><folder id="" /></defaults></configuration>\n'
    )
