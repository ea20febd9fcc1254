"""The 10-year zero yield as expected short rates and term premium: as said at month ends, and by maturity today."""

from __future__ import annotations

from barograph.report.blocks import Block, Cell, Column, Figure, LineChart, Paragraph, Ref, Table, Text
from barograph.report.day import Day
from barograph.report.sections._records import rates_record

PREMIUM, EXPECTED, YIELD = (f"curve.us.10y.{k}" for k in ("term_premium", "expected_rate", "model_yield"))
MATURITIES = (("2y", "2 years"), ("5y", "5 years"), ("10y", "10 years"))
#: Month ends of the chart, and how few of them are no line.
MONTHS, LEAST = 25, 6
CAVEAT = (
    "The level is the model's, not the market's: ranges are those over its estimation windows and leave the sampling error out. "
    "A move by single basis points means nothing. It is no forecast."
)
#: Said where the point is an end of its range: the longest window alone decides, and the others lie all on one side.
OPEN = "level not identified"


def premium_blocks(day: Day) -> list[Block]:
    """Chart, table and caveat; a line that says so where there is no premium today."""
    if not day.has(PREMIUM):
        return [Paragraph(("No term premium for the session.",), "note")]
    figure = _figure(day)
    record = _record(day)
    return [*([figure] if figure is not None else []), _table(day), *([record] if record is not None else [])]


def _figure(day: Day) -> Figure | None:
    ids = (("Fitted zero yield", YIELD), ("Expected rate", EXPECTED), ("Premium", PREMIUM))
    rows = [(d, n) for d, n in day.record.months if all(i in n for _, i in ids)][-MONTHS:]
    if len(rows) < LEAST:
        return None
    dates = tuple(d for d, _ in rows)
    lines = tuple((label, dates, tuple(n[i] for _, n in rows)) for label, i in ids)
    return Figure(
        LineChart(lines, "percent", "Per cent", decimals=2, ranges=(None, _range(day, EXPECTED), _range(day, PREMIUM))),
        ("10-year yield: expected rate and term premium",),
        "10-year zero-coupon yield by the affine model, per cent, as said at month ends; curve.us.10y",
        (
            "Line chart of the 10-year yield by the affine model and of its parts; the table of maturities has the newest.",
        ),
        note=("Bars: range of today's parts over the estimation windows.",),
    )


def _range(day: Day, id_: str) -> tuple[float, float] | None:
    fact = day.facts[id_]
    return (fact.low, fact.high) if fact.low is not None and fact.high is not None else None


def _table(day: Day) -> Table:
    rows = []
    for slug, label in MATURITIES:
        p = f"curve.us.{slug}"
        rows.append(
            (
                Cell((label,), below=(OPEN,) if _open(day, p) else ()),
                Cell(day.ref(f"{p}.model_yield")),
                Cell(day.ref(f"{p}.expected_rate"), below=_between(day, f"{p}.expected_rate")),
                Cell(day.ref(f"{p}.term_premium"), below=_between(day, f"{p}.term_premium")),
                Cell(day.ref(f"{p}.term_premium.change_20d")),
                Cell(day.ref(f"{p}.expected_rate.change_20d")),
            )
        )
    columns = (
        Column("Maturity", "left"),
        Column("Fitted zero yield", optional=True),
        Column("Expected rate"),
        Column("Term premium"),
        Column("Premium, 20 sessions", optional=True),
        Column("Expected, 20 sessions", optional=True),
    )
    return Table("Expected rates and term premium, zero-coupon", columns, tuple(rows), note=(CAVEAT,))


def _record(day: Day) -> Table | None:
    """Whether the expected rate ever foretold short rates."""
    return rates_record(
        day,
        "Did the expected rate foretell short rates?",
        tuple((label, f"curve.us.{slug}.expected_rate.record") for slug, label in MATURITIES),
        "Maturity",
        "the mean one-month rate over the maturity",
        "today's one-month rate",
        ("The model's forecasts of yields are scored in docs/reference/scores.md, Rates.",),
    )


def _between(day: Day, id_: str) -> Text:
    fact = day.facts.get(id_)
    if fact is None or fact.low is None or fact.high is None:
        return ()
    return (Ref(id_, "low"), " to ", Ref(id_, "high"))


def _open(day: Day, p: str) -> bool:
    """Whether a part's point is an end of its range; then the other's is too."""
    facts = [day.facts[i] for part in ("expected_rate", "term_premium") if (i := f"{p}.{part}") in day.facts]
    return any(f.low is not None and f.value in (f.low, f.high) for f in facts)
