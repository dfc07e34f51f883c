# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

from __future__ import annotations

import datetime
import os
import random
import stat
import time

import pytest
from ansible_collections.community.syncthing.plugins.module_utils._host import tree
from ansible_collections.community.syncthing.plugins.module_utils._operations import conflict_files, conflict_rules
from ansible_collections.community.syncthing.plugins.module_utils._operations.conflict_files import Conflict, Copy, File
from ansible_collections.community.syncthing.plugins.module_utils._operations.conflict_rules import Rule

WHEN = "20260131-120000"
MOMENT = datetime.datetime(2026, 1, 31, 12, 0, 0)


def conflict_name(name, when=WHEN, short_id="ABCDEFG"):
    """What the daemon makes of a name; the extension is what follows the last dot, also at the beginning."""
    directory, base = os.path.split(name)
    dot = base.rfind(".")
    stem, extension = (base, "") if dot < 0 else (base[:dot], base[dot:])
    return os.path.join(directory, f"{stem}.sync-conflict-{when}-{short_id}{extension}")


@pytest.mark.parametrize(
    "name",
    ["a.txt", "a", ".bashrc", "a.", "a.tar.gz", "a b.c d", "...", "x/y.z/a", "\u65e5\u672c.\u8a9e", "a\nb.c\nd", "-",
     "a.sync-conflict-.txt", "sync-conflict-20260131-120000-ABCDEFG", "a~20260131-120000.txt", "a.b.", "{{ x }}.%s"],
)  # fmt: skip
def test_names_come_back(name):
    assert conflict_files.parse(name) is None
    copy = conflict_name(name)
    assert conflict_files.parse(copy) == Copy(copy, name, MOMENT, "ABCDEFG")
    twice = conflict_name(copy, "20270131-120000", "2345672")
    assert conflict_files.parse(twice) == Copy(twice, name, MOMENT.replace(year=2027), "2345672")


def test_random_names_come_back():
    chance = random.Random(15)
    letters = "ab.~-/ \u00e4\u65e5\n20\U0001f600"
    for _unused in range(5000):
        name = "".join(chance.choice(letters) for _letter in range(chance.randrange(1, 12))).strip("/")
        if not os.path.basename(name) or name != os.path.normpath(name):
            continue
        copy = conflict_name(name)
        assert conflict_files.parse(copy) == Copy(copy, name, MOMENT, "ABCDEFG"), name


@pytest.mark.parametrize(
    "name",
    [
        "", "a.txt", "a.sync-conflict-20260131-120000-ABCDEFG.tar.gz", "a.sync-conflict-2026013-120000-ABCDEFG.txt",
        "a.sync-conflict-20261331-120000-ABCDEFG.txt", "a.sync-conflict-20260131-250000-ABCDEFG.txt",
        "a.sync-conflict-20260131-120000-abcdefg.txt", "a.sync-conflict-20260131-120000-ABCDEF1.txt",
        "a.sync-conflict-20260131-120000-ABCDEF.txt", "a.sync-conflict-20260131-120000-ABCDEFGH.txt",
        "a.sync-conflict-20260131-120000-ABCDEFG (1).txt", "a.sync-conflict-20260131_120000.txt",
        "a.sync-conflict-20260131-120000-ABCDEFG/b.txt", ".sync-conflict-20260131-120000-ABCDEFG",
        "a.sync-conflict-\u0662\u0660260131-120000-ABCDEFG.txt", "a.sync-conflict-00000131-120000-ABCDEFG.txt",
    ],
)  # fmt: skip
def test_what_is_no_conflict_copy(name):
    assert conflict_files.parse(name) is None


@pytest.mark.parametrize("middle", ["", "-"])
def test_names_without_a_device(middle):
    name = f"dir/a.sync-conflict-{WHEN}{middle}.txt"
    assert conflict_files.parse(name) == Copy(name, "dir/a.txt", MOMENT, "")


@pytest.mark.parametrize(
    ("name", "version"),
    [("d.d/a.txt", "d.d/a~T.txt"), ("a", "a~T"), (".bashrc", "~T.bashrc"), ("a.tar.gz", "a.tar~T.gz"), ("a.", "a~T.")],
)
def test_names_of_versions(name, version):
    now = time.time()
    tag = time.strftime("%Y%m%d-%H%M%S", time.localtime(now))
    assert conflict_files.tagged(name, now) == version.replace("T", tag)


# --- rules

OLD = 1_700_000_000
STAMP = "2023-11-14T22:13:%02d.%09dZ"


