# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""The role's files agree with each other: specification, defaults, README, and what the tasks use."""

from __future__ import annotations

import hashlib
import pathlib
import re
import types

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.community.syncthing.plugins.filter import role_checks
from ansible_collections.community.syncthing.plugins.filter.fleet import FilterModule
from ansible_collections.community.syncthing.plugins.filter.role_checks import FilterModule as RoleChecks
from ansible_collections.community.syncthing.plugins.module_utils._config import desired as _desired
from ansible_collections.community.syncthing.plugins.plugin_utils import _role_plan, _service
from ansible_collections.community.syncthing.plugins.plugin_utils._variables import told
from ansible_collections.community.syncthing.tests.unit import support

ROOT = pathlib.Path(__file__).parents[3]
ROLE = ROOT / "roles/syncthing"


def load(path):
    return yaml.safe_load((ROLE / path).read_text())


SPEC = load("meta/argument_specs.yml")["argument_specs"]["main"]["options"]
DEFAULTS = load("defaults/main.yml")
FILTERS = RoleChecks().filters()
README = (ROLE / "README.md").read_text()
SOURCES = {
    str(path.relative_to(ROLE)): path.read_text()
    for folder in ("tasks", "templates", "vars")
    for path in sorted((ROLE / folder).rglob("*.*"))
}
CODE = "\n".join(SOURCES.values())
DECIDING = load("vars/main.yml")["_syncthing_deciding"]
PYTHON = "\n".join(
    (ROOT / "plugins" / path).read_text()
    for path in (
        "filter/fleet_members.py",
        "plugin_utils/_role_plan.py",
        "plugin_utils/_role_refusals.py",
        "plugin_utils/_role_settings.py",
        "plugin_utils/_service.py",
        "plugin_utils/_variables.py",
    )
)
NAME = re.compile(r"(?<![\w./-])(_?syncthing_\w+)\b(?!\()")
# Names of other things that look like variables.
MODULES = {path.stem for path in ROOT.glob("plugins/modules/*.py")}


def code_lines():
    for path, text in SOURCES.items():
        for number, line in enumerate(text.splitlines(), 1):
            if not line.lstrip().startswith("#") and "community.syncthing.syncthing_" not in line:
                yield f"{path}:{number}", line


def tasks():
    def walk(entries):
        for entry in entries:
            yield entry
            for part in ("block", "rescue", "always"):
                yield from walk(entry.get(part, []))

    for path in sorted((ROLE / "tasks").rglob("*.yml")):
        yield from walk(yaml.safe_load(path.read_text()))


def test_defaults_are_those_that_are_told():
    told = {name: option.get("default") for name, option in SPEC.items()}
    assert told == DEFAULTS
    assert [type(value) for value in told.values()] == [type(value) for value in DEFAULTS.values()]
    assert list(SPEC) == list(DEFAULTS), "in the same order"


@pytest.mark.parametrize("name", SPEC)
def test_each_variable_is_told(name):
    assert all(SPEC[name]["description"])
    rows = re.findall(rf"^\| `{name}` \| (.*) \| .+ \|$", README, re.MULTILINE)
    default = SPEC[name]["default"]
    shown = str(default).lower() if isinstance(default, bool) else str(default)
    assert rows == [f"`{shown}`" if default != "" else ""]


@pytest.mark.parametrize("name", SPEC)
def test_each_variable_is_used(name):
    """To be in the list of those that decide is not enough."""
    short = name[len("syncthing_") :]
    decides = [f'"{short}"', f'"{short[len("gui_") :]}"'] if name in DECIDING else []
    assert len(re.findall(rf"\b{name}\b", CODE)) > (name in DECIDING) or any(
        word in PYTHON for word in [name, *decides]
    )


