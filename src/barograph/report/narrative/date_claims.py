"""Dates in a sentence: each is a session of the page or the period of what it stands with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from barograph.report.narrative.binding import Book, Span
from barograph.report.narrative.tokens import DateToken, NumberToken, Sentence

_SINCE = re.compile(r"\bsince $", re.IGNORECASE)
_LAST_KNOWN = re.compile(r"\b(?:last|latest)\b", re.IGNORECASE)
_BOUND_DATE = re.compile(r"^[\s,(]*(?:(?:on|of|for|in|at|from)\s+)?$")
_RELATIVE = re.compile(r"\b(yesterday|tomorrow)\b", re.IGNORECASE)
#: Figures of the sentence so far with the fact and part that each was bound to, in order; where a Ref was printed.
Bound = Sequence[tuple[NumberToken, str, str]]
SpanAt = Callable[[int, int], Span | None]


def dates(s: Sentence, book: Book, bound: Bound, span_at: SpanAt) -> Iterator[tuple[str, str]]:
    """(date, why) for each date that is none of these; marks the words that it accounts for."""
    for d in s.dates:
        why = book.wrong_date(d) or _misplaced(s, book, bound, span_at, d)
        if why:
            yield d.text, why
    for found in _RELATIVE.finditer(s.text):
        s.used.append(found.span())
        day = timedelta(1)
        if found[0].lower() == "yesterday" and book.previous_session != book.session - day:
            yield found[0], f"the session before was {book.previous_session}"
        if found[0].lower() == "tomorrow" and book.next_session != book.session + day:
            yield found[0], f"the next session is {book.next_session}"


def _misplaced(s: Sentence, book: Book, bound: Bound, span_at: SpanAt, d: DateToken) -> str | None:
    since = _SINCE.search(s.text[: d.start])
    if since:
        s.used.append(since.span())
        return None if book.date_in(d, {book.previous_session}) else "it is not the session before"
    fact = _dated(s, bound, span_at, d)
    if fact is not None:
        period = book.facts[fact].period
        right = period is not None and book.date_in(d, {period})
        return None if right else f"{fact} is for {period}"
    days = {book.session, book.previous_session, book.next_session}
    governor = s.governor(d.start)
    if governor is not None:
        periods = {i: book.facts[i].period for i in book.ids_of(governor.prefixes)}
        last = [i for i in periods if i.rpartition(".")[2] in ("latest", "last")]
        phrase = s.phrase_at(d.start)
        if last and _LAST_KNOWN.search(s.text[phrase.start : phrase.end]):
            right = book.date_in(d, {p for i in last if (p := periods[i])})
            return None if right else f"not the period of {last[0]}"
        days |= {p for p in periods.values() if p is not None}
    return None if book.date_in(d, days) else "neither a session of this page nor a period of what it stands with"


def _dated(s: Sentence, bound: Bound, span_at: SpanAt, d: DateToken) -> str | None:
    """The fact whose period a date must be: the figure it follows directly, or the Ref printed there."""
    for n, id_, _ in reversed(bound):
        if n.end <= d.start and _BOUND_DATE.match(s.text[n.end : d.start]):
            return id_
    span = span_at(d.start, d.end)
    return span.fact if span is not None and span.part == "period" else None
