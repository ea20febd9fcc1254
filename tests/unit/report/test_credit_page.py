"""What section 6 says of the bands, from the facts: verdict and width, bounds, the drivers of the median, real windows."""

from __future__ import annotations

from typing import Any

from barograph.core.estimate import Fact
from barograph.models.assets import ASSETS
from barograph.report.charts.fan import _clear
from barograph.report.sections._credit_band import _chance, _counts, drivers
from barograph.report.sections._credit_record import record
from page_words import day_of, said

IG = next(a for a in ASSETS if a.slug == "ig")
P = "credit.us.ig"


def recorded(verdict: str, wide: str, narrow: str) -> Any:
    window = "2016-01-05 to 2025-11-03"
    values = {
        "gain": 9.2,
        "p_equal": 0.2,
        "share_in_90": 76.0,
        "share_in_50": 36.0,
        "p_kupiec": 0.1,
        "p_independence": 40.0,
    }
    return day_of(
        *(Fact(f"{P}.record_21d.{k}", v, "percent", n=101, window=window) for k, v in values.items()),
        Fact(f"{P}.record_21d.verdict", verdict, "label", n=101, window=window),
        Fact(f"{P}.record_21d.width_90", wide, "label"),
        Fact(f"{P}.record_21d.width_50", narrow, "label"),
    )


def words(day: Any) -> str:
    table = record(day, [IG])
    assert table is not None and "2016-01-05 to 2025-11-03" in table.subtitle and "Ten" not in table.columns[0].title
    return said(table.rows[-1][0].below).removesuffix(", n <verdict n>")


def test_a_lower_loss_is_not_said_without_the_width_of_the_bands() -> None:
    lower = "lower loss than usual"
    assert words(recorded("better_than_usual", "as_said", "as_said")) == lower
    assert words(recorded("better_than_usual", "as_said", "too_wide")) == f"{lower}, but the narrow band is <width_50>"
    both = words(recorded("better_than_usual", "too_narrow", "too_narrow"))
    assert both == f"{lower}, but both bands are <width_90>"
    apart = words(recorded("no_demonstrated_skill", "too_narrow", "too_wide"))
    assert apart == "<verdict>, but the wide band is <width_90> and the narrow band is <width_50>"
    assert words(recorded("worse_than_usual", "as_said", "as_said")) == "<verdict>"


def test_a_chance_beyond_the_outer_quantiles_is_a_bound() -> None:
    id_ = f"{P}.carry_breakeven_21d.p_exceed"
    for window, shown in (("2003 to 2025, at most", "at most <p_exceed>"), ("2003 to 2025", "<p_exceed>")):
        assert said(_chance(day_of(Fact(id_, 5.0, "percent", window=window)), id_)) == shown


def test_drivers_that_leave_the_median_are_said_in_one_sentence() -> None:
    def table(median: float) -> str:
        parts = {"q50.level": median, "q50.vix": 0.0, "q95.level": -13.6, "q95.vix": 0.0}
        facts = [Fact(f"{P}.driver_21d.{k}", v, "bp") for k, v in parts.items()]
        made = drivers(day_of(*facts, *(Fact(f"{P}.tilt_21d.{w}", 1.0, "bp") for w in ("q50", "q95"))), [IG])
        assert made is not None
        return made.subtitle

    assert table(0.0).endswith("No driver shifts the median; the 95% quantile moves with: Level, its percentile")
    assert "No driver" not in table(0.4)


def test_horizons_that_do_not_overlap_are_counted_by_name() -> None:
    facts = [Fact(f"{P}.band_{h}d.q50", 0.0, "bp", n=n) for h, n in ((5, 1123), (21, 266), (63, 88))]
    assert _counts(day_of(*facts), P) == "5 sessions 1,123; 21: 266; 63: 88"


def test_the_current_value_stands_off_its_line() -> None:
    line = [(10.0 * k, 150.0 + (40.0 if k % 2 else 0.0)) for k in range(20)]
    y = _clear(line, 60.0)
    assert y < 150.0 or y > 190.0
