"""The New York Fed's MATLAB output, as statsmodels carries it: log-likelihoods and news of its nowcast example.

The files hold the estimated matrices, so what is checked is filtering with missing data and the decomposition of a change
into news. Published: two factors AR(2) -175.65748640; GDP of 2016Q3, model 222: payrolls +0.28405773, revisions -0.03133440.
"""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.io import loadmat

from barograph.models._kernels.dfm_news import decompose
from state_space import StateSpace, smooth

Floats = NDArray[np.float64]
MONTHLY = ["CPIAUCSL", "UNRATE", "PAYEMS", "RSAFS", "TTLCONS", "TCU"]
DIFFERENCED = ("UNRATE", "PAYEMS", "TCU")


def folder() -> Path:
    found = importlib.util.find_spec("statsmodels")
    assert found is not None and found.origin is not None
    return Path(found.origin).parent / "tsa" / "statespace" / "tests" / "results" / "frbny_nowcast"


def result(name: str) -> Any:
    return loadmat(folder() / f"test_{name}.mat")["Res"][0, 0]


@cache
def panel(vintage: str, monthly: int) -> tuple[tuple[str, ...], Floats]:
    """Months 2000-01 to the vintage's, and the transformed series; quarterly ones in third months, annual rates."""
    data = pd.read_csv(folder() / "Nowcasting" / "data" / "US" / f"{vintage}.csv").set_index("Date")
    columns = []
    for name in MONTHLY[:monthly]:
        values = data[name].to_numpy()
        before = np.r_[np.nan, values[:-1]]
        columns.append(values - before if name in DIFFERENCED else 100.0 * (values / before - 1.0))
    for name in ("GDPC1", "ULCNFB"):
        values = data[name].to_numpy()
        columns.append(100.0 * ((values / np.r_[np.full(3, np.nan), values[:-3]]) ** 4 - 1.0))
    made = np.column_stack(columns)
    months = tuple(str(pd.Period(d, freq="M")) for d in data.index)
    keep = [n for n, m in enumerate(months) if m >= "2000-01"]
    return tuple(months[n] for n in keep), made[keep]


def system(res: Any) -> StateSpace:
    return StateSpace(res["A"], res["C"], res["Q"], res["R"], res["Z_0"][:, 0], res["V_0"])


def standardised(res: Any, values: Floats) -> Floats:
    return (values - res["Mx"][0]) / res["Wx"][0]


@pytest.mark.parametrize(
    ("name", "monthly", "published"),
    [
        ("dfm_111", 3, -200.29820323),
        ("dfm_112", 3, -183.92128226),
        ("dfm_221", 3, -194.56111892),
        ("dfm_222", 3, -175.65748640),
        ("dfm_blocks_111", 6, -444.22801012),
        ("dfm_blocks_112", 6, -420.31635058),
        ("dfm_blocks_221", 6, -407.84980741),
        ("dfm_blocks_222", 6, -405.39013802),
    ],
)
def test_log_likelihoods(name: str, monthly: int, published: float) -> None:
    """All eight to 1e-6, without the constant of the normal density, as the program prints them."""
    res = result(name)
    months, values = panel("2016-06-29", monthly)
    last = months.index("2016-06") + 1
    made = smooth(standardised(res, values[:last]), system(res))
    assert made.without_constant == pytest.approx(float(res["loglik"][0, 0]), abs=1e-6)
    assert made.without_constant == pytest.approx(published, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "monthly", "payrolls", "revisions"),
    [("222", 3, 0.28405773, -0.03133440), ("blocks_222", 6, 0.12098406, -0.04735205)],
)
def test_news_of_gdp_2016q3(name: str, monthly: int, payrolls: float, revisions: float) -> None:
    """Every row of the program's table (forecast, actual, weight, impact) and the revisions, to 1e-6; they add up to 1e-9."""
    res = result(f"news_{name}")
    months, new = panel("2016-07-29", monthly)
    _, old = panel("2016-06-29", monthly)
    count = new.shape[1]
    grid = max(len(months), months.index("2016-07") + 1) + 3
    before, after = np.full((grid, count), np.nan), np.full((grid, count), np.nan)
    before[: len(old)], after[: len(new)] = standardised(res, old), standardised(res, new)
    model, gdp = system(res), monthly
    target = (months.index("2016-06") + 3, gdp)

    def expect(values: Floats, cells: list[tuple[int, int]]) -> list[float]:
        signals = smooth(values, model).signals
        return [float(signals[cell]) for cell in cells]

    def derivatives(cells: list[tuple[int, int]]) -> list[float]:
        base = expect(after, [target])[0]
        out = []
        for cell in cells:
            raised = after.copy()
            raised[cell] += 1.0
            out.append(expect(raised, [target])[0] - base)
        return out

    made = decompose(before, after, target, expect, derivatives)
    scale, level = res["Wx"][0], res["Mx"][0]
    total = sum(r.impact for r in made.rows) + made.revisions
    assert total == pytest.approx(made.after - made.before, abs=1e-9)
    assert made.revisions * scale[gdp] == pytest.approx(float(res["impact_revisions"].ravel()[0]), abs=1e-6)
    assert made.revisions * scale[gdp] == pytest.approx(revisions, abs=1e-6)
    rows = {r.series: r for r in made.rows}
    assert rows[2].impact * scale[gdp] == pytest.approx(payrolls, abs=1e-6)
    table = np.asarray(res["news_table"], dtype=float)
    compared = 0
    for series, published in enumerate(table):
        if series not in rows or not np.isfinite(published).all() or not published.any():
            continue
        row = rows[series]
        ours = [
            row.forecast * scale[series] + level[series],
            row.actual * scale[series] + level[series],
            row.weight * scale[gdp] / scale[series],
            row.impact * scale[gdp],
        ]
        assert ours == pytest.approx(published, abs=1e-6)
        compared += 1
    assert compared == len(rows) >= monthly
