# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: used by this collection only; it may change in any release.

"""The variables for the service of a daemon: what is wrong with them, and which ports the daemon listens on."""

from __future__ import annotations

import ipaddress
import posixpath
import re
import typing as t

from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.community.syncthing.plugins.module_utils._api import discovery

# What the role or the modules could not follow, and the variable for it.
_ENVIRONMENT = {
    "STGUIAPIKEY": "syncthing_api_key",
    "STGUIADDRESS": "syncthing_gui_address",
    "STHOMEDIR": "syncthing_config_dir",
    "STCONFDIR": "syncthing_config_dir",
    "STDATADIR": "syncthing_database_dir",
}
_ARGUMENTS = {
    "gui-apikey": "syncthing_api_key",
    "gui-address": "syncthing_gui_address",
    "home": "syncthing_config_dir",
    "config": "syncthing_config_dir",
    "data": "syncthing_database_dir",
    "log-level": "syncthing_log_level",
}
_SHORT = {"H": "home", "C": "config", "D": "data"}
_EXCLUSIVE = ("gui_password", "api_key")
_PATHS = ("database_dir", "environment_file", "gui_password_file", "api_key_file")
# What stands alone on a line of a unit file. Directory services have names with blanks and backslashes.
_NAMES = {
    "user": (re.compile(r"[^\x00-\x1f\x7f:/]+\Z"), "a user"),
    "group": (re.compile(r"[^\x00-\x1f\x7f:/]+\Z"), "a group"),
    "service_name": (re.compile(r"[A-Za-z0-9:_.\\@-]+\Z"), "a service"),
}
# A registry may have a port; a tag or a digest is another thing.
_IMAGE = re.compile(r"(?:(?:[\w.-]+|\[[\da-fA-F:]+\])(?::\d+)?/)?[\w.-]+(?:/[\w.-]+)*\Z", re.ASCII)
_OPTIONS = re.compile(r"[!-9;-\[\]-~]+\Z")  # no blanks, colons or backslashes
_PROXY = re.compile(r"(socks|socks5h?|https?)://[^/\s]+\Z")
_PASSWORD = re.compile(r"://[^/@\s]*:[^/@\s]*@")
_READABLE = (
    " contains a password, which all users of the host could read. Set ALL_PROXY in a file that only root can read, "
    "and syncthing_environment_file to its path."
)


def complaints(variables: t.Mapping[str, t.Any]) -> t.Iterator[str]:
    """Yield a sentence for each value that can't be meant. Names are without ``syncthing_``; empty means unset."""
    for name, value in (variables.get("environment") or {}).items():
        yield from _environment(str(name), value)
    for number, argument in enumerate(variables.get("extra_arguments") or []):
        yield from _argument(f"syncthing_extra_arguments[{number}]", argument)
    for name, value in (variables.get("service_settings") or {}).items():
        place = f"syncthing_service_settings.{name}"
        if not re.match(r"[A-Za-z][A-Za-z0-9]*\Z", str(name)):
            yield f"{place}: {name!r} is not the name of a setting of systemd, such as MemoryMax."
        elif any(_is_no_text(line) or _runs_on(line) for line in (value if isinstance(value, list) else [value])):
            yield (
                f"{place} must be a string or number without line breaks and without a backslash at the end, or a list "
                "of them."
            )
    proxy = str(variables.get("proxy") or "")
    if _PASSWORD.search(proxy):
        yield "syncthing_proxy" + _READABLE
    elif proxy and not _PROXY.match(proxy):
        # without the value, in which a password may stand in a way that is not recognized
        yield "syncthing_proxy must be a URL such as socks5://proxy.example.com:1080."
    for name in _PATHS:
        path = str(variables.get(name) or "")
        home = name == "database_dir" and path.startswith("~/")
        if path and (not (path.startswith("/") or home) or _runs_on(path)):
            yield f"syncthing_{name} is {path!r}. It must be an absolute path on the host."
    for name in _EXCLUSIVE:
        if variables.get(name) and variables.get(name + "_file"):
            yield f"syncthing_{name} and syncthing_{name}_file are both set. Set only one of them."
    for name, (pattern, kind) in _NAMES.items():
        value = str(variables.get(name) or "")
        if value and not pattern.match(value):
            yield f"syncthing_{name} is {value!r}, which is not the name of {kind}."
    yield from _container(variables)


