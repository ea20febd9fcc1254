"""What holds for every draw and every record: uniform rotations, S = B B', signs, sums, no look-ahead, no unit of price.

Published beside which things are checked: SplitMix64's first outputs for the seeds 0 and 1234567 (its authors'
reference code), moments and marginal law of the Haar distribution (x^2 of a coordinate is Beta(1/2, (n - 1)/2)).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import permutations, product
from math import perm

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from barograph.core.estimate import Estimate
from barograph.core.time import sessions
from barograph.models._fitting import refit_at
from barograph.models._kernels.autoregression import scale_and_root
from barograph.models._kernels.rotations import bits, fill_normal, orthonormalise, rotation, rotations
from barograph.models._kernels.signs import accept, directions, ways
from barograph.models.regime.shocks import Shocks
from barograph.models.regime.shocks_identification import (
    SHOCKS,
    VARIABLES,
    Identified,
    identify,
    rank_table,
    sign_table,
)
from models_view import FakeView, Rows, catalog, close_of
from shocked_view import TRUE_IMPACT, sample_of, shocked_view, simulated

QUICK = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
N = len(VARIABLES)
SEEDS = st.integers(0, 2**31)


def covariance_of(seed: int) -> np.ndarray:
    """A covariance with the scales of the legs; every second one is that of the true effects, disturbed."""
    rng = np.random.default_rng(seed)
    mixed = rng.standard_normal((N, N)) + (1.5 * TRUE_IMPACT / np.abs(TRUE_IMPACT).max(axis=1)[:, None]) * (seed % 2)
    scale = np.array([6.0, 4.0, 8.0, 1.0, 0.4, 2.0, 1.8])
    half = mixed * (scale / np.sqrt((mixed**2).sum(axis=1)))[:, None]
    return half @ half.T


# ------------------------------------------------------------------------------------------------------- rotations


def test_the_stream_is_the_published_one() -> None:
    assert [int(bits(1234567, k)) for k in range(5)] == [
        6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821,
    ]  # fmt: skip
    zero = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F, 0xF88BB8A8724C81EC]
    assert [int(bits(0, k)) for k in range(4)] == zero


def test_the_numbers_are_normal_and_each_draw_has_its_own() -> None:
    out = np.empty((4000, 7, 7))
    for k in range(len(out)):
        fill_normal(2010, k, out[k])
    values = out.ravel()
    assert stats.kstest(values, "norm").pvalue > 0.001
    assert stats.kstest(values**2, "chi2", args=(1,)).pvalue > 0.001
    assert np.unique(values).size == values.size
    neighbours = np.corrcoef(values[:-1], values[1:])[0, 1]
    assert abs(neighbours) < 5.0 / np.sqrt(values.size)
    assert np.abs(np.corrcoef(out.reshape(-1, 49).T) - np.eye(49)).max() < 5.0 / np.sqrt(len(out))


@QUICK
@given(seed=SEEDS, draw=st.integers(0, 10**6), n=st.integers(1, 12))
def test_a_rotation_is_orthogonal_and_is_numpys(seed: int, draw: int, n: int) -> None:
    q = rotation(seed, draw, n)
    assert np.abs(q.T @ q - np.eye(n)).max() <= 1e-12
    x = np.empty((n, n))
    fill_normal(seed, draw, x)
    theirs, r = np.linalg.qr(x)
    np.testing.assert_allclose(q, theirs * np.sign(np.diag(r)), rtol=0, atol=1e-11 * np.linalg.cond(x))
    assert np.array_equal(rotations(seed, draw, 2, n)[0], q)


@pytest.mark.parametrize("n", [2, 7])
def test_rotations_are_uniform(n: int) -> None:
    count = 40_000
    q = rotations(2010, 0, count, n)
    first = q[:, :, 0]
    for got, mean, fourth in (
        (first, 0.0, 1.0 / n),
        (first**2, 1.0 / n, 3.0 / (n * (n + 2))),
        (first**4, 3.0 / (n * (n + 2)), 105.0 / (n * (n + 2) * (n + 4) * (n + 6))),
        (first[:, [0]] * first[:, [1]], 0.0, 1.0 / (n * (n + 2))),
    ):
        error = np.sqrt((fourth - mean**2) / count)
        assert np.abs(got.mean(axis=0) - mean).max() < 5.0 * error
    for coordinate in (first[:, 0], q[:, -1, -1], q[:, 0, -1]):
        assert stats.kstest(coordinate**2, "beta", args=(0.5, (n - 1) / 2)).pvalue > 0.001
    assert abs((np.linalg.det(q) > 0.0).mean() - 0.5) < 2.5 / np.sqrt(count)


# -------------------------------------------------------------------------------------------------- accepted draws


@QUICK
@given(seed=SEEDS)
def test_every_accepted_draw_reproduces_the_covariance_and_keeps_the_signs(seed: int) -> None:
    covariance = covariance_of(seed)
    scale, root = scale_and_root(covariance)
    table, ranks = sign_table(), rank_table()
    draws, tried, holding = accept(root, table, ranks, seed, 50, 3000)
    assert len(set(draws[:, 0].tolist())) == holding <= tried
    q = directions(draws, seed, N)
    for d, (number, *codes) in enumerate(draws.tolist()):
        impact = scale[:, None] * root @ rotation(seed, number, N)
        assert np.abs(impact @ impact.T - covariance).max() <= 1e-10 * np.abs(covariance).max()
        assert len({abs(c) for c in codes}) == len(codes)
        named = np.array([np.sign(c) * impact[:, abs(c) - 1] for c in codes])
        assert ((table * named > 0.0) | (table == 0.0)).all()
        for variable, larger, smaller in ranks.tolist():
            assert abs(named[larger, variable]) > abs(named[smaller, variable])
        np.testing.assert_allclose(q[d] @ (root * scale), named, rtol=0, atol=1e-12 * scale.max())


def plain_ways(impact: np.ndarray, table: np.ndarray, ranks: np.ndarray) -> set[tuple[int, ...]]:
    """Every choice of columns and signs, tried one after another."""
    m, n = table.shape
    found = set()
    for columns in permutations(range(n), m):
        for signs in product((1, -1), repeat=m):
            named = np.array([s * impact[:, c] for s, c in zip(signs, columns, strict=True)])
            if not ((table * named > 0.0) | (table == 0.0)).all():
                continue
            if all(abs(named[a, v]) > abs(named[b, v]) for v, a, b in ranks.tolist()):
                found.add(tuple(s * (c + 1) for s, c in zip(signs, columns, strict=True)))
    return found


@QUICK
@given(seed=SEEDS, ranked=st.booleans())
def test_the_search_finds_what_trying_everything_finds(seed: int, ranked: bool) -> None:
    rng = np.random.default_rng(seed)
    n, m = 5, 3
    table = rng.choice([-1.0, 0.0, 0.0, 1.0], size=(m, n))
    table[np.arange(m), np.arange(m)] = 1.0
    ranks = np.array([[4, 2, 0]]) if ranked else np.empty((0, 3), dtype=np.int64)
    out = np.empty((n**m, m), dtype=np.int64)
    for _ in range(20):
        impact = rng.standard_normal((n, n))
        count = ways(impact, table, ranks, out)
        assert {tuple(row) for row in out[:count].tolist()} == plain_ways(impact, table, ranks)


def test_the_search_draws_from_the_plain_samplers_distribution() -> None:
    # Column j must satisfy row j: accepted n!/(n - m)! 2^m times less often, with the same effects.
    root = scale_and_root(np.array([[1.0, 0.3, -0.2], [0.3, 1.0, 0.4], [-0.2, 0.4, 1.0]]))[1]
    table = np.array([[1.0, 1.0, 0.0], [1.0, -1.0, 1.0]])
    tried = 60_000
    impacts = root @ rotations(7, 0, tried, 3)
    fits = [(np.where(row == 0.0, 1.0, row[:, None].T * impacts[:, :, j]) > 0.0) for j, row in enumerate(table)]
    plain = impacts[fits[0].all(axis=1) & fits[1].all(axis=1)]
    draws, used, _ = accept(root, table, np.empty((0, 3), dtype=np.int64), 7, 10**6, 20_000)
    named = directions(draws, 7, 3) @ root
    share, ours = len(plain) / tried, len(draws) / used / (perm(3, 2) * 4)
    # The ways of a rotation are not independent: errors are those of whole rotations.
    per_rotation = np.bincount(draws[:, 0], minlength=used)
    assert abs(share - ours) < 5.0 * (np.sqrt(share / tried) + per_rotation.std() / np.sqrt(used) / (perm(3, 2) * 4))
    for j, i in product(range(2), range(3)):
        mean, theirs = named[:, j, i].mean(), plain[:, i, j]
        together = np.bincount(draws[:, 0], weights=named[:, j, i] - mean, minlength=used)
        error = np.hypot(theirs.std() / np.sqrt(len(theirs)), together.std() * np.sqrt(used) / len(draws))
        assert abs(mean - theirs.mean()) < 5.0 * error
        assert error < 0.02


@QUICK
@given(seed=SEEDS, order=st.permutations(range(N)))
def test_the_order_of_the_variables_does_not_matter(seed: int, order: list[int]) -> None:
    covariance = covariance_of(2 * (seed // 2) + 1)
    moved = covariance[np.ix_(order, order)]
    (scale, root), (scale_, root_) = scale_and_root(covariance), scale_and_root(moved)
    x = np.empty((N, N))
    out, out_ = (np.empty((N**4, 4), dtype=np.int64) for _ in range(2))
    ranks = rank_table()
    ranks_ = ranks.copy()
    ranks_[:, 0] = [order.index(v) for v in ranks[:, 0]]
    for draw in range(40):
        fill_normal(seed, draw, x)
        y = x[order].copy()
        orthonormalise(x)
        orthonormalise(y)
        impact, impact_ = scale[:, None] * root @ x, scale_[:, None] * root_ @ y
        np.testing.assert_allclose(impact_, impact[order], rtol=0, atol=1e-9)
        count = ways(impact, sign_table(), ranks, out)
        assert ways(impact_, sign_table()[:, order].copy(), ranks_, out_) == count
        assert np.array_equal(out[:count], out_[:count])


# ------------------------------------------------------------------------------------------- recovery of known shocks


def test_known_shocks_are_found_again() -> None:
    inside, seeds = 0, range(6)
    for seed in seeds:
        moves, shocks = simulated(751, seed)
        system = Identified.of(identify(sample_of(moves), 2010, 20_000, 200_000, 1200), 2010)
        foreseen, read = system.split(moves[:-1], moves[1:])
        truth = TRUE_IMPACT[:, : len(SHOCKS)].T
        low, high = system.impacts.min(axis=0), system.impacts.max(axis=0)
        # A covariance of 750 days is off by a few per cent: so may be the edge of the set.
        slack = 3.0 * system.scale / np.sqrt(2 * 750)
        inside += int(((truth >= low - slack) & (truth <= high + slack)).sum())

        def with_truth(series: np.ndarray, shocks: np.ndarray = shocks) -> np.ndarray:
            return np.array([np.corrcoef(s, shocks[1:, k])[0, 1] for k, s in enumerate(series)])

        # A rotation without signs: its columns' |correlation| with the four shocks, the mean of 500.
        white = np.linalg.solve(system.root, ((moves[1:] - foreseen) / system.scale).T)
        blind = np.mean([np.abs(with_truth((q.T @ white)[:4])) for q in rotations(99, 0, 500, N)])
        target, mean = with_truth(read[0]), with_truth(read[1:].mean(axis=0))
        assert target.min() > 0.0, "a shock came back with the wrong sign"
        assert target.mean() > blind + 0.1
        # The mean of the draws is nearer to the truth than one of them.
        assert mean.min() > 0.65 and mean.mean() > target.mean() > blind
        print(f"target {target.round(2)} mean of draws {mean.round(2)} no signs {blind:.2f}")
    assert inside >= 0.99 * truth.size * len(seeds)


@QUICK
@given(seed=st.integers(0, 1000))
def test_named_and_unnamed_columns_add_up(seed: int) -> None:
    moves, _ = simulated(300, seed)
    params = identify(sample_of(moves), seed, 40, 5000, 40)
    system = Identified.of(params, seed)
    foreseen, shocks = system.split(moves[:-1], moves[1:])
    half = system.scale[:, None] * system.root
    for d, (number, *codes) in enumerate([params["target"], *params["draws"]][:10]):
        impact = half @ rotation(seed, number, N)
        free = [c for c in range(N) if c + 1 not in {abs(code) for code in codes}]
        others = impact[:, free] @ np.linalg.solve(impact, (moves[1:] - foreseen).T)[free]
        known = np.einsum("sv,st->tv", system.impacts[d], shocks[d])
        np.testing.assert_allclose(foreseen + known + others.T, moves[1:], rtol=0, atol=1e-9)


# ---------------------------------------------------------------------------------------- the model, whatever the record

DAYS = st.sampled_from(sessions("NYSE", date(2025, 8, 4), date(2025, 11, 4)))
FEW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def estimate(view: FakeView) -> Estimate:
    model = Shocks()
    return model.step(model.fit(view.at(refit_at(view.known_at))), view)[1]  # type: ignore[arg-type]


def truncated(view: FakeView, at: datetime) -> FakeView:
    limit = np.datetime64(at.replace(tzinfo=None), "us")

    def cut(_: str, rows: Rows) -> Rows:
        keep = rows.known_at <= limit
        return Rows(rows.periods[keep], rows.values[keep], rows.known_at[keep], rows.basis)

    return view.mapped(cut)


def poisoned(view: FakeView, at: datetime) -> FakeView:
    late = np.datetime64((at + timedelta(minutes=1)).replace(tzinfo=None), "us")

    def add(_: str, rows: Rows) -> Rows:
        return Rows(
            np.append(rows.periods, rows.periods),
            np.append(rows.values, rows.values * 1e6 - 1e9),
            np.append(rows.known_at, np.full(rows.periods.size, late)),
            rows.basis,
        )

    return view.mapped(add)


@FEW
@given(seed=st.integers(0, 5), day=DAYS)
def test_the_future_changes_nothing(seed: int, day: date) -> None:
    view, at = shocked_view(seed), close_of(day)
    here = estimate(view.at(at))
    assert here.get("shock.us.growth.20d").value is not None  # type: ignore[union-attr]
    assert estimate(poisoned(view, at).at(at)) == here
    assert estimate(truncated(view, at).at(at)) == here
    assert estimate(view.at(at)) == here


@FEW
@given(seed=st.integers(0, 5), factor=st.floats(1e-3, 1e3))
def test_the_scale_of_a_price_changes_nothing(seed: int, factor: float) -> None:
    view = shocked_view(seed)

    def times(series_id: str, rows: Rows) -> Rows:
        scaled = catalog()[series_id].kind == "level"
        return Rows(rows.periods, rows.values * factor, rows.known_at, rows.basis) if scaled else rows

    for one, two in zip(estimate(view).quantities, estimate(view.mapped(times)).quantities, strict=True):
        assert one.id == two.id and one.state == two.state
        for a, b in ((one.value, two.value), (one.low, two.low), (one.high, two.high)):
            assert a == pytest.approx(b, abs=1e-8), one.id
