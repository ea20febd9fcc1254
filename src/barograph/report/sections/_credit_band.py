"""The credit bands on the page: the fan, bands beside the usual ones, skew and carry, betas, drivers, the band's record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from barograph.models.assets import Asset
from barograph.models.credit.credit_band import head_of
from barograph.report.blocks import Cell, Column, FanChart, FanStep, Figure, Level, Ref, Table, Text
from barograph.report.day import Day

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


def short_of(asset: Asset) -> str:
    """What a spread is called in a table: the instrument is always part of it."""
    return {"ig": "IG cash", "hy": "HY cash"}.get(asset.slug, asset.label)


def spoken(asset: Asset) -> str:
    """The same in a sentence, where a user's own title may hold numbers that no fact bears."""
    return short_of(asset) if asset.slug in ("ig", "hy") else "an imported spread"


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
    note: Text = (
        *("Right: coming sessions given today's regressors, straight between the horizons. Whole horizons for each: "),
        *_counts(day, head),
        ".",
    )
    chart = FanChart(
        short_of(asset), *history, tuple(steps), "bp", "Spread, bp; left five years, right sessions ahead", levels,
        None if asset.slug in ("ig", "hy") else 1,
    )  # fmt: skip
    return Figure(chart, title, about, alt, note, width="main" if asset.slug == "ig" else "side")


def _counts(day: Day, head: str) -> Text:
    out: list[str | Ref] = []
    for h in HORIZONS:
        if day.has(f"{head}.band_{h}d.q50"):
            out += [", " if out else "", Ref(f"{head}.band_{h}d.q50", "n")]
    return tuple(out)


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
                Cell(day.ref(f"{carry}.p_exceed"), below=_between(day, f"{carry}.p_exceed")),
                Cell((Ref(usual),) if day.has(usual) else ("–",)),
                Cell(day.ref(f"{p}.fair_value"), below=_between(day, f"{p}.fair_value")),
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
        subtitle="Up to down: 95% less median over median less 5%, 90% interval; in its fifth: of changes from levels in the "
        "same fifth of history",
        note=(
            "The breakeven is the move that costs the carry at an assumed duration, which its fact names. Fair value is a "
            "regression of the level with an interval of its draws. It is no forecast.",
        ),
    )


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
    return Table(
        "What tightens and what widens",
        tuple(columns),
        tuple(rows),
        (Cell(("Band less usual",)), *total),
        subtitle="bp over 21 sessions: coefficient times today's regressor less its mean in the window; plus widens. The penalty "
        "leaves out what does not show",
    )


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
        subtitle="bp per +10 bp of the yield, +10 points of MOVE, +1% of stocks, all three together; 252 sessions, 90% intervals",
        width="side",
    )


def record(day: Day, assets: Sequence[Asset]) -> Table | None:
    """The band's own record out of sample."""
    known = [a for a in assets if day.has(f"{head_of(a)}.record_21d.verdict")]
    if not known:
        return None
    parts = (
        ("Loss under that of the usual band", "gain", ""),
        ("Chance if they were equal", "p_equal", ""),
        ("Inside the wide band", "share_in_90", "ends"),
        ("Inside the narrow band", "share_in_50", "ends"),
        ("Verdict", "verdict", ""),
    )
    rows = []
    for label, part, ends in parts:
        cells = []
        for a in known:
            id_ = f"{head_of(a)}.record_21d.{part}"
            cells.append(Cell(day.ref(id_), below=_between(day, id_) if ends else ()))
        rows.append((Cell((label,)), *cells))
    counted: list[str | Ref] = ["Outcomes that do not overlap: "]
    for k, a in enumerate(known):
        counted += ["; " if k else "", f"{spoken(a)} ", Ref(f"{head_of(a)}.record_21d.verdict", "n")]
    return Table(
        "Record of the 21-session band",
        (Column("Ten years, refitted yearly", "left"), *(Column(short_of(a)) for a in known)),
        tuple(rows),
        subtitle="Pinball loss on outcomes after the fit; the wide band should hold 90%, the narrow one 50%",
        note=(*counted, "."),
        width="side",
    )


def _between(day: Day, id_: str) -> Text:
    """The interval of a fact, where it has one."""
    fact = day.facts.get(id_)
    if fact is None or fact.low is None or fact.high is None:
        return ()
    return ("[", Ref(id_, "low"), ", ", Ref(id_, "high"), "]")
