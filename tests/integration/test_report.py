# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""The playbook that reports on a fleet, on real daemons, and its page in a browser."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.community.syncthing.plugins.plugin_utils._report import page
from demo.report import BROWSERS, fleet, screenshot
from support import Make

from harness.collection import child_environment
from harness.daemon import pair, share

pytestmark = pytest.mark.any_core

BROWSER = next(filter(None, map(shutil.which, BROWSERS)), None)
HOSTILE = "<img src=x onerror=alert(1)>{{ lookup('pipe', 'touch MARK') }}"


def rows(html: str) -> dict[str, list[str]]:
    """The matrix: device to the texts of its cells."""
    found = re.findall(r'<tr><th scope="row"[^>]*>(.*?)<small>.*?</th>(.*?)</tr>', html)
    return {name: re.findall(r"<td[^>]*>(.*?)</td>", cells) for name, cells in found}


@pytest.mark.once
def test_the_playbook_writes_the_page(make_daemon: Make, tmp_path: Path) -> None:
    one, two = make_daemon("one"), make_daemon("two")
    mark = tmp_path / "mark"
    pair(one, two)
    share("documents", one, two, label=HOSTILE.replace("MARK", str(mark)))
    (one.folders_dir / "documents" / "a.sync-conflict-20260101-000000-ABCDEFG.txt").write_text("x")
    one.post("/rest/db/scan", folder="documents")
    one.wait_in_sync("documents", two)
    hosts = {
        daemon.name: {"ansible_connection": "local", "syncthing_config_dir": str(daemon.config_dir)}
        for daemon in (one, two)
    }
    ssh = {"ansible_host": "127.0.0.1", "ansible_port": 9, "ansible_ssh_retries": 0}
    variables = {"syncthing_scope": "user", "ansible_python_interpreter": sys.executable}
    inventory = tmp_path / "hosts.json"
    inventory.write_text(
        json.dumps({"syncthing": {"hosts": {**hosts, "away": ssh}, "vars": variables}, "other": {"hosts": {"x": {}}}})
    )

    def report(*arguments: str) -> str:
        target = tmp_path / "report.html"
        target.unlink(missing_ok=True)
        command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", str(inventory)]
        command += ["community.syncthing.report", "-e", f"syncthing_report_file={target}", *arguments]
        env = {
            **child_environment(),
            "ANSIBLE_LOCAL_TEMP": str(tmp_path / "local"),
            "ANSIBLE_REMOTE_TEMP": str(tmp_path / "remote"),
            "ANSIBLE_NOCOLOR": "1",
            "HOME": str(tmp_path),
        }
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        for daemon in (one, two):
            assert daemon.api_key not in done.stdout + done.stderr
        assert not mark.exists()
        return target.read_text()

    html = report()
    found = rows(html)
    assert found["one"] == found["two"] == ["100 %"] and found["away"][0].startswith("unreachable: ")
    assert "<b>1</b>without answer" in html and "a.sync-conflict-20260101-000000-ABCDEFG.txt: conflict copy" in html
    assert "&lt;img src=x onerror=alert(1)&gt;{{ lookup(" in html and "<img" not in html
    two.stop()
    found = rows(report("--limit", "two"))
    assert list(found) == ["two"] and "No answer from Syncthing" in found["two"][0]
    found = rows(report("--limit", "one", "--check"))
    assert list(found) == ["one", "two"]  # which one knows
    assert found["one"] == ["100 %"]


@pytest.mark.skipif(not BROWSER, reason=f"needs one of {', '.join(BROWSERS)}")
@pytest.mark.parametrize("width", [390, 1000])
def test_the_page_fits_the_screen(width: int, tmp_path: Path) -> None:
    """The browser itself measures: nothing is wider than the screen but what scrolls in its own frame."""
    html = tmp_path / "report.html"
    html.write_text(page(fleet(), "2026-01-31 12:00 UTC"))
    # A window can't be as narrow as a phone, a frame in it can. Its own policy would forbid the measuring script.
    frame = tmp_path / "frame.html"
    measured = re.sub(r'<meta http-equiv="[^>]*>', "", html.read_text())
    html.write_text(measured)
    frame.write_text(
        f'<iframe src="report.html" style="border:0;width:{width}px;height:900px"></iframe><pre></pre><script>'
        "window.onload = () => { const page = document.querySelector('iframe').contentDocument.documentElement;"
        "const count = (what) => page.querySelectorAll(what).length;"
        "document.querySelector('pre').textContent = 'fits ' + (page.scrollWidth <= page.clientWidth)"
        " + ' circles ' + count('svg circle') + ' rows ' + count('tbody tr'); }</script>"
    )
    assert BROWSER
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    options += ["--allow-file-access-from-files", "--dump-dom", frame.as_uri()]
    env = {**os.environ, "HOME": str(tmp_path)}
    done = subprocess.run([BROWSER, *options], capture_output=True, text=True, timeout=120, check=True, env=env)
    assert "fits true circles 5 rows 6" in done.stdout, done.stdout[-500:]


@pytest.mark.skipif(not BROWSER, reason=f"needs one of {', '.join(BROWSERS)}")
def test_the_page_is_drawn(tmp_path: Path) -> None:
    html, png = tmp_path / "report.html", tmp_path / "report.png"
    html.write_text(page(fleet(), "2026-01-31 12:00 UTC"))
    assert BROWSER
    screenshot(BROWSER, html, png, 800, 1360)
    assert png.read_bytes()[:4] == b"\x89PNG" and png.stat().st_size > 20000
