# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""The benchmark: `make bench`."""

from harness.collection import install_on_path

install_on_path()
