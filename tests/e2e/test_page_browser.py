"""The page in a real browser: widths, labels, script, dark, print. Needs Chromium; the page is the invented one."""

from __future__ import annotations

import importlib.util
import os
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import report_fixture as fx
from barograph.report.render import html

DRIVER = Path(__file__).parents[2] / "scripts" / "chromium.py"
WIDTHS = (320, 360, 390, 820, 1200)
#: A4 less 12 mm margins, CSS px.
PAPER = (703, 1031)
DARK_PAPER = "rgb(16, 20, 24)"

SCROLLS = "document.documentElement.scrollWidth > document.documentElement.clientWidth + 0.5"
LABELS = """(() => {
  const bad = [];
  for (const svg of document.querySelectorAll('svg.plot')) {
    const room = svg.getBoundingClientRect();
    if (!room.width) continue;
    const boxes = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
    boxes.forEach(([name, a], i) => {
      if (a.left < room.left - 1.5 || a.right > room.right + 1.5 || a.top < room.top - 3.5 || a.bottom > room.bottom + 3.5)
        bad.push('outside: ' + name);
      for (const [other, b] of boxes.slice(i + 1))
        if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1.5
            && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3.5) bad.push(name + ' / ' + other);
    });
  }
  return bad;
})()"""
PLOTS = """[...document.querySelectorAll('svg.plot')].map(s => s.getBoundingClientRect().width).filter(w => w > 0)"""
SMALL = """(least => {
  const out = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !e.getClientRects().length || e.closest('script, title, .vh')) continue;
    const size = parseFloat(getComputedStyle(e).fontSize);
    if (size < least - 0.01) out.add(size + ' ' + walk.currentNode.textContent.trim().slice(0, 30));
  }
  return [...out];
})"""
#: Key numbers (set in bold) that a reader cannot see without scrolling sideways.
CLIPPED = """[...document.querySelectorAll('td.st')].filter(c => c.getClientRects().length)
  .filter(c => c.getBoundingClientRect().right > innerWidth + 0.5).map(c => c.textContent)"""


def driver() -> ModuleType:
    spec = importlib.util.spec_from_file_location("chromium_driver", DRIVER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CHROMIUM = driver()
pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(CHROMIUM.installed() is None, reason="needs the system package chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with CHROMIUM.chromium() as running:
        yield running


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(html.render(fx.report(sample=True, note="the day before was no session")), "utf-8")
    return path


def opened(browser: Any, path: Path, width: int, **more: Any) -> Any:
    tab = CHROMIUM.Tab(browser, width, **more)
    tab.open(path)
    return tab


def spoiled(page: Path, tmp_path: Path, pattern: str, to: str) -> Path:
    """A copy of the page with one thing broken, its policy taken off so that the change takes effect."""
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text("utf-8"))
    text, n = re.subn(pattern, lambda _: to, text, count=1)
    assert n == 1
    path = tmp_path / "spoiled.html"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_scrolls_sideways_and_no_key_number_is_cut(browser: Any, page: Path, width: int) -> None:
    tab = opened(browser, page, width)
    assert not tab.run(SCROLLS)
    assert tab.run(CLIPPED) == []


def test_a_page_that_scrolls_sideways_is_found(browser: Any, page: Path, tmp_path: Path) -> None:
    wide = spoiled(page, tmp_path, "<main", '<div style="width:900px">x</div><main')
    assert opened(browser, wide, 390).run(SCROLLS)
    assert not opened(browser, wide, 1200).run(SCROLLS)


@pytest.mark.parametrize(("width", "dark"), [(1200, False), (1200, True), (820, False), (390, False), (390, True)])
def test_labels_keep_apart_and_text_is_large_enough(browser: Any, page: Path, width: int, dark: bool) -> None:
    tab = opened(browser, page, width, dark=dark)
    assert tab.run(LABELS) == []
    assert tab.run(f"{SMALL}(12)") == []
    # 1:1: no drawing is scaled, and each width shows the drawing made for it.
    assert set(tab.run(PLOTS)) == ({344} if width < 761 else {704, 344})


def test_overlapping_labels_are_found(browser: Any, page: Path, tmp_path: Path) -> None:
    close = spoiled(page, tmp_path, r'(?<=<text class="i h b") x="[^"]*" y="[^"]*"', ' x="60" y="14"')
    assert opened(browser, close, 1200).run(LABELS)


@pytest.mark.parametrize("dark", [False, True])
def test_nothing_is_asked_for_and_nothing_complains(browser: Any, page: Path, dark: bool) -> None:
    tab = opened(browser, page, 1200, dark=dark)
    assert tab.complaints() == []
    ground = tab.run("getComputedStyle(document.body).backgroundColor")
    assert ground == (DARK_PAPER if dark else "rgb(251, 250, 247)")
    assert "light dark" in tab.run("document.querySelector('meta[name=color-scheme]').content")


def test_a_picture_from_outside_is_found_and_refused(browser: Any, page: Path, tmp_path: Path) -> None:
    text = page.read_text("utf-8").replace("<main", '<img src="http://127.0.0.1:9/x.png" alt=""><main', 1)
    path = tmp_path / "outside.html"
    path.write_text(text, "utf-8")
    assert any("127.0.0.1" in c or "Content Security Policy" in c for c in opened(browser, path, 1200).complaints())


def test_hostile_words_do_not_run(browser: Any, tmp_path: Path) -> None:
    bad = "</title></script><script>window.ran=1</script><img src=x onerror='window.ran=1'><svg onload='window.ran=1'>"
    path = tmp_path / "hostile.html"
    path.write_text(html.render(fx.report(notice=bad, note=bad)), "utf-8")
    tab = opened(browser, path, 1200)
    assert tab.run("window.ran") is None
    assert tab.run("document.querySelector('.notice').textContent") == bad
    assert tab.complaints() == []


def test_the_readout_follows_keys_and_pointer(browser: Any, page: Path) -> None:
    tab = opened(browser, page, 1200)
    assert tab.run("[...document.querySelectorAll('.scrub')].every(s => !s.hidden)")
    first = "document.querySelector('.scrub input')"
    said = "document.querySelector('.scrub output').textContent"
    assert tab.run(said).endswith("88\u202fbp")
    tab.run(f"{first}.focus()")
    tab.send("Input.dispatchKeyEvent", {"type": "keyDown", "key": "Home", "code": "Home", "windowsVirtualKeyCode": 36})
    start = tab.run(said)
    assert start.endswith("2026: 120\u202fbp")
    assert tab.run(f"{first}.getAttribute('aria-valuetext')") == start
    plot = "document.querySelector('[data-say] svg.w').getBoundingClientRect()"
    tab.run(f"window.scrollBy(0, {plot}.top - 200)")
    # The pointer meets what was last painted, so the scrolled page must be painted first.
    tab.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")
    tab.send("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": tab.run(f"{plot}.left + 300"), "y": 300})
    assert tab.run(said) not in (start, "")
    # The thumb stands below the cursor line.
    line, thumb = tab.run(
        "(() => { const f = document.querySelector('[data-say]'), l = f.querySelector('svg.w .cur').getBoundingClientRect(),"
        " r = f.querySelector('input'), b = r.getBoundingClientRect();"
        " const at = f.dataset.at.split(',')[r.value] / 1000; return [l.left, b.left + 7 + (b.width - 14) * at]; })()"
    )
    assert line == pytest.approx(thumb, abs=6.0)


