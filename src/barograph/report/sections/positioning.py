"""Section 12: futures positions by class of trader, each under the day of its own report."""

from __future__ import annotations

from dataclasses import dataclass

from barograph.findings._names import CONTRACTS, MARKETS, TRADERS
from barograph.report.blocks import Block, Cell, Column, Paragraph, Ref, Section, Table
from barograph.report.day import Day, assemble

#: How the reason ends that the model gives for a series that was never asked for.
NEVER = "has never been looked at"


@dataclass(frozen=True)
class PositioningSection:
    """Net positions, their share of open interest and its percentile; stale reports stand with their age."""

    number: int = 12
    slug: str = "positioning"
    title: str = "Positioning"

    def build(self, day: Day) -> Section:
        """Insufficient when no report is known; coverage is counted over the books looked at."""
        books = [i.removesuffix(".net") for i in day.facts if i.startswith("positioning.us.") and i.endswith(".net")]
        looked = [b for b in books if not (day.facts[f"{b}.net"].reason or "").endswith(NEVER)]
        held = [b for b in looked if day.has(f"{b}.net")]
        blocks: list[Block] = [Paragraph(day.narrator.since("positioning"), "since")]
        if held:
            blocks.append(self._table(day, held))
        return assemble(
            day,
            self.number,
            self.slug,
            self.title,
            tuple(blocks),
            tuple(f"{b}.net" for b in looked or books[:1]),
            1,
            missing="no report of the Commitments of Traders on record; `barograph update` brings them",
        )

    def _table(self, day: Day, books: list[str]) -> Table:
        rows = []
        for b in books:
            market, who = b.split(".")[2:]
            rows.append(
                (
                    Cell((_book(market, who),)),
                    Cell((Ref(f"{b}.net", "period"),)),
                    Cell((Ref(f"{b}.net", "age"),)),
                    Cell((Ref(f"{b}.net"),)),
                    Cell(day.ref(f"{b}.net_of_oi")),
                    Cell(day.ref(f"{b}.change_1w")),
                    Cell(day.ref(f"{b}.percentile_3y")),
                    Cell(day.ref(f"{b}.z_156w")),
                )
            )
        return Table(
            "Futures positions by class of trader",
            (
                Column("Market and traders", "left"),
                Column("Report of"),
                Column("Age", optional=True),
                Column("Net, contracts"),
                Column("Of open interest", optional=True),
                Column("1 week", optional=True),
                Column("Percentile"),
                Column("z, 156 reports", optional=True),
            ),
            tuple(rows),
            subtitle="Commitments of Traders, futures only: positions of a Tuesday, known from the report's release",
            note=(
                "Leveraged funds and asset managers stand in the report on financial futures, noncommercial traders in the "
                "older report.",
            ),
        )


def _book(market: str, who: str) -> str:
    """`Euro (EC), leveraged funds`."""
    name = MARKETS.get(market, market)
    return f"{name[:1].upper()}{name[1:]} ({CONTRACTS.get(market, market)}), {TRADERS.get(who, who)}"


SECTION = PositioningSection()
