"""The patterns of facts' ids with what they mean, by the model that makes them, in the order of the models."""

from __future__ import annotations

import patterns_equities
import patterns_macro
import patterns_rates
from pattern import Pattern

__all__ = ["GROUPS", "Pattern"]

_OTHERS: dict[str, tuple[Pattern, ...]] = {
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
    "ranges": (
        Pattern("range.<ranged>.low", "lower end of the 80 % range of the next session"),
        Pattern("range.<ranged>.high", "its upper end"),
        Pattern("range.<ranged>.hit_rate", "share of the last 250 such ranges that held the close, with its interval"),
        Pattern("range.<ranged>.previous_low", "lower end of the range of this session"),
        Pattern("range.<ranged>.previous_high", "its upper end"),
        Pattern("range.<ranged>.previous_outcome", "what came"),
        Pattern("range.<ranged>.previous_result", "hit or miss"),
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
_ORDER = (
    "levels",
    "positioning",
    "curve",
    "curve_fit",
    "policy_path",
    "equity_premium",
    "term_premium",
    "credit",
    "credit_band",
    "attribution",
    "attribution_windows",
    "tilt",
    "megacaps",
    "universes",
    "momentum",
    "prints",
    "ranges",
    "growth",
    "inflation",
    "activity",
    "gdp_nowcast",
    "inflation_nowcast",
    "liquidity",
    "recession",
    "shocks",
    "market_regime",
    "market_hmm",
    "gdp_switching",
    "regime",
    "announcement",
    "sensitivity",
    "page",
)
_ALL = _OTHERS | patterns_rates.GROUPS | patterns_equities.GROUPS | patterns_macro.GROUPS
GROUPS: dict[str, tuple[Pattern, ...]] = {name: _ALL[name] for name in _ORDER}
