# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 community.syncthing contributors

"""The playbook that reports on a fleet, on real daemons, and its page in a browser."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from demo.report import BROWSERS, fleet, html_of, large_fleet, screenshot
from support import Make

from harness.daemon import pair, share
from playbooks import AWAY, Inventory

pytestmark = pytest.mark.any_core

BROWSER = next(filter(None, map(shutil.which, BROWSERS)), None)
HOSTILE = "<img src=x onerror=alert(1)>{{ lookup('pipe', 'touch MARK') }}"


def rows(html: str) -> dict[str, list[str]]:
    """The matrix: device to the texts of its cells."""
    found = re.findall(r'<tr[^>]*><th scope="row"[^>]*>(.*?)<small>.*?</th>(.*?)</tr>', html)
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
    inventory = Inventory(tmp_path, one=one, two=two, away=AWAY)
    target = tmp_path / "report.html"

    def report(*arguments: str, **extra: Any) -> str:
        target.unlink(missing_ok=True)
        inventory.play("report", *arguments, syncthing_report_file=str(target), **extra)
        assert not mark.exists()
        return target.read_text()

    html = report()
    found = rows(html)
    assert found["one"] == found["two"] == ["100 %"] and found["away"][0].startswith("unreachable: ")
    assert "<b>1</b>without answer" in html and "<li>a.sync-conflict-20260101-000000-ABCDEFG.txt</li>" in html
    assert "&lt;img src=x onerror=alert(1)&gt;{{ lookup(" in html and "<img" not in html
    two.stop()
    data = tmp_path / "report.json"
    found = rows(report("--limit", "two", syncthing_report_json_file=str(data)))
    told = json.loads(data.read_text())
    assert told["status"] == "critical" and told["problems"][0]["check"] == "daemon"
    assert list(found) == ["two"] and "No answer from Syncthing" in found["two"][0]
    found = rows(report("--limit", "one", "--check", syncthing_report_search=False))
    assert list(found) == ["one", "two"]  # which one knows
    assert found["one"] == ["100 %"] and "sync-conflict" not in target.read_text()


def browse(directory: Path, html: str, width: int, script: str) -> str:
    """Open the page in a frame as wide as this, run a script with `page` as its document, and return what it notes."""
    (directory / "report.html").write_text(html)
    frame = directory / "frame.html"
    frame.write_text(
        f'<iframe src="report.html" style="border:0;width:{width}px;height:900px"></iframe><pre></pre><script>'
        "window.onload = () => { const page = document.querySelector('iframe').contentDocument;"
        "const all = (what) => [...page.querySelectorAll(what)];"
        "const shown = (what) => all(what).filter((one) => one.getClientRects().length).length;"
        "const set = (field, value) => { field.value = value; field.dispatchEvent(new Event('input')); };"
        "const note = (...what) => { document.querySelector('pre').textContent += what.join(' ') + '; '; };"
        f"{script} }}</script>"
    )
    assert BROWSER
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={directory / 'profile'}"]
    options += ["--allow-file-access-from-files", "--dump-dom", frame.as_uri()]
    env = {**os.environ, "HOME": str(directory)}
    done = subprocess.run([BROWSER, *options], capture_output=True, text=True, timeout=120, check=True, env=env)
    noted = re.search("<pre>(.*?)</pre>", done.stdout)
    assert noted, done.stdout[-500:]
    return noted[1]


@pytest.mark.skipif(not BROWSER, reason=f"needs one of {', '.join(BROWSERS)}")
@pytest.mark.parametrize("width", [390, 1000])
def test_the_page_fits_the_screen(width: int, tmp_path: Path) -> None:
    """The browser itself measures: nothing is wider than the screen but what scrolls in its own frame."""
    script = (
        "const root = page.documentElement; note('fits', root.scrollWidth <= root.clientWidth);"
        "note('circles', all('svg circle').length); note('rows', all('tbody tr').length);"
    )
    assert browse(tmp_path, html_of(fleet()), width, script) == "fits true; circles 5; rows 6; "


@pytest.mark.skipif(not BROWSER, reason=f"needs one of {', '.join(BROWSERS)}")
def test_a_large_fleet_in_a_browser(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """The page's own script filters and sorts, and its policy runs no other one."""
    hosts = large_fleet(300, 50)
    started = time.perf_counter()
    html = html_of(hosts)
    figures = f"{time.perf_counter() - started:.1f} s, {len(html) // 1000} kB"
    assert len(html) < 2_000_000
    # What an escaping mistake would let in.
    html = html.replace(
        "<body>", "<body><script>document.title = 'ran'</script><img src=x onerror=\"document.title='ran'\">"
    )
    script = (
        "note(page.title); note(shown('svg'));"
        "const [device, folder] = all('#filter input'), status = page.querySelector('#filter select');"
        "note(shown('tbody tr'), shown('thead th'), shown('#problems > li'));"
        "set(device, 'host-03'); note(shown('tbody tr'), page.querySelector('#shown').textContent);"
        "set(folder, 'folder-07'); note(shown('thead th'), shown('tbody td'));"
        "set(device, ''); set(folder, ''); set(status, 'any'); note(shown('tbody tr'));"
        "set(status, ''); const button = page.querySelectorAll('thead button')[1]; note(button.textContent);"
        "const first = () => page.querySelector('tbody tr td').textContent;"
        "button.click(); note(first()); button.click(); note(first());"
        "page.querySelector('thead button').click(); note(page.querySelector('tbody th').firstChild.textContent);"
    )
    started = time.perf_counter()
    noted = browse(tmp_path, html, 1000, script).split("; ")
    record_property("figures", f"300 hosts, 50 folders: page {figures}, browser {time.perf_counter() - started:.1f} s")
    assert noted == [
        *("Syncthing fleet", "0"),
        *("300 51 20", "10 10 of 300 devices", "2 10", "20"),
        *("folder-07", "20 errors", "100 %", "host-000", ""),
    ]


@pytest.mark.skipif(not BROWSER, reason=f"needs one of {', '.join(BROWSERS)}")
def test_the_page_is_drawn(tmp_path: Path) -> None:
    html, png = tmp_path / "report.html", tmp_path / "report.png"
    html.write_text(html_of(fleet()))
    assert BROWSER
    screenshot(BROWSER, html, png, 800, 1360)
    assert png.read_bytes()[:4] == b"\x89PNG" and png.stat().st_size > 20000
