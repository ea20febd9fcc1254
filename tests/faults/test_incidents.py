"""Incidents that happened (incidents.toml), each with what the archive does about it. Figures are the real ones where public
statements name them, else invented."""

from __future__ import annotations

import ast
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from barograph.archive.archive import Archive
from barograph.archive.commit import CommitResult
from barograph.core.ahead import foreseen, releases_ahead
from barograph.core.observation import Reading
from barograph.core.release import scheduled, vintage_instant
from barograph.core.series import Event
from barograph.core.time import Clock, new_york, sessions
from small_archive import fetch, packaged

ROOT = Path(__file__).resolve().parents[2]
INCIDENTS: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "incidents.toml").read_text("utf-8"))[
    "incident"
]
CPI, PAYROLLS, ESH, GLD = "us.prices.cpi", "us.labour.payrolls", "us.positioning.es.lev_money_net", "us.commodity.gld"
DAYS = sessions("NYSE", date(2025, 9, 2), date(2025, 11, 5))
EVENING = datetime(2025, 11, 5, 23, 30, tzinfo=UTC)


# ---------------------------------------------------------------- the table


def test_thirty_incidents_each_with_a_test_that_is_there() -> None:
    assert len(INCIDENTS) == len({i["id"] for i in INCIDENTS}) == 30
    for incident in INCIDENTS:
        path, _, name = incident["test"].partition("::")
        functions = {n.name for n in ast.parse((ROOT / path).read_text("utf-8")).body if isinstance(n, ast.FunctionDef)}
        assert name in functions, incident
        assert incident.get("held", True) or incident["why"], incident["id"]


def test_every_test_here_is_an_incidents() -> None:
    named = {i["test"].partition("::")[2] for i in INCIDENTS}
    here = {n.name for n in ast.parse(Path(__file__).read_text("utf-8")).body if isinstance(n, ast.FunctionDef)}
    tests = {n for n in here if n.startswith("test_")}
    assert tests - named == {
        "test_thirty_incidents_each_with_a_test_that_is_there", "test_every_test_here_is_an_incidents",
    }  # fmt: skip


# ---------------------------------------------------------------- clocks


def test_figures_that_got_out_early_are_stamped_with_their_hour() -> None:
    at = scheduled(packaged()[CPI], date(2024, 4, 1), packaged().closures)
    assert at == new_york(date(2024, 5, 15), time(8, 30))


def test_a_late_hour_is_not_known_to_the_clock() -> None:
    row = packaged()[PAYROLLS]
    assert vintage_instant(row, date(2024, 8, 21)) == new_york(date(2024, 8, 21), time(8, 30)), "it came at 10:32"


def test_nobody_waits_for_a_figure_that_was_cancelled() -> None:
    row, closures = packaged()[CPI], packaged().closures
    told = new_york(date(2025, 11, 24), time(18))
    assert foreseen(row, date(2025, 10, 1), told, closures) is None
    assert foreseen(row, date(2025, 10, 1), new_york(date(2025, 11, 5), time(18)), closures) is not None
    ahead = releases_ahead(row, date(2025, 9, 1), told, closures, date(2026, 1, 31))
    assert [r.period.isoformat() for r in ahead] == ["2025-11-01", "2025-12-01"]


def test_october_payrolls_come_with_novembers() -> None:
    row, closures = packaged()[PAYROLLS], packaged().closures
    days = {scheduled(row, date(2025, m, 1), closures) for m in (10, 11)}
    assert days == {new_york(date(2025, 12, 16), time(8, 30))}


def test_positions_of_the_attack_are_unknown_on_their_friday(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "a", packaged(), create=True)
    say(
        archive,
        [Reading(ESH, date(2023, 1, d), -200_000.0) for d in (10, 17, 24, 31)],
        datetime(2023, 6, 1, tzinfo=UTC),
    )
    friday = archive.as_of(new_york(date(2023, 2, 3), time(18))).series(ESH)
    assert friday.last == (date(2023, 1, 24), -200_000.0)
    assert archive.as_of(new_york(date(2023, 2, 24), time(18))).series(ESH).last == (date(2023, 1, 31), -200_000.0)


def test_an_error_that_is_announced_and_not_revised_can_be_noted() -> None:
    row = packaged()[CPI]
    noted = replace(
        row, events=(*row.events, Event(date(2025, 4, 1), "note", "0.1 too high, not revised", date(2025, 6, 5)))
    )
    assert scheduled(noted, date(2025, 4, 1), packaged().closures) == scheduled(
        row, date(2025, 4, 1), packaged().closures
    )


# ---------------------------------------------------------------- what was said, and when


