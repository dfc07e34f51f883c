# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""Real Syncthing for the tests: get it, run it, watch it, break it. Linux only.

`binaries` finds versions, `daemon` runs one, `proxy` records what a client asks of it, `scripted` answers what no
daemon would, `module` runs a module as Ansible does, `collection` makes this checkout importable. From a shell:
`PYTHONPATH=tests python -m harness versions | run | exec`.
"""
