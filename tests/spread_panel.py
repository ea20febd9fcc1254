"""An invented spread whose future is known in distribution."""

from __future__ import annotations

import numpy as np

from barograph.models.credit._panel import Panel


def simulated(n: int, seed: int) -> Panel:
    """A spread whose coming change over five sessions has a spread that depends on the regressor."""
    rng = np.random.default_rng(seed)
    x = np.abs(rng.standard_normal(n)) + 0.5
    levels = np.empty(n)
    levels[:5] = 100.0
    shock = rng.standard_normal(n)
    for t in range(5, n):
        levels[t] = levels[t - 5] + 3.0 * x[t - 5] * shock[t]
    days = np.datetime64("2000-01-03") + np.arange(n)
    return Panel(days, levels, ("vix",), x[:, None], ())
