# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Containers with a Syncthing of the tests, and nothing else in them."""

from __future__ import annotations

import os
import re
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from support import Make

from containers import engine, runs
from containers.engine import podman
from harness.binaries import Binary
from harness.cache import Unavailable
from harness.daemon import Daemon


class Prepared(NamedTuple):
    label: str  # by which runs.run finds what is left
    image: str
    daemon: Daemon  # which has its identity and its ports, and was not started

    def run(self, *arguments: str) -> str:
        """Start a container with these options, image and arguments; return its ID when its daemon answers."""
        daemon = self.daemon
        container = podman("run", "--detach", f"--label={self.label}", *arguments)
        daemon.wait_until(lambda: daemon.get("/rest/system/status")["myID"] == daemon.device_id, 60, "its API")
        return container


@contextmanager
def prepared(make_daemon: Make, binary: Binary, folder: Path) -> Iterator[Prepared]:
    """Skip the test where Podman is not to be had; remove the image, and so its containers, at the end."""
    try:
        engine.setup()
    except Unavailable as reason:
        pytest.skip(f"requires Podman: {reason}")
    daemon = make_daemon(start=False)
    daemon._choose_ports()
    with runs.run() as environment:
        image = _image(binary, folder)
        try:
            yield Prepared(f"{runs.MARK}={environment[runs.MARK]}", image, daemon)
        finally:
            podman("rmi", "--force", image)


def _image(binary: Binary, folder: Path) -> str:
    """An image with nothing in it but the program and what it is linked with."""
    needed = subprocess.run(["ldd", binary.path], capture_output=True, text=True, check=False).stdout
    archive = folder / "image.tar"
    with tarfile.open(archive, "w", dereference=True) as tar:
        for library in re.findall(r"(/\S+) \(0x", needed):
            tar.add(library)
        tar.add(binary.path, "/usr/bin/syncthing")
        link = tarfile.TarInfo("/bin")  # which is where upstream's image has it
        link.type, link.linkname = tarfile.SYMTYPE, "usr/bin"
        tar.addfile(link)
    name = f"localhost/syncthing-{os.getpid()}:{binary.version}"
    podman("import", "--quiet", archive, name)
    return name
