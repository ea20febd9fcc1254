"""Reading a finished text: sentences, names, numbers with their units, dates, and the phrases that qualify them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from barograph.report.narrative.lexicon import Subjects

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH = (
    r"(?P<{0}>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_DATE = re.compile(
    r"(?<![\w-])(?:"
    r"(?P<iso>\d{4}-\d\d-\d\d)"
    r"|(?:(?P<wd>Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? )?(?P<d>\d{1,2}) " + _MONTH.format("m") + r"(?:,? (?P<y>\d{4}))?"
    r"|" + _MONTH.format("m2") + r" (?P<y2>\d{4})"
    r"|(?P<q>[1-4])Q ?(?P<y3>\d{4})|Q(?P<q2>[1-4]) (?P<y4>\d{4})|(?P<y5>\d{4}) ?Q(?P<q3>[1-4])"
    r")(?![\w])"
)
#: Spoken measures: name -> pattern. The digits inside them are names, not figures.
_CUES: dict[str, str] = {
    "average": r"(?:(?:its|the) )?\d+(?:\.\d)?-year average",
    "tight": r"(?:(?:its|the) )?\d+(?:\.\d)?-year tight",
    "wide": r"(?:(?:its|the) )?\d+(?:\.\d)?-year wide",
    "rarity": r"of (?:the )?last 252 sessions",
    "year": r"over the year|year on year|over 12 months|yoy",
    "month": r"over the month|month on month|mom",
    "week": r"over the week",
    "weeks": r"over 13 weeks",
    "quarter": r"over the quarter",
    "annual_rate": r"at an annual rate",
    "strength": r"strength",
    "half_life": r"half-life",
    "variance_ratio": r"variance ratio",
    "weight": r"weight(?! minus)",
    "real": r"real(?! yield| gdp)",
    "breakeven": r"breakeven",
    "revision": r"revision",
    "hit_rate": r"hit rate",
    "z": r"z of the slope",
    "dead_band": r"dead band",
    "last": r"last(?! \d+ sessions)",
    "none": r"on the session|on the day|today",
}
_CUE_PATTERNS = {k: re.compile(rf"(?<![\w-])(?:{p})(?![\w-])", re.IGNORECASE) for k, p in _CUES.items()}
_HORIZON = re.compile(
    r"(?<![\w-])(?:over (?:the (?:last|past) )?(?P<a>\d+) sessions?|(?P<b>\d+)-session)(?![\w-])", re.IGNORECASE
)
_ORDINAL = re.compile(r"(?<![\w.,])(?P<b>[<>])?(?P<v>\d{1,3})(?:st|nd|rd|th) (?:pct, \d+(?:\.\d+)? y\b|percentile)")
_DELIMITER = re.compile(r"[,;:()\[\]]|(?<=\w)\.(?= |$)|(?<![\w-])(?:and|but|while|whereas|with)(?![\w-])")
_STANDARD_UNITS = ("%", " bp", " pp", "σ", " points", " days", " day", " sessions", " thousand", " bn")


@dataclass(frozen=True, slots=True)
class NumberToken:
    """A figure as printed: its text, value, decimals, sign mark, bound mark (< or >) and the unit string after it."""

    start: int
    end: int
    text: str
    value: float
    decimals: int
    signed: bool
    bound: str
    unit: str


@dataclass(frozen=True, slots=True)
class DateToken:
    """A date as printed; year, day and weekday are None where the text does not say them."""

    start: int
    end: int
    text: str
    year: int | None
    month: int
    day: int | None
    weekday: int | None
    quarter: bool = False

    def matches(self, day: date) -> bool:
        """Whether the text names `day` (or, without a day of the month, its month or quarter)."""
        if self.year is not None and self.year != day.year:
            return False
        if self.quarter:
            return (day.month - 1) // 3 == (self.month - 1) // 3
        return self.month == day.month and (self.day is None or self.day == day.day)


@dataclass(frozen=True, slots=True)
class SubjectToken:
    """A name and the fact prefixes it stands for."""

    start: int
    end: int
    text: str
    prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """The text between two delimiters, the measures spoken in it, and the delimiter before it."""

    start: int
    end: int
    cues: frozenset[str]
    opened_by: str


@dataclass(slots=True)
class Sentence:
    """One sentence, read: all tokens in order of appearance; positions count from the start of `text`."""

    text: str
    subjects: list[SubjectToken] = field(default_factory=list)
    numbers: list[NumberToken] = field(default_factory=list)
    dates: list[DateToken] = field(default_factory=list)
    phrases: list[Phrase] = field(default_factory=list)
    used: list[tuple[int, int]] = field(default_factory=list)
    offset: int = 0

    def phrase_at(self, position: int) -> Phrase:
        """The phrase that holds a position."""
        return next(p for p in self.phrases if p.start <= position <= p.end)

    def cues_at(self, position: int) -> frozenset[str]:
        """Measures that govern a position: those of its phrase, else, inside brackets, of the phrase before them."""
        phrase = self.phrase_at(position)
        if phrase.cues or phrase.opened_by not in "([":
            return phrase.cues - {"none"}
        index = self.phrases.index(phrase)
        return (self.phrases[index - 1].cues if index else frozenset()) - {"none"}

    def governor(self, position: int) -> SubjectToken | None:
        """The name a position speaks of: the nearest before it in the sentence, else the first after it in its
        phrase."""
        before = [s for s in self.subjects if s.end <= position]
        if before:
            return before[-1]
        phrase = self.phrase_at(position)
        return next((s for s in self.subjects if position <= s.start <= phrase.end), None)

    def is_used(self, start: int, end: int) -> bool:
        """Whether a stretch is already accounted for by a token or a check."""
        return any(a < end and start < b for a, b in self.used)


def normal(text: str) -> str:
    """Narrow and no-break spaces as plain ones, hyphen-minus before a digit as a minus; length is kept."""
    text = text.replace("\u202f", " ").replace("\u00a0", " ").replace("\u2009", " ")
    return re.sub(r"(?<![\w)])-(?=\d)", "−", text)


def sentences(text: str) -> list[tuple[int, str]]:
    """(offset, sentence); a full stop ends one when a space and a capital, digit or the end follow."""
    out, start = [], 0
    for found in re.finditer(r"(?<=[\w)%σ\]])[.!?](?:\s+(?=[A-Z0-9+−])|\s*$)|\n+", text):
        piece = text[start : found.end()]
        if piece.strip():
            out.append((start + len(piece) - len(piece.lstrip()), piece.strip()))
        start = found.end()
    rest = text[start:]
    if rest.strip():
        out.append((start + len(rest) - len(rest.lstrip()), rest.strip()))
    return out


@lru_cache(maxsize=32)
def _number_pattern(units: tuple[str, ...]) -> re.Pattern[str]:
    ordered = sorted({*units, *_STANDARD_UNITS} - {""}, key=lambda u: (-len(u), u))
    tail = "|".join(re.escape(u) + (r"(?![A-Za-z])" if u[-1].isalpha() else "") for u in ordered)
    return re.compile(
        rf"(?<![\w.,$])(?P<bound>[<>])?(?P<sign>[+−])?\$?(?P<int>\d{{1,3}}(?:,\d{{3}})+|\d+)(?P<dec>\.\d+)?(?P<unit>{tail})?"
    )


def split_printed(printed: str) -> tuple[str, str] | None:
    """(figure, unit string) of one printed fact, None when it is no number.

    >>> split_printed("+7 bp"), split_printed("4.17%"), split_printed("10th pct, 5 y"), split_printed("bear")
    (('+7', ' bp'), ('4.17', '%'), ('10', 'th pct, 5 y'), None)
    """
    found = re.fullmatch(r"([<>]?[+−]?\$?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(.*)", normal(printed))
    return (found[1], found[2]) if found else None


def read(text: str, offset: int, subjects: Subjects, units: tuple[str, ...]) -> Sentence:
    """Read one normalised sentence.

    Parameters
    ----------
    text
        The sentence, after `normal`.
    offset
        Its position in the whole text.
    subjects
        The names to look for.
    units
        Unit strings that the formatter prints for the facts at hand.
    """
    s = Sentence(text, offset=offset)
    cues: list[tuple[int, int, str]] = []
    for found in _HORIZON.finditer(text):
        cues.append((found.start(), found.end(), f"h{found['a'] or found['b']}"))
        s.used.append(found.span())
    for name, pattern in _CUE_PATTERNS.items():
        cues.extend((f.start(), f.end(), name) for f in pattern.finditer(text))
    for found in _DATE.finditer(text):
        token = _date(found)
        if token is not None:
            s.dates.append(token)
            s.used.append(found.span())
    for found in subjects.pattern.finditer(text):
        if not s.is_used(*found.span()):
            s.subjects.append(SubjectToken(found.start(), found.end(), found[0], subjects.of(found[0])))
            s.used.append(found.span())
    # A name wins over a measure inside it: "10-year breakeven" is no part of a split.
    named = [(t.start, t.end) for t in s.subjects]
    cues = [c for c in cues if not any(a <= c[0] and c[1] <= b for a, b in named)]
    s.used.extend((a, b) for a, b, name in cues if name != "none")
    for found in _ORDINAL.finditer(text):
        if not s.is_used(*found.span()):
            value = float(found["v"])
            unit = found[0].lstrip("<>0123456789")
            bound = found["b"] or ""
            s.numbers.append(NumberToken(found.start(), found.end(), found[0], value, 0, False, bound, unit))
            s.used.append(found.span())
    for found in _number_pattern(units).finditer(text):
        if not s.is_used(*found.span()):
            s.numbers.append(_number(found))
            s.used.append(found.span())
    s.numbers.sort(key=lambda n: n.start)
    s.subjects.sort(key=lambda t: t.start)
    s.phrases = _phrases(s, cues)
    return s


def _number(found: re.Match[str]) -> NumberToken:
    sign, dec = found["sign"] or "", found["dec"] or ""
    value = float(found["int"].replace(",", "") + dec) * (-1.0 if sign == "−" else 1.0)
    return NumberToken(
        found.start(),
        found.end(),
        found[0],
        value,
        max(len(dec) - 1, 0),
        bool(sign),
        found["bound"] or "",
        found["unit"] or "",
    )


def _date(found: re.Match[str]) -> DateToken | None:
    span, text = found.span(), found[0]
    if found["iso"]:
        try:
            day = date.fromisoformat(found["iso"])
        except ValueError:
            return DateToken(*span, text, None, 0, 0, None)
        return DateToken(*span, text, day.year, day.month, day.day, None)
    if found["d"]:
        weekday = _DAYS.index(found["wd"].lower()) if found["wd"] else None
        year = int(found["y"]) if found["y"] else None
        return DateToken(*span, text, year, _MONTHS.index(found["m"][:3].lower()) + 1, int(found["d"]), weekday)
    if found["m2"]:
        return DateToken(*span, text, int(found["y2"]), _MONTHS.index(found["m2"][:3].lower()) + 1, None, None)
    quarter = int(found["q"] or found["q2"] or found["q3"])
    year = int(found["y3"] or found["y4"] or found["y5"])
    return DateToken(*span, text, year, 3 * quarter - 2, None, None, quarter=True)


def _phrases(s: Sentence, cues: list[tuple[int, int, str]]) -> list[Phrase]:
    held = [(n.start, n.end) for n in s.numbers]
    held += [(d.start, d.end) for d in s.dates] + [(t.start, t.end) for t in s.subjects]
    out, start, opened = [], 0, ""
    marks = [m for m in _DELIMITER.finditer(s.text) if not any(a <= m.start() < b for a, b in held)]
    for mark in [*marks, None]:
        end = mark.start() if mark else len(s.text)
        inside = frozenset(name for a, b, name in cues if start <= a and b <= end)
        out.append(Phrase(start, end, inside, opened))
        if mark:
            start, opened = mark.end(), mark[0]
    return out
