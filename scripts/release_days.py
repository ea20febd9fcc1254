"""Known days of release beside the days that the catalogue gives, and the page of the documentation made from them.

The known days lie in tests/contract/release_exceptions.toml: what agencies announced, scheduled or published.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from barograph.catalog.catalog import Catalog
from barograph.catalog.load import load
from barograph.core.release import scheduled
from barograph.core.time import NEW_YORK, new_york

TABLE = Path(__file__).parents[1] / "tests" / "contract" / "release_exceptions.toml"


@dataclass(frozen=True)
class Compared:
    """One release: the day on which it came out, the rule's alone, and the catalogue's with its exceptional days."""

    title: str
    series: str
    period: date
    real: date
    ruled: date
    ours: date

    @property
    def off(self) -> int:
        """Days by which the catalogue is late; negative: it would let the figure out too early."""
        return (self.ours - self.real).days

    @property
    def off_alone(self) -> int:
        """The same for the rule alone."""
        return (self.ruled - self.real).days


def compared(catalog: Catalog | None = None, table: Path = TABLE) -> list[Compared]:
    """All known releases, in the order of the table."""
    catalog = catalog or load()
    out = []
    for known in tomllib.loads(table.read_text("utf-8"))["known"]:
        series = catalog[known["series"]]
        for text, real in known["days"].items():
            period = date.fromisoformat(text)
            ours = scheduled(series, period, catalog.closures).astimezone(NEW_YORK).date()
            ruled = series.release.release_day(period)
            out.append(Compared(known["title"], series.id, period, real, ruled, ours))
    return out


def minutes(catalog: Catalog | None = None, table: Path = TABLE) -> list[dict[str, Any]]:
    """Releases that came out on their day at another minute; `late` is how much later our instant is than the real one,
    in minutes, by the hour of `scheduled` on its day."""
    catalog = catalog or load()
    out = []
    for row in tomllib.loads(table.read_text("utf-8"))["minute"]:
        at: datetime = row["scheduled"].astimezone(UTC)
        local = at.astimezone(NEW_YORK)
        assert new_york(local.date(), local.time()) == at, row["text"]
        out.append({**row, "late": round((at - row["public"].astimezone(UTC)).total_seconds() / 60)})
    return out


def share(rows: Iterable[int]) -> str:
    """`52 of 60 exact, 3 early, at most 5 days late`."""
    offs = list(rows)
    early = [o for o in offs if o < 0]
    text = f"{sum(o == 0 for o in offs)} of {len(offs)}"
    return f"{text} | {f'{len(early)}, by up to {-min(early)}' if early else 'none'} | {max(0, *offs)}"


def page() -> str:
    """docs/reference/release-days.md as text."""
    rows = compared()
    titles = dict.fromkeys(r.title for r in rows)
    head = "| publication | series | exact | early (days) | latest (days) | rule alone: exact | early | latest |"
    lines = [head, "| --- | --- | --- | --- | --- | --- | --- | --- |"]
    for title in titles:
        mine = [r for r in rows if r.title == title]
        lines.append(
            f"| {title} | `{mine[0].series}` | {share(r.off for r in mine)} | {share(r.off_alone for r in mine)} |"
        )
    lines.append(f"| **all** | | {share(r.off for r in rows)} | {share(r.off_alone for r in rows)} |")
    still = [r for r in rows if r.off]
    other = ["| period | series | came out | catalogue | days late |", "| --- | --- | --- | --- | --- |"]
    other += [f"| {r.period} | `{r.series}` | {r.real} | {r.ours} | {r.off} |" for r in still]
    clock = ["| period | series | scheduled | public | what happened |", "| --- | --- | --- | --- | --- |"]
    for m in minutes():
        what = f"{m['text']}: the schedule is {abs(m['late'])} minutes {'late' if m['late'] > 0 else 'early'}"
        clock.append(f"| {m['period']} | `{m['series']}` | {_local(m['scheduled'])} | {_local(m['public'])} | {what} |")
    return "\n\n".join(
        [
            "# Release days that differed from the rule",
            "*Made from `tests/contract/release_exceptions.toml` by `scripts/build_docs.py`; do not edit.*",
            "A release rule of the [catalogue](catalogue.md) gives one day for each period, and the world does not keep "
            "to it. Below, days on which figures really came out beside what the catalogue gives: its rule together with "
            "its closures, exceptional days and the agencies' own days, and the rule alone. A day that is too late hides "
            "a figure that was public; a day that is too early shows one that was not. Rules are therefore set late "
            "rather than early.",
            "## Measured",
            "\n".join(lines),
            f"On the {len(rows)} known days the catalogue is "
            + ("never early" if all(r.off >= 0 for r in rows) else "early where the next table has a negative number")
            + ". Where the catalogue names the day itself, being exact is no merit of the rule; the last three columns "
            "are what to expect of it where no day is known. Nothing is claimed beyond these days: before 2004 no day of the CPI "
            "is known here, and the rule alone would have been early on one in three of the later ones; most other "
            "publications have not been compared before 2021. With a key FRED's vintages say the day, "
            "and the rule only the hour.",
            "## Days that still differ",
            "\n".join(other),
            "## Minutes",
            "\n".join(clock),
            "The schedule's minute is kept for all that is filled in later: it is never before the official one. In an "
            "archive that looks several times a day, a figure that an earlier look of another day lacked is known from "
            "the look that found it.",
            "## Half days",
            "`close@NYSE` means 16:00 also where the exchange closes at 13:00: the day after Thanksgiving, mostly 24 "
            "December, the eve of Independence Day. The close of such a day counts as known three hours after it was, "
            "which is late and not early. The Treasury and the agencies publish at their usual hour on these days.",
            "## Clock changes",
            "Times are wall-clock times of New York. In the hour that the clock passes twice in autumn the second pass "
            "counts, and a time that it skips in spring is read by the clock before the change, an hour on: of two "
            "readings the later. The zones come from the pinned package `tzdata` wherever the system has none.",
        ]
    ) + "\n"  # fmt: skip


def _local(at: datetime) -> str:
    return f"{at.astimezone(NEW_YORK):%Y-%m-%d %H:%M}"
