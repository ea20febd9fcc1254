"""The incident corpus: what agencies and vendors really did, and what the archive makes of it (tests/faults/incidents.toml).

A row that is not held says why, and its test asserts what happens today. Prices and markets: test_incidents_prices.py.
"""

from __future__ import annotations

import ast
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from barograph.catalog.load import load
from barograph.core.observation import Reading
from barograph.core.release import newest_period, scheduled
from barograph.core.time import NEW_YORK
from incident import LATER, D, Life, at, evening, fred_graph, fred_vintages, readings
from small_archive import packaged

HERE = Path(__file__).parent
CPI, PAYROLLS, ES = "us.prices.cpi", "us.labour.payrolls", "us.positioning.es.lev_money_net"
CATALOG = load()


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return Life(tmp_path)


def out_on(series_id: str, period: str) -> date:
    return scheduled(CATALOG[series_id], D(period), CATALOG.closures).astimezone(NEW_YORK).date()


# ---------------------------------------------------------------- the corpus itself


def corpus() -> list[dict[str, Any]]:
    return tomllib.loads((HERE / "incidents.toml").read_text("utf-8"))["incident"]


def written() -> list[str]:
    """`file::test` of every test of an incident: all in these files but those of the corpus itself."""
    out = []
    for path in sorted(HERE.glob("test_incidents*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        names = [n.name for n in tree.body if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")]
        out += [f"{path.name}::{n}" for n in names if not n.startswith("test_the_corpus_")]
    return out


def amiss(rows: list[dict[str, Any]], tests: list[str]) -> list[str]:
    """Rows without their test, tests without their row, rows that say too little."""
    named = [r["test"] for r in rows]
    out = [f"no test {t}" for t in named if t not in tests] + [f"no row for {t}" for t in tests if t not in named]
    out += [f"twice: {t}" for t in {t for t in named if named.count(t) > 1}]
    for r in rows:
        wanted = {"id", "what", "when", "source", "expect", "test", "held"} | (set() if r["held"] else {"why"})
        if r.keys() != wanted or not all(r[k] for k in wanted - {"held"}):
            out.append(f"{r['id']}: {sorted(r.keys() ^ wanted)}")
    return out


def test_the_corpus_has_a_test_for_every_row_and_a_row_for_every_test() -> None:
    rows = corpus()
    assert amiss(rows, written()) == []
    assert len(rows) >= 30 and len({r["id"] for r in rows}) == len(rows)


def test_the_corpus_check_finds_what_is_missing() -> None:
    rows, tests = corpus(), written()
    assert amiss(rows[1:], tests) == [f"no row for {rows[0]['test']}"]
    assert amiss(rows, tests[1:]) == [f"no test {tests[0]}"]
    assert amiss([{**rows[0], "held": False}, *rows[1:]], tests) == [f"{rows[0]['id']}: ['why']"]


# ---------------------------------------------------------------- early, late, in pieces


def test_cpi_files_half_an_hour_early() -> None:
    known = scheduled(CATALOG[CPI], D("2024-04-01"), CATALOG.closures)
    assert known == at("2024-05-15", "08:30") > at("2024-05-15", "08:00")


def test_payroll_benchmark_half_an_hour_late(life: Life) -> None:
    """What a look found changed is known from the look; the schedule, 10:00, would have been 32 minutes early."""
    life.say(evening("2024-08-20"), *readings(PAYROLLS, {"2024-03-01": 158_000.0}))
    life.say(at("2024-08-21", "10:05"), *readings(PAYROLLS, {"2024-03-01": 158_000.0}))
    life.say(at("2024-08-21", "10:32"), *readings(PAYROLLS, {"2024-03-01": 157_182.0}))
    assert life.value(PAYROLLS, "2024-03-01", at("2024-08-21", "10:31")) == 158_000.0
    assert life.value(PAYROLLS, "2024-03-01", at("2024-08-21", "10:33")) == 157_182.0


