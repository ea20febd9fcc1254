"""One day as the sections see it: facts, facts of the session before, findings, problems, and the words' setting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Literal

from barograph.archive.view import AsOf
from barograph.catalog.catalog import Catalog
from barograph.core.estimate import Fact, Finding, Problem, Statement
from barograph.core.observation import BASES
from barograph.core.time import page_before
from barograph.findings.catalysts import Catalyst
from barograph.findings.invalidations import RULES
from barograph.report.blocks import Block, Ref, Section, Text
from barograph.report.coming import coming_at
from barograph.report.dates import period_of
from barograph.report.narrative.sentences import Narrator
from barograph.report.narrative.setting import Setting

#: Stands for the condition of a section whose inputs are missing: a page never leaves the line out in silence.
NO_CONDITION = "no condition: the inputs it needs are missing or old"
SectionState = Literal["ok", "degraded", "insufficient"]
#: How far ahead a page looks for events.
AHEAD = timedelta(50)


@dataclass(frozen=True)
class Record:
    """What models said at earlier instants, each from what could be known then: of `months` ends and of the last `sessions`.

    Per instant the session and the numbers by fact id; where a model said nothing the id is missing. `about` names the
    period that a number was about. `paths` are filtered coefficients by fact id, each (day, value, low, high) from the days
    up to it, with the parameters of the page's month.
    """

    months: tuple[tuple[date, Mapping[str, float]], ...] = ()
    sessions: tuple[tuple[date, Mapping[str, float]], ...] = ()
    about: Mapping[tuple[date, str], date] = field(default_factory=dict)
    paths: Mapping[str, tuple[tuple[date, float, float, float], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Day:
    """Everything a section may select from; a section computes nothing.

    `facts` are those of `session`, `previous` those that stood at the session before; `scored` are the statements made
    on the session before, with the outcome's fact where it is known.
    """

    session: date
    previous_session: date
    next_session: date
    earlier_session: date
    as_of: datetime
    stored_as_of: datetime | None
    facts: Mapping[str, Fact]
    previous: Mapping[str, Fact]
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    statements: tuple[Statement, ...]
    view: AsOf
    catalog: Catalog
    sample: bool = False
    record: Record = Record()

    @property
    def page_before(self) -> datetime:
        """The as-of of the page of the session before."""
        return page_before(self.as_of, self.session, self.previous_session)

    @cached_property
    def coming(self) -> tuple[Catalyst, ...]:
        """The events to come up to AHEAD days, with the day that each had on the page before where that changed."""
        return tuple(coming_at(self.view, self.as_of, self.page_before, self.session + AHEAD))

    @property
    def setting(self) -> Setting:
        return Setting(self.session, self.previous_session, self.next_session, self.previous)

    @property
    def narrator(self) -> Narrator:
        return Narrator(self.facts, self.setting)

    def has(self, fact_id: str) -> bool:
        """Whether the fact is there and carries a value."""
        fact = self.facts.get(fact_id)
        return fact is not None and fact.value is not None

    def ref(self, fact_id: str, missing: str = "–") -> Text:
        """The fact as a run, or a dash where the day has none."""
        return (Ref(fact_id),) if fact_id in self.facts else (missing,)

    def last_known(self, prefix: str) -> Text:
        """`last 52.40, 3 Oct 2025, 33 days` for a stale figure, or nothing where nothing was ever known."""
        last = f"{prefix}.last"
        if not self.has(last):
            return ()
        return ("last ", Ref(last), ", ", Ref(last, "period"), ", ", Ref(last, "age"))

    def dated(self, prefix: str) -> Text:
        """What stands under a level that is not of the session: its own day, or the last value known with its age."""
        level = f"{prefix}.level"
        if not self.has(level):
            return self.last_known(prefix)
        return () if self.facts[level].period == self.session else (Ref(level, "period"),)

    def found(self, rule: str, tag: str | None = None) -> list[Finding]:
        """The findings of one rule, with one tag if named, by rank."""
        return [f for f in self.findings if f.rule == rule and (tag is None or tag in f.tags)]

    def wrong_if(self, slug: str) -> str:
        """The section's machine-readable condition, from the rule that froze it; empty where it has none today."""
        return next((f.wrong_if for f in self.found("invalidations", "watch") if slug in f.tags), "")


def shown_facts(blocks: Iterable[Block]) -> tuple[str, ...]:
    """Ids of all facts that the blocks refer to, in the order of first mention."""
    from dataclasses import fields, is_dataclass

    seen: dict[str, None] = {}

    def walk(value: object) -> None:
        if isinstance(value, Ref):
            seen.setdefault(value.fact)
        elif isinstance(value, tuple):
            for item in value:
                walk(item)
        elif is_dataclass(value) and not isinstance(value, type):
            for f in fields(value):
                walk(getattr(value, f.name))

    walk(tuple(blocks))
    return tuple(seen)


def basis_shares(facts: Iterable[Fact]) -> tuple[tuple[str, float], ...]:
    """Share of the inputs by known_basis, per cent, in order of trust; an input counts once per series."""
    worst: dict[str, str] = {}
    for fact in facts:
        for piece in fact.lineage:
            for basis in piece.bases:
                held = worst.get(piece.series_id)
                if held is None or BASES.index(basis) > BASES.index(held):
                    worst[piece.series_id] = basis
    counts = Counter(worst.values())
    total = sum(counts.values())
    return tuple((b, 100.0 * counts[b] / total) for b in BASES if counts[b]) if total else ()


def assemble(
    day: Day,
    number: int,
    slug: str,
    title: str,
    blocks: tuple[Block, ...],
    wanted: tuple[str, ...],
    floor: int,
    missing: str = "",
    degraded: str = "",
) -> Section:
    """Put a section together: coverage is counted over `wanted` fact ids, `floor` of which must carry a value.

    Parameters
    ----------
    wanted
        The facts that make the section whole.
    floor
        Below this many the section is insufficient; `missing` says then what is not there.
    degraded
        Why the section is less than it should be though above its floor; empty when it is not.
    """
    have = sum(day.has(i) for i in wanted)
    worn = [i for i in wanted if day.has(i) and day.facts[i].state == "degraded"]
    reason, state = "", "ok"
    if have < floor:
        state, reason = "insufficient", missing or f"{len(wanted) - have} of {len(wanted)} inputs have no value"
    elif degraded or worn or have < len(wanted):
        state = "degraded"
        gone = len(wanted) - have
        counted = f"{gone} input{' has' if gone == 1 else 's have'} no value"
        reason = degraded or (day.facts[worn[0]].reason if worn else "") or counted
    ids = shown_facts(blocks)
    return Section(
        number=number,
        slug=slug,
        title=title,
        state=state,  # type: ignore[arg-type]
        reason=reason or "",
        have=have,
        want=len(wanted),
        basis=basis_shares(day.facts[i] for i in ids if i in day.facts),
        blocks=blocks,
        wrong_if=day.wrong_if(slug) or (NO_CONDITION if state == "insufficient" or slug in RULES else ""),
        facts=ids,
        age=_span(day, wanted),
    )


def _span(day: Day, wanted: tuple[str, ...]) -> str:
    """Of when a section's figures are: one day, or from the oldest to the newest."""
    dated = sorted((p, i) for i in wanted if day.has(i) and (p := day.facts[i].period))
    if not dated:
        return ""
    oldest, newest = (period_of(i, p, "short") for p, i in (dated[0], dated[-1]))
    return f"data of {newest}" if oldest == newest else f"data of {oldest} to {newest}"
