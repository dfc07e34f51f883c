# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""What the unit tests share: configurations of real daemons, and a daemon in memory."""

from __future__ import annotations

import copy
import json
import os
import typing as t
from urllib.parse import parse_qsl, unquote

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.community.syncthing.plugins.module_utils import _errors
from ansible_collections.community.syncthing.plugins.module_utils._api import discovery
from ansible_collections.community.syncthing.plugins.module_utils._config import changes, desired
from ansible_collections.community.syncthing.plugins.module_utils._config import desired as _desired
from ansible_collections.community.syncthing.plugins.module_utils._config import plan as _reconcile
from ansible_collections.community.syncthing.plugins.module_utils._config.current import Current, parse_version
from ansible_collections.community.syncthing.plugins.module_utils._schema import device_ids, tables

# Configurations as daemons of these versions gave them, with the devices and folders that are named here.
VERSIONS = ("1.12.1", "1.19.2", "1.29.5", "2.1.3")
LAPTOP = "P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2"  # an introducer
VAULT = "MFZWI3D-BONSGYC-YLTMRWG-C43ENR5-QXGZDMM-FZWI3DP-BONSGYY-LTMRWAD"  # untrusted
STRANGER = device_ids.from_bytes(b"not in any configuration, really")  # 32 bytes
SLASHED = "a b/\u00fc"  # the ID of a folder
SECRET = "planted-secret"  # what all secrets in them begin with
# Fields by the name of their documentation fragment.
TABLES = {"device": tables.DEVICE, "folder": tables.FOLDER, **desired.SECTIONS}


def load(name: str) -> t.Any:
    with open(os.path.join(os.path.dirname(__file__), "fixtures", name + ".json"), encoding="utf-8") as stream:
        return json.load(stream)


def current(version: str, ignores: t.Any = None, **sections: t.Any) -> Current:
    """A fixture as the planner gets it; ``sections`` replace parts of its configuration."""
    data = load("config-" + version)
    data["config"].update(sections)
    return Current(
        config=data["config"],
        my_id=data["my_id"],
        version=parse_version(data["version"]),
        ignores=ignores or {},
        ignore_errors={},
    )


def item(config: t.Any, kind: str, key: str) -> t.Any:
    name = "deviceID" if kind == "devices" else "id"
    return next((entry for entry in config[kind] if entry[name] == key), None)


# -- what a user declares


def options(spec: t.Any, given: t.Any) -> t.Any:
    """Options as a module gets them from Ansible."""
    result = ArgumentSpecValidator(spec).validate(given)
    assert not result.error_messages, result.error_messages
    return result.validated_parameters


def device(device_id: str, place: str = "", **given: t.Any) -> _desired.Device:
    return _desired.device(options(_desired.device_argument_spec(), dict(given, device_id=device_id)), place)


def folder(folder_id: str, place: str = "", **given: t.Any) -> _desired.Folder:
    return _desired.folder(options(_desired.folder_argument_spec(), dict(given, id=folder_id)), place)


def desired(*objects: t.Any, unknown_fields: str = "fail") -> _desired.Desired:
    return _desired.Desired(
        devices=[entry for entry in objects if isinstance(entry, _desired.Device)],
        folders=[entry for entry in objects if isinstance(entry, _desired.Folder)],
        unknown_fields=unknown_fields,
    )


def config(**given: t.Any) -> _desired.Desired:
    """What the options of syncthing_config declare."""
    spec = dict(_desired.config_argument_spec(), unknown_fields=_desired.UNKNOWN_FIELDS)
    return _desired.config(options(spec, given))


def plan(now: Current, *objects: t.Any, **more: t.Any) -> _reconcile.Plan:
    return _reconcile.plan(now, desired(*objects, **more))


def requests(found: _reconcile.Plan) -> list[str]:
    return [" ".join(write[:2]) for write in changes.writes(found.changes)]


def bodies(found: _reconcile.Plan) -> list[t.Any]:
    """The bodies as they would be sent, in JSON text."""
    return [json.dumps(write.body) for write in changes.writes(found.changes)]


def status(my_id: str, **more: t.Any) -> t.Any:
    """What a daemon says at /rest/system/status."""
    return dict({"myID": my_id, "startTime": "2026-01-31T12:00:00Z", "guiAddressOverridden": False}, **more)


# -- a daemon in memory


