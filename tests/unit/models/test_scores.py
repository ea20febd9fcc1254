"""Scores against scipy, scikit-learn and statsmodels where they have them, and against hand arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from barograph.models._scores import (
    auroc,
    bootstrap_auroc,
    brier,
    calibration,
    clopper_pearson,
    diebold_mariano,
)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=60))
def test_auroc_is_that_of_scikit_learn(rows: list[tuple[int, bool]]) -> None:
    """roc_auc_score, 1e-12, ties and all."""
    score, label = np.array([float(s) for s, _ in rows]), np.array([y for _, y in rows])
    if label.all() or not label.any():
        with pytest.raises(ValueError, match="no ranking"):
            auroc(score, label)
        return
    assert auroc(score, label) == pytest.approx(roc_auc_score(label, score), abs=1e-12)


def test_bootstrap_is_repeatable_and_holds_the_estimate() -> None:
    rng = np.random.default_rng(0)
    label = np.arange(240) % 60 < 12
    score = label + rng.normal(size=240)
    low, high = bootstrap_auroc(score, label, draws=300)
    assert (low, high) == bootstrap_auroc(score, label, draws=300)
    assert low < auroc(score, label) < high
    narrow = bootstrap_auroc(score, label, block=1, draws=300)
    assert high - low > 0.5 * (narrow[1] - narrow[0])


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=2, max_size=80))
def test_corp_parts_add_up(rows: list[tuple[float, bool]]) -> None:
    """Brier = miscalibration - discrimination + uncertainty; both parts are never negative; steps rise."""
    p, y = np.array([a for a, _ in rows]), np.array([b for _, b in rows])
    made = calibration(p, y)
    assert made.miscalibration - made.discrimination + made.uncertainty == pytest.approx(brier(p, y), abs=1e-12)
    assert made.miscalibration > -1e-12 and made.discrimination > -1e-12
    shares = [s for _, s, _ in made.steps]
    assert shares == sorted(shares) and sum(n for *_, n in made.steps) == len(rows)


def test_isotonic_fit_is_that_of_scikit_learn() -> None:
    from sklearn.isotonic import IsotonicRegression

    rng = np.random.default_rng(1)
    p = rng.random(200).round(2)
    y = rng.random(200) < p**2
    made = calibration(p, y)
    fitted = IsotonicRegression().fit(p, y).predict(p)
    assert made.miscalibration == pytest.approx(np.mean((p - y) ** 2) - np.mean((fitted - y) ** 2), abs=1e-12)


def test_clopper_pearson_is_that_of_statsmodels() -> None:
    """proportion_confint(method="beta"), 1e-10."""
    from statsmodels.stats.proportion import proportion_confint

    for hits, n in ((0, 7), (3, 20), (66, 97), (20, 20)):
        assert clopper_pearson(hits, n) == pytest.approx(proportion_confint(hits, n, 0.10, "beta"), abs=1e-10)
    with pytest.raises(ValueError, match="5 of 4"):
        clopper_pearson(5, 4)


def test_diebold_mariano_by_hand() -> None:
    """One step ahead it is the t test of the mean loss difference with n - 1 degrees, by scipy."""
    from scipy.stats import ttest_1samp

    rng = np.random.default_rng(2)
    a, b = rng.normal(size=50), 1.3 * rng.normal(size=50)
    statistic, p = diebold_mariano(a, b)
    reference = ttest_1samp(a**2 - b**2, 0.0)
    assert statistic == pytest.approx(reference.statistic, rel=1e-12)
    assert p == pytest.approx(reference.pvalue, rel=1e-12)
    assert diebold_mariano(b, a)[0] == pytest.approx(-statistic)
    assert np.isnan(diebold_mariano(a, a)[1])
