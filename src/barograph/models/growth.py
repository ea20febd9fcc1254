"""The growth axis: the common factor of activity and labour figures, as it could be known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from barograph.core.estimate import Attribution, Estimate, Fact, fact_of
from barograph.models._axis import FactorSettings, axis_changes, axis_quantities, fit_factor
from barograph.models._panel import Row
from barograph.models._protocol import State

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

_ALL, _LABOUR = 0, 1
#: The panel of docs/decisions/013-settings-of-the-regime-engine.md.
ROWS: tuple[Row, ...] = (
    Row("us.labour.payrolls", "log_change", (_ALL, _LABOUR)),
    Row("us.labour.unemployment_rate", "change", (_ALL, _LABOUR)),
    Row("us.labour.weekly_hours_manufacturing", "change", (_ALL, _LABOUR)),
    Row("us.labour.employment", "log_change", (_ALL, _LABOUR)),
    Row("us.labour.initial_claims", "log_change", (_ALL, _LABOUR)),
    Row("us.growth.industrial_production", "log_change"),
    Row("us.growth.real_income_less_transfers", "log_change"),
    Row("us.growth.real_consumption", "log_change"),
    Row("us.growth.housing_starts", "log_change"),
    Row("us.growth.building_permits", "log_change"),
    Row("us.growth.consumer_goods_orders", "log_change"),
    Row("us.growth.retail_sales", "log_change"),
    Row("us.growth.durable_orders", "log_change"),
    Row("us.labour.job_openings", "log_change", (_ALL, _LABOUR)),
    Row("us.growth.consumer_sentiment", "change"),
    Row("us.growth.gdp_real", "log_change", quarterly=True),
)


@dataclass(frozen=True)
class Growth:
    """The first factor of the growth panel, positive when activity grows faster than usual.

    =========================================  =======================================================================
    regime.us.growth.level                     mean of three months of the factor, in its standard deviations over the
                                               estimation window; `period` is the newest month with data, n the inputs
    regime.us.growth.change_3m                 the level less that of three months before, in the same view
    regime.us.growth.z                         the level against its trailing ten years in the view
    regime.us.growth.p_up                      P(change_3m > 0), per cent; low..high: leaving out each input in turn
    regime.us.growth.p_below                   P(level < threshold), per cent: the threshold that the Chicago Fed publishes
                                               for the three-month mean of its index, below which a recession is likely
    regime.us.growth.contribution.<series>     what the series adds to the level; they add up to it
    regime.us.growth.contribution_3m.<series>  and to the change
    =========================================  =======================================================================

    Banbura and Modugno (2014), doi 10.1002/jae.2306; Mariano and Murasawa (2003), doi 10.1002/jae.695.
    """

    name: str = "growth"
    version: str = "1"
    lags: int = 2
    months: int = 360
    least: int = 60
    limit: float = 6.0
    iterations: int = 100
    tolerance: float = 1e-5
    least_variance: float = 0.2
    threshold: float = -0.7
    monthly: bool = True

    @property
    def settings(self) -> FactorSettings:
        """The factor model's settings."""
        return FactorSettings(
            ROWS,
            "us.labour.payrolls",
            2,
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
        made = axis_quantities("growth", view, self.settings, params, self.threshold)
        return state, Estimate(self.name, view.known_at, tuple(made))

    def facts(self, estimate: Estimate) -> tuple[Fact, ...]:
        """Every quantity is a fact."""
        return tuple(fact_of(q) for q in estimate.quantities)

    def explain(self, before: Estimate, after: Estimate) -> tuple[Attribution, ...]:
        """The change of the level by series."""
        return axis_changes("growth", before, after)


MODEL = Growth
