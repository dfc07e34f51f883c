# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Every test that uses `binary`, or a fixture that does, runs once per Syncthing version found."""

from __future__ import annotations

import os
import platform
import pwd
import re
import shutil
import sys
import tempfile
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from ansible.release import __version__ as core_version

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from installation import Host

from harness.binaries import Binary, BinaryError, Found, find, version_key
from harness.collection import install_on_path
from harness.daemon import Daemon
from harness.forked import Forked
from harness.module import ModuleResult, run_module
from harness.proxy import RecordingProxy

install_on_path()

FOUND = pytest.StashKey[Found]()
DESELECTED = pytest.StashKey["Counter[str]"]()
DAEMONS = pytest.StashKey["list[Daemon]"]()


# --- which versions


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "since(version): only for this Syncthing version and later")
    config.addinivalue_line("markers", "until(version): only for Syncthing before this version")
    config.addinivalue_line("markers", "once: the version does not matter, so one is enough; each test has its own")
    config.addinivalue_line("markers", "soaked: as `once`, but for every version in the long form")
    config.addinivalue_line("markers", "newest: one version is enough, the newest of those that the test can have")
    config.addinivalue_line("markers", "outer_versions: the oldest and the newest are enough, but for the long form")
    config.addinivalue_line("markers", "any_core: knows little of ansible-core, so that its newest release is enough")
    config.addinivalue_line("markers", "outer_cores: for the oldest and the newest ansible-core, and with old Pythons")
    config.addinivalue_line("markers", "xdist_group(name): known to pytest-xdist, which may not be there")
    deselected: Counter[str] = Counter()
    config.stash[DESELECTED] = deselected
    sent = getattr(config, "workerinput", {}).get("syncthing_found")
    if sent:
        config.stash[FOUND] = Found([Binary(Path(path), *rest) for path, *rest in sent["binaries"]], sent["missing"])
        return
    try:
        found = config.stash[FOUND] = find()
    except BinaryError as error:
        raise pytest.UsageError(str(error)) from None
    if not found.binaries:
        reasons = "".join(f"\n  {reason}" for reason in found.missing)
        raise pytest.UsageError(
            "No Syncthing to test with. Install it, or let SYNCTHING_BINARIES name a folder of Syncthing binaries; "
            f"SYNCTHING_TEST_VERSIONS may also exclude all.{reasons}"
        )


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """pytest-xdist: all workers take what the controller found, so they collect the same tests."""
    found = node.config.stash[FOUND]
    node.workerinput["syncthing_found"] = {
        "binaries": [(str(binary.path), binary.version, binary.source) for binary in found.binaries],
        "missing": found.missing,
    }


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "binary" in metafunc.fixturenames:
        binaries = metafunc.config.stash[FOUND].binaries
        # With `--dist loadgroup` a version stays on one worker, so its shared daemon starts once.
        params = [pytest.param(one, id=str(one), marks=pytest.mark.xdist_group(str(one))) for one in binaries]
        metafunc.parametrize("binary", params, scope="session", indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    kept, dropped = [], []
    for item in items:
        reason = _unsuitable(item)
        if reason is None:
            kept.append(item)
        else:
            dropped.append(item)
            config.stash[DESELECTED][reason] += 1
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


def _unsuitable(item: pytest.Item) -> str | None:
    from support import SOAK  # which the collection must be on the path for

    callspec = getattr(item, "callspec", None)
    binary = callspec and callspec.params.get("binary")
    if binary is None:
        return None
    reason = _too_old_or_new(item, binary)
    if reason:
        return reason
    suitable = [one for one in item.config.stash[FOUND].binaries if not _too_old_or_new(item, one)]
    if item.get_closest_marker("outer_versions") and not SOAK and binary not in (suitable[0], suitable[-1]):
        return "for which the oldest and the newest version are enough"
    if item.get_closest_marker("newest"):
        chosen = suitable[-1]
    elif item.get_closest_marker("once") or (item.get_closest_marker("soaked") and not SOAK):
        chosen = suitable[zlib.crc32(item.nodeid.replace(str(binary), "").encode()) % len(suitable)]
    else:
        return None
    return None if binary == chosen else "for which one version is enough"


def _too_old_or_new(item: pytest.Item, binary: Binary) -> str | None:
    for mark in item.iter_markers("since"):
        if binary.key < version_key(mark.args[0]):
            return f"for Syncthing {mark.args[0]} and later"
    for mark in item.iter_markers("until"):
        if binary.key >= version_key(mark.args[0]):
            return f"for Syncthing before {mark.args[0]}"
    return None


# --- what is said about it


def pytest_report_header(config: pytest.Config) -> list[str]:
    found = config.stash[FOUND]
    from support import SEED  # which the collection must be on the path for

    lines = [f"syncthing: {binary.version} ({binary.source})" for binary in found.binaries]
    lines.append(f"SYNCTHING_TEST_SEED={SEED}")
    return [*lines, *(f"syncthing not found: {reason}" for reason in found.missing), f"with: {_with()}"]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    found = config.stash[FOUND]
    outcomes: Counter[tuple[str, str]] = Counter()
    figures: list[str] = []
    for outcome in ("passed", "failed", "error", "skipped", "xfailed", "xpassed"):
        for report in terminalreporter.stats.get(outcome, []):
            where = getattr(report, "nodeid", "")
            told = getattr(report, "user_properties", [])
            figures += [f"{where}: {value}" for name, value in told if name == "figures"]
            match = re.search(r"\bsyncthing-(\d+\.\d+\.\d+(?:-\w+\.\d+)?)", where)
            if match:
                outcomes[match[1], outcome] += 1
    terminalreporter.section("Syncthing")
    for binary in found.binaries:
        counts = [f"{n} {outcome}" for (version, outcome), n in outcomes.items() if version == binary.version]
        terminalreporter.line(f"{binary.version:10} {', '.join(counts) or 'nothing ran'} ({binary.source})")
    for reason in found.missing:
        terminalreporter.line(f"could not run: {reason}")
    for reason, count in sorted(config.stash[DESELECTED].items()):
        terminalreporter.line(f"{count} deselected: {reason}")
    terminalreporter.line(_with())
    for figure in figures:
        terminalreporter.line(figure)


def _with() -> str:
    return f"ansible-core {core_version}, Python {platform.python_version()}"


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        deselected: Counter[str] = session.config.stash[DESELECTED]
        session.config.workeroutput["syncthing_deselected"] = dict(deselected)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """pytest-xdist: every worker deselects the same, so any one of them can tell."""
    told = getattr(node, "workeroutput", {}).get("syncthing_deselected")
    if told:
        counted: Counter[str] = Counter(told)
        node.config.stash[DESELECTED] = counted


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        for daemon in item.stash.get(DAEMONS, []):
            tail = daemon.log_tail(50)
            if tail:
                report.sections.append((f"{daemon.binary} {daemon.name}", tail))
    return report


# --- daemons


@pytest.fixture(scope="module")
def forked() -> Iterator[Forked]:
    with Forked() as forked:
        yield forked


@pytest.fixture(scope="session")
def binary(request: pytest.FixtureRequest) -> Binary:
    binary: Binary = request.param
    return binary


@pytest.fixture(scope="session")
def binaries(pytestconfig: pytest.Config) -> list[Binary]:
    """All versions found, oldest first, for tests that mix them."""
    return pytestconfig.stash[FOUND].binaries


class _Pool:
    """The daemon that a version's tests share. One that does not come back to its first state is replaced."""

    def __init__(self, binary: Binary, base: Path) -> None:
        self.binary = binary
        self.base = base
        self.daemon: Daemon | None = None
        self.pristine: dict[str, Any] = {}

    def take(self) -> Daemon:
        if self.daemon is None:
            self.daemon = Daemon(self.binary, self.base, "shared", supervise=True)
            self.pristine = self.daemon.config()
        return self.daemon

    def give_back(self) -> None:
        assert self.daemon is not None
        try:
            self.daemon.reset(self.pristine)
            if self.daemon.gui_restarts() > 0:  # they add up, see there
                self.close()
        except Exception:
            self.close()

    def close(self) -> None:
        if self.daemon is not None:
            self.daemon.close()
            self.daemon = None


@pytest.fixture(scope="session")
def _pool(binary: Binary, tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Pool]:
    pool = _Pool(binary, tmp_path_factory.mktemp(str(binary)))
    yield pool
    pool.close()


@pytest.fixture
def daemon(request: pytest.FixtureRequest, _pool: _Pool) -> Iterator[Daemon]:
    """A running daemon, configured as at its first start. Shared with other tests, one at a time."""
    daemon = _pool.take()
    request.node.stash.setdefault(DAEMONS, []).append(daemon)
    yield daemon
    _pool.give_back()


@pytest.fixture
def make_daemon(
    request: pytest.FixtureRequest, binary: Binary, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Daemon]]:
    """Makes daemons of this test alone: `make_daemon("b", tls=True)`; takes what Daemon takes, and another `binary`."""
    base = tmp_path_factory.mktemp("daemons")
    with ExitStack() as stack:

        def make(name: str = "a", *, binary: Binary = binary, **settings: Any) -> Daemon:
            daemon = stack.enter_context(Daemon(binary, base, name, **settings))
            request.node.stash.setdefault(DAEMONS, []).append(daemon)
            return daemon

        yield make


