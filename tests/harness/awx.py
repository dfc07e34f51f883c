# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""What AWX makes of a job template, run by ansible-runner: without AWX, but with the same files as AWX gives it.

Source: ``awx/main/tasks/jobs.py`` and ``awx/main/models/{credential,inventory,mixins,workflow}.py`` of AWX 24.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment

from .collection import CHECKOUT, NAME, child_environment, clean_environment

TIMEOUT = 120
BIN = Path(sys.executable).parent
SURVEY_TYPES: dict[str, type | tuple[type, ...]] = {
    "text": str,
    "textarea": str,
    "password": str,
    "integer": int,
    "float": (float, int),
    "multiplechoice": str,
    "multiselect": list,
}
VAULT_PROMPT = r"Vault password:\s*?$"


class LaunchError(Exception):
    """AWX would not start this job."""


@dataclass
class Inventory:
    """An inventory as AWX keeps it: groups are flat, by name."""

    hosts: dict[str, dict[str, Any]]
    groups: dict[str, dict[str, Any]] = field(default_factory=dict)  # hosts, children, vars
    variables: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def imported(cls, source: Path, environment: Mapping[str, str] = MappingProxyType({})) -> Inventory:
        """What AWX takes over from an inventory file in a project, with the environment that a credential is."""
        command = [str(BIN / "ansible-inventory"), "--inventory", str(source), "--list", "--export"]
        env = {**child_environment(), **environment}
        output = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
        groups = json.loads(output)
        hosts = groups.pop("_meta")["hostvars"]
        variables = groups.pop("all").get("vars", {})
        names = {host for group in groups.values() for host in group.get("hosts", ())}
        return cls({host: hosts.get(host, {}) for host in names}, groups, variables)

    def script(self, number: int = 1, count: int = 1) -> dict[str, Any]:
        """What one slice's job gets: every count-th host by name, and groups without the others."""
        hosts = sorted(self.hosts)[number - 1 :: count]
        grouped = {host for group in self.groups.values() for host in group.get("hosts", ())}
        data: dict[str, Any] = {}
        for name, group in self.groups.items():
            data[name] = {**group, "hosts": [host for host in group.get("hosts", ()) if host in hosts]}
        data["all"] = {
            "vars": self.variables,
            "hosts": [host for host in hosts if host not in grouped],
            "children": list(self.groups),
        }
        return {**data, "_meta": {"hostvars": {host: self.hosts[host] for host in hosts}}}


@dataclass(frozen=True)
class Credential:
    """A credential of one of the custom types in extensions/awx/credential_types."""

    type: str
    inputs: dict[str, str]

    def inject(self, directory: Path) -> tuple[dict[str, str], dict[str, Any]]:
        """The environment and the extra vars that it becomes. Its files are written to this directory."""
        definition = credential_type(self.type)
        if missing := [name for name in definition["inputs"]["required"] if not self.inputs.get(name)]:
            raise LaunchError(f"credential {self.type} lacks {', '.join(missing)}")
        values: dict[str, Any] = {name: value for name, value in self.inputs.items() if value}
        injectors = definition["injectors"]
        names = {}
        for name, text in _render(injectors.get("file", {}), values).items():
            path = directory / f"{self.type}-{name}"
            _write(path, text)
            names[name.removeprefix("template.")] = str(path)
        values["tower"] = {"filename": names}
        return _render(injectors.get("env", {}), values), _render(injectors.get("extra_vars", {}), values)


@dataclass
class Template:
    """A job template. `project` is copied into each job."""

    project: Path
    playbook: str
    inventory: Inventory
    credentials: Sequence[Credential] = ()
    survey: dict[str, Any] | None = None
    extra_vars: dict[str, Any] = field(default_factory=dict)
    vault_password: str | None = None
    limit: str = ""
    tags: str = ""
    verbosity: int = 0

    def launch(
        self, directory: Path, *, check: bool = False, answers: Mapping[str, Any] | None = None, **prompted: Any
    ) -> Job:
        """Run one job in this new directory. `prompted` are other values for fields that ask at launch."""
        return self._job(directory, check, answers or {}, **{"slice": (1, 1), **prompted})

    def launch_sliced(self, directory: Path, count: int, **launch: Any) -> list[Job]:
        return [
            self.launch(directory / f"slice-{number}", slice=(number, count), **launch)
            for number in range(1, count + 1)
        ]

    def _job(
        self,
        directory: Path,
        check: bool,
        answers: Mapping[str, Any],
        slice: tuple[int, int],
        limit: str | None = None,
        artifacts: Mapping[str, Any] | None = None,
    ) -> Job:
        for folder in ("env", "inventory", "requirements_collections/ansible_collections/community"):
            (directory / folder).mkdir(parents=True)
        # where AWX installs what collections/requirements.yml of the project lists
        (directory / "requirements_collections").joinpath(*NAME).symlink_to(CHECKOUT, target_is_directory=True)
        (directory / "project").symlink_to(self.project, target_is_directory=True)
        environment = {
            "ANSIBLE_COLLECTIONS_PATH": str(directory / "requirements_collections"),
            "ANSIBLE_FORCE_COLOR": "True",
            "ANSIBLE_HOST_KEY_CHECKING": "False",
            "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
            "ANSIBLE_LOCAL_TEMP": str(directory / "local"),
            "ANSIBLE_REMOTE_TEMP": str(directory / "remote"),
            "AWX_PRIVATE_DATA_DIR": str(directory),
            "JOB_ID": "1",
        }
        arguments = ["-u", "root"]
        if check:
            arguments += ["--check"]
        if self.vault_password is not None:
            arguments += ["--ask-vault-pass"]
        arguments += ["--diff"]
        if limit or self.limit:
            arguments += ["-l", limit or self.limit]
        if self.verbosity:
            arguments += [f"-{'v' * self.verbosity}"]
        if self.tags:
            arguments += ["-t", self.tags]
        for number, credential in enumerate(self.credentials):
            injected, extra = credential.inject(directory / "env")
            environment.update(injected)
            if extra:
                path = directory / f"env/credential-{number}"
                _write(path, _unsafe(extra))
                arguments += ["-e", f"@{path}"]
        given = {**survey_answers(self.survey, answers), **(artifacts or {}), "awx_job_id": 1}
        trusted = {key: value for key, value in self.extra_vars.items() if key not in given}
        script = json.dumps(self.inventory.script(*slice))
        settings = {"job_timeout": TIMEOUT, "suppress_ansible_output": True}
        _write(directory / "env/envvars", json.dumps(environment))
        _write(directory / "env/extravars", (yaml.safe_dump(trusted) if trusted else "") + _unsafe(given))
        _write(directory / "env/settings", json.dumps(settings))
        _write(directory / "env/passwords", json.dumps({VAULT_PROMPT: self.vault_password or ""}))
        _write(directory / "env/cmdline", shlex.join(arguments))
        _write(directory / "inventory/hosts", f"#! {sys.executable}\nprint({script!r})\n")
        (directory / "inventory/hosts").chmod(0o700)
        return run(directory, self.playbook)


