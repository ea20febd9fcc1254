"""No release day of the catalogue is earlier than the day on which the recorded providers served the figure."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from barograph.catalog.catalog import Catalog
from barograph.catalog.load import load
from barograph.core.release import ReleaseRule, scheduled
from barograph.core.series import Series
from barograph.core.time import NEW_YORK, is_session

FIRST, LAST = date(2000, 1, 1), date(2025, 12, 31)
CATALOG = load()
FRED = [s for s in CATALOG if s.code("fred")]


@pytest.fixture(scope="module")
def recorded() -> ModuleType:
    beside = Path(__file__).parents[2].parent / "shared" / "sources"
    path = Path(os.environ.get("BAROGRAPH_RECORDED_SOURCES") or beside) / "recorded.py"
    if not path.is_file():
        pytest.skip("recorded sources not beside the checkout")
    spec = importlib.util.spec_from_file_location("recorded_for_release_clock", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def periods(series: Series) -> list[date]:
    """Every period of the series from 2000 to 2025, by its stamp."""
    days = [FIRST + timedelta(i) for i in range((LAST - FIRST).days + 1)]
    if series.stamp == "month_start":
        return [d for d in days if d.day == 1]
    if series.stamp == "quarter_start":
        return [d for d in days if d.day == 1 and d.month % 3 == 1]
    if series.stamp == "week_end":
        return [d for d in days if f"{d:%a}".upper() == series.weekday]
    return [d for d in days if d.weekday() < 5 and is_session(series.calendar, d)]


def too_early(series: Series, catalog: Catalog, recorded: ModuleType) -> list[tuple[date, str, str]]:
    """(period, our release day, the recorded day) wherever ours comes first; what never existed has no release."""
    found = []
    # The recorded clock is a rule itself: where the catalogue names the agency's own day, test_release_days.py compares it.
    aside = {e.period for e in series.events if e.kind == "never" or (e.kind == "note" and e.release)}
    for period in (p for p in periods(series) if p not in aside):
        ours = scheduled(series, period, catalog.closures).astimezone(NEW_YORK).date().isoformat()
        table = recorded.published(series.code("fred"), period.isoformat(), series.frequency)
        if ours < table:
            found.append((period, ours, table))
    return found


def named(series: Series, recorded: ModuleType) -> bool:
    """Whether the recorded clock knows the series; core producer prices it knows without their delays of 2025."""
    return series.code("fred") in recorded.LAG_OF and series.code("fred") != "PPIFES"


@pytest.mark.parametrize("series", FRED, ids=lambda s: s.id)
def test_never_earlier_than_the_recorded_release(series: Series, recorded: ModuleType) -> None:
    if named(series, recorded) or series.frequency == "D":
        assert too_early(series, CATALOG, recorded) == []
    elif series.report:
        # The recorded clock has one lag for all that it does not name; a part comes with the publication it stands in.
        mates = [s for s in FRED if s.report == series.report and named(s, recorded)]
        assert any((s.release, s.events) == (series.release, series.events) for s in mates) or not mates, series.id


def test_what_nothing_is_compared_with_is_known(recorded: ModuleType) -> None:
    listed = {s.report for s in FRED if s.report and named(s, recorded)}
    rest = [s for s in FRED if not named(s, recorded) and s.frequency != "D"]
    alone = {s.id for s in rest if s.report not in listed}
    assert alone == {
        "us.growth.consumer_goods_orders",
        "us.money.nonrevolving_credit",
        "us.survey.empire_state",
        "us.survey.philadelphia",
        "world.commodity.all",
        "world.commodity.copper",
    }


def test_planted_early_rules_are_found(recorded: ModuleType) -> None:
    for series_id, rule in (
        ("us.prices.cpi", "month_end+12 08:30"),
        ("us.labour.payrolls", "month_end+1 08:30"),
        ("us.money.fed_assets", "day 16:30"),
        ("us.labour.continued_claims", "weekday:THU 08:30"),
    ):
        assert too_early(replace(CATALOG[series_id], release=ReleaseRule.parse(rule)), CATALOG, recorded), series_id


def test_planted_loss_of_closures_and_events_is_found(recorded: ModuleType) -> None:
    bare = Catalog({s.id: replace(s, events=()) for s in CATALOG}, ())
    for series_id in ("us.labour.payrolls", "us.labour.initial_claims", "us.growth.gdp_real"):
        assert too_early(bare[series_id], bare, recorded), series_id


def test_what_never_existed_is_empty_in_the_recorded_sources(recorded: ModuleType) -> None:
    store = recorded.Store([Path(recorded.__file__).parent / "data"], "2025-12-31")
    never = [(s.code("fred"), e.period.isoformat()) for s in FRED for e in s.events if e.kind == "never"]
    assert len(never) == 19
    for code, period in never:
        held = {row["date"]: row["value"] for row in store.rows(f"fred/{code}")}
        assert held.get(period, "") == "", (code, period)
        assert held["2025-09-01"], code


def test_most_rows_of_fred_are_compared() -> None:
    assert len(FRED) >= 55
    assert sum(len(periods(s)) for s in FRED if s.stamp != "day") > 10_000
