"""An invented record whose shocks are known: seven prices made from structural shocks with the signs of the table."""

from __future__ import annotations

from datetime import date

import numpy as np

from barograph.core.estimate import Quantity
from barograph.core.time import sessions
from barograph.models._fitting import refit_at
from barograph.models._protocol import State
from barograph.models.regime.shocks import Shocks
from barograph.models.regime.shocks_sample import Moves
from models_view import NOW, FakeView, Rows, catalog, rows_of

#: Effect of one standard deviation of growth, inflation, policy, risk and three shocks without a name on the real
#: yield, breakeven, high-yield OAS (bp), S&P 500, dollar, oil (percent) and VIX (points).
TRUE_IMPACT = np.array(
    [
        [2.2, 0.6, 2.4, -1.6, 1.2, 0.3, -0.2],
        [1.0, 1.5, -1.2, -0.9, -0.5, 0.4, 0.3],
        [-3.0, 0.8, 1.5, 5.5, 0.7, 2.0, 0.5],
        [0.45, -0.30, -0.35, -0.75, 0.10, 0.15, -0.30],
        [0.05, 0.02, 0.25, 0.12, 0.30, -0.05, 0.04],
        [0.5, 1.3, -0.3, -0.6, -0.2, 1.2, 0.9],
        [-0.35, 0.15, 0.25, 1.20, 0.05, -0.10, 0.55],
    ]
)
#: What the model reads.
SERIES = {
    "us.rates.real_10y", "us.rates.par_10y", "us.credit.hy_oas", "us.equity.spx", "us.fx.uup", "us.commodity.uso",
    "us.vol.vix", "us.rates.par_2y",
}  # fmt: skip
TRUE_LAG = np.diag([0.05, 0.1, 0.25, -0.08, 0.0, -0.03, -0.1])
PRICES = {"us.equity.spx": 3000.0, "us.fx.uup": 25.0, "us.commodity.uso": 70.0}


def simulated(n: int, seed: int, impact: np.ndarray = TRUE_IMPACT) -> tuple[np.ndarray, np.ndarray]:
    """Moves, shape (n, 7), and the shocks they came from, shape (n, 7)."""
    shocks = np.random.default_rng(seed).standard_normal((n, 7))
    moves = np.zeros((n, 7))
    for t in range(n):
        moves[t] = (TRUE_LAG @ moves[t - 1] if t else 0.0) + impact @ shocks[t]
    return moves, shocks


def sample_of(moves: np.ndarray) -> Moves:
    """Moves as the newest sessions before 2025-11-06."""
    days = sessions("NYSE", date(2000, 1, 3), NOW.date())[-len(moves) :]
    return Moves(np.array(days, dtype="datetime64[D]"), moves)


def shocked_view(seed: int = 0, count: int = 900) -> FakeView:
    """A view of the nine series behind `count` sessions, bonds without the days on which they did not trade."""
    days = sessions("NYSE", date(2015, 1, 2), NOW.date())[-count:]
    bond_days = set(sessions("SIFMA", days[0], days[-1]))
    moves, _ = simulated(count, seed)
    total = np.cumsum(moves, axis=0)
    growth = np.cumprod(1.0 + moves / 100.0, axis=0)
    real, breakeven = 1.5 + total[:, 0] / 100.0, 2.3 + total[:, 1] / 100.0
    values = {
        "us.rates.real_10y": real,
        "us.rates.par_10y": real + breakeven,
        "us.rates.par_2y": 3.0 + 1.2 * total[:, 0] / 100.0,
        "us.credit.hy_oas": 400.0 + total[:, 2],
        "us.equity.spx": PRICES["us.equity.spx"] * growth[:, 3],
        "us.fx.uup": PRICES["us.fx.uup"] * growth[:, 4],
        "us.commodity.uso": PRICES["us.commodity.uso"] * growth[:, 5],
        "us.vol.vix": 60.0 + total[:, 6],
    }
    rows = {}
    for id_, column in values.items():
        row = catalog()[id_]
        there = {d: float(v) for d, v in zip(days, column, strict=True) if row.calendar != "SIFMA" or d in bond_days}
        rows[id_] = rows_of(row, there)
    return FakeView(rows, NOW)


def fitted(view: FakeView, model: Shocks | None = None) -> tuple[Shocks, State]:
    model = model or Shocks()
    return model, model.fit(view.at(refit_at(view.known_at)))  # type: ignore[arg-type]


def quantities(view: FakeView, model: Shocks | None = None) -> dict[str, Quantity]:
    model, state = fitted(view, model)
    return {q.id: q for q in model.step(state, view)[1].quantities}  # type: ignore[arg-type]


def without(view: FakeView, series_id: str, day: date | None = None) -> FakeView:
    """The view less a series, or less one day of it."""

    def cut(id_: str, rows: Rows) -> Rows | None:
        if id_ != series_id:
            return rows
        if day is None:
            return None
        keep = rows.periods != np.datetime64(day, "D")
        return Rows(rows.periods[keep], rows.values[keep], rows.known_at[keep], rows.basis)

    return view.mapped(cut)
