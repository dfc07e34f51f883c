# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._setup import identity
from installation import CONFIG, IDENTITY, Host
from support import Make, bad, good, python_with

from harness.daemon import Daemon, device_id, pair

pytestmark = [pytest.mark.any_core, pytest.mark.outer_versions]

MODES = {"state": 0o700, "state/syncthing": 0o700, "state/syncthing/key.pem": 0o600, "state/syncthing/cert.pem": 0o644}
KEYS = {
    "ed25519": ["ed25519"],
    "ecdsa": ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
    "rsa": ["rsa:3072"],
}
Pem = dict[str, str]


@functools.cache
def openssl(kind: str) -> Pem:
    """An identity that Syncthing didn't make."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["openssl", "req", "-x509", "-newkey", *KEYS[kind], "-nodes", "-subj", "/CN=syncthing"]
        subprocess.run([*command, "-keyout", "k", "-out", "c"], cwd=folder, check=True, capture_output=True)
        return {"certificate": Path(folder, "c").read_text(), "private_key": Path(folder, "k").read_text()}


@functools.cache
def python_made() -> Pem:
    return identity.make()._asdict()


def ident(pem: Pem) -> str:
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(pem["certificate"])
        file.flush()
        return device_id(Path(file.name))


def host_of(daemon: Daemon) -> Host:
    host = Host(daemon.binary, daemon.home)
    host.config_dir = daemon.config_dir
    return host


def give(daemon: Daemon, pem: Pem) -> None:
    """Give another identity to a daemon that never ran."""
    good(host_of(daemon).run(IDENTITY, force=True, **pem), changed=True)
    assert daemon.device_id == ident(pem)


# --- made


def test_a_new_identity(host: Host) -> None:
    predicted = good(host.run(IDENTITY, check=True), changed=True)
    assert predicted["device_id"] is None and predicted["certificate"] is None
    assert host.files() == {}
    made = good(host.run(IDENTITY), changed=True)
    assert {name: mode for name, (mode, *_rest) in host.files().items()} == MODES
    assert made["device_id"] == device_id(host.config_dir / "cert.pem")
    assert made["certificate"] == host.file("cert.pem") and made["config_dir"] == str(host.config_dir)
    assert made.diff == {"before": {"device_id": None}, "after": {"device_id": made["device_id"]}}
    before = host.files()
    for check in (True, False):
        again = good(host.run(IDENTITY, check=check), changed=False)
        assert again["device_id"] == made["device_id"] and host.files() == before
    assert "PRIVATE" not in made.stdout


@pytest.mark.once
def test_without_syncthing(host: Host, tmp_path: Path) -> None:
    """As on a controller that makes identities ahead of time."""
    if host.python_has("cryptography"):
        made = good(host.run(IDENTITY, executable="no-such-program"), changed=True)
        assert made["device_id"] == device_id(host.config_dir / "cert.pem")
        shutil.rmtree(host.config_dir)
    (tmp_path / "python").mkdir()
    python = python_with(tmp_path / "python", "import sys; sys.modules['cryptography'] = None")
    said = bad(host.run(IDENTITY, python=python, executable="no-such-program"), "discovery", "cryptography")
    assert "executable" in said and not list(host.config_dir.iterdir())


# --- used


def test_daemons_take_it(make_daemon: Make) -> None:
    """Every kind of key, on every version: the daemon has this ID, and others connect to it by that."""
    one, two = make_daemon("one", start=False), make_daemon("two", start=False)
    for first, second in ((python_made(), openssl("ed25519")), (openssl("rsa"), openssl("ecdsa"))):
        for daemon, pem in ((one, first), (two, second)):
            give(daemon, pem)
            daemon.start()  # which waits until it says that it has this ID
            assert host_of(daemon).file("key.pem").strip() == pem["private_key"].strip()
        pair(one, two)
        one.stop()
        two.stop()


def test_a_rebuilt_host_gets_its_old_id(host: Host) -> None:
    made = good(host.run(IDENTITY), changed=True)
    kept = host.pair()
    shutil.rmtree(host.base / "state")
    predicted = good(host.run(IDENTITY, check=True, **kept), changed=True)
    assert predicted["device_id"] == made["device_id"] and host.files() == {}
    again = good(host.run(IDENTITY, **kept), changed=True)
    assert again["device_id"] == made["device_id"] and host.pair() == kept
    assert {name: mode for name, (mode, *_rest) in host.files().items()} == MODES
    # However a vault or a survey brings it.
    for variant in (
        {name: text.strip() for name, text in kept.items()},
        {name: text.replace("\n", "\r\n") for name, text in kept.items()},
        {"certificate": "", "private_key": ""},
    ):
        good(host.run(IDENTITY, **variant), changed=False)
    assert host.pair() == kept


@pytest.mark.once
def test_a_key_that_others_can_read(host: Host) -> None:
    made = good(host.run(IDENTITY), changed=True)
    kept = host.pair()
    (host.config_dir / "key.pem").chmod(0o640)
    before = host.files()
    good(host.run(IDENTITY, check=True), changed=True)
    assert host.files() == before
    for changed in (True, False):
        assert good(host.run(IDENTITY), changed=changed)["device_id"] == made["device_id"]
        assert {name: mode for name, (mode, *_rest) in host.files().items()} == MODES
    assert host.pair() == kept


def test_why_half_an_identity_is_refused(make_daemon: Make) -> None:
    """Syncthing makes itself a new one, and nobody knows it any more."""
    daemon = make_daemon(start=False)
    before = daemon.device_id
    (daemon.config_dir / "key.pem").unlink()
    bad(host_of(daemon).run(IDENTITY), "invalid_input", "cert.pem is there without key.pem", "force")
    subprocess.run(
        [str(daemon.binary.path), *(["generate", f"--home={daemon.config_dir}"] if daemon.at_least("1.18.5") else
         [f"-generate={daemon.config_dir}"])], check=True, capture_output=True,
    )  # fmt: skip
    assert daemon.device_id != before


# --- refused


@pytest.mark.once
def test_another_identity_only_by_force(host: Host) -> None:
    good(host.run(IDENTITY, **openssl("ecdsa")), changed=True)
    before = host.files()
    for check in (True, False):
        said = bad(host.run(IDENTITY, check=check, **openssl("ed25519")), "invalid_input", "force")
        assert ident(openssl("ecdsa")) in said and ident(openssl("ed25519")) in said
    good(host.run(IDENTITY, force=True), changed=False)
    good(host.run(IDENTITY, force=True, check=True, **openssl("ed25519")), changed=True)
    assert host.files() == before
    done = good(host.run(IDENTITY, force=True, **openssl("ed25519")), changed=True)
    ids = [{"device_id": ident(openssl(kind))} for kind in ("ecdsa", "ed25519")]
    assert done.diff == {"before": ids[0], "after": ids[1]}
    good(host.run(IDENTITY, force=True, **openssl("ed25519")), changed=False)


@pytest.mark.once
def test_what_is_no_identity(host: Host) -> None:
    """More of it is among the unit tests."""
    mixed = {**openssl("ecdsa"), "private_key": openssl("ed25519")["private_key"]}
    for check in (True, False):
        result = host.run(IDENTITY, check=check, **mixed)
        bad(result, "invalid_input", "not the key of this certificate")
        assert mixed["private_key"].splitlines()[1] not in result.stdout + result.stderr
    assert host.files() == {}


@pytest.mark.once
def test_half_an_identity_is_completed_by_its_own_other_half(host: Host) -> None:
    pem = openssl("ecdsa")
    good(host.run(IDENTITY, **pem), changed=True)
    whole = host.files()
    for name in ("key.pem", "cert.pem"):
        (host.config_dir / name).unlink()
        before = host.files()
        for check in (True, False):
            bad(host.run(IDENTITY, check=check), "invalid_input", name, "force")
            bad(host.run(IDENTITY, check=check, **openssl("ed25519")), "invalid_input", name, "force")
        assert host.files() == before
        good(host.run(IDENTITY, check=True, **pem), changed=True)
        good(host.run(IDENTITY, **pem), changed=True)
        assert host.files() == whole
    # Two halves of two identities.
    (host.config_dir / "key.pem").write_text(openssl("ed25519")["private_key"])
    bad(host.run(IDENTITY), "invalid_input", "not the key of this certificate")
    bad(host.run(IDENTITY, **pem), "invalid_input", "not the key of this certificate")
    good(host.run(IDENTITY, force=True, **pem), changed=True)
    assert host.files() == whole
    (host.config_dir / "cert.pem").write_text("what is this")
    made = good(host.run(IDENTITY, force=True), changed=True)
    assert made["device_id"] == device_id(host.config_dir / "cert.pem") != ident(pem)


# --- interrupted

KILLED = """
import os
count = %d
rename = os.rename
def step(*args, **kwargs):
    global count
    if not count:
        os._exit(137)
    count -= 1
    rename(*args, **kwargs)
