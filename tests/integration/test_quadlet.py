# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""The service that Podman's own generator makes of the role's quadlet. Few hosts of tests could also start it."""

from __future__ import annotations

import json
import os
import pwd
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from contained import prepared
from support import Make

from containers.engine import podman
from harness import debian
from harness.binaries import Binary
from harness.cache import Unavailable
from harness.collection import child_environment

pytestmark = pytest.mark.any_core

ROLE = Path(__file__).parents[2] / "roles/syncthing"
# As the role itself begins: the host is probed and the variables are validated before anything else.
PLAY = {
    "name": "Tell the unit",
    "hosts": "all",
    "gather_facts": False,
    "tasks": [
        {
            "name": "Begin as the role does",
            "ansible.builtin.include_role": {
                "name": "community.syncthing.syncthing",
                "tasks_from": "preflight.yml",
                "public": True,
            },
        },
        {"name": "Show the unit", "ansible.builtin.debug": {"var": "_syncthing_unit_files"}},
    ],
}
USER = "quadlet-test"
# What no host has, so that the probe finds the same everywhere.
BASE = {
    "syncthing_install_method": "container",
    "syncthing_user": USER,
    "syncthing_version": "2.1.3",
    "syncthing_folders": [{"id": "documents", "path": "/nonexistent/documents"}],
}
ODD = '/nonexistent/100% of ${HOME}, "mine" and $$ \''
RICH: dict[str, Any] = {
    **BASE,
    "syncthing_version": "v2.2.0-rc.1",
    "syncthing_group": "domain users",
    "syncthing_service_name": "sync@nas",
    "syncthing_config_dir": "/nonexistent/my config $1 %n",
    "syncthing_database_dir": "/nonexistent/database",
    "syncthing_container_image": "localhost:5000/mirror/syncthing",
    "syncthing_container_volumes": ["/nonexistent/more %h:/nonexistent/other $2:ro"],
    "syncthing_folders": [
        {"id": "odd", "path": ODD, "sync_ownership": True},
        {"id": "home", "path": "~/documents"},
        {"id": "gone", "path": "/nonexistent/gone", "state": "absent"},
    ],
    "syncthing_extra_arguments": ["--audit", "--auditfile=/a b/${X} $Y 5%"],
    "syncthing_environment": {"GREETING": '${HOME} $USER 5% "all" \\ b', "GOMAXPROCS": 2},
    "syncthing_environment_file": "/nonexistent/my ${file} 5%",
    "syncthing_proxy": "socks5://proxy.example.com:1080",
    "syncthing_service_settings": {"MemoryMax": "1G", "SupplementaryGroups": ["a", "b"]},
}
HOSTS = {
    "plain": BASE,
    "rich": RICH,
    "scope_user": {**BASE, "syncthing_scope": "user", "syncthing_user": pwd.getpwuid(os.getuid()).pw_name},
    "refused": {
        **BASE,
        "syncthing_container_image": "docker.io/syncthing/syncthing:latest",
        "syncthing_container_volumes": ["/a:/a\nUser=root"],
        "syncthing_folders": [{"id": "colon", "path": "/nonexistent/a:b"}],
        "syncthing_group": "a\nUser=root",
    },
    "break": {**BASE, "syncthing_version": "2.1.3\nVolume=/:/"},
}


@pytest.fixture(scope="module")
def generator() -> str:
    installed = Path("/usr/libexec/podman/quadlet")
    if installed.exists():
        return str(installed)
    try:
        program = str(debian.root_of("podman", "trixie", ["podman"]) / "usr/libexec/podman/quadlet")
        subprocess.run([program, "-version"], check=True, capture_output=True)
    except (OSError, Unavailable, subprocess.CalledProcessError) as reason:
        pytest.skip(f"requires Podman's generator of quadlets: {reason}")
    return program