def test_a_vintage_of_a_late_minute(life: Life) -> None:
    """Not held: a vintage is a day, its hour is the rule's."""
    life.say(evening("2024-08-21"), *readings(PAYROLLS, {"2024-03-01": 157_182.0}, vintage="2024-08-21"))
    assert life.value(PAYROLLS, "2024-03-01", at("2024-08-21", "08:29")) is None
    assert life.value(PAYROLLS, "2024-03-01", at("2024-08-21", "08:30")) == 157_182.0


def test_positions_of_the_attack_on_a_vendor(life: Life) -> None:
    """A backfill of today: no report of the backlog is known on the Friday on which it was due."""
    tuesdays = [D("2023-01-24") + timedelta(7 * i) for i in range(9)]
    life.say(evening("2023-06-01"), *[Reading(ES, d, float(i)) for i, d in enumerate(tuesdays)])
    seen = [life.archive.as_of(evening(d)).series(ES).last for d in ("2023-02-03", "2023-02-23", "2023-02-24")]
    assert [last and last[0] for last in seen] == [D("2023-01-24"), D("2023-01-24"), D("2023-01-31")]
    for tuesday in tuesdays[1:8]:
        assert life.value(ES, tuesday, evening(tuesday + timedelta(3))) is None, tuesday
    assert [out_on(ES, str(d)) for d in tuesdays] == sorted(out_on(ES, str(d)) for d in tuesdays)
    assert out_on(ES, "2023-03-14") == D("2023-03-21") and out_on(ES, "2023-03-21") == D("2023-03-24")


def test_positions_adjusted_to_a_best_estimate(life: Life) -> None:
    life.say(evening("2023-02-24"), *readings(ES, {"2023-01-31": 100.0}))
    life.say(evening("2023-03-10"), *readings(ES, {"2023-01-31": 90.0}))
    assert life.value(ES, "2023-01-31", evening("2023-03-09")) == 100.0
    assert life.value(ES, "2023-01-31", evening("2023-03-10")) == 90.0


def test_positions_in_a_week_with_a_holiday() -> None:
    """Thanksgiving 2024: Monday; a rule of Fridays would have been three days early."""
    assert out_on(ES, "2024-11-26") == D("2024-12-02") and out_on(ES, "2024-07-02") == D("2024-07-08")
    assert out_on(ES, "2024-06-18") == D("2024-06-24") and out_on(ES, "2024-12-24") == D("2024-12-30")


def test_positions_of_the_day_of_mourning() -> None:
    assert out_on(ES, "2025-01-07") == D("2025-01-13") and out_on(ES, "2025-01-14") == D("2025-01-17")


def test_payrolls_before_the_holiday() -> None:
    assert out_on(PAYROLLS, "2025-06-01") == D("2025-07-03") and out_on(PAYROLLS, "2026-06-01") == D("2026-07-02")


def test_cpi_of_a_late_month(life: Life) -> None:
    """January 2015 came on 26 February, with the new seasonal factors: eleven days after the middle of the month."""
    life.say(evening("2016-01-04"), *readings(CPI, {"2014-12-01": 235.0, "2015-01-01": 233.0}))
    assert life.value(CPI, "2015-01-01", evening("2015-02-25")) is None
    assert life.value(CPI, "2015-01-01", evening("2015-02-26")) == 233.0


# ---------------------------------------------------------------- taken back, reissued, never made


def test_cpi_reissued_after_a_software_error(life: Life) -> None:
    first = {"2000-01-01": 168.7, "2000-08-01": 172.7}
    again = {"2000-01-01": 168.8, "2000-08-01": 172.8}
    rows = [*readings(CPI, {"2000-01-01": 168.7}, "2000-02-18"), *readings(CPI, {"2000-08-01": 172.7}, "2000-09-15")]
    life.say(evening("2005-01-03"), *rows, *readings(CPI, again, "2000-09-28"))
    for period, value in first.items():
        assert life.value(CPI, period, evening("2000-09-27")) == value
        assert life.value(CPI, period, evening("2000-09-28")) == again[period]
        assert life.archive.vintages(CPI, D(period))["value"].to_list() == [value, again[period]]


