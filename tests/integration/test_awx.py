# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""The jobs of docs/docsite/rst/awx.rst, by ansible-runner, in private data directories like those of AWX."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.awx import Credential, Inventory, Job, Template
from harness.collection import CHECKOUT
from harness.daemon import Daemon

PROJECT = CHECKOUT / "extensions/awx/project"
LOCAL = {
    "ansible_connection": "local",
    "ansible_python_interpreter": os.environ.get("SYNCTHING_TEST_PYTHON", sys.executable),
}

pytestmark = pytest.mark.once


def good(job: Job, **changed: int) -> Job:
    """A job that did its work, without a warning, and changed this much on these hosts."""
    assert job.status == "successful", job.said
    assert job.changed == changed, job.said
    assert "[WARNING]" not in job.said and "DEPRECATION" not in job.said, job.said
    return job


def test_one_daemon_by_credential(daemon: Daemon, tmp_path: Path) -> None:
    """The API's address and key come from a credential only, and are in nothing that the job leaves."""
    template = Template(
        PROJECT,
        "one_daemon.yml",
        Inventory({"localhost": LOCAL}),
        credentials=[Credential("syncthing_api", {"api_url": daemon.api_url, "api_key": daemon.api_key})],
        extra_vars={"syncthing_options": {"max_send_kbps": 1234}},
    )
    jobs = [good(template.launch(tmp_path / "check", check=True), localhost=1)]
    assert daemon.get("/rest/config/options")["maxSendKbps"] == 0
    jobs.append(good(template.launch(tmp_path / "run"), localhost=1))
    assert daemon.get("/rest/config/options")["maxSendKbps"] == 1234
    jobs.append(good(template.launch(tmp_path / "again"), localhost=0))
    for job in jobs:
        assert daemon.api_key not in job.written
    assert "+        max_send_kbps: 1234" in jobs[0].said or "max_send_kbps" in jobs[0].said, jobs[0].said
