"""Facts of whole invented pages, coherent among themselves, for tests of findings, sentences and their checker."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from barograph.core.estimate import Fact, Input
from barograph.core.release import Closure, ReleaseRule
from barograph.core.series import Series
from barograph.core.time import session_after, session_before
from barograph.core.units import SECTORS
from barograph.findings import Context
from barograph.report.narrative.setting import Setting

SESSION = date(2025, 11, 5)
#: (number from low to high) -> drawn value.
Draw = Callable[[float, float], float]
PRICES = {
    "equity.us.spx": ("index", 6500.0),
    "equity.us.iwm": ("usd", 243.0),
    "commodity.gold": ("usd", 365.0),
    "commodity.oil": ("usd", 71.0),
    "fx.us.dollar": ("usd", 28.0),
    "crypto.btc": ("usd", 103_000.0),
    "equity.us.nvda": ("usd", 195.0),
}
SLOPES = (("2s10s", "10y", "2y"), ("5s30s", "30y", "5y"), ("3m10y", "10y", "3m"))
STATES = ("bull", "correction", "bear", "rebound")


def seeded(seed: int) -> Draw:
    """Draws from a seeded generator."""
    return random.Random(seed).uniform


@dataclass
class Page:
    """Facts under construction; `add` keeps the id and the fact together."""

    session: date
    facts: dict[str, Fact] = field(default_factory=dict)

    def add(self, id_: str, value: float | str | None, unit: str, **more: object) -> None:
        """Put one fact in; the period is the session unless given."""
        state = "insufficient" if value is None else more.pop("state", "ok")
        more.setdefault("period", self.session)
        more.setdefault(
            "known_at", datetime.combine(self.session, datetime.min.time(), tzinfo=UTC) + timedelta(hours=22)
        )
        self.facts[id_] = Fact(id_, value, unit, state=state, **more)  # type: ignore[arg-type]


def page(draw: Draw, session: date = SESSION) -> dict[str, Fact]:
    """One coherent page: prices, curve, credit, volatility, attribution, momentum, ranges, prints, input counts."""
    p = Page(session)
    for prefix, (unit, base) in PRICES.items():
        move = draw(-4.0, 4.0)
        p.add(f"{prefix}.level", base * (1 + draw(-0.1, 0.1)), unit)
        p.add(f"{prefix}.return_1d", move, "percent")
        p.add(f"{prefix}.return_5d", draw(-6.0, 6.0), "percent")
        p.add(f"{prefix}.return_20d", draw(-9.0, 9.0), "percent")
        p.add(f"{prefix}.z_1d", move * draw(0.4, 1.2), "sigma", window="252 sessions")
        p.add(f"{prefix}.rarity_1d", draw(0.0, 100.0), "percent", window="252 sessions")
        p.add(f"{prefix}.percentile_5y", draw(0.0, 100.0), "percent", window=_five_years(session))
    curve(p, draw)
    credit(p, draw)
    p.add("vol.us.vix.level", draw(9.0, 60.0), "points")
    vix = draw(-5.0, 5.0)
    p.add("vol.us.vix.change_1d", vix, "points")
    p.add("vol.us.vix.z_1d", vix * draw(0.3, 0.8), "sigma", window="252 sessions")
    attribution(p, draw)
    momentum(p, draw)
    for asset, prefix in (("spx", "equity.us.spx"), ("us10y", "curve.us.10y")):
        level = p.facts[f"{prefix}.level"]
        width = abs(level.number) * draw(0.004, 0.02)
        p.add(f"range.{asset}.low", level.number - width, level.unit, n=250)
        p.add(f"range.{asset}.high", level.number + width, level.unit, n=250)
        p.add(f"range.{asset}.previous_result", "hit" if draw(0, 1) < 0.8 else "miss", "label")
    prints(p, draw)
    p.add("page.inputs.predate", float(int(draw(0, 9))), "count")
    p.add("page.inputs.total", float(int(draw(10, 60))), "count")
    return p.facts


def curve(p: Page, draw: Draw) -> None:
    """Yields, real yields, breakevens and slopes that satisfy their identities, with the classification."""
    level = {t: draw(0.2, 7.0) for t in ("3m", "2y", "5y", "10y", "30y")}
    moves = {t: {h: draw(-20.0, 20.0) for h in ("1d", "5d", "20d")} for t in level}
    for tenor, value in level.items():
        _yield(p, draw, f"curve.us.{tenor}", value, moves[tenor])
    for tenor in ("5y", "10y", "30y"):
        real = draw(-1.0, 3.0)
        split = {h: draw(-15.0, 15.0) for h in ("1d", "5d", "20d")}
        _yield(p, draw, f"curve.us.real{tenor}", real, split)
        rest = {h: moves[tenor][h] - split[h] for h in split}
        _yield(p, draw, f"curve.us.breakeven{tenor}", level[tenor] - real, rest)
        if tenor == "10y":
            p.add("curve.us.10y.split_real_1d", split["1d"], "bp")
            p.add("curve.us.10y.split_breakeven_1d", rest["1d"], "bp")
    for slope, long, short in SLOPES:
        prefix = f"curve.us.{slope}"
        p.add(f"{prefix}.level", 100.0 * level[long] - 100.0 * level[short], "bp")
        for h in ("1d", "5d", "20d"):
            p.add(f"{prefix}.change_{h}", moves[long][h] - moves[short][h], "bp")
        p.add(f"{prefix}.z_1d", (moves[long]["1d"] - moves[short]["1d"]) * draw(0.1, 0.4), "sigma")
    for h in ("1d", "20d"):
        short, long = moves["2y"][h], moves["10y"][h]
        if abs(short) < 1.5 and abs(long) < 1.5:
            move = "unchanged"
        elif abs(long - short) < 1.5:
            move = ("bear" if long > 0 else "bull") + "_parallel"
        elif short * long < 0 and min(abs(short), abs(long)) > 1.5:
            move = "twist_" + ("steepener" if long > short else "flattener")
        else:
            move = ("bear_" if short + long > 0 else "bull_") + ("steepener" if long > short else "flattener")
        p.add(f"curve.us.move_{h}", move, "label")
        p.add(f"curve.us.move_{h}.leg", "long" if abs(long) > abs(short) else "front", "label")
        z = draw(-3.0, 3.0)
        p.add(f"curve.us.slope_z_{h}", z, "sigma")
        p.add(f"curve.us.move_{h}.modest", "yes" if abs(z) < 1 else "no", "label")


def _yield(p: Page, draw: Draw, prefix: str, level: float, moves: dict[str, float]) -> None:
    p.add(f"{prefix}.level", level, "percent")
    for h, move in moves.items():
        p.add(f"{prefix}.change_{h}", move, "bp")
    p.add(f"{prefix}.z_1d", moves["1d"] * draw(0.1, 0.3), "sigma", window="252 sessions")
    p.add(f"{prefix}.percentile_5y", draw(0.0, 100.0), "percent", window=_five_years(p.session))


def credit(p: Page, draw: Draw) -> None:
    """Two spreads with their references."""
    for spread, base in (("ig", 80.0), ("hy", 300.0)):
        prefix = f"credit.us.{spread}.oas"
        tight, wide = base * draw(0.6, 0.9), base * draw(1.5, 2.5)
        level, mean = tight + (wide - tight) * draw(0.0, 1.0), tight + (wide - tight) * draw(0.3, 0.7)
        p.add(f"{prefix}.level", level, "bp")
        for h in ("1d", "5d", "20d"):
            p.add(f"{prefix}.change_{h}", draw(-12.0, 12.0), "bp")
        p.add(f"{prefix}.z_1d", p.facts[f"{prefix}.change_1d"].number * draw(0.1, 0.4), "sigma")
        p.add(f"{prefix}.avg_5y", mean, "bp", window=_five_years(p.session))
        days = {k: p.session - timedelta(int(draw(30, 1800))) for k in ("tight", "wide")}
        p.add(f"{prefix}.tight_5y", tight, "bp", period=days["tight"])
        p.add(f"{prefix}.wide_5y", wide, "bp", period=days["wide"])
        for gap, value in (("avg", mean), ("tight", tight), ("wide", wide)):
            p.add(f"{prefix}.gap_5y_{gap}", level - value, "bp")
        p.add(f"{prefix}.percentile_5y", draw(0.0, 100.0), "percent", window=_five_years(p.session))
        p.add(f"{prefix}.percentile_3y", draw(0.0, 100.0), "percent")


def attribution(p: Page, draw: Draw) -> None:
    """Eleven sectors whose contributions and a residual add up to the index return."""
    total = 0.0
    for slug in SECTORS.values():
        prefix = f"equity.us.sector.{slug}"
        weight, move = draw(1.0, 30.0), draw(-3.0, 3.0)
        total += weight * move / 100.0
        p.add(f"{prefix}.weight", weight, "percent")
        p.add(f"{prefix}.return_1d", move, "percent")
        p.add(f"{prefix}.contribution_1d", weight * move / 100.0, "pp")
    index = p.facts["equity.us.spx.return_1d"].number
    p.add("equity.us.attribution.total", total, "pp")
    p.add("equity.us.attribution.residual", index - total, "pp")
    p.add("equity.us.attribution.method", "constituents", "label")
    p.add("equity.us.breadth.advancing", draw(0.0, 100.0), "percent")
    p.add("equity.us.equal_weight.return_1d", draw(-3.0, 3.0), "percent")
    p.add("equity.us.equal_minus_cap", p.facts["equity.us.equal_weight.return_1d"].number - index, "pp")


def momentum(p: Page, draw: Draw) -> None:
    """State and strength of four assets."""
    for asset in ("spx", "us10y", "gold", "btc"):
        p.add(f"momentum.{asset}.state", STATES[int(draw(0, 3.999))], "label")
        p.add(f"momentum.{asset}.strength", draw(-10.0, 10.0), "forecast")
        p.add(f"momentum.{asset}.return_252d", draw(-30.0, 30.0), "percent")
        p.add(f"momentum.{asset}.return_21d", draw(-9.0, 9.0), "percent")


def prints(p: Page, draw: Draw) -> None:
    """The last known macro prints."""
    p.add("positioning.us.es.leveraged.net", draw(-300_000, 300_000), "contracts", period=date(2025, 10, 28))
    p.add("macro.us.payrolls.latest", draw(150_000, 160_000), "thousands", period=date(2025, 8, 1))
    p.add("macro.us.payrolls.change_1m", draw(-80, 300), "thousands", period=date(2025, 8, 1))
    p.add("macro.us.unemployment_rate.latest", draw(3.0, 9.0), "percent", period=date(2025, 8, 1))
    p.add("macro.us.cpi.latest", draw(300.0, 330.0), "index", period=date(2025, 9, 1))
    p.add("macro.us.cpi.yoy", draw(-1.0, 9.0), "percent", period=date(2025, 9, 1))
    claims = p.session - timedelta((p.session.weekday() + 2) % 7 or 7)
    p.add("macro.us.initial_claims.latest", draw(180, 400), "thousands", period=claims)


def _five_years(session: date) -> str:
    return f"{session - timedelta(1826)} to {session}"


def setting(session: date = SESSION, previous: dict[str, Fact] | None = None) -> Setting:
    """The sessions around a page on the NYSE calendar."""
    return Setting(session, session_before("NYSE", session), session_after("NYSE", session), previous or {})


def golden() -> dict[str, Fact]:
    """A page with round invented figures: small rise, modest bear steepener, spread just above the middle."""
    p = Page(SESSION, page(seeded(5)))
    p.add("equity.us.spx.level", 6796.3, "index")
    p.add("equity.us.spx.return_1d", 0.365, "percent")
    p.add("equity.us.spx.z_1d", 0.41, "sigma")
    for prefix, level, move, z in (("curve.us.2y", 3.63, 5.0, 0.9), ("curve.us.10y", 4.17, 8.0, 1.31)):
        p.add(f"{prefix}.level", level, "percent")
        p.add(f"{prefix}.change_1d", move, "bp")
        p.add(f"{prefix}.z_1d", z, "sigma")
    p.add("curve.us.2s10s.level", 54.0, "bp")
    p.add("curve.us.2s10s.change_1d", 3.0, "bp")
    p.add("curve.us.2s10s.z_1d", 0.8, "sigma")
    p.add("curve.us.move_1d", "bear_steepener", "label")
    p.add("curve.us.move_1d.modest", "yes", "label")
    p.add("curve.us.move_1d.leg", "long", "label")
    p.add("curve.us.10y.split_real_1d", 5.0, "bp")
    p.add("curve.us.10y.split_breakeven_1d", 3.0, "bp")
    ig = "credit.us.ig.oas"
    p.add(f"{ig}.level", 52.8, "bp", low=50.0, high=55.0)
    p.add(f"{ig}.change_1d", -1.2, "bp")
    p.add(f"{ig}.z_1d", -1.4, "sigma")
    p.add(f"{ig}.tight_5y", 46.1, "bp", period=date(2025, 9, 18))
    p.add(f"{ig}.wide_5y", 111.2, "bp", period=date(2022, 9, 29))
    p.add(f"{ig}.avg_5y", 61.9, "bp")
    for slug, points, move in (
        ("communication_services", 0.16, 1.59),
        ("consumer_discretionary", 0.09, 0.86),
        ("health_care", 0.06, 0.64),
        ("industrials", 0.05, 0.66),
        ("financials", 0.03, 0.24),
        ("materials", 0.004, 0.24),
        ("energy", 0.003, 0.10),
        ("real_estate", -0.005, -0.24),
        ("utilities", -0.001, -0.02),
        ("information_technology", -0.022, -0.05),
        ("consumer_staples", -0.018, -0.34),
    ):
        p.add(f"equity.us.sector.{slug}.contribution_1d", points, "pp")
        p.add(f"equity.us.sector.{slug}.return_1d", move, "percent")
    p.add("equity.us.breadth.advancing", 56.2, "percent")
    return p.facts


# ------------------------------------------------------------------------------------------------ a small catalogue


def series(id_: str, release: str = "close@NYSE", *, agency: str = "") -> Series:
    """A catalogue row as the rules read it."""
    monthly = release.startswith(("month_end", "payroll"))
    return Series(
        id=id_,
        title=id_,
        block="test",
        unit="index",
        frequency="M" if monthly else "D",
        stamp="month_start" if monthly else "day",
        seasonal="none",
        release=ReleaseRule.parse(release),
        transform="level",
        revises=False,
        providers=(),
        rights="public",
        citation="invented",
        kind="level",
        readers=("test",),
        calendar="none" if monthly else "NYSE",
        agency=agency,
    )


@dataclass(frozen=True)
class Catalogue:
    """Rows by id and the closures on record."""

    rows: dict[str, Series] = field(default_factory=dict)
    closures: tuple[Closure, ...] = ()

    def get(self, series_id: str) -> Series | None:
        return self.rows.get(series_id)

    def closure_at(self, instant: datetime) -> Closure | None:
        day = instant.date()
        return next((c for c in self.closures if c.start <= day <= c.end), None)


def context(session: date = SESSION, catalog: Catalogue | None = None) -> Context:
    """A context as of 18:00 New York in winter."""
    s = setting(session)
    as_of = datetime.combine(session, datetime.min.time(), tzinfo=UTC) + timedelta(hours=23)
    return Context(session, s.previous_session, s.next_session, as_of, catalog or Catalogue())


def piece(series_id: str, last: date) -> Input:
    """Lineage of one series up to `last`."""
    known_at = datetime.combine(last, datetime.min.time(), tzinfo=UTC) + timedelta(hours=22)
    return Input(series_id, last - timedelta(400), last, 250, known_at, ("schedule",), (("b1", "0" * 64),))
