"""The last macro prints known, each with its period, its age and what was first printed; part of section 3."""

from __future__ import annotations

from dataclasses import replace

from barograph.report.blocks import Block, Cell, Column, Figure, Ref, Table, Text
from barograph.report.day import Day
from barograph.report.revised import chart_of, measure_of

#: Fact suffixes in the order in which a row may show its usual transform.
CHANGES = (
    "change_1m",
    "change_1w",
    "yoy",
    "mom",
    "qoq",
    "growth",
    "change_1q",
    "change_4w",
    "change_1d",
    "percent_change",
)


def macro_slugs(day: Day) -> list[str]:
    """Every macro series that has a fact, in the order of the model."""
    return [i.split(".")[2] for i in day.facts if i.startswith("macro.us.") and i.endswith(".latest")]


def prints_table(day: Day, slugs: list[str]) -> Table:
    """A row a series: period, age, latest, usual change, revision, basis."""
    rows = []
    for s in slugs:
        m = f"macro.us.{s}"
        series = day.facts[f"{m}.latest"].lineage[0].series_id
        shown = [f"{m}.{c}" for c in CHANGES if day.has(f"{m}.{c}")]
        first: Text = (Ref(f"{m}.revision"),) if day.has(f"{m}.revision") else ()
        rows.append(
            (
                Cell((day.catalog[series].title,)),
                Cell((Ref(f"{m}.latest", "period"),)),
                Cell((Ref(f"{m}.latest", "age"),)),
                Cell((Ref(f"{m}.latest"),)),
                Cell((Ref(shown[0]),) if shown else ()),
                Cell((_measure(shown[0]),) if shown else ()),
                Cell(first),
                Cell((day.facts[f"{m}.latest"].known_basis or "",), muted=True),
            )
        )
    return Table(
        "Last macro prints known",
        (
            Column("Series", "left"),
            Column("Period"),
            Column("Age", optional=True),
            Column("Latest"),
            Column("Change"),
            Column("of", "left", optional=True),
            Column("Revised by", optional=True),
            Column("Basis", "left", optional=True),
        ),
        tuple(rows),
        subtitle="As known at the as-of; changes are taken inside one vintage. Age runs from the period's first day",
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
    points = view.series(series_id)
    whole = chart_of(series, r, measure_of(series, points.unit))
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
    return {
        "change_1m": "1 month",
        "change_1w": "1 week",
        "change_1q": "1 quarter",
        "change_4w": "4 weeks",
        "change_1d": "1 day",
        "yoy": "1 year",
        "mom": "1 month",
        "qoq": "1 quarter, annual rate",
        "growth": "1 quarter, annual rate",
        "percent_change": "previous",
    }[fact_id.rpartition(".")[2]]
