"""Headlines from archive to page: when each could be known, nothing of the future, the section's states, quotation.

Planted: a view that shows headlines before they could be known, a section that reads beyond, a number in our own words.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import invented_feeds as feeds
from barograph.archive import bulletin, view
from barograph.archive.archive import Archive
from barograph.core.estimate import Fact
from barograph.core.time import DAY_END, AsOfDate, new_york
from barograph.report.blocks import Headlines, Paragraph, Section
from barograph.report.check import faults
from barograph.report.day import Day
from barograph.report.narrative.in_section import check_section
from barograph.report.render import html, markdown
from barograph.report.render.json import document, render
from barograph.report.sections.news import MOST, SECTION, NewsSection
from barograph.run import daily
from invented_feeds import ECB, PRESS, SPEECHES, news, take
from small_archive import packaged, small

DAY, BEFORE = date(2025, 11, 4), date(2025, 11, 3)
EVENING = new_york(DAY, DAY_END)
ALL = tuple(f.id for f in packaged().feeds if f.gives == "news")
NO_FACTS: dict[str, Fact] = {}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small archive, without a feed looked at."""
    place = tmp_path_factory.mktemp("news") / "clean"
    small(place)
    return place


@pytest.fixture
def archive(base: Path, tmp_path: Path) -> Archive:
    return Archive.open(Path(shutil.copytree(base, tmp_path / "archive")), packaged())


def empty(path: Path) -> Archive:
    return Archive.open(path, packaged(), create=True)


def day_of(archive: Archive, at: datetime = EVENING, session: date = DAY, before: date = BEFORE) -> Day:
    """A day without models: the section asks for none of their facts."""
    after = session + timedelta(1)
    return Day(
        session, before, after, before, at, None, {}, {}, (), (), (), archive.as_of(at), archive.catalog, False
    )  # fmt: skip


def section(archive: Archive, at: datetime = EVENING, session: date = DAY, before: date = BEFORE) -> Section:
    return SECTION.build(day_of(archive, at, session, before))


def titles(found: Section) -> list[str]:
    return [i.title for b in found.blocks if isinstance(b, Headlines) for i in b.items]


def page(archive: Archive, day: date = DAY) -> dict[str, Any]:
    made = document(daily.build_report(archive, archive.catalog, AsOfDate(new_york(day, DAY_END), day)))
    made.pop("head")
    return made


# ---------------------------------------------------------------- when a headline could be known


def at(hours: float) -> datetime:
    return EVENING + timedelta(hours=hours)


def test_a_first_look_dates_headlines_by_their_feed(tmp_path: Path) -> None:
    archive = empty(tmp_path)
    take(archive, [news(at(-4), "FOMC one"), news(at(-30), "FOMC old")], at(2))
    assert [(h.item.title, h.known_at) for h in archive.as_of(at(3)).headlines()] == [
        ("FOMC old", at(-30)), ("FOMC one", at(-4)),
    ]  # fmt: skip
    assert [h.item.title for h in archive.as_of(at(-5)).headlines()] == ["FOMC old"]


def test_what_an_earlier_look_should_have_found_counts_from_now(tmp_path: Path) -> None:
    archive = empty(tmp_path)
    take(archive, [news(at(-30), "FOMC old")], at(-2))
    take(archive, [news(at(-30), "FOMC old"), news(at(-4), "Put in later"), news(at(1), "After that look")], at(20))
    held = {h.item.title: h.known_at for h in archive.as_of(at(30)).headlines()}
    assert held["After that look"] == at(1)
    assert at(20) <= held["Put in later"] < at(20) + timedelta(seconds=1)
    assert titles(section(archive)) == []
    assert "Put in later" in titles(section(archive, at(24), date(2025, 11, 5), DAY))


def test_changed_words_are_new_words(tmp_path: Path) -> None:
    archive = empty(tmp_path)
    url = "https://www.example.org/same"
    take(archive, [news(at(-4), "Board issues FOMC statement", url=url)], at(-1), since=BEFORE)
    take(archive, [news(at(-4), "Board issues corrected FOMC statement", url=url)], at(20))
    assert titles(section(archive)) == ["Board issues FOMC statement"]
    assert titles(section(archive, at(24), date(2025, 11, 5), DAY)) == ["Board issues corrected FOMC statement"]


