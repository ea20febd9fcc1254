"""The sectors at both ends of the session, in order, by contribution and by return."""

from __future__ import annotations

from dataclasses import dataclass

from barograph.core.estimate import Finding
from barograph.findings._names import name_of
from barograph.findings._protocol import Context, Facts, Outcome, number
from barograph.findings._reading import join, ref
from barograph.findings._thresholds import SECTORS_NAMED

SECTOR = "equity.us.sector."


def ordered(facts: Facts, measure: str) -> list[str]:
    """Sector prefixes by `measure` (contribution_1d or return_1d), largest first, ties by id."""
    rows = []
    for id_ in facts:
        if id_.startswith(SECTOR) and id_.endswith("." + measure) and id_.count(".") == 4:
            value = number(facts, id_)
            if value is not None:
                rows.append((-value, id_.removesuffix("." + measure)))
    return [prefix for _, prefix in sorted(rows)]


def ends(facts: Facts, measure: str, named: int = SECTORS_NAMED) -> tuple[list[str], list[str]]:
    """(leaders, laggards): up to `named` on each side and never more than half of the sectors; laggards worst first."""
    rows = ordered(facts, measure)
    k = min(named, len(rows) // 2)
    # Slicing off the end and turning it round: the worst comes first.
    return rows[:k], rows[len(rows) - k :][::-1]


@dataclass(frozen=True)
class SectorLeaders:
    """One finding per measure."""

    name: str = "sector_leaders"

    def apply(self, facts: Facts, previous: Facts, context: Context) -> list[Outcome]:
        """Leaders from the top down, laggards from the bottom up."""
        out: list[Outcome] = []
        for measure, words in (("contribution_1d", "Sector contributions"), ("return_1d", "Sector returns")):
            leaders, laggards = ends(facts, measure)
            if not leaders:
                continue
            sides = [join([f"{name_of(p)} ({ref(f'{p}.{measure}')})" for p in side]) for side in (leaders, laggards)]
            text = f"{words}: leaders {sides[0]}; laggards {sides[1]}"
            used = tuple(f"{p}.{measure}" for p in (*leaders, *laggards))
            out.append(Finding(self.name, f"sectors.{measure}", text, used, tags=("sectors", measure)))
        return out


RULE = SectorLeaders()