def _container(variables: t.Mapping[str, t.Any]) -> t.Iterator[str]:
    image = variables.get("container_image")
    if image and not _IMAGE.match(str(image)):
        yield (
            f"syncthing_container_image is {image!r}. It must be the name of an image without a tag or digest, such as "
            "docker.io/syncthing/syncthing. The tag is syncthing_version."
        )
    paths = variables.get("container_paths") or []
    taken = {posixpath.normpath(path) for path in paths}
    for number, volume in enumerate(variables.get("container_volumes") or []):
        place = f"syncthing_container_volumes[{number}] is {volume!r}"
        source, _colon, rest = volume.partition(":") if isinstance(volume, str) else ("", "", "")
        target, colon, options = rest.partition(":")
        if not (_is_mountable(source) and _is_mountable(target) and bool(colon) == bool(_OPTIONS.match(options))):
            yield (
                f"{place}. It must be a volume such as /srv/media:/srv/media or /srv/media:/srv/media:ro, with two "
                "absolute paths."
            )
        elif posixpath.normpath(target) in taken:
            yield f"{place}, but there is already a volume for {target}. Remove one of them."
        taken.add(posixpath.normpath(target))
    for path in paths:
        if not _is_mountable(path):
            yield (
                f"{path!r} can't be a volume of the container. With syncthing_install_method container, directories "
                "of the configuration, the database and folders must be absolute paths without a colon, without "
                "line breaks, and without a blank or a backslash at the end."
            )


def _is_mountable(path: str) -> bool:
    return path.startswith("/") and ":" not in path and path == path.rstrip() and not _runs_on(path)


def _environment(name: str, value: t.Any) -> t.Iterator[str]:
    place = f"syncthing_environment.{name}"
    if not re.match(r"[A-Za-z_][A-Za-z0-9_]*\Z", name):
        yield f"{place}: {name!r} is not the name of an environment variable."
    elif name in _ENVIRONMENT:
        yield f"{place} is not allowed, because the role has {_ENVIRONMENT[name]} for it. Set that instead."
    elif _is_no_text(value) or isinstance(value, bool):
        yield f"{place} must be a string: put it in quotes."
    elif _breaks(value):
        yield f"{place} must not contain a line break."
    elif _PASSWORD.search(str(value)):
        yield place + _READABLE


def _argument(place: str, argument: t.Any) -> t.Iterator[str]:
    if not isinstance(argument, str) or not argument or _breaks(argument):
        yield f"{place} must be a string without line breaks."
        return
    flag = argument.partition("=")[0]
    name = flag.lstrip("-")
    if flag[:1] == "-" and flag[:2] != "--" and name[:1] in _SHORT:
        name = _SHORT[name[0]]
    if flag.startswith("-") and name in _ARGUMENTS:
        yield (
            f"{place} is --{name}, which is not allowed, because the role has {_ARGUMENTS[name]} for it. Set that "
            "instead."
        )


def _is_no_text(value: t.Any) -> bool:
    return value is None or isinstance(value, (dict, list))


def _breaks(value: t.Any) -> bool:
    return any(ord(letter) < 32 or ord(letter) == 127 for letter in str(value))


def _runs_on(value: t.Any) -> bool:
    """A backslash at the end of a line of a unit file joins it with the next one."""
    return _breaks(value) or str(value).endswith("\\")


def quote(value: str) -> str:
    """Return a word of a unit file that systemd reads as this text."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%") + '"'


# -- ports


def ports(options: t.Mapping[str, t.Any], gui_address: str, found: t.Mapping[str, t.Any]) -> list[str]:
    """Return ports that other hosts reach, such as 22000/tcp. What is not declared is as found, or Syncthing's own."""
    addresses = options.get("listen_addresses") or found.get("listen_addresses") or ["default"]
    listed = addresses if isinstance(addresses, list) else str(addresses).split(",")
    opened = {port for address in listed for port in _listener(str(address).strip())}
    announces = options.get("local_announce_enabled")
    if announces in (None, ""):
        announces = found.get("local_announce_enabled", True)
    if boolean(announces, strict=False):
        opened.add(f"{options.get('local_announce_port') or found.get('local_announce_port') or 21027}/udp")
    gui = gui_address or found.get("gui_address") or "127.0.0.1:8384"
    number = gui.rpartition(":")[2]
    if not discovery.listens_locally(gui) and number.isdigit():
        opened.add(f"{number}/tcp")
    return sorted(port for port in opened if not port.startswith("0/"))


def _listener(address: str) -> list[str]:
    if address == "default":
        return ["22000/tcp", "22000/udp"]
    match = re.match(r"(tcp|quic)[46]?://(.*?)(?::(\d*))?(?:[/?].*)?\Z", address)
    if not match or _is_loopback(match[2].strip("[]")):  # or a relay, which the daemon connects to
        return []
    return [f"{match[3] or 22000}/{'tcp' if match[1] == 'tcp' else 'udp'}"]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
