"""Section 10: betas to the real yield, the breakeven and the slope: heat map, path, today's move, fan, breaks, event days."""

from __future__ import annotations

from dataclasses import dataclass

from barograph.models.assets import Asset
from barograph.models.sensitivity._sample import covered
from barograph.report.blocks import BandChart, Block, Cell, Column, Figure, Ref, Section, Table, Text
from barograph.report.day import Day, assemble
from barograph.report.sections._sector_funds import FUNDS_DIFFER
from barograph.report.sections._sensitivity_opening import SHOWN, interval_of, kept, name_of, opening, signed
from barograph.report.sections._sensitivity_record import fan_record

BETA = "sensitivity.spx.real10y.kalman.beta"
FACTORS = (("Real yield", "real10y"), ("Breakeven", "breakeven10y"), ("Slope", "slope"))
ESTIMATORS = (("Rolling", "rolling"), ("Ridge", "ridge"), ("Random walk", "kalman"))
#: Per cent per 10 bp at which the second and the third tone begin.
TONES = (0.25, 0.75)
#: Groups of rows in their order; the first keeps the page's order, the others go by name.
FAMILIES = (("equity",), ("sectors",), ("mega_caps",), ("currencies", "metals", "energy", "crypto"), ("shares",))
#: Rows of the heat map and of the table of breaks; `barograph facts` has all.
MOST, MOST_BREAKS = 40, 8
#: Families in the table of the session's move; single shares move by other things, and `barograph facts` has theirs.
MOVED = ("equity", "sectors", "currencies", "metals", "energy")
EVENTS = (("Together", "all"), ("CPI", "cpi"), ("Payrolls", "payrolls"), ("FOMC", "fomc"))
MOVES = (("S&P 500, %", "spx"), ("2-year yield, bp", "us2y"), ("10-year yield, bp", "us10y"))
EVENT_ROWS = ("spx", "nasdaq", "iwm", "real_estate", "utilities", "gold", "dollar")
WANTED = (
    *(f"sensitivity.spx.{f}.{e}.beta" for _, f in FACTORS for _, e in ESTIMATORS),
    *(f"sensitivity.spx.{what}" for what in ("state", "break.flag", "event.all.beta", "impact.total", "fan.up25")),
)
LEAST = 12


