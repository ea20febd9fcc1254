"""The summary's card of the last macro prints: figure with its unit, what it covers, when it was published."""

from __future__ import annotations

from barograph.findings._names import name_of
from barograph.report.blocks import Block, Card, Cell, Column, Paragraph, Ref, Table
from barograph.report.day import Day
from barograph.report.sections._prints import OVER, late, published

#: Series, and the figure that is usually quoted.
PRINTS = (
    ("payrolls", "change_1m"),
    ("unemployment_rate", "latest"),
    ("cpi", "yoy"),
    ("cpi_core", "yoy"),
    ("industrial_production", "yoy"),
    ("gdp_real", "growth"),
)


def prints_card(day: Day) -> Card:
    """Which figures a reader of the page has to live with, and which newer ones should be out."""
    rows, shown = [], []
    for slug, change in PRINTS:
        m = f"macro.us.{slug}"
        if not day.has(f"{m}.latest"):
            continue
        figure, word = f"{m}.latest", "level"
        if change in OVER and day.has(f"{m}.{change}"):
            figure, word = f"{m}.{change}", OVER[change]
        shown.append(figure)
        overdue = late(day, day.facts[f"{m}.latest"].lineage[0].series_id)
        name = name_of(m)
        rows.append(
            (
                Cell((name[:1].upper() + name[1:],), below=overdue),
                Cell((Ref(figure),), below=(word,), strong=True),
                published(f"{m}.latest", overdue, covers=True),
            )
        )
    if not rows:
        block: Block = Paragraph(("No macro print is known at this as-of.",), "note")
        return Card("Macro, last known", (block,), (8, 12), "regime")
    columns = (Column("Last known", "left"), Column("Print"), Column("Published"))
    blocks: tuple[Block, ...] = (Table("Last macro prints known", columns, tuple(rows)),)
    if any(day.facts[i].known_basis == "assumed" for i in shown):
        note = "Without vintages: figures as revised since, laid on their release days."
        blocks = (*blocks, Paragraph((note,), "note"))
    return Card("Macro, last known", blocks, (8, 12), "regime")
