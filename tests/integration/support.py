# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""What the tests of the modules share: made-up devices and folders, a value for every field, the ladder."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.community.syncthing.plugins.module_utils._api.client import SyncthingClient
from ansible_collections.community.syncthing.plugins.module_utils._api.discovery import Endpoint
from ansible_collections.community.syncthing.plugins.module_utils._config import desired
from ansible_collections.community.syncthing.plugins.module_utils._config.reconcile import Outcome, reconcile
from ansible_collections.community.syncthing.plugins.module_utils._schema import device_ids, tables
from ansible_collections.community.syncthing.plugins.module_utils._schema.field import Field, Table

from harness.binaries import version_key
from harness.daemon import Daemon
from harness.module import ModuleResult
from harness.proxy import RecordingProxy

Json = dict[str, Any]
Run = Callable[..., ModuleResult]
Make = Callable[..., Daemon]

# The long form of the tests that have one: larger numbers, every version.
SOAK = bool(os.environ.get("SYNCTHING_TEST_SOAK"))
# What tests choose at random differs each day.
SEED = os.environ.get("SYNCTHING_TEST_SEED") or datetime.date.today().isoformat()

READ = ("GET", "/rest/config")
TABLES = {"devices": tables.DEVICE, "folders": tables.FOLDER}
KEYS = {"devices": "deviceID", "folders": "id"}
MODULES = {"devices": "syncthing_device", "folders": "syncthing_folder"}


# --- what a daemon is given beforehand, behind the modules' back


def device_id(seed: str) -> str:
    return device_ids.from_bytes(hashlib.sha256(seed.encode()).digest())


def add_device(daemon: Daemon, seed: str, **fields: Any) -> str:
    """A device with a made-up ID that belongs to its first name."""
    found = device_id(seed)
    fresh = {"deviceID": found, "name": seed, "compression": "metadata", **fields}
    daemon.put("/rest/config/devices", [fresh])
    return found


def add_folder(daemon: Daemon, folder: str, *devices: str | Json, **fields: Any) -> Json:
    """A paused folder, shared with these (IDs, or entries as Syncthing has them); returns it as it is then."""
    template = daemon.config().get("defaults", {}).get("folder", tables.FACTORY_FOLDER)
    path = str(daemon.folders_dir / hashlib.sha256(folder.encode()).hexdigest()[:8])
    entries = [entry if isinstance(entry, dict) else {"deviceID": entry} for entry in devices]
    entries.append({"deviceID": daemon.device_id})
    fresh = {**template, "id": folder, "path": path, "paused": True, "devices": entries, **fields}
    daemon.put("/rest/config/folders", [fresh])
    return get(daemon, "folders", folder)


def get(daemon: Daemon, kind: str, key: str) -> Json:
    found = [item for item in daemon.config()[kind] if item[KEYS[kind]] == key]
    assert len(found) == 1, f"{key} is {len(found)} times in {kind}"
    return found[0]


def shares(daemon: Daemon, folder: str) -> dict[str, str]:
    """Who else a folder is shared with: device ID to encryption password."""
    found = get(daemon, "folders", folder)["devices"]
    return {share["deviceID"]: share["encryptionPassword"] for share in found if share["deviceID"] != daemon.device_id}


def files(folder: Path) -> dict[str, str]:
    """What is in a folder, but for what is Syncthing's own, such as temporary files, which it may leave for a day."""
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and not _is_own(path.relative_to(folder))
    }


def _is_own(path: Path) -> bool:
    return path.parts[0].startswith(".st") or path.name.startswith(".syncthing.")


def everything_else(config: Json, kind: str, *keys: str) -> Json:
    """A configuration without these objects, to show that nothing else was touched."""
    return {**config, kind: [item for item in config[kind] if item[KEYS[kind]] not in keys]}


def timeless(value: Any) -> Any:
    """Without the times at which something was offered or ignored."""
    if isinstance(value, dict):
        return {key: timeless(inner) for key, inner in value.items() if key != "time"}
    return [timeless(inner) for inner in value] if isinstance(value, list) else value


