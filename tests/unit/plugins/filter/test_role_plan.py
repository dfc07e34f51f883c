# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""What the role decides of its variables and of what the probe found."""

from __future__ import annotations

import hashlib
import json

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.community.syncthing.plugins.filter.role_checks import FilterModule
from ansible_collections.community.syncthing.plugins.module_utils._schema import device_ids
from ansible_collections.community.syncthing.tests.unit import support

FILTERS = FilterModule().filters()
MINE, OTHER = (support.load("identities")[kind] for kind in ("ecdsa", "ed25519"))
MY_ID = device_ids.from_certificate(MINE["certificate"])
UNIT = "/etc/systemd/system/syncthing@syncthing.service.d/ansible.conf"
BEFORE = {
    "user": "syncthing",
    "login": "root",
    "home": "/var/lib/syncthing",
    "config_dir": "/var/lib/syncthing/.local/state/syncthing",
    "minimum_version": "1.22.0",
    "executable": "/usr/bin/syncthing",
    "version": "1.29.5",
    "requests": True,
    "files": {},
    "daemon": {"version": "v1.29.5-1", "my_id": MY_ID, "running": ["documents"]},
    "unit": {"active": True, "enabled": True, "needs_reload": False},
    "architecture": "x86_64",
    "device_id": MY_ID,
    "identity_unfinished": False,
    "lingering": False,
    "folders": ["documents"],
    "gui_certificate_due": False,
    "unanswered": None,
    "listening": None,
    "firewall": {"active": None, "definitions": {}, "allowed": False},
}
NEW = dict.fromkeys(["home", "config_dir", "minimum_version", "executable", "version", "daemon", "unit", "device_id"])
ARCHIVE = {"install_method": "archive", "version": "v2.0.10", "archive_checksum": "release"}
CONTAINER = {"install_method": "container", "version": "2.0.10"}


def prefixed(told):
    return {"syncthing_" + name: value for name, value in told.items()}


def layout(**told):
    return FILTERS["role_layout"](prefixed(told))


def plan(told=(), before=(), **options):
    return FILTERS["role_plan"](prefixed(dict(told)), {**BEFORE, **dict(before)}, **options)


def sha256(text):
    return {"sha256": hashlib.sha256(text.encode()).hexdigest(), "mode": "0644"}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, {"unit": "syncthing@syncthing", "executable": "/usr/bin/syncthing", "files": [UNIT], "own_unit": False}),
        ({"user": "alice", "scope": ""}, {"unit": "syncthing@alice", "firewall_name": "ansible-syncthing-alice"}),
        ({"service_name": "sync.service"},
         {"unit": "sync", "own_unit": True, "unit_templates": ["unit.service.j2", "unit.conf.j2"]}),
        ({"scope": "user"},
         {"unit": "syncthing", "unit_paths": ["~/.config/systemd/user/syncthing.service.d/ansible.conf"]}),
        ({"scope": "user", "install_method": "archive"}, {"executable": "~/.local/bin/syncthing", "own_unit": True}),
        ({"install_method": "archive"}, {"unit": "syncthing-syncthing", "executable": "/usr/local/bin/syncthing"}),
        ({"install_method": "none"}, {"executable": "syncthing"}),
        ({"install_method": "none", "executable": "/opt/x"}, {"executable": "/opt/x"}),
        (CONTAINER, {"unit_paths": ["/etc/containers/systemd/syncthing-syncthing.container"],
                     "unit_templates": ["unit.container.j2"],
                     "executable": "/usr/local/lib/syncthing/syncthing-syncthing/syncthing"}),
        ({**CONTAINER, "scope": "user"}, {"unit_paths": ["~/.config/containers/systemd/syncthing.container"],
                                          "executable": "~/.local/lib/syncthing/syncthing/syncthing"}),
        ({"install_method": "upstream", "max_user_watches": 5},
         {"files": [UNIT, "/etc/sysctl.d/60-syncthing.conf", "/etc/apt/sources.list.d/syncthing.sources",
                    "/usr/share/keyrings/syncthing-archive-keyring.gpg"]}),
        ({"apt_key_url": "https://x/key.asc"}, {"apt_key": "/usr/share/keyrings/syncthing-archive-keyring.asc"}),
        ({"gui_password_file": "/p", "api_key_file": "/k"}, {"secret_files": ["/p", "/k"]}),
        ({"gui_password_file": "/p", "state": "absent"}, {"secret_files": [], "state": "absent"}),
    ],
)  # fmt: skip
def test_where_things_are(told, expected):
    found = layout(**told)
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("found", "state", "certificate", "kept"),
    [
        (None, "present", "", ""),
        (MY_ID, "", "", MY_ID),
        (MY_ID, "absent", "", ""),
        (MY_ID, "present", MINE["certificate"], MY_ID),
        (MY_ID, "present", OTHER["certificate"], ""),
        (MY_ID, "present", "what is refused later", ""),
    ],
)
def test_which_id_a_host_keeps(found, state, certificate, kept):
    assert FILTERS["kept_id"](found, state, certificate) == kept