def test_each_variable_that_is_used_is_told():
    entries = load("meta/argument_specs.yml")["argument_specs"].values()
    told = {name for entry in entries for name in entry["options"]}
    own = set(load("vars/main.yml"))
    own |= {task["register"] for task in tasks() if "register" in task}
    own |= {name for task in tasks() for name in task.get("ansible.builtin.set_fact", {})}
    own |= {name for task in tasks() for name in task.get("vars", {})}
    own |= {task["loop_control"]["loop_var"] for task in tasks() if "loop_var" in task.get("loop_control", {})}
    unknown = {
        f"{name} in {place}"
        for place, line in code_lines()
        for name in NAME.findall(line)
        if name not in own and name not in told and name not in MODULES
    }
    assert unknown == set()


def test_what_a_task_finds_hides_no_variable():
    """A registered name wins over a variable of the role, also where the task was skipped, and until the play ends."""
    assert {task["register"] for task in tasks() if "register" in task} & {*load("vars/main.yml")} == set()


@pytest.mark.parametrize("name", [name for name in SPEC if SPEC[name]["default"] not in ("", [], {}, False)])
def test_an_empty_text_means_the_default(name):
    default = SPEC[name]["default"]
    text = repr(default) if isinstance(default, str) else str(default).lower()
    uses = re.findall(rf"\b{name}(?: \| string)? \| default\(([^,()]+), true\)", CODE)
    assert {use.strip("'") for use in uses} <= {text.strip("'")}
    assert uses or name in DECIDING
    assert told({name: ""})[name[len("syncthing_") :]] == told({})[name[len("syncthing_") :]] == default


def test_a_survey_can_leave_everything_empty():
    answers = {name: "" for name, option in SPEC.items()}
    assert ArgumentSpecValidator(SPEC).validate(answers).error_messages == []
    # and says all the rest as text
    answers = {name: str(option["default"]) for name, option in SPEC.items() if option["type"] in ("str", "raw")}
    assert ArgumentSpecValidator(SPEC).validate(answers).error_messages == []


def test_truth_values_are_read_from_text():
    for name in (name for name, value in DEFAULTS.items() if value is False):
        uses = re.findall(rf"\b{name}( \|.*)", CODE)
        assert uses or name in DECIDING, name
        assert [told({name: value})[name[len("syncthing_") :]] for value in ("yes", "0", "", None)] == [
            True,
            *[False] * 3,
        ]
        assert all(use.startswith(" | default(false, true) | bool") for use in uses), name


def test_everything_that_syncthing_config_takes_can_be_said():
    (task,) = [task for task in tasks() if "community.syncthing.syncthing_config" in task]
    takes = {*_desired.config_argument_spec(), "unknown_fields", "restart", "restart_timeout"}
    assert takes <= set(task["community.syncthing.syncthing_config"])


def test_no_task_hides_its_output():
    assert [task["name"] for task in tasks() if "no_log" in task or task.get("diff") is False] == []


def test_nothing_relies_on_facts_as_variables():
    assert re.findall(r"\bansible_(?:os_family|distribution|architecture|user_id|pkg_mgr|user_dir)\b", CODE) == []


def example(heading):
    _before, _heading, after = README.partition(f"\n{heading}\n")
    return yaml.safe_load(re.search(r"```yaml\n(.*?)```", after, re.DOTALL).group(1))


def test_the_example_is_a_fleet():
    inventory = example("## Example")["all"]["children"]["syncthing"]
    variables = inventory["vars"]
    assert set(variables) <= set(SPEC)
    assert ArgumentSpecValidator(SPEC).validate(variables).error_messages == []
    groups = {"all": list(inventory["hosts"]), "syncthing": list(inventory["hosts"])}
    members = {
        host: {"device_id": device_id}
        for host, device_id in zip(inventory["hosts"], (support.LAPTOP, support.STRANGER, support.VAULT))
    }
    for host in inventory["hosts"]:
        part = FilterModule().filters()["fleet"](variables["syncthing_fleet"], host, members=members, groups=groups)
        assert [folder["id"] for folder in part["folders"]] == ["documents"]
        desired = {"devices": part["devices"], "folders": part["folders"], "options": variables["syncthing_options"]}
        assert ArgumentSpecValidator(_desired.config_argument_spec()).validate(desired).error_messages == []


