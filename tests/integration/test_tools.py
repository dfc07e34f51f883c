# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""The maintainers' tools: pins, generated documentation, and what is said on a machine without Podman."""

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
from tools import pins

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


SOURCES = ("README.md", "plugins", "roles", "tests/harness", "tests/matrix.toml", "tests/tools", "tests/unit/fixtures",
           "extensions/molecule/platforms.yml")  # fmt: skip


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in SOURCES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    return tmp_path


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def generate(checkout: Path, *arguments: str) -> tuple[int, list[str]]:
    command = [sys.executable, "-m", "tools.generated_docs", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(checkout / "tests")}
    done = subprocess.run(command, cwd=checkout, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    return done.returncode, done.stdout.splitlines()


@pytest.mark.parametrize(
    ("name", "old", "new", "stale", "row"),
    [
        ("tests/harness/binaries.json", '"1.29.5"', '"1.40.0"', "README.md", "1.19.2, 1.40.0, 2."),
        ("tests/matrix.toml", '"3.8" =', '"3.7" =', "README.md", "| 3.7, 3.9, 3.10"),
        (
            "extensions/molecule/platforms.yml",
            "name: Fedora",
            "name: Fodora",
            "README.md",
            "| Fodora | run in the contributors' workflow",
        ),
        (
            "extensions/molecule/platforms.yml",
            "    suite: bullseye\n",
            "",
            "README.md",
            "| Debian 11 | run in the contributors' workflow",
        ),
        (
            "roles/syncthing/defaults/main.yml",
            "channel: stable-v2",
            "channel: next",
            "roles/syncthing/README.md",
            "| `syncthing_apt_channel` | `next` | The channel",
        ),
        (
            "plugins/module_utils/_errors.py",
            'code = "tls"',
            'code = "pin"',
            "plugins/modules/syncthing_identity.py",
            "V(timeout), V(pin), V(api_key)",
        ),
        (
            "tests/tools/returned.yml",
            "The daemon's own reason",
            "What the daemon says",
            "plugins/modules/syncthing_wait.py",
            "What the daemon says",
        ),
        (
            "plugins/module_utils/_schema/tables.py",
            'Field("sendBasicAuthPrompt", "bool", since="1.26.0")',
            'Field("sendBasicAuthPrompt", "bool", since="1.27.0", until="3.0.0")',
            "plugins/doc_fragments/gui.py",
            "\n          - Requires Syncthing 1.27.0 or later. Removed in Syncthing 3.0.0.\n        type: bool\n",
        ),
    ],
)
def test_what_the_documentation_repeats_is_kept_up_to_date(
    checkout: Path, name: str, old: str, new: str, stale: str, row: str
) -> None:
    edit(checkout / name, old, new)
    before = (checkout / stale).read_text()
    status, said = generate(checkout, "--check")
    assert status == 1
    assert f"{stale} is out of date. Run `make format`." in said
    assert (checkout / stale).read_text() == before
    assert generate(checkout) == (0, [])
    assert generate(checkout, "--check") == (0, [])
    assert row in (checkout / stale).read_text()
    assert row not in before


def test_a_new_field_is_two_edits(checkout: Path) -> None:
    edit(
        checkout / "plugins/module_utils/_schema/tables.py",
        '    Field("blockIndexing",',
        '    Field("madeUpS", "int", since="9.0.0"),\n    Field("blockIndexing",',
    )
    edit(
        checkout / "plugins/doc_fragments/folder.py",
        "  block_indexing:\n",
        "  made_up_s:\n    description:\n      - Made up.\n    type: int\n  block_indexing:\n",
    )
    assert generate(checkout) == (0, [])
    module = "community.syncthing.syncthing_folder#module"
    for name, text in {
        "plugins/doc_fragments/folder.py": "- Made up.\n      - Requires Syncthing 9.0.0 or later.\n    type: int\n",
        "plugins/modules/syncthing_folder.py": "made_up_s:\n      description: As O(made_up_s).\n      type: int\n",
        "plugins/filter/fleet.yml": f"made_up_s:\n              description: As O({module}:made_up_s).\n",
    }.items():
        assert text in (checkout / name).read_text()


COMMAND = "plugins/modules/syncthing_command.py"
FOLDER = "plugins/doc_fragments/folder.py"
GROUP = "  group:\n    description:\n      - The group in which this daemon's GUI shows the folder.\n"


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (COMMAND, "# end\n", "", "a generated part has no end."),
        (COMMAND, "generated_docs.py: error", "generated_docs.py: eror", "'eror' is unknown."),
        (FOLDER, "  hashers:\n", "  hasher:\n", "hashers must be described."),
        (
            FOLDER,
            GROUP,
            "  group:\n    description: A group.\n",
            "the description of group must be a list of sentences.",
        ),
    ],
)
def test_what_can_not_be_generated_is_told(checkout: Path, name: str, old: str, new: str, said: str) -> None:
    edit(checkout / name, old, new)
    assert generate(checkout) == (1, [f"{name}: {said}"])


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