def test_without_script_everything_is_readable(browser: Any, page: Path) -> None:
    tab = CHROMIUM.Tab(browser, 1200)
    tab.send("Emulation.setScriptExecutionDisabled", {"value": True})
    tab.open(page)
    tree = tab.send("DOM.getDocument", {"depth": 1})["root"]["nodeId"]
    for selector, hidden in ((".scrub", True), ("svg.w", False), ("h1", False), ("nav ol", False)):
        node = tab.send("DOM.querySelector", {"nodeId": tree, "selector": selector})["nodeId"]
        try:
            tab.send("DOM.getBoxModel", {"nodeId": node})
            seen = True
        except RuntimeError:
            seen = False
        assert seen != hidden, selector


def fills(pdf: bytes) -> set[str]:
    """Fill colours of a PDF's content streams."""
    out: set[str] = set()
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            content = zlib.decompress(packed)
        except zlib.error:
            continue
        out |= {m.decode() for m in re.findall(rb"([\d.]+ [\d.]+ [\d.]+) rg", content)}
    return out


def test_paper_is_white_in_a_dark_browser(browser: Any, page: Path, tmp_path: Path) -> None:
    dark = opened(browser, page, 1200, dark=True)
    night = ".0627 .0784 .0941"
    assert night not in fills(dark.pdf())
    printed = opened(browser, page, PAPER[0], dark=True, media="print")
    assert printed.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert printed.run("getComputedStyle(document.querySelector('h1')).color") == "rgb(21, 25, 31)"
    # The same page with its dark colours let loose on paper is found.
    loose = spoiled(
        page,
        tmp_path,
        re.escape("@media screen and (prefers-color-scheme: dark)"),
        "@media (prefers-color-scheme: dark)",
    )
    assert night in fills(opened(browser, loose, 1200, dark=True).pdf())


def test_the_first_printed_page_holds_the_summary_and_the_contents(browser: Any, page: Path) -> None:
    tab = opened(browser, page, PAPER[0], media="print")
    bottom = tab.run("document.querySelector('.contents').getBoundingClientRect().bottom + scrollY")
    assert bottom <= PAPER[1]
    assert tab.run("getComputedStyle(document.querySelector('.contents')).breakAfter") == "page"
    assert tab.run("document.querySelectorAll('.card').length") >= 8
    assert tab.run(SCROLLS) is False
    assert tab.run(f"{SMALL}(10)") == []  # 7.5 pt
    assert tab.run("[...document.querySelectorAll('.scrub, details')].every(e => !e.getClientRects().length)")
    assert set(tab.run(PLOTS)) == {344}
    assert tab.run(LABELS) == []
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", tab.pdf())) <= 9


def test_the_script_for_pictures_makes_them(page: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, DRIVER.with_name("shots.py"), page, tmp_path, "--top", "800"], capture_output=True, check=True
    )
    assert len(done.stdout.splitlines()) == 4
    sizes = {p.name: struct.unpack(">II", p.read_bytes()[16:24]) for p in tmp_path.glob("*.png")}
    assert sizes == {"desktop_light.png": (1200, 800), "desktop_dark.png": (1200, 800), "phone.png": (390, 800)}
    assert (tmp_path / "print.pdf").read_bytes().startswith(b"%PDF")


AXE = os.environ.get("BAROGRAPH_AXE", "")


@pytest.mark.skipif(not AXE, reason="set BAROGRAPH_AXE to an axe.min.js (npm pack axe-core) to run axe")
@pytest.mark.parametrize(("width", "dark"), [(1200, False), (1200, True), (820, False), (390, False), (390, True)])
def test_axe_finds_nothing(browser: Any, page: Path, width: int, dark: bool) -> None:
    tab = opened(browser, page, width, dark=dark)
    tab.run(Path(AXE).read_text("utf-8") + ";0")
    tags = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']"
    found = tab.run(
        f"axe.run(document, {{runOnly: {tags}}}).then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html.slice(0, 120)"
        " + ' ' + v.nodes[0].failureSummary))"
    )
    assert found == []