# -- names and types


def wrong(names=(), **values):
    return FILTERS["wrong_variables"](list(names), values)


def test_all_variables_of_the_collection_are_known():
    """Whatever playbooks, examples, guides and the inventory plugin use or leave behind is not a typing error."""
    used = set()
    places = [
        "playbooks/*.yml",
        "extensions/awx/**/*.yml",
        "extensions/eda/rulebooks/*.yml",
        "extensions/molecule/**/*.yml",
    ]
    for path in (path for place in places for path in ROOT.glob(place)):
        text = re.sub(r"#.*|community\.syncthing\.\w+|[\w.]*/\S*|<[^>]*>", "", path.read_text())
        used |= set(re.findall(r"(?<![\w.'-])(syncthing_\w*[a-z])\b(?!\()", text))
    used |= {
        "syncthing_" + name
        for name in re.findall(r"C\(syncthing_(\w+)\)", (ROOT / "plugins/inventory/syncthing.py").read_text())
    }
    places_that_are_no_variables = {path.stem for path in ROOT.glob("extensions/awx/credential_types/*")}
    places_that_are_no_variables |= {"syncthing_to_ask", "syncthing_leaving_reachable", "syncthing_leaving_"} | MODULES
    used.discard("syncthing_flet")  # a scenario's own typing error
    assert wrong(used - places_that_are_no_variables) == []
    assert wrong(SPEC) == []
    assert len(used) > 30, "the search finds them"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("syncthing_flet", "syncthing_fleet"),
        ("syncthing_folder", "syncthing_folders"),
        ("syncthing_host", "syncthing_hosts"),
        ("syncthing_create_directorys", "syncthing_create_directories"),
        ("syncthing_leavin", "syncthing_leaving"),
    ],
)
def test_a_typing_error_in_a_name(name, meant):
    (sentence,) = wrong([name, *SPEC])
    assert name in sentence and f"Did you mean {meant}?" in sentence


def test_own_names():
    assert "syncthing_own_variables" in wrong(["syncthing_xyzzy"])[0]
    assert (
        wrong(["syncthing_xyzzy", "syncthing_port_a"], syncthing_own_variables=["syncthing_xyzzy", "syncthing_port_*"])
        == []
    )


STRUCTURED = [
    name for name in DECIDING if SPEC[name]["type"] in ("raw", "list") and name != "syncthing_archive_checksum"
]
WORDS = {bool: "true or false", int: "a whole number", list: "a list", dict: "a dictionary"}
HOSTILE = ["abc", 7.5, ["abc"], {"a": 1}, "1e3", "[]", "{}"]


def test_all_variables_of_an_open_type_are_looked_at():
    text = {"syncthing_archive_checksum", "syncthing_directory_mode"}  # and what the module takes it for
    assert set(STRUCTURED) == {name for name in SPEC if SPEC[name]["type"] in ("raw", "list")} - text


@pytest.mark.parametrize("name", STRUCTURED)
def test_a_wrong_type(name):
    kind = {
        "syncthing_gui_metrics_without_auth": bool,
        "syncthing_gui_use_tls": bool,
        "syncthing_max_user_watches": int,
    }.get(name, type(DEFAULTS[name]))
    for value in HOSTILE:
        if isinstance(value, kind):
            assert wrong(**{name: value}) == []
        else:
            found = repr(value) if kind in (bool, int) else "of the wrong type"  # there may be secrets in it
            assert wrong(**{name: value}) == [f"{name} is {found}. It must be {WORDS[kind]}."]
    assert wrong(**{name: ""}) == wrong(**{name: DEFAULTS[name]}) == []
    assert wrong(**{name: {bool: "yes", int: "600"}.get(kind, "")}) == []


