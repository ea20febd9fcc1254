"""Coming events from archive to page: known from their look on, moved and struck, nothing of the future, quoted.

Planted: a view that shows events before they were seen, a note in our own words with a figure in it.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from barograph.archive import view
from barograph.archive.archive import Archive
from barograph.archive.commit import Fetch
from barograph.core.estimate import Fact
from barograph.core.observation import CalendarItem, EventKind, Untrusted
from barograph.core.time import DAY_END, AsOfDate, Clock, new_york
from barograph.report.blocks import Agenda, Expected, Section
from barograph.report.day import Day
from barograph.report.narrative.in_section import check_section
from barograph.report.render import html, markdown
from barograph.report.render.json import render
from barograph.report.sections.catalysts import SECTION
from barograph.run import daily
from small_archive import packaged, small

DAY, BEFORE = date(2025, 11, 5), date(2025, 11, 4)
EVENING = new_york(DAY, DAY_END)
AUCTIONS, BLS = "calendar.us.auctions", "calendar.us.bls"
ALL = tuple(f.id for f in packaged().feeds if f.gives == "calendar")
NO_FACTS: dict[str, Fact] = {}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small archive, without a calendar looked at."""
    place = tmp_path_factory.mktemp("calendars") / "clean"
    small(place)
    return place


@pytest.fixture
def archive(base: Path, tmp_path: Path) -> Archive:
    return Archive.open(Path(shutil.copytree(base, tmp_path / "archive")), packaged())


def at(hours: float) -> datetime:
    return EVENING + timedelta(hours=hours)


def event(
    day: int, title: str, uid: str = "", calendar: str = AUCTIONS, hour: time | None = None,
    kind: EventKind = "auction", gone: bool = False,
) -> CalendarItem:  # fmt: skip
    return CalendarItem(calendar, uid or title, date(2025, 11, day), hour, Untrusted(title), kind, "10-Year", gone)


def take(
    archive: Archive,
    items: list[CalendarItem],
    when: datetime,
    feeds: tuple[str, ...] = (AUCTIONS,),
    whole: bool = True,
) -> int:
    """Commit what a look at the calendars found; returns how many events were new or changed."""
    span = (when.date(), date(2027, 12, 31)) if whole else None
    with archive.writer(Clock(when)) as writer:
        sha = writer.store_raw(repr(items).encode())
        window = (DAY, when.date()) if when.date() > DAY else (when.date(), DAY)
        fetch = Fetch("test", f"test {when.isoformat()}", sha, window, feeds, [], items=items, whole=span)
        [result] = writer.commit([fetch])
        writer.cover([(i, *window) for i in feeds])
    return result.new


def section(archive: Archive, when: datetime = EVENING, session: date = DAY, before: date = BEFORE) -> Section:
    day = Day(
        session, before, session + timedelta(1), before, when, None, {}, {}, (), (), (), archive.as_of(when),
        archive.catalog, False,
    )  # fmt: skip
    return SECTION.build(day)


def entries(found: Section) -> list[Expected]:
    return [i for b in found.blocks if isinstance(b, Agenda) for i in b.items]


def quoted(found: Section) -> dict[str, Expected]:
    return {str(i.title): i for i in entries(found) if isinstance(i.title, Untrusted)}


def test_an_event_is_known_from_its_look_on_moves_and_is_struck(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "a", packaged(), create=True)
    note, bond = event(12, "10-Year Note auction", "n"), event(13, "30-Year Bond auction", "b")
    assert take(archive, [note, bond], at(-2)) == 2
    assert take(archive, [note, bond], at(-1)) == 0, "idempotent"
    assert quoted(section(archive)).keys() == {"10-Year Note auction", "30-Year Bond auction"}
    assert quoted(section(archive, at(-3), BEFORE, date(2025, 11, 3))) == {}
    assert take(archive, [event(14, "10-Year Note auction", "n")], at(20)) == 2, "one moved, one struck"
    later = quoted(section(archive, at(24), date(2025, 11, 6), DAY))
    assert later.keys() == {"10-Year Note auction"}
    [moved] = later.values()
    assert (moved.day, moved.was) == (date(2025, 11, 14), date(2025, 11, 12))
    # The page of the evening before stays as it was, and a struck event can come back.
    assert quoted(section(archive)).keys() == {"10-Year Note auction", "30-Year Bond auction"}
    assert take(archive, [event(14, "10-Year Note auction", "n"), bond], at(30)) == 1
    assert "30-Year Bond auction" in quoted(section(archive, at(48), date(2025, 11, 7), date(2025, 11, 6)))


def test_an_answer_that_is_not_whole_strikes_nothing(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "a", packaged(), create=True)
    take(archive, [event(12, "A", "a"), event(13, "B", "b")], at(-2))
    assert take(archive, [event(12, "A", "a")], at(-1), whole=False) == 0
    assert quoted(section(archive)).keys() == {"A", "B"}
    # Nor does it strike another calendar's, or what is past by then.
    assert take(archive, [], at(24 * 8), (BLS,)) == 0
    assert take(archive, [], at(24 * 7.5)) == 1, "the 12th is past: only B is struck"


