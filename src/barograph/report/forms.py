"""What each kind of number looks like: decimals, signs and units, from a fact's id and its unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Literal

from barograph.core.errors import NarrativeError

MINUS, THIN, MISSING = "\u2212", "\u202f", "–"

_SIGNED = re.compile(
    r"^(change|net|return|contribution|gap|residual|equal_minus_cap|split|strength|revision|yoy|mom|qoq|growth"
    r"|percent_change)(_|$)|(^|_)z(_|$)"
)
#: Parts of returns, and sensitivities: each has a sign.
_SIGNED_IDS = re.compile(
    r"^equity\.us\.(tilt|brinson)\.|^equity\.user\.\w+\.(brinson\.|index_|residual_)"
    r"|^megacap\.us\.(\w+\.)?((?!dispersion)\w+_1d|relative_\d+d|(real|breakeven)10y\.beta)$"
)
_SHARES = re.compile(r"^(rarity|hit_rate|p|probability|share|advancing|systematic_share)(_|$)")
_PROBABILITIES = ("regime.us.quadrant.", "regime.us.cell.", "regime.us.weakness.", "recession.us.")
#: Macro rates that their publishers print with one decimal, as all growth rates are; other rates are yields.
_ONE_DECIMAL = re.compile(
    r"^macro\.\w+\.(unemployment|inflation_expectations|participation)|(^|[._])(yoy|mom|qoq|growth)"
)
#: Of credit: coming changes and their parts carry a sign; betas, parts, the breakeven and the narrow scales of a user's own
#: spreads a decimal.
_CREDIT_SIGNED = re.compile(r"\.(band|usual|fifth|tilt|driver|beta)_\d+d\.|\.fair_gap$")
_CREDIT_FINE = re.compile(r"^credit\.(?!us\.)|\.(tilt|driver|beta)_\d+d\.|\.carry_breakeven_\d+d$")
# Digits for any double: an absurd value prints.
_ROUNDING = Context(prec=400, rounding=ROUND_HALF_UP)
#: unit -> (decimals, before, after); decimals None: 0 from 1,000, else 2.
_UNITS: dict[str, tuple[int | None, str, str]] = {
    "percent": (2, "", "%"),
    "bp": (0, "", f"{THIN}bp"),
    "pp": (2, "", f"{THIN}pp"),
    "index": (None, "", ""),
    "points": (None, "", ""),
    "usd": (None, "", ""),
    "usd_per_barrel": (None, "", ""),
    "usd_bn": (None, "$", f"{THIN}bn"),
    "usd_mn": (None, "$", f"{THIN}mn"),
    "usd_per_eur": (4, "", ""),
    "currency_per_eur": (4, "", ""),
    "jpy_per_usd": (2, "", ""),
    "thousands": (0, "", f"{THIN}thousand"),
    "persons": (0, "", ""),
    "hours": (1, "", f"{THIN}h"),
    "ratio": (2, "", ""),
    "sigma": (1, "", "σ"),
    "forecast": (1, "", ""),
    "sessions": (0, "", f"{THIN}sessions"),
    "count": (0, "", ""),
    "gics_code": (0, "", ""),
    "shares": (0, "", ""),
    "contracts": (0, "", ""),
    "weeks": (1, "", f"{THIN}weeks"),
    "usd_per_gallon": (3, "$", ""),
    "usd_per_tonne": (0, "$", ""),
    "usd_per_gbp": (4, "", ""),
    "usd_per_aud": (4, "", ""),
}


@dataclass(frozen=True, slots=True)
class Form:
    """How one kind of number is printed; `kind` share and percentile have words for their ends."""

    decimals: int | None
    before: str
    after: str
    signed: bool
    kind: Literal["number", "share", "percentile"] = "number"
    fine: bool = False  # one decimal while it rounds to less than one

    def places(self, value: Decimal) -> int:
        """Decimals for this value."""
        if self.fine:
            return 1 if abs(quantized(value, 1)) < 1 and quantized(value, 1) != 0 else 0
        if self.decimals is None:
            return 0 if abs(quantized(value, 2)) >= 1000 else 2
        return self.decimals


def form(unit: str, *, signed: bool = False, decimals: int | None = None) -> Form:
    """The form of a bare number in `unit`, for chart readouts and labels."""
    places, before, after = _unit(unit)
    return Form(places if decimals is None else decimals, before, after, signed, fine=unit == "bp" and signed)


@lru_cache(maxsize=4096)
def form_of(id_: str, unit: str) -> Form:
    """The form of a fact from its id and unit."""
    if id_.startswith("invalidation.") and ".edge." in id_:
        return form_of(id_.partition(".edge.")[2], unit)  # a bound is printed as what it bounds
    tail = id_.rpartition(".")[2]
    if unit == "percent" and tail.startswith("percentile"):
        return Form(0, "", "", False, "percentile")
    if unit == "percent" and (_SHARES.search(tail) or id_.startswith(_PROBABILITIES)):
        return Form(0, "", "%", False, "share")
    decimals, before, after = _unit(unit)
    signed = (unit in ("sigma", "forecast") and tail != "distance") or bool(_SIGNED.search(tail))
    signed = signed or (unit in ("percent", "pp") and bool(_SIGNED_IDS.search(id_)))
    signed = signed or ".attribution.total" in id_ or ".attribution.index" in id_
    fine = False
    if unit == "percent" and (tail.startswith("weight") or tail == "top7_weight"):
        decimals = 1
    elif unit == "pp" and (tail == "residual" or ".p_" in id_ or "probability" in tail or id_.startswith("regime.")):
        decimals = 3 if tail == "residual" else 1
    elif id_.startswith("shock.us.") and unit in ("percent", "bp") and tail != "acceptance":
        signed, fine = True, unit == "bp"
    elif id_.startswith("liquidity.us.") and (".net." in id_ or "impulse" in tail or unit == "bp"):
        signed, decimals = True, 0 if unit in ("usd_bn", "bp") else 1 if unit == "sigma" else 2
    elif id_.startswith("announcement.us.") and tail != "share":
        signed, decimals = True, 2 if unit == "percent" else 1
    elif id_.startswith("erp.us.") and unit == "bp":
        signed, fine = not tail.startswith("sd_"), True
    elif unit == "bp" and id_.startswith("credit."):
        signed = signed or bool(_CREDIT_SIGNED.search(id_))
        decimals = 1 if _CREDIT_FINE.search(id_) else 0
    elif unit == "bp":
        fine = signed
        decimals = 1 if tail.startswith("dead_band") else 0
    elif unit == "percent" and ".record" in id_:
        signed, decimals = tail.startswith("gain"), 1
    elif id_.startswith("sensitivity.") and unit == "percent":
        signed = tail != "width"
    elif id_.startswith("nowcast."):
        signed, decimals = True, 1 if ".gdp." in id_ and unit == "percent" else 2
    elif unit == "sigma" and (".contribution" in id_ or id_.startswith(("regime.us.", "liquidity.us."))):
        decimals = 2
    elif id_.startswith("macro."):
        if unit in ("percent", "pp"):
            decimals = 1 if _ONE_DECIMAL.search(id_) or _SIGNED.search(tail) else 2
        elif unit == "sigma":
            decimals = 2
    return Form(decimals, before, after, signed, fine=fine)


def _unit(unit: str) -> tuple[int | None, str, str]:
    if unit.startswith("usd_bn_"):
        return 0, "$", f"{THIN}bn ({unit.removeprefix('usd_bn_')})"
    if unit not in _UNITS:
        raise NarrativeError(f"a number in {unit!r}", "no printed form for this unit", "", "Add it to report/forms.py.")
    return _UNITS[unit]


def quantized(value: Decimal, places: int) -> Decimal:
    """Rounded to so many decimals, halves away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), context=_ROUNDING)