KEY = "/usr/share/keyrings/syncthing-archive-keyring.gpg"
SOURCE = "/etc/apt/sources.list.d/syncthing.sources"
UPSTREAM = {KEY: sha256("key"), SOURCE: sha256("source")}


@pytest.mark.parametrize(
    ("told", "before", "steps"),
    [
        ({}, {}, []),
        ({}, NEW, ["user", "packages", "installed"]),
        ({}, {"executable": None, "version": None}, ["candidate", "packages", "installed"]),
        ({"package": "syncthing=1.29"}, {"executable": None}, ["packages", "installed"]),
        ({"package": "syncthing=1.29"}, {}, ["packages", "installed"]),
        ({"upgrade": "yes"}, {}, ["packages", "installed"]),
        ({}, {"requests": False}, ["packages", "installed"]),
        ({"scope": "user", "install_method": "none", "upgrade": True}, {"requests": False}, []),
        ({"install_method": "upstream"}, {"files": UPSTREAM}, []),
        ({"install_method": "upstream"}, {"files": {**UPSTREAM, KEY: None}}, ["upstream", "packages", "installed"]),
        ({"install_method": "upstream"}, {"files": {**UPSTREAM, SOURCE: None}}, ["upstream", "packages", "installed"]),
        ({"install_method": "upstream", "apt_key_checksum": "sha256:" + UPSTREAM[KEY]["sha256"]}, {"files": UPSTREAM},
         []),
        ({"install_method": "upstream", "apt_key_checksum": "sha256:0"}, {"files": UPSTREAM},
         ["upstream", "packages", "installed"]),
        (ARCHIVE, {}, ["archive", "installed"]),
        (ARCHIVE, {"version": "2.0.10"}, []),
        (CONTAINER, {}, ["container", "installed"]),
        (CONTAINER, {"executable": None, "minimum_version": None}, ["packages", "container", "installed"]),
        ({**CONTAINER, "scope": "user"}, {"executable": None, "minimum_version": None},
         ["packages", "container", "installed"]),
        # who is not root has Podman already
        ({**CONTAINER, "scope": "user"}, {"executable": None, "minimum_version": None, "login": "alice"},
         ["container", "installed"]),
    ],
)  # fmt: skip
def test_what_is_installed(told, before, steps):
    found = plan(told, before, apt_source="source")
    assert (found["refusals"], found["install_steps"]) == ([], steps)


FOLDERS = [
    {"id": "documents", "path": "~/documents"},
    {"id": "new", "path": "/srv/new", "sync_ownership": "yes", "state": "present"},
    {"id": "old", "path": "/srv/old", "state": "absent"},
    {"id": "home", "path": "~"},
    "what syncthing_config refuses",
]
OPEN = {"open_ports": True}
DEFINED = {"/etc/ufw/applications.d/ansible-syncthing-syncthing": sha256("")}


