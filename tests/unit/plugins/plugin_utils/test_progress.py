# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import pytest
from ansible_collections.community.syncthing.plugins.plugin_utils import _progress

NAS = "MFZWI3D-BONSGYC-YLTMRWG-C43ENR5-QXGZDMM-FZWI3DP-BONSGYY-LTMRWAD"


def results(left=0, there=0):
    device = {"name": "nas", "addresses": [], "paused": False, "connected": True, "error": ""}
    part = {"completion": 50 if there else 100, "need_bytes": there, "need_items": bool(there), "need_deletes": 0}
    folder = {"label": "", "type": "sendreceive", "paused": False, "state": "syncing" if left else "idle", "error": ""}
    folder.update(completion=50 if left else 100, need_bytes=left, need_items=3 if left else 0, failed_items=0)
    folder.update(devices={NAS: dict(part, remote_state="valid")}, errors=[])
    return {"version": "v2.1.3", "missing": ["x"], "devices": {NAS: device}, "folders": {"docs": folder}}


def test_rate_and_rest_of_the_time():
    progress = _progress.Progress()
    assert progress.line(results(8192000), 100, 10) == "folder 'docs' has 50 %, 7.81 MiB in 3 items left"
    line = progress.line(results(4096000, 1000), 100, 20)
    assert line == (
        "folder 'docs' has 50 %, 3.91 MiB in 3 items left (400 KiB/s, 0:10 to go); "
        "folder 'docs' on device 'nas' has 50 %, 0.977 KiB in 1 item left"
    )
    # Since the last line, not since the beginning; and nothing where nothing went on.
    assert "(1 KiB/s, 1:06:39 to go)" in progress.line(results(4096000 - 1024), 100, 21)
    assert "to go" not in progress.line(results(4096000 - 1024), 100, 25)
    assert "to go" not in progress.line(results(9999999), 100, 30)


def test_all_is_there():
    assert _progress.Progress().line(results(), 100, 1) == "all is there, now it must last"


def test_no_answer_yet():
    silent = {"version": None, "missing": ["the API: refused"], "devices": {}, "folders": {}}
    assert _progress.Progress().line(silent, 100, 1) == "the API: refused"


def test_what_the_service_says():
    service = {"name": "x.service", "state": "active (running)", "journal": ["older", "newer"]}
    silent = {"version": None, "missing": ["the API: refused"], "devices": {}, "folders": {}, "service": service}
    assert _progress.Progress().line(silent, 100, 1) == "the API: refused; the service is active (running): newer"


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (59.6, "1:00"), (61, "1:01"), (3600, "1:00:00"), (90061, "25:01:01")]
)
def test_duration(seconds, shown):
    assert _progress.duration(seconds) == shown


def test_what_is_left_is_not_known():
    there = results(there=5000)
    there["folders"]["docs"]["devices"][NAS].update(remote_state="paused", need_bytes=None)
    progress = _progress.Progress()
    for now in (10, 20):
        assert "(" not in progress.line(there, 100, now)
