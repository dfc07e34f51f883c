# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Where the daemon's API is and which key opens it, read from the daemon's own config.xml.

Source: ``lib/locations`` and ``GUIConfiguration`` of Syncthing 1.12 to 2.1.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import sys
import typing as t
from xml.parsers import expat

from .._errors import DiscoveryError, InvalidInput
from .._host import accounts
from .._host.files import open_file
from .._schema import urls
from .._schema.checks import HEADER_CHARACTERS

if t.TYPE_CHECKING:
    from .._host import mounts

Environ = t.Mapping[str, str]

# Many times what was ever met.
_MAX_SIZE = 64 * 1024 * 1024
_MAX_DEPTH = 100
_MAX_TEXT = HEADER_CHARACTERS  # of the address or the key
_LISTEN = ("options", "listenAddress")
_TEXTS = (
    ("gui", "address"),
    ("gui", "apikey"),
    ("options", "localAnnounceEnabled"),
    ("options", "localAnnouncePort"),
)
_CONFIG_1_22 = 37  # the version of config.xml from Syncthing 1.22 on


class Endpoint(t.NamedTuple):
    """How to reach one daemon. ``url`` is http(s)://host:port[/path] or unix:///path."""

    url: str
    api_key: str | None
    certificate: str | None  # path of https-cert.pem, whose certificate is the one to expect
    source: str  # where the address was learned: api_url, or a file
    key_source: str = "api_key"  # where the key was
    user: str | None = None  # whose files these are; None if they are read with the rights of this process
    volumes: mounts.Volumes | None = None  # if the daemon is in a container whose paths are not those of this host

    @property
    def is_local(self) -> bool:
        """Whether the daemon is on this host: its address is, or was found here, or its directories are."""
        return self.source != "api_url" or self.volumes is not None or urls.parse(self.url).is_local

    def on_host(self, path: str) -> str | None:
        """Return where a path of the daemon's is on this host; None if only its container has it."""
        return self.volumes.on_host(path) if self.volumes else path


class ConfigFile(t.NamedTuple):
    address: str
    tls: bool
    enabled: bool
    api_key: str
    config_version: int | None  # of the whole file
    folders: tuple[str, ...] = ()  # IDs of those in it
    listen_addresses: tuple[str, ...] = ()
    announces: bool = True  # in the local network
    announce_port: str = ""


def resolve(
    api_url: str | None = None,
    api_key: str | None = None,
    config_dir: str | None = None,
    user: str | None = None,
    volumes: t.Sequence[str] | None = None,
    environ: Environ | None = None,
) -> Endpoint:
    """Return the endpoint for these options; what they leave open is read from config.xml.

    Raises InvalidInput for an unusable ``api_url``, DiscoveryError when config.xml is needed and not usable.
    """
    environ = os.environ if environ is None else environ
    mounted = _parsed(volumes) if volumes else None
    url = urls.parse(api_url) if api_url else None
    named = bool(config_dir or user)
    if url and api_key and not named:
        return Endpoint(str(url), api_key, None, "api_url", "api_key", volumes=mounted)
    if url and not named and not url.is_local:
        raise DiscoveryError(
            f"api_key is missing for {str(url)}: the key in this host's own config.xml is not sent to another host. "
            "Set api_key (or SYNCTHING_API_KEY), or run the task on the daemon's host; it is named by localhost, an "
            "address such as 127.0.0.1 or [::1], or unix:///path/of/socket."
        )
    with reading_as(user):
        folder = _config_dir(config_dir, user, environ)
        path = os.path.join(folder, "config.xml")
        gui = read(path)
        certificate = os.path.join(folder, "https-cert.pem")
        readable = _readable(certificate)
    if not user:
        # A daemon in the same environment, as in a container, was started with these.
        gui = _override(gui, environ)
    if not url:
        if not gui.enabled:
            raise DiscoveryError(f"{path} turns the GUI and with it the REST API off: set gui enabled to true there.")
        if gui.address.startswith("/") and gui.tls:
            raise DiscoveryError(f"{path} asks for TLS on a UNIX socket, which can't be used: turn gui tls off.")
        if not gui.address.startswith("/") and not gui.address.rpartition(":")[2].isdigit():
            raise DiscoveryError(f"{path} has the GUI address {gui.address!r}, which has no port.")
        try:
            url = gui_url(_seen(gui.address, mounted, path), gui.tls)
        except InvalidInput:
            raise DiscoveryError(
                f"{path} has the GUI address {gui.address!r}, which can't be used: correct it, or set api_url."
            ) from None
    key = api_key or gui.api_key
    if not key:
        raise DiscoveryError(f"{path} has no API key: start the daemon once, which makes one, or set api_key.")
    return Endpoint(
        str(url),
        key,
        certificate=certificate if readable else None,
        source="api_url" if api_url else path,
        key_source="api_key" if api_key else path,
        user=user,
        volumes=mounted,
    )


