"""How rules write text: placeholders for facts, and the ids that belong to one thing."""

from __future__ import annotations

import re
from datetime import date

from barograph.core.estimate import Fact
from barograph.findings._protocol import Facts, known, number
from barograph.findings._thresholds import Z90


def ref(id_: str, part: str = "value") -> str:
    """A placeholder that the report's formatter fills.

    >>> ref("curve.us.10y.level"), ref("credit.us.ig.oas.tight_5y", "period")
    ('{curve.us.10y.level}', '{credit.us.ig.oas.tight_5y|period}')
    """
    return f"{{{id_}}}" if part == "value" else f"{{{id_}|{part}}}"


def change_id(facts: Facts, prefix: str, horizon: str = "1d") -> str | None:
    """The id of the change over `horizon`: a return for prices, a change for yields, spreads and points."""
    for word in ("return", "change"):
        if known(facts, f"{prefix}.{word}_{horizon}") is not None:
            return f"{prefix}.{word}_{horizon}"
    return None


def join(parts: list[str]) -> str:
    """`a, b and c`.

    >>> join(["a", "b", "c"]), join(["a"])
    ('a, b and c', 'a')
    """
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def session_sd(facts: Facts, level_id: str) -> float | None:
    """Standard deviation of one session's change of a level, in the level's unit; None where no fact bears on it.

    From `<prefix>.sd_1d` where a model gives it (per cent of the level for prices, bp for yields), else from the width
    of the 80 % next-session range, which is 2 x 1.2816 standard deviations of a normal distribution.
    """
    prefix = level_id.removesuffix(".level")
    level, sd = number(facts, level_id), known(facts, f"{prefix}.sd_1d")
    if level is not None and sd is not None:
        unit = facts[level_id].unit
        if sd.unit == unit:
            return sd.number
        if sd.unit == "percent":
            return abs(level) * sd.number / 100.0
        if sd.unit == "bp" and unit == "percent":
            return sd.number / 100.0
    slug = {"equity.us.spx": "spx", "curve.us.10y": "us10y"}.get(prefix)
    if slug is not None:
        low, high = number(facts, f"range.{slug}.low"), number(facts, f"range.{slug}.high")
        if low is not None and high is not None and high > low:
            return (high - low) / (2.0 * Z90)
    return None


def window_years(fact: Fact) -> str:
    """How many years a fact named `..._5y` really rests on: "5", or "2.9" where the dates in its window say less.

    >>> window_years(Fact("a.avg_5y", 1.0, "bp", window="2022-12-12 to 2025-11-05"))
    '2.9'
    """
    named = re.search(r"_(\d+)y$", fact.id)
    days = [date.fromisoformat(d) for d in re.findall(r"\d{4}-\d\d-\d\d", fact.window or "")]
    if named is None:
        return ""
    real = (days[1] - days[0]).days / 365.25 if len(days) == 2 else float(named[1])
    return f"{real:.1f}" if real < int(named[1]) - 0.1 else named[1]
