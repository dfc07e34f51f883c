# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""plan() on configurations of real daemons. The facts are those of Syncthing's REST API: see the developers' notes."""

from __future__ import annotations

import base64
import copy
import json

import pytest
from ansible_collections.community.syncthing.plugins.module_utils import _errors
from ansible_collections.community.syncthing.plugins.module_utils._config import desired, reconcile
from ansible_collections.community.syncthing.plugins.module_utils._config import plan as _reconcile
from ansible_collections.community.syncthing.plugins.module_utils._config.current import parse_version
from ansible_collections.community.syncthing.plugins.module_utils._config.overlay import NEVER
from ansible_collections.community.syncthing.plugins.module_utils._errors import InvalidInput, UnsupportedFeature
from ansible_collections.community.syncthing.plugins.module_utils._schema import device_ids
from ansible_collections.community.syncthing.plugins.module_utils._schema.field import snake
from ansible_collections.community.syncthing.plugins.module_utils._schema.shares import Share
from ansible_collections.community.syncthing.tests.unit import support
from ansible_collections.community.syncthing.tests.unit.support import (
    LAPTOP,
    SLASHED,
    STRANGER,
    VAULT,
    device,
    folder,
    item,
    plan,
)
from hypothesis import assume, given
from hypothesis import strategies as st


@pytest.fixture(params=support.VERSIONS)
def now(request):
    return support.current(request.param)


def only(now, *objects, **more):
    """The one change that is planned."""
    (change,) = plan(now, *objects, **more).changes
    return change


def shares(change):
    return {share["deviceID"]: share for share in change.after["devices"]}


def refused(now, *objects, error=InvalidInput, **more):
    before = copy.deepcopy(now)
    with pytest.raises(error) as caught:
        plan(now, *objects, **more)
    assert now == before
    assert caught.value.__class__ is error
    assert support.SECRET not in support.chain(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v1.29.5", (1, 29, 5)),
        ("v1.12.1-ds1", (1, 12, 1)),
        ("v2.0.0-rc.1+12-gabc", (2, 0, 0)),
        ("v1.30.0+3-gabcdef", (1, 30, 0)),
        ("unknown-dev", ()),
        ("v\u00b2.\u00b3.1", ()),
        ("v\u0661.2.3", ()),
        ("v1." + 5000 * "9", ()),
        ("", ()),
    ],
)
def test_parse_version(text, version):
    assert parse_version(text) == version


# -- nothing to do


def test_nothing_declared_nothing_planned(now):
    assert plan(now) == ([], [], [])


def test_what_is_so_already_is_no_change(now):
    found = plan(
        now,
        device(LAPTOP.lower().replace("-", ""), name="laptop", compression="always", introducer=True, addresses=[]),
        device("vault", allowed_networks=["192.168.0.0/16"], max_send_kbps=100, untrusted=True),
        device(STRANGER, state="absent"),
        device("was here", state="absent"),
        folder(
            "docs", path="/srv/docs", devices=["laptop", VAULT], versioning={"type": "simple", "params": {"keep": 5}}
        ),
        folder(SLASHED, min_disk_free={"value": 2.5}, devices=[], fs_watcher_delay_s=10.0, versioning={"type": "none"}),
        folder("not here", state="absent"),
    )
    assert found == ([], [], [LAPTOP, VAULT, STRANGER, ""])


# -- devices


def test_a_changed_device_keeps_all_else(now):
    """Fact 4: what a body leaves out would get the defaults."""
    before = item(now.config, "devices", LAPTOP)
    change = only(now, device("laptop", name="notebook", paused=True))
    assert change[:3] == ("devices", LAPTOP, before)
    assert change.after == dict(before, name="notebook", paused=True)


def test_a_new_device_is_complete(now):
    change = only(now, device(STRANGER, name="new", addresses=["tcp://new:22000"]))
    assert (change.before, change.id) == (None, STRANGER)
    assert set(change.after) == set(now.config["devices"][0]) - {"pendingFolders"}
    expected = {"deviceID": STRANGER, "name": "new", "addresses": ["tcp://new:22000"], "introducedBy": ""}
    assert dict(change.after, **expected) == change.after


def test_a_new_device_has_the_users_defaults():
    now = support.current("2.1.3")
    now.config["defaults"]["device"].update(compression="never", introducedBy=LAPTOP, deviceID=LAPTOP)
    after = only(now, device(STRANGER, name="new")).after
    assert (after["deviceID"], after["compression"], after["introducedBy"]) == (STRANGER, "never", "")


def test_a_name_that_the_daemon_will_lose(now):
    """Only what is new is refused."""
    assert "name has the character '\\x1f'" in refused(now, device("laptop", name="a\x1f"))
    item(now.config, "devices", LAPTOP)["name"] = "a\x1f"
    assert only(now, device(LAPTOP, name="a\x1f", paused=True)).after["name"] == "a\x1f"


def test_default_patterns_that_the_daemon_would_lose():
    with pytest.raises(InvalidInput, match="^defaults.ignores.lines has the character"):
        _reconcile.plan(support.current("2.1.3"), support.config(defaults={"ignores": {"lines": ["a\x01b"]}}))


def test_a_removed_device(now):
    found = plan(now, device("vault", state="absent"))
    assert [change[:2] for change in found.changes] == [("devices", VAULT)]
    assert support.requests(found) == ["DELETE /rest/config/devices/" + VAULT]


def test_the_own_device_is_not_removed_but_changed():
    """Fact 13: the daemon would add it again, with the host's name."""
    now = support.current("1.29.5")
    for name in ("self", now.my_id):
        assert "device_id" in refused(now, device(name, state="absent"))
    assert only(now, device("self", name="me")).after["name"] == "me"


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("labtop", ["'labtop'", "'laptop'"]),
        ("zzz", ["'zzz'"]),
        (LAPTOP[:-1] + "A", ["quarter 4"]),
        (LAPTOP[:-1], ["55 letters"]),
    ],
)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_unknown_name(name, named, state):
    now = support.current("1.29.5")
    if state == "absent" and len(name) < 40:
        assert plan(now, device(name, state=state)) == ([], [], [""])
        return
    message = refused(now, device(name, place="devices[3].", state=state))
    assert all(word in message for word in ["devices[3].device_id", *named])


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_name_that_two_devices_have(state):
    now = support.current("1.29.5")
    for entry in now.config["devices"]:
        entry["name"] = "twin"
    message = refused(now, device("twin", state=state))
    assert "device_id" in message
    assert LAPTOP in message
    assert VAULT in message
    assert "devices[0]" in refused(now, folder("docs", devices=["twin"]))


def test_a_device_with_the_name_of_an_id_is_not_found_by_it():
    now = support.current("1.29.5")
    odd = LAPTOP[:-1] + "A"
    item(now.config, "devices", VAULT)["name"] = odd
    assert "not a device ID" in refused(now, device(odd, paused=True))
    item(now.config, "devices", VAULT)["name"] = LAPTOP
    assert only(now, device(LAPTOP, paused=True)).id == LAPTOP


@pytest.mark.parametrize("key", ["introducer", "auto_accept_folders"])
def test_untrusted_excludes_trust(key):
    """Fact 14: the daemon clears it silently."""
    now = support.current("2.1.3")
    assert key in refused(now, device(VAULT, place="devices[0].", **{key: True}))
    assert "devices[0].untrusted" in refused(now, device(VAULT, place="devices[0].", **{key: True}))
    assert "introducer" in refused(now, device(LAPTOP, untrusted=True))


