"""The incident corpus, prices and markets: bad prints of a vendor, and days so strange that they look like one."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from barograph.catalog.load import load
from barograph.core.errors import SourceError
from barograph.core.observation import Reading
from barograph.core.release import scheduled
from barograph.core.time import sessions
from barograph.sources import cftc, prices
from barograph.sources._protocol import Request
from incident import D, Life, at, bars, bars_body, bars_request, evening, readings, walk
from invented import row

CATALOG = load()
SHARE, SPX, GOLD = "us.equity.nvda", "us.equity.spx", "us.commodity.gld"
ES = "us.positioning.es.lev_money_net"


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return Life(tmp_path)


def quiet(series_id: str, level: float, days: list[date]) -> list[Reading]:
    """An unremarkable stretch."""
    return [Reading(series_id, d, round(level * (1 + 0.004 * (d.toordinal() % 5 - 2)), 4)) for d in days]


# ---------------------------------------------------------------- a vendor's bad prints


def test_a_share_in_pence() -> None:
    """Quoted in GBp, a hundredth of the unit: the answer is refused by its own word."""
    share = row("t.x", "prices", "X", unit="usd", release="close@NYSE", calendar="NYSE")
    with pytest.raises(SourceError, match="GBp"):
        bars({"2025-11-04": 5_400.0}, series=share, currency="GBp")


def test_a_unit_that_changes_by_a_hundred_unsaid(life: Life) -> None:
    days = sessions("NYSE", D("2025-09-02"), D("2025-11-05"))
    life.say(evening(days[-2]), *quiet(GOLD, 54.0, days[:-1]))
    life.say(evening(days[-1]), Reading(GOLD, days[-1], 5_400.0))
    assert life.value(GOLD, days[-1], evening(days[-1])) is None
    assert life.held_back() == [(days[-1], 5_400.0)]


def test_a_split_that_is_missing_from_the_list(life: Life) -> None:
    """The answer contradicts the closes as traded: all of it waits, and the archive stands, until another day says the same."""
    share = CATALOG[SHARE]
    days = [str(d) for d in sessions("NYSE", D("2024-05-13"), D("2024-06-10"))]
    before: dict[str, float | None] = dict.fromkeys(days[:-1], 1_000.0)
    life.say(evening(days[-2]), *bars(before, series=share))
    life.say(evening(days[-1]), *bars({**dict.fromkeys(days[:-1], 250.0), days[-1]: 251.0}, series=share))
    assert life.value(SHARE, days[0], evening(days[-2])) == 1_000.0
    assert life.value(SHARE, days[0], evening(days[-1])) == 1_000.0
    assert len(life.held_back()) == len(days)


def test_a_split_that_is_listed(life: Life) -> None:
    share = CATALOG[SHARE]
    life.say(evening("2024-06-07"), *bars({"2024-06-06": 1_210.0, "2024-06-07": 1_208.0}, series=share))
    given = bars(
        {"2024-06-06": 121.0, "2024-06-07": 120.8, "2024-06-10": 121.8}, series=share, splits={"2024-06-10": 10.0}
    )
    life.say(evening("2024-06-10"), *given)
    days = ("2024-06-06", "2024-06-07", "2024-06-10")
    assert [life.value(SHARE, d, evening("2024-06-10")) for d in days] == [1_210.0, 1_208.0, 121.8]
    assert life.held_back() == [] and life.archive.vintages(SHARE, D("2024-06-06")).height == 1


def test_a_dividend_that_no_adjusted_close_knows() -> None:
    """The adjusted column is never read: closes are as traded, the dividend stands beside them or is missing."""
    closes: dict[str, float | None] = {"2025-09-10": 177.0, "2025-09-11": 177.2}
    with_, without = (bars(closes, series=CATALOG[SHARE], dividends=d) for d in ({"2025-09-11": 0.01}, None))
    assert [r.value for r in without] == [177.0, 177.2]
    assert with_ == [*without, Reading(f"{SHARE}[dividend]", D("2025-09-11"), 0.01)]


def test_dividends_that_turn_from_adjusted_to_raw(life: Life) -> None:
    """Not held: what is undone for a split twice is ten times too much, and is taken for a correction from that look on."""
    share, paid = CATALOG[SHARE], f"{SHARE}[dividend]"
    closes: dict[str, float | None] = {"2024-06-07": 120.8, "2024-06-11": 121.8}
    for day, amount in (("2024-06-11", 0.004), ("2024-07-01", 0.04)):
        life.say(
            evening(day),
            *bars(closes, series=share, splits={"2024-06-10": 10.0}, dividends={"2024-06-07": amount}),
        )
    assert life.value(paid, "2024-06-07", evening("2024-06-28")) == pytest.approx(0.04)
    assert life.value(paid, "2024-06-07", evening("2024-07-01")) == pytest.approx(0.4)


def test_rows_that_are_missing(life: Life) -> None:
    """A gap is a gap: no value is carried into it, nothing counts as withdrawn, and it heals from the look that fills it."""
    whole = {"2025-11-03": 10.0, "2025-11-04": 11.0, "2025-11-05": 12.0}
    life.say(evening("2025-11-05"), *bars({k: whole[k] for k in ("2025-11-03", "2025-11-05")}, series=CATALOG[SHARE]))
    life.say(evening("2025-11-06"), *bars({**whole}, series=CATALOG[SHARE]))
    assert life.value(SHARE, "2025-11-04", evening("2025-11-05")) is None
    assert life.archive.as_of(evening("2025-11-05")).series(SHARE).withdrawn == ()
    assert life.value(SHARE, "2025-11-04", evening("2025-11-06")) == 11.0


def test_a_price_that_is_no_number_on_the_day_of_a_dividend() -> None:
    share = CATALOG[SHARE]
    closes: dict[str, float | None] = {"2025-09-10": 177.0, "2025-09-11": None, "2025-09-12": 178.0}
    given = bars(closes, series=share, dividends={"2025-09-11": 0.01})
    assert [(str(r.period), r.value) for r in given if r.series_id == SHARE] == [
        ("2025-09-10", 177.0),
        ("2025-09-12", 178.0),
    ]
    body, request = bars_body(closes), bars_request(share, ("2025-09-10", "2025-09-12"))
    assert prices.SOURCE.parse(body, request, {SHARE: share}) == [r for r in given if r.series_id == SHARE]
    with pytest.raises(SourceError):
        prices.SOURCE.parse(body.replace(b"177.0", b"NaN"), request, {SHARE: share})


def test_an_index_that_is_rebased(life: Life) -> None:
    """Industrial production moved to 2017 = 100: another unit from that day on, and no revision."""
    ip = "us.growth.industrial_production"
    change = next(c for c in CATALOG[ip].unit_from if c.known_at.date() == D("2021-05-28"))
    given = [*readings(ip, {"2021-03-01": 105.6}, "2021-04-15"), *readings(ip, {"2021-03-01": 98.9}, "2021-05-28")]
    life.say(evening("2021-07-01"), *given)
    assert life.value(ip, "2021-03-01", evening("2021-05-27")) == 105.6
    assert life.value(ip, "2021-03-01", evening("2021-05-28")) == 98.9
    assert life.held_back() == [] and change.known_at < evening("2021-05-28")
    shown = life.archive.as_of(evening("2021-06-01")).revisions(ip)
    assert len(shown.periods) == 1 and np.isnan(shown.revision_now).all()


def test_a_contract_code_that_is_used_again(life: Life) -> None:
    """Not held: a row is known by its code alone, and another market under it continues the series."""
    series = row("t.x", "cftc", "tff:13874A:open_interest", unit="contracts", frequency="W", release="day+3 15:30")
    columns = f"{cftc.DAY},{cftc.CONTRACT},open_interest_all"
    window = (D("2025-01-01"), D("2025-12-31"))
    params = (("$limit", "9"), ("$offset", "0"), ("$select", columns))
    request = Request("cftc", "https://x", params, ("t.x",), window, note="tff")
    body = "[" + ",".join(
        f'{{"{cftc.DAY}":"{d}T00:00:00.000","{cftc.CONTRACT}":"13874A","open_interest_all":"{n}"}}'
        for d, n in (("2025-11-04", 2_050_000), ("2025-11-11", 1_200))
    ) + "]"  # fmt: skip
    assert [r.value for r in cftc.SOURCE.parse(body.encode(), request, {"t.x": series})] == [2_050_000.0, 1_200.0]
    named = body.replace('"open_interest_all":"1200"', '"open_interest_all":"1200","market_and_exchange_names":"OTHER"')
    with pytest.raises(
        SourceError, match="column"
    ):  # a name that we did not ask for is noticed, so none can contradict
        cftc.SOURCE.parse(named.encode(), request, {"t.x": series})
    assert CATALOG[ES].kind == "none"


def test_a_stale_close_on_a_holiday(life: Life) -> None:
    """Thanksgiving 2025 with Wednesday's close again. Held back or stored, no session of the calendar shows it."""
    days = [*sessions("NYSE", D("2025-11-03"), D("2025-11-26")), D("2025-11-27")]
    closes = {str(d): 100.0 + i for i, d in enumerate(days[:-1])}
    closes["2025-11-27"] = closes["2025-11-26"]
    life.say(evening("2025-11-28"), *bars({**closes}, series=CATALOG[SHARE]), Reading(SHARE, D("2025-11-28"), 120.0))
    view = life.archive.as_of(evening("2025-11-28"))
    assert view.series(SHARE).value_on(D("2025-11-27")) in (None, closes["2025-11-27"])
    shown = view.panel([SHARE], start=D("2025-11-24"))["period"].to_list()
    assert shown == [D(f"2025-11-{d}") for d in (24, 25, 26, 28)]


