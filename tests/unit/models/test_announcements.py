"""Target and path of imported surprises on invented ones: what was put in is found, and nothing without an import."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from barograph.catalog.catalog import Catalog
from barograph.core.estimate import Quantity
from barograph.models.assets import ASSETS
from barograph.models.history import SessionView
from barograph.models.rates.announcements import CONTRACTS, Announcements
from models_view import FakeView, catalog, rows_of, small_view


def said(view: Any) -> dict[str, Quantity]:
    model = Announcements()
    return {q.id: q for q in model.step(model.fit(view), view)[1].quantities}


def imported(count: int = 40) -> tuple[FakeView, np.ndarray]:
    """Surprises on every tenth session whose first contract is the S&P 500's own move, four reach farther."""
    base = small_view(2)
    [spx] = [a for a in ASSETS if a.slug == "spx"]
    moves = SessionView(base).history(spx).changes(600, today=True)  # type: ignore[arg-type]
    rng = np.random.default_rng(3)
    at = np.arange(moves.days.size)[::-10][:count][::-1]
    target = -moves.values[at] / 20.0  # per cent of stocks to percentage points: -2 per cent for +10 bp
    path = 0.05 * rng.standard_normal(count)
    loads = ((1.0, 0.0), (0.9, 0.3), (0.7, 0.7), (0.6, 0.9), (0.5, 1.0))
    row = next(s for s in catalog() if s.id == "us.rates.par_10y")
    rows = [replace(row, id=i, unit="pp", calendar="none") for i in CONTRACTS]
    both = Catalog({s.id: s for s in (*catalog(), *rows)}, catalog().closures)
    days: list[date] = moves.days[at].tolist()
    table = {
        r.id: rows_of(
            r, dict(zip(days, (a * target + b * path + 1e-4 * rng.standard_normal(count)).tolist(), strict=True))
        )
        for r, (a, b) in zip(rows, loads, strict=True)
    }
    return replace(base, rows={**base.rows, **table}, catalog=both), target


def test_nothing_without_an_import() -> None:
    found = said(small_view(2))
    assert len(found) == 9
    assert all(q.state == "insufficient" and "import-surprises" in str(q.reason) for q in found.values())


def test_the_move_that_was_put_in_is_found() -> None:
    view, target = imported()
    found = said(view)
    spx = found["announcement.us.spx.target"]
    assert isinstance(spx.value, float) and spx.low is not None and spx.high is not None
    assert spx.value == pytest.approx(-2.0, abs=0.05) and spx.low <= spx.value <= spx.high and spx.n == 40
    assert found["announcement.us.target"].value == pytest.approx(100.0 * (target[-1] - target.mean()), abs=0.2)
    assert isinstance(found["announcement.us.share"].value, float) and found["announcement.us.share"].value > 99.0


def test_few_announcements_say_nothing_and_later_ones_change_nothing() -> None:
    few, _ = imported(20)
    assert all(q.state == "insufficient" and "24 are needed" in str(q.reason) for q in said(few).values())
    view, _ = imported()
    middle = view.rows[CONTRACTS[0]].periods[30].item()
    earlier = view.at(view.known_at.replace(year=middle.year, month=middle.month, day=middle.day))
    later = dict(view.rows)
    for i in CONTRACTS:
        rows = later[i]
        after = rows.periods > np.datetime64(earlier.known_at.date())
        later[i] = replace(rows, values=np.where(after, 1e9, rows.values))
    assert said(replace(view, rows=later).at(earlier.known_at)) == said(earlier)
