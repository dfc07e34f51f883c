# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""What a module's start costs: each module that is imported is compiled on the host, in every task."""

from __future__ import annotations

import pytest
from support import Run, device_id, good

from harness.daemon import Daemon

OURS = "ansible_collections.community.syncthing.plugins.module_utils."
DEVICE = {"device_id": device_id("new"), "name": "new"}
NEEDED = {
    "_api", "_api.client", "_api.decode", "_api.discovery", "_api.events", "_api.exchange",
    "_api.library_internals", "_api.offers", "_api.responses", "_api.transport", "_config", "_config.changes",
    "_config.current", "_config.desired", "_config.gui_endpoint", "_config.ignore_patterns",
    "_config.other_writers", "_config.overlay", "_config.plan", "_config.plan_offers", "_config.read_current",
    "_config.reconcile", "_config.render", "_config.resolve", "_config.rules", "_errors", "_host", "_host.accounts",
    "_host.files", "_module", "_raw_options", "_schema", "_schema.checks", "_schema.device_ids", "_schema.field",
    "_schema.names", "_schema.paths", "_schema.patterns", "_schema.shares", "_schema.storable", "_schema.tables",
    "_schema.urls", "_until",
}  # fmt: skip
# What only a mistake needs.
NOT_NEEDED = {"difflib"}


@pytest.mark.newest
@pytest.mark.any_core
def test_an_unchanged_task_imports_what_it_needs_and_no_more(run: Run, daemon: Daemon) -> None:
    good(run("syncthing_device", **DEVICE), changed=True)
    again = good(run("syncthing_device", **DEVICE, env={"PYTHONPROFILEIMPORTTIME": "1"}), changed=False)
    imported = {line.rpartition("|")[2].strip() for line in again.stderr.splitlines()}
    assert {name.removeprefix(OURS) for name in imported if name.startswith(OURS)} == NEEDED
    assert not NOT_NEEDED & imported
    assert "requests" in imported  # else nothing was seen