def test_a_half_day(life: Life) -> None:
    """The exchange closed at 13:00; the close counts from 16:00: three hours late, never early."""
    life.say(evening("2025-11-28"), *readings(SPX, {"2025-11-26": 6_800.0, "2025-11-28": 6_850.0}))
    assert life.value(SPX, "2025-11-28", at("2025-11-28", "13:30")) is None
    assert life.value(SPX, "2025-11-28", at("2025-11-28", "16:00")) == 6_850.0
    assert prices.last_closed(CATALOG[SPX], at("2025-11-28", "13:30")) < D("2025-11-28")
    assert scheduled(CATALOG[SPX], D("2025-11-28"), ()) == at("2025-11-28", "16:00")


# ---------------------------------------------------------------- strange days that were real


def test_oil_below_nothing(tmp_path: Path) -> None:
    """Public domain, EIA: the spot price at Cushing of 17 to 21 April 2020. The future's level is invented, its sign is not."""
    spot, front = Life(tmp_path / "spot"), Life(tmp_path / "front")
    wti, future = "us.commodity.wti", "us.commodity.wti_front"
    days = sessions("NYSE", D("2020-03-02"), D("2020-04-16"))
    april = {"2020-04-17": 18.31, "2020-04-20": -36.98, "2020-04-21": 8.91}
    spot.say(evening("2020-04-29"), *quiet(wti, 20.0, days), *readings(wti, april))
    assert spot.value(wti, "2020-04-20", evening("2020-05-15")) == -36.98
    front.say(evening("2020-04-17"), *quiet(future, 20.0, days))
    front.say(evening("2020-04-20"), Reading(future, D("2020-04-20"), -35.0))
    assert front.value(future, "2020-04-20", evening("2020-04-20")) == -35.0
    assert spot.held_back() == front.held_back() == []


