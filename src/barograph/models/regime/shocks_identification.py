"""Four shocks named by the signs of what they do on the day, and the rotations of a month's covariance that hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from barograph.models.regime.shocks_sample import Moves

Floats = NDArray[np.float64]
#: Which figure stands for the accepted draws.
Point = Literal["median_target", "mean"]

#: The variables of the system, in its order; `dollar` and `oil` are whichever assets the settings name.
VARIABLES: tuple[str, ...] = ("real10y", "breakeven10y", "hy", "spx", "dollar", "oil", "vix")
SHOCKS: tuple[str, ...] = ("growth", "inflation", "policy", "risk")
#: What a positive shock does on the day; a variable that is not named is free. Growth is better growth, policy is
#: tighter policy, risk is a higher price of risk ("yields fall" is asked of both parts of the nominal yield).
#: In the manner of Cieslak & Pang (2021), doi 10.1016/j.jfineco.2021.07.004, with breakeven, credit, dollar and oil in
#: place of their maturities. Any two rows exclude each other up to sign, but for growth and risk: worse growth may
#: raise VIX. The ranking (Amir-Ahmadi & Drautzburg 2021, doi 10.3982/QE1277) tells them apart: of the two the one that
#: moves VIX further is risk.
SIGNS: Mapping[str, Mapping[str, int]] = {
    "growth": {"real10y": 1, "breakeven10y": 1, "hy": -1, "spx": 1},
    "inflation": {"breakeven10y": 1, "spx": -1, "oil": 1},
    "policy": {"real10y": 1, "breakeven10y": -1, "hy": 1, "spx": -1, "dollar": 1},
    "risk": {"real10y": -1, "breakeven10y": -1, "hy": 1, "spx": -1, "vix": 1},
}
#: (variable, the shock that moves it further, the other).
RANKS: tuple[tuple[str, str, str], ...] = (("vix", "risk", "growth"),)


def sign_table() -> Floats:
    """`SIGNS` as numbers, shape (shocks, variables)."""
    return np.array([[float(SIGNS[s].get(v, 0)) for v in VARIABLES] for s in SHOCKS])


def rank_table() -> NDArray[np.int64]:
    """`RANKS` as positions, shape (ranks, 3)."""
    rows = [(VARIABLES.index(v), SHOCKS.index(a), SHOCKS.index(b)) for v, a, b in RANKS]
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


def identify(sample: Moves, seed: int, wanted: int, most: int, kept: int) -> dict[str, Any]:
    """Estimate the system on a sample and draw the rotations that hold the shocks.

    Parameters
    ----------
    wanted, most
        Accepted draws to find the median target among, and rotations to try for them at most.
    kept
        How many of the accepted draws, the first ones, are kept for the band.

    Returns
    -------
    dict
        JSON values: `coefficients` (1 + n, n), `scale` (n), `root` (n, n), `draws` (at most kept, 1 + shocks), `target`
        (1 + shocks; empty where nothing was accepted), `accepted` (draws), `tried`, `holding` (rotations), `n` (days),
        `first`, `last` (their ends).
    """
    from barograph.models._kernels.autoregression import Autoregression, scale_and_root
    from barograph.models._kernels.signs import accept, directions

    at = np.flatnonzero(sample.paired)
    fitted = Autoregression.estimate(sample.moves[at - 1], sample.moves[at])
    scale, root = scale_and_root(fitted.covariance)
    draws, tried, holding = accept(root, sign_table(), rank_table(), seed, wanted, most)
    nearest = nearest_to_median(directions(draws, seed, len(VARIABLES)) @ root) if len(draws) else None
    return {
        "coefficients": fitted.coefficients.tolist(),
        "scale": scale.tolist(),
        "root": root.tolist(),
        "draws": draws[:kept].tolist(),
        "target": [] if nearest is None else draws[nearest].tolist(),
        "accepted": len(draws),
        "tried": int(tried),
        "holding": int(holding),
        "n": int(at.size),
        "first": sample.days[at[0]].item().isoformat(),
        "last": sample.days[at[-1]].item().isoformat(),
    }


def nearest_to_median(impacts: Floats) -> int:
    """The draw whose impacts lie nearest to the medians over all draws, in standard deviations over the draws.

    A median taken effect by effect belongs to no single rotation; this draw does. Fry & Pagan (2011), Journal of
    Economic Literature 49(4), doi 10.1257/jel.49.4.938.

    Parameters
    ----------
    impacts : float array, shape (draws, shocks, variables)

    Returns
    -------
    int
        The first of them where several are equally near.
    """
    middle, spread = np.median(impacts, axis=0), impacts.std(axis=0)
    away = (impacts - middle) / np.where(spread > 0.0, spread, 1.0)
    return int(np.einsum("dsv,dsv->d", away, away).argmin())


@dataclass(frozen=True, slots=True)
class Identified:
    """A month's system: shocks of a residual u are q' C^(-1/2) D^(-1) u, their effects D C^(1/2) q, one q per shock.

    `q`, shape (1 + draws, shocks, n): the median target, then the draws of the band.
    """

    coefficients: Floats
    scale: Floats
    root: Floats
    q: Floats

    @classmethod
    def of(cls, params: Mapping[str, Any], seed: int) -> Identified:
        """From the parameters that `identify` made: the rotations are drawn again by their numbers."""
        from barograph.models._kernels.signs import directions

        draws = np.array([params["target"], *params["draws"]], dtype=np.int64)
        coefficients, scale, root = (np.array(params[k]) for k in ("coefficients", "scale", "root"))
        return cls(coefficients, scale, root, directions(draws, seed, len(VARIABLES)))

    @property
    def impacts(self) -> Floats:
        """What one standard deviation of each shock does, shape (1 + draws, shocks, variables), in their units."""
        return np.asarray(self.q @ (self.root * self.scale), dtype=np.float64)

    def split(self, before: Floats, after: Floats) -> tuple[Floats, Floats]:
        """Expected part of each day, and the shocks of what is left by every draw.

        Parameters
        ----------
        before, after : float array, shape (T, n)
            Neighbouring days.

        Returns
        -------
        expected : float array, shape (T, n)
        shocks : float array, shape (1 + draws, shocks, T), in standard deviations
        """
        from barograph.models._kernels.autoregression import expected

        foreseen = expected(self.coefficients, before)
        white = np.linalg.solve(self.root, ((after - foreseen) / self.scale).T)
        return foreseen, self.q @ white


def shown_and_band(values: Floats, point: Point) -> tuple[Floats, Floats, Floats]:
    """The figure that is shown, and the 16 % and 84 % quantiles over the draws.

    Parameters
    ----------
    values : float array, shape (1 + draws, ...)
        By the median target first, then by the draws.
    point
        `median_target`: by one draw, whose shocks are orthogonal as the definition asks. `mean`: over the draws, nearer
        to the truth in the mean square, smaller than the shocks are, of no single model.
    """
    low, high = np.quantile(values[1:], (0.16, 0.84), axis=0)
    return (values[0] if point == "median_target" else values[1:].mean(axis=0)), low, high
