"""Units: which there are, and the only conversions we make."""

from __future__ import annotations

#: unit -> what one of it means. Catalogue rows and facts may carry no other.
UNITS: dict[str, str] = {
    "percent": "per cent (a yield, a rate, a return, a share)",
    "bp": "basis point, a hundredth of a per cent",
    "pp": "percentage point (a contribution, a change of a per cent figure)",
    "index": "index number, base as stated by the provider",
    "points": "index points of a volatility measure",
    "usd": "US dollars",
    "usd_bn": "billions of US dollars",
    "usd_mn": "millions of US dollars",
    "usd_bn_1987": "billions of 1987 dollars, annual rate",
    "usd_bn_1992": "billions of chained 1992 dollars, annual rate",
    "usd_bn_1996": "billions of chained 1996 dollars, annual rate",
    "usd_bn_2000": "billions of chained 2000 dollars, annual rate",
    "usd_bn_2005": "billions of chained 2005 dollars, annual rate",
    "usd_bn_2009": "billions of chained 2009 dollars, annual rate",
    "usd_bn_2012": "billions of chained 2012 dollars, annual rate",
    "usd_bn_2017": "billions of chained 2017 dollars, annual rate",
    "usd_per_barrel": "US dollars per barrel",
    "usd_per_eur": "US dollars per euro",
    "jpy_per_usd": "yen per US dollar",
    "currency_per_eur": "units of the currency per euro",
    "thousands": "thousands of persons, units or claims",
    "persons": "persons",
    "hours": "hours",
    "ratio": "a pure number",
    "sigma": "standard deviations of the window named",
    "label": "one of a closed list of words",
    "forecast": "directional strength on the scale -10..+10",
    "sessions": "trading sessions",
    "count": "how many",
    "gics_code": "GICS sector code, 10..60",
    "shares": "shares held",
    "contracts": "futures contracts, long less short where it is a net position",
    "usd_per_gallon": "US dollars per gallon",
    "usd_per_tonne": "US dollars per metric ton",
    "usd_per_gbp": "US dollars per pound sterling",
    "usd_per_aud": "US dollars per Australian dollar",
    "weeks": "weeks",
}

#: Units of a price or an index: what a return in per cent can be taken of.
PRICES = frozenset({"usd", "index"} | {u for u in UNITS if u.startswith(("usd_per_", "jpy_per_", "currency_per_"))})

#: GICS sector codes and the slugs used in fact ids.
SECTORS: dict[int, str] = {
    10: "energy",
    15: "materials",
    20: "industrials",
    25: "consumer_discretionary",
    30: "consumer_staples",
    35: "health_care",
    40: "financials",
    45: "information_technology",
    50: "communication_services",
    55: "utilities",
    60: "real_estate",
}


def percent_to_bp(value: float) -> float:
    """Per cent to basis points.

    >>> percent_to_bp(3.05)
    305.0
    """
    return value * 100.0
