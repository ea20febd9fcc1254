"""Section 9: momentum and mean reversion, one table for all assets."""

from __future__ import annotations

from dataclasses import dataclass

from barograph.models.assets import assets_of
from barograph.report.blocks import Block, Cell, Column, Mini, Paragraph, Ref, Section, Table, Text
from barograph.report.day import Day, assemble


@dataclass(frozen=True)
class MomentumSection:
    """State from slow and fast speed, strength, stretch, half-life, variance ratio, verdict."""

    number: int = 9
    slug: str = "momentum"
    title: str = "Momentum and mean reversion"

    def build(self, day: Day) -> Section:
        """Insufficient when no asset has a state; coverage is counted over the assets held at all."""
        slugs = [a.slug for a in assets_of(day.catalog) if f"momentum.{a.slug}.state" in day.facts]
        held = [s for s in slugs if day.has(f"momentum.{s}.state")]
        stale = [
            s for s in slugs if s not in held and not (day.facts[f"momentum.{s}.state"].reason or "").endswith(NEVER)
        ]
        blocks: list[Block] = [Paragraph(day.narrator.since("momentum"), "since")]
        if held:
            blocks.append(self._table(day, [*held, *stale]))
        wanted = tuple(f"momentum.{s}.state" for s in [*held, *stale])
        return assemble(
            day,
            self.number,
            self.slug,
            self.title,
            tuple(blocks),
            wanted or ("momentum.spx.state",),
            1,
            missing="no asset has the 252 sessions that a state needs",
        )

    def _table(self, day: Day, slugs: list[str]) -> Table:
        label = {a.slug: a.label for a in assets_of(day.catalog)}
        rows = []
        for s in slugs:
            m = f"momentum.{s}"
            strength = day.facts[f"{m}.strength"].number if day.has(f"{m}.strength") else 0.0
            reverting: Text = ()
            if day.has(f"{m}.half_life"):
                reverting = (
                    Ref(f"{m}.half_life"),
                    " [",
                    Ref(f"{m}.half_life", "low"),
                    ", ",
                    Ref(f"{m}.half_life", "high"),
                    "]",
                )
            ratio: Text = ()
            if day.has(f"{m}.variance_ratio"):
                ratio = (
                    Ref(f"{m}.variance_ratio"),
                    " [",
                    Ref(f"{m}.variance_ratio", "low"),
                    ", ",
                    Ref(f"{m}.variance_ratio", "high"),
                    "]",
                )
            rows.append(
                (
                    Cell((label[s][:1].upper() + label[s][1:],)),
                    Cell(day.ref(f"{m}.state"), muted=not day.has(f"{m}.state")),
                    Cell(mini=Mini("bar", (strength, 10.0))),
                    Cell(day.ref(f"{m}.strength")),
                    Cell(self._change(day, m, "252d")),
                    Cell(self._change(day, m, "21d")),
                    Cell(day.ref(f"{m}.z_price_63d")),
                    Cell(reverting or ("–",)),
                    Cell(ratio or ("–",)),
                    Cell(day.ref(f"{m}.verdict")),
                )
            )
        columns = (
            Column("Asset", "left"),
            Column("State", "left"),
            Column("", "center"),
            Column("Strength"),
            Column("252 sessions"),
            Column("21 sessions", optional=True),
            Column("63-session z", optional=True),
            Column("Half-life [90%]", optional=True),
            Column("Variance ratio [90%]", optional=True),
            Column("Verdict", "left"),
        )
        return Table(
            "State of assets",
            columns,
            tuple(rows),
            title=day.narrator.title("momentum"),
            subtitle="State: slow sign over 252 sessions, fast sign over 21. Strength −10 to +10. "
            "A yield, a spread, a slope or a volatility rises, falls, pulls back or bounces; a price is bull or bear",
            note=(
                "A half-life is shown only where a unit root is rejected at 5%; a verdict only where the "
                "variance ratio's interval leaves out one.",
            ),
        )

    def _change(self, day: Day, m: str, window: str) -> Text:
        for part in ("return", "change"):
            if f"{m}.{part}_{window}" in day.facts:
                return (Ref(f"{m}.{part}_{window}"),)
        return ("–",)


#: How the reason ends that a model gives for a series of which nothing was ever held.
NEVER = "has never been looked at"
SECTION = MomentumSection()
