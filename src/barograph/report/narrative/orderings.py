"""Lists that claim an order: leaders, laggards, what moved most, what was ordinary; recomputed from all facts given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from barograph.findings._names import family_of
from barograph.findings._thresholds import EDGED_BELOW
from barograph.report.narrative.binding import Book
from barograph.report.narrative.claims import Claim
from barograph.report.narrative.tokens import Sentence, SubjectToken

_HEAD = re.compile(
    r"\b(?P<led>led by)\b|\b(?P<top>leaders)\b|\b(?P<bottom>laggards|lagged by)\b|\b(?P<moved>moved most)\b"
    r"|\b(?P<quiet>ordinary today)\b",
    re.IGNORECASE,
)
_MEASURE = re.compile(r"\b(contribution|return)s?\b", re.IGNORECASE)
#: Things that are ranked among themselves: the facts `<family>.<member>.<measure>` are the field of competitors.
_FIELDS = ("equity.us.sector.", "equity.us.sector_etf.", "equity.us.member.")


def orderings(s: Sentence, book: Book) -> Iterator[Claim]:
    """Each list head with its items: the claim is the head; why it is false names the first item out of place."""
    heads = list(_HEAD.finditer(s.text))
    for k, head in enumerate(heads):
        stop = heads[k + 1].start() if k + 1 < len(heads) else len(s.text)
        semicolon = s.text.find(";", head.end())
        stop = min(stop, semicolon) if semicolon >= 0 else stop
        items = [t for t in s.subjects if head.end() <= t.start < stop]
        if not items:
            yield (*head.span(), "a list without a name")
        elif head["moved"]:
            yield (*head.span(), _moved_most(items, book))
        elif head["quiet"]:
            yield (*head.span(), _ordinary(items, book))
        else:
            yield (*head.span(), _ranked(s, book, items, head, stop))


def _ranked(s: Sentence, book: Book, items: list[SubjectToken], head: re.Match[str], stop: int) -> str | None:
    measure = _measure(s, head, items, stop)
    if measure is None:
        return "by contribution or by return? the list does not say"
    field = next((f for f in _FIELDS if any(p.startswith(f) for p in items[0].prefixes)), None)
    if field is None:
        return f"{items[0].text} is not ranked against anything here"
    values = {
        i: v
        for i in book.facts
        if i.startswith(field) and i.endswith("." + measure) and (v := book.number(i)) is not None
    }
    listed = []
    for item in items:
        ids = [f"{p}.{measure}" for p in item.prefixes if p.startswith(field)]
        if not ids or ids[0] not in values:
            return f"no {measure} of {item.text} is among the facts"
        listed.append(ids[0])
    if len(set(listed)) < len(listed):
        return "a name stands twice in the list"
    sign = -1.0 if head["bottom"] else 1.0
    scores = [sign * values[i] for i in listed]
    for (a, first), (b, second) in pairwise(zip(scores, items, strict=True)):
        if b > a:
            return f"{second.text} belongs before {first.text}"
    passed = [i for i, v in values.items() if i not in listed and sign * v > scores[-1]]
    if passed:
        return f"{passed[0]} is passed over"
    if head["led"] and scores[-1] <= 0.0:
        return f"{listed[-1]} is {values[listed[-1]]}: it did not lead"
    return None


def _measure(s: Sentence, head: re.Match[str], items: list[SubjectToken], stop: int) -> str | None:
    after = items[1].start if len(items) > 1 else stop
    units = [n.unit for n in s.numbers if items[0].end <= n.start < after]
    if " pp" in units:
        return "contribution_1d"
    if "%" in units:
        return "return_1d"
    said = [m for m in _MEASURE.finditer(s.text) if m.end() <= head.start()]
    return f"{said[-1][1].lower()}_1d" if said else None


def _z(item: SubjectToken, book: Book) -> tuple[str, float] | None:
    found = [(p, z) for p in item.prefixes if (z := book.number(f"{p}.z_1d")) is not None]
    return found[0] if len(found) == 1 else None


def _moved_most(items: list[SubjectToken], book: Book) -> str | None:
    rows = []
    for item in items:
        found = _z(item, book)
        if found is None or family_of(found[0]) is None:
            return f"no z of {item.text} is among the facts"
        if abs(found[1]) < EDGED_BELOW:
            return f"z of {found[0]} is {found[1]:.2f}: ordinary"
        rows.append((found[0], family_of(found[0]), abs(found[1])))
    families = [f for _, f, _ in rows]
    if len(set(families)) < len(families):
        return "two names of one family"
    for a, b in pairwise(rows):
        if b[2] > a[2]:
            return f"{b[0]} belongs before {a[0]}"
    # Only changes of the session compete: a series with a release lag of its own shows an older one.
    newest = max((f.period for i, f in book.facts.items() if i.endswith(".z_1d") and f.period), default=None)
    stale = next((p for p, _, _ in rows if book.facts[f"{p}.z_1d"].period != newest), None)
    if stale is not None:
        return f"{stale} did not move in this session"
    for id_ in book.facts:
        if book.facts[id_].period != newest:
            continue
        prefix = id_.removesuffix(".z_1d")
        z, family = book.number(id_), family_of(prefix)
        if prefix == id_ or z is None or family is None or any(prefix == r[0] for r in rows):
            continue
        own = next((r for r in rows if r[1] == family), None)
        if abs(z) > (own[2] if own else rows[-1][2]):
            return f"{prefix} is passed over"
    return None


def _ordinary(items: list[SubjectToken], book: Book) -> str | None:
    for item in items:
        found = _z(item, book)
        if found is None:
            return f"no z of {item.text} is among the facts"
        if abs(found[1]) >= EDGED_BELOW:
            return f"z of {found[0]} is {found[1]:.2f}"
    return None
