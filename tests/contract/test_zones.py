"""Zones: the days on which London is not five hours ahead of New York, own times in other zones, the zone database.

Known: the days by arithmetic from the laws of both places. Planted: a legacy name in a source, no zone database at all.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import release_grid as grid
from barograph.catalog.load import load
from barograph.core.release import ReleaseRule
from barograph.sources import files
from barograph.sources._files_map import map_of
from release_grid import FIRST

ROOT = Path(__file__).resolve().parents[2]
KEPT = grid.kept()
RULES = sorted({k.text for k in KEPT})
CATALOG = load()
ODD = grid.odd_days()


# ---------------------------------------------------------------- New York and London


def test_the_days_on_which_london_is_not_five_hours_ahead() -> None:
    new_york_, london = ZoneInfo("America/New_York"), ZoneInfo("Europe/London")
    days = [FIRST + timedelta(i) for i in range((date(2026, 12, 31) - FIRST).days + 1)]
    assert len(days) == 9_862 and len(ODD) == 539
    noons = [datetime.combine(d, time(12)) for d in days]
    told = [
        n.date()
        for n in noons
        if n.replace(tzinfo=london).utcoffset() - n.replace(tzinfo=new_york_).utcoffset() != timedelta(hours=5)
    ]
    assert told == ODD


@pytest.mark.parametrize("text", [r for r in RULES if r != "utc_day_end"])
def test_the_wall_clock_of_new_york_on_those_days(text: str) -> None:
    rule = ReleaseRule.parse(text)
    for day in ODD:
        local = rule.instant(day).astimezone(ZoneInfo("America/New_York"))
        assert (local.date(), local.time()) == (day, grid.stated(rule))
        # Five hours, as on other days, would be wrong in London.
        assert rule.instant(day).astimezone(ZoneInfo("Europe/London")).replace(tzinfo=None) != datetime.combine(
            day, grid.stated(rule)
        ) + timedelta(hours=5)


@pytest.mark.parametrize(
    ("zone", "offset"),
    [
        ("Europe/London", lambda d: timedelta(hours=grid.summer_in_london(d.year)[0] <= d < grid.summer_in_london(d.year)[1])),
        ("Asia/Tokyo", lambda d: timedelta(hours=9)),
        ("America/New_York", lambda d: grid.by_law(d, time(0)).replace(tzinfo=None) - datetime.combine(d, time(0))),
    ],
)  # fmt: skip
def test_own_times_in_another_zone_on_those_days(
    zone: str, offset: Callable[[date], timedelta], tmp_path: Path
) -> None:
    east = -1 if zone == "America/New_York" else 1
    lines = [f"{d},{i}.5,{d}T16:30:00" for i, d in enumerate(ODD)]
    (tmp_path / "own.csv").write_text("day,v,at\n" + "\n".join(lines) + "\n", "utf-8")
    series = {"id": "user.x", "column": "v", "title": "x", "unit": "bp", "frequency": "D", "rights": "personal"}
    mapping = map_of({"date": "day", "known_at": "at", "known_at_zone": zone, "series": [series]}, "MAP.toml")
    _, _, readings, _ = files.read(tmp_path / "own.csv", mapping, CATALOG, datetime(2027, 1, 1, tzinfo=UTC))
    assert [r.period for r in readings] == ODD
    for r in readings:
        noon = offset(r.period)
        if r.period in grid.summer_in_new_york(r.period.year) and east < 0:
            noon = timedelta(hours=4 if r.period == grid.summer_in_new_york(r.period.year)[0] else 5)
        assert r.known_at == datetime.combine(r.period, time(16, 30), tzinfo=UTC) - east * noon, r


# ---------------------------------------------------------------- zones: canonical names, the pinned database


def links() -> dict[str, str]:
    """Legacy name -> canonical name, by the zone database's own list."""
    import tzdata

    text = (Path(tzdata.__file__).parent / "zoneinfo" / "tzdata.zi").read_text("utf-8")
    found = [line.split()[1:3] for line in text.splitlines() if line.startswith("L ")]
    return {name: target for target, name in found if name != "UTC"}


def legacy(text: str, known: dict[str, str]) -> list[str]:
    """Quoted legacy names in a text, but those that a table of foreign names translates (`"US/Eastern": "America/..."`)."""
    return [
        name
        for name, after in re.findall(
            r"""["']([A-Z][\w+-]*(?:/[\w+-]+){1,2})["'](\s*:\s*["'][A-Z]\w+/\w+["'])?""", text
        )
        if name in known and not after
    ]


def test_only_canonical_zone_names_are_written() -> None:
    known = links()
    assert known["US/Eastern"] == "America/New_York" and len(known) > 150
    sources = [p for p in (ROOT / "src").rglob("*") if p.suffix in (".py", ".toml")]
    assert {p.name: found for p in sources if (found := legacy(p.read_text("utf-8"), known))} == {}
    assert legacy('ZoneInfo("US/Eastern"), "America/New_York", {"US/Eastern": "America/New_York"}', known) == [
        "US/Eastern"
    ]


INSTANTS = """
import hashlib, sys, zoneinfo
sys.path.insert(0, sys.argv[1])
import release_grid as grid
lines = []
for kept in grid.kept():
    rule = kept.rule
    for day in grid.odd_days():
        lines.append(f"{kept.text} {day} {rule.instant(day).isoformat()}")
print(len(lines), hashlib.sha256("\\n".join(lines).encode()).hexdigest(), zoneinfo.TZPATH)
"""


def instants(**env: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", INSTANTS, str(ROOT / "tests")],
        capture_output=True, text=True, env={**os.environ, **env}, check=True,
    )  # fmt: skip
    return done.stdout.split(maxsplit=2)


def test_the_pinned_zone_database_gives_the_same_instants_as_the_systems() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert re.search(r"^tzdata==20\d\d\.\d+ ", lock, re.M)
    with_, without = instants(), instants(PYTHONTZPATH="")
    assert without[2].strip() == "()" and int(without[0]) == len(KEPT) * 539
    assert with_[:2] == without[:2]


def test_without_any_zone_database_nothing_is_guessed() -> None:
    hidden = "import sys; sys.modules['tzdata'] = None\nimport barograph.core.time"
    done = subprocess.run(
        [sys.executable, "-c", hidden],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONTZPATH": ""},
        check=False,
    )
    assert done.returncode != 0 and "America/New_York" in done.stderr