def test_chained_cpi_withdrawn_within_seven_hours(life: Life) -> None:
    """Of one day the last look stands; what was shown in between is made again from what was stored then."""
    published, withdrawn = at("2014-02-20", "10:00"), at("2014-02-20", "15:15")
    given = readings(CPI, {"2013-12-01": 133.1})
    life.say(published, *given)
    assert life.value(CPI, "2013-12-01", evening("2014-02-20")) == 133.1
    life.say(withdrawn, *readings(CPI, {"2013-12-01": None}))
    assert life.value(CPI, "2013-12-01", evening("2014-02-20")) is None
    assert life.archive.as_of(evening("2014-02-20")).series(CPI).withdrawn == (D("2013-12-01"),)
    assert life.value(CPI, "2013-12-01", at("2014-02-20", "12:00"), stored=at("2014-02-20", "12:00")) == 133.1


def test_a_withdrawal_seen_on_a_later_day(life: Life) -> None:
    life.say(evening("2014-02-20"), *readings(CPI, {"2013-12-01": 133.1}))
    life.say(evening("2014-02-21"), *readings(CPI, {"2013-12-01": None}))
    assert life.value(CPI, "2013-12-01", evening("2014-02-20")) == 133.1
    assert life.value(CPI, "2013-12-01", evening("2014-02-21")) is None


def test_the_cpi_that_was_never_collected(life: Life) -> None:
    """No value, no page that waits for it, and an empty cell of the provider is no row."""
    event = next(e for e in CATALOG[CPI].events if e.period == D("2025-10-01"))
    assert (event.kind, event.release, event.known_from) == ("never", None, D("2025-11-21"))
    cells = {"2025-09-01": "324.4", "2025-10-01": "", "2025-11-01": "325.0"}
    life.say(evening("2025-12-18"), *fred_graph(CATALOG[CPI], cells, ("2025-09-01", "2025-11-01")))
    points = life.archive.as_of(evening("2025-12-19")).series(CPI)
    assert points.value_on(D("2025-10-01")) is None and points.withdrawn == () and len(points) == 2
    assert newest_period(CATALOG[CPI], evening("2025-12-17"), CATALOG.closures) == D("2025-09-01")


def test_the_household_survey_that_was_never_taken() -> None:
    rate = CATALOG["us.labour.unemployment_rate"]
    assert [e.kind for e in rate.events if e.period == D("2025-10-01")] == ["never"]
    assert newest_period(rate, evening("2025-12-15"), CATALOG.closures) == D("2025-09-01")
    assert newest_period(rate, evening("2025-12-16"), CATALOG.closures) == D("2025-11-01")


def test_payrolls_of_october_2025_inside_the_report_of_november(life: Life) -> None:
    life.say(evening("2026-01-05"), *readings(PAYROLLS, {"2025-09-01": 3.0, "2025-10-01": 1.0, "2025-11-01": 2.0}))
    assert life.value(PAYROLLS, "2025-10-01", evening("2025-12-15")) is None
    assert life.value(PAYROLLS, "2025-10-01", evening("2025-12-16")) == 1.0
    assert life.value(PAYROLLS, "2025-11-01", evening("2025-12-16")) == 2.0


def test_cpi_of_november_2025_a_week_late(life: Life) -> None:
    life.say(evening("2026-01-05"), *readings(CPI, {"2025-11-01": 325.0}))
    assert life.value(CPI, "2025-11-01", evening("2025-12-10")) is None
    assert life.value(CPI, "2025-11-01", evening("2025-12-17")) is None
    assert life.value(CPI, "2025-11-01", evening("2025-12-18")) == 325.0


def test_an_error_that_is_announced_and_never_revised(tmp_path: Path) -> None:
    """Not held: the note stands in the catalogue and its page, and no figure on a page carries it."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "uk.toml").write_text(
        """
