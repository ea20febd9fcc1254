"""Readers' names of the things that facts are about: fact-id prefix -> name, and the family used in the summary."""

from __future__ import annotations

import re

from barograph.core.units import SECTORS

_TENOR = {"m": "month", "y": "year"}
_FIXED: dict[str, str] = {
    "equity.us.spx": "S&P 500",
    "equity.us.nasdaq": "Nasdaq Composite",
    "equity.us.qqq": "Nasdaq 100 fund",
    "equity.us.iwm": "Russell 2000 fund",
    "equity.us.rsp": "equal-weight S&P 500 fund",
    "equity.us.aapl": "Apple",
    "equity.us.msft": "Microsoft",
    "equity.us.googl": "Alphabet",
    "equity.us.amzn": "Amazon",
    "equity.us.nvda": "Nvidia",
    "equity.us.meta": "Meta Platforms",
    "equity.us.tsla": "Tesla",
    "commodity.gold": "gold fund",
    "commodity.oil": "oil fund",
    "commodity.wti": "WTI crude",
    "fx.us.dollar": "dollar index fund",
    "fx.us.broad_dollar": "broad dollar index",
    "crypto.btc": "bitcoin",
    "credit.us.ig.oas": "IG OAS",
    "credit.us.hy.oas": "HY OAS",
    "curve.us.2s10s": "2s10s slope",
    "curve.us.5s30s": "5s30s slope",
    "curve.us.3m10y": "3m10y slope",
    "equity.us.attribution.total": "sum of contributions",
    "equity.us.attribution.residual": "residual",
    "equity.us.breadth.advancing": "breadth",
    "equity.us.breadth.members": "members counted",
    "equity.us.equal_weight": "equal-weight average",
    "equity.us.equal_minus_cap": "equal weight minus cap weight",
    "equity.us.dispersion": "dispersion",
    "equity.us.cyclicals_minus_defensives": "cyclicals less defensives",
    "megacap.us.contribution_1d": "mega caps",
    "megacap.us.rest_contribution_1d": "other members",
    "megacap.us.correlation_63d": "correlation of the mega caps",
    "megacap.us.top7_weight": "weight of the mega caps",
    "nowcast.us.gdp": "GDP nowcast",
    "regime.us.growth": "growth axis",
    "liquidity.us.net": "net liquidity",
    "erp.us.excess_cape_yield": "excess CAPE yield",
    "erp.us.real_yield_gap": "real yield gap",
    "erp.us.damodaran": "implied equity premium",
    "sensitivity.spx.real10y.kalman": "real-yield beta of the S&P 500",
    "page.inputs.predate": "inputs that predate the session",
    "page.inputs.total": "daily inputs",
}
_MACRO: dict[str, str] = {
    "payrolls": "payrolls",
    "unemployment_rate": "unemployment rate",
    "initial_claims": "initial claims",
    "continued_claims": "continued claims",
    "job_openings": "job openings",
    "hourly_earnings": "hourly earnings",
    "cpi": "CPI",
    "cpi_core": "core CPI",
    "pce": "PCE prices",
    "pce_core": "core PCE prices",
    "ppi": "PPI",
    "gdp_real": "real GDP",
    "inflation_expectations_michigan": "Michigan inflation expectations",
    "m2": "M2",
    "fed_assets": "Fed assets",
    "effr": "effective fed funds rate",
    "sofr": "SOFR",
    "iorb": "IORB",
    "target_upper": "upper end of the fed funds target",
    "target_lower": "lower end of the fed funds target",
    "mortgage_30y": "30-year mortgage rate",
    "aaa_yield": "Aaa corporate yield",
    "baa_yield": "Baa corporate yield",
    "brent": "Brent crude",
}
#: Futures markets and classes of trader, as `positioning.us.<market>.<who>` names them.
MARKETS = {
    "es": "E-mini S&P 500",
    "nq": "E-mini Nasdaq-100",
    "rty": "E-mini Russell 2000",
    "vix": "VIX",
    "ust_2y": "2-year Treasury note",
    "ust_5y": "5-year Treasury note",
    "ust_10y": "10-year Treasury note",
    "ust_bond": "Treasury bond",
    "eur": "euro",
    "jpy": "yen",
    "gbp": "sterling",
    "dxy": "dollar index",
    "btc": "bitcoin",
    "gold": "gold",
    "silver": "silver",
    "copper": "copper",
    "wti": "WTI crude",
}
#: Their futures' short names: inside a sentence "S&P 500" is the index and nothing else.
CONTRACTS = {
    "es": "ES",
    "nq": "NQ",
    "rty": "RTY",
    "vix": "VX",
    "ust_2y": "TU",
    "ust_5y": "FV",
    "ust_10y": "TY",
    "ust_bond": "US",
    "eur": "EC",
    "jpy": "JY",
    "gbp": "BP",
    "dxy": "DX",
    "btc": "XBT",
    "gold": "GC",
    "silver": "SI",
    "copper": "HG",
    "wti": "CL",
}
TRADERS = {"leveraged": "leveraged funds", "asset_managers": "asset managers", "noncommercial": "noncommercial traders"}
#: Slugs of the equity block that are whole indices or funds on one: the ones that may speak for the family.
INDICES = ("spx", "nasdaq", "qqq", "iwm", "rsp")
_YIELD = re.compile(r"curve\.us\.(real|breakeven)?(\d+)([my])")


