"""Bull or bear state of the S&P 500 by a hidden Markov model of its returns, filtered: the benchmark of the jump model."""

from __future__ import annotations

import math
from dataclasses import dataclass
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

HEAD = "regime.us.market.hmm"
NAMES = (("bull", 0), ("bear", 1))


@dataclass(frozen=True)
class MarketHmm(EveryQuantity):
    """Two Gaussian states of daily returns, estimated on each month's first session, read every day.

    ========================================  ========================================================================
    regime.us.market.hmm.p_bear               P(bear | returns to the session), per cent
    regime.us.market.hmm.label                bear where that is above one half, else bull
    regime.us.market.hmm.<state>.mean         mean return of the state, annualised, per cent
    regime.us.market.hmm.<state>.volatility   its standard deviation, annualised, per cent
    ========================================  ========================================================================

    The state with the lower mean is bear (ties: the higher volatility). A month's states bear the names of those of the month
    before that they are nearest to, which were named by their means; the mapping is kept in the state (`assigned`), so no
    refit turns the names around and no day depends on which were computed before it. Fat tails make one-day states: the
    label changes more often than that of the jump model.

    Hamilton (1989), doi 10.2307/1912559; Ryden, Terasvirta and Asbrink (1998), doi 10.1002/(SICI)1099-1255(199805/06)13:3
    <217::AID-JAE476>3.0.CO;2-V.
    """

    name: str = "market_hmm"
    version: str = "2"
    window: int = 3780
    least: int = 1260
    starts: int = 10
    seed: int = 0
    monthly: bool = True

    def needs(self) -> tuple[str, ...]:
        """One index."""
        return ("us.equity.spx",)

    def fit(self, view: AsOf) -> State:
        """Maximum likelihood on the trailing window, from several starts at once; the states' names."""
        from barograph.models._kernels.alignment import align, renamed

        params = self._estimated(view)
        at = refit_before(view.known_at)
        if params and (before := self._estimated(view.at(at))):
            matched = align(self.places(before), self.places(params), self.scale(before))
            params = renamed(params, matched, ("startprob", "means", "variances"), ("transmat",))
            params |= {"assigned": matched.tolist(), "assigned_to": at.isoformat()}
        return State(self.name, self.version, view.known_at, self.seed, params)

    def _estimated(self, view: AsOf) -> dict[str, Any]:
        """Parameters with the states in the order of their means; empty without a history."""
        from barograph.models._kernels.hmm_fit import fit

        found = returns(view, self.window, self.least)
        if isinstance(found, str):
            return {}
        try:
            made = fit(found.values[:, None], 2, fresh=self.starts, seed=self.seed)
        except ValueError:
            return {}
        means, spreads = made.model.means[:, 0], np.sqrt(made.model.covars[:, 0, 0])
        order = sorted((0, 1), key=lambda j: (-float(means[j]), float(spreads[j])))
        model = made.model.ordered(order)
        return {
            "startprob": model.startprob.tolist(),
            "transmat": model.transmat.tolist(),
            "means": model.means[:, 0].tolist(),
            "variances": model.covars[:, 0, 0].tolist(),
            "mapping": order,
            "loglik": made.loglik,
            "days": [str(found.days[0]), str(found.days[-1])],
        }

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """The filtered probability of the newest session."""
        return state, Estimate(self.name, view.known_at, tuple(self._quantities(state.params, view)))

    def _quantities(self, params: Any, view: AsOf) -> list[Quantity]:
        found = returns(view, self.window, self.least)
        if isinstance(found, str) or not params:
            why = found if isinstance(found, str) else "the estimation had no history or failed"
            units = {"p_bear": "percent", "label": "label"}
            return [Quantity(f"{HEAD}.{k}", None, u, "insufficient", reason=why) for k, u in units.items()]
        bear = 100.0 * self._bear(params, found)
        window = f"trained on {params['days'][0]} to {params['days'][1]}"
        more: dict[str, Any] = {"inputs": found.inputs, "window": window, "reason": found.reason}
        out = [
            Quantity(f"{HEAD}.p_bear", bear, "percent", found.state, found.newest, **more),
            Quantity(f"{HEAD}.label", "bear" if bear > 50.0 else "bull", "label", found.state, found.newest, **more),
        ]
        for name, j in NAMES:
            mean, volatility = 100.0 * YEAR * params["means"][j], 100.0 * math.sqrt(YEAR * params["variances"][j])
            for what, value in (("mean", mean), ("volatility", volatility)):
                out.append(Quantity(f"{HEAD}.{name}.{what}", value, "percent", found.state, found.newest, **more))
        return out

    def labels(self, params: Any, view: AsOf) -> NDArray[np.int64]:
        """The filtered label of each session of the view's window (0 bull, 1 bear) by given parameters; empty: no history."""
        found = returns(view, self.window, self.least)
        if isinstance(found, str):
            return np.empty(0, dtype=np.int64)
        return np.asarray(self._filtered(params, found)[:, 1] > 0.5, dtype=np.int64)

    def places(self, params: Any) -> NDArray[np.float64]:
        """Mean and standard deviation of each state, (2, 2)."""
        return np.column_stack([params["means"], np.sqrt(params["variances"])])

    def scale(self, params: Any) -> NDArray[np.float64]:
        """The unit in which places are apart: the standard deviation of the states together, (2,)."""
        return np.full(2, math.sqrt(float(np.mean(params["variances"]))))

    def _bear(self, params: Any, found: Returns) -> float:
        return float(self._filtered(params, found)[-1, 1])

    def _filtered(self, params: Any, found: Returns) -> NDArray[np.float64]:
        from barograph.models._kernels.hmm import GaussianHmm, filter

        model = GaussianHmm(
            np.array(params["startprob"]),
            np.array(params["transmat"]),
            np.array(params["means"])[:, None],
            np.array(params["variances"])[:, None, None],
        )
        return filter(model, found.values[:, None])[0]


MODEL = MarketHmm
