"""The path of policy: by a flat and a sloped curve, meetings as known at the view, imported prices there and back."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from barograph.catalog.catalog import Catalog
from barograph.core.estimate import Quantity
from barograph.core.series import ProviderCode, Series
from barograph.core.time import new_york, sessions
from barograph.models._kernels import svensson
from barograph.models._kernels.meeting_rates import month_averages
from barograph.models.rates._curve_days import IDS, YEARS
from barograph.models.rates._meetings import decision_days
from barograph.models.rates.policy_path import PolicyPath, months_after
from models_view import NOW, FakeView, Rows, catalog, close_of, rows_of

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


def after_a_decision(day: date, delivered: float = -0.25) -> FakeView:
    """A curve that knows of the decision of 2025-09-17 and the effective rates as published: the new one holds from the 18th."""
    yields = svensson.par_yields(np.array([[4.08, 0.0, 0.0, 0.0, 1.0, 5.0]]), YEARS)[0]
    rows = {i: rows_of(catalog()[i], {day: float(y)}) for i, y in zip(IDS, yields, strict=True)}
    held = {d: 4.33 if d <= date(2025, 9, 17) else 4.33 + delivered for d in sessions("NYSE", date(2025, 9, 8), day)}
    rows["us.rates.effr"] = rows_of(catalog()["us.rates.effr"], held)
    return FakeView(rows, close_of(day))


@pytest.mark.parametrize(("day", "rate_of"), [(17, 16), (18, 17)])
def test_a_rate_of_before_a_decision_is_not_laid_beside_a_curve_of_after(day: int, rate_of: int) -> None:
    """Else the delivered 25 bp read as 25 bp of cuts to come."""
    found = said(after_a_decision(date(2025, 9, day)))
    assert found["policy.us.rate"].period == date(2025, 9, rate_of) and found["policy.us.rate"].value == 4.33
    front = found["policy.us.path.change_now"]
    assert front.state == "insufficient"
    assert front.reason == (
        f"the effective rate known is of 2025-09-{rate_of}, before the decision of 2025-09-17 took effect"
    )
    for name in ("change_3m", "change_12m", "change_terminal"):
        q = found[f"policy.us.path.{name}"]
        assert q.state == "degraded" and str(q.reason).startswith("counted from the front of the path: ")
        assert q.value == pytest.approx(0.0, abs=0.02)  # the curve is flat; from the old rate it would be -22 bp
    assert found["policy.us.path.now"].state == "ok"
    # To the meeting of October: that of the 17th is over.
    assert found["policy.us.path.interval.1"].period == date(2025, 10, 30)


def test_two_days_after_a_decision_the_rate_has_it() -> None:
    found = said(after_a_decision(date(2025, 9, 19)))
    assert found["policy.us.rate"].value == 4.08
    flat = 36000 * math.expm1(0.0408 / 365.25)
    assert found["policy.us.path.change_now"].value == pytest.approx(100 * (flat - 4.08), abs=1e-2)
    assert found["policy.us.path.change_12m"].state == "ok"


def test_a_horizon_of_months_ends_with_the_month() -> None:
    """A month after 31 August is 30 September, and three months after 31 October 31 January (an interval begins on the 29th)."""
    assert months_after(date(2025, 8, 31), 1) == date(2025, 9, 30)
    assert months_after(date(2025, 10, 31), 3) == date(2026, 1, 31)
    assert months_after(date(2025, 10, 31), 4) == date(2026, 2, 28)
    params = [4.0, 0.5, -2.0, 1.0, 1.5, 6.0]
    day = date(2025, 10, 31)
    found = said(replace(view_of(params, day=day), known_at=close_of(day)))
    assert found["policy.us.path.interval.2"].period == date(2026, 1, 29)
    assert found["policy.us.path.3m"].value == found["policy.us.path.interval.2"].value


def test_without_a_maturity_to_spare_there_is_no_range() -> None:
    kept = ("1m", "2y", "3y", "5y", "7y", "10y", "20y")
    view = view_of([4.0, 0.5, -2.0, 1.0, 1.5, 6.0])
    held = {"us.rates.effr", *(f"us.rates.par_{k}" for k in kept)}
    seven = said(view.mapped(lambda i, r: r if i in held else None))
    q = seven["policy.us.path.12m"]
    assert q.value is not None and (q.low, q.high, q.n) == (None, None, None)
    assert (q.state, q.reason) == ("degraded", "no maturity can be left out, so there is no range")
    q = said(view)["policy.us.path.12m"]
    assert q.low is not None and q.n == 11


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


def futures_after(day: date, path: list[float], tag: str = "fed_funds_futures") -> dict[str, Quantity]:
    """Facts of a day about the decision of 2025-09-17 from prices of that day; `path` begins before it."""
    base = after_a_decision(day)
    meetings = [d for d in decision_days(base) if d >= date(2025, 9, 17)][: len(path) - 1]  # type: ignore[arg-type]
    months = [(2025, m) for m in range(9, 13)] + [(2026, m) for m in range(1, 6)]
    averages = month_averages(path, meetings, months)
    values = {f"{y}-{m:02d}": 100.0 - a for (y, m), a in zip(months, averages, strict=True)}
    if tag == "meeting_rates":
        values = {str(m): r for m, r in zip(meetings[1:], path[2:], strict=True)}
    priced = imported(tag, "index" if tag != "meeting_rates" else "percent", values, day)
    rows = {i: r for i, r in priced.rows.items() if i.startswith("user.")}
    return said(replace(base, rows={**base.rows, **rows}, catalog=priced.catalog))


PATH = [4.33, 4.08, 3.88, 3.70, 3.62, 3.50]


@pytest.mark.parametrize("day", [17, 18, 19])
def test_a_meeting_that_is_over_is_none_to_come(day: int) -> None:
    """The first is that of 29 October on all three days, and moves count from the rate after the decision."""
    found = futures_after(date(2025, 9, day), PATH)
    meetings = [date(2025, 10, 29), date(2025, 12, 10), date(2026, 1, 28), date(2026, 3, 18)]
    assert [found[f"policy.us.meeting.{n}.rate"].period for n in range(1, 5)] == meetings
    for n, (before, after) in enumerate(pairwise(PATH[1:]), 1):
        assert found[f"policy.us.meeting.{n}.rate"].value == pytest.approx(after, abs=1e-9)
        assert found[f"policy.us.meeting.{n}.change"].value == pytest.approx(100 * (after - before), abs=1e-6)
        assert found[f"policy.us.meeting.{n}.change_cumulative"].value == pytest.approx(100 * (after - 4.08), abs=1e-6)
    assert found["policy.us.meeting.1.p_lower"].value == pytest.approx(80.0, abs=1e-4)
    first, second = (found[f"policy.us.meeting.{n}.change"] for n in (1, 2))
    assert second.state == "ok"
    if day == 19:
        assert first.state == "ok"
    else:
        assert first.state == "degraded" and "before the decision of 2025-09-17" in str(first.reason)


def test_rates_by_meeting_after_a_decision() -> None:
    """On the 19th the effective rate is the new one and gives the next meeting's odds; on the 18th it is not known yet."""
    found = futures_after(date(2025, 9, 19), PATH, "meeting_rates")
    assert found["policy.us.meeting.1.rate"].period == date(2025, 10, 29)
    assert found["policy.us.meeting.1.p_lower"].value == pytest.approx(80.0)
    found = futures_after(date(2025, 9, 18), PATH, "meeting_rates")
    assert found["policy.us.meeting.1.rate"].value == pytest.approx(3.88)
    for kind in ("change", "change_cumulative", "p_lower"):
        q = found[f"policy.us.meeting.1.{kind}"]
        assert q.value is None and str(q.reason).startswith("fed funds at the new rate is not known yet")
    assert found["policy.us.meeting.2.change"].value == pytest.approx(-18.0)
    assert "not known yet" in str(found["policy.us.futures.terminal"].reason)


