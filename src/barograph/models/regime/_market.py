"""Returns of the S&P 500 for the models of the market's state, and whether they are of the view's session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import FactState, Input
from barograph.core.time import sessions
from barograph.models.session import session_of

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

Floats = NDArray[np.float64]
SERIES = "us.equity.spx"
#: Sessions of a year; sessions after the newest close from which on a state is degraded, and after which there is none.
YEAR, OLD, GONE = 252, 1, 10


@dataclass(frozen=True)
class Returns:
    """Simple returns (T,) of the sessions `days` (T,), their lineage, and whether the newest close is the session's."""

    values: Floats
    days: NDArray[Any]
    inputs: tuple[Input, ...]
    state: FactState
    reason: str | None

    @property
    def newest(self) -> date:
        """The session of the newest close."""
        day: date = self.days[-1].item()
        return day


def returns(view: AsOf, window: int, least: int) -> Returns | str:
    """The newest `window` returns, or why there are none: under `least` of them, or closes that are long gone."""
    if SERIES not in view.catalog:
        return f"no value known of {SERIES}"
    points = view.series(SERIES).tail(window + 1)
    if len(points) < least + 1:
        return f"fewer than {least} sessions of {SERIES} are known"
    newest: date = points.periods[-1].item()
    late = len(sessions("NYSE", newest, session_of(view))) - 1
    if late > GONE:
        return f"the newest close is of {newest}"
    state: FactState = "degraded" if late >= OLD else "ok"
    reason = f"the newest close is of {newest}" if late >= OLD else None
    made = points.values[1:] / points.values[:-1] - 1.0
    return Returns(made, points.periods[1:], (view.input(points),), state, reason)
