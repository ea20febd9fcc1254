"""The patterns of facts' ids with what they mean, by the model that makes them."""

from __future__ import annotations

from dataclasses import dataclass


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
    "credit_band": (
        Pattern("<lens>.band_<d>.<q>", "quantile of the coming change in so many sessions, given the regressors"),
        Pattern("<lens>.usual_<d>.<q>", "the same of all rows, whatever the regressors"),
        Pattern("<lens>.asymmetry_21d", "(Q95 - Q50) / (Q50 - Q05) of the band, with its interval"),
        Pattern("<lens>.tilt_21d.<q>", "conditional less unconditional quantile"),
        Pattern("<lens>.driver_21d.<q>.<driver>", "part of it by driver; `rest` makes it whole"),
        Pattern("<lens>.fifth_21d", "fifth of its history in which the level lies, 1 the tightest"),
        Pattern("<lens>.fifth_21d.<q>", "21-session changes from levels in that fifth, point in time"),
        Pattern("<lens>.fifth_21d.asymmetry", "(Q95 - Q50) / (Q50 - Q05) of these"),
        Pattern("<lens>.fair_value", "regression of the level, with the middle half of its draws"),
        Pattern("<lens>.fair_gap", "level less fair value"),
        Pattern("<lens>.carry_breakeven_21d", "widening that costs the carry of 21 sessions, duration assumed"),
        Pattern("<lens>.carry_breakeven_21d.p_exceed", "probability of a larger one by the band"),
        Pattern("<lens>.carry_breakeven_21d.p_exceed_base", "share of all rows with a larger one"),
        Pattern(
            "<lens>.beta_252d.<factor>", "bp per +10 bp of the 10-year yield, +10 points of MOVE, +1 % of the S&P 500"
        ),
        Pattern("<lens>.record_21d.gain", "mean loss of the band below that of the usual one, out of sample"),
        Pattern("<lens>.record_21d.p_equal", "p of the test that they are equal, per cent"),
        Pattern("<lens>.record_21d.verdict", "better_than_usual, no_demonstrated_skill or worse_than_usual"),
        Pattern("<lens>.record_21d.share_in_90", "share of outcomes inside the 90 per cent band"),
        Pattern("<lens>.record_21d.share_in_50", "inside the 50 per cent band"),
        Pattern("credit.us.ebp.level", "excess bond premium of the newest month known"),
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
    "activity": (
        Pattern("regime.us.activity.level", "filtered daily factor of six series, in its own standard deviations"),
        Pattern("regime.us.activity.change_1m", "the level less that of thirty days before, by the same figures"),
        Pattern("regime.us.activity.contribution.<input>", "what a series adds to the level", "sigma"),
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
        Pattern("regime.us.market.sparse.label", "bull or bear by the model that weighs its features"),
        Pattern("regime.us.market.sparse.features", "how many of the nine carry weight"),
        Pattern("regime.us.market.jump.<state>.mean", "mean return of the training days in the state", "percent"),
        Pattern("regime.us.market.jump.<state>.volatility", "their volatility", "percent"),
    ),
    "market_hmm": (
        Pattern("regime.us.market.hmm.p_bear", "filtered probability of the bear state of returns"),
        Pattern("regime.us.market.hmm.label", "bear where that is above one half, else bull"),
        Pattern("regime.us.market.hmm.<state>.mean", "mean return of the state, annualised", "percent"),
        Pattern("regime.us.market.hmm.<state>.volatility", "its volatility", "percent"),
    ),
    "gdp_switching": (
        Pattern("regime.us.gdp.hamilton.p_low", "filtered probability of the low state of GDP growth"),
        Pattern("regime.us.gdp.hamilton.low.mean", "mean growth of that state, at an annual rate"),
        Pattern("regime.us.gdp.hamilton.high.mean", "of the other"),
    ),
    "regime": (
        Pattern("regime.us.quadrant.<quadrant>", "growth up or down (g), inflation up or down (i) over three months"),
        Pattern("regime.us.cell.<cell>", "the same with liquidity: up or down for growth, inflation, liquidity"),
        Pattern("regime.us.label", "the quadrant that was likely enough for long enough, or undecided"),
        Pattern("regime.us.label_sessions", "sessions since it was taken"),
        Pattern("regime.us.reading", "what the label puts at risk: duration, credit, both, neither"),
        Pattern("regime.us.entropy", "of the quadrants, per cent of its maximum: 100 is ignorance"),
        Pattern("regime.us.quadrant.<quadrant>.change_1d", "its change since the session before, as said then", "pp"),
        Pattern("regime.us.weakness.growth_down", "probability that the growth axis fell over three months"),
        Pattern("regime.us.weakness.low", "least probability of weakness among the models"),
        Pattern("regime.us.weakness.high", "largest"),
        Pattern("regime.us.weakness.disagreement", "their difference"),
    ),
    "page": (
        Pattern("recession.us.base_rate", "months since 1960 in whose next twelve a recession month lay", "percent"),
        Pattern(
            "recession.us.curve.alarms",
            "runs of months with a curve reading of at least 30 %, as can be judged",
            "count",
        ),
        Pattern("recession.us.curve.false_alarms", "those with no recession month in the next two years", "count"),
        Pattern("recession.us.curve.missed", "recessions with no such month in the year before", "count"),
        Pattern("page.inputs.total", "daily inputs of the page", "count"),
        Pattern("page.inputs.predate", "those whose newest value is older than the session", "count"),
        Pattern("equity.us.attribution.index", "index return as the attribution table prints it", "pp"),
        Pattern("equity.us.attribution.gap_printed", "what closes the printed column of contributions", "pp"),
        Pattern("invalidation.<section>.distance", "distance from the condition in one-session deviations", "sigma"),
        Pattern("invalidation.<section>.previous.distance", "the same of the session before's condition", "sigma"),
    ),
}
