"""Rolling regressions and random-walk betas beside statsmodels and polars-ds; three thousand tickers for one day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from barograph.models._kernels.random_walk_betas import DIFFUSE, filtered, most_likely
from barograph.models._kernels.rolling_ols import rolling_ols

DAYS, ASSETS, REGRESSORS, WINDOW = 6000, 500, 5, 126
FEW = 4
ROLLING = f"rolling {WINDOW}-day OLS, {REGRESSORS} regressors, {ASSETS} assets x {DAYS} days"
GAPS = f"{ROLLING}, 2 % of the days missing"
ROLLING_FEW = f"rolling {WINDOW}-day OLS, {REGRESSORS} regressors, {FEW} assets x {DAYS} days"
WALK = f"random-walk betas, filter, {REGRESSORS} regressors, {ASSETS} assets x {DAYS} days"
WALK_FEW = f"random-walk betas, filter, {REGRESSORS} regressors, {FEW} assets x {DAYS} days"
LIKELY = "q/r by maximum likelihood, 40 assets x 1260 days, 3 regressors"
TICKERS = 3000
UPDATE = f"sensitivities of {TICKERS} tickers for one day: step of the model on an archive's view"


@pytest.fixture(scope="module")
def sample() -> tuple[np.ndarray, np.ndarray]:
    """Invented returns (T, n) and moves (T, 5)."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((DAYS, REGRESSORS))
    return x @ rng.standard_normal((REGRESSORS, ASSETS)) + rng.standard_normal((DAYS, ASSETS)), x


@pytest.mark.benchmark(group="rolling regression")
def test_rolling_ours(sample: tuple[np.ndarray, np.ndarray], measure: Callable[..., Any]) -> None:
    y, x = sample
    out = np.empty((DAYS, REGRESSORS + 1, ASSETS))
    measure(ROLLING, "ours", lambda: rolling_ols(y, x, WINDOW, out=out), read=lambda b: b[WINDOW - 1 :, :, ::50].copy())


@pytest.mark.benchmark(group="rolling regression")
def test_rolling_polars_ds(sample: tuple[np.ndarray, np.ndarray], measure: Callable[..., Any]) -> None:
    pl = pytest.importorskip("polars")
    pds = pytest.importorskip("polars_ds")
    y, x = sample
    names = [f"x{k}" for k in range(REGRESSORS)]
    frame = pl.DataFrame({n: x[:, k] for k, n in enumerate(names)} | {f"y{i}": y[:, i] for i in range(0, ASSETS, 50)})

    def work() -> Any:
        return frame.select(
            pds.rolling_lin_reg(*names, target=f"y{i}", window_size=WINDOW, add_bias=True).alias(f"y{i}")
            for i in range(0, ASSETS, 50)
        )

    def read(made: Any) -> np.ndarray:
        # One list of coefficients a day, the constant last; as ours (day, coefficient, asset), the constant first.
        columns = []
        for i in range(0, ASSETS, 50):
            rows = np.array(made[f"y{i}"].struct.field("coeffs").to_list()[WINDOW - 1 :], dtype=float)
            columns.append(np.roll(rows, 1, axis=1))
        return np.stack(columns, axis=2)

    measure(ROLLING, "polars-ds", work, read=read, rounds=1, warm=0, note="10 of the 500 assets; times 50")


@pytest.mark.benchmark(group="rolling regression, gaps")
def test_gaps_ours(sample: tuple[np.ndarray, np.ndarray], measure: Callable[..., Any]) -> None:
    y, x = sample
    y = y.copy()
    y[np.random.default_rng(1).random(y.shape) < 0.02] = np.nan
    out = np.empty((DAYS, REGRESSORS + 1, ASSETS))
    measure(GAPS, "ours", lambda: rolling_ols(y, x, WINDOW, 100, out=out), read=lambda b: b[::100].copy(), rounds=3)


@pytest.mark.benchmark(group="rolling regression, few assets")
def test_few_ours(sample: tuple[np.ndarray, np.ndarray], measure: Callable[..., Any]) -> None:
    y, x = sample
    y = np.ascontiguousarray(y[:, :FEW])
    measure(ROLLING_FEW, "ours", lambda: rolling_ols(y, x, WINDOW), read=lambda b: b.copy())


@pytest.mark.benchmark(group="rolling regression, few assets")
def test_few_statsmodels(sample: tuple[np.ndarray, np.ndarray], measure: Callable[..., Any]) -> None:
    rolling = pytest.importorskip("statsmodels.regression.rolling")
    y, x = sample
    design = np.column_stack([np.ones(DAYS), x])

    def work() -> np.ndarray:
        made = [rolling.RollingOLS(y[:, i], design, WINDOW).fit(params_only=True).params for i in range(FEW)]
        return np.stack(made, axis=2)

    measure(ROLLING_FEW, "statsmodels RollingOLS", work, rounds=1, warm=0)


@pytest.mark.benchmark(group="random-walk betas")
def test_walk_ours(sample: tuple[np.ndarray, np.ndarray], measure: Callable[..., Any]) -> None:
    y, x = sample
    q, r, scale = np.full(ASSETS, 1e-4), np.ones(ASSETS), np.ones(REGRESSORS)
    measure(WALK, "ours", lambda: filtered(y, x, q, r, scale), read=lambda w: w.betas[::100].copy(), rounds=5)


