"""The record behind the charts of the regime: what the models said at earlier instants, each from what was known then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from barograph.core.estimate import Fact
from barograph.core.time import DAY_END, new_york, sessions
from barograph.models.regime.regime import quadrants_of
from barograph.run.estimation import Estimation

if TYPE_CHECKING:
    from barograph.archive.view import AsOf
    from barograph.report.day import Record as PastRecord

#: How much of its own past the page shows: month ends of the axes, sessions of the nowcast, and which numbers.
PAST_MONTHS, PAST_SESSIONS = 61, 66
KEPT = (
    "regime.us.growth.level",
    "regime.us.growth.p_up",
    "regime.us.inflation.level",
    "regime.us.inflation.p_up",
    "regime.us.quadrant.",
    "regime.us.liquidity.level",
    "regime.us.market.hmm.p_bear",
    "liquidity.us.net.change_13w",
    "liquidity.us.fci",
    "nowcast.us.gdp.",
    "curve.us.10y.term_premium",
    "curve.us.10y.expected_rate",
    "curve.us.10y.model_yield",
)
#: Models that keep a history of their own, and how the ids of the facts begin without which it is not asked for.
HISTORIES = {
    "curve_fit": "curve.us.fit.rmse",
    "equity_premium": "erp.us.",
    "sensitivity": "sensitivity.spx.real10y.kalman.beta",
}
#: The models that are read at month ends, and those of every session; each with the fact of today without which its past is
#: not asked for: that of the premium does not hang on the regime's.
MONTHLY = {
    **dict.fromkeys(("growth", "inflation", "liquidity", "market_hmm"), "regime.us.growth.p_up"),
    "term_premium": "curve.us.10y.term_premium",
}
DAILY = {"gdp_nowcast": "nowcast.us.gdp.point"}


def past_of(estimation: Estimation, view: AsOf, session: date, facts: Mapping[str, Fact]) -> PastRecord:
    """The record behind the charts of the regime and of the term premium; nothing of what today's estimates do not say."""
    from barograph.models import registry
    from barograph.report.day import Record

    by_name = {m.name: m for m in registry()}
    months: list[tuple[date, dict[str, float]]] = []
    days: list[tuple[date, dict[str, float]]] = []
    about: dict[tuple[date, str], date] = {}
    plans = (
        (months, MONTHLY, month_ends_before(session, PAST_MONTHS)),
        (days, DAILY, days_before(session, PAST_SESSIONS)),
    )
    for into, gates, past in plans:
        models = [by_name[n] for n, gate in gates.items() if n in by_name and _said(facts, gate)]
        if not models:
            continue
        said = estimation.record(models, view, [new_york(d, DAY_END) for d in past])
        for day, numbers in zip(past, said, strict=True):
            kept = {i: q["value"] for i, q in numbers.items() if isinstance(q["value"], float) and i.startswith(KEPT)}
            kept |= {f"regime.us.quadrant.{q}": v for q, v in quadrants_of(numbers).items() if v is not None}
            into.append((day, kept))
            about |= {
                (day, i): date.fromisoformat(numbers[i]["period"])
                for i in kept
                if i in numbers and numbers[i]["period"]
            }
        today = {i: f for i, f in facts.items() if i.startswith(KEPT) and isinstance(f.value, float)}
        into.append((session, {i: f.number for i, f in today.items()}))
        about |= {(session, i): p for i in into[-1][1] if (p := facts[i].period) is not None}
    daily: dict[str, list[tuple[date, float]]] = {}
    for name, asked in HISTORIES.items():
        model: Any = by_name.get(name)
        if model is not None and any(i.startswith(asked) and f.value is not None for i, f in facts.items()):
            daily |= model.history(estimation.state(model, view), view)
    return Record(tuple(months), tuple(days), about, daily)


def _said(facts: Mapping[str, Fact], id_: str) -> bool:
    return id_ in facts and facts[id_].value is not None


def month_ends_before(session: date, count: int) -> list[date]:
    """The last NYSE sessions of the `count` months before a session's own, oldest first."""
    first = (session.replace(day=1) - timedelta(31 * count + 5)).replace(day=1)
    days = sessions("NYSE", first, session.replace(day=1) - timedelta(1))
    last = {(d.year, d.month): d for d in days}
    return list(last.values())[-count:]


def days_before(session: date, count: int) -> list[date]:
    """The `count` NYSE sessions before one, oldest first."""
    return sessions("NYSE", session - timedelta(2 * count + 14), session - timedelta(1))[-count:]
