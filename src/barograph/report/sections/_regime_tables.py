"""Tables of section 3: axes, quadrants with their cells, what moves them, nowcasts and their news, second readings."""

from __future__ import annotations

from barograph.core.estimate import Input
from barograph.core.time import session_before
from barograph.findings._thresholds import LABEL_ABOVE
from barograph.models.regime.regime import READINGS, WORDS
from barograph.report.blocks import Cell, Column, Mini, Paragraph, Quadrant, Ref, Table, Text
from barograph.report.dates import period_name
from barograph.report.day import Day
from barograph.report.page_facts import named_inputs

AXES = (("Growth", "growth"), ("Inflation", "inflation"), ("Liquidity", "liquidity"))
#: Quadrants as rows: growth up first, as they are stacked in the chart.
QUADRANTS: tuple[tuple[str, Quadrant], ...] = (
    ("Growth up, inflation down", "gu_id"),
    ("Growth up, inflation up", "gu_iu"),
    ("Growth down, inflation up", "gd_iu"),
    ("Growth down, inflation down", "gd_id"),
)
NOWCASTS = (
    ("Real GDP, next release", "nowcast.us.gdp"),
    ("Real GDP, quarter after", "nowcast.us.gdp.next"),
    ("CPI, over the month", "nowcast.us.cpi"),
    ("Core CPI, over the month", "nowcast.us.core_cpi"),
    ("PCE prices, over the month", "nowcast.us.pce"),
)
#: The end of the bars of every axis, standard deviations: a bar of one table may be held against a bar of another.
SCALE = 0.5
#: A contribution under this is no more than a tick: its colour would say more than it does.
LEAST = 0.05


def axes_table(day: Day) -> Table:
    """Level, change and probability of each axis, with the range over leaving out an input."""
    rows = []
    for label, axis in AXES:
        a = f"regime.us.{axis}"
        band: Text = ()
        if day.has(f"{a}.p_up") and day.facts[f"{a}.p_up"].low is not None:
            band = (Ref(f"{a}.p_up", "low"), "–", Ref(f"{a}.p_up", "high"))
        counted: Text = (Ref(f"{a}.level", "n"),) if day.has(f"{a}.level") and day.facts[f"{a}.level"].n else ()
        rows.append(
            (
                Cell((label,)),
                Cell(day.ref(f"{a}.level")),
                Cell(day.ref(f"{a}.change_3m")),
                Cell(day.ref(f"{a}.z")),
                Cell(day.ref(f"{a}.p_up"), below=band, strong=True),
                Cell((Ref(f"{a}.level", "period"),) if day.has(f"{a}.level") else ()),
                Cell(counted),
            )
        )
    return Table(
        "Axes of the regime",
        (
            Column("Axis", "left"),
            Column("Level"),
            Column("3 months"),
            Column("against 10 years", optional=True),
            Column("P(up)"),
            Column("Newest data", optional=True),
            Column("Inputs", optional=True),
        ),
        tuple(rows),
        subtitle="Levels and changes in standard deviations of the axis; the range is over leaving out each input; "
        "how the probabilities have fared: barograph score growth, inflation",
    )


def quadrants_table(day: Day) -> Table:
    """The four quadrants, each split by liquidity: the eight cells."""
    rows = []
    for label, q in QUADRANTS:
        id_ = f"regime.us.quadrant.{q}"
        cell = f"regime.us.cell.{q[1]}{q[4]}"
        band: Text = ()
        if day.has(id_) and day.facts[id_].low is not None:
            band = (Ref(id_, "low"), "–", Ref(id_, "high"))
        strong = day.has("regime.us.label") and day.facts["regime.us.label"].value == WORDS[q]
        rows.append(
            (
                Cell((label,), below=(_risk(q),)),
                Cell(day.ref(id_), below=band, strong=strong),
                Cell(day.ref(f"{cell}u")),
                Cell(day.ref(f"{cell}d")),
            )
        )
    return Table(
        "Quadrants and cells",
        (
            Column("Over three months", "left"),
            Column("Probability"),
            Column("liquidity up", optional=True),
            Column("liquidity down", optional=True),
        ),
        tuple(rows),
        subtitle="Per cent; up and down are the direction over three months, not the level; the plane above shows levels",
        width="side",
    )