def test_the_statement_of_december_2008_is_there_in_the_evening_and_not_at_noon(tmp_path: Path) -> None:
    archive = empty(tmp_path)
    session, before = date(2008, 12, 16), date(2008, 12, 15)
    old = news(
        datetime(2008, 10, 29, 18, 15, tzinfo=UTC),
        "Federal Reserve issues FOMC statement",
        url="https://www.federalreserve.gov/a.htm",
    )
    hour = new_york(session, time(14, 15))
    new = news(hour, "Federal Reserve issues FOMC statement", url="https://www.federalreserve.gov/b.htm")
    take(archive, [old, new], new_york(session, DAY_END) + timedelta(minutes=30))
    evening = section(archive, new_york(session, DAY_END), session, before)
    [block] = [b for b in evening.blocks if isinstance(b, Headlines)]
    assert (block.title, block.link, [i.url for i in block.items]) == (
        "Fed and US policy", "curve", ["https://www.federalreserve.gov/b.htm"],
    )  # fmt: skip
    noon = new_york(session, DAY_END) - timedelta(hours=6)
    assert titles(section(archive, noon, before, date(2008, 12, 12))) == []


# ---------------------------------------------------------------- states


def test_without_a_look_the_section_is_insufficient(archive: Archive) -> None:
    found = section(archive)
    assert (found.state, found.reason, found.have, found.want) == (
        "insufficient",
        "no feed has been looked at",
        0,
        len(ALL),
    )
    assert found.blocks == () and found.wrong_if


def test_looks_at_other_days_are_none_at_this_one(archive: Archive) -> None:
    take(archive, [], at(-72), ALL)
    assert section(archive).reason == "no feed has been looked at for this session"


def test_a_session_without_a_headline_says_so(archive: Archive) -> None:
    take(archive, [], at(0.5), ALL, since=BEFORE)
    found = section(archive)
    assert (found.state, found.have, found.want) == ("ok", len(ALL), len(ALL))
    [only] = found.blocks
    assert isinstance(only, Paragraph) and "no lawful headline recorded for this session" in str(only.text[0])


def test_feeds_that_were_not_looked_at_are_counted(archive: Archive) -> None:
    take(archive, [news(at(-4), "FOMC")], at(0.5), (PRESS,), since=BEFORE)
    found = section(archive)
    assert (found.state, found.have, found.reason) == (
        "degraded",
        1,
        f"{len(ALL) - 1} feeds were not looked at for this session",
    )


def test_a_flood_is_cut_and_counted(archive: Archive) -> None:
    words = "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima".split()  # noqa: SIM905
    take(archive, [news(at(-4), f"FOMC {w} {w[::-1]}") for w in words], at(0.5), ALL, since=BEFORE)
    [block] = [b for b in section(archive).blocks if isinstance(b, Headlines)]
    assert (len(block.items), block.more) == (MOST, len(words) - MOST)


# ---------------------------------------------------------------- the future

