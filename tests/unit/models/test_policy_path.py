"""The path of policy: by a flat and a sloped curve, meetings as known at the view, imported prices there and back."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from barograph.catalog.catalog import Catalog
from barograph.core.estimate import Quantity
from barograph.core.series import ProviderCode, Series
from barograph.core.time import new_york
from barograph.models._kernels import svensson
from barograph.models._kernels.meeting_rates import month_averages
from barograph.models.rates._curve_days import IDS, YEARS
from barograph.models.rates._meetings import decision_days
from barograph.models.rates.policy_path import PolicyPath
from models_view import NOW, FakeView, Rows, catalog, rows_of

DAY = NOW.date()
MONTHS = [(2025, 11), (2025, 12), *((2026, m) for m in range(1, 13))]


def view_of(params: list[float], effr: float = 3.87, day: date = DAY) -> FakeView:
    """One day of par yields of a curve, and the effective rate of the day before."""
    yields = svensson.par_yields(np.array([params]), YEARS)[0]
    rows = {i: rows_of(catalog()[i], {day: float(y)}) for i, y in zip(IDS, yields, strict=True)}
    rows["us.rates.effr"] = rows_of(catalog()["us.rates.effr"], {day - timedelta(1): effr})
    return FakeView(rows, NOW)


def said(view: FakeView) -> dict[str, Quantity]:
    model = PolicyPath()
    return {q.id: q for q in model.step(model.fit(view), view)[1].quantities}  # type: ignore[arg-type]


def test_a_flat_curve_is_a_flat_path() -> None:
    """4 per cent compounded continuously is 360 (exp(0.04/365.25) - 1) a day on 360 days, to every horizon."""
    found = said(view_of([4.0, 0.0, 0.0, 0.0, 1.0, 5.0]))
    flat = 36000 * math.expm1(0.04 / 365.25)
    for id_, q in found.items():
        if id_.startswith("policy.us.path") and q.unit == "percent":
            assert q.value == pytest.approx(flat, abs=1e-5)
    assert found["policy.us.path.change_now"].value == pytest.approx(100 * (flat - 3.87), abs=1e-3)
    assert (
        found["policy.us.path.12m"].window
        == "Treasury forward rates averaged between meetings; includes the term premium"
    )


def test_the_path_is_the_mean_of_instantaneous_forwards() -> None:
    params = [4.0, 0.5, -2.0, 1.0, 1.5, 6.0]
    found = said(view_of(params))
    fits = svensson.fit_par(YEARS, svensson.par_yields(np.array([params]), YEARS), bounds=PolicyPath().bounds)
    starts = [found[f"policy.us.path.interval.{n}"].period for n in range(3)]
    assert starts == [DAY, date(2025, 12, 11), date(2026, 1, 29)]
    days = np.linspace(0.0, 1.0, 4001)
    for n in range(2):
        a, b = ((starts[k] - DAY).days for k in (n, n + 1))  # type: ignore[operator]
        mean = svensson.forwards(fits.params, (a + (b - a) * days) / 365.25)[0].mean()
        want = 36000 * math.expm1(mean / 36525)
        assert found[f"policy.us.path.interval.{n}"].value == pytest.approx(want, abs=1e-4)
    path = [found[f"policy.us.path.interval.{n}"].value for n in range(18)]
    furthest = max(path, key=lambda v: abs(v - 3.87))  # type: ignore[operator]
    assert abs(found["policy.us.path.terminal"].value - 3.87) >= abs(furthest - 3.87) - 1e-12  # type: ignore[operator]


def test_meetings_are_those_known_at_the_view() -> None:
    """The schedule of 2027 came on 2025-09-05: a view of the day before does not know it."""
    before = FakeView({}, datetime(2025, 9, 4, 22, tzinfo=UTC))
    after = FakeView({}, datetime(2025, 9, 5, 22, tzinfo=UTC))
    assert max(decision_days(before)).year == 2026  # type: ignore[arg-type]
    assert max(decision_days(after)).year >= 2027  # type: ignore[arg-type]


def test_without_a_rate_or_a_curve() -> None:
    view = view_of([4.0, 0.0, 0.0, 0.0, 1.0, 5.0])
    found = said(view.mapped(lambda i, r: None if i == "us.rates.effr" else r))
    assert found["policy.us.path.12m"].value is not None
    assert found["policy.us.path.change_12m"].reason == "no value of us.rates.effr known"
    assert found["policy.us.path.terminal"].state == found["policy.us.meeting.1.rate"].state == "insufficient"
    found = said(view.mapped(lambda i, r: r if i == "us.rates.effr" else None))
    assert found["policy.us.rate"].value == 3.87
    assert found["policy.us.path.12m"].reason == "no curve for 2025-11-05: see curve.us.fit.rmse"
    old = {"us.rates.effr": rows_of(catalog()["us.rates.effr"], {date(2025, 10, 1): 4.09})}
    assert said(FakeView(old, NOW))["policy.us.rate"].reason == "the last us.rates.effr known is of 2025-10-01"
    assert set(said(FakeView({}, NOW))) == set(said(view))


# ------------------------------------------------------------------------------------------------ imported prices


def family(tag: str, unit: str) -> Series:
    row = catalog()["us.equity.member.weight"]
    return replace(
        row, id=f"user.{tag}", title=tag, block="user", unit=unit, tags=(tag,), readers=("policy_path",),
        providers=(ProviderCode("files", f"user.{tag}"),), eligible_from=None, start=None,
    )  # fmt: skip


def imported(tag: str, unit: str, values: dict[str, float], day: date = DAY, effr: float = 3.87) -> FakeView:
    row = family(tag, unit)
    base = view_of([4.0, 0.0, 0.0, 0.0, 1.0, 5.0], effr)
    known = np.array([new_york(day, NOW.time().replace(hour=17)).replace(tzinfo=None)], "datetime64[us]")
    rows = {f"{row.id}[{k}]": Rows(np.array([day], "datetime64[D]"), np.array([v]), known) for k, v in values.items()}
    held = catalog()
    grown = Catalog({**{r.id: r for r in held}, row.id: row}, held.closures, events=held.events)
    return replace(base, rows={**base.rows, **rows}, catalog=grown)


def test_prices_there_and_back() -> None:
    """A path of rates, the prices that it makes, and the facts of each meeting: the path again, to 1e-9."""
    meetings = [d for d in decision_days(FakeView({}, NOW)) if d >= DAY][:8]  # type: ignore[arg-type]
    path = [3.87, 3.70, 3.645, 3.56, 3.43, 3.40, 3.31, 3.29, 3.30]
    averages = month_averages(path, meetings, MONTHS)
    prices = {f"{y}-{m:02d}": 100.0 - a for (y, m), a in zip(MONTHS, averages, strict=True)}
    found = said(imported("fed_funds_futures", "index", prices))
    for n, (day, before, after) in enumerate(zip(meetings, path, path[1:], strict=False), 1):
        m = f"policy.us.meeting.{n}"
        assert found[f"{m}.rate"].period == day
        assert found[f"{m}.rate"].value == pytest.approx(after, abs=1e-9)
        assert found[f"{m}.change"].value == pytest.approx(100 * (after - before), abs=1e-7)
        assert found[f"{m}.change_cumulative"].value == pytest.approx(100 * (after - 3.87), abs=1e-7)
    first = [found[f"policy.us.meeting.1.{k}"].value for k in ("change_lower", "change_upper", "p_lower", "p_upper")]
    assert first == pytest.approx([-25.0, 0.0, 68.0, 32.0])
    assert found["policy.us.futures.terminal"].value == pytest.approx(3.29, abs=1e-9)
    assert found["policy.us.futures.terminal"].period == meetings[6]
    # The same averages as rates.
    same = said(imported("fed_funds_futures", "percent", {k: 100.0 - v for k, v in prices.items()}))
    assert same["policy.us.meeting.5.rate"].value == pytest.approx(3.40, abs=1e-9)


def test_rates_by_meeting_and_old_prices() -> None:
    found = said(imported("meeting_rates", "percent", {"2025-12-10": 3.70, "2026-01-28": 3.65}))
    assert found["policy.us.meeting.2.change"].value == pytest.approx(-5.0)
    assert found["policy.us.meeting.3.rate"].reason == "the prices of 2025-11-05 do not say"
    found = said(imported("meeting_rates", "percent", {"2025-12-10": 3.70}, date(2025, 11, 3)))
    assert found["policy.us.meeting.1.rate"].state == "degraded"
    assert found["policy.us.meeting.1.rate"].reason == "the prices are of 2025-11-03"
    found = said(imported("meeting_rates", "percent", {"2025-12-10": 3.70}, date(2025, 10, 20)))
    assert found["policy.us.meeting.1.rate"].reason == "the last prices of user.meeting_rates are of 2025-10-20"
    found = said(imported("meeting_rates", "percent", {"DEC25": 3.70}))
    assert "no member of user.meeting_rates is a month (2025-12) or a meeting" in str(
        found["policy.us.meeting.1.rate"].reason
    )
