# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: used by this collection only; it may change in any release.

"""What the role makes of its variables for the daemon. There may be secrets in it, so none of it is ever a fact."""

from __future__ import annotations

import re
import typing as t

from . import _service

Json = t.Dict[str, t.Any]


def gui(told: Json) -> Json:
    given = {name: told["gui_" + name] for name in ("address", "use_tls", "metrics_without_auth", "user", "password")}
    given["api_key"] = told["api_key"]
    return {**{name: value for name, value in given.items() if value != ""}, **told["gui"]}


def settings(told: Json, found: Json, now: Json) -> Json:
    """``found`` is the plan, and ``now`` tells what is installed."""
    config_dir = directory(told, found, now)
    if found["database_dir"]:
        arguments = [f"--config={config_dir}", f"--data={found['database_dir']}"]
    else:
        arguments = [f"--home={config_dir}"] * bool(told["config_dir"] or found["contained"])
    arguments += told["extra_arguments"]
    proxy = {
        "ALL_PROXY": told["proxy"],
        "STLOGLEVEL": told["log_level"].upper(),
        "ALL_PROXY_NO_FALLBACK": "" if told["proxy_fallback"] else "1",
    }
    quoted = [_service.quote(argument.replace("$", "$$")) for argument in arguments]
    releases = f"{told['archive_url'].rstrip('/')}/v{found['version']}/"
    return {
        "config_dir": config_dir,
        # with the same path in the container
        "container_paths": container_paths(config_dir, found),
        "program": (now["executable"] or found["program"]).replace("%", "%%"),
        "arguments": arguments,
        # These options are the same in all releases.
        "command": " ".join(["--no-browser", "--no-restart", *quoted]),
        "environment": {**{name: value for name, value in proxy.items() if value}, **told["environment"]},
        "gui": gui(told),
        "archive_url": f"{releases}{found['archive']}.tar.gz",
        "archive_checksum": checksum(told, found["architecture"], releases),
    }


def directory(told: Json, found: Json, now: Json) -> str:
    return str(told["config_dir"] or now["config_dir"] or found["home"] + "/.local/state/syncthing")


def container_paths(config_dir: str, found: Json) -> list[str]:
    return list(dict.fromkeys(path for path in (config_dir, found["database_dir"], *found["paths"]) if path))


def checksum(told: Json, architecture: str, releases: str) -> str:
    given = told["archive_checksum"]
    one = str(given.get(architecture) or "" if isinstance(given, dict) else given)
    return "sha256:" + (releases + "sha256sum.txt.asc" if one == "release" else re.sub("^sha256:", "", one))