def _parsed(volumes: t.Sequence[str]) -> mounts.Volumes:
    from .._host import mounts  # few daemons are in a container

    return mounts.parse(volumes)


def _seen(address: str, mounted: mounts.Volumes | None, config: str) -> str:
    """Return the GUI's address as this host sees it: a socket of a container is in one of its volumes."""
    if not mounted or not address.startswith("/"):
        return address
    found = mounted.on_host(address)
    if found is None:
        raise DiscoveryError(
            f"{config} has the GUI address {address}, a socket in the container that is in none of volumes. Add the "
            "volume with its directory, or set api_url."
        )
    return found


@contextlib.contextmanager
def reading_as(user: str | None) -> t.Iterator[None]:
    """Read with the rights of this user, where root would follow whatever link the user made; else with our own."""
    if not user or os.geteuid() != 0:
        yield
        return
    with accounts.acting_as(accounts.find(user)):
        yield


def _readable(path: str) -> bool:
    try:
        with open_file(path):
            return True
    except OSError:
        return False


def candidates(user: str | None, environ: Environ) -> list[str]:
    """Return the folders in which a daemon of this user may keep its config.xml, as all releases do it."""
    return list(dict.fromkeys(folder for folders in _folders(user, environ) for folder in folders))


def default(user: str | None, environ: Environ, since_1_27: bool) -> str:
    """Return the folder that a daemon of this user makes when it has none."""
    return _folders(user, environ)[since_1_27][0]


def _folders(user: str | None, environ: Environ) -> tuple[list[str], list[str]]:
    """Folders of all releases and those of 1.27 and later; the first of each is what that release makes."""
    if user:
        home = accounts.look_up(user).pw_dir
        environ = {}  # these variables are of the user that runs the module
    else:
        home = environ.get("HOME") or pwd.getpwuid(os.getuid()).pw_dir
    for name in ("STHOMEDIR", "STCONFDIR"):
        if environ.get(name):
            return [environ[name]], [environ[name]]
    if sys.platform == "darwin":
        folder = os.path.join(home, "Library/Application Support/Syncthing")
        return [folder], [folder]
    config = [os.path.join(home, ".config/syncthing")]
    if environ.get("XDG_CONFIG_HOME"):
        config.insert(0, os.path.join(environ["XDG_CONFIG_HOME"], "syncthing"))
    state = [os.path.join(home, ".local/state/syncthing")]
    if os.path.isabs(environ.get("XDG_STATE_HOME", "")):
        state.insert(0, os.path.join(environ["XDG_STATE_HOME"], "syncthing"))
    return config, state


def _config_dir(config_dir: str | None, user: str | None, environ: Environ) -> str:
    folders = [os.path.expanduser(config_dir)] if config_dir else candidates(user, environ)
    found: dict[str, str] = {}
    tried = []
    for folder in folders:
        path = os.path.join(folder, "config.xml")
        try:
            with open_file(path):
                found[os.path.realpath(path)] = folder
            tried.append(path)
        except OSError as exc:
            tried.append(f"{path} ({exc.strerror})")
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        raise DiscoveryError(
            f"More than one config.xml was found: {', '.join(tried)}. Set config_dir to the one that the daemon uses."
        )
    advice = "Run this as the daemon's user, or as root with 'user' set to it, or set config_dir"
    if config_dir:
        advice = "Set config_dir to the directory that the daemon uses"
    raise DiscoveryError(
        f"No readable config.xml of Syncthing was found; tried: {', '.join(tried)}. {advice}, or set api_url and "
        "api_key."
    )


