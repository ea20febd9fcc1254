"""Known days of release beside the catalogue's, and first sight: a figure is known from its rule or from when it was seen.

Planted: a rule that is early on a known day, a stamp that believes the rule where a look had found nothing.
"""

from __future__ import annotations

import csv
import gzip
import importlib.util
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from barograph.archive import stamp as stamping
from barograph.archive.archive import Archive
from barograph.archive.held import Look
from barograph.catalog.catalog import Catalog
from barograph.catalog.load import load
from barograph.core.observation import Reading
from barograph.core.release import ReleaseRule, following_period, newest_period, scheduled
from barograph.core.series import Series
from barograph.core.time import NEW_YORK, Clock, new_york
from small_archive import fetch

ROOT = Path(__file__).resolve().parents[2]
CATALOG = load()


@pytest.fixture(scope="module")
def days() -> ModuleType:
    """scripts/release_days.py, which compares and writes the page."""
    spec = importlib.util.spec_from_file_location("release_days", ROOT / "scripts" / "release_days.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


# ---------------------------------------------------------------- the known days


def test_the_catalogue_is_never_early_on_a_known_day(days: ModuleType) -> None:
    rows = days.compared()
    assert [(r.series, r.period, r.real, r.ours) for r in rows if r.off < 0] == []
    offs = Counter(r.off for r in rows)
    print(f"known days {len(rows)}, exact {offs[0]}, at most {max(offs)} days late")
    assert len(rows) >= 400 and offs[0] >= 370 and max(offs) <= 7


def test_the_days_are_of_the_periods_that_they_say(days: ModuleType) -> None:
    for r in days.compared():
        assert timedelta(0) < r.real - r.period < timedelta(130), r
        assert r.real.weekday() < 5, r
    assert len({(r.series, r.period) for r in days.compared()}) == len(days.compared())


@pytest.mark.parametrize(
    ("series_id", "rule"),
    [
        ("us.prices.cpi", "month_end+13 08:30"),
        ("us.positioning.es.lev_money_net", "weekday:FRI 15:30"),
        ("us.growth.housing_starts", "month_end+18 08:30"),
        ("us.growth.industrial_production", "month_end+16 09:15"),
        ("us.growth.gdp_real", "quarter_end+30 08:30"),
    ],
)
def test_rules_that_would_be_early_are_found(series_id: str, rule: str, days: ModuleType) -> None:
    rows = {s.id: s for s in CATALOG}
    rows[series_id] = replace(rows[series_id], release=ReleaseRule.parse(rule), events=())
    assert any(r.off < 0 and r.series == series_id for r in days.compared(Catalog(rows, CATALOG.closures)))


def test_closures_and_own_days_are_what_makes_the_difference(days: ModuleType) -> None:
    bare = Catalog({s.id: replace(s, events=()) for s in CATALOG}, ())
    early = [r for r in days.compared(bare) if r.off < 0]
    assert len(early) > 100 and {r.series for r in early} >= {"us.prices.cpi", "us.labour.payrolls"}
    assert all(r.ours == r.ruled for r in days.compared(bare))


def test_minutes_are_kept_as_scheduled(days: ModuleType) -> None:
    early, late = days.minutes()
    assert (early["late"], late["late"]) == (30, -32)
    cpi = CATALOG[early["series"]]
    assert scheduled(cpi, early["period"], CATALOG.closures) == early["scheduled"].astimezone(UTC)


#: event of the recorded calendar -> (row, months from the period to the release)
EVENTS = {
    "Non-Farm Employment Change": ("us.labour.payrolls", 1),
    "CPI m/m": ("us.prices.cpi", 1),
    "PPI m/m": ("us.prices.ppi", 1),
    "Retail Sales m/m": ("us.growth.retail_sales", 1),
    "Core PCE Price Index m/m": ("us.prices.pce", 1),
    "JOLTS Job Openings": ("us.labour.job_openings", 2),
    "Advance GDP q/q": ("us.growth.gdp_real", 3),
}


def months_before(day: date, n: int) -> date:
    month = day.year * 12 + day.month - 1 - n
    return date(month // 12, month % 12 + 1, 1)


def test_never_early_on_the_days_of_a_recorded_calendar(recorded_folder: Path) -> None:
    path = recorded_folder / "data" / "calendar" / "us_releases.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [r for r in csv.DictReader(lines) if r["currency"] == "USD" and r["event"] in EVENTS]
    off: dict[str, list[int]] = {name: [] for name in EVENTS}
    for event, text in sorted({(r["event"], r["date"]) for r in rows}):
        series_id, months = EVENTS[event]
        real = date.fromisoformat(text)
        # Job openings at the end of a month are those of the month before; outlays on its first days of two months before.
        months = (
            1 if months == 2 and real.day >= 25 else 2 if event.startswith("Core PCE") and real.day <= 3 else months
        )
        period = months_before(real, months)
        ours = scheduled(CATALOG[series_id], period, CATALOG.closures).astimezone(NEW_YORK).date()
        off[event].append((ours - real).days)
    for event, found in off.items():
        print(f"{event}: {len(found)} days, {found.count(0)} exact, {min(found)} to {max(found)} days late")
        assert len(found) >= 15 and min(found) >= 0, event
    assert set(off["CPI m/m"]) == set(off["Non-Farm Employment Change"]) == {0}


# ---------------------------------------------------------------- first sight


ROWS = [s for s in CATALOG if not s.family and s.providers]


def stamped(series: Series, period: date, seen: datetime, looks: list[Look]) -> datetime:
    made = stamping.stamp(
        series, [Reading(series.id, period, 1.0)], lambda _: [], looks, seen, CATALOG.closures
    )  # fmt: skip
    (row,) = made.rows
    return row.known_at


def of_june(series: Series) -> date:
    newest = newest_period(series, datetime(2025, 6, 20, tzinfo=UTC), CATALOG.closures)
    assert newest is not None
    return newest


@pytest.mark.parametrize("series", ROWS, ids=lambda s: s.id)
def test_live_a_figure_is_known_from_the_later_of_rule_and_first_sight(series: Series) -> None:
    """The look that found nothing came after the rule and spoke of the period; the next one, a day on, found it."""
    period = of_june(series)
    for _ in range(3):
        rule = scheduled(series, period, CATALOG.closures)
        missed = Look(period - timedelta(30), period, rule + timedelta(minutes=1))
        seen = rule + timedelta(days=2, minutes=7)
        assert stamped(series, period, seen, [missed]) == max(rule, seen) == seen
        # Looks that say nothing of it: before the rule, another window, the same day. The rule stands.
        for idle in (
            Look(period - timedelta(30), period, rule - timedelta(minutes=1)),
            Look(period - timedelta(30), period - timedelta(1), rule + timedelta(minutes=1)),
            Look(period - timedelta(30), period, seen - timedelta(minutes=1)),
        ):
            assert stamped(series, period, seen, [idle]) == rule
        period = following_period(series, period)


def test_a_stamp_that_believes_the_rule_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamping, "_late", lambda *_: False)
    with pytest.raises(AssertionError):
        test_live_a_figure_is_known_from_the_later_of_rule_and_first_sight(CATALOG["us.prices.cpi"])


def test_through_the_writer_a_late_figure_is_not_known_before_it_was_seen(tmp_path: Path) -> None:
    """Positions due on Friday 5 September 2025, looked for that evening and on Monday, there on Tuesday."""
    es, period = "us.positioning.es.lev_money_net", date(2025, 9, 2)
    archive = Archive.open(tmp_path, CATALOG, create=True)
    at = {d: new_york(date(2025, 9, d), time(18)) for d in (4, 5, 8, 9)}
    for day in (4, 5, 8):
        with archive.writer(Clock(at[day])) as writer:
            writer.commit([fetch(writer, [Reading(es, date(2025, 8, 26), 5.0)])])
            writer.cover([(es, date(2025, 8, 1), date(2025, 9, day))])
    with archive.writer(Clock(at[9])) as writer:
        writer.commit([fetch(writer, [Reading(es, period, 7.0)])])
    points = archive.as_of(at[9] + timedelta(days=1)).series(es)
    assert points.value_on(period) == 7.0 and points.tail(1).bases == ("fetch",)
    assert points.known_at[-1].item().replace(tzinfo=UTC) >= at[9]
    assert archive.as_of(at[8]).series(es).value_on(period) is None


def test_a_figure_that_is_there_before_its_rule_waits_for_it(tmp_path: Path) -> None:
    """Late rather than early also where the rule is the late one: it is seen on Thursday and shown from Friday on."""
    es, period = "us.positioning.es.lev_money_net", date(2025, 9, 2)
    archive = Archive.open(tmp_path, CATALOG, create=True)
    with archive.writer(Clock(new_york(date(2025, 9, 4), time(18)))) as writer:
        writer.commit([fetch(writer, [Reading(es, period, 7.0)])])
    rule = scheduled(CATALOG[es], period, CATALOG.closures)
    assert archive.as_of(rule - timedelta(seconds=1)).series(es).value_on(period) is None
    assert archive.as_of(rule).series(es).value_on(period) == 7.0
