# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""What the guide says of nginx and Caddy, on a real nginx and a real Caddy in front of a real daemon."""

from __future__ import annotations

import http.client
import json
import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support import Make, bad, good
from test_syncthing_gui_certificate import openssl

from harness import debian
from harness.cache import Unavailable
from harness.collection import CHECKOUT
from harness.daemon import Daemon
from harness.module import run_module

pytestmark = [pytest.mark.any_core, pytest.mark.newest]

GUIDE = (CHECKOUT / "docs/docsite/rst/reverse_proxy.rst").read_text()
NAME = "nas.example.com"
USER, PASSWORD = "admin", "planted-password"
PACKAGES = {"nginx": ["nginx", "libpcre2-8-0", "libssl3"], "caddy": ["caddy"]}


def example(heading: str, language: str) -> str:
    match = re.search(rf"^{heading}\n-+\n.*?\.\. code-block:: {language}\n\n((?:   [^\n]*\n|\n)+)", GUIDE, re.M | re.S)
    assert match
    return textwrap.dedent(match[1])


class Front:
    """A web server that nobody runs, on loopback."""

    def __init__(self, program: str, daemon: Daemon, folder: Path, port: int) -> None:
        self.program, self.port, self.folder = program, port, folder
        self.upstream = daemon.api_url.removeprefix("http://")
        self.certificate, self.key = folder / "certificate.pem", folder / "key.pem"
        pem = openssl(365, f"DNS:{NAME},IP:127.0.0.1")
        self.certificate.write_text(pem["certificate"])
        self.key.write_text(pem["private_key"])

    def nginx(self, host: str) -> list[str]:
        text = example("With nginx", "nginx")
        for old, new in (
            ("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl"),
            ("/etc/ssl/nas.example.com.pem", str(self.certificate)),
            ("/etc/ssl/private/nas.example.com.key", str(self.key)),
            ("http://127.0.0.1:8384/", f"http://{self.upstream}/"),
            ("Host localhost", f"Host {host}"),
        ):
            assert text.count(old) == 1
            text = text.replace(old, new)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        paths = "".join(f"{kind}_temp_path {self.folder}/{kind};" for kind in kinds)
        config = self.folder / "nginx.conf"
        main = f"daemon off; pid {self.folder}/pid; error_log stderr; events {{}}"
        config.write_text(f"{main} http {{ access_log off; {paths} {text} }}")
        return ["-c", str(config), "-p", str(self.folder), "-e", "stderr"]

    def caddy(self, host: str) -> list[str]:
        text = example("With Caddy", "text")
        for old, new in (
            (f"{NAME} {{", f"{NAME}:{self.port} {{\n tls {self.certificate} {self.key}"),
            ("127.0.0.1:8384", self.upstream),
            ("Host localhost", f"Host {host}"),
        ):
            assert text.count(old) == 1
            text = text.replace(old, new)
        config = self.folder / "Caddyfile"
        config.write_text("{\n admin off\n auto_https off\n}\n" + text)
        return ["run", "--adapter", "caddyfile", "--config", str(config)]

    def get(self, path: str, method: str = "GET", body: str = "", **headers: str) -> http.client.HTTPResponse:
        context = ssl.create_default_context(cafile=self.certificate)
        connection = http.client.HTTPSConnection(NAME, self.port, timeout=20, context=context)
        connection.sock = context.wrap_socket(
            socket.create_connection(("127.0.0.1", self.port), 20), server_hostname=NAME
        )
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        return connection.getresponse()


