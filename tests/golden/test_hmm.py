"""The Gaussian hidden Markov model against hmmlearn (1e-8), against every path of states of a tiny sample (1e-10)."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from barograph.models._kernels.alignment import adjusted_rand, align
from barograph.models._kernels.hmm import GaussianHmm, filter, filter_step, prepare
from barograph.models._kernels.hmm_estimate import Batch, expectation, maximisation, monomials
from barograph.models._kernels.hmm_fit import fit, fit_from, seeded


def invented(seed: int, k: int = 3, p: int = 2) -> GaussianHmm:
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(k, p, p))
    covars = 0.3 * root @ root.transpose(0, 2, 1) + 0.5 * np.eye(p)
    return GaussianHmm(rng.dirichlet(np.ones(k)), rng.dirichlet(np.ones(k), k), rng.normal(size=(k, p)), covars)


def drawn(model: GaussianHmm, length: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    k, p = model.means.shape
    out = np.empty((length, p))
    state = rng.choice(k, p=model.startprob)
    for t in range(length):
        if t:
            state = rng.choice(k, p=model.transmat[state])
        out[t] = rng.multivariate_normal(model.means[state], model.covars[state])
    return out


def one_batch(model: GaussianHmm, copies: int = 1) -> Batch:
    parts = (model.startprob, model.transmat, model.means, model.covars)
    return Batch(*(np.repeat(a[None], copies, axis=0) for a in parts))


def smoothed(model: GaussianHmm, x: np.ndarray) -> tuple[float, np.ndarray]:
    loglik, _, gamma, _ = expectation(monomials(x), one_batch(model, 2), 0.0)
    assert loglik[0] == loglik[1] and (gamma[:, 0] == gamma[:, 1]).all()
    return float(loglik[0]), gamma[:, 0]


def theirs(model: GaussianHmm):  # type: ignore[no-untyped-def]
    hmmlearn = pytest.importorskip("hmmlearn.hmm")
    k, p = model.means.shape
    made = hmmlearn.GaussianHMM(
        k, "full", init_params="", covars_prior=0.0, covars_weight=0.0, n_iter=1, tol=-np.inf, implementation="log"
    )
    made.startprob_, made.transmat_, made.means_, made.covars_ = (
        model.startprob.copy(),
        model.transmat.copy(),
        model.means.copy(),
        model.covars.copy(),
    )
    made.n_features = p
    return made


@pytest.mark.parametrize(("seed", "k", "p"), [(1, 2, 1), (2, 3, 2), (3, 4, 6)])
def test_hmmlearn_at_the_same_parameters(seed: int, k: int, p: int) -> None:
    """hmmlearn 0.3.3, GaussianHMM with full covariances and its priors off: to 1e-8."""
    model = invented(seed, k, p)
    x = drawn(model, 400, seed)
    peer = theirs(model)
    loglik, gamma = smoothed(model, x)
    other, posterior = peer.score_samples(x)
    np.testing.assert_allclose(loglik, other, rtol=0, atol=1e-8)
    np.testing.assert_allclose(gamma, posterior, rtol=0, atol=1e-8)
    filtered, same = filter(model, x)
    np.testing.assert_allclose(same, other, rtol=0, atol=1e-8)
    # The last day's smoothed probability is a filtered one.
    for t in (1, 7, 100, 400):
        np.testing.assert_allclose(filtered[t - 1], peer.predict_proba(x[:t])[-1], rtol=0, atol=1e-8)
    peer.fit(x)
    _, _, gammas, pairs = expectation(monomials(x), one_batch(model), 0.0)
    step, good = maximisation(monomials(x), one_batch(model), gammas, pairs, 0.0)
    assert good.all()
    np.testing.assert_allclose(step.startprob[0], peer.startprob_, rtol=0, atol=1e-8)
    np.testing.assert_allclose(step.transmat[0], peer.transmat_, rtol=0, atol=1e-8)
    np.testing.assert_allclose(step.means[0], peer.means_, rtol=0, atol=1e-8)
    np.testing.assert_allclose(step.covars[0], peer.covars_, rtol=0, atol=1e-8)


@pytest.mark.parametrize("seed", range(4))
def test_every_path_of_a_tiny_sample(seed: int) -> None:
    model = invented(seed, 3, 2)
    x = drawn(model, 6, seed)
    density = np.array(
        [[multivariate_normal(m, c).pdf(d) for m, c in zip(model.means, model.covars, strict=True)] for d in x]
    )

    def by_paths(length: int) -> tuple[float, np.ndarray]:
        weights = np.zeros((length, 3))
        for way in product(range(3), repeat=length):
            chance = model.startprob[way[0]] * density[0, way[0]]
            for t in range(1, length):
                chance *= model.transmat[way[t - 1], way[t]] * density[t, way[t]]
            for t in range(length):
                weights[t, way[t]] += chance
        return float(np.log(weights[0].sum())), weights / weights[0].sum()

    filtered, loglik = filter(model, x)
    other, gamma = smoothed(model, x)
    for t in range(1, 7):
        whole, weights = by_paths(t)
        np.testing.assert_allclose(filtered[t - 1], weights[-1], rtol=0, atol=1e-10)
    np.testing.assert_allclose([loglik, other], whole, rtol=0, atol=1e-10)
    np.testing.assert_allclose(gamma, weights, rtol=0, atol=1e-10)


def test_a_chain_of_days_is_the_filter_and_no_day_sees_the_next() -> None:
    model = invented(5, 4, 6)
    x = drawn(model, 500, 5)
    whole, _ = filter(model, x)
    ready, previous = prepare(model), None
    for t in range(500):
        previous = filter_step(ready, previous, x[t])
        np.testing.assert_allclose(previous, whole[t], rtol=0, atol=1e-12)
    for t in (1, 13, 250, 499):
        assert (filter(model, x[:t])[0] == whole[:t]).all()


def test_a_value_out_of_reach_of_every_state() -> None:
    """Densities that are zero to the last bit: probabilities stay probabilities."""
    model = invented(6, 2, 1)
    x = np.array([[0.1], [1e6], [0.2], [-1e155], [0.3]])
    filtered, _ = filter(model, x)
    assert np.isfinite(filtered).all() and np.allclose(filtered.sum(axis=1), 1.0)


def test_names_of_states_do_not_matter() -> None:
    model = invented(7, 3, 2)
    x = drawn(model, 300, 7)
    first, loglik = filter(model, x)
    for order in permutations(range(3)):
        other, same = filter(model.ordered(order), x)
        np.testing.assert_allclose(other, first[:, list(order)], rtol=0, atol=1e-12)
        assert same == pytest.approx(loglik, abs=1e-8)


def test_the_fit_finds_the_truth_again_and_the_same_twice() -> None:
    truth = GaussianHmm(
        np.array([0.5, 0.5]),
        np.array([[0.98, 0.02], [0.05, 0.95]]),
        np.array([[0.05], [-0.1]]),
        np.array([[[0.5]], [[4.0]]]),
    )
    x = drawn(truth, 4000, 8)
    made, again = fit(x, 2, seed=3), fit(x, 2, seed=3)
    assert made.loglik == again.loglik and (made.model.means == again.model.means).all()
    found = made.model.ordered(align(truth.means, made.model.means, x.std(axis=0)).argsort())
    np.testing.assert_allclose(found.transmat, truth.transmat, atol=0.02)
    np.testing.assert_allclose(found.covars[:, 0, 0], [0.5, 4.0], rtol=0.1)
    assert made.loglik == pytest.approx(filter(made.model, x)[1], abs=1e-6)
    assert made.loglik > filter(truth, x)[1] - 1.0
    assert made.best == int(np.argmax(made.logliks)) and made.converged[made.best]
    # In other units the same states, and the log-likelihood moves by the units alone.
    scaled = fit(1e-4 * x + 7.0, 2, seed=3)
    assert scaled.loglik == pytest.approx(made.loglik - 4000 * np.log(1e-4), abs=1e-3)
    warm = fit(x, 2, start=made.model, fresh=2, seed=9)
    assert warm.best == 0 and warm.loglik >= made.loglik - 1e-6 and warm.steps[0] <= 2


def test_challengers_that_do_not_lead_are_dropped() -> None:
    """The leader after five steps goes on to where it would have gone; the others stop there."""
    x = drawn(invented(9, 3, 2), 800, 9)
    whole, short = fit(x, 3, seed=4, fresh=4), fit(x, 3, seed=4, fresh=4, short=5)
    assert short.logliks[short.best] == pytest.approx(whole.logliks[short.best], abs=1e-9)
    assert short.steps[short.best] == whole.steps[short.best]
    assert short.converged[short.best] == whole.converged[short.best]
    others = [s for s in range(4) if s != short.best]
    assert all(short.steps[s] <= 5 for s in others)
    np.testing.assert_allclose(short.path[:6, others], whole.path[:6, others])


def test_the_prior_keeps_variances_away_from_zero() -> None:
    rng = np.random.default_rng(0)
    x = np.concatenate([np.zeros((30, 1)), rng.normal(size=(200, 1)) + 5.0])
    made = fit(x, 2, prior=1e-2)
    least = 1e-2 * x.var() / x.shape[0]
    assert (made.model.covars[:, 0, 0] >= least).all() and np.isfinite(made.loglik)


@pytest.mark.parametrize(
    "x",
    [np.zeros((50, 2)), np.full((50, 2), np.nan), np.ones((3, 2)), np.random.default_rng(0).normal(size=(5, 2))],
    ids=["constant", "nan", "short", "few"],
)
def test_bad_input_is_an_error(x: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"too few|constant"):
        fit(x, 2)


def test_no_start_and_no_covariance_are_errors() -> None:
    x = np.random.default_rng(0).normal(size=(50, 1))
    with pytest.raises(ValueError, match="no start"):
        fit(x, 2, fresh=0)
    flat = GaussianHmm(np.array([1.0]), np.array([[1.0]]), np.zeros((1, 1)), np.zeros((1, 1, 1)))
    with pytest.raises(ValueError, match="positive definite"):
        prepare(flat)
    with pytest.raises(ValueError, match="estimate"):
        fit_from(x, [flat], np.zeros(1), np.ones(1), iterations=5, tolerance=0.0, prior=0.0)


def test_states_keep_their_names_over_a_refit() -> None:
    old = np.array([[0.1, 1.0], [-0.2, 3.0], [0.0, 9.0]])
    scale = np.array([0.1, 2.0])
    for order in permutations(range(3)):
        labels = align(old, old[list(order)] + 0.01, scale)
        assert labels.tolist() == list(order)
    # Both matchings are equally far: the order by mean return decides.
    square = np.array([[-1.0, 0.0], [1.0, 0.0]])
    assert align(square, np.array([[0.5, 5.0], [-0.5, 5.0]]), np.ones(2)).tolist() == [1, 0]
    tied = align(np.array([[0.0, 1.0], [1.0, 1.0]]), np.array([[2.0, 1.0], [3.0, 1.0]]), np.ones(2))
    assert tied.tolist() == [0, 1]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=2, max_size=40))
def test_adjusted_rand_is_scikit_learns(pairs: list[tuple[int, int]]) -> None:
    """scikit-learn's adjusted_rand_score, to 1e-12."""
    metrics = pytest.importorskip("sklearn.metrics")
    a, b = (np.array(x) for x in zip(*pairs, strict=True))
    assert adjusted_rand(a, b) == pytest.approx(metrics.adjusted_rand_score(a, b), abs=1e-12)


def test_adjusted_rand_wants_labels_of_the_same_days() -> None:
    for a, b in ((np.zeros(2), np.zeros(3)), (np.zeros(0), np.zeros(0))):
        with pytest.raises(ValueError, match="compared"):
            adjusted_rand(a, b)


def test_a_start_by_blocks_sees_spread() -> None:
    rng = np.random.default_rng(2)
    z = rng.normal(size=(840, 1)) * np.where(np.arange(840) // 210 % 2, 3.0, 0.5)[:, None]
    start = seeded(z / z.std(), 2, rng, by_block=True)
    assert max(start.covars[:, 0, 0]) > 4.0 * min(start.covars[:, 0, 0])
