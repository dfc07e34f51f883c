# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""What extensions/monitoring has, by Prometheus itself on real daemons."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import Make, Run, bad, certificate, good

from harness.cache import Unavailable
from harness.collection import CHECKOUT
from harness.daemon import Daemon, pair, share
from harness.prometheus import Prometheus, programs
from harness.proxy import RecordingProxy
from playbooks import Inventory

pytestmark = pytest.mark.any_core

SHIPPED = CHECKOUT / "extensions/monitoring"
DASHBOARD = json.loads((SHIPPED / "grafana-dashboard.json").read_text())
FILES = Path(__file__).with_name("files")
LOGIN = {"gui_user": "admin", "gui_password": "planted-password"}


@pytest.fixture(scope="module")
def prometheus() -> Path:
    try:
        return programs()
    except Unavailable as reason:
        pytest.skip(f"needs Debian's package prometheus: {reason}")


def panels() -> Iterator[tuple[str, str]]:
    """What each panel of the dashboard asks, for everything that there is."""
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            found = target["expr"]
            for variable, value in (("$job", ".*"), ("$instance", ".*"), ("$__rate_interval", "1m")):
                found = found.replace(variable, value)
            yield panel["title"], found


def promtool(prometheus: Path, *arguments: str | Path) -> str:
    command = [prometheus / "promtool", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_promtool_takes_the_files(prometheus: Path, tmp_path: Path) -> None:
    for source in (*SHIPPED.glob("*.yml"), FILES / "syncthing.rules.test.yml"):
        shutil.copy(source, tmp_path)
    (tmp_path / "syncthing").mkdir()
    for name, content in (("api_key", "key"), ("targets.json", "[]"), ("ca.pem", "")):
        (tmp_path / "syncthing" / name).write_text(content)
    promtool(prometheus, "check", "config", tmp_path / "prometheus.yml")
    promtool(prometheus, "check", "config", "--agent", tmp_path / "agent.yml")
    assert "7 rules" in promtool(prometheus, "check", "rules", "--lint-fatal", tmp_path / "syncthing.rules.yml")
    promtool(prometheus, "test", "rules", tmp_path / "syncthing.rules.test.yml")
    rules = [{"record": f"panel:{number}", "expr": expr} for number, (_title, expr) in enumerate(panels())]
    (tmp_path / "panels.yml").write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    promtool(prometheus, "check", "rules", tmp_path / "panels.yml")


@pytest.mark.newest
@pytest.mark.since("1.24.0")
def test_it_reads_a_fleet(prometheus: Path, make_daemon: Make, run: Run, tmp_path: Path) -> None:
    """A host by its key over TLS, a laptop by an agent on it, and a folder that stops."""
    nas = make_daemon("nas", tls=True, start=False, **LOGIN)
    ca = certificate(nas.config_dir, "127.0.0.1")
    nas.start()
    laptop = make_daemon("laptop", **(LOGIN if nas.at_least("1.29.6") else {}))
    if nas.at_least("1.29.6"):
        good(run("syncthing_config", laptop, gui={"metrics_without_auth": True}), changed=True)
    pair(nas, laptop)
    share("documents", nas, laptop)
    share("broken", nas)
    (nas.folders_dir / "documents" / "a.txt").write_text("a")
    nas.post("/rest/db/scan", folder="documents")
    nas.wait_in_sync("documents", laptop)
    shutil.rmtree(nas.folders_dir / "broken")
    with pytest.raises(Exception, match="500"):
        nas.post("/rest/db/scan", folder="broken")

    # The files that the playbook writes, in the shipped configuration with a shorter interval
    shutil.copy(SHIPPED / "syncthing.rules.yml", tmp_path)
    (tmp_path / "syncthing").mkdir()
    shutil.copy(ca, tmp_path / "syncthing/ca.pem")
    gui = {"syncthing_gui_address": nas.api_url.removeprefix("https://"), "syncthing_gui_use_tls": True}
    local = {"ansible_connection": "local", "syncthing_api_key": nas.api_key, **gui}
    inventory = Inventory(tmp_path, nas=local, laptop={"syncthing_gui_address": "127.0.0.1:8384"})
    places = {"syncthing_prometheus_host": "nas", "syncthing_prometheus_dir": str(tmp_path / "syncthing")}
    said = inventory.play("prometheus_targets", "--diff", "-e", "ansible_become=false", **places)
    assert nas.api_key not in said and "laptop" in said and "other hosts cannot connect" in said
    assert (tmp_path / "syncthing/api_key").stat().st_mode & 0o777 == 0o640
    assert "changed=0" in inventory.play("prometheus_targets", "-e", "ansible_become=false", **places)
    fast = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config = tmp_path / "prometheus.yml"
    config.write_text(yaml.safe_dump({**yaml.safe_load((SHIPPED / config.name).read_text()), "global": fast}))
    agent = yaml.safe_load((SHIPPED / "agent.yml").read_text())

    with Prometheus(prometheus, config, "--web.enable-remote-write-receiver") as central:
        [scrape] = agent["scrape_configs"]
        scrape["static_configs"][0]["targets"] = [laptop.api_url.removeprefix("http://")]
        agent["remote_write"][0]["url"] = central.url + "/api/v1/write"
        (tmp_path / "agent.yml").write_text(yaml.safe_dump({**agent, "global": {"scrape_interval": "1s"}}))

        def values(expression: str) -> dict[str, float]:
            return {one["metric"].get("instance", ""): float(one["value"][1]) for one in central.query(expression)}

        with Prometheus(prometheus, tmp_path / "agent.yml", "--enable-feature=agent"):
            both = {"nas": 1.0, "laptop.example": 1.0}
            central.wait(lambda: values('up{job=~"syncthing.*"}') == both, "both hosts to be up")
            files = 'syncthing_model_folder_summary{folder="documents", scope="local", type="files"}'
            central.wait(lambda: values(files) == both, "the files of both hosts")
            central.wait(lambda: values("syncthing_model_folder_state == 8") == {"nas": 8.0}, "the stopped folder")

            def alerts() -> dict[str, Any]:
                return {one["labels"]["alertname"]: one["labels"] for one in central.api("alerts")["alerts"]}

            found = central.wait(lambda: alerts().get("SyncthingFolderStopped"), "the alert")
            assert (found["instance"], found["folder"]) == ("nas", "broken")
            assert set(alerts()) == {"SyncthingFolderStopped"}
            assert not [
                rule for group in central.api("rules")["groups"] for rule in group["rules"] if rule["health"] == "err"
            ]
            # Each panel has something to show, but what needs more time than this; nothing is missing here.
            later = ["Received", "Sent", "Scanned items", "Conflicts in 24 hours"]
            for title, expr in panels():
                if title not in later + ["Versions"] * (not nas.at_least("2.1.0")):
                    shown = expr.removesuffix(" > 0")
                    assert central.wait(lambda shown=shown: central.query(shown), f"the panel {title}")
            laptop.stop()
            central.wait(
                lambda: values('up{job=~"syncthing.*"}') == {"nas": 1.0, "laptop.example": 0.0}, "it to be down"
            )
    # Without the key, nothing is told.
    with pytest.raises(AssertionError, match="403|401"):
        denied(nas)


def denied(daemon: Daemon) -> None:
    connection = daemon.connect()
    connection.request("GET", "/metrics")
    status = connection.getresponse().status
    connection.close()
    assert status == 200, status


@pytest.mark.newest
@pytest.mark.since("1.29.6")
def test_metrics_without_a_login_only_on_loopback(
    run: Run, proxy: RecordingProxy, daemon: Daemon, tmp_path: Path
) -> None:
    """By the module, which knows the address that is configured, and by the role before it changes anything."""
    before = daemon.config()
    port = daemon.api_url.rpartition(":")[2]
    for address in (f"0.0.0.0:{port}", f":{port}", f"192.0.2.1:{port}"):
        for check in (True, False):
            gui = {"metrics_without_auth": True, "address": address}
            said = bad(
                run("syncthing_config", proxy, check=check, gui=gui), "invalid_input", "gui.metrics_without_auth"
            )
            assert address in said
    assert not proxy.writes

    host = {
        "ansible_connection": "local",
        "ansible_become": False,
        "syncthing_config_dir": str(daemon.config_dir),
        "syncthing_executable": str(daemon.binary.path),
        "syncthing_install_method": "none",
        "syncthing_gui_metrics_without_auth": True,
    }
    inventory = Inventory(tmp_path, one=host)
    login = {"syncthing_gui_user": "admin", "syncthing_gui_password": "planted-password"}
    for mode in ([], ["--check"]):
        said = inventory.play("provision", *mode, code=2, syncthing_gui_address="0.0.0.0:8384", **login)
        assert "everyone who can connect to 0.0.0.0:8384" in " ".join(said.split())
    assert daemon.config() == before
    inventory.play("provision", "--tags", "configuration")
    assert daemon.get("/rest/config/gui")["metricsWithoutAuth"] is True
