"""What is said of an asset: ids and units of its quantities, and what they have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from barograph.core.estimate import FactState, Input, Quantity
from barograph.models.sensitivity import _estimates as estimates
from barograph.models.sensitivity._sample import FACTORS

if TYPE_CHECKING:
    from barograph.models.assets import Asset

HEAD = "sensitivity"
EVENTS = ("all", "cpi", "payrolls", "fomc")
COUNTS = ("assets", "help", "hurt", "discoveries", "breaks")
NAMES = tuple(name for name, _ in FACTORS)


@dataclass(frozen=True)
class About:
    """What an asset's quantities have in common."""

    p: str
    period: date
    state: FactState
    inputs: tuple[Input, ...]
    reason: str | None

    def given(
        self, what: str, value: float | str, unit: str, *, low: float | None = None, high: float | None = None,
        n: int | None = None, window: str | None = None, period: date | None = None,
    ) -> Quantity:  # fmt: skip
        """A quantity with a value."""
        return Quantity(
            f"{self.p}.{what}",
            value,
            unit,
            self.state,
            period or self.period,
            low,
            high,
            n,
            window,
            self.inputs,
            self.reason,
        )

    def gone(self, what: str, unit: str, reason: str) -> Quantity:
        """A quantity without one."""
        return Quantity(f"{self.p}.{what}", None, unit, "insufficient", self.period, inputs=self.inputs, reason=reason)


def ids(scenario: float = 25.0) -> list[tuple[str, str]]:
    """What is said of every asset, with units."""
    out = [
        (f"{f}.{e}.{what}", "percent") for f in NAMES for e in estimates.ESTIMATORS for what in ("beta", "low", "high")
    ]
    out += [("state", "label"), ("discovery", "label")]
    out += [
        ("break.statistic", "ratio"),
        ("break.flag", "label"),
        ("break.before", "percent"),
        ("break.after", "percent"),
    ]
    out += [(f"event.{e}.beta", "percent") for e in EVENTS]
    out += [(f"impact.{f}", "percent") for f in (*NAMES, "total", "residual")]
    out += [(f"fan.{side}{scenario:g}", "percent") for side in ("up", "down")]
    return [*out, ("fan.width", "percent"), ("fan.percentile_5y", "percent")]


def missing(assets: Iterable[Asset], session: date, reason: str) -> list[Quantity]:
    """Every quantity without a value, for one reason."""
    out = [
        Quantity(f"{HEAD}.{a.slug}.{what}", None, unit, "insufficient", session, reason=reason)
        for a in assets
        for what, unit in ids()
    ]
    return [
        *out,
        *(Quantity(f"{HEAD}.us.{c}", None, "count", "insufficient", session, reason=reason) for c in COUNTS),
    ]
