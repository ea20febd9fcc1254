"""Closure and freshness checks across sections: whatever a page must not say twice in two ways is a Problem here."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from barograph.core.estimate import Fact, Problem
from barograph.core.release import newest_period
from barograph.findings._identities import Sum, identities
from barograph.findings._protocol import Context, Facts, Outcome, known
from barograph.findings._thresholds import CLOSURE
from barograph.findings.freshness import newest_inputs

SOURCE = "findings.contradictions"
#: A level this many times the session before's (or its inverse) is a change of scale, not a move.
SCALE_JUMP = 5.0
_MEASURE = re.compile(r"(level|return|change)(?:_(\d+)d)?")


def _sum(facts: Facts, side: Sum) -> float | None:
    total = []
    for factor, id_ in side:
        fact = known(facts, id_)
        if fact is None or isinstance(fact.value, str):
            return None
        total.append(factor * fact.number)
    return math.fsum(total)


def closures(facts: Facts) -> Iterator[Problem]:
    """Identities that do not hold to their tolerance."""
    for identity in identities(facts):
        left, right = _sum(facts, identity.left), _sum(facts, identity.right)
        if left is None or right is None:
            continue
        periods = {facts[i].period for i in identity.ids()}
        # Legs of different days do not close by nature; their dates are the freshness check's business.
        if identity.one_day and len(periods) > 1:
            continue
        if abs(left - right) > identity.tolerance:
            yield Problem(
                SOURCE,
                identity.left[0][1],
                f"{identity.what}: {left!r} against {right!r} {identity.unit}",
                "error",
                "Compare the two sides' lineage; one of them rests on another input.",
            )


def same_quantity(facts: Facts) -> Iterator[Problem]:
    """One quantity with two values: same measure of the same series over the same horizon and period."""
    groups: dict[tuple[object, ...], list[Fact]] = defaultdict(list)
    for id_ in sorted(facts):
        fact = known(facts, id_)
        found = _MEASURE.fullmatch(id_.rpartition(".")[2])
        if fact is None or isinstance(fact.value, str) or found is None or not fact.lineage:
            continue
        series = tuple(sorted({i.series_id for i in fact.lineage}))
        groups[(series, found[1], found[2], fact.unit, fact.period)].append(fact)
    for facts_ in groups.values():
        first = facts_[0]
        for other in facts_[1:]:
            # Two facts from the same two series may be a sum and a difference: only single-series facts are the same.
            if len({i.series_id for i in first.lineage}) == 1 and abs(first.number - other.number) > CLOSURE:
                yield Problem(
                    SOURCE,
                    other.id,
                    f"one quantity with two values: {first.id} is {first.value!r}, {other.id} is {other.value!r} "
                    f"({first.unit}, {first.period})",
                    "error",
                    "One of the two rests on another vintage or window; see their lineage.",
                )


def stale_inputs(facts: Facts, context: Context) -> Iterator[Problem]:
    """Series whose newest value is older than the one that should have been public at the as-of."""
    for series_id, piece in sorted(newest_inputs(facts).items()):
        series = context.catalog.get(series_id)
        if series is None:
            continue
        expected = newest_period(series, context.as_of, context.catalog.closures)
        if expected is not None and piece.last < expected:
            yield Problem(
                SOURCE,
                series_id,
                f"newest value is for {piece.last}, the release rule expects {expected}",
                "warning",
                "Run `barograph update`; if the provider is late, the page will catch up by itself.",
            )


def _due(fact: Fact, context: Context) -> date | None:
    """The period that a fact resting on these inputs should carry, or None where no rule says."""
    due = []
    for piece in fact.lineage:
        series = context.catalog.get(piece.series_id)
        if series is None or series.frequency != "D":
            return None
        expected = newest_period(series, context.as_of, context.catalog.closures)
        if expected is not None:
            due.append(min(expected, context.session))
    return min(due, default=None)


#: Facts about what is to come.
_AHEAD = ("nowcast.", "policy.us.path.", "policy.us.meeting.", "policy.us.futures.")


def stale_under_new_date(facts: Facts, context: Context) -> Iterator[Problem]:
    """A session's level or change that is in truth an older one, shown as fresh; and values from after the session."""
    for id_ in sorted(facts):
        fact = facts[id_]
        last = id_.rpartition(".")[2]
        if fact.value is None or fact.period is None:
            continue
        # The period of these is what they are about, a quarter or a meeting to come, which may lie after the session.
        later = fact.period > context.session and not id_.startswith(_AHEAD)
        if later or (fact.known_at is not None and fact.known_at > context.as_of):
            yield Problem(
                SOURCE,
                id_,
                f"a value for {fact.period}, known at {fact.known_at}, stands on the page of {context.session}",
                "error",
                "This is look-ahead: do not publish the page, report it.",
            )
        elif last == "level" or last.endswith("_1d"):
            due = _due(fact, context)
            if due is not None and fact.period < due and fact.state == "ok":
                yield Problem(
                    SOURCE,
                    id_,
                    f"shown under {context.session}, but it is the value of {fact.period}; {due} was due",
                    "error",
                    "The model must say `insufficient` and give the last known value with its age.",
                )


def changed_silently(facts: Facts, previous: Facts) -> Iterator[Problem]:
    """Same id, other unit, other window or other scale than on the session before."""
    for id_ in sorted(facts):
        now, before = known(facts, id_), known(previous, id_)
        if now is None or before is None:
            continue
        if now.unit != before.unit:
            yield Problem(SOURCE, id_, f"unit changed from {before.unit} to {now.unit}", "error", "Rename the fact.")
            continue
        if _shape(now.window) != _shape(before.window):
            text = f"window changed from {before.window!r} to {now.window!r}"
            yield Problem(SOURCE, id_, text, "warning", "Say so on the page, or restore the window.")
        if id_.endswith(".level") and not isinstance(now.value, str) and not isinstance(before.value, str):
            old, new = abs(before.number), abs(now.number)
            # Slopes and breakevens pass through zero, where a ratio means nothing.
            if now.unit in ("index", "points", "usd", "usd_per_barrel") and old > 0 and new > 0:
                ratio = max(new / old, old / new)
                if ratio >= SCALE_JUMP:
                    text = f"level {new:g} beside {old:g} on the session before: scale or label changed"
                    yield Problem(SOURCE, id_, text, "error", "Check the series behind it for a rebase or a split.")


def _shape(window: str | None) -> str | None:
    """A window without its dates: "2020-11-06 to 2025-11-05, 1256 sessions" keeps its form and not its days."""
    if window is None:
        return None
    bare = re.sub(r"\d{4}-\d\d-\d\d", "D", window)
    # The number of sessions in five years wanders by a few; the window's name does not.
    if "D" not in bare:
        return bare
    # Nor is it another window where one more of its sessions has the better data, or a month is a session longer.
    return re.sub(r"\d{3,}", "N", re.sub(r"\b\d+ of \d+\b", "N of N", bare))


@dataclass(frozen=True)
class Contradictions:
    """Every check above; each failure is one Problem."""

    name: str = "contradictions"

    def apply(self, facts: Facts, previous: Facts, context: Context) -> list[Outcome]:
        """Problems in the order of the checks, then of the ids."""
        return [
            *closures(facts),
            *same_quantity(facts),
            *stale_inputs(facts, context),
            *stale_under_new_date(facts, context),
            *changed_silently(facts, previous),
        ]


RULE = Contradictions()