class Daemon:
    """Does with the configuration what the REST facts say, and is a client of itself.

    Bodies go through JSON text and Go's way to decode it: into a copy of the default object, where maps are merged.
    ``meddle`` is called after each write, as another writer of the configuration.
    """

    endpoint = discovery.Endpoint("http://127.0.0.1:1", "planted-secret-key", None, "api_url")

    def __init__(self, now: Current, meddle: t.Callable[[Daemon], None] = lambda daemon: None) -> None:
        self.state = copy.deepcopy(now.config)
        self.my_id = now.my_id
        self.version = "v" + ".".join(map(str, now.version))
        self.patterns = dict(now.ignores)
        self.pending: t.Any = {"devices": {}, "folders": {}}  # what others offer, as the daemon tells
        self.directories: list[str] = []
        self.pattern_error: str | None = None
        self.login_password = SECRET
        self.address_overridden = True
        self.requests: list[tuple[str, str]] = []
        self.events: list[t.Any] = []
        self.timeout = 30
        self._meddle = meddle
        self.save()

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [request for request in self.requests if request[0] != "GET"]

    def current(self) -> Current:
        version = parse_version(self.version)
        return Current(copy.deepcopy(self.state), self.my_id, version, dict(self.patterns), {})

    def config(self) -> t.Any:
        return self.get("/rest/config")

    def save(self) -> None:
        """As the daemon does after each write, whoever made it."""
        number = len(self.events) + 1
        self.events.append(
            {"id": number, "time": f"event {number}", "type": "ConfigSaved", "data": copy.deepcopy(self.state)}
        )

    def get(self, path: str, params: t.Any = None, within: t.Any = None) -> t.Any:
        self.requests.append(("GET", path))
        if path == "/rest/events":
            found = [event for event in self.events if event["id"] > params["since"]]
            return copy.deepcopy(found[-params.get("limit", len(found)) :])
        if path == "/rest/config":
            return copy.deepcopy(self.state)
        if path == "/rest/system/status":
            return status(self.my_id, guiAddressOverridden=self.address_overridden)
        if path.startswith("/rest/cluster/pending/"):
            return copy.deepcopy(self.pending[path.rpartition("/")[2]])
        if path.startswith("/rest/system/browse"):
            typed = params["current"] if params else unquote(path.partition("=")[2])
            return [name for name in self.directories if name.lower().startswith(typed.lower())]
        assert path.startswith("/rest/db/ignores?folder="), path
        lines = self.patterns.get(unquote(path.partition("=")[2]))
        return {"ignore": lines, "expanded": lines, "error": self.pattern_error}

    def trusts_new_certificate(self) -> bool:
        return True

    def check(self, endpoint: t.Any) -> None:
        pass

    def follow(self, endpoint: t.Any) -> None:
        self.endpoint = endpoint

    def login(self, user: str, password: str) -> bool:
        return (user, password) == (self.state["gui"]["user"], self.login_password)

    def write(self, method: str, path: str, body: t.Any = None) -> None:
        self.requests.append((method, path))
        sent = json.loads(json.dumps(body), object_pairs_hook=_Pairs)
        if (method, path) == ("PUT", "/rest/config/devices"):
            for entry in sent:
                self._upsert("devices", "deviceID", entry)
        elif (method, path) == ("PUT", "/rest/config/folders"):
            for entry in sent:
                self._upsert("folders", "id", entry)
        elif (method, path) == ("PUT", "/rest/config"):
            whole = dict(sent)
            assert whole["version"] == self.state["version"], "all migrations would run again"
            self.state = json.loads(json.dumps(body))
            self.state["folders"] = []
            for entry in whole["folders"]:
                self._upsert("folders", "id", entry)
        elif method == "POST" and path.startswith("/rest/db/ignores?folder="):
            self.patterns[unquote(path.partition("=")[2])] = body["ignore"]
        elif method == "PATCH" and path in ("/rest/config/options", "/rest/config/gui", "/rest/config/ldap"):
            section = self.state[path.rpartition("/")[2]]
            password = section.get("password")
            _decode(section, sent)
            if section.get("password") != password:
                self.login_password, section["password"] = section["password"], "$2a$10$" + 53 * "h"
        elif method == "PUT" and path.startswith("/rest/config/defaults/"):
            self.state["defaults"][path.rpartition("/")[2]] = _plain(sent)
        elif method == "DELETE" and path.startswith("/rest/cluster/pending/"):
            kind, _mark, query = path.rpartition("/")[2].partition("?")
            names = dict(parse_qsl(query, strict_parsing=True))
            if kind == "devices":
                self.pending[kind].pop(names["device"], None)
            else:
                self.pending[kind][names["folder"]]["offeredBy"].pop(names["device"], None)
        elif method == "DELETE":
            self._delete(*path.partition("/rest/config/")[2].split("/"))
        else:
            raise AssertionError(f"{method} {path} is not safe or not there")
        self._normalise()
        self.save()
        self._meddle(self)
        if self.state != self.events[-1]["data"]:
            self.save()

    def _delete(self, kind: str, *quoted: str) -> None:
        key = unquote("/".join(quoted))
        if "/" in key or key in (".", "..", "") or "?" in quoted[0] or "#" in quoted[0]:
            raise _errors.NotFound("404 page not found")
        self.state[kind] = [
            entry for entry in self.state[kind] if entry["id" if kind == "folders" else "deviceID"] != key
        ]

    def _upsert(self, kind: str, name: str, sent: t.Any) -> None:
        template = self.state.get("defaults", {}).get(kind[:-1], {})
        new = _decode(copy.deepcopy(template), sent)
        old = item(self.state, kind, new[name])
        if old:
            # A field that this daemon doesn't know is ignored.
            new = {key: value for key, value in new.items() if key in old}
            assert set(new) == set(old), f"left to the defaults: {set(old) - set(new)}"
            self.state[kind].remove(old)
        self.state[kind].append(new)

    def _normalise(self) -> None:
        version = parse_version(self.version)
        known = {entry["deviceID"]: entry for entry in self.state["devices"]}
        for entry in self.state["folders"]:
            shares = {share["deviceID"]: share for share in entry["devices"] if share["deviceID"] in known}
            shares.setdefault(self.my_id, {"deviceID": self.my_id, "introducedBy": "", "encryptionPassword": ""})
            entry["devices"] = [shares[key] for key in sorted(shares, key=device_ids.sort_key)]
            if entry["type"] == "receiveencrypted":
                entry["ignorePerms"] = entry["ignorePerms"] or version >= (1, 15)
                if "disableTempIndexes" in entry:
                    entry["disableTempIndexes"] = entry["disableTempIndexes"] or version >= (1, 17)
            elif version >= (1, 23, 6):
                entry["devices"] = [
                    share
                    for share in entry["devices"]
                    if share["encryptionPassword"] or not known[share["deviceID"]]["untrusted"]
                ]
        self.state["devices"].sort(key=lambda entry: device_ids.sort_key(entry["deviceID"]))
        self.state["folders"].sort(key=lambda entry: entry["id"])


