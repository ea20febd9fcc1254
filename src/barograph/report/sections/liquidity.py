"""Section 4: liquidity by its changes: net liquidity and its parts, credit, financial conditions, scarcity of reserves."""

from __future__ import annotations

from dataclasses import dataclass

from barograph.findings._thresholds import EDGED_BELOW
from barograph.report.blocks import Cell, Column, Figure, LineChart, Mini, Paragraph, Ref, Section, Table
from barograph.report.day import Day, assemble
from barograph.report.sections._regime_tables import contributions_table

NET, FCI, FREE = "liquidity.us.net.change_13w", "liquidity.us.fci.change_13w", "liquidity.us.fci_ex_equity.change_13w"
#: Parts of net liquidity as they count: a rise of the account or of reverse repo takes away.
PARTS = (("Fed assets", "fed_assets"), ("Treasury account", "treasury_account"), ("Reverse repo", "reverse_repo"))
CONDITIONS = (
    ("2-year yield", "yield_2y"),
    ("10-year yield", "yield_10y"),
    ("HY OAS", "hy_oas"),
    ("S&P 500", "equities"),
    ("Broad dollar", "dollar"),
)
READINGS = (
    ("Net liquidity over 4 weeks", "liquidity.us.net.change_4w", "means of four Wednesdays"),
    ("Net liquidity over 26 weeks", "liquidity.us.net.change_26w", "likewise"),
    ("Net liquidity over 13 weeks, z", "liquidity.us.net.z_13w", "beside the like changes of five years"),
    ("Credit impulse, weekly", "liquidity.us.credit_impulse", "flow of 52 weeks over 26 weeks, of GDP"),
    (
        "Credit impulse, quarterly",
        "liquidity.us.credit_impulse_quarterly",
        "flow of a year over the year before, of GDP",
    ),
    ("Financial conditions", FCI, "all five parts, change over 13 weeks; positive: tighter"),
    ("Financial conditions without equities", FREE, "change over 13 weeks"),
    ("Chicago Fed index", "liquidity.us.nfci.change_13w", "change over 13 weeks"),
    ("SOFR less rate on reserves", "liquidity.us.sofr_iorb", "mean of five days"),
    ("Fed funds less rate on reserves", "liquidity.us.effr_iorb", "mean of five days"),
    ("Reserves", "liquidity.us.reserves_to_gdp", "of nominal GDP"),
    ("Zone of reserves", "liquidity.us.reserves", "by the two spreads"),
)
WANTED = (
    NET,
    "liquidity.us.credit_impulse",
    FCI,
    "liquidity.us.sofr_iorb",
    "liquidity.us.reserves_to_gdp",
    "regime.us.liquidity.p_up",
)
LEAST = 6
#: What says that net liquidity and the axis part: an unusual change of the one, and none or the opposite of the other.
UNUSUAL, AXIS, LEAST_MOVE = "liquidity.us.net.z_13w", "regime.us.liquidity.change_3m", 0.05
IN_AXIS = "regime.us.liquidity.contribution.net_liquidity"


