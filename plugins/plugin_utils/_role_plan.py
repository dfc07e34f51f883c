# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: used by this collection only; it may change in any release.

"""What the role decides, of its variables without ``syncthing_`` and of what syncthing_probe found on the host.

A plan is a fact, which is shown with -v: nothing in it is a secret.
"""

from __future__ import annotations

import hashlib
import re
import typing as t

from ansible.module_utils.parsing.convert_bool import boolean

from ..module_utils._errors import InvalidInput
from ..module_utils._schema import device_ids
from ..module_utils._setup.installation import RELEASE
from . import _service
from ._role_settings import Json, gui

_APT_FILE = "/etc/apt/sources.list.d/syncthing.sources"
_KERNEL_FILE = "/etc/sysctl.d/60-syncthing.conf"
_PROGRAMS = {"archive": "/usr/local/bin/syncthing", "none": "syncthing"}
# As the kernel calls them, and as releases of Syncthing do.
_ARCHITECTURES = {
    "aarch64": "arm64",
    **dict.fromkeys(("armv6l", "armv7l", "armv8l"), "arm"),
    **dict.fromkeys(("i386", "i686"), "386"),
    "loongarch64": "loong64",
    "ppc64le": "ppc64le",
    "riscv64": "riscv64",
    "s390x": "s390x",
    "x86_64": "amd64",
}


def release(version: t.Any) -> str:
    found = RELEASE.search(str(version or ""))
    return found[0] if found else ""


def layout(told: Json) -> Json:
    """Return what is known before the host is probed. A ``~`` in a path is the home directory of the user."""
    method, system = told["install_method"], told["scope"] == "system"
    packaged, contained = method in ("distribution", "upstream"), method == "container"
    own_unit = bool(not packaged or told["service_name"])
    unit = re.sub(r"[.]service$", "", told["service_name"]) or "syncthing"
    if system and not told["service_name"]:
        unit += ("-" if own_unit else "@") + (told["user"] or "syncthing")
    if contained:
        unit_path = ("/etc/" if system else "~/.config/") + f"containers/systemd/{unit}.container"
        # the copy of what is in the image
        executable = ("/usr/local" if system else "~/.local") + f"/lib/syncthing/{unit}/syncthing"
    else:
        unit_path = ("/etc/systemd/system/" if system else "~/.config/systemd/user/") + unit + ".service"
        own = "~/.local/bin/syncthing" if method == "archive" and not system else ""
        executable = told["executable"] or own or _PROGRAMS.get(method, "/usr/bin/syncthing")
    unit_paths = [unit_path] * own_unit + [unit_path + ".d/ansible.conf"] * (not contained)
    # in a directory that every Debian has
    armored = bool(re.search(r"[.](asc|txt)$", told["apt_key_url"]))
    apt_key = "/usr/share/keyrings/syncthing-archive-keyring." + ("asc" if armored else "gpg")
    secret_files = [path for path in (told["gui_password_file"], told["api_key_file"]) if path]
    firewall_name = "ansible-" + re.sub("[^A-Za-z0-9]+", "-", unit)
    return {
        "state": told["state"],
        "scope": told["scope"],
        "system": system,
        "method": method,
        "packaged": packaged,
        "contained": contained,
        "unit": unit,
        "unit_path": unit_path,
        "unit_paths": unit_paths,
        "unit_templates": ["unit.container.j2" if contained else "unit.service.j2"] * own_unit
        + ["unit.conf.j2"] * (not contained),
        "own_unit": own_unit,
        "executable": executable,
        "release_pattern": RELEASE.pattern,
        "apt_file": _APT_FILE,
        "apt_key": apt_key,
        "kernel_file": _KERNEL_FILE,
        # Whatever writes one of these files does it where the probe found something else.
        "files": unit_paths
        + [_KERNEL_FILE] * (told["max_user_watches"] != "")
        + [_APT_FILE, apt_key] * (method == "upstream"),
        # What other tasks will read must be there before anything is changed.
        "secret_files": secret_files if told["state"] == "present" else [],
        "firewall_name": firewall_name,
        "firewall_paths": {
            "firewalld": f"/etc/firewalld/services/{firewall_name}.xml",
            "ufw": f"/etc/ufw/applications.d/{firewall_name}",
        },
    }


