# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

from __future__ import annotations

from installation import CONFIG, IDENTITY, Host
from support import bad, good


def test_once(host: Host) -> None:
    bad(host.run(CONFIG), "discovery", "syncthing_identity")
    good(host.run(CONFIG, check=True), changed=True)
    good(host.run(IDENTITY), changed=True)
    good(host.run(CONFIG), changed=True)
    assert "<folder" not in host.file("config.xml").split("<defaults>")[0]
    before = host.files()
    good(host.run(CONFIG, gui_address="127.0.0.1:1"), changed=False)
    assert host.files() == before