def test_a_device_becomes_untrusted_and_is_still_shared_with():
    """Fact 14: it would be unshared silently."""
    now = support.current("2.1.3")
    message = refused(now, device(LAPTOP, untrusted=True, introducer=False))
    assert "'docs'" in message
    assert LAPTOP in message
    assert "encryption_password" in message
    with_password = folder("docs", devices=[{"device": LAPTOP, "encryption_password": "planted-secret"}])
    assert len(plan(now, device(LAPTOP, untrusted=True, introducer=False), with_password).changes) == 2
    assert len(plan(now, device(LAPTOP, untrusted=True, introducer=False), folder("docs", devices=[])).changes) == 2
    taken_away = folder("docs", devices=[{"device": VAULT, "encryption_password": ""}])
    assert "untrusted" in refused(now, taken_away)


@pytest.mark.parametrize(("version", "silently"), [((1, 23, 5), False), ((1, 23, 6), True)])
def test_since_when_the_daemon_unshares(version, silently):
    now = support.current("1.19.2")._replace(version=version)
    untrusted = device(LAPTOP, untrusted=True, introducer=False)
    if silently:
        assert "untrusted" in refused(now, untrusted)
    else:
        assert len(plan(now, untrusted).changes) == 1


def test_introduced_by_takes_a_name():
    now = support.current("1.29.5")
    assert only(now, device(STRANGER, introduced_by="laptop")).after["introducedBy"] == LAPTOP
    assert refused(now, device(STRANGER, place="p.", introduced_by="nobody")).startswith("p.introduced_by: no ")


def test_what_is_shared_can_not_be_ignored():
    """The daemon would drop the entry, after all the rest was written."""
    now = support.current("2.1.3")
    ignoring = device(LAPTOP, place="devices[0].", ignored_folders=[{"id": "music"}, {"id": "docs"}])
    assert refused(now, ignoring).startswith("devices[0].ignored_folders[1].id: the folder 'docs' is shared with this")
    assert len(plan(now, ignoring, folder("docs", devices=[])).changes) == 2
    assert len(plan(now, ignoring, folder("docs", state="absent")).changes) == 2
    new = folder("new", path="/new", devices=[LAPTOP])
    assert "'new' is shared" in refused(now, device(LAPTOP, ignored_folders=[{"id": "new"}]), new)


def test_ignore_patterns_of_new_folders_are_checked_too():
    now = support.current("2.1.3")
    bad = support.config(defaults={"ignores": {"lines": ["a", "[b"]}})
    with pytest.raises(InvalidInput, match=r"^defaults\.ignores\.lines\[1\]: '\[b' has a '\['"):
        _reconcile.plan(now, bad)
    now.config["defaults"]["ignores"]["lines"] = ["a", "[b"]
    assert _reconcile.plan(now, bad).changes == []


def test_ignored_folders_are_complete_and_keep_their_time(now):
    """Facts 1 and 18."""
    known = item(now.config, "devices", LAPTOP)["ignoredFolders"][0]
    found = only(now, device(LAPTOP, ignored_folders=[{"id": "music"}, {"id": "new", "label": "New"}]))
    assert found.after["ignoredFolders"] == [
        {"id": "new", "label": "New", "time": NEVER},
        known,
    ]
    bare = only(now, device(LAPTOP, ignored_folders=[{"id": "bare"}])).after["ignoredFolders"]
    assert bare == [{"id": "bare", "label": "", "time": NEVER}]
    assert plan(now, device(LAPTOP, ignored_folders=[{"id": "music"}])).changes == []


def test_one_device_twice():
    now = support.current("1.29.5")
    message = refused(now, device("laptop"), device(VAULT), device(LAPTOP))
    assert "devices[2]" in message
    assert "devices[0]" in message
    assert "folders[1]" in refused(now, folder("docs"), folder("docs"))


# -- folders


def test_a_changed_folder_keeps_all_else(now):
    """Facts 4, 5, 6 and 7."""
    before = copy.deepcopy(item(now.config, "folders", "docs"))
    change = only(now, folder("docs", label="D", min_disk_free={"value": 7}, versioning={"params": {"keep": 9}}))
    expected = copy.deepcopy(before)
    expected["label"] = "D"
    expected["minDiskFree"]["value"] = 7
    expected["versioning"]["params"]["keep"] = "9"
    assert (change.before, change.after) == (before, expected)
    assert [share["encryptionPassword"] for share in change.after["devices"]].count("planted-secret-docs") == 1


def test_a_new_folder_is_complete(now):
    found = plan(now, folder("new", path="/srv/new", devices=["laptop"]))
    (change,) = found.changes
    assert set(change.after) == set(now.config["folders"][0])
    assert (change.before, change.after["id"], change.after["path"], change.after["label"]) == (
        None,
        "new",
        "/srv/new",
        "",
    )
    assert set(shares(change)) == {now.my_id, LAPTOP}
    assert support.requests(found) == ["PUT /rest/config/folders"]


def test_a_new_folder_has_the_users_defaults():
    now = support.current("2.1.3")
    template = now.config["defaults"]["folder"]
    template.update(rescanIntervalS=77, label="no", devices=[Share(LAPTOP).over(None), Share(STRANGER).over(None)])
    change = only(now, folder("new", path="/srv/new"))
    assert (change.after["rescanIntervalS"], change.after["label"]) == (77, "")
    assert set(shares(change)) == {now.my_id, LAPTOP}


def test_no_write_is_a_patch_and_each_is_complete(now):
    """Facts 1, 2, 3, 4 and 8: full objects, with every key in every element, and maps emptied first."""
    found = plan(
        now,
        device(STRANGER, name="new"),
        device(VAULT, paused=True),
        folder("docs", devices=["new", "vault"], label="x"),
        folder(SLASHED, devices=["new"], append_devices=True, label="y"),
    )
    assert support.requests(found) == ["PUT /rest/config/devices", "PUT /rest/config/folders"]
    devices, folders = map(json.loads, support.bodies(found))
    assert {entry["deviceID"] for entry in devices} == {STRANGER, VAULT}
    for entry in devices:
        assert set(entry) >= set(now.config["devices"][0]) - {"pendingFolders"}
    for entry in folders:
        assert set(entry) == set(now.config["folders"][0])
        for share in entry["devices"]:
            assert set(share) == {"deviceID", "introducedBy", "encryptionPassword"}
    assert support.bodies(found)[1].count('"params": null, ') == 2


@pytest.mark.parametrize("path", [None, ""])
def test_a_new_folder_needs_a_path(path):
    assert "folders[1].path" in refused(support.current("2.1.3"), folder("new", place="folders[1].", path=path))


def test_an_empty_path_is_refused_later_too():
    assert "path" in refused(support.current("2.1.3"), folder("docs", path=""))


@pytest.mark.parametrize("path", ["/srv/docs", "/srv/docs/", "/srv/docs//"])
def test_two_folders_in_one_directory(path):
    """Fact 12."""
    now = support.current("2.1.3")
    message = refused(now, folder("new", place="folders[0].", path=path))
    assert "folders[0].path" in message
    assert "'docs'" in message
    assert "path" in refused(now, folder(SLASHED, path=path))
    assert only(now, folder("new", path="/srv/docs/below")).id == "new"
    assert only(now, folder("new", path="/srv/docsX")).id == "new"
    item(now.config, "folders", "docs")["path"] = "/srv/docsX"
    assert only(now, folder("new", path="/srv/docs")).id == "new"
    item(now.config, "folders", "docs")["path"] = "/srv/docs/"
    assert "path" in refused(now, folder("new", path=path))
    item(now.config, "folders", "docs")["path"] = "/srv/docs"
    assert plan(now, folder("docs", path="/srv/docs")).changes == []


