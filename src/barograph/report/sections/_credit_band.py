"""The credit bands on the page: the fan, bands beside the usual ones, skew and carry, betas, drivers, the band's record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from barograph.models.assets import Asset
from barograph.models.credit._ids import head_of
from barograph.report.blocks import Cell, Column, FanChart, FanStep, Figure, Level, Ref, Table, Text
from barograph.report.day import Day
from barograph.report.sections._credit_record import between as _between
from barograph.report.sections._credit_record import each, record, short_of, spoken, width_of

HORIZONS = (5, 21, 63)
WORDS = ("q05", "q25", "q50", "q75", "q95")
DRIVERS = (
    ("Level, its percentile", "level"),
    ("MOVE", "move"),
    ("VIX", "vix"),
    ("10-year real yield, 21 sessions", "real10y"),
    ("S&P 500, 21 sessions", "equity"),
    ("10-year less 2-year", "slope"),
    ("All else", "rest"),
)
FACTORS = (
    ("10-year yield", "rates"),
    ("MOVE", "volatility"),
    ("S&P 500", "equity"),
)


def fan_figure(day: Day, asset: Asset, history: tuple[tuple[date, ...], tuple[float, ...]], levels: tuple[Level, ...],
               title: Text, about: str) -> Figure | None:  # fmt: skip
    """History and fan of one spread; None without a band or without the level that it starts from."""
    head, level = head_of(asset), f"{asset.prefix}.level"
    if not day.has(level) or not history[0] or history[0][-1] != day.facts[level].period:
        return None
    base = day.facts[level].number
    steps = []
    for h in HORIZONS:
        ids = [*(f"{head}.band_{h}d.{w}" for w in WORDS), *(f"{head}.usual_{h}d.{w}" for w in ("q05", "q95"))]
        if all(day.has(i) for i in ids):
            steps.append(FanStep(h, *(base + day.facts[i].number for i in ids)))
    if not steps:
        return None
    h = steps[-1].sessions
    q = f"{head}.band_{h}d"
    alt: Text = (
        *(f"Line and fan of {spoken(asset)}: now ", Ref(level), "; conditional band of the coming change "),
        *(Ref(f"{q}.q05"), " to ", Ref(f"{q}.q95"), "; unconditional one "),
        *(Ref(f"{head}.usual_{h}d.q05"), " to ", Ref(f"{head}.usual_{h}d.q95"), "."),
    )
    note: Text = ("Right: coming sessions given today's regressors, straight between the horizons.",)
    about = f"{about}. Non-overlapping periods in the sample: {_counts(day, head)}"
    chart = FanChart(
        short_of(asset), *history, tuple(steps), "bp", "Spread, bp; left history, right sessions ahead", levels,
        None if asset.slug in ("ig", "hy") else 1, (width_of(day, head, "50"), width_of(day, head, "90")),
    )  # fmt: skip
    return Figure(chart, title, about, alt, note, width="main" if asset.slug == "ig" else "side")


def _counts(day: Day, head: str) -> str:
    """How many horizons the sample holds that do not overlap: `5 sessions 1,123; 21: 266`."""
    held = {h: day.facts[f"{head}.band_{h}d.q50"].n or 0 for h in HORIZONS if day.has(f"{head}.band_{h}d.q50")}
    return "; ".join(f"{h}{': ' if k else ' sessions '}{n:,}" for k, (h, n) in enumerate(held.items()))


def tables(day: Day, assets: Sequence[Asset]) -> list[Table]:
    """Every table of the bands that has a row."""
    made = (bands(day, assets), shape(day, assets), drivers(day, assets), betas(day, assets), record(day, assets))
    return [t for t in made if t is not None]


def bands(day: Day, assets: Sequence[Asset]) -> Table | None:
    """Conditional quantiles by spread and horizon, the usual ones below each."""
    rows = []
    for asset in assets:
        head = head_of(asset)
        for h in HORIZONS:
            if not day.has(f"{head}.band_{h}d.q50"):
                continue
            cells = [
                Cell((Ref(f"{head}.band_{h}d.{w}"),), below=(Ref(f"{head}.usual_{h}d.{w}"),), strong=w == "q50")
                for w in WORDS
            ]
            label = Cell(
                (f"{short_of(asset)}, {h} sessions",), below=("usual", "; n ", Ref(f"{head}.band_{h}d.q50", "n"))
            )
            rows.append((label, *cells))
    if not rows:
        return None
    columns = (
        Column("Change to come", "left"),
        Column("5%"),
        Column("25%", optional=True),
        Column("Median"),
        Column("75%", optional=True),
        Column("95%"),
    )
    return Table(
        "Bands of the coming change in bp",
        columns,
        tuple(rows),
        subtitle="Quantiles given today's regressors; below each the quantile of all rows of the same window",
        note=("n counts whole horizons, as changes that start on each session overlap.",),
    )


def shape(day: Day, assets: Sequence[Asset]) -> Table | None:
    """Skew, carry and fair value."""
    rows = []
    for asset in assets:
        p = head_of(asset)
        if not day.has(f"{p}.asymmetry_21d"):
            continue
        carry, skew, fifth = (f"{p}.{k}_21d" for k in ("carry_breakeven", "asymmetry", "fifth"))
        usual = f"{carry}.p_exceed_base"
        rows.append(
            (
                Cell((short_of(asset),)),
                Cell((Ref(skew),), below=_between(day, skew)),
                Cell(
                    (Ref(f"{fifth}.asymmetry"),) if day.has(f"{fifth}.asymmetry") else ("–",),
                    below=("fifth ", Ref(fifth), " of 5") if day.has(fifth) else (),
                ),
                Cell(day.ref(carry)),
                Cell(_chance(day, f"{carry}.p_exceed"), below=_between(day, f"{carry}.p_exceed")),
                Cell(_chance(day, usual)),
                Cell(day.ref(f"{p}.fair_value"), below=_fair(day, p)),
                Cell(day.ref(f"{p}.fair_gap")),
            )
        )
    if not rows:
        return None
    columns = (
        Column("21 sessions", "left"),
        Column("Up to down"),
        Column("In its fifth", optional=True),
        Column("Breakeven"),
        Column("P(wider)"),
        Column("usual", optional=True),
        Column("Fair value", optional=True),
        Column("Level less it", optional=True),
    )
    return Table(
        "Asymmetry, carry and fair value",
        columns,
        tuple(rows),
        subtitle="Up to down: 95% less median over median less 5%; in its fifth: of changes from levels in the same fifth of "
        "history. Intervals of nominal 90%: in simulations those of the asymmetry held it as often as they say and those of a "
        "quantile less often (docs/explanation/credit.md), so that the chance's is too short",
        note=(
            "The breakeven is the move that costs the carry at an assumed duration, which its fact names. Fair value is a "
            "regression of the level with an interval of its draws; fit is its share of the variance in the sample. It is no "
            "forecast.",
        ),
    )


def _chance(day: Day, id_: str) -> Text:
    """A probability, said as a bound where it lies beyond the outer quantiles."""
    if not day.has(id_):
        return ("–",)
    word = next((w for w in ("at most", "at least") if (day.facts[id_].window or "").endswith(w)), "")
    return (f"{word} ", Ref(id_)) if word else (Ref(id_),)


def _fair(day: Day, p: str) -> Text:
    """Interval, n and fit of the fair value."""
    value, fit = f"{p}.fair_value", f"{p}.fair_fit"
    if not day.has(value):
        return ()
    counted: Text = (" n ", Ref(value, "n"), *((", fit ", Ref(fit)) if day.has(fit) else ()))
    return (*_between(day, value), *counted)


def drivers(day: Day, assets: Sequence[Asset]) -> Table | None:
    """What the model's own coefficients add to the median and to the 95 per cent quantile of 21 sessions."""
    known = [a for a in assets if day.has(f"{head_of(a)}.tilt_21d.q95")]
    if not known:
        return None
    columns = [Column("Driver", "left")]
    for a in known:
        columns += [Column(f"{short_of(a)}, median"), Column(f"{short_of(a)}, 95%")]
    rows = []
    for label, driver in DRIVERS:
        cells = [
            Cell(day.ref(i) if day.has(i) else ("–",), muted=not day.has(i) or day.facts[i].number == 0.0)
            for a in known
            for i in (f"{head_of(a)}.driver_21d.{w}.{driver}" for w in ("q50", "q95"))
        ]
        rows.append((Cell((label,)), *cells))
    total = [Cell(day.ref(f"{head_of(a)}.tilt_21d.{w}")) for a in known for w in ("q50", "q95")]
    moves = {
        w: [label for label, d in DRIVERS[:-1] if any(_moved(day, f"{head_of(a)}.driver_21d.{w}.{d}") for a in known)]
        for w in ("q50", "q95")
    }
    outer = f"the 95% quantile moves with: {'; '.join(moves['q95'])}" if moves["q95"] else "nor the 95% quantile"
    said = "" if moves["q50"] else f". No driver shifts the median; {outer}"
    return Table(
        "What tightens and what widens",
        tuple(columns),
        tuple(rows),
        (Cell(("Band less usual",)), *total),
        subtitle="bp over 21 sessions: coefficient times today's regressor less its mean in the window; plus widens. The penalty "
        f"leaves out what does not show{said}",
    )


def _moved(day: Day, id_: str) -> bool:
    return day.has(id_) and day.facts[id_].number != 0.0


def betas(day: Day, assets: Sequence[Asset]) -> Table | None:
    """Rolling betas with their intervals."""
    known = [a for a in assets if day.has(f"{head_of(a)}.beta_252d.rates")]
    if not known:
        return None
    rows = []
    for label, factor in FACTORS:
        cells = []
        for a in known:
            id_ = f"{head_of(a)}.beta_252d.{factor}"
            cells.append(Cell(day.ref(id_), below=_between(day, id_)))
        rows.append((Cell((label,)), *cells))
    return Table(
        "Betas of one-day changes",
        (Column("Spread change in bp", "left"), *(Column(short_of(a)) for a in known)),
        tuple(rows),
        subtitle="bp per +10 bp of the yield, +10 points of MOVE, +1% of stocks, all three together; 90% intervals",
        note=("One-day changes: ", *each(day, known, "beta_252d.rates"), "."),
        width="side",
    )