# -- the service


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"environment": {"A-B": "1"}}, "'A-B' is not the name"),
        ({"environment": {"STGUIAPIKEY": "key"}}, "syncthing_api_key"),
        ({"environment": {"STDATADIR": "/x"}}, "syncthing_database_dir"),
        ({"environment": {"A": True}}, "syncthing_environment.A must be a string"),
        ({"environment": {"A": None}}, "syncthing_environment.A must be a string"),
        ({"environment": {"A": "1\nEnvironment=B=2"}}, "line break"),
        ({"environment": {"all_proxy": "http://u:planted@proxy:1"}}, "syncthing_environment_file"),
        ({"extra_arguments": ["--gui-apikey=planted"]}, "syncthing_extra_arguments[0] is --gui-apikey"),
        ({"extra_arguments": ["--verbose", "-home", "/x"]}, "syncthing_extra_arguments[1] is --home"),
        ({"extra_arguments": ["-D/x"]}, "syncthing_database_dir"),
        ({"extra_arguments": ["--log-level=DEBUG"]}, "syncthing_log_level"),
        ({"extra_arguments": ["a\nb"]}, "line breaks"),
        ({"service_settings": {"Memory Max": 1}}, "not the name of a setting"),
        ({"service_settings": {"Nice": "1\nUser=root"}}, "line breaks"),
        ({"service_settings": {"Nice": ["1", {}]}}, "syncthing_service_settings.Nice"),
        ({"service_settings": {"Nice": "1\\"}}, "backslash"),
        ({"environment_file": "/x\\"}, "absolute path"),
        ({"user": "a\nUser=root"}, "syncthing_user"),
        ({"group": "a\nUser=root"}, "syncthing_group"),
        ({"group": "a:b"}, "syncthing_group"),
        ({"service_name": "../x"}, "syncthing_service_name"),
        ({"container_image": "docker.io/syncthing/syncthing:latest"}, "without a tag"),
        ({"container_image": "syncthing@sha256:" + "0" * 64}, "without a tag"),
        ({"container_image": "x\nVolume=/:/"}, "syncthing_container_image"),
        ({"container_image": "docker://x/y"}, "syncthing_container_image"),
        ({"container_volumes": [{"a": "b"}]}, "syncthing_container_volumes[0]"),
        ({"container_volumes": ["/a:/a", None]}, "syncthing_container_volumes[1]"),
        ({"container_volumes": [5]}, "syncthing_container_volumes[0] is 5"),
        ({"container_volumes": ["data:/a"]}, "two absolute paths"),
        ({"container_volumes": ["/a:"]}, "two absolute paths"),
        ({"container_volumes": ["/a"]}, "two absolute paths"),
        ({"container_volumes": ["/a:/a:"]}, "two absolute paths"),
        ({"container_volumes": ["/a:/a:ro:ro"]}, "two absolute paths"),
        ({"container_volumes": ["/a:/a\nUser=root"]}, "syncthing_container_volumes[0]"),
        ({"container_volumes": ["/a:/a:ro\nUser=root"]}, "syncthing_container_volumes[0]"),
        ({"container_volumes": ["/a:/b\\"]}, "syncthing_container_volumes[0]"),
        ({"container_volumes": ["/a:/a", "/b:/a/"]}, "already a volume for /a/"),
        ({"container_volumes": ["/b:/a"], "container_paths": ["/a"]}, "already a volume for /a"),
        ({"container_paths": ["/a:b"]}, "'/a:b' can't be a volume"),
        ({"container_paths": ["a"]}, "absolute"),
        ({"container_paths": ["~/a"]}, "absolute"),
        ({"container_paths": ["/a\nUser=root"]}, "line breaks"),
        ({"container_paths": ["/a "]}, "blank"),
        ({"container_paths": ["/a\\"]}, "backslash"),
        ({"proxy": "socks5://u:planted@proxy:1080"}, "syncthing_environment_file"),
        ({"proxy": "proxy:1080"}, "must be a URL"),
        ({"proxy": "ftp://proxy"}, "must be a URL"),
        ({"database_dir": "x"}, "syncthing_database_dir is 'x'"),
        ({"environment_file": "~/x"}, "absolute path"),
        ({"gui_password_file": "x"}, "absolute path"),
        ({"gui_password": "planted", "gui_password_file": "/x"}, "Set only one of them"),
        ({"api_key": "planted", "api_key_file": "/x"}, "Set only one of them"),
    ],
)
def test_a_wrong_service(variables, said):
    (sentence,) = _service.complaints(variables)
    assert said in sentence and "planted" not in sentence


