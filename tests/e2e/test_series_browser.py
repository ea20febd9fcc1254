"""The page of a series in a real browser: widths, labels, dark, print. Needs Chromium; its figures are invented."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from barograph.archive.archive import Archive
from barograph.core.observation import Reading
from barograph.core.time import Clock
from barograph.report.render._series import render_series
from barograph.run.api import Record
from barograph.run.explore import explore
from barograph.run.settings import Settings
from small_archive import FILLED, PAYROLLS, add, packaged

DRIVER = Path(__file__).parents[2] / "scripts" / "chromium.py"
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
PLOTS = "[...document.querySelectorAll('svg.plot')].map(s => s.getBoundingClientRect().width).filter(w => w > 0)"
#: Ground and ink of the strongest cells and of one text without a fill.
PAINT = """(() => {
  const of = (sel, what) => { const e = document.querySelector('svg.plot.w ' + sel); return e ? getComputedStyle(e)[what] : '' };
  return [of('.km3', 'fill'), of('.kp3', 'fill'), of('text.tm1', 'fill')];
})()"""


def driver() -> ModuleType:
    spec = importlib.util.spec_from_file_location("chromium_driver_for_series", DRIVER)
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
    """Three years of months, each revised three times by invented amounts, one of them withdrawn."""
    folder = tmp_path_factory.mktemp("series")
    archive = Archive.open(folder / "a", packaged(), create=True)
    rows = []
    for n in range(36):
        period = date(2022 + n // 12, n % 12 + 1, 1)
        for k in range(4):
            month = n + 1 + k
            vintage = date(2022 + month // 12, month % 12 + 1, 6)
            rows.append(Reading(PAYROLLS, period, 150_000.0 + 180 * n + (n * 37 + k * 53) % 151 * k, vintage=vintage))
    rows.append(Reading(PAYROLLS, date(2024, 5, 1), None, vintage=date(2025, 5, 7)))
    add(archive, rows, FILLED)
    record = Record(settings=Settings(folder / "a", Clock(datetime(2025, 11, 5, 23, 45, tzinfo=UTC))))
    path = folder / "series.html"
    path.write_text(render_series(explore(record, PAYROLLS, "2025-06-02")), "utf-8")
    return path


def opened(browser: Any, path: Path, width: int, **more: Any) -> Any:
    tab = CHROMIUM.Tab(browser, width, **more)
    tab.open(path)
    return tab


@pytest.mark.parametrize("width", [320, 360, 390, 820, 1200])
def test_no_page_scrolls_sideways(browser: Any, page: Path, width: int) -> None:
    assert not opened(browser, page, width).run(SCROLLS)


@pytest.mark.parametrize(("width", "dark"), [(1200, False), (1200, True), (820, False), (390, False), (390, True)])
def test_labels_keep_apart_at_their_own_size(browser: Any, page: Path, width: int, dark: bool) -> None:
    tab = opened(browser, page, width, dark=dark)
    assert tab.run(LABELS) == []
    assert set(tab.run(PLOTS)) == ({344} if width < 761 else {704})
    assert tab.complaints() == []


def test_overlapping_labels_are_found(browser: Any, page: Path, tmp_path: Path) -> None:
    text = page.read_text("utf-8").replace('<text class="i" x="0"', '<text class="i" x="90"')
    (tmp_path / "close.html").write_text(text, "utf-8")
    assert opened(browser, tmp_path / "close.html", 1200).run(LABELS)


def test_cells_take_the_colours_of_the_theme(browser: Any, page: Path) -> None:
    light = opened(browser, page, 1200).run(PAINT)
    dark = opened(browser, page, 1200, dark=True).run(PAINT)
    assert light == ["rgb(214, 123, 69)", "rgb(97, 153, 211)", "rgb(21, 25, 31)"]
    assert dark == ["rgb(150, 80, 29)", "rgb(42, 98, 158)", "rgb(242, 244, 246)"]


def test_a_dark_browser_prints_white(browser: Any, page: Path) -> None:
    tab = opened(browser, page, 703, dark=True, media="print")
    assert tab.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert set(tab.run(PLOTS)) == {344}
    assert not tab.run(SCROLLS)
    assert tab.pdf().startswith(b"%PDF")
