"""Values held back: a misprint neither reaches a reader nor vanishes, whatever the commits after it say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from barograph.archive import segments
from barograph.archive.archive import Archive
from barograph.core.errors import ArchiveError
from barograph.core.observation import Reading
from barograph.core.time import Clock
from life import DAYS, EVENING, GOLD, LAST, Life, normal
from small_archive import PAYROLLS, fetch, packaged


@pytest.fixture
def life(tmp_path: Path) -> Life:
    made = Life(tmp_path / "archive")
    made.say(*normal(DAYS[:-1]))
    return made


def test_a_misprint_of_a_new_period_stays_out_when_later_answers_do_not_speak_of_it(life: Life) -> None:
    assert len(life.say(Reading(GOLD, LAST, 180.0), at=0.1).quarantined) == 1
    life.say(Reading(GOLD, DAYS[-2], 18.2), at=0.2)
    life.say(*normal(DAYS[:5]), at=1)
    life.say(Reading(GOLD, LAST + timedelta(1), 18.4), at=1.1)
    assert life.value(LAST) is None
    assert life.states() == ["held"]


def test_a_misprint_in_place_of_a_held_value_stays_out_when_later_answers_do_not_speak_of_it(life: Life) -> None:
    before = life.value(DAYS[-3])
    assert len(life.say(Reading(GOLD, DAYS[-3], 180.0), at=0.1).quarantined) == 1
    life.say(Reading(GOLD, LAST, 18.3), at=0.2)
    life.say(Reading(GOLD, LAST + timedelta(1), 18.4), at=1)
    assert life.value(DAYS[-3]) == before
    assert life.states() == ["held"]


def test_a_misprint_in_place_of_a_held_value_is_dropped_when_the_old_value_is_said_again(life: Life) -> None:
    before = life.value(DAYS[-3])
    life.say(Reading(GOLD, DAYS[-3], 180.0), at=0.1)
    life.say(*normal(DAYS[-5:]), at=1)
    assert life.value(DAYS[-3]) == before
    assert life.states() == ["rejected"]


def test_a_corrected_misprint_is_dropped(life: Life) -> None:
    life.say(Reading(GOLD, LAST, 180.0), at=0.1)
    life.say(Reading(GOLD, LAST, 18.01), at=1)
    assert life.value(LAST) == 18.01
    assert life.states() == ["rejected"]


def test_a_misprint_that_becomes_another_misprint_is_held_back_anew(life: Life) -> None:
    life.say(Reading(GOLD, LAST, 180.0), at=0.1)
    life.say(Reading(GOLD, LAST, 1800.0), at=1)
    assert life.value(LAST) is None
    assert life.states() == ["rejected", "held"]


def test_seen_again_on_the_same_day_it_stays_held(life: Life) -> None:
    life.say(Reading(GOLD, LAST, 180.0), at=0.0)
    life.say(Reading(GOLD, LAST, 180.0), at=0.01)
    assert life.value(LAST) is None
    assert life.states() == ["held"]


def test_seen_again_on_another_day_it_is_released_at_its_rule(life: Life) -> None:
    life.say(Reading(GOLD, LAST, 180.0), at=0.0)
    life.say(Reading(GOLD, LAST, 180.0), at=1)
    assert life.value(LAST) == 180.0
    assert life.states() == ["released"]
    points = life.archive.as_of(EVENING).series(GOLD)
    assert points.value_on(LAST) == 180.0  # at the close, although let in a day later
    assert life.archive.as_of(EVENING, EVENING + timedelta(hours=1)).series(GOLD).value_on(LAST) is None


def test_a_new_level_that_stays_is_released_with_what_follows(life: Life) -> None:
    life.say(Reading(GOLD, LAST, 180.0), at=0.0)
    life.say(Reading(GOLD, LAST + timedelta(1), 182.0), Reading(GOLD, LAST + timedelta(2), 179.0), at=2)
    assert life.value(LAST) == 180.0
    assert "held" not in life.states()


def test_a_revision_released_is_known_from_its_release_on(life: Life) -> None:
    old = life.value(DAYS[-3])
    life.say(Reading(GOLD, DAYS[-3], 180.0), at=1)
    life.say(Reading(GOLD, DAYS[-3], 180.0), at=2)
    view = life.archive.as_of(EVENING + timedelta(days=1.5))
    assert view.series(GOLD).value_on(DAYS[-3]) == old
    assert life.value(DAYS[-3]) == 180.0


def test_a_withdrawn_misprint_is_dropped(life: Life) -> None:
    life.say(Reading(GOLD, LAST, 180.0), at=0.1)
    life.say(Reading(GOLD, LAST, None), at=1)
    assert life.value(LAST) is None
    assert life.states() == ["rejected"]


def test_two_answers_of_one_commit_are_judged_one_after_the_other(life: Life) -> None:
    with life.archive.writer(Clock(EVENING + timedelta(days=1))) as writer:
        answers = [fetch(writer, [Reading(GOLD, LAST, v)], str(v)) for v in (180.0, 180.0, 18.2)]
        done = writer.commit(answers)
    assert [len(d.quarantined) for d in done] == [1, 0, 0]
    assert life.states() == ["rejected"]
    assert life.value(LAST) == 18.2


def payroll(vintage: date, value: float) -> Reading:
    return Reading(PAYROLLS, date(2025, 6, 1), value, vintage=vintage)


def test_a_vintage_misprint_never_enters_once_it_was_corrected(tmp_path: Path) -> None:
    life = Life(tmp_path / "archive")
    months = [date(2024 + k // 12, k % 12 + 1, 1) for k in range(17)]
    history = [Reading(PAYROLLS, m, 159_000.0 + k, vintage=m + timedelta(35)) for k, m in enumerate(months)]
    life.say(*history)
    bad, good = payroll(date(2025, 7, 3), 1_594_350.0), payroll(date(2025, 7, 7), 159_435.0)
    assert len(life.say(bad, at=0.1).quarantined) == 1
    life.say(bad, good, at=1)
    life.say(bad, good, at=2)
    assert life.states() == ["rejected"]
    assert [r["value"] for r in life.archive.vintages(PAYROLLS, date(2025, 6, 1)).to_dicts()] == [159_435.0]


def test_the_middle_of_a_run_of_misprints_is_held_back_too(life: Life) -> None:
    done = life.say(*(Reading(GOLD, d, 180.0) for d in DAYS[-9:-6]), at=0.1)
    assert [q.period for q in done.quarantined] == list(DAYS[-9:-6])


# ---------------------------------------------------------------- any life

#: Of which no five that follow each other can be mostly misprints: that would be a new level.
JUDGED = (len(DAYS) - 10, len(DAYS) - 9, len(DAYS) - 4, len(DAYS) - 1)

steps = st.lists(
    st.tuples(
        st.sampled_from(JUDGED),
        st.sampled_from(["good", "other", "bad", "silent"]),
        st.floats(0.01, 1.5),
    ),
    min_size=2,
    max_size=8,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(steps=steps)
def test_readers_see_a_misprint_only_after_two_days_said_it(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, str, float]]
) -> None:
    life = Life(tmp_path_factory.mktemp("life") / "archive")
    life.say(*normal(DAYS[:-1]))
    said: dict[date, set[date]] = {}
    at = 0.0
    for k, what, pause in steps:
        at, day = at + pause, DAYS[k]
        if what == "silent":
            life.say(Reading(GOLD, DAYS[3], 18.0 + pause / 100), at=at)
        else:
            value = {"good": 18.05, "other": 18.35, "bad": 180.0}[what]
            life.say(Reading(GOLD, day, value), at=at)
            clock = (EVENING + timedelta(days=at, hours=-5)).date()
            said[day] = (said.get(day, set()) | {clock}) if what == "bad" else set()
        for d in DAYS[-12:]:
            if (life.value(d) or 0.0) > 100.0:
                assert len(said[d]) >= 2, (d, steps)
    held = [q for q in life.archive.quarantined() if q.state == "held"]
    assert all(said[q.period] for q in held)  # what was corrected waits no longer


# ---------------------------------------------------------------- a refused write


def test_a_refused_segment_loses_nothing_of_the_retry(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = segments.write, []

    def write(*args: object) -> object:
        calls.append(1)
        if len(calls) == 1:
            raise ArchiveError("a segment", "no space left on the device", "", "Make room.")
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(segments, "write", write)
    rows = [Reading(GOLD, LAST, 18.01), Reading(GOLD, DAYS[-2], 99.0)]
    with life.archive.writer(Clock(EVENING + timedelta(days=1))) as writer:
        with pytest.raises(ArchiveError):
            writer.commit([fetch(writer, rows)])
        [done] = writer.commit([fetch(writer, rows)])
    assert (done.new, done.unchanged) == (2, 0)
    assert (life.value(LAST), life.value(DAYS[-2])) == (18.01, 99.0)


def test_an_answer_about_an_unknown_series_loses_nothing_of_the_others(life: Life) -> None:
    with life.archive.writer(Clock(EVENING + timedelta(days=1))) as writer:
        with pytest.raises(Exception, match=r"us\.no\.such"):
            writer.commit([fetch(writer, [Reading(GOLD, LAST, 18.01), Reading("us.no.such", LAST, 1.0)])])
        [done] = writer.commit([fetch(writer, [Reading(GOLD, LAST, 18.01)])])
    assert (done.new, life.value(LAST)) == (1, 18.01)


# ---------------------------------------------------------------- vintages whose first day a later window cuts off

WEEKS = [date(2025, 7, 2) + timedelta(7 * i) for i in range(18)]


def weekly() -> Archive:
    from dataclasses import replace

    import invented
    from barograph.catalog.catalog import Catalog

    row = replace(invented.row("t.wk", "fred", "WK", revises=True, release="day 08:30"), kind="level", frequency="W")
    return Catalog({row.id: row}, ())  # type: ignore[return-value]


def told(misprint: bool, cut: date | None = None) -> list[Reading]:
    """Every week 100 and one more a week, known a week later; the ninth ten times that, put right a fortnight on."""
    out = [Reading("t.wk", p, 100.0 + i, p + timedelta(7)) for i, p in enumerate(WEEKS)]
    at = WEEKS[8] + timedelta(7)
    out[8] = Reading("t.wk", WEEKS[8], 1080.0, max(at, cut) if cut else at)
    if misprint:
        out.insert(9, Reading("t.wk", WEEKS[8], 108.0, at + timedelta(14)))
    return out


def weekly_life(path: Path, looks: list[tuple[int, list[Reading]]]) -> Archive:
    archive = Archive.open(path, weekly(), create=True)  # type: ignore[arg-type]
    for days, readings in looks:
        with archive.writer(Clock(EVENING + timedelta(days))) as writer:
            writer.commit([fetch(writer, readings)])
            writer.cover([("t.wk", WEEKS[0], WEEKS[-1])])
    return archive


def test_a_rejected_vintage_does_not_come_back_under_the_day_at_which_a_window_cuts_it(tmp_path: Path) -> None:
    known = WEEKS[8] + timedelta(7)
    only = [r for r in told(False) if r.vintage and r.vintage <= known]
    looks = [(0, only), (15, told(True)), (16, told(True, cut=known + timedelta(5)))]
    archive = weekly_life(tmp_path / "a", looks)
    assert [q.state for q in archive.quarantined()] == ["rejected"]
    between = datetime.combine(known + timedelta(9), EVENING.time(), UTC)
    assert archive.as_of(between).series("t.wk").value_on(WEEKS[8]) is None
    assert archive.vintages("t.wk", WEEKS[8])["value"].to_list() == [108.0]


def test_a_released_vintage_is_known_from_its_release(tmp_path: Path) -> None:
    known = WEEKS[8] + timedelta(7)
    looks = [(0, told(False)), (1, told(False, cut=known + timedelta(56)))]
    archive = weekly_life(tmp_path / "a", looks)
    assert [q.state for q in archive.quarantined()] == ["released"]
    [at] = archive.vintages("t.wk", WEEKS[8])["known_at"].to_list()
    assert at.date() == known


def test_of_two_answers_of_one_commit_writer_and_readers_take_the_same(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "a", packaged(), create=True)
    with archive.writer(Clock(EVENING)) as writer:
        writer.commit([fetch(writer, [Reading(GOLD, LAST, v)]) for v in (5.0, 6.0)])
    with archive.writer(Clock(EVENING + timedelta(1))) as writer:
        [done] = writer.commit([fetch(writer, [Reading(GOLD, LAST, 5.0)])])
    assert done.new == 1
    view = archive.as_of(EVENING + timedelta(2))
    assert view.series(GOLD).value_on(LAST) == 5.0


# ---------------------------------------------------------------- a second provider


def test_what_another_provider_has_too_is_let_in(tmp_path: Path) -> None:
    """A tenfold move that both providers show is no misprint, in whichever order they answer."""
    series, second = "us.equity.spx", "us.equity.spx@fred"
    usual = [Reading(series, d, 6000.0 + i) for i, d in enumerate(DAYS[:-1])]
    for order in ((series, second), (second, series)):
        archive = Archive.open(tmp_path / order[0], packaged(), create=True)
        with archive.writer(Clock(EVENING)) as writer:
            writer.commit([fetch(writer, usual)])
            for name in order:
                writer.commit([fetch(writer, [Reading(name, LAST, 60_000.0)])])
                writer.cover([(name, DAYS[0], LAST)])
            writer.ask_the_second()
        assert archive.as_of(EVENING + timedelta(1)).series(series).value_on(LAST) == 60_000.0, order
        assert not archive.quarantined("held")


def test_what_two_providers_hold_back_alike_is_let_in(tmp_path: Path) -> None:
    """Treasury and FRED both have the three-month bill at 0.03 after 1.49 (17 September 2008): neither is learnt, both agree."""
    series, second = "us.equity.spx", "us.equity.spx@fred"
    archive = Archive.open(tmp_path / "a", packaged(), create=True)
    with archive.writer(Clock(EVENING)) as writer:
        for name in (series, second):
            writer.commit([fetch(writer, [Reading(name, d, 6000.0 + i) for i, d in enumerate(DAYS[:-1])])])
            writer.commit([fetch(writer, [Reading(name, LAST, 600.5)])])
            writer.cover([(name, DAYS[0], LAST)])
        assert len(archive.quarantined("held")) == 1, "the second is judged beside the first"
        writer.ask_the_second()
    view = archive.as_of(EVENING + timedelta(1))
    assert [view.series(i).value_on(LAST) for i in (series, second)] == [600.5, 600.5]
    assert not archive.quarantined("held")


def test_what_another_provider_does_not_have_stays_out(tmp_path: Path) -> None:
    series, second = "us.equity.spx", "us.equity.spx@fred"
    archive = Archive.open(tmp_path / "a", packaged(), create=True)
    with archive.writer(Clock(EVENING)) as writer:
        writer.commit([fetch(writer, [Reading(series, d, 6000.0 + i) for i, d in enumerate(DAYS[:-1])])])
        writer.commit([fetch(writer, [Reading(second, LAST, 6050.0)])])
        writer.commit([fetch(writer, [Reading(series, LAST, 60_500.0)])])
        writer.cover([(series, DAYS[0], LAST), (second, DAYS[0], LAST)])
        writer.ask_the_second()
    assert archive.as_of(EVENING + timedelta(1)).series(series).value_on(LAST) is None
    assert len(archive.quarantined("held")) == 1