def test_a_good_service():
    assert (
        list(
            _service.complaints(
                {
                    "environment": {"GOMAXPROCS": 2, "GREETING": '100% "good"', "URL": "http://user@host/a:b"},
                    "extra_arguments": ["--verbose", "--audit", "home", "--no-upgrade"],
                    "service_settings": {"MemoryMax": "1G", "PrivateTmp": False, "ReadWritePaths": ["/a", "/b"]},
                    "proxy": "socks5h://user@[::1]:1080",
                    "database_dir": "~/x",
                    "environment_file": "/x",
                    "api_key": "",
                    "api_key_file": "/x",
                    "user": "EXAMPLE\\alice",
                    "group": "domain users",
                    "service_name": "syncthing@alice.service",
                    "container_image": "localhost:5000/a/b_c.d",
                    "container_volumes": ["/a b:/a b:ro,z", "/c\\d:/d", "/:/all"],
                    "container_paths": ["/100% $HOME", '/"quoted"'],
                }
            )
        )
        == list(_service.complaints(dict.fromkeys(["environment", "extra_arguments", "proxy", "api_key_file"], "")))
        == []
    )


def test_quoting():
    assert FILTERS["unit_quote"]('a "b" \\ 5%') == '"a \\"b\\" \\\\ 5%%"'


DEFAULT_PORTS = ["21027/udp", "22000/tcp", "22000/udp"]


@pytest.mark.parametrize(
    ("options", "gui", "found", "expected"),
    [
        ({}, "", {}, DEFAULT_PORTS),
        ({}, "0.0.0.0:8384", {}, [*DEFAULT_PORTS, "8384/tcp"]),
        ({}, "127.0.0.1:8384", {"gui_address": "0.0.0.0:8384"}, DEFAULT_PORTS),
        ({}, "", {"gui_address": ":8443"}, [*DEFAULT_PORTS, "8443/tcp"]),
        ({}, "/run/socket", {}, DEFAULT_PORTS),
        ({}, "[::1]:8384", {}, DEFAULT_PORTS),
        ({"local_announce_enabled": False}, "", {}, ["22000/tcp", "22000/udp"]),
        ({"local_announce_enabled": "no"}, "", {}, ["22000/tcp", "22000/udp"]),
        ({}, "", {"local_announce_enabled": False}, ["22000/tcp", "22000/udp"]),
        ({"local_announce_enabled": True}, "", {"local_announce_enabled": False}, DEFAULT_PORTS),
        ({"local_announce_port": 1}, "", {"local_announce_port": "2"}, ["1/udp", "22000/tcp", "22000/udp"]),
        (
            {"listen_addresses": ["tcp://:1", "tcp4://192.0.2.1:2", "quic6://[::]:3", "tcp://0.0.0.0", "quic://h?x=1"]},
            "",
            {"local_announce_enabled": False, "listen_addresses": ["tcp://:9"]},
            ["1/tcp", "2/tcp", "22000/tcp", "22000/udp", "3/udp"],
        ),
        (
            {"local_announce_enabled": False},
            "",
            {"listen_addresses": ["tcp://:9", "tcp://[::]:8"]},
            ["8/tcp", "9/tcp"],
        ),
        (
            {
                "local_announce_enabled": False,
                "listen_addresses": [
                    "relay://192.0.2.1:22067",
                    "dynamic+https://relays.example.com/endpoint",
                    "tcp://127.0.0.1:1",
                    "quic://[::1]:2",
                    "tcp://localhost:3",
                    "tcp://0.0.0.0:0",
                ],
            },
            "",
            {},
            [],
        ),
    ],
)
def test_ports(options, gui, found, expected):
    assert _service.ports(options, gui, found) == expected


