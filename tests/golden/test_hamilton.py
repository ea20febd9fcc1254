"""Hamilton's (1989) series of real GNP: published estimates, statsmodels' filter, every path of states of a short sample."""

from __future__ import annotations

import ast
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest

from barograph.models._kernels.hamilton import Switching, filtered, fit


def rgnp() -> np.ndarray:
    """135 quarters, 1951Q2 to 1984Q4, from statsmodels' tests."""
    base = Path(pytest.importorskip("statsmodels").__file__).parent
    text = (base / "tsa" / "regime_switching" / "tests" / "test_markov_autoregression.py").read_text("utf-8")
    # The module itself needs its project's own pytest marks: its list is read without running it.
    lists = [n.value for n in ast.parse(text).body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "rgnp"]
    return np.array(ast.literal_eval(lists[0]), dtype=float)


def test_the_published_estimates() -> None:
    """Log-likelihood -181.26339 to 1e-4; parameters to 1e-3: Hamilton (1989) as statsmodels' documentation has them."""
    y = rgnp()
    model, loglik, reached = fit(y, 4)
    assert y.size == 135 and loglik == pytest.approx(-181.26339, abs=1e-4) and reached >= 2
    assert model.to_zero == pytest.approx([0.75467, 0.095916], abs=1e-3)
    assert model.mean == pytest.approx([-0.358814, 1.163516], abs=1e-3)
    assert model.sigma2 == pytest.approx(0.59137, abs=1e-3)
    assert model.phi == pytest.approx([0.013491, -0.057518, -0.246981, -0.212918], abs=1e-3)
    assert model.durations == pytest.approx((4.08, 10.43), abs=0.02)


def test_the_filter_is_statsmodels() -> None:
    """At the same parameters filtered probabilities to 1e-8, log-likelihood to 1e-8."""
    pytest.importorskip("statsmodels")
    from statsmodels.tsa.regime_switching.markov_autoregression import MarkovAutoregression

    y = rgnp()
    model, loglik, _ = fit(y, 4)
    peer = MarkovAutoregression(y, k_regimes=2, order=4, switching_ar=False)
    made = peer.filter(np.concatenate([model.to_zero, model.mean, [model.sigma2], model.phi]))
    ours, same = filtered(y, model)
    assert same == loglik == pytest.approx(made.llf, abs=1e-8)
    np.testing.assert_allclose(ours, made.filtered_marginal_probabilities[:, 0], rtol=0, atol=1e-8)


def test_every_path_of_a_short_sample() -> None:
    """All 2^8 paths of eight values with two lags, weighed by their densities: likelihood and filter to 1e-12."""
    model = Switching(np.array([0.8, 0.15]), np.array([-1.0, 0.7]), np.array([0.4, -0.2]), 0.5)
    y = np.random.default_rng(3).normal(size=8)
    low = model.to_zero[1] / (1.0 - model.to_zero[0] + model.to_zero[1])
    step = np.column_stack([model.to_zero, 1.0 - model.to_zero])
    for last in range(3, 9):
        total = at_zero = 0.0
        for way in product((0, 1), repeat=last):
            chance = low if way[0] == 0 else 1.0 - low
            for a, b in pairwise(way):
                chance *= step[a, b]
            for t in range(2, last):
                error = y[t] - model.mean[way[t]]
                error -= sum(model.phi[k] * (y[t - k - 1] - model.mean[way[t - k - 1]]) for k in (0, 1))
                chance *= np.exp(-0.5 * error**2 / model.sigma2) / np.sqrt(2.0 * np.pi * model.sigma2)
            total += chance
            at_zero += chance if way[-1] == 0 else 0.0
        probabilities, loglik = filtered(y[:last], model)
        assert loglik == pytest.approx(np.log(total), abs=1e-12)
        assert probabilities[-1] == pytest.approx(at_zero / total, abs=1e-12)
        assert (filtered(y, model)[0][: last - 2] == probabilities).all()


def test_bad_input_is_an_error() -> None:
    for y in (np.zeros(100), np.full(100, np.nan), np.arange(10.0)):
        with pytest.raises(ValueError, match="too few"):
            fit(y, 4)
