"""What a page is made of: frozen parts without a word of HTML. The report's JSON is these parts, nothing else.

Text is a sequence of runs. A run is plain words or a Ref to a fact: the printed number comes from the one formatter,
so a number cannot be typed into a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from barograph.core.estimate import Fact, Problem
from barograph.core.observation import Untrusted
from barograph.report.chart_kinds import (
    BandChart,
    CurveChart,
    CurvePoint,
    FanChart,
    FanStep,
    Level,
    LineChart,
    PathChart,
    Quadrant,
    Release,
    Revised,
    RevisionChart,
    RevisionRow,
    ShareChart,
    StepChart,
    Strip,
)


@dataclass(frozen=True, slots=True)
class Ref:
    """A fact inside text or a cell. `part`: its value, its period as a date, its `low`/`high`, its n, its age in days at
    the session of the page, or when it became known (`known`, a day of New York) and how many days ago (`known_age`)."""

    fact: str
    part: Literal["value", "period", "low", "high", "n", "age", "known", "known_age"] = "value"


Run = str | Ref
Text = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`role`: since (what changed), note (small print), lead (headline), deck (under the headline), verdict."""

    text: Text
    role: Literal["since", "note", "lead", "deck", "verdict", "plain"] = "plain"


@dataclass(frozen=True, slots=True)
class Mini:
    """A mini-graphic in a table cell; aria-hidden, because a number stands in a cell of the same row.

    bar: `values` = (value, scale maximum) or, on a scale that other tables share, (value, maximum, least size that is
    drawn as more than a tick); zdot: (z,) on a +-3 track; spark: the points, last one marked;
    percentile: (0..100,); residual: like bar, hatched.
    """

    kind: Literal["bar", "zdot", "spark", "percentile", "residual"]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell: text with refs, perhaps a mini-graphic, perhaps a second smaller line (`below`).

    `heat` fills the cell of a heat map: 1 to 3 steps of blue, -1 to -3 of vermilion, 0 no fill.
    """

    text: Text = ()
    mini: Mini | None = None
    below: Text = ()
    muted: bool = False
    strong: bool = False
    heat: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """`optional` columns are the first to go on a phone; `align` is left for words, right for numbers."""

    title: str
    align: Literal["left", "right", "center"] = "right"
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A chart that is a table with bars is a Table. `total` is set off by a rule. `title` is a computed finding."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None
    title: Text = ()
    subtitle: str = ""
    note: Text = ()
    width: Literal["main", "side"] = "main"


@dataclass(frozen=True, slots=True)
class FactList:
    """Pairs of label and number beside a figure; `below` is one smaller line under the pair."""

    items: tuple[tuple[str, Text, Text], ...]


Chart = CurveChart | LineChart | RevisionChart | ShareChart | PathChart | StepChart | FanChart | BandChart


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its computed title (a finding, at most 10 words), subtitle (quantity, unit, window, source id),
    alt text bound to facts (at most 350 characters) and note."""

    chart: Chart
    title: Text
    subtitle: str
    alt: Text
    note: Text = ()
    table: Table | None = None  # the data behind the chart, for charts of up to 60 points
    width: Literal["main", "side"] = "main"


@dataclass(frozen=True, slots=True)
class Card:
    """A summary card: 2 px rule, title, blocks; `span` = first and last of 12 columns."""

    title: str
    blocks: tuple[Block, ...]
    span: tuple[int, int]
    link: str = ""


@dataclass(frozen=True, slots=True)
class Reported:
    """A headline as its publisher wrote it: quoted, never read. `url` is http or https, `at` when it was published
    (UTC), `source` the publisher's feed in our words, `also` how many other publishers reported the same."""

    title: Untrusted
    url: str
    at: datetime
    source: str
    also: int = 0


@dataclass(frozen=True, slots=True)
class Headlines:
    """The headlines of one theme in their order; `title` is the theme's name, `link` the slug or number of the section
    that it touches, `more` how many are not shown."""

    title: str
    items: tuple[Reported, ...]
    link: str = ""
    more: int = 0


@dataclass(frozen=True, slots=True)
class Expected:
    """An event to come. `day` is New York's (None: it has none), `at` its UTC instant where a time is known.

    `title` is quoted where a calendar outside wrote it. `about` is the period of a release or what an event is about,
    `last` the newest figure of its kind. `state` is one of the words that the calendar uses, `source` says who named the
    day, `was` is the day that it had on the page before, or on which it was due, `note` the reason for a change, `more`
    how many further periods of it are without a day, `by` that the day is the last one by which it is out.
    """

    title: str | Untrusted
    day: date | None
    at: datetime | None
    about: str
    state: Literal["by rule", "announced", "at risk", "suspended", "overdue"]
    source: str
    note: str = ""
    was: date | None = None
    last: Text = ()
    more: int = 0
    by: bool = False


@dataclass(frozen=True, slots=True)
class Agenda:
    """Events to come in their order; a `brief` one, as on the summary, leaves out who named the days."""

    title: str
    items: tuple[Expected, ...]
    note: str = ""
    brief: bool = False


@dataclass(frozen=True, slots=True)
class RegimeShare:
    """One regime in the bar: its probability as printed and, in per cent, as drawn; its change as printed.

    `rising` is the probability, per cent of all as `share` is, of this regime with liquidity rising; None: not known.
    """

    slug: Quadrant
    label: str
    value: Text
    share: float | None
    change: Text = ()
    rising: float | None = None


@dataclass(frozen=True, slots=True)
class RegimeBar:
    """The four regimes as one bar with their probabilities listed, growth up first, and under it how much of each has
    liquidity rising (solid) or falling (hatched). `liquidity` is the probability of rising liquidity as printed."""

    shares: tuple[RegimeShare, ...]
    liquidity: Text = ()


Block = Paragraph | Table | FactList | Figure | Card | Headlines | Agenda | RegimeBar


@dataclass(frozen=True, slots=True)
class Section:
    """One section. Below its coverage floor: `state` insufficient, `reason` says what is missing, blocks hold the last
    good values with their ages and nothing else. `wrong_if` is the machine-readable invalidation condition, `age` says
    of when the figures are, oldest to newest, `brief` stands for a long reason in the list of contents."""

    number: int
    slug: str
    title: str
    state: Literal["ok", "degraded", "insufficient"]
    reason: str
    have: int
    want: int
    basis: tuple[tuple[str, float], ...]  # share of inputs by known_basis, in trust order, percent
    blocks: tuple[Block, ...]
    wrong_if: str
    facts: tuple[str, ...] = ()  # ids this section shows
    age: str = ""
    brief: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A finished page. `facts` holds every fact that any section shows, by id; `head` is the ledger's anchor."""

    session: date
    as_of: datetime
    stored_as_of: datetime | None
    notice: str
    note: str
    sections: tuple[Section, ...]
    facts: tuple[Fact, ...]
    problems: tuple[Problem, ...]
    head: str
    version: str
    sample: bool = False
    environment: tuple[tuple[str, str], ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


__all__ = [
    "Agenda", "BandChart", "Block", "Card", "Cell", "Chart", "Column", "CurveChart", "CurvePoint", "Expected", "FactList",
    "FanChart", "FanStep", "Figure", "Headlines", "Level", "LineChart", "Mini", "Paragraph", "PathChart", "Quadrant",
    "Ref", "RegimeBar", "RegimeShare", "Release", "Report", "Reported", "Revised", "RevisionChart", "RevisionRow", "Run",
    "Section", "ShareChart", "StepChart", "Strip", "Table", "Text",
]  # fmt: skip