@pytest.mark.parametrize("wrong", [5, True, {"a": 1}])
def test_values_that_yaml_makes_no_text_of(wrong):
    """What is wrong with them, the module says later; here they are no reason for a traceback."""
    assert _service.ports({"listen_addresses": wrong, "local_announce_enabled": False}, "", {}) == []
    assert "22000/tcp" in _service.ports({}, str(wrong), {})
    groups, found = {"all": ["a", "b"]}, {"folders": [{"id": "f", "path": "/f", "members": ["all"]}]}
    hostvars = {"a": {"syncthing_options": OFF}, "b": {"syncthing_options": OFF, "syncthing_addresses": wrong}}
    apart = role_checks.fleet_apart(found, "a", hostvars, groups=groups, options=OFF, devices=[{"name": wrong}])
    assert apart == [str(wrong)]


def test_modules_that_are_missing(monkeypatch):
    there: set[str] = set()

    def find(name):
        return types.SimpleNamespace(resolved=name in there)

    monkeypatch.setattr(role_checks.module_loader, "find_plugin_with_context", find)
    (both,) = FILTERS["wrong_firewall"](["firewalld", "ufw"])
    assert "requires ansible.posix.firewalld and community.general.ufw. Install the collection" in both
    assert "collection install ansible.posix community.general, or" in both
    assert "install community.general, or" in FILTERS["wrong_firewall"](["ufw"])[0]
    there.update(["ansible.posix.firewalld", "community.general.ufw"])
    assert FILTERS["wrong_firewall"](["firewalld", "ufw"]) == FILTERS["wrong_firewall"]([]) == []


# -- who can find whom


OFF = {"global_announce_enabled": False, "local_announce_enabled": "no"}
GLOBAL = {"local_announce_enabled": False}
LOCAL = {"global_announce_servers": []}


RELAY = {"relays": ["b"]}
DISCOVERY = {"discovery": ["b"]}
PUBLIC = {"local_announce_enabled": False, "global_announce_servers": ["default"]}
OWN = {"local_announce_enabled": False, "global_announce_servers": ["https://192.0.2.1:8443"]}


def apart(one, two, mine=None, theirs=None, phone=("dynamic",), more=None):
    groups = {"all": ["a", "b"]}
    fleet = {
        "folders": [{"id": "f", "path": "/f", "members": ["a", "b", "phone"]}],
        "outside_devices": [{"name": "phone", "device_id": support.VAULT, "addresses": list(phone)}],
        **(more or {}),
    }
    hostvars = {
        "a": {"syncthing_options": one, "syncthing_addresses": mine or []},
        "b": {"syncthing_options": two, "syncthing_addresses": theirs or []},
    }
    return role_checks.fleet_apart(fleet, "a", hostvars, groups=groups, options=one)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ((OFF, OFF), ["b", "phone"]),
        ((OFF, {}), ["b", "phone"]),
        ((GLOBAL, LOCAL), ["b"]),
        ((LOCAL, GLOBAL), ["b"]),
        ((GLOBAL, GLOBAL), []),
        ((GLOBAL, {}), []),
        (({}, OFF), []),  # b says so
        ((OFF, OFF, ["tcp://192.0.2.1:22000"]), []),
        ((OFF, OFF, ["dynamic"], ["dynamic", "tcp://192.0.2.1:22000"]), ["phone"]),
        ((OFF, OFF, [], [], ["relay://192.0.2.1:443"]), ["b"]),
        # a relay is enough, and private discovery servers are not the public ones
        ((OFF, OFF, [], [], ["dynamic"], RELAY), []),
        ((OFF, dict(OFF, relays_enabled=False), [], [], ["dynamic"], RELAY), ["b"]),
        ((GLOBAL, GLOBAL, [], [], ["dynamic"], DISCOVERY), []),
        ((GLOBAL, PUBLIC, [], [], ["dynamic"], DISCOVERY), ["b"]),
        ((PUBLIC, GLOBAL, [], [], ["dynamic"], DISCOVERY), ["b", "phone"]),
        ((PUBLIC, GLOBAL), []),
        ((GLOBAL, OWN, [], [], ["dynamic"], DISCOVERY), []),
        ((OWN, GLOBAL), ["b", "phone"]),
    ],
)
def test_who_cant_find_whom(told, expected):
    assert apart(*told) == expected


