"""Bull or bear state of the S&P 500 by a statistical jump model, read online: a day's state uses that day and before."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Estimate, Quantity
from barograph.models._fitting import refit_before
from barograph.models._protocol import State
from barograph.models._rows import EveryQuantity
from barograph.models.regime._market import YEAR, Returns, returns

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

Floats = NDArray[np.float64]
#: Points of the grid between two states less one, in the estimation and in the reading.
STEPS = 20
#: Sessions at the start of a window on which exponential weights have not yet settled.
WARM = 252
NAMES = (("bull", 0), ("bear", 1))


@dataclass(frozen=True)
class MarketRegime(EveryQuantity):
    """Two states of returns, downside deviation and their ratio at half-lives of 5, 20 and 60 sessions.

    The penalty is that of the method's published example on another index; it was not chosen on this one. The state of the lower
    mean return is bear (ties: the higher downside deviation). A month's states bear the names of those of the month before that
    they are nearest to, which were named by their returns; the mapping is kept in the state (`assigned`).

    =====================================  ===========================================================================
    regime.us.market.jump.label            bull or bear: the end of the cheapest path of states up to the session
    regime.us.market.jump.days             sessions for which the online label has stood
    regime.us.market.jump.p_bear           the continuous model: where between its two states the cheapest path ends, per
                                           cent (a change by s costs penalty s^2); no frequency of anything
    regime.us.market.sparse.label          bull or bear by the sparse model, which weighs the features itself
    regime.us.market.sparse.features       how many of the nine features carry weight in it
    regime.us.market.jump.<state>.mean     mean return of the training days in the state, annualised, per cent
    regime.us.market.jump.<state>.volatility  their standard deviation, annualised, per cent
    =====================================  ===========================================================================

    Shu, Yu and Mulvey (2024), doi 10.1057/s41260-024-00376-x; Aydinhan, Kolm, Mulvey and Shu (2024), doi
    10.1007/s10479-024-06035-z (states in between); Nystrup, Kolm and Lindstrom (2021), doi 10.1016/j.eswa.2021.115558 (sparse).
    """

    name: str = "market_regime"
    version: str = "2"
    window: int = 3780
    least: int = 1260
    penalty: float = 50.0
    clip: float = 3.0
    starts: int = 10
    sparse_features: float = 3.0
    seed: int = 0
    monthly: bool = True

    def needs(self) -> tuple[str, ...]:
        """One index."""
        return ("us.equity.spx",)

    def fit(self, view: AsOf) -> State:
        """Standardisation, centroids and the states' names on the trailing window."""
        from barograph.models._kernels.alignment import align, renamed
        from barograph.models._kernels.jump_continuous import fit_between
        from barograph.models._kernels.jump_sparse import fit_sparse

        found = self._discrete(view)
        if found is None:
            return State(self.name, self.version, view.known_at, self.seed)
        params, scaled, moves = found
        at = refit_before(view.known_at)
        if (before := self._discrete(view.at(at))) is not None:
            matched = align(self.places(before[0]), self.places(params), self.scale(before[0]))
            params = renamed(params, matched, ("centroids", "mapping", "count", "mean", "volatility"))
            params |= {"assigned": matched.tolist(), "assigned_to": at.isoformat()}
        between = fit_between(scaled, self.penalty, steps=STEPS, starts=self.starts, seed=self.seed)
        sparse = fit_sparse(scaled, 2, self._sparse_penalty(scaled), self.sparse_features, seed=self.seed)
        params |= {
            "between": between.centroids[_by_return(between.shares, moves)].tolist(),
            "weights": sparse.weights.tolist(),
            "sparse": sparse.centroids[_by_return(sparse.states.astype(float), moves)].tolist(),
        }
        return State(self.name, self.version, view.known_at, self.seed, params)

    def _discrete(self, view: AsOf) -> tuple[dict[str, Any], Floats, Floats] | None:
        """Parameters of the discrete model with the states in the order of their returns, its features (T, 9), returns (T,)."""
        from barograph.models._kernels.jump import fit

        found = self._features(view)
        if isinstance(found, str):
            return None
        x, sample = found
        moves, days = sample.values, sample.days
        mean, sd = x.mean(axis=0), x.std(axis=0)
        low, high = mean - self.clip * sd, mean + self.clip * sd
        clipped = np.clip(x, low, high)
        centre, scale = clipped.mean(axis=0), clipped.std(axis=0)
        if not (scale > 0.0).all():
            return None
        scaled = (clipped - centre) / scale
        made = fit(scaled, 2, self.penalty, starts=self.starts, seed=self.seed)
        of = [moves[made.states == k] for k in (0, 1)]
        if min(r.size for r in of) < 2:
            return None
        order = sorted((0, 1), key=lambda k: (-float(of[k].mean()), float(made.centroids[k, 7])))
        params: dict[str, Any] = {
            "low": low.tolist(),
            "high": high.tolist(),
            "centre": centre.tolist(),
            "scale": scale.tolist(),
            "centroids": made.centroids[order].tolist(),
            "mapping": order,
            "objective": made.objective,
            "starts": made.starts,
            "days": [str(days[0]), str(days[-1])],
            "count": [int(of[k].size) for k in order],
            "mean": [100.0 * YEAR * float(of[k].mean()) for k in order],
            "volatility": [100.0 * math.sqrt(YEAR) * float(of[k].std(ddof=1)) for k in order],
        }
        return params, scaled, moves

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """The state of the newest session."""
        return state, Estimate(self.name, view.known_at, tuple(self._quantities(state, view)))

    def _quantities(self, state: State, view: AsOf) -> list[Quantity]:
        from barograph.models._kernels.jump import losses, online
        from barograph.models._kernels.jump_continuous import online_between

        head, params = "regime.us.market.jump", state.params
        found = self._features(view)
        if isinstance(found, str) or not params:
            why = found if isinstance(found, str) else "the estimation had too little history"
            units = {"label": "label", "days": "sessions", "p_bear": "percent"}
            units = {f"jump.{k}": u for k, u in units.items()} | {"sparse.label": "label", "sparse.features": "count"}
            return [Quantity(f"regime.us.market.{k}", None, u, "insufficient", reason=why) for k, u in units.items()]
        x, sample = found
        low, high, centre, scale = (np.array(params[k]) for k in ("low", "high", "centre", "scale"))
        scaled = (np.clip(x, low, high) - centre) / scale
        labels = online(losses(scaled, np.array(params["centroids"])), self.penalty)
        changed = np.flatnonzero(labels[1:] != labels[:-1])
        held = labels.size - 1 - int(changed[-1]) if changed.size else labels.size
        share = float(online_between(losses(scaled, np.array(params["between"])), self.penalty, STEPS)[-1])
        root = np.sqrt(params["weights"])
        weighed = online(losses(scaled * root, np.array(params["sparse"]) * root), self._sparse_penalty(x))
        window = f"trained on {params['days'][0]} to {params['days'][1]}, penalty {self.penalty:.0f}"
        more: dict[str, Any] = {
            "state": sample.state,
            "period": sample.newest,
            "inputs": sample.inputs,
            "window": window,
            "reason": sample.reason,
        }
        out = [
            Quantity(f"{head}.label", "bear" if labels[-1] else "bull", "label", **more),
            Quantity(f"{head}.days", float(held), "sessions", **more),
            Quantity(f"{head}.p_bear", 100.0 * share, "percent", **more),
            Quantity("regime.us.market.sparse.label", "bear" if weighed[-1] else "bull", "label", **more),
            Quantity("regime.us.market.sparse.features", float(np.count_nonzero(root > 1e-6)), "count", **more),
        ]
        out += [
            Quantity(f"{head}.{name}.{what}", float(params[what][k]), "percent", n=int(params["count"][k]), **more)
            for name, k in NAMES
            for what in ("mean", "volatility")
        ]
        return out

    def _sparse_penalty(self, x: Floats) -> float:
        """The penalty in units of the weighted loss, as the method's authors scale it."""
        return self.penalty / math.sqrt(x.shape[1])

    def labels(self, params: Any, view: AsOf) -> NDArray[np.int64]:
        """The online label of each session of the view's window (0 bull, 1 bear) by given parameters; empty: no history."""
        from barograph.models._kernels.jump import losses, online

        found = self._features(view)
        if isinstance(found, str):
            return np.empty(0, dtype=np.int64)
        low, high, centre, scale = (np.array(params[k]) for k in ("low", "high", "centre", "scale"))
        scaled = (np.clip(found[0], low, high) - centre) / scale
        made: NDArray[np.int64] = online(losses(scaled, np.array(params["centroids"])), self.penalty)
        return made

    def places(self, params: Any) -> Floats:
        """Centroids in the features' own units, (2, 9)."""
        return np.asarray(np.array(params["centroids"]) * np.array(params["scale"]) + np.array(params["centre"]))

    def scale(self, params: Any) -> Floats:
        """The standard deviations by which the features were standardised, (9,)."""
        return np.array(params["scale"])

    def _features(self, view: AsOf) -> tuple[Floats, Returns] | str:
        """(features, the returns of the same sessions) of the trailing window, after the sessions on which weights settle."""
        from barograph.models._kernels.ew_features import features

        found = returns(view, self.window + WARM, self.least + WARM)
        if isinstance(found, str):
            return found
        made = features(found.values)[WARM:]
        good = np.isfinite(made).all(axis=1)
        if good.sum() < self.least:
            return f"fewer than {self.least} sessions have features"
        kept = replace(found, values=found.values[WARM:][good], days=found.days[WARM:][good])
        return made[good], kept


def _by_return(shares: Floats, moves: Floats) -> list[int]:
    """The order of two states by their mean return, the higher first; `shares` of the second state in each day."""
    weights = (1.0 - shares, shares)
    means = [float(w @ moves) / max(float(w.sum()), 1e-12) for w in weights]
    return sorted((0, 1), key=lambda k: -means[k])


MODEL = MarketRegime
