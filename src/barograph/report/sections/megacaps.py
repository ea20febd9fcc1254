"""Section 11: the seven mega caps: weight, momentum, macro decomposition, concentration, correlation and dispersion."""

from __future__ import annotations

from dataclasses import dataclass

from barograph.report.blocks import (
    Block,
    Cell,
    Column,
    FactList,
    Figure,
    LineChart,
    Mini,
    Paragraph,
    Ref,
    Section,
    Table,
    Text,
)
from barograph.report.day import Day, assemble

P = "megacap.us"
NAMES = {
    "aapl": "Apple",
    "amzn": "Amazon",
    "googl": "Alphabet",
    "meta": "Meta",
    "msft": "Microsoft",
    "nvda": "Nvidia",
    "tsla": "Tesla",
}
FACTORS = (
    ("Market", "market"),
    ("Real yield", "real10y"),
    ("Breakeven", "breakeven10y"),
    ("Dollar", "usd"),
    ("Semis", "semis"),
    ("Own", "own"),
)
WANTED = (
    *(f"{P}.{m}.{what}" for m in NAMES for what in ("weight", "contribution_1d", "relative_z_63d", "market_beta")),
    f"{P}.effective_n",
    f"{P}.top7_weight",
    f"{P}.correlation_63d",
    f"{P}.dispersion_21d",
)
#: Fewer points than this are no line.
LEAST = 6
WARNING = (
    "These companies were chosen in hindsight. No figure here is of a day before the group had its name, and no "
    "figure is a test of owning it."
)


