"""The summary's card of invalidations: a row a claim, with what would prove it wrong and how far off that is."""

from __future__ import annotations

from barograph.core.estimate import Finding
from barograph.findings._claims import claim_of
from barograph.findings.condition import parse
from barograph.report.blocks import Block, Card, Cell, Column, Paragraph, Ref, Table, Text
from barograph.report.dates import weekday
from barograph.report.day import Day

ROWS = 8


def conditions_card(day: Day) -> Card:
    """What was claimed a session ago and is dead, then what is claimed now, nearest to its condition first."""
    fired = day.found("invalidations", "fired")
    # Those whose distance is known come first, nearest first.
    watch = sorted(day.found("invalidations", "watch"), key=lambda f: "no_sd" in f.tags)
    rows = [_row(day, f, dead=True) for f in fired] + [_row(day, f, dead=False) for f in watch]
    if not rows:
        block: Block = Paragraph(("No condition can be written on the facts of this session.",), "note")
        return Card("Invalidations", (block,), (6, 12), "")
    table = Table(
        "Claims of the page, and what would prove each wrong",
        (
            Column("Claim", "left"),
            Column("Wrong if, on close", "left"),
            Column("Now"),
            Column("Distance"),
            Column("Chance", optional=True),
        ),
        tuple(rows[:ROWS]),
    )
    note = "Distance in standard deviations of one session. Chance: how often the claim's own rule says it goes wrong."
    return Card("Invalidations", (table, Paragraph((note,), "note")), (6, 12), "")


def _row(day: Day, finding: Finding, *, dead: bool) -> tuple[Cell, ...]:
    condition = parse(finding.wrong_if)
    edge, chance = f"{finding.id}.edge.{condition.fact}", f"{finding.id}.probability"
    # A claim is in the words of the page on which it was made.
    claim = claim_of(finding.tags[1], condition, day.previous if dead else day.facts)
    if dead:
        claim = f"dead, of {weekday(day.previous_session, day.session)}: {claim}"
    wrong: Text = ("–",)
    if edge in day.facts and condition.upper is not None:
        wrong = ("outside ", Ref(edge, "low"), " to ", Ref(edge, "high"))
    elif edge in day.facts:
        wrong = ("above " if condition.op == ">" else "below ", Ref(edge))
    distance = f"{finding.id}.distance"
    away: Text = ("fired",) if dead else day.ref(distance)
    usual = (Ref(chance),) if chance in day.facts else ()
    return (
        Cell((claim[:1].upper() + claim[1:],), below=(condition.fact,), strong=dead),
        Cell(wrong),
        Cell(day.ref(condition.fact)),
        Cell(away, strong=dead),
        Cell(usual, below=(f"in {day.facts[chance].window}",) if usual else ()),
    )