def test_versions_among_the_files_of_a_folder():
    """The daemon deletes what is too old there, whatever it is."""
    now = support.current("2.1.3")

    def kept(path, kind="trashcan", key="docs"):
        return folder(key, path="/srv/new" if key == "new" else None, versioning={"type": kind, "fs_path": path})

    for path in (".", "./", "sub/..", "..", "/srv/docs/", "/srv", "/"):
        assert "versioning.fs_path" in refused(now, kept(path))
        assert "versioning.fs_path" in refused(now, kept(path, "simple", "new"))
    assert "'docs' (/srv/docs)" in refused(now, kept("../docs", "staggered", "new"))
    defaults = support.config(defaults={"folder": {"versioning": {"type": "simple", "fs_path": "."}}})
    with pytest.raises(InvalidInput, match="defaults.folder.versioning.fs_path"):
        _reconcile.plan(now, defaults)
    for path in ("", "sub", "../versions", "/srv/docs/sub", "/srv/docsX", "~/versions"):
        assert only(now, kept(path)).after["versioning"]["fsPath"] == path
    assert only(now, kept(".", "none")).id == "docs"
    item(now.config, "folders", "docs")["versioning"].update(type="simple", fsPath=".")
    assert only(now, folder("docs", label="x")).after["label"] == "x"


def test_a_share_keeps_what_is_not_declared(now):
    """Fact 1: neither the password nor the introducer moves to another device."""
    before = {share["deviceID"]: share for share in item(now.config, "folders", "docs")["devices"]}
    found = plan(now, device(STRANGER), folder("docs", devices=[STRANGER, "laptop", "vault"]))
    assert shares(found.changes[1]) == dict(
        before, **{STRANGER: {"deviceID": STRANGER, "introducedBy": "", "encryptionPassword": ""}}
    )


def test_who_a_folder_is_shared_with(now):
    """Facts 13 and 38: the own device stays, and what an introducer brought."""
    assert set(shares(only(now, folder("docs", devices=[])))) == {now.my_id, VAULT}
    assert set(shares(only(now, folder(SLASHED, devices=["laptop"])))) == {now.my_id, LAPTOP}
    assert plan(now, folder("docs", devices=["laptop", "self"])).changes == []
    assert plan(now, folder("docs", devices=["vault"], append_devices=True)).changes == []
    assert plan(now, folder("docs", devices=[], append_devices=True)).changes == []


def test_who_introduced_a_share(now):
    entry = {"device": "laptop", "introduced_by": "vault"}
    assert shares(only(now, folder("docs", devices=[entry])))[LAPTOP]["introducedBy"] == VAULT
    assert shares(only(now, folder("docs", devices=[{"device": "vault", "introduced_by": ""}])))[VAULT] == {
        "deviceID": VAULT, "introducedBy": "", "encryptionPassword": "planted-secret-docs"
    }  # fmt: skip
    wrong = folder("docs", place="p.", devices=["vault", dict(entry, introduced_by="nobody")])
    assert refused(now, wrong).startswith("p.devices[1].introduced_by: no configured device")


def test_the_own_share_is_as_it_was(now):
    docs = item(now.config, "folders", "docs")
    own = next(share for share in docs["devices"] if share["deviceID"] == now.my_id)
    own["encryptionPassword"] = "odd"
    docs["devices"].reverse()
    assert plan(now, folder("docs", devices=["laptop", "vault"])).changes == []
    assert shares(only(now, folder("docs", devices=[])))[now.my_id] == own


def test_the_default_folder_is_shared_with_ourselves():
    now = support.current("2.1.3")
    now.config["defaults"]["folder"]["devices"] = []
    (change,) = _reconcile.plan(now, support.config(defaults={"folder": {"devices": ["laptop"]}})).changes
    assert shares(change) == {key: Share(key).over(None) for key in (now.my_id, LAPTOP)}


def test_shares_are_in_the_daemons_order(now):
    """Fact 18: else each run would be a change."""
    for key in (LAPTOP, VAULT, now.my_id):
        item(now.config, "devices", key)["untrusted"] = False
    for folder_id in (SLASHED, "docs"):
        change = plan(now, device(STRANGER), folder(folder_id, devices=[STRANGER, VAULT, LAPTOP])).changes[1]
        found = list(shares(change))
        assert found == sorted(found, key=lambda key: base64.b32decode(key.replace("-", "")))


@pytest.mark.parametrize(
    ("password", "after"), [("planted-secret-2", "planted-secret-2"), ("", ""), (None, "planted-secret-docs")]
)
@pytest.mark.parametrize("append", [False, True])
def test_encryption_passwords(password, after, append):
    now = support.current("1.19.2")  # which doesn't refuse the empty one
    entry = {"device": "vault", "encryption_password": password}
    found = plan(now, folder("docs", devices=["laptop", entry], append_devices=append))
    if password is None:
        assert found.changes == []
    else:
        assert shares(found.changes[0])[VAULT]["encryptionPassword"] == after
        assert shares(found.changes[0])[VAULT]["introducedBy"] == LAPTOP


@pytest.mark.parametrize(
    ("entries", "named"),
    [
        (["labtop"], ["devices[0]", "'laptop'"]),
        (["laptop", STRANGER], ["devices[1]", STRANGER, "syncthing_device"]),
        (["laptop", "vault", {"device": LAPTOP}], ["devices[2]", "devices[0]"]),
        ([{"device": STRANGER, "encryption_password": "planted-secret"}], [STRANGER]),
        ([LAPTOP[:-1] + "A"], ["quarter 4"]),
    ],
)
def test_a_share_with_nobody(entries, named):
    """Fact 14: the daemon drops it silently."""
    message = refused(support.current("2.1.3"), folder("docs", place="folders[4].", devices=entries))
    assert all(word in message for word in ["folders[4].devices", *named])


def test_a_share_with_a_device_of_the_same_run():
    now = support.current("2.1.3")
    found = plan(now, device(STRANGER, name="new"), folder("docs", devices=["new", "laptop"]))
    assert support.requests(found) == ["PUT /rest/config/devices", "PUT /rest/config/folders"]
    assert "devices[0]" in refused(now, device("laptop", state="absent"), folder("docs", devices=["laptop"]))
    renamed = plan(now, device("laptop", name="notebook"), folder("docs", devices=["notebook"]))
    assert [change.kind for change in renamed.changes] == ["devices"]


def test_the_shares_of_a_removed_device_go_with_it():
    now = support.current("2.1.3")
    found = plan(now, device("laptop", state="absent"), folder("docs", label="x"))
    assert support.requests(found) == ["PUT /rest/config/folders", "DELETE /rest/config/devices/" + LAPTOP]
    assert set(shares(next(change for change in found.changes if change.kind == "folders"))) == {now.my_id, VAULT}


