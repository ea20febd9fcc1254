"""The Gaussian hidden Markov model beside hmmlearn, the jump model beside jumpmodels, Hamilton's beside statsmodels.

All are given one invented sample with states that last; where the answers are log-likelihoods or objectives they are compared.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from barograph.models._kernels import hmm, jump
from barograph.models._kernels.hmm_fit import fit_from, seeded

DAYS, FEATURES, STATES, STARTS, STEPS = 6000, 6, 4, 10, 100
EM = f"hidden Markov model, {STATES} states x {FEATURES} features, T={DAYS}, {STARTS} starts x {STEPS} EM"
FILTER = f"filtered probabilities of {DAYS} days, {STATES} states"
DAY = "filtered probabilities of one new day"
REFITS, FIRST = 240, 1000
MONTHS = f"{REFITS} monthly refits, {STATES} states x {FEATURES} features, T {FIRST} to {DAYS}, warm start with two challengers"
JUMP = "jump model, 3,777 days x 9 features, 10 starts"


@pytest.fixture(scope="module")
def sample() -> np.ndarray:
    """(T, p): a chain of four states, each of its own mean and spread."""
    rng = np.random.default_rng(1)
    stay = np.full((STATES, STATES), 0.01 / (STATES - 1))
    np.fill_diagonal(stay, 0.99)
    state, out = 0, np.empty((DAYS, FEATURES))
    means, spreads = rng.normal(0.0, 0.5, (STATES, FEATURES)), rng.uniform(0.5, 2.0, STATES)
    for t in range(DAYS):
        state = int(rng.choice(STATES, p=stay[state]))
        out[t] = means[state] + spreads[state] * rng.normal(size=FEATURES)
    return out


def starts_of(z: np.ndarray, k: int, count: int) -> list[hmm.GaussianHmm]:
    rng = np.random.default_rng(0)
    return [seeded(z, k, rng, by_block=bool(i % 2)) for i in range(count)]


def theirs(start: hmm.GaussianHmm, steps: int) -> Any:
    from hmmlearn.hmm import GaussianHMM

    model = GaussianHMM(
        start.means.shape[0], "full", n_iter=steps, tol=-np.inf, init_params="", implementation="scaling",
        covars_prior=0.0, covars_weight=0.0,
    )  # fmt: skip
    model.startprob_, model.transmat_, model.means_ = start.startprob, start.transmat, start.means
    model.n_features = start.means.shape[1]
    model.covars_ = start.covars
    return model


def test_em_ours(sample: np.ndarray, measure: Callable[..., Any]) -> None:
    centre, scale = sample.mean(axis=0), sample.std(axis=0)
    starts = starts_of((sample - centre) / scale, STATES, STARTS)
    work = lambda: fit_from(sample, starts, centre, scale, iterations=STEPS, tolerance=-np.inf, prior=0.0)  # noqa: E731
    measure(EM, "ours", work, read=lambda made: round(float(np.nanmax(made.logliks)), 4), rounds=3)


def test_em_hmmlearn(sample: np.ndarray, measure: Callable[..., Any]) -> None:
    centre, scale = sample.mean(axis=0), sample.std(axis=0)
    z = (sample - centre) / scale
    starts = starts_of(z, STATES, STARTS)
    shift = DAYS * float(np.log(scale).sum())

    def work() -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return max(theirs(s, STEPS).fit(z).score(z) for s in starts) - shift

    measure(EM, "hmmlearn", work, read=lambda best: round(best, 4), rounds=1, warm=0)


def test_filter_ours(sample: np.ndarray, measure: Callable[..., Any]) -> None:
    model = hmm.prepare(starts_of(sample, STATES, 1)[0])
    measure(FILTER, "ours", lambda: hmm.filter(model, sample), read=lambda made: round(float(made[0][-1, 0]), 9))


def test_filter_hmmlearn(sample: np.ndarray, measure: Callable[..., Any]) -> None:
    model = theirs(starts_of(sample, STATES, 1)[0], 1)
    note = "hmmlearn has no filter: its forward and backward passes, of which the last day is filtered"
    measure(
        FILTER, "hmmlearn", lambda: model.predict_proba(sample), read=lambda p: round(float(p[-1, 0]), 9), note=note
    )


def test_day_ours(sample: np.ndarray, measure: Callable[..., Any]) -> None:
    model = hmm.prepare(starts_of(sample, STATES, 1)[0])
    before = hmm.filter(model, sample[:-1])[0][-1]
    last = np.ascontiguousarray(sample[-1])
    measure(DAY, "ours", lambda: hmm.filter_step(model, before, last), read=lambda made: round(float(made[0]), 9))


def test_refits_ours(sample: np.ndarray, measure: Callable[..., Any]) -> None:
    def work() -> float:
        from barograph.models._kernels.hmm_fit import fit

        last, total = None, 0.0
        for n in np.linspace(FIRST, DAYS, REFITS).astype(int):
            made = fit(
                sample[:n], STATES, start=last, fresh=2, seed=n, iterations=50, tolerance=1e-2, prior=0.0, short=5
            )
            last, total = made.model, made.loglik
        return total

    measure(MONTHS, "ours", work, read=lambda total: bool(np.isfinite(total)), rounds=1)


def test_refits_hmmlearn(sample: np.ndarray, measure: Callable[..., Any]) -> None:
    from hmmlearn.hmm import GaussianHMM

    def work() -> float:
        last: Any = None
        total = 0.0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for n in np.linspace(FIRST, DAYS, REFITS).astype(int):
                x = sample[:n]
                if last is None:
                    model = GaussianHMM(STATES, "full", n_iter=50, tol=1e-2, random_state=0)
                else:
                    model = GaussianHMM(STATES, "full", n_iter=50, tol=1e-2, init_params="")
                    model.startprob_, model.transmat_, model.means_ = last.startprob_, last.transmat_, last.means_
                    model.n_features = FEATURES
                    model.covars_ = last.covars_
                last = model.fit(x)
                total = last.score(x)
        return total

    note = (
        "warm start only: the last fit ends 134 units of log-likelihood below ours, so only that both end is compared"
    )
    measure(MONTHS, "hmmlearn", work, read=lambda total: bool(np.isfinite(total)), rounds=1, warm=0, note=note)


@pytest.fixture(scope="module")
def features() -> np.ndarray:
    rng = np.random.default_rng(2)
    centre = np.repeat(rng.integers(0, 2, 38), 100)[:3777, None] * rng.normal(0.0, 1.0, 9)
    x = centre + rng.normal(size=(3777, 9))
    return np.asarray((x - x.mean(axis=0)) / x.std(axis=0))


def test_jump_ours(features: np.ndarray, measure: Callable[..., Any]) -> None:
    measure(JUMP, "ours", lambda: jump.fit(features, 2, 50.0), read=lambda made: round(made.objective, 3))


def test_jump_jumpmodels(features: np.ndarray, measure: Callable[..., Any]) -> None:
    import pandas as pd
    from jumpmodels.jump import JumpModel

    frame = pd.DataFrame(features, index=pd.bdate_range("2000-01-03", periods=len(features)))
    work = lambda: JumpModel(n_components=2, jump_penalty=50.0, cont=False).fit(frame)  # noqa: E731
    measure(JUMP, "jumpmodels", work, read=lambda made: round(float(made.val_), 3), rounds=2)
