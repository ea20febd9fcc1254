"""Tables of section 3: shocks that the markets imply, other models' readings of weakness, recession probabilities."""

from __future__ import annotations

from barograph.models.assets import ASSETS
from barograph.report.blocks import Cell, Column, Mini, Ref, Table, Text
from barograph.report.day import Day
from barograph.report.sections._regime_tables import period_of_input

#: Readings of weakness: what, the fact, the model; the jump model's place between its states is no probability.
WEAKNESS = (
    ("Growth falls over three months", "regime.us.weakness.growth_down", "factor model"),
    ("Growth below its threshold", "regime.us.growth.p_below", "factor model"),
    ("Low-growth state of GDP", "regime.us.gdp.hamilton.p_low", "Markov switching"),
    ("Bear state of the S&P 500", "regime.us.market.hmm.p_bear", "hidden Markov model"),
)
MEAN, CURVE, PREMIUM = "recession.us.probability", "recession.us.curve", "recession.us.ebp"
#: Months apart beyond which a mean of the two readings is of no date.
NEAR = 3
RECESSION = (
    ("Within twelve months, mean", MEAN),
    ("Yield curve", CURVE),
    ("Excess bond premium", PREMIUM),
    ("Growth below its threshold now, factor model", "regime.us.growth.p_below"),
    ("Base rate", "recession.us.base_rate"),
    ("Alarms of the curve on record", "recession.us.curve.alarms"),
    ("of these with no recession in two years", "recession.us.curve.false_alarms"),
    ("Recessions without an alarm", "recession.us.curve.missed"),
)
ACTIVITY = "regime.us.activity"


def activity_table(day: Day) -> Table | None:
    """The daily index of activity by series."""
    head = f"{ACTIVITY}.contribution."
    ids = sorted((i for i in day.facts if i.startswith(head) and day.has(i)), key=lambda i: -abs(day.facts[i].number))
    if not ids or not day.has(f"{ACTIVITY}.level"):
        return None
    widest = max(abs(day.facts[i].number) for i in ids) or 1.0
    rows = []
    for id_ in ids:
        lineage = day.facts[id_].lineage
        name = day.catalog[lineage[0].series_id].title if lineage else id_
        rows.append(
            (
                Cell((name,), below=(period_of_input(day, lineage[0]),) if lineage else ()),
                Cell(mini=Mini("bar", (day.facts[id_].number, widest))),
                Cell((Ref(id_),)),
            )
        )
    level = f"{ACTIVITY}.level"
    band: Text = (Ref(level, "low"), " to ", Ref(level, "high")) if day.facts[level].low is not None else ()
    return Table(
        "Daily index of activity",
        (Column("Series", "left"), Column("size", "center"), Column("adds")),
        tuple(rows),
        (Cell(("Level of the day",), below=band), Cell(), Cell((Ref(level),))),
        subtitle="Filtered, in standard deviations of the index; the range holds 70%",
    )


#: Legs whose move is split, as columns, and the shocks as rows.
LEGS = (("S&P 500", "spx"), ("10-year real", "real10y"), ("10-year breakeven", "breakeven10y"), ("HY OAS", "hy"))
SHOCKS = (
    ("Growth", "growth"),
    ("Inflation", "inflation"),
    ("Policy, tighter", "policy"),
    ("Risk premium", "risk"),
)
PARTS = (*SHOCKS, ("Other columns", "other"), ("Expected", "expected"))


def shocks_table(day: Day) -> Table | None:
    """The shocks that seven prices imply, by horizon, with the range that the signs leave open."""
    if not any(day.has(f"shock.us.{s}.1d") for _, s in SHOCKS):
        return None
    rows = []
    for label, s in SHOCKS:
        cells = []
        for h in ("1d", "5d", "20d"):
            id_ = f"shock.us.{s}.{h}"
            band: Text = ()
            if day.has(id_) and day.facts[id_].low is not None:
                band = (Ref(id_, "low"), " to ", Ref(id_, "high"))
            cells.append(Cell(day.ref(id_), below=band))
        rows.append((Cell((label,)), *cells))
    return Table(
        "Shocks that the markets imply",
        (Column("Shock", "left"), Column("1 session"), Column("5 sessions"), Column("20 sessions", optional=True)),
        tuple(rows),
        subtitle="Daily standard deviations, summed; below, the range over rotations that have the signs (16 to 84%)",
        note=("One rotation is shown, by the medians of all; a single shock of it need not lie in its range.",),
    )