@pytest.mark.parametrize(
    ("declared", "versioning"),
    [
        ({"type": "trashcan"}, {"type": "trashcan", "params": {}}),
        ({"type": "trashcan", "params": {"cleanout_days": 0}}, {"type": "trashcan", "params": {"cleanoutDays": "0"}}),
        ({"type": "none"}, {"type": "", "params": {}}),
        ({"params": {"keep": 6}}, {"type": "simple", "params": {"keep": "6", "cleanoutDays": "0"}}),
        ({"cleanup_interval_s": 60}, {"cleanupIntervalS": 60}),
        ({"type": "external", "params": {"command": "rm %"}}, {"type": "external", "params": {"command": "rm %"}}),
    ],
)
def test_versioning(now, declared, versioning):
    """Fact 2: of another type no parameters are left; of the same type, those that are not declared stay."""
    before = item(now.config, "folders", "docs")["versioning"]
    assert only(now, folder("docs", versioning=declared)).after["versioning"] == dict(before, **versioning)


@pytest.mark.parametrize(
    ("declared", "named"),
    [
        ({"type": "trashcan", "params": {"keep": 5}}, ["params.keep", "cleanout_days"]),
        ({"type": "none", "params": {"max_age": 5}}, ["params.max_age", "none"]),
        ({"params": {"command": "rm"}}, ["params.command", "simple"]),
        ({"type": "external"}, ["params.command"]),
        ({"type": "external", "params": {"command": ""}}, ["params.command"]),
        ({"params": {"keep": 0}}, ["params.keep"]),
        ({"cleanup_interval_s": -1}, ["cleanup_interval_s"]),
    ],
)
def test_versioning_that_makes_no_sense(declared, named):
    message = refused(support.current("2.1.3"), folder("docs", place="folders[0].", versioning=declared))
    assert all(word in message for word in [*named, "folders[0].versioning."])


def test_versioning_that_is_so_already_is_not_refused():
    now = support.current("2.1.3")
    versioning = item(now.config, "folders", "docs")["versioning"]
    versioning.update(type="staggered", params={"keep": "5", "maxAge": "7"}, cleanupIntervalS=-1)
    same = {"type": "staggered", "params": {"keep": 5, "max_age": 7}, "cleanup_interval_s": -1}
    assert plan(now, folder("docs", versioning=same)).changes == []
    change = only(now, folder("docs", versioning=dict(same, params={"keep": 5, "max_age": 8})))
    assert change.after["versioning"] == dict(versioning, params={"keep": "5", "maxAge": "8"})


def test_what_is_said_of_parameters():
    now = support.current("2.1.3")
    item(now.config, "folders", SLASHED)["versioning"]["type"] = "future"
    message = refused(now, folder(SLASHED, versioning={"params": {"keep": 5}}))
    assert message == "versioning.params.keep means nothing to versioning type 'future'."
    for kind, said in (("none", "'none'."), ("staggered", "'staggered', which has max_age.")):
        message = refused(now, folder("docs", versioning={"type": kind, "params": {"keep": 5}}))
        assert message == "versioning.params.keep means nothing to versioning type " + said


def test_a_new_folder_without_patterns():
    assert only(support.current("2.1.3"), folder("new", path="/x", ignore_patterns=[])).kind == "folders"


@pytest.mark.parametrize("default", [{"cleanoutDays": "7"}, {}])
def test_the_defaults_for_versioning_do_not_leak_in(now, default):
    """Fact 2, through a daemon that does with maps what Go does."""
    if "defaults" in now.config:
        now.config["defaults"]["folder"]["versioning"]["params"] = default
    daemon = support.Daemon(now)
    wanted = support.desired(folder("docs", versioning={"type": "staggered"}), folder(SLASHED, label="x"))
    reconcile.reconcile(daemon, wanted, False)
    assert item(daemon.state, "folders", "docs")["versioning"]["params"] == {}
    assert item(daemon.state, "folders", SLASHED)["versioning"]["params"] == {}


@pytest.mark.parametrize(("before", "after"), [("crypt", "sendreceive"), ("docs", "receiveencrypted")])
def test_a_folder_does_not_change_to_or_from_encrypted(before, after):
    """Fact 11."""
    message = refused(support.current("2.1.3"), folder(before, place="folders[0].", type=after))
    assert "folders[0].type" in message
    assert "state: absent" in message


@pytest.mark.parametrize("version", [*support.VERSIONS, (1, 14, 9), (1, 15), (1, 16, 9), (1, 17)])
def test_what_the_daemon_does_to_an_encrypted_folder(version):
    """Fact 19, where the version knows of it."""
    known = isinstance(version, str)
    now = support.current(version) if known else support.current("1.19.2")._replace(version=version)
    after = only(now, folder("new", path="/srv/new", type="receiveencrypted")).after
    assert after["ignorePerms"] is (now.version >= (1, 15))
    assert after.get("disableTempIndexes", True) is (now.version >= (1, 17))
    if now.version >= (1, 15):
        assert "ignore_perms" in refused(now, folder("new", path="/x", type="receiveencrypted", ignore_perms=False))
        assert plan(now, folder("crypt", ignore_perms=True)).changes == []
    assert "ignore_patterns" in refused(now, folder("new", path="/x", type="receiveencrypted", ignore_patterns=["x"]))


@pytest.mark.parametrize("now_has", [[], ["*.o"], ["*.o", "*.a"]])
@pytest.mark.parametrize("wanted", [[], ["*.o"], ["*.a", "*.o"]])
def test_ignore_patterns(now_has, wanted):
    now = support.current("2.1.3", ignores={"docs": now_has})
    found = plan(now, folder("docs", ignore_patterns=wanted))
    if now_has == wanted:
        assert found.changes == []
    else:
        assert found.changes == [("ignores", "docs", now_has, wanted)]
        assert support.requests(found) == ["POST /rest/db/ignores?folder=docs"]
        assert json.loads(support.bodies(found)[0]) == {"ignore": wanted}


def test_the_patterns_of_a_new_folder_come_after_it():
    found = plan(support.current("2.1.3"), folder("a b&c", path="/x", ignore_patterns=["x"]))
    assert support.requests(found) == ["PUT /rest/config/folders", "POST /rest/db/ignores?folder=a%20b%26c"]


def test_a_removed_folder(now):
    assert support.requests(plan(now, folder("docs", state="absent"))) == ["DELETE /rest/config/folders/docs"]
    assert support.requests(plan(now, folder(SLASHED, state="absent"))) == ["PUT /rest/config"]


def test_a_removed_folder_makes_room_for_another():
    now = support.current("2.1.3")
    for objects in ((folder("docs", state="absent"), folder("new", path="/srv/docs/")),) * 2:
        for order in (objects, objects[::-1]):
            found = plan(now, *order)
            assert support.requests(found) == ["DELETE /rest/config/folders/docs", "PUT /rest/config/folders"]


# -- values