draws = st.lists(
    st.tuples(
        st.sampled_from([PRESS, SPEECHES, ECB]),
        st.sampled_from(["Federal Reserve issues FOMC statement", "CPI 99% higher", "ECB cuts", "Weather", "FOMC held 4.00"]),
        st.one_of(st.just(timedelta(microseconds=1)), st.timedeltas(timedelta(seconds=1), timedelta(days=40))),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)  # fmt: skip
QUICK = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def test_a_headline_of_the_future_never_shows(tmp_path: Path) -> None:
    place = tmp_path / "clean"
    clean = empty(place)
    take(
        clean, [news(at(-4), "Federal Reserve issues FOMC statement"), news(at(-90), "Old")], at(0.5), ALL, since=BEFORE
    )
    said = section(clean)
    counter = iter(range(10_000))

    def poisoned(drawn: list[tuple[str, str, timedelta, bool]]) -> None:
        archive = Archive.open(Path(shutil.copytree(place, tmp_path / f"p{next(counter)}")), packaged())
        # Published after t; or dated before it and seen after it; or the words of a shown one changed.
        items = [
            news(at(0) + later if not early else at(-1) - later, title, feed_id, f"https://www.example.org/{n}")
            for n, (feed_id, title, later, early) in enumerate(drawn)
        ]
        items.append(news(at(-4), "Words that changed", url=str(said.blocks[1].items[0].url)))  # type: ignore[union-attr]
        take(archive, items, at(24 * 50), ALL)
        assert section(archive) == said

    QUICK(given(drawn=draws)(poisoned))()


def test_the_page_does_not_know_its_future(archive: Archive) -> None:
    take(archive, [news(at(-4), "Federal Reserve issues FOMC statement")], at(0.5), ALL, since=BEFORE)
    before = page(archive)
    assert "FOMC statement" in json.dumps(before)
    take(archive, [news(at(0) + timedelta(microseconds=1), "Poison one"), news(at(-3), "Poison two")], at(20), ALL)
    assert page(archive) == before
    # The same headlines are there for whoever stands after them.
    assert {"Poison one", "Poison two"} <= set(titles(section(archive, at(26), date(2025, 11, 5), DAY)))


def test_views_and_sections_that_leak_are_found(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    take(archive, [news(at(-4), "FOMC")], at(0.5), ALL, since=BEFORE)
    clean = section(archive)
    take(archive, [news(at(-3), "Poison")], at(30), ALL)
    assert section(archive) == clean
    far = datetime(2200, 1, 1, tzinfo=UTC)
    with monkeypatch.context() as patch:
        patch.setattr(view, "seen_news", lambda held, known, stored: bulletin.seen_news(held, far, stored))
        day = day_of(archive)
        assert titles(SECTION.build(day)) == titles(clean), "the window holds also where the view leaks"
        assert titles(SECTION.build(replace(day, as_of=at(40)))) != titles(clean)
    with monkeypatch.context() as patch:
        patch.setattr(
            view.AsOf, "headlines", lambda self: [replace(h, known_at=h.item.published_at) for h in self._held.news]
        )
        assert titles(section(archive)) != titles(clean)


# ---------------------------------------------------------------- quotation

LOUD = "S&P 500 fell 99% because CPI rose 12.5% to 4,321: <b>worst</b> since 1929, far more than yesterday"


def test_a_headline_is_a_quotation_and_no_statement(archive: Archive) -> None:
    take(archive, [news(at(-4), LOUD), news(at(-3), "FOMC", SPEECHES)], at(0.5), ALL, since=BEFORE)
    report = daily.build_report(archive, archive.catalog, AsOfDate(EVENING, DAY))
    found = next(s for s in report.sections if s.slug == "news")
    assert LOUD in titles(found)
    day = daily._day(archive, archive.catalog, AsOfDate(EVENING, DAY), None)
    assert [f for f in faults(report, day.setting) if f[0] == "news"] == []
    assert check_section(found, day.facts, day.setting) == []
    assert found.facts == () and not any(LOUD in str(f.value) for f in report.facts)
    for text in (html.render(report), markdown.render(report), render(report)):
        assert "4,321" in text


@pytest.mark.parametrize(
    "planted",
    [
        lambda s: replace(s, blocks=(*s.blocks, Paragraph(("The 10-year rose 99 bp.",), "note"))),
        lambda s: replace(s, blocks=(Paragraph(("Since 3 Nov: 12 headlines.",), "since"), *s.blocks[1:])),
        lambda s: replace(s, blocks=(s.blocks[0], replace(s.blocks[1], title="Fed cut by 50 bp"), *s.blocks[2:])),
    ],
)
def test_a_number_in_our_own_words_is_found(archive: Archive, planted: Any) -> None:
    take(archive, [news(at(-4), LOUD)], at(0.5), ALL, since=BEFORE)
    day = day_of(archive)
    built = SECTION.build(day)
    assert isinstance(built.blocks[1], Headlines)
    assert check_section(built, NO_FACTS, day.setting) == []
    assert check_section(planted(built), NO_FACTS, day.setting)


# ---------------------------------------------------------------- twice the same


def test_two_runs_give_the_same_bytes(archive: Archive) -> None:
    items = [news(at(-4 - n), f"FOMC {n % 3} at the {n}th hour", i) for n in range(9) for i in (PRESS, ECB)]
    take(archive, items, at(0.5), ALL, since=BEFORE)
    again = Archive.open(archive.path, packaged())
    when = AsOfDate(EVENING, DAY)
    for form in (html, markdown):
        assert form.render(daily.build_report(archive, archive.catalog, when)) == form.render(
            daily.build_report(again, again.catalog, when)
        )


def test_the_section_is_the_one_that_is_listed() -> None:
    assert isinstance(SECTION, NewsSection) and (SECTION.number, SECTION.slug) == (2, "news")
    assert feeds.PRESS in ALL
