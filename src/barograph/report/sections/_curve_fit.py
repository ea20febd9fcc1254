"""Blocks of section 5 from the fitted curve: factors, forwards, components, and where policy is priced to go."""

from __future__ import annotations

from barograph.core.estimate import Fact
from barograph.models.session import years_before
from barograph.report.blocks import Block, Cell, Column, Figure, LineChart, Ref, StepChart, Table, Text
from barograph.report.day import Day
from barograph.report.sections._records import rates_record

FACTORS = (
    ("Level", "level", "long end"),
    ("Slope", "slope", "long end less short end"),
    ("Curvature", "curvature", "hump"),
)
RATES = (
    ("2y zero", "curve.us.zero.2y"),
    ("5y zero", "curve.us.zero.5y"),
    ("10y zero", "curve.us.zero.10y"),
    ("1y1y", "curve.us.forward.1y1y"),
    ("2y1y", "curve.us.forward.2y1y"),
    ("5y5y", "curve.us.forward.5y5y"),
    ("5y5y real", "curve.us.forward.real_5y5y"),
    ("5y5y breakeven", "curve.us.forward.breakeven_5y5y"),
)
HISTORY = (
    ("nominal", "curve.us.forward.5y5y"),
    ("real", "curve.us.forward.real_5y5y"),
    ("breakeven", "curve.us.forward.breakeven_5y5y"),
)
PATH = (("3 months", "3m"), ("6 months", "6m"), ("12 months", "12m"), ("24 months", "24m"))
RATE, NOW, TERMINAL = "policy.us.rate", "policy.us.path.now", "policy.us.path.terminal"
FRONT = "policy.us.path.change_now"
#: How the reason of a fact says that the rate it should be laid beside is of before a decision.
BEFORE = "before the decision of"
MEETINGS = 8
#: Points without which there is no line, and years of it.
LEAST, YEARS = 60, 2


def curve_blocks(day: Day) -> list[Block]:
    """What there is of the fitted curve and of the path; nothing where the session has no curve."""
    made = [
        _factors(day),
        _rates(day),
        _history(day),
        _path_chart(day),
        _path_table(day),
        _path_record(day),
        _meetings(day),
    ]
    return [b for b in made if b is not None]


def _range(day: Day, id_: str) -> Text:
    if not day.has(id_) or day.facts[id_].low is None:
        return ()
    return (Ref(id_, "low"), " to ", Ref(id_, "high"))


def _factors(day: Day) -> Table | None:
    """Level, slope and curvature with the principal component of the same name."""
    rmse = "curve.us.fit.rmse"
    if not day.has(rmse):
        return None
    rows = []
    for label, name, what in FACTORS:
        f, c = f"curve.us.{name}", f"curve.us.pca.{name}"
        rows.append(
            (
                Cell((label,), below=(what,)),
                Cell(day.ref(f), below=_range(day, f)),
                Cell(day.ref(f"{f}.change_1d")),
                Cell(day.ref(f"{f}.change_20d")),
                Cell(day.ref(f"{f}.percentile_5y")),
                Cell(
                    day.ref(f"{c}.score_1d"), below=(Ref(f"{c}.share"), " of variance") if day.has(f"{c}.share") else ()
                ),
            )
        )
    return Table(
        "Level, slope and curvature",
        (
            Column("Factor", "left"),
            Column("Value"),
            Column("1 session"),
            Column("20 sessions", optional=True),
            Column("5 years", optional=True),
            Column("component, 1 session"),
        ),
        tuple(rows),
        subtitle="Zero curve fitted to par yields by pricing them; fixed decay of 0.0609 per month; "
        "the range is over leaving out a maturity",
        note=("The fit leaves ", Ref(rmse), " (root mean square) of ", Ref(rmse, "n"), " yields."),
    )


def _rates(day: Day) -> Table | None:
    """Zero and forward rates."""
    known = [(label, i) for label, i in RATES if day.has(i)]
    if not known:
        return None
    rows = tuple(
        (
            Cell((label,)),
            Cell(day.ref(i), below=_range(day, i)),
            Cell(day.ref(f"{i}.change_1d") if f"{i}.change_1d" in day.facts else ()),
        )
        for label, i in known
    )
    columns = (Column("Rate", "left"), Column("Value"), Column("1 session"))
    return Table(
        "Zero and forward rates",
        columns,
        rows,
        subtitle="Continuously compounded; curve.us.zero, curve.us.forward",
        note=("A forward rate holds a term premium: it is no forecast.",),
        width="side",
    )


def _history(day: Day) -> Figure | None:
    """Two years of the five-year rate five years ahead, nominal, real and breakeven."""
    since, lines = years_before(day.session, YEARS), []
    for label, id_ in HISTORY:
        points = [(d, v) for d, v in day.record.daily.get(id_, ()) if d > since]
        if len(points) >= LEAST and day.has(id_):
            lines.append((label, tuple(d for d, _ in points), tuple(v for _, v in points)))
    if not lines:
        return None
    said: Text = ()
    for label, id_ in HISTORY:
        if day.has(id_):
            said = (*said, f"{', ' if said else ''}{label} ", Ref(id_))
    return Figure(
        LineChart(tuple(lines), "percent", "5-year rate in 5 years, %"),
        ("Forward rates: nominal, real, breakeven",),
        "US Treasury, daily, per cent, continuously compounded; curve.us.forward.5y5y, real_5y5y, breakeven_5y5y",
        ("Line chart of forward rates: ", *said, "."),
        note=("Nominal from the fitted curve, real from par real yields, breakeven the difference.",),
    )


