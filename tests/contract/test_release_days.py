"""P10: release clocks on every day of 2000-2030, on the days when London is not five hours off, and against real days.

Real release days stand in release_days.toml with their source. No rule may be early on any of them: an early clock is a
look-ahead that no poisoned archive shows, since the figures themselves are stamped wrongly. Late is safe, and counted.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from barograph.catalog.load import load
from barograph.core.release import ReleaseRule, scheduled
from barograph.core.series import Series
from barograph.core.time import NEW_YORK, UNKNOWN_TIME, is_session, new_york

CATALOG = load(sample=True)
RULES = sorted({s.release.text for s in CATALOG} | {"day 02:30", "day 01:30", "close@SIFMA", "quarter_start+33 14:00"})
FIRST, LAST = date(2000, 1, 1), date(2030, 12, 31)
EVERY = [FIRST + timedelta(i) for i in range((LAST - FIRST).days + 1)]
LONDON = ZoneInfo("Europe/London")
#: Days of 2000-2026 on which New York is not five hours behind London (reliability of clocks, measured with tzdata).
ODD = [
    d for d in EVERY
    if d.year <= 2026 and datetime.combine(d, time(12), tzinfo=LONDON).utcoffset() != (
        datetime.combine(d, time(12), tzinfo=NEW_YORK).utcoffset() or timedelta()) + timedelta(hours=5)
]  # fmt: skip


@pytest.mark.parametrize("text", RULES)
def test_a_rule_on_every_day_of_thirty_one_years(text: str) -> None:
    """11,323 days a rule: aware UTC, in order, at the stated wall time of New York, on a day when agencies work."""
    rule = ReleaseRule.parse(text)
    before = datetime(1999, 1, 1, tzinfo=UTC)
    wanted = rule.at or UNKNOWN_TIME
    office = text.startswith(("month_end", "quarter", "session", "weekday"))
    for period in EVERY:
        day = rule.release_day(period)
        instant = rule.instant(day)
        assert instant.tzinfo is UTC and instant >= before, (period, instant)
        before = instant
        if text == "utc_day_end":
            continue
        local = instant.astimezone(NEW_YORK)
        # Half past two does not exist on the day of the spring change, and comes an hour on: late rather than early.
        skipped = wanted.hour == 2 and local.replace(tzinfo=None) == datetime.combine(day, wanted) + timedelta(hours=1)
        assert local.replace(tzinfo=None) == datetime.combine(day, wanted) or skipped, period
        if office:
            assert is_session("NYSE" if "@NYSE" in text else "SIFMA", day), (period, day)


def test_on_539_days_new_york_is_not_five_hours_behind_london() -> None:
    assert len(ODD) == 539
    for text in ("month_end+13 08:30", "weekday:FRI 15:30", "close@NYSE", "day+1 16:30"):
        rule = ReleaseRule.parse(text)
        for day in ODD:
            local = rule.instant(day).astimezone(NEW_YORK)
            assert (local.date(), local.time()) == (day, rule.at), (text, day)
            assert rule.instant(day).astimezone(LONDON).hour - local.hour in (4, 6, -18, -20)


def test_a_planted_clock_that_counts_five_hours_to_london_is_found() -> None:
    def by_london(day: date, at: time) -> datetime:
        return (datetime.combine(day, at, tzinfo=LONDON) + timedelta(hours=5)).astimezone(UTC)

    assert sum(by_london(d, time(8, 30)) != new_york(d, time(8, 30)) for d in ODD) == len(ODD)


# ---------------------------------------------------------------- real days


def real() -> list[tuple[Series, date, date]]:
    tables = tomllib.loads((Path(__file__).parent / "release_days.toml").read_text("utf-8"))
    return [
        (CATALOG[t["series"]], date.fromisoformat(p), day) for t in tables.values() for p, day in t["days"].items()
    ]  # fmt: skip


def lateness(series: Series, period: date, day: date) -> int:
    """Days from the real release to the one that the catalogue gives."""
    return (scheduled(series, period, CATALOG.closures).astimezone(NEW_YORK).date() - day).days


def test_no_release_day_is_earlier_than_the_real_one() -> None:
    gaps = [(s.id, p, lateness(s, p, d)) for s, p, d in real()]
    assert len(gaps) == 84
    assert [g for g in gaps if g[2] < 0] == []
    assert max(g[2] for g in gaps) <= 6
    exact = sum(g[2] == 0 for g in gaps) / len(gaps)
    assert exact >= 0.7, f"{exact:.3f} of the days are exact"


def test_without_its_exceptional_days_the_catalogue_would_be_early() -> None:
    bare = [(replace(s, events=()), p, d) for s, p, d in real()]
    early = [(s.id, p) for s, p, d in bare if lateness(s, p, d) < 0]
    assert len(early) >= 25 and {i for i, _ in early} == {s.id for s, _, _ in real()}


# ---------------------------------------------------------------- names and data of zones


def test_zones_are_named_by_their_canonical_names() -> None:
    """Slim systems drop the old aliases (`US/Eastern`, `EST5EDT`)."""
    old = re.compile(r"""["'](?:US/\w+|EST5EDT|EST|CST6CDT|GB|Japan|PRC)["']""")
    root = Path(__file__).parents[2] / "src" / "barograph"
    for path in [*root.rglob("*.py"), *root.rglob("*.toml")]:
        found = [m for m in old.findall(path.read_text("utf-8")) if path.name != "_ics_child.py"]
        assert found == [], path
    # In foreign calendars they are read, and turned into the canonical name.
    assert '"US/Eastern": "America/New_York"' in (root / "sources" / "_ics_child.py").read_text("utf-8")


def test_the_zones_of_the_package_are_used_where_the_system_has_none() -> None:
    assert resources.files("tzdata.zoneinfo.America").joinpath("New_York").is_file()
    program = (
        "from datetime import date, time\nfrom barograph.core.time import new_york\n"
        "print([new_york(date(y, m, 15), time(8, 30)).isoformat() for y in (2000, 2007, 2026) for m in (1, 3, 7, 11)])"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONTZPATH": path}, capture_output=True, text=True,
            check=True,
        ).stdout
        for path in ("", "/usr/share/zoneinfo")
    }  # fmt: skip
    assert len(answers) == 1 and "13:30" in answers.pop()


def test_a_half_day_counts_as_known_at_four() -> None:
    """The exchange closes at one on the day after Thanksgiving; a close is known later than the truth, never earlier."""
    rule = ReleaseRule.parse("close@NYSE")
    for day in (date(2025, 11, 28), date(2025, 12, 24)):
        assert rule.instant(day) == new_york(day, time(16)) > new_york(day, time(13))