def _risk(quadrant: str) -> str:
    return {
        "duration": "duration at risk",
        "credit": "credit at risk",
        "both": "duration and credit at risk",
        "neither": "neither duration nor credit at risk",
    }[READINGS[quadrant]]


def contributions_table(day: Day, axis: str, title: str) -> Table | None:
    """What each input adds to an axis's change over three months, largest first, and to its level."""
    head = f"regime.us.{axis}.contribution_3m."
    found = [i for i in day.facts if i.startswith(head) and day.has(i)]
    if not found:
        return None
    rows: list[tuple[Cell, ...]] = []
    for slug in named_inputs(day.facts, axis):
        id_ = f"{head}{slug}"
        lineage = day.facts[id_].lineage
        name = day.catalog[lineage[0].series_id].title if lineage else slug.replace("_", " ")
        period: Text = (period_of_input(day, lineage[0]),) if lineage else ()
        rows.append(
            (
                Cell((name,)),
                Cell(period, muted=True),
                Cell(mini=Mini("bar", (day.facts[id_].number, SCALE, LEAST))),
                Cell((Ref(id_),)),
                Cell(day.ref(f"regime.us.{axis}.contribution.{slug}")),
            )
        )
    others = [f"regime.us.{axis}.others_printed{end}" for end in ("_3m", "")]
    more = len(found) - len(rows)
    if more or any(day.has(i) and day.facts[i].number for i in others):
        label = f"{more} other input{'' if more == 1 else 's'}, and rounding" if more else "Rounding"
        rows.append((Cell((label,), muted=True), Cell(), Cell(), *(Cell(day.ref(i), muted=True) for i in others)))
    total = (
        Cell(("All inputs",)),
        Cell(),
        Cell(),
        Cell(day.ref(f"regime.us.{axis}.change_3m")),
        Cell(day.ref(f"regime.us.{axis}.level")),
    )
    return Table(
        title,
        (
            Column("Input", "left"),
            Column("Newest", optional=True),
            Column("size", "center"),
            Column("3 months"),
            Column("Level"),
        ),
        tuple(rows),
        total,
        subtitle="Standard deviations of the axis; the rows add up to the last; bars of all axes have one scale",
    )


def period_of_input(day: Day, piece: Input) -> str:
    """The newest period of an input, named by the stamp of its series."""
    return period_name(day.catalog[piece.series_id].stamp, piece.last)


def nowcasts_table(day: Day) -> Table | None:
    """What the next releases are expected to be, with 70 % intervals."""
    rows = []
    for label, n in NOWCASTS:
        if f"{n}.point" not in day.facts:
            continue
        interval: Text = (Ref(f"{n}.q15"), " to ", Ref(f"{n}.q85")) if day.has(f"{n}.q15") else ()
        errors: Text = (Ref(f"{n}.point", "n"),) if day.has(f"{n}.point") and day.facts[f"{n}.point"].n else ()
        why = "" if day.has(f"{n}.point") else day.facts[f"{n}.point"].reason or ""
        rows.append(
            (
                Cell((label,), below=(why,) if why else ()),
                Cell((Ref(f"{n}.point", "period"),) if day.has(f"{n}.point") else ()),
                Cell(day.ref(f"{n}.point"), strong=True),
                Cell(interval),
                Cell(errors),
            )
        )
    if not rows or not any(day.has(f"{n}.point") for _, n in NOWCASTS):
        return None
    return Table(
        "Nowcasts",
        (
            Column("Figure to come", "left"),
            Column("Period"),
            Column("Nowcast"),
            Column("70% interval"),
            Column("Errors on record", optional=True),
        ),
        tuple(rows),
        subtitle="GDP in per cent at an annual rate. No interval is narrower than the model's own record",
    )