def say(archive: Archive, readings: list[Reading], at: datetime) -> CommitResult:
    with archive.writer(Clock(at)) as writer:
        [done] = writer.commit([fetch(writer, readings)])
        writer.cover([(readings[0].series_id, min(r.period for r in readings), at.date())])
    return done


@pytest.fixture
def gold(tmp_path: Path) -> Archive:
    """Two months of a fund, filled the evening before the last session."""
    archive = Archive.open(tmp_path / "gold", packaged(), create=True)
    closes = [Reading(GLD, d, round(180.0 + 1.37 * (d.toordinal() % 11), 2)) for d in DAYS[:-1]]
    say(archive, closes, EVENING - timedelta(1))
    return archive


def close_of(archive: Archive, day: date) -> float | None:
    return archive.as_of(datetime(2030, 1, 1, tzinfo=UTC)).series(GLD).value_on(day)


def test_a_reissue_is_a_revision_and_the_past_stays(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "a", packaged(), create=True)
    months = [date(2000, m, 1) for m in range(1, 9)]
    first = [Reading(CPI, p, 168.0 + i, vintage=p + timedelta(45)) for i, p in enumerate(months)]
    again = [Reading(CPI, p, 168.1 + i, vintage=date(2000, 9, 28)) for i, p in enumerate(months)]
    say(archive, [*first, *again], datetime(2000, 12, 1, tzinfo=UTC))
    before = archive.as_of(new_york(date(2000, 9, 27), time(18))).series(CPI)
    after = archive.as_of(new_york(date(2000, 9, 28), time(18))).series(CPI)
    assert before.value_on(months[0]) == 168.0 and after.value_on(months[0]) == 168.1
    assert archive.as_of(datetime(2001, 1, 1, tzinfo=UTC)).revisions(CPI).note == ""


def test_what_was_withdrawn_within_hours_was_known_for_hours(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "a", packaged(), create=True)
    period, morning = date(2014, 1, 1), datetime(2014, 2, 20, 13, 30, tzinfo=UTC)
    say(archive, [Reading(CPI, period, 235.3, vintage=morning.date())], morning + timedelta(minutes=5))
    say(archive, [Reading(CPI, period, None, known_at=morning + timedelta(hours=7))], morning + timedelta(hours=7))
    assert archive.as_of(morning + timedelta(hours=2)).series(CPI).value_on(period) == 235.3
    assert archive.as_of(morning + timedelta(hours=8)).series(CPI).value_on(period) is None


def test_a_vintage_that_is_corrected_later_is_another_word_stored_later(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "a", packaged(), create=True)
    period, vintage = date(2008, 9, 1), date(2008, 10, 3)
    say(archive, [Reading(PAYROLLS, period, 137_318.0, vintage=vintage)], datetime(2020, 1, 1, tzinfo=UTC))
    say(archive, [Reading(PAYROLLS, period, 137_317.0, vintage=vintage)], datetime(2021, 1, 1, tzinfo=UTC))
    at = new_york(date(2008, 10, 3), time(18))
    assert archive.as_of(at, datetime(2020, 6, 1, tzinfo=UTC)).series(PAYROLLS).value_on(period) == 137_318.0
    assert archive.as_of(at).series(PAYROLLS).value_on(period) == 137_317.0


def test_history_that_a_provider_cuts_off_stays(gold: Archive) -> None:
    held = close_of(gold, DAYS[0])
    say(gold, [Reading(GLD, d, close_of(gold, d)) for d in DAYS[-6:-1]], EVENING)
    assert held is not None and close_of(gold, DAYS[0]) == held


def test_sessions_that_an_answer_leaves_out_stay(gold: Archive) -> None:
    kept = close_of(gold, DAYS[-4])
    say(gold, [Reading(GLD, d, close_of(gold, d)) for d in (DAYS[-6], DAYS[-2])], EVENING)
    assert kept is not None and close_of(gold, DAYS[-4]) == kept


def test_an_empty_price_is_no_price(gold: Archive) -> None:
    done = say(gold, [Reading(GLD, DAYS[-1], None)], EVENING)
    assert close_of(gold, DAYS[-1]) is None and done.quarantined == []


# ---------------------------------------------------------------- what is held back, and what is not


def test_a_price_in_another_currency_unit_is_held_back(gold: Archive) -> None:
    [entry] = say(gold, [Reading(GLD, DAYS[-1], 18_700.0)], EVENING).quarantined
    assert (entry.reason, close_of(gold, DAYS[-1])) == ("decimal", None)
    assert "a misplaced decimal?" in entry.describe()


