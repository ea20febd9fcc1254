"""Cyclicals less defensives: planted sensitivities come back, the account adds up, nothing of the span is in the estimation."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

from barograph.core.estimate import Quantity
from barograph.core.time import sessions
from barograph.core.units import SECTORS
from barograph.models.equities.tilt import Tilt
from models_view import NOW, FakeView, Rows, catalog, rows_of

DAYS = sessions("SIFMA", date(2024, 6, 3), NOW.date())
DAYS = [d for d in DAYS if d in set(sessions("NYSE", DAYS[0], DAYS[-1]))]
CYCLICAL, DEFENSIVE = Tilt().cyclicals, Tilt().defensives
P = "equity.us"


def view_of(noise: float = 0.0, seed: int = 0, days: list[date] = DAYS) -> FakeView:
    """Cyclicals move by -0.02 per bp of the real yield and -0.08 per bp of the spread, defensives by -0.05 and -0.02."""
    rng = np.random.default_rng(seed)
    real = np.round(np.cumsum(rng.normal(0.0, 4.0, len(days)))) / 100.0 + 2.0
    spread = np.round(np.cumsum(rng.normal(0.0, 5.0, len(days)))) + 500.0
    x = np.column_stack([100.0 * np.diff(real), np.diff(spread)])
    rows = {
        "us.rates.real_10y": rows_of(catalog()["us.rates.real_10y"], dict(zip(days, real.tolist(), strict=True))),
        "us.credit.hy_oas": rows_of(catalog()["us.credit.hy_oas"], dict(zip(days, spread.tolist(), strict=True))),
    }
    for slug in SECTORS.values():
        b = np.array([-0.02, -0.08]) if slug in CYCLICAL else np.array([-0.05, -0.02])
        moves = x @ b + noise * rng.standard_normal(len(days) - 1)
        price = 50.0 * np.concatenate([[1.0], np.cumprod(1.0 + moves / 100.0)])
        id_ = f"us.equity.sector_{slug}"
        rows[id_] = rows_of(catalog()[id_], dict(zip(days, price.tolist(), strict=True)))
    return FakeView(rows, NOW)


def run(view: FakeView, **settings: Any) -> dict[str, Quantity]:
    model = Tilt(**settings)
    return {q.id: q for q in model.step(model.fit(view), view)[1].quantities}


def value(found: dict[str, Quantity], id_: str) -> float:
    made = found[f"{P}.{id_}"].value
    assert isinstance(made, float), found[f"{P}.{id_}"].reason
    return made


def test_planted_sensitivities_come_back() -> None:
    found = run(view_of())
    assert value(found, "tilt.real10y.beta") == pytest.approx(0.3, abs=1e-6)
    assert value(found, "tilt.hy_oas.beta") == pytest.approx(-0.6, abs=1e-6)
    assert value(found, "tilt.utilities.real10y.beta") == pytest.approx(-0.5, abs=1e-6)
    assert value(found, "tilt.r2") == pytest.approx(1.0, abs=1e-9)
    assert value(found, "tilt.unexplained_1d") == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("span", ["1d", "5d", "mtd", "qtd"])
def test_the_account_adds_up(span: str) -> None:
    found = run(view_of(0.5, 2))
    explained = value(found, f"tilt.explained_{span}")
    assert value(found, f"tilt.rates_{span}") + value(found, f"tilt.credit_{span}") == pytest.approx(
        explained, abs=1e-12
    )
    gap = value(found, f"cyclicals_minus_defensives.return_{span}")
    assert explained + value(found, f"tilt.unexplained_{span}") == pytest.approx(gap, abs=1e-12)
    made = found[f"{P}.tilt.explained_{span}"]
    assert made.low is not None and made.high is not None and made.low < explained < made.high


def test_the_gap_is_what_another_program_gets_from_the_sessions_before() -> None:
    view = view_of(0.5, 3)
    column = {i: r.values for i, r in view.rows.items()}
    moves = {s: 100.0 * (np.diff(v) / v[:-1]) for s in SECTORS.values() for v in [column[f"us.equity.sector_{s}"]]}
    y = sum(moves[s] for s in CYCLICAL) / 4.0 - sum(moves[s] for s in DEFENSIVE) / 3.0
    x = np.column_stack([100.0 * np.diff(column["us.rates.real_10y"]), np.diff(column["us.credit.hy_oas"])])
    past = slice(-253, -1)
    fit = sm.OLS(y[past], sm.add_constant(x[past])).fit(cov_type="HAC", cov_kwds={"maxlags": 5, "use_correction": True})
    found = run(view)
    assert value(found, "tilt.real10y.beta") == pytest.approx(10.0 * fit.params[1], abs=1e-9)
    assert value(found, "tilt.explained_1d") == pytest.approx(float(x[-1] @ fit.params[1:]), abs=1e-9)
    half = 1.6448536269514722 * float(np.sqrt(x[-1] @ fit.cov_params()[1:, 1:] @ x[-1]))
    assert found[f"{P}.tilt.explained_1d"].high == pytest.approx(value(found, "tilt.explained_1d") + half, abs=1e-9)


def test_the_session_is_not_in_its_own_estimation() -> None:
    """The planted fault: a price of the last session changed changes no sensitivity."""

    def last(id_: str, rows: Rows) -> Rows:
        if "sector_" not in id_:
            return rows
        values = rows.values.copy()
        values[-1] *= 1.3 if "industrials" in id_ else 0.8
        return Rows(rows.periods, values, rows.known_at, rows.basis)

    clean, changed = run(view_of(0.5, 4)), run(view_of(0.5, 4).mapped(last))
    for factor in ("real10y", "hy_oas"):
        assert value(clean, f"tilt.{factor}.beta") == value(changed, f"tilt.{factor}.beta")
    assert value(clean, "cyclicals_minus_defensives.return_1d") != value(
        changed, "cyclicals_minus_defensives.return_1d"
    )


def test_missing_inputs_say_so() -> None:
    view = view_of(0.5)
    bare = run(view.mapped(lambda i, r: None if i == "us.credit.hy_oas" else r))
    assert bare[f"{P}.tilt.explained_1d"].state == "insufficient" and bare[f"{P}.tilt.explained_1d"].reason
    assert bare[f"{P}.cyclicals_minus_defensives.return_1d"].value is not None
    short = run(view_of(0.5, days=DAYS[-200:]))
    assert short[f"{P}.tilt.explained_1d"].state == "degraded"
    assert run(view_of(0.5, days=DAYS[-100:]))[f"{P}.tilt.explained_1d"].state == "insufficient"
