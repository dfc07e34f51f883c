# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""For all unit tests: the collection can be imported, and nothing of the machine that they run on is met."""

from __future__ import annotations

import base64
import importlib
import json
import os
import pathlib
import re
import sys
from urllib.parse import parse_qsl

import hypothesis
import pytest

try:
    importlib.import_module("ansible_collections.community.syncthing.plugins.module_utils._errors")
except ImportError:
    # Plain pytest in a checkout that isn't in an ansible_collections tree; ansible-test needs none of this.
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from harness.collection import install_on_path

    install_on_path()

from ansible.module_utils import basic
from ansible.module_utils.ansible_release import __version__
from ansible.module_utils.common import warnings
from ansible_collections.community.syncthing.plugins.module_utils import _until
from ansible_collections.community.syncthing.plugins.module_utils._api import events
from ansible_collections.community.syncthing.plugins.module_utils._operations import restart, wait
from ansible_collections.community.syncthing.tests.harness.scripted import Answer, ScriptedServer
from ansible_collections.community.syncthing.tests.unit import support


def _is_newest_core():
    matrix = pathlib.Path(__file__).parents[1].joinpath("matrix.toml").read_text(encoding="utf-8")
    return __version__.startswith(re.findall(r'^"([\d.]+)" = \{ version', matrix, re.MULTILINE)[-1] + ".")


# The same examples in each run; HYPOTHESIS_PROFILE=explore looks for new ones. What takes generated input knows no
# Ansible, so the newest ansible-core has them all and the others are for the code around it.
_SETTINGS = {"deadline": None, "database": None, "suppress_health_check": list(hypothesis.HealthCheck)}
hypothesis.settings.register_profile("repeat", derandomize=True, max_examples=100, **_SETTINGS)
hypothesis.settings.register_profile("glance", derandomize=True, max_examples=10, **_SETTINGS)
hypothesis.settings.register_profile("explore", max_examples=2000, **_SETTINGS)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeat" if _is_newest_core() else "glance"))


@pytest.fixture(autouse=True)
def nowhere(monkeypatch, tmp_path):
    """No daemon, key or proxy of the developer is found: an empty home and a clean environment."""
    for name in list(os.environ):
        if name.startswith(("SYNCTHING_", "STGUI", "STHOME", "STCONF", "STDATA", "XDG_")) or name.lower().endswith(
            "_proxy"
        ):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    return home


@pytest.fixture
def serve(tmp_path):
    """Start scripted servers: ``serve({"GET /rest/config": answer}, ...)``; they end with the test."""
    servers = []

    def start(answers, tls="", **options):
        pair = (support.write_certificate(tmp_path, tls, key=True),) if tls else ()
        servers.append(ScriptedServer(answers, tls=pair, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def pauses(monkeypatch):
    """The client's pauses between retries, which are noted instead of made."""
    clock = support.Clock()
    monkeypatch.setattr(_until, "time", clock)
    return clock.pauses


@pytest.fixture
def clock(monkeypatch):
    """A clock for all that waits."""
    clock = support.Clock()
    for module in (_until, events, restart, wait):
        monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Run a module in this process: ``run("syncthing_info", {...}, check=True)``."""
    logged = []
    monkeypatch.setattr(basic.AnsibleModule, "log", lambda _self, *args, **kwargs: logged.append(repr((args, kwargs))))

    def start(name, args, check=False, diff=True):
        given = dict(args, _ansible_check_mode=check, _ansible_diff=diff, _ansible_remote_tmp=str(tmp_path))
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode())
        monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)  # since ansible-core 2.19
        module = importlib.import_module("ansible_collections.community.syncthing.plugins.modules." + name)
        logged.clear()
        getattr(warnings, "_global_warnings", []).clear()  # those of the module before, in the same process
        with pytest.raises(SystemExit) as ended:
            module.main()
        shown = capsys.readouterr()
        return support.Result(json.loads(shown.out), shown.out + shown.err, "\n".join(logged), ended.value.code)

    return start


@pytest.fixture
def daemon(serve):
    """A scripted server in front of a daemon in memory; ``daemon()`` returns it with the options to reach it."""

    def start(version="2.1.3", **answers):
        data = support.load("config-" + version)
        server = serve(answers)
        server.daemon = support.Daemon(support.current(version, ignores={"docs": []}))

        def answer(request):
            if request.path == "/rest/system/ping" and request.headers["Authorization"]:
                login = base64.b64decode(request.headers["Authorization"].partition(" ")[2]).decode().partition(":")
                return Answer("CSRF Error" if server.daemon.login(login[0], login[2]) else "Forbidden", 403)
            if request.method == "GET":
                path, _separator, query = request.path.partition("?")
                if path == "/rest/events":
                    numbers = {key: int(value) for key, value in parse_qsl(query)}
                    return Answer(server.daemon.get(path, numbers), headers=support.daemon_headers(data))
                return Answer(server.daemon.get(request.path), headers=support.daemon_headers(data))
            server.daemon.write(
                request.method, request.path, json.loads(request.body or b"null", object_pairs_hook=dict)
            )
            return Answer()

        server.answers.setdefault("*", answer)
        server.options = {"api_url": server.api_url, "api_key": "planted-secret-key", "retries": 0}
        return server

    return start
