"""What lets a value in that a rule held back, and what does not: by reason, through the writer and as a reader sees it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from barograph.archive import sift
from barograph.archive.archive import Archive
from barograph.archive.quarantine import REASONS, QuarantineEntry
from barograph.catalog.catalog import Catalog
from barograph.core.observation import Reading
from barograph.core.time import Clock, sessions
from life import DAYS, EVENING, GOLD, LAST, Life, normal
from small_archive import add, fetch, packaged

NEXT = LAST + timedelta(1)
BACK = DAYS[-9:-1]


def other(days: tuple[date, ...] | list[date], factor: float = 1.7) -> list[Reading]:
    """Another series under the same name."""
    return [r._replace(value=round((r.value or 0.0) * factor, 2)) for r in normal(days)]


@pytest.fixture
def life(tmp_path: Path) -> Life:
    made = Life(tmp_path / "archive")
    made.say(*normal(DAYS[:-1]))
    return made


def test_an_answer_that_contradicts_waits_as_a_whole(life: Life) -> None:
    done = life.say(*other([*BACK, LAST]), at=0.1)
    assert [q.period for q in done.quarantined] == [*BACK, LAST]
    assert {q.reason for q in done.quarantined} == {"contradiction"}
    assert [life.value(d) for d in BACK] == [r.value for r in normal(BACK)]
    assert life.value(LAST) is None


def test_the_truth_of_the_next_day_drops_it(life: Life) -> None:
    life.say(*other([*BACK, LAST]), at=0.1)
    life.say(*normal([*BACK, LAST]), at=1)
    assert set(life.states()) == {"rejected"}
    assert [life.value(d) for d in [*BACK, LAST]] == [r.value for r in normal([*BACK, LAST])]


def test_said_again_on_another_day_the_restatement_and_what_is_new_with_it_stand(life: Life) -> None:
    life.say(*other([*BACK, LAST]), at=0.1)
    life.say(*other([*BACK, LAST, NEXT]), at=1)
    assert set(life.states()) == {"released"}
    assert [life.value(d) for d in [*BACK, LAST, NEXT]] == [r.value for r in other([*BACK, LAST, NEXT])]


def test_said_again_on_the_same_day_it_waits(life: Life) -> None:
    life.say(*other([*BACK, LAST]), at=0.05)
    life.say(*other([*BACK, LAST]), at=0.1)
    assert set(life.states()) == {"held"} and len(life.states()) == 9
    assert life.value(LAST) is None


def test_silence_lets_nothing_in(life: Life) -> None:
    """The look-back of the next day no longer holds the oldest of the wrong values; an answer may hold one value only."""
    life.say(*other([*BACK, LAST]), at=0.1)
    life.say(*normal([LAST]), at=0.15)
    life.say(*normal([*BACK[1:], LAST, NEXT]), at=1)
    assert [life.value(d) for d in BACK] == [r.value for r in normal(BACK)]
    [left] = life.archive.quarantined("held")
    assert left.period == BACK[0]


def test_a_short_answer_of_the_same_day_lets_nothing_in(life: Life) -> None:
    life.say(*other([*BACK, LAST]), at=0.05)
    life.say(*other([BACK[2]]), at=0.1)  # one value is too few to contradict anything
    assert [life.value(d) for d in BACK] == [r.value for r in normal(BACK)]
    assert life.states().count("held") == 9


def test_rules_by_which_silence_lets_in_are_found(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: with no reason of a whole answer the tests above see wrong values learnt."""
    monkeypatch.setattr(sift, "OF_AN_ANSWER", frozenset())
    life.say(*other([*BACK, LAST]), at=0.1)
    life.say(*normal([*BACK[1:], LAST, NEXT]), at=1)
    assert life.value(BACK[0]) != normal(BACK)[0].value


def test_one_genuine_correction_is_learnt_at_once(life: Life) -> None:
    said = normal([*BACK, LAST])
    said[3] = said[3]._replace(value=18.77)
    done = life.say(*said, at=0.1)
    assert not done.quarantined
    assert life.value(BACK[3]) == 18.77


@pytest.mark.parametrize(("value", "reason"), [(0.0, "zero"), (-18.2, "sign"), (1820.0, "decimal")])
def test_a_single_value_is_dropped_or_let_in_by_what_the_next_day_says(life: Life, value: float, reason: str) -> None:
    done = life.say(*normal(BACK), Reading(GOLD, LAST, value), at=0.1)
    assert [q.reason for q in done.quarantined] == [reason]
    life.say(*normal([*BACK, LAST]), at=1)
    assert life.value(LAST) == normal([LAST])[0].value
    life.say(Reading(GOLD, NEXT, value), at=1.1)
    life.say(Reading(GOLD, NEXT, value), at=2)
    assert life.value(NEXT) == value
    assert life.states() == ["rejected", "released"]


# ---------------------------------------------------------------- a figure once more

YEAR = sessions("NYSE", date(2024, 6, 3), date(2025, 11, 5))
INDEX = "us.equity.spx"


