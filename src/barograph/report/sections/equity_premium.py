"""Section 7: the equity risk premium by three methods, their disagreement, and whether any of them foretold returns."""

from __future__ import annotations

from dataclasses import dataclass, replace

from barograph.report.blocks import (
    Block,
    Cell,
    Column,
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

#: Method, its full name, its short one for chart and columns, the quantity that is oldest in it, and what it is made of.
METHODS = (
    ("excess_cape_yield", "Excess CAPE yield", "Excess CAPE", "earnings", "real earnings of ten years"),
    ("real_yield_gap", "Earnings yield net of real yield", "Real yield gap", "earnings", "earnings of twelve months"),
    ("damodaran", "Implied premium (Damodaran)", "Implied", "cash_flow", "cash paid out, its growth"),
)
PARTS = (
    ("Price", ("price",)),
    ("Earnings or cash", ("earnings", "cash_flow")),
    ("Growth", ("growth",)),
    ("Yield", ("rate",)),
    ("Inflation", ("inflation",)),
)
HORIZONS = (("1 month", "1m"), ("12 months", "12m"))
#: What makes the section whole; the implied premium is for those who have its inputs and is not missed by the others.
WANTED = ("erp.us.excess_cape_yield", "erp.us.real_yield_gap", "erp.us.dispersion", "erp.us.cape")
IMPORT = (
    "no earnings are known: no free provider serves them. Import Shiller's workbook (docs/how-to/import-valuation.md) "
    "and the section has two of its three methods; cash flows and growth of your own bring the third"
)
LEAST = 12


@dataclass(frozen=True)
class EquityPremiumSection:
    """Three readings side by side; their range is the uncertainty, and no reading is called a forecast."""

    number: int = 7
    slug: str = "equity_premium"
    title: str = "Equity risk premium"

    def build(self, day: Day) -> Section:
        """Insufficient where no method has a value."""
        known = tuple(m for m in METHODS if day.has(f"erp.us.{m[0]}"))
        blocks: list[Block | None] = []
        if known:
            blocks = [
                Paragraph(day.narrator.since("equity_premium"), "since"),
                self._figure(day),
                self._year(day, known),
                self._methods(day),
                self._foresight(day, known),
            ]
        elif day.has("curve.us.real10y.level"):
            blocks = [
                Paragraph(
                    ("Of its inputs the day has the 10-year real yield, ", Ref("curve.us.real10y.level"), "."), "plain"
                )
            ]
        shown = tuple(b for b in blocks if b is not None)
        lacking = self._lacking(day)
        made = assemble(day, self.number, self.slug, self.title, shown, WANTED, 1, missing=lacking)
        if made.state != "insufficient":
            return made
        # Nothing is read, so nothing can prove it wrong; what to import stands in the section only.
        return replace(made, wrong_if=day.wrong_if(self.slug), brief="earnings missing" if lacking == IMPORT else "")

    def _lacking(self, day: Day) -> str:
        """What to import; where it was imported and is old, that."""
        reasons = [day.facts[i].reason for i in WANTED[:2] if i in day.facts]
        return next((r for r in reasons if r and not r.startswith("no figure of")), IMPORT)

    def _figure(self, day: Day) -> Figure | None:
        """The lines of the methods at month ends, each as known then, and the first one's median."""
        short = {m: name for m, _, name, *_ in METHODS}
        held = {m: day.record.daily.get(f"erp.us.{m}", []) for m in short}
        lines = tuple(
            (short[m], tuple(d for d, _ in points), tuple(v for _, v in points))
            for m, points in held.items()
            if len(points) >= LEAST
        )
        if not lines:
            return None
        first = next(m for m, *_ in METHODS if short[m] == lines[0][0])
        median = f"erp.us.{first}.median_20y"
        levels = (Level(day.facts[median].number, "median"),) if day.has(median) else ()
        alt: Text = (f"Line chart in per cent at month ends: {lines[0][0]} now ", Ref(f"erp.us.{first}"), ".")
        return Figure(
            LineChart(lines, "percent", "Per cent a year", levels),
            day.narrator.title("equity_premium") or ("Premium by method",),
            "Premium of stocks over bonds by method, per cent a year, month ends of twenty years; erp.us",
            alt,
            note=(
                "Each point is from what the rules of release let be known on its day.",
                f" The median is that of {lines[0][0]}." if levels else "",
            ),
        )

    def _methods(self, day: Day) -> Table:
        rows = []
        for method, label, _, oldest, what in METHODS:
            p = f"erp.us.{method}"
            rank, basis = f"{p}.percentile_20y", f"{p}.basis"
            below: Text = (what, ", ", Ref(basis)) if day.has(basis) else (what,)
            beside = f"{p}.expected"
            if day.has(beside) and day.has(basis) and day.facts[basis].value == "trailing":
                below = (*below, "; on expected earnings ", Ref(beside))
            below = below if day.has(p) else (f"needs {what}: not imported, or too old",)
            rows.append(
                (
                    Cell((label,), below=below),
                    Cell(day.ref(p), strong=True),
                    Cell(day.ref(f"{p}.change_1d")),
                    Cell(day.ref(f"{p}.change_20d")),
                    Cell(day.ref(f"{p}.change_1y")),
                    Cell(day.ref(rank)),
                    self._age(day, f"{p}.{oldest}"),
                )
            )
        spread = "erp.us.dispersion"
        total = None
        if day.has(spread):
            total = (
                Cell(("Range of the methods",), below=("of ", Ref(spread, "n"), " methods")),
                Cell((Ref(spread),)),
                *(Cell() for _ in range(5)),
            )
        columns = (
            Column("Method", "left"),
            Column("Now"),
            Column("1 session", optional=True),
            Column("20 sessions", optional=True),
            Column("252 sessions"),
            Column("Among 20 years"),
            Column("Oldest input", optional=True),
        )
        plain = [
            piece
            for label, id_ in (("CAPE ", "erp.us.cape"), ("; earnings yield ", "erp.us.earnings_yield"),
                               ("; dividend yield ", "erp.us.dividend_yield"))
            if day.has(id_)
            for piece in (label, Ref(id_))
        ]  # fmt: skip
        return Table(
            "Equity premium by method",
            columns,
            tuple(rows),
            total,
            subtitle="The methods do not measure one thing; their range is the uncertainty about the premium",
            note=(*plain, ".") if plain else (),
        )

    def _age(self, day: Day, id_: str) -> Cell:
        """Of when the oldest figure in a reading is, and how long ago that is."""
        return Cell((Ref(id_, "period"),), below=(Ref(id_, "age"),)) if day.has(id_) else Cell(("–",))

    def _year(self, day: Day, known: tuple[tuple[str, ...], ...]) -> Table | None:
        """What the parts brought of the year's change."""
        told = [m for m in known if day.has(f"erp.us.{m[0]}.change_1y") and day.has(f"erp.us.{m[0]}.price_1y")]
        if not told:
            return None
        ids = {
            (label, m[0]): [i for n in names if day.has(i := f"erp.us.{m[0]}.{n}_1y")]
            for label, names in PARTS
            for m in told
        }
        rows = []
        for label, _ in PARTS:
            if not any(ids[label, m[0]] for m in told):
                continue
            cells = []
            for m in told:
                there = ids[label, m[0]]
                text: Text = tuple(r for k, i in enumerate(there) for r in ((", ", Ref(i)) if k else (Ref(i),)))
                cells.append(Cell(text or ("–",)))
            rows.append((Cell((label,)), *cells))
        total = (Cell(("Change",)), *(Cell((Ref(f"erp.us.{m[0]}.change_1y"),)) for m in told))
        return Table(
            "What moved each premium over 252 sessions",
            (Column("Part", "left"), *(Column(m[2]) for m in told)),
            tuple(rows),
            total,
            subtitle="One part after the other, in this order",
            width="side",
        )

    def _foresight(self, day: Day, known: tuple[tuple[str, ...], ...]) -> Table | None:
        """Out-of-sample R2 beside the readings: whether they ever foretold returns."""
        rows = []
        for method, label, *_ in known:
            for name, h in HORIZONS:
                p = f"erp.us.{method}"
                if not day.has(f"{p}.r2_{h}"):
                    continue
                rows.append(
                    (
                        Cell((label,), below=(f"{name}: ", Ref(f"{p}.skill_{h}"))),
                        Cell((Ref(f"{p}.r2_{h}"),)),
                        Cell((Ref(f"{p}.r2_restricted_{h}"),)),
                        Cell((Ref(f"{p}.p_{h}"),)),
                        Cell((Ref(f"{p}.r2_{h}", "n"),)),
                    )
                )
        if not rows:
            return None
        return Table(
            "Did it foretell excess returns?",
            (
                Column("Method", "left"),
                Column("R2"),
                Column("restricted", optional=True),
                Column("p"),
                Column("n"),
            ),
            tuple(rows),
            subtitle="Out of sample against the mean so far, S&P 500 over bills; n without overlap; p of Clark and West",
        )


SECTION = EquityPremiumSection()