@pytest.mark.parametrize(
    ("series_id", "values"),
    [("us.rates.real_10y", (0.10, 0.05, -0.02, -0.09)), ("us.rates.par_1m", (0.04, 0.01, -0.01, -0.05))],
)
def test_yields_below_nothing(series_id: str, values: tuple[float, ...], life: Life) -> None:
    """Real yields crossed zero in 2020, and bills in March 2020: a rate may. The figures are invented."""
    days = sessions("SIFMA", D("2020-02-03"), D("2020-03-20"))
    life.say(evening(days[-5]), *quiet(series_id, 0.08, days[:-4]))
    for day, value in zip(days[-4:], values, strict=True):
        life.say(evening(day), Reading(series_id, day, value))
        assert life.value(series_id, day, evening(day)) == value
    assert life.held_back() == []


def test_the_nineteenth_of_october_1987(life: Life) -> None:
    """The move that was reported, -20.5 per cent, on an invented level; and the days around it."""
    days = sessions("NYSE", D("1987-08-03"), D("1987-10-22"))
    calm = walk(SPX, days[:-8], 330.0, [0.3 * (-1) ** i for i in range(len(days) - 9)])
    crash = walk(SPX, days[-9:], calm[-1].value or 0.0, [0.5, -1.0, -2.3, -5.2, -20.5, 5.3, 9.1, -3.9])
    life.say(evening(days[-9]), *calm)
    for reading in crash[1:]:
        life.say(evening(reading.period), reading)
        assert life.value(SPX, reading.period, evening(reading.period)) == reading.value
    assert life.held_back() == []