def split_table(day: Day) -> Table | None:
    """What each shock added to the session's moves: the rows add up to the move."""
    shown = [(label, leg) for label, leg in LEGS if day.has(f"shock.us.{leg}.growth")]
    if not shown:
        return None
    rows = [(Cell((label,)), *(Cell(day.ref(f"shock.us.{leg}.{part}")) for _, leg in shown)) for label, part in PARTS]
    moves = {a.slug: f"{a.prefix}.{a.change_word}_1d" for a in ASSETS}
    total = (Cell(("The move",)), *(Cell(day.ref(moves[leg])) for _, leg in shown))
    return Table(
        "The session's moves by shock",
        (Column("Part", "left"), *(Column(label) for label, _ in shown)),
        tuple(rows),
        total,
        subtitle="Per cent for the index, basis points for yields and spreads; the rows add up to the move",
    )


def weakness_table(day: Day) -> Table | None:
    """Other models' probabilities of weakness beside the quadrants'."""
    rows = [
        (Cell((label,)), Cell((model,), muted=True), Cell((Ref(id_),), strong=True), _dated(day, id_))
        for label, id_, model in WEAKNESS
        if id_ in day.facts
    ]
    if not any(day.has(id_) for _, id_, _ in WEAKNESS):
        rows = []
    if day.has("regime.us.market.jump.label"):
        state: Text = (Ref("regime.us.market.jump.label"), ", for ", Ref("regime.us.market.jump.days"))
        line = (Cell(("State of the S&P 500",)), Cell(("jump model",), muted=True), Cell(state))
        rows.append((*line, _dated(day, "regime.us.market.jump.label")))
    if day.has("regime.us.market.sparse.label"):
        counted: Text = (Ref("regime.us.market.sparse.features"), " of nine features weighed")
        name = Cell(("sparse jump model",), below=counted, muted=True)
        found = Cell((Ref("regime.us.market.sparse.label"),))
        rows.append((Cell(("State of the S&P 500",)), name, found, _dated(day, "regime.us.market.sparse.label")))
    if not rows:
        return None
    # No row says by how much they disagree: a fall of growth, a bear market and a recession are different events.
    return Table(
        "Readings of weakness, model by model",
        (Column("Reading", "left"), Column("Model", "left", optional=True), Column("Probability"), Column("of")),
        tuple(rows),
        subtitle="Filtered: each from what was known by the day itself; each of another event",
    )


def recession_table(day: Day) -> Table | None:
    """Probabilities of a recession beside the base rate."""
    rows = [
        (Cell((label,)), Cell((Ref(id_),), strong=id_.endswith("probability")), _dated(day, id_))
        for label, id_ in RECESSION
        if day.has(id_) and (id_ != MEAN or alike(day))
    ]
    apart: Text = ()
    if day.has(MEAN) and not alike(day):
        apart = ("No mean: the readings are of ", Ref(CURVE, "period"), " and ", Ref(PREMIUM, "period"), ".")
    if not any(day.has(id_) for _, id_ in RECESSION[:3]):
        return None
    return Table(
        "Recession within a year",
        (Column("Reading", "left"), Column("Probability"), Column("of", optional=True)),
        tuple(rows),
        note=apart,
        width="side",
    )


def alike(day: Day) -> bool:
    """Whether the two readings of a recession are of months near each other; one alone is like itself."""
    months = [12 * p.year + p.month for i in (CURVE, PREMIUM) if day.has(i) and (p := day.facts[i].period)]
    return max(months, default=0) - min(months, default=0) <= NEAR


def _dated(day: Day, id_: str) -> Cell:
    return Cell((Ref(id_, "period"),) if day.facts[id_].period else ())