@pytest.mark.parametrize(
    ("wanted", "named"),
    [
        (device(LAPTOP, place="p.", addresses=["laptop"]), "p.addresses"),
        (device(LAPTOP, place="p.", allowed_networks=["lan"]), "p.allowed_networks"),
        (folder("docs", place="p.", path="relative"), "p.path"),
        (folder("docs", place="p.", min_disk_free={"unit": "percent"}), "p.min_disk_free.unit"),
        (folder("docs", place="p.", rescan_interval_s=-1), "p.rescan_interval_s"),
        (folder("docs", place="p.", fs_watcher_delay_s=0), "p.fs_watcher_delay_s"),
        (folder("docs", place="p.", max_concurrent_writes=0), "p.max_concurrent_writes"),
    ],
)
def test_a_value_that_the_daemon_would_bend_is_refused(wanted, named):
    """Facts 10, 12 and 19."""
    assert named in refused(support.current("1.29.5"), wanted)


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
@pytest.mark.parametrize("option", ["min_disk_free", "fs_watcher_delay_s", "fs_watcher_timeout_s", "puller_delay_s"])
def test_what_json_has_no_number_for_is_refused(option, value):
    place = option + (".value" if option == "min_disk_free" else "")
    with pytest.raises(InvalidInput, match=f"^p.{place} must be a number, not "):
        plan(
            support.current("2.1.3"),
            folder("docs", place="p.", **{option: {"value": value} if option == "min_disk_free" else value}),
        )


def test_a_value_that_the_daemon_has_already_is_never_refused():
    now = support.current("1.29.5")
    item(now.config, "devices", LAPTOP)["addresses"] = ["odd"]
    item(now.config, "folders", "docs").update(path="relative", rescanIntervalS=-5)
    item(now.config, "folders", "docs")["minDiskFree"]["unit"] = "odd"
    wanted = folder("docs", path="relative", rescan_interval_s=-5, min_disk_free={"unit": "odd"})
    assert plan(now, device(LAPTOP, addresses=["odd"]), wanted).changes == []


@pytest.mark.parametrize(("version", "taken"), [((1, 23, 2), False), ((1, 23, 3), True)])
def test_parts_of_a_second(version, taken):
    now, delay = support.current("1.19.2")._replace(version=version), folder("docs", fs_watcher_delay_s=0.5)
    if taken:
        assert only(now, delay).after["fsWatcherDelayS"] == 0.5
    else:
        assert "fs_watcher_delay_s" in refused(now, delay, error=UnsupportedFeature)


def test_limits_of_older_versions():
    delay, writes = folder("docs", fs_watcher_delay_s=0.5), folder("docs", max_concurrent_writes=65)
    assert only(support.current("1.29.5"), folder("docs", max_concurrent_writes=64)).after["maxConcurrentWrites"] == 64
    assert "fs_watcher_delay_s" in refused(support.current("1.19.2"), delay, error=UnsupportedFeature)
    assert "max_concurrent_writes" in refused(support.current("1.29.5"), writes)
    assert only(support.current("2.1.3"), delay).after["fsWatcherDelayS"] == 0.5
    assert only(support.current("2.1.3"), writes).after["maxConcurrentWrites"] == 65


@pytest.mark.parametrize(
    ("version", "wanted", "named"),
    [
        ("1.12.1", device(LAPTOP, num_connections=2), ["num_connections", "1.12.1", "1.25.0"]),
        ("1.19.2", folder("docs", xattr_filter={"max_total_size": 5}), ["xattr_filter", "1.19.2", "1.22.0"]),
        ("1.12.1", folder("docs", versioning={"fs_path": "/x"}), ["versioning.fs_path", "1.14.0"]),
        ("2.1.3", folder("docs", weak_hash_threshold_pct=5), ["weak_hash_threshold_pct", "2.1.3", "2.0.0"]),
        ("2.1.3", folder("docs", extra={"tomorrow": 1}), ["extra.tomorrow", "2.1.3"]),
        ("2.1.3", device(LAPTOP, extra={"tomorrow": 1}), ["extra.tomorrow", "2.1.3"]),
        ("2.1.3", device(STRANGER, extra={"tomorrow": 1}), ["extra.tomorrow"]),
    ],
)
def test_a_setting_that_this_version_has_not(version, wanted, named):
    """Fact 20: the daemon would swallow it, and each run would be a change."""
    now = support.current(version)
    wanted = wanted._replace(place="p.")
    message = refused(now, wanted, error=UnsupportedFeature)
    assert all(word in message for word in [*named, "unknown_fields", "p."])
    warned = plan(now, wanted, unknown_fields="warn")
    assert len(warned.warnings) == 1
    assert all(word in warned.warnings[0] for word in [*named, "p."])
    ignored = plan(now, wanted, unknown_fields="ignore")
    assert ignored.warnings == []
    assert ignored.changes == warned.changes
    assert all("tomorrow" not in str(change.after) for change in ignored.changes)


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ((2, 0, 9), "Syncthing 2.0.9 has no such setting; it came with 2.1.0"),
        ((2, 1, 0), "Syncthing 2.1.0 has no such setting."),
        ((), "Syncthing this version has no such setting; it came with 2.1.0"),
    ],
)
def test_since_when_there_is_a_setting(version, said):
    now = support.current("1.29.5")._replace(version=version)
    assert said in refused(now, device(LAPTOP, group="x"), error=UnsupportedFeature)


@pytest.mark.parametrize(
    ("version", "said"), [((1, 30), "no such setting."), ((2, 0, 0), "; it was removed in 2.0.0.")]
)
def test_until_when_there_was_a_setting(version, said):
    now = support.current("2.1.3")._replace(version=version)
    assert said in refused(now, folder("docs", weak_hash_threshold_pct=5), error=UnsupportedFeature)


def test_extra_sets_what_the_daemon_has_and_the_schema_has_not():
    """Fact 10: the daemon doesn't mind the case of keys."""
    now = support.current("2.1.3")
    for entry in now.config["folders"]:
        entry["newSetting"] = {"a": 1}
    assert only(now, folder("docs", extra={"NEWsetting": {"b": 2}})).after["newSetting"] == {"b": 2}
    assert "NEWsetting" not in only(now, folder("docs", extra={"NEWsetting": {"b": 2}})).after
    assert plan(now, folder("docs", extra={"newSetting": {"a": 1}})).changes == []


# -- the other parts of the configuration


def test_sections(now):
    found = _reconcile.plan(
        now, support.config(options={"max_send_kbps": 7}, gui={"theme": "dark"}, ldap={"address": "x:1"})
    )
    assert support.requests(found) == [
        "PATCH /rest/config/options",
        "PATCH /rest/config/ldap",
        "PATCH /rest/config/gui",
    ]
    assert [change[:2] for change in found.changes] == [("options", ""), ("gui", ""), ("ldap", "")]
    assert list(map(json.loads, support.bodies(found))) == [{"maxSendKbps": 7}, {"address": "x:1"}, {"theme": "dark"}]
    same = support.config(gui={"address": "127.0.0.1:8384", "user": "admin"}, options={"ur_unique_id": "fixture1"})
    assert _reconcile.plan(now, same).changes == []


def test_a_section_keeps_what_it_has_and_the_daemon_would_not_take():
    now = support.current("2.1.3")
    now.config["options"].update(listenAddresses=[], connectionPriorityQuicWan=5, connectionPriorityQuicLan=5)
    found = _reconcile.plan(now, support.config(options={"listen_addresses": [], "max_send_kbps": 7}))
    assert [change.after["maxSendKbps"] for change in found.changes] == [7]


@pytest.mark.parametrize("kind", ["tcp", "quic"])
def test_the_lan_comes_before_the_wan(kind):
    """Fact 19."""
    now = support.current("2.1.3")
    wan, lan = (f"connection_priority_{kind}_{net}" for net in ("wan", "lan"))
    for declared in ({wan: 60, lan: 60}, {wan: 59, lan: 60}, {lan: 99}, {wan: 1}):
        with pytest.raises(InvalidInput, match=f"options.{wan} must be larger than {lan}"):
            _reconcile.plan(now, support.config(options=declared))
    for declared in ({wan: 61, lan: 60}, {wan: 99}, {lan: 1}):
        (change,) = _reconcile.plan(now, support.config(options=declared)).changes
        assert {snake(key): value for key, value in change.after.items()}.items() >= declared.items()
    ignored = support.config(options={wan: 1, lan: 99})._replace(unknown_fields="ignore")
    assert _reconcile.plan(support.current("1.19.2"), ignored).changes == []


