# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""What systemd says is made up here, since tests have no systemd; Molecule's scenario first_screen has a real one."""

from __future__ import annotations

import pytest
from ansible_collections.community.syncthing.plugins.module_utils import _errors
from ansible_collections.community.syncthing.plugins.module_utils._host import units
from ansible_collections.community.syncthing.plugins.module_utils._operations import wait
from ansible_collections.community.syncthing.plugins.module_utils._operations.wait_goal import Goal

GOOD = {"LoadState": "loaded", "ActiveState": "active", "SubState": "running", "Result": "success", "NRestarts": "0"}


@pytest.fixture
def systemd(tmp_path, monkeypatch):
    """Let systemctl and journalctl answer; each answer is used once, but for the last."""

    def script(name, text):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)

    def answer(*states, journal=""):
        for number, state in enumerate(states):
            shown = "".join(f"{key}={value}\n" for key, value in dict(GOOD, **state).items())
            (tmp_path / f"state{number}").write_text(shown)
        (tmp_path / "n").write_text("0")
        last = len(states) - 1
        script(
            "systemctl",
            f'cd "{tmp_path}"; n=$(cat n); cat state$n; [ $n = {last} ] || echo $((n + 1)) > n',
        )
        (tmp_path / "journal").write_text(journal)
        script("journalctl", f'cat "{tmp_path}/journal"')
        return units.Unit("syncthing@alice", False, None)

    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return answer


def test_active(systemd):
    assert systemd({}).check() == (True, "active (running)")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (
            {"ActiveState": "failed", "SubState": "failed", "Result": "exit-code", "ExecMainStatus": "203"},
            "exit code 203",
        ),
        ({"ActiveState": "inactive", "SubState": "dead"}, "is inactive (dead)"),
        ({"ActiveState": "inactive", "LoadState": "masked"}, "is masked"),
        ({"ActiveState": "inactive", "LoadState": "not-found"}, "is not-found"),
        ({"ActiveState": "inactive", "LoadState": "bad-setting"}, "is bad-setting"),
        ({"ActiveState": "failed", "Result": "start-limit-hit", "NRestarts": "10"}, "restarted 10 times"),
    ],
)
def test_what_will_not_run_any_more(systemd, state, words):
    with pytest.raises(_errors.Unreachable) as failed:
        systemd(state, journal="one\ntwo \x1b[31mred\n").check()
    assert "The service syncthing@alice.service " in str(failed.value) and words in str(failed.value)
    assert "Its journal ends with: one | two \\x1b[31mred" in str(failed.value)


@pytest.mark.parametrize(
    "state",
    [
        {"ActiveState": "activating", "SubState": "start-pre"},
        {"ActiveState": "activating", "SubState": "auto-restart", "Result": "exit-code", "NRestarts": "1"},
        {"ActiveState": "inactive", "SubState": "dead", "Job": "17"},
        {"ActiveState": "deactivating", "SubState": "stop-sigterm"},
    ],
)
def test_what_may_still_come(systemd, state):
    assert systemd(state).check()[0] is False


def test_again_and_again(systemd):
    """One restart is Syncthing's own way to follow a setting; and what was before the wait does not count."""
    unit = systemd(*[{"NRestarts": str(number), "ActiveState": "activating"} for number in (5, 5, 6, 7)])
    for _round in range(3):
        assert unit.check()[0] is False
    with pytest.raises(_errors.Unreachable, match="keeps failing: systemd has restarted it 2 times"):
        unit.check()


def test_the_journal_of_a_crash_loop_keeps_the_reason(systemd):
    loop = "".join(f"Started {n}\nexited, status=1\nScheduled restart job {n}\n" for n in range(20))
    assert systemd({}, journal="a planted reason\n" + loop).journal() == [
        "a planted reason",
        "Started 19",
        "exited, status=1",
        "Scheduled restart job 19",
    ]


def test_the_journal_of_a_container_keeps_the_reason(systemd):
    """Podman logs what it does with each container, in lines that differ in nothing but times and IDs."""
    event = "2026-11-28 05:43:{n:02} +0000 UTC m=+0.{n} container {word} {n:x}{id} (image=localhost/syncthing:2.1.3)\n"
    words = ("create", "remove")
    loop = "".join(event.format(n=n, word=word, id="abcdef" * 9) for n in range(10, 40) for word in words)
    shown = systemd({}, journal="Error: statfs /srv/documents: no such file or directory\n" + loop).journal()
    assert shown[0].startswith("Error: statfs") and len(shown) == 3


def test_nobody_to_ask(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    unit = units.Unit("x", False, None)
    active, state = unit.check()
    assert not active and "systemctl" in state
    assert unit.journal() == []


# -- while it is waited


def refused(_left):
    raise _errors.Unreachable("Connection refused")


def test_the_wait_ends_with_the_service(systemd):
    unit = systemd({"ActiveState": "activating"}, {"ActiveState": "failed", "Result": "exit-code"}, journal="a reason")
    with pytest.raises(_errors.Unreachable, match="result exit-code.*a reason"):
        wait.wait(refused, Goal(), 60, unit)


def test_the_wait_tells_of_the_service(systemd):
    with pytest.raises(_errors.RequestTimeout, match="active .running.. Its journal ends with: it starts") as late:
        wait.wait(refused, Goal(), 0.3, systemd({}, journal="it starts"))
    assert late.value.results["service"] == {
        "name": "syncthing@alice.service",
        "state": "active (running)",
        "journal": ["it starts"],
    }


def test_somebody_else_has_the_port(systemd, monkeypatch):
    """The key may be refused because another daemon listens there, while this one keeps failing."""

    def wrong(_left):
        raise _errors.BadApiKey("the key is refused")

    unit = systemd({"ActiveState": "activating"}, {"ActiveState": "failed", "Result": "exit-code"})
    with pytest.raises(_errors.Unreachable, match="exit-code"):
        wait.wait(wrong, Goal(), 60, unit)
    monkeypatch.setattr(wait, "_SOMEBODY_ELSE_FOR", 0.2)
    for unit in (None, systemd({})):
        with pytest.raises(_errors.BadApiKey):
            wait.wait(wrong, Goal(), 60, unit)