@pytest.mark.parametrize(
    ("hosts", "members", "servers", "expected"),
    [
        ([], {"a": "A", "b": "B"}, {}, {}),
        ([], {"a": "A", "b": ""}, {}, {"asked_for": ["b"], "unknown": ["b"]}),
        ([], {"a": "A"}, {"relay": {"b": ""}}, {"servers": ["relay"], "asked_for": ["b"], "unknown": ["b"]}),
        (["b"], {"a": "A", "b": ""}, {"discovery": {"c": "", "d": "url"}}, {"servers": ["discovery"]}),
    ],
)
def test_what_is_not_known(hosts, members, servers, expected):
    fleet = {
        "folders": [{"id": "f", "path": "/f", "members": ["a", "b"]}],
        "hosts": {host: {"device_id": support.VAULT} for host in hosts},
    }
    found = FILTERS["fleet_gaps"](
        fleet,
        "a",
        {},
        members={host: {"device_id": device_id} for host, device_id in members.items()},
        servers={"discovery": {}, "relay": {}, **servers},
        groups={"all": ["a", "b"]},
        options=OFF if expected == {} else {},
    )
    apart = ["b"] if expected == {} else []
    assert found == {"servers": [], "asked_for": [], "unknown": [], "apart": apart, **expected}
    # as on the implicit localhost, which no group has
    assert not any(FILTERS["fleet_gaps"]({}, "localhost", {}, members={}, servers={}, groups={"all": []}).values())


# -- what is decided


def test_files_that_differ():
    text = "a\nb\n"
    files = [{"path": "/etc/one", "content": text}, {"path": "~/two", "content": text}]
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    good = {"sha256": sha256, "mode": "0644"}
    differing = FILTERS["differing_files"]
    assert differing(files, {"/etc/one": good, "~/two": good}) == []
    assert differing(files, {"/etc/one": good, "~/two": None}) == ["~/two"]
    assert differing(files, {"/etc/one": dict(good, mode="0600"), "~/two": dict(good, sha256="0")}) == [
        "/etc/one",
        "~/two",
    ]
    assert differing(files, {}) == ["/etc/one", "~/two"]
    assert differing([], {}) == []
    with pytest.raises(AnsibleFilterError):
        differing(files, None)


@pytest.mark.parametrize(
    ("enabled", "others", "expected"),
    [
        ([], {}, []),
        (["syncthing@me.service enabled enabled", "syncthing-resume.service enabled enabled"], {}, []),
        (["syncthing@.service enabled enabled", "syncthing@you.service enabled disabled"], {}, ["syncthing@you"]),
        (["syncthing@me2.service enabled enabled"], {}, ["syncthing@me2"]),
        ([], {"drop_ins": ["/etc/systemd/system/x.service.d/ansible.conf"], "daemons": ["/proc/7/exe"]},
         ["/etc/systemd/system/x.service.d/ansible.conf", "/proc/7/exe"]),
    ],
)  # fmt: skip
def test_what_else_uses_the_software(enabled, others, expected):
    assert FILTERS["software_users"](enabled, "syncthing@me", **others) == expected


