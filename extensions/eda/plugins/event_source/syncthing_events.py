# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Events of a Syncthing daemon for ansible-rulebook.

ansible-rulebook runs this file by its path, where neither the rest of the collection nor requests can be imported. So
it has a small client of its own, on aiohttp, which ansible-rulebook brings.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import random
import re
import ssl
import typing as t

import aiohttp

DOCUMENTATION = r"""
short_description: Events of a Syncthing daemon
description:
  - Receives the events of a running daemon from C(/rest/events), each event once and in order.
  - An event has C(type), C(id), C(time) and C(data), as described in the documentation of Syncthing. C(device_id) is
    the device ID of the daemon.
  - If events were missed, the source sends an event of type C(gap) before the next event. Its C(data.reason) is
    V(restart) if the daemon was restarted, or V(overflow) if there were more events than the daemon keeps, which is
    1000. With V(overflow), C(data.missed) is the number of missed events.
  - If the daemon is unreachable, the source tries again with delays from one second to one minute.
  - The source fails if a retry cannot succeed, for example if the API key is wrong or the certificate is not the
    expected one.
options:
  api_url:
    description:
      - The address of the daemon's GUI, which is also the address of its REST API.
      - If not set, the module uses the environment variable E(SYNCTHING_API_URL).
    type: str
    required: true
  api_key:
    description:
      - The key for the daemon's REST API.
      - If not set, the module uses the environment variable E(SYNCTHING_API_KEY).
    type: str
    required: true
  events:
    description:
      - The types of events to send. With an empty list, all types except V(LocalChangeDetected) and
        V(RemoteChangeDetected).
      - Types that the daemon does not support never occur.
    type: list
    elements: str
    default: []
  folders:
    description: The IDs of folders. Events that refer only to other folders are skipped. Events that do not refer to
      a folder are not skipped.
    type: list
    elements: str
    default: []
  devices:
    description:
      - Device IDs, in the format of the daemon. Events that refer only to other devices are skipped. Events that do
        not refer to a device are not skipped.
      - Names are not accepted, because devices choose their own names.
    type: list
    elements: str
    default: []
  since:
    description:
      - The ID of the event to start after. With V(0), start with the oldest event that the daemon still has.
      - If not set, only new events are sent.
    type: int
  state_file:
    description:
      - A file to store the ID of the last event in, so that the source continues after this event when it starts
        again.
      - The file is created if it does not exist. It takes precedence over O(since).
    type: path
  certificate:
    description: A file with the daemon's own certificate in PEM format, such as its C(https-cert.pem). If set, no
      other certificate is accepted.
    type: path
  ca_path:
    description: A file with the certificates of trusted certificate authorities.
    type: path
  validate_certs:
    description: Whether to verify the certificate of a daemon that uses HTTPS.
    type: bool
    default: true
"""

EXAMPLES = r"""
- community.syncthing.syncthing_events:
    api_url: http://127.0.0.1:8384
    api_key: "{{ syncthing_api_key }}"

- community.syncthing.syncthing_events:
    api_url: https://nas.example:8384
    api_key: "{{ syncthing_api_key }}"
    certificate: /etc/ansible/nas-https-cert.pem
    events:
      - LocalChangeDetected
      - PendingDevicesChanged
    folders:
      - documents
    state_file: /var/lib/eda/nas.json
"""

_LOG = logging.getLogger(__name__)
_POLL = 60  # seconds; the daemon's own default
_PATIENCE = 30  # seconds for an answer that needs no waiting
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
# What every parser of URLs reads alike, as in module_utils/_schema/urls.py, which can't be imported here.
_URL = re.compile(
    r"(?i:https?)://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?)(:[1-9][0-9]{0,4})?"
    r"(/[A-Za-z0-9._~!$&'()*+,;=:%-]+)*/?\Z"
)
_DEVICE_ID = re.compile(r"([A-Z2-7]{7}-){7}[A-Z2-7]{7}\Z")
_OPTIONS = {
    "api_url": str,
    "api_key": str,
    "events": list,
    "folders": list,
    "devices": list,
    "since": int,
    "state_file": str,
    "certificate": str,
    "ca_path": str,
    "validate_certs": bool,
}

Event = t.Dict[str, t.Any]


class SyncthingEventsError(Exception):
    """What trying again can't fix."""


class _NotNow(Exception):
    """The daemon doesn't answer as it should, and may do so later."""


