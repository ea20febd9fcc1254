"""Days and records on which the shocks have nothing to say, or less, and how they say so."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from barograph.models._kernels.jarocinski_karadi import median_split, poor_mans_split, rate_surprise
from barograph.models.regime.shocks import Shocks
from models_view import FakeView, Rows
from shocked_view import SERIES, fitted, quantities, shocked_view, without


@pytest.fixture(scope="module")
def view() -> FakeView:
    return shocked_view()


@pytest.mark.parametrize("series_id", sorted(SERIES - {"us.rates.par_2y"}))
def test_a_missing_series_is_named(view: FakeView, series_id: str) -> None:
    found = quantities(without(view, series_id))
    for id_, quantity in found.items():
        if ".fomc." not in id_:
            assert quantity.state == "insufficient" and series_id in quantity.reason, id_


def test_too_short_a_record_is_insufficient() -> None:
    short = shocked_view(count=480)
    found = quantities(short)
    growth = found["shock.us.growth.1d"]
    assert growth.state == "insufficient"
    assert "where 500 are needed" in growth.reason and "when last estimated, on 2025-11-03" in growth.reason
    assert quantities(shocked_view(count=540))["shock.us.growth.1d"].value is not None


def test_a_leg_that_is_missing_today_ends_the_day_and_not_the_month(view: FakeView) -> None:
    found = quantities(without(view, "us.credit.hy_oas", date(2025, 11, 5)))
    for id_ in ("shock.us.growth.1d", "shock.us.spx.growth", "shock.us.hy.move"):
        assert found[id_].state == "insufficient"
        assert "no value for 2025-11-05 of us.credit.hy_oas" in found[id_].reason
    assert found["shock.us.growth.5d"].state == "degraded" and found["shock.us.growth.5d"].n == 4
    assert found["shock.us.growth.20d"].n == 16
    gap = without(without(view, "us.credit.hy_oas", date(2025, 11, 5)), "us.vol.vix", date(2025, 10, 21))
    assert quantities(gap)["shock.us.growth.20d"].state == "insufficient"


def test_a_missing_day_is_left_out_of_all_legs(view: FakeView) -> None:
    _, whole = fitted(view)
    _, less = fitted(without(view, "us.fx.uup", date(2024, 6, 12)))
    # The day, the day after it and the lag of that one.
    assert less.params["n"] == whole.params["n"] - 3


def test_a_low_acceptance_is_not_identified(view: FakeView) -> None:
    found = quantities(view, Shocks(least_acceptance=99.0))
    assert found["shock.us.acceptance"].state == "degraded" and found["shock.us.acceptance"].value < 99.0
    growth = found["shock.us.growth.1d"]
    assert growth.state == "insufficient" and growth.reason.startswith("not identified: ")


def test_two_legs_that_are_one_are_no_system(view: FakeView) -> None:
    rows = dict(view.rows)
    spx = rows["us.equity.spx"]
    rows["us.commodity.uso"] = Rows(spx.periods, spx.values * 0.02, spx.known_at, spx.basis)
    found = quantities(replace(view, rows=rows))
    assert "singular" in found["shock.us.growth.1d"].reason
    flat = Rows(spx.periods, np.full(spx.values.size, 70.0), spx.known_at, spx.basis)
    rows["us.commodity.uso"] = flat
    assert "does not move" in quantities(replace(view, rows=rows))["shock.us.growth.1d"].reason


def test_a_slower_dollar_moves_the_day(view: FakeView) -> None:
    rows = dict(view.rows)
    uup = rows.pop("us.fx.uup")
    # H.10: each value known on the Monday of the week after its own.
    weekday = (uup.periods.astype("datetime64[D]").view("int64") - 4) % 7
    known = (uup.periods + (7 - weekday).astype("timedelta64[D]")).astype("datetime64[us]") + np.timedelta64(22, "h")
    rows["us.fx.broad_dollar"] = Rows(uup.periods, uup.values, known, "assumed")
    found = quantities(replace(view, rows=rows), Shocks(dollar="broad_dollar"))
    growth = found["shock.us.growth.1d"]
    assert growth.period == date(2025, 10, 31) and growth.value is not None
    assert "us.fx.broad_dollar" in Shocks(dollar="broad_dollar").needs()


def test_surprises_that_do_not_move_are_refused() -> None:
    still = np.zeros((20, 5))
    with pytest.raises(ValueError, match="does not move"):
        rate_surprise(still)
    line = np.linspace(-1.0, 1.0, 9)
    with pytest.raises(ValueError, match="collinear"):
        median_split(np.zeros(9), line)
    policy, information = poor_mans_split(np.array([1.0, 1.0, 1.0]), np.array([-2.0, np.nan, 0.0]))
    assert policy.tolist() == [1.0, 0.0, 0.0] and information.tolist() == [0.0, 0.0, 1.0]


def test_importing_the_model_compiles_nothing() -> None:
    code = "import sys, barograph.models.regime.shocks; sys.exit(any(m in sys.modules for m in ('numba', 'scipy')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