@dataclass(frozen=True)
class SensitivitySection:
    """A sign only where an interval leaves zero out; the three estimators are shown and not averaged."""

    number: int = 10
    slug: str = "sensitivity"
    title: str = "Interest-rate sensitivity"

    def build(self, day: Day) -> Section:
        """Insufficient where no asset has a beta."""
        assets = [a for a in _ordered(covered(day.catalog)) if any(day.has(_beta(a, f)) for _, f in FACTORS)]
        made: list[Block | None] = []
        if assets:
            made = [
                *opening(day, assets),
                self._path(day),
                self._estimators(day),
                self._heat(day, assets[:MOST]),
                self._breaks(day, assets),
                self._events(day),
                self._announcements(day),
                self._today(day, [a for a in assets if a.family in MOVED]),
                fan_record(day, assets),
            ]
        return assemble(
            day,
            self.number,
            self.slug,
            self.title,
            tuple(b for b in made if b is not None),
            WANTED,
            1,
            missing=_why(day),
        )

    def _path(self, day: Day) -> Figure | None:
        held = [day.record.daily.get(f"{BETA.rpartition('.')[0]}.{part}", []) for part in ("beta", "low", "high")]
        if len(held[0]) < LEAST or not day.has(BETA):
            return None
        dates = tuple(d for d, _ in held[0])
        values, low, high = (tuple(v for _, v in points) for points in held)
        chart = BandChart(
            dates, values, low, high, "percent", "Return per 10 bp of the real yield, %", "90% band",
            "helps", "hurts", "no link", 2,
        )  # fmt: skip
        return Figure(
            chart,
            ("Real-yield beta of the S&P 500",),
            f"Random-walk beta, per cent per 10 bp, filtered; {BETA.removesuffix('.beta')}",
            ("Line with its band: real-yield beta of the S&P 500 now ", Ref(BETA), " (",
             Ref(BETA, "low"), " to ", Ref(BETA, "high"), ")."),
            note=(
                "Each point knows the days before it and its own; the variances are those of the month's estimation. Strip: blue "
                "helps, vermilion hurts, grey where the band holds zero.",
            ),
        )  # fmt: skip

    def _estimators(self, day: Day) -> Table | None:
        rows = []
        for label, factor in FACTORS:
            cells = []
            for _, estimator in ESTIMATORS:
                id_ = f"sensitivity.spx.{factor}.{estimator}.beta"
                cells.append(Cell(day.ref(id_), below=interval_of(day, id_)))
            rows.append((Cell((label,)), *cells))
        state = "sensitivity.spx.state"
        total = (Cell(("State",)), Cell(day.ref(state)), Cell(), Cell()) if day.has(state) else None
        return Table(
            "S&P 500 by estimator",
            (Column("Per 10 bp", "left"), *(Column(label) for label, _ in ESTIMATORS)),
            tuple(rows),
            total,
            subtitle="Per cent, 90% intervals; state: what two of three say of the real yield",
            width="side",
        )

    def _heat(self, day: Day, assets: list[Asset]) -> Table:
        rows = []
        for asset in assets:
            cells, link = [], kept(day, asset)
            for _, factor in FACTORS:
                id_ = _beta(asset, factor)
                # Of the three only the real yield's links were tested together: no other cell may claim one.
                heat = _tone(day, id_) if link and factor == "real10y" else 0
                cells.append(Cell(day.ref(id_), heat=heat, muted=not signed(day, id_)))
            rows.append(
                (Cell((name_of(day, asset),)), *cells, Cell(day.ref(f"sensitivity.{asset.slug}.state"), muted=not link))
            )
        low, high = TONES
        return Table(
            "Sensitivities, per cent per 10 bp",
            (
                Column("Asset", "left"),
                *(Column(label, optional=factor == "slope") for label, factor in FACTORS),
                Column("State", "left"),
            ),
            tuple(rows),
            subtitle="Rolling regression, 126 sessions; grey where the 90% interval holds zero. Filled: links to the real yield "
            f"that survive the limit for many tests, tones from {low:g} and {high:g}. State: what at least two of three "
            "estimators say of the real yield, each asset taken alone",
            note=(FUNDS_DIFFER,),
        )

    def _breaks(self, day: Day, assets: list[Asset]) -> Table | None:
        found = [
            a for a in assets if day.has(i := f"sensitivity.{a.slug}.break.flag") and day.facts[i].value == "break"
        ]
        found.sort(key=lambda a: -day.facts[f"sensitivity.{a.slug}.break.statistic"].number)
        rows = [
            (
                Cell((name_of(day, a),), below=(Ref(f"{p}.statistic", "period"),)),
                Cell((Ref(f"{p}.before"),)),
                Cell((Ref(f"{p}.after"),)),
            )
            for a in found[:MOST_BREAKS]
            for p in (f"sensitivity.{a.slug}.break",)
        ]
        if not rows:
            return None
        return Table(
            "Breaks of the real yield's beta",
            (Column("Asset", "left"), Column("before"), Column("after")),
            tuple(rows),
            subtitle="Per cent per 10 bp, the plainest break first; the day is an estimate, and one event breaks many",
            width="side",
        )

    def _events(self, day: Day) -> Table | None:
        names = {a.slug: name_of(day, a) for a in covered(day.catalog)}
        rows = []
        for slug in EVENT_ROWS:
            ids = [f"sensitivity.{slug}.event.{kind}.beta" for _, kind in EVENTS]
            if any(day.has(i) for i in ids):
                rows.append((Cell((names[slug],)), *(Cell(day.ref(i), below=interval_of(day, i)) for i in ids)))
        if not rows:
            return None
        counted: list[str | Ref] = []
        for label, kind in EVENTS:
            id_ = f"sensitivity.spx.event.{kind}.beta"
            if day.has(id_):
                counted += [", " if counted else "Days used, S&P 500: ", f"{label} ", Ref(id_, "n")]
        return Table(
            "The real yield's beta on days of events",
            (Column("Asset", "left"), *(Column(label) for label, _ in EVENTS)),
            tuple(rows),
            subtitle="Per cent per 10 bp on days of releases and decisions alone, five years, 90% intervals",
            note=(*counted, ".") if counted else (),
        )

    def _announcements(self, day: Day) -> Table | None:
        """Moves per 10 bp of the two factors of imported surprises; nothing where none are imported."""
        rows = []
        for label, slug in MOVES:
            ids = [f"announcement.us.{slug}.{f}" for f in ("target", "path")]
            if all(day.has(i) for i in ids):
                # The moves are those of fewer years than the factors: each row has its own events.
                events = (Ref(ids[0], "n"), f" events, {day.facts[ids[0]].window}")
                rows.append((Cell((label,), below=events), *(Cell((Ref(i),), below=interval_of(day, i)) for i in ids)))
        newest = [f"announcement.us.{f}" for f in ("target", "path")]
        if not rows or not all(day.has(i) for i in newest):
            return None
        old: Text = ()
        if day.facts[newest[0]].state == "degraded":
            old = (" Old: the newest, of ", Ref(newest[0], "period"), ", is of before the last decisions of the FOMC.")
        return Table(
            "Surprises of the FOMC: target and path",
            (Column("Move of the day, per 10 bp", "left"), Column("Target"), Column("Path")),
            tuple(rows),
            total=(Cell(("Newest surprise",), below=(Ref(newest[0], "period"),)), *(Cell((Ref(i),)) for i in newest)),
            subtitle="Two factors of the surprises you imported; moves from close to close, 90% intervals",
            note=("Announcements that made the factors: ", Ref(newest[0], "n"), ".", *old),
        )

    def _today(self, day: Day, assets: list[Asset]) -> Table | None:
        rows = []
        for asset in assets:
            p = f"sensitivity.{asset.slug}"
            if not day.has(f"{p}.impact.total"):
                continue
            total, up = f"{p}.impact.total", f"{p}.fan.up25"
            rows.append(
                (
                    Cell((name_of(day, asset),)),
                    Cell(day.ref(total), below=interval_of(day, total), muted=not signed(day, total)),
                    Cell(day.ref(f"{p}.impact.residual")),
                    Cell(day.ref(up), below=interval_of(day, up), muted=not signed(day, up)),
                    Cell(day.ref(f"{p}.fan.percentile_5y")),
                )
            )
        if not rows:
            return None
        return Table(
            "The session's move, and 25 bp either way",
            (
                Column("Asset", "left"),
                Column("by yields"),
                Column("rest"),
                Column("at +25 bp"),
                Column("how wide, 5-year rank", optional=True),
            ),
            tuple(rows),
            subtitle="Random-walk betas of the evening before times the session's moves, and the rest of the return; a real "
            "yield 25 bp away with the others unmoved (the other way is its mirror), one session: beta's error and residual. "
            "Below: 90% interval; grey: not distinguishable from zero",
        )


def _beta(asset: Asset, factor: str) -> str:
    return f"sensitivity.{asset.slug}.{factor}.{SHOWN}.beta"


def _ordered(assets: tuple[Asset, ...]) -> list[Asset]:
    out: list[Asset] = []
    for families in FAMILIES:
        group = [a for a in assets if a.family in families]
        out += group if families == ("equity",) else sorted(group, key=lambda a: a.label)
    return out


def _tone(day: Day, id_: str) -> int:
    """Steps of the heat map: none where the interval holds zero."""
    if not day.has(id_) or not signed(day, id_):
        return 0
    fact = day.facts[id_]
    steps = 1 + sum(abs(fact.number) >= t for t in TONES)
    return steps if fact.number > 0.0 else -steps


def _why(day: Day) -> str:
    fact = day.facts.get(BETA)
    return (fact.reason if fact is not None else None) or "no betas were estimated"


SECTION = SensitivitySection()
