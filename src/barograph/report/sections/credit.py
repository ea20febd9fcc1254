"""Section 6: credit spreads by instrument: level, gaps, percentiles, and how far they may go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from barograph.findings._reading import window_years
from barograph.models.assets import Asset, spreads_of
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
from barograph.report.sections._credit_band import fan_figure, tables
from barograph.report.sections._credit_record import spoken

LABELS = {"ig": "IG cash OAS", "hy": "HY cash OAS"}
INDEX = {"ig": "corporate", "hy": "high yield"}
PARTS = ("level", "gap_5y_avg", "gap_5y_tight", "gap_5y_wide", "percentile_5y", "percentile_3y")
BANDS = tuple(f"credit.us.{s}.band_{h}d.q50" for s in ("ig", "hy") for h in (5, 21, 63))
WANTED = (*(f"credit.us.{s}.oas.{part}" for s in ("ig", "hy") for part in PARTS), *BANDS)
EBP = "credit.us.ebp.level"


@dataclass(frozen=True)
class CreditSection:
    """Spreads labelled by series: cash option-adjusted ones and a user's own, never under one name."""

    number: int = 6
    slug: str = "credit"
    title: str = "Credit"

    def build(self, day: Day) -> Section:
        """Insufficient without either spread of the session."""
        blocks: list[Block] = [Paragraph(day.narrator.since("credit"), "since")]
        spreads = spreads_of(day.catalog)
        known = [s for s in spreads if day.has(f"{s.prefix}.level")]
        blocks += [self._figure(day, asset) for asset in known]
        blocks += [self._table(day, spreads)] if known else self._last(day, spreads)
        blocks += tables(day, known)
        if known and day.has(EBP):
            age: Text = ("Excess bond premium of ", Ref(EBP, "period"), ": ", Ref(EBP), ", ", Ref(EBP, "age"), " old.")
            blocks.append(Paragraph(age, "note"))
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

    def _figure(self, day: Day, asset: Asset) -> Figure:
        label, prefix, series_id, slug = label_of(asset), asset.prefix, asset.series[0], asset.slug
        start = date(day.session.year - 5, day.session.month, min(day.session.day, 28))
        points = day.view.series(series_id, start=start, end=day.session)
        dates = tuple(d.item() for d in points.periods)
        values = tuple(float(v) for v in points.values)
        years = window_years(day.facts[f"{prefix}.avg_5y"]) if day.has(f"{prefix}.avg_5y") else ""
        levels = []
        for name, part in ((f"{years}-year mean", "avg_5y"), ("tight", "tight_5y"), ("wide", "wide_5y")):
            if day.has(f"{prefix}.{part}"):
                fact = day.facts[f"{prefix}.{part}"]
                levels.append(Level(fact.number, name, None if part == "avg_5y" else fact.period))
        provider = day.catalog[series_id].providers[0].code
        what, own = (
            (f"ICE BofA US {INDEX[slug]} index, cash option-adjusted spread", False) if slug in INDEX else (label, True)
        )
        title: Text = () if own else day.narrator.title(slug)
        since = f"{dates[0].isoformat()} on" if dates else "no value"
        about = f"{what}, bp, {since}. {'imported' if own else provider}, {series_id}"
        fan = fan_figure(day, asset, (dates, values), tuple(levels), title, about)
        if fan is not None:
            return fan
        alt: Text = (f"Line chart of {spoken(asset)} in bp: now ", Ref(f"{prefix}.level"))
        if day.has(f"{prefix}.avg_5y"):
            alt = (*alt, f"; {years}-year average ", Ref(f"{prefix}.avg_5y"))
        return Figure(
            LineChart(((label, dates, values),), "bp", "Spread, bp", tuple(levels), 1 if own else None),
            title=title,
            subtitle=about,
            alt=(*alt, "."),
            note=(
                "" if own else "Cash index spread, not the CDX scale. ",
                *((f"Tight and wide are the extremes of {years} years.",) if years else ()),
            ),
            width="main" if slug == "ig" else "side",
        )

    def _table(self, day: Day, spreads: Sequence[Asset]) -> Table:
        rows = []
        for asset in spreads:
            p = asset.prefix
            rows.append(
                (
                    Cell((label_of(asset),), below=() if asset.slug in LABELS else (asset.series[0],)),
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
            Column("to mean"),
            Column("to tight", optional=True),
            Column("to wide", optional=True),
            Column("Percentile"),
            Column("of a shorter window", optional=True),
        )
        known = [(label_of(a), f"{a.prefix}.avg_5y") for a in spreads if day.has(f"{a.prefix}.avg_5y")]
        said = "; ".join(f"{label} {window_years(day.facts[i])} years" for label, i in known)
        about = f"Mean, tight and wide of: {said}" if known else ""
        return Table("Credit spreads: level, gaps in bp, percentiles", columns, tuple(rows), subtitle=about)

    def _last(self, day: Day, spreads: Sequence[Asset]) -> list[Block]:
        """The last good values with their ages, where there ever were any."""
        held = [(label_of(a), day.last_known(a.prefix), ()) for a in spreads if day.last_known(a.prefix)]
        return [FactList(tuple(held))] if held else []

    def _on(self, day: Day, fact: str) -> Text:
        return (Ref(fact), ", ", Ref(fact, "period")) if day.has(fact) else ()


def label_of(asset: Asset) -> str:
    """The name of a spread with its instrument."""
    return LABELS.get(asset.slug, asset.label)


SECTION = CreditSection()
