"""What each premium is made of, and how much of a change each part brought."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from barograph.models.premium._premium import Floats, excess_yield, implied_premium

Rows = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Formula:
    """A premium as a function of its parts, in the order in which a change is split.

    `parts` are (name of the part, id of the quantity that holds it); `of` takes their values in that order.
    """

    of: Callable[..., Floats]
    parts: tuple[tuple[str, str], ...]

    def value(self, *parts: float) -> float:
        """The premium, per cent a year; NaN where it is not defined."""
        return float(self.of(*parts))

    def split(self, before: Mapping[str, float], after: Mapping[str, float]) -> Rows:
        """The change by part, per cent: one part after the other is moved, the rest being where it was or already is.

        The rows add up by construction; another order would move what belongs to two parts together.
        """
        now = [before[id_] for _, id_ in self.parts]
        last, rows = self.value(*now), []
        for k, (name, id_) in enumerate(self.parts):
            now[k] = after[id_]
            moved = self.value(*now)
            rows.append((name, moved - last))
            last = moved
        return tuple(rows)


def _gap(level: float, earnings: float, real: float) -> Floats:
    return excess_yield(level, earnings, real, 0.0)


LEVEL, NOMINAL, REAL_YIELD = "erp.us.level", "erp.us.nominal_10y", "erp.us.real_10y"
#: Kept in the estimate for `explain`; as facts the levels belong to the model `levels`.
INNER = (LEVEL, NOMINAL, REAL_YIELD)
FORMULAS: dict[str, Formula] = {
    "damodaran": Formula(
        implied_premium,
        (
            ("price", LEVEL),
            ("cash_flow", "erp.us.damodaran.cash_flow"),
            ("growth", "erp.us.damodaran.growth"),
            ("rate", NOMINAL),
        ),
    ),
    "excess_cape_yield": Formula(
        excess_yield,
        (
            ("price", LEVEL),
            ("earnings", "erp.us.excess_cape_yield.earnings"),
            ("rate", NOMINAL),
            ("inflation", "erp.us.excess_cape_yield.inflation"),
        ),
    ),
    "real_yield_gap": Formula(
        _gap,
        (("price", LEVEL), ("earnings", "erp.us.real_yield_gap.earnings"), ("rate", REAL_YIELD)),
    ),
}