def read(path: str) -> ConfigFile:
    """Read the file's version, the GUI section, the IDs of folders, the addresses, and nothing else.

    A document type, which Syncthing never writes, is refused.
    """
    texts: dict[tuple[str, ...], str] = dict.fromkeys(_TEXTS, "")
    addresses: list[str] = []
    attributes: dict[str, str] = {}
    root: dict[str, str] = {}
    folders: list[str] = []
    where: list[str] = []

    def start(name: str, attrs: dict[str, str]) -> None:
        where.append(name)
        if len(where) > _MAX_DEPTH:
            raise DiscoveryError(f"{path} is nested too deeply to be Syncthing's configuration.")
        if where == ["configuration"]:
            root.update(attrs)
        elif where == ["configuration", "gui"]:
            attributes.update(attrs)
        elif where == ["configuration", "folder"]:
            folders.append(attrs.get("id", ""))
        elif where == ["configuration", *_LISTEN]:
            addresses.append("")

    def text(data: str) -> None:
        name = tuple(where[1:])
        if name == _LISTEN:
            texts[name] = addresses[-1] = addresses[-1] + data
        elif name in texts:
            texts[name] += data
        if len(texts.get(name, "")) > _MAX_TEXT:
            raise DiscoveryError(f"{path} has an address or a key that is too long to be one.")

    def end(_name: str) -> None:
        where.pop()

    def doctype(*_args: t.Any) -> None:
        raise DiscoveryError(f"{path} has a document type declaration, so Syncthing didn't write it: refused.")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    try:
        with open_file(path) as stream:
            if os.fstat(stream.fileno()).st_size > _MAX_SIZE:
                raise DiscoveryError(f"{path} is too large to be Syncthing's configuration.")
            parser.ParseFile(stream)
    except OSError as exc:
        raise DiscoveryError(f"{path} can't be read: {exc.strerror}.") from None
    except (expat.ExpatError, LookupError, ValueError) as exc:  # the latter two: of an encoding that can't be
        raise DiscoveryError(f"{path} is not valid XML ({exc}).") from None
    version = root.get("version", "")
    return ConfigFile(
        address=texts["gui", "address"].strip(),
        tls=attributes.get("tls") == "true",
        enabled=attributes.get("enabled", "true") == "true",
        api_key=texts["gui", "apikey"].strip(),
        config_version=int(version) if version.isdecimal() and len(version) < 10 else None,
        folders=tuple(folders),
        listen_addresses=tuple(address.strip() for address in addresses),
        announces=texts["options", "localAnnounceEnabled"].strip() != "false",
        announce_port=texts["options", "localAnnouncePort"].strip(),
    )


def _override(gui: ConfigFile, environ: Environ) -> ConfigFile:
    address = environ.get("STGUIADDRESS")
    if address:
        scheme, separator, rest = address.partition("://")
        tls = scheme in ("https", "unixs")
        if not separator:
            # Without a scheme, it is that of config.xml before 1.26, which can be told up to 1.21, and http since.
            tls = gui.tls and (gui.config_version or _CONFIG_1_22) < _CONFIG_1_22
        if separator and not scheme.startswith("unix"):
            rest = rest.split("/")[0]
        gui = gui._replace(address=rest if separator else address, tls=tls, enabled=True)
    return gui._replace(api_key=environ.get("STGUIAPIKEY") or gui.api_key)


def listens_locally(address: str) -> bool:
    """Whether the GUI is out of reach for other hosts at this address."""
    try:
        return urls.parse(("unix://" if address.startswith("/") else "http://") + address).is_local
    except InvalidInput:
        return False  # such as ":8384", which is all addresses


def gui_url(address: str, tls: bool) -> urls.Url:
    """Return the URL for the GUI's address as it stands in the configuration; the daemon is on this host."""
    if address.startswith("/"):
        return urls.parse("unix://" + address, "gui.address")
    host, _separator, port = address.rpartition(":")
    host = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)
    return urls.parse(f"{'https' if tls else 'http'}://{host}:{port}", "gui.address")
