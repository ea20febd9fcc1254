"""The blocks of the page of one series: its level, its revisions, what others say, where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from barograph.archive.differences import bases_of
from barograph.core.observation import BASES
from barograph.report.blocks import Cell, Column, Figure, LineChart, RevisionChart, Table, Text
from barograph.report.explored import Explored
from barograph.report.format import amount
from barograph.report.forms import MISSING
from barograph.report.revised import ROWS, Measure, chart_of, unit_words

Floats = NDArray[np.float64]

#: Years of the line chart by frequency.
_YEARS = {"D": 5, "W": 10, "M": 20, "Q": 30}
_MOST_BATCHES = 30


@dataclass(frozen=True, slots=True)
class HeatMap:
    """The revision heat map with its words and the data behind it."""

    chart: RevisionChart
    title: str
    subtitle: str
    alt: str
    note: str
    table: Table


def newest_table(x: Explored, rows: int = 12) -> Table:
    """The newest values with their knowledge times."""
    p, out = x.points, []
    for i in range(len(p) - 1, max(len(p) - rows, 0) - 1, -1):
        known = p.known_at[i].item()
        value = Cell((amount(float(p.values[i]), p.unit, bare=True),), strong=True)
        out.append(_cells(x.period(p.periods[i].item()), value, f"{known:%Y-%m-%d}", BASES[int(p.basis[i])]))
    columns = (Column("Period", "left"), Column("Value"), Column("Known"), Column("Basis", "left"))
    return Table("Newest values", columns, tuple(out))


def level_figure(x: Explored) -> Figure | None:
    """The level as a line, in the base of the newest value; None under two values."""
    p = x.points
    if len(p) < 2:
        return None
    base = bases_of(x.series, p.known_at.astype(np.int64), p.basis)
    since = p.periods[-1].item() - timedelta(int(365.25 * _YEARS[x.series.frequency]))
    keep = (base == base[-1]) & (p.periods >= np.datetime64(since, "D"))
    dates, values = tuple(p.periods[keep].tolist()), tuple(p.values[keep].tolist())
    if len(dates) < 2:
        return None
    unit, low, high = p.unit, min(values), max(values)
    change = amount(values[-1] - values[-2], "pp" if unit == "percent" else unit, signed=True)
    title = f"{amount(values[-1], unit)} in {x.period(dates[-1])}, {change} on the one before"
    span = f"{x.period(dates[0])} to {x.period(dates[-1])}"
    ends = (
        f"{word} {amount(v, unit)} in {x.period(dates[values.index(v)])}"
        for word, v in (("lowest", low), ("highest", high))
    )
    alt = f"Line; {x.series.title}, {unit_words(unit)}, {span}; latest {amount(values[-1], unit)}; {', '.join(ends)}."
    label = unit_words(unit)
    return Figure(
        LineChart(((x.series.title, dates, values),), unit, label[:1].upper() + label[1:]),
        (title,),
        f"{x.series.title}; {label}; {span}; {x.series.id}",
        (alt[:350],),
    )


def heat_map(x: Explored) -> HeatMap | None:
    """The revision heat map, or None where no vintages are on record."""
    r, m = x.revisions, x.measure
    if r.note:
        return None
    chart = chart_of(x.series, r, m)
    title = _finding(m, m.revision(r, 3))
    span = f"{chart.rows[-1].period} to {chart.rows[0].period}"
    cells = [
        (abs(c.value), c.value, row.period, head)
        for row in chart.rows
        for head, c in zip(chart.columns, row.cells, strict=True)
        if c.value is not None
    ]
    largest = f"; largest {amount(max(cells)[1], m.change_unit, signed=True)}, {max(cells)[2]}" if cells else ""
    alt = (
        f"Heat map; revisions of the {m.name} of {x.series.title}, {unit_words(m.change_unit)}, against the first print; "
        f"{len(chart.rows)} periods, {span}, by release number{largest}."
    )
    what = "level" if m.step is None else m.name
    note = (
        f"Each cell: the {what} as it stood after that release, less the same at the first print. Releases count the "
        "publications of the series, so a figure left as it was is a revision of nought. "
        + (
            "Two values are subtracted in one base only."
            if m.step is None
            else "Each change is taken inside one vintage and one base."
        )
        + " A rebase is a change of unit and no revision."
    )
    return HeatMap(
        chart,
        title,
        f"{x.series.title}; {m.name}, revisions in {unit_words(m.change_unit)}; {span}; {x.series.id}",
        alt[:350],
        note,
        _behind(chart),
    )


def _finding(m: Measure, third: Floats) -> str:
    """The title: how much third releases differ from first prints, or in how many periods where that is little."""
    moved = third[np.isfinite(third)]
    if not moved.size:
        return "First prints, and what each release made of them"
    size = amount(float(np.abs(moved).mean()), m.change_unit)
    if size == amount(0.0, m.change_unit):
        return f"{int((moved != 0).sum()):,} of {moved.size:,} first prints differ by the third release"
    return f"By the third release, revised by {size} on average"


def _behind(chart: RevisionChart) -> Table:
    columns = (
        Column("Period", "left"),
        Column("First print"),
        *(Column(c if c == "now" else f"release {c}") for c in chart.columns),
    )
    words = {"to come": "", "withdrawn": "withdrawn", "rebased": "other base"}
    rows = tuple(
        (
            Cell((row.period,)),
            Cell((row.first,), strong=True),
            *(
                Cell((words[c.state] if c.value is None else amount(c.value, chart.unit, signed=True, bare=True),))
                for c in row.cells
            ),
        )
        for row in chart.rows
    )
    return Table("Revisions against the first print", columns, rows)


def sizes_table(x: Explored) -> Table | None:
    """How large revisions usually are, over all periods on record; None where there are none."""
    if x.revisions.note:
        return None
    m, rows = x.measure, []
    sizes = m.sizes(x.revisions)
    largest = max((z.mean_size for z in sizes if z.mean_size is not None), default=0.0)
    decimals = 3 if m.change_unit == "pp" and largest < 0.05 else None

    def printed(value: float | None, *, signed: bool = False) -> str:
        return MISSING if value is None else amount(value, m.change_unit, signed=signed, decimals=decimals, bare=True)

    for z in sizes:
        numbers = printed(z.mean, signed=True), printed(z.mean_size), printed(z.sd)
        rows.append(_cells(str(z.release), f"{z.n:,}", *numbers))
    columns = (
        Column("Release", "left"),
        Column("n"),
        Column("Mean"),
        Column("Mean size"),
        Column("SD"),
    )
    days = x.revisions.days_to_first
    wait = (
        f" First prints came {np.nanmedian(days):.0f} days after the period's end (median)."
        if np.isfinite(days).any()
        else ""
    )
    subtitle = f"Revisions of the {m.name} against the first print, {unit_words(m.change_unit)}, all periods on record"
    return Table(
        "How large revisions usually are",
        columns,
        tuple(rows),
        subtitle=subtitle,
        note=(f"No forecast: past revisions only.{wait}",),
    )


def vintage_table(x: Explored) -> Table | None:
    """First, second, third and newest figure of the newest periods, as levels; None where no vintages are on record."""
    r = x.revisions
    if r.note:
        return None
    later = r.instants(2)
    second, third, now = r.seen(r.instants(2)), r.seen(r.instants(3)), r.latest
    rows = []
    for i in np.flatnonzero(r.on_record)[::-1][: ROWS[x.series.frequency]]:
        units = [x.revisions.units[int(r.base[i, 0])], x.revisions.units[int(r.base[i, r.count[i] - 1])]]
        other = units[0] != units[1] or r.base[i, 0] != r.base[i, r.count[i] - 1]
        gone = not np.isfinite(now[i])
        newest = Cell(("withdrawn",), muted=True) if gone else Cell((_level(float(now[i]), units[1]),), strong=True)
        moved = (
            Cell((MISSING,)) if np.isnat(later[i]) else Cell((_level(float(r.revision_now[i]), units[0], signed=True),))
        )
        if other:
            moved = Cell(("other base",), muted=True)
        known = r.known_at[i, 0].item()
        rows.append(
            (
                Cell((x.period(r.periods[i].item()),)),
                Cell((_level(float(r.values[i, 0]), units[0]),)),
                Cell((f"{known:%Y-%m-%d}",)),
                *(_early(float(v[i]), bool(b[i] == r.base[i, 0]), units[0]) for v, b in (second, third)),
                newest,
                Cell() if gone else moved,
                Cell((f"{int(r.count[i]):,}",)),
            )
        )
    columns = (
        Column("Period", "left"), Column("First print"), Column("Known", optional=True), Column("2nd", optional=True),
        Column("3rd", optional=True), Column("Now"), Column("Revised by"), Column("Vintages", optional=True),
    )  # fmt: skip
    return Table(
        "First prints and what they became",
        columns,
        tuple(rows),
        subtitle=f"Levels, {unit_words(r.unit)}; vintages counts every value a period was given",
    )


def _early(value: float, comparable: bool, unit: str) -> Cell:
    """An early release, where it stands in the base of the first print."""
    return Cell((_level(value, unit),)) if comparable or not np.isfinite(value) else Cell(("other base",), muted=True)


def _level(value: float, unit: str, *, signed: bool = False) -> str:
    return amount(value, unit, signed=signed, bare=True) if np.isfinite(value) else MISSING


def opinions_table(x: Explored) -> Table | None:
    """What other providers say; None where none was asked."""
    unit = x.points.unit or x.series.unit
    rows = tuple(
        _cells(
            o.provider,
            x.period(o.period),
            _level(o.theirs, unit),
            _level(o.ours, unit),
            _level(o.theirs - o.ours, unit, signed=True),
        )
        for o in x.opinions
    )
    columns = (Column("Provider", "left"), Column("Period"), Column("Says"), Column("On record"), Column("Difference"))
    return (
        Table("Second opinions", columns, rows, subtitle=f"The newest period that both know, {unit_words(unit)}")
        if rows
        else None
    )


def lineage_table(x: Explored) -> Table:
    """The batches that the view's rows come from, newest first."""
    rows = tuple(
        _cells(b.batch_id, b.source, f"{b.stored_at:%Y-%m-%d %H:%M}", f"{n:,}", b.request, f"`{b.sha256}`")
        for b, n in x.batches[:_MOST_BATCHES]
    )
    rest = len(x.batches) - len(rows)
    columns = (
        Column("Batch", "left"), Column("Provider", "left"), Column("Stored (UTC)", "left", optional=True), Column("Rows"),
        Column("Request", "left", optional=True), Column("sha256 of its body", "left"),
    )  # fmt: skip
    note: Text = (
        (f"{rest:,} older batches are left out here; barograph series show {x.series.id} --json names them all.",)
        if rest
        else ()
    )
    return Table("Batches", columns, rows, note=note)


def _cells(*texts: str | Cell) -> tuple[Cell, ...]:
    return tuple(t if isinstance(t, Cell) else Cell((t,)) for t in texts)