def differing(files: t.Iterable[Json], found: t.Mapping[str, t.Any], mode: str = "0644") -> list[str]:
    """Return the paths of the files whose content or mode is another one on the host."""
    expected = {
        file["path"]: {"sha256": hashlib.sha256(file["content"].encode()).hexdigest(), "mode": mode} for file in files
    }
    return [path for path, content in expected.items() if found.get(path) != content]


def kept_id(found: str | None, state: str, certificate: str) -> str:
    """Return the device ID that the host has already, unless it is to get another one."""
    if not found or state == "absent":
        return ""
    try:
        wanted = device_ids.from_certificate(certificate) if certificate else found
    except InvalidInput:  # is refused later
        wanted = ""
    return found if wanted == found else ""


def plan(
    told: Json, before: Json, folders: t.Iterable[t.Any] = (), apt_source: str = "", check_mode: bool = False
) -> Json:
    """Return what is decided once the host is probed. ``folders`` are those of this host, its own and the fleet's."""
    home = before["home"] or "/var/lib/" + before["user"]
    found = layout(told)
    new = before["home"] is None
    kept = kept_id(before["device_id"], told["state"], told["certificate"])
    found.update(
        user=before["user"],
        home=home,
        # What is a user's own is done by that user, so that root follows no link of anybody else's.
        become=found["system"] or before["login"] != before["user"],
        program=_at(home, found["executable"]),
        unit_file=_at(home, found["unit_path"]),
        database_dir=_at(home, told["database_dir"]),
        # In check mode, what could not be installed can't be looked at.
        bare=check_mode and before["executable"] is None,
        user_due=new,
        identity_due=not (check_mode and new) and (not kept or before["identity_unfinished"]),
        start_timeout=told["start_timeout"],
    )
    found.update(_software(told, before, found))
    found.update(_steps(told, before, found, apt_source))
    found.update(_folders(told, before, found, folders))
    found.update(_gui_and_firewall(told, before, found))
    found.update(_the_service(told, before, found, check_mode))
    return found


def _at(home: str, path: str) -> str:
    return re.sub(r"\A~(?=/|\Z)", lambda _found: home, path)


def _unique(values: t.Iterable[t.Any]) -> list[str]:
    return list(dict.fromkeys("" if value is None else str(value) for value in values))


def _software(told: Json, before: Json, found: Json) -> Json:
    version = re.sub("^v", "", told["version"])
    architecture = told["architecture"] or _ARCHITECTURES.get(before["architecture"], "")
    podman = found["contained"] and (found["system"] or before["login"] == "root")
    own_dir = "/opt/syncthing" if found["system"] else found["home"] + "/.local/lib/syncthing"
    return {
        "version": version,
        # The version is known before it is installed.
        "chosen": found["method"] in ("archive", "container"),
        "architecture": architecture,
        "archive": f"syncthing-linux-{architecture}-v{version}",
        "archive_dir": told["archive_dir"] or own_dir,
        "image": f"{told['container_image']}:{version}",
        "package": told["package"],
        "packages": [told["package"]] * found["packaged"] + ["podman"] * podman,
        "upgrade": told["upgrade"],
    }


def _steps(told: Json, before: Json, found: Json, apt_source: str) -> Json:
    """Return the steps of an installation. What is there is not looked for in packages again, which costs a lot."""
    missing = before["executable"] is None
    upstream = found["method"] == "upstream" and (
        missing
        or before["files"][found["apt_key"]] is None
        or told["apt_key_checksum"] not in ("", "sha256:" + before["files"][found["apt_key"]]["sha256"])
        or bool(differing([{"path": found["apt_file"], "content": apt_source}], before["files"]))
    )
    packages = bool(found["system"] or found["packages"]) and (
        upstream
        or told["upgrade"]
        or not before["requests"]
        or missing
        and (found["contained"] or found["packaged"])
        or found["packaged"]
        and told["package"] != "syncthing"
    )
    chosen = found["chosen"] and before["version"] != found["version"]
    due = {
        "candidate": found["packaged"]
        and missing
        and "=" not in told["package"]
        and before["minimum_version"] is not None,
        "user": found["user_due"],
        "upstream": upstream,
        "packages": packages,
        "archive": chosen and not found["contained"],
        "container": chosen and found["contained"],
        "installed": packages or found["user_due"] or chosen,
    }
    return {"install_steps": [step for step, is_due in due.items() if is_due]}