@pytest.mark.parametrize(
    ("declared", "error", "named"),
    [
        ({"gui": {"password": "planted-secret", "user": ""}}, InvalidInput, "gui.user"),
        ({"gui": {"password": "planted-secret", "auth_mode": "ldap"}}, InvalidInput, "gui.auth_mode"),
        ({"gui": {"address": "nowhere"}}, InvalidInput, "gui.address"),
        ({"options": {"connection_priority_tcp_wan": 1}}, InvalidInput, "options.connection_priority_tcp_wan"),
        ({"options": {"database_tuning": "small"}}, UnsupportedFeature, "options.database_tuning"),
        ({"options": {"extra": {"tomorrow": 1}}}, UnsupportedFeature, "options.extra.tomorrow"),
    ],
)
def test_sections_that_make_no_sense(declared, error, named):
    with pytest.raises(error) as caught:
        _reconcile.plan(support.current("2.1.3"), support.config(**declared))
    assert named in str(caught.value)
    assert support.SECRET not in support.chain(caught.value)


def test_metrics_are_not_shown_to_other_hosts():
    """Also not by a new address while they are shown. What is so already is left alone."""
    now = support.current("2.1.3")
    shown = support.current("2.1.3")
    shown.config["gui"]["metricsWithoutAuth"] = True
    for current, gui in (
        (now, {"metrics_without_auth": True, "address": ":8384"}),
        (shown, {"address": "192.0.2.1:8384"}),
        (shown, {"address": "0.0.0.0:8384", "user": "admin"}),
    ):
        with pytest.raises(InvalidInput, match="gui.metrics_without_auth shows .* gui.address"):
            _reconcile.plan(current, support.config(gui=gui))
    for current, gui in (
        (now, {"metrics_without_auth": True, "address": "/run/syncthing/gui"}),
        (now, {"metrics_without_auth": False, "address": "0.0.0.0:8384"}),
        (shown, {"metrics_without_auth": True, "theme": "dark"}),
        (shown, {"metrics_without_auth": False, "address": "0.0.0.0:8384"}),
    ):
        assert _reconcile.plan(current, support.config(gui=gui)).changes
    shown.config["gui"]["address"] = "0.0.0.0:8384"
    assert _reconcile.plan(shown, support.config(gui={"metrics_without_auth": True})).changes == []


@pytest.mark.parametrize(
    ("password", "matches", "changed"),
    [
        (support.load("config-2.1.3")["config"]["gui"]["password"], False, False),  # what GET shows, so it is the hash
        ("other", False, True),
        ("other", True, False),
        ("$2a$10$" + 53 * "x", False, True),
    ],
)
def test_the_password_of_the_gui(password, matches, changed):
    """Fact 21: the same password has another hash each time."""
    now = support.current("2.1.3")._replace(password_matches=matches)
    found = _reconcile.plan(now, support.config(gui={"password": password}))
    assert support.bodies(found) == ([json.dumps({"password": password})] if changed else [])


def test_a_password_in_plain_text_counts_as_not_set():
    """Something else wrote it into config.xml, and it opens nothing."""
    now = support.current("2.1.3")
    now.config["gui"]["password"] = "planted-secret-plain"
    found = _reconcile.plan(now, support.config(gui={"password": "planted-secret-plain"}))
    assert support.bodies(found) == ['{"password": "planted-secret-plain"}']
    assert _reconcile.plan(now, support.config(gui={"theme": "default"})).changes == []


def test_a_password_takes_the_reminder_to_set_one_away():
    """Fact 19."""
    now = support.current("2.1.3")
    now.config["options"]["unackedNotificationIDs"] = ["authenticationUserAndPassword", "other"]
    found = _reconcile.plan(now, support.config(options={"max_send_kbps": 7}, gui={"theme": "dark"}))
    assert found.changes[0].after["unackedNotificationIDs"] == ["other"]
    now.config["gui"]["user"] = ""
    found = _reconcile.plan(now, support.config(options={"max_send_kbps": 7}, gui={"theme": "dark"}))
    assert found.changes[0].after["unackedNotificationIDs"] == ["authenticationUserAndPassword", "other"]
    devices, gui = [{"device_id": LAPTOP, "paused": True}], {"user": "me", "password": "planted-secret"}
    found = _reconcile.plan(now, support.config(devices=devices, options={"max_send_kbps": 7}, gui=gui))
    assert [change.kind for change in found.changes] == ["devices", "options", "gui"]
    assert found.changes[1].after["unackedNotificationIDs"] == ["other"]


@pytest.mark.parametrize(("version", "taken"), [((1, 24, 9), False), ((1, 25), True), ((1, 25, 0), True)])
def test_a_hash_is_refused_by_versions_that_would_hash_it_again(version, taken):
    now = support.current("1.19.2")._replace(version=version)
    declared = support.config(gui={"password": "$2a$10$" + 53 * "x"})
    if taken:
        assert len(_reconcile.plan(now, declared).changes) == 1
        return
    with pytest.raises(UnsupportedFeature, match=r"gui\.password"):
        _reconcile.plan(now, declared)


def test_defaults():
    declared = support.config(
        defaults={"device": {"compression": "never"}, "folder": {"path": "/srv"}, "ignores": {"lines": ["x"]}}
    )
    now = support.current("1.29.5")
    found = _reconcile.plan(now, declared)
    assert support.requests(found) == ["PUT /rest/config/defaults/" + name for name in ("device", "folder", "ignores")]
    assert [change.id for change in found.changes] == ["", "", ""]
    for change in found.changes:
        assert set(change.before) == set(change.after)
    assert found.changes[2].after["lines"] == ["x"]


@pytest.mark.parametrize(
    ("name", "value", "version"),
    [
        ("device", {"paused": True}, "1.14.0"),
        ("folder", {"label": "x"}, "1.14.0"),
        ("ignores", {"lines": []}, "1.19.0"),
    ],
)
def test_defaults_that_this_version_has_not(name, value, version):
    with pytest.raises(UnsupportedFeature) as caught:
        _reconcile.plan(support.current("1.12.1"), support.config(defaults={name: value}))
    said = f"defaults.{name}: Syncthing 1.12.1 has no such setting; it came with {version}."
    assert str(caught.value).startswith(said)


def test_defaults_keep_what_they_have():
    now = support.current("2.1.3")
    now.config["defaults"]["device"]["addresses"] = ["odd"]
    now.config["defaults"]["folder"]["path"] = "relative"
    now.config["defaults"]["ignores"]["other"] = 1
    declared = {"device": {"addresses": ["odd"], "paused": True}, "folder": {"path": "relative", "label": "x"},
                "ignores": {"lines": ["y"]}}  # fmt: skip
    device_, folder_, ignores = _reconcile.plan(now, support.config(defaults=declared)).changes
    assert (device_.after["paused"], folder_.after["label"]) == (True, "x")
    assert ignores.after == {"lines": ["y"], "other": 1}


# -- offers


