"""Rate sensitivity on the record: the betas of five periods and the flip of their sign, and the session of 2025-11-05.

The anchors were computed once on the FRED series, returns of the S&P 500 on two regressors, changes of the 10-year real
yield and of the 10-year breakeven; per cent per +10 bp with Newey-West t. This run reproduces them with the same two
regressors and five lags on the recorded Treasury yields; the third regressor of the model, the slope, moves them a little.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from barograph.archive.archive import Archive
from barograph.catalog.load import load
from barograph.core.time import DAY_END, Clock, new_york
from barograph.models._fitting import refit_at
from barograph.models._kernels.newey_west import newey_west
from barograph.models.sensitivity.fan_record import FanRecord
from barograph.models.sensitivity.sensitivity import Sensitivity
from barograph.run.api import Record
from barograph.run.score_sensitivity import score_sensitivity
from barograph.run.settings import Settings
from models_view import recorded_values

pytestmark = pytest.mark.e2e

LAGS = 5


@pytest.fixture(scope="module")
def record(recorded_folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Days on which stocks and both yields have a value, returns in per cent, moves of real yield and breakeven in 10 bp."""
    catalog = load()
    ids = ("us.equity.spx", "us.rates.real_10y", "us.rates.par_10y")
    found = [recorded_values(catalog[i], recorded_folder) for i in ids]
    if any(f is None for f in found):
        pytest.skip("the index or the yields are not among the recorded sources")
    spx, real, par = found
    days = sorted(set(spx) & set(real) & set(par))
    price, r, p = (np.array([t[d] for d in days]) for t in (spx, real, par))
    moves = np.column_stack([np.diff(r), np.diff(p - r)]) * 10.0
    return np.array(days[1:], dtype="datetime64[D]"), 100.0 * (price[1:] / price[:-1] - 1.0), moves


