"""The patterns of facts' ids of rates, credit and the equity premium."""

from __future__ import annotations

from pattern import Pattern

GROUPS: dict[str, tuple[Pattern, ...]] = {
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
        Pattern(
            "policy.us.path.record_<n>m.gap",
            "mean effective rate that came less the path of so many months before, month ends; interval of 90 %",
        ),
        Pattern("policy.us.path.record_<n>m.rmse", "its root mean square; n counts whole horizons"),
        Pattern("policy.us.path.record_<n>m.ratio", "that over the error of the newest effective rate known"),
        Pattern("policy.us.path.record_<n>m.p_equal", "p of the test that both squared errors are equal, per cent"),
        Pattern(
            "policy.us.path.record_<n>m.verdict", "better_than_no_change, no_demonstrated_skill or worse_than_no_change"
        ),
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
        Pattern(
            "curve.us.<years>.expected_rate.record.gap",
            "mean one-month rate that came less the expected one; interval of 90 %",
        ),
        Pattern(
            "curve.us.<years>.expected_rate.record.rmse",
            "root mean square error of the expected rate against the one-month rates that came; n counts whole horizons",
        ),
        Pattern("curve.us.<years>.expected_rate.record.ratio", "that over the error of today's one-month rate"),
        Pattern(
            "curve.us.<years>.expected_rate.record.p_equal",
            "p of the test that both squared errors are equal, per cent",
        ),
        Pattern(
            "curve.us.<years>.expected_rate.record.verdict",
            "better_than_no_change, no_demonstrated_skill or worse_than_no_change",
        ),
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
        Pattern("<lens>.record_<d>.gain", "mean loss of the band below that of the usual one, out of sample"),
        Pattern("<lens>.record_<d>.p_equal", "p of the test that they are equal, per cent"),
        Pattern("<lens>.record_<d>.verdict", "better_than_usual, no_demonstrated_skill or worse_than_usual"),
        Pattern("<lens>.record_<d>.width_90", "as_said, too_narrow or too_wide: the interval of the share beside 90"),
        Pattern("<lens>.record_<d>.width_50", "the same beside 50"),
        Pattern("<lens>.record_<d>.share_in_90", "share of outcomes inside the 90 per cent band"),
        Pattern("<lens>.record_<d>.share_in_50", "inside the 50 per cent band"),
        Pattern("<lens>.record_<d>.p_kupiec", "p of the test that the 90 per cent band holds 90, per cent"),
        Pattern("<lens>.record_<d>.p_independence", "p of the test that its misses do not come in runs, per cent"),
        Pattern(
            "<lens>.record_wider_21d.gain",
            "Brier's score of the chance of more than the breakeven below the usual one's",
        ),
        Pattern("<lens>.record_wider_21d.p_equal", "p of the test that they are equal, per cent"),
        Pattern("<lens>.record_wider_21d.verdict", "as for the bands"),
        Pattern("credit.us.ebp.level", "excess bond premium of the newest month known"),
    ),
    "announcement": (
        Pattern(
            "announcement.us.<surprise>",
            "factor of the newest imported announcement as it came, its mean not taken off",
        ),
        Pattern("announcement.us.share", "of the variance of the imported surprises that both factors hold"),
        Pattern("announcement.us.<moved>.<surprise>", "the day's move per 10 bp of the factor; interval of 90 %"),
    ),
}
