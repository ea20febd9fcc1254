"""The scores of the sensitivities on hand-made records, and the two tests of coverage beside their definitions."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from scipy.stats import binom, chi2

from barograph.models._scores import christoffersen, kupiec
from barograph.models.assets import ASSETS
from barograph.run.score_sensitivity import Expanding, Forecasts, _coverage, _group, _states
from barograph.run.score_sensitivity import Sample as Drawn
from barograph.run.sign_record import sign_record

SPX = tuple(a for a in ASSETS if a.slug == "spx")


def test_kupiec_is_the_ratio_of_two_binomial_likelihoods() -> None:
    for hits, n, level in ((880, 1000, 0.9), (45, 50, 0.9), (50, 50, 0.9), (0, 20, 0.5)):
        statistic, p = kupiec(hits, n, level)
        exact = 2.0 * (binom.logpmf(hits, n, hits / n) - binom.logpmf(hits, n, level))
        assert statistic == pytest.approx(exact, abs=1e-9) and p == pytest.approx(chi2.sf(exact, 1))
    assert kupiec(900, 1000, 0.9)[1] == pytest.approx(1.0)
    with pytest.raises(ValueError, match="5 of 4"):
        kupiec(5, 4, 0.9)


def test_kupiec_rejects_as_often_as_it_says() -> None:
    draws = np.random.default_rng(0).binomial(500, 0.9, 4000)
    assert np.mean([kupiec(int(h), 500, 0.9)[1] < 0.05 for h in draws]) == pytest.approx(0.05, abs=0.02)


def test_christoffersen_by_hand_and_its_size() -> None:
    hits = np.array([1, 1, 0, 0, 1, 1, 1, 0, 1, 1], dtype=bool)
    # Transitions given the first day: after a hit 4 hits and 2 misses, after a miss 2 hits and 1 miss.
    free = 4 * np.log(4 / 6) + 2 * np.log(2 / 6) + 2 * np.log(2 / 3) + np.log(1 / 3)
    statistic, p = christoffersen(hits, 0.9)
    assert statistic == pytest.approx(2.0 * (free - 6 * np.log(0.9) - 3 * np.log(0.1)), abs=1e-12)
    assert p == pytest.approx(chi2.sf(statistic, 2))
    rng = np.random.default_rng(1)
    size = np.mean([christoffersen(rng.random(800) < 0.9, 0.9)[1] < 0.05 for _ in range(2000)])
    assert size == pytest.approx(0.05, abs=0.025)
    runs = np.repeat(rng.random(80) < 0.9, 10)  # misses in runs of ten
    assert christoffersen(runs, 0.9)[1] < 1e-6


def filled(scale: dict[str, float], days: int = 600) -> Forecasts:
    rng, made = np.random.default_rng(2), Forecasts()
    for t in range(days):
        key = ("spx", date(2020, 1, 1) + timedelta(t))
        made.returns[key] = float(rng.standard_normal())
        for name, size in scale.items():
            made.errors[name][key] = made.returns[key] * size
            made.spreads[name][key] = size
    return made


def test_a_forecast_with_half_the_error_has_three_quarters_of_the_squares() -> None:
    made = filled({"rolling": 0.5, "ridge": 1.0, "kalman": 1.2, "full": 0.8})
    row = _group("S&P 500", ("spx",), made)
    assert row is not None and row["n"] == 600 and row["assets"] == 1
    assert [row[f"r2_{e}"] for e in ("rolling", "ridge", "kalman", "full")] == pytest.approx([0.75, 0.0, -0.44, 0.36])
    assert row["skill_rolling_nought"] == "better" and row["skill_rolling_full"] == "better"
    assert row["skill_kalman_nought"] == "worse" and row["skill_kalman_full"] == "worse"
    assert row["skill_ridge_nought"] == "no difference shown"
    assert _group("nothing", ("gold",), made) is None
    assert _group("few", ("spx",), filled({"rolling": 0.5, "ridge": 1.0, "kalman": 1.2, "full": 0.8}, 400)) is None
    for line in _coverage("S&P 500", ("spx",), made, 0.9):
        assert line["coverage"] == pytest.approx(90.0, abs=3.0) and line["p_kupiec"] > 0.01


def test_states_that_stand_and_signs_that_hold() -> None:
    made = Forecasts()
    words = ["help", "help", "hurt", "no_link", "no_link", "help"]
    for m, word in enumerate(words, start=1):
        made.states["spx"].append((date(2020, m, 28), word))
        made.followed[("spx", date(2020, m, 1))] = 1.0 if m != 4 else -1.0
    row = _states("S&P 500", ("spx",), made)
    assert (row["help"], row["hurt"], row["no_link"]) == (3, 1, 2)
    # help-help held, help-hurt and hurt-no_link did not; no_link-no_link held, no_link-help did not.
    assert row["same_1m_signed"] == pytest.approx(100.0 / 3.0) and row["n_same_1m_signed"] == 3
    assert row["same_1m_unsigned"] == pytest.approx(50.0)
    # After help in January and February the beta was positive, after hurt in March negative: all held.
    assert row["sign_held"] == 100.0 and row["n_sign_held"] == 3


def test_signs_that_need_no_model_are_counted_on_the_same_months() -> None:
    made = Forecasts()
    betas = [1.0, 1.0, 1.0, -1.0, -1.0, -1.0, -1.0, -1.0, 1.0, 1.0, 1.0, 1.0]
    for m, beta in enumerate(betas, start=1):
        made.followed[("spx", date(2020, m, 1))] = beta
        made.states["spx"].append((date(2020, m, 28), "no_link" if m == 3 else "hurt" if 4 <= m <= 8 else "help"))
    row = sign_record(made.states, made.followed, ("spx",))
    # March says nothing and December has no month after it. Followed by April to December: the state misses August's.
    assert row["n_sign_held"] == 10 and row["sign_held"] == pytest.approx(90.0)
    # The newest month's sign misses August's too. The majority stays up in April and May and down in August and September;
    # on the ties of June and October the newest month decides.
    assert row["last_held"] == pytest.approx(90.0) and row["majority_held"] == pytest.approx(60.0)
    assert row["over_last"] == pytest.approx(0.0) and row["over_majority"] == pytest.approx(30.0)
    assert row["over_majority_low"] <= 30.0 <= row["over_majority_high"]
    assert (row["over_last_low"], row["over_last_high"]) == (0.0, 0.0)


def test_a_state_that_is_always_up_is_no_better_than_the_majority() -> None:
    made, rng = Forecasts(), np.random.default_rng(4)
    for m in range(240):
        day = date(2000 + m // 12, 1 + m % 12, 28)
        made.followed[("spx", day.replace(day=1))] = 1.0 if rng.random() < 0.8 else -1.0
        made.states["spx"].append((day, "help"))
    row = sign_record(made.states, made.followed, ("spx",))
    assert 70.0 < row["sign_held"] < 90.0  # far from an even coin, and worth nothing
    assert row["over_majority_low"] <= 0.0 <= row["over_majority_high"] and abs(row["over_majority"]) < 2.0
    bare = sign_record(made.states, made.followed, ("gold",))
    assert bare["n_sign_held"] == 0 and np.isnan(bare["sign_held"]) and np.isnan(bare["over_last_low"])


def test_expanding_least_squares_take_in_each_day_once() -> None:
    rng = np.random.default_rng(3)
    days = np.arange(np.datetime64("2020-01-01"), np.datetime64("2020-01-01") + 400)
    x = rng.standard_normal((400, 3))
    y = x @ np.array([[1.0], [2.0], [3.0]]) + rng.standard_normal((400, 1))
    expanding = Expanding()
    for stop in (300, 350, 400):
        expanding.add(Drawn(SPX, days[:stop], y[:stop], x[:stop], ()))
    exact = np.linalg.lstsq(np.column_stack([np.ones(400), x]), y[:, 0], rcond=None)[0]
    assert expanding.betas("spx") == pytest.approx(exact, abs=1e-12)
    assert np.isnan(expanding.betas("gold")).all()
