"""Target and path of FOMC announcements beside the table that introduced them.

Source data: marekjarocinski/jkshocks_update_fed (CC BY 4.0), July 1991 to December 2004. Gurkaynak, Sack and Swanson (2005),
table 5, S&P 500: target -4.283 (1.083), path -0.966 (0.594), R2 .37, on windows of intraday quotes of another source. The
benchmark of the same computation on these data: target -4.31 (1.26), path -0.72 (0.66), R2 .39, 124 events; the first two
principal components hold 83.3 and 11.8 per cent.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm

from barograph.models._kernels.gss import TargetPath, target_and_path

CONTRACTS = ("MP1", "FF4", "ED2", "ED3", "ED4")


@pytest.fixture(scope="module")
def events(recorded_folder: Path) -> dict[str, np.ndarray]:
    path = recorded_folder / "reference" / "jk_surprises.csv"
    if not path.is_file():
        pytest.skip("the surprises are not among the recorded sources")
    with path.open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if "1991-07" <= r["start"][:7] <= "2004-12"]
    names = (*CONTRACTS, "SP500", "TFUT02", "TFUT10")
    table = {n: np.array([float(r[n]) if r[n] not in ("", "NaN") else np.nan for r in rows]) for n in names}
    # 2001-09-17 has surprises of rates and none of stocks: it counts for the factors.
    kept = np.isfinite(np.column_stack([table[n] for n in CONTRACTS])).all(axis=1)
    return {n: v[kept] for n, v in table.items()}


@pytest.fixture(scope="module")
def factors(events: dict[str, np.ndarray]) -> TargetPath:
    return target_and_path(np.column_stack([events[c] for c in CONTRACTS]))


def test_events_and_shares_of_variance(events: dict[str, np.ndarray], factors: TargetPath) -> None:
    print(f"{events['MP1'].size} events, shares {factors.shares[0]:.1f} and {factors.shares[1]:.1f} %")
    assert events["MP1"].size == 124
    assert factors.shares == pytest.approx((83.3, 11.8), abs=0.06)


def test_the_path_does_not_move_the_target(events: dict[str, np.ndarray], factors: TargetPath) -> None:
    mp1 = events["MP1"] - events["MP1"].mean()
    assert abs(factors.path @ mp1) < 1e-12
    assert factors.target @ mp1 / (factors.target @ factors.target) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize(
    ("what", "target", "path", "r2", "published"),
    [
        ("SP500", (-4.31, 1.26), (-0.72, 0.66), 0.39, ((-4.283, 1.083), (-0.966, 0.594), 0.37)),
        ("TFUT10", (0.106, None), (0.246, None), 0.69, None),
        ("TFUT02", (0.314, None), (0.376, None), 0.84, None),
    ],
)
def test_what_markets_made_of_them(
    what: str, target: tuple, path: tuple, r2: float, published: tuple | None, events: dict[str, np.ndarray],
    factors: TargetPath,
) -> None:  # fmt: skip
    held = np.isfinite(events[what])
    design = sm.add_constant(np.column_stack([factors.target, factors.path])[held])
    fit = sm.OLS(events[what][held], design).fit(cov_type="HC0")
    print(f"{what}: {held.sum()} events, target {fit.params[1]:.3f} ({fit.bse[1]:.3f}), path {fit.params[2]:.3f} "
          f"({fit.bse[2]:.3f}), R2 {fit.rsquared:.3f}")  # fmt: skip
    assert fit.rsquared == pytest.approx(r2, abs=0.01)
    for k, (value, error) in enumerate((target, path), start=1):
        assert fit.params[k] == pytest.approx(value, abs=0.005 if published else 5e-4)
        if error is not None:
            assert fit.bse[k] == pytest.approx(error, abs=0.01)
    if published is not None:
        for k, (value, error) in enumerate(published[:2], start=1):
            assert abs(fit.params[k] - value) < 1.645 * np.hypot(fit.bse[k], error)
