"""Dates as they are printed: days, months and quarters, in prose and in tables."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Literal

from barograph.core.time import NEW_YORK

Style = Literal["prose", "short", "table"]

THIN = "\u202f"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
#: Macro prints whose period is one day or the week that ends on it; all others name a month or a quarter by its first.
DAILY_OR_WEEKLY = frozenset(
    {
        "initial_claims",
        "continued_claims",
        "fed_assets",
        "reserves",
        "treasury_account",
        "reverse_repo",
        "bank_credit",
        "financial_conditions",
        "mortgage_30y",
        "effr",
        "sofr",
        "iorb",
        "target_upper",
        "target_lower",
        "brent",
        "wti",
    }
)
QUARTERLY = frozenset({"gdp_real"})


def day(when: date, style: Style = "prose") -> str:
    """A day. The week starts nothing here; a year is always written.

    >>> day(date(2025, 11, 5)).split("\\u202f"), day(date(2025, 11, 5), "table")
    (['Wed', '5', 'Nov', '2025'], '2025-11-05')
    """
    if style == "table":
        return when.isoformat()
    text = f"{when.day}{THIN}{_MONTHS[when.month - 1]}{THIN}{when.year}"
    return f"{_DAYS[when.weekday()]}{THIN}{text}" if style == "prose" else text


def long_day(when: date) -> str:
    """The masthead's date: Wednesday 5 November 2025."""
    month = _LONG_MONTHS[when.month - 1]
    return f"{_LONG_DAYS[when.weekday()]} {when.day}{THIN}{month}{THIN}{when.year}"


def day_month(when: date) -> str:
    """`5 Nov`, for the end label of a line whose year stands elsewhere."""
    return f"{when.day}{THIN}{_MONTHS[when.month - 1]}"


def clock(at: datetime, session: date) -> tuple[str, str]:
    """A time of New York, and its day where that is not the session's.

    >>> from datetime import UTC
    >>> clock(datetime(2025, 11, 5, 19, 0, tzinfo=UTC), date(2025, 11, 5))
    ('14:00 ET', '')
    """
    local = at.astimezone(NEW_YORK)
    days = day_month(local.date()) if local.year == session.year else day(local.date(), "short")
    return f"{local:%H:%M} ET", "" if local.date() == session else days


def weekday(when: date, session: date) -> str:
    """`Fri 7 Nov`, with its year where that is not the session's.

    >>> weekday(date(2025, 11, 7), date(2025, 11, 5)).split("\\u202f")
    ['Fri', '7', 'Nov']
    """
    days = day_month(when) if when.year == session.year else day(when, "short")
    return f"{_DAYS[when.weekday()]}{THIN}{days}"


def month(when: date) -> str:
    """`Nov`, for a time axis."""
    return _MONTHS[when.month - 1]


#: Facts about a quarter or a month, named by its first day, and those among the latter's that are about a day.
OF_QUARTERS = ("nowcast.us.gdp.", "regime.us.gdp.", "erp.us.damodaran.cash_flow")
OF_MONTHS = (
    *("nowcast.", "regime.us.", "recession.us.", "credit.us.ebp."),
    *("erp.us.excess_cape_yield.earnings", "erp.us.excess_cape_yield.inflation", "erp.us.real_yield_gap.earnings"),
    "erp.us.damodaran.growth",
)
OF_DAYS = ("regime.us.market.",)


def period_of(fact_id: str, when: date, style: Style = "prose") -> str:
    """The period that a fact is about: macro prints name a month or a quarter by its first day.

    >>> period_of("macro.us.payrolls.latest", date(2025, 8, 1), "table").split("\\u202f")
    ['Aug', '2025']
    >>> period_of("macro.us.gdp_real.latest", date(2025, 4, 1)).split("\\u202f")
    ['Q2', '2025']
    """
    slug = fact_id.split(".")[2] if fact_id.startswith("macro.") and fact_id.count(".") > 2 else ""
    quarterly = slug in QUARTERLY or fact_id.startswith(OF_QUARTERS)
    monthly = fact_id.startswith(OF_MONTHS) and not fact_id.startswith(OF_DAYS)
    if (not (slug or quarterly or monthly)) or slug in DAILY_OR_WEEKLY or when.day != 1:
        return day(when, style)
    return period_name("quarter_start" if quarterly else "month_start", when)


def period_name(stamp: str, when: date) -> str:
    """A period by the stamp of its series, as the page names it in sentences and in tables.

    >>> period_name("month_start", date(2008, 9, 1)).split("\\u202f"), period_name("day", date(2008, 9, 1)).split("\\u202f")
    (['Sep', '2008'], ['1', 'Sep', '2008'])
    """
    if stamp == "quarter_start":
        return f"Q{(when.month + 2) // 3}{THIN}{when.year}"
    return f"{_MONTHS[when.month - 1]}{THIN}{when.year}" if stamp == "month_start" else day(when, "short")


def stamped(stamp: str, when: date) -> str:
    """A period by the stamp of its series, as the pages of single series sort it.

    >>> stamped("month_start", date(2008, 9, 1)), stamped("quarter_start", date(2008, 7, 1))
    ('2008-09', '2008-Q3')
    """
    if stamp == "quarter_start":
        return f"{when.year}-Q{(when.month + 2) // 3}"
    return f"{when:%Y-%m}" if stamp == "month_start" else when.isoformat()


def instant(at: datetime) -> str:
    """A UTC instant with New York's wall clock beside it.

    >>> instant(datetime(2025, 11, 5, 23, tzinfo=UTC))
    '2025-11-05 23:00 UTC (18:00 ET)'
    """
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC ({at.astimezone(NEW_YORK):%H:%M} ET)"
