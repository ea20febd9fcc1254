"""The contract of a finding rule: facts of two sessions in, judgements out. A rule reads no archive, clock or file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from barograph.core.estimate import Fact, Finding, Problem, Statement
from barograph.core.release import Closure
from barograph.core.series import Series

Facts = Mapping[str, Fact]
Outcome = Finding | Problem | Statement


class CatalogueLike(Protocol):
    """What a rule may ask of the catalogue: a series by id, and which government closure covers an instant."""

    @property
    def closures(self) -> tuple[Closure, ...]:
        """All closures on record."""
        ...

    def get(self, series_id: str) -> Series | None:
        """The row of `series_id`, or None."""
        ...

    def closure_at(self, instant: datetime) -> Closure | None:
        """The closure that suspends releases at `instant` (UTC), or None."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """The three sessions a rule may name, the as-of (UTC), and the catalogue."""

    session: date
    previous_session: date
    next_session: date
    as_of: datetime
    catalog: CatalogueLike


class Rule(Protocol):
    """One file in this folder, exporting one RULE.

    `text` of the Findings it makes holds placeholders `{fact.id}` or `{fact.id|period}` in place of numbers and dates:
    the report's one formatter prints them, so a rule cannot type a number.
    """

    name: str

    def apply(self, facts: Facts, previous: Facts, context: Context) -> list[Outcome]:
        """Judge `facts` of the session beside `previous`, the facts of the session before (empty when unknown)."""
        ...


def known(facts: Facts, id_: str) -> Fact | None:
    """The fact when it is there and carries a value, else None."""
    fact = facts.get(id_)
    return fact if fact is not None and fact.value is not None else None


def number(facts: Facts, id_: str) -> float | None:
    """The fact's value as a number, or None when it is absent, insufficient or a label."""
    fact = known(facts, id_)
    return None if fact is None or isinstance(fact.value, str) else fact.number


def label(facts: Facts, id_: str) -> str | None:
    """The fact's value when it is a label, else None."""
    fact = known(facts, id_)
    return fact.value if fact is not None and isinstance(fact.value, str) else None