def test_a_wrong_identity():
    one, other = (support.load("identities")[kind] for kind in ("ecdsa", "ed25519"))
    check = FILTERS["wrong_identity"]
    assert check(one["certificate"], one["private_key"]) == ""
    assert "not the key of this certificate" in check(one["certificate"], other["private_key"])
    assert "syncthing_private_key" in check(one["certificate"], "")
    assert "syncthing_certificate" in check(5, ["x"])  # YAML has more than text
    assert one["private_key"].splitlines()[1] not in check(one["private_key"], one["private_key"])


def test_what_starts_the_service_is_read_by_the_probe():
    """A file that the role writes for the service and that the probe does not look at would be written in each run."""
    layout = _role_plan.layout(told({"syncthing_install_method": "upstream", "syncthing_max_user_watches": 1}))
    dests = [
        str(task[module]["dest"])
        for path in ("tasks/service/run.yml", "tasks/service/kernel.yml", "tasks/install/upstream.yml")
        for task in _walk(load(path))
        for module in ("ansible.builtin.copy", "ansible.builtin.get_url")
        if module in task
    ]
    assert len(dests) == 4 and dests[0].startswith("{{ item.path")  # of _syncthing_unit_files
    assert set(layout["unit_paths"]) < set(layout["files"])
    assert {layout[re.search(r"_syncthing_plan[.](\w+)", dest)[1]] for dest in dests[1:]} < set(layout["files"])


def test_nothing_is_left_of_the_role_before():
    """Whatever a task that may not run registers, and others use, is empty at the beginning."""
    (share,) = [task for task in load("tasks/preflight.yml") if "ansible.builtin.set_fact" in task]
    empty = {name for name, value in share["ansible.builtin.set_fact"].items() if value == {}}
    used = set(re.findall(r"\b(_syncthing_\w+)\b", SOURCES["vars/main.yml"]))
    absent = {
        task["register"]
        for path, text in SOURCES.items()
        if path.startswith("tasks/absent/")
        for task in _walk(yaml.safe_load(text))
        if "register" in task
    }
    registered = {task["register"] for task in tasks() if "register" in task} - absent - {"_syncthing_before"}
    assert registered & used == empty & used
    assert empty <= registered


# -- what is shown


def test_an_unchanged_run_has_few_tasks():
    """All that is shown of a host on which nothing is to be done: validation, and tasks that no other file includes."""
    shown = 1 + sum(
        "block" not in task and "ansible.builtin.import_tasks" not in task
        for path in sorted((ROLE / "tasks").glob("*.yml"))
        if path.stem != "absent"
        for task in _walk(yaml.safe_load(path.read_text()))
    )
    assert shown <= 25


def _walk(entries):
    for entry in entries:
        yield entry
        yield from _walk(entry.get("block", []))


def test_what_is_included_has_no_tags_of_its_own():
    """Otherwise, a tag that somebody gives to the whole role would run the include and nothing in it."""
    for task in tasks():
        if "ansible.builtin.include_tasks" in task:
            assert "always" in task["ansible.builtin.include_tasks"]["apply"]["tags"], task["name"]


def headings(file):
    """The tasks of a file, and of those that it imports; what is included is one, unless it applies."""
    for task in yaml.safe_load((ROLE / "tasks" / file).read_text(encoding="utf-8")):
        for inner in task.get("block", [task]):
            imported = inner.get("ansible.builtin.import_tasks")
            yield from headings(imported) if imported else [inner["name"]]


def test_an_unchanged_run_shows_few_tasks():
    assert 5 < len(list(headings("main.yml"))) <= 25
