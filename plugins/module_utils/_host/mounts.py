# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Which directory of this host is mounted where in the daemon's container, as Podman and Docker write it."""

from __future__ import annotations

import posixpath
import typing as t

from .._errors import InvalidInput
from .._schema import paths

_FORM = "It must be HOST:CONTAINER with two absolute paths, such as /srv/documents:/data."


class Volume(t.NamedTuple):
    host: str
    container: str


class Volumes(t.NamedTuple):
    """Those of one container."""

    inner_first: tuple[Volume, ...]

    def on_host(self, path: str) -> str | None:
        """Return where a path of the container is on this host; None if none of the volumes has it."""
        wanted = paths.parts(path)
        for volume in self.inner_first:
            outer = paths.parts(volume.container)
            if wanted == outer or paths.inside(wanted, outer):
                return posixpath.join(volume.host, *wanted[len(outer) :])
        return None

    def hidden_inside(self, path: str, here: str) -> list[str]:
        """Return what is below this path of the container, but not below ``here``, where it is on this host."""
        outer = paths.parts(path)
        found = []
        for volume in self.inner_first:
            inner = paths.parts(volume.container)
            if paths.inside(inner, outer) and volume.host != posixpath.join(here, *inner[len(outer) :]):
                found.append(volume.container)
        return found


def parse(texts: t.Iterable[str]) -> Volumes:
    """Return the volumes; raise InvalidInput for what can't be one."""
    found: dict[tuple[str, ...], Volume] = {}
    for number, text in enumerate(texts):
        place = f"volumes[{number}]: {text!r} "
        host, _colon, rest = text.partition(":")
        container = rest.partition(":")[0]  # the rest are Podman's options
        if rest and host and not set(host) & set("/.~"):
            raise InvalidInput(
                f"{place}is a named volume. Use its directory, which 'podman volume inspect {host}' or 'docker volume "
                f"inspect {host}' shows as Mountpoint, in place of the name."
            )
        if not (host.startswith("/") and container.startswith("/")) or "\0" in text:
            raise InvalidInput(f"{place}is not a volume. {_FORM}")
        parts = paths.parts(container)
        if parts in found:
            raise InvalidInput(f"{place}is a second volume for {container}, after {found[parts].host}. Remove one.")
        found[parts] = Volume(posixpath.normpath(host), container)
    return Volumes(tuple(found[parts] for parts in sorted(found, key=len, reverse=True)))