def _folders(told: Json, before: Json, found: Json, folders: t.Iterable[t.Any]) -> Json:
    here = [folder for folder in folders if isinstance(folder, dict)]
    present = [folder for folder in here if folder.get("state") != "absent"]
    paths = _unique(
        _at(found["home"], path) for path in _unique(folder["path"] for folder in present if "path" in folder)
    )
    used = [path for path in (told["config_dir"], found["database_dir"]) if path]
    return {
        "folders": _unique(folder["id"] for folder in present if "id" in folder),
        "paths": paths,
        "used_paths": paths + used,
        # Where the daemon knows the folder, a directory that is missing may be a file system that is not mounted.
        "new_paths": _unique(
            folder["path"]
            for folder in present
            if "path" in folder and "id" in folder and str(folder["id"]) not in before["folders"]
        ),
        # which takes capabilities
        "changes_owners": any(boolean(folder.get("sync_ownership"), strict=False) for folder in here),
    }


def _gui_and_firewall(told: Json, before: Json, found: Json) -> Json:
    given, firewall = gui(told), before["firewall"]
    address = str(given.get("address") or "127.0.0.1:8384")
    is_local = bool(re.match(r"/|127[.]|localhost:|\[::1\]:", address))
    login = ""
    if given.get("user") and (given.get("password") or told["gui_password_file"]):
        # Before 1.18.5, a plain password can't be set before the first start. Where nobody else reaches the GUI, that
        # can wait.
        hashed = re.match(r"[$]2[aby][$]", str(given.get("password") or ""))
        login = "early" if hashed or not is_local else "late"
    ports = []
    if told["open_ports"] and told["state"] == "present":
        ports = _service.ports(told["options"], str(given.get("address") or ""), before["listening"] or {})
    wanted = (firewall["active"] or "") if ports else ""
    return {
        "gui_address": address,
        "gui_is_local": is_local,
        "gui_login": login,
        "ports": ports,
        "firewall_wanted": wanted,
        # Those with something of this daemon that is not wanted any more.
        "firewall_left": [
            kind
            for kind, path in found["firewall_paths"].items()
            if kind != wanted and firewall["definitions"].get(path)
        ],
    }


def _the_service(told: Json, before: Json, found: Json, check_mode: bool) -> Json:
    unit = before["unit"] or {"active": False, "enabled": False, "needs_reload": True}
    kernel = told["max_user_watches"]
    content = f"fs.inotify.max_user_watches = {kernel}\n" if kernel != "" else ""
    files = [{"path": found["kernel_file"], "content": content}] * bool(content)
    lingering = not found["system"] and told["lingering"]
    return {
        "kernel_setting": content,
        # in this order, before the service starts
        "service_steps": ["kernel"] * bool(content)
        + ["lingering"] * lingering
        + ["database"] * bool(found["database_dir"] and not (check_mode and found["user_due"]))
        + ["gui_certificate"] * before["gui_certificate_due"],
        "service_due": before["daemon"] is None
        or not (unit["active"] and unit["enabled"])
        or unit["needs_reload"]
        or before["gui_certificate_due"]
        or lingering
        and not before["lingering"]
        or bool(differing(files, before["files"])),
    }


def progress(changed: t.Mapping[str, bool], before: Json, now: Json, my_id: str, expected: t.Sequence[str]) -> Json:
    """Return what is left to do. ``changed`` tells which tasks changed something, ``now`` what is installed since."""
    daemon, unit = before["daemon"], before["unit"]
    started = release((daemon or {}).get("version") or now["version"])
    return {
        "restart": changed["unit"]
        or changed["identity"]
        or changed["gui_certificate"]
        or before["unanswered"] == "tls"
        or changed["install"]
        and before["executable"] is not None
        or started != (now["version"] or ""),
        "reload": changed["unit"] or changed["install"] or bool(unit and unit["needs_reload"]),
        # Whether the probe's answer is the last word: it was good, and nothing was changed since.
        "proven": bool(daemon and unit and unit["active"])
        and not any(changed[name] for name in ("install", "identity", "first", "directories", "service", "configured"))
        and daemon["my_id"] == my_id
        and started == now["version"]
        and {*expected} <= {*daemon["running"]},
    }
