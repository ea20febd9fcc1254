"""Tests of quantiles: counts that Kupiec (1995) printed, Christoffersen's by hand, losses by definition, scores by simulation."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from barograph.models._scores import independence, kupiec, pinball
from barograph.run.score_credit import apart, chances_of, scores_of

#: Counts at which a five per cent test does not reject, both ends included (methods of the house, Kupiec 1995, table 3).
KEPT = [
    (0.01, 255, 1, 6), (0.01, 510, 2, 10), (0.01, 1000, 5, 16),
    (0.025, 255, 3, 11), (0.025, 510, 7, 20), (0.025, 1000, 16, 35),
    (0.05, 255, 7, 20), (0.05, 510, 17, 35), (0.05, 1000, 38, 64),
    (0.10, 255, 17, 35), (0.10, 510, 39, 64), (0.10, 1000, 82, 119),
]  # fmt: skip


@pytest.mark.parametrize(("share", "n", "low", "high"), KEPT)
def test_kupiec_keeps_the_counts_that_were_published(share: float, n: int, low: int, high: int) -> None:
    kept = [hits for hits in range(n // 3) if kupiec(hits, n, share)[1] >= 0.05]
    assert (kept[0], kept[-1]) == (low, high)
    assert kept == list(range(low, high + 1))


def test_kupiec_refuses_what_is_no_count() -> None:
    with pytest.raises(ValueError, match="5 of 3"):
        kupiec(5, 3, 0.1)


def test_independence_by_hand() -> None:
    hit = np.array([0, 0, 1, 1, 0, 0, 0, 1, 0, 0], dtype=bool)
    # Pairs: 00 four times, 01 two, 10 two, 11 one.
    alone = 4 * math.log(4 / 6) + 2 * math.log(2 / 6) + 2 * math.log(2 / 3) + math.log(1 / 3)
    whole = 6 * math.log(6 / 9) + 3 * math.log(3 / 9)
    ratio, p = independence(hit)
    assert ratio == pytest.approx(2.0 * (alone - whole), abs=1e-12)
    assert 0.9 < p <= 1.0
    assert math.isnan(independence(np.zeros(9, dtype=bool))[0])


def test_pinball_is_least_at_the_quantile() -> None:
    x = np.random.default_rng(0).standard_normal(2000)
    losses = [pinball(x - q, 0.25).mean() for q in np.quantile(x, [0.2, 0.25, 0.3])]
    assert losses[1] == min(losses)


def test_a_band_that_knows_the_spread_beats_one_that_does_not() -> None:
    rng = np.random.default_rng(1)
    size = np.where(np.arange(900) % 60 < 30, 1.0, 4.0)
    z = np.array([-1.6449, -0.6745, 0.0, 0.6745, 1.6449])
    came = size * rng.standard_normal(900)
    usual = np.tile(np.quantile(came, [0.05, 0.25, 0.5, 0.75, 0.95]), (900, 1))
    good = scores_of(size[:, None] * z, usual, came, 1, np.arange(900))
    assert good["skill"] == "better than the usual quantile" and good["gain"] > 0.03
    assert good["band_90"]["low"] < 0.9 < good["band_90"]["high"]
    assert all(row["kupiec_p"] > 0.01 for row in good["quantiles"])
    same = scores_of(usual + rng.normal(0.0, 0.3, usual.shape), usual, came, 1, np.arange(900))
    assert same["skill"] != "better than the usual quantile"
    worse = scores_of(3.0 * usual, usual, came, 1, np.arange(900))
    assert worse["skill"] == "worse than the usual quantile" and worse["gain"] < 0.0


def test_outcomes_apart_never_overlap_whatever_the_weeks() -> None:
    # Weeks of five sessions but for holidays; each fifth week is no 20 sessions apart where one of them is short.
    steps = np.where(np.arange(400) % 7 == 3, 4, 5)
    places = np.concatenate([[0], np.cumsum(steps)])
    for h in (5, 20, 60):
        kept = places[apart(places, h)]
        assert np.diff(kept).min() >= h
        # No place that could stand between two kept ones was passed over.
        assert all(not np.any((places >= a + h) & (places < b)) for a, b in pairwise(kept))
        by_count = places[:: -(-h // 5)]
        assert np.diff(by_count).min() < h


def test_a_chance_that_knows_is_better_by_brier() -> None:
    rng = np.random.default_rng(5)
    edge, size = np.full(800, 2.0), np.where(np.arange(800) % 80 < 40, 1.0, 5.0)
    came = size * rng.standard_normal(800)
    knows = 100.0 * np.where(size > 1.0, 0.345, 0.023)
    usual = np.full(800, 100.0 * np.mean(came > 2.0))
    made = chances_of(np.column_stack([edge, knows, usual]), came, 5)
    assert made["brier"] == pytest.approx(np.mean((knows / 100.0 - (came > 2.0)) ** 2), abs=1e-12)
    assert made["brier"] < made["brier_usual"] and made["skill"] == "better than the usual chance"