@pytest.mark.parametrize(
    ("first", "last", "real", "breakeven", "r2"),
    [
        ("2003", "2007", (0.39, 4.9), (0.19, 2.1), 0.05),
        ("2008", "2012", (0.79, 6.5), (1.48, 11.7), 0.23),
        ("2013", "2019", (0.45, 6.9), (1.30, 12.5), 0.17),
        ("2020", "2021", (0.91, 2.8), (2.04, 5.9), 0.20),
    ],
)
def test_betas_by_period(
    first: str, last: str, real: tuple, breakeven: tuple, r2: float, record: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    betas, t, share, n = fitted(record, f"{first}-01-01", f"{last}-12-31")
    print(
        f"{first}-{last}, {n} days: real {betas[1]:.2f} ({t[1]:.1f}), breakeven {betas[2]:.2f} ({t[2]:.1f}), R2 {share:.2f}"
    )
    for k, (value, statistic) in enumerate((real, breakeven), start=1):
        # Half a standard error: the anchors rest on another provider's days.
        assert abs(betas[k] - value) < 0.5 * abs(value / statistic) + 0.005
        assert t[k] == pytest.approx(statistic, abs=0.15 * abs(statistic) + 0.2)
    assert share == pytest.approx(r2, abs=0.015)


def test_the_sign_has_flipped(record: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    betas, t, share, n = fitted(record, "2022-01-01", "2025-12-31")
    print(
        f"2022-2025, {n} days: real {betas[1]:.2f} ({t[1]:.1f}), breakeven {betas[2]:.2f} ({t[2]:.1f}), R2 {share:.2f}"
    )
    assert betas[1] == pytest.approx(-0.30, abs=0.03) and t[1] == pytest.approx(-3.5, abs=0.5)
    whole, error, *_ = fitted(record, "2003-01-01", "2025-12-31")
    print(f"2003-2025: real {whole[1]:.2f} ({error[1]:.1f}): of no period")
    assert whole[1] > 0.0 > betas[1]


def fitted(
    record: tuple[np.ndarray, np.ndarray, np.ndarray], first: str, last: str
) -> tuple[np.ndarray, np.ndarray, float, int]:
    days, returns, moves = record
    inside = (days >= np.datetime64(first)) & (days <= np.datetime64(last))
    y, x = returns[inside], moves[inside]
    made = newey_west(y[:, None], x, y.size, LAGS, np.array([y.size - 1]))
    betas = made.betas[0, :, 0]
    rest = y - betas[0] - x @ betas[1:]
    return betas, betas / made.errors[0, :, 0], 1.0 - float(rest.var() / y.var()), y.size


@pytest.fixture(scope="module")
def archive(golden_archive: Path) -> Iterator[Archive]:
    yield Archive.open(golden_archive, load())


def test_the_golden_session(archive: Archive) -> None:
    view, model = archive.as_of(new_york(date(2025, 11, 5), DAY_END)), Sensitivity()
    state = model.fit(view.at(refit_at(view.known_at)))
    said = {q.id: q for q in model.step(state, view)[1].quantities}
    beta = {e: said[f"sensitivity.spx.real10y.{e}.beta"] for e in ("rolling", "ridge", "kalman")}
    print({e: (round(q.value, 2), round(q.low, 2), round(q.high, 2)) for e, q in beta.items()})
    # All three hold nought, so nothing is claimed of the index.
    assert all(q.low < 0.0 < q.high for q in beta.values())
    assert said["sensitivity.spx.state"].value == "no_link" and said["sensitivity.spx.discovery"].value == "no"
    assert said["sensitivity.spx.break.flag"].value == "break"
    day = said["sensitivity.spx.break.statistic"].period
    assert date(2022, 1, 1) < day < date(2022, 7, 1)
    before, after = (said[f"sensitivity.spx.break.{k}"].value for k in ("before", "after"))
    assert before > 0.0 > after
    assert said["sensitivity.real_estate.state"].value == "hurt" and said["sensitivity.dollar.state"].value == "help"
    total, rest = (said[f"sensitivity.spx.impact.{k}"].value for k in ("total", "residual"))
    assert total + rest == pytest.approx(0.37, abs=0.005)  # the session's return
    events = said["sensitivity.spx.event.cpi.beta"]
    assert events.high < 0.0 and events.n > 50  # on days of consumer prices the link is plain
    counts = {k: said[f"sensitivity.us.{k}"].value for k in ("assets", "help", "hurt", "discoveries", "breaks")}
    print(counts)
    assert counts["assets"] == 28.0


def test_the_fans_record_on_the_page_is_the_score_of_its_months(golden_copy: Path) -> None:
    """Two ways to one figure: 36 months tried within one estimation, and month by month from the views of those days."""
    record = Record(settings=Settings(golden_copy, Clock(new_york(date(2025, 11, 6), DAY_END))))
    view, model = record.as_of("2025-11-05"), FanRecord()
    said = {q.id: q for q in model.step(model.fit(view.at(refit_at(view.known_at))), view)[1].quantities}
    scored = score_sensitivity(record, date(2022, 11, 1), date(2025, 10, 31))
    groups = {
        "S&P 500": "spx", "Nasdaq Composite": "nasdaq", "gold fund": "gold", "dollar fund": "dollar", "oil fund": "oil",
    }  # fmt: skip
    coverage = {r["group"]: r for r in scored["coverage_90"] if r["estimator"] == "kalman" and r["group"] in groups}
    r2 = {r["group"]: r["r2_kalman"] for r in scored["given_the_moves"]}
    assert coverage.keys() == groups.keys()
    for group, slug in groups.items():
        p = f"sensitivity.{slug}.fan.record"
        share = said[f"{p}.share_in_90"]
        print(group, share.value, share.n, said[f"{p}.share_large"].value, said[f"{p}.gain_plain"].value)
        assert share.n == coverage[group]["n"] > 700
        assert share.value == pytest.approx(coverage[group]["coverage"], abs=1e-9)
        assert said[f"{p}.p_kupiec"].value == pytest.approx(100.0 * coverage[group]["p_kupiec"], rel=1e-6)
        assert said[f"{p}.r2"].value == pytest.approx(100.0 * r2[group], abs=1e-6)
    # The interval is honest about its own width: by its record most fans were too wide in these years.
    assert said["sensitivity.us.fans_narrow"].value == 0.0 and said["sensitivity.us.fans_wide"].value >= 15.0


def test_states_of_the_past_have_the_sign_of_their_periods(archive: Archive) -> None:
    model, signs = Sensitivity(), {}
    for day in (date(2020, 6, 30), date(2022, 10, 31)):
        view = archive.as_of(new_york(day, DAY_END))
        state = model.fit(view.at(refit_at(view.known_at)))
        said = {q.id: q for q in model.step(state, view)[1].quantities}
        signs[day.year] = said["sensitivity.spx.state"].value
    assert signs == {2020: "help", 2022: "hurt"}
