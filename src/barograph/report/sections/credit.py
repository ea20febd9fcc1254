"""Section 6: credit spreads by instrument: level, gaps to the five-year average, tight and wide, percentiles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from barograph.report.blocks import (
    Block,
    Cell,
    Column,
    FactList,
    Figure,
    Level,
    LineChart,
    Paragraph,
    Ref,
    Section,
    Table,
    Text,
)
from barograph.report.day import Day, assemble

SPREADS = (
    ("IG cash OAS", "credit.us.ig.oas", "us.credit.ig_oas", "ig"),
    ("HY cash OAS", "credit.us.hy.oas", "us.credit.hy_oas", "hy"),
)
INDEX = {"ig": "corporate", "hy": "high yield"}
PARTS = ("level", "gap_5y_avg", "gap_5y_tight", "gap_5y_wide", "percentile_5y", "percentile_3y")
WANTED = tuple(f"{p}.{part}" for _, p, _, _ in SPREADS for part in PARTS)


@dataclass(frozen=True)
class CreditSection:
    """Cash option-adjusted spreads, labelled by series; never beside a CDX level under one name."""

    number: int = 6
    slug: str = "credit"
    title: str = "Credit"

    def build(self, day: Day) -> Section:
        """Insufficient without either spread of the session."""
        blocks: list[Block] = [Paragraph(day.narrator.since("credit"), "since")]
        known = [s for s in SPREADS if day.has(f"{s[1]}.level")]
        blocks += [self._figure(day, *spread) for spread in known]
        blocks += [self._table(day)] if known else self._last(day)
        return assemble(
            day,
            self.number,
            self.slug,
            self.title,
            tuple(blocks),
            WANTED,
            1 if known else len(WANTED),
            missing="no ICE BofA spread for the session; `barograph update` brings the last three years of them",
        )

    def _figure(self, day: Day, label: str, prefix: str, series_id: str, slug: str) -> Figure:
        start = date(day.session.year - 5, day.session.month, min(day.session.day, 28))
        points = day.view.series(series_id, start=start, end=day.session)
        dates = tuple(d.item() for d in points.periods)
        values = tuple(float(v) for v in points.values)
        levels = []
        for name, part in (("5-year mean", "avg_5y"), ("tight", "tight_5y"), ("wide", "wide_5y")):
            if day.has(f"{prefix}.{part}"):
                fact = day.facts[f"{prefix}.{part}"]
                levels.append(Level(fact.number, name, None if part == "avg_5y" else fact.period))
        alt: Text = (f"Line chart of {label} in bp over five years: {label[:2]} OAS ", Ref(f"{prefix}.level"))
        if day.has(f"{prefix}.avg_5y"):
            alt = (*alt, "; 5-year average ", Ref(f"{prefix}.avg_5y"))
        provider = day.catalog[series_id].providers[0].code
        return Figure(
            LineChart(((label, dates, values),), "bp", "Option-adjusted spread, bp", tuple(levels)),
            title=day.narrator.title(slug),
            subtitle=f"ICE BofA US {INDEX[slug]} index, option-adjusted spread in bp, five years. {provider}, {series_id}",
            alt=(*alt, "."),
            note=("Cash index spread, not the CDX scale. Tight and wide are the extremes of the trailing five years.",),
            width="main" if slug == "ig" else "side",
        )

    def _table(self, day: Day) -> Table:
        rows = []
        for label, p, _, _ in SPREADS:
            rows.append(
                (
                    Cell((label,)),
                    Cell(day.ref(f"{p}.level"), below=() if day.has(f"{p}.level") else day.last_known(p)),
                    Cell(day.ref(f"{p}.change_1d")),
                    Cell(day.ref(f"{p}.gap_5y_avg")),
                    Cell(day.ref(f"{p}.gap_5y_tight"), below=self._on(day, f"{p}.tight_5y")),
                    Cell(day.ref(f"{p}.gap_5y_wide"), below=self._on(day, f"{p}.wide_5y")),
                    Cell(day.ref(f"{p}.percentile_5y")),
                    Cell(day.ref(f"{p}.percentile_3y")),
                )
            )
        columns = (
            Column("Spread", "left"),
            Column("Level"),
            Column("1 session"),
            Column("to 5-year mean"),
            Column("to 5-year tight", optional=True),
            Column("to 5-year wide", optional=True),
            Column("5 years"),
            Column("3 years", optional=True),
        )
        return Table("Credit spreads: level, gaps in bp, percentiles", columns, tuple(rows))

    def _last(self, day: Day) -> list[Block]:
        """The last good values with their ages, where there ever were any."""
        held = [(label, day.last_known(p), ()) for label, p, _, _ in SPREADS if day.last_known(p)]
        return [FactList(tuple(held))] if held else []

    def _on(self, day: Day, fact: str) -> Text:
        return (Ref(fact), ", ", Ref(fact, "period")) if day.has(fact) else ()


SECTION = CreditSection()
