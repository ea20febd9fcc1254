"""The checker: re-reads a finished text as a reader sees it and refuses what the facts do not bear out.

It knows nothing of how the text was made. Every figure must be the printed form of exactly one fact, found by the name
it stands with, its unit, its sign and the measure spoken; every date a session or a period; every direction, label,
order and comparison must follow from the facts; causal words need a fact that allows them; a comparing word it cannot
check is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from barograph.core.estimate import Fact
from barograph.report.narrative import lexicon
from barograph.report.narrative.binding import Book, Printer, Span
from barograph.report.narrative.claims import directions, references, shares, states, windows
from barograph.report.narrative.curve_claims import axes, curve_labels
from barograph.report.narrative.date_claims import dates
from barograph.report.narrative.orderings import orderings
from barograph.report.narrative.setting import Setting, formatter
from barograph.report.narrative.tokens import NumberToken, Sentence, normal, read, sentences

_PREDATE = re.compile(r"\b(\d+) of (\d+) daily inputs predate the session\b")
_RARITY = re.compile(r"\bat least as large\b", re.IGNORECASE)
_HINT = re.compile(r"\b(?:after|on|upon|as|when|given)\s+(?:the\s+|a\s+|an\s+)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NarrativeFault:
    """Where a text says what the facts do not bear: the sentence, the token in it, and why."""

    sentence: str
    token: str
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What the checker understood a figure to be: the token and the fact it is bound to."""

    token: str
    fact: str


def check(
    text: str,
    facts: Mapping[str, Fact],
    setting: Setting,
    *,
    printer: Printer | None = None,
    spans: Iterable[Span] = (),
    closed: bool = False,
    note: bool = False,
    book: Book | None = None,
) -> list[NarrativeFault]:
    """Check one finished text.

    Parameters
    ----------
    text
        As a reader sees it, any number of sentences.
    facts
        The facts shown with it, by id. Orders and extremes are judged among these.
    setting
        The sessions around it.
    printer
        The formatter, `printed(fact, part, session)` of the report's one formatter when None.
    spans
        Where Refs were printed: they bind a figure that the words leave open. Without them such a figure is a fault.
    closed
        Refuse every word that is neither checked nor in the vocabulary of the templates.
    note
        The text may define its method: a sentence that speaks of no fact, no date and no direction may use the words
        and figures that `lexicon.METHOD` lists.
    book
        The facts made ready by `book_of`, where many texts stand with the same ones.

    Returns
    -------
    list of NarrativeFault
        Empty when the facts bear the text out.
    """
    parts = _read_all(text, book or book_of(facts, setting, printer), tuple(spans))
    for part in parts:
        part.note = note
    return [f for part in parts for f in (*part.faults(), *(part.strangers() if closed else ()))]


def readings(
    text: str, facts: Mapping[str, Fact], setting: Setting, *, printer: Printer | None = None
) -> list[Reading]:
    """Which fact each figure was understood to be, in order; figures bound to none are left out."""
    out: list[Reading] = []
    for part in _read_all(text, book_of(facts, setting, printer), ()):
        part.faults()
        out.extend(Reading(n.text, i) for n, i, _ in part.bound)
    return out


def book_of(facts: Mapping[str, Fact], setting: Setting, printer: Printer | None = None) -> Book:
    """The facts that texts are checked against, made ready once."""
    sessions = setting.session, setting.previous_session, setting.next_session
    return Book(facts, setting.previous, *sessions, printer or formatter())


def _read_all(text: str, book: Book, spans: tuple[Span, ...]) -> list[_Checked]:
    plain = normal(text)
    return [_Checked(read(piece, offset, book.subjects, book.units), book, spans) for offset, piece in sentences(plain)]


