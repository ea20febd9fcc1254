"""The bands' record out of sample: refitted by the year on what had come, losses, shares and the chance of a widening."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from barograph.models._records import gain, held, width
from barograph.models._scores import independence, kupiec, mean_test
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
    assert said["p"] == mean_test(usual - ours, 6)[1]
    # A row every fourth session, outcomes of 21: every sixth row stands apart.
    inside = found["inside"][::6]
    for k, (share, asked) in enumerate((("90", 0.90), ("50", 0.50))):
        made = said["shares"][share]
        assert made["hits"] == inside[:, k].sum() and said["n"] == len(inside)
        assert made["p_kupiec"] == kupiec(made["hits"], len(inside), asked)[1]
        assert made["ends"][0] < 100.0 * made["hits"] / said["n"] < made["ends"][1]


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
    made = gain(np.column_stack([np.arange(50.0) % 7, 1.0 + np.arange(50.0) % 5]), 2, 0.1)
    assert made is not None and made["gain"] == pytest.approx(100.0 * (1.0 - (np.arange(50) % 7).sum() / 150.0))


def test_a_share_has_its_tests_and_a_word() -> None:
    inside = np.array([True] * 9 + [False] + [True] * 9 + [False])
    made = held(inside, 0.9)
    assert made["hits"] == 18 and made["p_kupiec"] == pytest.approx(1.0)
    assert made["p_independence"] == independence(inside)[1]
    assert held(np.ones(20, dtype=bool), 0.9)["p_independence"] is None
    assert [width(90.0, *ends) for ends in ((80.0, 89.0), (85.0, 93.0), (91.0, 95.0))] == [
        "too_narrow",
        "as_said",
        "too_wide",
    ]
