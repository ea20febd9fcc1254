"""The split of FOMC surprises beside the series that its authors publish.

Source: marekjarocinski/jkshocks_update_fed (CC BY 4.0), 315 announcements from 1990-02-08 to 2024-09-18: its source data
(`jk_surprises.csv`) and its result (`jk_shocks_targets.csv`), whose figures are rounded to eight decimals.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from barograph.models._kernels.jarocinski_karadi import median_split, poor_mans_split, rate_surprise

#: Half a unit of the eighth decimal, with the rounding of a double.
ROUNDED = 5.0e-9 + 1e-15
CONTRACTS = ("MP1", "FF4", "ED2", "ED3", "ED4")


@cache
def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def column(rows: list[dict[str, str]], name: str) -> np.ndarray:
    return np.array([float(r[name]) if r[name] not in ("", "NaN") else np.nan for r in rows])


@pytest.fixture(scope="module")
def targets(recorded_folder: Path) -> list[dict[str, str]]:
    path = recorded_folder / "reference" / "jk_shocks_targets.csv"
    if not path.is_file():
        pytest.skip("the published shocks are not among the recorded sources")
    return table(path)


@pytest.fixture(scope="module")
def surprises(recorded_folder: Path, targets: list[dict[str, str]]) -> list[dict[str, str]]:
    wanted = {r["start"] for r in targets}
    return [r for r in table(recorded_folder / "reference" / "jk_surprises.csv") if r["start"][:16] in wanted]


@pytest.fixture(scope="module")
def rate(surprises: list[dict[str, str]]) -> np.ndarray:
    return rate_surprise(np.column_stack([column(surprises, c) for c in CONTRACTS]))


def test_the_rate_surprise_is_the_published_one(
    surprises: list[dict[str, str]], targets: list[dict[str, str]], rate: np.ndarray
) -> None:
    assert len(surprises) == len(targets) == 315
    assert np.abs(rate - column(targets, "pc1")).max() <= ROUNDED
    assert np.array_equal(np.round(rate, 8), column(targets, "pc1"))
    assert rate.std(ddof=1) == pytest.approx(np.nanstd(column(surprises, "ED4"), ddof=1), abs=1e-14)
    assert rate.std(ddof=1) == pytest.approx(0.065860, abs=5e-7)


def test_the_median_shocks_are_the_published_ones(targets: list[dict[str, str]]) -> None:
    split = median_split(column(targets, "pc1"), column(targets, "SP500"))
    assert split.angle == pytest.approx(0.4894013912, abs=5e-11)
    assert np.abs(split.policy - column(targets, "MP_median")).max() <= 1e-8
    assert np.abs(split.information - column(targets, "CBI_median")).max() <= 1e-8
    assert split.policy.std(ddof=1) == pytest.approx(0.058003, abs=1e-6)
    assert split.information.std(ddof=1) == pytest.approx(0.030976, abs=1e-6)


def test_from_the_source_data_to_the_median_shocks(
    surprises: list[dict[str, str]], targets: list[dict[str, str]], rate: np.ndarray
) -> None:
    equity = column(surprises, "SP500")
    split = median_split(rate, equity)
    assert np.abs(split.policy - column(targets, "MP_median")).max() <= 1e-8
    assert np.abs(split.information - column(targets, "CBI_median")).max() <= 1e-8
    quoted = ~np.isnan(equity)
    assert np.abs((split.policy + split.information - rate)[quoted]).max() <= 1e-15
    # Announcements without a quote of equity are zero: 2001-09-17, 2008-01-22, 2008-10-08, 2020-03-15.
    assert [r["start"][:10] for r in targets if r["SP500"] == "NaN"] == [
        "2001-09-17", "2008-01-22", "2008-10-08", "2020-03-15",
    ]  # fmt: skip
    assert not split.policy[~quoted].any() and not split.information[~quoted].any()
    assert split.policy @ split.information == pytest.approx(0.0, abs=1e-15)
    assert np.corrcoef(rate[quoted], equity[quoted])[0, 1] == pytest.approx(-0.5562, abs=5e-5)
    policy, information = poor_mans_split(rate, equity)
    assert np.abs(policy - column(targets, "MP_pm")).max() <= ROUNDED
    assert np.abs(information - column(targets, "CBI_pm")).max() <= ROUNDED


@pytest.mark.parametrize(
    ("day", "policy", "information", "tolerance"),
    [
        ("2024-09-18", -0.09070925, -0.04335803, 1e-8),
        ("2001-01-03", -0.359428, 0.177954, 5e-7),
        ("2022-06-15", 0.045395, 0.030438, 5e-7),
    ],
)
def test_single_announcements(
    day: str, policy: float, information: float, tolerance: float, targets: list[dict[str, str]]
) -> None:
    split = median_split(column(targets, "pc1"), column(targets, "SP500"))
    at = next(i for i, r in enumerate(targets) if r["start"].startswith(day))
    assert split.policy[at] == pytest.approx(policy, abs=tolerance)
    assert split.information[at] == pytest.approx(information, abs=tolerance)


def test_information_has_the_published_share_and_a_third_of_the_surprises_the_wrong_sign(
    surprises: list[dict[str, str]], rate: np.ndarray
) -> None:
    equity = column(surprises, "SP500")
    quoted = ~np.isnan(equity)
    split = median_split(rate, equity)
    share = np.var(split.information[quoted]) / np.var(rate[quoted])
    print(f"information share {share:.4f}, wrong-signed {np.mean(rate[quoted] * equity[quoted] >= 0.0):.4f}")
    assert share == pytest.approx(0.225, abs=5e-4)
    assert np.mean(rate[quoted] * equity[quoted] >= 0.0) == pytest.approx(0.35, abs=5e-3)
