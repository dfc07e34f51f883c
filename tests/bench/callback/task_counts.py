# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""Writes what a play did to the file that TASK_COUNTS names: headings, tasks of all hosts, modules on them, changes."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

# what is done by the controller alone
HERE = {"assert", "debug", "fail", "include_tasks", "set_fact", "validate_argument_spec"}


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "task_counts"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self.counts = dict.fromkeys(("tasks", "walked", "modules", "changed"), 0)

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self.counts["tasks"] += 1

    def v2_runner_on_ok(self, result: Any) -> None:
        self.counts["walked"] += 1
        if result._task.action.rpartition(".")[2] not in HERE:
            self.counts["modules"] += len(result._result.get("results", [result]))
        self.counts["changed"] += bool(result._result.get("changed"))

    def v2_runner_on_skipped(self, result: Any) -> None:
        self.counts["walked"] += 1

    def v2_playbook_on_stats(self, stats: Any) -> None:
        with open(os.environ["TASK_COUNTS"], "w") as stream:
            json.dump(self.counts, stream)