@dataclass(frozen=True)
class Job:
    """A job that ended."""

    directory: Path
    status: str
    said: str

    @property
    def events(self) -> Iterator[dict[str, Any]]:
        for path in sorted(self.directory.glob("artifacts/job/job_events/*.json"), key=lambda path: _number(path.name)):
            yield json.loads(path.read_text())

    @property
    def artifacts(self) -> dict[str, Any]:
        """What `set_stats` leaves to the next job of a workflow."""
        [stats] = [event["event_data"] for event in self.events if event["event"] == "playbook_on_stats"]
        return dict(stats.get("artifact_data", {}))

    @property
    def changed(self) -> dict[str, int]:
        """How many tasks changed something, of each host that did anything."""
        [stats] = [event["event_data"] for event in self.events if event["event"] == "playbook_on_stats"]
        return {host: stats["changed"].get(host, 0) for host in sorted(stats["processed"])}

    def results(self, task: str) -> dict[str, dict[str, Any]]:
        """What a task returned on each host."""
        return {
            event["event_data"]["host"]: event["event_data"]["res"]
            for event in self.events
            if event["event"] in ("runner_on_ok", "runner_on_failed") and event["event_data"]["task"] == task
        }

    @property
    def shown(self) -> str:
        """All that AWX stores and shows of it."""
        return self.said + "".join(map(json.dumps, self.events))


def run(directory: Path, playbook: str) -> Job:
    path = os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)])
    command = [str(BIN / "ansible-runner"), "run", str(directory), "--playbook", playbook, "--ident", "job"]
    done = subprocess.run(
        command,
        env={**clean_environment(), "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT + 20,
        check=False,
    )
    output = directory / "artifacts/job/stdout"
    said = done.stdout + done.stderr + (output.read_text() if output.exists() else "")
    status = directory / "artifacts/job/status"
    return Job(directory, status.read_text() if status.exists() else "error", re.sub(r"\x1b\[[\d;]*m", "", said))


def credential_type(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((CHECKOUT / f"extensions/awx/credential_types/{name}.yml").read_text()))


def survey(name: str) -> dict[str, Any]:
    return dict(json.loads((CHECKOUT / f"extensions/awx/surveys/{name}.json").read_text()))


def survey_answers(spec: Mapping[str, Any] | None, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The extra vars that these answers become, with the defaults of the questions that were not answered."""
    given: dict[str, Any] = {}
    for question in spec["spec"] if spec else ():
        name = question["variable"]
        if question["required"] and name not in answers and question.get("default", "") == "":
            raise LaunchError(f"{name} value missing")
        if name in answers:
            if wrong := _wrong(question, answers[name]):
                raise LaunchError(f"{name}: {wrong}")
            given[name] = answers[name]
        elif "default" in question and not _wrong(question, question["default"]):
            given[name] = question["default"]
    if unknown := sorted(set(answers) - set(given)):
        raise LaunchError(f"not asked for: {', '.join(unknown)}")
    return given


def _wrong(question: Mapping[str, Any], value: Any) -> str:
    kind = question["type"]
    if not isinstance(value, SURVEY_TYPES[kind]) or isinstance(value, bool):
        return f"not of type {kind}"
    if kind in ("multiplechoice", "multiselect"):
        values = value if isinstance(value, list) else [value]
        return "" if set(values) <= set(question["choices"]) else "not one of the choices"
    size = len(value) if isinstance(value, str) else value
    low, high = question.get("min"), question.get("max")
    return "out of range" if (low is not None and size < low) or (high is not None and size > high) else ""


class _UnsafeDumper(yaml.SafeDumper):
    """Every string, keys included, tagged so that Ansible does not take it for a template."""


_UnsafeDumper.add_representer(str, lambda dumper, value: dumper.represent_scalar("!unsafe", value))


def _unsafe(values: Mapping[str, Any]) -> str:
    return yaml.dump(dict(values), Dumper=_UnsafeDumper, default_flow_style=False)


def _render(templates: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, str]:
    environment = ImmutableSandboxedEnvironment()
    return {key: environment.from_string(template).render(**values) for key, template in templates.items()}


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o600)


def _number(name: str) -> int:
    return int(name.partition("-")[0])
