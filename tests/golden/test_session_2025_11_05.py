"""The session of 2025-11-05 against published figures, from the recorded sources.

Published: Treasury par and real yields, ICE BofA spreads by way of FRED, Cboe, S&P (closing values of the day); the
attribution against the index itself. Tolerances are half a unit of the last printed digit unless another is named.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from barograph.core.estimate import Fact
from barograph.models import registry
from models_view import NOW, FakeView, close_of, recorded_view
from recorded import ABSENT, folder


@pytest.fixture(scope="module")
def home() -> Path:
    found = folder()
    if found is None:
        pytest.skip(ABSENT)
    return found


@pytest.fixture(scope="module")
def view(home: Path) -> FakeView:
    return recorded_view(home)


def facts_of(view: FakeView, *only: str) -> dict[str, Fact]:
    """The facts of all models, or of some."""
    models = [m for m in registry() if not only or m.name in only]
    return {f.id: f for m in models for f in m.facts(m.step(m.fit(view), view)[1])}  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def facts(view: FakeView) -> dict[str, Fact]:
    return facts_of(view)


PUBLISHED = {
    "curve.us.2y.level": (3.63, 0.005),
    "curve.us.10y.level": (4.17, 0.005),
    "curve.us.30y.level": (4.74, 0.005),
    "curve.us.real10y.level": (1.87, 0.005),
    "curve.us.breakeven10y.level": (2.30, 0.005),
    "curve.us.10y.change_1d": (7.0, 0.5),
    "credit.us.hy.oas.level": (305.0, 0.5),
    "credit.us.ig.oas.level": (81.0, 0.5),
    "vol.us.vix.level": (18.01, 0.005),
    "vol.us.vix3m.level": (20.60, 0.005),
    "vol.us.move.level": (72.42, 0.005),
    "equity.us.spx.level": (6796.29, 0.005),
    "equity.us.spx.return_1d": (0.365, 0.0005),
    "macro.us.payrolls.change_1m": (-26.0, 0.5),  # August, snapshot of January 2026
}


@pytest.mark.parametrize("id_", PUBLISHED)
def test_published_figures(facts: dict[str, Fact], id_: str) -> None:
    value, tolerance = PUBLISHED[id_]
    assert facts[id_].number == pytest.approx(value, abs=tolerance)
    assert facts[id_].state == "ok"


def test_every_published_yield(facts: dict[str, Fact], home: Path) -> None:
    published = json.loads((home / "data" / "reference" / "cross_section_2025-11-05.json").read_text())
    for group, prefix in (("treasury_par_yield_pct", "curve.us."), ("tips_real_yield_pct", "curve.us.real")):
        for tenor, value in published[group].items():
            assert facts[f"{prefix}{tenor.lower()}.level"].number == pytest.approx(value, abs=0.005), tenor
    for name in ("VIX9D", "VVIX", "SKEW"):
        assert facts[f"vol.us.{name.lower()}.level"].number == pytest.approx(published["volatility"][name], abs=0.005)


def test_modest_bear_steepener(facts: dict[str, Fact]) -> None:
    assert facts["curve.us.move_1d"].value == "bear_steepener"
    assert facts["curve.us.move_1d.modest"].value == "yes"
    split = [facts[f"curve.us.10y.split_{k}_1d"].number for k in ("real", "breakeven")]
    assert split == pytest.approx([6.0, 1.0], abs=1e-9)


def test_constituents_close_to_the_index(facts: dict[str, Fact]) -> None:
    p = "equity.us.attribution"
    assert facts[f"{p}.method"].value == "constituents"
    sectors = [
        f.number for i, f in facts.items() if i.startswith("equity.us.sector.") and i.endswith("contribution_1d")
    ]
    assert len(sectors) == 11
    index = facts["equity.us.spx.return_1d"].number
    assert sum(sectors) + facts[f"{p}.residual"].number == pytest.approx(index, abs=1e-9)
    assert abs(facts[f"{p}.residual"].number) < 0.01  # 1 bp
    # A published tracker printed +0.16 pp for communication services.
    assert facts["equity.us.sector.communication_services.contribution_1d"].number == pytest.approx(0.16, abs=0.005)
    assert facts["equity.us.breadth.members"].number == 503.0
    weights = {"information_technology": 35.78, "financials": 12.98, "utilities": 2.36, "materials": 1.61}
    for slug, weight in weights.items():  # of the fund, cash included: shares of the index are 0.2 % larger
        assert facts[f"equity.us.sector.{slug}.weight"].number == pytest.approx(weight, rel=0.004)


def test_sector_funds_are_worse_and_say_so(view: FakeView) -> None:
    """Without the holdings of 11-04 the funds stand in: the record's notes give -8.2 bp and a wrong sign for tech."""

    def cut(series_id: str, rows: object) -> object:
        if ".member." not in series_id:
            return rows
        keep = rows.periods <= np.datetime64("2025-11-03")  # type: ignore[attr-defined]
        return type(rows)(rows.periods[keep], rows.values[keep], rows.known_at[keep], rows.basis)  # type: ignore[attr-defined, call-arg]

    facts = facts_of(view.mapped(cut), "attribution")  # type: ignore[arg-type]
    residual = facts["equity.us.attribution.residual"]
    assert facts["equity.us.attribution.method"].value == "sector_etfs"
    assert residual.state == "degraded" and residual.reason == "the residual is larger than 2 bp"
    assert 100.0 * residual.number == pytest.approx(-8.2, abs=0.5)
    assert facts["equity.us.sector.information_technology.contribution_1d"].number > 0.0


def test_blackout_shows_the_last_prints_known(facts: dict[str, Fact]) -> None:
    assert facts["macro.us.payrolls.latest"].period == date(2025, 8, 1)
    assert facts["macro.us.cpi.latest"].period == date(2025, 9, 1)
    assert facts["macro.us.cpi.yoy"].number == pytest.approx(3.0, abs=0.05)
    assert facts["macro.us.gdp_real.latest"].period == date(2025, 4, 1)


def test_cash_spreads_are_never_the_swap_index(facts: dict[str, Fact]) -> None:
    # The tracker's 52.8 / 61.9 / 46.1 / 111.2 are CDX; the cash index had its five-year wide of 171 bp in October 2022.
    p = "credit.us.ig.oas"
    assert facts[f"{p}.wide_5y"].number == 171.0
    assert facts[f"{p}.wide_5y"].period is not None and facts[f"{p}.wide_5y"].period.year == 2022
    assert facts[f"{p}.band_position"].value == "near_tight"


def test_five_year_average_of_the_cash_index(view: FakeView) -> None:
    # 110.7 bp on 2025-09-24, computed in the research from another copy of the series; to the printed digit.
    facts = facts_of(view.at(close_of(date(2025, 9, 24))), "levels", "credit")
    assert facts["credit.us.ig.oas.level"].number == 75.0
    assert facts["credit.us.ig.oas.avg_5y"].number == pytest.approx(110.7, abs=0.05)


def test_closes_before_the_session_closed_are_of_the_day_before(view: FakeView) -> None:
    facts = facts_of(view.at(close_of(date(2025, 11, 4))), "levels", "curve")
    assert facts["curve.us.10y.level"].number == pytest.approx(4.10, abs=0.005)
    assert facts["equity.us.spx.level"].period == date(2025, 11, 4)
    assert view.known_at == NOW
