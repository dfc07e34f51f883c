# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Run a module as Ansible does: a process of its own, options on stdin, one JSON object on stdout.

It sees what Ansible would send along, so of ansible-core only `module_utils`; and nothing of a Syncthing that the
developer runs, since its home is empty.
"""

from __future__ import annotations

import functools
import importlib
import io
import json
import os
import site
import subprocess
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from ansible.module_utils import basic
from ansible.module_utils.common import warnings
from ansible.module_utils.common.parameters import PASS_VARS
from ansible.release import __version__ as core_version

from .collection import clean_environment, collection_root, scratch

OURS = "ansible_collections.community.syncthing.plugins.modules."
# By this key, since ansible-core 2.22, a module tells its controller what to mask, which it does itself before.
SECRETS = "_ansible_new_secrets"
# What Ansible's own loader does, reduced to what ansible-core 2.16 to 2.22 have in common.
_BOOTSTRAP = """
import runpy, sys
from ansible.module_utils import basic
basic._ANSIBLE_ARGS = sys.stdin.buffer.read()
basic._ANSIBLE_PROFILE = "legacy"
name = sys.argv.pop()
runpy.run_module(name, init_globals={"_module_fqn": name, "_modlib_path": None}, run_name="__main__", alter_sys=True)
"""


@dataclass(frozen=True)
class ModuleResult:
    """`stdout` and `stderr` are what a controller would let through, to search it for secrets."""

    rc: int
    result: dict[str, Any]
    stdout: str
    stderr: str

    @classmethod
    def read(cls, name: str, code: int, stdout: str, stderr: str) -> ModuleResult:
        """Check what holds for every run: one JSON object, no traceback, an exit code that fits."""
        said = f"exit code {code}, stdout {stdout!r}, stderr:\n{stderr}"
        assert "Traceback (most recent call last)" not in stdout + stderr, f"{name} has a traceback: {said}"
        try:
            result = json.loads(stdout)
        except ValueError:
            result = None
        assert isinstance(result, dict), f"{name} did not print exactly one JSON object: {said}"
        assert bool(code) == bool(result.get("failed")), f"{name}: exit code and 'failed' disagree: {said}"
        for secret in result.pop(SECRETS, ()):
            stdout = stdout.replace(json.dumps(secret)[1:-1], "********")
        return cls(code, result, stdout, stderr)

    @property
    def failed(self) -> bool:
        return self.rc != 0 or bool(self.result.get("failed"))

    @property
    def changed(self) -> bool:
        return bool(self.result.get("changed"))

    @property
    def msg(self) -> str:
        return str(self.result.get("msg", ""))

    @property
    def diff(self) -> Any:
        return self.result.get("diff")

    @property
    def warnings(self) -> list[str]:
        return [warning if isinstance(warning, str) else str(warning) for warning in self.result.get("warnings", [])]

    def __getitem__(self, key: str) -> Any:
        return self.result[key]

    def __contains__(self, key: str) -> bool:
        return key in self.result


def run_module(
    name: str,
    args: dict[str, Any] | None = None,
    *,
    check: bool = False,
    diff: bool = True,
    python: str = sys.executable,
    env: dict[str, str] | None = None,
    timeout: float = 60,
) -> ModuleResult:
    """`name` is a module of this collection, or any module's Python name such as `ansible.modules.ping`."""
    module = name if "." in name else OURS + name
    with tempfile.TemporaryDirectory(prefix="syncthing-module-") as home:
        environment = {**module_environment(home), **(env or {})}
        try:
            done = subprocess.run(
                [python, "-c", _BOOTSTRAP, module],
                check=False,
                input=module_input(module, args, check=check, diff=diff, home=home),
                capture_output=True,
                text=True,
                encoding="utf-8",
                timeout=timeout,
                env=environment,
                cwd=home,
            )
        except subprocess.TimeoutExpired as error:
            raise AssertionError(f"{name} did not end within {timeout} s: {error.stdout!r} {error.stderr!r}") from None
    return ModuleResult.read(name, done.returncode, done.stdout, done.stderr)


def run_in_process(name: str, args: dict[str, Any], *, check: bool = False, diff: bool = True) -> ModuleResult:
    """The same at a twentieth of the cost, for many runs; it sees more than it would on a host, and has no timeout."""
    out, err = io.StringIO(), io.StringIO()
    module = importlib.import_module(OURS + name)
    getattr(warnings, "_global_warnings", []).clear()  # those of the run before; newer cores have them elsewhere
    with (
        tempfile.TemporaryDirectory(prefix="syncthing-module-") as home,
        mock.patch.object(basic, "_ANSIBLE_ARGS", module_input(name, args, check=check, diff=diff, home=home).encode()),
        mock.patch.object(basic, "_ANSIBLE_PROFILE", "legacy", create=True),  # since ansible-core 2.19
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            module.main()
        except SystemExit as ended:
            return ModuleResult.read(name, int(ended.code or 0), out.getvalue(), err.getvalue())
    raise AssertionError(f"{name} did not exit")


def module_environment(home: str) -> dict[str, str]:
    """What a module's process sees: a home of its own, and of ansible-core no more than travels to a host."""
    environment = clean_environment()
    for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        environment.pop(variable, None)
    environment.update(
        HOME=home,
        PYTHONPATH=os.pathsep.join([str(_module_utils()), str(collection_root())]),
        PYTHONUSERBASE=site.getuserbase(),  # requests may be installed there, and HOME has moved
    )
    return environment


def module_input(module: str, args: dict[str, Any] | None, *, check: bool, diff: bool = True, home: str) -> str:
    """What Ansible passes to a module; `home` is where it puts temporary files."""
    settings = {
        "check_mode": check,
        "diff": diff,
        "no_log": False,
        "inject_invocation": True,  # 2.21 asks first; a secret must not show there either
        "debug": False,
        "verbosity": 0,
        "keep_remote_files": False,
        "remote_tmp": home,
        "module_name": module.rpartition(".")[2],
        "version": core_version,
        "syslog_facility": "LOG_USER",
    }
    known = {f"_ansible_{name}": value for name, value in settings.items() if name in PASS_VARS}
    return json.dumps({"ANSIBLE_MODULE_ARGS": {**(args or {}), **known}})


@functools.cache
def _module_utils() -> Path:
    """A folder with the part of ansible-core that travels to a host, and no more."""
    import ansible

    core = Path(ansible.__file__).parent
    root = scratch("modlib")
    (root / "ansible").mkdir()
    (root / "ansible/__init__.py").write_text(f"__version__ = {core_version!r}\n")
    for part in ("module_utils", "modules"):
        (root / "ansible" / part).symlink_to(core / part, target_is_directory=True)
    return root
