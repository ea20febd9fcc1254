"""All that a view says of one series, collected for the explorer: its text, its JSON and its page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from barograph.core.observation import BASES
from barograph.core.time import NEW_YORK
from barograph.core.units import UNITS
from barograph.report.blocks import FactList, Text
from barograph.report.dates import instant, stamped
from barograph.report.format import amount
from barograph.report.forms import MISSING
from barograph.report.revised import Measure, measure_of, unit_words

if TYPE_CHECKING:
    from barograph.archive.points import Points
    from barograph.archive.revisions import Revisions
    from barograph.core.ahead import NextRelease
    from barograph.core.observation import Batch, Coverage
    from barograph.core.series import Series

FREQUENCIES = {"D": "daily", "W": "weekly", "M": "monthly", "Q": "quarterly"}
SEASONAL = {
    "sa": "seasonally adjusted",
    "nsa": "not seasonally adjusted",
    "saar": "seasonally adjusted, annual rate",
    "none": "",
}
RIGHTS = {
    "public": "the figures may be passed on freely",
    "attribution": "the figures may be passed on with the citation",
    "personal": "for personal use; the figures must not be passed on",
    "restricted": "restricted: the figures must not be passed on",
}


@dataclass(frozen=True, slots=True)
class Opinion:
    """What another provider says of the newest period that both know: its value and ours, in the series' unit."""

    series_id: str
    provider: str
    period: date
    theirs: float
    ours: float


@dataclass(frozen=True, slots=True)
class Explored:
    """All that is known of a series at one view; `batches` with the number of rows that the view takes from each."""

    series: Series
    known_at: datetime
    stored_at: datetime | None
    points: Points
    revisions: Revisions
    coverage: Coverage | None
    next: NextRelease | None
    opinions: tuple[Opinion, ...]
    batches: tuple[tuple[Batch, int], ...]
    head: str
    version: str

    @property
    def measure(self) -> Measure:
        """The figure that is followed through its releases."""
        return measure_of(self.series, self.points.unit or self.series.unit)

    def period(self, when: date) -> str:
        """A period as tables name it."""
        return stamped(self.series.stamp, when)


def title_of(x: Explored) -> str:
    """The page's title."""
    return f"{x.series.title}, {x.series.id}"


def known_words(x: Explored) -> str:
    """`as known at ...`, with what the archive held then if that was asked for."""
    text = f"as known at {instant(x.known_at)}"
    return f"{text}, from rows stored by {instant(x.stored_at)}" if x.stored_at else text


def deck(x: Explored) -> str:
    """One sentence under the title."""
    s = x.series
    parts = [
        FREQUENCIES[s.frequency],
        SEASONAL[s.seasonal],
        "revised after its first print" if s.revises else "not revised",
    ]
    words = ", ".join(p for p in parts if p)
    return f"{words[:1].upper()}{words[1:]}. {s.citation.rstrip('.')}."


def facts_of(x: Explored) -> FactList:
    """What the series is and where it stands, as pairs."""
    s = x.series
    items: list[tuple[str, Text, Text]] = []
    if x.points.last:
        period, value = x.points.last
        known = x.points.known_at[-1].item()
        below = f"{x.period(period)}, known {known:%Y-%m-%d %H:%M} UTC, {BASES[int(x.points.basis[-1])]}"
        items.append(("Newest value", (amount(value, x.points.unit),), (below,)))
    when, about = next_words(x)
    items.append(("Next release", (when,), (about,)))
    unit = x.points.unit or s.unit
    short, long = unit_words(unit), UNITS[unit]
    items.append(("Unit", (short if len(short) < 24 else unit,), (long,) if long != short or len(short) >= 24 else ()))
    seasonal = SEASONAL[s.seasonal]
    items.append(("Frequency", (FREQUENCIES[s.frequency],), (seasonal,) if seasonal else ()))
    items.append(("Release rule", (s.release.text,), (s.report,) if s.report else ()))
    looked = f"last looked at {x.coverage.looked_at:%Y-%m-%d %H:%M} UTC" if x.coverage else "never looked at"
    items.append(("Covered", (f"{x.coverage.start} to {x.coverage.end}" if x.coverage else MISSING,), (looked,)))
    items.append(
        ("Values", (f"{len(x.points):,}",), (f"since {x.period(x.points.periods[0].item())}",) if len(x.points) else ())
    )
    items.append(("Vintages", (vintage_words(x),), ()))
    items.append(("Providers", (", ".join(f"{p.source}:{p.code}" for p in s.providers),), ()))
    items.append(("Rights", (s.rights,), (RIGHTS[s.rights],)))
    return FactList(tuple(items))


def next_words(x: Explored) -> tuple[str, str]:
    """The next release in words: when, and what it is about."""
    n = x.next
    if n is None:
        return MISSING, "no value is known to count from"
    about = x.period(n.period)
    when = f"{n.at:%Y-%m-%d %H:%M} UTC" if n.at else "no date"
    clock = f"{n.at.astimezone(NEW_YORK):%H:%M} ET" if n.at else ""
    more = {
        "scheduled": "",
        "due": "due since then, not here yet",
        "at risk": "by the rule, at risk",
        "suspended": "suspended",
    }
    return when, ", ".join(w for w in (clock, f"for {about}", more[n.state], n.note) if w)


def vintage_words(x: Explored) -> str:
    """`5,912 on 1,036 periods`, or that there are none."""
    r = x.revisions
    return r.note or f"{int(r.count.sum()):,} on {len(r):,} periods"