@pytest.mark.benchmark(group="random-walk betas, few assets")
def test_walk_few_ours(sample: tuple[np.ndarray, np.ndarray], measure: Callable[..., Any]) -> None:
    y, x = sample
    y = np.ascontiguousarray(y[:, :FEW])
    q, r, scale = np.full(FEW, 1e-4), np.ones(FEW), np.ones(REGRESSORS)
    measure(WALK_FEW, "ours", lambda: filtered(y, x, q, r, scale), read=lambda w: w.betas[100:].copy())


@pytest.mark.benchmark(group="random-walk betas, few assets")
def test_walk_few_statsmodels(sample: tuple[np.ndarray, np.ndarray], measure: Callable[..., Any]) -> None:
    mlemodel = pytest.importorskip("statsmodels.tsa.statespace.mlemodel")
    y, x = sample
    design = np.column_stack([np.ones(DAYS), x])
    k = REGRESSORS + 1
    step = np.diag([0.0, *([1e-4] * REGRESSORS)])

    def prepared(column: int) -> Any:
        model = mlemodel.MLEModel(y[:, column], k_states=k, k_posdef=k)
        model["design"] = design.T[None]
        model["transition"], model["selection"], model["state_cov"] = np.eye(k), np.eye(k), step
        model["obs_cov"] = np.array([[1.0]])
        model.ssm.initialize_known(np.zeros(k), np.eye(k) * DIFFUSE + step)
        return model

    models = [prepared(i) for i in range(FEW)]
    measure(
        WALK_FEW,
        "statsmodels",
        lambda: [m.ssm.filter() for m in models],
        read=lambda made: np.stack([f.filtered_state.T[100:] for f in made], axis=2),
        rounds=2,
    )


@pytest.mark.benchmark(group="random-walk betas, likelihood")
def test_most_likely_ours(sample: tuple[np.ndarray, np.ndarray], measure: Callable[..., Any]) -> None:
    y, x = sample
    y, x = np.ascontiguousarray(y[:1260, :40]), np.ascontiguousarray(x[:1260, :3])
    measure(LIKELY, "ours", lambda: most_likely(y, x, np.ones(3)), rounds=3)


@pytest.mark.benchmark(group="three thousand tickers")
def test_three_thousand_tickers(tmp_path_factory: pytest.TempPathFactory, measure: Callable[..., Any]) -> None:
    """A real archive with so many imported rows; the month's estimation is made before, the day's step is timed."""
    from barograph.archive.archive import Archive
    from barograph.archive.commit import Fetch
    from barograph.catalog.rows import series_of
    from barograph.core.observation import Reading
    from barograph.core.time import Clock
    from barograph.models._fitting import refit_at
    from barograph.models.sensitivity.sensitivity import Sensitivity
    from models_view import NOW, catalog, small_view

    view = small_view(1, years=6)
    days = [d for d in view.series("us.equity.spx").periods.tolist() if d > NOW.date() - timedelta(6 * 365)]
    base: dict[str, Any] = {
        "block": "user", "unit": "usd", "frequency": "D", "stamp": "day", "seasonal": "none", "release": "day 18:00",
        "transform": "level", "revises": False, "rights": "personal", "citation": "invented", "kind": "none",
        "readers": ["sensitivity"], "calendar": "NYSE",
    }  # fmt: skip
    names = [f"user.t{i:04d}" for i in range(TICKERS)]
    rows = {n: series_of({**base, "id": n, "title": n, "providers": [f"files:{n}"]}, "bench") for n in names}
    wider = type(catalog())({**{r.id: r for r in catalog()}, **rows}, catalog().closures)
    rng = np.random.default_rng(2)
    archive = Archive.open(tmp_path_factory.mktemp("tickers") / "archive", wider, create=True)
    with archive.writer(Clock(NOW)) as writer:
        fetches = []
        for series_id, held in view.rows.items():
            readings = [
                Reading(series_id, d, v) for d, v in zip(held.periods.tolist(), held.values.tolist(), strict=True)
            ]
            fetches.append(
                Fetch("test", series_id, writer.store_raw(series_id.encode()), _span(days), (series_id,), readings)
            )
        for n in names:
            prices = 50.0 * np.exp(0.01 * rng.standard_normal(len(days)).cumsum())
            readings = [Reading(n, d, v) for d, v in zip(days, prices.tolist(), strict=True)]
            fetches.append(Fetch("test", n, writer.store_raw(n.encode()), _span(days), (n,), readings))
        writer.commit(fetches)
    seen, model = archive.as_of(NOW), Sensitivity()
    state = model.fit(seen.at(refit_at(NOW)))
    made = measure(UPDATE, "ours", lambda: model.step(state, seen)[1], read=lambda e: len(e.quantities), rounds=1)
    held = sum(q.value is not None for q in made.quantities if q.id.endswith("kalman.beta"))
    assert held >= 3 * TICKERS


def _span(days: list[date]) -> tuple[date, date]:
    return days[0], NOW_DAY


NOW_DAY = date(2025, 11, 5)
