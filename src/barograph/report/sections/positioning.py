"""Section 12: futures positions by class of trader, each under the day of its own report."""

from __future__ import annotations

from dataclasses import dataclass

from barograph.findings._names import CONTRACTS, MARKETS, TRADERS
from barograph.report.blocks import Block, Cell, Column, Paragraph, Ref, Section, Table
from barograph.report.day import Day, assemble

#: How the reason ends that the model gives for a series that was never asked for.
NEVER = "has never been looked at"
#: And for one of which a newer report should be there.
DUE = "was due"


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
        # No newer report was due while the agency is closed: such a row is as new as there is.
        old = [b for b in held if (day.facts[f"{b}.net"].reason or "").endswith(DUE)]
        blocks: list[Block] = [Paragraph(day.narrator.since("positioning"), "since")]
        if held:
            blocks.append(self._table(day, [*(b for b in held if b not in old), *old], frozenset(old)))
        wanted = tuple(f"{b}.net" for b in looked or books[:1])
        missing = "no report of the Commitments of Traders on record; `barograph update` brings them"
        most = 2 * len(old) > len(held)
        if most:
            missing = f"{len(old)} of {len(held)} reports are older than the last one due: {day.facts[f'{old[0]}.net'].reason}"
        return assemble(
            day,
            self.number,
            self.slug,
            self.title,
            tuple(blocks),
            wanted,
            len(wanted) + 1 if most else 1,
            missing=missing,
        )

    def _table(self, day: Day, books: list[str], old: frozenset[str]) -> Table:
        rows = []
        for b in books:
            market, who = b.split(".")[2:]
            gone = b in old  # where it stands among others is not known any more: neither its rank nor its z
            rows.append(
                (
                    Cell((_book(market, who),)),
                    Cell((Ref(f"{b}.net", "period"),)),
                    Cell((Ref(f"{b}.net", "age"),)),
                    Cell((Ref(f"{b}.net"),), muted=gone),
                    Cell(day.ref(f"{b}.net_of_oi"), muted=gone),
                    Cell(day.ref(f"{b}.change_1w"), muted=gone),
                    Cell(() if gone else day.ref(f"{b}.percentile_3y")),
                    Cell(() if gone else day.ref(f"{b}.z_156w")),
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
            subtitle="Commitments of Traders, futures only: positions of a Tuesday, known from the report's release; grey: "
            "older than the last report due",
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
