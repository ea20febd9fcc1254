"""The sparse and the continuous jump model: the published Nasdaq example, the package jumpmodels 0.1.1, brute force."""

from __future__ import annotations

import csv
from itertools import product

import numpy as np
import pytest

import recorded
from barograph.models._kernels.ew_features import NAMES, features
from barograph.models._kernels.jump import losses
from barograph.models._kernels.jump_continuous import fit_between, online_between, shares_of
from barograph.models._kernels.jump_sparse import fit_sparse, thresholded

#: As printed by the example with at most three features, penalty 50: roots of the weights; the others are nought.
ROOTS = {
    "log_downside_5": 0.251484,
    "log_downside_20": 0.604436,
    "sortino_20": 0.025404,
    "return_60": 0.753773,
    "sortino_60": 0.857114,
}


def nasdaq() -> np.ndarray:
    """Standardised features of 2007 to 2021, shape (3777, 9)."""
    home = recorded.folder()
    assert home is not None
    place = next(p for b in (home, home.parent) for p in [b / "reference" / "jump_models_NDX.csv"] if p.exists())
    with place.open() as file:
        rows = list(csv.DictReader(file))
    days = np.array([r["date"] for r in rows[1:]])
    close = np.array([float(r["close"]) for r in rows])
    x = features(close[1:] / close[:-1] - 1.0)
    own = x[(days >= "2007-01-03") & (days <= "2021-12-31") & np.isfinite(x).all(axis=1)]
    low, high = own.mean(0) - 3 * own.std(0), own.mean(0) + 3 * own.std(0)
    clipped = np.clip(own, low, high)
    return np.asarray((clipped - clipped.mean(0)) / clipped.std(0))


@pytest.mark.skipif(recorded.folder() is None, reason=recorded.ABSENT)
def test_the_published_weights() -> None:
    """Roots of the weights to 2e-5; the example's penalty of 50 is divided by the root of nine features, as the package does."""
    made = fit_sparse(nasdaq(), 2, 50.0 / 3.0, 3.0)
    found = dict(zip(NAMES, np.sqrt(made.weights).tolist(), strict=True))
    for name, root in found.items():
        assert root == pytest.approx(ROOTS.get(name, 0.0), abs=2e-5), name
    assert (made.weights**2).sum() == pytest.approx(1.0) and made.weights.sum() == pytest.approx(np.sqrt(3.0))


@pytest.mark.skipif(recorded.folder() is None, reason=recorded.ABSENT)
def test_the_continuous_model_is_the_packages() -> None:
    """Objective to 1e-7 of itself at the same grid, or below it, shares of the bear state to a step of it on nearly every day."""
    pd, jumpmodels = pytest.importorskip("pandas"), pytest.importorskip("jumpmodels.jump")
    x = nasdaq()
    made = fit_between(x, 50.0, steps=20)
    frame = pd.DataFrame(x, index=pd.bdate_range("2007-01-03", periods=len(x)))
    peer = jumpmodels.JumpModel(n_components=2, jump_penalty=50.0, cont=True, grid_size=0.05, mode_loss=False).fit(
        frame
    )
    assert made.objective <= float(peer.val_) * (1.0 + 1e-7)
    proba = np.asarray(peer.proba_)
    bear = proba[:, int(np.argmin(peer.centers_[:, 6]))]
    ours = made.shares if made.centroids[1, 6] < made.centroids[0, 6] else 1.0 - made.shares
    assert np.abs(ours - bear).mean() < 0.01
    online = np.asarray(peer.predict_proba_online(frame))[:, int(np.argmin(peer.centers_[:, 6]))]
    read = online_between(losses(x, np.asarray(peer.centers_)), 50.0, 20)
    read = read if int(np.argmin(peer.centers_[:, 6])) == 1 else 1.0 - read
    assert np.abs(read - online).max() <= 0.05 + 1e-9 and np.abs(read - online).mean() < 1e-3


def test_the_way_through_the_grid_by_brute_force() -> None:
    rng = np.random.default_rng(2)
    cost = losses(rng.normal(size=(6, 2)), rng.normal(size=(2, 2)))
    shares, least = shares_of(cost, 0.7, 4)
    grid = np.arange(5) / 4.0

    def price(way: np.ndarray) -> float:
        mixed = (1.0 - way) * cost[:, 0] + way * cost[:, 1]
        return float(mixed.sum() + 0.7 * (np.diff(way) ** 2).sum())

    ways = [np.array([grid[i] for i in w]) for w in product(range(5), repeat=6)]
    assert least == pytest.approx(min(map(price, ways))) == pytest.approx(price(shares))


def test_turns_never_cost_more_and_a_high_price_stands_still() -> None:
    rng = np.random.default_rng(3)
    x = np.repeat(rng.integers(0, 2, 20), 20)[:, None] * 2.0 + rng.normal(size=(400, 3))
    x = (x - x.mean(0)) / x.std(0)
    made = fit_between(x, 5.0)
    assert made.objective <= shares_of(losses(x, made.centroids), 5.0, 20)[1] + 1e-9
    assert np.ptp(fit_between(x, 1e7).shares) == 0.0


def test_weights_by_threshold() -> None:
    """Already short enough: only scaled. One feature: all on the largest. In between: length one and sum kappa."""
    values = np.array([3.0, 1.0, 0.5, 0.0])
    assert thresholded(values, 4.0) == pytest.approx(values / np.linalg.norm(values))
    assert thresholded(values, 1.0) == pytest.approx([1.0, 0.0, 0.0, 0.0], abs=1e-6)
    middle = thresholded(values, 1.2)
    assert np.linalg.norm(middle) == pytest.approx(1.0) and middle.sum() == pytest.approx(1.2)
    with pytest.raises(ValueError, match="features"):
        fit_sparse(np.zeros((10, 2)), 2, 1.0, 3.0)


def test_one_state_for_all_days_is_an_answer_too() -> None:
    """A penalty that no jump is worth: equal weights, one state, no error."""
    x = np.random.default_rng(6).normal(size=(60, 3))
    made = fit_sparse(x, 2, 1e9, 2.0, starts=5)
    assert np.ptp(made.states) == 0 and made.weights == pytest.approx(np.full(3, 1.0 / np.sqrt(3.0)))


def test_several_starts_are_no_worse_than_one() -> None:
    for seed in range(12):
        x = np.random.default_rng(seed).normal(size=(60, 2))
        assert fit_between(x, 0.5, starts=8).objective <= fit_between(x, 0.5, starts=1).objective + 1e-12
