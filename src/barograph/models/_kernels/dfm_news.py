"""Why a forecast changed: each new figure against what was expected of it, revisions, and another set of parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from barograph.models._kernels.dfm_smooth import Solved, smooth
from barograph.models._kernels.dfm_system import DfmParams, DfmShape, Floats, pattern_of

Cells = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class NewsRow:
    """One new figure, in the panel's scale: impact = weight (actual - forecast)."""

    month: int
    series: int
    forecast: float
    actual: float
    weight: float
    impact: float


@dataclass(frozen=True, slots=True)
class News:
    """`after` - `before` = the impacts + `revisions` + `refit`, to rounding."""

    before: float
    after: float
    rows: tuple[NewsRow, ...]
    revisions: float
    refit: float


def news(
    before: Floats,
    after: Floats,
    shape: DfmShape,
    params: DfmParams,
    target: tuple[int, int],
    params_before: DfmParams | None = None,
) -> News:
    """Decompose the change of E[target] between two panels of the same months.

    What was known in both but has another value, or is no longer known, is a revision. A new figure's weight is the derivative
    of the new expectation by it: E is affine in the data, and expected figures change nothing, so the impacts add up.

    Parameters
    ----------
    before, after : (T, n)
        Panels in one scale; pad the older one with empty rows.
    target
        (month, series); not observed in either.
    params_before
        Where the older expectation came from other parameters (in the same scale): its difference is `refit`.

    Banbura and Modugno (2014), section 2.3, doi 10.1002/jae.2306.
    """

    def expect(panel: Floats, cells: Cells) -> list[float]:
        made = smooth(panel, shape, params)
        return [made.cell(t, i)[0] for t, i in cells]

    def derivatives(cells: Cells) -> list[float]:
        return _weights(after, cells, shape, params, target)

    base = None if params_before is None else smooth(before, shape, params_before).cell(*target)[0]
    return decompose(before, after, target, expect, derivatives, base)


def decompose(
    before: Floats,
    after: Floats,
    target: tuple[int, int],
    expect: Callable[[Floats, Cells], list[float]],
    derivatives: Callable[[Cells], list[float]],
    base: float | None = None,
) -> News:
    """The decomposition for any linear Gaussian model.

    Parameters
    ----------
    expect
        E[cell | panel] of some cells.
    derivatives
        Of E[target | after] by the values of some of its cells.
    base
        The older expectation where it came from other parameters; None: from these.
    """
    if before.shape != after.shape:
        raise ValueError(f"panels of {before.shape} and {after.shape}")
    kept = np.where(np.isfinite(before), after, np.nan)
    fresh = [(int(t), int(i)) for t, i in np.argwhere(np.isfinite(after) & ~np.isfinite(kept))]
    (old,), (revised, *expected), (new,) = (
        expect(before, [target]),
        expect(kept, [target, *fresh]),
        expect(after, [target]),
    )
    rows = []
    for (t, i), forecast, weight in zip(fresh, expected, derivatives(fresh) if fresh else [], strict=True):
        actual = float(after[t, i])
        rows.append(NewsRow(t, i, forecast, actual, weight, weight * (actual - forecast)))
    start = old if base is None else base
    return News(start, new, tuple(rows), revised - old, old - start)


def _weights(after: Floats, cells: Cells, shape: DfmShape, params: DfmParams, target: tuple[int, int]) -> list[float]:
    """One factorisation, one right-hand side a cell."""
    solved = Solved.of(pattern_of(after, shape), params)
    unit = np.zeros((*after.shape, len(cells)))
    unit[[t for t, _ in cells], [i for _, i in cells], range(len(cells))] = 1.0
    h, own, _ = solved.functional(*target)
    return [float(w) for w in h @ solved.means(unit) + own @ unit[:, target[1], :]]
