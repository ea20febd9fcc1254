"""Charts of section 3: the quadrants through time, the way through their plane, the nowcast with what moved it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

from barograph.catalog.nber import announced
from barograph.models.macro._factor import Z70
from barograph.report.blocks import Figure, PathChart, Ref, Release, ShareChart, StepChart, Strip
from barograph.report.day import Day
from barograph.report.sections._regime_tables import QUADRANTS

GROWTH, INFLATION = "regime.us.growth.level", "regime.us.inflation.level"
BEAR = "regime.us.market.hmm.p_bear"
POINT, LOW, HIGH = (f"nowcast.us.gdp.{k}" for k in ("point", "q15", "q85"))
NEWS = "nowcast.us.gdp.news_1d."
#: Fewer points than this are no line, and as many of the largest impacts are drawn.
LEAST, MOST_TICKS = 6, 60
#: An impact smaller than this, percentage points, is no tick.
SMALL = 0.02
_TONES: dict[str, Literal["growth", "inflation", "labour", "other"]] = {
    "growth": "growth",
    "prices": "inflation",
    "labour": "labour",
}


def shares_chart(day: Day) -> Figure | None:
    """The four quadrants at the ends of the last months, as they were said then, with the recessions known today."""
    rows = [(d, n) for d, n in day.record.months if all(f"regime.us.quadrant.{q}" in n for _, q in QUADRANTS)]
    if len(rows) < LEAST:
        return None
    dates = tuple(d for d, _ in rows)
    shares = tuple((q, label, tuple(n[f"regime.us.quadrant.{q}"] for _, n in rows)) for label, q in QUADRANTS)
    second = tuple(n.get(BEAR) for _, n in rows)
    strip = Strip("HMM, S&P 500", "bear", second) if any(v is not None for v in second) else None
    note = "Each date shows what was said on it."
    if strip is not None:
        note += " The strip is a hidden Markov model, of stocks only: where it and the chart part, they disagree."
    return Figure(
        ShareChart(dates, shares, "Probability, %; thick line: growth up", strip=strip, bands=_recessions(day)),
        ("Direction of growth and inflation",),
        "Up or down over three months: filtered probability, per cent, at month ends; regime.us.quadrant",
        ("Stacked areas: the probability of each quadrant by month; the table of quadrants has the newest.",),
        note=(note,),
    )


def _recessions(day: Day) -> tuple[tuple[date, date | None], ...]:
    """First and last day of each recession that had been announced by the day: the month after the peak to the trough's end."""
    out: list[tuple[date, date | None]] = []
    for peak, trough in announced(day.session):
        out.append((_month_after(peak), _month_after(trough) - timedelta(1) if trough else None))
    return tuple(out)


def _month_after(month: date) -> date:
    return (month.replace(day=1) + timedelta(32)).replace(day=1)


def path_chart(day: Day) -> Figure | None:
    """The last 13 months on the plane of the two levels, with the ellipse of the newest."""
    rows = [(d, n.get(GROWTH), n.get(INFLATION)) for d, n in day.record.months]
    points = tuple(r for r in rows[-13:] if r[1] is not None and r[2] is not None)
    if len(points) < LEAST:
        return None
    spread = [_variance(day, i) for i in (GROWTH, INFLATION)]
    # The two axes are estimated apart: nothing is known of how their errors move together.
    covariance = (spread[0], 0.0, spread[1]) if spread[0] is not None and spread[1] is not None else None
    return Figure(
        PathChart(points, covariance),
        ("Growth and inflation, a year of month ends",),
        "Levels in standard deviations of each axis, as said then; regime.us.growth, regime.us.inflation",
        ("Path on a plane: growth level now ", Ref(GROWTH), ", inflation level ", Ref(INFLATION), "."),
        note=(
            "The corners are levels; bars and table are directions over months. The ellipses show the estimation "
            "error of the newest point.",
        ),
        width="side",
    )


def _variance(day: Day, id_: str) -> float | None:
    fact = day.facts.get(id_)
    if fact is None or fact.low is None or fact.high is None:
        return None
    return ((fact.high - fact.low) / 2.0 / Z70) ** 2


def nowcast_chart(day: Day) -> Figure | None:
    """The nowcast of the quarter that is to be released next, since it was first made, and the releases that moved it."""
    if not day.has(POINT):
        return None
    quarter = day.facts[POINT].period
    later = {POINT: "nowcast.us.gdp.next.point", LOW: "nowcast.us.gdp.next.q15", HIGH: "nowcast.us.gdp.next.q85"}
    dates, values, low, high = [], [], [], []
    releases: list[Release] = []
    for when, numbers in day.record.sessions:
        # Until the release before it the quarter was the one after the next.
        first = day.record.about.get((when, POINT)) == quarter
        if not first and day.record.about.get((when, later[POINT])) != quarter:
            continue
        point, *ends = (numbers.get(i if first else later[i]) for i in (POINT, LOW, HIGH))
        dates.append(when)
        values.append(point)
        low.append(ends[0])
        high.append(ends[1])
        # The news are those of the quarter that is released next: before it was this one, they were another's.
        if first and len(dates) > 1:
            releases += _news_of(day, when, numbers)
    if len(dates) < LEAST:
        return None
    largest = sorted(releases, key=lambda r: -abs(r.impact))[:MOST_TICKS]
    kept = tuple(sorted(largest, key=lambda r: r.on))
    return Figure(
        StepChart(
            tuple(dates), tuple(values), tuple(low), tuple(high),
            "percent", "Growth of real GDP, annual rate, %", "70% band", kept, None, 1, True,
        ),
        ("GDP nowcast ", Ref(POINT), " for ", Ref(POINT, "period")),
        "As said on each day, with the 70% interval and what each release moved it by; nowcast.us.gdp",
        ("Step line of the GDP nowcast by day: now ", Ref(POINT), "."),
        note=("An estimate holds until the next; the ticks are releases, and revisions of what they had said.",),
    )  # fmt: skip


def _news_of(day: Day, when: date, numbers: Mapping[str, float]) -> list[Release]:
    out = []
    for id_, impact in numbers.items():
        slug = id_.removeprefix(NEWS)
        if slug == id_ or abs(impact) < SMALL or slug == "refit":
            continue
        family = _family(day, slug)
        out.append(Release(when, slug.replace("_", " "), impact, _TONES.get(family, "other")))
    return out


def _family(day: Day, slug: str) -> str:
    """`growth`, `labour`, ... : the second word of the series' id."""
    for family in ("growth", "labour", "prices"):
        if f"us.{family}.{slug}" in day.catalog:
            return family
    return "other"
