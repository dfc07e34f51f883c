# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Make `ansible_collections.community.syncthing` this checkout, wherever it lies."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
NAME = ("ansible_collections", "community", "syncthing")


@functools.cache
def collection_root() -> Path:
    """The folder that holds `ansible_collections`: the checkout's own, or a temporary one that links to it."""
    if CHECKOUT.parts[-3:] == NAME:
        return CHECKOUT.parents[2]
    root = scratch("collection")
    link = root.joinpath(*NAME)
    link.parent.mkdir(parents=True)
    link.symlink_to(CHECKOUT, target_is_directory=True)
    return root


def install_on_path() -> None:
    root = str(collection_root())
    if root not in sys.path:
        sys.path.insert(0, root)


def scratch(label: str) -> Path:
    """A temporary folder of this process, removed when it ends."""
    path = Path(tempfile.mkdtemp(prefix=f"community.syncthing-{label}-"))
    atexit.register(_remove, path, os.getpid())
    return path


def _remove(path: Path, pid: int) -> None:
    if os.getpid() == pid:  # a forked child leaves it to its parent
        shutil.rmtree(path, ignore_errors=True)


def clean_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """An environment without what steers Syncthing or this collection: only a test says where a daemon is."""
    source = os.environ if environment is None else environment
    return {name: value for name, value in source.items() if not name.startswith(("SYNCTHING_", "ST"))}


def child_environment() -> dict[str, str]:
    """For ansible and its like: the collection is found as a collection and as a Python package."""
    root = str(collection_root())
    environment = clean_environment()
    for variable in ("ANSIBLE_COLLECTIONS_PATH", "PYTHONPATH"):
        environment[variable] = os.pathsep.join(filter(None, [root, environment.get(variable)]))
    return environment