[[series]]
id = "user.uk_cpi"
title = "Consumer prices, United Kingdom, annual rate"
block = "user"
unit = "percent"
frequency = "M"
stamp = "month_start"
seasonal = "nsa"
release = "month_end+21 02:00"
transform = "level"
revises = false
providers = ["http_csv:https://data.example.org/uk.csv"]
rights = "public"
citation = "an invented figure"
kind = "rate"
readers = ["explorer"]
events = [{ period = 2025-04-01, kind = "note", text = "Overstated by 0.1, and never to be revised", known_from = 2025-06-05 }]
""",
        "utf-8",
    )
    catalog = load(tmp_path / "own")
    (event,) = catalog["user.uk_cpi"].events
    assert (event.kind, event.release) == ("note", None) and "never to be revised" in event.text
    life = Life(tmp_path, catalog)
    life.say(evening("2025-06-10"), *readings("user.uk_cpi", {"2025-04-01": 3.5}))
    points = life.archive.as_of(LATER).series("user.uk_cpi")
    assert points.value_on(D("2025-04-01")) == 3.5
    assert "Overstated" not in repr(points)


# ---------------------------------------------------------------- archives of vintages


def test_a_provider_that_edits_its_old_vintages(life: Life) -> None:
    """The same vintage with another value: the new word stands, what was held can be asked for."""
    life.say(evening("2025-03-10"), *readings(PAYROLLS, {"2025-01-01": 150.0}, "2025-02-07"))
    life.say(evening("2025-04-10"), *readings(PAYROLLS, {"2025-01-01": 151.0}, "2025-02-07"))
    assert life.value(PAYROLLS, "2025-01-01", evening("2025-02-07")) == 151.0
    assert life.value(PAYROLLS, "2025-01-01", evening("2025-02-07"), stored=evening("2025-03-11")) == 150.0
    assert life.archive.vintages(PAYROLLS, D("2025-01-01"))["value"].to_list() == [150.0, 151.0]


def test_vintage_dates_that_pass_over_releases_without_change(life: Life) -> None:
    """Three releases, the middle one changed nothing: no row, and the value stands through it."""
    history = {D("2024-01-01"): [(D("2024-02-02"), 10.0), (D("2024-04-05"), 12.0)]}
    row = CATALOG[PAYROLLS]
    life.say(evening("2024-05-01"), *fred_vintages(row, history, evening("2024-05-01")))
    assert [life.value(PAYROLLS, "2024-01-01", evening(d)) for d in ("2024-02-02", "2024-03-08", "2024-04-04")] == [
        10.0
    ] * 3
    assert life.archive.vintages(PAYROLLS).height == 2
    assert life.archive.as_of(evening("2024-03-08")).series(PAYROLLS).withdrawn == ()


def test_starts_that_are_cut_at_the_edge_of_a_window(life: Life) -> None:
    """In windows of three vintages FRED dates what stood before a window from its edge; the log has the true days."""
    days = [D("2024-02-02") + timedelta(30 * i) for i in range(8)]
    others = {D(f"2024-0{m}-01"): [(days[m], float(m))] for m in range(2, 8)}
    history = {D("2024-01-01"): [(days[0], 1.0), (days[6], 2.0)], **others}
    now = datetime(2025, 1, 2, 23, tzinfo=UTC)
    cut = fred_vintages(CATALOG[PAYROLLS], history, now, most=3)
    assert len({r.vintage for r in cut if r.period == D("2024-01-01")}) > 2  # the edges came along
    life.say(now, *cut)
    rows = life.archive.vintages(PAYROLLS, D("2024-01-01"))
    assert rows["value"].to_list() == [1.0, 2.0]
    assert [k.astimezone(NEW_YORK).date() for k in rows["known_at"].to_list()] == [days[0], days[6]]


def test_spreads_cut_to_three_years(life: Life) -> None:
    """The provider now answers with three years of a series: what is held of the years before stays."""
    row = packaged()["us.credit.ig_oas"]
    old = {"2010-06-01": "1.90", "2015-06-01": "1.40", "2024-06-03": "0.90"}
    life.say(evening("2025-06-02"), *fred_graph(row, old, ("2010-01-01", "2025-06-02")))
    new = {"2024-06-03": "0.90", "2026-05-29": "0.80"}
    life.say(evening("2026-06-01"), *fred_graph(row, new, ("2010-01-01", "2026-06-01")))
    points = life.archive.as_of(evening("2026-06-02")).series(row.id)
    assert [points.value_on(D(d)) for d in (*old, "2026-05-29")] == [190.0, 140.0, 90.0, 80.0]
    assert points.withdrawn == ()
