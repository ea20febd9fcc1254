"""The last look before a page is printed: every text of every section against the facts of the page.

A text that the facts do not bear out is withheld and said so: the reader gets the page and a Problem, never the sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from barograph.core.estimate import Fact, Problem
from barograph.report.blocks import Block, Card, Figure, Paragraph, Report, Section, Table
from barograph.report.narrative.checker import NarrativeFault
from barograph.report.narrative.in_section import check_section
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
    if not check_section(replace(section, blocks=(block,)), facts, setting):
        return block
    if isinstance(block, Card):
        return replace(block, blocks=tuple(_withhold(section, b, facts, setting) for b in block.blocks))
    if isinstance(block, Paragraph):
        return replace(block, text=(WITHHELD,), role="note")
    if isinstance(block, Figure):
        return replace(block, title=(), note=(), alt=("Chart; its description is withheld.",))
    if isinstance(block, Table):
        return replace(block, title=(), note=())
    return block