@pytest.mark.parametrize(
    ("told", "before", "expected"),
    [
        ({"folders": FOLDERS}, {},
         {"folders": ["documents", "new", "home"],
          "paths": ["/var/lib/syncthing/documents", "/srv/new", "/var/lib/syncthing"],
          "new_paths": ["/srv/new", "~"], "changes_owners": True}),
        ({"folders": FOLDERS[:1], "config_dir": "/c", "database_dir": "~/d"}, {},
         {"used_paths": ["/var/lib/syncthing/documents", "/c", "/var/lib/syncthing/d"], "changes_owners": False}),
        ({}, NEW, {"home": "/var/lib/syncthing", "identity_due": True, "service_due": True, "bare": False}),
        ({"user": "alice", "scope": "user"}, {"user": "alice"}, {"become": True, "service_due": True}),
        ({"user": "alice", "scope": "user", "lingering": False}, {"user": "alice", "login": "alice"},
         {"become": False, "service_due": False, "service_steps": []}),
        ({"scope": "user"}, {}, {"service_steps": ["lingering"]}),
        ({}, {}, {"service_due": False, "service_steps": [], "identity_due": False, "become": True}),
        ({}, {"identity_unfinished": True}, {"identity_due": True}),
        ({}, {"daemon": None}, {"service_due": True}),
        ({}, {"unit": {**BEFORE["unit"], "enabled": False}}, {"service_due": True}),
        ({}, {"unit": {**BEFORE["unit"], "needs_reload": True}}, {"service_due": True}),
        ({}, {"gui_certificate_due": True}, {"service_due": True, "service_steps": ["gui_certificate"]}),
        ({"max_user_watches": "5", "database_dir": "/d"}, {},
         {"service_due": True, "service_steps": ["kernel", "database"],
          "kernel_setting": "fs.inotify.max_user_watches = 5\n"}),
        ({"max_user_watches": 5},
         {"files": {"/etc/sysctl.d/60-syncthing.conf": sha256("fs.inotify.max_user_watches = 5\n")}},
         {"service_due": False}),
        ({"gui": {"address": "[::1]:1"}}, {}, {"gui_address": "[::1]:1", "gui_is_local": True, "gui_login": ""}),
        ({"gui_user": "me", "gui_password": "planted"}, {}, {"gui_address": "127.0.0.1:8384", "gui_login": "late"}),
        ({"gui_user": "me", "gui_password": "$2a$10$planted"}, {}, {"gui_login": "early"}),
        ({"gui_user": "me", "gui_password_file": "/p", "gui_address": ":8384"}, {},
         {"gui_is_local": False, "gui_login": "early"}),
        ({}, {"firewall": {"active": "ufw", "definitions": {}}},
         {"ports": [], "firewall_wanted": "", "firewall_left": []}),
        (OPEN, {"firewall": {"active": "ufw", "definitions": DEFINED}},
         {"ports": ["21027/udp", "22000/tcp", "22000/udp"], "firewall_wanted": "ufw", "firewall_left": []}),
        (OPEN, {"firewall": {"active": None, "definitions": DEFINED}},
         {"firewall_wanted": "", "firewall_left": ["ufw"]}),
        ({**OPEN, "state": "absent"}, {"firewall": {"active": "ufw", "definitions": DEFINED}},
         {"ports": [], "firewall_left": ["ufw"]}),
        ({"architecture": "x"}, {}, {"architecture": "x"}),
        ({"scope": "user"}, {"architecture": "armv7l"},
         {"architecture": "arm", "archive_dir": "/var/lib/syncthing/.local/lib/syncthing"}),
    ],
)  # fmt: skip
def test_what_is_planned(told, before, expected):
    found = plan(told, before)
    assert found["refusals"] == []
    assert {name: found[name] for name in expected} == expected
    assert "planted" not in json.dumps(found)


def test_check_mode():
    found = plan({"database_dir": "/d"}, NEW, check_mode=True)
    assert (found["bare"], found["identity_due"], found["service_steps"]) == (True, False, [])


FLEET = {"folders": [{"id": "docs", "path": "/srv/docs", "members": ["all"]}]}
GROUPS = {"all": ["here", "there"]}


def test_a_fleet():
    found = plan({"fleet": FLEET, "folders": FOLDERS[:1]}, host="here", groups=GROUPS)
    assert (found["refusals"], found["folders"]) == ([], ["docs", "documents"])
    wrong = {"fleet": {"folders": [{"id": "docs", "path": "/srv/docs", "members": ["nobody"]}]}}
    (sentence,) = plan(wrong, host="here", groups=GROUPS)["refusals"]
    assert "nobody" in sentence
    assert plan({**wrong, "state": "absent"}, host="here", groups=GROUPS)["refusals"] == []
    assert plan({"fleet": FLEET, "purge": ["devices"]}, host="elsewhere", groups=GROUPS)["refusals"]


