"""What the catalogue says of a series."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from barograph.core.observation import Basis
from barograph.core.release import ReleaseRule

Frequency = Literal["D", "W", "M", "Q"]
Rights = Literal["public", "attribution", "personal", "restricted"]
#: How a value can move, which decides what quarantine may call absurd: a level is positive and moves in percent, a rate
#: moves in points and may be negative, a claim may multiply within a week, none is never checked.
Kind = Literal["level", "rate", "claim", "none"]


@dataclass(frozen=True, slots=True)
class ProviderCode:
    """Where a series comes from: the provider's own code, and the factor that turns its unit into the series' unit.

    `options` say what a provider without a format of its own (`http_csv`) must know of the body.
    """

    source: str
    code: str
    scale: float = 1.0
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class UnitChange:
    """From `known_at` (UTC) on, values come in `unit` (a rebased index): not a revision."""

    known_at: datetime
    unit: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something about one period that no value says, e.g. a figure that will never exist."""

    period: date
    kind: Literal["never", "delayed", "note"]
    text: str
    known_from: date
    release: date | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One catalogue row.

    `id` such as `us.prices.cpi_core`; `providers` in order of preference (the first wins); `period stamp` says which
    day names the period (`day`, `month_start`, `quarter_start`, `week_end`); `release` turns a period into the UTC
    instant at which it is public; `revises` says whether values change after the first print; `readers` names the
    models or sections that read the row; `eligible_from` is the first day on which a universe or model may use it;
    `family` marks a row that stands for many members (`us.equity.member.weight` holds `us.equity.member.weight[NVDA]`);
    `weekday` (MON..SUN) is the day that names a week, for `week_end` rows; `report` names the publication that the
    figure comes in, `Employment Situation: households`, where several do: its release is one event.
    """

    id: str
    title: str
    block: str
    unit: str
    frequency: Frequency
    stamp: Literal["day", "month_start", "quarter_start", "week_end"]
    seasonal: Literal["sa", "nsa", "saar", "none"]
    release: ReleaseRule
    transform: str
    revises: bool
    providers: tuple[ProviderCode, ...]
    rights: Rights
    citation: str
    kind: Kind
    readers: tuple[str, ...]
    calendar: Literal["NYSE", "SIFMA", "24x7", "none"] = "none"
    agency: str = ""
    start: date | None = None
    eligible_from: date | None = None
    unit_from: tuple[UnitChange, ...] = ()
    events: tuple[Event, ...] = ()
    family: bool = False
    vintages: bool = True
    tolerance: float | None = None
    tags: tuple[str, ...] = field(default_factory=tuple)
    weekday: str = ""
    report: str = ""

    def code(self, source: str) -> str | None:
        """The series' code at `source`, or None."""
        return next((p.code for p in self.providers if p.source == source), None)

    def unit_of(self, known_at: datetime, basis: Basis) -> str:
        """The unit of a value by when it was known: what was seen then stands in the base of its day, a rule laid over
        today's values leaves them in today's."""
        if basis in ("assumed", "schedule"):
            return self.unit
        return next((c.unit for c in reversed(self.unit_from) if c.known_at <= known_at), self._first_unit())

    def _first_unit(self) -> str:
        return self.unit_from[0].unit if self.unit_from else self.unit


def second_of(series_id: str) -> str:
    """The provider whose second opinion `us.vol.vix@fred` is, or an empty string.

    >>> second_of("us.vol.vix@fred"), second_of("us.vol.vix")
    ('fred', '')
    """
    return series_id.partition("@")[2]


def family_of(series_id: str) -> str:
    """The catalogue id of a member: `us.equity.member.weight[NVDA]` -> `us.equity.member.weight`.

    >>> family_of("us.equity.member.weight[NVDA]"), family_of("us.rates.par_10y")
    ('us.equity.member.weight', 'us.rates.par_10y')
    """
    return series_id.split("[", 1)[0]


def member_of(series_id: str) -> str:
    """The key inside the brackets, or an empty string."""
    return series_id[series_id.index("[") + 1 : -1] if series_id.endswith("]") else ""
