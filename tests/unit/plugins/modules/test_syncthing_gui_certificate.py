# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

from ansible_collections.community.syncthing.tests.unit import support

ONE, OTHER = (support.load("identities")[kind] for kind in ("ecdsa", "ed25519"))


def install(run, nowhere, check=False, **args):
    given = {"certificate": ONE["certificate"], "private_key": ONE["private_key"]}
    return run("syncthing_gui_certificate", {"config_dir": str(nowhere), "executable": "x", **given, **args}, check)


def test_files(run, nowhere):
    """In check mode, from text and from files, and again; the key is shown nowhere."""
    secret = ONE["private_key"].splitlines()[1]
    assert install(run, nowhere, check=True)["changed"] and list(nowhere.iterdir()) == []
    first = install(run, nowhere)
    assert first["changed"] and (nowhere / "https-key.pem").stat().st_mode & 0o777 == 0o600
    assert (nowhere / "https-cert.pem").stat().st_mode & 0o777 == 0o644
    assert first["diff"]["after"] == {"certificate": first["fingerprint"], "private_key": "(set)"}
    key = nowhere / "given.pem"
    key.write_text(ONE["private_key"])
    again = install(run, nowhere, private_key=str(key))
    assert not again["changed"] and again["diff"]["before"] == again["diff"]["after"]
    (nowhere / "https-key.pem").chmod(0o644)
    assert install(run, nowhere)["changed"]
    for result in (first, again):
        assert secret not in result.output + result.log


def test_a_chain(run, nowhere):
    """The first certificate is the one of the key."""
    chain = ONE["certificate"] + OTHER["certificate"]
    assert install(run, nowhere)["fingerprint"] == install(run, nowhere, certificate=chain)["fingerprint"]
    result = install(run, nowhere, certificate=OTHER["certificate"] + ONE["certificate"])
    assert "not the key of this certificate" in result["msg"] and result["error"]["code"] == "invalid_input"


def test_what_is_refused(run, nowhere):
    for args, said in (
        ({"private_key": OTHER["private_key"]}, "not the key of this certificate"),
        ({"private_key": "/no/such/file"}, "can't be read"),
        ({"certificate": "/dev/null"}, "not a regular file"),
        ({"certificate": ONE["certificate"].replace("CERTIFICATE", "TRUSTED CERTIFICATE")}, "it has none"),
        ({"certificate": ONE["certificate"].replace("CERTIFICATE", "X509 CERTIFICATE")}, "it has none"),
        ({"certificate": "text"}, "at least one block 'BEGIN CERTIFICATE'"),
        ({"certificate": ONE["certificate"] + ONE["private_key"]}, "has a private key in it"),
        ({"certificate": ""}, "belong together"),
    ):
        for check in (True, False):
            result = install(run, nowhere, check=check, **args)
            assert said in result["msg"] and result["error"]["code"] == "invalid_input"
            assert OTHER["private_key"].splitlines()[1] not in result.output
    assert list(nowhere.iterdir()) == []