@dataclass(slots=True)
class _Checked:
    """One sentence under check. `bound` collects figure, fact, part in order of appearance."""

    s: Sentence
    book: Book
    spans: tuple[Span, ...]
    bound: list[tuple[NumberToken, str, str]] = field(default_factory=list)
    note: bool = False

    def faults(self) -> list[NarrativeFault]:
        """Run every check; earlier checks mark the words they account for."""
        out: list[NarrativeFault] = []
        for checker in (self._counts, self._claims, self._figures, self._intervals, self._dates, self._words):
            out.extend(NarrativeFault(self.s.text, token, why) for token, why in checker())
        return out

    def strangers(self) -> list[NarrativeFault]:
        """Words outside the closed vocabulary; call after `faults`, which marks what it accounts for."""
        return [
            NarrativeFault(self.s.text, w[0], "is not in the vocabulary of the page")
            for w in lexicon.WORD.finditer(self.s.text)
            if not self.s.is_used(*w.span()) and w[0].lower() not in lexicon.PLAIN
        ]

    def _counts(self) -> Iterator[tuple[str, str]]:
        for found in _PREDATE.finditer(self.s.text):
            for group, id_ in ((1, "page.inputs.predate"), (2, "page.inputs.total")):
                token = next(n for n in self.s.numbers if n.start == found.start(group))
                self.s.numbers.remove(token)
                self.bound.append((token, id_, "value"))
                why = self.book.wrong_figure(token, id_) if id_ in self.book.facts else "no fact counts the inputs"
                if why:
                    yield token.text, why
        for found in _RARITY.finditer(self.s.text):
            self.s.used.append(found.span())
            if not any("rarity" in p.cues for p in self.s.phrases):
                yield found[0], "say of how many sessions"

    def _defines(self) -> bool:
        """Whether the sentence says how something is measured and nothing of the day."""
        held = any(p.start < self.s.offset + len(self.s.text) and self.s.offset < p.end for p in self.spans)
        claims = lexicon.DIRECTION_WORDS.search(self.s.text) or lexicon.CAUSAL_WORDS.search(self.s.text)
        return self.note and not (held or claims or self.s.subjects or self.s.dates)

    def _claims(self) -> Iterator[tuple[str, str]]:
        # Directions come last: "lower" in "the lower half" belongs to the place, "bear" in "bear state" to the state.
        for checker in (curve_labels, axes, states, references, windows, shares, orderings, directions):
            for start, end, why in list(checker(self.s, self.book)):
                self.s.used.append((start, end))
                self.s.numbers = [n for n in self.s.numbers if not (start <= n.start < end)]
                if why and not self._is_label(start, end):
                    yield self.s.text[start:end], why
                if self._negated(start, end):
                    yield self.s.text[start:end], "a negation turns it round; say what is, not what is not"

    def _is_label(self, start: int, end: int) -> bool:
        """Whether the words are a label fact printed through its Ref: bound, though the words beside it say less."""
        span = self._span(start, end)
        inside = span is not None and span.start <= start + self.s.offset and end + self.s.offset <= span.end
        return inside and span is not None and isinstance(self.book.facts[span.fact].value, str)

    def _negated(self, start: int, end: int) -> bool:
        """Whether a negation stands beside a claim; one inside it is part of what is claimed."""
        phrase = self.s.phrase_at(start)
        at = (m.start() for m in lexicon.NEGATION_WORDS.finditer(self.s.text))
        return any(phrase.start <= a < phrase.end and not start <= a < end for a in at)

    def _figures(self) -> Iterator[tuple[str, str]]:
        method = [f.span() for f in lexicon.METHOD_FIGURES.finditer(self.s.text)] if self._defines() else []
        method += [f.span() for f in lexicon.UNIT_FIGURES.finditer(self.s.text)]
        for n in self.s.numbers:
            if any(a <= n.start < b for a, b in method):
                continue
            found = self._bind(n)
            if isinstance(found, str):
                yield n.text, found
                continue
            id_, part = found
            self.bound.append((n, id_, part))
            why = self.book.wrong_figure(n, id_, part)
            if why:
                yield n.text, why

    def _bind(self, n: NumberToken) -> tuple[str, str] | str:
        s = self.s
        before, after = s.text[: n.start], s.text[n.end :]
        last = next((b for b in reversed(self.bound) if b[0].end <= n.start), None)
        if last is not None:
            if n.unit == " days":
                return last[1], "age"
            if before.endswith("["):
                return last[1], "low"
            if after.startswith("]"):
                return last[1], "high"
        id_ = self.book.resolve(s, n)
        span = self._span(n.start, n.end)
        if span is not None:
            if id_ is not None and span.part == "value" and span.fact != id_:
                return f"the words speak of {id_}, the figure is that of {span.fact}"
            return span.fact, span.part
        if id_ is not None:
            return id_, "value"
        many = self.book.candidates(s, n)
        if many:
            return f"could be {' or '.join(many)}: say which measure"
        governor = s.governor(n.start)
        return f"is no fact of {governor.text}" if governor else "stands with no name"

    def _span(self, start: int, end: int) -> Span | None:
        a, b = start + self.s.offset, end + self.s.offset
        found = [p for p in self.spans if p.start < b and a < p.end]
        return found[0] if len(found) == 1 and found[0].fact in self.book.facts else None

    def _intervals(self) -> Iterator[tuple[str, str]]:
        """A figure that is said not to be told from zero has an interval, and zero in it."""
        for found in lexicon.INDISTINCT.finditer(self.s.text):
            self.s.used.append(found.span())
            said = [id_ for n, id_, _ in self.bound if n.end <= found.start()]
            if not said:
                yield found[0], "say of which figure"
                continue
            fact = self.book.facts[said[-1]]
            if fact.low is None or fact.high is None or not fact.low <= 0.0 <= fact.high:
                yield found[0], f"the interval of {said[-1]} does not hold zero"

    def _dates(self) -> Iterator[tuple[str, str]]:
        yield from dates(self.s, self.book, self.bound, self._span)

    def _words(self) -> Iterator[tuple[str, str]]:
        s = self.s
        allowed = lexicon.NEUTRAL | lexicon.METHOD if self._defines() else lexicon.NEUTRAL
        licence, values = lexicon.CAUSAL_LICENCE
        if self.book.label(licence) not in values:
            yield from self._hinted_causes()
            for found in lexicon.CAUSAL_WORDS.finditer(s.text):
                if not s.is_used(*found.span()):
                    s.used.append(found.span())
                    yield found[0], f"claims a cause, and {licence} allows none"
        for pattern, why in (
            (lexicon.REFUSED_WORDS, "no threshold is frozen for this word"),
            (lexicon.COMPARATIVE_WORDS, "compares, and nothing computed stands behind it"),
            (lexicon.NUMBER_WORDS, "a number in letters is bound to no fact"),
            (lexicon.SUSPECT, "looks like a comparison that is not in the lexicon"),
        ):
            for found in pattern.finditer(s.text):
                if not s.is_used(*found.span()) and found[0].lower() not in allowed:
                    s.used.append(found.span())
                    yield found[0], why

    def _hinted_causes(self) -> Iterator[tuple[str, str]]:
        """A direction and then a name behind after, on, as or when: "edged up on payrolls"."""
        first = lexicon.DIRECTION_WORDS.search(self.s.text)
        for subject in self.s.subjects:
            found = _HINT.search(self.s.text[: subject.start])
            if first and found and first.start() < found.start():
                yield found[0].strip(), "hints at a cause that no fact allows"
