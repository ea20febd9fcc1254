"""Rotations that hold four shocks: our draws per second beside numpy's batched QR and a search in plain Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from barograph.models._kernels.autoregression import scale_and_root
from barograph.models._kernels.rotations import fill_normal, rotations
from barograph.models._kernels.signs import accept, directions
from barograph.models.regime.shocks_identification import identify, nearest_to_median, rank_table, sign_table
from shocked_view import sample_of, simulated

SEED, N = 2010, 7
ROTATIONS = f"20,000 uniform rotations, {N} x {N}"
ACCEPTED = f"1,000 accepted draws of four shocks among {N} variables, and the median target"
MONTH = "a month's estimation: VAR(1) of 750 days, 20,000 accepted draws, median target"


@pytest.fixture(scope="module")
def root() -> np.ndarray:
    """The symmetric root of the correlations of invented moves, shape (7, 7)."""
    moves, _ = simulated(751, 1)
    return scale_and_root(np.cov(moves.T))[1]


def numbers(first: int, count: int) -> np.ndarray:
    """Our normal numbers, so that the answers can be compared; shape (count, 7, 7)."""
    out = np.empty((count, N, N))
    for k in range(count):
        fill_normal(SEED, first + k, out[k])
    return out


def numpy_rotations(x: np.ndarray) -> np.ndarray:
    q, r = np.linalg.qr(x)
    return q * np.sign(np.diagonal(r, axis1=1, axis2=2))[:, None, :]


def numpy_accepted(root: np.ndarray, wanted: int, batch: int = 500) -> np.ndarray:
    """The same draws: batched QR, all columns' signs at once, ways by loops over the rotations that may hold some."""
    table, ((variable, larger, smaller),) = sign_table(), rank_table().tolist()
    free = table == 0.0
    out: list[list[int]] = []
    first = 0
    while True:
        impacts = root @ numpy_rotations(numbers(first, batch))
        signed = table[None, :, :, None] * impacts[:, None]
        up = ((signed > 0.0) | free[None, :, :, None]).all(axis=2)
        down = ((signed < 0.0) | free[None, :, :, None]).all(axis=2)
        side = up.astype(int) - down.astype(int)
        for at in np.flatnonzero((side != 0).any(axis=2).all(axis=1)):
            choices: list[list[int]] = [[]]
            for row in side[at]:
                choices = [[*c, k] for c in choices for k in np.flatnonzero(row).tolist() if k not in c]
            for columns in choices:
                if abs(impacts[at, variable, columns[larger]]) > abs(impacts[at, variable, columns[smaller]]):
                    out.append([first + at, *(int(side[at, r, c]) * (c + 1) for r, c in enumerate(columns))])
            if len(out) >= wanted:
                return np.array(out)
        first += batch


def test_rotations_ours(measure: Callable[..., Any]) -> None:
    measure(ROTATIONS, "ours", lambda: rotations(SEED, 0, 20_000, N), note="normal numbers made on the way")


def test_rotations_numpy(measure: Callable[..., Any]) -> None:
    x = numbers(0, 20_000)
    note = "np.linalg.qr of a stack and the sign of the diagonal; the normal numbers are given"
    measure(ROTATIONS, "numpy", lambda: numpy_rotations(x), note=note)


def test_rotations_numpy_with_numbers(measure: Callable[..., Any]) -> None:
    def work() -> np.ndarray:
        np.random.default_rng(SEED).standard_normal((20_000, N, N))
        return numpy_rotations(x)

    x = numbers(0, 20_000)
    measure(ROTATIONS, "numpy, with its own numbers", work, note="as above, and as many numbers of its generator drawn")


def test_accepted_ours(root: np.ndarray, measure: Callable[..., Any]) -> None:
    def work() -> tuple[np.ndarray, int]:
        draws = accept(root, sign_table(), rank_table(), SEED, 1000, 10**6)[0]
        return draws, nearest_to_median(directions(draws, SEED, N) @ root)

    measure(ACCEPTED, "ours", work, note="compiled; made again from their numbers for the median target")


def test_accepted_numpy(root: np.ndarray, measure: Callable[..., Any]) -> None:
    def work() -> tuple[np.ndarray, int]:
        draws = numpy_accepted(root, 1000)
        q = numpy_rotations(np.concatenate([numbers(k, 1) for k in draws[:, 0].tolist()]))
        at = np.arange(len(draws))[:, None]
        columns = q.transpose(0, 2, 1)[at, np.abs(draws[:, 1:]) - 1] * np.sign(draws[:, 1:])[:, :, None]
        return draws, nearest_to_median(columns @ root)

    note = "batched QR, plain loops for the ways, written for this comparison; our normal numbers"
    measure(ACCEPTED, "numpy", work, note=note, rounds=3)


def test_month_ours(measure: Callable[..., Any]) -> None:
    sample = sample_of(simulated(751, 1)[0])
    work = lambda: identify(sample, SEED, 20_000, 200_000, 1200)  # noqa: E731
    measure(
        MONTH, "ours", work, read=lambda made: np.array(made["target"]), note="what runs on each month's first session"
    )
