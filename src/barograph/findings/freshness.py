"""How old the page's inputs are: how many daily inputs predate the session, and which releases a closure suspends."""

from __future__ import annotations

from dataclasses import dataclass

from barograph.core.estimate import Fact, Finding, Input
from barograph.core.series import family_of
from barograph.findings._names import name_of
from barograph.findings._protocol import Context, Facts, Outcome, known
from barograph.findings._reading import ref

PREDATE, TOTAL = "page.inputs.predate", "page.inputs.total"
#: The releases a reader asks for first when an agency is closed.
WATCHED = ("macro.us.payrolls.latest", "macro.us.cpi.latest")


def newest_inputs(facts: Facts) -> dict[str, Input]:
    """Per series (a family counts once) the newest stretch of it that any fact rests on."""
    newest: dict[str, Input] = {}
    for fact in facts.values():
        for piece in fact.lineage:
            key = family_of(piece.series_id)
            if key not in newest or piece.last > newest[key].last:
                newest[key] = piece
    return newest


def predating(facts: Facts, context: Context) -> tuple[list[str], list[str]]:
    """(series that predate the session, all daily series) among the inputs, by id."""
    old, all_ = [], []
    for series_id, piece in sorted(newest_inputs(facts).items()):
        series = context.catalog.get(series_id)
        if series is None or series.frequency != "D":
            continue
        all_.append(series_id)
        if piece.last < context.session:
            old.append(series_id)
    return old, all_


def freshness_facts(facts: Facts, context: Context) -> tuple[Fact, ...]:
    """`page.inputs.predate` and `page.inputs.total` as facts (unit count), so that a sentence may refer to them."""
    old, all_ = predating(facts, context)
    pieces = newest_inputs(facts)
    lineage = tuple(pieces[s] for s in all_)
    known_at = max((p.known_at for p in lineage), default=None)
    return tuple(
        Fact(id_, float(n), "count", period=context.session, known_at=known_at, lineage=lineage)
        for id_, n in ((PREDATE, len(old)), (TOTAL, len(all_)))
    )


@dataclass(frozen=True)
class Freshness:
    """One finding with the count, one that names a closure and the last prints known."""

    name: str = "freshness"

    def apply(self, facts: Facts, previous: Facts, context: Context) -> list[Outcome]:
        """The count rests on the lineage of the facts; the closure on the catalogue."""
        out: list[Outcome] = []
        old, all_ = predating(facts, context)
        if all_:
            text = f"{ref(PREDATE)} of {ref(TOTAL)} daily inputs predate the session"
            tags = ("freshness", *old)
            out.append(Finding(self.name, "freshness.inputs", text, (PREDATE, TOTAL), tags=tags))
        closure = context.catalog.closure_at(context.as_of)
        if closure is not None:
            last = [i for i in WATCHED if known(facts, i)]
            words = "; ".join(f"last {name_of(i.rpartition('.')[0])} known: {ref(i, 'period')}" for i in last)
            text = closure.title + (f": {words}" if words else "")
            out.append(Finding(self.name, "freshness.closure", text, tuple(last), tags=("closure", *closure.agencies)))
        return out


RULE = Freshness()
