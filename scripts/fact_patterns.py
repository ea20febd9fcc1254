"""The ids of facts: patterns with what they mean, and the page of the documentation made from them.

The ids and units are those that the models make over an empty archive: every model names all its facts there and says of
each that its inputs are missing. Facts that only data can name (a member, a last value, a distance) give their unit here.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from barograph.archive.archive import Archive
from barograph.catalog.load import load
from barograph.core.estimate import Fact
from barograph.core.units import SECTORS, UNITS
from barograph.models.assets import Asset, assets_of
from barograph.run.daily import model_facts

#: After the last release of any recorded figure and before none of the catalogue's: which instant does not matter.
AT = datetime(2025, 11, 5, 23, tzinfo=UTC)


@dataclass(frozen=True)
class Pattern:
    """`text` holds placeholders: `<asset>` a prefix of the table of assets, `<slug>` its short name, `<sector>`,
    `<series>` the last part of a series' id, `<TICKER>`. `unit` only where no empty archive can say it."""

    text: str
    meaning: str
    unit: str = ""


GROUPS: dict[str, tuple[Pattern, ...]] = {
    "levels": (
        Pattern("<asset>.level", "the value due at the session, as published"),
        Pattern("<asset>.last", "the newest value there is, only where the one due is missing", "that of the level"),
        Pattern("<asset>.return_1d", "simple return from the session before (prices)"),
        Pattern("<asset>.return_5d", "from five sessions before"),
        Pattern("<asset>.return_20d", "from twenty sessions before"),
        Pattern("<asset>.change_1d", "change from the session before (yields, spreads, volatility)"),
        Pattern("<asset>.change_5d", "from five sessions before"),
        Pattern("<asset>.change_20d", "from twenty sessions before"),
        Pattern("<asset>.z_1d", "one-session change less the mean of the 252 before it, over their standard deviation"),
        Pattern("<asset>.sd_1d", "that standard deviation"),
        Pattern("<asset>.rarity_1d", "share of those 252 changes at least as large in absolute value"),
        Pattern("<asset>.percentile_5y", "mid-rank of the level among the trailing five years"),
    ),
    "positioning": (
        Pattern("positioning.us.<market>.<who>.net", "long less short of the newest report known, contracts"),
        Pattern("positioning.us.<market>.<who>.net_of_oi", "the same in per cent of open interest"),
        Pattern("positioning.us.<market>.<who>.change_1w", "net less net of the report a week before"),
        Pattern("positioning.us.<market>.<who>.percentile_3y", "mid-rank of net_of_oi among three years of reports"),
        Pattern("positioning.us.<market>.<who>.z_156w", "net_of_oi in standard deviations of the 156 reports before"),
    ),
    "curve": (
        Pattern("curve.us.move_<h>", "bull or bear, steepener, flattener or parallel; twist; unchanged"),
        Pattern("curve.us.move_<h>.modest", "yes where the slope's change is under one standard deviation"),
        Pattern("curve.us.move_<h>.leg", "which leg moved: front, long or both"),
        Pattern("curve.us.slope_z_<h>", "change of 10-year less 2-year, in standard deviations"),
        Pattern("curve.us.dead_band_<h>", "change of the slope below which the move is parallel"),
        Pattern("curve.us.10y.split_real_1d", "part of the 10-year's change that is the real yield's"),
        Pattern("curve.us.10y.split_breakeven_1d", "the rest of it"),
    ),
    "credit": (
        Pattern("<spread>.avg_5y", "mean of the trailing five years"),
        Pattern("<spread>.tight_5y", "their minimum; `period` is the newest day that held it"),
        Pattern("<spread>.wide_5y", "their maximum; likewise"),
        Pattern("<spread>.gap_5y_avg", "level less the mean"),
        Pattern("<spread>.gap_5y_tight", "level less the minimum"),
        Pattern("<spread>.gap_5y_wide", "level less the maximum"),
        Pattern("<spread>.percentile_3y", "mid-rank among the trailing three years"),
        Pattern("<spread>.band_position", "words for the place between tight and wide"),
        Pattern("<spread>.sd_20d", "standard deviation of 20-session changes"),
    ),
    "attribution": (
        Pattern("equity.us.sector.<sector>.weight", "weight in the index at the close before"),
        Pattern("equity.us.sector.<sector>.return_1d", "return of the sector's members"),
        Pattern("equity.us.sector.<sector>.contribution_1d", "weight times return"),
        Pattern("equity.us.attribution.total", "sum of the contributions"),
        Pattern("equity.us.attribution.residual", "index return less that sum"),
        Pattern("equity.us.attribution.method", "constituents or sector_etfs"),
        Pattern("equity.us.breadth.advancing", "share of members that rose"),
        Pattern("equity.us.breadth.members", "members with both closes"),
        Pattern("equity.us.equal_weight.return_1d", "mean return of the members"),
        Pattern("equity.us.equal_minus_cap", "that less the index return"),
        Pattern("equity.us.dispersion", "weighted deviation of member returns from the whole"),
        Pattern("equity.us.member.<TICKER>.contribution_1d", "of the five largest and five smallest", "pp"),
    ),
    "momentum": (
        Pattern("momentum.<slug>.state", "bull, correction, bear or rebound, by the signs of the next two rows"),
        Pattern("momentum.<slug>.return_252d", "return or change over 252 sessions"),
        Pattern("momentum.<slug>.return_21d", "return or change over 21 sessions"),
        Pattern("momentum.<slug>.strength", "mean capped forecast of six crossovers, halved"),
        Pattern("momentum.<slug>.z_price_63d", "level in standard deviations of 63 sessions"),
        Pattern("momentum.<slug>.half_life", "sessions to halve a deviation, only where a unit root is rejected"),
        Pattern("momentum.<slug>.variance_ratio", "variance of 5-session changes over five times that of one"),
        Pattern("momentum.<slug>.verdict", "trend, revert or neither"),
    ),
    "prints": (
        Pattern("macro.us.<series>.latest", "the last known value; `period` says of when, `known_at` since when"),
        Pattern("macro.us.<series>.change_1d", "difference from the day before, per cent for a price"),
        Pattern("macro.us.<series>.change_1w", "difference from the week before"),
        Pattern("macro.us.<series>.change_1m", "difference from the month before"),
        Pattern("macro.us.<series>.mom", "change over a month"),
        Pattern("macro.us.<series>.yoy", "change over a year"),
        Pattern("macro.us.<series>.growth", "change over a quarter at an annual rate"),
        Pattern("macro.us.<series>.revision", "now less 35 days ago, only with true vintages", "that of the series"),
    ),
    "ranges": (
        Pattern("range.<ranged>.low", "lower end of the 80 % range of the next session"),
        Pattern("range.<ranged>.high", "its upper end"),
        Pattern("range.<ranged>.hit_rate", "share of the last 250 such ranges that held the close, with its interval"),
        Pattern("range.<ranged>.previous_low", "lower end of the range of this session"),
        Pattern("range.<ranged>.previous_high", "its upper end"),
        Pattern("range.<ranged>.previous_outcome", "what came"),
        Pattern("range.<ranged>.previous_result", "hit or miss"),
    ),
    "growth": (
        Pattern("regime.us.growth.level", "mean of three months of the common factor, in its standard deviations"),
        Pattern("regime.us.growth.change_3m", "the level less that of three months before, in the same view"),
        Pattern("regime.us.growth.z", "the level against its trailing ten years in the view", "sigma"),
        Pattern("regime.us.growth.p_up", "probability that change_3m is positive; the range leaves out each input"),
        Pattern("regime.us.growth.p_below", "probability that the level lies below -0.7"),
        Pattern("regime.us.growth.contribution.<input>", "what an input adds to the level", "sigma"),
        Pattern("regime.us.growth.contribution_3m.<input>", "what an input adds to the change", "sigma"),
    ),
    "inflation": (
        Pattern("regime.us.inflation.level", "mean of three months of the common factor, in its standard deviations"),
        Pattern("regime.us.inflation.change_3m", "the level less that of three months before, in the same view"),
        Pattern("regime.us.inflation.z", "the level against its trailing ten years in the view", "sigma"),
        Pattern("regime.us.inflation.p_up", "probability that change_3m is positive; the range leaves out each input"),
        Pattern("regime.us.inflation.contribution.<input>", "what an input adds to the level", "sigma"),
        Pattern("regime.us.inflation.contribution_3m.<input>", "what an input adds to the change", "sigma"),
    ),
    "gdp_nowcast": (
        Pattern(
            "nowcast.us.gdp.point", "growth of the next quarter to be released, annual rate; `period` is the quarter"
        ),
        Pattern("nowcast.us.gdp.q15", "lower end of its 70 % interval"),
        Pattern("nowcast.us.gdp.q85", "upper end"),
        Pattern("nowcast.us.gdp.next.point", "the quarter after it"),
        Pattern("nowcast.us.gdp.next.q15", "lower end of its 70 % interval"),
        Pattern("nowcast.us.gdp.next.q85", "upper end"),
        Pattern("nowcast.us.gdp.change_<n>d", "change of the point over so many sessions", "pp"),
        Pattern("nowcast.us.gdp.news_<n>d.<input>", "what a release, revisions or a refit moved it by", "pp"),
    ),
    "inflation_nowcast": (
        Pattern("nowcast.us.<prices>.point", "inflation over the month of the next release; `period` is the month"),
        Pattern("nowcast.us.<prices>.q15", "lower end of its 70 % interval"),
        Pattern("nowcast.us.<prices>.q85", "upper end"),
        Pattern(
            "nowcast.us.cpi.contribution.<input>", "constant, core, food, gasoline: they add up to the point", "pp"
        ),
    ),
    "liquidity": (
        Pattern(
            "liquidity.us.net.change_<w>w", "Fed assets less Treasury account less reverse repo, over so many weeks"
        ),
        Pattern("liquidity.us.net.z_13w", "change_13w against five years of like changes"),
        Pattern("liquidity.us.net.fed_assets_13w", "what the Fed's assets add to change_13w"),
        Pattern("liquidity.us.net.treasury_account_13w", "what the Treasury's account adds"),
        Pattern("liquidity.us.net.reverse_repo_13w", "what reverse repo adds"),
        Pattern("liquidity.us.credit_impulse", "change of the 52-week flow of loans over 26 weeks, of GDP"),
        Pattern("liquidity.us.credit_impulse_quarterly", "change of the flow over a year, year on year, of GDP"),
        Pattern("liquidity.us.nfci.change_13w", "Chicago Fed's index over 13 weeks"),
        Pattern("liquidity.us.fci.change_13w", "mean z of five market conditions over 13 weeks; positive is tighter"),
        Pattern("liquidity.us.fci.<part>_13w", "what each condition adds to it"),
        Pattern("liquidity.us.fci_ex_equity.change_13w", "the same without the S&P 500"),
        Pattern("liquidity.us.sofr_iorb", "repo less the rate on reserves, mean of five days"),
        Pattern("liquidity.us.effr_iorb", "fed funds less the rate on reserves, mean of five days"),
        Pattern("liquidity.us.reserves_to_gdp", "reserves in per cent of nominal GDP"),
        Pattern("liquidity.us.reserves", "scarce, transition, ample or undecided, by the two spreads"),
        Pattern("regime.us.liquidity.level", "mean z of six inputs, signed so that more is easier"),
        Pattern("regime.us.liquidity.change_3m", "the level less that of 13 weeks before, inside the view"),
        Pattern("regime.us.liquidity.z", "the level against its own window"),
        Pattern("regime.us.liquidity.p_up", "probability that change_3m is positive; the range leaves out each input"),
        Pattern("regime.us.liquidity.contribution.<input>", "what an input adds to the level", "sigma"),
        Pattern("regime.us.liquidity.contribution_3m.<input>", "what an input adds to the change", "sigma"),
    ),
    "recession": (
        Pattern(
            "recession.us.probability", "of a recession within a year: mean of the two readings, their range as band"
        ),
        Pattern("recession.us.curve", "by the 10-year less the 3-month bill, Estrella and Trubin's coefficients"),
        Pattern("recession.us.curve.alarm_months", "months of the last 36 in which that was at least 30 %"),
        Pattern("recession.us.ebp", "by the excess bond premium, coefficients of Favara and others"),
    ),
    "shocks": (
        Pattern(
            "shock.us.<shock>.<n>d",
            "sum of the daily shocks over so many sessions; low, high: 16 and 84 % of the draws",
        ),
        Pattern("shock.us.acceptance", "rotations that hold the four shocks, of those tried"),
        Pattern("shock.us.<leg>.<part>", "what a shock, the unnamed columns and the autoregression added to the move"),
        Pattern("shock.us.fomc.<split>", "2-year yield's change on the newest decision day, whole to one, from closes"),
    ),
    "market_regime": (
        Pattern("regime.us.market.jump.label", "bull or bear, by what is known up to the session"),
        Pattern("regime.us.market.jump.days", "sessions for which that label has stood"),
        Pattern("regime.us.market.jump.p_bear", "where between the two states the session lies; no frequency"),
        Pattern("regime.us.market.jump.<state>.mean", "mean return of the training days in the state", "percent"),
        Pattern("regime.us.market.jump.<state>.volatility", "their volatility", "percent"),
    ),
    "regime": (
        Pattern("regime.us.quadrant.<quadrant>", "growth up or down (g), inflation up or down (i) over three months"),
        Pattern("regime.us.cell.<cell>", "the same with liquidity: up or down for growth, inflation, liquidity"),
        Pattern("regime.us.label", "the quadrant that was likely enough for long enough, or undecided"),
        Pattern("regime.us.label_sessions", "sessions since it was taken"),
        Pattern("regime.us.reading", "what the label puts at risk: duration, credit, both, neither"),
        Pattern("regime.us.entropy", "of the quadrants, per cent of its maximum: 100 is ignorance"),
        Pattern("regime.us.weakness.low", "least probability of weakness among the models"),
        Pattern("regime.us.weakness.high", "largest"),
        Pattern("regime.us.weakness.disagreement", "their difference"),
    ),
    "page": (
        Pattern("page.inputs.total", "daily inputs of the page", "count"),
        Pattern("page.inputs.predate", "those whose newest value is older than the session", "count"),
        Pattern("equity.us.attribution.index", "index return as the attribution table prints it", "pp"),
        Pattern("equity.us.attribution.gap_printed", "what closes the printed column of contributions", "pp"),
        Pattern("invalidation.<section>.distance", "distance from the condition in one-session deviations", "sigma"),
        Pattern("invalidation.<section>.previous.distance", "the same of the session before's condition", "sigma"),
    ),
}


