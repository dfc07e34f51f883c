# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Hosts with a real systemd, without containers, images or a registry: what Molecule's scenarios run on.

`machine` makes namespaces in which everything happens: mounts, processes and the network of a lab are its own, and
when it ends, however it ends, the kernel takes them all away. `inside` is what it runs there, `roots` builds Debian's
releases once, `mirror` hands packages and Syncthing's release archives to hosts that have no way out, `host` starts and
stops one. From a shell: `PYTHONPATH=tests python -m lab prepare | exec | start | stop`.
"""

from __future__ import annotations

import subprocess


class LabError(Exception):
    """The lab did not do what it had to."""


def run(*command: object) -> str:
    """What a command prints; LabError, with what it says, if it fails."""
    words = [str(word) for word in command]
    done = subprocess.run(words, check=False, capture_output=True, text=True, errors="replace")
    if done.returncode:
        raise LabError(f"{' '.join(words)}: {(done.stdout + done.stderr).strip()[-2000:]}")
    return done.stdout