class _Pairs(list):
    """The members of one JSON object as they stand in the text, where a key may come twice."""


def _plain(value: t.Any) -> t.Any:
    if isinstance(value, _Pairs):
        return {key: _plain(inner) for key, inner in value}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _decode(target: t.Any, sent: _Pairs) -> t.Any:
    for key, value in sent:
        if value is None and isinstance(target.get(key), dict):
            target[key] = {}
        elif isinstance(value, _Pairs) and isinstance(target.get(key), dict):
            _decode(target[key], value)
        elif value is not None or key not in target:
            target[key] = _plain(value)
    return target


# -- a run


class Clock:
    """Stands in for the module ``time``: it goes on with each pause only, and notes them."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.pauses.append(seconds)
        self.now += seconds


def daemon_headers(data: t.Any) -> dict[str, str]:
    return {"X-Syncthing-ID": data["my_id"], "X-Syncthing-Version": data["version"]}


class Result:
    """What a module left behind: its result, all that it printed, what it logged, and its exit code."""

    def __init__(self, result: dict[str, t.Any], output: str, log: str, code: t.Any) -> None:
        self.json, self.output, self.log, self.code = result, output, log, code

    def __getitem__(self, key: str) -> t.Any:
        return self.json[key]


def write_certificate(folder_name: t.Any, name: str, key: bool = False) -> str:
    """Write a certificate as a daemon's file: ``a`` is for 127.0.0.1, ``b`` for another name."""
    pair = load("certificates")[name]
    path = os.path.join(str(folder_name), "both.pem" if key else "https-cert.pem")
    with open(path, "w", encoding="ascii") as stream:
        stream.write(pair["certificate"] + (pair["key"] if key else ""))
    return path


def chain(exc: BaseException | None) -> str:
    """All that an exception could show: its own text, its attributes, and those of what led to it and is not hidden."""
    shown = []
    while exc is not None:
        shown.append(f"{exc!r} {exc} {vars(exc)!r}")
        exc = exc.__cause__ or (None if exc.__suppress_context__ else exc.__context__)
    return "\n".join(shown)
