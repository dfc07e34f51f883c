# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""The jobs of docs/docsite/rst/awx.rst, by ansible-runner, in private data directories like those of AWX."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from harness.awx import Credential, Inventory, Job, Template
from harness.collection import CHECKOUT
from harness.daemon import Daemon

PROJECT = CHECKOUT / "extensions/awx/project"
LOCAL = {
    "ansible_connection": "local",
    "ansible_python_interpreter": os.environ.get("SYNCTHING_TEST_PYTHON", sys.executable),
}
# There is no service manager: the harness runs the daemons.
RUNNING = "configuration,verified"

pytestmark = [pytest.mark.once, pytest.mark.any_core]


def good(job: Job, **changed: int) -> Job:
    """A job that did its work, without a warning."""
    assert job.status == "successful", job.said
    assert "[WARNING]" not in job.said and "DEPRECATION" not in job.said, job.said
    return job


def test_one_daemon_by_credential(daemon: Daemon, tmp_path: Path) -> None:
    """The API's address and key come from a credential only, and are in nothing that AWX shows of the job."""
    template = Template(
        PROJECT,
        "one_daemon.yml",
        Inventory({"localhost": LOCAL}),
        credentials=[Credential("syncthing_api", {"api_url": daemon.api_url, "api_key": daemon.api_key})],
        extra_vars={"syncthing_options": {"max_send_kbps": 1234}},
        verbosity=3,
    )
    jobs = [good(template.launch(tmp_path / "check", check=True))]
    assert daemon.get("/rest/config/options")["maxSendKbps"] == 0
    jobs.append(good(template.launch(tmp_path / "run")))
    assert daemon.get("/rest/config/options")["maxSendKbps"] == 1234
    jobs.append(good(template.launch(tmp_path / "again")))
    assert [job.changed for job in jobs] == [{"localhost": 1}, {"localhost": 1}, {"localhost": 0}]
    for job in jobs:
        assert daemon.api_key not in job.shown
    assert all("+" in line for line in jobs[0].said.splitlines() if "max_send_kbps: 1234" in line), jobs[0].said
