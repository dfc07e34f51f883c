# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""The config.xml that a daemon finds at its first start: Syncthing's own, without a folder and with a closed GUI."""

from __future__ import annotations

import os
import typing as t
from xml.etree import ElementTree

from .._api import discovery, transport
from .._errors import DiscoveryError, InvalidInput, UnsupportedFeature
from .._host import accounts, sockets
from .._schema import tables
from .._schema.field import SET
from . import identity
from .installation import Program

_LIMIT = 1024 * 1024
_GUI = {field.option: field for field in tables.GUI}


class Gui(t.NamedTuple):
    """What is asked for."""

    address: str
    use_tls: bool
    user: str
    password: str  # plain, or a bcrypt hash
    api_key: str  # empty: a random one


def check(gui: Gui, allow_open: bool) -> Gui:
    """Return this with the address in the daemon's spelling; raises InvalidInput for what can't be meant."""
    address, problem = _read("address", gui.address)
    if problem or not address.isprintable():
        raise InvalidInput(f"gui_address {problem or 'has a character that can not be printed'}.")
    if gui.use_tls and address.startswith("/"):
        raise InvalidInput("gui_use_tls can't be true with a UNIX socket in gui_address.")
    if address.startswith("/"):
        sockets.refuse_other_file("gui_address", address)
    if bool(gui.user) != bool(gui.password):
        raise InvalidInput("gui_user and gui_password belong together: set both or neither.")
    problem = _read("user", gui.user)[1]
    if problem or not gui.user.isprintable() or gui.user != gui.user.strip():
        raise InvalidInput(f"gui_user {problem or 'has blanks around it, or characters that are not printable'}.")
    if gui.password:
        problem = _read("password", gui.password)[1]
        if problem or any(ord(letter) < 32 for letter in gui.password):
            raise InvalidInput(f"gui_password {problem or 'has a line break or another control character'}.")
    if gui.api_key:
        transport.check_header(gui.api_key, "api_key")
    if not discovery.listens_locally(address) and not gui.user and not allow_open:
        raise InvalidInput(
            f"gui_address is {address}, where other hosts reach the GUI, and whoever does could control this daemon: "
            "set gui_user and gui_password, or an address such as 127.0.0.1:8384, or allow_open_gui if something else "
            "guards it."
        )
    return gui._replace(address=address)


def _read(option: str, value: str) -> tuple[str, str | None]:
    """Return the value as the daemon has it, and what is wrong with it, as syncthing_config sees both."""
    field = _GUI[option]
    value = field.normalise(value) if field.normalise else value
    return value, field.problem(value)


def shown(gui: Gui) -> dict[str, t.Any]:
    """This without its secrets, in the words of syncthing_config."""
    secrets = {name: SET for name in ("password", "api_key") if getattr(gui, name)}
    return {"address": gui.address, "use_tls": gui.use_tls, "user": gui.user, **secrets}


def exists(folder: str, account: accounts.Account) -> bool:
    """Whether there is a config.xml already, which is never touched."""
    with accounts.acting_as(account):
        return os.path.lexists(os.path.join(folder, "config.xml"))


def write(folder: str, account: accounts.Account, program: Program | None, gui: Gui) -> None:
    """Write config.xml for the identity that is in this directory."""
    if program is None:
        raise DiscoveryError("executable: Syncthing was not found, and only it can make config.xml: install it first.")
    hashed = bool(tables.BCRYPT.match(gui.password))
    if gui.password and not hashed and program.key < (1, 18, 5):
        raise UnsupportedFeature(
            f"gui_password: Syncthing {program.version} can't hash it before the first start, which needs 1.18.5. "
            "Give its hash: what 'htpasswd -nBC 10 USER' prints after the colon."
        )
    found = identity.look(folder, account)
    if found.pair is None or found.unfinished:
        raise DiscoveryError(f"{folder} holds no usable key.pem and cert.pem: run syncthing_identity first.")
    with accounts.locked(folder, account):
        try:
            prepared = accounts.make_scratch(folder, account)
            identity.write(prepared, account, found.pair)
            identity.generate(program, prepared, account, gui.user, "" if hashed else gui.password)
            new, place = os.path.join(prepared, "new.xml"), os.path.join(folder, "config.xml")
            with accounts.acting_as(account):
                made = accounts.read(os.path.join(prepared, "config.xml"), _LIMIT) or ""
            text = edited(made, found.pair.device_id, gui, program)
            with accounts.acting_as(account):
                accounts.write(new, text, 0o600)
                os.rename(new, place)
        finally:
            accounts.remove_scratch(folder, account)


def parse(config: str) -> ElementTree.Element:
    """Return the root of a config.xml; raises ParseError. A document type, which Syncthing never writes, is refused."""
    return ElementTree.fromstring("" if "<!DOCTYPE" in config else config)


def edited(made: str, device_id: str, gui: Gui, program: Program) -> str:
    """Return Syncthing's own config.xml without folders, with the GUI as it must be."""
    try:
        root = parse(made)
    except ElementTree.ParseError:
        raise DiscoveryError(f"{program.path} made no config.xml that can be read.") from None
    if [device.get("id") for device in root.findall("device")] != [device_id]:
        raise UnsupportedFeature(
            f"Syncthing {program.version} can't use the key of {device_id}, and would make itself another identity at "
            "its start: it takes RSA, ECDSA and Ed25519 keys."
        )
    for folder in root.findall("folder"):
        root.remove(folder)
    options, section = _child(root, "options"), _child(root, "gui")
    # At this moment, another daemon may have had the usual ports.
    for element in options.findall("listenAddress"):
        options.remove(element)
    _child(options, "listenAddress").text = "default"
    section.set("tls", "true" if gui.use_tls else "false")
    values = {"address": gui.address, "user": gui.user, "apikey": gui.api_key}
    if tables.BCRYPT.match(gui.password):
        values["password"] = gui.password
    for name, value in values.items():
        if value:
            _child(section, name).text = value
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _child(parent: ElementTree.Element, name: str) -> ElementTree.Element:
    found = parent.find(name)
    return ElementTree.SubElement(parent, name) if found is None else found
