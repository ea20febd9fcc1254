"""Where the texts of a section are, and what each may lean on when it is checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from barograph.core.errors import InputError
from barograph.core.estimate import Fact
from barograph.findings.condition import parse
from barograph.report.blocks import (
    Agenda,
    Block,
    Card,
    FactList,
    Figure,
    Headlines,
    Paragraph,
    Ref,
    RegimeBar,
    Section,
    Table,
    Text,
)
from barograph.report.narrative.binding import Printer, Span
from barograph.report.narrative.checker import NarrativeFault, book_of, check
from barograph.report.narrative.setting import Setting, formatter

_TYPED = re.compile(r"(?<![\w&.-])[+−-]?\d+(?:\.\d+)?(?:%|[\s\u202f]?(?:bp|pp|σ))")


def compose(text: Text, facts: Mapping[str, Fact], setting: Setting, printer: Printer) -> tuple[str, tuple[Span, ...]]:
    """A Text as printed, and where its Refs ended up."""
    out, spans, at = [], [], 0
    for run in text:
        piece = printer(facts[run.fact], run.part, setting.session) if isinstance(run, Ref) else run
        if isinstance(run, Ref):
            spans.append(Span(at, at + len(piece), run.fact, run.part))
        out.append(piece)
        at += len(piece)
    return "".join(out), tuple(spans)


def check_section(
    section: Section,
    facts: Mapping[str, Fact],
    setting: Setting,
    *,
    printer: Printer | None = None,
    closed: bool = False,
) -> list[NarrativeFault]:
    """Check every text of a section. Headline, deck, since-line and titles must stand on their words alone; in notes
    and alternative texts a Ref may bind a figure that the words leave open. Table cells are Refs by type, not prose;
    a figure typed into one is a fault. With `closed` the strict texts may use the vocabulary of the templates only.
    """
    show = printer or formatter()
    out: list[NarrativeFault] = []
    book = book_of(facts, setting, show)
    for text, strict in _texts(section.blocks):
        words, spans = compose(text, facts, setting, show)
        out.extend(
            check(
                words,
                facts,
                setting,
                printer=show,
                spans=() if strict else spans,
                closed=closed and strict,
                note=not strict,
                book=book,
            )
        )
    for text in _cells(section.blocks):
        out.extend(NarrativeFault(run, run.strip(), "a figure typed into a cell") for run in typed(text))
    return out


def typed(text: Text) -> list[str]:
    """Pieces of a cell that hold a figure with its unit in words instead of a Ref."""
    return [run for run in text if isinstance(run, str) and _TYPED.search(run) and not _is_condition(run)]


def _is_condition(run: str) -> bool:
    """An invalidation line is written for a machine: its threshold is its own."""
    try:
        parse(run)
    except InputError:
        return False
    return True


def _texts(blocks: Iterable[Block]) -> Iterator[tuple[Text, bool]]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.text, block.role in ("since", "lead", "deck")
        elif isinstance(block, Table):
            yield block.title, True
            yield block.note, False
        elif isinstance(block, Figure):
            yield block.title, True
            yield block.alt, False
            yield block.note, False
        elif isinstance(block, Headlines):
            # The headlines themselves are quotations: nobody's words are checked but ours.
            yield (block.title,), True
        elif isinstance(block, Agenda):
            # Days are typed values, events are names of the catalogue or quoted; our own line below them is checked.
            yield (block.note,), False
        elif isinstance(block, Card):
            yield from _texts(block.blocks)


def _cells(blocks: Iterable[Block]) -> Iterator[Text]:
    for block in blocks:
        if isinstance(block, Table):
            rows = (*block.rows, *((block.total,) if block.total else ()))
            texts = [t for row in rows for cell in row for t in (cell.text, cell.below)]
            # A table without any Ref lists words (problems, sources), and their figures are quotations.
            if any(isinstance(run, Ref) for text in texts for run in text):
                yield from texts
        elif isinstance(block, Agenda):
            yield from (i.last for i in block.items)
        elif isinstance(block, FactList):
            yield from (t for _, value, below in block.items for t in (value, below))
        elif isinstance(block, RegimeBar):
            yield from (t for part in block.shares for t in (part.value, part.change))
            yield block.liquidity
        elif isinstance(block, Figure) and block.table is not None:
            yield from _cells((block.table,))
        elif isinstance(block, Card):
            yield from _cells(block.blocks)
