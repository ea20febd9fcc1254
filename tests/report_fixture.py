"""A page with every kind of block, for tests of the renderers. ALL FIGURES ARE INVENTED; no provider said them."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from functools import cache

from barograph.core.estimate import Fact, Input, Problem
from barograph.core.units import SECTORS
from barograph.report.blocks import (
    Block,
    Card,
    Cell,
    Column,
    CurveChart,
    CurvePoint,
    FactList,
    Figure,
    Level,
    LineChart,
    Mini,
    Paragraph,
    Ref,
    Report,
    Section,
    Table,
    Text,
)
from barograph.report.format import closing

SESSION = date(2031, 3, 12)
PREVIOUS = date(2031, 3, 11)
EARLIER = date(2031, 2, 11)
AS_OF = datetime(2031, 3, 12, 22, 0, tzinfo=UTC)
TENORS = {
    "1m": 1 / 12,
    "3m": 0.25,
    "6m": 0.5,
    "1y": 1,
    "2y": 2,
    "3y": 3,
    "5y": 5,
    "7y": 7,
    "10y": 10,
    "20y": 20,
    "30y": 30,
}
YIELDS = (4.42, 4.38, 4.21, 3.96, 3.71, 3.70, 3.84, 4.02, 4.27, 4.81, 4.79)
MOVES = (-1.0, 0.0, 1.0, 3.0, 5.0, 5.0, 6.0, 6.0, 7.0, 7.0, 6.0)
MONTH = (-24.0, -14.0, -5.0, 6.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0)
#: slug -> weight (percent), return (percent); contributions follow.
MEMBERS = (
    (9.7, 1.31), (10.4, 0.72), (5.3, -0.31), (3.1, 0.12), (13.2, 0.28), (9.4, 0.58), (8.3, 0.49),
    (35.1, -0.07), (1.9, 0.21), (1.9, -0.26), (1.7, -0.03),
)  # fmt: skip
INDEX_RETURN = 0.2874
ASSETS: tuple[tuple[str, str, str, float, float], ...] = (
    # name, prefix, unit, level, one-session move in sd
    ("S&P 500", "equity.us.spx", "index", 8123.44, 0.3),
    ("Nasdaq Composite", "equity.us.nasdaq", "index", 27114.9, 0.1),
    ("Small caps, IWM", "equity.us.iwm", "usd", 301.27, 1.02),
    ("2-year yield", "curve.us.2y", "percent", 3.71, 0.9),
    ("10-year yield", "curve.us.10y", "percent", 4.27, 1.36),
    ("10-year real yield", "curve.us.real10y", "percent", 1.94, 1.44),
    ("10-year breakeven", "curve.us.breakeven10y", "percent", 2.33, 0.4),
    ("2s10s slope", "curve.us.2s10s", "bp", 56.0, 0.6),
    ("IG spread, cash", "credit.us.ig.oas", "bp", 88.0, -1.3),
    ("HY spread, cash", "credit.us.hy.oas", "bp", 322.0, -0.7),
    ("VIX", "vol.us.vix", "points", 17.62, -0.4),
    ("MOVE", "vol.us.move", "points", 70.15, 2.3),
    ("Gold, GLD", "commodity.gold", "usd", 402.18, 3.4),
    ("WTI", "commodity.wti", "usd_per_barrel", 61.3, -0.8),
    ("Broad dollar", "fx.us.broad_dollar", "index", 121.06, 0.1),
    ("Bitcoin", "crypto.btc", "usd", 141200.0, 1.7),
)


def lineage(series_id: str, first: date = date(2026, 3, 12), last: date = SESSION, basis: str = "schedule") -> Input:
    """An input with an invented batch."""
    sha = f"{abs(hash_of(series_id)):064x}"[-64:]
    return Input(series_id, first, last, 1255, AS_OF - timedelta(minutes=30), (basis,), ((f"b{sha[-6:]}", sha),))


def hash_of(text: str) -> int:
    """A number from a text that is the same in every process."""
    out = 7
    for c in text:
        out = (out * 1000003 + ord(c)) % (1 << 250)
    return out


@cache
def facts() -> dict[str, Fact]:
    """Every fact of the fixture by id."""
    rng = random.Random(11)
    out: dict[str, Fact] = {}

    def add(id_: str, value: float | str | None, unit: str, **more: object) -> None:
        series = more.pop("series", id_.rpartition(".")[0] or id_)
        basis = more.pop("basis", "schedule")
        more.setdefault("period", SESSION)
        more.setdefault("known_at", AS_OF - timedelta(minutes=30))
        out[id_] = Fact(
            id_,
            value,
            unit,
            known_basis=basis,
            lineage=(lineage(str(series), basis=str(basis)),),
            **more,  # type: ignore[arg-type]
        )

    for _, prefix, unit, level, z in ASSETS:
        add(f"{prefix}.level", level, unit, series=f"{prefix}.series")
        changes = unit in ("percent", "bp", "points")
        kind, out_unit = ("change", "points" if unit == "points" else "bp") if changes else ("return", "percent")
        size = {"bp": 5.0, "points": 1.1, "percent": 0.9}[out_unit]
        for horizon, scale in (("1d", 1.0), ("5d", 2.1), ("20d", 4.2)):
            value = size * (z if horizon == "1d" else rng.gauss(0, scale))
            add(f"{prefix}.{kind}_{horizon}", round(value, 4), out_unit)
        add(f"{prefix}.z_1d", z, "sigma", n=252, window="252 sessions")
        add(f"{prefix}.rarity_1d", max(0.0, 100 - 35 * abs(z)), "percent", n=252, window="252 sessions")
        add(
            f"{prefix}.percentile_5y",
            rng.uniform(0.02, 99.98),
            "percent",
            n=1255,
            window="2026-03-12 to 2031-03-12",
            state="ok",
        )
        add(f"{prefix}.strength", round(rng.uniform(-9, 9), 2), "forecast")
        add(f"{prefix}.state", rng.choice(["bull", "correction", "bear", "rebound"]), "label")
        add(f"{prefix}.half_life", rng.uniform(4, 90), "sessions", low=3.0, high=140.0, n=1255)
        add(f"{prefix}.variance_ratio", rng.uniform(0.8, 1.2), "ratio", low=0.7, high=1.3, n=1255)
        add(f"{prefix}.verdict", rng.choice(["trend", "revert", "neither"]), "label")
    for (tenor, _), level, move, month in zip(TENORS.items(), YIELDS, MOVES, MONTH, strict=True):
        add(f"curve.us.{tenor}.level", level, "percent")
        add(f"curve.us.{tenor}.change_1d", move, "bp")
        add(f"curve.us.{tenor}.change_20d", month, "bp")
    add("curve.us.move_1d", "bear_steepener", "label")
    add("curve.us.10y.split_real_1d", 6.2, "bp")
    add("curve.us.10y.split_breakeven_1d", 0.8, "bp")
    for slug, (weight, gain) in zip(sorted(SECTORS.values()), MEMBERS, strict=True):
        add(f"equity.us.sector.{slug}.weight", weight, "percent", series="us.equity.member.weight")
        add(f"equity.us.sector.{slug}.return_1d", gain, "percent", series="us.equity.member.close")
        add(f"equity.us.sector.{slug}.contribution_1d", weight * gain / 100, "pp", series="us.equity.member.close")
    parts = [out[f"equity.us.sector.{s}.contribution_1d"] for s in SECTORS.values()]
    add("equity.us.spx.contribution_1d", INDEX_RETURN, "pp")
    total = out["equity.us.spx.contribution_1d"]
    add("equity.us.attribution.residual", INDEX_RETURN - sum(p.number for p in parts), "pp")
    add("equity.us.attribution.residual_printed", closing(total, parts), "pp")
    add("equity.us.breadth.advancing", 61.2, "percent", n=503)
    add("equity.us.equal_minus_cap", 0.214, "pp")
    add("equity.us.attribution.method", "constituents", "label")
    for name, value, on in (
        ("avg", 112.4, None),
        ("tight", 78.0, date(2030, 9, 19)),
        ("wide", 171.0, date(2027, 10, 12)),
    ):
        add(f"credit.us.ig.oas.{name}_5y", value, "bp", period=on or SESSION)
        add(f"credit.us.ig.oas.gap_5y_{name}", 88.0 - value, "bp")
    add("credit.us.ig.oas.percentile_3y", 21.4, "percent", window="2029-01-02 to 2031-03-12", state="degraded",
        reason="2.2 years held of 3")  # fmt: skip
    for asset, unit, low, high in (("spx", "index", 8051.2, 8190.7), ("us10y", "percent", 4.196, 4.348)):
        add(f"range.{asset}.low", low, unit)
        add(f"range.{asset}.high", high, unit)
        add(f"range.{asset}.hit_rate", 79.6, "percent", low=74.2, high=84.1, n=250)
        add(f"range.{asset}.previous_low", low * 0.998, unit, period=PREVIOUS)
        add(f"range.{asset}.previous_high", high * 0.996, unit, period=PREVIOUS)
        add(f"range.{asset}.previous_result", "hit" if asset == "spx" else "miss", "label")
    add("macro.us.payrolls.latest", 161204.0, "thousands", period=date(2031, 1, 1), basis="vintage")
    add("macro.us.payrolls.change_1m", 41.0, "thousands", period=date(2031, 1, 1), basis="vintage")
    add("macro.us.unemployment_rate.latest", 4.4, "percent", period=date(2031, 1, 1), basis="vintage")
    add("macro.us.cpi.yoy", 2.94, "percent", period=date(2031, 1, 1), basis="assumed")
    add("macro.us.gdp_real.latest", 25120.4, "usd_bn_2017", period=date(2030, 10, 1), basis="assumed")
    add("macro.us.initial_claims.latest", 231.0, "thousands", period=date(2031, 3, 1), basis="assumed")
    add(
        "us.cot.spx.net",
        None,
        "count",
        state="insufficient",
        reason="no report since 4 Feb",
        period=None,
        known_at=None,
    )
    add("us.cot.spx.last", -112400.0, "count", period=date(2031, 2, 4))
    return out


def ref(id_: str, part: str = "value") -> Text:
    """A text that is one reference."""
    return (Ref(id_, part),)  # type: ignore[arg-type]


def cell(id_: str, *, strong: bool = False, muted: bool = False, mini: Mini | None = None, below: Text = ()) -> Cell:
    """A cell that holds one fact."""
    return Cell(ref(id_), mini=mini, below=below, strong=strong, muted=muted)


def word(*text: str) -> Cell:
    """A cell of plain words."""
    return Cell(tuple(text))


def walk(seed: int, n: int, start: float, size: float, floor: float = 1.0) -> tuple[float, ...]:
    """An invented path."""
    rng, out = random.Random(seed), [start]
    for _ in range(n - 1):
        out.append(max(floor, out[-1] + rng.gauss(0, size) + 0.004 * (start - out[-1])))
    return tuple(round(v, 2) for v in out)


def business_days(n: int) -> tuple[date, ...]:
    """The last `n` weekdays up to the session."""
    out: list[date] = []
    day = SESSION
    while len(out) < n:
        if day.weekday() < 5:
            out.append(day)
        day -= timedelta(1)
    return tuple(reversed(out))


def change_id(prefix: str, horizon: str) -> str:
    """The change or return of a prefix, whichever there is."""
    return next(i for i in (f"{prefix}.change_{horizon}", f"{prefix}.return_{horizon}") if i in facts())


def report(
    *, sample: bool = False, sections: tuple[Section, ...] | None = None, notice: str | None = None, note: str = ""
) -> Report:
    """The page."""
    from report_sections import all_sections

    return Report(
        session=SESSION,
        as_of=AS_OF,
        stored_as_of=None,
        notice="Invented closure, day 36: last payrolls known January, no positioning report since 4 February."
        if notice is None
        else notice,
        note=note,
        sections=all_sections() if sections is None else sections,
        facts=tuple(facts().values()),
        problems=(
            Problem(
                "cboe",
                "us.vol.skew",
                "The provider answered with a page instead of a table.",
                "warning",
                "The next update asks again.",
            ),
            Problem(
                "archive",
                "us.equity.iwm",
                "A close 10 times the one before is held back.",
                "error",
                "Look at it with `barograph quarantine`.",
            ),
        ),
        head="9f2b7c44d1e05a6f8b3c2d7e914a6b5c0d8e7f6a5b4c3d2e1f0a9b8c7d6e5f40",
        version="0.1.0",
        sample=sample,
        environment=(("python", "3.11.7"), ("polars", "2.1.0"), ("tzdata", "2026.1")),
    )


__all__ = [
    "ASSETS", "Block", "Card", "Cell", "Column", "CurveChart", "CurvePoint", "FactList", "Figure", "Level",
    "LineChart", "Mini", "Paragraph", "Ref", "Report", "Section", "Table", "Text",
]  # fmt: skip
