"""The bands' record out of sample: refitted by the year on what had come, losses, shares and the chance of a widening."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t as student

from barograph.models._records import gain, held, width
from barograph.models._scores import cosine_test, independence, kupiec
from barograph.models.credit import _estimates as estimates
from barograph.models.credit._panel import Panel
from barograph.models.credit._record import recorded, tried
from barograph.models.credit.credit_band import CreditBand
from spread_panel import simulated

MODEL = CreditBand()


def test_each_year_of_a_record_has_the_penalty_of_its_own_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    panel, seen = simulated(4000, 1), []
    real = estimates.refitted

    def spy(x: np.ndarray, y: np.ndarray, penalty: np.ndarray, counts: np.ndarray | None = None) -> np.ndarray:
        seen.append((y.size, penalty[2]))
        return real(x, y, penalty, counts)

    monkeypatch.setattr(estimates, "refitted", spy)
    made = tried(panel, 5, 6, MODEL.factor, MODEL.alpha)
    assert made is not None and made["years"] == len(seen) == 6
    for n, middle in seen:
        assert middle == pytest.approx(estimates.penalties(n, 1, 5, MODEL.factor, MODEL.alpha)[2])
    assert len({p for _, p in seen}) == 6


def test_a_record_looks_at_nothing_that_had_not_come() -> None:
    panel = simulated(4000, 1)
    whole = tried(panel, 5, 6, 0.0, 0.1)
    assert whole is not None
    cut = int(np.searchsorted(panel.days, np.datetime64("2010-01-01")))
    poisoned = replace(panel, levels=np.where(np.arange(4000) < cut, panel.levels, 1e4 * np.arange(4000.0)))
    after = tried(poisoned, 5, 6, 0.0, 0.1)
    assert after is not None
    # Rows whose outcome had come by then are scored as before: rows are daily here.
    first = int(np.searchsorted(panel.days, np.datetime64("2005-01-01")))
    same = cut - first - 5
    assert same > 1000 and np.array_equal(whole["losses"][:same], after["losses"][:same])


def test_a_record_is_its_losses_and_shares_written_out() -> None:
    panel = simulated(4000, 1)
    found = tried(panel, 21, 6, MODEL.factor, MODEL.alpha, 5.0)
    said = recorded(replace(MODEL, record_years=6), panel, 21, 5.0)
    assert found is not None
    ours, usual = found["losses"].T
    assert said["gain"] == pytest.approx(100.0 * (1.0 - ours.sum() / usual.sum()), rel=1e-12)
    # A row every fourth session, outcomes of 21: six neighbours share part of theirs.
    assert said["p"] == cosine_test(usual - ours, 6)[1]
    for k, (share, asked) in enumerate((("90", 0.90), ("50", 0.50))):
        made, inside = said["shares"][share], found["inside"][:, k]
        n = -(-inside.size // 6)
        assert made["share"] == pytest.approx(100.0 * inside.mean()) and said["n"] == n
        assert made["p_kupiec"] == kupiec(inside.mean() * n, n, asked)[1]
        assert made["ends"][0] < made["share"] < made["ends"][1]


def test_a_share_does_not_hang_on_which_row_is_first() -> None:
    """The mean of the six sequences without overlap, each of which would say another share."""
    inside = np.random.default_rng(0).random(600) < 0.85
    phases = [inside[k::6] for k in range(6)]
    made = held(inside, 0.9, 6)
    assert made["share"] == pytest.approx(100.0 * np.mean([p.mean() for p in phases])) and made["n"] == 100
    assert max(p.mean() for p in phases) - min(p.mean() for p in phases) > 0.05
    later = held(inside[1:], 0.9, 6)
    assert later["share"] == pytest.approx(made["share"], abs=0.2)
    assert later["p_kupiec"] == pytest.approx(made["p_kupiec"], abs=0.05)
    # One sequence alone: the tests as published.
    alone = held(phases[0], 0.9)
    assert alone["p_kupiec"] == kupiec(int(phases[0].sum()), 100, 0.9)[1]
    assert alone["p_independence"] == independence(phases[0])[1]
    whole = independence(np.tile(phases[0], (6, 1)).T.ravel(), 6)[1]  # six sequences that are one say what it says
    assert whole == pytest.approx(alone["p_independence"], rel=1e-9)


@pytest.mark.parametrize(("n", "overlap"), [(604, 6), (198, 6), (743, 1), (412, 24)])
def test_the_test_of_overlapping_losses_has_the_size_it_says(n: int, overlap: int) -> None:
    rng, rejected = np.random.default_rng(0), 0
    for _ in range(600):
        sums = [np.convolve(rng.standard_normal(n + overlap - 1), np.ones(overlap), "valid") for _ in range(2)]
        rejected += cosine_test(sums[0] ** 2 - sums[1] ** 2, overlap)[1] < 0.10
    assert rejected / 600 == pytest.approx(0.10, abs=0.04)


def test_the_cosine_test_is_its_formula() -> None:
    d = np.random.default_rng(1).normal(0.1, 1.0, 200)
    statistic, p, freedom = cosine_test(d, 1)
    assert freedom == int(0.4 * 200 ** (2 / 3)) == 13
    t = np.arange(1, 201)
    weights = [np.sqrt(2 / 200) * (np.cos(np.pi * j * (t - 0.5) / 200) @ d) for j in range(1, 14)]
    assert statistic == pytest.approx(np.sqrt(200) * d.mean() / np.sqrt(np.mean(np.square(weights))))
    assert p == pytest.approx(2 * student.sf(abs(statistic), 13))
    assert np.isnan(cosine_test(np.ones(200), 1)).all() and np.isnan(cosine_test(d[:5], 2)).all()


def test_the_chance_of_a_widening_is_scored_as_it_was_said() -> None:
    """By hand for the newest year: breakeven from the level of the row, both chances by straight lines, squared errors."""
    panel, h, duration = simulated(4000, 1), 21, 5.0
    found = tried(panel, h, 6, MODEL.factor, MODEL.alpha, duration)
    rows = estimates.rows_of(panel, h)
    y, x = panel.levels[rows + h] - panel.levels[rows], estimates.design(panel, rows)
    begin = np.datetime64(panel.days[-1].astype("datetime64[Y]"), "D")
    known = int((panel.days[rows + h] < begin).sum())
    at = np.flatnonzero(panel.days[rows] >= begin)
    fitted = estimates.refitted(x[:known], y[:known], estimates.penalties(known, 1, h, MODEL.factor, MODEL.alpha))
    usual = np.quantile(y[:known], estimates.TAUS)
    wanted = []
    for k in at.tolist():
        edge = panel.levels[rows[k]] * (h / 252.0) / (duration - h / 252.0)
        pair = (np.sort(fitted @ x[k]), usual)
        chances = [1.0 - np.interp(edge, q, estimates.TAUS) for q in pair]
        wanted.append([(c - (y[k] > edge)) ** 2 for c in chances])
    assert found is not None and at.size > 5
    assert found["wider"][-at.size :] == pytest.approx(np.array(wanted), abs=1e-12)
    assert tried(panel, h, 6, MODEL.factor, MODEL.alpha)["wider"] is None  # type: ignore[index]


def test_skill_is_found_where_it_is_and_not_where_it_is_not() -> None:
    panel = simulated(4000, 1)
    rng = np.random.default_rng(3)
    deaf = Panel(panel.days, panel.levels, panel.names, np.abs(rng.standard_normal((4000, 1))) + 0.5, ())
    model = replace(MODEL, record_years=6)
    assert recorded(model, panel, 5, None)["verdict"] == "better_than_usual"
    assert recorded(model, deaf, 5, None)["verdict"] != "better_than_usual"
    share = recorded(model, panel, 5, None)["shares"]["90"]
    assert share["ends"][0] < 90.0 < share["ends"][1]  # the model is the truth here


def test_losses_that_do_not_differ_have_no_test() -> None:
    same = np.ones((50, 2))
    assert gain(same, 5, 0.1) is None
    # The plain forecast was never wrong: there is nothing to be better than.
    assert gain(np.column_stack([np.arange(50.0), np.zeros(50)]), 1, 0.1) is None
    made = gain(np.column_stack([np.arange(50.0) % 7, 1.0 + np.arange(50.0) % 5]), 2, 0.1)
    assert made is not None and made["gain"] == pytest.approx(100.0 * (1.0 - (np.arange(50) % 7).sum() / 150.0))


def test_a_share_has_its_tests_and_a_word() -> None:
    inside = np.array([True] * 9 + [False] + [True] * 9 + [False])
    made = held(inside, 0.9)
    assert made["share"] == 90.0 and made["p_kupiec"] == pytest.approx(1.0)
    assert made["p_independence"] == independence(inside)[1]
    assert held(np.ones(20, dtype=bool), 0.9)["p_independence"] is None
    assert [width(90.0, *ends) for ends in ((80.0, 89.0), (85.0, 93.0), (91.0, 95.0))] == [
        "too_narrow",
        "as_said",
        "too_wide",
    ]
