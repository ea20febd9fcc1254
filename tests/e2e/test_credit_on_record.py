"""Credit on the recorded series (ICE BofA by way of FRED): anchors computed once from the same files, and the golden session.

There is no published counterpart of the anchors. They were computed before this model was written, on the daily cash index as
published (also its month-end days outside sessions), changes over 21 rows, percentiles point in time from the 1,250th row on.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest

from barograph.core.estimate import Fact
from barograph.core.time import NEW_YORK
from barograph.models._fitting import refit_at
from barograph.models._scores import auroc
from barograph.models.credit._estimates import fifths
from barograph.models.credit.credit_band import CreditBand
from models_view import NOW, FakeView, recorded_view
from recorded import ABSENT, folder

pytestmark = pytest.mark.e2e
LATER = datetime(2026, 1, 2, 18, tzinfo=NEW_YORK)
IG, HY = "us.credit.ig_oas", "us.credit.hy_oas"


@pytest.fixture(scope="module")
def home() -> Path:
    found = folder()
    if found is None:
        pytest.skip(ABSENT)
    return found


def levels(home: Path, series_id: str, start: date, end: date) -> np.ndarray:
    return recorded_view(home, LATER).series(series_id, start=start, end=end).values


def asymmetry(fifth: list[float]) -> float:
    return (fifth[2] - fifth[1]) / (fifth[1] - fifth[0])


def test_the_tightest_fifth_from_1999_on(home: Path) -> None:
    values = levels(home, IG, date(1999, 1, 4), date(2025, 9, 24))
    made = fifths(values, 21, 1250)
    assert values.size == 6981
    assert made[0] == pytest.approx([-7.0, 0.0, 13.0, 1509.0], abs=1e-9)
    assert round(asymmetry(made[0]), 2) == 1.86
    # The fourth and the widest fifth: -24/-7/+33 and -93/-9/+81.
    assert made[3][:3] == pytest.approx([-24.0, -7.0, 33.0], abs=0.51)
    assert made[4][:3] == pytest.approx([-93.0, -9.0, 81.0], abs=0.51)
    moves = values[21:] - values[:-21]
    assert moves.max() >= 201.0


def test_the_tightest_fifth_from_the_end_of_1996_on(home: Path) -> None:
    values = levels(home, IG, date(1996, 12, 31), date(2025, 12, 30))
    assert round(asymmetry(fifths(values, 21, 1250)[0]), 2) == 2.17


def test_high_yield_by_fifths_of_the_whole_sample_is_skewed_upwards_when_tight(home: Path) -> None:
    # Descriptive: the anchor's file ran to 2026-08-20, ours ends in 2025, hence a tolerance of 6 bp (tails: 12).
    values = levels(home, HY, date(1996, 12, 31), date(2025, 12, 31))
    moves, start = values[21:] - values[:-21], values[:-21]
    edges = np.quantile(start, [0.2, 0.8])
    tight, wide = moves[start <= edges[0]], moves[start > edges[1]]
    assert np.quantile(tight, [0.05, 0.5, 0.95]) == pytest.approx([-28.0, -1.0, 56.0], abs=6.0)
    assert np.quantile(wide, [0.05, 0.5, 0.95]) == pytest.approx([-199.0, -22.0, 183.0], abs=12.0)
    assert auroc(np.abs(moves), start > edges[1]) > 0.7


@pytest.fixture(scope="module")
def golden(home: Path) -> dict[str, Fact]:
    view, model = recorded_view(home), CreditBand()
    state = model.fit(view.at(refit_at(view.known_at)))  # type: ignore[arg-type]
    return {f.id: f for f in model.facts(model.step(state, view)[1])}  # type: ignore[arg-type]


def test_the_golden_session_has_a_band_of_its_own(golden: dict[str, Fact]) -> None:
    level = golden["credit.us.ig.fair_gap"].number + golden["credit.us.ig.fair_value"].number
    assert level == pytest.approx(81.0, abs=1e-9)
    for grade in ("ig", "hy"):
        for h in (5, 21, 63):
            band = [golden[f"credit.us.{grade}.band_{h}d.{q}"] for q in ("q05", "q25", "q50", "q75", "q95")]
            assert [f.state for f in band] == ["ok"] * 5
            assert [f.number for f in band] == sorted(f.number for f in band)
        skew = golden[f"credit.us.{grade}.asymmetry_21d"]
        # Tight spreads: the risk lies above. For high yield the interval says so, for investment grade it holds one.
        assert skew.number > 1.0 and skew.low is not None and (skew.low > 1.0) == (grade == "hy")
        assert golden[f"credit.us.{grade}.fifth_21d"].value == 1.0
    # Nothing of the CDX scale: its 50 to 55 would lie outside what the cash index may do in a month.
    assert 81.0 + golden["credit.us.ig.band_21d.q05"].number > 55.0


def test_a_state_is_of_the_month_and_uses_nothing_after_it(home: Path) -> None:
    view = recorded_view(home)
    at = refit_at(view.known_at)
    params = CreditBand().fit(view.at(at)).params["spreads"]["ig"]  # type: ignore[arg-type]
    assert all(made["days"][1] <= str(at.date()) for made in params["bands"].values())


def test_three_years_of_a_new_user_are_degraded(home: Path) -> None:
    def cut(id_: str, rows):  # type: ignore[no-untyped-def]
        if id_ not in (IG, HY):
            return rows
        keep = rows.periods >= np.datetime64("2022-11-05")
        return type(rows)(rows.periods[keep], rows.values[keep], rows.known_at[keep], rows.basis)

    view: FakeView = recorded_view(home, NOW).mapped(cut)
    model = CreditBand()
    found = {q.id: q for q in model.step(model.fit(view.at(refit_at(view.known_at))), view)[1].quantities}  # type: ignore[arg-type]
    band = found["credit.us.ig.band_21d.q50"]
    assert band.state == "degraded" and band.window and band.window.startswith("2023-")
    assert "shorter than 10 years" in (band.reason or "")
