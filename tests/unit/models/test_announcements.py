"""Target and path of imported surprises on invented ones: what was put in is found, and nothing without an import."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

from barograph.catalog.catalog import Catalog
from barograph.core.estimate import Quantity
from barograph.models._kernels.gss import target_and_path
from barograph.models._kernels.hc3 import regress_hc3
from barograph.models.assets import ASSETS
from barograph.models.history import SessionView
from barograph.models.intervals import student
from barograph.models.rates.announcements import CONTRACTS, Announcements
from models_view import FakeView, Rows, catalog, rows_of, small_view


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
    both = Catalog({s.id: s for s in (*catalog(), *rows)}, catalog().closures, events=catalog().events)
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
    assert found["announcement.us.target"].value == pytest.approx(100.0 * target[-1], abs=0.2)
    assert isinstance(found["announcement.us.share"].value, float) and found["announcement.us.share"].value > 99.0


def test_a_surprise_of_nought_is_one() -> None:
    """The factors are centred for the regression; shown is what came: nought on all contracts is no surprise."""
    rng = np.random.default_rng(5)
    table = rng.normal(0.03, 0.05, (40, 1)) * [1.0, 0.9, 0.7, 0.6, 0.5] + 0.02 + rng.normal(0.0, 0.02, (40, 5))
    table[-1] = 0.0
    made = target_and_path(table)
    assert made.target[-1] + made.means[0] == pytest.approx(0.0, abs=1e-12)
    assert made.path[-1] + made.means[1] == pytest.approx(0.0, abs=1e-12)
    assert abs(made.target[-1]) > 0.01


def test_errors_are_those_of_another_program() -> None:
    rng = np.random.default_rng(6)
    x = rng.standard_t(4, (40, 2))
    y = 1.0 - 0.5 * x[:, 0] + 0.3 * x[:, 1] + rng.standard_normal(40) * (0.5 + np.abs(x[:, 0]))
    made, theirs = regress_hc3(y, x), sm.OLS(y, sm.add_constant(x)).fit(cov_type="HC3")
    np.testing.assert_allclose(made.slopes, theirs.params[1:], rtol=1e-10)
    np.testing.assert_allclose(made.errors, theirs.bse[1:], rtol=1e-10)
    with pytest.raises(ValueError, match="no regression"):
        regress_hc3(y, np.column_stack([x[:, 0], x[:, 0]]))
    with pytest.raises(ValueError, match="one event alone"):
        regress_hc3(y, np.eye(40)[:, :2])


def test_nine_of_ten_intervals_hold_the_truth() -> None:
    """Two dozen events whose variance grows with the surprise: 88.7 of a hundred; White's errors and the normal hold 78.6."""
    rng, draws, n = np.random.default_rng(0), 3000, 24
    held = plain = 0
    for _ in range(draws):
        x = rng.standard_normal((n, 2))
        y = 1.0 - 0.5 * x[:, 0] + 0.3 * x[:, 1] + rng.standard_normal(n) * (0.5 + np.abs(x[:, 0]))
        made = regress_hc3(y, x)
        held += abs(made.slopes[0] + 0.5) <= student(0.90, made.freedom) * made.errors[0]
        design = np.column_stack([np.ones(n), x])
        inverse = np.linalg.inv(design.T @ design)
        betas = inverse @ design.T @ y
        cover = inverse @ (design.T * (y - design @ betas) ** 2) @ design @ inverse
        plain += abs(betas[1] + 0.5) <= 1.645 * np.sqrt(cover[1, 1])
    print(f"HC3 and Student: {held / draws:.3f}; White and the normal: {plain / draws:.3f}")
    assert 0.87 < held / draws < 0.93
    assert plain / draws < 0.82


def test_old_surprises_are_degraded() -> None:
    """Decisions of 2025 lie on 29 October, 17 September, 30 July: with the newest surprise of before the last two, all is old."""
    view, _ = imported()
    found = said(view)
    newest = found["announcement.us.target"].period
    assert newest is not None and newest > date(2025, 9, 17)
    assert {q.state for q in found.values()} == {"ok"}

    def until(last: date) -> FakeView:
        rows = dict(view.rows)
        for i in CONTRACTS:
            kept = rows[i].periods <= np.datetime64(last)
            rows[i] = Rows(rows[i].periods[kept], rows[i].values[kept], rows[i].known_at[kept])
        return replace(view, rows=rows)

    one = said(until(date(2025, 10, 28)))["announcement.us.target"]
    assert one.state == "ok" and one.period is not None and one.period >= date(2025, 9, 17)
    old = said(until(date(2025, 9, 16)))
    assert {q.state for q in old.values()} == {"degraded"}
    why = str(old["announcement.us.spx.target"].reason)
    assert why.startswith("the newest surprise is of 2025-") and why.endswith("before the last 2 decisions of the FOMC")


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
