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
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Literal

from barograph.core.errors import NarrativeError
from barograph.core.estimate import Fact
from barograph.core.time import NEW_YORK
from barograph.findings._trend import trend
from barograph.report.dates import Style, day, day_month, period_of
from barograph.report.forms import MINUS, MISSING, THIN, Form, form, form_of, quantized

Part = Literal["value", "period", "low", "high", "n", "age", "known", "known_age"]

_YEARS = re.compile(r"_(\d+)y$")
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_WORDS = {"sector_etfs": "sector ETFs"}


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
    whole = quantized(_decimal(percent), 0)
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
    return quantized(value, form_of(fact.id, fact.unit).places(value))


def closing(total: Fact, parts: Iterable[Fact]) -> float:
    """Printed total minus printed parts: the residual that makes a printed column add up."""
    return float(rounded(total) - sum((rounded(p) for p in parts), Decimal(0)))


def _print_number(fact: Fact, value: float, *, bare: bool = False) -> str:
    f = form_of(fact.id, fact.unit)
    if bare:  # the ends of an interval that stands beside its value: 36 sessions [25, 64]
        f = replace(f, after="")
    if f.kind == "share":
        return share(value)
    if f.kind == "percentile":
        whole = int(quantized(_decimal(value), 0))
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
            return f"{quantized(_decimal(real), 1)}{THIN}y"
    return f"{named[1]}{THIN}y" if named else (fact.window or "window not stated")


def _decimal(value: float) -> Decimal:
    # Twelve digits: 6.999999999999984, the trace of 100 * (4.17 - 4.10), is 7.
    return Decimal(format(value, ".12g"))


def _number(value: Decimal, f: Form) -> str:
    rounded_ = quantized(value, f.places(value))
    sign = MINUS if rounded_ < 0 else "+" if f.signed and rounded_ > 0 else ""
    after = f.after.removesuffix("s") if abs(rounded_) == 1 and f.after.endswith("sessions") else f.after
    return f"{sign}{f.before}{abs(rounded_):,}{after}"