@pytest.mark.parametrize(
    ("told", "before", "said"),
    [
        ({"gui_address": "0.0.0.0:8384"}, {},
         ["The GUI would listen on 0.0.0.0:8384, where other hosts reach it, without"]),
        ({"gui_address": "0.0.0.0:8384", "allow_open_gui": "true"}, {}, []),
        ({"gui": {"address": ":1", "user": "me", "password": "planted"}}, {}, []),
        ({"gui_address": ":1", "gui_user": "me", "gui_password": "planted", "gui_metrics_without_auth": "yes"}, {},
         ["metrics_without_auth would show the names of devices and folders to everyone who can connect to :1. Set"]),
        ({"gui_metrics_without_auth": True}, {}, []),
        ({"gui_user": "me"}, {}, ["syncthing_gui_user and syncthing_gui_password belong together."]),
        ({"gui_password_file": "/p"}, {}, ["syncthing_gui_user and syncthing_gui_password belong together."]),
        ({"environment": {"STHOMEDIR": "/x"}}, {}, ["syncthing_environment.STHOMEDIR is not allowed"]),
        ({"container_image": "a:b"}, {}, []),
        ({**CONTAINER, "container_image": "a:b"}, {}, ["syncthing_container_image is 'a:b'"]),
        ({**CONTAINER, "folders": [{"id": "x", "path": "/a:b"}]}, {}, ["'/a:b' can't be a volume"]),
        ({"log_level": "info"}, {},
         ["syncthing_log_level requires Syncthing 2.0.0 or later, and this host has 1.29.5."]),
        ({"log_level": "info"}, {"executable": None}, []),
        ({"log_level": "info", **ARCHIVE}, {}, []),
        ({"proxy": "https://proxy", **ARCHIVE}, {},
         ["A proxy with https in syncthing_proxy requires Syncthing 2.1.0 or later, and"]),
        (OPEN, {"login": "me"}, ["syncthing_open_ports requires root, and the role runs as me."]),
        ({"private_key": "planted"}, {}, ["syncthing_private_key is set without syncthing_certificate. Set both."]),
        ({"certificate": "planted"}, {}, ["syncthing_certificate and syncthing_private_key: "]),
        (MINE, {}, []),
        ({**ARCHIVE, "version": ""}, {}, ["For the archive, syncthing_version must be a version such as 2.0.10"]),
        ({**ARCHIVE, "archive_checksum": {"amd64": "sha256:" + 64 * "a"}}, {}, []),
        ({**ARCHIVE, "archive_checksum": {"arm64": "sha256:" + 64 * "a"}}, {},
         ["syncthing-linux-amd64-v2.0.10.tar.gz, or"]),
        (ARCHIVE, {"architecture": "vax"}, ["The architecture vax is unknown: set syncthing_architecture."]),
        ({**CONTAINER, "version": "latest"}, {},
         ["For a container, syncthing_version must be a version such as 2.0.10"]),
        ({**CONTAINER, "version": "latest"}, {}, ["which is the tag of the image."]),
        ({"install_method": "none"}, {"executable": None},
         ["syncthing was not found. With syncthing_install_method none"]),
        ({**ARCHIVE, "version": "1.12.0"}, {},
         [f"{BEFORE['config_dir']} was written by Syncthing 1.22.0 or later, and 1.12.0, which would be"]),
        ({**OPEN, "gui_user": "me"}, {"login": "me"}, ["belong together", "requires root"]),
        ({"gui_user": "me", "state": "absent"}, {}, []),
        ({"folders": "x", "gui_user": "me"}, {}, ["syncthing_folders is of the wrong type. It must be a list."]),
    ],
)  # fmt: skip
def test_what_is_refused(told, before, said):
    found = plan(told, before)["refusals"]
    assert len(found) == len(said) and all(part in sentence for part, sentence in zip(said, found)), found
    assert "planted" not in str(found)


@pytest.mark.parametrize(
    ("told", "device_id", "said"),
    [
        ({}, MY_ID.lower(), None),
        ({}, support.VAULT, f"but this host has the identity of {MY_ID}. Correct"),
        (OTHER, MY_ID, "but this host has the identity of "),
        ({}, "nonsense", "syncthing_device_id: "),
    ],
)
def test_another_id(told, device_id, said):
    found = plan(told, device_id=device_id)["refusals"]
    assert found == [] if said is None else said in found[0]
    assert "has no identity yet" in plan({}, NEW, device_id=MY_ID)["refusals"][0]


def test_unknown_names():
    assert "syncthing_flet is unknown" in plan(names=["syncthing_flet"])["refusals"][0]


