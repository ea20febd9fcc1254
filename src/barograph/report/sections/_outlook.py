"""Cards of the summary that look ahead, and back at what was said: catalysts, statements scored, statements made."""

from __future__ import annotations

from dataclasses import replace

from barograph.report.blocks import Agenda, Block, Card, Cell, Column, Paragraph, Ref, Table
from barograph.report.day import Day
from barograph.report.sections.catalysts import TOP_WEIGHT, expected, once

RANGES = (("S&P 500 close", "spx"), ("10-year close", "us10y"))
#: Events on the summary.
EVENTS = 8


def catalysts_card(day: Day) -> Card:
    """The next events that move markets."""
    every = once([c for c in day.coming if c.day is not None and c.weight >= TOP_WEIGHT])
    coming = every[:EVENTS]
    # The next policy meeting always stands there: last, where more than a listful comes before it.
    policy = next((c for c in every if c.kind == "policy"), None)
    if policy is not None and policy not in coming:
        coming = [*every[: EVENTS - 1], policy]
    block: Block = Paragraph(("No event is known at this as-of.",), "note")
    if coming:
        block = Agenda("Next catalysts", tuple(replace(expected(day, c), last=()) for c in coming), brief=True)
    return Card("Next catalysts", (block,), (1, 5), "catalysts")


def statements_card(day: Day) -> Card:
    """What the page before stated, with what came."""
    rows = []
    for label, a in RANGES:
        r = f"range.{a}"
        if not day.has(f"{r}.previous_result"):
            continue
        rows.append(
            (
                Cell((label,), below=("said ", Ref(f"{r}.previous_low"), " to ", Ref(f"{r}.previous_high"))),
                Cell((Ref(f"{r}.previous_outcome"),)),
                Cell((Ref(f"{r}.previous_result"),), strong=True),
                Cell(
                    (Ref(f"{r}.hit_rate"),),
                    below=(
                        Ref(f"{r}.hit_rate", "low"),
                        "–",
                        Ref(f"{r}.hit_rate", "high"),
                        ", n ",
                        Ref(f"{r}.hit_rate", "n"),
                    ),
                ),
            )
        )
    if not rows:
        return Card(
            "Statements of the session before, scored",
            (Paragraph(("Nothing was stated that can be scored today.",), "note"),),
            (1, 7),
        )
    table = Table(
        "Statements of the session before, scored",
        (Column("80% range", "left"), Column("Came"), Column("Result"), Column("Hit rate", optional=True)),
        tuple(rows),
    )
    note = Paragraph(("The hit rate is that of the rule, replayed point in time, with its Wilson interval.",), "note")
    return Card("Statements of the session before, scored", (table, note), (1, 7))


def next_card(day: Day) -> Card:
    """What this page states about the next session."""
    rows = []
    for label, a in RANGES:
        if day.has(f"range.{a}.low") and day.has(f"range.{a}.high"):
            rows.append((Cell((label,)), Cell((Ref(f"range.{a}.low"),)), Cell((Ref(f"range.{a}.high"),))))
    if not rows:
        block: Block = Paragraph(("No range: under 252 sessions of history.",), "note")
    else:
        block = Table(
            "What the page states about the next session",
            (Column("80% range", "left"), Column("Low"), Column("High")),
            tuple(rows),
        )
    return Card("Stated for the next session", (block,), (8, 12))