def offer(folder_id="", **details):
    return desired.Offer(STRANGER if not folder_id else LAPTOP, folder_id, details)


def test_an_ignored_folder_is_one_of_its_device():
    now = support.current("2.1.3")
    wanted = desired.Desired(ignored=[offer("new", label="New", time="2026-01-02T03:04:05Z")])
    (change,) = _reconcile.plan(now, wanted).changes
    assert (change.kind, change.id) == ("devices", LAPTOP)
    added = {"id": "new", "label": "New", "time": "2026-01-02T03:04:05Z"}
    kept = change.before["ignoredFolders"]
    assert change.after["ignoredFolders"] == [*kept, added]  # by their time
    both = wanted._replace(ignored=[*wanted.ignored, offer("newer", label="", time="2026-01-03T03:04:05Z")])
    (change,) = _reconcile.plan(now, both).changes
    assert {entry["id"] for entry in change.after["ignoredFolders"]} == {entry["id"] for entry in kept} | {
        "new",
        "newer",
    }


def test_what_is_dismissed_is_what_was_seen():
    seen = {"time": "2026-01-02T03:04:05Z", "label": "New"}
    pending = {"devices": {STRANGER: seen}, "folders": {"new": {LAPTOP: seen}}}
    now = support.current("2.1.3")._replace(pending=pending)
    wanted = desired.Desired(dismissed=[offer(**seen), offer("new", **seen)])
    assert _reconcile.plan(now, wanted).changes == [
        ("pending_devices", STRANGER, dict(seen, device_id=STRANGER), None),
        ("pending_folders", LAPTOP + "/new", dict(seen, device_id=LAPTOP, folder_id="new"), None),
    ]
    assert _reconcile.plan(now._replace(pending={"devices": {}, "folders": {}}), wanted).changes == []
    anew = {"devices": {STRANGER: dict(seen, time="later")}, "folders": {"new": {STRANGER: seen}}}
    assert _reconcile.plan(now._replace(pending=anew), wanted).changes == []


@pytest.mark.parametrize(("version", "taken"), [((1, 17, 9), False), ((1, 18), True), ((1, 18, 0), True)])
def test_since_when_an_offer_can_be_dismissed(version, taken):
    now = support.current("1.19.2")._replace(version=version, pending={"devices": {}, "folders": {}})
    wanted = desired.Desired(dismissed=[offer(name="x")])
    if taken:
        assert _reconcile.plan(now, wanted).changes == []
        return
    with pytest.raises(UnsupportedFeature, match=r"Syncthing 1\.17\.9 can't dismiss"):
        _reconcile.plan(now, wanted)


@pytest.mark.parametrize("introduced", [False, True])
def test_purge(now, introduced):
    """Facts 13 and 38: neither the own device nor what an introducer brought."""
    item(now.config, "devices", VAULT)["introducedBy"] = LAPTOP
    declared = support.config(
        devices=[], folders=[{"id": "docs"}], purge=["devices", "folders"], purge_introduced=introduced
    )
    gone = {change[:2] for change in _reconcile.plan(now, declared).changes if change.after is None}
    folders = {("folders", entry["id"]) for entry in now.config["folders"]} - {("folders", "docs")}
    assert gone == folders | {("devices", LAPTOP)} | ({("devices", VAULT)} if introduced else set())


def test_purge_does_not_fight_auto_accept():
    now = support.current("2.1.3")
    item(now.config, "devices", LAPTOP)["autoAcceptFolders"] = True
    with pytest.raises(InvalidInput, match="purge_auto_accepted") as caught:
        _reconcile.plan(now, support.config(folders=[], purge=["folders"]))
    assert f"laptop ({LAPTOP})" in str(caught.value)
    item(now.config, "devices", LAPTOP)["name"] = ""
    with pytest.raises(InvalidInput, match=rf"what a device \({LAPTOP}\) adds"):
        _reconcile.plan(now, support.config(folders=[], purge=["folders"]))
    assert _reconcile.plan(now, support.config(folders=[], purge=["folders"], purge_auto_accepted=True)).changes
    turned_off = [{"device_id": LAPTOP, "auto_accept_folders": False}]
    assert _reconcile.plan(now, support.config(devices=turned_off, folders=[], purge=["folders"])).changes


# -- for any declaration

NEW_ID = device_ids.from_bytes(b"another device, not known before")
TEXT = st.text("ab c/\u00fc.", max_size=5)
DEVICE_OPTIONS = st.fixed_dictionaries({}, optional={
    "name": TEXT,
    "addresses": st.lists(st.sampled_from(["dynamic", "tcp://a:1", "quic://b:2"]), max_size=3),
    "compression": st.sampled_from(["metadata", "always", "never"]),
    "paused": st.booleans(),
    "max_send_kbps": st.integers(0, 99),
    "allowed_networks": st.lists(st.sampled_from(["10.0.0.0/8", "fd00::/8"]), max_size=2),
    "ignored_folders": st.lists(
        st.fixed_dictionaries({"id": st.sampled_from("xyz")}, optional={"label": TEXT}), max_size=3
    ),
    "untrusted": st.booleans(),
    "introducer": st.booleans(),
})  # fmt: skip
FOLDER_OPTIONS = st.fixed_dictionaries({}, optional={
    "label": TEXT,
    "type": st.sampled_from(["sendreceive", "sendonly", "receiveonly"]),
    "rescan_interval_s": st.integers(0, 99),
    "fs_watcher_delay_s": st.sampled_from([1, 10.0, 5]),
    "min_disk_free": st.fixed_dictionaries({}, optional={
        "value": st.sampled_from([0, 1.5, 2.0]), "unit": st.sampled_from(["", "%", "GB"]),
    }),
    "xattr_filter": st.fixed_dictionaries({}, optional={
        "entries": st.lists(st.fixed_dictionaries({"match": TEXT, "permit": st.booleans()}), max_size=2),
        "max_total_size": st.integers(0, 9),
    }),
    "versioning": st.one_of(
        st.fixed_dictionaries({"type": st.just("simple")}, optional={
            "params": st.fixed_dictionaries({}, optional={
                "keep": st.integers(1, 9), "cleanout_days": st.integers(0, 9),
            }),
        }),
        st.sampled_from([{"type": "none"}, {"type": "staggered", "params": {"max_age": 0}}, {"cleanup_interval_s": 5}]),
    ),
    "devices": st.lists(
        st.one_of(
            st.sampled_from(["laptop", "self", LAPTOP, NEW_ID]),
            st.fixed_dictionaries({
                "device": st.sampled_from([VAULT, NEW_ID]), "encryption_password": st.sampled_from([None, "", "p"]),
            }),
        ),
        max_size=3,
    ),
    "append_devices": st.booleans(),
    "marker_name": TEXT,
    "ignore_patterns": st.lists(TEXT, max_size=2),
})  # fmt: skip


