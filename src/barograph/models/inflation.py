"""The inflation axis: the common factor of monthly price and wage changes, as it could be known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from barograph.core.estimate import Attribution, Estimate, Fact, fact_of
from barograph.models._axis import FactorSettings, axis_changes, axis_quantities, fit_factor
from barograph.models._panel import Row
from barograph.models._protocol import State

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

#: The panel of docs/decisions/013-settings-of-the-regime-engine.md.
ROWS: tuple[Row, ...] = (
    Row("us.prices.cpi", "log_change"),
    Row("us.prices.cpi_core", "log_change"),
    Row("us.prices.pce_core", "log_change"),
    Row("us.prices.cpi_services", "log_change"),
    Row("us.prices.cpi_durables", "log_change"),
    Row("us.prices.ppi_finished_goods", "log_change"),
    Row("us.prices.ppi_intermediate", "log_change"),
    Row("us.labour.hourly_earnings", "log_change"),
    Row("us.prices.inflation_expectations_michigan", "change"),
)


@dataclass(frozen=True)
class Inflation:
    """The factor of the inflation panel, positive when prices rise faster than usual; its change says whether they gather pace.

    =========================================  =======================================================================
    regime.us.inflation.level                     mean of three months of the factor, in its standard deviations over the
                                               estimation window; `period` is the newest month with data, n the inputs
    regime.us.inflation.change_3m                 the level less that of three months before, in the same view
    regime.us.inflation.z                         the level against its trailing ten years in the view
    regime.us.inflation.p_up                      P(change_3m > 0), per cent; low..high: leaving out each input in turn
    regime.us.inflation.contribution.<series>     what the series adds to the level; they add up to it
    regime.us.inflation.contribution_3m.<series>  and to the change
    =========================================  =======================================================================

    Banbura and Modugno (2014), doi 10.1002/jae.2306.
    """

    name: str = "inflation"
    version: str = "1"
    lags: int = 2
    months: int = 360
    least: int = 60
    limit: float = 6.0
    iterations: int = 100
    tolerance: float = 1e-5
    least_variance: float = 0.2
    monthly: bool = True

    @property
    def settings(self) -> FactorSettings:
        """The factor model's settings."""
        return FactorSettings(
            ROWS,
            "us.prices.cpi_core",
            1,
            self.lags,
            self.months,
            self.least,
            self.limit,
            self.iterations,
            self.tolerance,
            self.least_variance,
        )

    def needs(self) -> tuple[str, ...]:
        """The panel."""
        return tuple(r.series_id for r in ROWS)

    def fit(self, view: AsOf) -> State:
        """Estimate the factor model on the window up to the view."""
        return State(self.name, self.version, view.known_at, params=fit_factor(view, self.settings))

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Read the factor at the view."""
        params: Any = state.params
        return state, Estimate(
            self.name, view.known_at, tuple(axis_quantities("inflation", view, self.settings, params))
        )

    def facts(self, estimate: Estimate) -> tuple[Fact, ...]:
        """Every quantity is a fact."""
        return tuple(fact_of(q) for q in estimate.quantities)

    def explain(self, before: Estimate, after: Estimate) -> tuple[Attribution, ...]:
        """The change of the level by series."""
        return axis_changes("inflation", before, after)


MODEL = Inflation
