"""Laws of the factor model over random holes, models and changes of data."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from barograph.models._kernels.dfm import news, smooth
from factor_model import random_model, random_panel, simulated

SEEDS = st.integers(0, 10_000)


@given(SEEDS, st.floats(0.0, 0.7), st.sampled_from([1, 2]))
@settings(max_examples=40, deadline=None)
def test_the_smoothed_mean_is_linear_in_the_data(seed: int, missing: float, lags: int) -> None:
    """So contributions of single series add up to the whole."""
    shape, params = random_model(seed, lags=lags)
    panel = random_panel(seed + 1, shape, 30, missing)
    whole = smooth(panel, shape, params).factors
    parts = np.zeros_like(whole)
    for i in range(shape.n):
        alone = np.where(np.isfinite(panel), 0.0, np.nan)
        alone[:, i] = panel[:, i]
        parts += smooth(alone, shape, params).factors
    assert np.allclose(parts, whole, atol=1e-9)


@given(SEEDS, st.floats(0.0, 0.6), st.floats(0.0, 0.5))
@settings(max_examples=60, deadline=None)
def test_news_add_up_whatever_comes_goes_or_changes(seed: int, missing: float, changed: float) -> None:
    shape, params = random_model(seed)
    rng = np.random.default_rng(seed + 2)
    before = random_panel(seed + 3, shape, 24, missing)
    after = before + np.where(rng.random(before.shape) < changed, rng.normal(size=before.shape), 0.0)
    after[rng.random(after.shape) < 0.05] = np.nan
    fresh = rng.random(after.shape) < 0.1
    fresh[:, shape.n_monthly :] &= (np.arange(24) % 3 == 2)[:, None]
    after = np.where(np.isnan(after) & fresh, rng.normal(size=after.shape), after)
    target = (23, shape.n_monthly)
    before[target], after[target] = np.nan, np.nan
    made = news(before, after, shape, params, target, params_before=random_model(seed + 9)[1])
    total = sum(r.impact for r in made.rows) + made.revisions + made.refit
    assert abs(total - (made.after - made.before)) < 1e-9


@given(SEEDS)
@settings(max_examples=5, deadline=None)
def test_intervals_hold_what_they_say(seed: int) -> None:
    """Simulated from the model, 90 % intervals of cells one month ahead hold 85 to 95 % (all cells of 8 simulations)."""
    hits = total = 0
    for k in range(8):
        shape, params = random_model(seed, n_monthly=12, n_quarterly=1)
        panel, _ = simulated(shape, params, 80, seed * 8 + k)
        for t in range(60, 80):
            cut = panel[: t + 1].copy()
            cut[t] = np.nan
            made = smooth(cut, shape, params)
            for i in range(12):
                mean, variance = made.cell(t, i)
                hits += abs(panel[t, i] - mean) < 1.6448536 * np.sqrt(variance)
                total += 1
    assert 0.85 < hits / total < 0.95