def test_what_podman_makes_of_it(generator: str, tmp_path: Path) -> None:
    said, units = play(tmp_path, HOSTS)
    assert sorted(units) == ["plain", "rich", "scope_user"], said
    for sentence in (
        "syncthing_container_image is 'docker.io/syncthing/syncthing:latest'. It must be",
        "syncthing_container_volumes[0] is '/a:/a\\nUser=root'. It must be",
        "'/nonexistent/a:b' can't be a volume of the container.",
        "syncthing_group is 'a\\nUser=root', which is not the name of a group.",
        "For a container, syncthing_version must be a version",
    ):
        assert sentence in said.replace("\\\\n", "\\n"), said

    (unit,) = units["plain"]
    assert unit["path"] == f"/etc/containers/systemd/syncthing-{USER}.container"
    service = generated(generator, tmp_path / "plain", unit)
    home = f"/var/lib/{USER}"
    config_dir = f"{home}/.local/state/syncthing"
    assert service["User"] == [], "which the container has instead"
    assert "/nonexistent/documents" in service["RequiresMountsFor"]
    assert service["WantedBy"] == ["multi-user.target"]
    assert service["Restart"] == ["on-failure"]
    assert service["SuccessExitStatus"] == ["3 4"]
    options, arguments = command(service, "docker.io/syncthing/syncthing:2.1.3")
    assert arguments == ["--no-browser", "--no-restart", f"--home={config_dir}"]
    assert options["--entrypoint"] == ["/bin/syncthing"]
    assert options["--name"] == [f"syncthing-{USER}"]
    assert options["--network"] == ["host"]
    assert options["--user"] == [USER]
    assert options["--cap-drop"] == ["all"] and "--cap-add" not in options
    assert {"no-new-privileges", "label=disable"} == {
        option.replace("label:", "label=") for option in options["--security-opt"]
    }
    assert options["-v"] == [
        "/etc/passwd:/etc/passwd:ro",
        "/etc/group:/etc/group:ro",
        f"{config_dir}:{config_dir}",
        "/nonexistent/documents:/nonexistent/documents",
    ]
    assert sorted(options["--env"]) == [f"HOME={home}", "STNODEFAULTFOLDER=1", "STNOUPGRADE=1"]
    assert options["--unsetenv"] == ["STGUIADDRESS", "STHOMEDIR"]
    assert json.loads(options["--health-cmd"][0]) == [
        "/bin/syncthing", "cli", f"--home={config_dir}", "show", "version",
    ]  # fmt: skip

    (unit,) = units["rich"]
    assert unit["path"] == "/etc/containers/systemd/sync@nas.container"
    service = generated(generator, tmp_path / "rich", unit)
    config_dir = RICH["syncthing_config_dir"]
    assert service["MemoryMax"] == ["1G"]
    assert service["SupplementaryGroups"] == ["a", "b"]
    options, arguments = command(service, "localhost:5000/mirror/syncthing:2.2.0-rc.1")
    assert arguments == [
        "--no-browser", "--no-restart", f"--config={config_dir}", "--data=/nonexistent/database",
        *RICH["syncthing_extra_arguments"],
    ]  # fmt: skip
    assert options["--name"] == ["sync-nas"]
    assert options["--user"] == [f"{USER}:domain users"]
    assert options["--cap-drop"] == ["all"] and options["--cap-add"] == ["cap_chown", "cap_fowner"]
    paths = [config_dir, "/nonexistent/database", ODD, f"{home}/documents"]
    assert options["-v"][2:] == [*(f"{path}:{path}" for path in paths), *RICH["syncthing_container_volumes"]]
    own = {f"{name}={value}" for name, value in RICH["syncthing_environment"].items()}
    assert {*own, "ALL_PROXY=socks5://proxy.example.com:1080", f"HOME={home}"} <= {*options["--env"]}
    assert options["--env-file"] == [RICH["syncthing_environment_file"]]
    assert json.loads(options["--health-cmd"][0])[2] == f"--home={config_dir}"

    (unit,) = units["scope_user"]
    assert unit["path"] == "~/.config/containers/systemd/syncthing.container"
    service = generated(generator, tmp_path / "scope_user", unit, "-user")
    assert service["WantedBy"] == ["default.target"] and "network-online.target" not in service["Wants"]
    options, arguments = command(service, "docker.io/syncthing/syncthing:2.1.3")
    config_dir = arguments[-1].partition("=")[2]
    assert config_dir.startswith(f"{Path.home()}/")
    assert options["--userns"] == ["keep-id"] and not {"--user", "--cap-add"} & set(options)
    assert options["-v"] == [f"{config_dir}:{config_dir}", "/nonexistent/documents:/nonexistent/documents"]


