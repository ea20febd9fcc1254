"""An invented market with earnings: closes, yields, bills and Shiller's columns from 1985 on, users' own figures from 2000."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np

from barograph.core.time import sessions
from models_view import NOW, FakeView, Rows, catalog, rows_of

FIRST, LAST = date(1985, 1, 1), date(2025, 11, 1)


def months(first: date = FIRST, last: date = LAST) -> list[date]:
    """First days of the months between two days."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [date(first.year + (first.month - 1 + k) // 12, (first.month - 1 + k) % 12 + 1, 1) for k in range(count)]


def earnings(month: date) -> float:
    """Earnings of twelve months, growing, with a wave."""
    t = (month.year - 1985) * 12 + month.month
    return 15.0 * math.exp(0.0045 * t) * (1.0 + 0.1 * math.sin(t / 20.0))


def prices(month: date) -> float:
    t = (month.year - 1985) * 12 + month.month
    return 100.0 * math.exp(0.0021 * t + 0.002 * math.sin(t / 3.0))


@cache
def valued_view() -> FakeView:
    """Everything but the users' own figures."""
    days = sessions("NYSE", FIRST, date(2025, 11, 5))
    walk = [
        170.0 * math.exp(0.00034 * k + 0.15 * math.sin(k / 300.0) + 0.01 * math.sin(k * 1.7)) for k in range(len(days))
    ]
    ten = [round(4.0 + 2.5 * math.cos(k / 2500.0) + 0.2 * math.sin(k / 40.0), 2) for k in range(len(days))]
    rows = {
        "us.equity.spx": dict(zip(days, walk, strict=True)),
        "us.rates.par_10y": {d: y for d, y in zip(days, ten, strict=True) if d.year >= 1990},
        "us.rates.real_10y": {d: y - 2.2 for d, y in zip(days, ten, strict=True) if d.year >= 2003},
        "us.rates.bill_3m_month": {m: 3.0 + math.sin(m.year) for m in months(last=date(2025, 10, 1))},
        "us.equity.shiller_price": {m: 170.0 + m.year - 1985 for m in months()},
        "us.equity.shiller_dividend": {m: 0.4 * earnings(m) for m in months(last=date(2025, 9, 1))},
        "us.equity.shiller_earnings": {m: earnings(m) for m in months(last=date(2025, 9, 1))},
        "us.equity.shiller_cpi": {m: prices(m) for m in months(last=date(2025, 10, 1))},
        "us.equity.shiller_gs10": dict.fromkeys(months(), 4.5),
    }
    return FakeView({i: _stamped(i, v) for i, v in rows.items()}, NOW)


def _stamped(series_id: str, values: dict[date, float]) -> Rows:
    """Rows known by their rule; of the days all from 21:30 UTC, before 18:00 in New York."""
    row = catalog()[series_id]
    made = rows_of(row, values, "assumed" if row.revises else "schedule")
    if row.frequency != "D":
        return made
    return replace(made, known_at=made.periods.astype("datetime64[us]") + np.timedelta64(1290, "m"))


@cache
def own_view() -> FakeView:
    """The same with cash flows, growth and expected earnings of a user."""
    own = {
        "us.equity.spx_cash_flow": {
            m: 0.9 * earnings(m) for m in months(date(2000, 1, 1), date(2025, 7, 1)) if m.month % 3 == 1
        },
        "us.equity.spx_growth": {
            m: 8.0 + math.sin(m.month + m.year) for m in months(date(2000, 1, 1), date(2025, 10, 1))
        },
        "us.equity.spx_forward_eps": {m: 1.12 * earnings(m) for m in months(date(2000, 1, 1), date(2025, 10, 1))},
    }
    view = valued_view()
    return replace(view, rows={**view.rows, **{i: _stamped(i, v) for i, v in own.items()}})
