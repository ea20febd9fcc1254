"""The record of the policy path: what the path said at month ends, what came, and nothing of either from later days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import pytest

from barograph.core.time import sessions
from barograph.models._kernels import svensson
from barograph.models._records import NO_LOSSES
from barograph.models.rates import path_record, policy_path
from barograph.models.rates._curve_days import IDS, YEARS
from barograph.models.rates.path_record import PathRecord, daily, starts_of
from barograph.models.rates.policy_path import PolicyPath, months_after
from models_view import FakeView, Rows, catalog, close_of, rows_of

END = date(2025, 11, 5)
EFFR = "us.rates.effr"
SCORED = path_record.scored


@cache
def view() -> FakeView:
    """Twenty years of a curve whose level and slope walk, and of a funds rate that follows its short end."""
    days = sessions("SIFMA", date(2005, 6, 1), END)
    rng = np.random.default_rng(0)
    level = 4.0 + np.cumsum(rng.normal(0.0, 0.03, len(days)))
    slope = -1.0 + np.cumsum(rng.normal(0.0, 0.02, len(days)))
    params = np.column_stack(
        [level, slope, np.full(len(days), -1.0), np.zeros(len(days)), np.full((len(days), 2), [1.5, 6.0])]
    )
    yields = np.round(svensson.par_yields(params, YEARS), 2)
    rows = {
        i: rows_of(catalog()[i], dict(zip(days, y.tolist(), strict=True))) for i, y in zip(IDS, yields.T, strict=True)
    }
    rates = dict(zip(days, np.round(level + slope, 2).tolist(), strict=True))
    seen = FakeView({**rows, EFFR: rows_of(catalog()[EFFR], rates)}, close_of(END))

    def known(id_: str, held: Rows) -> Rows:
        """The afternoon for yields, the next morning for the effective rate, also long ago."""
        hours = np.timedelta64(37 if id_ == EFFR else 21, "h")
        return replace(held, known_at=held.periods.astype("datetime64[us]") + hours)

    return seen.mapped(known)


def spied(seen: FakeView, monkeypatch: pytest.MonkeyPatch, whole: int = 5) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """By months ahead the errors of the path and of no change."""
    held: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def spy(errors: np.ndarray, still: np.ndarray, ahead: int, *args: Any, **more: Any) -> Any:
        held[ahead] = errors, still
        return SCORED(errors, still, ahead, *args, **more)

    monkeypatch.setattr(path_record, "scored", spy)
    PathRecord(whole=whole).fit(seen)  # type: ignore[arg-type]
    return held


def test_errors_are_what_came_less_what_the_page_of_the_month_end_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model of the path itself at three month ends, where it knows of no meeting; what came by hand, day by day."""
    monkeypatch.setattr(policy_path, "decision_days", lambda _: [])
    held, rates = spied(view(), monkeypatch), dict(zip(*(a.tolist() for a in _rates()), strict=True))
    for month, day in ((0, date(2005, 6, 30)), (60, date(2010, 6, 30)), (100, date(2013, 10, 31))):
        then = view().at(close_of(day))
        model = PolicyPath()
        said = {q.id: q for q in model.step(model.fit(then), then)[1].quantities}  # type: ignore[arg-type]
        for name, ahead in (("3m", 3), ("12m", 12), ("24m", 24)):
            start = day
            while start + timedelta(42) <= months_after(day, ahead):
                start += timedelta(42)
            came = []
            for n in range(42):
                at = start + timedelta(n)
                while at not in rates:
                    at -= timedelta(1)
                came.append(rates[at])
            before = day - timedelta(1)
            while before not in rates:
                before -= timedelta(1)
            errors, still = (e[month] for e in held[ahead])
            assert errors == pytest.approx(np.mean(came) - said[f"policy.us.path.{name}"].value, abs=1e-9)
            assert still == pytest.approx(np.mean(came) - rates[before], abs=1e-12)


def _rates() -> tuple[np.ndarray, np.ndarray]:
    points = view().rows[EFFR]
    return points.periods, points.values


def test_what_comes_later_is_in_no_error_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def poison(_: str, rows: Rows) -> Rows:
        return replace(rows, values=rows.values + np.where(rows.periods >= np.datetime64("2020-01-01"), 5.0, 0.0))

    plain, after = spied(view(), monkeypatch), spied(view().mapped(poison), monkeypatch)
    months = (2019 - 2005) * 12 + 12 - 5  # from June 2005 to December 2019
    for ahead in (3, 12, 24):
        same = months - ahead - 2
        for k in (0, 1):
            np.testing.assert_array_equal(plain[ahead][k][:same], after[ahead][k][:same])
        assert np.abs(plain[ahead][0] - after[ahead][0]).max() > 4.0


def test_a_rate_holds_over_weekends_and_not_over_gaps() -> None:
    days = np.array(["2025-01-02", "2025-01-03", "2025-01-06", "2025-01-20"], dtype="datetime64[D]")
    first, held = daily(days, np.array([1.0, 2.0, 3.0, 4.0]))
    assert first == date(2025, 1, 2) and held.size == 19
    assert held[:5].tolist() == [1.0, 2.0, 2.0, 2.0, 3.0]
    assert np.isfinite(held[:12]).all() and np.isnan(held[12:18]).all() and held[18] == 4.0
    starts = starts_of(date(2025, 1, 31), 3)
    assert starts == [date(2025, 1, 31) + timedelta(42 * k) for k in range(4)]
    assert starts[-2] <= date(2025, 4, 30) < starts[-1]


def test_few_horizons_and_no_data_say_so() -> None:
    made = PathRecord().fit(view()).params["records"]  # type: ignore[arg-type]
    assert made["24m"]["reason"] == "9 horizons that do not overlap where 10 are needed" and "gap" in made["12m"]
    bare = view().mapped(lambda i, r: None if i == EFFR else r)
    model = PathRecord()
    said = model.step(model.fit(bare), bare)[1].quantities  # type: ignore[arg-type]
    assert {q.value for q in said} == {None} and all("0 horizons" in (q.reason or "") for q in said)


def test_an_effective_rate_that_ended_years_ago_leaves_the_record_of_its_time() -> None:
    """The feed stopped: later curves have nothing to be compared with, and nothing breaks."""

    def ended(id_: str, rows: Rows) -> Rows:
        keep = rows.periods < np.datetime64("2021-03-10")
        cut = Rows(rows.periods[keep], rows.values[keep], rows.known_at[keep], rows.basis)
        return cut if id_ == EFFR else rows

    made = PathRecord().fit(view().mapped(ended)).params["records"]["3m"]  # type: ignore[arg-type]
    assert made["days"][1] < "2021-01-01" and made["n"] > 40


def test_a_rate_that_never_moved_has_a_reason_and_no_crash() -> None:
    """No change was never wrong: there is no ratio to it."""
    still = view().mapped(lambda i, r: replace(r, values=0.0 * r.values + 4.0) if i == EFFR else r)
    made = PathRecord().fit(still).params["records"]["3m"]  # type: ignore[arg-type]
    assert made["reason"] == NO_LOSSES