@dataclass(frozen=True)
class MegaCapsSection:
    """The group as the index holds it; a premium only where the user brings valuations."""

    number: int = 11
    slug: str = "megacaps"
    title: str = "Mega caps"

    def build(self, day: Day) -> Section:
        """Insufficient without the correlation and some betas; degraded without weights."""
        blocks: list[Block] = [Paragraph(day.narrator.since("megacaps"), "since")]
        known = [m for m in NAMES if day.has(f"{P}.{m}.relative_z_63d") or day.has(f"{P}.{m}.market_beta")]
        if known:
            figures = self._figures(day)
            tables = [self._table(day, known), self._betas(day, known), self._parts(day, known)]
            for table, beside in zip(tables, [*figures[:2], None, None, None], strict=False):
                blocks += [b for b in (table, beside) if b is not None]
            blocks.append(self._facts(day))
            premium = self._premium(day)
            blocks += [premium] if premium is not None else []
            blocks.append(Paragraph((WARNING,), "note"))
        reason = day.facts[f"{P}.correlation_63d"].reason if f"{P}.correlation_63d" in day.facts else ""
        return assemble(
            day,
            self.number,
            self.slug,
            self.title,
            tuple(blocks),
            WANTED,
            8 if known else len(WANTED),
            missing=reason or "no prices of the seven",
        )

    def _table(self, day: Day, known: list[str]) -> Table:
        def place(slug: str) -> tuple[float, str]:
            id_ = f"{P}.{slug}.weight"
            return (-day.facts[id_].number if day.has(id_) else 0.0, slug)

        rows = []
        for slug in sorted(known, key=place):
            p, z = f"{P}.{slug}", f"{P}.{slug}.relative_z_63d"
            rows.append(
                (
                    Cell((NAMES[slug],)),
                    Cell(day.ref(f"{p}.weight")),
                    Cell(day.ref(f"equity.us.{slug}.return_1d")),
                    Cell(day.ref(f"{p}.contribution_1d")),
                    Cell(mini=Mini("zdot", (day.facts[z].number,)) if day.has(z) else None),
                    Cell(day.ref(z)),
                )
            )
        total: tuple[Cell, ...] | None = None
        if day.has(f"{P}.contribution_1d"):
            blank = Cell()
            gap = Cell(day.ref(f"{P}.gap_printed"), muted=True)
            rows.append((Cell(("Rounding",), muted=True), blank, blank, gap, blank, blank))
            sum_ = Cell((Ref(f"{P}.contribution_1d"),), strong=True)
            total = (Cell(("All of them",), strong=True), blank, blank, sum_, blank, blank)
        return Table(
            "Mega caps: what they weigh and gave, and their momentum",
            (
                Column("Company", "left"),
                Column("Weight", optional=True),
                Column("Return"),
                Column("Contribution"),
                Column("", "center", optional=True),
                Column("63 sessions"),
            ),
            tuple(rows),
            total=total,
            subtitle="Weight at the previous close; contribution, pp; return over the index's, σ of a random walk",
        )

    def _betas(self, day: Day, known: list[str]) -> Table | None:
        shown = [m for m in known if day.has(f"{P}.{m}.market_beta")]
        if not shown:
            return None

        def ranged(id_: str) -> Cell:
            ends: Text = (Ref(id_, "low"), " to ", Ref(id_, "high")) if day.has(id_) else ()
            return Cell(day.ref(id_), below=ends)

        rows = [
            (
                Cell((NAMES[m],)),
                ranged(f"{P}.{m}.market_beta"),
                ranged(f"{P}.{m}.real10y.beta"),
                ranged(f"{P}.{m}.usd_beta"),
                Cell(day.ref(f"{P}.{m}.systematic_share")),
            )
            for m in shown
        ]
        return Table(
            "Sensitivities of the mega caps",
            (
                Column("Company", "left"),
                Column("Market"),
                Column("Real yield beyond the market"),
                Column("Dollar beyond the market", optional=True),
                Column("Systematic"),
            ),
            tuple(rows),
            subtitle="Per cent for +1% of the index; for +10 bp of the real 10-year yield and +1% of the dollar while the index "
            "stands still, unlike in section 10, where the whole link to the yield is meant; below: 90% interval",
            note=(
                "Ridge regression with fading weights, estimated to the session before. The index holds these companies, so "
                "its part holds news of their own. Systematic is the share of variance that the factors account for.",
            ),
        )

    def _figures(self, day: Day) -> list[Figure]:
        from barograph.models.equities._concentration import concentration_path

        if not (day.has(f"{P}.top7_weight") and day.has(f"{P}.effective_n")):
            return []
        path = concentration_path(day.view, day.session)
        if len(path.days) < LEAST:
            return []
        source = "One dated file" if path.files == 1 else f"{path.files} dated files"
        share, number = f"{P}.top7_weight", f"{P}.effective_n"
        drawn = (
            ("Weight of the group", "The group", path.top, "percent", "Share of the index, %", share, 1),
            ("Effective number of members", "Effective N", path.effective, "ratio", "1 / sum of w²", number, 0),
        )
        return [
            Figure(
                LineChart(((label, path.days, values),), unit, axis, decimals=decimals),
                (title,),
                f"{source} of holdings, prices carry the weights between them; {id_}",
                ("Line chart over the trailing year: now ", Ref(id_), "."),
                note=("Each session stands on a dated file before it; where there is not one, on a file after it.",),
                width="side",
            )
            for title, label, values, unit, axis, id_, decimals in drawn
        ]

    def _facts(self, day: Day) -> FactList:
        c, d = f"{P}.correlation_63d", f"{P}.dispersion_21d"
        items: list[tuple[str, Text, Text]] = []
        for label, id_, below in (
            ("Weight of the seven", f"{P}.top7_weight", f"{P}.top7_weight.percentile_1y"),
            ("Effective number of members", f"{P}.effective_n", ""),
            ("Their contribution", f"{P}.contribution_1d", ""),
            ("All other members", f"{P}.rest_contribution_1d", ""),
            ("Share of the index's move", f"{P}.contribution_share", ""),
            ("Dispersion, 21 sessions", d, f"{d}.percentile_3y"),
            ("Dispersion of the session", f"{P}.dispersion_1d", ""),
        ):
            # A share of next to nothing is no figure: the fact says why.
            if day.has(id_) or (id_ in day.facts and not id_.endswith("contribution_share")):
                items.append((label, day.ref(id_), day.ref(below) if below and day.has(below) else ()))
        if day.has(c):
            ends: Text = ("interval ", Ref(c, "low"), " to ", Ref(c, "high"))
            rank: Text = ("; ", Ref(f"{c}.percentile_3y")) if day.has(f"{c}.percentile_3y") else ()
            items.append(("Average correlation, 63 sessions, 90%", (Ref(c),), (*ends, *rank)))
        if day.has(f"{P}.implied_correlation"):
            items.append(("Implied average correlation", (Ref(f"{P}.implied_correlation"),), ()))
        return FactList(tuple(items))

    def _parts(self, day: Day, known: list[str]) -> Table | None:
        used = [(t, f) for t, f in FACTORS if any(day.has(f"{P}.{m}.{f}_1d") for m in known)]
        rows = [
            (Cell((NAMES[m],)), *(Cell(day.ref(f"{P}.{m}.{f}_1d")) for _, f in used))
            for m in known
            if day.has(f"{P}.{m}.own_1d")
        ]
        if not rows:
            return None
        left = [t.lower() for t, f in FACTORS if (t, f) not in used]
        named = [m for m in known if day.has(f"{P}.{m}.own_1d") and day.facts[f"{P}.{m}.own_1d"].state == "degraded"]
        note: list[str] = []
        if left:
            note.append(f"Left out for want of a series: {', '.join(left)}.")
        if not any(day.has(f"{P}.{m}.results_left_out") for m in known):
            note.append("No calendar of results: their sessions stay in the estimation.")
        if named:
            note.append(f"Short of history, or a session of results: {', '.join(NAMES[m] for m in named)}.")
        return Table(
            "What the session's returns consist of",
            (Column("Company", "left"), *(Column(t, optional=f in ("breakeven10y", "usd")) for t, f in used)),
            tuple(rows),
            subtitle="pp: sensitivity to the session before times the factor's move; own is the constant and what is left",
            note=(" ".join(note),) if note else (),
        )

    def _premium(self, day: Day) -> Table | None:
        rows = [
            (Cell((name,)), Cell(day.ref(f"{P}.{m}.premium_index_z")), Cell(day.ref(f"{P}.{m}.premium_10y_z")))
            for m, name in NAMES.items()
            if day.has(f"{P}.{m}.premium_index_z") or day.has(f"{P}.{m}.premium_10y_z")
        ]
        if not rows:
            return None
        return Table(
            "Premium by forward earnings, from your own series",
            (Column("Company", "left"), Column("to the index"), Column("to the 10-year")),
            tuple(rows),
            subtitle="Standard deviations of the trailing five years; positive: dear",
            width="side",
        )


SECTION = MegaCapsSection()
