"""Empirical quantiles, score intervals and percentiles against other programs."""

from __future__ import annotations

import numpy as np
import pytest

from barograph.core.transforms import percentile_rank
from barograph.models.intervals import wilson
from barograph.models.quantiles import quantile, rolling_quantile


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_quantile_is_numpys_default(share: float) -> None:
    values = np.random.default_rng(1).standard_normal(252)
    assert quantile(values, share) == pytest.approx(float(np.quantile(values, share)), abs=1e-12)


def test_rolling_quantile_is_one_quantile_per_window() -> None:
    values = np.random.default_rng(2).standard_normal(300)
    rolling = rolling_quantile(values, 60, 0.1)
    assert rolling.size == 241
    assert rolling == pytest.approx([np.quantile(values[i : i + 60], 0.1) for i in range(241)], abs=1e-12)


@pytest.mark.parametrize(("share", "width"), [(1.1, 5), (0.5, 0), (0.5, 11)])
def test_windows_that_cannot_be_raise(share: float, width: int) -> None:
    with pytest.raises(ValueError, match="windows"):
        rolling_quantile(np.arange(10.0), width, share)


@pytest.mark.parametrize(("hits", "n"), [(0, 10), (40, 50), (196, 250), (10, 10)])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_wilson_agrees_with_statsmodels(hits: int, n: int, level: float) -> None:
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    other = proportion.proportion_confint(hits, n, alpha=1.0 - level, method="wilson")
    assert wilson(hits, n, level) == pytest.approx(other, abs=1e-12)


def test_wilson_refuses_nonsense() -> None:
    with pytest.raises(ValueError, match="hits"):
        wilson(11, 10)


def test_percentile_is_scipys_mean_rank() -> None:
    stats = pytest.importorskip("scipy.stats")
    values = np.random.default_rng(3).integers(60, 120, 1250).astype(float)
    for value in (60.0, 81.0, 119.0):
        expected = stats.percentileofscore(values, value, kind="mean")
        assert percentile_rank(values, value) == pytest.approx(expected, abs=1e-10)
