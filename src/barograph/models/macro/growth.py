"""The growth axis: the common factor of activity and labour figures, as it could be known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from barograph.models.macro._axis import FactorAxis
from barograph.models.macro._panel import Row

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
class Growth(FactorAxis):
    """The first factor of the growth panel, positive when activity grows faster than usual.

    =========================================  =======================================================================
    regime.us.growth.level                     mean of three months of the factor, in its standard deviations over the
                                               estimation window; low..high hold 70 % of its distribution given the
                                               data; `period` is the newest month with data, n the inputs
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

    rows: ClassVar[tuple[Row, ...]] = ROWS
    anchor: ClassVar[str] = "us.labour.payrolls"
    blocks: ClassVar[int] = 2
    name: str = "growth"
    threshold: float = -0.7

    @property
    def level_threshold(self) -> float:
        """The Chicago Fed's threshold."""
        return self.threshold


MODEL = Growth