def test_impossible_prices_are_refused_with_a_question() -> None:
    """Averages given as prices, and prices given as averages: 96 per cent is no rate of today's 3.87."""
    reason = "policy.us.meeting.1.rate"
    said_index = said(imported("fed_funds_futures", "index", {"2025-12": 3.80, "2026-01": 3.70}))[reason].reason
    assert said_index == (
        "user.fed_funds_futures: the price of 2025-12 says 96.2 %, fed funds is 3.87 %: is the unit percent?"
    )
    said_percent = said(imported("fed_funds_futures", "percent", {"2025-12": 96.2, "2026-01": 96.3}))[reason].reason
    assert "the price of 2025-12 says 96.2 %" in str(said_percent) and "is the unit index?" in str(said_percent)
    swaps = said(imported("meeting_rates", "percent", {"2025-12-10": 96.3}))[reason].reason
    assert "the rate after 2025-12-10 is given as 96.3 %" in str(swaps) and "is it a price?" in str(swaps)
    # A month that could just be, and the rate that it needs after its meeting, which cannot: (31 x 7.87 - 10 x 3.87)/21.
    apart = said(imported("fed_funds_futures", "index", {"2025-11": 96.13, "2025-12": 92.13}))[reason].reason
    assert "the prices say 9.8 % after 2025-12-10" in str(apart) and "are all of one day?" in str(apart)
    assert said(imported("fed_funds_futures", "index", {"2025-12": 96.22}))[reason].value is not None