@pytest.fixture
def fresh_daemon(make_daemon: Callable[..., Daemon]) -> Daemon:
    """A daemon of this test alone, to kill, break or move."""
    return make_daemon("fresh", supervise=True)


@pytest.fixture
def proxy(daemon: Daemon) -> Iterator[RecordingProxy]:
    """A recording proxy before `daemon`."""
    with RecordingProxy(daemon) as proxy:
        yield proxy


@pytest.fixture
def run(request: pytest.FixtureRequest) -> Callable[..., ModuleResult]:
    """`run("syncthing_device", device_id=…)` on `daemon`, or on another daemon, proxy or scripted server: `via=`.

    As Ansible does, in a process of its own, where ansible-core matters, and then on the newest Syncthing; for the
    others, a tenth of the time is enough.
    """
    binary = getattr(request.node, "callspec", None) and request.node.callspec.params.get("binary")
    newest = request.config.stash[FOUND].binaries[-1]
    as_ansible_does = binary in (None, newest) and not request.node.get_closest_marker("any_core")

    def run(
        name: str,
        /,
        via: Any = None,
        *,
        check: bool = False,
        diff: bool = True,
        env: dict[str, str] | None = None,
        python: str = sys.executable,
        timeout: float = 60,
        **args: Any,
    ) -> ModuleResult:
        target = via if via is not None else request.getfixturevalue("daemon")
        connection = {"api_url": target.api_url, "api_key": getattr(target, "api_key", "scripted")}
        usual = diff and not env and python == sys.executable and timeout == 60
        if not as_ansible_does and usual and threading.current_thread() is threading.main_thread():
            return request.getfixturevalue("forked")(name, {**connection, **args}, check)
        return run_module(name, {**connection, **args}, check=check, diff=diff, env=env, python=python, timeout=timeout)

    return run


# --- a host without a daemon


@pytest.fixture
def host(binary: Binary, tmp_path: Path) -> Host:
    return Host(binary, tmp_path)


@pytest.fixture
def users_host(binary: Binary) -> Iterator[Host]:
    """A home of `nobody`, whom root prepares a daemon for."""
    if os.geteuid():
        pytest.skip("only root can act as another user")
    entry = pwd.getpwnam("nobody")
    base = Path(tempfile.mkdtemp(prefix="community.syncthing-home-"))
    try:
        base.chmod(0o755)
        home = base / "home"
        home.mkdir()
        os.chown(home, entry.pw_uid, entry.pw_gid)
        host = Host(binary, home, "nobody")
        # The user can't reach root's cache of binaries.
        host.executable = base / "syncthing"
        shutil.copy2(binary.path, host.executable)
        yield host
    finally:
        shutil.rmtree(base)
