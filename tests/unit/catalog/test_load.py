"""The packaged catalogue: every row whole, every right named, every release on the day it came out."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

import pytest

from barograph.catalog.check import BLOCKS, KEYS, READERS
from barograph.catalog.load import load, packaged
from barograph.core.errors import UnknownSeries
from barograph.core.release import newest_period, scheduled
from barograph.core.series import Series
from barograph.core.time import DAY_END, NEW_YORK, new_york
from barograph.core.units import SECTORS, UNITS

CATALOG = load()


# ------------------------------------------------------------------------------------------------ the packaged rows
def test_the_packaged_rows_hold_together() -> None:
    assert CATALOG.check() == []
    assert len(CATALOG) >= 150
    assert {s.block for s in CATALOG} == set(BLOCKS) - {"user"}
    names = {f.name.removesuffix(".toml") for f in packaged().iterdir() if f.name.endswith(".toml")}
    assert names == {*BLOCKS, "calendars", "closures", "fomc", "news", "publications", "release_days", "themes"} - {
        "user"
    }


def test_every_row_says_everything() -> None:
    assert set(KEYS) == {f.name for f in fields(Series)}
    for series in CATALOG:
        assert series.unit in UNITS and series.readers and set(series.readers) <= set(READERS), series.id
        assert series.agency and series.start and series.citation and series.title, series.id
        # Currencies are quoted from Monday to Friday, whatever any exchange does.
        assert series.frequency != "D" or series.calendar != "none" or series.block == "fx", series.id


def test_every_reader_reads_something() -> None:
    # `sources` lists every row; a fund that duplicates the index is read by nothing else.
    # `universes` reads the families that a user declares.
    assert {r for s in CATALOG for r in s.readers} == set(READERS) - {"universes"}


TENORS = ("1m", "3m", "6m", "1y", "2y", "3y", "5y", "7y", "10y", "20y", "30y")
MEGA_CAPS = ("aapl", "msft", "googl", "amzn", "nvda", "meta", "tsla")
FUNDING = ("obfr", "tgcr", "bgcr", "sofr_30d")
MONTHS = ("fed_funds", "bill_3m", "bill_6m", "treasury_1y", "treasury_10y")
AUCTIONS = tuple(f"auction_{t}y_{what}" for t in (2, 5, 10, 30) for what in ("cover", "yield"))
RATES = (
    *("effr", "sofr", "iorb", "target_upper", "target_lower", "mortgage_30y"),
    *FUNDING,
    *AUCTIONS,
    *(f"{m}_month" for m in MONTHS),
)
IDS = {
    "rates": [
        *(f"us.rates.par_{t}" for t in TENORS),
        *(f"us.rates.real_{t}" for t in ("5y", "10y", "20y", "30y")),
        *(f"us.rates.{n}" for n in RATES),
        "eu.rates.deposit_facility",
    ],
    "credit": [
        f"us.credit.{n}" for n in ("ig_oas", "hy_oas", "aaa_yield", "baa_yield", "excess_bond_premium", "gz_spread")
    ],
    "equity": [
        *(f"us.equity.{n}" for n in ("spx", "nasdaq", "qqq", "iwm", "rsp", "spy", *MEGA_CAPS)),
        *(f"us.equity.sector_{slug}" for slug in SECTORS.values()),
        *(f"us.equity.member.{n}" for n in ("weight", "close", "sector")),
        *(f"us.equity.shiller_{n}" for n in ("price", "dividend", "earnings", "cpi", "gs10")),
        *(f"us.equity.spx_{n}" for n in ("cash_flow", "growth", "forward_eps")),
    ],
    "volatility": [f"us.vol.{n}" for n in ("vix", "vix3m", "vix9d", "vix6m", "vvix", "skew", "move")],
}


@pytest.mark.parametrize("block", IDS)
def test_the_ids_are_those_agreed(block: str) -> None:
    assert {s.id for s in CATALOG if s.block == block} == set(IDS[block])


def test_owners_keep_their_rights() -> None:
    for series_id in ("us.credit.ig_oas", "us.credit.hy_oas", "us.credit.aaa_yield", "us.equity.spx", "us.vol.vix"):
        assert CATALOG[series_id].rights == "restricted", series_id
    for series in CATALOG:
        first = series.providers[0].source
        if first == "prices":
            assert series.rights in ("personal", "restricted"), series.id
            assert "Yahoo" in series.citation and "personal use" in series.citation, series.id
        if first in ("cboe", "holdings"):
            assert series.rights == "restricted", series.id
        if first == "treasury":
            assert series.rights == "public", series.id
        owners = ("ICE ", "Moody's", "Michigan", "S&P Dow Jones", "Cboe")
        assert series.rights == "restricted" or not any(o in series.citation for o in owners), series.id


def test_oas_is_in_basis_points_and_moody_is_not() -> None:
    assert [
        (CATALOG[f"us.credit.{g}_oas"].unit, CATALOG[f"us.credit.{g}_oas"].providers[0].scale) for g in ("ig", "hy")
    ] == [("bp", 100.0)] * 2
    assert CATALOG["us.credit.baa_yield"].unit == "percent"


def test_universes_begin_when_they_could_be_known() -> None:
    assert CATALOG["us.equity.sector_real_estate"].eligible_from == date(2015, 10, 8)
    assert CATALOG["us.equity.sector_communication_services"].eligible_from == date(2018, 6, 19)
    for ticker in MEGA_CAPS:
        assert CATALOG[f"us.equity.{ticker}"].eligible_from == date(2023, 1, 1)


# ------------------------------------------------------------------------------------------------ closures and days
@pytest.mark.parametrize(
    ("series_id", "period", "day"),
    [
        ("us.labour.payrolls", date(2025, 8, 1), "2025-09-05"),
        ("us.labour.payrolls", date(2025, 9, 1), "2025-11-20"),
        ("us.labour.payrolls", date(2025, 10, 1), "2025-12-16"),
        ("us.prices.cpi", date(2025, 9, 1), "2025-10-24"),
        ("us.labour.initial_claims", date(2025, 9, 20), "2025-09-25"),
        ("us.labour.initial_claims", date(2025, 9, 27), "2025-11-20"),
        ("us.labour.initial_claims", date(2013, 10, 5), "2013-10-10"),
        ("us.growth.gdp_real", date(2018, 10, 1), "2019-02-28"),
        ("us.labour.payrolls", date(2018, 12, 1), "2019-01-04"),
        ("us.growth.retail_sales", date(2018, 12, 1), "2019-02-14"),
        ("us.prices.cpi", date(2013, 9, 1), "2013-10-30"),
        ("us.growth.housing_starts", date(2013, 9, 1), "2013-12-18"),
        ("us.money.fed_assets", date(2025, 10, 29), "2025-10-30"),
        ("us.money.fed_assets", date(2025, 11, 26), "2025-11-28"),
        ("us.money.bank_credit", date(2020, 12, 16), "2020-12-28"),
        ("us.commodity.wti", date(2025, 11, 3), "2025-11-05"),
        ("us.commodity.wti", date(2025, 11, 4), "2025-11-12"),
        ("us.fx.broad_dollar", date(2025, 10, 31), "2025-11-03"),
        ("us.rates.sofr", date(2025, 11, 7), "2025-11-10"),
    ],
)
def test_release_days_on_record(series_id: str, period: date, day: str) -> None:
    instant = scheduled(CATALOG[series_id], period, CATALOG.closures)
    assert instant.astimezone(NEW_YORK).date().isoformat() == day


def test_the_day_of_the_closure_looks_as_it_did() -> None:
    at = new_york(date(2025, 11, 5), DAY_END)
    newest = {i: newest_period(CATALOG[i], at, CATALOG.closures) for i in CATALOG.ids() if not CATALOG[i].family}
    assert newest["us.labour.payrolls"] == date(2025, 8, 1)
    assert newest["us.prices.cpi"] == date(2025, 9, 1)
    assert newest["us.prices.pce"] == date(2025, 8, 1)
    assert newest["us.growth.gdp_real"] == date(2025, 4, 1)
    assert newest["us.labour.initial_claims"] == date(2025, 9, 20)
    assert newest["us.money.financial_conditions"] == date(2025, 10, 31)
    for series_id in ("us.rates.par_10y", "us.rates.real_10y", "us.credit.ig_oas", "us.equity.spx", "us.vol.vix"):
        assert newest[series_id] == date(2025, 11, 5), series_id
    assert newest["us.rates.sofr"] == date(2025, 11, 4)
    assert newest["crypto.btc"] == date(2025, 11, 4)


def test_what_never_existed_is_never_the_newest() -> None:
    at = datetime(2025, 12, 17, tzinfo=UTC)
    assert newest_period(CATALOG["us.labour.unemployment_rate"], at, CATALOG.closures) == date(2025, 11, 1)
    never = {(s.id, e.period) for s in CATALOG for e in s.events if e.kind == "never"}
    october = date(2025, 10, 1)
    lost = ("Consumer Price Index", "Employment Situation: households")
    assert never == {(s.id, october) for s in CATALOG if s.report in lost}
    assert ("us.labour.payrolls", october) not in never and len(never) > 3


def test_closure_at() -> None:
    for day, title in (("2013-10-09", "October 2013"), ("2019-01-10", "January 2019"), ("2025-11-05", "November 2025")):
        closure = CATALOG.closure_at(datetime.fromisoformat(f"{day}T23:00:00+00:00"))
        assert closure is not None and title in closure.title
    assert CATALOG.closure_at(datetime(2025, 11, 13, 12, tzinfo=UTC)) is None
    for closure in CATALOG.closures:
        assert closure.start <= closure.end < closure.backlog
        assert "BLS" not in closure.agencies or closure.start.year != 2018


def test_events_are_announced_after_they_could_be_known() -> None:
    for series in CATALOG:
        for event in series.events:
            # An agency's own days are a year's schedule, known from its beginning.
            ahead = timedelta(365 if event.kind == "note" else 62)
            assert event.period - ahead < event.known_from, (series.id, event.period)
            assert event.release is None or event.known_from <= event.release, (series.id, event.period)


# ------------------------------------------------------------------------------------------------ asking
def test_ids_codes_and_members() -> None:
    assert CATALOG.resolve("fred:PAYEMS") == "us.labour.payrolls"
    assert CATALOG.resolve("FRED:WALCL") == "us.money.fed_assets"
    assert CATALOG.resolve("treasury:par:10y") == CATALOG.resolve("fred:DGS10") == "us.rates.par_10y"
    assert CATALOG.resolve(" us.rates.par_10y ") == "us.rates.par_10y"
    member = CATALOG["us.equity.member.weight[BRK.B]"]
    assert member.id == "us.equity.member.weight[BRK.B]" and member.unit == "percent" and member.family
    assert "us.equity.member.weight[NVDA]" in CATALOG and "us.equity.spx[NVDA]" not in CATALOG
    assert CATALOG.get("us.equity.member.weight[]") is None and 5 not in CATALOG


def test_corporate_actions_of_a_price() -> None:
    dividend, split = CATALOG["us.equity.spy[dividend]"], CATALOG["us.equity.aapl[split]"]
    assert (dividend.unit, split.unit) == ("usd", "ratio") and dividend.kind == split.kind == "none"
    assert dividend.release == CATALOG["us.equity.spy"].release and not dividend.family
    for wrong in ("us.equity.spy[coupon]", "us.rates.par_10y[dividend]", "us.equity.member.close[dividend]"):
        assert wrong not in CATALOG


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        ("us.rates.par_10", "us.rates.par_10y"),
        ("fred:PAYEM", "fred:PAYEMS"),
        ("payrolls", "us.labour.payrolls"),
        ("us.equity.spx[NVDA]", "us.equity.spx"),
    ],
)
def test_an_unknown_series_names_the_nearest(asked: str, nearest: str) -> None:
    with pytest.raises(UnknownSeries) as found:
        CATALOG.resolve(asked)
    assert nearest in found.value.nearest and asked in found.value.asked and found.value.step


def test_the_first_enabled_provider_has_the_series() -> None:
    assert "us.rates.par_10y" in {s.id for s in CATALOG.by_source("treasury")}
    assert "us.rates.par_10y" not in {s.id for s in CATALOG.by_source("fred")}
    assert "us.rates.par_10y" in {s.id for s in CATALOG.by_source("fred", frozenset({"treasury"}))}
    assert {s.id for s in CATALOG.by_source("prices", frozenset({"cboe", "fred"}))} >= {"us.vol.vix", "us.vol.skew"}
    every = [s.id for name in CATALOG.sources() for s in CATALOG.by_source(name)]
    assert sorted(every) == sorted(CATALOG.ids())