def test_what_is_held_survives_reopening(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "a", packaged(), create=True)
    take(archive, [event(12, "A", "a", hour=time(13)), event(13, "B", "b")], at(-2))
    take(archive, [event(12, "A", "a", hour=time(13))], at(-1))
    again = Archive.open(tmp_path / "a", packaged())
    assert again.as_of(EVENING).announcements() == archive.as_of(EVENING).announcements()
    assert quoted(section(again)).keys() == {"A"}


def test_the_states_of_the_section(archive: Archive) -> None:
    found = section(archive)
    assert (found.state, found.have, found.want) == ("degraded", 1, 1 + len(ALL))
    assert found.reason == "no calendar was looked at for this session"
    take(archive, [event(12, "A", "a")], at(0.6))
    assert section(archive).reason == f"{len(ALL) - 1} calendars were not looked at for this session"
    take(archive, [], at(0.7), ALL)
    whole = section(archive)
    assert (whole.state, whole.reason, whole.have) == ("ok", "", 1 + len(ALL))


def test_policy_meetings_must_be_known_far_enough_ahead(archive: Archive) -> None:
    short = replace_events(archive, [e for e in packaged().events if e.item.day < date(2025, 12, 20)])
    take(short, [], at(0.7), ALL)
    found = section(short)
    assert (found.state, found.reason) == ("degraded", "policy meetings are not on record far enough ahead")


def replace_events(archive: Archive, events: list) -> Archive:  # type: ignore[type-arg]
    from copy import copy

    catalog = copy(packaged())
    catalog.events = tuple(events)
    return Archive.open(archive.path, catalog)


draws = st.lists(
    st.tuples(st.integers(6, 28), st.sampled_from(["A", "B", "Poison", "CPI 99% higher"]), st.booleans(), st.booleans()),
    min_size=1, max_size=6,
)  # fmt: skip
QUICK = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def test_an_event_of_the_future_never_shows(tmp_path: Path) -> None:
    place = tmp_path / "clean"
    clean = Archive.open(place, packaged(), create=True)
    take(clean, [event(12, "A", "a"), event(13, "B", "b")], at(-1), ALL)
    said = section(clean)
    counter = iter(range(10_000))

    def poisoned(drawn: list[tuple[int, str, bool, bool]]) -> None:
        archive = Archive.open(Path(shutil.copytree(place, tmp_path / f"p{next(counter)}")), packaged())
        items = [
            event(day, title, "a" if same else f"{title}{n}", gone=gone)
            for n, (day, title, same, gone) in enumerate(drawn)
        ]
        items.append(event(7, "Employment Situation", "e", BLS, time(8, 30), "release"))
        take(archive, items, at(0) + timedelta(microseconds=1), ALL)
        assert section(archive) == said

    QUICK(given(drawn=draws)(poisoned))()


def test_a_view_that_leaks_is_found(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    take(archive, [event(12, "A", "a")], at(0.6))
    clean = section(archive)
    take(archive, [event(13, "Poison", "p")], at(30))
    assert section(archive) == clean
    far = datetime(2200, 1, 1, tzinfo=UTC)
    leaking = view.seen_events
    monkeypatch.setattr(view, "seen_events", lambda held, known, stored: leaking(held, far, stored))
    assert section(archive) != clean


def test_the_whole_page_does_not_know_its_future(archive: Archive) -> None:
    take(archive, [event(12, "A", "a")], at(0.6))
    when = AsOfDate(EVENING + timedelta(hours=1), DAY)
    before = render(replace(daily.build_report(archive, archive.catalog, when), head=""))
    assert '"A"' in before
    take(archive, [event(13, "Poison", "p"), event(14, "A", "a")], at(20))
    assert render(replace(daily.build_report(archive, archive.catalog, when), head="")) == before


LOUD = "<script>alert(1)</script> | [x](javascript:alert(1)) S&P fell 99% =1+1"


def test_a_title_is_a_quotation_in_every_format(archive: Archive) -> None:
    take(archive, [event(12, LOUD, "a")], at(0.6))
    report = daily.build_report(archive, archive.catalog, AsOfDate(EVENING + timedelta(hours=1), DAY))
    assert not [p for p in report.problems if p.source == "narrative" and p.subject in ("catalysts", "summary")]
    page = html.render(report)
    assert "<script>alert" not in page and "S&amp;P fell 99%" in page
    rows = [line for line in markdown.render(report).splitlines() if "fell 99%" in line]
    assert rows and all("[x](" not in line and "\\<script\\>" in line for line in rows)
    held = [s for s in json.loads(render(report))["sections"] if s["slug"] == "catalysts"]
    assert LOUD in [i["title"] for b in held[0]["blocks"] if b["kind"] == "agenda" for i in b["items"]]


def test_a_figure_in_our_own_note_is_found(archive: Archive) -> None:
    found = section(archive)
    setting = Day(
        DAY, BEFORE, DAY, BEFORE, EVENING, None, {}, {}, (), (), (), archive.as_of(EVENING), archive.catalog, False
    ).setting
    assert check_section(found, NO_FACTS, setting) == []
    blocks = tuple(
        replace(b, note="Payrolls may fall by 99 thousand.") if isinstance(b, Agenda) else b for b in found.blocks
    )
    assert check_section(replace(found, blocks=blocks), NO_FACTS, setting)