# --- what came out


def good(result: ModuleResult, changed: bool | None = None) -> ModuleResult:
    assert not result.failed, result.result
    assert changed in (None, result.changed), result.result
    return result


NOISE = ("Traceback", "object at 0x", "HTTPConnectionPool", "Max retries", "Error(", "None", "<class")


def bad(result: ModuleResult, code: str | None, *words: str) -> str:
    """The one clear sentence that a module failed with. `code` None: Ansible itself refused the options."""
    assert result.failed and result.rc == 1, result.result
    assert not result.changed and "exception" not in result, result.result
    assert result.result.get("error", {}).get("code") == code, result.result
    assert len(result.msg.splitlines()) == 1 and len(result.msg) > 20, result.msg
    for noise in NOISE if code else ():
        assert noise not in result.msg, result.msg
    for word in words:
        assert word in result.msg, f"{word!r} is not in: {result.msg}"
    return result.msg


def refused(run: Run, proxy: RecordingProxy, module: str, code: str | None, *words: str, **args: Any) -> str:
    """`bad`, and nothing was written; where Ansible refused it, nothing was even asked."""
    before = proxy.daemon.config()
    proxy.clear()
    said = bad(run(module, proxy, **args), code, *words)
    assert not proxy.writes and (code or not proxy.requests), proxy.requests
    assert proxy.daemon.config() == before
    return said


def python_with(folder: Path, code: str) -> str:
    """The module's interpreter, to be given as `python=`, that runs `code` first."""
    (folder / "sitecustomize.py").write_text(code)
    script = folder / "python"
    python = os.environ.get("SYNCTHING_TEST_PYTHON", sys.executable)
    script.write_text(f'#!/bin/sh\nPYTHONPATH={folder}:$PYTHONPATH exec {python} "$@"\n')
    script.chmod(0o755)
    return str(script)


# --- in this process, for many runs


def parsed(options: Json) -> desired.Desired:
    spec = {**desired.config_argument_spec(), "unknown_fields": desired.UNKNOWN_FIELDS}
    # One object in two places would be checked twice, and wouldn't be what it was.
    result = ArgumentSpecValidator(spec).validate(json.loads(json.dumps(options)))
    assert not result.error_messages, result.error_messages
    return desired.config(result.validated_parameters)


def client(target: Any, **settings: Any) -> SyncthingClient:
    return SyncthingClient(Endpoint(target.api_url, target.api_key, None, "api_url"), **settings)


def apply(target: Any, options: Json, check: bool = False) -> Outcome:
    with client(target) as connection:
        return reconcile(connection, parsed(options), check)


# --- every field once


def exists(entry: Field, daemon: Daemon) -> bool:
    since, until = entry.since, entry.until
    return (not since or daemon.at_least(since)) and (not until or daemon.binary.key < version_key(until))


# Option to value, where something else than "another number" or "another text" must be given. Two must be other
# devices, which the tests that use this add first.
VALUES: dict[str, Any] = {
    "addresses": ["tcp://192.0.2.1:22000", "quic://[2001:db8::1]:22000", "dynamic"],
    "allowed_networks": ["192.0.2.0/24", "2001:db8::/32"],
    "ignored_folders": [{"id": "unwanted", "label": "Unwanted", "time": "2024-01-02T03:04:05Z"}],
    "introduced_by": device_id("introducer"),
    "path": "/nonexistent/elsewhere",
    "fs_path": "/nonexistent/versions",
    "unit": "MB",
    "entries": [{"match": "user.*", "permit": True}, {"match": "*", "permit": False}],
    "keep": 3,
}
CHOSEN = {"versioning.type": "staggered", "type": "sendonly"}
PARAMS = {"params": {"max_age": 77}}


