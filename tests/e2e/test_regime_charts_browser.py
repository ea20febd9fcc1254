"""The charts of the regime in a real browser: labels apart in its own font, nothing cut, the readout, the printed page."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import regime_page as rp
from barograph.report.render import html

DRIVER = Path(__file__).parents[2] / "scripts" / "chromium.py"
#: A4 less 12 mm margins, CSS px.
PAPER = (703, 1031)
LABELS = """(() => {
  const bad = [];
  for (const svg of document.querySelectorAll('#regime svg.plot')) {
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
#: Words on the summary's bar that leave the piece they stand on, and cells that leave the card.
BAR = """(() => {
  const svg = document.querySelector('svg.regimes'), card = svg.closest('.card').getBoundingClientRect(), bad = [];
  const pieces = [...svg.querySelectorAll('.piece')].map(p => p.getBoundingClientRect());
  for (const t of svg.querySelectorAll('text')) {
    const b = t.getBoundingClientRect();
    if (!pieces.some(p => b.left >= p.left && b.right <= p.right && b.top >= p.top && b.bottom <= p.bottom))
      bad.push(t.textContent);
  }
  for (const c of document.querySelectorAll('.regime td, .regime tbody th'))
    if (c.getBoundingClientRect().right > card.right + 0.5) bad.push(c.textContent);
  return bad;
})()"""
UNPAINTED = """[...document.querySelectorAll('#regime svg.plot path, #regime svg.plot rect, svg.regimes rect')]
  .filter(e => !e.classList.contains('l0')).map(e => [e.getAttribute('class'), getComputedStyle(e)])
  .filter(([c, s]) => s.fill === 'rgb(0, 0, 0)' && s.stroke === 'none').map(([c]) => c)"""


def driver() -> ModuleType:
    spec = importlib.util.spec_from_file_location("chromium_driver", DRIVER)
    assert spec is not None and spec.loader is not None
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
    path.write_text(html.render(rp.report()), "utf-8")
    return path


def opened(browser: Any, path: Path, width: int, **more: Any) -> Any:
    tab = CHROMIUM.Tab(browser, width, **more)
    tab.open(path)
    return tab


@pytest.mark.parametrize(("width", "dark"), [(1200, False), (1200, True), (820, False), (390, False), (320, True)])
def test_labels_keep_apart_and_everything_is_painted(browser: Any, page: Path, width: int, dark: bool) -> None:
    tab = opened(browser, page, width, dark=dark)
    assert tab.run(LABELS) == []
    assert tab.run(BAR) == []
    assert tab.run(UNPAINTED) == []
    assert tab.complaints() == []
    assert not tab.run("document.documentElement.scrollWidth > document.documentElement.clientWidth + 0.5")


def test_a_shape_without_a_colour_is_found(browser: Any, page: Path, tmp_path: Path) -> None:
    path = tmp_path / "bare.html"
    path.write_text(page.read_text("utf-8").replace('class="gd_iu share"', 'class="lost"'), "utf-8")
    assert "lost" in opened(browser, path, 1200).run(UNPAINTED)


def test_the_readout_moves_a_line_over_strip_and_impacts(browser: Any, page: Path) -> None:
    tab = opened(browser, page, 1200)
    for text, last in (
        ("Four regimes", "12\u202fMar\u202f2031: growth up"),
        ("The nowcast through", "12\u202fMar\u202f2031: +"),
    ):
        figure = f"[...document.querySelectorAll('#regime figure')].find(f => f.textContent.includes('{text}'))"
        assert tab.run(f"{figure}.querySelector('output').textContent").startswith(last)
        tab.run(
            f"(() => {{ const r = {figure}.querySelector('input'); r.value = 3; r.dispatchEvent(new Event('input')); }})()"
        )
        said = tab.run(f"{figure}.querySelector('output').textContent")
        assert not said.startswith("12\u202fMar\u202f2031") and said == tab.run(
            f"{figure}.querySelector('input').getAttribute('aria-valuetext')"
        )
        cursor = tab.run(f"+{figure}.querySelector('svg.w .cur').getAttribute('y2')")
        assert cursor == 278


def test_the_summary_with_the_bar_still_fits_the_first_printed_page(browser: Any, page: Path) -> None:
    tab = opened(browser, page, PAPER[0], height=PAPER[1], media="print")
    bottom = tab.run("document.querySelector('.contents').getBoundingClientRect().bottom")
    assert bottom <= PAPER[1]
    assert tab.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.run("document.querySelector('svg.regimes').getBoundingClientRect().height") > 0
