"""The fan: bands inside each other, one scale for both panels, labels apart and inside, at both widths."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from barograph.report.blocks import FanChart, FanStep, Figure, Level
from barograph.report.charts import NARROW, WIDE, Width, fan
from barograph.report.render._drawing import scrub


def chart_of(seed: int = 0, steps: int = 3, level: float = 80.0) -> FanChart:
    rng = np.random.default_rng(seed)
    days = tuple(date(2020, 11, 6) + timedelta(k) for k in range(0, 1820, 2))
    values = level + np.cumsum(rng.standard_normal(len(days)))
    values += level - values[-1]
    sizes = np.sqrt(np.array([5.0, 21.0, 63.0])) * 2.0
    fans = tuple(
        FanStep(
            h,
            level - 0.6 * s,
            level - 0.2 * s,
            level - 0.1,
            level + 0.3 * s,
            level + 2.0 * s,
            level - s,
            level + 1.5 * s,
        )
        for h, s in zip((5, 21, 63), sizes.tolist(), strict=True)
    )[:steps]
    low = int(np.argmin(values))
    levels = (Level(float(values.mean()), "5-year mean"), Level(float(values.min()), "tight", days[low]))
    return FanChart("IG cash", days, tuple(values.tolist()), fans, "bp", "Spread, bp", levels)


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("words", [("", ""), ("too narrow", "too narrow"), ("too wide", "")])
def test_labels_stand_apart_and_inside(width: Width, seed: int, words: tuple[str, str]) -> None:
    labels = fan.draw(replace(chart_of(seed, 1 + seed % 3), words=words), width).drawing.labels
    for i, a in enumerate(labels):
        assert a.box.left >= -0.5 and a.box.right <= width + 0.5, a
        assert a.box.top >= 0.0 and a.box.bottom <= fan.HEIGHT, a
        for b in labels[i + 1 :]:
            across, down = a.box.overlap(b.box)
            assert not (across > 1.5 and down > 3.5), (a, b)


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_fan_begins_where_the_history_ends(width: Width) -> None:
    plot = fan.draw(chart_of(), width)
    svg = plot.drawing.svg("x", "t", "plot")
    middle = plot.left + fan.PAST * (plot.right - plot.left)
    starts = [float(m) for m in re.findall(r'class="(?:band|band fan50)" d="M([\d.]+),', svg)]
    assert len(starts) == 2 and all(abs(s - middle) < 0.11 for s in starts)
    assert svg.count('class="track"') == 1 and 'class="l2"' in svg


def test_the_readout_says_every_horizon_with_its_bands() -> None:
    said = fan.readouts(chart_of())
    places = [x for x, _ in said]
    assert places == sorted(places) and places[-1] == 1.0
    assert [t.split(":")[0] for _, t in said[-3:]] == ["+5 sessions", "+21 sessions", "+63 sessions"]
    assert "usual 90%" in said[-1][1]
    figure = Figure(chart_of(), ("x",), "", ("x",))
    assert scrub(figure) is not None


def test_without_a_fan_it_says_so() -> None:
    drawing = fan.draw(chart_of(steps=0), WIDE).drawing
    assert [label.text for label in drawing.labels] == ["no band is known"]