def name_of(prefix: str) -> str:
    """The name of a fact prefix as it stands inside a sentence, without an article.

    >>> name_of("curve.us.real10y"), name_of("curve.us.3m"), name_of("equity.us.sector.health_care")
    ('10-year real yield', '3-month yield', 'health care')
    >>> name_of("momentum.us10y"), name_of("equity.us.member.NVDA"), name_of("macro.us.cpi_core")
    ('10-year yield', 'NVDA', 'core CPI')
    """
    if prefix in _FIXED:
        return _FIXED[prefix]
    if found := _YIELD.fullmatch(prefix):
        kind, n, letter = found.groups()
        what = {"real": "real yield", "breakeven": "breakeven"}.get(kind or "", "yield")
        return f"{n}-{_TENOR[letter]} {what}"
    head, _, slug = prefix.rpartition(".")
    if prefix.startswith("positioning.us.") and slug in TRADERS:
        market = head.rpartition(".")[2]
        return f"{TRADERS[slug]} in {CONTRACTS.get(market, market.replace('_', ' '))} futures"
    words = " per ".join(p.upper() for p in slug.split("_per_")) if "_per_" in slug else slug.replace("_", " ")
    if head == "equity.us.sector":
        return words
    if head == "equity.us.sector_etf":
        return f"{words} fund"
    if head == "equity.us.member" or head == "equity.us":
        return slug.upper()
    if head == "vol.us":
        return slug.upper()
    if head == "macro.us":
        return _MACRO.get(slug, words)
    if prefix.startswith("momentum."):
        return name_of(asset_prefix(prefix.removeprefix("momentum.")))
    return words


def asset_prefix(slug: str) -> str:
    """The fact prefix of an asset slug as `momentum.<asset>` and `range.<asset>` use it.

    >>> asset_prefix("spx"), asset_prefix("us10y"), asset_prefix("gold"), asset_prefix("ig_oas")
    ('equity.us.spx', 'curve.us.10y', 'commodity.gold', 'credit.us.ig.oas')
    """
    if slug in ("gold", "oil", "wti"):
        return f"commodity.{slug}"
    if slug in ("dollar", "broad_dollar"):
        return f"fx.us.{slug}"
    if slug == "btc":
        return "crypto.btc"
    if found := re.fullmatch(r"(?:us)?_?((?:real|breakeven)?_?\d+[my])", slug):
        return f"curve.us.{found[1].replace('_', '')}"
    if slug in ("2s10s", "5s30s", "3m10y"):
        return f"curve.us.{slug}"
    if found := re.fullmatch(r"(ig|hy)(?:_oas)?", slug):
        return f"credit.us.{found[1]}.oas"
    if slug in ("vix", "vix3m", "vix9d", "vvix", "skew", "move"):
        return f"vol.us.{slug}"
    if slug in SECTORS.values():
        return f"equity.us.sector_etf.{slug}"
    if slug.removeprefix("sector_") in SECTORS.values():
        return f"equity.us.sector_etf.{slug.removeprefix('sector_')}"
    if "_per_" in slug:
        return f"fx.{slug}"
    return f"equity.us.{slug}"


def family_of(prefix: str) -> str | None:
    """The asset family that a prefix may speak for in the summary; None where it speaks for itself only.

    >>> family_of("curve.us.2s10s"), family_of("curve.us.real10y"), family_of("equity.us.nvda")
    ('curve', 'rates', None)
    """
    block, _, rest = prefix.partition(".")
    if block == "curve":
        return "curve" if rest.removeprefix("us.") in ("2s10s", "5s30s", "3m10y") else "rates"
    if block == "equity":
        return "equity" if rest.removeprefix("us.") in INDICES else None
    if block == "commodity":
        return "metals" if rest == "gold" else "energy"
    return {"credit": "credit", "vol": "volatility", "fx": "currencies", "crypto": "crypto"}.get(block)
