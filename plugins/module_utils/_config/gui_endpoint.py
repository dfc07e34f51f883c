# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Where the API is after the GUI's address, TLS setting or key changed."""

from __future__ import annotations

import errno
import os
import socket
import stat

from .._api.discovery import Endpoint, gui_url
from .._errors import InvalidInput
from .._schema import urls
from .._schema.field import Json


def moved(endpoint: Endpoint, before: Json, after: Json, overridden: bool) -> Endpoint:
    """Return the endpoint under the new GUI section; the same one where nothing of it matters to the client.

    ``overridden``: the daemon was started with --gui-address and listens there whatever its configuration says.
    """
    if endpoint.api_key == before["apiKey"]:
        endpoint = endpoint._replace(api_key=after["apiKey"])
    if overridden or (after["address"], after["useTLS"]) == (before["address"], before["useTLS"]):
        return endpoint
    old, new = (gui_url(_seen(endpoint, gui["address"]), gui["useTLS"]) for gui in (before, after))
    ours = urls.parse(endpoint.url)
    if ours == old or endpoint.source != "api_url":
        return endpoint._replace(url=str(new))
    return endpoint._replace(url=str(_translated(ours, old, new)))


def _seen(endpoint: Endpoint, address: str) -> str:
    """Return a GUI address as this host has it; that of a socket is a path."""
    return endpoint.on_host(address) or address if address.startswith("/") else address


def _translated(ours: urls.Url, was: urls.Url, becomes: urls.Url) -> urls.Url:
    """Change in a URL of the user's what changed in the daemon's; a forwarded port or a proxy stays."""
    if "unix" in (ours.scheme, was.scheme, becomes.scheme) or ours.port != was.port or ours.scheme != was.scheme:
        return ours
    return ours._replace(scheme=becomes.scheme, port=becomes.port)


def refuse_unusable(endpoint: Endpoint, before: Json, after: Json, trusted: bool) -> None:
    """Refuse, before anything is written, an address that is taken: the daemon would say 200 and be mute for good.

    ``trusted`` tells whether a new certificate could be checked.
    """
    if after["useTLS"] and not before["useTLS"] and not trusted:
        raise InvalidInput(
            "gui.use_tls: the daemon's certificate could not be checked afterwards. Give config_dir, which trusts the "
            "certificate beside config.xml, or ca_path, or set validate_certs to false."
        )
    address = after["address"]
    if address == before["address"] or not urls.parse(endpoint.url).is_local:
        return
    if address.startswith("/"):
        address = _seen(endpoint, address)
        if not os.path.isdir(os.path.dirname(address)):
            raise InvalidInput(f"gui.address: the directory of the socket {address} does not exist on this host.")
        if not _may_write(endpoint.source, os.path.dirname(address)):
            raise InvalidInput(
                f"gui.address: the daemon's user, which owns {endpoint.source}, can't write to the directory of the "
                f"socket {address}."
            )
        from .._host import sockets  # few have one

        sockets.refuse_other_file("gui.address", address)
        if sockets.is_used(address):
            raise InvalidInput(f"gui.address: another program listens on the socket {address}. Set another path.")
        return
    gui_url(address, after["useTLS"])  # else there would be no way back
    host, _separator, port = address.rpartition(":")
    try:
        found = socket.getaddrinfo(
            host.strip("[]") or None, int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except (OSError, OverflowError) as exc:
        raise InvalidInput(f"gui.address {address} can't be used on this host: {exc}.") from None
    if found[0][4][1] == gui_url(before["address"], False).port:
        return  # the daemon itself holds this port, on another address
    with socket.socket(found[0][0], socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(found[0][4])
        except OSError as exc:
            if exc.errno in (errno.EADDRINUSE, errno.EADDRNOTAVAIL):
                raise InvalidInput(
                    f"gui.address {address} can't be used on this host: {exc.strerror}. Syncthing would lose its API."
                ) from None


def _may_write(config: str, directory: str) -> bool:
    """Whether the owner of config.xml may, as far as the directory's mode tells; an access list shows as the group."""
    try:
        user, found = os.stat(config).st_uid, os.stat(directory)
    except OSError:
        return True  # it isn't known
    return user in (0, found.st_uid) or bool(found.st_mode & (stat.S_IWGRP | stat.S_IWOTH))
