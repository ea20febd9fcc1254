"""Each rule that holds a value back, on figures made by hand: what it sees, and what it must leave alone.

The expected answers follow from how the figures are made. All are invented; the great days have the size that they had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import invented
from barograph.archive import suspects as rules
from barograph.archive.quarantine import OF_AN_ANSWER, REASONS
from barograph.core.series import Series

LEVEL: Series = replace(invented.row("t.level", "prices", "L", unit="usd"), kind="level")
RATE: Series = replace(invented.row("t.rate", "treasury", "par:10y", unit="percent"), kind="rate")
REVISED: Series = replace(invented.row("t.revised", "fred", "R", revises=True, frequency="M"), kind="level")


def walk(n: int, start: float = 100.0, step: float = 0.01, seed: int = 1, decimals: int = 2) -> list[float]:
    """A price that moves by about `step` of itself."""
    moves = step * np.random.default_rng(seed).standard_normal(n)
    return np.round(start * np.exp(np.cumsum(moves)), decimals).tolist()


def drift(n: int, start: float = 4.0, step: float = 0.04, seed: int = 1, decimals: int = 2) -> list[float]:
    """A rate that moves by about `step` points."""
    return np.round(start + np.cumsum(step * np.random.default_rng(seed).standard_normal(n)), decimals).tolist()


def ask(
    series: Series, held: Sequence[float], answer: Sequence[float], back: int, waiting: int = 0
) -> list[tuple[int, str]]:
    """(position in the answer, reason) of what is suspected: the answer says `back` held periods anew, then new ones. The
    first `waiting` values of the answer wait since an earlier one, and it does not speak of them."""
    before = np.array(held, dtype=float)
    n = before.size
    values = np.concatenate([before[: n - back], np.array(answer, dtype=float)])
    have = np.full(values.size, np.nan)
    have[:n] = before
    waits = np.zeros(values.size, dtype=bool)
    waits[n - back : n - back + waiting] = True
    said = (np.arange(values.size) >= n - back) & ~waits
    found = rules.suspects(series, values, (values != have) | waits, have, said, waits)
    assert all(s.reason in REASONS for s in found)
    return [(s.at - (n - back), s.reason) for s in found]


def newest(series: Series, held: Sequence[float], value: float, back: int = 7) -> list[str]:
    """Reasons against one new value after a look-back that says what is held."""
    return [reason for _, reason in ask(series, held, [*list(held)[len(held) - back :], value], back)]


# ---------------------------------------------------------------- single values


@pytest.mark.parametrize("factor", [1_000.0, 100.0, 10.0, 0.1, 0.01, 0.001])
def test_a_decimal_moved_either_way(factor: float) -> None:
    assert newest(LEVEL, walk(300), walk(300)[-1] * factor) == ["decimal"]
    assert newest(RATE, drift(300), drift(300)[-1] * factor) == ["decimal"]


@pytest.mark.parametrize("factor", [0.5, 0.77, 1.3, 2.0, 5.0])
def test_a_crash_and_a_doubling_pass(factor: float) -> None:
    assert newest(LEVEL, walk(300), round(walk(300)[-1] * factor, 2)) == []


def test_a_turned_sign() -> None:
    assert newest(LEVEL, walk(300), -walk(300)[-1]) == ["sign"]
    assert newest(RATE, drift(300), -drift(300)[-1]) == ["sign"]
    below = [-v for v in drift(300, 0.6)]
    assert newest(RATE, below, -below[-1]) in (["sign"], [])  # a rate at minus a half may turn
    assert newest(RATE, [-4.0 + v for v in drift(300, 0.0, 0.02)], 4.0) == ["sign"]


def test_oil_below_nought_is_no_turned_sign() -> None:
    """April 2020: from near 20 dollars a barrel to 37 below nought in a session."""
    days = [*walk(250, 55.0, 0.03), 24.0, 22.0, 21.0, 20.0, 20.0, 18.0]
    assert newest(LEVEL, days, -37.0) == []


@pytest.mark.parametrize("rate", [-0.05, -0.2, 0.02])
def test_a_yield_may_fall_below_nought(rate: float) -> None:
    assert newest(RATE, drift(300, 0.0, 0.01), rate) == []
    falling = [round(0.6 - 0.002 * i, 2) for i in range(300)]
    assert newest(RATE, falling, rate) == []


def test_a_zero_where_there_was_a_figure() -> None:
    assert newest(LEVEL, walk(300), 0.0) == ["zero"]
    assert newest(RATE, drift(300), 0.0) == ["zero"]


def test_a_zero_is_a_figure_where_the_series_is_near_it() -> None:
    assert newest(RATE, [0.05, 0.06, 0.04, 0.05, 0.03] * 60, 0.0) == []
    assert newest(RATE, [0.12, -0.05, 0.3, -0.21, 0.08] * 60, 0.0) == []


def test_what_follows_decides_for_a_single_value_but_not_within_one_increment() -> None:
    held = walk(300)
    moved = [round(100 * v, 2) for v in walk(4, held[-1], seed=2)]
    # An increment is no witness for itself: its values have one source and may have one fault.
    assert [r for _, r in ask(LEVEL, held, [*held[-7:], *moved], 7)] == ["decimal"] * 4
    # The first waits; a later answer, which is another's word, stays at its level.
    assert ask(LEVEL, held, moved, 0, waiting=1) == []
    good = walk(4, held[-1], seed=2)
    assert ask(LEVEL, held, [moved[0], *good[1:]], 0, waiting=1) == [(0, "decimal")]


@pytest.mark.parametrize("n", [5, 6, 9, 30])
def test_a_long_increment_in_another_unit_waits_to_its_end(n: int) -> None:
    held = walk(300)
    moved = [round(100 * v, 2) for v in walk(n, held[-1], seed=2)]
    assert ask(LEVEL, held, [*held[-7:], *moved], 7) == [(7 + i, "decimal") for i in range(n)]


def test_a_whole_history_that_comes_first_may_hold_a_redenomination() -> None:
    a, b = walk(200), [100 * v for v in walk(200, seed=3)]
    values = np.array(a + b)
    nothing = np.full(values.size, np.nan)
    all_ = np.ones(values.size, dtype=bool)
    assert rules.suspects(LEVEL, values, all_, nothing, all_, ~all_) == []
    values[150] *= 100
    [found] = rules.suspects(LEVEL, values, all_, nothing, all_, ~all_)
    assert (found.at, found.reason) == (150, "decimal")


# ---------------------------------------------------------------- whole answers


def test_an_answer_that_contradicts_what_is_held() -> None:
    held, other = walk(300), walk(300, 61.0, seed=5)
    # Another series under this name: all that is new of the answer waits, the new period included.
    assert ask(LEVEL, held, other[-8:], 7) == [(i, "contradiction") for i in range(8)]


@pytest.mark.parametrize("corrected", [1, 2, 3])
def test_a_few_corrections_are_corrections(corrected: int) -> None:
    held = walk(300)
    said = held[-7:]
    for i in range(corrected):
        said[2 * i] = round(said[2 * i] * 1.003, 2)
    assert ask(LEVEL, held, [*said, held[-1] + 0.01], 7) == []


def test_two_values_are_too_few_to_contradict() -> None:
    held = walk(300)
    assert ask(LEVEL, held, [v + 1.0 for v in held[-2:]], 2) == []


def test_figures_moved_by_a_period() -> None:
    held = walk(300)
    back = ask(LEVEL, held, [*held[-9:-1], held[-1]], 8)
    assert {r for _, r in back} == {"shift"} and len(back) == 9
    forward = ask(LEVEL, held, [*held[-7:], 99.99], 8)
    assert {r for _, r in forward} == {"shift"}


def test_a_series_that_revises_may_be_revised_rebased_and_benchmarked() -> None:
    held = walk(120, 100.0, 0.004, decimals=3)
    new = round(held[-1] * 1.002, 3)
    noise = 1 + 0.0003 * np.random.default_rng(7).standard_normal(120)
    for said in (
        [0.5831 * v for v in held],  # another base year
        [v * f for v, f in zip(held, noise.tolist(), strict=True)],  # seasonal factors anew
        [*held[:60], *(v + 0.3 for v in held[60:])],  # a benchmark that lifts the level from a month on
        [*held[:-3], *(v * 1.001 for v in held[-3:])],  # the usual revision of a quarter
    ):
        last = said[-1] / held[-1] * new
        assert ask(REVISED, held, [*said, last], 120) == []


def test_a_series_that_revises_does_not_come_in_another_unit_or_as_another() -> None:
    held = walk(120, 100.0, 0.004, decimals=3)
    assert {r for _, r in ask(REVISED, held, [1_000 * v for v in held], 120)} == {"unit"}
    other = walk(120, 30.0, 0.004, seed=9, decimals=3)
    assert {r for _, r in ask(REVISED, held, other, 120)} == {"contradiction"}
    assert {r for _, r in ask(REVISED, held, [held[0], *held], 120)} == {"shift"}


# ---------------------------------------------------------------- repeats


def fine(n: int = 320) -> list[float]:
    """A price in cents whose changes are hundreds of them and never none."""
    out = [6000.0]
    for i, z in enumerate(np.random.default_rng(3).standard_normal(n).tolist()):
        out.append(round(out[-1] + 40.0 * z + (0.01 if i % 2 else -0.01), 2))
    assert np.diff(out).all()
    return out


def test_the_figure_before_once_more() -> None:
    held = fine()
    assert newest(LEVEL, held, held[-1]) == ["repeat"]
    assert newest(LEVEL, held, held[-1] + 0.01) == []


def test_several_new_periods_that_all_repeat() -> None:
    held = fine()
    assert ask(LEVEL, held, [*held[-7:], held[-1], held[-1], held[-1]], 7) == [(i, "repeat") for i in (7, 8, 9)]
    # The first of them is a figure of its own: those after it repeat it.
    assert ask(LEVEL, held, [*held[-7:], 6001.23, 6001.23, 6001.23], 7) == [(8, "repeat"), (9, "repeat")]


def test_a_repeat_passes_where_the_series_repeats_by_chance() -> None:
    yields = drift(320)  # two decimals, moves of four of them
    assert newest(RATE, yields, yields[-1]) == []
    once = fine()
    once[200] = once[199]
    assert newest(LEVEL, once, once[-1]) == []  # it happened within the year
    assert newest(LEVEL, fine()[-200:], fine()[-1]) == []  # too short to tell


# ---------------------------------------------------------------- what is not judged


@pytest.mark.parametrize("kind", ["claim", "none"])
def test_other_kinds_are_never_judged(kind: Any) -> None:
    for value in (1e6, -100.0, 0.0):
        assert newest(replace(LEVEL, kind=kind), walk(300), value) == []


def test_too_few_values_are_never_judged() -> None:
    assert newest(LEVEL, [100.0, 101.0], 10_100.0, back=2) == []


@pytest.mark.parametrize(
    ("series", "before", "value"),
    [
        (LEVEL, [100.0, 98.0, 95.0, 90.0], 71.6),  # October 1987: a fifth in a day
        (LEVEL, [100.0, 92.4, 96.8, 88.0, 96.2], 84.7),  # March 2020: down, up, down by a tenth
        (RATE, [1.1, 1.1, 1.0, 0.9, 0.7], 0.5),  # ten years, March 2020
        (RATE, [3.6, 3.5, 3.6, 3.5, 3.5, 4.4], 14.8),  # unemployment, April 2020
        (RATE, [5.5, 5.5, 5.5, 5.5, 5.5], 4.75),  # a target cut at once
    ],
)
def test_the_great_days_pass(series: Series, before: list[float], value: float) -> None:
    history = walk(300, before[0]) if series is LEVEL else drift(300, before[0])
    assert newest(series, history + before, value, back=5) == []


# ---------------------------------------------------------------- words


def test_every_reason_has_words_and_the_rules_give_no_other() -> None:
    assert set(REASONS) > OF_AN_ANSWER
    assert len(set(REASONS.values())) == len(REASONS)
