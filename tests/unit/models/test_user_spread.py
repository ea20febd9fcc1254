"""A user's own spread, imported from a file, read by instrument beside the cash indices and never mixed with them.

The file is invented. It was made to have the statistics that a published page printed for CDX.NA.IG on 2025-11-05: level 52.751,
average of five years 61.9, tight 46.1, wide 111.2.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

import barograph
from barograph.core.errors import InputError
from barograph.core.time import Clock, sessions
from barograph.models.assets import spreads_of
from barograph.models.credit.credit import band_position
from barograph.models.credit.credit_band import CreditBand
from barograph.run.daily import model_facts
from barograph.run.importing import import_into
from barograph.run.settings import Settings
from models_view import NOW

P = "credit.user.cdx_ig"
MAP = """
date = "Date"

[[series]]
id = "user.cdx_ig"
column = "PX_LAST"
title = "CDX.NA.IG five-year, invented"
unit = "bp"
frequency = "D"
calendar = "NYSE"
kind = "rate"
release = "day 18:00"
rights = "personal"
readers = ["credit"]
tags = ["duration:4.5"]
"""


def invented() -> dict[date, float]:
    """Closes of five years with the four statistics, to the third decimal of a basis point."""
    days = sessions("NYSE", date(2020, 11, 6), date(2025, 11, 5))
    t = np.linspace(0.0, 1.0, len(days))
    values = 60.0 + 6.0 * np.sin(9.0 * t) + 1.5 * np.cumsum(np.random.default_rng(7).standard_normal(t.size)) * 0.2
    values = np.clip(values, 47.0, 95.0)
    fixed = {300: 111.2, 900: 46.1, len(days) - 1: 52.751}
    free = np.array([i for i in range(t.size) if i not in fixed])
    for at, value in fixed.items():
        values[at] = value
    for _ in range(60):  # shifted until the mean is right, what would pass the extremes held inside them
        values[free] = np.clip(values[free] + (61.9 - values.mean()) * t.size / free.size, 46.2, 111.0)
    values = np.round(values, 3)
    assert abs(values.mean() - 61.9) < 0.01
    return dict(zip(days, values.tolist(), strict=True))


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory):
    folder = Path(tmp_path_factory.mktemp("own"))
    lines = ["Date,PX_LAST", *(f"{d},{v}" for d, v in invented().items())]
    (folder / "cdx.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "map.toml").write_text(MAP, encoding="utf-8")
    settings = Settings(archive=folder / "archive", clock=Clock(NOW))
    import_into(settings, folder / "cdx.csv", folder / "map.toml")
    return barograph.open(folder / "archive").as_of(NOW)


@pytest.fixture(scope="module")
def facts(view):
    return model_facts(view)[0]


def test_a_row_that_names_credit_is_a_spread_of_its_own(view) -> None:
    own = spreads_of(view.catalog)[-1]
    assert (own.prefix, own.slug, own.kind, own.series) == (P, "user_cdx_ig", "spread", ("user.cdx_ig",))
    assert CreditBand().duration(own, view.catalog["user.cdx_ig"].tags) == 4.5
    assert CreditBand().duration(own, ()) is None


def test_the_published_statistics_come_back(facts) -> None:
    assert facts[f"{P}.level"].value == 52.751
    assert facts[f"{P}.avg_5y"].value == pytest.approx(61.9, abs=0.01)
    # 9.1 inside the average, 6.7 above the tight, 58.4 inside the wide.
    assert facts[f"{P}.gap_5y_avg"].value == pytest.approx(-9.1, abs=0.06)
    assert facts[f"{P}.gap_5y_tight"].value == pytest.approx(6.7, abs=0.06)
    assert facts[f"{P}.gap_5y_wide"].value == pytest.approx(-58.4, abs=0.06)
    from barograph.report.format import printed

    shown = [printed(facts[f"{P}.{k}"]) for k in ("level", "gap_5y_avg", "gap_5y_tight", "gap_5y_wide")]
    assert [s.split("\u202f")[0] for s in shown] == ["52.8", "\u22129.1", "+6.7", "\u221258.4"]


def test_just_above_the_middle_of_fifty_to_fifty_five_and_never_its_lower_half() -> None:
    assert band_position(52.751, 50.0, 55.0) == "above_middle"


def test_it_is_not_the_cash_index(facts) -> None:
    assert facts["credit.us.ig.oas.level"].value is None
    assert facts["credit.us.ig.band_21d.q50"].value is None


def test_its_band_is_its_own_and_says_how_short_it_is(facts) -> None:
    band = facts[f"{P}.band_21d.q95"]
    assert band.state == "degraded" and "shorter than 10 years" in (band.reason or "")
    assert {i.series_id for i in band.lineage} == {"user.cdx_ig"}
    assert facts[f"{P}.carry_breakeven_21d"].value == pytest.approx(52.751 / 12.0 / (4.5 - 1.0 / 12.0), rel=1e-12)


@pytest.mark.parametrize(
    ("old", "new", "found", "nearest"),
    [
        ("duration:4.5", "duration:abc", "'duration:abc' is no duration", "0.5 to 50"),
        ("duration:4.5", "duration:450", "'duration:450' is no duration", "0.5 to 50"),
        ('unit = "bp"', 'unit = "percent"', "read in basis points", "scale = 100"),
    ],
)
def test_a_map_that_would_pass_for_a_spread_is_refused(
    tmp_path: Path, old: str, new: str, found: str, nearest: str
) -> None:
    (tmp_path / "map.toml").write_text(MAP.replace(old, new), encoding="utf-8")
    (tmp_path / "cdx.csv").write_text("Date,PX_LAST\n2025-11-05,52.8\n", encoding="utf-8")
    settings = Settings(archive=tmp_path / "archive", clock=Clock(NOW))
    with pytest.raises(InputError) as error:
        import_into(settings, tmp_path / "cdx.csv", tmp_path / "map.toml")
    assert found in error.value.found and nearest in error.value.nearest and error.value.step
    assert "user.cdx_ig" in error.value.asked


def test_per_cent_under_the_name_of_basis_points_is_asked_about(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(MAP, encoding="utf-8")
    (tmp_path / "cdx.csv").write_text("Date,PX_LAST\n2025-11-04,0.53\n2025-11-05,0.52\n", encoding="utf-8")
    settings = Settings(archive=tmp_path / "archive", clock=Clock(NOW))
    with pytest.raises(InputError, match="in per cent") as error:
        import_into(settings, tmp_path / "cdx.csv", tmp_path / "map.toml")
    assert "scale = 100" in error.value.nearest and not (tmp_path / "archive").exists()
    (tmp_path / "map.toml").write_text(MAP.replace('unit = "bp"', 'unit = "bp"\nscale = 100'), encoding="utf-8")
    import_into(settings, tmp_path / "cdx.csv", tmp_path / "map.toml")
    assert barograph.open(tmp_path / "archive").as_of(NOW).series("user.cdx_ig").values.tolist() == [53.0, 52.0]
