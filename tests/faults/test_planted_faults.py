"""P11 by the way of a real answer: parser, writer, reader. A thousand faults, what becomes of them the next day, and the storms.

The rules alone are measured over all of history in `tests/e2e/test_planted_faults.py`; what counts, the split of the series and
the figures stand in docs/decisions/011. Planted: rules that bless everything.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import planted_updates
from barograph.archive import sift
from barograph.catalog.load import load
from planted import History
from planted_updates import Outcome, Plant

pytestmark = pytest.mark.e2e
#: Plants of each of the eight kinds that the rules see, bodies that give a day twice: a thousand.
EACH, TWICE, SEED = 111, 112, 20260105
FACTORS = ("x100", "x0.01", "unit")
#: False alarms in 1,000 genuine updates.
AT_MOST = 0.5


@pytest.fixture(scope="module")
def scored(golden_archive: Path) -> list[History]:
    """The half of the recorded series that was not looked at while the settings were chosen."""
    out = [h for h in planted_updates.histories(golden_archive) if h.scored]
    assert len(out) > 60
    return out


@pytest.fixture(scope="module")
def plants(scored: list[History]) -> list[Plant]:
    return planted_updates.plants(scored, EACH, SEED, load().closures)


@pytest.fixture(scope="module")
def outcome(plants: list[Plant], tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    out = planted_updates.live(tmp_path_factory.mktemp("planted") / "archive", plants, load().closures)
    print("", *out.lines(), f"recall {out.recall():.4f}, of the factors {out.recall(*FACTORS):.4f}", sep="\n")
    return out


def test_of_a_thousand_faults_nearly_all_are_held_back(outcome: Outcome) -> None:
    assert sum(outcome.counted.values()) + sum(outcome.left_out.values()) == 8 * EACH
    assert sum(outcome.parsed.values()) > 4 * EACH
    assert outcome.recall() >= 0.95, outcome.missed
    assert outcome.recall(*FACTORS) >= 0.99, outcome.missed


def test_the_next_day_puts_right_what_was_wrong(outcome: Outcome) -> None:
    assert outcome.not_put_right == []


def test_the_next_day_lets_in_what_is_said_again(outcome: Outcome) -> None:
    assert outcome.not_let_in == []


def test_a_day_given_twice_never_gets_past_a_parser(plants: list[Plant]) -> None:
    some = [p for p in plants if p.parsed][:TWICE]
    assert planted_updates.twice(some) == (TWICE, TWICE)


def test_2008_and_the_spring_of_2020_are_learnt_on_their_day(scored: list[History]) -> None:
    asked, told = planted_updates.day_by_day(scored, load().closures)
    print("", f"storms: {len(told)} false alarms in {asked:,} updates", *told, sep="\n")
    assert asked > 5_000
    assert 1_000 * len(told) / asked <= AT_MOST, told


def test_rules_that_bless_everything_are_found(
    plants: list[Plant], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sift, "suspects", lambda *_: [])
    found = planted_updates.live(tmp_path / "archive", plants[::20], load().closures)
    assert found.recall() == 0.0
    assert sum(found.learnt.values()) == sum(found.counted.values())


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(5))
def test_five_thousand_faults(scored: list[History], seed: int, tmp_path: Path) -> None:
    given = planted_updates.plants(scored, 125, seed, load().closures)
    found = planted_updates.live(tmp_path / "archive", given, load().closures)
    print("", *found.lines(), sep="\n")
    assert found.recall() >= 0.95, found.missed
    assert found.not_put_right == found.not_let_in == []


@pytest.mark.nightly
def test_genuine_values_of_all_times_are_learnt(golden_archive: Path) -> None:
    every = planted_updates.histories(golden_archive)
    asked, told = planted_updates.day_by_day(every, load().closures, every=7, storms=False)
    print("", f"{len(told)} false alarms in {asked:,} updates", *told, sep="\n")
    assert asked > 40_000
    assert 1_000 * len(told) / asked <= AT_MOST, told
