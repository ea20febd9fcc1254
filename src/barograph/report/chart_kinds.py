"""What the charts of a page are made of: dates and numbers without a word of SVG, each in the unit that it states."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One maturity: years, label, yields today / previous session / 20 sessions ago in per cent (None: not known)."""

    years: float
    label: str
    today: float | None
    previous: float | None
    earlier: float | None


@dataclass(frozen=True, slots=True)
class CurveChart:
    """Curve snapshots on log maturity with bars of change in bp below; dates of the three curves."""

    points: tuple[CurvePoint, ...]
    today: date
    previous: date
    earlier: date


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal reference line: value in the chart's unit, its label, and the date it happened on (None: a mean)."""

    value: float
    label: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class LineChart:
    """One to three lines on calendar time with reference levels; the last point is marked and labelled.

    `lines` are (label, dates, values); `unit_label` stands top left; values as printed strings for the readout are
    made by the renderer through the one formatter with `unit`. `decimals` (None: those of the unit) and `signed` are as in
    a StepChart. `ranges` are (low, high) of the last point of each line (None: none), drawn as bars beside it.
    """

    lines: tuple[tuple[str, tuple[date, ...], tuple[float, ...]], ...]
    unit: str
    unit_label: str
    levels: tuple[Level, ...] = ()
    decimals: int | None = None
    signed: bool = False
    ranges: tuple[tuple[float, float] | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Revised:
    """A cell: the revision against the first print in the chart's unit (None unless `state` is value)."""

    value: float | None = None
    state: Literal["value", "to come", "withdrawn", "rebased"] = "value"


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """One period: its label, its first print as printed, and a cell for each column of the chart."""

    period: str
    first: str
    cells: tuple[Revised, ...]


@dataclass(frozen=True, slots=True)
class RevisionChart:
    """Rows newest first; `columns` are release numbers (`2`, `3`, ..., `now`); `scale` is the unit of colour, > 0."""

    rows: tuple[RevisionRow, ...]
    columns: tuple[str, ...]
    unit: str
    unit_label: str
    scale: float


#: The four regimes: growth up or down, inflation up or down. A drawing's class, and so its colour, comes from this name.
Quadrant = Literal["gu_id", "gu_iu", "gd_iu", "gd_id"]


@dataclass(frozen=True, slots=True)
class Strip:
    """A second model on the dates of a ShareChart: its probability, per cent, of what lies above the chart's thick seam.

    `label` names the model, `word` what 100 would mean (`weak`); None where it says nothing.
    """

    label: str
    word: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class ShareChart:
    """Shares of 100 as stacked areas on calendar time, with a second model's opinion as a strip below.

    `shares` are (regime, label, per cent at each date), bottom to top. A date at which one of them is not known, is
    negative, or at which they do not add up to 100 within 1 is a hole. A thick seam lies after `boundary` of them (0:
    none). `bands` are recessions, first and last day (None: not over yet), drawn where the dates span five years or more.
    """

    dates: tuple[date, ...]
    shares: tuple[tuple[Quadrant, str, tuple[float | None, ...]], ...]
    unit_label: str
    boundary: int = 2
    strip: Strip | None = None
    bands: tuple[tuple[date, date | None], ...] = ()


@dataclass(frozen=True, slots=True)
class PathChart:
    """The way through the plane of growth (across) and inflation (up), standard deviations, by month.

    `points` are (day, growth, inflation), oldest first; the last 13 known ones are drawn. `covariance` of the last point is
    (growth, both, inflation) in squared standard deviations; None: not known. `limit` is where the axes end unless a point
    lies beyond.
    """

    points: tuple[tuple[date, float | None, float | None], ...]
    covariance: tuple[float, float, float] | None = None
    labels: tuple[str, str] = ("growth", "inflation")
    limit: float = 2.4


@dataclass(frozen=True, slots=True)
class Release:
    """A release and what it moved the nowcast by, in the nowcast's unit; `tone` is the kind of its news."""

    on: date
    label: str
    impact: float
    tone: Literal["growth", "inflation", "labour", "other"] = "other"


@dataclass(frozen=True, slots=True)
class StepChart:
    """A nowcast as it stood on each date, with its band, and the releases that moved it.

    An estimate holds until the next date; None is a hole. `low` and `high` are the ends of the band that `band` names (such
    as `70% band`), None where there is none. `final` is the figure as it was published at last, on its day. `decimals`:
    of every printed figure, None for those of the unit; `signed`: whether the figures carry a plus.
    """

    dates: tuple[date, ...]
    values: tuple[float | None, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    unit: str
    unit_label: str
    band: str
    releases: tuple[Release, ...] = ()
    final: Level | None = None
    decimals: int | None = None
    signed: bool = False


@dataclass(frozen=True, slots=True)
class FanStep:
    """So many sessions ahead: ends of the 90 and 50 per cent bands, the median, and the ends of the usual 90 per cent band."""

    sessions: int
    low90: float
    low50: float
    middle: float
    high50: float
    high90: float
    usual_low: float
    usual_high: float


@dataclass(frozen=True, slots=True)
class FanChart:
    """A level's history on calendar time and, from its last value on, the levels that it may have at a few horizons.

    Between horizons the fan is straight. `levels` and `decimals` are as in a LineChart. `words` are what stands behind the
    names of the narrow and the wide band in the key, such as `too narrow`.
    """

    label: str
    dates: tuple[date, ...]
    values: tuple[float, ...]
    steps: tuple[FanStep, ...]
    unit: str
    unit_label: str
    levels: tuple[Level, ...] = ()
    decimals: int | None = None
    words: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class BandChart:
    """A coefficient on each date with its band, and a strip below of what the band says about its sign.

    `band` names the band (such as `90% band`); `above`, `below` and `neither` are the words of a band wholly above nought,
    wholly below, and of one that holds it. Figures are printed with a sign.
    """

    dates: tuple[date, ...]
    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    unit: str
    unit_label: str
    band: str
    above: str
    below: str
    neither: str
    decimals: int | None = None
