# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""The hosts that Molecule's scenarios run on: containers with a systemd, by Podman.

`engine` is Podman with settings and a storage of the tests' own, `images` has the hosts' images, `releases` is what
hosts download, `runs` removes what a run leaves behind. Scenarios create and destroy their hosts themselves, in
extensions/molecule. From a shell: `PYTHONPATH=tests python -m containers prepare | test | exec | image`.
"""
