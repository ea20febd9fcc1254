"""The revision heat map: a number in every coloured cell, one symmetric scale, labels apart, words for what has no number."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from barograph.report.blocks import Revised, RevisionChart, RevisionRow
from barograph.report.charts import NARROW, WIDE, Width
from barograph.report.charts.revision import STEPS, draw, scale_of, step_of

COLUMNS = (*(str(n) for n in range(2, 14)), "now")


def chart(unit: str = "thousands", size: float = 40.0) -> RevisionChart:
    """Twenty-four months, the newest with nothing after its first print, one value withdrawn, one in another base."""
    rows = []
    for i in range(24):
        cells = [
            Revised(state="to come") if k >= i and k < 12 else Revised(size * ((i * 7 + k * 3) % 11 - 5) / 3)
            for k in range(13)
        ]
        if i == 0:
            cells = [Revised(state="to come")] * 13
        if i == 20:
            cells[4] = Revised(state="withdrawn")
        if i == 21:
            cells[5] = Revised(state="rebased")
        rows.append(RevisionRow(f"{2008 - i // 12}-{12 - i % 12:02d}", f"+{150 + i}", tuple(cells)))
    values = [c.value for r in rows for c in r.cells if c.value is not None]
    return RevisionChart(tuple(rows), COLUMNS, unit, "Change over a month, thousands", scale_of(values))


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize(
    ("unit", "size"), [("thousands", 40.0), ("pp", 0.3), ("bp", 7.0), ("thousands", 900.0), ("usd_bn", 2345.6)]
)
def test_no_labels_touch_and_none_leaves_the_drawing(width: Width, unit: str, size: float) -> None:
    drawing = draw(chart(unit, size), width)
    for label in drawing.labels:
        box = label.box
        assert box.left >= -1.5 and box.right <= width + 1.5, label
        assert box.top >= -3.5 and box.bottom <= drawing.height + 3.5, label
    for a, b in combinations(drawing.labels, 2):
        across, down = a.box.overlap(b.box)
        assert not (across > 1.5 and down > 3.5), (a, b)


def test_touching_labels_are_found() -> None:
    """Planted: a chart whose first prints are wider than their column can be."""
    drawing = draw(chart(), NARROW)
    drawing.label(drawing.labels[5])
    a, b = drawing.labels[5], drawing.labels[-1]
    assert a.box.overlap(b.box)[0] > 1.5


def test_every_coloured_cell_carries_its_number_in_the_ink_of_its_ground() -> None:
    drawing = draw(chart(), WIDE)
    svg = drawing.svg("x", "alt", "plot w")
    fills = re.findall(r'<rect class="k([mp][123])"', svg)
    inks = re.findall(r'<text class="t([mp][123])"', svg)
    key = [f"{s}{k}" for s in "mp" for k in (1, 2, 3)]
    assert sorted(fills) == sorted([*inks, *key])
    assert {*fills} == {*key}
    assert not re.search(r"(fill|stroke|style)=", svg)
    assert '<circle class="gone"' in svg and "ring: withdrawn" in svg
    assert 'class="res pale"' in svg and "hatched: in another base" in svg


def test_the_scale_is_one_for_both_signs() -> None:
    for value in (0.0, 0.1, 3.9, 4.0, 19.9, 20.0, 39.9, 40.0, 1e9):
        assert step_of(value, 20.0) == -step_of(-value, 20.0)
    assert [step_of(s * 0.3, 0.3) for s in STEPS] == [1, 2, 3]
    drawing = draw(chart(), WIDE)
    places = {label.text: label.x for label in drawing.labels if label.y > 58 + 24 * 26 + 30}
    texts = [t for t in places if re.fullmatch(r"[\u2212+][\d.,]+", t)]
    numbers = [float(t.replace("\u2212", "-")) for t in sorted(texts, key=places.__getitem__)]
    assert numbers == [-n for n in reversed(numbers)] and len(numbers) == 6


def test_the_phone_keeps_what_tells_most() -> None:
    def heads(width: Width) -> list[str]:
        texts = [label.text for label in draw(chart(), width).labels]
        return texts[texts.index("Revision at release") + 1 : texts.index("2008-12")]

    assert heads(WIDE) == list(COLUMNS)
    assert heads(NARROW)[:2] == ["2", "3"] and heads(NARROW)[-1] == "now"
    assert 3 <= len(heads(NARROW)) < 13


def test_nothing_on_record_is_said_in_words() -> None:
    drawing = draw(RevisionChart((), COLUMNS, "thousands", "x", 1.0), NARROW)
    assert [label.text for label in drawing.labels] == ["no vintages on record"]


@pytest.mark.parametrize(
    ("values", "scale"), [([], 1.0), ([0.0, 0.0], 1.0), ([0.03, -0.04], 0.05), ([120.0, -90.0], 100.0), ([7.0], 5.0)]
)
def test_the_unit_of_colour_is_round(values: list[float], scale: float) -> None:
    assert scale_of(values) == scale
