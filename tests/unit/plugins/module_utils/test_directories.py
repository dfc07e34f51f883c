# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""Root creates directories for a user, who has planted what it could. Real ones, with real rights."""

from __future__ import annotations

import os
import pathlib
import pwd
import shutil
import tempfile

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.syncthing.plugins.module_utils._host import accounts, directories

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as others")
NOTHING = directories.Rights(None, None, None)


@pytest.fixture
def ground():
    """A directory of root's in which root alone writes, up to the top; a temporary directory is not one."""
    path = pathlib.Path(tempfile.mkdtemp(dir="/srv"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def nobody():
    entry = pwd.getpwnam("nobody")
    return accounts.Account(entry.pw_name, entry.pw_uid, entry.pw_gid, "/", True)


def make(ground, path, account, rights=NOTHING):
    """Create it, after check mode said the same."""

    def attempt(check_mode):
        try:
            return directories.create(str(ground / path), account, rights, check_mode)
        except InvalidInput as exc:
            return str(exc)

    before = tree(ground)
    predicted = attempt(True)
    assert tree(ground) == before
    found = attempt(False)
    assert found == predicted
    if isinstance(found, str):
        assert tree(ground) == before
    return found


def tree(ground):
    return {str(path): (path.lstat().st_uid, path.lstat().st_mode) for path in ground.rglob("*")}


def owner(path):
    return path.stat().st_uid


def theirs(path, account):
    path.mkdir()
    os.chown(path, account.uid, account.gid)
    return path


def test_where_only_root_writes(ground, nobody):
    assert make(ground, "a/photos", nobody) is True
    assert (owner(ground / "a"), owner(ground / "a/photos")) == (0, nobody.uid)
    assert (ground / "a/photos").stat().st_mode & 0o7777 == 0o755
    assert make(ground, "a/photos", nobody) is False


def test_rights(ground, nobody):
    daemon = pwd.getpwnam("daemon")
    rights = directories.Rights(daemon.pw_uid, daemon.pw_gid, 0o2770)
    home = theirs(ground / "home", nobody)
    for path in ("mine", "home/theirs"):
        assert make(ground, path, nobody, rights) is True
        found = (ground / path).stat()
        assert (found.st_uid, found.st_gid, found.st_mode & 0o7777) == (daemon.pw_uid, daemon.pw_gid, 0o2770)
    assert owner(home) == nobody.uid


def test_what_exists_is_left_as_it_is(ground, nobody):
    (ground / "there").mkdir(mode=0o700)
    assert make(ground, "there", nobody, directories.Rights(1, 1, 0o777)) is False
    assert (owner(ground / "there"), (ground / "there").stat().st_mode & 0o777) == (0, 0o700)


def test_as_the_user_in_what_is_the_users(ground, nobody):
    theirs(ground / "home", nobody)
    assert make(ground, "home/a/b", nobody) is True
    assert owner(ground / "home/a") == owner(ground / "home/a/b") == nobody.uid


@pytest.mark.parametrize("through", ["link/x", "link/deeper/x", "away/link/x", "hop/x"])
def test_a_planted_link(ground, nobody, through):
    """Wherever it lies, and also where a link of root's own leads to it."""
    secret = ground / "secret"
    secret.mkdir()
    (secret / "deeper").mkdir()
    home = theirs(ground / "home", nobody)
    away = theirs(ground / "data", nobody)
    (home / "link").symlink_to(secret)
    (away / "link").symlink_to(secret)
    (home / "away").symlink_to(away)
    (ground / "root").symlink_to(home / "link")
    said = make(ground, "root/x" if through == "hop/x" else "home/" + through, nobody)
    assert "Permission denied" in said and "nobody" in said
    assert not (secret / "x").exists()


def test_a_link_of_the_users_to_its_own(ground, nobody):
    home, away = theirs(ground / "home", nobody), theirs(ground / "data", nobody)
    (home / "link").symlink_to(away)
    assert make(ground, "home/link/x", nobody) is True
    assert owner(away / "x") == nobody.uid


def test_links_of_root(ground, nobody):
    (ground / "disk").mkdir()
    (ground / "absolute").symlink_to(ground / "disk")
    (ground / "relative").symlink_to("./disk/../disk")
    assert make(ground, "absolute/a", nobody) is True
    assert make(ground, "relative/b", nobody) is True
    assert owner(ground / "disk/a") == owner(ground / "disk/b") == nobody.uid
    (ground / "circle").symlink_to("circle")
    assert "circle" in make(ground, "circle/x", nobody)


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o775])
def test_what_others_can_write_to(ground, nobody, mode):
    """A directory of root's for all, such as /tmp: what lies there may be planted."""
    (ground / "secret").mkdir()
    (ground / "open").mkdir()
    (ground / "open").chmod(mode)
    (ground / "open/link").symlink_to(ground / "secret")
    assert "Permission denied" in make(ground, "open/link/x", nobody)


def test_root_itself_follows_no_link_of_others(ground, nobody):
    root = accounts.find(None)
    home = theirs(ground / "home", nobody)
    (ground / "secret").mkdir()
    (home / "link").symlink_to(ground / "secret")
    assert "does not follow the symbolic link 'link'" in make(ground, "home/link/x", root)
    assert make(ground, "home/x", root) is True
    assert owner(home / "x") == 0


@pytest.mark.parametrize("place", ["file", "home/file", "home/broken"])
def test_what_is_not_a_directory(ground, nobody, place):
    theirs(ground / "home", nobody)
    for name in ("file", "home/file"):
        (ground / name).write_text("")
    (ground / "home/broken").symlink_to("nowhere")
    for path in (place, place + "/x"):
        assert place.rpartition("/")[2] in make(ground, path, nobody)


def test_dots(ground, nobody):
    (ground / "a").mkdir()
    assert make(ground, "a/../b//c/", nobody) is True
    assert owner(ground / "b/c") == nobody.uid
