"""The last macro prints known: what each covers, when it was published, and whether a newer one should be out; part of
section 3."""

from __future__ import annotations

from dataclasses import replace

from barograph.report.blocks import Block, Cell, Column, Figure, Paragraph, Ref, Table, Text
from barograph.report.dates import period_name
from barograph.report.day import Day
from barograph.report.format import days_long
from barograph.report.forms import THIN
from barograph.report.revised import chart_of, measure_of, one_vintage

#: Fact suffixes in the order in which a row may show its usual transform, and over what each is a change.
OVER = {
    "change_1m": "m/m",
    "change_1w": "1 week",
    "yoy": "y/y",
    "mom": "m/m",
    "qoq": "q/q annualised",
    "growth": "q/q annualised",
    "change_1q": "q/q",
    "change_4w": "4 weeks",
    "change_1d": "1 day",
    "percent_change": "previous",
}
CHANGES = tuple(OVER)


def published(fact_id: str, late: Text = (), *, covers: bool = False) -> Cell:
    """The day on which a print became known, and how long ago that is; tinted only where a newer one should be out.

    With `covers` as `24 Oct (12 days)` over the period that it is about.
    """
    if covers:
        text = (Ref(fact_id, "known"), f"{THIN}(", Ref(fact_id, "known_age"), ")")
        return Cell(text, below=("covers ", Ref(fact_id, "period")), heat=-1 if late else 0)
    return Cell((Ref(fact_id, "known"),), below=(Ref(fact_id, "known_age"),), heat=-1 if late else 0)


def late(day: Day, series_id: str) -> Text:
    """`Sep 2025 print 33 days late`, where a newer print of a series was due and has not come; nothing otherwise."""
    for c in day.coming:
        if c.day is None and c.was is not None and c.period is not None and series_id in c.rows:
            over = days_long((day.session - c.was).days)
            return (f"{period_name(day.catalog[series_id].stamp, c.period)} print {over} late",)
    return ()


def macro_slugs(day: Day) -> list[str]:
    """Every macro series that has a fact, in the order of the model."""
    return [i.split(".")[2] for i in day.facts if i.startswith("macro.us.") and i.endswith(".latest")]


def prints_table(day: Day, slugs: list[str]) -> Table:
    """A row a series: period, age, latest, usual change, revision, basis."""
    rows = []
    # A column of noughts says that there is one vintage, not that nothing is ever revised.
    told = any(day.facts[f"macro.us.{s}.revision"].number for s in slugs if day.has(f"macro.us.{s}.revision"))
    for s in slugs:
        m = f"macro.us.{s}"
        series = day.facts[f"{m}.latest"].lineage[0].series_id
        shown = [f"{m}.{c}" for c in CHANGES if day.has(f"{m}.{c}")]
        over = late(day, series)
        first: Text = (Ref(f"{m}.revision"),) if day.has(f"{m}.revision") else ()
        rows.append(
            (
                Cell((day.catalog[series].title,), below=over),
                Cell((Ref(f"{m}.latest", "period"),)),
                published(f"{m}.latest", over),
                Cell((Ref(f"{m}.latest"),)),
                Cell((Ref(shown[0]),) if shown else ()),
                Cell((_measure(shown[0]),) if shown else ()),
                *((Cell(first),) if told else ()),
                Cell((day.facts[f"{m}.latest"].known_basis or "",), muted=True),
            )
        )
    return Table(
        "Last macro prints known",
        (
            Column("Series", "left"),
            Column("Covers"),
            Column("Published", optional=True),
            Column("Latest"),
            Column("Change"),
            Column("of", "left", optional=True),
            *((Column("Revised by", optional=True),) if told else ()),
            Column("Basis", "left", optional=True),
        ),
        tuple(rows),
        subtitle="As known at the as-of; changes are taken inside one vintage",
        note=(
            "Basis says how good the knowledge time is: vintage by the provider, schedule by a release rule, "
            "assumed where today's figure was laid on the release day.",
        ),
    )


#: Periods of the heat map on the page.
PERIODS = 12


def revised(day: Day, series_id: str = "us.labour.payrolls") -> list[Block]:
    """The heat map of payrolls' revisions where the archive holds their vintages; nothing where it does not."""
    series, view = day.catalog[series_id], day.view
    r = view.revisions(series_id)
    if r.note or not r.on_record.any():
        return []
    measure = measure_of(series, view.series(series_id).unit)
    if one_vintage(r, measure, PERIODS):
        return [Paragraph(("Payrolls: one vintage, so what was printed before its revisions is not known.",), "note")]
    whole = chart_of(series, r, measure)
    chart = replace(whole, rows=whole.rows[:PERIODS])
    return [
        Figure(
            chart,
            ("Revisions of payrolls",),
            f"Change over a month, first print and what each release made of it; thousands; {series_id}",
            ("Heat map of the revisions of payrolls: a row a period, a column a release.",),
            note=("A blank is a release to come. `barograph series show` has all periods, sizes and days.",),
        )
    ]


def _measure(fact_id: str) -> str:
    return OVER[fact_id.rpartition(".")[2]]