def test_march_2020(life: Life) -> None:
    """Daily moves of the index as reported, in per cent, on an invented level, seen day by day."""
    days = sessions("NYSE", D("2020-01-02"), D("2020-03-24"))
    moves = [-1.7, -7.6, 4.9, -4.9, -9.5, 9.3, -12.0, 6.0, -5.2, 0.5, -4.3, -2.9, 9.4]
    calm = walk(SPX, days[: -len(moves)], 3_000.0, [0.2 * (-1) ** i for i in range(len(days) - len(moves) - 1)])
    life.say(evening(calm[-1].period), *calm)
    for reading in walk(SPX, days[-len(moves) - 1 :], calm[-1].value or 0.0, moves)[1:]:
        life.say(evening(reading.period), reading)
        assert life.value(SPX, reading.period, evening(reading.period)) == reading.value
    assert life.held_back() == []


def test_claims_of_march_and_april_2020(life: Life) -> None:
    """Public domain, Department of Labor, thousands, as first printed: from 211 to 6,648 within three weeks."""
    claims = "us.labour.initial_claims"
    printed = {
        "2020-03-07": 211.0,
        "2020-03-14": 281.0,
        "2020-03-21": 3_283.0,
        "2020-03-28": 6_648.0,
        "2020-04-04": 6_606.0,
    }
    weeks = [D("2020-02-29") - timedelta(7 * i) for i in range(40)][::-1]
    life.say(evening("2020-03-05"), *quiet(claims, 215.0, weeks))
    for week, value in printed.items():
        thursday = D(week) + timedelta(5)
        life.say(evening(thursday), *readings(claims, {week: value}, str(thursday)))
        assert life.value(claims, week, evening(thursday)) == value
    assert life.held_back() == []


# ---------------------------------------------------------------- machines


def test_a_machine_without_legacy_zone_names() -> None:
    """No system zones at all, as on slim images: the catalogue loads, clocks are right, a foreign old name is understood."""
    code = (
        "from datetime import date\nfrom barograph.catalog.load import load\n"
        "from barograph.core.release import scheduled\nfrom barograph.sources._ics_child import ZONES\n"
        "import zoneinfo\nassert zoneinfo.TZPATH == ()\nc = load()\n"
        "print(scheduled(c['us.labour.payrolls'], date(2025, 2, 1), c.closures).isoformat(), ZONES['US/Eastern'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONTZPATH": ""},
        check=False,
    )
    assert done.stdout.split() == ["2025-03-07T13:30:00+00:00", "America/New_York"], done.stderr
