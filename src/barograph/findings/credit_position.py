"""Where a spread stands between its trailing tight and wide and against its average; every word is computed."""

from __future__ import annotations

from dataclasses import dataclass

from barograph.core.estimate import Finding
from barograph.findings._names import name_of
from barograph.findings._protocol import Context, Facts, Outcome, number
from barograph.findings._reading import ref, window_years
from barograph.findings._thresholds import band_words

SPREADS = ("credit.us.ig.oas", "credit.us.hy.oas")


def position(facts: Facts, prefix: str, years: str = "5y") -> float | None:
    """Position of the level between the tight (0) and the wide (1) of its window; None where a reference is missing.

    (level - tight) / (wide - tight): 52.8 between 50 and 55 stands at 0.56, above the middle.
    """
    level, tight, wide = (number(facts, f"{prefix}.{k}") for k in ("level", f"tight_{years}", f"wide_{years}"))
    if level is None or tight is None or wide is None or not wide > tight:
        return None
    return (level - tight) / (wide - tight)


def average_word(facts: Facts, prefix: str) -> str | None:
    """`above`, `below` or `at` its 5-year average, by the levels themselves."""
    level, mean = number(facts, f"{prefix}.level"), number(facts, f"{prefix}.avg_5y")
    if level is None or mean is None:
        return None
    return "above" if level > mean else "below" if level < mean else "at"


@dataclass(frozen=True)
class CreditPosition:
    """One finding per spread."""

    name: str = "credit_position"

    def apply(self, facts: Facts, previous: Facts, context: Context) -> list[Outcome]:
        """The level, its side of the average and its place between tight and wide."""
        out: list[Outcome] = []
        for prefix in SPREADS:
            place, side = position(facts, prefix), average_word(facts, prefix)
            if place is None or side is None:
                continue
            used = [f"{prefix}.{k}" for k in ("level", "avg_5y", "tight_5y", "wide_5y")]
            years = window_years(facts[used[1]])
            text = (
                f"{name_of(prefix)} {ref(used[0])}, {side} its {years}-year average of {ref(used[1])}, "
                f"{band_words(place)} of its range, from the {years}-year tight {ref(used[2])} ({ref(used[2], 'period')}) "
                f"to the {years}-year wide {ref(used[3])} ({ref(used[3], 'period')})"
            )
            out.append(Finding(self.name, f"position.{prefix}", text, tuple(used), tags=("credit", side)))
        return out


RULE = CreditPosition()
