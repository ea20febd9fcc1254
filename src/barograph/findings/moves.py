"""The five facts that moved most, by surprise and not by size, one per asset family; and what was ordinary."""

from __future__ import annotations

from dataclasses import dataclass

from barograph.core.estimate import Finding
from barograph.findings._names import family_of, name_of
from barograph.findings._protocol import Context, Facts, Outcome, number
from barograph.findings._reading import change_id, ref
from barograph.findings._thresholds import EDGED_BELOW, MOVED_MOST


def ranked(facts: Facts) -> list[tuple[str, str, float]]:
    """(prefix, family, z) of everything in a family with a one-session z of the session, largest |z| first, ties by id."""
    rows = []
    for id_ in facts:
        if not id_.endswith(".z_1d"):
            continue
        prefix = id_.removesuffix(".z_1d")
        family, z = family_of(prefix), number(facts, id_)
        if family is not None and z is not None:
            rows.append((prefix, family, z))
    # A series with a release lag of its own shows an older change: it is no move of this session.
    newest = max((f.period for p, _, _ in rows if (f := facts[f"{p}.z_1d"]).period), default=None)
    rows = [r for r in rows if facts[f"{r[0]}.z_1d"].period == newest]
    return sorted(rows, key=lambda r: (-abs(r[2]), r[0]))


def moved_most(facts: Facts, count: int = MOVED_MOST) -> list[str]:
    """Prefixes of the facts that moved most: the largest |z| of each family, from 1 on, the families by that |z|."""
    seen: dict[str, str] = {}
    for prefix, family, z in ranked(facts):
        if abs(z) >= EDGED_BELOW:
            seen.setdefault(family, prefix)
    return list(seen.values())[:count]


def ordinary(facts: Facts) -> list[str]:
    """Prefixes with |z| < 1, by id: none of them is among the facts that moved most."""
    return sorted(p for p, _, z in ranked(facts) if abs(z) < EDGED_BELOW)


@dataclass(frozen=True)
class Moves:
    """One finding per fact that moved most (rank |z|), and one that lists what was ordinary."""

    name: str = "moves"

    def apply(self, facts: Facts, previous: Facts, context: Context) -> list[Outcome]:
        """Rank by |z| of the one-session change against its last 252 sessions."""
        out: list[Outcome] = []
        for prefix in moved_most(facts):
            z, change = f"{prefix}.z_1d", change_id(facts, prefix)
            text = f"{name_of(prefix)} {ref(change) + ', ' if change else ''}{ref(z)}"
            used = tuple(i for i in (change, z) if i)
            tags = ("moved", family_of(prefix) or "")
            out.append(Finding(self.name, f"moved.{prefix}", text, used, rank=abs(facts[z].number), tags=tags))
        quiet = ordinary(facts)
        if quiet:
            text = "Ordinary today: " + ", ".join(name_of(p) for p in quiet)
            ids = tuple(f"{p}.z_1d" for p in quiet)
            out.append(Finding(self.name, "moved.ordinary", text, ids, tags=("ordinary",)))
        return out


RULE = Moves()
