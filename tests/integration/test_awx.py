# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""The jobs of docs/docsite/rst/awx.rst, by ansible-runner, in private data directories like those of AWX."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from support import device_id, shares

from harness.awx import Credential, Inventory, Job, LaunchError, Template, survey
from harness.collection import CHECKOUT, child_environment
from harness.daemon import Daemon, start_all

PROJECT = CHECKOUT / "extensions/awx/project"
LOCAL = {
    "ansible_connection": "local",
    "ansible_python_interpreter": os.environ.get("SYNCTHING_TEST_PYTHON", sys.executable),
}
# There is no service manager: the harness runs the daemons.
RUNNING = "configuration"
PASSWORD = "planted-secret"
OTHER = device_id("laptop")

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


def test_one_daemon_by_its_own_certificate(make_daemon: Callable[..., Daemon], tmp_path: Path) -> None:
    """The credential brings it along, for jobs and for the inventory of the project."""
    daemon = make_daemon(tls=True)
    daemon.put("/rest/config/devices", [{"deviceID": OTHER, "name": "laptop"}])
    inputs = {"api_url": daemon.api_url, "api_key": daemon.api_key, "certificate": daemon.cert_file.read_text()}
    template = Template(PROJECT, "one_daemon.yml", Inventory({"localhost": LOCAL}))
    without = {**inputs, "certificate": ""}
    assert "not trusted" in replace(template, credentials=[api(without)]).launch(tmp_path / "without").said
    good(replace(template, credentials=[api(inputs)]).launch(tmp_path / "with"))

    environment, _extra = api(inputs).inject(tmp_path)
    inventory = Inventory.imported(PROJECT / "daemon_inventory/syncthing.yml", environment)
    # in a form that Ansible reads back as text without templates
    assert inventory.hosts["laptop"]["syncthing_device_id"] == {"__ansible_unsafe": OTHER}
    assert sorted(inventory.groups["syncthing"]["hosts"]) == sorted(inventory.hosts)
    assert inventory.groups["connected"]["hosts"] == [name for name in inventory.hosts if name != "laptop"]


def api(inputs: dict[str, str]) -> Credential:
    return Credential("syncthing_api", inputs)


