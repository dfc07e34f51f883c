# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""The Syncthing that is installed on this host: the program, its version, and where it keeps its configuration."""

from __future__ import annotations

import os
import re
import shutil
import typing as t

from .._api import discovery
from .._errors import DiscoveryError
from .._host import accounts

# The release that first wrote each version of config.xml; none before it can read that one.
# Source: CurrentVersion in lib/config/config.go of each release.
CONFIG_VERSIONS = {
    32: "1.12.0",  # and before
    33: "1.13.0",
    35: "1.14.0",
    36: "1.19.1",
    37: "1.22.0",
    51: "2.0.0",
    52: "2.0.16",
}

# without what a distribution adds to it
RELEASE = re.compile(r"[0-9]+[.][0-9]+[.][0-9]+(?:-(?:rc|beta|alpha)[.][0-9]+)?")
_VERSION = re.compile(f"syncthing v({RELEASE.pattern})")


class Program(t.NamedTuple):
    path: str
    version: str  # such as 1.29.5

    @property
    def key(self) -> tuple[int, ...]:
        return tuple(int(part) for part in re.findall(r"\d+", self.version)[:3])


class Installation(t.NamedTuple):
    """What is on a host. Without the user, nothing is known of directories."""

    account: accounts.Account | None
    program: Program | None
    config_dir: str | None


def find(config_dir: str | None, user: str | None, executable: str, bare: bool) -> Installation:
    """Find all this; ``bare`` if it is not an error that there is no such user yet."""
    try:
        account = accounts.find(user)
    except DiscoveryError:
        if not bare:
            raise
        return Installation(None, find_program(executable, accounts.find(None)), config_dir)
    program = find_program(executable, account)
    return Installation(account, program, _config_dir(config_dir, user, account, program))


def find_program(executable: str, account: accounts.Account) -> Program | None:
    """Return the program of this name or path, asked for its version with the account's rights."""
    if "/" not in executable:
        path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/bin"])
        found = shutil.which(executable, path=path)
    else:
        if executable.startswith("~/"):
            executable = account.home + executable[1:]
        found = executable if os.path.exists(executable) else None
    if not found:
        return None
    found = os.path.abspath(found)
    match = _VERSION.match(accounts.run(account, [found, "--version"]))
    if not match:
        raise DiscoveryError(f"executable: {found} is not Syncthing.")
    return Program(found, match.group(1))


def _config_dir(given: str | None, user: str | None, account: accounts.Account, program: Program | None) -> str:
    """Return the directory with the user's config.xml; where there is none, the one that this program would make."""
    if given:
        return os.path.abspath(given)
    folders = discovery.candidates(user, os.environ)
    with accounts.acting_as(account):
        for folder in folders:
            if os.path.lexists(os.path.join(folder, "config.xml")):
                return folder
    return discovery.default(user, os.environ, not program or program.key >= (1, 27))


def first_release(config_version: int) -> str:
    """Return the first release that can read a config.xml of this version.

    Of a version that is newer than this collection, that is the newest release that it knows of: none before it can.
    """
    return next(
        (release for known, release in CONFIG_VERSIONS.items() if config_version <= known),
        CONFIG_VERSIONS[max(CONFIG_VERSIONS)],
    )
