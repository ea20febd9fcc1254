"""Rows that explain a change when a model has nothing finer to say: the quantity's own change and a residual."""

from __future__ import annotations

import math
from collections.abc import Iterable

from barograph.core.estimate import Attribution, Estimate, Fact, Quantity, fact_of


def number_of(quantity: Quantity | None) -> float | None:
    """The quantity's value when it is a number."""
    if quantity is None or not isinstance(quantity.value, float):
        return None
    return quantity.value


def both(before: Estimate, after: Estimate, id_: str) -> tuple[float, float, str] | None:
    """Value before, value after and the unit, where both estimates give a number in one unit."""
    old, new = before.get(id_), after.get(id_)
    first, second = number_of(old), number_of(new)
    if first is None or second is None or old is None or new is None or old.unit != new.unit:
        return None
    return first, second, new.unit


def named(quantity: str, unit: str, total: float, rows: tuple[tuple[str, float], ...]) -> Attribution:
    """An attribution whose row `residual` is what the named rows leave of the total."""
    rest = total
    for _, value in rows:
        rest -= value
    return Attribution(quantity, unit, total, (*rows, ("residual", rest)))


def own_changes(before: Estimate, after: Estimate) -> tuple[Attribution, ...]:
    """Per number that both estimates give: one row with its own name for the whole change, residual zero."""
    old = {q.id: q for q in before.quantities}
    out = []
    for quantity in after.quantities:
        first, second = number_of(old.get(quantity.id)), number_of(quantity)
        if first is None or second is None or old[quantity.id].unit != quantity.unit:
            continue
        total = second - first
        out.append(named(quantity.id, quantity.unit, total, ((quantity.id.rpartition(".")[2], total),)))
    return tuple(out)


def finite(quantities: Iterable[Quantity]) -> tuple[Quantity, ...]:
    """The quantities, those that absurd or unmoving inputs left without a finite number as insufficient."""
    out = []
    for q in quantities:
        numbers = [v for v in (q.value, q.low, q.high) if isinstance(v, float)]
        good = all(math.isfinite(v) for v in numbers)
        out.append(
            q
            if good
            else Quantity(q.id, None, q.unit, "insufficient", q.period, reason="the inputs give no finite number")
        )
    return tuple(out)


class EveryQuantity:
    """A model whose quantities are its facts, and whose changes have no finer explanation unless it gives one."""

    def facts(self, estimate: Estimate) -> tuple[Fact, ...]:
        """Every quantity is a fact."""
        return tuple(fact_of(q) for q in estimate.quantities)

    def explain(self, before: Estimate, after: Estimate) -> tuple[Attribution, ...]:
        """The change of each number as one row."""
        return own_changes(before, after)
