# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Folders without an archive. What one with an archive has, test_syncthing_restore.py shows."""

from __future__ import annotations

import pytest
from support import Run, add_folder, good, refused

from harness.proxy import RecordingProxy

MODULE = "syncthing_versions_info"


@pytest.mark.any_core
@pytest.mark.once
def test_folders_that_have_none(run: Run, proxy: RecordingProxy) -> None:
    running = {"paused": False}
    add_folder(proxy.daemon, "none", **running)
    add_folder(proxy.daemon, "paused", versioning={"type": "simple", "params": {"keep": "5"}})
    add_folder(proxy.daemon, "command", versioning={"type": "external", "params": {"command": "true"}}, **running)
    add_folder(proxy.daemon, "empty", versioning={"type": "trashcan", "params": {}}, **running)
    for folder, words in (
        ("none", ("'none'", "keeps no versions")),
        ("paused", ("'paused'", "Resume")),
        ("command", ("'command'", "external")),
        ("emtpy", ("'emtpy'", "'empty'")),
    ):
        for module, args in ((MODULE, {}), ("syncthing_restore", {"files": [{"path": "x"}]})):
            if module == MODULE or folder == "none":
                refused(run, proxy, module, "invalid_input", *words, folder=folder, **args)
    assert good(run(MODULE, folder="empty"), changed=False)["versions"] == {}
