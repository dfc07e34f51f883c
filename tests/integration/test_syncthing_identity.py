# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

from __future__ import annotations

import pytest
from installation import IDENTITY, Host
from support import good

from harness.daemon import device_id

MODES = {"state": 0o700, "state/syncthing": 0o700, "state/syncthing/key.pem": 0o600, "state/syncthing/cert.pem": 0o644}


def test_a_new_identity(host: Host) -> None:
    predicted = good(host.run(IDENTITY, check=True), changed=True)
    assert predicted["device_id"] is None and predicted["certificate"] is None
    assert host.files() == {}
    made = good(host.run(IDENTITY), changed=True)
    assert {name: mode for name, (mode, *_rest) in host.files().items()} == MODES
    assert made["device_id"] == device_id(host.config_dir / "cert.pem")
    assert made["certificate"] == host.file("cert.pem") and made["config_dir"] == str(host.config_dir)
    assert made.diff == {"before": {"device_id": None}, "after": {"device_id": made["device_id"]}}
    before = host.files()
    for check in (True, False):
        again = good(host.run(IDENTITY, check=check), changed=False)
        assert again["device_id"] == made["device_id"] and host.files() == before
    assert "PRIVATE" not in made.stdout


@pytest.mark.once
def test_for_another_user(users_host: Host) -> None:
    good(users_host.run(IDENTITY), changed=True)
    files = users_host.files()
    assert {name: mode for name, (mode, *_rest) in files.items()} == MODES
    assert {owner for _mode, owner, _content in files.values()} == {users_host.base.stat().st_uid}
