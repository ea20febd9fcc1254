"""Low or high growth of GDP by Hamilton's Markov-switching autoregression, filtered, on GDP as it could be known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Estimate, FactState, Input, Quantity
from barograph.models._protocol import State
from barograph.models._rows import EveryQuantity
from barograph.models.macro._gdp_forecast import GDP, annual, end_of, name_of
from barograph.models.macro._panel import MAD_TO_SD

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

Floats = NDArray[np.float64]
HEAD = "regime.us.gdp.hamilton"
#: Days from the end of the newest quarter known to the view after which a reading is old, and after which there is none.
OLD, GONE = 210, 400


@dataclass(frozen=True)
class GdpSwitching(EveryQuantity):
    """An autoregression of quarterly growth around a mean of two states, the benchmark of the growth axis.

    ================================  ================================================================================
    regime.us.gdp.hamilton.p_low      P(low state | growth to the newest quarter known), per cent, filtered
    regime.us.gdp.hamilton.low.mean   mean growth of the low state, per cent at an annual rate; likewise high
    ================================  ================================================================================

    The window is the newest `quarters`; growth further than `limit` scaled median absolute deviations from the window's median
    is set to that distance, in the estimation and in the reading alike: one quarter of 2020 would otherwise be a state of its
    own. Estimated on each month's first session. Insufficient where the low state is expected to last under a quarter and a
    half, or to be the usual one: then the two states are no recession and expansion.

    Hamilton (1989), doi 10.2307/1912559.
    """

    name: str = "gdp_switching"
    version: str = "1"
    quarters: int = 200
    least: int = 100
    lags: int = 4
    limit: float = 6.0
    starts: int = 10
    seed: int = 0
    monthly: bool = True

    def needs(self) -> tuple[str, ...]:
        """Real GDP."""
        return (GDP,)

    def fit(self, view: AsOf) -> State:
        """Maximum likelihood on the trailing window; empty where the states are none."""
        from barograph.models._kernels.hamilton import fit

        empty = State(self.name, self.version, view.known_at, self.seed)
        found = self._growth(view)
        if found is None:
            return empty
        middle, reach = _fence(found[0], self.limit)
        try:
            model, loglik, reached = fit(
                np.clip(found[0], middle - reach, middle + reach), self.lags, starts=self.starts, seed=self.seed
            )
        except ValueError:
            return empty
        low, high = model.durations
        if low < 1.5 or low > high:
            return empty
        params: dict[str, Any] = {
            "to_zero": model.to_zero.tolist(),
            "mean": model.mean.tolist(),
            "phi": model.phi.tolist(),
            "sigma2": model.sigma2,
            "loglik": loglik,
            "reached": reached,
            "middle": middle,
            "reach": reach,
            "window": [str(found[1][0]), str(found[1][-1])],
        }
        return State(self.name, self.version, view.known_at, self.seed, params)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """The filtered probability of the newest quarter."""
        return state, Estimate(self.name, view.known_at, tuple(self._quantities(state.params, view)))

    def _quantities(self, params: Any, view: AsOf) -> list[Quantity]:
        from barograph.models._kernels.hamilton import Switching, filtered

        ids = (f"{HEAD}.p_low", f"{HEAD}.low.mean", f"{HEAD}.high.mean")
        found = self._growth(view)
        quarter: date | None = None if found is None else found[1][-1].astype("datetime64[D]").item()
        why = f"fewer than {self.least} quarters of {GDP} are known"
        if found is not None:
            why = "growth does not part into two states that last" if not params else ""
        if quarter is not None and (view.day - end_of(quarter)).days > GONE:
            why = f"the newest GDP figure known is of {name_of(quarter)}"
        if why or found is None or quarter is None:
            return [Quantity(i, None, "percent", "insufficient", reason=why) for i in ids]
        model = Switching(
            np.array(params["to_zero"]), np.array(params["mean"]), np.array(params["phi"]), float(params["sigma2"])
        )
        middle, reach = float(params["middle"]), float(params["reach"])
        low = float(filtered(np.clip(found[0], middle - reach, middle + reach), model)[0][-1])
        state: FactState = "ok"
        reason = None
        if (view.day - end_of(quarter)).days > OLD:
            state, reason = "degraded", f"the newest GDP figure known is of {name_of(quarter)}"
        window = f"estimated on {params['window'][0]} to {params['window'][1]}"
        more: dict[str, Any] = {"inputs": found[2], "reason": reason, "window": window, "n": int(found[0].size)}
        values = (100.0 * low, annual(float(model.mean[0])), annual(float(model.mean[1])))
        return [Quantity(i, v, "percent", state, quarter, **more) for i, v in zip(ids, values, strict=True)]

    def _growth(self, view: AsOf) -> tuple[Floats, NDArray[np.datetime64], tuple[Input, ...]] | None:
        """100 times the log change of the newest quarters that follow each other, their months, the lineage."""
        if GDP not in view.catalog:
            return None
        points = view.series(GDP).tail(self.quarters + 1)
        months = points.periods.astype("datetime64[M]")
        if len(points) < self.least + 1 or not (np.diff(months).astype(int) == 3).all():
            return None
        return 100.0 * np.diff(np.log(points.values)), months[1:], (view.input(points),)


def _fence(values: Floats, limit: float) -> tuple[float, float]:
    """The median, and how far from it a value may lie."""
    middle = float(np.median(values))
    return middle, limit * MAD_TO_SD * float(np.median(np.abs(values - middle)))


MODEL = GdpSwitching
