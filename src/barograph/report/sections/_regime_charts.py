"""Charts of section 3: what the page said before of the two directions, and the nowcast through its quarter."""

from __future__ import annotations

from datetime import date

from barograph.report.blocks import Figure, LineChart, Ref
from barograph.report.day import Day

GROWTH_UP, INFLATION_UP = "regime.us.growth.p_up", "regime.us.inflation.p_up"
POINT, LOW, HIGH = (f"nowcast.us.gdp.{k}" for k in ("point", "q15", "q85"))
#: Fewer points than this are no line.
LEAST = 6


def directions_chart(day: Day) -> Figure | None:
    """P(growth up) and P(inflation up) at the ends of the last months, as each was said then."""
    lines = []
    for label, id_ in (("Growth up", GROWTH_UP), ("Inflation up", INFLATION_UP)):
        points = [(d, numbers[id_]) for d, numbers in day.record.months if id_ in numbers]
        lines.append((label, tuple(d for d, _ in points), tuple(v for _, v in points)))
    if any(len(dates) < LEAST for _, dates, _ in lines):
        return None
    return Figure(
        LineChart(tuple(lines), "percent", "Probability, %"),
        ("Directions of growth and inflation",),
        "P(up over three months), per cent, at month ends as said then; regime.us.growth, regime.us.inflation",
        ("Line chart of the directions of growth and inflation at month ends; the table of axes has the newest.",),
        note=("Each point is what was said on its day.",),
    )


def nowcast_chart(day: Day) -> Figure | None:
    """The nowcast of the quarter that is to be released next, since it was first made, with its interval."""
    if not day.has(POINT):
        return None
    quarter = day.facts[POINT].period
    lines: list[tuple[str, tuple[date, ...], tuple[float, ...]]] = []
    for label, id_, later in (
        ("Nowcast", POINT, "nowcast.us.gdp.next.point"),
        ("low", LOW, "nowcast.us.gdp.next.q15"),
        ("high", HIGH, "nowcast.us.gdp.next.q85"),
    ):
        points = []
        for when, numbers in day.record.sessions:
            # Until the release before it the quarter was the one after the next.
            found = next((i for i in (id_, later) if day.record.about.get((when, i)) == quarter and i in numbers), None)
            if found is not None:
                points.append((when, numbers[found]))
        lines.append((label, tuple(d for d, _ in points), tuple(v for _, v in points)))
    if any(len(dates) < LEAST for _, dates, _ in lines):
        return None
    return Figure(
        LineChart(tuple(lines), "percent", "Real GDP, % at an annual rate"),
        ("GDP nowcast ", Ref(POINT)),
        "Growth over the quarter, per cent at an annual rate, with the 70% interval, as said on each day; nowcast.us.gdp",
        ("Line chart of the GDP nowcast and its interval by day: now ", Ref(POINT), "."),
        note=("Each point is what was said on its day.",),
    )
