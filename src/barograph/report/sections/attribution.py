"""Section 8: what each sector gave the S&P 500 in the session, with the residual line, breadth and dispersion."""

from __future__ import annotations

from dataclasses import dataclass

from barograph.core.units import SECTORS
from barograph.report.blocks import Block, Cell, Column, FactList, Mini, Paragraph, Ref, Section, Table, Text
from barograph.report.day import Day, assemble
from barograph.report.sections._attribution_windows import equal_table, tilt_table, universe_tables, windows_table
from barograph.report.sections._sector_funds import FUNDS_DIFFER, fund_ticker

NAMES = {slug: slug.replace("_", " ").capitalize() for slug in SECTORS.values()}
P = "equity.us.attribution"
WANTED = (
    "equity.us.spx.return_1d",
    *(f"equity.us.sector.{s}.contribution_1d" for s in SECTORS.values()),
    f"{P}.residual",
    "equity.us.breadth.advancing",
    "equity.us.equal_weight.return_1d",
    "equity.us.dispersion",
)


#: What section 10 calls a sector is a fund.
MEMBERS_DIFFER = (
    "The sectors here are the members themselves; sector funds, as in the sensitivities, cap single companies."
)


def _named(day: Day, slug: str, funds: bool) -> str:
    """A sector, with the ticker of its fund where the fund stands in for it."""
    ticker = fund_ticker(day, f"us.equity.sector_{slug}") if funds else ""
    return f"{NAMES[slug]} ({ticker})" if ticker else NAMES[slug]


@dataclass(frozen=True)
class AttributionSection:
    """Constituents first; sector funds only as a labelled proxy. The columns add up, the residual printed."""

    number: int = 8
    slug: str = "attribution"
    title: str = "S&P 500 session attribution"

    def build(self, day: Day) -> Section:
        """Insufficient without contributions; degraded when the proxy does not close."""
        rows = [s for s in SECTORS.values() if day.has(f"equity.us.sector.{s}.contribution_1d")]
        blocks: list[Block] = [Paragraph(day.narrator.since("attribution"), "since")]
        if rows:
            blocks += [self._table(day, rows), self._facts(day)]
            members = self._members(day)
            if members:
                blocks.append(members)
            blocks += [t for t in (windows_table(day), equal_table(day), tilt_table(day)) if t is not None]
        elif day.has("equity.us.spx.return_1d"):
            blocks.append(FactList((("S&P 500", (Ref("equity.us.spx.level"),), (Ref("equity.us.spx.return_1d"),)),)))
        blocks += universe_tables(day)
        reason = day.facts[f"{P}.residual"].reason if f"{P}.residual" in day.facts else ""
        return assemble(
            day,
            self.number,
            self.slug,
            self.title,
            tuple(blocks),
            WANTED,
            13 if rows else len(WANTED),
            missing=reason or "no constituents' weights and closes for the session",
        )

    def _table(self, day: Day, slugs: list[str]) -> Table:
        ids = {s: f"equity.us.sector.{s}" for s in slugs}
        ordered = sorted(slugs, key=lambda s: (-day.facts[f"{ids[s]}.contribution_1d"].number, s))
        top = max(abs(day.facts[f"{ids[s]}.contribution_1d"].number) for s in slugs) or 1.0
        method = day.facts[f"{P}.method"].value if day.has(f"{P}.method") else ""
        funds = method != "constituents"
        rows = [
            (
                Cell((_named(day, s, funds),)),
                Cell(day.ref(f"{ids[s]}.weight")),
                Cell(day.ref(f"{ids[s]}.return_1d")),
                Cell(mini=Mini("bar", (day.facts[f"{ids[s]}.contribution_1d"].number, top))),
                Cell(day.ref(f"{ids[s]}.contribution_1d")),
            )
            for s in ordered
        ]
        residual = day.facts[f"{P}.gap_printed"].number
        rows.append(
            (
                Cell(("Residual, with rounding",), muted=True),
                Cell(),
                Cell(),
                Cell(mini=Mini("residual", (residual, top))),
                Cell((Ref(f"{P}.gap_printed"),)),
            )
        )
        total = (
            Cell(("S&P 500",), strong=True),
            Cell(),
            Cell(day.ref("equity.us.spx.return_1d"), strong=True),
            Cell(),
            Cell((Ref(f"{P}.index"),), strong=True),
        )
        source = "sector funds, a proxy" if funds else "constituents"
        return Table(
            "Contribution of each sector to the S&P 500",
            (
                Column("Sector", "left"),
                Column("Weight", optional=True),
                Column("Return"),
                Column("", "center"),
                Column("Contribution"),
            ),
            tuple(rows),
            total=total,
            title=day.narrator.title("attribution"),
            subtitle=f"Contribution = weight at the previous close times return, pp; from {source}",
            note=(
                "The residual in the table closes the printed column. At full precision it is ",
                Ref(f"{P}.residual"),
                ". ",
                FUNDS_DIFFER if funds else MEMBERS_DIFFER,
            ),
        )

    def _facts(self, day: Day) -> FactList:
        items: list[tuple[str, Text, Text]] = []
        for label, id_, below in (
            ("Advancing members", "equity.us.breadth.advancing", "equity.us.breadth.members"),
            ("Equal-weight return", "equity.us.equal_weight.return_1d", ""),
            ("Equal minus cap weight", "equity.us.equal_minus_cap", ""),
            ("Dispersion", "equity.us.dispersion", ""),
            ("Sum of contributions", f"{P}.total", ""),
        ):
            if day.has(id_):
                items.append((label, (Ref(id_),), ("of ", Ref(below), " members") if below and day.has(below) else ()))
        return FactList(tuple(items))

    def _members(self, day: Day) -> Table | None:
        ids = [
            i for i in day.facts if i.startswith("equity.us.member.") and i.endswith(".contribution_1d") and day.has(i)
        ]
        if not ids:
            return None
        ids.sort(key=lambda i: (-day.facts[i].number, i))
        top = max(abs(day.facts[i].number) for i in ids) or 1.0
        rows = tuple(
            (
                Cell((i.split(".")[3],)),
                Cell(mini=Mini("bar", (day.facts[i].number, top))),
                Cell((Ref(i),)),
            )
            for i in ids
        )
        return Table(
            "Members that gave and took most",
            (Column("Member", "left"), Column("", "center"), Column("Contribution")),
            rows,
            subtitle="The five largest contributions on either side, pp",
            width="side",
        )


SECTION = AttributionSection()
