# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""The maintainers' tools: pins, the table of supported versions, and what is said on a machine without Podman."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from containers import __main__ as hosts
from containers import engine, images
from harness.cache import Unavailable
from tools import pins, support_table

pytestmark = pytest.mark.any_core

ROOT = Path(__file__).parents[2]
ARCHITECTURES = ("amd64", "arm64")


@pytest.fixture
def releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """What stands for upstream's server, and the file of pins that is to be changed."""
    root = tmp_path / "releases"
    root.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(root)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    kept = tmp_path / "binaries.json"
    kept.write_text(json.dumps({"debian": {"trixie": "1.29.5"}, "upstream": {"2.1.3": dict.fromkeys(ARCHITECTURES)}}))
    monkeypatch.setattr(pins, "RELEASES", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(pins, "PINS", kept)
    yield root
    server.shutdown()
    server.server_close()


def publish(releases: Path, architectures: tuple[str, ...]) -> None:
    for architecture in architectures:
        archive = releases / f"v2.9.7/syncthing-linux-{architecture}-v2.9.7.tar.gz"
        archive.parent.mkdir(exist_ok=True)
        archive.write_text(f"for {architecture}")


def pin(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["pins.py", *arguments])
    return pins.main()


def test_a_release_is_pinned_in_place_of_another(releases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(releases, ARCHITECTURES)
    assert pin(monkeypatch, "2.9.7") == 0
    sums = {name: hashlib.sha256(f"for {name}".encode()).hexdigest() for name in ARCHITECTURES}
    assert json.loads(pins.PINS.read_text()) == {"debian": {"trixie": "1.29.5"}, "upstream": {"2.9.7": sums}}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["2.9.7"], "Nothing was changed: Syncthing 2.9.7 could not be downloaded: http"),
        (["v2.9.7"], "Name one release"),
        ([], "Name one release"),
        (["2.9.7", "2.9.8"], "Name one release"),
    ],
)
def test_what_can_not_be_pinned_changes_nothing(
    releases: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    publish(releases, ARCHITECTURES[:1])
    before = pins.PINS.read_text()
    assert pin(monkeypatch, *arguments) == 1
    assert capsys.readouterr().out.startswith(said)
    assert pins.PINS.read_text() == before


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "README.md",
        "tests/matrix.toml",
        "tests/harness/binaries.json",
        "extensions/molecule/platforms.yml",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.setattr(support_table, "ROOT", tmp_path)
    return tmp_path


def support(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["support_table.py", *arguments])
    return support_table.main()


@pytest.mark.parametrize(
    ("name", "old", "new", "row"),
    [
        ("tests/harness/binaries.json", '"1.29.5"', '"1.40.0"', "1.19.2, 1.40.0, 2."),
        ("tests/matrix.toml", '"3.8" =', '"3.7" =', "| 3.7, 3.9, 3.10"),
        (
            "extensions/molecule/platforms.yml",
            "name: Fedora",
            "name: Fodora",
            "| Fodora | run in the contributors' workflow",
        ),
        (
            "extensions/molecule/platforms.yml",
            "    suite: bullseye\n",
            "",
            "| Debian 11 | run in the contributors' workflow",
        ),
    ],
)
def test_the_readme_says_what_is_tested(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, name: str, old: str, new: str, row: str
) -> None:
    assert support(monkeypatch, "--check") == 0
    source = checkout / name
    assert source.read_text().count(old) == 1
    source.write_text(source.read_text().replace(old, new))
    readme = checkout / "README.md"
    before = readme.read_text()
    assert support(monkeypatch, "--check") == 1
    assert readme.read_text() == before
    assert support(monkeypatch) == 0
    assert support(monkeypatch, "--check") == 0
    assert row in readme.read_text()
    assert row not in before


@pytest.mark.parametrize("present", [[], ["podman", "runc"]])
def test_a_machine_without_podman_is_told_what_to_install(tmp_path: Path, present: list[str]) -> None:
    """As root; nothing of it is installed. Whoever isn't root is told that first."""
    for name in present:
        (tmp_path / name).symlink_to("/bin/true")
    environment = {"PATH": str(tmp_path), "HOME": str(tmp_path), "PYTHONPATH": str(ROOT / "tests")}
    done = subprocess.run(
        [sys.executable, "-m", "containers", "prepare"], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == hosts.UNAVAILABLE
    if os.geteuid():
        assert "root" in done.stdout
        return
    told = done.stdout.partition("on Debian and Ubuntu: apt-get install --no-install-recommends ")[2].split()
    assert told
    assert not set(told) & set(present)
    assert "podman" in [*told, *present]


def test_a_machine_without_images_is_told_what_builds_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_registry(*_arguments: object, **_options: object) -> str:
        raise engine.PodmanError("no registry is reached, and there is no such image")

    monkeypatch.setattr(images, "podman", no_registry)
    monkeypatch.setattr(engine, "find", lambda _program: None)
    with pytest.raises(Unavailable, match="apt-get install --no-install-recommends mmdebstrap$"):
        images.base("debian13")
    # what can't be built here either
    with pytest.raises(Unavailable, match="fedora can't be pulled: no registry"):
        images.base("fedora")
