"""The patterns of facts' ids of the macro figures and the regime."""

from __future__ import annotations

from pattern import Pattern

GROUPS: dict[str, tuple[Pattern, ...]] = {
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
        Pattern("regime.us.challenger", "another quadrant that is likely enough now"),
        Pattern(
            "regime.us.challenger_sessions",
            "on how many of the last seven sessions it was; at five it becomes the label",
        ),
        Pattern("regime.us.reading", "what the label puts at risk: duration, credit, both, neither"),
        Pattern("regime.us.entropy", "of the quadrants, per cent of its maximum: 100 is ignorance"),
        Pattern("regime.us.quadrant.<quadrant>.change_1d", "its change since the session before, as said then", "pp"),
        Pattern("regime.us.weakness.growth_down", "probability that the growth axis fell over three months"),
        Pattern("regime.us.weakness.low", "least probability of weakness among the models"),
        Pattern("regime.us.weakness.high", "largest"),
        Pattern("regime.us.weakness.disagreement", "their difference"),
    ),
}
