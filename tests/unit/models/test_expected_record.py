"""The expected rate's record: at each month end the estimate of that month end, against what came."""

from __future__ import annotations

import numpy as np
import pytest

from barograph.models._kernels.affine import fit
from barograph.models._scores import cosine_test
from barograph.models.rates import _record
from barograph.models.rates._record import expected_records
from barograph.models.rates.term_premium import TermPremium
from walking_yields import invented

SETTINGS = TermPremium(least_months=120)


def ends(months: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Month ends from 1990 on and their zero yields."""
    days = np.datetime64("1990-02", "M") + np.arange(months)
    return days.astype("datetime64[D]") - 1, invented(21 * months, seed)[20::21]


def test_each_forecast_is_the_estimate_of_its_month_end() -> None:
    days, yields = ends(400)
    made = expected_records(days, yields, SETTINGS, 10, 0.10)["2y"]
    errors, still = [], []
    for k in range(119, 400 - 23):
        model = fit(yields[: k + 1])
        constant, slopes = model.loadings(risk_neutral=True)
        said = constant[23] + float(slopes[23] @ model.states(yields[k : k + 1])[0])
        came = yields[k : k + 24, 0].mean()
        errors.append(came - said)
        still.append(came - yields[k, 0])
    mine, none = (np.sqrt(np.mean(np.square(e))) for e in (errors, still))
    assert made["rmse"] == pytest.approx(100.0 * mine, abs=1e-4) and made["ratio"] == pytest.approx(
        mine / none, abs=1e-6
    )
    assert made["p"] == pytest.approx(cosine_test(np.square(errors) - np.square(still), 24)[1], abs=1e-5)
    assert made["gap"] == pytest.approx(100.0 * np.mean(errors), abs=1e-4)
    assert made["ends"][0] < made["gap"] < made["ends"][1]
    assert made["n"] == len(errors) // 24 and made["days"] == [str(days[119]), str(days[-1])]


def test_a_month_end_to_come_changes_no_forecast_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    days, yields = ends(400)
    poisoned, said = yields.copy(), []
    poisoned[390:] += 40.0
    real = _record.premia

    def spy(*args: object) -> np.ndarray:
        said.append(real(*args))
        return said[-1]

    monkeypatch.setattr(_record, "premia", spy)
    for made in (yields, poisoned):
        expected_records(days, made, SETTINGS, 10, 0.10)
    np.testing.assert_array_equal(said[0][: 390 - 119], said[1][: 390 - 119])
    assert np.abs(said[0][390 - 119 :] - said[1][390 - 119 :]).max() > 10.0


def test_the_mean_error_has_an_interval_that_allows_for_the_overlap() -> None:
    rng, held = np.random.default_rng(5), 0
    for _ in range(300):
        errors = np.convolve(rng.standard_normal(412 + 23), np.ones(24) / 24.0, "valid") - 0.4
        made = _record.scored(errors, errors * 1.5, 24, 0.10)
        held += made["ends"][0] < -40.0 < made["ends"][1]
    assert held / 300 == pytest.approx(0.90, abs=0.05)  # the mean that was put in, in bp


def test_few_whole_horizons_are_no_record() -> None:
    days, yields = ends(400)
    made = expected_records(days, yields, SETTINGS, 10, 0.10)
    assert made["5y"] == {"reason": "3 horizons that do not overlap where 10 are needed"}
    assert made["10y"]["reason"].startswith("1 horizons")
    assert "reason" in expected_records(days[:100], yields[:100], SETTINGS, 10, 0.10)["2y"]


def test_before_a_month_without_a_curve_nothing_is_used() -> None:
    days, yields = ends(500)
    keep = np.arange(500) != 90
    whole = expected_records(days[91:], yields[91:], SETTINGS, 10, 0.10)
    assert expected_records(days[keep], yields[keep], SETTINGS, 10, 0.10) == whole


def test_skill_is_found_where_rates_return_and_not_where_they_walk() -> None:
    """Short rates that return to a mean are foretold by a model of returning ones; no change is best where they walk."""
    rng = np.random.default_rng(1)
    n = np.arange(1, 121) / 12.0
    shapes = np.stack([np.ones(120), np.exp(-n), n * np.exp(-n), np.exp(-n / 3), np.cos(n / 2)])

    def world(persistence: float) -> np.ndarray:
        x = np.zeros((700, 5))
        for t in range(1, 700):
            x[t] = persistence * x[t - 1] + rng.normal(0.0, [0.2, 0.3, 0.2, 0.1, 0.05])
        return 5.0 + x @ shapes

    days = (np.datetime64("1960-02", "M") + np.arange(700)).astype("datetime64[D]") - 1
    assert expected_records(days, world(0.9), SETTINGS, 10, 0.10)["2y"]["verdict"] == "better_than_no_change"
    assert expected_records(days, world(1.0), SETTINGS, 10, 0.10)["2y"]["verdict"] != "better_than_no_change"
