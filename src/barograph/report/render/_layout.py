"""From a report's blocks to the places they take on the page: rows with a main and a side column, cards on a grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from barograph.report.blocks import Block, Card, FactList, Figure, Paragraph, Report, Section, Table


@dataclass
class Row:
    """A stretch of a section: text over the full width, or a main block with what stands beside it."""

    main: list[Block] = field(default_factory=list)
    side: list[Block] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """`text`, `pair` (main and side), `full` (a table or list alone), `half` (a figure alone)."""
        if self.main and isinstance(self.main[0], Paragraph):
            return "text"
        if self.main and self.side:
            return "pair"
        return "half" if self.main and isinstance(self.main[0], Figure) else "full"


def rows(blocks: Sequence[Block]) -> list[Row]:
    """Blocks in reading order; side blocks join the main block before them."""
    out: list[Row] = []
    for block in blocks:
        if isinstance(block, Card):
            out.extend(rows(block.blocks))
        elif isinstance(block, FactList) or (isinstance(block, (Figure, Table)) and block.width == "side"):
            if (out and out[-1].kind in ("pair", "half")) or (out and _holds_table(out[-1])):
                out[-1].side.append(block)
            else:
                out.append(Row([], [block]))
        else:
            out.append(Row([block]))
    return out


def _holds_table(row: Row) -> bool:
    return bool(row.main) and isinstance(row.main[0], Table)


@dataclass(frozen=True, slots=True)
class Place:
    """A card with its columns on the 12-column grid, and its columns of 12 on a tablet."""

    card: Card
    first: int
    last: int
    tablet: int

    @property
    def css(self) -> str:
        """The classes that put it there."""
        return f"g{self.first}-{self.last} t{self.tablet}"


def places(blocks: Sequence[Block]) -> list[Place]:
    """Cards of the summary. Blocks that stand outside a card become one of their own, in the headline's place."""
    cards: list[Card] = []
    loose: list[Block] = []
    for block in blocks:
        if isinstance(block, Card):
            if loose:
                cards.append(Card("", tuple(loose), _loose_span(loose, block)))
                loose = []
            cards.append(block)
        else:
            loose.append(block)
    if loose:
        cards.append(Card("", tuple(loose), (1, 12)))
    widths = [c.span[1] - c.span[0] + 1 for c in cards]
    tablet: list[int] = []
    for i, width in enumerate(widths):
        if width == 8:
            tablet.append(7)
        elif width == 4 and i and widths[i - 1] == 8:
            tablet.append(5)
        elif width in (3, 4, 6):
            tablet.append(6)
        else:
            tablet.append(12)
    return [Place(c, *c.span, t) for c, t in zip(cards, _whole(tablet), strict=True)]


def _loose_span(loose: list[Block], following: Card) -> tuple[int, int]:
    first = following.span[0]
    return (1, first - 1) if first > 4 and any(isinstance(b, Paragraph) for b in loose) else (1, 12)


def _whole(tablet: list[int]) -> list[int]:
    """A half row without a partner takes the whole row."""
    out = list(tablet)
    i = 0
    while i < len(out):
        if out[i] == 6:
            if i + 1 < len(out) and out[i + 1] == 6:
                i += 1
            else:
                out[i] = 12
        i += 1
    return out


def summary_of(report: Report) -> Section | None:
    """The section with number 0."""
    return next((s for s in report.sections if s.number == 0), None)


def others(report: Report) -> list[Section]:
    """All sections but the summary, by number."""
    return sorted((s for s in report.sections if s.number != 0), key=lambda s: s.number)


def link_target(report: Report, link: str) -> Section | None:
    """The section that a card's link means: its slug or number, with or without a leading `#`."""
    name = link.removeprefix("#").removeprefix("section-")
    return next((s for s in report.sections if s.slug == name or str(s.number) == name), None)
