"""Levels at the edge of their own history: percentile at or under 5, at or over 95, with the window."""

from __future__ import annotations

from dataclasses import dataclass

from barograph.core.estimate import Finding
from barograph.findings._names import name_of
from barograph.findings._protocol import Context, Facts, Outcome, number
from barograph.findings._reading import ref
from barograph.findings._thresholds import EXTREME_HIGH, EXTREME_LOW


@dataclass(frozen=True)
class Extremes:
    """One finding per thing: the 5-year percentile decides, the 3-year one where there is no 5-year one."""

    name: str = "extremes"

    def apply(self, facts: Facts, previous: Facts, context: Context) -> list[Outcome]:
        """Tag `low` or `high`; tag `new` where the session before was not extreme on the same side."""
        out: list[Outcome] = []
        for id_ in sorted(facts):
            prefix, dot, window = id_.rpartition(".percentile_")
            value = number(facts, id_)
            if not dot or value is None:
                continue
            if window != "5y" and number(facts, f"{prefix}.percentile_5y") is not None:
                continue
            side = "low" if value <= EXTREME_LOW else "high" if value >= EXTREME_HIGH else None
            if side is None:
                continue
            before = number(previous, id_)
            was = before is not None and (before <= EXTREME_LOW if side == "low" else before >= EXTREME_HIGH)
            tags = (side,) if was or before is None else (side, "new")
            out.append(
                Finding(self.name, f"extreme.{prefix}", f"{name_of(prefix)} at its {ref(id_)}", (id_,), tags=tags)
            )
        return out


RULE = Extremes()