def test_another_contract_under_the_same_code_is_held_back(gold: Archive) -> None:
    """The whole look-back of an answer contradicts what is held: nothing of it is learnt until a later day says it again."""
    other = [Reading(GLD, d, round(91.0 + 0.4 * i, 2)) for i, d in enumerate(DAYS[-7:])]
    held = {d: close_of(gold, d) for d in DAYS[-7:]}
    done = say(gold, other, EVENING)
    assert {q.reason for q in done.quarantined} == {"contradiction"} and len(done.quarantined) == 7
    assert {d: close_of(gold, d) for d in DAYS[-7:]} == held
    say(gold, other, EVENING + timedelta(1))
    assert close_of(gold, DAYS[-1]) == other[-1].value, "said again on another day it is the provider's word"


def test_a_close_repeated_on_a_holiday_is_no_close(tmp_path: Path) -> None:
    """On Thanksgiving the archive has no session of the exchange to lay a close on: the calendar of the row decides what a panel
    shows, and a repeat on a session waits a day."""
    archive = Archive.open(tmp_path / "a", packaged(), create=True)
    days = sessions("NYSE", date(2024, 3, 1), date(2025, 11, 5))
    spx = "us.equity.spx"
    closes = [Reading(spx, d, round(5_000.0 + 31.37 * ((i * 7919) % 83) + 0.03 * i, 2)) for i, d in enumerate(days)]
    say(archive, closes[:-1], EVENING - timedelta(1))
    [entry] = say(archive, [closes[-2], Reading(spx, days[-1], closes[-2].value)], EVENING).quarantined
    assert entry.reason == "repeat"
    say(archive, [Reading(spx, days[-1], closes[-2].value)], EVENING + timedelta(1))
    view = archive.as_of(datetime(2030, 1, 1, tzinfo=UTC))
    assert view.series(spx).value_on(days[-1]) == closes[-2].value, (
        "a close that really came twice is believed a day later"
    )


def test_oil_below_nought_is_learnt(tmp_path: Path) -> None:
    """US Energy Information Administration, Cushing spot: 18.27 on 17 April 2020, minus 36.98 on the 20th, 9.06 on the 21st."""
    archive = Archive.open(tmp_path / "a", packaged(), create=True)
    wti = "us.commodity.wti"
    days = sessions("NYSE", date(2020, 3, 2), date(2020, 4, 21))
    before = [Reading(wti, d, 20.0 + 0.35 * (i % 9)) for i, d in enumerate(days[:-3])]
    say(archive, before, datetime(2020, 4, 17, 22, tzinfo=UTC))
    real = zip(days[-3:], (18.27, -36.98, 9.06), strict=True)
    done = say(archive, [Reading(wti, d, v) for d, v in real], datetime(2020, 4, 23, tzinfo=UTC))
    assert done.quarantined == []


def test_a_yield_that_falls_through_nought_is_learnt(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "a", packaged(), create=True)
    real10 = "us.rates.real_10y"
    days = sessions("SIFMA", date(2020, 1, 2), date(2020, 3, 6))
    falling = [Reading(real10, d, round(0.15 - 0.012 * i, 2)) for i, d in enumerate(days)]
    assert say(archive, falling[:-9], datetime(2020, 2, 25, tzinfo=UTC)).quarantined == []
    for i in range(len(days) - 9, len(days)):
        done = say(archive, falling[i - 3 : i + 1], datetime(2020, 2, 25, tzinfo=UTC) + timedelta(days=i))
        assert done.quarantined == [], falling[i]


def test_claims_that_multiply_in_a_week_are_learnt(tmp_path: Path) -> None:
    """Employment and Training Administration, first prints: 282 thousand, then 3,283 and 6,648 thousand."""
    archive = Archive.open(tmp_path / "a", packaged(), create=True)
    claims = "us.labour.initial_claims"
    weeks = [date(2019, 12, 7) + timedelta(7 * i) for i in range(17)]
    values = [220.0 + i % 5 for i in range(14)] + [282.0, 3_283.0, 6_648.0]
    readings = [Reading(claims, w, v, vintage=w + timedelta(5)) for w, v in zip(weeks, values, strict=True)]
    done = [say(archive, readings[: i + 1], datetime(2020, 3, 1, tzinfo=UTC) + timedelta(i)) for i in (13, 14, 15, 16)]
    assert not any(d.quarantined for d in done)


def test_dividends_are_taken_as_they_are_said(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "a", packaged(), create=True)
    spy = "us.equity.spy[dividend]"
    paid = [Reading(spy, date(2025, m, 20), 1.7) for m in (3, 6, 9)]
    say(archive, paid, datetime(2025, 10, 1, tzinfo=UTC))
    assert (
        say(archive, [Reading(spy, r.period, 0.17) for r in paid], datetime(2025, 10, 2, tzinfo=UTC)).quarantined == []
    )
