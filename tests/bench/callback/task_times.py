# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""Writes the seconds of each task, by its name, to the file that TASK_TIMES names."""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from typing import Any

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "task_times"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self.times: dict[str, list[float]] = defaultdict(list)
        self.started = 0.0

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        self.started = time.perf_counter()

    def v2_runner_on_ok(self, result: Any) -> None:
        self.times[result._task.get_name()].append(time.perf_counter() - self.started)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        with open(os.environ["TASK_TIMES"], "w") as stream:
            json.dump(self.times, stream)
