# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""Pin the checksums of an upstream release in tests/harness/binaries.json, in place of the one pinned there."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from harness.binaries import RELEASES, download
from harness.cache import Unavailable

PINS = Path(__file__).parents[1] / "harness/binaries.json"


def main() -> int:
    if len(sys.argv) != 2 or not re.fullmatch(r"\d+\.\d+\.\d+(-rc\.\d+)?", sys.argv[1]):
        print("Name one release, for example: nox -s pins -- 2.1.7")
        return 1
    version = sys.argv[1]
    pins = json.loads(PINS.read_text())
    (previous,) = pins["upstream"]
    sums = {}
    try:
        for architecture in pins["upstream"][previous]:
            data = download(f"{RELEASES}/v{version}/syncthing-linux-{architecture}-v{version}.tar.gz", 60)
            sums[architecture] = hashlib.sha256(data).hexdigest()
    except Unavailable as error:
        print(f"Nothing was changed: Syncthing {version} could not be downloaded: {error}")
        return 1
    pins["upstream"] = {version: sums}
    PINS.write_text(json.dumps(pins, indent=2) + "\n")
    print(f"Pinned {version} instead of {previous}. Run `make format` for the README's table, then the tests.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
