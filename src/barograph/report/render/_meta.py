"""Lines about a section and the page that every format prints alike: coverage, bases, what is known when."""

from __future__ import annotations

from collections.abc import Mapping

from barograph.core.errors import InputError
from barograph.core.estimate import Fact, Input
from barograph.findings.condition import parse
from barograph.findings.invalidations import subject_of
from barograph.report.blocks import Report, Section
from barograph.report.dates import instant, long_day
from barograph.report.format import printed, shares

#: Above this share of assumed inputs, in per cent, a section says that it is only pseudo real time.
PSEUDO = 25.0
TERMS = "Research software, not investment advice."
SAMPLE = (
    "Sample page: its figures come from the packaged sample, not from a live archive. "
    "For today's: barograph update, then barograph report."
)


def coverage(section: Section) -> str:
    """`14 of 14 inputs`."""
    return f"{section.have:,} of {section.want:,} input{'' if section.want == 1 else 's'}"


def also(n: int) -> str:
    """`also reported by 2 others`."""
    return f"also reported by {n:,} other{'' if n == 1 else 's'}"


def more(n: int) -> str:
    """`and 3 more of this theme`."""
    return f"and {n:,} more of this theme, in the archive"


def bases(section: Section) -> str:
    """`known_basis: vintage 62%, schedule 38%`, with the words pseudo real time where most of it is assumed."""
    if not section.basis:
        return ""
    pseudo = "pseudo real time, " if dict(section.basis).get("assumed", 0.0) > PSEUDO else ""
    return f"{pseudo}known_basis: {shares(section.basis)}"


def wrong_words(section: Section) -> str:
    """A section's condition as a reader says it, its bounds printed as what they bound: `S&P 500 outside 6,721 to
    6,869`; nothing where the line is no condition."""
    try:
        c = parse(section.wrong_if)
    except InputError:
        return ""
    ends = [printed(Fact(c.fact, end, c.unit)) for end in (c.threshold, c.upper) if end is not None]
    word = {">": "above", "<": "below", ">=": "at or above", "<=": "at or below"}.get(c.op, c.op)
    return f"{subject_of(c)} {word} {' to '.join(ends)} on close"


def known_at(report: Report) -> str:
    """`as known at 2025-11-05 23:00 UTC (18:00 ET)`, with what the archive held then if that was asked for."""
    text = f"as known at {instant(report.as_of)}"
    return f"{text}, from rows stored by {instant(report.stored_as_of)}" if report.stored_as_of else text


#: Sections that the numbering leaves room for and no code makes yet; one that is made leaves this list by being on the page.
PLANNED = {1: "Context", 14: "Skew and risk-reward", 15: "Strategy models", 16: "Scorecard"}


def unbuilt(report: Report) -> str:
    """`Not built yet: 1 Context and 16 Scorecard.`, or nothing where every number is on the page."""
    on = {s.number for s in report.sections}
    gone = [f"{n} {name}" for n, name in PLANNED.items() if n not in on]
    return f"Not built yet: {', '.join(gone[:-1])}{' and ' if gone[1:] else ''}{gone[-1]}." if gone else ""


def title(report: Report) -> str:
    """The page's title."""
    return f"Barograph, {long_day(report.session)}"


def inputs_of(report: Report) -> dict[Input, int]:
    """Every stretch of a series that a fact rests on, numbered in the order of series and period."""
    every = {i for f in report.facts for i in f.lineage}
    ordered = sorted(every, key=lambda i: (i.series_id, i.first, i.last, i.n, i.known_at, i.batches))
    return {item: number for number, item in enumerate(ordered, 1)}


def facts_of(report: Report) -> Mapping[str, Fact]:
    """Facts by id."""
    return {f.id: f for f in report.facts}
