"""Section 3: growth, inflation and liquidity, the quadrants they make, nowcasts and their news, and the prints behind them."""

from __future__ import annotations

from dataclasses import dataclass

from barograph.report.blocks import Block, Paragraph, Section
from barograph.report.day import Day, assemble
from barograph.report.sections._prints import macro_slugs, prints_table, revised
from barograph.report.sections._regime_charts import nowcast_chart, path_chart, shares_chart
from barograph.report.sections._regime_readings import (
    activity_table,
    recession_table,
    shocks_table,
    split_table,
    weakness_table,
)
from barograph.report.sections._regime_tables import (
    axes_table,
    contributions_table,
    label_line,
    news_table,
    nowcasts_table,
    quadrants_table,
)

#: Sessions over which the news of the nowcast are told.
SESSIONS = 10
WANTED = (
    "regime.us.growth.p_up",
    "regime.us.inflation.p_up",
    "regime.us.liquidity.p_up",
    "nowcast.us.gdp.point",
    "nowcast.us.cpi.point",
    "recession.us.probability",
)


@dataclass(frozen=True)
class RegimeSection:
    """The regime reading, and below it the last prints that it rests on."""

    number: int = 3
    slug: str = "regime"
    title: str = "Macro regime"

    def build(self, day: Day) -> Section:
        """Insufficient when neither axis nor one print is known; degraded while an agency is closed."""
        slugs = macro_slugs(day)
        known = [s for s in slugs if day.has(f"macro.us.{s}.latest")]
        blocks: list[Block] = [Paragraph(day.narrator.since("regime"), "since")]
        told = any(day.has(f"regime.us.{a}.level") for a in ("growth", "inflation", "liquidity"))
        blocks += self._regime(day) if told else self._rest(day)
        if known:
            blocks.append(prints_table(day, known))
            blocks += revised(day)
        closure = day.catalog.closure_at(day.as_of)
        reason = f"releases suspended: {closure.title}" if closure else ""
        if not told and not reason:
            reason = f"no regime: {day.facts['regime.us.growth.level'].reason or 'the axes say nothing'}"
        prints = tuple(f"macro.us.{s}.latest" for s in slugs) or ("macro.us.payrolls.latest",)
        return assemble(
            day,
            self.number,
            self.slug,
            self.title,
            tuple(blocks),
            (*WANTED, *prints),
            1,
            missing="neither a regime nor a macro print is known",
            degraded=reason,
        )

    def _rest(self, day: Day) -> list[Block]:
        """What can be said without the axes, after a sentence that says so."""
        text = "No regime is told at this as-of; the state of the section says why."
        made = [Paragraph((text,), "note"), nowcasts_table(day), shocks_table(day), split_table(day)]
        return [b for b in (*made, weakness_table(day), recession_table(day)) if b is not None]

    def _regime(self, day: Day) -> list[Block]:
        made = [
            label_line(day),
            shares_chart(day),
            path_chart(day),
            axes_table(day),
            quadrants_table(day),
            contributions_table(day, "growth", "What moved the growth axis"),
            contributions_table(day, "inflation", "What moved the inflation axis"),
            nowcasts_table(day),
            nowcast_chart(day),
            news_table(day, SESSIONS),
            shocks_table(day),
            split_table(day),
            activity_table(day),
            weakness_table(day),
            recession_table(day),
        ]
        return [b for b in made if b is not None]


SECTION = RegimeSection()