os.rename = step
"""


@pytest.mark.once
@pytest.mark.parametrize("given", [False, True], ids=["made", "given"])
@pytest.mark.parametrize("renames", [0, 1])
def test_killed_on_the_way(host: Host, tmp_path: Path, given: bool, renames: int) -> None:
    """Then there is the old or the new identity, or what the next run makes the new one of."""
    pem = openssl("ed25519")
    if given:
        good(host.run(IDENTITY, **openssl("ecdsa")))
    (tmp_path / "python").mkdir()
    python = python_with(tmp_path / "python", KILLED % renames)
    with pytest.raises(AssertionError, match="137"):
        host.run(IDENTITY, python=python, **({**pem, "force": True} if given else {}))
    shutil.rmtree(tmp_path / "python")
    left = host.files()
    if given and not renames:
        assert good(host.run(IDENTITY), changed=False)["device_id"] == ident(openssl("ecdsa"))
    elif renames:
        bad(host.run(CONFIG), "discovery", "syncthing_identity")
        assert good(host.run(IDENTITY, check=True), changed=True)["device_id"] is not None
        if given:  # what can't be done must not lose what is half done
            bad(host.run(IDENTITY, **openssl("ecdsa")), "invalid_input", "force")
        assert host.files() == left
        done = good(host.run(IDENTITY), changed=True)
        assert not given or done["device_id"] == ident(pem)
    else:
        good(host.run(IDENTITY), changed=True)
    assert {name: mode for name, (mode, *_rest) in host.files().items()} == MODES
    good(host.run(IDENTITY), changed=False)


@pytest.mark.once
def test_two_at_once(host: Host) -> None:
    """One makes it, the other finds it."""
    with ThreadPoolExecutor(4) as pool:
        results = [one.result() for one in [pool.submit(host.run, IDENTITY) for _number in range(4)]]
    assert sorted(good(result).changed for result in results) == [False, False, False, True]
    assert {result["device_id"] for result in results} == {device_id(host.config_dir / "cert.pem")}


# --- for another user


@pytest.mark.once
def test_for_another_user(users_host: Host) -> None:
    good(users_host.run(IDENTITY, check=True), changed=True)
    assert users_host.files() == {}
    good(users_host.run(IDENTITY), changed=True)
    good(users_host.run(CONFIG), changed=True)
    files = users_host.files()
    assert {name: mode for name, (mode, *_rest) in files.items()} == {**MODES, "state/syncthing/config.xml": 0o600}
    assert {owner for _mode, owner, _content in files.values()} == {users_host.base.stat().st_uid}
    # Without the user it would be root's, and useless.
    for module in (IDENTITY, CONFIG):
        for check in (True, False):
            bad(users_host.run(module, check=check, user=None), "invalid_input", "nobody", "user")
    good(users_host.run(IDENTITY), changed=False)


@pytest.mark.once
def test_a_directory_that_only_root_can_make(users_host: Host) -> None:
    base = Path(tempfile.mkdtemp(prefix="community.syncthing-", dir="/run"))
    try:
        base.chmod(0o755)
        users_host.config_dir = base / "a" / "b"
        good(users_host.run(IDENTITY), changed=True)
        uid = users_host.base.stat().st_uid
        assert [(path.stat().st_mode & 0o777, path.stat().st_uid) for path in (base / "a", base / "a/b")] == [
            (0o700, uid), (0o700, uid),
        ]  # fmt: skip
        # What the user planted leads root nowhere.
        (base / "secret").mkdir(mode=0o755)
        users_host.config_dir = base / "a" / "link" / "syncthing"
        (base / "a" / "link").symlink_to(base / "secret")
        bad(users_host.run(IDENTITY), "invalid_input", "Permission denied", "link")
        assert not list((base / "secret").iterdir())
    finally:
        shutil.rmtree(base)


@pytest.mark.once
def test_what_a_user_planted(users_host: Host) -> None:
    """Root changes and tells nothing that this user could not."""
    folder, uid = users_host.config_dir, users_host.base.stat().st_uid
    good(users_host.run(IDENTITY), changed=True)
    secret = users_host.base.parent / "secret"
    secret.mkdir(mode=0o755)
    target = secret / "key.pem"
    target.write_text("root's own")
    target.chmod(0o600)

    def plant(name: str, destination: Path) -> None:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        elif path.exists():
            path.unlink()
        path.symlink_to(destination)
        os.lchown(path, uid, -1)

    plant(".ansible-syncthing", secret)
    good(users_host.run(IDENTITY, force=True, **openssl("ecdsa")), changed=True)
    plant("key.pem", target)
    said = users_host.run(IDENTITY)
    bad(said, "discovery", "Permission denied", "key.pem")
    plant("config.xml", target)
    good(users_host.run(CONFIG), changed=False)
    assert "root's own" not in said.stdout
    assert [(path.name, path.read_text(), path.stat().st_uid) for path in secret.iterdir()] == [
        ("key.pem", "root's own", 0)
    ]


@pytest.mark.once
def test_only_root_can_act_as_another(host: Host) -> None:
    args = {"user": "nobody"} if os.geteuid() else {"user": "no-such-user"}
    bad(host.run(IDENTITY, **args), "invalid_input" if os.geteuid() else "discovery", "user")
    assert host.files() == {}


@pytest.mark.once
def test_a_bare_host_in_check_mode(host: Host) -> None:
    pem = openssl("ecdsa")
    for args, given in (
        ({"user": "no-such-user"}, pem),
        ({"user": "no-such-user", "config_dir": None}, {}),
        ({"executable": "none"}, {}),
    ):
        result = good(host.run(IDENTITY, check=True, **args, **given), changed=True)
        assert result["device_id"] == (ident(pem) if given else None)
    assert host.files() == {}
