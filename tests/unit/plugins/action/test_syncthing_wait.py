# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""How the wait is cut into slices; what a slice does is the module's, which a script stands in for."""

from __future__ import annotations

import types

import pytest
from ansible_collections.community.syncthing.plugins.action import syncthing_wait

DONE = {"missing": [], "version": "v2.1.3", "devices": {}, "folders": {}, "changed": False}
NOT_YET = dict(DONE, missing=["the API"], version=None, failed=True, msg="in vain")


class Clock:
    now = 0.0

    def monotonic(self):
        return self.now


@pytest.fixture
def wait(monkeypatch):
    """Run the task with these options; the module answers as told, after all the time that it has got or so long."""
    clock = Clock()
    monkeypatch.setattr(syncthing_wait, "time", clock)
    monkeypatch.setattr(syncthing_wait.ActionBase, "run", lambda _self, _tmp, _task_vars: {})

    def start(*answers, async_val=0, no_log=False, **args):
        given, shown, removed = [], [], []
        left = list(answers)

        def execute(module_args=None, task_vars=None, wrap_async=None):
            given.append(module_args or {})
            answer = left.pop(0)
            clock.now += module_args["wait_timeout"] if answer is NOT_YET else 0.5
            return dict(answer)

        action = syncthing_wait.ActionModule.__new__(syncthing_wait.ActionModule)
        action._task = types.SimpleNamespace(args=args, async_val=async_val, no_log=no_log)
        action._connection = types.SimpleNamespace(_shell=types.SimpleNamespace(tmpdir="there"))
        action._display = types.SimpleNamespace(display=lambda text, stderr: shown.append((text, stderr)))
        action._remove_tmp_path = removed.append
        action._execute_module = execute if not (async_val or no_log) else lambda **options: options
        result = action.run(None, {"inventory_hostname": "one"})
        assert removed == ([] if async_val else ["there"])
        return result, [(entry.get("wait_timeout"), entry.get("stable_for")) for entry in given], shown

    return start


def test_each_line_says_something_new(wait):
    _result, _slices, shown = wait(*[NOT_YET] * 5, wait_timeout=60)
    lines = [text.partition(": ")[2] for text, _stderr in shown]
    assert lines == ["the API", *(f"no change; times out in 0:{left:02d}" for left in (54, 46, 30))]


def test_slices_get_longer(wait):
    _result, slices, shown = wait(*[NOT_YET] * 7, wait_timeout=100)
    assert slices == [(2, 0), (4, 0), (8, 0), (16, 0), (30, 0), (30, 0), (10, 0)]
    assert [text.partition(": ")[0] for text, _stderr in shown][:2] == [
        "syncthing_wait [one] 0:02",
        "syncthing_wait [one] 0:06",
    ]
    assert all(stderr for _text, stderr in shown)


def test_the_last_slice_is_what_is_left(wait):
    result, slices, shown = wait(NOT_YET, NOT_YET, NOT_YET, wait_timeout="7")
    assert slices == [(2, 0), (4, 0), (1, 0)]
    assert (result["failed"], result["msg"], result["elapsed"], len(shown)) == (True, "in vain", 7, 2)


def test_it_is_there_at_once(wait):
    assert wait(DONE) == (dict(DONE, elapsed=0.5), [(2, 0)], [])


def test_it_must_last(wait):
    result, slices, _shown = wait(DONE, DONE, wait_timeout=60, stable_for=10)
    assert slices == [(2, 0), (14, 10)] and not result.get("failed")
    result, slices, _shown = wait(DONE, NOT_YET, DONE, DONE, wait_timeout=60, stable_for=10)
    assert slices == [(2, 0), (14, 10), (8, 0), (26, 10)] and not result.get("failed")


def test_it_can_last_no_more(wait):
    result, _slices, _shown = wait(NOT_YET, DONE, wait_timeout=12, stable_for=10)
    assert result["failed"] and result["error"]["code"] == "timeout" and "10" in result["msg"]


def test_what_fails_otherwise_ends_it(wait):
    wrong = {"failed": True, "msg": "wrong key"}
    assert wait(wrong, wait_timeout=60) == (wrong, [(2, 0)], [])


@pytest.mark.parametrize(
    "args",
    [{"progress": False}, {"progress": "maybe"}, {"wait_timeout": "soon"}, {"wait_timeout": 5, "stable_for": 5}],
)
def test_not_in_slices(wait, args, monkeypatch):
    monkeypatch.setattr(
        syncthing_wait.ActionModule, "_run_in_slices", lambda *_args, **_options: pytest.fail("in slices")
    )
    result, _slices, _shown = wait(no_log=True, **args)
    assert result["wrap_async"] == 0


@pytest.mark.parametrize("how", [{"async_val": 30}, {"no_log": True}])
def test_nobody_looks_on(wait, how):
    result, slices, shown = wait(wait_timeout=60, **how)
    assert result["wrap_async"] == how.get("async_val", 0) and not slices and not shown
