# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""What may be in a field, where its type does not say it. Pure.

Each check returns what is wrong with a value, as the rest of a sentence that begins with the option, or None. Syncthing
itself accepts almost anything and then ignores it, falls back to a default, or stops. Source of the grammars:
``lib/connections``, ``lib/discover``, ``lib/stun``, ``lib/beacon`` and ``lib/api`` of Syncthing 1.12.0 to 2.1.3.
"""

from __future__ import annotations

import datetime
import ipaddress
import re
import shlex
import typing as t
from urllib.parse import parse_qs

from .._errors import InvalidInput
from . import device_ids

Problem = t.Optional[str]
Check = t.Callable[[t.Any], Problem]

PORT = 65535
# Go's int has 32 bits on the 32-bit systems that Syncthing supports. No field has a meaning beyond that.
INT = 2**31 - 1
YEAR = 365 * 24 * 3600  # the daemon's own limit for intervals in seconds
# Go's durations end after 292 years; what is longer becomes negative, and the daemon no longer waits at all.
CENTURY_S = 100 * YEAR
CENTURY_M = CENTURY_S // 60
CENTURY_H = CENTURY_M // 60
CENTURY_D = CENTURY_H // 24
# Each one is a thread with buffers of its own. Much more ends in a daemon that is out of memory.
THREADS = 1024

_NAME = r"[^\s/?#@\[\]:\\%<>\"^`{|}\x00-\x1f\x7f]*"
_HOST_PORT = re.compile(rf"(?P<host>\[[^\[\]/?#@\\\s]*\]|{_NAME})(?P<colon>:(?P<port>\d*))?\Z", re.ASCII)
_URL = re.compile(r"(?P<scheme>[a-z][a-z0-9+]*)://(?P<place>[^/?#]*)(?P<path>/[^?#\s]*)?(\?(?P<query>[^#\s]*))?\Z")
_OCTAL = re.compile(r"0?[0-7]{3}\Z")
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)\Z", re.ASCII)
HEADER_CHARACTERS = 4096  # fewer than any server or proxy takes
_SOCKET_PATH_BYTES = 107  # what the kernel allows
_PASSWORD_BYTES = 72  # what bcrypt allows


def number(low: float, high: float) -> Check:
    """Return a check that a number is in this range."""

    def check(value: t.Any) -> Problem:
        if low <= value <= high:
            return None
        if value < low:
            return f"must be at least {low}; it is {value}"
        return f"must be at most {high}; it is {value}"

    return check


def host_port(text: str, host: bool = True, port: bool = False, lowest_port: int = 1, families: str = "46") -> Problem:
    """Say what is wrong with ``host:port``. ``host`` and ``port`` tell whether each is required."""
    match = _HOST_PORT.match(text)
    if not match:
        return (
            "is not a host and a port: an IPv6 address must be in brackets"
            if text.count(":") > 1
            else ("is not a host and a port")
        )
    if host and match["host"] in ("", "[]"):
        return "has no host"
    if match["port"] and not lowest_port <= int(match["port"][:6]) <= PORT:
        return f"has a port that is not from {lowest_port} to {PORT}"
    if port and not match["port"]:
        return "has no port"
    return _host(match["host"], families)


def _host(host: str, families: str) -> Problem:
    if host.startswith("["):
        try:
            address = ipaddress.IPv6Address(host[1:-1].partition("%")[0])
        except ValueError:
            return "has brackets around something that is not an IPv6 address"
        if "%" in host and not re.search(r"%25[^%]+\]", host):
            return "must have %25 in front of the zone of the IPv6 address"
        return None if "6" in families else f"has the IPv6 address {address}, which does not fit its scheme"
    if re.match(r"\d+(\.\d+){3}\Z", host, re.ASCII):
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            return "has an IP address that does not exist"
        return None if "4" in families else "has an IPv4 address, which does not fit its scheme"
    if len(host) > 253 or any(not 0 < len(label) < 64 for label in host.rstrip(".").split(".") if host):
        return "has a host name that cannot exist"
    return None


def _listed(valid: t.Callable[[str], Problem], advice: str) -> Check:
    """Return a check of a list that names the first element that ``valid`` objects to."""

    def check(values: t.Sequence[str]) -> Problem:
        for value in values:
            problem = valid(value)
            if problem:
                return f"has {value!r}, which {problem}. {advice}"
        return None

    return check


def _connection_url(value: str, schemes: t.Sequence[str], listens: bool) -> Problem:
    match = _URL.match(value)
    if not match or match["scheme"] not in schemes:
        return "is not an address that Syncthing can use"
    scheme = match["scheme"]
    if scheme == "relay" or scheme.startswith("dynamic+"):
        return host_port(match["place"])
    if match["query"] is not None or (match["path"] or "/") != "/":
        return "has something behind the port"
    family = scheme[-1] if scheme[-1] in "46" else "46"
    return host_port(match["place"], host=not listens, lowest_port=0 if listens else 1, families=family)


_DIRECT = ("tcp", "tcp4", "tcp6", "quic", "quic4", "quic6")


def _device_address(value: str) -> Problem:
    return None if value == "dynamic" else _connection_url(value, (*_DIRECT, "relay"), False)


def _listen_address(value: str) -> Problem:
    if value == "default":
        return None
    return _connection_url(value, (*_DIRECT, "relay", "dynamic+http", "dynamic+https"), True)


def _discovery_server(value: str) -> Problem:
    if value in ("default", "default-v4", "default-v6"):
        return None
    match = _URL.match(value)
    if not match or match["scheme"] not in ("http", "https"):
        return "is not a URL of a discovery server"
    query = parse_qs(match["query"] or "", keep_blank_values=True)

    def is_set(name: str) -> bool:
        return name in query and query[name][0] != "false"

    if "id" in query:
        try:
            device_ids.normalise(query["id"][0])
        except InvalidInput as exc:
            return f"has a wrong id: {exc}"
    if match["scheme"] == "http" and not (is_set("noannounce") and ("id" in query or is_set("insecure"))):
        return "uses http, which Syncthing allows with ?insecure&noannounce only"
    return host_port(match["place"])


def _stun_server(value: str) -> Problem:
    return None if value == "default" else host_port(value, port=True)


def _network(value: str) -> Problem:
    network = value[1:] if value.startswith("!") else value  # "!" excludes
    try:
        length = ipaddress.ip_network(network, strict=False).prefixlen
    except ValueError:
        return "is not a network"
    return None if "/" in network else f"Syncthing ignores without a prefix length, as in '{value}/{length}'"


addresses = _listed(
    _device_address,
    "Use 'dynamic', or a URL such as 'tcp://host:22000', 'quic://host:22000' or 'relay://host:22067/?id=...'",
)
networks = _listed(_network, "Use the form '192.168.0.0/16' or 'fd00::/8'")
_listeners = _listed(
    _listen_address, "Use 'default', or a URL such as 'tcp://0.0.0.0:22000', 'quic://:22000' or 'relay://host:22067'"
)
_discovery_servers = _listed(_discovery_server, "Use 'default', or a URL such as 'https://host:8443/?id=DEVICE-ID'")
_stun_servers = _listed(_stun_server, "Use 'default', or a host and a port such as 'stun.example.com:3478'")


def listen_addresses(values: t.Sequence[str]) -> Problem:
    if not values:
        return "must not be empty, which Syncthing changes to 'default' at its next start"
    if list(values) == [""]:
        return None  # Syncthing's own way to say that it must not listen
    return _listeners(values)


def _not_empty(check: Check, switch: str) -> Check:
    def checked(values: t.Sequence[str]) -> Problem:
        if not values:
            return f"must not be empty, which Syncthing changes to 'default' at its next start. Set {switch} to false"
        return check(values)

    return checked


discovery_servers = _not_empty(_discovery_servers, "global_announce_enabled")
stun_servers = _not_empty(_stun_servers, "nat_enabled")


def no_empty_element(values: t.Sequence[str]) -> Problem:
    return None if all(values) else "has an empty element"


def multicast_address(value: str) -> Problem:
    match = _HOST_PORT.match(value)
    try:
        address = ipaddress.IPv6Address(match["host"][1:-1].partition("%")[0]) if match and match["port"] else None
    except ValueError:
        address = None
    if address and address.is_multicast and not host_port(value):
        return None
    return f"must be an IPv6 multicast address and a port such as '[ff12::8384]:21027'; it is {value!r}"


def web_url(value: str) -> Problem:
    """An empty string turns the feature off."""
    match = _URL.match(value)
    if not value or (match and match["scheme"] in ("http", "https") and not host_port(match["place"])):
        return None
    return f"must be a URL such as 'https://host/path', or '' for none; it is {value!r}"


def host_and_port(value: str) -> Problem:
    problem = host_port(value, port=True) if value else None
    return problem and f"must be a host and a port such as 'host.example:389'; {value!r} {problem}"


def gui_address(value: str) -> Problem:
    if value.startswith("/"):
        if len(value) > 1 and len(value.encode("utf-8")) <= _SOCKET_PATH_BYTES:
            return None
        return f"must be the path of a UNIX socket with at most {_SOCKET_PATH_BYTES} bytes; it is {value!r}"
    problem = host_port(value, host=False, port=True)
    return problem and (
        f"must be host:port, such as 127.0.0.1:8384, or the absolute path of a UNIX socket; {value!r} {problem}"
    )


def octal_mode(value: str) -> Problem:
    if not value or _OCTAL.match(value):
        return None
    return f"must be an octal mode in quotes, such as '0770'; it is {value!r}"


def enabled(value: bool) -> Problem:
    return None if value else "must not be false: without the GUI's listener there is no REST API, and no way back"


def user(value: str) -> Problem:
    return "must not have a colon, which ends the name in a login" if ":" in value else None


def password(value: str) -> Problem:
    if not value:
        return "must not be empty, which Syncthing takes for a password: to turn the login off, set user to ''"
    if len(value.encode("utf-8")) > _PASSWORD_BYTES:
        return f"must not be longer than {_PASSWORD_BYTES} bytes, the limit of bcrypt"
    return None


def header(value: str) -> Problem:
    """Whether this can be in an HTTP header as it is. The value is secret."""
    if not value:
        return "must not be empty"
    if len(value) > HEADER_CHARACTERS:
        return f"must not be longer than {HEADER_CHARACTERS} characters"
    if not value.isprintable() or not value.isascii() or value != value.strip():
        return "must have printable ASCII characters only, and no blanks around it"
    return None


def path(value: str) -> Problem:
    if re.match(r"[/\\]|~([/\\]|\Z)|[A-Za-z]:[/\\]", value):
        return None
    return f"must be an absolute path, or begin with ~ for the home of the daemon's user; it is {value!r}"


EXAMPLE_PATHS = ("/srv/documents", "C:\\Documents")


def looks_like_windows(value: str) -> bool:
    return bool(re.match(r"~?\\|[A-Za-z]:[/\\]", value))


def foreign_path(value: str, system: str) -> bool:
    """Whether a path is absolute on another system than this one."""
    return looks_like_windows(value) if system != "windows" else value.startswith("/")


def marker_name(value: str) -> Problem:
    if value.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", value):
        return f"must be a path inside the folder; it is {value!r}"
    return None


def size_unit(value: str) -> Problem:
    if value == "" or re.match(r"%\Z|[kKmMgGtT]B?\Z", value):
        return None
    return f"must be one of '%', 'kB', 'MB', 'GB', 'TB' or '' for bytes; it is {value!r}"


def size(value: t.Mapping[str, t.Any]) -> Problem:
    """``value`` and ``unit`` together. What never is free would stop the folder for good."""
    amount, unit = value.get("value") or 0, value.get("unit") or ""
    if unit == "%":
        return None if amount < 100 else f"must be less than 100 %; it is {amount} %"
    factor = 1000 ** " kmgt".index(unit[:1].lower() or " ")
    return None if amount * factor < 2**63 else f"must be less than 8 EiB; it is {amount} {unit}"


def weak_hash(value: int) -> Problem:
    return None if value else "must not be 0, which Syncthing turns into 25: write -1 for always or 101 for never"


def command(value: str) -> Problem:
    try:
        words = shlex.split(value)
    except ValueError:
        return "has a quotation mark that is not closed"
    return None if words else "must not be empty"


def timestamp(value: str) -> Problem:
    match = _TIME.match(value)
    try:
        if match and datetime.datetime.strptime(match.group(1), "%Y-%m-%dT%H:%M:%S"):
            return None
    except ValueError:
        pass
    return f"must be a time such as '2026-01-31T12:00:00Z', in quotes; it is {value!r}"


# -- what the daemon makes of a value


def canonical_timestamp(value: str) -> str:
    match = _TIME.match(value)
    if not match:
        return value  # which is refused
    fraction = (match.group(2) or "").rstrip("0")
    zone = "Z" if match.group(3) in ("+00:00", "-00:00") else match.group(3)
    return match.group(1) + ("." + fraction if fraction else "") + zone
