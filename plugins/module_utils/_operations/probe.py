# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""All that decides what is to be done on a host, asked at once. No Ansible in it, and nothing is written.

What can't be found out is None. Whoever acts on it then does the whole of the work, which tells what is wrong.
"""

from __future__ import annotations

import contextlib
import glob
import hashlib
import os
import re
import stat
import typing as t

from .._api import discovery
from .._api.client import SyncthingClient
from .._errors import DiscoveryError, MissingLibrary, SyncthingError
from .._host import accounts
from .._host.files import open_file
from .._host.units import Unit
from .._schema.field import Json
from . import running

_TIMEOUT = 10  # seconds for a request
_LARGEST = 1024 * 1024  # bytes of a file; the role writes no larger one, so what is beyond differs anyway
_LINGERING = "/var/lib/systemd/linger"
_UNIT = ("ActiveState", "UnitFileState", "NeedDaemonReload")


def files(paths: t.Iterable[str], account: accounts.Account | None) -> dict[str, Json | None]:
    """Return checksum and mode by path, read with the rights of the account, so that root follows no link of a user."""
    return {path: _file(path, account) for path in paths}


def _file(path: str, account: accounts.Account | None) -> Json | None:
    own = path.startswith("~/")
    if own and not account:
        return None
    place = account.home + path[1:] if own and account else path
    with contextlib.suppress(OSError), accounts.acting_as(account) if account else contextlib.nullcontext():
        if os.path.islink(place):
            return None
        with open_file(place) as stream:
            mode = f"{stat.S_IMODE(os.fstat(stream.fileno()).st_mode):04o}"
            return {"sha256": hashlib.sha256(stream.read(_LARGEST)).hexdigest(), "mode": mode}
    return None


def unit(name: str, own: bool, account: accounts.Account | None) -> Json | None:
    """Return whether systemd runs this service, and starts it by itself."""
    if own and not account:
        return None
    try:
        shown = Unit(name, own, account.name if account else None).show(_UNIT)
    except DiscoveryError:  # such as a host without systemd
        return None
    active, enabled, reload = (shown.get(key, "") for key in _UNIT)
    # What Podman makes of a quadlet is generated, and started at boot.
    starts = enabled in ("enabled", "generated")
    return {"active": active == "active", "enabled": starts, "needs_reload": reload == "yes"}


def lingers(account: accounts.Account | None) -> bool:
    return account is not None and os.path.exists(os.path.join(_LINGERING, account.name))


def firewall(service: str) -> Json:
    """Return which firewall is active, and what it has of this service; read with the rights of this process."""
    named = re.compile(rf"(?<![\w-]){re.escape(service)}(?![\w-])")
    return {
        "active": next((kind.name for kind in _FIREWALLS if kind.active()), None),
        "definitions": files([kind.path.format(service) for kind in _FIREWALLS], None),
        "allowed": any(named.search(_text(path)) for kind in _FIREWALLS for path in glob.glob(kind.rules)),
    }


class _Firewall(t.NamedTuple):
    name: str
    path: str  # of the definition of a service
    rules: str  # files with what it lets through
    active: t.Callable[[], bool]


def _firewalld_is_active() -> bool:
    if not os.path.isdir("/etc/firewalld"):
        return False
    found = unit("firewalld.service", False, None)
    return bool(found and found["active"])


def _ufw_is_active() -> bool:
    return "ENABLED=yes" in _text("/etc/ufw/ufw.conf").splitlines()


_FIREWALLS = (
    _Firewall("firewalld", "/etc/firewalld/services/{}.xml", "/etc/firewalld/zones/*.xml", _firewalld_is_active),
    _Firewall("ufw", "/etc/ufw/applications.d/{}", "/etc/ufw/user.rules", _ufw_is_active),
)


def _text(path: str) -> str:
    try:
        with open_file(path) as stream:
            return stream.read().decode("utf-8", "replace")
    except OSError:
        return ""


def daemon(config_dir: str, user: str, hide: t.Callable[[str], None]) -> tuple[Json | None, str | None]:
    """Return what the daemon says of itself and its folders, or why it doesn't. ``hide`` gets the API key."""
    try:
        endpoint = discovery.resolve(config_dir=config_dir, user=user)
        hide(endpoint.api_key or "")
        with SyncthingClient(endpoint, timeout=_TIMEOUT, retries=0) as client:
            folders = client.config()["folders"]
            verdict = running.judge(client, folders, deadline=0)
            my_id, version = client.my_id, client.version
    except SyncthingError as exc:
        return None, exc.code
    except MissingLibrary:
        return None, None
    stopped = [one._asdict() for one in verdict.stopped]
    others = {*verdict.starting, *(one["folder"] for one in stopped)}
    found = {
        "my_id": my_id,
        "version": version,
        "stopped": stopped,
        "running": [folder["id"] for folder in folders if folder["id"] not in others],
    }
    return found, None
