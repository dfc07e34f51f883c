# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""What is known of an installation without asking a daemon, as the modules return it. No Ansible in it."""

from __future__ import annotations

import contextlib
import importlib.util
import os

from .. import _errors as errors
from .._api import discovery
from .._host import accounts
from .._schema.field import Json
from . import identity
from .installation import CONFIG_VERSIONS, Installation, first_release


def listening(installation: Installation) -> Json | None:
    """Return where the daemon listens as far as config.xml tells; None if there is none that can be read."""
    config = _config(installation)
    return config and {
        "listen_addresses": list(config.listen_addresses),
        "local_announce_enabled": config.announces,
        "local_announce_port": config.announce_port,
        "gui_address": config.address,
    }


def _config(installation: Installation) -> discovery.ConfigFile | None:
    account, _program, config_dir = installation
    if account and config_dir:
        with accounts.acting_as(account), contextlib.suppress(errors.DiscoveryError):
            return discovery.read(os.path.join(config_dir, "config.xml"))
    return None


def describe(installation: Installation) -> tuple[Json, list[str]]:
    """Return the results, and what to warn of."""
    account, program, config_dir = installation
    pair = None
    unfinished = False
    if account and config_dir:
        found = identity.look(config_dir, account)
        pair, unfinished = found.pair, found.unfinished or found.exposed
    config = _config(installation)
    version = config and config.config_version
    newest = max(CONFIG_VERSIONS)
    warnings = []
    if version is not None and version > newest:
        warnings.append(
            f"{config_dir}/config.xml has version {version}, and this collection knows versions up to {newest}. "
            "Whether the installed Syncthing can read it is left to Syncthing."
        )
    results = {
        "executable": program and program.path,
        "version": program and program.version,
        "config_dir": config_dir,
        "config_version": version,
        "minimum_version": None if version is None else first_release(version),
        "device_id": pair and pair.device_id,
        "folders": list(config.folders) if config else [],
        "requests": importlib.util.find_spec("requests") is not None,
        "home": account and account.home,
    }
    return dict(results, identity_unfinished=unfinished), warnings