def test_setup(tmp_path: Path) -> None:
    """Each task gives arguments that the module of the real collection takes, and all files are used."""
    made: dict[str, list[dict[str, Any]]] = {}
    specs = json.loads((CHECKOUT / "tests/unit/fixtures/awx-24.6.1.json").read_text())["modules"]
    stand_in = tmp_path / "ansible_collections/awx/awx"
    (stand_in / "plugins/modules").mkdir(parents=True)
    for name, arguments in specs.items():
        (stand_in / f"plugins/modules/{name}.py").write_text(STAND_IN.format(arguments=arguments, name=name))
    environment = child_environment()
    environment["ANSIBLE_COLLECTIONS_PATH"] += f":{tmp_path}"
    log = tmp_path / "log"
    variables = {
        "awx_api_credential": "NAS",
        "awx_machine_credential": "Hosts",
        "awx_project_url": "https://git.example/syncthing.git",
    }
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "-e", json.dumps(variables)]
    done = subprocess.run(
        [*command, str(CHECKOUT / "extensions/awx/setup.yml")],
        env={**environment, "AWX_LOG": str(log), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0 and "ignored" not in done.stderr, done.stdout + done.stderr
    for line in log.read_text().splitlines():
        name, params = json.loads(line)
        made.setdefault(name, []).append({key: value for key, value in params.items() if value is not None})

    directory = CHECKOUT / "extensions/awx"
    types = [yaml.safe_load(path.read_text()) for path in sorted(directory.glob("credential_types/*.yml"))]
    keys = ("name", "description", "kind", "inputs", "injectors")
    assert [{key: one[key] for key in keys} for one in made["credential_type"]] == types
    templates = {template["playbook"]: template for template in made["job_template"]}
    assert set(templates) == {path.name for path in PROJECT.glob("*.yml")}
    surveys = {one["playbook"]: one["survey_spec"] for one in templates.values() if one["survey_enabled"]}
    assert surveys == {path.stem + ".yml": json.loads(path.read_text()) for path in directory.glob("surveys/*.json")}
    assert templates["provision.yml"]["credentials"] == ["Hosts"]
    assert templates["provision_slice.yml"]["job_slice_count"] == 2
    for source in made["inventory_source"]:
        assert (PROJECT / source["source_path"]).is_file()
    names = {one["name"] for one in templates.values()}
    nodes = made["workflow_job_template"][0]["workflow_nodes"]
    assert {node["unified_job_template"]["name"] for node in nodes} | {
        made["schedule"][0]["unified_job_template"]
    } <= names


STAND_IN = """\
import json, os
from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule(supports_check_mode=True, **{arguments!r})
with open(os.environ["AWX_LOG"], "a") as log:
    log.write(json.dumps([{name!r}, module.params]) + "\\n")
module.exit_json(changed=False)
"""


@pytest.fixture
def fleet(make_daemon: Callable[..., Daemon]) -> dict[str, Daemon]:
    """A daemon for each host of the project's inventory."""
    names = sorted(Inventory.imported(PROJECT / "inventory/hosts.yml").hosts)
    daemons = {name: make_daemon(name.partition(".")[0], supervise=True, start=False) for name in names}
    start_all(*daemons.values())
    return daemons


def inventory_of(fleet: dict[str, Daemon], *unknown: str) -> Inventory:
    """The project's, with what differs on loopback. It does not tell the device IDs of the `unknown`."""
    inventory = Inventory.imported(PROJECT / "inventory/hosts.yml")
    inventory.variables.update(syncthing_scope="user")
    for name, daemon in fleet.items():
        inventory.hosts[name] = {
            **LOCAL,
            "syncthing_addresses": [daemon.listen_address],
            "syncthing_config_dir": str(daemon.config_dir),
            "syncthing_device_id": "" if name in unknown else daemon.device_id,
            "syncthing_executable": str(daemon.binary.path),
        }
    return inventory


def part(daemon: Daemon) -> dict[str, Any]:
    """What the fleet gave a daemon: whom it knows, and who shares what with it."""
    config = daemon.config()
    return {
        "devices": {device["name"]: device["addresses"] for device in config["devices"]},
        "folders": {folder["id"]: [folder["type"], set(shares(daemon, folder["id"]))] for folder in config["folders"]},
    }


def test_survey_limit_and_check(fleet: dict[str, Daemon], tmp_path: Path) -> None:
    """Answers are text and may be empty; a limit leaves the other hosts alone, but they are known."""
    nas = fleet["nas.example"]
    template = Template(
        PROJECT,
        "provision.yml",
        inventory_of(fleet),
        credentials=[Credential("syncthing_gui", {"user": "admin", "password": PASSWORD})],
        survey=survey("provision"),
        tags=RUNNING,
    )
    answers = {"syncthing_install_method": "none", "syncthing_purge": ["devices", "folders"]}
    empty = {question["variable"]: "" for question in template.survey["spec"] if question["type"] == "text"}
    before = {name: daemon.config() for name, daemon in fleet.items()}

    checked = good(template.launch(tmp_path / "check", check=True, answers={**empty, **answers}, limit="nas.example"))
    assert checked.changed == {"nas.example": 1}
    assert {name: daemon.config() for name, daemon in fleet.items()} == before

    ran = good(template.launch(tmp_path / "run", answers={**empty, **answers}, limit="nas.example"))
    assert ran.changed == {"nas.example": 1}
    others = {fleet[name].device_id for name in ("laptop.example", "studio.example")}
    assert part(nas)["folders"] == {
        "documents": ["sendreceive", others],
        "archive": ["sendreceive", {fleet["studio.example"].device_id}],
    }
    assert nas.get("/rest/config/gui")["user"] == "admin"
    for name in ("laptop.example", "studio.example"):
        assert fleet[name].config() == before[name]
    for job in (checked, ran):
        assert PASSWORD not in job.shown and nas.get("/rest/config/gui")["password"] not in job.shown


def test_slices_come_to_the_same_as_one_job(fleet: dict[str, Daemon], tmp_path: Path) -> None:
    """A job lists all hosts, two slices run with the list, and one job for all finds nothing left to do."""
    inventory = inventory_of(fleet, "nas.example")
    method = {"syncthing_install_method": "none"}
    job = good(Template(PROJECT, "fleet_hosts.yml", inventory).launch(tmp_path / "list"))
    assert sorted(job.results("Get the device ID")) == ["nas.example"]

    sliced = Template(PROJECT, "provision_slice.yml", inventory, extra_vars=method, tags=RUNNING)
    alone = sliced.launch(tmp_path / "alone", slice=(1, 2))
    assert alone.status == "failed" and "syncthing_fleet_hosts is missing" in alone.said
    jobs = sliced.launch_sliced(tmp_path, 2, artifacts=job.artifacts)
    assert [sorted(good(job).changed) for job in jobs] == [["laptop.example", "studio.example"], ["nas.example"]]
    studio = part(fleet["studio.example"])
    assert studio["devices"]["nas.example"] == [fleet["nas.example"].listen_address]
    assert studio["folders"]["archive"] == ["sendonly", {fleet["nas.example"].device_id}]
    assert studio["folders"]["documents"][1] == {fleet[name].device_id for name in ("laptop.example", "nas.example")}

    whole = good(
        Template(PROJECT, "provision.yml", inventory, extra_vars=method, tags=RUNNING).launch(tmp_path / "all")
    )
    assert whole.changed == dict.fromkeys(fleet, 0), whole.said


def test_decommission(fleet: dict[str, Daemon], tmp_path: Path) -> None:
    """A host that nobody can reach any more is named in the survey, and the others forget it."""
    inventory = inventory_of(fleet)
    gone = inventory.hosts["nas.example"]
    gone.update(ansible_connection="ssh", ansible_host="127.0.0.1", ansible_port=1)
    rest = [fleet[name] for name in ("laptop.example", "studio.example")]
    for daemon in rest:
        daemon.put("/rest/config/devices", [{"deviceID": gone["syncthing_device_id"], "name": "nas.example"}])
    template = Template(PROJECT, "decommission.yml", inventory, survey=survey("decommission"))
    with pytest.raises(LaunchError, match="syncthing_leaving value missing"):
        template.launch(tmp_path / "unanswered")
    job = template.launch(tmp_path / "misspelt", answers={"syncthing_leaving": "nas.exampel"})
    assert job.status == "failed" and "which does not match any host of the inventory" in job.said
    job = template.launch(tmp_path / "job", answers={"syncthing_leaving": "nas.example"})
    assert job.status == "successful", job.said
    assert job.changed == {"laptop.example": 1, "nas.example": 0, "studio.example": 1}, job.said
    assert gone["syncthing_device_id"] not in json.dumps([daemon.config() for daemon in rest])


def test_report(fleet: dict[str, Daemon], tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    template = Template(PROJECT, "report.yml", inventory_of(fleet), survey=survey("report"))
    good(template.launch(tmp_path / "job", answers={"syncthing_report_file": str(page)}, limit="desks"))
    assert all(name in page.read_text() for name in ("laptop.example", "studio.example"))


def test_health(fleet: dict[str, Daemon], tmp_path: Path) -> None:
    """What the job found is in its artifacts, also if it failed."""
    for daemon in fleet.values():  # each complains that it is run by root
        daemon.post("/rest/system/error/clear")
    extra = {"syncthing_health_disk_free_warning": "never", "syncthing_health_disk_free_critical": "never"}
    template = Template(PROJECT, "health.yml", inventory_of(fleet), survey=survey("health"), extra_vars=extra)
    job = good(template.launch(tmp_path / "job"))
    found = job.artifacts["syncthing_health"]
    assert (found["status"], found["lines"], found["hosts"]) == ("ok", [], dict.fromkeys(fleet, "ok"))
    fleet["nas.example"].stop()
    job = template.launch(tmp_path / "again", answers={"syncthing_health_fail_on": "critical"})
    assert job.status == "failed" and job.artifacts["syncthing_health"]["hosts"]["nas.example"] == "critical"


def test_encrypted_files(daemon: Daemon, tmp_path: Path) -> None:
    """What jobs write encrypted takes its password from a file that a credential becomes."""
    host = {**LOCAL, "syncthing_config_dir": str(daemon.config_dir), "syncthing_scope": "user"}
    inventory = Inventory({"nas.example": host}, {"syncthing": {"hosts": ["nas.example"]}})
    credentials = [Credential("syncthing_vault", {"password": PASSWORD})]
    for name, question, file in (
        ("identities", "syncthing_identities_dir", "nas.example/syncthing_identity.yml"),
        ("backup", "syncthing_backup_dir", "nas.example.vault"),
    ):
        template = Template(PROJECT, f"{name}.yml", inventory, credentials=credentials, survey=survey(name))
        job = good(template.launch(tmp_path / name, answers={question: str(tmp_path / f"{name}-files")}))
        assert PASSWORD not in job.shown and daemon.api_key not in job.shown
        text = (tmp_path / f"{name}-files" / file).read_text()
        [encrypted] = re.findall(r"\$ANSIBLE_VAULT;1\.1;AES256\n(?: *[0-9a-f]+\n)+", text + "\n")
        vault = VaultLib([("default", VaultSecret(PASSWORD.encode()))])
        assert b"PRIVATE KEY-----" in vault.decrypt(encrypted.replace(" ", "").encode())


def test_vault_credential(daemon: Daemon, tmp_path: Path) -> None:
    """AWX answers the prompt for the password of a vault, from which the key comes."""
    project = tmp_path / "project"
    project.mkdir()
    vault = VaultLib([("default", VaultSecret(PASSWORD.encode()))])
    (project / "vault.yml").write_bytes(vault.encrypt(yaml.safe_dump({"vault_api_key": daemon.api_key})))
    task = {
        "name": "Learn device ID and version",
        "community.syncthing.syncthing_info": {"api_url": daemon.api_url, "api_key": "{{ vault_api_key }}"},
    }
    play = {"name": "Ask", "hosts": "all", "gather_facts": False, "vars_files": "vault.yml", "tasks": [task]}
    (project / "ask.yml").write_text(yaml.safe_dump([play]))
    template = Template(project, "ask.yml", Inventory({"nas": LOCAL}), vault_password=PASSWORD)
    job = good(template.launch(tmp_path / "job"))
    assert job.results(task["name"])["nas"]["my_id"] == daemon.device_id
    assert daemon.api_key not in job.shown and PASSWORD not in job.shown
