# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

from __future__ import annotations

import functools
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
from installation import Host
from support import Make, bad, good

from harness.daemon import Daemon
from harness.module import ModuleResult, run_module

pytestmark = [pytest.mark.any_core, pytest.mark.outer_versions]

MODULE = "syncthing_gui_certificate"
Pem = dict[str, str]


P_256 = ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")


@functools.cache
def openssl(days: int, names: str, kind: tuple[str, ...] = P_256) -> Pem:
    with tempfile.TemporaryDirectory() as folder:
        command = ["openssl", "req", "-x509", "-newkey", *kind, "-nodes"]
        command += ["-subj", "/CN=one", "-addext", f"subjectAltName={names}", "-days", str(days)]
        subprocess.run([*command, "-keyout", "k", "-out", "c"], cwd=folder, check=True, capture_output=True)
        return {"certificate": Path(folder, "c").read_text(), "private_key": Path(folder, "k").read_text()}


def install(daemon: Daemon, pem: Pem, **args: Any) -> ModuleResult:
    options = {"config_dir": str(daemon.config_dir), "executable": str(daemon.binary.path), **pem}
    done = run_module(MODULE, options, **args)
    assert pem["private_key"].splitlines()[1] not in str(done.result)
    return done


def ask(daemon: Daemon) -> ModuleResult:
    return run_module(
        "syncthing_info", {"config_dir": str(daemon.config_dir), "gather_subset": ["system"], "retries": 0}
    )


def test_a_daemon_with_a_certificate_of_its_own(make_daemon: Make) -> None:
    """It is trusted as soon as the daemon shows it, and the daemon keeps it."""
    daemon = make_daemon(tls=True)
    pem = openssl(365, "DNS:one,DNS:two")
    predicted = good(install(daemon, pem, check=True), changed=True)
    good(ask(daemon))
    done = good(install(daemon, pem), changed=True)
    assert done.diff == predicted.diff and set(done.diff["before"]) == {"certificate", "private_key"}
    assert done.diff["after"]["private_key"] == "(set to another value)"
    assert done["fingerprint"] in bad(ask(daemon), "tls")
    daemon.restart()
    good(ask(daemon))
    good(install(daemon, pem), changed=False)
    assert daemon.cert_file.read_text() == pem["certificate"]


@pytest.mark.once
@pytest.mark.parametrize("names", ["DNS:one", "DNS:other"])
def test_what_the_daemon_would_replace_is_refused(make_daemon: Make, names: str) -> None:
    """And nothing else is."""
    daemon = make_daemon(tls=True, start=False)
    ending = openssl(10, names)
    replaced = names == "DNS:one"
    if replaced:
        said = bad(install(daemon, ending), "invalid_input")
        assert "its last 30 days" in said and not daemon.cert_file.exists()
    else:
        good(install(daemon, ending), changed=True)
    daemon.cert_file.write_text(ending["certificate"])
    daemon.cert_file.with_name("https-key.pem").write_text(ending["private_key"])
    daemon.start()
    assert (daemon.cert_file.read_text() != ending["certificate"]) == replaced


@pytest.mark.once
@pytest.mark.parametrize(
    ("kind", "then"),
    [
        (("ed25519",), "kept"),
        (("rsa:2048",), "kept"),
        (("ec", "-pkeyopt", "ec_paramgen_curve:P-521"), "kept"),
        (("ed448",), "replaced"),
        (("ec", "-pkeyopt", "ec_paramgen_curve:secp256k1"), "replaced"),
        ((*P_256, "-pkeyopt", "ec_param_enc:explicit"), "replaced"),
        (("ec", "-pkeyopt", "ec_paramgen_curve:P-224"), "mute"),
    ],
)
def test_kinds_of_keys(make_daemon: Make, kind: tuple[str, ...], then: str) -> None:
    """What the daemon can't read, it replaces without a word; with what TLS lacks, nobody can connect to it."""
    daemon = make_daemon(tls=True, start=False)
    pem = openssl(365, "DNS:one,DNS:two", kind)
    if then == "kept":
        good(install(daemon, pem), changed=True)
    else:
        assert "of a kind that Syncthing can't use" in bad(install(daemon, pem), "invalid_input")
        assert not daemon.cert_file.exists()
    if then == "mute":
        return
    daemon.cert_file.write_text(pem["certificate"])
    daemon.cert_file.with_name("https-key.pem").write_text(pem["private_key"])
    daemon.start()
    assert (daemon.cert_file.read_text() == pem["certificate"]) == (then == "kept")


@pytest.mark.once
def test_another_user(users_host: Host) -> None:
    """All belongs to the user, and no link of the user's is followed."""
    pem = openssl(365, "DNS:one,DNS:two")
    planted = users_host.base.parent / "planted"
    planted.write_text("kept")
    good(users_host.run("syncthing_identity"), changed=True)
    for name in ("https-key.pem", "https-cert.pem"):
        (users_host.config_dir / name).symlink_to(planted)
    good(users_host.run(MODULE, **pem), changed=True)
    found = users_host.files()
    uid = found["state/syncthing/cert.pem"][1]
    assert found["state/syncthing/https-key.pem"] == (0o600, uid, pem["private_key"])
    assert found["state/syncthing/https-cert.pem"] == (0o644, uid, pem["certificate"])
    assert planted.read_text() == "kept"
