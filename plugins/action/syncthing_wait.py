# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Show progress while the module waits: run it for a short time again and again, and tell what was missing then."""

from __future__ import annotations

import time

from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase

from ..module_utils._errors import one_line
from ..module_utils._operations.wait import did_not_last, timed_out
from ..module_utils._operations.wait_goal import WAIT_TIMEOUT
from ..plugin_utils._progress import Progress, duration

_FIRST_SLICE = 2.0  # seconds; doubled each time, since each is a round trip to the host
_LONGEST_SLICE = 30.0


class ActionModule(ActionBase):
    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        try:
            options = {
                "wait_timeout": float(self._task.args.get("wait_timeout", WAIT_TIMEOUT)),
                "stable_for": float(self._task.args.get("stable_for", 0)),
                "min_completion": float(self._task.args.get("min_completion", 100)),
            }
            sliced = boolean(self._task.args.get("progress", True))
        except (TypeError, ValueError):
            sliced = False  # the module says what is wrong
        if self._task.async_val or self._task.no_log:
            sliced = False
        # Whoever gives these together is refused by the module.
        if sliced and 0 <= options["stable_for"] < options["wait_timeout"]:
            result.update(self._run_in_slices(task_vars, **options))
        else:
            result.update(self._execute_module(task_vars=task_vars, wrap_async=self._task.async_val))
        if not self._task.async_val:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    def _run_in_slices(self, task_vars, wait_timeout, stable_for, min_completion):
        started = time.monotonic()
        progress = Progress()
        shown = ""
        length = _FIRST_SLICE
        lasting = 0.0  # for how long it must last now
        while True:
            left = started + wait_timeout - time.monotonic()
            args = dict(self._task.args, stable_for=lasting, wait_timeout=min(left, length + lasting))
            result = self._execute_module(module_args=args, task_vars=task_vars)
            if "missing" not in result:
                return result  # it failed in another way
            now = time.monotonic()
            result["elapsed"] = round(now - started, 1)
            failed = result.get("failed", False)
            if not failed and lasting == stable_for:
                return result
            lasting = 0.0 if failed else stable_for
            if started + wait_timeout - now <= lasting:
                return result if failed else _too_late(result, stable_for)
            line = progress.line(result, min_completion, now)
            if line == shown:
                line = f"no change; times out in {duration(started + wait_timeout - now)}"
            else:
                shown = line
            host = task_vars["inventory_hostname"]
            # The standard output belongs to the callback plugins, some of which write JSON there.
            self._display.display(f"syncthing_wait [{host}] {duration(now - started)}: {one_line(line)}", stderr=True)
            length = min(2 * length, _LONGEST_SLICE)


def _too_late(result, stable_for):
    return timed_out(result, [did_not_last(stable_for)]).as_result()