def file(path, seconds, fraction=0, size=3, by="ABCDEFG", settled=True, **changed):
    mtime = (OLD + seconds - 20) * 10**9 + fraction
    numbers = dict.fromkeys(("st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid"), 1)
    numbers.update(st_mode=stat.S_IFREG, st_size=size, st_mtime=mtime / 10**9, st_mtime_ns=mtime)
    numbers.update(changed)
    local = {"modified": STAMP % (seconds, fraction), "size": size, "modifiedBy": by}
    return File(path, type("Stat", (), numbers)(), local, settled)


def conflict(original, *copies, there=True, equal=()):
    found = {conflict_files.parse(one.path): one for one in copies}
    return Conflict("a.txt", there, original, found, set(equal))


ONE, TWO = conflict_name("a.txt", "20260101-000000"), conflict_name("a.txt", "20260202-000000")
NOW = OLD + 10**6


def decide(found, keep="newest", now=NOW, **options):
    rule = dict({"keep": keep, "short_id": "", "equal_only": False, "files": ["*"], "min_age": 60}, **options)
    return conflict_rules.decide([found], Rule(**rule), now)


@pytest.mark.parametrize(
    ("original", "one", "two", "winner"),
    [
        ((20, 0), (10, 0), (15, 0), "a.txt"),
        ((20, 0), (30, 0), (15, 0), ONE),
        ((20, 0), (20, 1), (20, 0), ONE),
        ((20, 5), (20, 5), (20, 5), "a.txt"),  # all the same: it stays
        ((20, 0), (30, 7), (30, 7), TWO),  # the later conflict
    ],
)
def test_the_newest(original, one, two, winner):
    found = conflict(file("a.txt", *original), file(ONE, *one), file(TWO, *two))
    (decision,) = decide(found).decisions
    assert decision.winner.path == winner
    assert {loser.path for loser in decision.losers} == {"a.txt", ONE, TWO} - {winner}


@pytest.mark.parametrize(
    ("short_id", "winner"),
    [("ABCDEFG", ONE), ("2222222", "a.txt"), ("3333333", TWO), ("4444444", None)],
)
def test_what_a_device_changed(short_id, winner):
    found = conflict(file("a.txt", 20, by="2222222"), file(ONE, 30), file(TWO, 40, by="3333333"))
    plan = decide(found, "device", short_id=short_id)
    assert [decision.winner.path for decision in plan.decisions] == ([winner] if winner else [])
    assert set(plan.left) == (set() if winner else {ONE, TWO})


@pytest.mark.parametrize(("keep", "winner"), [("newest", TWO), ("copy", TWO), ("device", TWO), ("original", None)])
def test_without_an_original(keep, winner):
    plan = decide(conflict(None, file(ONE, 10), file(TWO, 20), there=False), keep, short_id="ABCDEFG")
    assert [decision.winner.path for decision in plan.decisions] == ([winner] if winner else [])
    assert all("no original" in reason for reason in plan.left.values()) and (bool(plan.left) is not bool(winner))


@pytest.mark.parametrize("keep", conflict_rules.RULES)
@pytest.mark.parametrize(
    ("broken", "words", "passing"),
    [
        ({"settled": False}, "is being synchronized", True),
        ({"st_size": 4}, "was changed after", True),
        ({"st_mtime_ns": OLD * 10**9 + 7}, "was changed after", True),
        ({"st_mtime_ns": (OLD + 13) * 10**9}, "was changed after", True),
        ({"st_mtime": NOW - 59}, "less than 60 s ago", True),
        ({"st_mtime": NOW + 59}, "less than 60 s ago", True),
    ],
)
@pytest.mark.parametrize("which", ["a.txt", ONE])
def test_unstable_files(keep, broken, words, passing, which):
    parts = {path: file(path, 30, **(broken if path == which else {})) for path in ("a.txt", ONE, TWO)}
    plan = decide(conflict(*parts.values()), keep, short_id="ABCDEFG")
    assert (plan.decisions, set(plan.left), plan.passing) == ([], {ONE, TWO}, passing)
    assert all(words in reason and repr(which) in reason for reason in plan.left.values())


def test_an_original_that_can_not_be_moved():
    plan = decide(conflict(None, file(ONE, 10), there=True), "original")
    assert "in the original's place" in plan.left[ONE] and not plan.passing and not plan.decisions


def test_only_equal_ones():
    found = conflict(file("a.txt", 20), file(ONE, 30), file(TWO, 40), equal=[ONE])
    (decision,) = decide(found, "original", equal_only=True).decisions
    assert [loser.path for loser in decision.losers] == [ONE]


def test_file_systems_that_round_times():
    stamp = (OLD + 12) * 10**9
    assert decide(conflict(file("a.txt", 31, 5), file(ONE, 30, st_mtime_ns=(OLD + 10) * 10**9))).decisions
    assert decide(conflict(file("a.txt", 31, 5, st_mtime_ns=stamp), file(ONE, 30))).decisions