@contextmanager
def running(front: Front, host: str = "localhost") -> Iterator[Front]:
    try:
        root = debian.root_of(front.program, "bookworm", PACKAGES[front.program])
    except Unavailable as error:
        pytest.skip(f"no {front.program}: {error}")
    [found] = [path for path in (root / "usr/sbin/nginx", root / "usr/bin/caddy") if path.exists()]
    own = front.folder / front.program
    shutil.copy2(found, own)  # where the user reaches it
    for library in root.glob("usr/lib/*-linux-*/*.so.*"):
        shutil.copy2(library, front.folder)
    command = [str(own), *(front.nginx(host) if front.program == "nginx" else front.caddy(host))]
    user = None if os.geteuid() else "nobody"
    if user:
        for path in (front.folder, *front.folder.rglob("*")):
            os.chown(path, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid, follow_symlinks=False)
    environment = {**os.environ, "LD_LIBRARY_PATH": str(front.folder), "HOME": str(front.folder)}
    with (front.folder / "log").open("w") as log:
        process = subprocess.Popen(
            command, env=environment, stdout=log, stderr=log, user=user, extra_groups=user and []
        )
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", front.port), 1).close()
                break
            except OSError:
                said = (front.folder / "log").read_text()
                assert process.poll() is None and time.monotonic() < deadline, said
                time.sleep(0.05)
        yield front
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where nobody can go."""
    with tempfile.TemporaryDirectory(prefix="community.syncthing-front-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.until("2.0.0")  # of which Debian has a package; what is built without assets has no page to show
@pytest.mark.parametrize("program", list(PACKAGES))
def test_the_guide(program: str, make_daemon: Make, folder: Path, port: int) -> None:
    daemon = make_daemon(gui_user=USER, gui_password=PASSWORD)
    with running(Front(program, daemon, folder, port)) as front:
        # without the slash, to the path with it
        moved = front.get("/syncthing")
        assert moved.status in (301, 302) and (moved.headers["Location"] or "").endswith("/syncthing/")
        page = front.get("/syncthing/")
        assert page.status == 200 and b"Syncthing" in page.read()
        # what the page loads is below the same path
        scripts = re.findall(rb'<script[^>]* src="([^"]+)"', front.get("/syncthing/").read())
        assert len(scripts) > 10 and not any(script.startswith(b"/") for script in scripts)
        assert len(front.get(f"/syncthing/{scripts[-1].decode()}").read()) > 100
        assert front.get("/syncthing/rest/system/status").status in (401, 403)
        answer = front.get("/syncthing/rest/system/status", X_API_Key=daemon.api_key)
        assert json.load(answer)["myID"] == daemon.device_id
        # a login as a browser does it
        login = json.dumps({"username": USER, "password": PASSWORD})
        entered = front.get("/syncthing/rest/noauth/auth/password", "POST", login, Content_Type="application/json")
        assert entered.status == 204, entered.read()
        cookies = [value.split(";")[0] for value in entered.headers.get_all("Set-Cookie") or []]
        assert all("path=/" in value.lower() for value in entered.headers.get_all("Set-Cookie") or []) and cookies
        page = front.get("/syncthing/", Cookie="; ".join(cookies))
        cookies += [value.split(";")[0] for value in page.headers.get_all("Set-Cookie") or []]
        token = next(cookie.split("=", 1) for cookie in cookies if cookie.startswith("CSRF-Token-"))
        headers = {"Cookie": "; ".join(cookies), "X-" + token[0]: token[1]}
        assert json.load(front.get("/syncthing/rest/system/status", **headers))["myID"] == daemon.device_id
        # a module, which is not told about the name
        options = {"api_url": f"https://127.0.0.1:{port}/syncthing", "api_key": daemon.api_key}
        if program == "nginx":
            trusted = {**options, "ca_path": str(front.certificate)}
            assert good(run_module("syncthing_info", trusted))["my_id"] == daemon.device_id


def test_the_host_check(make_daemon: Make, folder: Path, port: int) -> None:
    """A proxy that leaves the name as it is needs the setting that the guide names."""
    daemon = make_daemon(gui_user=USER, gui_password=PASSWORD)
    with running(Front("nginx", daemon, folder, port), host=NAME) as front:
        options = {
            "api_url": f"https://127.0.0.1:{port}/syncthing",
            "api_key": daemon.api_key,
            "ca_path": str(front.certificate),
        }
        bad(run_module("syncthing_info", options), "host_check")
        gui = {"insecure_skip_hostcheck": True}
        good(run_module("syncthing_config", {"config_dir": str(daemon.config_dir), "gui": gui}), changed=True)
        assert good(run_module("syncthing_info", options))["my_id"] == daemon.device_id