def _path_chart(day: Day) -> Figure | None:
    """The path by Treasury yields, interval by interval between meetings."""
    facts: list[Fact] = []
    while day.has(i := f"policy.us.path.interval.{len(facts)}"):
        facts.append(day.facts[i])
    if len(facts) < 2 or not day.has(RATE):
        return None
    dates = tuple(f.period for f in facts if f.period is not None)
    chart = StepChart(
        dates,
        tuple(f.number for f in facts),
        tuple(f.low for f in facts),
        tuple(f.high for f in facts),
        "percent",
        "Overnight rate, %",
        "range",
    )
    return Figure(
        chart,
        ("Policy path by Treasury yields",),
        "Forward rates averaged between meetings of the FOMC; includes the term premium; policy.us.path",
        ("Step line of forward rates: to the next meeting ", Ref(NOW), ", fed funds now ", Ref(RATE), "."),
        note=(*_wedge(day), "The range is over leaving out a maturity."),
    )


def _wedge(day: Day) -> Text:
    """How far the front lies from fed funds; nothing where the newest fed funds rate is of before a decision."""
    if not day.has(FRONT):
        return ()
    return (
        "Bills trade apart from overnight money: the front of the path stands ",
        Ref(FRONT),
        " from the fed funds rate, and that is no move of policy. ",
    )


def _late(day: Day, id_: str = FRONT) -> Text:
    """That fed funds is of before a decision, where the reason of a fact says so."""
    if id_ not in day.facts or BEFORE not in (day.facts[id_].reason or ""):
        return ()
    return ("the newest known, of ", Ref(RATE, "period"), ", is of before the newest decision")


def _furthest(day: Day, change: str) -> str:
    """What the furthest point is: the furthest is often no end."""
    return "Lowest" if day.facts[change].number < 0.0 else "Highest"


def _path_table(day: Day) -> Table | None:
    """The path at four horizons and its furthest point."""
    if not day.has(NOW) or not day.has(RATE):
        return None
    rows = [
        (Cell(("Fed funds",), below=(Ref(RATE, "period"),)), Cell(day.ref(RATE)), Cell()),
        (
            Cell(("Until the next meeting",)),
            Cell(day.ref(NOW), below=_range(day, NOW)),
            Cell(day.ref(FRONT), below=("bills, no move",) if day.has(FRONT) else ()),
        ),
    ]
    rows += [
        (
            Cell((label,)),
            Cell(day.ref(f"policy.us.path.{h}"), below=_range(day, f"policy.us.path.{h}")),
            Cell(day.ref(f"policy.us.path.change_{h}")),
        )
        for label, h in PATH
    ]
    end, furthest, base = None, "policy.us.path.change_terminal", "fed funds"
    if day.has(TERMINAL):
        end = (
            Cell((_furthest(day, furthest),), below=("from ", Ref(TERMINAL, "period"))),
            Cell(day.ref(TERMINAL), below=_range(day, TERMINAL)),
            Cell(day.ref(furthest)),
        )
        # On the days after a decision: which rate is not in yet.
        base = "fed funds" if day.has(FRONT) else "the front of the path"
    return Table(
        "Policy path by Treasury yields",
        (Column("In", "left"), Column("Rate"), Column("change")),
        tuple(rows),
        end,
        subtitle=f"Includes the term premium; change from {base}; the last row is the furthest from it within three years",
        note=("No change from fed funds: ", *_late(day), ".") if _late(day) else (),
        width="side",
    )


def _path_record(day: Day) -> Table | None:
    """Whether the path ever foretold the funds rate; nothing where there is no path today."""
    if not day.has(NOW):
        return None
    return rates_record(
        day,
        "Did the path foretell the funds rate?",
        tuple((label, f"policy.us.path.record_{h}") for label, h in PATH),
        "Ahead",
        "the mean effective rate of six weeks so far ahead",
        "the newest effective rate known",
    )


def _meetings(day: Day) -> Table | None:
    """What imported futures or meeting-dated rates say of each meeting."""
    rows = []
    for n in range(1, MEETINGS + 1):
        m = f"policy.us.meeting.{n}"
        if not day.has(f"{m}.rate"):
            continue
        odds: Text = ()
        if day.has(f"{m}.p_lower"):
            odds = (
                Ref(f"{m}.p_lower"),
                " ",
                Ref(f"{m}.change_lower"),
                ", ",
                Ref(f"{m}.p_upper"),
                " ",
                Ref(f"{m}.change_upper"),
            )
        rows.append(
            (
                Cell((Ref(f"{m}.rate", "period"),)),
                Cell(day.ref(f"{m}.rate")),
                Cell(day.ref(f"{m}.change")),
                Cell(odds),
                Cell(day.ref(f"{m}.change_cumulative")),
            )
        )
    end, change = "policy.us.futures.terminal", "policy.us.futures.change_terminal"
    if not rows:
        return None
    total = None
    if day.has(end):
        label = Cell((f"{_furthest(day, change)}, ", Ref(end, "period")))
        total = (label, Cell(day.ref(end)), Cell(), Cell(), Cell(day.ref(change)))
    source = next(
        f.window for n in range(1, MEETINGS + 1) if day.has((f := day.facts[f"policy.us.meeting.{n}.rate"]).id)
    )
    first = "policy.us.meeting.1.change"
    late = _late(day, first)
    if late:
        counted = "Moves count from the priced rate" if day.has(first) else "The next move is not known"
        late = (f"{counted}: of fed funds ", *late, ".")
    return Table(
        "Policy path by imported prices",
        (
            Column("Meeting", "left"),
            Column("Rate after"),
            Column("move"),
            Column("two outcomes", optional=True),
            Column("less fed funds"),
        ),
        tuple(rows),
        total,
        subtitle=f"{source}; risk-neutral: what is priced is no forecast",
        note=late,
    )