# --- names that a file system finds otherwise


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ({"a.txt": 7}, "d/a.txt"),
        ({"A.TXT": 7, "b": 8}, "d/A.TXT"),
        ({"A.TXT": 8}, "d/a.txt"),
        ({conflict_name("A.TXT"): 7}, "d/a.txt"),
    ],
)
def test_names_in_another_case(names, found):
    status = type("Stat", (), {"st_ino": 7})()
    assert conflict_files._spelt("d/a.txt", status, names) == found
    assert conflict_files._spelt("d/a.txt", None, names) == "d/a.txt"


# --- moving


@pytest.fixture
def trees(tmp_path):
    (tmp_path / "from/sub").mkdir(parents=True)
    (tmp_path / "to").mkdir()
    with tree.Tree(str(tmp_path / "from")) as source, tree.Tree(str(tmp_path / "to")) as target:
        yield source, target


def seen(path):
    return os.stat(path, follow_symlinks=False)


@pytest.mark.parametrize("links", [True, False])
def test_a_name_that_is_taken(trees, tmp_path, monkeypatch, links):
    source, target = trees
    if not links:

        def refuse(*_args, **_options):
            raise OSError(tree.errno.EXDEV, "other file system")

        monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "from/a"
    path.write_text("new")
    path.chmod(0o640)
    (tmp_path / "to/one").write_text("old")
    assert source.keep("a", seen(path), target, iter(["one", "two"])) == "two"
    assert (tmp_path / "to/one").read_text() == "old" and (tmp_path / "to/two").read_text() == "new"
    assert path.exists() and seen(tmp_path / "to/two").st_mtime_ns == seen(path).st_mtime_ns
    assert stat.S_IMODE(seen(tmp_path / "to/two").st_mode) == 0o640
    assert sorted(os.listdir(tmp_path / "to")) == ["one", "two"]
    with pytest.raises(OSError, match="no free name"):
        source.keep("a", seen(path), target, iter(["one"]))


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("how", ["written", "exchanged", "link", "gone"])
def test_a_file_that_changes_before_it_is_kept(trees, tmp_path, monkeypatch, links, how):
    source, target = trees
    path = tmp_path / "from/a"
    path.write_text("before")
    before = seen(path)
    real = os.link

    def meanwhile(*args, **options):
        if how == "written":
            path.write_text("meanwhile")
        else:
            path.unlink()
            if how == "exchanged":
                path.write_text("bEfore")
            elif how == "link":
                path.symlink_to("/etc/passwd")
        if links:
            return real(*args, **options)
        raise OSError(tree.errno.EXDEV, "other file system")

    monkeypatch.setattr(os, "link", meanwhile)
    with pytest.raises((tree.Changed, OSError)):
        source.keep("a", before, target, iter(["one"]))
    assert os.listdir(tmp_path / "to") == []


@pytest.mark.parametrize("path", ["linked/a", "sub/../../to/a"])
def test_links_and_dots_lead_nowhere(trees, tmp_path, path):
    source, _target = trees
    (tmp_path / "to/a").write_text("outside")
    (tmp_path / "from/linked").symlink_to(tmp_path / "to")
    if "linked" in path:
        assert source.stat(path) is None
        with pytest.raises(OSError):
            source.remove(path)
        assert (tmp_path / "to/a").exists()
    assert [name for name, _entries in source.walk((), [])] == ["", "sub"]


def test_a_pipe_is_not_read(trees, tmp_path):
    source, _target = trees
    os.mkfifo(tmp_path / "from/pipe")
    (tmp_path / "from/a").write_text("x")
    with pytest.raises(OSError, match="not a regular file"):
        source.same_content("pipe", "a")


def test_contents(trees, tmp_path):
    source, _target = trees
    big = os.urandom(3 * 1024 * 1024 + 5) + b"1"
    for name, content in (("a", big), ("b", big), ("c", big[:-1] + b"2"), ("d", big[:-1])):
        (tmp_path / "from" / name).write_bytes(content)
    assert [source.same_content("a", other) for other in "abcd"] == [True, True, False, False]


def test_directories_that_can_not_be_read(trees, tmp_path, monkeypatch):
    source, _target = trees
    real = os.open

    def refuse(path, *args, **options):
        if path == "sub":
            raise PermissionError(tree.errno.EACCES, "no", path)
        return real(path, *args, **options)

    monkeypatch.setattr(os, "open", refuse)
    unreadable = []
    assert [name for name, _entries in source.walk((), unreadable)] == [""]
    assert unreadable == ["sub"]
