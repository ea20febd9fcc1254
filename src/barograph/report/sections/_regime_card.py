"""The summary's card of the regime: the four quadrants as a bar, and the three axes that drive them."""

from __future__ import annotations

from barograph.report.blocks import (
    Block,
    Card,
    Cell,
    Column,
    Mini,
    Quadrant,
    Ref,
    RegimeBar,
    RegimeShare,
    Table,
)
from barograph.report.day import Day
from barograph.report.sections._regime_tables import AXES, QUADRANTS, label_line

#: Month ends in the small lines.
SPARK = 25


def regime_card(day: Day) -> Card | None:
    """None where neither axis says anything."""
    ids = [f"regime.us.quadrant.{q}" for _, q in QUADRANTS]
    if not all(day.has(i) for i in ids):
        return None
    shares = tuple(_share(day, label, q) for label, q in QUADRANTS)
    up = "regime.us.liquidity.p_up"
    blocks: list[Block] = [RegimeBar(shares, (Ref(up),) if day.has(up) else ()), _drivers(day)]
    if (line := label_line(day)) is not None:
        blocks.append(line)
    return Card("Regime", tuple(blocks), (1, 5), "regime")


def _share(day: Day, label: str, quadrant: Quadrant) -> RegimeShare:
    id_ = f"regime.us.quadrant.{quadrant}"
    rising = f"regime.us.cell.{quadrant[1]}{quadrant[4]}u"
    return RegimeShare(
        quadrant,
        label,
        (Ref(id_),),
        day.facts[id_].number,
        (Ref(f"{id_}.change_1d"),) if day.has(f"{id_}.change_1d") else (),
        day.facts[rising].number if day.has(rising) else None,
    )


def _drivers(day: Day) -> Table:
    rows = []
    for label, axis in AXES:
        a = f"regime.us.{axis}"
        past = tuple(n[f"{a}.level"] for _, n in day.record.months[-SPARK:] if f"{a}.level" in n)
        rows.append(
            (
                Cell((label,)),
                Cell(mini=Mini("spark", past) if len(past) > 5 else None),
                Cell(day.ref(f"{a}.level")),
                Cell(day.ref(f"{a}.change_3m")),
                Cell(day.ref(f"{a}.p_up"), strong=True),
            )
        )
    return Table(
        "Axes of the regime",
        (
            Column("Axis", "left"),
            Column("2 years", "center", optional=True),
            Column("Level"),
            Column("3 months", optional=True),
            Column("P(up)"),
        ),
        tuple(rows),
    )
