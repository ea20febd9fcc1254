"""Section 5: the yield curve today beside one and twenty sessions ago, its move, what was fitted to it, the path of policy."""

from __future__ import annotations

from dataclasses import dataclass

from barograph.report.blocks import (
    Block,
    Cell,
    Column,
    CurveChart,
    CurvePoint,
    FactList,
    Figure,
    Paragraph,
    Ref,
    Section,
    Table,
    Text,
)
from barograph.report.day import Day, assemble
from barograph.report.sections._curve_fit import curve_blocks
from barograph.report.sections._term_premium import premium_blocks

#: (slug in fact ids, years, label) of the maturities that the chart shows.
MATURITIES = (
    ("1m", 1 / 12, "1m"),
    ("3m", 0.25, "3m"),
    ("6m", 0.5, "6m"),
    ("1y", 1.0, "1y"),
    ("2y", 2.0, "2y"),
    ("5y", 5.0, "5y"),
    ("7y", 7.0, "7y"),
    ("10y", 10.0, "10y"),
    ("20y", 20.0, "20y"),
    ("30y", 30.0, "30y"),
)
PAIRS = (
    ("2s10s slope", "curve.us.2s10s"),
    ("5s30s slope", "curve.us.5s30s"),
    ("10-year real yield", "curve.us.real10y"),
    ("10-year breakeven", "curve.us.breakeven10y"),
)
WANTED = tuple(f"curve.us.{m}.level" for m, _, _ in MATURITIES) + tuple(f"{p}.level" for _, p in PAIRS)


@dataclass(frozen=True)
class CurveSection:
    """Levels, changes, move labels for both lookbacks, the split of the 10-year's move."""

    number: int = 5
    slug: str = "curve"
    title: str = "Yield curve"

    def build(self, day: Day) -> Section:
        """Insufficient without the 2-year and the 10-year of the session."""
        core = day.has("curve.us.2y.level") and day.has("curve.us.10y.level")
        blocks: list[Block] = [Paragraph(day.narrator.since("curve"), "since")]
        if core:
            blocks += [self._figure(day), self._facts(day), *curve_blocks(day)]
        else:
            held = [(f"{label} yield", day.last_known(f"curve.us.{m}"), ()) for m, _, label in MATURITIES]
            held = [row for row in held if row[1]]
            blocks += [FactList(tuple(held))] if held else []
        blocks += premium_blocks(day)
        return assemble(
            day,
            self.number,
            self.slug,
            self.title,
            tuple(blocks),
            WANTED,
            len(WANTED) if not core else 2,
            missing="no Treasury par yields for the session; `barograph update` brings them",
        )

    def _figure(self, day: Day) -> Figure:
        points = tuple(
            CurvePoint(years, label, *(self._yield(day, slug, back) for back in (None, "change_1d", "change_20d")))
            for slug, years, label in MATURITIES
            if day.has(f"curve.us.{slug}.level")
        )
        chart = CurveChart(points, day.session, day.previous_session, day.earlier_session)
        return Figure(
            chart,
            title=day.narrator.title("curve"),
            subtitle="US Treasury par yields, per cent; change in bp below, solid 1 session, outline 20. "
            "Treasury, us.rates.par_*",
            alt=self._alt(day),
            note=("Maturity on a log scale. Par yields, not zero-coupon yields.",),
            table=self._table(day),
        )

    def _yield(self, day: Day, slug: str, back: str | None) -> float | None:
        """The yield of an earlier snapshot: today's less the change, both facts of this page."""
        level = day.facts[f"curve.us.{slug}.level"].number
        if back is None:
            return level
        change = f"curve.us.{slug}.{back}"
        return level - day.facts[change].number / 100.0 if day.has(change) else None

    def _alt(self, day: Day) -> Text:
        out: Text = ("Line chart of US Treasury par yields by maturity: 2-year yield ", Ref("curve.us.2y.level"))
        if day.has("curve.us.2y.change_1d"):
            out = (*out, " (", Ref("curve.us.2y.change_1d"), ")")
        out = (*out, ", 10-year yield ", Ref("curve.us.10y.level"))
        if day.has("curve.us.10y.change_1d"):
            out = (*out, " (", Ref("curve.us.10y.change_1d"), ")")
        return (*out, ".")

    def _table(self, day: Day) -> Table:
        rows = []
        for slug, _, label in MATURITIES:
            p = f"curve.us.{slug}"
            rows.append(
                (
                    Cell((label,)),
                    Cell(day.ref(f"{p}.level"), below=() if day.has(f"{p}.level") else day.last_known(p)),
                    Cell(day.ref(f"{p}.change_1d")),
                    Cell(day.ref(f"{p}.change_20d")),
                    Cell(day.ref(f"{p}.z_1d")),
                )
            )
        columns = (
            Column("Maturity", "left"),
            Column("Yield"),
            Column("1 session"),
            Column("20 sessions", optional=True),
            Column("1 session, σ", optional=True),
        )
        return Table("US Treasury par yields", columns, tuple(rows))

    def _facts(self, day: Day) -> FactList:
        items: list[tuple[str, Text, Text]] = []
        for label, p in PAIRS:
            below: Text = ()
            if day.has(f"{p}.change_1d") and day.has(f"{p}.change_20d"):
                below = (Ref(f"{p}.change_1d"), ", 20 sessions ", Ref(f"{p}.change_20d"))
            items.append((label, day.ref(f"{p}.level"), below))
        for name, h in (("Label by dead band, 1 session", "1d"), ("Label by dead band, 20 sessions", "20d")):
            if day.has(f"curve.us.move_{h}"):
                below = ()
                if day.has(f"curve.us.slope_z_{h}") and day.has(f"curve.us.dead_band_{h}"):
                    below = (
                        "slope change ",
                        Ref(f"curve.us.slope_z_{h}"),
                        ", dead band ",
                        Ref(f"curve.us.dead_band_{h}"),
                    )
                items.append((name, (Ref(f"curve.us.move_{h}"),), below))
        for name, h in (("10-year split", "1d"), ("10-year split, 20 sessions", "20d")):
            real, breakeven = f"curve.us.10y.split_real_{h}", f"curve.us.10y.split_breakeven_{h}"
            if day.has(real) and day.has(breakeven) and day.has(f"curve.us.10y.change_{h}"):
                below = (Ref(real), " real, ", Ref(breakeven), " breakeven")
                items.append((name, (Ref(f"curve.us.10y.change_{h}"),), below))
        if day.has("vol.us.move.level"):
            below = (Ref("vol.us.move.change_1d"),) if day.has("vol.us.move.change_1d") else ()
            items.append(("MOVE", day.ref("vol.us.move.level"), below))
        return FactList(tuple(items))


SECTION = CurveSection()