def _places(assets: Iterable[Asset]) -> dict[str, str]:
    known = tuple(assets)
    spreads = [a.prefix for a in known if a.prefix.startswith("credit.us.")]

    def any_of(words: Iterable[str]) -> str:
        return "(?:" + "|".join(re.escape(w) for w in sorted(set(words), key=len, reverse=True)) + ")"

    return {
        "<asset>": any_of(a.prefix for a in known),
        "<slug>": any_of(a.slug for a in known),
        "<spread>": any_of(spreads),
        "<sector>": any_of(SECTORS.values()),
        "<ranged>": "(?:spx|us10y)",
        "<series>": r"\w+",
        "<market>": r"\w+",
        "<who>": "(?:leveraged|asset_managers|noncommercial)",
        "<TICKER>": r"[A-Z][A-Z0-9.-]*",
        "<section>": r"[a-z]+",
        "<h>": "(?:1|20)d",
        "<input>": r"\w+",
        "<part>": "(?:yield_2y|yield_10y|hy_oas|equities|dollar|growth|inflation|policy|risk|other|expected)",
        "<shock>": "(?:growth|inflation|policy|risk)",
        "<leg>": "(?:real10y|breakeven10y|hy|spx|dollar|oil)",
        "<split>": "(?:policy|information)",
        "<n>": r"\d+",
        "<w>": r"\d+",
        "<quadrant>": "g[ud]_i[ud]",
        "<cell>": "[ud]{3}",
        "<state>": "(?:bull|bear)",
        "<prices>": "(?:cpi|core_cpi|pce)",
    }


