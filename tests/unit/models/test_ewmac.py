"""Crossover forecasts against published scalars, a simulation, and another program's weighted moments."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from barograph.models.markets import ewmac

#: Scalars under a random walk, from the closed form (research table, reproduced there by simulation), 3 decimals.
NULL_SCALARS = {
    (2, 8): 12.817,
    (4, 16): 9.270,
    (8, 32): 6.593,
    (16, 64): 4.669,
    (32, 128): 3.302,
    (64, 256): 2.335,
}


@pytest.mark.parametrize(("pair", "scalar"), NULL_SCALARS.items())
def test_closed_form_of_the_random_walk(pair: tuple[int, int], scalar: float) -> None:
    assert ewmac.random_walk_scalar(*pair) == pytest.approx(scalar, abs=5e-4)


@pytest.mark.parametrize("pair", [(2, 8), (8, 32), (16, 64)])
def test_a_simulated_random_walk_has_mean_absolute_forecast_ten(pair: tuple[int, int]) -> None:
    # Unit changes, known deviation: 4,000 independent walks; the mean of |10 N/0.798| has a standard error of 0.12.
    rng = np.random.default_rng(20)
    walks = np.cumsum(rng.standard_normal((4000, 12 * pair[1])), axis=1)
    fast, slow = (walks @ ewmac.weights(s, walks.shape[1]) / ewmac.weights(s, walks.shape[1]).sum() for s in pair)
    assert np.abs(ewmac.random_walk_scalar(*pair) * (fast - slow)).mean() == pytest.approx(10.0, abs=0.5)


def test_published_scalars_are_about_a_fifth_under_the_random_walk() -> None:
    # Carver's configuration / closed form: .83 .81 .80 .80 .80 .80 (two decimals).
    ratios = [s / ewmac.random_walk_scalar(*p) for p, s in ewmac.SCALARS.items()]
    assert [round(r, 2) for r in ratios] == [0.83, 0.81, 0.80, 0.80, 0.80, 0.80]


@pytest.mark.parametrize("span", [2, 35, 256])
@pytest.mark.parametrize("n", [2, 36, 700])
def test_weighted_mean_and_deviation_agree_with_pandas(span: int, n: int) -> None:
    values = np.random.default_rng(n).standard_normal(n) + 50.0
    other = pd.Series(values).ewm(span=span)
    assert ewmac.ewma(values, span) == pytest.approx(other.mean().iloc[-1], rel=1e-12)
    assert ewmac.ewm_sd(values, span) == pytest.approx(other.std().iloc[-1], rel=1e-9)


def test_strength_is_bounded_and_signed() -> None:
    up = 100.0 * np.exp(np.linspace(0.0, 3.0, 600) + 1e-4 * np.random.default_rng(1).standard_normal(600))
    rising, falling = ewmac.forecasts(up), ewmac.forecasts(up[::-1])
    assert rising is not None and falling is not None
    assert set(rising) == {"2_8", "4_16", "8_32", "16_64", "32_128", "64_256"}
    assert all(v == ewmac.CAP for k, v in rising.items() if k not in ("2_8",))
    assert 9.0 < ewmac.strength(rising) <= 10.0
    assert -10.0 <= ewmac.strength(falling) < -9.0


def test_a_constant_history_has_no_forecast() -> None:
    assert ewmac.forecasts(np.full(400, 4.17)) is None


def test_the_first_values_of_fifteen_years_do_not_matter() -> None:
    # A filter over the last 2,520 sessions against all 3,780: the truncation is under 1e-7 of the scale of 20.
    levels = 100.0 * np.exp(0.01 * np.cumsum(np.random.default_rng(2).standard_normal(3780)))
    whole, cut = ewmac.forecasts(levels), ewmac.forecasts(levels[-2520:])
    assert whole is not None and cut is not None
    assert [whole[k] for k in whole] == pytest.approx([cut[k] for k in cut], abs=2e-6)
