"""What words claim of a fact besides its figure: direction and size, labels, side of a reference, share of a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

from barograph.findings._reading import window_years
from barograph.findings._thresholds import band_claims, move_size
from barograph.findings._trend import phrase
from barograph.report.narrative.binding import Book
from barograph.report.narrative.lexicon import DIRECTION_WORDS, DIRECTIONS, Direction
from barograph.report.narrative.tokens import Sentence, SubjectToken, split_printed

#: (start, end, why it is false or None): a claim found in a sentence, and what became of it.
Claim = tuple[int, int, str | None]

_STATES = "bull|correction|bear|rebound"
_TRENDS = "pullback in a rise|bounce in a fall|rise|fall"
_PHASE = rf"(?:(?:{_STATES}) state|{_TRENDS})"
_STATE = re.compile(
    rf"\bfrom an? ({_PHASE}) to an? ({_PHASE})\b|\bin an? ({_TRENDS})\b|\b(?:an? )?((?:{_STATES}) state)\b",
    re.IGNORECASE,
)
_SIDE = re.compile(r"\b(above|below|at) its (?:\d+(?:\.\d)?)-year average\b", re.IGNORECASE)
_PLACE = re.compile(
    r"\b(?P<words>near the (?:tight|wide) end|just (?:above|below) the middle|at the middle"
    r"|in the (?:lower|upper) (?:half|third))"
    r"(?: of (?:its range|(?:a|the) (?P<low>\d+(?:\.\d+)?)(?:–| to )(?P<high>\d+(?:\.\d+)?)(?: bp)? band))",
    re.IGNORECASE,
)
_WINDOW = re.compile(r"(?<![\w.])(\d+(?:\.\d)?)-year (average|tight|wide)\b", re.IGNORECASE)
_IN_WORDS = re.compile(r"\b(?:over|trailing) (three|five) years\b", re.IGNORECASE)
_HALVES = re.compile(
    r"\b(?:in )?(?:the )?(?P<which>lower|upper|middle-low|middle-high)[ -](?P<what>half|third)\b", re.I
)
_SHARE = re.compile(
    r"\b(?:more than half|most) of the ([\w-]+ yield)(?:'s|’s) move was (real|breakeven)\b", re.IGNORECASE
)
_BREADTH = re.compile(r"\b(more|fewer) than half of (?:the )?members (?:rose|advanced)\b", re.IGNORECASE)
_RESULT = re.compile(r"\b(inside|outside) (?:its|the) 80% range\b", re.IGNORECASE)
_UNCHANGED = re.compile(r"\bunchanged\b", re.IGNORECASE)
_NO_NEW = re.compile(r"\bno new print\b", re.IGNORECASE)


def change_ids(book: Book, subject: SubjectToken, horizon: str) -> list[str]:
    """Facts that say how far a name moved over a horizon."""
    words = ("return", "change")
    last = {f"{w}_{horizon}" for w in words}
    if horizon == "1d":
        last |= (
            {"change_1w", "change_1m", "change_1q"} if any(p.startswith("macro.") for p in subject.prefixes) else set()
        )
    return [i for i in book.ids_of(subject.prefixes) if i.rpartition(".")[2] in last and book.number(i) is not None]


def horizon_at(s: Sentence, position: int) -> str | None:
    """`1d`, `5d`, ... as the phrase of a position says; None when it speaks of something else than a stretch of
    sessions."""
    cues = {c for c in s.phrase_at(position).cues if re.fullmatch(r"h\d+", c)}
    if len(cues) > 1:
        return None
    return next(iter(cues)).replace("h", "") + "d" if cues else "1d"


def printed_sign(book: Book, id_: str) -> int:
    """+1, 0 or -1 as the printed figure reads: +0.004 % prints as 0.00 % and is no rise."""
    value = book.number(id_)
    parts = split_printed(book.printed(id_))
    if value is None or parts is None or not re.search(r"[1-9]", parts[0]):
        return 0
    return 1 if value > 0 else -1


def directions(s: Sentence, book: Book) -> Iterator[Claim]:
    """Every direction word against the sign and size of the change it governs; `unchanged` against zero."""
    for found in DIRECTION_WORDS.finditer(s.text):
        if s.is_used(*found.span()):
            continue
        yield (*found.span(), _direction(s, book, found.start(), DIRECTIONS[found[0].lower()]))
    for found in _UNCHANGED.finditer(s.text):
        if s.is_used(*found.span()):
            continue
        ids = _moved(s, book, found.start())
        if isinstance(ids, str):
            yield (*found.span(), ids)
        else:
            yield (*found.span(), None if printed_sign(book, ids[0]) == 0 else f"{ids[0]} is {book.number(ids[0])}")


def _moved(s: Sentence, book: Book, position: int) -> list[str] | str:
    subject, horizon = s.governor(position), horizon_at(s, position)
    if subject is None:
        return "no name stands with it"
    if horizon is None:
        return "two stretches of time stand with it"
    ids = change_ids(book, subject, horizon)
    if len(ids) != 1:
        return f"{'no' if not ids else 'more than one'} change of {subject.text} over {horizon} is among the facts"
    return ids


def _direction(s: Sentence, book: Book, position: int, word: Direction) -> str | None:
    subject = s.governor(position)
    if word.manner == "contribution" and subject is not None:
        ids: list[str] | str = [i for i in book.ids_of(subject.prefixes) if i.endswith(".contribution_1d")]
        ids = ids if len(ids) == 1 else "no contribution is among the facts"
    else:
        ids = _moved(s, book, position)
    if isinstance(ids, str):
        return ids
    id_ = ids[0]
    if word.manner == "spread" and not id_.startswith("credit."):
        return f"{id_} is no spread"
    if word.manner == "slope" and not re.match(r"curve\.us\.(2s10s|5s30s|3m10y)\.", id_):
        return f"{id_} is no slope"
    if printed_sign(book, id_) != word.sign:
        return f"{id_} is {book.number(id_)}"
    if word.size is None or not id_.endswith("_1d"):
        return None if word.size in (None, "plain") else f"no size is known for {id_}"
    z = book.number(id_.rpartition(".")[0] + ".z_1d")
    if z is None:
        return None if word.size == "plain" else f"no z is known for {id_}"
    return None if move_size(z) == word.size else f"z is {z:.2f}: the word for it is {move_size(z)!r}"


def states(s: Sentence, book: Book) -> Iterator[Claim]:
    """Momentum states, now and on the session before."""
    for found in _STATE.finditer(s.text):
        subject = s.governor(found.start())
        ids = [i for i in book.ids_of(subject.prefixes) if i.endswith(".state")] if subject else []
        if len(ids) != 1:
            yield (*found.span(), "no momentum state is among the facts")
            continue
        now = book.label(ids[0])
        said = (found[2] or found[3] or found[4]).lower()
        why = None if now is not None and phrase(ids[0], now) == f"a {said}" else f"{ids[0]} is {now!r}"
        if why is None and found[1]:
            before = book.previous.get(ids[0])
            if before is None or phrase(ids[0], str(before.value)) != f"a {found[1].lower()}":
                why = f"{ids[0]} was {before.value if before else None!r} on the session before"
        yield (*found.span(), why)


def references(s: Sentence, book: Book) -> Iterator[Claim]:
    """Side of the 5-year average, place between tight and wide or within a stated band."""
    for found in _SIDE.finditer(s.text):
        prefix = _prefix_with(s, book, found.start(), "avg_5y")
        if prefix is None:
            yield (*found.span(), "no average of it is among the facts")
            continue
        level, mean = book.number(f"{prefix}.level"), book.number(f"{prefix}.avg_5y")
        true = None if level is None or mean is None else "above" if level > mean else "below" if level < mean else "at"
        yield (*found.span(), None if true == found[1].lower() else f"level {level}, average {mean}")
    taken: list[tuple[int, int]] = []
    for found in _PLACE.finditer(s.text):
        taken.append(found.span())
        yield (*found.span(), _place(s, book, found))
    for found in _HALVES.finditer(s.text):
        if not any(a <= found.start() < b for a, b in taken):
            yield (*found.span(), "a half or third of nothing that is named: say of its range, or of which band")


def windows(s: Sentence, book: Book) -> Iterator[Claim]:
    """Years named with an average, a tight or a wide against the dates of its window; "over five years" against the
    facts there are."""
    for found in _WINDOW.finditer(s.text):
        suffix = {"average": "avg_5y"}.get(found[2].lower(), f"{found[2].lower()}_5y")
        prefix = _prefix_with(s, book, found.start(), suffix)
        if prefix is None:
            yield (*found.span(), f"no {found[2]} of it is among the facts")
            continue
        real = window_years(book.facts[f"{prefix}.{suffix}"])
        yield (*found.span(), None if real == found[1] else f"its window is {real} years")
    for found in _IN_WORDS.finditer(s.text):
        end = "_3y" if found[1].lower() == "three" else "_5y"
        yield (
            *found.span(),
            None if any(i.endswith(end) for i in book.facts) else f"no fact rests on {found[1]} years",
        )


def _place(s: Sentence, book: Book, found: re.Match[str]) -> str | None:
    words = found["words"].lower()
    if found["low"]:
        low, high = float(found["low"]), float(found["high"])
        subject = s.governor(found.start())
        ids = [i for i in book.ids_of(subject.prefixes) if i.endswith(".level")] if subject else []
        level = book.number(ids[0]) if len(ids) == 1 else None
        bounds = {(f.low, f.high) for f in book.facts.values()}
        if (low, high) not in bounds:
            return f"no fact carries the band {low:g} to {high:g}"
    else:
        prefix = _prefix_with(s, book, found.start(), "wide_5y")
        if prefix is None:
            return "no tight and wide of it are among the facts"
        bounds_ = (book.number(f"{prefix}.{k}") for k in ("level", "tight_5y", "wide_5y"))
        level, low_, high_ = bounds_
        if low_ is None or high_ is None:
            return "no tight and wide of it are among the facts"
        low, high = low_, high_
    if level is None or not high > low:
        return "no level of it is among the facts"
    place = (level - low) / (high - low)
    return None if words in band_claims(place) else f"{level:g} stands at {place:.2f} between {low:g} and {high:g}"


def _prefix_with(s: Sentence, book: Book, position: int, suffix: str) -> str | None:
    subject = s.governor(position)
    found = [p for p in subject.prefixes if f"{p}.{suffix}" in book.facts] if subject else []
    return found[0] if len(found) == 1 else None


def shares(s: Sentence, book: Book) -> Iterator[Claim]:
    """Shares of a whole, closes in or out of their range, and the claim that nothing new was printed."""
    for found in _SHARE.finditer(s.text):
        prefixes = book.subjects.prefixes.get(found[1].lower(), ())
        share = None
        for prefix in prefixes:
            total = book.number(f"{prefix}.change_1d")
            part = book.number(f"{prefix}.split_{found[2].lower()}_1d")
            if total and part is not None:
                share = part / total
        yield (*found.span(), None if share is not None and share > 0.5 else f"its share is {share}")
    for found in _BREADTH.finditer(s.text):
        breadth = book.number("equity.us.breadth.advancing")
        true = breadth is not None and (breadth > 50 if found[1].lower() == "more" else breadth < 50)
        yield (*found.span(), None if true else f"equity.us.breadth.advancing is {breadth}")
    for found in _RESULT.finditer(s.text):
        subject = s.governor(found.start())
        names = {"equity.us.spx": "spx", "curve.us.10y": "us10y"}
        asset = next((names[p] for p in subject.prefixes if p in names), None) if subject else None
        result = book.label(f"range.{asset}.previous_result")
        said = "hit" if found[1].lower() == "inside" else "miss"
        yield (*found.span(), None if result == said else f"range.{asset}.previous_result is {result!r}")
    for found in _NO_NEW.finditer(s.text):
        yield (*found.span(), None if not new_prints(book) else f"new since: {', '.join(new_prints(book))}")


def new_prints(book: Book) -> list[str]:
    """Macro prints whose period was not the last known one on the session before."""
    out = []
    for id_, fact in sorted(book.facts.items()):
        if id_.startswith("macro.") and id_.endswith(".latest") and fact.value is not None:
            before = book.previous.get(id_)
            if before is None or before.period != fact.period:
                out.append(id_)
    return out
