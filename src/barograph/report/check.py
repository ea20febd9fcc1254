"""The last look before a page is printed: every text of every section against the facts of the page.

A text that the facts do not bear out is withheld and said so: the reader gets the page and a Problem, never the sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from barograph.core.estimate import Fact, Problem
from barograph.report.blocks import (
    Agenda,
    Block,
    Card,
    Cell,
    FactList,
    Figure,
    Paragraph,
    RegimeBar,
    Report,
    Section,
    Table,
    Text,
)
from barograph.report.narrative.checker import NarrativeFault
from barograph.report.narrative.in_section import check_section, typed
from barograph.report.narrative.setting import Setting

WITHHELD = "One sentence is withheld: it did not follow from the facts."


def faults(report: Report, setting: Setting) -> list[tuple[str, NarrativeFault]]:
    """(section, fault) for everything a text says that the page's facts do not bear out."""
    facts: Mapping[str, Fact] = {f.id: f for f in report.facts}
    return [(s.slug, fault) for s in report.sections for fault in check_section(s, facts, setting)]


def checked(report: Report, setting: Setting) -> Report:
    """The report with every unborne text withheld, and a Problem for each."""
    facts: Mapping[str, Fact] = {f.id: f for f in report.facts}
    sections, problems = [], list(report.problems)
    for section in report.sections:
        found = check_section(section, facts, setting)
        if not found:
            sections.append(section)
            continue
        problems += [
            Problem(
                "narrative",
                section.slug,
                f"withheld {f.sentence!r}: {f.token!r}, {f.why}",
                "error",
                "Report this as a bug; the facts themselves are in `barograph facts`.",
            )
            for f in found
        ]
        blocks = tuple(_withhold(section, block, facts, setting) for block in section.blocks)
        sections.append(replace(section, blocks=blocks))
    return replace(report, sections=tuple(sections), problems=tuple(problems))


def _withhold(section: Section, block: Block, facts: Mapping[str, Fact], setting: Setting) -> Block:
    def bad(b: Block) -> bool:
        return bool(check_section(replace(section, blocks=(b,)), facts, setting))

    if not bad(block):
        return block
    made: Block = block
    if isinstance(block, Card):
        made = replace(block, blocks=tuple(_withhold(section, b, facts, setting) for b in block.blocks))
    elif isinstance(block, Figure):
        table = replace(block.table, rows=_rows(block.table)) if block.table else None
        made = replace(block, title=(), note=(), alt=("Chart; its description is withheld.",), table=table)
    elif isinstance(block, Agenda):
        made = replace(block, note="", items=tuple(replace(i, last=_borne(i.last)) for i in block.items))
    elif isinstance(block, FactList):
        made = replace(block, items=tuple((n, _borne(v), _borne(below)) for n, v, below in block.items))
    elif isinstance(block, RegimeBar):
        parts = tuple(replace(s, value=_borne(s.value), change=_borne(s.change)) for s in block.shares)
        made = replace(block, shares=parts, liquidity=_borne(block.liquidity))
    elif isinstance(block, Table):
        made = replace(block, title=(), note=(), rows=_rows(block))
        if block.total:
            made = replace(made, total=_row(block.total))
    return made if made is not block and not bad(made) else Paragraph((WITHHELD,), "note")


def _rows(table: Table) -> tuple[tuple[Cell, ...], ...]:
    return tuple(_row(row) for row in table.rows)


def _row(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """The row with a dash in place of every figure that is no fact."""
    return tuple(replace(cell, text=_borne(cell.text), below=_borne(cell.below)) for cell in row)


def _borne(text: Text) -> Text:
    return ("–",) if typed(text) else text