def news_table(day: Day, sessions: int) -> Table | None:
    """What moved the nowcast of GDP over some sessions: releases, revisions, another month's parameters."""
    total, head = f"nowcast.us.gdp.change_{sessions}d", f"nowcast.us.gdp.news_{sessions}d."
    ids = [i for i in day.facts if i.startswith(head) and day.has(i)]
    if not day.has(total) or not ids:
        return None
    last = (f"{head}revisions", f"{head}refit")
    named = sorted((i for i in ids if i not in last), key=lambda i: -abs(day.facts[i].number))
    widest = max(abs(day.facts[i].number) for i in ids) or 1.0
    rows = []
    for id_ in (*named, *(i for i in last if i in ids)):
        lineage = day.facts[id_].lineage
        name = {last[0]: "Revisions of earlier figures", last[1]: "Parameters of the new month"}.get(id_)
        title = name or (day.catalog[lineage[0].series_id].title if lineage else id_)
        period: Text = (period_of_input(day, lineage[0]),) if name is None and lineage else ()
        rows.append(
            (
                Cell((title,)),
                Cell(period, muted=True),
                Cell(mini=Mini("bar", (day.facts[id_].number, widest))),
                Cell((Ref(id_),)),
            )
        )
    start = session_before("NYSE", day.session, sessions)
    return Table(
        "News behind the nowcast of GDP",
        (Column("Release", "left"), Column("Newest", optional=True), Column("size", "center"), Column("Moved it by")),
        tuple(rows),
        (Cell(("Change of the nowcast",)), Cell(), Cell(), Cell((Ref(total),))),
        subtitle=f"Percentage points at an annual rate since {start.isoformat()}, next release",
    )


def label_line(day: Day) -> Paragraph | None:
    """The label with the sessions that it has stood for and what it puts at risk."""
    if not day.has("regime.us.label"):
        return None
    challenged: Text = ()
    if day.has(other := "regime.us.challenger"):
        seen = f"{other}_sessions"
        challenged = (" Challenged by ", Ref(other), ", on ", Ref(seen), " of the newest ", Ref(seen, "n"), ".")
    if day.facts["regime.us.label"].value == "undecided":
        said_: Text = ("Undecided: no quadrant has been likely enough for long enough to be named.", *challenged)
        return Paragraph(said_, "note")
    open_ = unsaid(day)
    # The label outlasts the probability that gave it: where that would not give it any more, only the rule keeps it.
    own = next((f"regime.us.quadrant.{q}" for q, w in WORDS.items() if w == day.facts["regime.us.label"].value), "")
    fallen = day.has(own) and day.facts[own].number <= LABEL_ABOVE
    said = "Label kept by its rule: " if open_ or fallen else "Label: "
    now: Text = (" (", Ref(own), " today)") if fallen else ()
    text: Text = (*open_, said, Ref("regime.us.label"), *now, ", for ", Ref("regime.us.label_sessions"), ".")
    return Paragraph((*text, *challenged), "note")


def unsaid(day: Day) -> Text:
    """`Growth: cannot say (51%, 41%–58%). `, for each axis whose P(up) would give a label neither way."""
    out: list[str | Ref] = []
    for name, axis in AXES[:2]:
        id_ = f"regime.us.{axis}.p_up"
        if day.has(id_) and 100.0 - LABEL_ABOVE <= day.facts[id_].number <= LABEL_ABOVE:
            fact = day.facts[id_]
            band: Text = (", ", Ref(id_, "low"), "–", Ref(id_, "high")) if fact.low is not None else ()
            out += [f"{name}: cannot say (", Ref(id_), *band, "). "]
    return tuple(out)