async def main(queue: asyncio.Queue, args: dict[str, t.Any]) -> None:
    """Put events in the queue until cancelled."""
    options = _check(args)
    timeout = aiohttp.ClientTimeout(total=_POLL + _PATIENCE, connect=_PATIENCE)
    # A connection for each request, so that a restart of the daemon is noticed by one that breaks.
    connector = aiohttp.TCPConnector(ssl=_trust(options), force_close=True)
    async with aiohttp.ClientSession(
        connector=connector,
        timeout=timeout,
        headers={"X-API-Key": options["api_key"]},
        cookie_jar=aiohttp.DummyCookieJar(),
    ) as session:
        daemon = _Daemon(session, options["api_url"])
        stream = _Stream(daemon, options)
        pause = _FIRST_PAUSE
        while True:
            try:
                while True:
                    # before each, since the queue may have held us up while the daemon was restarted
                    await stream.begin(queue)
                    await stream.poll(queue)
                    pause = _FIRST_PAUSE
            except _NotNow as exc:
                _LOG.warning("%s Trying again in %d s.", exc, pause)
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(pause * 2, _LONGEST_PAUSE)


def _check(args: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return all options, None or empty where they aren't set."""
    # ansible-rulebook adds settings of its own, such as for feedback.
    options = {name: args.get(name) for name in _OPTIONS}
    options["api_url"] = options["api_url"] or os.environ.get("SYNCTHING_API_URL")
    options["api_key"] = options["api_key"] or os.environ.get("SYNCTHING_API_KEY")
    for name in ("events", "folders", "devices"):
        options[name] = options[name] or []
    for name, kind in _OPTIONS.items():
        if name in ("api_url", "api_key") and not options[name]:
            raise SyncthingEventsError(
                f"{name} is missing: set it, or the environment variable SYNCTHING_{name.upper()}."
            )
        if options[name] is not None and not isinstance(options[name], kind):
            raise SyncthingEventsError(f"{name} must be of type {kind.__name__}.")
    if options["validate_certs"] is None:
        options["validate_certs"] = True
    if not _URL.match(options["api_url"]):
        raise SyncthingEventsError(
            "api_url must look like http://127.0.0.1:8384 or https://host.example:8384, with a host in ASCII and with "
            "no user name, password, query or fragment."
        )
    if not options["api_key"].isascii() or not options["api_key"].isprintable():
        raise SyncthingEventsError("api_key has characters that no key has: check how it was read.")
    for name in options["events"]:
        if not re.match(r"[A-Za-z]+\Z", str(name)):
            raise SyncthingEventsError(f"events: {name!r} is no type of event.")
    for device_id in options["devices"]:
        if not _DEVICE_ID.match(str(device_id)):
            raise SyncthingEventsError(
                f"devices: {device_id!r} is not a device ID as the daemon writes it, 8 groups of 7 capital letters "
                "and digits. Names are not accepted, since any device can choose any name."
            )
    return options


def _trust(options: dict[str, t.Any]) -> bool | ssl.SSLContext | aiohttp.Fingerprint:
    try:
        if not options["validate_certs"]:
            return False
        if options["certificate"]:
            with open(options["certificate"], encoding="ascii") as stream:
                pem = re.search("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", stream.read(), re.DOTALL)
            if not pem:
                raise ValueError("it has no certificate")
            return aiohttp.Fingerprint(hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem[0])).digest())
        if options["ca_path"]:
            return ssl.create_default_context(cafile=options["ca_path"])
    except (OSError, ValueError) as exc:
        name = "certificate" if options["certificate"] else "ca_path"
        raise SyncthingEventsError(f"{name}: {options[name]} can't be used: {exc}.") from None
    return True


class _Daemon:
    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self.url = url.rstrip("/")

    async def get(self, path: str, **params: t.Any) -> t.Any:
        try:
            # Redirects would take the key elsewhere.
            async with self._session.get(self.url + path, params=params, allow_redirects=False) as response:
                text = await response.text(errors="replace")
        except aiohttp.ServerFingerprintMismatch:
            raise SyncthingEventsError(
                f"{self.url} shows another certificate than the one in 'certificate': something else may listen there."
            ) from None
        except aiohttp.ClientConnectorCertificateError:
            raise SyncthingEventsError(
                f"{self.url} shows a certificate that is not trusted here: give the daemon's https-cert.pem as "
                "'certificate', or 'ca_path'."
            ) from None
        except asyncio.TimeoutError:
            raise _NotNow(f"Syncthing at {self.url} took too long to answer.") from None
        except (aiohttp.ClientError, OSError) as exc:
            raise _NotNow(f"No answer from Syncthing at {self.url}: {exc}.") from None
        return self._decode(path, response, text)

    def _decode(self, path: str, response: aiohttp.ClientResponse, text: str) -> t.Any:
        status = response.status
        if status in (401, 403):
            reason = "only accepts local host names" if "host check" in text.lower() else "does not accept the API key"
            raise SyncthingEventsError(f"Syncthing at {self.url} {reason} (HTTP {status}).")
        if "database migration in progress" in text.lower():
            raise _NotNow(f"Syncthing at {self.url} is busy with a database migration.")
        if status >= 500:
            raise _NotNow(f"Syncthing at {self.url} can't answer now (HTTP {status}).")
        try:
            if status != 200:
                raise ValueError
            return json.loads(text)
        except ValueError:
            hint = "write https:// in api_url" if status == 307 else "is api_url the address of Syncthing's GUI?"
            raise SyncthingEventsError(
                f"{self.url}{path}: the answer is HTTP {status} and not what Syncthing says: {hint}"
            ) from None