@pytest.mark.parametrize(
    ("told", "now", "expected"),
    [
        ({}, {},
         {"arguments": [], "command": "--no-browser --no-restart", "program": "/usr/bin/syncthing", "environment": {},
          "gui": {}, "config_dir": BEFORE["config_dir"]}),
        ({"executable": "/100%"}, {"executable": None, "config_dir": None},
         {"program": "/100%%", "config_dir": "/var/lib/syncthing/.local/state/syncthing"}),
        ({"config_dir": "/c", "extra_arguments": ["--x=$y"]}, {},
         {"arguments": ["--home=/c", "--x=$y"], "command": '--no-browser --no-restart "--home=/c" "--x=$$y"'}),
        ({"database_dir": "~/d"}, {},
         {"arguments": [f"--config={BEFORE['config_dir']}", "--data=/var/lib/syncthing/d"]}),
        (CONTAINER, {}, {"arguments": [f"--home={BEFORE['config_dir']}"], "container_paths": [BEFORE["config_dir"]]}),
        ({"proxy": "socks5://h", "proxy_fallback": "no", "log_level": "info", "environment": {"STLOGLEVEL": "own"}}, {},
         {"environment": {"ALL_PROXY": "socks5://h", "STLOGLEVEL": "own", "ALL_PROXY_NO_FALLBACK": "1"}}),
        ({"gui_use_tls": "no", "gui_user": "me", "api_key": "key", "gui": {"user": "you"}}, {},
         {"gui": {"use_tls": False, "user": "you", "api_key": "key"}}),
        ({**ARCHIVE, "archive_url": "https://m//"}, {},
         {"archive_url": "https://m/v2.0.10/syncthing-linux-amd64-v2.0.10.tar.gz",
          "archive_checksum": "sha256:https://m/v2.0.10/sha256sum.txt.asc"}),
        ({"archive_checksum": {"amd64": "sha256:00"}}, {}, {"archive_checksum": "sha256:00"}),
    ],
)  # fmt: skip
def test_what_the_daemon_is_told(told, now, expected):
    found = FILTERS["role_settings"](prefixed(told), plan(told), {**BEFORE, **now})
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("changed", "before", "now", "due"),
    [
        ([], {}, {}, ["proven"]),
        (["unit"], {}, {}, ["restart", "reload", "proven"]),
        (["identity"], {}, {}, ["restart"]),
        (["gui_certificate"], {}, {}, ["restart", "proven"]),
        (["install"], {}, {}, ["restart", "reload"]),
        (["install"], {"executable": None}, {}, ["reload"]),
        (["first"], {}, {}, []),
        (["directories"], {}, {}, []),
        (["service"], {}, {}, []),
        (["configured"], {}, {}, []),
        ([], {"unanswered": "tls"}, {}, ["restart", "proven"]),
        ([], {}, {"version": "2.0.10"}, ["restart"]),
        ([], {"daemon": None}, {}, []),
        ([], {"daemon": None}, {"version": None}, []),
        ([], {"unit": None}, {}, []),
        ([], {"unit": {"active": True, "needs_reload": True}}, {}, ["reload", "proven"]),
        ([], {"unit": {"active": False, "needs_reload": False}}, {}, []),
        ([], {"daemon": {**BEFORE["daemon"], "my_id": support.VAULT}}, {}, []),
        ([], {"daemon": {**BEFORE["daemon"], "running": []}}, {}, []),
    ],
)
def test_what_is_left_to_do(changed, before, now, due):
    tasks = ("unit", "install", "identity", "gui_certificate", "first", "directories", "service", "configured")
    found = FILTERS["role_progress"](
        {name: name in changed for name in tasks},
        {**BEFORE, **before},
        {**BEFORE, **now},
        device_id=MY_ID,
        folders=["documents"],
    )
    assert [name for name, is_due in found.items() if is_due] == due


@pytest.mark.parametrize(
    ("after", "told", "said"),
    [
        ({}, {}, ""),
        (
            {"executable": None, "version": None},
            {},
            "/usr/bin/syncthing was not found. Install Syncthing first, or set",
        ),
        ({"version": "1.19.2"}, {}, "Syncthing 1.19.2 is installed, but"),
        ({"version": "1.19.2"}, {"log_level": "info"}, "Syncthing 1.19.2 is installed, but"),
        (
            {},
            {"log_level": "info", "proxy": "http://h"},
            "this host has 1.29.5. A proxy with http in syncthing_proxy requires",
        ),
        ({"version": "2.1.0"}, {"log_level": "info", "proxy": "http://h"}, ""),
    ],
)
def test_what_is_installed_and_not_usable(after, told, said):
    found = FILTERS["wrong_program"]({**BEFORE, **after}, BEFORE, plan(), **told)
    assert said in found and bool(found) == bool(said)


def test_a_package_that_is_too_old():
    check = FILTERS["too_old"]
    assert check("1.19.2", BEFORE).startswith(BEFORE["config_dir"])
    assert check("1.22.0", BEFORE) == check("", BEFORE) == check("1.19.2", {**BEFORE, "minimum_version": None}) == ""


@pytest.mark.parametrize("name", ["role_layout", "role_plan", "role_settings", "role_progress", "wrong_program"])
def test_what_is_no_dictionary(name):
    more = {"role_layout": [], "role_plan": [BEFORE], "role_progress": [BEFORE, BEFORE]}.get(name, [BEFORE, BEFORE])
    options = {"device_id": MY_ID, "folders": []} if name == "role_progress" else {}
    with pytest.raises(AnsibleFilterError, match=name):
        FILTERS[name]("x", *more, **options)
