"""The one formatter: a fact is printed here and nowhere else, so one fact id has one printed string.

===================  ==============================  ==========================================================
quantity             form                            decimals
===================  ==============================  ==========================================================
yield level, change  4.17% / +7 bp                   2 / 0 (1 while it rounds to less than 1 bp)
spread               81 bp / −2 bp                   0
return               +0.37%                          2
contribution         +0.16 pp                        2 (the full-precision residual: 3)
share, probability   85%, <1%, >99%                  0, and never 0 or 100
z                    +1.3σ                           1
percentile           10th pct, 5 y                   0, the window is part of the label
index, price         6,796 / 243.86                  0 from 1,000, else 2
weight               10.0%                           1
===================  ==============================  ==========================================================

Levels carry a sign only when negative, changes always, zero never. Minus is U+2212; a narrow no-break space (U+202F)
stands before bp, pp and inside dates. Halves round away from zero, on the shortest decimal form of the number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Literal

from barograph.core.errors import NarrativeError
from barograph.core.estimate import Fact
from barograph.core.time import NEW_YORK
from barograph.findings._trend import trend
from barograph.report.dates import Style, day, day_month, period_of

Part = Literal["value", "period", "low", "high", "n", "age", "known", "known_age"]

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
_YEARS = re.compile(r"_(\d+)y$")
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_WORDS = {"sector_etfs": "sector ETFs"}
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
            return 1 if abs(_quantized(value, 1)) < 1 and _quantized(value, 1) != 0 else 0
        if self.decimals is None:
            return 0 if abs(_quantized(value, 2)) >= 1000 else 2
        return self.decimals


def form(unit: str, *, signed: bool = False, decimals: int | None = None) -> Form:
    """The form of a bare number in `unit`, for chart readouts and labels."""
    places, before, after = _unit(unit)
    return Form(places if decimals is None else decimals, before, after, signed, fine=unit == "bp" and signed)


def amount(value: float, unit: str, *, signed: bool = False, decimals: int | None = None, bare: bool = False) -> str:
    """A number with its unit by the rules of the unit alone; `bare` leaves the unit out.

    >>> amount(4.174, "percent"), amount(7.0, "bp", signed=True), amount(7.0, "bp", signed=True, bare=True)
    ('4.17%', '+7\\u202fbp', '+7')
    """
    f = form(unit, signed=signed, decimals=decimals)
    return _number(_decimal(value), Form(f.decimals, "", "", f.signed, f.kind, f.fine) if bare else f)


def share(percent: float) -> str:
    """A probability or share without the claim of certainty.

    >>> share(85.2), share(0.2), share(99.7), share(100)
    ('85%', '<1%', '>99%', '>99%')
    """
    whole = _quantized(_decimal(percent), 0)
    return "<1%" if whole < 1 else ">99%" if whole > 99 else f"{whole}%"


def shares(parts: Sequence[tuple[str, float]]) -> str:
    """Shares by name in whole per cent that add up to 100 (largest remainder); a single part is named "all".

    >>> shares((("vintage", 62.4), ("schedule", 30.4), ("assumed", 7.2))), shares((("schedule", 100.0),))
    ('vintage 63%, schedule 30%, assumed 7%', 'all schedule')
    """
    shown = [(name, value) for name, value in parts if value > 0]
    if len(shown) == 1:
        return f"all {shown[0][0]}"
    floors = [int(value) for _, value in shown]
    order = sorted(range(len(shown)), key=lambda i: (floors[i] - shown[i][1], i))
    for i in order[: max(0, round(sum(v for _, v in shown)) - sum(floors))]:
        floors[i] += 1
    return ", ".join(f"{name} {share(n)}" for (name, _), n in zip(shown, floors, strict=True))


def ordinal(n: int) -> str:
    """
    >>> [ordinal(n) for n in (1, 2, 3, 11, 12, 13, 22, 93)]
    ['1st', '2nd', '3rd', '11th', '12th', '13th', '22nd', '93rd']
    """
    if n % 100 in (11, 12, 13):
        return f"{n}th"
    return f"{n}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th') }"


def printed(fact: Fact, part: Part = "value", *, session: date | None = None, style: Style = "prose") -> str:
    """The printed string of a fact, or of one part of it.

    Parameters
    ----------
    fact
        The fact; without a value it prints as an en dash.
    part
        Its value, the ends of its interval, its period as a date, its n, its age at `session` in days, the day of New
        York on which it became known (without the year of `session`), or how many days before `session` that was.
    session
        The session of the page; needed for the age.
    style
        How a period is written: `prose` (Wed 5 Nov 2025), `short` (5 Nov 2025) or `table` (2025-11-05).

    Raises
    ------
    NarrativeError
        A fact that has the part's other parts but not this one cannot be put into words; an age without a session.
    """
    if part in ("value", "low", "high"):
        value = fact.value if part == "value" else fact.low if part == "low" else fact.high
        if value is None:
            return MISSING
        if isinstance(value, str):
            if fact.id.startswith("momentum.") and fact.id.endswith(".state"):
                return trend(fact.id, value)
            return _WORDS.get(value, value.replace("_", " "))
        return _print_number(fact, float(value), bare=part != "value" and fact.unit == "sessions")
    if part == "n":
        return MISSING if fact.n is None else f"{fact.n:,}"
    when = fact.period if part in ("period", "age") else _known_on(fact)
    if when is None:
        return MISSING
    if part == "period":
        return period_of(fact.id, when, style)
    if part == "known":
        return day_month(when) if session and session.year == when.year else day(when, "short")
    if session is None:
        raise NarrativeError(f"the age of {fact.id}", "no session to count to", "", "Pass session=.")
    return days_long((session - when).days)


def days_long(n: int) -> str:
    """`1 day`, `33 days`."""
    return f"{n:,} day" + ("" if n == 1 else "s")


def _known_on(fact: Fact) -> date | None:
    return fact.known_at.astimezone(NEW_YORK).date() if fact.known_at else None


def raw(fact: Fact, part: Part = "value", *, session: date | None = None) -> float | str | None:
    """What `printed` rounds: the full value, an ISO date, n, or the age in days."""
    if part == "period":
        return fact.period.isoformat() if fact.period else None
    if part == "known":
        return on.isoformat() if (on := _known_on(fact)) else None
    if part in ("age", "known_age"):
        when = fact.period if part == "age" else _known_on(fact)
        return (session - when).days if session and when else None
    return {"value": fact.value, "low": fact.low, "high": fact.high, "n": fact.n}[part]


def rounded(fact: Fact) -> Decimal:
    """The number that a reader sees, for sums over printed parts."""
    value = _decimal(fact.number)
    return _quantized(value, form_of(fact.id, fact.unit).places(value))


def closing(total: Fact, parts: Iterable[Fact]) -> float:
    """Printed total minus printed parts: the residual that makes a printed column add up."""
    return float(rounded(total) - sum((rounded(p) for p in parts), Decimal(0)))


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
        raise NarrativeError(
            f"a number in {unit!r}", "no printed form for this unit", "", "Add it to report/format.py."
        )
    return _UNITS[unit]


def _print_number(fact: Fact, value: float, *, bare: bool = False) -> str:
    f = form_of(fact.id, fact.unit)
    if bare:  # the ends of an interval that stands beside its value: 36 sessions [25, 64]
        f = replace(f, after="")
    if f.kind == "share":
        return share(value)
    if f.kind == "percentile":
        whole = int(_quantized(_decimal(value), 0))
        rank = "<1st" if whole < 1 else ">99th" if whole > 99 else ordinal(whole)
        return f"{rank} pct, {_window(fact)}"
    return _number(_decimal(value), f)


def _window(fact: Fact) -> str:
    """The window of a percentile as it really is: `5 y`, or `2.1 y` where the dates in the fact say less."""
    named = _YEARS.search(fact.id)
    dates = [date.fromisoformat(d) for d in _ISO.findall(fact.window or "")]
    if named and len(dates) == 2:
        real = (dates[1] - dates[0]).days / 365.25
        if real < int(named[1]) - 0.1:
            return f"{_quantized(_decimal(real), 1)}{THIN}y"
    return f"{named[1]}{THIN}y" if named else (fact.window or "window not stated")


def _decimal(value: float) -> Decimal:
    # Twelve digits: 6.999999999999984, the trace of 100 * (4.17 - 4.10), is 7.
    return Decimal(format(value, ".12g"))


def _quantized(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), context=_ROUNDING)


def _number(value: Decimal, f: Form) -> str:
    rounded_ = _quantized(value, f.places(value))
    sign = MINUS if rounded_ < 0 else "+" if f.signed and rounded_ > 0 else ""
    after = f.after.removesuffix("s") if abs(rounded_) == 1 and f.after.endswith("sessions") else f.after
    return f"{sign}{f.before}{abs(rounded_):,}{after}"
