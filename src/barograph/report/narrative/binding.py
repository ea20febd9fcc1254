"""From a figure or a date in a sentence to the one fact it must be, and whether it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from barograph.core.estimate import Fact
from barograph.findings._reading import window_years
from barograph.report.narrative.lexicon import Subjects, subjects_of
from barograph.report.narrative.tokens import DateToken, NumberToken, Sentence, normal, split_printed

Printer = Callable[[Fact, str, date | None], str]

#: Last part of a fact id -> the measures that must be spoken with its figure (none: the figure alone says it).
_MEASURES: tuple[tuple[str, frozenset[str]], ...] = tuple(
    (pattern, frozenset(cues.split()))
    for pattern, cues in (
        (r"last", "last"),
        (r"level|latest|point|net|advancing|members|total|residual|equal_minus_cap|dispersion|predate", ""),
        (r"(?:return|change|contribution|rest_contribution|z)_1d|percentile_\d+y|correlation_63d|top7_weight", ""),
        (r"excess_cape_yield|real_yield_gap|damodaran", ""),
        (r"(?:return|change|z)_5d", "h5"),
        (r"(?:return|change|z)_20d", "h20"),
        (r"(?:return|change)_21d", "h21"),
        (r"(?:return|change)_252d", "h252"),
        (r"z_price_63d", "h63"),
        (r"gap_5y_avg|avg_5y", "average"),
        (r"gap_5y_tight|tight_5y", "tight"),
        (r"gap_5y_wide|wide_5y", "wide"),
        (r"rarity_1d", "rarity"),
        (r"weight", "weight"),
        (r"strength", "strength"),
        (r"half_life", "half_life"),
        (r"variance_ratio", "variance_ratio"),
        (r"split_real_1d", "real"),
        (r"split_breakeven_1d", "breakeven"),
        (r"yoy|change_12m|yoy_\w+", "year"),
        (r"mom|change_1m", "month"),
        (r"change_1w", "week"),
        (r"change_13w", "weeks"),
        (r"change_1q", "quarter"),
        (r"growth_saar", "annual_rate"),
        (r"revision", "revision"),
        (r"hit_rate", "hit_rate"),
        (r"slope_z_1d", "z"),
        (r"slope_z_20d", "z h20"),
        (r"dead_band_1d", "dead_band"),
        (r"dead_band_20d", "dead_band h20"),
    )
)
_SIGNED = re.compile(
    r"(?:change|return|contribution|rest_contribution|gap|split|z|slope_z|yoy|mom|growth)_?\w*|residual|equal_minus_cap|strength|revision|point|net(?:_of_oi)?"
)
#: The unit strings that may follow a figure of a unit, whatever the formatter prints: its check, not its copy.
_UNIT_STRINGS: dict[str, tuple[str, ...]] = {
    "percent": ("%",),
    "bp": (" bp",),
    "pp": (" pp",),
    "sigma": ("σ",),
    "points": ("", " points"),
    "index": ("",),
    "usd": ("",),
    "ratio": ("",),
    "forecast": ("",),
    "count": ("",),
    "sessions": (" sessions",),
    "thousands": (" thousand",),
    "contracts": ("",),
    "usd_bn": (" bn",),
}


@lru_cache(maxsize=4096)
def is_signed(id_: str) -> bool:
    """Whether the fact is a change, which is printed with its sign."""
    return _SIGNED.fullmatch(id_.rpartition(".")[2]) is not None or id_.endswith("attribution.total")


@lru_cache(maxsize=4096)
def measure_of(id_: str) -> frozenset[str] | None:
    """The spoken measures a fact's figure needs; None for a fact that prose may not quote."""
    last = id_.rpartition(".")[2]
    return next((cues for pattern, cues in _MEASURES if re.fullmatch(pattern, last)), None)


@dataclass(frozen=True, slots=True)
class Span:
    """Where a Ref was printed in a text: used to bind what the words alone leave open, never to overrule them."""

    start: int
    end: int
    fact: str
    part: str


