# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: used by this collection only; it may change in any release.

"""What the role refuses before it changes anything, in sentences that say what to do next."""

from __future__ import annotations

import re
import typing as t

from ansible.module_utils.compat.version import LooseVersion
from ansible.module_utils.parsing.convert_bool import boolean

from ..module_utils._errors import InvalidInput
from ..module_utils._schema import device_ids
from ..module_utils._setup import identity
from ..module_utils._setup.installation import RELEASE
from . import _role_settings, _service
from ._role_settings import Json


def is_older(version: str, other: str | None) -> bool:
    return other is not None and bool(version) and LooseVersion(version) < LooseVersion(other)


def refusals(told: Json, before: Json, plan: Json, told_id: str, check_mode: bool) -> t.Iterator[str]:
    """Yield what is refused of variables of the right types. ``told_id`` is the device ID that a user has set."""
    yield from _gui(told, plan)
    yield from _service.complaints(_of_the_service(told, before, plan))
    yield from missing_features(told, _version(before, plan))
    if told["open_ports"] and before["login"] != "root":
        yield (
            f"syncthing_open_ports requires root, and the role runs as {before['login']}. Set become to true, or open "
            "the ports in another way."
        )
    if told["private_key"] and not told["certificate"]:
        yield "syncthing_private_key is set without syncthing_certificate. Set both."
    wrong = wrong_identity(told["certificate"], told["private_key"]) if told["certificate"] else ""
    yield from [wrong] * bool(wrong)
    yield from _software(told, before, plan, check_mode)
    if told_id:
        yield from _device_id(told, before, told_id)


def _gui(told: Json, plan: Json) -> t.Iterator[str]:
    address, is_local = plan["gui_address"], plan["gui_is_local"]
    if not (is_local or plan["gui_login"] or told["allow_open_gui"]):
        yield (
            f"The GUI would listen on {address}, where other hosts reach it, without a password. Set "
            "syncthing_gui_user and syncthing_gui_password, or an address such as 127.0.0.1:8384 in "
            "syncthing_gui_address, or syncthing_allow_open_gui if something else keeps others out."
        )
    if not is_local and boolean(_role_settings.gui(told).get("metrics_without_auth"), strict=False):
        yield (
            "metrics_without_auth would show the names of devices and folders to everyone who can connect to "
            f"{address}. Set syncthing_gui_address to an address such as 127.0.0.1:8384, or set "
            "syncthing_gui_metrics_without_auth to false and let Prometheus send the API key."
        )
    if bool(told["gui_user"]) != bool(told["gui_password"] or told["gui_password_file"]):
        yield "syncthing_gui_user and syncthing_gui_password belong together. Set both or neither."


def _of_the_service(told: Json, before: Json, plan: Json) -> Json:
    if not plan["contained"]:
        return {name: value for name, value in told.items() if not name.startswith("container_")}
    paths = _role_settings.container_paths(_role_settings.directory(told, plan, before), plan)
    return {**told, "container_paths": paths}


def _version(before: Json, plan: Json) -> str:
    """Of packages that are not installed yet, the version is known when they are."""
    if plan["chosen"]:
        return str(plan["version"])
    return "" if plan["packaged"] and "packages" in plan["install_steps"] else before["version"] or ""


def missing_features(told: Json, version: str) -> t.Iterator[str]:
    if told["log_level"] and is_older(version, "2.0.0"):
        yield f"syncthing_log_level requires Syncthing 2.0.0 or later, and this host has {version}."
    if re.match("https?:", told["proxy"]) and is_older(version, "2.1.0"):
        yield (
            f"A proxy with {told['proxy'].partition(':')[0]} in syncthing_proxy requires Syncthing 2.1.0 or later, and "
            f"this host has {version}."
        )


def _software(told: Json, before: Json, plan: Json, check_mode: bool) -> t.Iterator[str]:
    method, version = plan["method"], plan["version"]
    is_release = RELEASE.fullmatch(version)
    if method == "archive":
        sums = _role_settings.checksum(told, plan["architecture"], "https://")
        is_sum = re.match(r"sha256:(?:[0-9a-fA-F]{64}$|[a-z]+://)", sums)
        if not (RELEASE.match(version) and plan["architecture"] and is_sum):
            known = "known" if plan["architecture"] else "unknown: set syncthing_architecture"
            yield (
                "For the archive, syncthing_version must be a version such as 2.0.10, and syncthing_archive_checksum "
                f'the SHA-256 of {plan["archive"]}.tar.gz, or "release" to trust the list of checksums beside it. The '
                f"architecture {before['architecture']} is {known}."
            )
    if method == "container" and not is_release:
        yield "For a container, syncthing_version must be a version such as 2.0.10, which is the tag of the image."
    if method == "none" and before["executable"] is None and not check_mode:
        yield (
            f"{plan['executable']} was not found. With syncthing_install_method none, install Syncthing first, or set "
            "syncthing_executable to its path."
        )
    if plan["chosen"] and is_release:
        yield from too_old(version, before)


def too_old(version: str, before: Json) -> t.Iterator[str]:
    """Yield why a version must not be installed."""
    if is_older(version, before["minimum_version"]):
        yield (
            f"{before['config_dir']} was written by Syncthing {before['minimum_version']} or later, and {version}, "
            "which would be installed, can't read it. Nothing was touched. Install a newer one with another "
            "syncthing_install_method or syncthing_version, or bring back an older configuration from a backup."
        )


def wrong_program(after: Json, before: Json, plan: Json, told: Json) -> t.Iterator[str]:
    """Yield why what was installed can't be used."""
    version = after["version"] or ""
    if after["executable"] is None:
        yield f"{plan['executable']} was not found. Install Syncthing first, or set syncthing_executable to its path."
    elif is_older(version, before["minimum_version"]):
        yield (
            f"Syncthing {version} is installed, but {before['config_dir']} was written by "
            f"{before['minimum_version']} or later, which it cannot read. The service was not restarted and the "
            "configuration not touched. Install a newer one with another syncthing_install_method."
        )
    else:
        yield from missing_features(told, version)


def wrong_identity(certificate: str, private_key: str, prefix: str = "syncthing_") -> str:
    """The module says the same, but is not run on a host that has this identity already."""
    try:
        identity.given(certificate, private_key)
    except InvalidInput as exc:
        return f"{prefix}certificate and {prefix}private_key: {exc}"
    return ""


def _device_id(told: Json, before: Json, told_id: str) -> t.Iterator[str]:
    try:
        planned = device_ids.from_certificate(told["certificate"]) if told["certificate"] else before["device_id"] or ""
    except InvalidInput:  # which is told already
        return
    try:
        differs = device_ids.normalise(told_id) != planned
    except InvalidInput as exc:
        yield f"syncthing_device_id: {exc}"
        return
    if differs:
        has = (
            f"has the identity of {planned}" if planned else "has no identity yet, and a new one would have another ID"
        )
        yield (
            f"syncthing_device_id is {told_id}, but this host {has}. Correct syncthing_device_id, or remove it, or set "
            "syncthing_certificate and syncthing_private_key to those of this ID."
        )
