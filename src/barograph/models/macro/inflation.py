"""The inflation axis: the common factor of monthly price and wage changes, as it could be known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from barograph.models.macro._axis import FactorAxis
from barograph.models.macro._panel import Row

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
class Inflation(FactorAxis):
    """The factor of the inflation panel, positive when prices rise faster than usual; its change says whether they gather pace.

    ==============================================  ==================================================================
    regime.us.inflation.level                       mean of three months of the factor, in its standard deviations over
                                                    the estimation window; low..high hold 70 % of its distribution given
                                                    the data; `period` is the newest month with data, n the inputs
    regime.us.inflation.change_3m                   the level less that of three months before, in the same view
    regime.us.inflation.z                           the level against its trailing ten years in the view
    regime.us.inflation.p_up                        P(change_3m > 0), per cent; low..high: leaving out each input in turn
    regime.us.inflation.contribution.<series>       what the series adds to the level; they add up to it
    regime.us.inflation.contribution_3m.<series>    and to the change
    ==============================================  ==================================================================

    Banbura and Modugno (2014), doi 10.1002/jae.2306.
    """

    rows: ClassVar[tuple[Row, ...]] = ROWS
    anchor: ClassVar[str] = "us.prices.cpi_core"
    name: str = "inflation"


MODEL = Inflation