def patterns_of(fact_id: str, assets: Iterable[Asset]) -> list[Pattern]:
    """The patterns that an id fits: one, or the page of facts has a hole."""
    places = _places(assets)
    found = []
    for pattern in (p for group in GROUPS.values() for p in group):
        parts = re.split(r"(<\w+>)", pattern.text)
        if re.fullmatch("".join(places.get(x) or re.escape(x) for x in parts), fact_id):
            found.append(pattern)
    return found


def packaged_facts() -> dict[str, Fact]:
    """Every fact that the models name over an empty archive, by id."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive.open(Path(folder) / "archive", load(), create=True)
        facts, problems = model_facts(archive.as_of(AT))
    if problems:
        raise RuntimeError(f"models failed over an empty archive: {problems}")
    return facts


def page() -> str:
    """docs/reference/facts.md as text."""
    facts, assets = packaged_facts(), assets_of(load())
    units: dict[str, set[str]] = {}
    counts: dict[str, int] = {}
    for id_, fact in facts.items():
        fits = patterns_of(id_, assets)
        if len(fits) != 1:
            raise RuntimeError(f"{id_} fits {len(fits)} patterns of scripts/fact_patterns.py")
        units.setdefault(fits[0].text, set()).add(fact.unit)
        counts[fits[0].text] = counts.get(fits[0].text, 0) + 1
    lines = [
        "# Facts",
        "*Made from the models by `scripts/build_docs.py`; do not edit.*",
        f"Every number and label of a page is a fact. The models name {len(facts):,} of them for the packaged catalogue; a "
        "catalogue with further assets has more. A fact has a value exactly when its state is not `insufficient`; fields and "
        "states are in [formats](formats.md), ways to see them in [the command line](cli.md#barograph-facts).",
    ]
    for name, group in GROUPS.items():
        rows = []
        for p in group:
            unit = ", ".join(f"`{u}`" for u in sorted(units.get(p.text, ()))) or p.unit
            rows.append((f"`{p.text}`", unit, str(counts.get(p.text, "by the data")), p.meaning))
        title = "The page itself" if name == "page" else f"Model `{name}`"
        lines += [f"## {title}", _table(("id", "unit", "how many", "what it is"), rows)]
    asset_rows = [
        (f"`{a.prefix}`", f"`{a.slug}`", a.label, a.change_unit, ", ".join(f"`{s}`" for s in a.series)) for a in assets
    ]
    lines += [
        "## Assets",
        "`<asset>` is one of these prefixes, `<slug>` the name beside it, `<spread>` one of the two of `credit.us`. Two series "
        "mean the first less the second.",
        _table(("prefix", "slug", "what", "change in", "series"), asset_rows),
        "A daily price that your own catalogue adds becomes an asset: `fx.<pair>` under its own id, `us.equity.<ticker>` under "
        "`equity.us.<ticker>`. A row whose `readers` name `prints` becomes `macro.us.<series>`.",
        "## Units",
        "\n".join(f"* `{u}`: {text}" for u, text in UNITS.items()),
    ]
    return "\n\n".join(lines) + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    made = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in made)
