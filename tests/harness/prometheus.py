# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""A real Prometheus and its promtool, from Debian's package; loopback only, gone when its test is over."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from . import debian
from .cache import Unavailable, cache_dir, lock
from .daemon import _Port

SUITE = "bookworm"  # whose program runs on every later Debian, too
START_TIMEOUT = 60


def programs() -> Path:
    """The directory with prometheus and promtool; Unavailable if this machine can't have them."""
    target = cache_dir() / f"prometheus-{SUITE}"
    with lock(target.with_suffix(".lock")):
        if not target.exists():
            with tempfile.TemporaryDirectory(dir=cache_dir()) as directory:
                scratch = Path(directory)
                (package,) = debian.download(SUITE, ["prometheus"], scratch)
                shutil.move(debian.extract(package, scratch) / "usr/bin", target)
    try:
        subprocess.run([target / "promtool", "--version"], check=True, capture_output=True, timeout=30)
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(f"Debian's promtool does not run here: {error}") from None
    return target


class Prometheus:
    """A Prometheus with this configuration. A context manager."""

    def __init__(self, folder: Path, config: Path, *options: str) -> None:
        self._port = _Port()
        self.url = f"http://127.0.0.1:{self._port.number}"
        self._log = config.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None
        storage = "storage.agent.path" if "--enable-feature=agent" in options else "storage.tsdb.path"
        self._command = [
            str(folder / "prometheus"),
            f"--config.file={config}",
            f"--{storage}={config.with_suffix('.db')}",
        ]
        self._command += [f"--web.listen-address=127.0.0.1:{self._port.number}", *options]

    def __enter__(self) -> Prometheus:
        environment = {**os.environ, "no_proxy": "127.0.0.1"}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=subprocess.STDOUT, env=environment)
        try:
            self.wait(lambda: self._get("/-/ready"), "it to be ready")
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
        self._port.release()

    def _get(self, path: str) -> bytes:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return bytes(answer.read())

    def api(self, path: str, **params: str) -> Any:
        answer = json.loads(self._get(f"/api/v1/{path}?{urllib.parse.urlencode(params)}"))
        assert answer["status"] == "success", answer
        return answer["data"]

    def query(self, expression: str) -> list[dict[str, Any]]:
        return list(self.api("query", query=expression)["result"])

    def wait(self, condition: Callable[[], Any], what: str) -> Any:
        """The first true answer."""
        deadline = time.monotonic() + START_TIMEOUT
        while True:
            try:
                found = condition()
            except OSError:  # not listening yet
                found = None
            if found:
                return found
            if time.monotonic() > deadline or (self._process and self._process.poll() is not None):
                raise AssertionError(f"waited for {what}\n{self._log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.1)
