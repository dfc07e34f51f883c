# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Act as the daemon's user, so that root never follows what that user planted in its own directories.

All that is made this way belongs to the user by itself, and a symbolic link leads nowhere that the user can't go.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import shutil
import subprocess
import time
import typing as t

from .._errors import DiscoveryError, InvalidInput
from .._until import every, until
from .files import open_file

_SCRATCH = ".ansible-syncthing"
_TIMEOUT = 60
_PATIENCE = 8  # seconds for another run; anybody who may read the directory can lock it
_PAUSE = 0.2


class Account(t.NamedTuple):
    """A user of this host. ``switch`` tells whether rights must be changed to act as that user."""

    name: str
    uid: int
    gid: int
    home: str
    switch: bool


def find(user: str | None, option: str = "user") -> Account:
    """Return the account of this user, or of the one who runs the module.

    Raises DiscoveryError if there is none, InvalidInput if this process can't act as that user.
    """
    own = os.geteuid()
    entry = look_up(user, option)
    if entry.pw_uid != own and own != 0:
        raise InvalidInput(f"{option}: only root can act as {user!r}: set become for this task.")
    home = entry.pw_dir if user else os.environ.get("HOME") or entry.pw_dir
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, home, entry.pw_uid != own)


def look_up(user: str | None, option: str = "user") -> pwd.struct_passwd:
    """Return the entry of this user, or of the one who runs the module. Raises DiscoveryError if there is none."""
    own = os.geteuid()
    try:
        return pwd.getpwnam(user) if user else pwd.getpwuid(own)
    except KeyError:
        raise DiscoveryError(f"{option}: there is no user {user or own!r} on this host.") from None


@contextlib.contextmanager
def acting_as(account: Account) -> t.Iterator[None]:
    """Do what is inside with the rights of this account and no more."""
    if not account.switch:
        yield
        return
    groups, gid, uid = os.getgroups(), os.getegid(), os.geteuid()
    os.setgroups(os.getgrouplist(account.name, account.gid))
    os.setegid(account.gid)
    os.seteuid(account.uid)
    try:
        yield
    finally:
        os.seteuid(uid)
        os.setegid(gid)
        os.setgroups(groups)


def run(
    account: Account, command: t.Sequence[str], stdin: str = "", environment: t.Mapping[str, str] | None = None
) -> str:
    """Run a program as this account and return its output; what is secret belongs to ``stdin``."""

    def become() -> None:
        os.setgroups(os.getgrouplist(account.name, account.gid))
        os.setgid(account.gid)
        os.setuid(account.uid)

    env = {name: value for name, value in os.environ.items() if not name.startswith(("ST", "XDG_"))}
    env.update(HOME=account.home, USER=account.name, LOGNAME=account.name, STNODEFAULTFOLDER="1")
    env.update(environment or {})
    try:
        done = subprocess.run(  # pylint: disable=ansible-bad-function # no AnsibleModule here
            command,
            input=stdin.encode("utf-8"),
            capture_output=True,
            env=env,
            cwd="/",
            timeout=_TIMEOUT,
            preexec_fn=become if account.switch else None,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DiscoveryError(f"{command[0]} did not end within {_TIMEOUT} s.") from None
    except (OSError, subprocess.SubprocessError, ValueError) as exc:
        reason = getattr(exc, "strerror", None) or f"{account.name!r} could not become its user"
        raise DiscoveryError(f"{command[0]} can't be run as {account.name!r}: {reason}.") from None
    output = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        said = " ".join((output + done.stderr.decode("utf-8", "replace")).split())[-300:]
        raise DiscoveryError(f"{command[0]} failed with exit code {done.returncode}: {said or 'no output'}")
    return output


def check_owner(path: str, account: Account) -> None:
    """Refuse a directory that is there and not the account's."""
    with acting_as(account):
        try:
            owner = os.stat(path).st_uid
        except FileNotFoundError:
            return
    if owner != account.uid:
        raise InvalidInput(
            f"config_dir: {path} belongs to {_name(owner)}, and what {account.name!r} puts there would be of no use "
            "to its daemon: set user to the one that the daemon runs as, or correct the owner."
        )


def _name(uid: int) -> str:
    try:
        return repr(pwd.getpwuid(uid).pw_name)
    except KeyError:
        return f"user ID {uid}"


@contextlib.contextmanager
def locked(path: str, account: Account) -> t.Iterator[None]:
    """Let nobody else of us work in this directory at the same time."""
    with acting_as(account):
        directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _lock(directory, path)
        yield
        os.fsync(directory)
    finally:
        os.close(directory)


def _lock(directory: int, path: str) -> None:
    def is_ours() -> bool:
        try:
            fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            pass  # not every network file system can
        return True

    if not until(is_ours, time.monotonic() + _PATIENCE, every(_PAUSE)):
        raise DiscoveryError(
            f"config_dir: {path} is locked by another process, such as another run of Ansible: try again when that has "
            "ended ('lslocks' or 'lsof +d' shows it)."
        )


def scratch_path(path: str) -> str:
    """Where things are prepared: in the directory itself, so that they can be moved into place."""
    return os.path.join(path, _SCRATCH)


def make_scratch(path: str, account: Account) -> str:
    """Make an empty directory to prepare things in, inside ``locked``."""
    remove_scratch(path, account)
    with acting_as(account):
        os.mkdir(scratch_path(path), 0o700)
    return scratch_path(path)


def remove_scratch(path: str, account: Account) -> None:
    """Remove it, also one that a killed run left behind."""
    with acting_as(account):
        scratch = scratch_path(path)
        if os.path.isdir(scratch) and not os.path.islink(scratch):
            shutil.rmtree(scratch)
        elif os.path.lexists(scratch):
            os.unlink(scratch)


def replace(path: str, account: Account, files: t.Mapping[str, tuple[str, int]]) -> None:
    """Put files in place, inside ``locked``: by name their text and mode. All are written before the first is moved."""
    try:
        prepared = make_scratch(path, account)
        with acting_as(account):
            for name, (text, mode) in files.items():
                write(os.path.join(prepared, name), text, mode)
            for name in files:
                os.rename(os.path.join(prepared, name), os.path.join(path, name))
    finally:
        remove_scratch(path, account)


def read(path: str, limit: int) -> str | None:
    """Return the text of a file; None if there is none."""
    try:
        with open_file(path) as stream:
            data = stream.read(limit + 1)
    except FileNotFoundError:
        return None
    if len(data) > limit:
        raise DiscoveryError(f"{path} is too large to be Syncthing's.")
    return data.decode("utf-8", "replace")


def write(path: str, text: str, mode: int) -> None:
    """Write a new file and be sure that it is on the disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(handle, "wb") as stream:
        os.fchmod(handle, mode)
        stream.write(text.encode("utf-8"))
        stream.flush()
        os.fsync(handle)
