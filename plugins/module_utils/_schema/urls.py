# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""The address of an API, parsed once.

The grammar is the part of RFC 3986 that every parser reads alike: urllib3, which connects, urllib and the system's
resolver. Whatever two of them could take for different hosts is refused.
"""

from __future__ import annotations

import ipaddress
import re
import typing as t

from .._errors import InvalidInput
from .field import SET

PORTS = {"http": 80, "https": 443}

_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_HTTP = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|" + rf"{_LABEL}(\.{_LABEL})*\.?)" + r"(:(?P<port>[1-9][0-9]{0,4}))?"
)
_PATH = re.compile(r"(/([A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})+)*\Z")
_ADDRESS = re.compile(r"([0-9]+|0x[0-9a-f]*)\.?\Z")  # the last label of what a resolver may take for an IPv4 address
_UNIX = "unix://"
# What a relay knows its users by; not what is shown in its place.
_TOKEN = re.compile(r"((?:relay|dynamic\+https?)://\S*?[?&]token=)(?!\(set)([^&#\s]+)")


class Url(t.NamedTuple):
    """``host`` is in lower case and without brackets; for a UNIX socket it is empty and ``path`` is the socket's."""

    scheme: str
    host: str
    port: int
    path: str

    def __str__(self) -> str:
        if self.scheme == "unix":
            return _UNIX + self.path
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}{port}{self.path}"

    @property
    def is_local(self) -> bool:
        """Whether this can only mean a daemon on this host, whatever a resolver or another host says."""
        if self.scheme == "unix" or self.host == "localhost":
            return True
        address = _address(self.host)
        # IPv4 addresses inside IPv6 are loopback to some releases of Python only.
        return address is not None and address.is_loopback and (address.version == 4 or address == _LOOPBACK_6)


_Address = t.Union[ipaddress.IPv4Address, ipaddress.IPv6Address]
_LOOPBACK_6 = ipaddress.IPv6Address("::1")


def _address(host: str) -> _Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def token(text: str) -> str:
    """Return the token in the URL of a relay, which is secret; empty if there is none."""
    match = _TOKEN.search(text)
    return match.group(2) if match else ""


def without_token(text: str, mark: str = SET) -> str:
    """Return this as people may see it."""
    return _TOKEN.sub(r"\1" + mark, text) if "token=" in text else text


def looks_like_address(host: str) -> bool:
    """Whether a resolver may take this for an IP address instead of asking for a name, as in ``127.1``."""
    return _ADDRESS.match(host.rpartition(".")[2] or host.rstrip(".").rpartition(".")[2]) is not None


def parse(text: str, option: str = "api_url") -> Url:
    """Return the parts of an API's address; raises InvalidInput for one that can't be used."""
    # The address is never quoted: a password may be in it.
    wrong = InvalidInput(
        f"{option} must look like http://127.0.0.1:8384, https://host:8384 or unix:///path/of/socket, with no user "
        "name, password, query or fragment, and with a host in ASCII: a name, an IPv4 address with four decimal "
        "numbers, or an IPv6 address in brackets and without a zone."
    )
    if text.startswith(_UNIX + "/") and len(text) > len(_UNIX) + 1:
        path = text[len(_UNIX) :]
        if not path.isprintable():
            raise wrong
        return Url("unix", "", 0, path)
    scheme, separator, rest = text.partition("://")
    authority, slash, path = rest.partition("/")
    match = _HTTP.match((scheme + separator + authority).lower())
    path = (slash + path).rstrip("/")
    if not match or match.end() != len(scheme + separator + authority) or not _PATH.match(path):
        raise wrong
    host = match.group("host").strip("[]")
    port = int(match.group("port") or PORTS[match.group("scheme")])
    address = _address(host)
    if match.group("host").startswith("["):
        usable = address is not None and address.version == 6
    else:
        # Older releases of Python take 0177.0.0.1 for 177.0.0.1, and most resolvers for 127.0.0.1.
        usable = str(address) == host if address else not looks_like_address(host)
    if not usable:
        raise wrong
    if port > 65535 or len(host) > 253 or {".", ".."} & set(path.replace("%2e", ".").replace("%2E", ".").split("/")):
        raise wrong
    return Url(match.group("scheme"), host, port, path)