@given(
    version=st.sampled_from(support.VERSIONS),
    devices=st.dictionaries(st.sampled_from([LAPTOP, VAULT, NEW_ID]), st.none() | DEVICE_OPTIONS, max_size=3),
    folders=st.dictionaries(st.sampled_from(["docs", SLASHED, "new", "a b"]), st.none() | FOLDER_OPTIONS, max_size=3),
)
def test_any_declaration(version, devices, folders):
    """One run brings the daemon there, the next has nothing to do, and nothing else has changed."""
    now = support.current(version, ignores={"docs": ["*.o"]})
    new = {"new": "/srv/new", "a b": "~/x"}
    try:
        wanted = support.desired(
            *(device(key, **({"state": "absent"} if given is None else given)) for key, given in devices.items()),
            *(
                folder(key, path=new.get(key), **({"state": "absent"} if given is None else given))
                for key, given in folders.items()
            ),
            unknown_fields="ignore",
        )
        untouched = copy.deepcopy(now)
        step = _reconcile.plan(now, wanted)
    except _errors.InvalidInput:
        assume(False)
    assert now == untouched
    daemon = support.Daemon(now)
    outcome = reconcile.reconcile(daemon, wanted, False)
    assert outcome.changes == [change for change in step.changes if change.before != change.after]

    after = daemon.current()
    assert _reconcile.plan(after, wanted).changes == []
    requests_before = len(daemon.writes)
    assert reconcile.reconcile(daemon, wanted, False).changes == []
    assert len(daemon.writes) == requests_before

    removed = {key for key, given in devices.items() if given is None}
    for kind, declared in (("devices", devices), ("folders", folders)):
        name = "deviceID" if kind == "devices" else "id"
        for old in now.config[kind]:
            if old[name] not in declared:
                kept = dict(old)
                if kind == "folders":
                    kept["devices"] = [share for share in old["devices"] if share["deviceID"] not in removed]
                assert item(after.config, kind, old[name]) == kept
            elif declared[old[name]] is None:
                assert item(after.config, kind, old[name]) is None
        assert {entry[name] for entry in after.config[kind]} <= {entry[name] for entry in now.config[kind]} | set(
            declared
        )
    assert {key: value for key, value in after.config.items() if key not in ("devices", "folders")} == {
        key: value for key, value in now.config.items() if key not in ("devices", "folders")
    }


@given(version=st.sampled_from(support.VERSIONS), options=FOLDER_OPTIONS)
def test_fields_that_are_not_declared_stay(version, options):
    now = support.current(version)
    try:
        found = plan(now, folder("docs", **options), unknown_fields="ignore")
    except _errors.InvalidInput:
        assume(False)
    table = {field.option: field.json for field in _reconcile.tables.FOLDER}
    declared = {table.get(option, option) for option in options}
    for change in found.changes:
        if change.kind == "folders":
            changed = {key for key in change.after if change.after[key] != change.before[key]}
            assert changed <= declared


NEW = device_ids.from_bytes(b"this one is nowhere else either!")


def ignored(*entries, **more):
    return support.config(ignored_devices=list(entries), **more)


@pytest.mark.parametrize("version", ["1.12.1", "1.29.5", "2.1.3"])
def test_devices_that_are_ignored_ahead_of_time(version):
    now = support.current(version)
    now.config["remoteIgnoredDevices"] = [{"deviceID": STRANGER, "name": "x", "address": "1.2.3.4:5", "time": "t"}]
    assert (
        _reconcile.plan(now, ignored({"device_id": STRANGER.lower()}, {"device_id": NEW, "state": "absent"})).changes
        == []
    )
    (changed,) = _reconcile.plan(now, ignored({"device_id": STRANGER, "name": ""})).changes
    assert changed.after == dict(changed.before, name="")
    (gone,) = _reconcile.plan(now, ignored({"device_id": STRANGER, "state": "absent"})).changes
    assert (gone.kind, gone.action) == ("ignored_devices", "removed")
    (added,) = _reconcile.plan(now, ignored({"device_id": NEW, "name": "spam"})).changes
    assert (added.after["deviceID"], added.after["name"], added.action) == (NEW, "spam", "added")


def test_what_can_not_be_ignored():
    now = support.current("2.1.3")
    for entries, words in (
        ([{"device_id": NEW, "time": "x"}], "ignored_devices[0].time must be a time such as"),
        ([{"device_id": LAPTOP}], f"ignored_devices[0].device_id: {LAPTOP} is a configured device"),
        ([{"device_id": now.my_id}], "is this daemon"),
        ([{"device_id": "laptop"}], "ignored_devices[0].device_id: 'laptop' is not a device ID"),
        ([{"device_id": NEW}, {"device_id": NEW.lower()}], "declared already"),
    ):
        with pytest.raises(InvalidInput) as caught:
            _reconcile.plan(now, ignored(*entries))
        assert words in str(caught.value)
    with pytest.raises(InvalidInput):
        _reconcile.plan(now, ignored({"device_id": NEW}, devices=[{"device_id": NEW}]))
    gone = _reconcile.plan(now, ignored({"device_id": LAPTOP}, devices=[{"device_id": LAPTOP, "state": "absent"}]))
    assert {change.kind for change in gone.changes} >= {"devices", "ignored_devices"}


def test_one_directory_in_two_spellings():
    now = support.current("2.1.3")._replace(home="/home/u")
    item(now.config, "folders", "docs")["path"] = "~/docs"
    assert "'~/docs'" in refused(now, folder("new", path="/home/u//docs/"))


@pytest.mark.parametrize("path", ["/x/sync/team/", "/x"])
def test_a_folder_in_another_is_warned_of(path):
    now = support.current("2.1.3")
    item(now.config, "folders", "docs")["path"] = "/x/sync"
    (warning,) = plan(now, folder("new", path=path)).warnings
    assert f"'new' ({path})" in warning and "'docs' (/x/sync)" in warning
    assert not plan(now, folder("new", path="/x/synced")).warnings


def test_another_path_is_warned_of():
    now = support.current("2.1.3")
    item(now.config, "folders", "docs")["path"] = "/x/sync"
    (warning,) = plan(now, folder("docs", path="/x/other")).warnings
    assert "from /x/sync to /x/other" in warning and ".stfolder" in warning and "folder marker missing" in warning
    assert not plan(now, folder("docs", path="/x/sync/")).warnings


@pytest.mark.parametrize(("system", "clash"), [("linux", False), ("darwin", True), ("ios", True)])
def test_case_where_the_daemon_does_not_tell_it_apart(system, clash):
    now = support.current("2.1.3")._replace(system=system)
    objects = folder("one", path="/srv/Data"), folder("two", path="/SRV/data/")
    if clash:
        assert "'one'" in refused(now, *objects)
    else:
        assert len(plan(now, *objects).changes) == 2


def test_the_name_of_a_removed_device_passes_on():
    now = support.current("2.1.3")
    name = next(d["name"] for d in now.config["devices"] if d["deviceID"] == LAPTOP)
    wanted = device(name, state="absent"), device(STRANGER, name=name)
    first = plan(now, *wanted)
    assert [(c.id, c.action) for c in first.changes if c.kind == "devices"] == [
        (LAPTOP, "removed"),
        (STRANGER, "added"),
    ]
    added = next(c.after for c in first.changes if c.id == STRANGER)
    devices = [d for d in now.config["devices"] if d["deviceID"] != LAPTOP] + [added]
    later = now._replace(config=dict(now.config, devices=devices))
    again = plan(later, *wanted)
    assert not again.changes and again.device_ids[0] == ""
    # Half-way: both are there, and one of them is to stay.
    both = now._replace(config=dict(now.config, devices=[*now.config["devices"], added]))
    assert [(c.id, c.action) for c in plan(both, *wanted).changes if c.kind == "devices"] == [(LAPTOP, "removed")]
    # Without the name, it is a contradiction.
    assert "declared already" in refused(later, device(name, state="absent"), device(STRANGER, paused=True))