def other_values(daemon: Daemon, table: Table, current: Json, place: str = "") -> tuple[Json, Json]:
    """For every field that this version has: options with another value than `current`, and what they are in JSON."""
    options: Json = {}
    wanted: Json = {}
    for entry in table:
        if not exists(entry, daemon):
            assert entry.json not in current, f"{entry.json} is in {daemon}, the table says it is not"
            continue
        assert entry.json in current, f"{entry.json} is not in {daemon}, the table says it is"
        now = current[entry.json]
        if entry.option in PARAMS:
            option, value = PARAMS[entry.option], {"maxAge": "77"}
        elif entry.type == "dict" and entry.fields:
            option, value = other_values(daemon, entry.fields, now, f"{place}{entry.option}.")
        else:
            if place + entry.option in CHOSEN:
                option = CHOSEN[place + entry.option]
            elif entry.option in VALUES:
                option = VALUES[entry.option]
            elif entry.choices:
                option = next(choice for choice in entry.choices if choice not in (now, "none"))
            elif entry.type == "bool":
                option = not now
            elif entry.type in ("int", "float"):
                option = now + 3
            else:
                assert entry.type == "str", f"{entry.option}: say in VALUES what it shall be"
                option = f"other {entry.option}"
            value = option
        assert value != now, entry.option
        options[entry.option], wanted[entry.json] = option, value
    return options, wanted


def lacking(daemon: Daemon, table: Table, place: str = "") -> Iterator[tuple[str, Json, str]]:
    """Each field that this version lacks: its place, the options that declare it, the version that has or had it."""
    for entry in table:
        if not exists(entry, daemon):
            example = {"bool": True, "int": 1, "float": 1, "dict": {}}.get(entry.type, "x")
            if entry.choices:
                example = entry.choices[-1]
            newer = entry.since and not daemon.at_least(entry.since)
            yield place + entry.option, {entry.option: example}, (entry.since if newer else entry.until) or ""
        elif entry.type == "dict":
            for inner, options, version in lacking(daemon, entry.fields, f"{place}{entry.option}."):
                yield inner, {entry.option: options}, version


def check_every_field(run: Run, proxy: RecordingProxy, kind: str, ident: Json, without: Sequence[str] = ()) -> None:
    """Every field but `without` is set to another value, read back, and then left alone."""
    daemon = proxy.daemon
    key = next(iter(ident.values()))
    before = daemon.config()
    current = get(daemon, kind, key)
    table = [entry for entry in TABLES[kind] if entry.option not in without]
    options, wanted = other_values(daemon, table, {k: v for k, v in current.items() if k not in without})
    done = good(run(MODULES[kind], proxy, **ident, **options), changed=True)
    assert get(daemon, kind, key) == {**current, **wanted}
    assert everything_else(daemon.config(), kind, key) == everything_else(before, kind, key)
    shown = done[MODULES[kind].removeprefix("syncthing_")]
    assert {option: shown[option] for option in options} == options
    proxy.clear()
    good(run(MODULES[kind], proxy, **ident, **options), changed=False)
    assert proxy.requests == [READ]


def check_lacking_fields(run: Run, proxy: RecordingProxy, kind: str, ident: Json) -> None:
    """What this version lacks fails and says since when it is there, or is left out with a warning or in silence."""
    daemon = proxy.daemon
    module = MODULES[kind]
    fields = list(lacking(daemon, TABLES[kind]))
    assert fields
    merged: Json = {}
    for place, options, version in fields:
        if place in (fields[0][0], fields[-1][0]) or "." in place:
            refused(run, proxy, module, "unsupported", place, daemon.version, version, **ident, **options)
        name, value = next(iter(options.items()))
        merged[name] = {**merged.get(name, {}), **value} if isinstance(value, dict) else value
    for mode in ("warn", "ignore"):
        proxy.clear()
        result = good(run(module, proxy, unknown_fields=mode, **ident, **merged), changed=False)
        assert proxy.requests == [READ]
        assert len(result.warnings) == (len(fields) if mode == "warn" else 0), result.warnings
        if mode == "warn":
            for place, _unused, version in fields:
                (warning,) = [text for text in result.warnings if f"{place}:" in text]
                assert daemon.version in warning and version in warning


# --- the ladder


@dataclass(frozen=True)
class Case:
    """An object that is not there yet. `missing` are option sets that must be refused, with words of the answer."""

    kind: str
    key: str  # as the daemon has it
    ident: Json
    create: Json
    modify: Json
    missing: Sequence[tuple[Json, str | None, str]] = field(default_factory=list)