@pytest.mark.newest
def test_the_container_itself(generator: str, make_daemon: Make, binary: Binary, tmp_path: Path) -> None:
    """What the service would run, without the service."""
    nobody = pwd.getpwnam("nobody")
    with prepared(make_daemon, binary, tmp_path) as container, tempfile.TemporaryDirectory() as reached:
        # pytest's own directories are only for who runs it
        Path(reached).chmod(0o755)
        config_dir = shutil.copytree(container.daemon.config_dir, Path(reached, "config $1 5%"))
        folder = Path(reached, "docs")
        folder.mkdir()
        for path in (config_dir, *config_dir.rglob("*"), folder):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
        name, _colon, tag = container.image.rpartition(":")
        host = {
            **BASE,
            "syncthing_user": "nobody",
            "syncthing_container_image": name,
            "syncthing_version": tag,
            "syncthing_config_dir": str(config_dir),
            "syncthing_folders": [{"id": "f", "path": str(folder)}],
            "syncthing_environment": {"GREETING": RICH["syncthing_environment"]["GREETING"]},
        }
        said, units = play(tmp_path, {"direct": host})
        assert units, said
        (unit,) = units["direct"]
        options, arguments = command(generated(generator, tmp_path / "direct", unit), container.image)
        # what only a service has, and a name that another run of the tests may have
        for own in ("--cidfile", "--replace", "--rm", "--cgroups", "--sdnotify", "-d", "--name"):
            options.pop(own, None)
        health = json.loads(options.pop("--health-cmd")[0])
        words = [
            f"{name}={value}" if name[:2] == "--" else f"{name}{value}" for name in options for value in options[name]
        ]
        running = container.run(*words, container.image, *arguments)
        assert binary.version in podman("exec", running, *health)
        process = Path("/proc", podman("inspect", "--format={{.State.Pid}}", running))
        status = (process / "status").read_text()
        assert f"Uid:\t{nobody.pw_uid}\t{nobody.pw_uid}" in status
        assert re.search(r"^CapBnd:\t0+$", status, re.MULTILINE) and "NoNewPrivs:\t1" in status
        greeting = f"GREETING={RICH['syncthing_environment']['GREETING']}"
        assert greeting in (process / "environ").read_text().split("\0")


def play(folder: Path, hosts: dict[str, Any]) -> tuple[str, dict[str, list[dict[str, str]]]]:
    """What Ansible said, and the unit of each host that was not refused."""
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts, "vars": local}}))
    (folder / "play.yml").write_text(json.dumps([PLAY]))
    # where a play looks for templates, as the role's tasks do in the role
    (folder / "templates").symlink_to(ROLE / "templates")
    done = subprocess.run(
        [Path(sys.executable).with_name("ansible-playbook"), "-i", "hosts.json", "play.yml"],
        env={
            **child_environment(),
            "ANSIBLE_LOCAL_TEMP": str(folder / "local"),
            "ANSIBLE_REMOTE_TEMP": str(folder / "remote"),
            "ANSIBLE_CALLBACK_RESULT_FORMAT": "json",
            "ANSIBLE_NOCOLOR": "1",
            "HOME": str(folder),
        },
        capture_output=True, text=True, timeout=180, check=False, cwd=folder,
    )  # fmt: skip
    said = done.stdout + done.stderr
    shown = re.findall(r"^ok: \[(\w+)\] => (\{\n.*?^\})", said, re.MULTILINE | re.DOTALL)
    return said, {host: json.loads(result)["_syncthing_unit_files"] for host, result in shown}


class Lines(dict[str, list[str]]):
    """The settings of a unit, each with all its values."""

    def __missing__(self, name: str) -> list[str]:
        return []


def generated(generator: str, folder: Path, unit: dict[str, str], *flags: str) -> Lines:
    folder.mkdir()
    name = Path(unit["path"]).name
    (folder / name).write_text(unit["content"])
    env = {**os.environ, "QUADLET_UNIT_DIRS": str(folder)}
    done = subprocess.run([generator, "-dryrun", *flags], env=env, capture_output=True, text=True, check=False)
    # An unknown key is only told on standard error; the rest of the file would be used.
    assert done.returncode == 0 and not re.search(r"(?i)unsupported|invalid|error|warn", done.stderr), done.stderr
    assert f"---{Path(name).stem}.service---" in done.stdout
    lines = Lines()
    section = ""
    for line in done.stdout.splitlines():
        name, equals, value = line.partition("=")
        if line.startswith("["):
            section = line
        elif equals and section != "[X-Container]" and not line.startswith("#"):
            lines.setdefault(name, []).append(value)
    return lines


def command(service: Lines, image: str) -> tuple[dict[str, list[str]], list[str]]:
    """The options and the arguments of the container, with quotes, $ and % as systemd reads them."""
    (line,) = service["ExecStart"]
    words = [systemd_word(word) for word in shlex.split(line)]
    assert words[1:2] == ["run"]
    assert image in words, line
    place = words.index(image)
    options: dict[str, list[str]] = {}
    rest = words[2:place]
    while rest:
        word = rest.pop(0)
        assert word.startswith("-"), line
        name, equals, value = word.partition("=")
        if not equals and rest and not rest[0].startswith("-"):
            value = rest.pop(0)
        options.setdefault(name, []).append(value)
    return options, words[place + 1 :]


def systemd_word(word: str) -> str:
    """A word without its quotes. What systemd would replace, so that another text arrives, is an error."""
    rest = re.sub(r"\$\$|%%|%t/%N[.]cid", "", word)  # the last of which is the generator's own
    assert not re.search(r"%|\$\{|^\$", rest), word
    return word.replace("$$", "$").replace("%%", "%")
