"""The fan's record: what each month's own page would have said, no later day in it, and its level where the truth is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from barograph.core.estimate import Quantity
from barograph.models._fitting import ids_of, state_digest
from barograph.models._kernels.random_walk_betas import filtered
from barograph.models._records import NO_LOSSES
from barograph.models._scores import cosine_test, kupiec, pinball
from barograph.models.history import SessionView
from barograph.models.sensitivity._estimates import fan_spread, residual_volatility
from barograph.models.sensitivity._record import ROWS, _month, fan_records, scored
from barograph.models.sensitivity._sample import Sample, covered, sample_of
from barograph.models.sensitivity.fan_record import FanRecord
from barograph.models.sensitivity.sensitivity import Sensitivity
from models_view import FakeView, close_of, small_view

#: One month's parameters beside another's differ visibly on a window this short.
MODEL = Sensitivity(window=400)
Z = 1.6448536269514722
#: Level of the tests, what a large move is, and how many are counted apart.
RULE = (0.10, 10.0, 20)


def whole_of(view: FakeView) -> Sample:
    found = sample_of(SessionView.of(view), covered(view.catalog))  # type: ignore[arg-type]
    assert isinstance(found, Sample)
    return found


def test_the_record_is_what_each_months_parameters_said() -> None:
    """Month by month `fit` at the month's first session, the filter by hand from the window's beginning, the interval of the
    evening before at the moves that came."""
    view = small_view(4).at(close_of(date(2025, 11, 3)))
    whole = whole_of(view)
    assert view.known_at.day == 3 and whole.days[-1] == np.datetime64("2025-11-03")
    k = [a.slug for a in whole.assets].index("spx")
    hits, sums, n = 0, np.zeros(2), 0
    for month in ("2025-08", "2025-09", "2025-10"):
        rows = np.flatnonzero(whole.days.astype("datetime64[M]") == np.datetime64(month))
        first = int(rows[0])
        then = view.at(close_of(whole.days[first].item()))
        params = MODEL.fit(then).params  # type: ignore[arg-type]
        own, scale = params["assets"]["spx"], np.array(params["scale"])
        y, x = whole.returns[first - 400 : rows[-1] + 1, [k]], whole.moves[first - 400 : rows[-1] + 1]
        made = filtered(y, x, np.array([own["q"]]), np.array([own["r"]]), scale)
        spread = residual_volatility(made.errors * np.sqrt(own["r"] / made.spreads), 63, 126)[:, 0]
        for t in range(400, y.shape[0]):
            if not np.isfinite(made.errors[t, 0]):
                continue
            var = spread[t - 1] ** 2 + float(x[t] ** 2 @ made.variances[t - 1, 1:, 0])
            hits += abs(made.errors[t, 0]) <= Z * np.sqrt(var)
            sums += (made.errors[t, 0] ** 2, y[t, 0] ** 2)
            n += 1
    found = fan_records(whole.upto(-1), replace(MODEL, least=20), 3, *RULE)["spx"]
    assert found["n"] == n > 50 and found["share"] == pytest.approx(100.0 * hits / n)
    assert found["r2"] == pytest.approx(100.0 * (1.0 - sums[0] / sums[1]), abs=1e-9)
    assert found["days"] == ["2025-08-01", "2025-10-31"]


def test_a_day_to_come_is_in_no_month_before_it() -> None:
    whole = whole_of(small_view(4))
    months = whole.days.astype("datetime64[M]")
    first, stop = np.searchsorted(months, np.array(["2025-08", "2025-09"], dtype="datetime64[M]")).tolist()
    late = np.arange(whole.days.size)[:, None] >= stop
    poisoned = replace(whole, returns=np.where(late, 1e3, whole.returns), moves=np.where(late, -7.0, whole.moves))
    before = _month(whole, MODEL, first, stop)
    assert np.isfinite(before[:2, :, 0]).all()
    np.testing.assert_array_equal(_month(poisoned, MODEL, first, stop), before)
    # Nor is a session in its own interval.
    last = np.arange(whole.days.size)[:, None] == stop - 1
    shocked = replace(whole, returns=np.where(last, 50.0, whole.returns))
    after = _month(shocked, MODEL, first, stop)
    known = [ROWS.index(k) for k in ("half", "usual_low", "usual_high", "plain_half")]
    np.testing.assert_array_equal(after[known], before[known])
    assert (np.abs(after[0, -1] - before[0, -1])[np.isfinite(before[0, -1])] > 1.0).any()


def known_truth(days: int, seed: int) -> Sample:
    """Constant betas and a normal residual of constant volatility."""
    whole, rng = whole_of(small_view(4)), np.random.default_rng(seed)
    dates = np.datetime64("2012-01-02") + np.arange(days)
    moves = rng.normal(0.0, 0.5, (days, 3))
    returns = (moves @ np.array([1.0, 1.5, -0.5]) + rng.normal(0.0, 0.8, days))[:, None]
    return Sample(whole.assets[:1], dates, returns, moves, whole.histories[:1])


def test_an_interval_of_a_known_truth_holds_what_it_says() -> None:
    sample = known_truth(2600, 0)
    made = fan_records(sample, replace(MODEL, window=800), 48, *RULE)[sample.assets[0].slug]
    assert made["n"] > 1400 and made["ends"][0] < 90.0 < made["ends"][1] and made["p_kupiec"] > 0.05
    truth = 100.0 * (1.0 - 0.64 / (0.25 * 3.5 + 0.64))
    assert made["r2"] == pytest.approx(truth, abs=4.0)
    assert made["usual"]["verdict"] == "better_than_usual"
    # Betas stand still: least squares on five years cannot be beaten.
    assert made["plain"]["verdict"] != "better_than_plain"


def test_an_interval_holds_what_it_says_however_fast_betas_walk() -> None:
    """The betas' errors are counted once: with them in the residual's volatility too 94 of a hundred lay inside."""
    rng, whole, days = np.random.default_rng(1), whole_of(small_view(4)), 3200
    moves = rng.normal(0.0, 0.5, (days, 3))
    betas = np.cumsum(rng.normal(0.0, 0.2, (days, 3, 8)), axis=0)
    returns = np.einsum("tk,tkn->tn", moves, betas) + rng.normal(0.0, 0.8, (days, 8))
    dates = np.datetime64("2005-01-03") + np.arange(days)
    made = fan_records(Sample(whole.assets[:8], dates, returns, moves, whole.histories[:8]), Sensitivity(), 50, *RULE)
    n, held_ = sum(r["n"] for r in made.values()), np.mean([r["share"] for r in made.values()])
    assert n > 11_000 and held_ == pytest.approx(90.0, abs=1.0)


def test_a_record_is_its_losses_written_out() -> None:
    rng = np.random.default_rng(2)
    returns, errors, halves = rng.normal(size=300), rng.normal(0.0, 0.8, 300), np.full(300, 1.2)
    usual, plain, plain_halves = (
        np.array([np.full(300, -1.7), np.full(300, 1.5)]),
        rng.normal(size=300),
        np.full(300, 1.6),
    )
    made = scored(returns, np.vstack([errors, halves, usual, plain, plain_halves]), 0.9, 0.10)

    def loss(low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return np.mean([pinball(returns - low, 0.05), pinball(returns - high, 0.95)], axis=0)

    ours = loss(returns - errors - halves, returns - errors + halves)
    others = {
        "usual": loss(np.full(300, -1.7), np.full(300, 1.5)),
        "plain": loss(returns - plain - plain_halves, returns - plain + plain_halves),
    }
    for name, other in others.items():
        assert made[name]["gain"] == pytest.approx(100.0 * (1.0 - ours.sum() / other.sum()), rel=1e-12)
        assert made[name]["p"] == pytest.approx(cosine_test(other - ours, 1)[1], rel=1e-9)
    inside = int((np.abs(errors) <= 1.2).sum())
    assert made["share"] == pytest.approx(100.0 * inside / 300) and made["p_kupiec"] == kupiec(inside, 300, 0.9)[1]


def test_a_price_that_stands_still_has_a_reason_and_no_crash() -> None:
    """A cash offer, a filled import: it moved in the years before and not in the months that are tried."""
    view = small_view(4, 9)
    points = view.rows["us.equity.spx"]
    still = np.where(points.periods >= np.datetime64("2022-10-20"), 3000.0, points.values)
    frozen = replace(view, rows={**view.rows, "us.equity.spx": replace(points, values=still)})
    found = said(FanRecord(), frozen)
    assert found["sensitivity.spx.fan.record.verdict"].reason == NO_LOSSES
    assert found["sensitivity.rsp.fan.record.verdict"].value is not None


def test_sessions_of_large_moves_are_counted_apart() -> None:
    sample = known_truth(2600, 0)
    slug = sample.assets[0].slug
    model = replace(MODEL, window=800)
    made = fan_records(sample, model, 48, 0.10, 10.0, 20)[slug]
    months = sample.days.astype("datetime64[M]")
    large = (np.abs(sample.moves[:, 0]) > 1.0) & (months >= np.unique(months)[-48])
    assert made["large"]["n"] == large.sum() > 20 and made["large"]["ends"][0] < 90.0 < made["large"]["ends"][1]
    few = fan_records(sample, model, 48, 0.10, 30.0, 20)[slug]["large"]
    assert few == {"n": 0}


def test_the_spread_holds_each_betas_error_once() -> None:
    variances = np.array([[9.0], [0.04], [0.01], [0.25]])
    made = fan_spread(variances, np.array([0.3]), np.array([2.0, 1.0, 0.0]))
    assert made == pytest.approx(np.sqrt(4 * 0.04 + 0.01 + 0.09))  # the constant's 9 is in none


def said(model: FanRecord, view: FakeView) -> dict[str, Quantity]:
    return {q.id: q for q in model.step(model.fit(view), view)[1].quantities}  # type: ignore[arg-type]


def test_the_model_says_the_record_of_its_months() -> None:
    view = small_view(4, 9).at(close_of(date(2025, 11, 3)))
    found = said(FanRecord(), view)
    wanted = fan_records(whole_of(view).upto(-1), Sensitivity(), 36, *RULE)["spx"]
    p = "sensitivity.spx.fan.record"
    share = found[f"{p}.share_in_90"]
    assert share.value == wanted["share"] and [share.low, share.high] == wanted["ends"]
    assert found[f"{p}.p_kupiec"].value == 100.0 * wanted["p_kupiec"] and found[f"{p}.r2"].value == wanted["r2"]
    assert share.window == "2022-11-01 to 2025-10-31, variances of each month" and share.inputs
    words = [q.value for i, q in found.items() if i.endswith("width_90") and q.value is not None]
    for count, word in (("fans_narrow", "too_narrow"), ("fans_wide", "too_wide")):
        assert (found[f"sensitivity.us.{count}"].value, found[f"sensitivity.us.{count}"].n) == (
            words.count(word),
            len(words),
        )


def test_what_has_no_record_says_why() -> None:
    short = said(FanRecord(months=3), small_view(4))["sensitivity.spx.fan.record.verdict"]
    assert short.value is None and "sessions could be tried where 252 are needed" in (short.reason or "")
    few = said(FanRecord(most=1), small_view(4, 9))
    assert {i.split(".")[1] for i in few} == {"spx", "us"} and few["sensitivity.us.fans_wide"].n == 1
    bare = small_view(4).mapped(lambda i, r: None if i == "us.rates.real_10y" else r)
    gone = said(FanRecord(), bare)
    assert all(q.value is None and q.reason for q in gone.values())


def test_other_settings_of_the_fan_are_another_state(monkeypatch: pytest.MonkeyPatch) -> None:
    view, model = small_view(4), FanRecord()
    ids = ids_of(model, view)
    before = state_digest(model, view, ids, 0)  # type: ignore[arg-type]
    monkeypatch.setattr(FanRecord, "settings", property(lambda _: Sensitivity(half_life=21)))
    assert state_digest(FanRecord(), view, ids, 0) != before  # type: ignore[arg-type]