def climb(run: Run, proxy: RecordingProxy, case: Case) -> None:
    """Missing options, check mode, apply, again, modify in check mode, modify, again, and so out again."""
    module = MODULES[case.kind]
    name = module.removeprefix("syncthing_")
    daemon = proxy.daemon
    start = daemon.config()
    last: Json | None = None

    def shown() -> Json | None:
        listed = good(run("syncthing_info", gather_subset=[case.kind]), changed=False)[case.kind]
        ident = "device_id" if case.kind == "devices" else "id"
        return next((item for item in listed if item[ident] == case.key), None)

    def go(changed: bool, check: bool = False, **args: Any) -> Json:
        proxy.clear()
        proxy.refuse_writes = check
        result = good(run(module, proxy, check=check, **case.ident, **args), changed)
        return {part: result[part] for part in ("changed", "diff", name)}

    def change(**args: Any) -> None:
        nonlocal last
        before = daemon.config()
        predicted = go(True, check=True, **args)
        assert proxy.requests == [READ]
        assert daemon.config() == before
        done = go(True, **args)
        assert done == predicted
        after, now = daemon.config(), shown()
        assert done[name] == now
        for side, item in (("before", last), ("after", now)):
            assert without_marks(done["diff"][side]) == ({case.kind: {case.key: item}} if item else {})
        assert everything_else(after, case.kind, case.key) == everything_else(start, case.kind, case.key)
        assert go(False, **args) == {"changed": False, "diff": {"before": {}, "after": {}}, name: now}
        assert proxy.requests == [READ]
        assert daemon.config() == after
        last = now

    refused(run, proxy, module, None, "missing required arguments")
    for args, code, words in case.missing:
        refused(run, proxy, module, code, words, **case.ident, **args)
    change(**case.create)
    assert last
    change(**case.modify)
    change(state="absent")
    assert last is None
    assert daemon.config() == start


def without_marks(value: Any) -> Any:
    """A diff without its marks for secrets, to compare it with what a module returns."""
    if isinstance(value, dict):
        return {key: without_marks(inner) for key, inner in value.items() if key != "encryption_password"}
    return [without_marks(inner) for inner in value] if isinstance(value, list) else value


def written(proxy: RecordingProxy, path: str) -> bytes:
    """The body of the only write to `path`."""
    (body,) = [exchange.body for exchange in proxy.exchanges if exchange.path == path and exchange.method != "GET"]
    return body


def certificate(folder: Path, *names: str) -> Path:
    """A CA in `ca.pem`, and what it signed for these addresses in Syncthing's file names; returns the CA."""
    import datetime
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    now = datetime.datetime.now(datetime.timezone.utc)
    keys = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("ca", "https")}
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ca of the tests")])
    identifier = x509.SubjectKeyIdentifier.from_public_key(keys["ca"].public_key())
    for name, file in (("ca", "ca.pem"), ("https", "https-cert.pem")):
        ca = name == "ca"
        builder = (
            x509.CertificateBuilder()
            .subject_name(issuer if ca else x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "daemon")]))
            .issuer_name(issuer)
            .public_key(keys[name].public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=300))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        )
        if ca:
            unused = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
            usage = dict.fromkeys((*unused, "encipher_only", "decipher_only"), False)
            usage.update(digital_signature=True, key_cert_sign=True, crl_sign=True)
            builder = builder.add_extension(x509.KeyUsage(**usage), critical=True)
            builder = builder.add_extension(identifier, critical=False)
        else:
            alternatives = [x509.IPAddress(ipaddress.ip_address(address)) for address in names]
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        signed = builder.sign(keys["ca"], hashes.SHA256())
        (folder / file).write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "https-key.pem").write_bytes(
        keys["https"].private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
    )
    ca = folder / "ca.pem"
    with (folder / "https-cert.pem").open("ab") as chain:  # the harness trusts what is in this file
        chain.write(ca.read_bytes())
    return ca
