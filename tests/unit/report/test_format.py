"""The formatter: section 3 of the page design, line by line, and its edges."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

import report_fixture as fx
from barograph.catalog.load import load
from barograph.core.errors import NarrativeError
from barograph.core.estimate import Fact
from barograph.core.units import UNITS
from barograph.report import dates
from barograph.report.blocks import Ref
from barograph.report.format import amount, closing, printed, raw, rounded, share, shares

N = "\u202f"
DAY = date(2025, 11, 5)


def fact(id_: str, value: float | str | None, unit: str, **more: object) -> Fact:
    state = "insufficient" if value is None else "ok"
    return Fact(id_, value, unit, **{"state": state, "period": DAY, **more})  # type: ignore[arg-type]


TABLE = [
    # yield level and change
    ("curve.us.10y.level", 4.17, "percent", "4.17%"),
    ("curve.us.10y.level", -0.25, "percent", "−0.25%"),
    ("curve.us.10y.change_1d", 7.0, "bp", f"+7{N}bp"),
    ("curve.us.10y.change_1d", 100 * (4.17 - 4.10), "bp", f"+7{N}bp"),
    ("curve.us.10y.change_1d", 0.4, "bp", f"+0.4{N}bp"),
    ("curve.us.10y.change_1d", -0.96, "bp", f"−1{N}bp"),
    ("curve.us.10y.change_1d", 0.04, "bp", f"0{N}bp"),
    ("curve.us.10y.change_1d", 0.0, "bp", f"0{N}bp"),
    ("curve.us.2s10s.level", 54.0, "bp", f"54{N}bp"),
    ("curve.us.2s10s.level", -20.4, "bp", f"−20{N}bp"),
    ("curve.us.dead_band_1d", 1.5, "bp", f"1.5{N}bp"),
    # spread level and change
    ("credit.us.ig.oas.level", 81.0, "bp", f"81{N}bp"),
    ("credit.us.ig.oas.change_1d", -2.0, "bp", f"−2{N}bp"),
    ("credit.us.ig.oas.change_1d", -0.3, "bp", f"0{N}bp"),
    ("credit.us.ig.oas.gap_5y_avg", -28.4, "bp", f"−28{N}bp"),
    # return, contribution
    ("equity.us.spx.return_1d", 0.3655, "percent", "+0.37%"),
    ("equity.us.spx.return_1d", -0.001, "percent", "0.00%"),
    ("equity.us.sector.energy.contribution_1d", 0.155, "pp", f"+0.16{N}pp"),
    ("equity.us.sector.energy.contribution_1d", -0.004, "pp", f"0.00{N}pp"),
    ("equity.us.attribution.residual", 0.0049, "pp", f"+0.005{N}pp"),
    ("equity.us.attribution.total", 0.37, "pp", f"+0.37{N}pp"),
    ("equity.us.equal_minus_cap", -0.22, "pp", f"−0.22{N}pp"),
    ("equity.us.sector.energy.weight", 2.84, "percent", "2.8%"),
    # shares: never certain
    ("equity.us.spx.rarity_1d", 19.4, "percent", "19%"),
    ("equity.us.spx.rarity_1d", 0.0, "percent", "<1%"),
    ("equity.us.spx.rarity_1d", 100.0, "percent", ">99%"),
    ("equity.us.breadth.advancing", 99.6, "percent", ">99%"),
    ("range.spx.hit_rate", 79.5, "percent", "80%"),
    # z, strength
    ("equity.us.spx.z_1d", 1.347, "sigma", "+1.3σ"),
    ("curve.us.slope_z_1d", -0.96, "sigma", "−1.0σ"),
    ("equity.us.spx.z_1d", 0.04, "sigma", "0.0σ"),
    ("invalidation.credit.distance", 1.46, "sigma", "1.5σ"),
    ("momentum.spx.strength", 3.44, "forecast", "+3.4"),
    # percentile with its window
    ("credit.us.ig.oas.percentile_5y", 9.6, "percent", f"10th pct, 5{N}y"),
    ("credit.us.ig.oas.percentile_3y", 22.2, "percent", f"22nd pct, 3{N}y"),
    ("credit.us.ig.oas.percentile_5y", 99.98, "percent", f">99th pct, 5{N}y"),
    ("credit.us.ig.oas.percentile_5y", 0.02, "percent", f"<1st pct, 5{N}y"),
    # index, price
    ("equity.us.spx.level", 6796.29, "index", "6,796"),
    ("equity.us.iwm.level", 243.856, "usd", "243.86"),
    ("equity.us.iwm.level", 999.996, "usd", "1,000"),
    ("equity.us.iwm.level", 999.994, "usd", "999.99"),
    ("crypto.btc.level", 103_412.4, "usd", "103,412"),
    ("vol.us.vix.change_1d", -0.99, "points", "−0.99"),
    ("fx.usd_per_eur.level", 1.08452, "usd_per_eur", "1.0845"),
    # macro prints
    ("macro.us.payrolls.change_1m", 22.0, "thousands", f"+22{N}thousand"),
    ("macro.us.unemployment_rate.latest", 4.25, "percent", "4.3%"),
    ("macro.us.sofr.latest", 4.22, "percent", "4.22%"),
    ("macro.us.treasury_10y.latest", 3.117, "percent", "3.12%"),
    ("macro.us.unemployment_rate.change_1m", 0.1, "pp", f"+0.1{N}pp"),
    ("macro.us.cpi.yoy", 3.04, "percent", "+3.0%"),
    ("macro.us.fed_assets.latest", 6587.1, "usd_bn", f"$6,587{N}bn"),
    ("macro.us.gdp_real.latest", 23770.98, "usd_bn_2017", f"$23,771{N}bn (2017)"),
    ("momentum.spx.half_life", 12.4, "sessions", f"12{N}sessions"),
    ("momentum.spx.half_life", 1.2, "sessions", f"1{N}session"),
    # labels
    ("curve.us.move_1d", "bear_steepener", "label", "bear steepener"),
    ("us.cot.spx.net", None, "count", "–"),
]


@pytest.mark.parametrize(("id_", "value", "unit", "expected"), TABLE)
def test_printed(id_: str, value: float | str | None, unit: str, expected: str) -> None:
    assert printed(fact(id_, value, unit)) == expected


def test_halves_round_away_from_zero_on_both_sides() -> None:
    assert printed(fact("a.return_1d", 0.125, "percent")) == "+0.13%"
    assert printed(fact("a.return_1d", -0.125, "percent")) == "−0.13%"
    assert printed(fact("a.return_1d", 2.675, "percent")) == "+2.68%"


@pytest.mark.parametrize("unit", sorted(UNITS))
def test_every_unit_has_a_form_and_zero_has_no_sign(unit: str) -> None:
    if unit == "label":
        return
    text = printed(fact("a.b.change_1d", -1e-9, unit))
    assert not set(text) & set("+-−"), text


def test_a_unit_nobody_knows_is_refused() -> None:
    with pytest.raises(NarrativeError, match="furlong"):
        amount(1.0, "furlong")


def test_other_parts() -> None:
    f = fact("range.spx.hit_rate", 79.6, "percent", low=74.2, high=100.0, n=1250)
    assert [printed(f, p, session=date(2025, 11, 6)) for p in ("low", "high", "n", "age")] == [
        "74%",
        ">99%",
        "1,250",
        "1 day",
    ]
    assert printed(f, "period") == f"Wed{N}5{N}Nov{N}2025"
    assert printed(f, "period", style="table") == "2025-11-05"
    assert printed(f, "age", session=date(2025, 12, 8)) == "33 days"
    with pytest.raises(NarrativeError, match="session"):
        printed(f, "age")
    assert (raw(f, "period"), raw(f, "n"), raw(f, "age", session=date(2025, 11, 6))) == ("2025-11-05", 1250, 1)


def test_missing_parts_are_a_dash() -> None:
    f = fact("a.level", 1.0, "percent", period=None)
    assert {printed(f, p) for p in ("low", "high", "n", "period")} == {"–"}


def test_a_window_shorter_than_its_name_is_named_as_it_is() -> None:
    f = fact("credit.us.ig.oas.percentile_5y", 10.0, "percent", window="2023-11-06 to 2025-11-05")
    assert printed(f) == f"10th pct, 2.0{N}y"
    whole = fact("credit.us.ig.oas.percentile_5y", 10.0, "percent", window="2020-11-06 to 2025-11-05")
    assert printed(whole) == f"10th pct, 5{N}y"


def test_periods_of_macro_prints_name_months_and_quarters() -> None:
    months = fact("macro.us.payrolls.latest", 1.0, "thousands", period=date(2025, 8, 1))
    assert (printed(months, "period"), printed(months, "period", style="table")) == (f"Aug{N}2025",) * 2
    quarter = fact("macro.us.gdp_real.latest", 1.0, "usd_bn_2017", period=date(2025, 4, 1))
    assert printed(quarter, "period", style="table") == f"Q2{N}2025"
    week = fact("macro.us.initial_claims.latest", 1.0, "thousands", period=date(2025, 11, 1))
    assert printed(week, "period", style="table") == "2025-11-01"


def test_the_periods_agree_with_the_catalogue() -> None:
    wrong = []
    for series in load():
        if "prints" not in series.readers:
            continue
        slug = series.id.rpartition(".")[2]
        by_day = series.stamp in ("day", "week_end")
        if by_day != (slug in dates.DAILY_OR_WEEKLY) or (series.frequency == "Q") != (slug in dates.QUARTERLY):
            wrong.append(series.id)
    assert not wrong


def test_shares_add_up() -> None:
    assert (
        shares((("vintage", 33.4), ("schedule", 33.3), ("assumed", 33.3))) == "vintage 34%, schedule 33%, assumed 33%"
    )
    assert shares((("schedule", 100.0),)) == "all schedule"
    assert "100%" not in shares((("schedule", 99.8), ("assumed", 0.2)))
    assert {share(x) for x in (99.5, 100.0, 99.99)} == {">99%"}


def test_a_printed_column_adds_up() -> None:
    facts = fx.facts()
    parts = [f for i, f in facts.items() if i.startswith("equity.us.sector.") and i.endswith("contribution_1d")]
    total = facts["equity.us.spx.contribution_1d"]
    gap = facts["equity.us.attribution.residual_printed"]
    assert len(parts) == 11
    assert rounded(total) == sum(rounded(p) for p in parts) + rounded(gap)
    # The full-precision residual is another number: closing with it instead would leave the column a hundredth off.
    awkward = [fact(f"a.contribution_{i}", 0.044, "pp") for i in range(3)]
    whole = fact("a.contribution_all", 0.132, "pp")
    assert closing(whole, awkward) == pytest.approx(0.01)
    assert printed(fact("a.contribution_gap", 0.132 - 3 * 0.044, "pp")) == f"0.00{N}pp"


def test_one_fact_one_string_whatever_the_page() -> None:
    for f in fx.facts().values():
        assert len({printed(f), printed(f, session=DAY), printed(f, style="table")}) == 1
    assert Ref("x").part == "value"


def test_instants_name_both_clocks() -> None:
    from barograph.report.dates import instant

    assert instant(datetime(2025, 7, 1, 22, tzinfo=UTC)) == "2025-07-01 22:00 UTC (18:00 ET)"
