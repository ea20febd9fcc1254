"""What a spread's bands are called: horizons, quantiles and the ids of all that is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from barograph.models.assets import Asset
from barograph.models.credit._panel import NAMES

HORIZONS, MAIN = (5, 21, 63), 21
WORDS = ("q05", "q25", "q50", "q75", "q95")
#: Quantiles whose distance from the usual ones is split by driver, by their place in WORDS.
SPLIT = (("q50", 2), ("q95", 4))
#: Numbers of a band's record: loss under the usual band's and its test, shares inside, tests of the 90 per cent band.
RECORDED = ("gain", "p_equal", "share_in_90", "share_in_50", "p_kupiec", "p_independence")
BETAS = ("rates", "volatility", "equity")


def head_of(asset: Asset) -> str:
    """What the ids of a spread begin with: `credit.us.ig`, `credit.user.cdx_ig`."""
    return asset.prefix.removesuffix(".oas")


def ids_of(asset: Asset) -> Iterator[tuple[str, str]]:
    """Every id of a spread with its unit, in their order."""
    p, m = head_of(asset), f"{MAIN}d"
    for h in HORIZONS:
        for kind in ("band", "usual"):
            yield from ((f"{p}.{kind}_{h}d.{q}", "bp") for q in WORDS)
    yield f"{p}.asymmetry_{m}", "ratio"
    for word, _ in SPLIT:
        yield from ((f"{p}.driver_{m}.{word}.{d}", "bp") for d in (*NAMES, "rest"))
        yield f"{p}.tilt_{m}.{word}", "bp"
    yield f"{p}.fifth_{m}", "count"
    yield from ((f"{p}.fifth_{m}.{q}", "bp") for q in ("q05", "q50", "q95"))
    yield f"{p}.fifth_{m}.asymmetry", "ratio"
    yield from ((f"{p}.{k}", "bp") for k in ("fair_value", "fair_gap", f"carry_breakeven_{m}"))
    yield f"{p}.fair_fit", "percent"
    yield from ((f"{p}.carry_breakeven_{m}.{k}", "percent") for k in ("p_exceed", "p_exceed_base"))
    yield from ((f"{p}.beta_252d.{k}", "bp") for k in BETAS)
    for h in HORIZONS:
        yield from ((f"{p}.record_{h}d.{k}", "percent") for k in RECORDED)
        yield from ((f"{p}.record_{h}d.{k}", "label") for k in ("verdict", "width_90", "width_50"))
    yield from ((f"{p}.record_wider_{m}.{k}", "percent") for k in ("gain", "p_equal"))
    yield f"{p}.record_wider_{m}.verdict", "label"


def reach(day: date) -> date:
    """From when on a step reads daily series: the betas' sessions and some more."""
    return day - timedelta(460)