def index(days: list[date]) -> list[Reading]:
    """An invented index in hundredths, whose changes are thousands of them."""
    rng = np.random.default_rng(5)
    values = {
        d: round(6000.0 + 40.0 * z, 2) for d, z in zip(YEAR, rng.standard_normal(len(YEAR)).tolist(), strict=True)
    }
    return [Reading(INDEX, d, values[d]) for d in days]


@pytest.fixture
def year(tmp_path: Path) -> Life:
    made = Life(tmp_path / "archive")
    made.say(*index(list(YEAR[:-1])))
    return made


def test_a_close_that_came_twice_is_let_in_by_the_next_day(year: Life) -> None:
    before = index([YEAR[-2]])[0].value
    done = year.say(*index(list(YEAR[-8:-1])), Reading(INDEX, LAST, before), at=0.1)
    assert [(q.reason, q.period) for q in done.quarantined] == [("repeat", LAST)]
    year.say(Reading(INDEX, LAST, before), Reading(INDEX, NEXT, 6011.5), at=1)
    assert (year.value(LAST, INDEX), year.value(NEXT, INDEX)) == (before, 6011.5)


def test_a_stale_close_is_dropped_by_the_next_day(year: Life) -> None:
    before = index([YEAR[-2]])[0].value
    year.say(*index(list(YEAR[-8:-1])), Reading(INDEX, LAST, before), at=0.1)
    year.say(Reading(INDEX, NEXT, 6011.5), at=0.5)
    assert year.value(LAST, INDEX) is None  # what follows says nothing of a repeat
    year.say(Reading(INDEX, LAST, 6002.25), at=1)
    assert year.value(LAST, INDEX) == 6002.25
    assert year.states() == ["rejected"]


def test_another_provider_speaks_for_a_repeat_and_for_nothing_else(year: Life) -> None:
    before = index([YEAR[-2]])[0].value
    wrong = [Reading(INDEX, d, 5000.0 + k) for k, d in enumerate(YEAR[-9:-1])]
    with year.archive.writer(Clock(EVENING + timedelta(0.1))) as writer:
        writer.commit([fetch(writer, [*wrong, Reading(INDEX, LAST, before)])])
        writer.commit([fetch(writer, [Reading(f"{INDEX}@fred", LAST, before or 0.0)])])
        writer.ask_the_second()
    assert year.value(LAST, INDEX) == before
    assert [year.value(d, INDEX) for d in YEAR[-9:-1]] == [r.value for r in index(list(YEAR[-9:-1]))]
    assert year.states().count("held") == 8


# ---------------------------------------------------------------- what is asked for again


def test_an_update_asks_from_the_oldest_value_that_waits(tmp_path: Path) -> None:
    from barograph.run.jobs import jobs_for
    from barograph.run.settings import Settings
    from barograph.sources import sources

    catalog = packaged()
    row = catalog[GOLD]
    few = Catalog({GOLD: row}, catalog.closures)
    life = Life(tmp_path / "archive", few)
    life.say(*normal(DAYS[:-1]))
    settings = Settings(archive=tmp_path / "archive", clock=Clock(EVENING + timedelta(30)))
    source = sources()[row.providers[0].source]

    def asked() -> date:
        [job] = jobs_for(source, [row], (), Archive.open(tmp_path / "archive", few), LAST + timedelta(30), settings)
        return job.window[0]

    life.say(*normal([LAST]), at=25)
    usual = asked()
    life.say(*other(list(BACK)), at=26)
    life.say(*normal([LAST]), at=27)
    assert asked() == BACK[0] < usual
    life.say(*normal(list(BACK)), at=28)
    assert asked() > usual


# ---------------------------------------------------------------- the entry


def entry(reason: str = "decimal", state: str = "held") -> QuarantineEntry:
    at = datetime(2025, 11, 5, 23, 30, tzinfo=UTC)
    return QuarantineEntry(1, GOLD, LAST, 180.0, at, "schedule", "b1", "00", 18.2, at, state=state, reason=reason)


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_an_entry_comes_back_from_its_json_and_says_why(reason: str) -> None:
    made = entry(reason)
    assert QuarantineEntry.of_json(made.to_json(), made.stored_at) == made
    assert REASONS[reason] in made.describe() and made.describe().endswith(", held back")


def test_a_journal_from_before_there_were_reasons_is_read() -> None:
    body = entry().to_json()
    del body["reason"]
    assert QuarantineEntry.of_json(body, entry().stored_at).reason == "decimal"


def test_the_reason_outlives_the_writer(life: Life) -> None:
    life.say(*other([*BACK, LAST]), at=0.1)
    again = Archive.open(life.archive.path, packaged())
    assert {q.reason for q in again.quarantined("held")} == {"contradiction"}
    assert add(again, normal([*BACK, LAST]), EVENING + timedelta(1))
    assert {q.state for q in again.quarantined()} == {"rejected"}