@dataclass(slots=True)
class Book:
    """Facts as a reader can look them up: by name, by printed form, with the dates a page may name."""

    facts: Mapping[str, Fact]
    previous: Mapping[str, Fact]
    session: date
    previous_session: date
    next_session: date
    printer: Printer
    subjects: Subjects = field(init=False)
    units: tuple[str, ...] = field(init=False)
    _by_prefix: dict[str, list[str]] = field(init=False)
    _printed: dict[tuple[str, str], str] = field(init=False)

    def __post_init__(self) -> None:
        self.subjects = subjects_of(self.facts)
        self._by_prefix, self._printed = {}, {}
        units = {u for known in _UNIT_STRINGS.values() for u in known}
        for id_, fact in self.facts.items():
            self._by_prefix.setdefault(id_.rpartition(".")[0], []).append(id_)
            # Only units that the table does not know are learnt from the formatter.
            if fact.unit not in _UNIT_STRINGS and fact.value is not None and not isinstance(fact.value, str):
                parts = split_printed(self.printed(id_))
                if parts:
                    units.add(parts[1])
        self.units = tuple(sorted(units))

    def printed(self, id_: str, part: str = "value") -> str:
        """The printed form of a fact's part, normalised."""
        key = (id_, part)
        if key not in self._printed:
            self._printed[key] = normal(self.printer(self.facts[id_], part, self.session))
        return self._printed[key]

    def number(self, id_: str) -> float | None:
        """The value of a fact, None when absent, insufficient or a label."""
        fact = self.facts.get(id_)
        return None if fact is None or fact.value is None or isinstance(fact.value, str) else fact.number

    def label(self, id_: str) -> str | None:
        """The value of a label fact."""
        fact = self.facts.get(id_)
        return fact.value if fact is not None and isinstance(fact.value, str) else None

    def ids_of(self, prefixes: tuple[str, ...]) -> list[str]:
        """Every fact that belongs to a name: those one step under its prefixes, or the fact that is the prefix."""
        out = [i for p in prefixes for i in self._by_prefix.get(p, ())]
        return sorted({*out, *(p for p in prefixes if p in self.facts)})

    def candidates(self, s: Sentence, n: NumberToken) -> list[str]:
        """The facts that a figure could be, by the name it stands with, its unit, its sign and the measures spoken."""
        governor = s.governor(n.start)
        if governor is None:
            return []
        return [i for i in self.ids_of(governor.prefixes) if self._fits(i, s, n)]

    def _fits(self, id_: str, s: Sentence, n: NumberToken) -> bool:
        fact, needs = self.facts[id_], measure_of(id_)
        if fact.value is None or isinstance(fact.value, str):
            return False
        cues = s.cues_at(n.start)
        if id_.startswith("range."):
            before, after = s.text[: n.start], s.text[n.end :]
            end = "high" if re.search(r"(?:to |–)$", before) else "low" if re.match(r" to |–", after) else ""
            return id_.endswith("." + end) and n.unit in _unit_strings(fact, id_)
        if needs is None or cues != needs:
            return False
        if n.unit not in _unit_strings(fact, id_):
            # The formatter may know units that the table above does not.
            parts = split_printed(self.printed(id_))
            if fact.unit in _UNIT_STRINGS or parts is None or parts[1] != n.unit:
                return False
        # A change always carries its sign, but a zero has none; a level carries one only when it is negative.
        return is_signed(id_) if n.text.startswith("+") else n.value <= 0.0 or not is_signed(id_)

    def resolve(self, s: Sentence, n: NumberToken) -> str | None:
        """The one fact a figure must be; None when the words leave none or several."""
        found = self.candidates(s, n)
        if len(found) > 1 and n.value <= 0.0:
            # Of a slope at -12 bp and a change of -12 bp the words "to" and "at" mean the level.
            level = re.search(r"\b(?:to|at|of|last) $", s.text[: n.start]) is not None
            found = [i for i in found if is_signed(i) != level] or found
        return found[0] if len(found) == 1 else None

    def wrong_figure(self, n: NumberToken, id_: str, part: str = "value") -> str | None:
        """Why a figure is not its fact's printed form, or None."""
        shown = self.printed(id_, part)
        if n.text.strip() != shown.strip():
            return f"{id_} prints {shown!r}"
        fact = self.facts[id_]
        value = {"low": fact.low, "high": fact.high, "n": fact.n}.get(part, fact.value)
        if part == "age" or value is None or isinstance(value, str):
            return None
        if n.bound:
            return None if (value <= n.value if n.bound == "<" else value >= n.value) else f"{id_} is {value}"
        if abs(n.value - float(value)) > 0.5 * 10.0**-n.decimals + 1e-9 * max(1.0, abs(n.value)):
            return f"{id_} is {value!r}, further off than half a unit of the printed precision"
        return None

    def wrong_date(self, d: DateToken) -> str | None:
        """Why a date is none in itself (no such day, wrong weekday, a year that must be said), or None."""
        if d.month == 0:
            return "no such day"
        if d.day is None:
            return None
        try:
            day = date(d.year if d.year is not None else self.session.year, d.month, d.day)
        except ValueError:
            return "no such day"
        if d.weekday is not None and d.year is not None and day.weekday() != d.weekday:
            return "that day is another weekday"
        return None

    def date_in(self, d: DateToken, days: set[date]) -> bool:
        """Whether a date token names one of `days`; without its year only a day within 330 days of the session."""
        for day in days:
            near = d.year is not None or abs((self.session - day).days) <= 330
            weekday = d.weekday is None or d.weekday == day.weekday()
            if near and weekday and d.matches(day):
                return True
        return False


def _unit_strings(fact: Fact, id_: str) -> tuple[str, ...]:
    last = id_.rpartition(".")[2]
    if last.startswith("percentile_"):
        named = last.removeprefix("percentile_").removesuffix("y")
        return tuple(f"{o} pct, {y} y" for o in ("st", "nd", "rd", "th") for y in (named, window_years(fact)))
    return _UNIT_STRINGS.get(fact.unit, ())