@dataclass(frozen=True)
class LiquiditySection:
    """Changes only; no level of liquidity is put beside a level of prices."""

    number: int = 4
    slug: str = "liquidity"
    title: str = "Liquidity"

    def build(self, day: Day) -> Section:
        """Insufficient when none of the readings has a value."""
        made = [
            Paragraph(day.narrator.since("liquidity"), "since"),
            _disagree(day),
            self._line(
                day,
                "Net liquidity over 13 weeks",
                (("Net liquidity", NET),),
                "usd_bn",
                "Change over 13 weeks, USD bn",
            ),
            self._net(day),
            self._readings(day),
            self._line(
                day,
                "Financial conditions over 13 weeks",
                (("All five parts", FCI), ("Without equities", FREE)),
                "sigma",
                "Change over 13 weeks, standard deviations; positive: tighter",
            ),
            self._conditions(day),
            contributions_table(day, "liquidity", "What moved the liquidity axis"),
        ]
        return assemble(
            day,
            self.number,
            self.slug,
            self.title,
            tuple(b for b in made if b is not None),
            WANTED,
            1,
            missing="neither a balance sheet nor credit nor financial conditions are known; `barograph update` brings them",
        )

    def _net(self, day: Day) -> Table | None:
        if not day.has(NET):
            return None
        widest = (
            max((abs(day.facts[i].number) for _, p in PARTS if day.has(i := f"liquidity.us.net.{p}_13w")), default=1.0)
            or 1.0
        )
        rows = []
        for label, part in PARTS:
            id_ = f"liquidity.us.net.{part}_13w"
            bar = Mini("bar", (day.facts[id_].number, widest)) if day.has(id_) else None
            rows.append((Cell((label,)), Cell(mini=bar), Cell(day.ref(id_))))
        return Table(
            "Net liquidity by part",
            (Column("Part", "left"), Column("size", "center"), Column("13 weeks")),
            tuple(rows),
            (Cell(("Net liquidity",), below=(Ref(NET, "period"),)), Cell(), Cell((Ref(NET),))),
            subtitle="USD bn, means of four Wednesdays; a rise of the account or of reverse repo takes away",
            width="side",
        )

    def _readings(self, day: Day) -> Table | None:
        rows = [
            (Cell((label,), below=(what,)), Cell((Ref(id_),), strong=True), _period(day, id_))
            for label, id_, what in READINGS
            if day.has(id_)
        ]
        if not rows:
            return None
        return Table(
            "Credit, conditions and reserves",
            (Column("Reading", "left"), Column("Value"), Column("of", optional=True)),
            tuple(rows),
            width="main",
        )

    def _conditions(self, day: Day) -> Table | None:
        if not day.has(FCI):
            return None
        ids = {p: f"liquidity.us.fci.{p}_13w" for _, p in CONDITIONS}
        widest = max((abs(day.facts[i].number) for i in ids.values() if day.has(i)), default=1.0) or 1.0
        rows = [
            (
                Cell((label,)),
                Cell(mini=Mini("bar", (day.facts[ids[p]].number, widest)) if day.has(ids[p]) else None),
                Cell(day.ref(ids[p])),
            )
            for label, p in CONDITIONS
        ]
        return Table(
            "Financial conditions by part",
            (Column("Part", "left"), Column("size", "center"), Column("13 weeks")),
            tuple(rows),
            (Cell(("All five",)), Cell(), Cell((Ref(FCI),))),
            subtitle="Mean z on five years; positive: tighter",
            width="side",
        )

    def _line(
        self, day: Day, title: str, lines: tuple[tuple[str, str], ...], unit: str, unit_label: str
    ) -> Figure | None:
        made = []
        for label, id_ in lines:
            points = [(d, n[id_]) for d, n in day.record.months if id_ in n]
            if len(points) < LEAST or not day.has(id_):
                return None
            made.append((label, tuple(d for d, _ in points), tuple(v for _, v in points)))
        return Figure(
            LineChart(tuple(made), unit, unit_label, decimals=0 if unit == "usd_bn" else 2, signed=True),
            (title,),
            "At month ends, as known then; " + lines[0][1].rpartition(".")[0],
            ("Line chart at month ends: now ", Ref(lines[0][1]), "."),
            note=("Each point is what was known on its day.",),
        )


def _disagree(day: Day) -> Paragraph | None:
    """Says so where net liquidity changed unusually and the axis went the other way, or nowhere."""
    if not all(day.has(i) for i in (NET, UNUSUAL, AXIS)):
        return None
    z, axis = day.facts[UNUSUAL].number, day.facts[AXIS].number
    if abs(z) < EDGED_BELOW or (abs(axis) >= LEAST_MOVE and (axis > 0.0) == (z > 0.0)):
        return None
    text = ("Net liquidity ", Ref(NET), " over 13 weeks (", Ref(UNUSUAL), ") and the liquidity axis (", Ref(AXIS))
    return Paragraph(
        (*text, ") disagree" + ("." if day.has(IN_AXIS) else "; net liquidity is no input of the axis here.")), "note"
    )


def _period(day: Day, id_: str) -> Cell:
    return Cell((Ref(id_, "period"),) if day.has(id_) and day.facts[id_].period else (), muted=True)


SECTION = LiquiditySection()
