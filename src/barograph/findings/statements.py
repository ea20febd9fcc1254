"""What the page claims about the next session, in a form that can be scored: 80 % ranges for the close."""

from __future__ import annotations

from dataclasses import dataclass

from barograph.core.estimate import Statement
from barograph.findings._names import asset_prefix, name_of
from barograph.findings._protocol import Context, Facts, Outcome, known

LEVEL = 0.80


@dataclass(frozen=True)
class Statements:
    """One statement per `range.<asset>` that has both ends; it is due on the next session."""

    name: str = "statements"

    def apply(self, facts: Facts, previous: Facts, context: Context) -> list[Outcome]:
        """The text carries no number: low, high, unit and due day are fields of the statement."""
        out: list[Outcome] = []
        for id_ in sorted(facts):
            asset = id_.removeprefix("range.").removesuffix(".low")
            if id_ != f"range.{asset}.low" or "." in asset:
                continue
            low, high = known(facts, id_), known(facts, f"range.{asset}.high")
            if low is None or high is None or low.unit != high.unit or not low.number <= high.number:
                continue
            prefix = asset_prefix(asset)
            out.append(
                Statement(
                    id=f"range.{asset}/{context.session.isoformat()}",
                    made_on=context.session,
                    due=context.next_session,
                    fact_id=f"{prefix}.level",
                    text=f"80 % range for the next close: {name_of(prefix)}",
                    unit=low.unit,
                    score="interval",
                    low=low.number,
                    high=high.number,
                    level=LEVEL,
                )
            )
        return out


RULE = Statements()
