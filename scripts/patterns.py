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
        Pattern("curve.us.10y.split_real_<h>", "part of the 10-year's change that is the real yield's"),
        Pattern("curve.us.10y.split_breakeven_<h>", "the rest of it"),
    ),
    "curve_fit": (
        Pattern("curve.us.fit.rmse", "what Svensson's curve leaves of the session's par yields; n counts them"),
        Pattern("curve.us.<factor>", "fixed-decay factor of the fitted zero curve; a high slope is steep"),
        Pattern("curve.us.<factor>.change_<h>", "its change over so many sessions"),
        Pattern("curve.us.<factor>.percentile_5y", "mid-rank among the trailing five years"),
        Pattern("curve.us.zero.<n>y", "zero-coupon yield of the fitted curve, continuously compounded"),
        Pattern("curve.us.forward.<forward>", "forward rate: years ahead, years long; continuously compounded"),
        Pattern("curve.us.forward.<forward>.change_<h>", "its change over so many sessions"),
        Pattern(
            "curve.us.pca.<factor>.share", "share of the variance of 500 daily changes, to the month's first session"
        ),
        Pattern("curve.us.pca.<factor>.score_1d", "the component of the session's change, in its standard deviations"),
    ),
    "policy_path": (
        Pattern("policy.us.rate", "newest effective federal funds rate known"),
        Pattern(
            "policy.us.path.now", "Treasury forward rate to the next meeting after the session, as an overnight rate"
        ),
        Pattern("policy.us.path.<n>m", "that of the interval between meetings so many months on; holds a term premium"),
        Pattern(
            "policy.us.path.change_<n>m",
            "less the rate of today; degraded and less policy.us.path.now where that is of before the newest decision",
        ),
        Pattern(
            "policy.us.path.change_now",
            "policy.us.path.now less the rate of today; insufficient where that is of before the newest decision",
        ),
        Pattern(
            "policy.us.path.terminal",
            "furthest point from the rate of today within three years; `period` its first day",
        ),
        Pattern("policy.us.path.change_terminal", "less the rate of today, or as for the months"),
        Pattern("policy.us.path.interval.<n>", "the path by interval between meetings; `period` its first day"),
        Pattern(
            "policy.us.meeting.<n>.rate",
            "rate after the n-th meeting after the session by imported prices; `period` its day",
        ),
        Pattern("policy.us.meeting.<n>.change", "less the rate before it"),
        Pattern(
            "policy.us.meeting.<n>.change_cumulative",
            "less the rate of today; where that is of before the newest decision, less the priced rate after it (degraded)",
        ),
        Pattern("policy.us.meeting.<n>.change_lower", "whole move of 25 bp at or below that change"),
        Pattern("policy.us.meeting.<n>.change_upper", "the next one above"),
        Pattern("policy.us.meeting.<n>.p_lower", "probability of the lower where one of the two comes"),
        Pattern("policy.us.meeting.<n>.p_upper", "of the upper"),
        Pattern("policy.us.futures.terminal", "furthest priced rate from that of today; `period` the meeting"),
        Pattern("policy.us.futures.change_terminal", "less the rate that change_cumulative counts from"),
    ),
    "equity_premium": (
        Pattern("erp.us.<premium>", "the premium by one of three methods, per cent a year, at the session"),
        Pattern("erp.us.<premium>.percentile_20y", "mid-rank among the month ends of twenty years and the session"),
        Pattern("erp.us.<premium>.median_20y", "their median"),
        Pattern("erp.us.<premium>.sd_1d", "standard deviation of its one-session changes over a year"),
        Pattern("erp.us.<premium>.sd_20d", "of its 20-session changes"),
        Pattern("erp.us.<premium>.change_1d", "change from the session before"),
        Pattern("erp.us.<premium>.change_20d", "from twenty sessions before"),
        Pattern("erp.us.<premium>.change_1y", "from 252 sessions before"),
        Pattern(
            "erp.us.<premium>.<portion>_1y", "what the price, earnings, cash, growth, rate or inflation brought of that"
        ),
        Pattern(
            "erp.us.<premium>.r2_<m>",
            "out-of-sample R2 for the excess return of so many months, against the mean so far",
        ),
        Pattern(
            "erp.us.<premium>.r2_restricted_<m>", "the same with no negative slope and no negative premium believed"
        ),
        Pattern("erp.us.<premium>.p_<m>", "one-sided p-value of Clark and West's test"),
        Pattern("erp.us.<premium>.skill_<m>", "better than the mean, or no demonstrated skill"),
        Pattern(
            "erp.us.excess_cape_yield.earnings", "mean real earnings of ten years; `period` is the newest month in it"
        ),
        Pattern("erp.us.excess_cape_yield.inflation", "of the ten years up to the newest price index, a year"),
        Pattern("erp.us.real_yield_gap.earnings", "earnings of twelve months, reported or expected"),
        Pattern("erp.us.real_yield_gap.basis", "trailing (reported) or forward (expected, imported by the user)"),
        Pattern(
            "erp.us.real_yield_gap.expected", "the gap on expected earnings where they are fresh, beside the ranked one"
        ),
        Pattern("erp.us.damodaran.cash_flow", "dividends and buybacks of twelve months, imported by the user"),
        Pattern("erp.us.damodaran.growth", "expected growth of five years, imported by the user"),
        Pattern("erp.us.dispersion", "largest less least of the methods that have a value"),
        Pattern("erp.us.cape", "level over mean real earnings of ten years"),
        Pattern("erp.us.earnings_yield", "reported earnings of twelve months over the level"),
        Pattern("erp.us.dividend_yield", "dividends of twelve months over the level"),
    ),
    "term_premium": (
        Pattern("curve.us.<years>.term_premium", "fitted zero yield less the expected rate; range of three windows"),
        Pattern("curve.us.<years>.expected_rate", "mean of the short rates expected over the maturity; likewise"),
        Pattern("curve.us.<years>.model_yield", "fitted zero yield: the sum of the two"),
        Pattern("curve.us.<years>.<yieldpart>.change_<h>", "change, both curves read with today's parameters"),
        Pattern(
            "curve.us.<years>.<yieldpart>.refit_<h>", "what the re-estimation since did to the earlier session's figure"
        ),
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
        Pattern("<lens>.driver_21d.<q>.<regressor>", "part of it by driver; `rest` makes it whole"),
        Pattern("<lens>.fifth_21d", "fifth of its history in which the level lies, 1 the tightest"),
        Pattern("<lens>.fifth_21d.<q>", "21-session changes from levels in that fifth, point in time"),
        Pattern("<lens>.fifth_21d.asymmetry", "(Q95 - Q50) / (Q50 - Q05) of these"),
        Pattern("<lens>.fair_value", "regression of the level, with the middle half of its draws"),
        Pattern("<lens>.fair_gap", "level less fair value"),
        Pattern("<lens>.fair_fit", "share of the level's variance that the regression accounts for, in the sample"),
        Pattern("<lens>.carry_breakeven_21d", "widening that costs the carry of 21 sessions, duration assumed"),
        Pattern(
            "<lens>.carry_breakeven_21d.p_exceed",
            "probability of a larger one, read off the band; `window` says where 5 or 95 is a bound",
        ),
        Pattern("<lens>.carry_breakeven_21d.p_exceed_base", "the same read off the usual quantiles"),
        Pattern(
            "<lens>.beta_252d.<beta>", "bp per +10 bp of the 10-year yield, +10 points of MOVE, +1 % of the S&P 500"
        ),
        Pattern("<lens>.record_21d.gain", "mean loss of the band below that of the usual one, out of sample"),
        Pattern("<lens>.record_21d.p_equal", "p of the test that they are equal, per cent"),
        Pattern("<lens>.record_21d.verdict", "better_than_usual, no_demonstrated_skill or worse_than_usual"),
        Pattern("<lens>.record_21d.width_90", "as_said, too_narrow or too_wide: the interval of the share beside 90"),
        Pattern("<lens>.record_21d.width_50", "the same beside 50"),
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
    "attribution_windows": (
        Pattern(
            "equity.us.sector.<sector>.contribution_<linked>", "what the sector gave to the index, sessions linked"
        ),
        Pattern("equity.us.attribution.index_<linked>", "return of the index"),
        Pattern("equity.us.attribution.proxied_<span>", "sessions that rest on sector funds"),
        Pattern("equity.us.attribution.total_<linked>", "sum of the linked contributions"),
        Pattern("equity.us.attribution.residual_<linked>", "index less that sum"),
        Pattern("equity.us.brinson.allocation_<span>", "equal weight's other sector weights, Brinson and Fachler"),
        Pattern("equity.us.brinson.selection_<span>", "its other returns within sectors, at cap weights"),
        Pattern("equity.us.brinson.interaction_<span>", "the product of both"),
        Pattern("equity.us.brinson.within_<span>", "selection and interaction together"),
        Pattern("equity.us.brinson.active_<span>", "equal-weighted index less the cap-weighted members"),
        Pattern(
            "equity.us.weights.age", "sessions from the newest holdings to the close before; `period` is their day"
        ),
    ),
    "tilt": (
        Pattern("equity.us.cyclicals_minus_defensives.return_<span>", "mean return of four sector funds less of three"),
        Pattern("equity.us.tilt.explained_<span>", "what real yield and high-yield spread account for of that gap"),
        Pattern("equity.us.tilt.rates_<span>", "the real yield's part"),
        Pattern("equity.us.tilt.credit_<span>", "the spread's part"),
        Pattern("equity.us.tilt.unexplained_<span>", "the gap less what they account for"),
        Pattern("equity.us.tilt.r2", "share of the gap's variance that they account for in the window"),
        Pattern("equity.us.tilt.<tilted>.beta", "of the gap, per cent for +10 bp"),
        Pattern("equity.us.tilt.<sector>.<tilted>.beta", "of a sector's fund, per cent for +10 bp"),
    ),
    "megacaps": (
        Pattern("megacap.us.effective_n", "1 / sum of squared weights of the index's members"),
        Pattern("megacap.us.top7_weight", "weight of the seven in the index at the close"),
        Pattern("megacap.us.top7_weight.percentile_1y", "mid-rank among 252 sessions, carried by prices between files"),
        Pattern("megacap.us.contribution_1d", "what the seven gave to the index"),
        Pattern("megacap.us.rest_contribution_1d", "index return less that"),
        Pattern(
            "megacap.us.contribution_share",
            "part of the index's move, only where it moved by 0.1 % and they gave 0.05 pp",
        ),
        Pattern("megacap.us.correlation_<n>d", "realised average correlation of the seven"),
        Pattern("megacap.us.correlation_<n>d.percentile_<w>y", "mid-rank among up to three years, from 2023 on"),
        Pattern("megacap.us.implied_correlation", "only with a user's option volatilities", "ratio"),
        Pattern(
            "megacap.us.dispersion_<n>d", "weighted deviation of the seven from their basket, mean of the sessions"
        ),
        Pattern("megacap.us.dispersion_<n>d.percentile_<w>y", "mid-rank among up to three years, from 2023 on"),
        Pattern("megacap.us.<mega>.weight", "weight in the index at the close before, all classes"),
        Pattern("megacap.us.<mega>.contribution_1d", "weight times return"),
        Pattern("megacap.us.<mega>.relative_<n>d", "return over the index's, both by prices"),
        Pattern("megacap.us.<mega>.relative_z_<n>d", "the same in standard deviations of a random walk"),
        Pattern("megacap.us.<mega>.premium_index_z", "forward P/E over the index's, of a user's series"),
        Pattern("megacap.us.<mega>.premium_10y_z", "10-year yield less forward earnings yield, likewise"),
        Pattern("megacap.us.<mega>.<ratio>_beta", "sensitivity, per cent for +1 per cent"),
        Pattern("megacap.us.<mega>.<megayield>.beta", "sensitivity, per cent for +10 bp"),
        Pattern("megacap.us.<mega>.<driver>_1d", "part of the session's return; own: constant and rest"),
        Pattern("megacap.us.<mega>.systematic_share", "share of the variance that the factors account for"),
        Pattern("megacap.us.<mega>.results_left_out", "sessions of results left out of the estimation"),
    ),
    "universes": (
        Pattern("equity.user.<universe>.return_<span>", "compounded return of the universe", "percent"),
        Pattern("equity.user.<universe>.member.<name>.weight", "weight at the close before", "percent"),
        Pattern("equity.user.<universe>.member.<name>.contribution_<span>", "what the member gave", "pp"),
        Pattern(
            "equity.user.<universe>.rest.contribution_<span>", "what members without a fact of their own gave", "pp"
        ),
        Pattern("equity.user.<universe>.group.<name>.weight", "weight of a group at the close before", "percent"),
        Pattern("equity.user.<universe>.group.<name>.contribution_<span>", "what the group gave", "pp"),
        Pattern("equity.user.<universe>.index_<span>", "return of the series tagged as its index", "pp"),
        Pattern("equity.user.<universe>.residual_<span>", "index less contributions", "pp"),
        Pattern("equity.user.<universe>.brinson.<effect>_<span>", "equal against own weights, by group", "pp"),
        Pattern("equity.user.<universe>.effective_n", "1 / sum of squared weights", "ratio"),
        Pattern("equity.user.<universe>.dispersion", "weighted deviation of the session's returns", "pp"),
        Pattern("equity.user.<universe>.members", "how many members are held", "count"),
        Pattern(
            "equity.user.<universe>.weights.age", "sessions from the weights' date to the close before", "sessions"
        ),
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
    "announcement": (
        Pattern(
            "announcement.us.<surprise>",
            "factor of the newest imported announcement as it came, its mean not taken off",
        ),
        Pattern("announcement.us.share", "of the variance of the imported surprises that both factors hold"),
        Pattern("announcement.us.<moved>.<surprise>", "the day's move per 10 bp of the factor; interval of 90 %"),
    ),
    "sensitivity": (
        Pattern(
            "sensitivity.<slug>.<yield>.<estimator>.beta",
            "return per 10 bp of the yield, others unmoved; interval of 90 %",
        ),
        Pattern("sensitivity.<slug>.<yield>.<estimator>.low", "lower end of that interval"),
        Pattern("sensitivity.<slug>.<yield>.<estimator>.high", "upper end"),
        Pattern(
            "sensitivity.<slug>.state",
            "help, hurt or no_link: what two of the real yield's three intervals agree on",
        ),
        Pattern("sensitivity.<slug>.discovery", "yes where the link is kept when a tenth of those kept may be false"),
        Pattern(
            "sensitivity.<slug>.break.statistic",
            "largest Wald statistic of a break of the real yield's beta, with its day",
        ),
        Pattern("sensitivity.<slug>.break.flag", "break where it is kept at 5 % of false ones over the assets"),
        Pattern("sensitivity.<slug>.break.before", "the real yield's beta up to that day"),
        Pattern("sensitivity.<slug>.break.after", "after it"),
        Pattern("sensitivity.<slug>.event.<days>.beta", "the real yield's beta on days of releases or decisions alone"),
        Pattern(
            "sensitivity.<slug>.impact.<yield>",
            "kalman beta of the session before times the session's move; interval of 90 %",
        ),
        Pattern("sensitivity.<slug>.impact.total", "the three together"),
        Pattern("sensitivity.<slug>.impact.residual", "return less that"),
        Pattern(
            "sensitivity.<slug>.fan.up25",
            "return at +25 bp of the real yield, kalman beta, one session; interval of 90 %",
        ),
        Pattern("sensitivity.<slug>.fan.down25", "at -25 bp"),
        Pattern("sensitivity.<slug>.fan.width", "width of that interval"),
        Pattern("sensitivity.<slug>.fan.percentile_5y", "mid-rank of the width among the sessions of the window"),
        Pattern("sensitivity.us.assets", "assets that have a state"),
        Pattern("sensitivity.us.help", "those whose state is help"),
        Pattern("sensitivity.us.hurt", "those whose state is hurt"),
        Pattern("sensitivity.us.discoveries", "assets whose link is kept"),
        Pattern("sensitivity.us.breaks", "assets whose break is kept"),
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
        Pattern("equity.us.attribution.gap_printed_<linked>", "what closes the printed column of that span", "pp"),
        Pattern("equity.us.attribution.gap_printed", "what closes the printed column of contributions", "pp"),
        Pattern("equity.us.brinson.gap_printed_<span>", "what closes the printed column of effects", "pp"),
        Pattern("equity.us.tilt.gap_printed_<span>", "what closes the printed column of the account", "pp"),
        Pattern("regime.us.<axis>.others_printed", "what the named inputs lack of the printed level", "sigma"),
        Pattern("regime.us.<axis>.others_printed_3m", "what the named inputs lack of the printed change", "sigma"),
        Pattern("megacap.us.gap_printed", "what closes the printed column of the seven's contributions", "pp"),
        Pattern("equity.user.<universe>.gap_printed_<span>", "what closes the printed column of a universe", "pp"),
        Pattern("invalidation.<section>.distance", "distance from the condition in one-session deviations", "sigma"),
        Pattern("invalidation.<section>.previous.distance", "the same of the session before's condition", "sigma"),
        Pattern(
            "invalidation.<section>.edge.<watched>", "the condition's bound; of a range its nearer end", "as watched"
        ),
        Pattern("invalidation.<section>.previous.edge.<watched>", "the same of the session before's", "as watched"),
        Pattern("invalidation.<section>.probability", "how often the claim's own rule says it goes wrong", "percent"),
    ),
}