class _Stream:
    """Where we are in the daemon's events. Their numbers begin again with each start of the daemon."""

    def __init__(self, daemon: _Daemon, options: dict[str, t.Any]) -> None:
        self._daemon = daemon
        self._types = {"events": ",".join(sorted(options["events"]))} if options["events"] else {}
        self._folders, self._devices = set(options["folders"]), set(options["devices"])
        self._since: int | None = options["since"]
        self._file: str | None = options["state_file"]
        self._device_id = ""
        self._start_time = ""
        self._load()

    async def begin(self, queue: asyncio.Queue) -> None:
        """See which daemon answers, and where its numbers are."""
        status = await self._daemon.get("/rest/system/status")
        device_id, start_time = status["myID"], status["startTime"]
        known = (self._device_id, self._start_time)
        self._device_id, self._start_time = device_id, start_time
        if any(known) and known != (device_id, start_time):
            self._since = 0
            await self._put(queue, {"type": "gap", "data": {"reason": "restart"}})
        elif self._since is None:
            newest = await self._daemon.get("/rest/events", since=0, limit=1, timeout=0, **self._types)
            self._since = newest[-1]["id"] if newest else 0
        self._save()

    async def poll(self, queue: asyncio.Queue) -> None:
        """Wait for events and pass them on."""
        assert self._since is not None
        events = await self._daemon.get("/rest/events", since=self._since, timeout=_POLL, **self._types)
        for event in events:
            missed = event["id"] - self._since - 1
            if missed and self._since:
                await self._put(queue, {"type": "gap", "data": {"reason": "overflow", "missed": missed}})
            self._since = event["id"]
            if self._wanted(event):
                await self._put(queue, event)
        if events:
            self._save()

    async def _put(self, queue: asyncio.Queue, event: Event) -> None:
        await queue.put(dict(event, device_id=self._device_id))
        await asyncio.sleep(0)  # let the rules have their turn

    def _wanted(self, event: Event) -> bool:
        for wanted, keys in ((self._folders, ("folder", "folderID")), (self._devices, ("device", "deviceID", "id"))):
            named = set(_named(event.get("data"), keys))
            if wanted and named and wanted.isdisjoint(named):
                return False
        return True

    # -- the state file

    def _load(self) -> None:
        if not self._file or not os.path.exists(self._file):
            return
        try:
            with open(self._file, encoding="utf-8") as stream:
                state = json.load(stream)
            if state["events"] == self._types.get("events", ""):  # each choice of types has its own numbers
                self._device_id, self._start_time = str(state["device_id"]), str(state["start_time"])
                self._since = int(state["since"])
        except (OSError, ValueError, KeyError, TypeError) as exc:
            raise SyncthingEventsError(f"state_file: {self._file} can't be used ({exc}).") from None

    def _save(self) -> None:
        if not self._file:
            return
        state = {
            "device_id": self._device_id,
            "start_time": self._start_time,
            "events": self._types.get("events", ""),
            "since": self._since,
        }
        fresh = self._file + ".new"
        try:
            with open(fresh, "w", encoding="utf-8") as stream:
                json.dump(state, stream)
            os.replace(fresh, self._file)
        except OSError as exc:
            raise SyncthingEventsError(f"state_file: {self._file} can't be written ({exc.strerror}).") from None


def _named(data: t.Any, keys: tuple[str, ...]) -> t.Iterator[str]:
    """Yield what an event's data, or the lists of added and removed offers in it, have under these keys."""
    if isinstance(data, dict):
        for key in keys:
            if isinstance(data.get(key), str):
                yield data[key]
        for part in ("added", "removed"):
            for item in data.get(part) or ():
                yield from _named(item, keys)
